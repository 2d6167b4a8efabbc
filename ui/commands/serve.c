/* serve: a simulated board that other programs can talk to. */
#include "ui/commands/command.h"
#include "ui/commands/talk.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

/* Whoever serves, and what was typed of a line so far. */
struct serving {
	const struct environment *env;
	bool is_deaf; /* there is no more to come */
	char line[128];
	size_t length;
};

static void tell_path(const char *path, void *payload)
{
	const struct environment *env = ((struct serving *)payload)->env;
	fprintf(env->out, "%s\n", path);
	fflush(env->out);
	talk_say(env, "the board answers there until ^C");
}

static bool is_stopped(void *payload)
{
	const struct environment *env = ((struct serving *)payload)->env;
	return *env->stop != 0;
}

/* In the background the terminal is another program's. */
static bool may_listen(const struct serving *serving)
{
	struct pollfd ready = {.fd = STDIN_FILENO, .events = POLLIN};
	if (serving->is_deaf || (isatty(STDIN_FILENO) && tcgetpgrp(STDIN_FILENO) != getpgrp()))
		return false;
	return poll(&ready, 1, 0) == 1;
}

/* True at the end of a line that is not empty. What is too long for one is cut, and complained of.
 */
static bool take_byte(struct serving *serving, char byte)
{
	if (byte != '\n') {
		if (serving->length + 1 < sizeof serving->line)
			serving->line[serving->length++] = byte;
		return false;
	}
	serving->line[serving->length] = '\0';
	return strspn(serving->line, " \t\r") < serving->length;
}

static bool take_order(char *line, size_t capacity, void *payload)
{
	struct serving *serving = payload;
	while (may_listen(serving)) {
		char byte;
		ssize_t count = read(STDIN_FILENO, &byte, 1);
		serving->is_deaf = count == 0 || (count < 0 && errno != EINTR);
		if (count != 1)
			return false;
		bool is_order = take_byte(serving, byte);
		if (byte == '\n')
			serving->length = 0;
		if (is_order) {
			snprintf(line, capacity, "%s", serving->line);
			return true;
		}
	}
	return false;
}

static void tell_order(const char *complaint, void *payload)
{
	const struct environment *env = ((struct serving *)payload)->env;
	talk_say(env, "%s", complaint ? complaint : "done");
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
	struct serving serving = {.env = env};
	const struct serve_host host = {.ready = tell_path,
		.stop = is_stopped,
		.order = take_order,
		.ordered = tell_order,
		.payload = &serving};
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
