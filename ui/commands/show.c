/* show, status and diff: looking at boards and images. */
#include "src/grammar.h"
#include "src/report.h"
#include "ui/commands/command.h"
#include "ui/commands/invocation.h"
#include "ui/commands/open.h"
#include "ui/commands/show.h"
#include "ui/commands/talk.h"

#include <string.h>

static struct report_image image_of(
	const struct environment *env, const struct session *session, const char *source)
{
	return (struct report_image){.source = source,
		.chip = session->chip,
		.image = &session->image,
		.reveal = env->reveal};
}

/* Operands after the source: "word=24-31". None: all words. */
static enum status select_words(bool selected[IMAGE_MAX_WORDS], const struct invocation *invocation,
	unsigned last_word, struct errbuf *err)
{
	for (unsigned word = 0; word < IMAGE_MAX_WORDS; word++)
		selected[word] = invocation->operand_count == 1;
	for (size_t i = 1; i < invocation->operand_count; i++) {
		const char *text = invocation->operands[i];
		unsigned first, last;
		if (strncmp(text, "word=", 5) != 0)
			return errbuf_set(err, ERR_USAGE,
				"'%s' is not understood: expected word=N or word=N-M", text);
		enum status status = grammar_range(&first, &last, text + 5, last_word, err);
		if (status != OK)
			return status;
		for (unsigned word = first; word <= last; word++)
			selected[word] = true;
	}
	return OK;
}

enum status show_print(const struct environment *env, const struct invocation *invocation,
	const struct session *session, const char *source, struct errbuf *err)
{
	bool selected[IMAGE_MAX_WORDS];
	char *text;
	struct report_image subject = image_of(env, session, source);
	subject.selected = selected;
	subject.fields = invocation->given[OPTION_FIELDS];
	enum status status = select_words(selected, invocation, session->image.word_count - 1, err);
	if (status == OK)
		status = report_show(&text, invocation_format(invocation), &subject, err);
	if (status == OK)
		talk_print(env, text);
	return status;
}

enum exit_status command_show(const struct environment *env, const struct invocation *invocation)
{
	struct errbuf err = {0};
	struct session *session;
	enum status status = open_readable(&session, env, invocation->operands[0], &err);
	if (status != OK)
		return talk_fail(env, status, &err);
	status = show_print(env, invocation, session, invocation->operands[0], &err);
	session_close(session);
	return status == OK ? talk_end(env, EXIT_DONE, false) : talk_fail(env, status, &err);
}

enum exit_status command_status(const struct environment *env, const struct invocation *invocation)
{
	struct errbuf err = {0};
	struct session *session;
	char *text;
	enum status status = open_readable(&session, env, invocation->operands[0], &err);
	if (status != OK)
		return talk_fail(env, status, &err);
	status = report_status(&text, invocation_format(invocation), session, &err);
	if (status == OK)
		talk_print(env, text);
	session_close(session);
	return status == OK ? talk_end(env, EXIT_DONE, false) : talk_fail(env, status, &err);
}

enum exit_status command_diff(const struct environment *env, const struct invocation *invocation)
{
	struct errbuf err = {0};
	struct session *sessions[2] = {NULL, NULL};
	struct diff diff;
	char *text;
	enum status status = OK;
	for (size_t i = 0; status == OK && i < 2; i++)
		status = open_readable(&sessions[i], env, invocation->operands[i], &err);
	bool equal = false;
	if (status == OK) {
		struct report_image a = image_of(env, sessions[0], invocation->operands[0]);
		struct report_image b = image_of(env, sessions[1], invocation->operands[1]);
		diff_images(&diff, a.image, b.image);
		equal = diff_is_empty(&diff);
		status = report_diff(&text, invocation_format(invocation), &diff, &a, &b, &err);
	}
	if (status == OK)
		talk_print(env, text);
	session_close(sessions[0]);
	session_close(sessions[1]);
	if (status != OK)
		return talk_fail(env, status, &err);
	return talk_end(env, equal ? EXIT_DONE : EXIT_DIFFERS, false);
}
