/*
 * --help: each text fits a terminal of 80x24.
 */
#ifndef OTPEDIT_UI_COMMANDS_HELP_H
#define OTPEDIT_UI_COMMANDS_HELP_H

#include "ui/commands/command.h"

/* The program's help, or a command's. */
void help_print(FILE *out, const struct command *command, const struct source_ops *const *sources);

#endif
