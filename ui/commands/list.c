/* list: the boards and serial ports that can be found. */
#include "src/finder.h"
#include "src/report_list.h"
#include "ui/commands/command.h"
#include "ui/commands/talk.h"

#include <stdlib.h>

struct found {
	struct found_boards boards;
	struct found_ports ports;
};

/* What one kind of link has is told even where another cannot be looked at. */
static enum exit_status tell(
	const struct environment *env, enum report_format format, struct found *found)
{
	struct errbuf err = {0}, why = {0};
	char *text;
	enum status status = finder_list(&found->boards, env->session.sources, &err);
	enum status ports = finder_ports(&found->ports, env->session.sources, &why);
	if (status == OK && ports != OK)
		status = errbuf_set(&err, ports, "%s", why.text);
	if (status != OK && found->boards.count == 0 && found->ports.count == 0)
		return talk_fail(env, status, &err);
	errbuf_clear(&why);
	enum status written = report_list(&text, format, &found->boards, &found->ports, &why);
	if (written != OK)
		return talk_fail(env, written, &why);
	talk_print(env, text);
	return status == OK ? talk_end(env, EXIT_DONE, false) : talk_fail(env, status, &err);
}

enum exit_status command_list(const struct environment *env, const struct invocation *invocation)
{
	enum report_format format = invocation->given[OPTION_JSON] ? REPORT_JSON : REPORT_TEXT;
	struct errbuf err = {0};
	struct found *found = calloc(1, sizeof *found);
	if (!found)
		return talk_fail(env,
			errbuf_set(&err, ERR_MEMORY, "out of memory for the list of boards"), &err);
	enum exit_status exit = tell(env, format, found);
	free(found);
	return exit;
}
