/* preview: what a plan file would do, and the fingerprint that confirms exactly this. */
#include "src/report.h"
#include "ui/commands/command.h"
#include "ui/commands/invocation.h"
#include "ui/commands/open.h"
#include "ui/commands/print_page.h"
#include "ui/commands/talk.h"

enum exit_status command_preview(const struct environment *env, const struct invocation *invocation)
{
	struct errbuf err = {0};
	struct session *session;
	struct plan *plan;
	enum status status = open_on(&session, &plan, env, invocation, &err);
	if (status != OK)
		return talk_fail(env, status, &err);
	enum report_format format = invocation_format(invocation);
	char *text = NULL;
	if (format == REPORT_TEXT)
		status = print_preview(env, plan, &err);
	else if ((status = report_plan(&text, format, plan, &err)) == OK)
		talk_print(env, text);
	enum exit_status exit_status = plan->refused ? EXIT_REFUSED : EXIT_DONE;
	plan_free(plan);
	session_close(session);
	return status == OK ? talk_end(env, exit_status, false) : talk_fail(env, status, &err);
}
