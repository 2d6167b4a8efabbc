/* read: a board's OTP to a file. */
#include "src/partition.h"
#include "src/recent.h"
#include "src/store.h"
#include "ui/commands/command.h"
#include "ui/commands/open.h"
#include "ui/commands/talk.h"

enum exit_status command_read(const struct environment *env, const struct invocation *invocation)
{
	struct errbuf err = {0};
	struct session *session;
	uint8_t bytes[PARTITION_MAX_BYTES];
	size_t length;
	const char *path = invocation->value[OPTION_OUTPUT];
	enum status status =
		path ? open_readable(&session, env, invocation->operands[0], &err)
		     : errbuf_set(&err, ERR_USAGE, "read needs to know where to save: -o FILE");
	if (status != OK)
		return talk_fail(env, status, &err);
	/* Never over another file: it may be the only record of a board as it was. */
	status = partition_format(bytes, sizeof bytes, &length, &session->image, &err);
	if (status == OK && store_exists(path))
		status = errbuf_set(
			&err, ERR_FILE, "'%s' is there already: name another file", path);
	if (status == OK)
		status = store_create(path, bytes, length, &err);
	struct errbuf ignored = {0};
	if (status == OK)
		(void)recent_add(env->session.source.state_folder, path, &ignored);
	if (status == OK)
		fprintf(env->out, "saved '%s': %u words of %s, %zu bytes\n", path,
			session->image.word_count,
			session->board[0] ? session->board : "a board without identity", length);
	session_close(session);
	return status == OK ? talk_end(env, EXIT_DONE, false) : talk_fail(env, status, &err);
}
