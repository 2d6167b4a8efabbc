#include "ui/screen/text_line.h"

#include "src/clean_text.h"
#include "src/wipe.h"

#include <string.h>

static bool goes_on(char byte)
{
	return ((unsigned char)byte & 0xC0) == 0x80;
}

void text_line_set(struct text_line *line, const char *text)
{
	size_t length = strlen(text);
	if (length > TEXT_LINE_MAX)
		length = TEXT_LINE_MAX;
	while (length > 0 && goes_on(text[length]))
		length--;
	wipe(line->text, sizeof line->text);
	memcpy(line->text, text, length);
	line->text[length] = '\0';
	line->length = line->cursor = length;
	line->overflowed = text[length] != '\0';
}

static size_t encode(char out[4], uint32_t character)
{
	static const struct {
		uint32_t below;
		unsigned char lead;
	} sizes[] = {{0x80, 0}, {0x800, 0xC0}, {0x10000, 0xE0}, {0x110000, 0xF0}};
	size_t more = 0;
	while (more < 4 && character >= sizes[more].below)
		more++;
	if (more == 4)
		return 0;
	out[0] = (char)(sizes[more].lead | character >> (6 * more));
	for (size_t i = 1; i <= more; i++)
		out[i] = (char)(0x80 | (character >> (6 * (more - i)) & 0x3F));
	return more + 1;
}

static bool put(struct text_line *line, size_t start, const char *bytes, size_t count)
{
	size_t left = line->length - (line->cursor - start);
	if (left + count > TEXT_LINE_MAX) {
		line->overflowed = true;
		return false;
	}
	memmove(line->text + start + count, line->text + line->cursor,
		line->length - line->cursor + 1);
	memcpy(line->text + start, bytes, count);
	line->length = left + count;
	line->cursor = start + count;
	return true;
}

bool text_line_type(struct text_line *line, uint32_t character)
{
	char bytes[4];
	size_t count = character > 0 ? encode(bytes, character) : 0;
	return count > 0 && clean_text_is_clean(bytes, count) &&
	       put(line, line->cursor, bytes, count);
}

bool text_line_replace(struct text_line *line, size_t start, const char *text)
{
	return put(line, start, text, strlen(text));
}

static size_t before(const struct text_line *line, size_t at)
{
	if (at == 0)
		return 0;
	do
		at--;
	while (at > 0 && goes_on(line->text[at]));
	return at;
}

static size_t after(const struct text_line *line, size_t at)
{
	if (at >= line->length)
		return line->length;
	do
		at++;
	while (at < line->length && goes_on(line->text[at]));
	return at;
}

static size_t word_before(const struct text_line *line)
{
	size_t at = line->cursor;
	while (at > 0 && line->text[at - 1] == ' ')
		at--;
	while (at > 0 && line->text[at - 1] != ' ')
		at--;
	return at;
}

static void cut(struct text_line *line, size_t from, size_t to)
{
	memmove(line->text + from, line->text + to, line->length - to + 1);
	line->length -= to - from;
	wipe(line->text + line->length, to - from);
	line->cursor = from;
}

void text_line_do(struct text_line *line, enum text_line_step step)
{
	size_t at = line->cursor;
	switch (step) {
	case TEXT_LINE_LEFT: line->cursor = before(line, at); break;
	case TEXT_LINE_RIGHT: line->cursor = after(line, at); break;
	case TEXT_LINE_HOME: line->cursor = 0; break;
	case TEXT_LINE_END: line->cursor = line->length; break;
	case TEXT_LINE_ERASE_BEFORE: cut(line, before(line, at), at); break;
	case TEXT_LINE_ERASE_AFTER: cut(line, at, after(line, at)); break;
	case TEXT_LINE_ERASE_WORD: cut(line, word_before(line), at); break;
	case TEXT_LINE_ERASE_START: cut(line, 0, at); break;
	case TEXT_LINE_ERASE_REST: cut(line, at, line->length); break;
	}
}
