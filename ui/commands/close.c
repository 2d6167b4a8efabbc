/* close: what has to hold before a device is closed, then the ceremony of a one-way plan. */
#include "src/closing.h"
#include "src/grammar.h"
#include "src/staging.h"
#include "src/word_status.h"
#include "ui/commands/execute.h"
#include "ui/commands/open.h"
#include "ui/commands/print_page.h"
#include "ui/commands/talk.h"
#include "ui/screen/closing_text.h"

#include <stdlib.h>

static void print_lifecycle_words(const struct environment *env, const struct session *session)
{
	const struct closing *closing = closing_of(session->chip);
	fputs("Life-cycle words now:\n", env->out);
	for (unsigned word = 0; word < session->image.word_count; word++) {
		const struct chip_entry *entry = chip_word(session->chip, word);
		char name[64], status[200];
		if (!closing_has_word(closing, word) && (!entry || entry->kind != KIND_LIFECYCLE))
			continue;
		chip_word_name(name, sizeof name, session->chip, word);
		word_status_spell(status, sizeof status, session->image.status[word]);
		fprintf(env->out, "  word %-3u %-16s %08X%s  %s\n", word, name,
			(unsigned)session->image.value[word],
			image_value_is_known(&session->image, word) ? " " : "?", status);
	}
}

static enum status print_checklist(const struct environment *env, const struct session *session,
	const struct plan *plan, struct errbuf *err)
{
	struct page page;
	page_init(&page, PRINT_PAGE_WIDTH);
	page_wrap(&page, TONE_HEADING, 0, "Before %s is closed:", session->board);
	closing_text(&page, plan);
	enum status status = print_page(env, env->out, &page, err);
	page_free(&page);
	print_lifecycle_words(env, session);
	fputs("\n", env->out);
	return status;
}

static enum status plan_close(struct plan **out, const struct session *session, struct errbuf *err)
{
	static const char *const words[] = {"close"};
	unsigned lines[IMAGE_MAX_WORDS] = {0};
	struct statement *statement = malloc(sizeof *statement);
	struct edits *edits = calloc(1, sizeof *edits);
	enum status status = statement && edits
				     ? grammar_parse_words(statement, 1, words, err)
				     : errbuf_set(err, ERR_MEMORY, "out of memory for the plan");
	if (status == OK)
		status =
			staging_apply(edits, lines, statement, &session->image, session->chip, err);
	if (status == OK)
		status = session_plan(out, session, edits, err);
	free(statement);
	free(edits);
	return status;
}

enum exit_status command_close(const struct environment *env, const struct invocation *invocation)
{
	struct errbuf err = {0};
	struct session *session;
	struct plan *plan;
	enum status status = open_readable(&session, env, invocation->operands[0], &err);
	if (status != OK)
		return talk_fail_unburnt(env, status, &err);
	status = plan_close(&plan, session, &err);
	if (status != OK) {
		session_close(session);
		return talk_fail_unburnt(env, status, &err);
	}
	status = print_checklist(env, session, plan, &err);
	enum exit_status exit_status = status == OK ? execute_plan(env, invocation, session, plan)
						    : talk_fail_unburnt(env, status, &err);
	plan_free(plan);
	session_close(session);
	return exit_status;
}
