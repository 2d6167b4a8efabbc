#include "src/image_text_parts.h"
#include "src/partition.h"
#include "src/word_status.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- rows --- */

static bool is_gap(char c)
{
	return c == ' ' || c == '|' || c == ':';
}

static const char *past_gap(const char *at)
{
	while (is_gap(*at))
		at++;
	return at;
}

static bool is_0x(const char *at)
{
	return at[0] == '0' && (at[1] == 'x' || at[1] == 'X');
}

/* "0x" and eight digits, with a gap or the line's end behind them; NULL: not so. */
static const char *take_word(uint32_t *out, const char *at)
{
	uint64_t value;
	if (!is_0x(at) || text_hex(&value, at + 2) != 8 || (at[10] != '\0' && !is_gap(at[10])))
		return NULL;
	*out = (uint32_t)value;
	return at + 10;
}

/* Two words of eight hex digits, one behind the other, anywhere: what only a row has. */
static bool has_pair(const char *line)
{
	uint32_t ignored;
	for (const char *at = strstr(line, "0x"); at; at = strstr(at + 2, "0x")) {
		const char *behind = take_word(&ignored, at);
		if (behind && take_word(&ignored, past_gap(behind)))
			return true;
	}
	return false;
}

int displ_row_read(struct displ_row *out, const char *line, unsigned number, struct errbuf *err)
{
	const char *start = past_gap(line);
	size_t digits = strspn(start, "0123456789");
	const char *first = past_gap(start + digits);
	size_t first_length = strcspn(first, " |:");
	const char *second = past_gap(first + first_length);
	bool is_row = digits > 0 && is_gap(start[digits]) && is_0x(first) && is_0x(second);
	if (!is_row) {
		if (!has_pair(line))
			return 0;
		errbuf_set(err, ERR_FORMAT,
			"line %u looks like a word's row, but there is more in front of it: cut "
			"what "
			"stands before the word's number",
			number);
		return -1;
	}
	unsigned long word = digits <= 4 ? strtoul(start, NULL, 10) : IMAGE_MAX_WORDS;
	const char *end = take_word(&out->value, first);
	end = end && past_gap(end) == second ? take_word(&out->status, second) : NULL;
	if (!end || word >= IMAGE_MAX_WORDS) {
		errbuf_set(err, ERR_FORMAT,
			"line %u is not a whole row: word 0 to %d, then value and status as 0x and "
			"eight digits are wanted",
			number, IMAGE_MAX_WORDS - 1);
		return -1;
	}
	out->word = (unsigned)word;
	return 1;
}

/* --- the words --- */

struct display {
	struct image image;
	bool has[IMAGE_MAX_WORDS];
	unsigned line[IMAGE_MAX_WORDS];
	bool has_version, has_state;
	unsigned version_line, state_line;
};

static enum status take_row(
	struct display *display, const struct displ_row *row, unsigned number, struct errbuf *err)
{
	struct image *image = &display->image;
	unsigned word = row->word;
	bool same = image->value[word] == row->value && image->status[word] == row->status;
	if (display->has[word] && !same)
		return errbuf_set(err, ERR_FORMAT,
			"word %u is there twice and not the same, in line %u and in line %u: leave "
			"one display in the text",
			word, display->line[word], number);
	display->has[word] = true;
	display->line[word] = number;
	image->value[word] = row->value;
	image->status[word] = row->status;
	return OK;
}

/* --- what stands around them --- */

/* The place behind `name` and a ':' in the line, whatever the case of letters; NULL: not there. */
static const char *behind(const char *line, const char *name)
{
	size_t length = strlen(name);
	for (const char *at = line; *at; at++) {
		size_t same = 0;
		while (same < length && tolower((unsigned char)at[same]) == name[same])
			same++;
		bool begins = at == line || !isalnum((unsigned char)at[-1]);
		const char *colon = at + same + strspn(at + same, " ");
		if (same == length && begins && *colon == ':')
			return colon + 1 + strspn(colon + 1, " ");
	}
	return NULL;
}

static bool names(const char *at, const char *what)
{
	size_t i = 0;
	while (what[i] && tolower((unsigned char)at[i]) == what[i])
		i++;
	return what[i] == '\0' && !isalnum((unsigned char)at[i]);
}

static const struct {
	const char *name;
	uint32_t state;
} states[] = {{"secure open", 0}, {"secured open", 0}, {"secured-open", 0}, {"secure-open", 0},
	{"secure closed", 1}, {"secured closed", 1}, {"secured-closed", 1}, {"secure-closed", 1},
	{"invalid", GLOBAL_STATE_INVALID}};

static enum status note(bool *has, unsigned *line, uint32_t *kept, uint32_t said, const char *what,
	unsigned number, struct errbuf *err)
{
	if (*has && *kept != said)
		return errbuf_set(err, ERR_FORMAT,
			"the text says two different things of %s, in line %u and in line %u", what,
			*line, number);
	*has = true;
	*line = number;
	*kept = said;
	return OK;
}

static enum status take_other(
	struct display *display, const char *line, unsigned number, struct errbuf *err)
{
	const char *state = behind(line, "state");
	for (size_t i = 0; state && i < sizeof states / sizeof *states; i++)
		if (names(state, states[i].name))
			return note(&display->has_state, &display->state_line,
				&display->image.state, states[i].state, "the state", number, err);
	/* Only the OTP's version: other lines tell those of tools and devices. */
	const char *version = behind(line, "otp version");
	version = version ? version : behind(line, "otp structure version");
	if (version && version[0] >= '1' && version[0] <= '3' &&
		!isalnum((unsigned char)version[1]) && version[1] != '.')
		return note(&display->has_version, &display->version_line, &display->image.version,
			(uint32_t)(version[0] - '0'), "the structure's version", number, err);
	return OK;
}

/* --- whole or not / --- */

static enum status check_whole(struct display *display, struct errbuf *err)
{
	static const unsigned counts[] = {96, 368, 384};
	unsigned last = 0, missing = 0, first_missing = 0, count = 0;
	for (unsigned word = 0; word < IMAGE_MAX_WORDS; word++)
		last = display->has[word] ? word : last;
	for (size_t i = 0; count <= last && i < sizeof counts / sizeof *counts; i++)
		count = counts[i];
	for (unsigned word = count; word-- > 0;)
		if (!display->has[word]) {
			missing++;
			first_missing = word;
		}
	display->image.word_count = count;
	if (missing == 0)
		return OK;
	return errbuf_set(err, ERR_FORMAT,
		"word %u is missing in the text (%u of %u words are): paste the whole display",
		first_missing, missing, count);
}

/* Whether a partition of this version has so many words: partition_parse() knows. */
static enum status as_partition(struct image *out, const struct image *image, struct errbuf *err)
{
	uint8_t bytes[PARTITION_MAX_BYTES];
	size_t length;
	enum status status = image->version == 1
				     ? errbuf_set(err, ERR_FORMAT,
					       "structure version 1 is not taken from a text, "
					       "which shows only a "
					       "part of it: open the partition's bytes")
				     : partition_format(bytes, sizeof bytes, &length, image, err);
	return status == OK ? partition_parse(out, bytes, length, err) : status;
}

static void tell_origin(struct image_origin *origin, const struct display *display)
{
	origin->kind = "displayed text";
	snprintf(origin->remark, sizeof origin->remark,
		"these are words as a tool printed them: %s%sbits 2 to 31 of the global state are "
		"not known%s",
		display->has_version ? "" : "the structure's version is not told; ",
		display->has_state ? "" : "whether the device is closed is not told; ",
		display->image.word_count == 384 ? ", and no digest vouches for them" : "");
}

enum status displ_parse(
	struct image *out, struct image_origin *origin, struct text_lines lines, struct errbuf *err)
{
	struct display display = {.image = {.state = GLOBAL_STATE_UNTOLD}};
	enum status status = OK;
	while (status == OK && text_lines_next(&lines)) {
		struct displ_row row;
		int kind = displ_row_read(&row, lines.text, lines.number, err);
		if (kind < 0)
			status = ERR_FORMAT;
		else if (kind > 0)
			status = take_row(&display, &row, lines.number, err);
		else
			status = take_other(&display, lines.text, lines.number, err);
	}
	if (status == OK)
		status = check_whole(&display, err);
	if (status == OK && !display.has_version)
		display.image.version = display.image.word_count == 384 ? 3 : 2;
	if (status == OK)
		status = as_partition(out, &display.image, err);
	if (status == OK)
		tell_origin(origin, &display);
	return status;
}
