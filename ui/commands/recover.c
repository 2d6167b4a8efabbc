/* recover: what became of earlier commits on a board, and a plan of what is left of them. */
#include "src/plan_file.h"
#include "src/report_follow_up.h"
#include "src/store.h"
#include "ui/commands/command.h"
#include "ui/commands/open.h"
#include "ui/commands/talk.h"

#include <stdlib.h>
#include <string.h>

/* Never over another file. */
static enum status save(const struct environment *env, const struct session *session,
	const char *path, struct errbuf *err)
{
	const struct edits *edits = &session->follow_up.edits;
	char digest[IMAGE_DIGEST_LENGTH + 1], *text;
	unsigned count = edits_count(edits);
	if (count == 0) {
		fprintf(env->out, "nothing can be asked for again: no plan was saved\n");
		return OK;
	}
	image_digest(digest, &session->image);
	enum status status =
		plan_file_format(&text, edits, session->chip, session->board, digest, err);
	if (status != OK)
		return status;
	status = store_create(path, text, strlen(text), err);
	free(text);
	if (status == OK)
		fprintf(env->out, "saved '%s': %u word%s; 'otpedit preview' shows what it does\n",
			path, count, count == 1 ? "" : "s");
	return status;
}

static enum status tell_json(
	const struct environment *env, const struct session *session, struct errbuf *err)
{
	char *text;
	enum status status = report_follow_up_json(&text, session, env->reveal, err);
	if (status != OK)
		return status;
	talk_print(env, text);
	fputc('\n', env->out);
	return OK;
}

static enum status tell(const struct environment *env, const struct session *session,
	const char *path, bool json, struct errbuf *err)
{
	char *text;
	if (!session->journal_usable)
		return errbuf_set(err, ERR_FILE,
			"the journal cannot be used, so nothing can be told of earlier commits");
	if (json)
		return tell_json(env, session, err);
	if (!session->follow_up.found) {
		fprintf(env->out, "%s: nothing is left of an earlier commit from here\n",
			session->board[0] ? session->board : "the board");
		return OK;
	}
	enum status status = report_follow_up(&text, session, env->reveal, err);
	if (status != OK)
		return status;
	talk_print(env, text);
	if (path)
		return save(env, session, path, err);
	if (edits_count(&session->follow_up.edits) > 0)
		fputs("Nothing was sent. -o PLAN saves what can be asked for again as a plan.\n",
			env->out);
	return OK;
}

enum exit_status command_recover(const struct environment *env, const struct invocation *invocation)
{
	struct errbuf err = {0};
	struct session *session = NULL;
	const char *path = invocation->value[OPTION_OUTPUT];
	enum status status = OK;
	bool left = false;
	if (path && invocation->given[OPTION_JSON])
		status = errbuf_set(&err, ERR_USAGE,
			"either '--json' or '-o': a plan is saved beside the text only");
	else if (path && store_exists(path))
		status = errbuf_set(
			&err, ERR_FILE, "'%s' is there already: name another file", path);
	if (status == OK)
		status = open_source(&session, env, invocation->operands[0], &err);
	if (status == OK && !session->device)
		status = errbuf_set(&err, ERR_USAGE,
			"'%s' is a saved image: only a board has commits to recover from",
			invocation->operands[0]);
	if (status == OK)
		status = tell(env, session, path, invocation->given[OPTION_JSON], &err);
	if (status == OK)
		left = follow_up_count(&session->follow_up, FOLLOW_UP_DONE) <
		       session->follow_up.word_count;
	session_close(session);
	return status == OK ? talk_end(env, left ? EXIT_DIFFERS : EXIT_DONE, false)
			    : talk_fail(env, status, &err);
}
