#include "ui/commands/open.h"

#include "src/report_follow_up.h"
#include "ui/commands/meter.h"
#include "ui/commands/talk.h"

#include <stdlib.h>

void open_tell_news(const struct environment *env, const struct session *session)
{
	for (size_t i = 0; i < session->news_count; i++)
		talk_say(env, "%s: %s", severity_name(session->news[i].severity),
			session->news[i].text);
	char sum[REPORT_FOLLOW_UP_SUM];
	if (session->recovered_count == 0 || session->follow_up.word_count == 0)
		return;
	report_follow_up_sum(sum, &session->follow_up);
	talk_say(env, "%s: 'otpedit recover' tells each, and makes a plan of what is left", sum);
}

enum status open_not_stopped(const struct environment *env, struct errbuf *err)
{
	if (env->stop && *env->stop)
		return errbuf_set(err, ERR_CANCELLED, "stopped: nothing was burnt");
	return OK;
}

enum status open_source(
	struct session **out, const struct environment *env, const char *source, struct errbuf *err)
{
	struct meter meter;
	struct job job = meter_begin(&meter, env);
	struct session_options options = env->session;
	options.job = &job;
	enum status status = session_open(out, source, &options, err);
	meter_end(&meter);
	if (status != OK)
		return status;
	open_tell_news(env, *out);
	status = open_not_stopped(env, err);
	if (status != OK)
		session_close(*out);
	return status;
}

enum status open_readable(
	struct session **out, const struct environment *env, const char *source, struct errbuf *err)
{
	enum status status = open_source(out, env, source, err);
	if (status != OK || (*out)->has_image)
		return status;
	session_close(*out);
	return errbuf_set(err, ERR_UNSUPPORTED,
		"'%s' offers no OTP partition to read: it is closed, or its service was built"
		" without",
		source);
}

enum status open_plan(
	struct plan **out, const char *path, const struct session *session, struct errbuf *err)
{
	struct plan_file file;
	enum status status = plan_file_read(&file, path, err);
	if (status != OK)
		return status;
	struct edits *edits = calloc(1, sizeof *edits);
	status = edits ? plan_file_edits(edits, &file, &session->image, session->chip,
				 session->board, false, err)
		       : errbuf_set(err, ERR_MEMORY, "out of memory for the plan");
	if (status == OK)
		status = session_plan(out, session, edits, err);
	free(edits);
	plan_file_free(&file);
	return status;
}

enum status open_on(struct session **session, struct plan **plan, const struct environment *env,
	const struct invocation *invocation, struct errbuf *err)
{
	const char *on = invocation->value[OPTION_ON];
	if (!on)
		return errbuf_set(err, ERR_USAGE, "%s needs to know the board: --on SOURCE",
			invocation->command->name);
	enum status status = open_readable(session, env, on, err);
	if (status != OK)
		return status;
	status = open_plan(plan, invocation->operands[0], *session, err);
	if (status != OK)
		session_close(*session);
	return status;
}

static bool cancelled(void *payload)
{
	const struct environment *env = payload;
	return env->stop && *env->stop;
}

struct job open_job(const struct environment *env)
{
	/* Only carried through, and const again above. */
	return (struct job){.cancelled = cancelled, .payload = (void *)env};
}
