#include "src/keyfile.h"

#include "src/clean_text.h"

#include <ini.h>

#include <assert.h>
#include <stdint.h>
#include <string.h>

#define SECTION_MAX 48 /* inih cuts longer names */

struct reader {
	const char *text;
	size_t length, at; /* `at`: where the next line begins */
	unsigned line;     /* of the line handed to inih last, 1 up */
	const char *raw;   /* that line, raw_length bytes, without its end */
	size_t raw_length;

	char section[SECTION_MAX + 1];
	unsigned section_line; /* 0: no section yet */
	unsigned section_keys;

	/* The key that waits for its continuation lines; key_line 0: none. */
	char key[KEYFILE_LINE_MAX + 1];
	char value[KEYFILE_VALUE_MAX + 1];
	unsigned key_line;
	bool continued;

	const struct keyfile_handler *handler;
	void *payload;
	enum status status; /* of the first failure, noted in `err` for `failed_line` */
	unsigned failed_line;
	struct errbuf err;
};

static void fail(struct reader *reader, unsigned line, enum status status)
{
	reader->status = status;
	reader->failed_line = line;
}

/* Cuts the next line off the text; false at the end. */
static bool next_raw_line(struct reader *reader)
{
	if (reader->at >= reader->length)
		return false;
	reader->raw = reader->text + reader->at;
	size_t left = reader->length - reader->at;
	const char *end = memchr(reader->raw, '\n', left);
	size_t length = end != NULL ? (size_t)(end - reader->raw) : left;
	reader->at += end != NULL ? length + 1 : length;
	reader->line++;
	if (length > 0 && reader->raw[length - 1] == '\r')
		length--;
	reader->raw_length = length;
	return true;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static enum status check_bytes(const struct reader *reader, struct errbuf *err)
{
	if (reader->raw_length > KEYFILE_LINE_MAX)
		return errbuf_set(err, ERR_FORMAT,
			"%zu bytes long, at most %d are allowed; go on in an indented line",
			reader->raw_length, KEYFILE_LINE_MAX);
	for (size_t i = 0; i < reader->raw_length; i++) {
		unsigned char c = (unsigned char)reader->raw[i];
		if (c == 0)
			return errbuf_set(
				err, ERR_FORMAT, "holds a zero byte; is this a text file?");
		if ((c < 0x20 && c != '\t') || c == 0x7F)
			return errbuf_set(err, ERR_FORMAT, "holds the control character 0x%02X", c);
		/* From here to the end, or to the next byte that is judged above. */
		size_t end = i;
		while (end < reader->raw_length && (unsigned char)reader->raw[end] >= 0x80)
			end++;
		if (!clean_text_is_clean(reader->raw + i, end - i))
			return errbuf_set(err, ERR_FORMAT,
				"holds bytes from 0x%02X on that are no UTF-8 or not to be seen",
				c);
		i = end > i ? end - 1 : i;
	}
	return OK;
}

/* "[name]" at the margin, and nothing but a comment behind it. */
static enum status check_section(const struct reader *reader, struct errbuf *err)
{
	size_t start = 0, length = reader->raw_length;
	while (start < length && is_blank(reader->raw[start]))
		start++;
	if (start == length || reader->raw[start] != '[')
		return OK;
	if (start > 0)
		return errbuf_set(
			err, ERR_FORMAT, "a [section] must begin at the start of its line");
	const char *close = memchr(reader->raw, ']', length);
	if (close == NULL)
		return errbuf_set(err, ERR_FORMAT, "a [section] without its ']'");
	size_t at = (size_t)(close - reader->raw);
	if (at < 2 || at - 1 > SECTION_MAX)
		return errbuf_set(err, ERR_FORMAT, "the name of a [section] has 1 to %d characters",
			SECTION_MAX);
	for (at++; at < length && is_blank(reader->raw[at]); at++)
		;
	if (at < length && (reader->raw[at] != ';' || !is_blank(reader->raw[at - 1])))
		return errbuf_set(err, ERR_FORMAT, "only a comment (' ;') may follow a [section]");
	return OK;
}

/* Looks at every line before inih does, since inih would cut or skip what is wrong. */
static void check_lines(struct reader *reader)
{
	while (reader->status == OK && next_raw_line(reader)) {
		enum status status = check_bytes(reader, &reader->err);
		if (status == OK)
			status = check_section(reader, &reader->err);
		if (status != OK)
			fail(reader, reader->line, status);
	}
	reader->at = 0;
	reader->line = 0;
}

static void end_key(struct reader *reader)
{
	if (reader->status != OK || reader->key_line == 0)
		return;
	unsigned line = reader->key_line;
	reader->key_line = 0;
	enum status status =
		reader->value[0] == '\0'
			? errbuf_set(&reader->err, ERR_FORMAT, "key '%s' has no value", reader->key)
			: reader->handler->key(reader->key, reader->value, line, reader->continued,
				  reader->payload, &reader->err);
	if (status != OK)
		fail(reader, line, status);
}

static void end_section(struct reader *reader)
{
	end_key(reader);
	if (reader->status != OK || reader->section_line == 0)
		return;
	enum status status = reader->section_keys == 0
				     ? errbuf_set(&reader->err, ERR_FORMAT,
					       "section [%s] has no keys", reader->section)
				     : reader->handler->end(reader->payload, &reader->err);
	if (status != OK)
		fail(reader, reader->section_line, status);
}

static void begin_section(struct reader *reader)
{
	end_section(reader);
	if (reader->status != OK)
		return;
	const char *close = memchr(reader->raw, ']', reader->raw_length);
	assert(close != NULL); /* check_section() */
	size_t length = (size_t)(close - reader->raw) - 1;
	memcpy(reader->section, reader->raw + 1, length);
	reader->section[length] = '\0';
	reader->section_line = reader->line;
	reader->section_keys = 0;
	enum status status = reader->handler->begin(
		reader->section, reader->line, reader->payload, &reader->err);
	if (status != OK)
		fail(reader, reader->line, status);
}

/* inih's way to fetch a line. Ends the reading at the first failure. */
static char *read_line(char *out, int cap, void *stream)
{
	struct reader *reader = stream;
	if (reader->status != OK || !next_raw_line(reader))
		return NULL;
	if (reader->raw_length > 0 && reader->raw[0] == '[')
		begin_section(reader);
	assert(cap > 0 && reader->raw_length < (size_t)cap); /* check_bytes() */
	memcpy(out, reader->raw, reader->raw_length);
	out[reader->raw_length] = '\0';
	return out;
}

static enum status continue_value(struct reader *reader, const char *more)
{
	if (strchr(more, '=') != NULL)
		return errbuf_set(&reader->err, ERR_FORMAT,
			"an indented line goes on with '%s' above and must not hold '='; "
			"begin a key at the start of its line",
			reader->key);
	size_t used = strlen(reader->value), length = strlen(more);
	if (used + 1 + length > KEYFILE_VALUE_MAX)
		return errbuf_set(&reader->err, ERR_FORMAT,
			"the value of '%s' is longer than %d bytes", reader->key,
			KEYFILE_VALUE_MAX);
	if (used > 0)
		reader->value[used++] = ' ';
	memcpy(reader->value + used, more, length + 1);
	reader->continued = true;
	return OK;
}

/* Whether inih took a ':' of the key for its separator, as in "bits 29:27 = x". */
static bool was_split_at_colon(const struct reader *reader)
{
	for (size_t i = 0; i < reader->raw_length; i++) {
		if (reader->raw[i] == '=' || reader->raw[i] == ':')
			return reader->raw[i] == ':';
	}
	return false;
}

static enum status start_key(struct reader *reader, const char *name, const char *value)
{
	size_t length = strlen(name);
	memcpy(reader->key, name, length + 1);
	if (was_split_at_colon(reader)) {
		const char *equals = strchr(value, '=');
		if (equals == NULL)
			return errbuf_set(&reader->err, ERR_FORMAT,
				"no '=' between '%s' and its value", name);
		size_t rest = (size_t)(equals - value);
		while (rest > 0 && is_blank(value[rest - 1]))
			rest--;
		reader->key[length] = ':';
		memcpy(reader->key + length + 1, value, rest);
		reader->key[length + 1 + rest] = '\0';
		value = equals + 1 + strspn(equals + 1, " \t");
	}
	memcpy(reader->value, value, strlen(value) + 1);
	reader->key_line = reader->line;
	reader->continued = false;
	reader->section_keys++;
	return OK;
}

/* inih's handler: once a line, also for continuation lines. */
static int take_line(void *payload, const char *section, const char *name, const char *value)
{
	struct reader *reader = payload;
	(void)section;
	if (reader->status != OK)
		return 1;
	bool indented = is_blank(reader->raw[0]);
	enum status status;
	if (reader->section_line == 0) {
		status = errbuf_set(&reader->err, ERR_FORMAT,
			"key '%s' stands before the first [section]", name);
	} else if (indented && reader->key_line == 0) {
		status = errbuf_set(&reader->err, ERR_FORMAT,
			"key '%s' must begin at the start of its line", name);
	} else if (indented) {
		status = continue_value(reader, value);
	} else {
		end_key(reader);
		if (reader->status != OK)
			return 1;
		status = start_key(reader, name, value);
	}
	if (status != OK)
		fail(reader, reader->line, status);
	return 1;
}

/* A line that inih could not read, unless something further up is wrong as well. */
static void note_bad_line(struct reader *reader, unsigned bad_line)
{
	if (reader->key_line < bad_line)
		end_key(reader);
	if (reader->status != OK && reader->failed_line < bad_line)
		return;
	errbuf_clear(&reader->err);
	fail(reader, bad_line,
		errbuf_set(&reader->err, ERR_FORMAT,
			"neither a [section] nor 'key = value' nor a comment"));
}

enum status keyfile_parse(const char *text, size_t length, const char *name,
	const struct keyfile_handler *handler, void *payload, struct errbuf *err)
{
	static const char mark[] = "\xEF\xBB\xBF"; /* what some editors begin UTF-8 files with */
	if (length >= 3 && memcmp(text, mark, 3) == 0) {
		text += 3;
		length -= 3;
	}
	struct reader reader = {
		.text = text, .length = length, .handler = handler, .payload = payload};
	check_lines(&reader);
	if (reader.status == OK) {
		int bad_line = ini_parse_stream(read_line, &reader, take_line, &reader);
		if (bad_line > 0)
			note_bad_line(&reader, (unsigned)bad_line);
	}
	end_section(&reader);
	if (reader.status == OK)
		return OK;
	return errbuf_set(
		err, reader.status, "'%s' line %u: %s", name, reader.failed_line, reader.err.text);
}
