/* What may follow what is typed behind ':'. */
#include "src/errbuf.h"
#include "ui/screen/prompt_command.h"

#include "src/grammar.h"
#include "ui/screen/prompt_parts.h"

#include <stdio.h>
#include <string.h>

static void complete_first(
	struct completion *out, const struct app *app, const struct text_line *line)
{
	for (const struct prompt_row *row = prompt_rows; row->name; row++)
		completion_offer(out, line, row->name);
	for (int action = ACTION_NONE + 1; action < ACTION_COUNT; action++)
		if (prompt_offers(app, (enum action)action))
			completion_offer(out, line, action_name((enum action)action));
}

/* Where the path begins in the word before the cursor; 0: it is none. */
static size_t path_start(const struct text_line *line, size_t word)
{
	char typed[TEXT_LINE_MAX + 1];
	word += line->text[word] == '"' ? 1 : 0;
	if (line->cursor < word)
		return 0;
	snprintf(typed, sizeof typed, "%.*s", (int)(line->cursor - word), line->text + word);
	size_t start = grammar_path_start(typed);
	return start > 0 ? word + start : 0;
}

static void complete_words(
	struct completion *out, const struct prompt_row *row, const struct text_line *line)
{
	const char *words[COMPLETION_MAX];
	char prefix[TEXT_LINE_MAX + 1];
	size_t path = path_start(line, out->word), count;
	bool is_search = row->operand == OPERAND_SEARCH;
	if (path > 0 && row->operand == OPERAND_STATEMENT) {
		completion_offer_files(out, line, path);
		return;
	}
	snprintf(prefix, sizeof prefix, "%.*s", (int)line->cursor, line->text);
	count = is_search ? search_complete(words, COMPLETION_MAX, prefix)
			  : grammar_complete(words, COMPLETION_MAX, prefix);
	out->start += is_search && line->text[out->start] == '!' ? 1 : 0;
	for (size_t i = 0; i < count; i++)
		completion_offer(out, line, words[i]);
}

static void complete_theme(
	struct completion *out, const struct app *app, const struct text_line *line)
{
	struct theme_names names;
	theme_names(&names, app->environment->config_folder);
	for (size_t i = 0; i < names.count; i++)
		completion_offer(out, line, names.names[i]);
}

void prompt_command_complete(struct completion *out, const struct app *app)
{
	const struct text_line *line = &app->prompt.line;
	const char *text = line->text + strspn(line->text, " ");
	size_t first = (size_t)(text - line->text);
	completion_begin(out, line);
	if (out->word <= first) {
		complete_first(out, app, line);
		return;
	}
	const struct prompt_row *row = prompt_row_of(text, strcspn(text, " "));
	if (!row)
		return;
	if (row->operand == OPERAND_FILE)
		completion_offer_files(
			out, line, out->word + (line->text[out->word] == '"' ? 1 : 0));
	else if (row->operand == OPERAND_THEME)
		complete_theme(out, app, line);
	else if (row->operand != OPERAND_NUMBER)
		complete_words(out, row, line);
}
