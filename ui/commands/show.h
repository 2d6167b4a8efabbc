/*
 * The list of words, for every command that ends with it.
 */
#ifndef OTPEDIT_UI_COMMANDS_SHOW_H
#define OTPEDIT_UI_COMMANDS_SHOW_H

#include "src/session.h"
#include "ui/commands/command.h"

/* Prints the words of an open session that the operands after the first select, in the format that
 * was asked for. `source` is what it is called. */
enum status show_print(const struct environment *env, const struct invocation *invocation,
	const struct session *session, const char *source, struct errbuf *err);

#endif
