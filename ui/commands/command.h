/*
 * Commands and options: one table of each, from which parsing, --help and completion are made.
 */
#ifndef OTPEDIT_UI_COMMANDS_COMMAND_H
#define OTPEDIT_UI_COMMANDS_COMMAND_H

#include "ui/environment.h"
#include "ui/exit_status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum option {
	OPTION_CHIP,
	OPTION_READ_ONLY,
	OPTION_REVEAL,
	OPTION_COLOR,
	OPTION_THEME,
	OPTION_TRACE,
	OPTION_FRESH,
	OPTION_HELP,
	OPTION_VERSION,
	OPTION_JSON,
	OPTION_CSV,
	OPTION_MARKDOWN,
	OPTION_FIELDS,
	OPTION_ON,
	OPTION_AS,
	OPTION_CONFIRM,
	OPTION_ACCEPT,
	OPTION_LIFE_CYCLE,
	OPTION_OUTPUT,
	OPTION_UART,
	OPTION_SEND,
	OPTION_FAULT,
	OPTION_LAYOUT,
	OPTION_IMAGE
};
#define OPTION_COUNT (OPTION_IMAGE + 1)

struct option_row {
	const char *name;     /* without its dashes: "read-only"; "-o" is short for "output" */
	const char *argument; /* what stands for it in help: "CHIP"; NULL: it takes none */
	const char *help;     /* one line */
	bool general;         /* holds for every command and the screen */
	bool repeats;         /* may be given more than once */
};

/* By enum option. */
extern const struct option_row option_table[OPTION_COUNT];

#define INVOCATION_MAX_ACCEPTED 64
#define INVOCATION_MAX_IMAGES   8

struct command;

/* A command line, parsed. Texts are borrowed from argv. */
struct invocation {
	const struct command *command; /* NULL: the screen */
	bool given[OPTION_COUNT];
	const char *value[OPTION_COUNT]; /* the argument of an option that takes one */
	size_t accepted_count;
	const char *accepted[INVOCATION_MAX_ACCEPTED]; /* the arguments of --accept */
	size_t image_count;
	const char *images[INVOCATION_MAX_IMAGES]; /* the arguments of --image */
	size_t operand_count;
	const char **operands; /* after the command; owned: invocation_free() */
};

struct command {
	const char *name;
	const char *synopsis; /* what follows the name */
	const char *summary;  /* for the list of commands, where neighbours of one summary share a
				 line; NULL: it is for other programs, and not listed */
	const char *help;     /* a few sentences */
	uint32_t options;     /* 1u << OPTION_JSON | …, besides the general ones */
	size_t least, most;   /* operands */
	bool sources;         /* help lists the kinds of sources */
	enum exit_status (*run)(const struct environment *, const struct invocation *);
};

/* Ends with a row whose name is NULL. */
extern const struct command command_table[];

const struct command *command_find(const char *name);

/* The name in the table that `word` was most likely meant to be; NULL when none is near. */
const char *command_nearest(const char *word);

/* The commands themselves, one file each or one file for a family of them. */
enum exit_status command_list(const struct environment *, const struct invocation *);
enum exit_status command_probe(const struct environment *, const struct invocation *);
enum exit_status command_show(const struct environment *, const struct invocation *);
enum exit_status command_status(const struct environment *, const struct invocation *);
enum exit_status command_diff(const struct environment *, const struct invocation *);
enum exit_status command_survey(const struct environment *, const struct invocation *);
enum exit_status command_check(const struct environment *, const struct invocation *);
enum exit_status command_plan(const struct environment *, const struct invocation *);
enum exit_status command_preview(const struct environment *, const struct invocation *);
enum exit_status command_apply(const struct environment *, const struct invocation *);
enum exit_status command_write(const struct environment *, const struct invocation *);
enum exit_status command_read(const struct environment *, const struct invocation *);
enum exit_status command_verify(const struct environment *, const struct invocation *);
enum exit_status command_request(const struct environment *, const struct invocation *);
enum exit_status command_close(const struct environment *, const struct invocation *);
enum exit_status command_recover(const struct environment *, const struct invocation *);
enum exit_status command_rehearse(const struct environment *, const struct invocation *);
enum exit_status command_reset(const struct environment *, const struct invocation *);
enum exit_status command_boot(const struct environment *, const struct invocation *);
enum exit_status command_journal(const struct environment *, const struct invocation *);
enum exit_status command_serve(const struct environment *, const struct invocation *);
enum exit_status command_keys(const struct environment *, const struct invocation *);
enum exit_status command_chips(const struct environment *, const struct invocation *);
enum exit_status command_config(const struct environment *, const struct invocation *);
enum exit_status command_complete(const struct environment *, const struct invocation *);

#endif
