/*
 * From argv to a command, its options and its operands.
 */
#ifndef OTPEDIT_UI_COMMANDS_INVOCATION_H
#define OTPEDIT_UI_COMMANDS_INVOCATION_H

#include "src/report_cells.h"
#include "ui/commands/command.h"

/*
 * Options stand anywhere; "--" ends them. A first operand that names a command is one; any other
 * one is a source for the screen, where `is_source` says so or a file of that name exists. Names of
 * options are never shortened or guessed: unknown options, options the command does not take,
 * missing or superfluous arguments and operands are ERR_USAGE. With --help or --version operands
 * are not counted. *out is the caller's: invocation_free(), also after a failure.
 */
enum status invocation_parse(struct invocation *out, int argc, char *const argv[],
	bool (*is_source)(const char *text, void *payload), void *payload, struct errbuf *err);
void invocation_free(struct invocation *invocation);

/* What --json, --csv or --markdown asks for; REPORT_TEXT without them. */
enum report_format invocation_format(const struct invocation *invocation);

#endif
