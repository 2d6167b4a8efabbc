#include "ui/commands/help.h"

#include <string.h>

#define WIDTH 80

/* Columns on a terminal: the bytes of a UTF-8 text without those that only continue a character. */
static int columns(const char *text)
{
	int count = 0;
	for (; *text; text++)
		count += ((unsigned char)*text & 0xC0) != 0x80;
	return count;
}

/* Words, broken at blanks so that lines stay within the terminal. */
static void print_wrapped(FILE *out, const char *text)
{
	int at = 0;
	while (*text) {
		char word[128];
		size_t length = strcspn(text, " ");
		snprintf(word, sizeof word, "%.*s", (int)length, text);
		if (at > 0 && at + 1 + columns(word) > WIDTH) {
			fputc('\n', out);
			at = 0;
		}
		at += fprintf(out, "%s%s", at > 0 ? " " : "", word) > 0 ? columns(word) + (at > 0)
									: 0;
		text += length;
		text += strspn(text, " ");
	}
	fputc('\n', out);
}

static void print_option(FILE *out, enum option option)
{
	const struct option_row *row = &option_table[option];
	int used = fprintf(out, "  --%s%s%s", row->name, row->argument ? " " : "",
		row->argument ? row->argument : "");
	fprintf(out, "%*s%s\n", used < 28 ? 28 - used : 1, "", row->help);
}

#define SUMMARY_COLUMN 25

/* One command, or several of one summary; *row is then the last of them. */
static void print_line(FILE *out, const struct command **row)
{
	int at = fprintf(out, "    %s", (*row)->name);
	for (; (*row)[1].summary && strcmp((*row)[1].summary, (*row)[0].summary) == 0; (*row)++)
		at += fprintf(out, ", %s", (*row)[1].name);
	fprintf(out, "%*s%s\n", at + 2 < SUMMARY_COLUMN ? SUMMARY_COLUMN - at : 2, "",
		(*row)->summary);
}

static void print_program(FILE *out)
{
	fprintf(out,
		"otpedit %s: looks at, and safely changes, the OTP fuses of an STM32MP board.\n"
		"  otpedit [SOURCE]          the screen, on a board or image; alone, it asks\n"
		"  otpedit COMMAND …         one of these, then back to the shell:\n",
		OTPEDIT_VERSION);
	for (const struct command *row = command_table; row->name; row++)
		if (row->summary)
			print_line(out, &row);
	fputs("For all: --chip --read-only --reveal --color --theme --trace --fresh --help.\n"
	      "'otpedit COMMAND --help' tells more, of a command's options and of SOURCE, too.\n",
		out);
}

static void print_sources(FILE *out, const struct source_ops *const *sources)
{
	fputs("Sources:\n", out);
	fputs("  FILE  a saved image: nothing can be burnt\n", out);
	for (size_t i = 0; sources && sources[i]; i++)
		fprintf(out, "  %s\n", sources[i]->help);
}

static void print_command(
	FILE *out, const struct command *command, const struct source_ops *const *sources)
{
	fprintf(out, "otpedit %s %s [OPTION …]\n\n", command->name, command->synopsis);
	print_wrapped(out, command->help);
	fputc('\n', out);
	for (int option = 0; option < OPTION_COUNT; option++)
		if (command->options >> option & 1)
			print_option(out, (enum option)option);
	fputs("For all:", out);
	int at = 8;
	for (int option = 0; option < OPTION_COUNT; option++) {
		const struct option_row *row = &option_table[option];
		if (!row->general)
			continue;
		char text[64];
		snprintf(text, sizeof text, " --%s%s%s", row->name, row->argument ? " " : "",
			row->argument ? row->argument : "");
		if (at + columns(text) > WIDTH) {
			fputs("\n        ", out);
			at = 8;
		}
		fputs(text, out);
		at += columns(text);
	}
	fputs("\n", out);
	if (command->sources)
		print_sources(out, sources);
}

void help_print(FILE *out, const struct command *command, const struct source_ops *const *sources)
{
	if (command)
		print_command(out, command, sources);
	else
		print_program(out);
}
