/*
 * What commands say: results to standard output, messages to standard error.
 */
#ifndef OTPEDIT_UI_COMMANDS_TALK_H
#define OTPEDIT_UI_COMMANDS_TALK_H

#include "ui/environment.h"
#include "ui/exit_status.h"

#include <stdbool.h>
#include <stdio.h>

/* One message, "otpedit: …"; control characters in it become '?'. */
void talk_say(const struct environment *env, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Says the failure and gives its exit status. */
enum exit_status talk_fail(
	const struct environment *env, enum status status, const struct errbuf *err);

/* As talk_fail(), for commands that burn: says too that nothing was burnt, so only for failures of
 * which that is true. */
enum exit_status talk_fail_unburnt(
	const struct environment *env, enum status status, const struct errbuf *err);

/* Whether all that was printed so far has reached standard output; says so when it has not. */
bool talk_flush(const struct environment *env);

/*
 * The end of a command: `so_far`, or EXIT_FILE (after a burn EXIT_UNCERTAIN) when what it printed
 * did not reach standard output, as on a full disk.
 */
enum exit_status talk_end(const struct environment *env, enum exit_status so_far, bool burnt);

/* Prints text from outside; control characters in it become '?'. */
void talk_print_clean(FILE *stream, const char *text, size_t length);

/* Prints a text of the model that is malloc'd, and frees it. */
void talk_print(const struct environment *env, char *text);

#endif
