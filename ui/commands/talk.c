#include "ui/commands/talk.h"

#include "src/clean_text.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

void talk_say(const struct environment *env, const char *format, ...)
{
	char text[2048];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	/* File names and a board's own words may hold anything, escape sequences too. */
	clean_text_in_place(text);
	fprintf(env->messages, "otpedit: %s\n", text);
	fflush(env->messages);
}

enum exit_status talk_fail(
	const struct environment *env, enum status status, const struct errbuf *err)
{
	talk_say(env, "%s", err->text[0] ? err->text : status_name(status));
	return exit_status_of(status);
}

enum exit_status talk_fail_unburnt(
	const struct environment *env, enum status status, const struct errbuf *err)
{
	const char *text = err->text[0] ? err->text : status_name(status);
	talk_say(env, "%s%s", text, strstr(text, "nothing was burnt") ? "" : "; nothing was burnt");
	return exit_status_of(status);
}

bool talk_flush(const struct environment *env)
{
	errno = 0;
	if (fflush(env->out) == 0 && !ferror(env->out))
		return true;
	talk_say(env, "standard output cannot be written: %s",
		errno ? strerror(errno) : "an earlier write failed");
	clearerr(env->out);
	return false;
}

enum exit_status talk_end(const struct environment *env, enum exit_status so_far, bool burnt)
{
	if (talk_flush(env))
		return so_far;
	return burnt ? EXIT_UNCERTAIN : EXIT_FILE;
}

void talk_print_clean(FILE *stream, const char *text, size_t length)
{
	clean_text_put(stream, text, length);
}

void talk_print(const struct environment *env, char *text)
{
	fputs(text, env->out);
	free(text);
}
