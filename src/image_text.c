#include "src/image_text.h"

#include "src/image_text_parts.h"
#include "src/partition.h"

#include <string.h>

/* --- lines --- */

static unsigned char byte_at(const struct text_lines *lines, size_t at)
{
	bool plain = lines->step == 1 || lines->bytes[at + 1] == 0;
	return plain ? lines->bytes[at] : '?';
}

/* The end of an escape sequence that begins at `at`: "ESC [ ... letter", else two characters. */
static size_t past_escape(const struct text_lines *lines, size_t at)
{
	at += lines->step;
	if (at + lines->step > lines->length || byte_at(lines, at) != '[')
		return at;
	do
		at += lines->step;
	while (at + lines->step <= lines->length && byte_at(lines, at) >= 0x20 &&
		byte_at(lines, at) < 0x40);
	return at + lines->step <= lines->length && byte_at(lines, at) >= 0x40 ? at + lines->step
									       : at;
}

static void trim(char *text, size_t used)
{
	while (used > 0 && text[used - 1] == ' ')
		used--;
	text[used] = '\0';
	size_t blanks = strspn(text, " ");
	memmove(text, text + blanks, used - blanks + 1);
}

bool text_lines_next(struct text_lines *lines)
{
	if (lines->at + lines->step > lines->length)
		return false;
	size_t used = 0, at = lines->at;
	while (at + lines->step <= lines->length) {
		unsigned char c = byte_at(lines, at);
		if (c == 0x1B) {
			at = past_escape(lines, at);
			continue;
		}
		at += lines->step;
		if (c == '\n')
			break;
		if (c == '\t')
			c = ' ';
		if (c >= 0x20 && c != 0x7F && used < TEXT_LINE_MAX - 1)
			lines->text[used++] = (char)c;
	}
	trim(lines->text, used);
	lines->at = at;
	lines->number++;
	return true;
}

unsigned text_digit(char c)
{
	static const char digits[] = "0123456789abcdef";
	return (unsigned)(strchr(digits, c >= 'A' && c <= 'F' ? c - 'A' + 'a' : c) - digits);
}

size_t text_hex(uint64_t *value, const char *text)
{
	size_t count = strspn(text, "0123456789abcdefABCDEF");
	*value = 0;
	for (size_t i = 0; i < count && count <= 16; i++) {
		*value = *value << 4 | (uint64_t)text_digit(text[i]);
	}
	return count;
}

static struct text_lines lines_of(const uint8_t *bytes, size_t length)
{
	struct text_lines lines = {.bytes = bytes, .length = length, .step = 1};
	bool utf16 = length >= 2 && bytes[0] == 0xFF && bytes[1] == 0xFE;
	bool utf8 = length >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0;
	lines.step = utf16 ? 2 : 1;
	lines.at = utf16 ? 2 : utf8 ? 3 : 0;
	return lines;
}

/* --- which kind / --- */

struct found {
	bool displ, dump;
};

/* No text has zero bytes, but for UTF-16; every partition has. */
static bool is_text(const uint8_t *bytes, size_t length)
{
	return length > 0 && (lines_of(bytes, length).step == 2 || !memchr(bytes, 0, length));
}

static struct found look(const uint8_t *bytes, size_t length)
{
	struct found found = {0};
	struct text_lines lines = lines_of(bytes, length);
	if (!is_text(bytes, length))
		return found;
	while (text_lines_next(&lines)) {
		struct displ_row row;
		struct dump_row dump;
		struct errbuf ignored = {0};
		found.displ |= displ_row_read(&row, lines.text, lines.number, &ignored) > 0;
		found.dump |= dump_row_read(&dump, lines.text) && dump.length > 0;
	}
	return found;
}

bool image_text_claims(const uint8_t *bytes, size_t length)
{
	struct found found = look(bytes, length);
	return found.displ || found.dump;
}

enum status image_text_parse(struct image *out, struct image_origin *origin, const uint8_t *bytes,
	size_t length, bool any, struct errbuf *err)
{
	*origin = (struct image_origin){0};
	struct found found = look(bytes, length);
	if (found.displ && found.dump)
		return errbuf_set(err, ERR_FORMAT,
			"the text holds a display of the words and a hex dump: leave one of them");
	if (found.displ)
		return displ_parse(out, origin, lines_of(bytes, length), err);
	if (found.dump)
		return dump_parse(out, origin, lines_of(bytes, length), any, err);
	struct text_lines lines = lines_of(bytes, length);
	struct displ_row row;
	while (text_lines_next(&lines))
		if (displ_row_read(&row, lines.text, lines.number, err) < 0)
			return ERR_FORMAT;
	return errbuf_set(err, ERR_FORMAT,
		"the text holds no OTP words: neither what the vendor's tool prints for '-otp "
		"displ' nor a hex dump");
}

enum status image_from_bytes(struct image *out, struct image_origin *origin, const uint8_t *bytes,
	size_t length, bool any, struct errbuf *err)
{
	*origin = (struct image_origin){0};
	if (is_text(bytes, length))
		return image_text_parse(out, origin, bytes, length, any, err);
	return (any ? partition_parse_any : partition_parse)(out, bytes, length, err);
}
