#include "ui/screen/completion.h"

#include "src/clean_text.h"
#include "src/store.h"

#include <stdio.h>
#include <string.h>

static bool is_quoted(const struct text_line *line, size_t until)
{
	bool quoted = false;
	for (size_t i = 0; i < until; i++)
		quoted ^= line->text[i] == '"';
	return quoted;
}

void completion_begin(struct completion *out, const struct text_line *line)
{
	bool quoted = false;
	out->count = out->word = 0;
	out->is_cut = false;
	for (size_t i = 0; i < line->cursor; i++) {
		quoted ^= line->text[i] == '"';
		if (!quoted && line->text[i] == ' ')
			out->word = i + 1;
	}
	out->start = out->word;
}

void completion_offer(struct completion *completion, const struct text_line *line, const char *word)
{
	size_t length = line->cursor - completion->start;
	if (strncmp(word, line->text + completion->start, length) != 0 ||
		strlen(word) >= COMPLETION_TEXT)
		return;
	for (size_t i = 0; i < completion->count; i++)
		if (strcmp(completion->words[i], word) == 0)
			return;
	if (completion->count == COMPLETION_MAX) {
		completion->is_cut = true;
		return;
	}
	snprintf(completion->words[completion->count++], COMPLETION_TEXT, "%s", word);
}

void completion_offer_files(
	struct completion *completion, const struct text_line *line, size_t start)
{
	char folder[TEXT_LINE_MAX + 1], prefix[TEXT_LINE_MAX + 1];
	struct store_list names;
	struct errbuf ignored = {0};
	size_t name = line->cursor;
	while (name > start && line->text[name - 1] != '/')
		name--;
	snprintf(folder, sizeof folder, "%.*s", (int)(name - start), line->text + start);
	snprintf(prefix, sizeof prefix, "%.*s", (int)(line->cursor - name), line->text + name);
	completion->start = name;
	if (store_names(&names, folder, prefix, &ignored) == OK)
		for (size_t i = 0; i < names.count; i++) {
			const char *text = names.paths[i];
			/* A '"' cannot be typed in a path; what is not clean cannot be shown. */
			if (!strchr(text, '"') && clean_text_is_clean(text, strlen(text)))
				completion_offer(completion, line, text);
		}
	store_list_free(&names);
}

/* How many bytes all the words have in common, whole characters only. */
static size_t common(const struct completion *completion)
{
	const char *first = completion->words[0];
	size_t length = strlen(first);
	for (size_t i = 1; i < completion->count; i++) {
		size_t same = 0;
		while (same < length && completion->words[i][same] == first[same])
			same++;
		length = same;
	}
	while (length > 0 && ((unsigned char)first[length] & 0xC0) == 0x80)
		length--;
	return length;
}

/* Whether more is to be typed behind it in the same word. */
static bool goes_on(const char *word)
{
	return word[0] == '\0' || strchr("=:/", word[strlen(word) - 1]) != NULL;
}

void completion_apply(const struct completion *completion, struct text_line *line)
{
	char text[COMPLETION_TEXT + 4];
	bool quoted = is_quoted(line, line->cursor);
	if (completion->count == 0)
		return;
	size_t length = common(completion);
	bool whole = completion->count == 1 && !goes_on(completion->words[0]);
	bool blank = memchr(completion->words[0], ' ', length) != NULL;
	snprintf(text, sizeof text, "%.*s%s", (int)length, completion->words[0],
		!whole            ? ""
		: quoted || blank ? "\" "
				  : " ");
	if (!text_line_replace(line, completion->start, text) || !blank || quoted)
		return;
	size_t cursor = line->cursor;
	line->cursor = completion->word;
	text_line_type(line, '"');
	line->cursor = cursor + 1;
}

void completion_fill(const struct completion *completion, struct text_line *line)
{
	char text[COMPLETION_TEXT];
	if (completion->count == 0)
		return;
	snprintf(text, sizeof text, "%.*s", (int)common(completion), completion->words[0]);
	text_line_replace(line, completion->start, text);
}

void completion_text(char *out, size_t cap, const struct completion *completion)
{
	size_t used = 0, told = 0;
	out[0] = '\0';
	for (; told < completion->count; told++) {
		const char *word = completion->words[told];
		if (used + strlen(word) + 24 > cap)
			break;
		used += (size_t)snprintf(out + used, cap - used, "%s%s", told ? ", " : "", word);
	}
	if (told < completion->count || completion->is_cut)
		snprintf(out + used, cap - used, " and more");
}
