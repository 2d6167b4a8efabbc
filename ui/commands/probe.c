/* probe: what is at the end of a serial line. */
#include "src/probe.h"
#include "src/report_probe.h"
#include "ui/commands/command.h"
#include "ui/commands/talk.h"

#include <stdlib.h>

static void tell(const char *text, void *payload)
{
	talk_say(payload, "%s", text);
}

static bool is_stopped(void *payload)
{
	const struct environment *env = payload;
	return *env->stop != 0;
}

enum exit_status command_probe(const struct environment *env, const struct invocation *invocation)
{
	enum report_format format = invocation->given[OPTION_JSON] ? REPORT_JSON : REPORT_TEXT;
	struct errbuf err = {0};
	struct probe_report report;
	struct environment copy = *env;
	const struct probe_host host = {.may_send = invocation->given[OPTION_SEND],
		.tell = tell,
		.stop = is_stopped,
		.payload = &copy};
	char *text;
	enum status status = probe_run(&report, env->session.sources, invocation->operands[0],
		&env->session.source, &host, &err);
	if (status == OK)
		status = report_probe(&text, format, &report, invocation->operands[0], &err);
	if (status != OK)
		return talk_fail(env, status, &err);
	talk_print(env, text);
	return talk_end(env, EXIT_DONE, false);
}
