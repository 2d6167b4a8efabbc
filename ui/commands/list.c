/* list: the boards that can be found. */
#include "src/report_list.h"
#include "ui/commands/command.h"
#include "ui/commands/talk.h"

#include <stdlib.h>

static enum status find_all(
	struct found_boards *out, const struct source_ops *const *sources, struct errbuf *err)
{
	struct found_boards *some = malloc(sizeof *some);
	enum status status =
		some ? OK : errbuf_set(err, ERR_MEMORY, "out of memory for the list of boards");
	out->count = 0;
	for (size_t i = 0; status == OK && sources[i]; i++) {
		if (!sources[i]->list)
			continue;
		status = sources[i]->list(some, err);
		for (size_t k = 0; status == OK && k < some->count; k++)
			if (out->count < FOUND_BOARDS_MAX)
				out->boards[out->count++] = some->boards[k];
	}
	free(some);
	return status;
}

enum exit_status command_list(const struct environment *env, const struct invocation *invocation)
{
	struct errbuf err = {0};
	enum report_format format = invocation->given[OPTION_JSON] ? REPORT_JSON : REPORT_TEXT;
	struct found_boards *found = calloc(1, sizeof *found);
	char *text;
	enum status status =
		found ? find_all(found, env->session.sources, &err)
		      : errbuf_set(&err, ERR_MEMORY, "out of memory for the list of boards");
	if (status == OK)
		status = report_list(&text, format, found, &err);
	free(found);
	if (status != OK)
		return talk_fail(env, status, &err);
	talk_print(env, text);
	return talk_end(env, EXIT_DONE, false);
}
