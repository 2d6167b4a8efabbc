#include "src/clean_text.h"

#include <stdint.h>
#include <string.h>

/* The code point at `at` and its bytes; 0 bytes: no UTF-8 (RFC 3629: no long forms, no surrogates).
 */
static size_t decode(uint32_t *point, const unsigned char *at, size_t left)
{
	static const struct {
		unsigned char mask, lead;
		uint32_t least;
	} forms[] = {
		{0x80, 0x00, 0}, {0xE0, 0xC0, 0x80}, {0xF0, 0xE0, 0x800}, {0xF8, 0xF0, 0x10000}};
	for (size_t more = 0; more < sizeof forms / sizeof forms[0] && more < left; more++) {
		if ((at[0] & forms[more].mask) != forms[more].lead)
			continue;
		uint32_t value = at[0] & (unsigned char)~forms[more].mask;
		for (size_t i = 1; i <= more; i++) {
			if ((at[i] & 0xC0) != 0x80)
				return 0;
			value = value << 6 | (at[i] & 0x3Fu);
		}
		bool exists = value >= forms[more].least && value <= 0x10FFFF &&
			      (value < 0xD800 || value > 0xDFFF);
		*point = value;
		return exists ? more + 1 : 0;
	}
	return 0;
}

static bool is_shown(uint32_t point)
{
	static const struct {
		uint32_t first, last;
	} hidden[] = {
		{0x00, 0x1F},
		{0x7F, 0x9F},
		{0x061C, 0x061C}, /* the marks and turns of writing from right to left */
		{0x200B, 0x200F},
		{0x2028, 0x202E}, /* among them the ends of lines and paragraphs */
		{0x2060, 0x206F},
		{0xFEFF, 0xFEFF},
	};
	for (size_t i = 0; i < sizeof hidden / sizeof hidden[0]; i++)
		if (point >= hidden[i].first && point <= hidden[i].last)
			return false;
	return true;
}

/* The bytes of the next piece; `*shown` false: it becomes '?'. */
static size_t next_piece(bool *shown, const char *text, size_t left)
{
	uint32_t point = 0;
	size_t bytes = decode(&point, (const unsigned char *)text, left);
	*shown = bytes > 0 && is_shown(point);
	return bytes > 0 ? bytes : 1;
}

bool clean_text_is_clean(const char *text, size_t length)
{
	bool shown = true;
	for (size_t at = 0; at < length && shown;)
		at += next_piece(&shown, text + at, length - at);
	return shown;
}

void clean_text_put(FILE *out, const char *text, size_t length)
{
	for (size_t at = 0; at < length;) {
		bool shown;
		size_t bytes = next_piece(&shown, text + at, length - at);
		if (shown)
			fwrite(text + at, 1, bytes, out);
		else
			fputc('?', out);
		at += bytes;
	}
}

void clean_text_in_place(char *text)
{
	size_t length = strlen(text), used = 0;
	for (size_t at = 0; at < length;) {
		bool shown;
		size_t bytes = next_piece(&shown, text + at, length - at);
		if (shown)
			memmove(text + used, text + at, bytes);
		else
			text[used] = '?';
		used += shown ? bytes : 1;
		at += bytes;
	}
	text[used] = '\0';
}
