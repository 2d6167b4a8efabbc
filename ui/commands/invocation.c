#include "ui/commands/invocation.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *command_name(const struct invocation *invocation)
{
	return invocation->command ? invocation->command->name : "the screen";
}

static enum status take_option(
	struct invocation *out, enum option option, const char *value, struct errbuf *err)
{
	const struct option_row *row = &option_table[option];
	if (out->given[option] && !row->repeats)
		return errbuf_set(err, ERR_USAGE, "'--%s' is given twice", row->name);
	out->given[option] = true;
	out->value[option] = value;
	if (option == OPTION_IMAGE) {
		if (out->image_count == INVOCATION_MAX_IMAGES)
			return errbuf_set(err, ERR_USAGE, "'--image' is given more than %d times",
				INVOCATION_MAX_IMAGES);
		out->images[out->image_count++] = value;
	}
	if (option != OPTION_ACCEPT)
		return OK;
	if (out->accepted_count == INVOCATION_MAX_ACCEPTED)
		return errbuf_set(err, ERR_USAGE, "'--accept' is given more than %d times",
			INVOCATION_MAX_ACCEPTED);
	out->accepted[out->accepted_count++] = value;
	return OK;
}

static enum status unknown_option(const char *word, int length, struct errbuf *err)
{
	return errbuf_set(err, ERR_USAGE,
		"'%.*s' is not an option: 'otpedit --help' lists them (a file of that name is"
		" './%.*s')",
		length, word, length, word);
}

/* One option at argv[*at]; moves *at past an argument that stands in a word of its own. */
static enum status parse_option(
	struct invocation *out, int *at, int argc, char *const argv[], struct errbuf *err)
{
	const char *word = argv[*at], *value = NULL;
	size_t length = strcspn(word, "=");
	int option = 0;
	if (strncmp(word, "-o", 2) == 0) {
		option = OPTION_OUTPUT;
		value = word[2] ? word + 2 : NULL;
	} else {
		if (strncmp(word, "--", 2) != 0)
			return unknown_option(word, (int)strlen(word), err);
		while (option < OPTION_COUNT &&
			(strlen(option_table[option].name) != length - 2 ||
				strncmp(option_table[option].name, word + 2, length - 2) != 0))
			option++;
		if (option == OPTION_COUNT)
			return unknown_option(word, (int)length, err);
		value = word[length] ? word + length + 1 : NULL;
	}
	const struct option_row *row = &option_table[option];
	if (!row->argument && value)
		return errbuf_set(err, ERR_USAGE, "'--%s' takes no argument", row->name);
	if (row->argument && !value && *at + 1 < argc && strncmp(argv[*at + 1], "--", 2) != 0)
		value = argv[++*at];
	if (row->argument && (!value || !*value))
		return errbuf_set(
			err, ERR_USAGE, "'--%s' needs an argument: %s", row->name, row->argument);
	return take_option(out, (enum option)option, value, err);
}

static enum status find_command(struct invocation *out,
	bool (*is_source)(const char *text, void *payload), void *payload, struct errbuf *err)
{
	if (out->operand_count == 0)
		return OK;
	const char *word = out->operands[0];
	out->command = command_find(word);
	if (out->command) {
		out->operand_count--;
		memmove(out->operands, out->operands + 1,
			out->operand_count * sizeof *out->operands);
		return OK;
	}
	if (out->operand_count == 1 && is_source(word, payload))
		return OK;
	const char *nearest = command_nearest(word);
	if (nearest)
		return errbuf_set(
			err, ERR_USAGE, "'%s' is not a command: did you mean '%s'?", word, nearest);
	if (out->operand_count > 1)
		return errbuf_set(
			err, ERR_USAGE, "'%s' is not a command: 'otpedit --help' lists them", word);
	return errbuf_set(err, ERR_USAGE,
		"'%s' is neither a command, nor a board, nor a file: 'otpedit --help' lists what"
		" there is",
		word);
}

static enum status check_options(const struct invocation *out, struct errbuf *err)
{
	unsigned formats = 0;
	for (int option = 0; option < OPTION_COUNT; option++) {
		if (!out->given[option])
			continue;
		bool taken = option_table[option].general ||
			     (out->command && out->command->options >> option & 1);
		if (!taken)
			return errbuf_set(err, ERR_USAGE,
				"'--%s' means nothing to %s: 'otpedit%s%s --help' lists its"
				" options",
				option_table[option].name, command_name(out),
				out->command ? " " : "", out->command ? out->command->name : "");
		formats +=
			option == OPTION_JSON || option == OPTION_CSV || option == OPTION_MARKDOWN;
	}
	if (formats > 1)
		return errbuf_set(
			err, ERR_USAGE, "only one of '--json', '--csv' and '--markdown' at a time");
	return OK;
}

static enum status check_operands(const struct invocation *out, struct errbuf *err)
{
	size_t least = out->command ? out->command->least : 0;
	size_t most = out->command ? out->command->most : 1;
	if (out->given[OPTION_HELP] || out->given[OPTION_VERSION])
		return OK;
	if (out->operand_count < least)
		return errbuf_set(err, ERR_USAGE, "%s needs more words: otpedit %s %s",
			command_name(out), command_name(out), out->command->synopsis);
	if (out->operand_count > most)
		return errbuf_set(err, ERR_USAGE, "'%s' is one word too many for %s",
			out->operands[most], command_name(out));
	return OK;
}

enum status invocation_parse(struct invocation *out, int argc, char *const argv[],
	bool (*is_source)(const char *text, void *payload), void *payload, struct errbuf *err)
{
	*out = (struct invocation){0};
	out->operands = calloc((size_t)argc + 1, sizeof *out->operands);
	if (!out->operands)
		return errbuf_set(err, ERR_MEMORY, "out of memory for the command line");
	bool options_end = false;
	enum status status = OK;
	for (int at = 1; status == OK && at < argc; at++) {
		if (!options_end && strcmp(argv[at], "--") == 0)
			options_end = true;
		else if (!options_end && argv[at][0] == '-' && argv[at][1] != '\0')
			status = parse_option(out, &at, argc, argv, err);
		else
			out->operands[out->operand_count++] = argv[at];
	}
	if (status == OK)
		status = find_command(out, is_source, payload, err);
	if (status == OK)
		status = check_options(out, err);
	return status == OK ? check_operands(out, err) : status;
}

enum report_format invocation_format(const struct invocation *invocation)
{
	return invocation->given[OPTION_JSON]       ? REPORT_JSON
	       : invocation->given[OPTION_CSV]      ? REPORT_CSV
	       : invocation->given[OPTION_MARKDOWN] ? REPORT_MARKDOWN
						    : REPORT_TEXT;
}

void invocation_free(struct invocation *invocation)
{
	free(invocation->operands);
	invocation->operands = NULL;
}
