/* complete: what the last word of a command line may become, for shells. */
#include "src/chip.h"
#include "src/chip_find.h"
#include "src/grammar.h"
#include "src/rehearsal.h"
#include "src/rules.h"
#include "ui/commands/command.h"
#include "ui/commands/talk.h"
#include "ui/screen/theme.h"

#include <stdlib.h>
#include <string.h>

#define MAX_WORDS    64
#define TOKEN_MAX    64
#define MAX_OPERANDS 8

/* A command line up to the cursor. */
struct line {
	const struct environment *env;
	const struct command *command; /* NULL: none was named yet */
	const char *typed;             /* the word that is completed */
	size_t kept;                   /* of it, in front of what is completed: "--on=" */
	size_t operands;               /* whole ones in front of it, the command not counted */
	bool given[OPTION_COUNT];
};

static const char *wanted(const struct line *line)
{
	return line->typed + line->kept;
}

/* Words are put into command lines, so none that a shell would read as more than a word. */
static bool is_plain(const char *word)
{
	for (; *word; word++)
		if (!strchr("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
			    "-_.,:=/+@%",
			    *word))
			return false;
	return true;
}

static void offer(const struct line *line, const char *word, const char *about)
{
	if (strncmp(word, wanted(line), strlen(wanted(line))) == 0 && is_plain(word))
		fprintf(line->env->out, "%.*s%s\t%s\n", (int)line->kept, line->typed, word, about);
}

static void offer_files(const struct line *line, size_t kept)
{
	fprintf(line->env->out, ":files %.*s\n", (int)(line->kept + kept), line->typed);
}

/* --- what stands for words in help, and what it stands for */

static void offer_source(const char *source, void *listener)
{
	offer(listener, source, "");
}

static bool is_of_a_source(const struct line *line)
{
	const struct source_ops *const *sources = line->env->session.sources;
	for (size_t i = 0; sources[i]; i++)
		if (sources[i]->claims(wanted(line)))
			return true;
	return false;
}

static void offer_boards(struct line *line, bool simulated)
{
	const struct source_ops *const *sources = line->env->session.sources;
	for (size_t i = 0; sources[i]; i++)
		if (sources[i]->complete && (!simulated || sources[i]->serve))
			sources[i]->complete(wanted(line), offer_source, line);
}

static void offer_sources(struct line *line)
{
	offer_boards(line, false);
	if (!is_of_a_source(line))
		offer_files(line, 0);
}

static void offer_simulated(struct line *line)
{
	offer_boards(line, true);
}

static void offer_any_file(struct line *line)
{
	offer_files(line, 0);
}

static void offer_chips(struct line *line)
{
	const char *name;
	for (size_t i = 0; (name = chip_builtin_name(i)) != NULL; i++)
		offer(line, name, "");
}

static void offer_chips_for_option(struct line *line)
{
	offer_chips(line);
	offer(line, CHIP_PLAIN_NAME, "words without names");
}

static void offer_themes(struct line *line)
{
	struct theme_names *names = calloc(1, sizeof *names);
	if (!names)
		return;
	theme_names(names, line->env->config_folder);
	for (size_t i = 0; i < names->count; i++)
		offer(line, names->names[i], "");
	free(names);
}

static void offer_rules(struct line *line)
{
	for (size_t i = 0; rules_describe(i).name; i++)
		if (rules_describe(i).severity == SEVERITY_WARNING)
			offer(line, rules_describe(i).name, rules_describe(i).about);
}

static void offer_faults(struct line *line)
{
	for (const struct rehearsal_fault *fault = rehearsal_faults; fault->name; fault++)
		if (fault->name[0])
			offer(line, fault->name,
				fault->of_word ? "and the number of a word" : fault->about);
}

static void offer_nothing(struct line *line)
{
	(void)line;
}

static const struct {
	const char *token;
	void (*complete)(struct line *line);
} meanings[] = {
	{"SOURCE", offer_sources},
	{"A", offer_sources},
	{"B", offer_sources},
	{"SIMULATED", offer_simulated},
	{"FILE", offer_any_file},
	{"FILE|DIR", offer_any_file},
	{"[PHASE=]FILE", offer_any_file},
	{"PLAN", offer_any_file},
	{"GOLDEN", offer_any_file},
	{"CHIP", offer_chips},
	{"ENTRY", offer_nothing},
	{"WORD", offer_nothing},
	{"FINGERPRINT", offer_nothing},
	{"RULE", offer_rules},
	{"FAULT", offer_faults},
	{"NAME", offer_themes},
};

/* "auto|always|never": one of these. */
static void offer_choices(const struct line *line, const char *choices)
{
	for (char word[TOKEN_MAX]; *choices; choices += *choices == '|' ? 1 : 0) {
		size_t length = strcspn(choices, "|");
		snprintf(word, sizeof word, "%.*s", (int)length, choices);
		offer(line, word, "");
		choices += length;
	}
}

/* The words of plan files, where the command is one of their verbs; else the one that is asked. */
static void offer_statement(const struct line *line, const char *token)
{
	const char *words[MAX_WORDS];
	char prefix[64], name[TOKEN_MAX];
	size_t path = grammar_path_start(wanted(line));
	if (path > 0 && line->command) {
		offer_files(line, path);
		return;
	}
	snprintf(prefix, sizeof prefix, "%s ", line->command ? line->command->name : "");
	size_t count = grammar_complete(words, MAX_WORDS, prefix);
	for (size_t i = 0; i < count; i++)
		offer(line, words[i], "");
	snprintf(name, sizeof name, "%.*s", (int)strcspn(token, "=:") + 1, token);
	if (count == 0)
		offer(line, name, "");
}

static void offer_token(struct line *line, const char *token)
{
	for (size_t i = 0; i < sizeof meanings / sizeof meanings[0]; i++)
		if (strcmp(meanings[i].token, token) == 0) {
			meanings[i].complete(line);
			return;
		}
	if (strpbrk(token, "=:") || strcmp(token, "lock") == 0)
		offer_statement(line, token);
	else if (token[0] >= 'a' && token[0] <= 'z')
		offer_choices(line, token);
}

/* --- operands: the words of a command's synopsis, without its options */

static int find_option(const char *name, size_t length)
{
	for (int option = 0; option < OPTION_COUNT; option++)
		if (strlen(option_table[option].name) == length &&
			strncmp(option_table[option].name, name, length) == 0)
			return option;
	return strncmp(name, "o", length) == 0 && length == 1 ? OPTION_OUTPUT : -1;
}

/* The option that a word is; -1: none. "-o" is one, too. */
static int option_of(const char *word)
{
	if (word[0] != '-' || word[1] == '\0' || strcmp(word, "--") == 0)
		return -1;
	bool is_long = word[1] == '-';
	return find_option(word + (is_long ? 2 : 1), strcspn(word + (is_long ? 2 : 1), "=]"));
}

/* The next word of a synopsis, without brackets; false at its end. */
static bool next_token(char token[TOKEN_MAX], const char **synopsis)
{
	*synopsis += strspn(*synopsis, " []");
	size_t length = strcspn(*synopsis, " []");
	snprintf(token, TOKEN_MAX, "%.*s", (int)length, *synopsis);
	*synopsis += length;
	return length > 0;
}

struct operands {
	size_t count;
	char token[MAX_OPERANDS][TOKEN_MAX];
	bool goes_on; /* with the last of them: "…" */
};

static void take_apart(struct operands *out, const struct command *command)
{
	const char *synopsis = command->synopsis;
	char token[TOKEN_MAX];
	out->count = 0;
	out->goes_on = strstr(synopsis, "…") != NULL;
	while (next_token(token, &synopsis)) {
		int option = option_of(token);
		if (option >= 0 && option_table[option].argument)
			next_token(token, &synopsis);
		else if (option < 0 && strcmp(token, "…") != 0 && out->count < MAX_OPERANDS)
			memcpy(out->token[out->count++], token, TOKEN_MAX);
	}
}

static void offer_operand(struct line *line)
{
	struct operands all;
	if (line->command) {
		take_apart(&all, line->command);
		if (line->operands < all.count)
			offer_token(line, all.token[line->operands]);
		else if (all.goes_on && all.count > 0)
			offer_token(line, all.token[all.count - 1]);
		return;
	}
	if (line->operands > 0)
		return;
	for (const struct command *row = command_table; row->name; row++)
		if (row->summary)
			offer(line, row->name, row->synopsis);
	offer_sources(line);
}

/* --- options */

static void offer_options(const struct line *line)
{
	char word[40];
	for (int option = 0; option < OPTION_COUNT; option++) {
		const struct option_row *row = &option_table[option];
		bool holds =
			row->general || (line->command && line->command->options >> option & 1);
		if (!holds || (line->given[option] && !row->repeats))
			continue;
		snprintf(word, sizeof word, "--%s", row->name);
		offer(line, word, row->help);
	}
}

static void offer_argument(struct line *line, int option)
{
	const char *argument = option_table[option].argument;
	if (option == OPTION_CHIP)
		offer_chips_for_option(line);
	else if (argument)
		offer_token(line, argument);
}

/* --- the line */

static void take_operand(struct line *line, const char *word)
{
	if (!line->command && line->operands == 0 && (line->command = command_find(word)) != NULL)
		return;
	line->operands++;
}

/* Takes the words in front of the one that is completed. Gives the option that this one belongs to,
 * or -1. */
static int take_words(struct line *line, size_t count, const char *const words[], bool *options_end)
{
	int pending = -1;
	for (size_t i = 0; i < count; i++) {
		int option = *options_end ? -1 : option_of(words[i]);
		bool ends = !*options_end && strcmp(words[i], "--") == 0;
		bool is_operand = *options_end || words[i][0] != '-' || words[i][1] == '\0';
		if (pending >= 0) {
			pending = -1;
			continue;
		}
		*options_end |= ends;
		if (is_operand)
			take_operand(line, words[i]);
		if (option < 0)
			continue;
		line->given[option] = true;
		if (option_table[option].argument && !strchr(words[i], '='))
			pending = option;
	}
	return pending;
}

static void complete_line(struct line *line, size_t count, const char *const words[])
{
	bool options_end = false;
	line->typed = words[count - 1];
	int pending = take_words(line, count - 1, words, &options_end);
	const char *equals = strchr(line->typed, '=');
	int option = options_end ? -1 : option_of(line->typed);
	if (pending >= 0) {
		offer_argument(line, pending);
	} else if (option >= 0 && equals) {
		line->kept = (size_t)(equals + 1 - line->typed);
		offer_argument(line, option);
	} else if (!options_end && line->typed[0] == '-') {
		offer_options(line);
	} else {
		offer_operand(line);
	}
}

enum exit_status command_complete(
	const struct environment *env, const struct invocation *invocation)
{
	struct line line = {.env = env};
	if (invocation->operand_count > 0)
		complete_line(&line, invocation->operand_count, invocation->operands);
	return talk_end(env, EXIT_DONE, false);
}
