#include "src/image_text_parts.h"
#include "src/partition.h"

#include <stdio.h>
#include <string.h>

/* --- rows --- */

#define MIN_OFFSET_DIGITS 4

static bool is_width(size_t digits)
{
	return digits == 2 || digits == 4 || digits == 8 || digits == 16;
}

/* Where the text column begins, which may look like more groups: after '|' or '>', or, with xxd,
 * after two blanks. */
static bool at_text(const char *at, size_t blanks, bool colon, bool has_groups)
{
	return *at == '\0' || *at == '|' || *at == '>' || (colon && has_groups && blanks >= 2);
}

bool dump_row_read(struct dump_row *out, const char *line)
{
	uint64_t value;
	size_t digits = text_hex(&value, line);
	*out = (struct dump_row){0};
	if (digits < MIN_OFFSET_DIGITS || digits > 16)
		return false;
	memcpy(out->offset, line, digits);
	out->colon = line[digits] == ':';
	for (const char *at = line + digits + (out->colon ? 1 : 0);;) {
		size_t blanks = strspn(at, " ");
		if (at_text(at + blanks, blanks, out->colon, out->length > 0))
			return true;
		size_t width = text_hex(&value, at + blanks);
		bool fits = blanks > 0 && is_width(width) &&
			    (out->group == 0 || out->group == width / 2) &&
			    out->length + width / 2 <= sizeof out->bytes;
		at += blanks + width;
		if (!fits || (*at != '\0' && *at != ' '))
			return false;
		out->group = width / 2;
		for (size_t i = out->group; i-- > 0;)
			out->bytes[out->length++] = (uint8_t)(value >> (8 * i));
	}
}

/* --- one reading of the dump: the offsets' base and the order within groups --- */

#define DUMP_MAX_BYTES 4096

struct reading {
	unsigned base;
	bool swapped; /* groups are numbers of the host, low byte last in print */
	uint8_t bytes[DUMP_MAX_BYTES];
	size_t length;
	size_t last;     /* bytes of the last row */
	size_t width;    /* bytes of the first */
	bool repeats;    /* a '*' stands between the last row and the next */
	bool has_colons; /* written by xxd */
	bool ended;      /* by a row that is an offset alone */
};

/* False: not a number to this base, or too large to be an offset here. */
static bool offset_of(size_t *out, const struct dump_row *row, unsigned base)
{
	*out = 0;
	for (const char *at = row->offset; *at; at++) {
		unsigned digit = text_digit(*at);
		if (digit >= base)
			return false;
		*out = *out * base + digit;
		if (*out > DUMP_MAX_BYTES)
			return false;
	}
	return true;
}

/* Fills up to `offset` with the last row, again and again. */
static bool repeat(struct reading *to, size_t offset)
{
	if (to->last == 0 || offset <= to->length || (offset - to->length) % to->last != 0)
		return false;
	while (to->length < offset) {
		memcpy(to->bytes + to->length, to->bytes + to->length - to->last, to->last);
		to->length += to->last;
	}
	return true;
}

static enum status take_bytes(
	struct reading *to, const struct dump_row *row, unsigned number, struct errbuf *err)
{
	size_t offset;
	bool fits = offset_of(&offset, row, to->base);
	if (fits && to->repeats)
		fits = repeat(to, offset);
	to->repeats = false;
	bool short_before = to->length > 0 && row->length > 0 && to->last != to->width;
	if (!fits || to->ended || short_before || offset != to->length ||
		to->length + row->length > DUMP_MAX_BYTES)
		return errbuf_set(err, ERR_FORMAT,
			"line %u does not follow: after %zu bytes it has offset '%s'; one whole "
			"dump that begins at 0 is wanted",
			number, to->length, row->offset);
	to->ended = row->length == 0;
	for (size_t i = 0; i < row->length; i++) {
		size_t in_group = i % row->group;
		size_t from = to->swapped ? i - in_group + row->group - 1 - in_group : i;
		to->bytes[to->length + i] = row->bytes[from];
	}
	to->length += row->length;
	to->last = row->length > 0 ? row->length : to->last;
	to->width = to->width ? to->width : row->length;
	to->has_colons |= row->colon;
	return OK;
}

static enum status read_dump(struct reading *to, struct text_lines lines, struct errbuf *err)
{
	enum status status = OK;
	while (status == OK && text_lines_next(&lines)) {
		struct dump_row row;
		if (strcmp(lines.text, "*") == 0)
			to->repeats = to->last > 0;
		/* An offset alone says something only behind rows: any number could be one. */
		else if (dump_row_read(&row, lines.text) && (row.length > 0 || to->last > 0))
			status = take_bytes(to, &row, lines.number, err);
	}
	if (status == OK &&
		(to->repeats || (!to->ended && !to->has_colons && to->last == to->width)))
		status = errbuf_set(err, ERR_FORMAT,
			"the dump's last line, its length alone, is missing: paste the whole dump");
	return status;
}

enum status dump_parse(struct image *out, struct image_origin *origin, struct text_lines lines,
	bool any, struct errbuf *err)
{
	static const unsigned bases[] = {16, 8, 10};
	struct image good = {0};
	struct errbuf nearest = {0}; /* why the reading that came farthest failed */
	unsigned count = 0;
	size_t farthest = 0;
	for (size_t i = 0; i < 2 * sizeof bases / sizeof *bases; i++) {
		struct reading to = {.base = bases[i / 2], .swapped = i % 2 != 0};
		struct image image;
		struct errbuf why = {0};
		enum status status = read_dump(&to, lines, &why);
		if (status == OK)
			status = (any ? partition_parse_any : partition_parse)(
				&image, to.bytes, to.length, &why);
		/* The order makes no difference where each group is one byte. */
		if (status == OK && (count == 0 || !image_equal(&good, &image))) {
			good = image;
			count++;
		} else if (status != OK && (i == 0 || to.length > farthest)) {
			nearest = why;
			farthest = to.length;
		}
	}
	if (count > 1)
		return errbuf_set(err, ERR_FORMAT,
			"the dump can be read in more than one way: make it with 'hexdump -C'");
	if (count == 0)
		return errbuf_set(err, ERR_FORMAT, "%s", nearest.text);
	*out = good;
	origin->kind = "hex dump";
	snprintf(origin->remark, sizeof origin->remark, "the partition was read from a hex dump");
	return OK;
}
