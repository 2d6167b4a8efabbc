#include "ui/screen/prompt_command.h"

#include "src/errbuf.h"
#include "src/grammar.h"
#include "src/plan_file.h"
#include "src/staging.h"
#include "ui/screen/prompt_parts.h"
#include "ui/screen/views.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- commands of its own --- */

static bool go(struct app *app, const char *rest);
static bool look_for(struct app *app, const char *rest);
static bool choose(struct app *app, const char *rest);
static bool unchoose(struct app *app, const char *rest);
static bool load(struct app *app, const char *rest);
static bool save(struct app *app, const char *rest);
static bool differs(struct app *app, const char *rest);
static bool wear(struct app *app, const char *rest);

const struct prompt_row prompt_rows[] = {
	{"write", OPERAND_STATEMENT,
		"write word=N value=V [lock] [word=N ...]; V: a number, bits:6,8-9, file:F, "
		"text:T, mac:M, hex:F, pem:F, keyhash:F",
		NULL},
	{"lock", OPERAND_STATEMENT,
		"lock word=N-M ...: for ever; or behind the words sticky-program, sticky-write, "
		"sticky-read: until reset",
		NULL},
	{"fwrite", OPERAND_STATEMENT,
		"fwrite word=N file:F [lock]: the bytes of a file, as many words as they fill",
		NULL},
	{"close", OPERAND_STATEMENT, "close: stages the closing of the device for ever", NULL},
	{"go", OPERAND_NUMBER, "go N, or N alone: to that word", go},
	{"find", OPERAND_SEARCH, "find QUESTION: as behind /", look_for},
	{"select", OPERAND_SEARCH,
		"select QUESTION: selects all words found, such as 70-75, or kind=user lock=none",
		choose},
	{"unselect", OPERAND_SEARCH,
		"unselect QUESTION: selects the words found no longer; alone: none at all",
		unchoose},
	{"load", OPERAND_FILE, "load PLAN: stages what a plan file asks for", load},
	{"save", OPERAND_FILE, "save FILE: saves what is staged as a plan", save},
	{"diff", OPERAND_FILE, "diff IMAGE: what differs from another image", differs},
	{"theme", OPERAND_THEME, "theme NAME: these colours from now on; alone: the next", wear},
	{NULL, OPERAND_STATEMENT, NULL, NULL},
};

const struct prompt_row *prompt_row_of(const char *word, size_t length)
{
	for (const struct prompt_row *row = prompt_rows; row->name; row++)
		if (strlen(row->name) == length && strncmp(word, row->name, length) == 0)
			return row;
	return NULL;
}

static enum action action_of(const char *word, size_t length)
{
	for (int action = ACTION_NONE + 1; action < ACTION_COUNT; action++) {
		const char *name = action_name((enum action)action);
		if (strlen(name) == length && strncmp(word, name, length) == 0)
			return (enum action)action;
	}
	return ACTION_NONE;
}

bool prompt_offers(const struct app *app, enum action action)
{
	return action != ACTION_PROMPT && action != ACTION_COMPLETE &&
	       keymap_key_name(&app->keys, view_of(app->below)->keys, action)[0] != '\0';
}

static bool fails(struct app *app, const struct errbuf *err)
{
	app_say(app, TONE_ERROR, "%s", err->text);
	return false;
}

/* A file's name, that may stand in double quotes. */
static bool take_path(struct app *app, char *out, size_t cap, const char *rest, const char *usage)
{
	size_t length = 0;
	bool quoted = false;
	for (; *rest && (quoted || *rest != ' ') && length + 1 < cap; rest++) {
		if (*rest == '"')
			quoted = !quoted;
		else
			out[length++] = *rest;
	}
	out[length] = '\0';
	rest += strspn(rest, " ");
	if (length > 0 && *rest == '\0' && !quoted)
		return true;
	app_say(app, TONE_WARNING, "%s; a name with blanks stands in double quotes", usage);
	return false;
}

static bool go(struct app *app, const char *rest)
{
	struct errbuf err = {0};
	uint32_t word;
	if (grammar_number(&word, rest, app->session->image.word_count - 1, &err) != OK)
		return fails(app, &err);
	app->selected = word;
	app_back(app);
	return true;
}

static bool look_for(struct app *app, const char *rest)
{
	app_back(app);
	prompt_open(app, PROMPT_FIND);
	text_line_set(&app->prompt.line, rest);
	if (*rest)
		prompt_find(app);
	return true;
}

static bool select_by(struct app *app, const char *rest, bool chosen)
{
	struct search search;
	struct search_place place = prompt_place(app);
	struct selection selection = app->selection;
	struct errbuf err = {0};
	unsigned count = 0;
	if (search_parse(&search, rest, &err) != OK)
		return fails(app, &err);
	for (unsigned word = 0; word < app->session->image.word_count; word++)
		if (search_matches(&search, &place, word)) {
			selection_set(&selection, word, chosen);
			count++;
		}
	if (count == 0) {
		app_say(app, TONE_WARNING, "no word is found by %s", rest);
		return false;
	}
	app->selection = selection;
	app_back(app);
	app_say(app, TONE_PLAIN, "%u word%s %s", count, count == 1 ? "" : "s",
		chosen ? "selected" : "not selected any more");
	return true;
}

static bool choose(struct app *app, const char *rest)
{
	return select_by(app, rest, true);
}

static bool unchoose(struct app *app, const char *rest)
{
	if (*rest)
		return select_by(app, rest, false);
	selection_clear(&app->selection);
	app_back(app);
	app_say(app, TONE_PLAIN, "no words are selected any more");
	return true;
}

/* --- staging --- */

/* What is asked for besides what is staged; a value takes the place of one that is. */
static bool merge(struct app *app, const struct edits *asked, const char *what)
{
	struct edits edits = *draft_edits(app->draft);
	struct selection touched = {0};
	char words[120];
	unsigned replaced = 0, first = IMAGE_MAX_WORDS;
	for (unsigned word = 0; word < IMAGE_MAX_WORDS; word++) {
		const struct edit *wanted = &asked->word[word];
		struct edit *edit = &edits.word[word];
		if (edit_is_empty(wanted))
			continue;
		if (edit->closes && wanted->sets_value && !wanted->closes) {
			app_say(app, TONE_ERROR,
				"not staged: word %u is staged for closing the device: take that "
				"back first",
				word);
			return false;
		}
		if (wanted->sets_value) {
			replaced += edit->sets_value && edit->value != wanted->value;
			edit->sets_value = true;
			edit->closes = wanted->closes;
			edit->value = wanted->value;
		}
		edit->locks |= wanted->locks;
		selection_set(&touched, word, true);
		first = first < word ? first : word;
	}
	if (touched.count == 0) {
		app_say(app, TONE_WARNING, "%s asks for nothing", what);
		return false;
	}
	if (!app_stage_all(app, &edits))
		return false;
	selection_text(words, sizeof words, &touched);
	app->selected = first;
	app_back(app);
	char others[60] = "";
	if (replaced > 0)
		snprintf(others, sizeof others, ", %u in the place of another value", replaced);
	app_say(app, TONE_PLAIN, "staged: word%s %s%s; nothing is burnt before the commit",
		touched.count == 1 ? "" : "s", words, others);
	return true;
}

static bool stage(struct app *app, const char *text)
{
	struct statement statement;
	struct edits *asked = calloc(1, sizeof *asked);
	struct errbuf err = {0};
	enum status status =
		asked ? grammar_parse_line(&statement, text, 0, &err)
		      : errbuf_set(&err, ERR_MEMORY, "out of memory: nothing was staged");
	if (status == OK)
		status = staging_apply(
			asked, NULL, &statement, &app->session->image, app->session->chip, &err);
	bool done = status == OK ? merge(app, asked, "the line") : fails(app, &err);
	free(asked);
	return done;
}

static bool load(struct app *app, const char *rest)
{
	char path[TEXT_LINE_MAX + 1];
	struct plan_file file;
	struct errbuf err = {0};
	if (!take_path(app, path, sizeof path, rest, "load PLAN"))
		return false;
	struct edits *asked = calloc(1, sizeof *asked);
	enum status status =
		asked ? plan_file_read(&file, path, &err)
		      : errbuf_set(&err, ERR_MEMORY, "out of memory: nothing was staged");
	bool done = false;
	if (status == OK) {
		status = plan_file_edits(asked, &file, &app->session->image, app->session->chip,
			app->session->board, false, &err);
		plan_file_free(&file);
	}
	if (status == OK)
		done = merge(app, asked, "the plan");
	else
		fails(app, &err);
	free(asked);
	return done;
}

static bool save(struct app *app, const char *rest)
{
	char path[TEXT_LINE_MAX + 1];
	if (!take_path(app, path, sizeof path, rest, "save FILE") ||
		!view_save_edits_as(app, draft_edits(app->draft), path))
		return false;
	app_back(app);
	app_say(app, TONE_GOOD, "saved as %s", path);
	return true;
}

static bool differs(struct app *app, const char *rest)
{
	char path[TEXT_LINE_MAX + 1];
	struct errbuf err = {0};
	if (!take_path(app, path, sizeof path, rest, "diff IMAGE"))
		return false;
	if (comparison_read(
		    &app->comparison, path, &app->environment->session, app->session, &err) != OK)
		return fails(app, &err);
	app->comparison.word = 0;
	app_back(app);
	app_show(app, VIEW_COMPARE);
	return true;
}

static bool wear(struct app *app, const char *rest)
{
	struct theme_names names;
	theme_names(&names, app->environment->config_folder);
	for (size_t i = 0; i < names.count; i++)
		if (strcmp(names.names[i], rest) == 0)
			snprintf(app->theme_asked, sizeof app->theme_asked, "%s", rest);
	app->next_theme = *rest == '\0';
	if (!app->next_theme && !app->theme_asked[0]) {
		app_say(app, TONE_WARNING, "there is no theme '%.60s': Tab shows those there are",
			rest);
		return false;
	}
	app_back(app);
	return true;
}

/* --- the line --- */

/* Without blanks around it. */
static void trimmed(char out[TEXT_LINE_MAX + 1], const struct text_line *line)
{
	const char *text = line->text + strspn(line->text, " ");
	size_t length = strlen(text);
	while (length > 0 && text[length - 1] == ' ')
		length--;
	memcpy(out, text, length);
	out[length] = '\0';
}

/* Lines that give values to words that may hold secrets are for this run only. */
static bool is_quiet(const struct app *app, const char *text)
{
	struct statement statement;
	struct errbuf ignored = {0};
	if (grammar_parse_line(&statement, text, 0, &ignored) != OK)
		return false;
	for (size_t i = 0; i < statement.count; i++) {
		const struct assignment *group = &statement.assignments[i];
		unsigned last = group->first + STAGING_MAX_WORDS;
		if (group->is_range || group->kind == VALUE_NUMBER || group->kind == VALUE_BITS)
			last = group->last;
		for (unsigned word = group->first; group->kind != VALUE_NONE && word <= last;
			word++)
			if (word < IMAGE_MAX_WORDS && chip_word_is_secret(app->session->chip, word))
				return true;
	}
	return false;
}

static bool run(struct app *app, const char *text)
{
	size_t length = strcspn(text, " ");
	const char *rest = text + length + strspn(text + length, " ");
	const struct prompt_row *row = prompt_row_of(text, length);
	enum action action = action_of(text, length);
	if (row && row->run)
		return row->run(app, rest);
	if (row)
		return stage(app, text);
	if (isdigit((unsigned char)text[0]))
		return go(app, text);
	if (action != ACTION_NONE && *rest == '\0' && prompt_offers(app, action)) {
		app_back(app);
		app_act(app, action, &(struct key){0});
		return true;
	}
	app_say(app, TONE_WARNING,
		action == ACTION_NONE ? "'%.60s' is not understood: Tab shows what is"
		: *rest               ? "'%.60s' takes nothing behind it"
				      : "'%.60s' is not to be had here",
		text);
	return false;
}

bool prompt_command_do(struct app *app)
{
	char text[TEXT_LINE_MAX + 1];
	trimmed(text, &app->prompt.line);
	if (text[0] == '\0') {
		app_back(app);
		return true;
	}
	if (app->session->image.word_count == 0) {
		app_say(app, TONE_WARNING, "no OTP is offered here: there is nothing to do");
		return false;
	}
	if (!run(app, text))
		return false;
	history_add(&app->prompt.history[PROMPT_COMMAND], text, is_quiet(app, text));
	return true;
}

const char *prompt_command_usage(const struct app *app)
{
	const char *text = app->prompt.line.text + strspn(app->prompt.line.text, " ");
	size_t length = strcspn(text, " ");
	const struct prompt_row *row = prompt_row_of(text, length);
	enum action action = action_of(text, length);
	if (row)
		return row->usage;
	if (action != ACTION_NONE && prompt_offers(app, action))
		return action_help(action);
	return "write, lock, fwrite, close as in plan files; a word's number; select, load, save, "
	       "diff, and what keys do: Tab shows all";
}
