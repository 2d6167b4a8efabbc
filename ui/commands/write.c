/* write, lock and fwrite: a plan of one line, from the words of the command line. */
#include "src/grammar.h"
#include "src/staging.h"
#include "ui/commands/execute.h"
#include "ui/commands/open.h"
#include "ui/commands/talk.h"

#include <stdlib.h>

/* What a statement asks of a session's board. */
static enum status stage(struct edits *edits, const struct statement *statement,
	const struct session *session, struct errbuf *err)
{
	unsigned lines[IMAGE_MAX_WORDS] = {0};
	return staging_apply(edits, lines, statement, &session->image, session->chip, err);
}

static enum status parse(
	struct statement *out, const struct invocation *invocation, struct errbuf *err)
{
	/* The source gives up its place to the verb. */
	const char **words = invocation->operands;
	const char *source = words[0];
	words[0] = invocation->command->name;
	enum status status = grammar_parse_words(out, invocation->operand_count, words, err);
	words[0] = source;
	return status;
}

enum exit_status command_write(const struct environment *env, const struct invocation *invocation)
{
	struct errbuf err = {0};
	struct session *session;
	struct statement *statement = malloc(sizeof *statement);
	struct edits *edits = calloc(1, sizeof *edits);
	enum status status = statement && edits ? parse(statement, invocation, &err)
						: errbuf_set(&err, ERR_MEMORY, "out of memory");
	if (status == OK)
		status = open_readable(&session, env, invocation->operands[0], &err);
	if (status != OK) {
		free(statement);
		free(edits);
		return talk_fail_unburnt(env, status, &err);
	}
	status = stage(edits, statement, session, &err);
	enum exit_status exit_status = status == OK ? execute_edits(env, invocation, session, edits)
						    : talk_fail_unburnt(env, status, &err);
	session_close(session);
	free(statement);
	free(edits);
	return exit_status;
}
