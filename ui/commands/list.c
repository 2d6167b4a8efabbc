/* list: the boards that can be found. */
#include "src/finder.h"
#include "src/report_list.h"
#include "ui/commands/command.h"
#include "ui/commands/talk.h"

#include <stdlib.h>

enum exit_status command_list(const struct environment *env, const struct invocation *invocation)
{
	struct errbuf err = {0};
	enum report_format format = invocation->given[OPTION_JSON] ? REPORT_JSON : REPORT_TEXT;
	struct found_boards *found = calloc(1, sizeof *found);
	char *text;
	enum status status =
		found ? finder_list(found, env->session.sources, &err)
		      : errbuf_set(&err, ERR_MEMORY, "out of memory for the list of boards");
	if (status == OK)
		status = report_list(&text, format, found, &err);
	free(found);
	if (status != OK)
		return talk_fail(env, status, &err);
	talk_print(env, text);
	return talk_end(env, EXIT_DONE, false);
}
