/* close: what has to hold before a device is closed, then the ceremony of a one-way plan. */
#include "src/closing.h"
#include "src/grammar.h"
#include "src/staging.h"
#include "src/word_status.h"
#include "ui/commands/execute.h"
#include "ui/commands/open.h"
#include "ui/commands/print_page.h"
#include "ui/commands/talk.h"

#include <stdlib.h>
#include <string.h>

/* A precondition holds when its rule has no remark. */
struct precondition {
	const char *rule;
	const char *holds; /* what is said then; else the remark's own text is */
	bool must;         /* closing is refused without it; else it is a warning */
};

static const struct precondition preconditions[] = {
	{"view-only", "the chip is what the board says it is", true},
	{"no-identity", "the board can be told from every other", true},
	{"closed", "the device is still open", true},
	{"close-without-key", "the public key hash is there, every word of it", true},
	{"close-key-unlocked", "every word of the public key hash is locked", false},
	{"close-no-secure-boot", "the part has secure boot", true},
};

static const struct remark *find_remark(const struct plan *plan, const char *rule)
{
	for (size_t i = 0; i < plan->remarks.count; i++)
		if (strcmp(plan->remarks.items[i].rule, rule) == 0)
			return &plan->remarks.items[i];
	return NULL;
}

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
	for (size_t i = 0; i < sizeof preconditions / sizeof preconditions[0]; i++) {
		const struct precondition *row = &preconditions[i];
		const struct remark *remark = find_remark(plan, row->rule);
		page_add(&page,
			!remark     ? TONE_GOOD
			: row->must ? TONE_ERROR
				    : TONE_WARNING,
			"  [%s] ",
			!remark     ? "yes"
			: row->must ? "NO "
				    : "no ");
		page_wrap(&page, TONE_PLAIN, 8, "%s", remark ? remark->text : row->holds);
	}
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
