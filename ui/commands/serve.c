/* serve: a simulated board that other programs can talk to. */
#include "ui/commands/command.h"
#include "ui/commands/talk.h"

static void tell_path(const char *path, void *payload)
{
	const struct environment *env = payload;
	fprintf(env->out, "%s\n", path);
	fflush(env->out);
	talk_say(env, "the board answers there until ^C");
}

static bool is_stopped(void *payload)
{
	const struct environment *env = payload;
	return *env->stop != 0;
}

static const struct source_ops *find_source(const struct environment *env, const char *text)
{
	for (size_t i = 0; env->session.sources[i]; i++)
		if (env->session.sources[i]->claims(text))
			return env->session.sources[i];
	return NULL;
}

enum exit_status command_serve(const struct environment *env, const struct invocation *invocation)
{
	struct errbuf err = {0};
	const char *text = invocation->operands[0];
	const struct source_ops *source = find_source(env, text);
	struct environment host_env = *env;
	const struct serve_host host = {
		.ready = tell_path, .stop = is_stopped, .payload = &host_env};
	enum status status = OK;
	if (!invocation->given[OPTION_UART])
		status = errbuf_set(&err, ERR_USAGE,
			"serve needs to know over what: --uart is the serial line");
	else if (!source || !source->serve)
		status = errbuf_set(&err, ERR_USAGE,
			"'%.200s' is no simulated board: 'demo', 'demo:stm32mp25' and 'sim:FILE' "
			"are",
			text);
	else
		status = source->serve(text, &env->session.source, &host, &err);
	return status == OK ? talk_end(env, EXIT_DONE, false) : talk_fail(env, status, &err);
}
