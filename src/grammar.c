#include "src/grammar.h"

#include "src/image.h"
#include "src/word_status.h"

#include <stdio.h>
#include <string.h>

#define MAX_WORDS_IN_LINE 256
#define MAX_LINE          4096

static const struct {
	const char *name;
	enum verb verb;
} verbs[] = {{"write", VERB_WRITE}, {"lock", VERB_LOCK}, {"fwrite", VERB_FWRITE},
	{"close", VERB_CLOSE}, {"chip", VERB_CHIP}, {"board", VERB_BOARD},
	{"snapshot", VERB_SNAPSHOT}};
#define VERB_COUNT (sizeof verbs / sizeof verbs[0])

static const struct {
	const char *name;
	uint32_t lock;
} locks[] = {{"lock", WORD_STATUS_PERMANENT}, {"sticky-program", WORD_STATUS_STICKY_PROGRAM},
	{"sticky-write", WORD_STATUS_STICKY_WRITE}, {"sticky-read", WORD_STATUS_STICKY_READ}};
#define LOCK_COUNT (sizeof locks / sizeof locks[0])

static const struct {
	const char *prefix;
	enum value_kind kind;
} kinds[] = {{"bits:", VALUE_BITS}, {"file:", VALUE_FILE}, {"text:", VALUE_TEXT},
	{"mac:", VALUE_MAC}, {"hex:", VALUE_HEX}, {"pem:", VALUE_PEM},
	{"keyhash:", VALUE_KEY_HASH}};
#define KIND_COUNT (sizeof kinds / sizeof kinds[0])

/* --- numbers --- */

static int digit_of(char letter)
{
	if (letter >= '0' && letter <= '9')
		return letter - '0';
	if (letter >= 'a' && letter <= 'f')
		return letter - 'a' + 10;
	if (letter >= 'A' && letter <= 'F')
		return letter - 'A' + 10;
	return 99;
}

/* So much of a word is repeated in a message: what is wrong with it has to fit behind it. */
#define SHOWN_MAX 60

static int shown(size_t length)
{
	return length < SHOWN_MAX ? (int)length : SHOWN_MAX;
}

static enum status number_in(
	uint32_t *out, const char *text, size_t length, uint32_t maximum, struct errbuf *err)
{
	bool hex = length > 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
	unsigned base = hex ? 16 : 10;
	uint64_t value = 0;
	size_t at = hex ? 2 : 0;
	bool good = length > at;
	for (; good && at < length; at++) {
		int digit = digit_of(text[at]);
		good = digit < (int)base;
		value = value * base + (good ? (unsigned)digit : 0);
		if (value > UINT32_MAX)
			return errbuf_set(err, ERR_USAGE, "'%.*s' does not fit in 32 bits",
				shown(length), text);
	}
	if (!good)
		return errbuf_set(err, ERR_USAGE,
			"'%.*s' is not a number: decimal or 0x hex, without sign, is wanted",
			shown(length), text);
	/* "00000040" is what a hex dump shows; taken as decimal it would burn other bits. */
	if (!hex && length > 1 && text[0] == '0')
		return errbuf_set(err, ERR_USAGE,
			"'%.*s' could be hex or decimal: write hex with 0x, decimal without "
			"leading zeros",
			shown(length), text);
	if (value > maximum)
		return errbuf_set(err, ERR_USAGE, "%.*s is too large: at most %lu", shown(length),
			text, (unsigned long)maximum);
	*out = (uint32_t)value;
	return OK;
}

enum status grammar_number(uint32_t *out, const char *text, uint32_t maximum, struct errbuf *err)
{
	return number_in(out, text, strlen(text), maximum, err);
}

static enum status range_in(unsigned *first, unsigned *last, const char *text, size_t length,
	unsigned maximum, struct errbuf *err)
{
	const char *dash = memchr(text, '-', length);
	size_t head = dash ? (size_t)(dash - text) : length;
	uint32_t from, to;
	enum status status = number_in(&from, text, head, maximum, err);
	to = from;
	if (status == OK && dash)
		status = number_in(&to, dash + 1, length - head - 1, maximum, err);
	if (status != OK)
		return status;
	if (to < from)
		return errbuf_set(
			err, ERR_USAGE, "the range '%.*s' runs backwards", shown(length), text);
	*first = from;
	*last = to;
	return OK;
}

enum status grammar_range(
	unsigned *first, unsigned *last, const char *text, unsigned maximum, struct errbuf *err)
{
	return range_in(first, last, text, strlen(text), maximum, err);
}

/* --- one group of words --- */

static enum status take_bits(uint32_t *mask, const char *text, struct errbuf *err)
{
	*mask = 0;
	for (const char *at = text;;) {
		size_t length = strcspn(at, ",");
		unsigned first = 0, last = 0;
		enum status status = range_in(&first, &last, at, length, 31, err);
		if (status != OK)
			return errbuf_prefix(err, status, "bits");
		for (unsigned bit = first; bit <= last; bit++)
			*mask |= UINT32_C(1) << bit;
		if (at[length] == '\0')
			return OK;
		at += length + 1;
	}
}

static enum status take_value(struct assignment *group, const char *text, struct errbuf *err)
{
	if (group->kind != VALUE_NONE)
		return errbuf_set(err, ERR_USAGE, "'%.60s' is a second value for word %u", text,
			group->first);
	for (size_t i = 0; i < KIND_COUNT; i++) {
		size_t length = strlen(kinds[i].prefix);
		if (strncmp(text, kinds[i].prefix, length) != 0)
			continue;
		group->kind = kinds[i].kind;
		if (text[length] == '\0')
			return errbuf_set(err, ERR_USAGE, "nothing follows '%s'", text);
		snprintf(group->text, sizeof group->text, "%s", text + length);
		return group->kind == VALUE_BITS ? take_bits(&group->number, group->text, err) : OK;
	}
	group->kind = VALUE_NUMBER;
	return grammar_number(&group->number, text, UINT32_MAX, err);
}

static bool starts(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

static enum status take_word(struct statement *out, const char *word, struct errbuf *err)
{
	if (starts(word, "word=")) {
		if (out->count == STATEMENT_MAX_ASSIGNMENTS)
			return errbuf_set(err, ERR_USAGE,
				"more than %d groups in one line: use several lines",
				STATEMENT_MAX_ASSIGNMENTS);
		struct assignment *group = &out->assignments[out->count++];
		*group = (struct assignment){0};
		group->is_range = strchr(word, '-') != NULL;
		return grammar_range(
			&group->first, &group->last, word + 5, IMAGE_MAX_WORDS - 1, err);
	}
	struct assignment *group = out->count ? &out->assignments[out->count - 1] : NULL;
	for (size_t i = 0; i < LOCK_COUNT; i++) {
		if (strcmp(word, locks[i].name) != 0)
			continue;
		if (!group)
			return errbuf_set(
				err, ERR_USAGE, "'%.60s' needs a 'word=' before it", word);
		group->locks |= locks[i].lock;
		return OK;
	}
	bool is_value = starts(word, "value=") || starts(word, "file:");
	if (!is_value)
		return errbuf_set(err, ERR_USAGE,
			"'%.60s' is not understood: word=, value=, file:, lock, sticky-program, "
			"sticky-write or"
			" sticky-read is wanted",
			word);
	if (!group)
		return errbuf_set(err, ERR_USAGE, "'%.60s' needs a 'word=' before it", word);
	if (out->verb == VERB_LOCK)
		return errbuf_set(
			err, ERR_USAGE, "'lock' takes no value: use 'write' for '%.60s'", word);
	return take_value(group, starts(word, "value=") ? word + 6 : word, err);
}

/*
 * "lock" names the kinds of lock for every word, or for none and so means the permanent one for
 * all: in "lock word=70 word=71 sticky-read" word 70 could be meant either way.
 */
static enum status check_locks(struct statement *out, struct errbuf *err)
{
	size_t named = 0;
	for (size_t i = 0; i < out->count; i++)
		named += out->assignments[i].locks != 0;
	if (named != 0 && named != out->count)
		return errbuf_set(err, ERR_USAGE,
			"name the lock of each word, or of none: what is meant for the others is "
			"not clear");
	for (size_t i = 0; named == 0 && i < out->count; i++)
		out->assignments[i].locks = WORD_STATUS_PERMANENT;
	return OK;
}

/* What every group of its verb has to have. */
static enum status check_groups(struct statement *out, const char *verb, struct errbuf *err)
{
	if (out->count == 0)
		return errbuf_set(err, ERR_USAGE, "'%s' needs word=N", verb);
	if (out->verb == VERB_LOCK)
		return check_locks(out, err);
	for (size_t i = 0; i < out->count; i++) {
		const struct assignment *group = &out->assignments[i];
		if (group->kind == VALUE_NONE)
			return errbuf_set(
				err, ERR_USAGE, "'%s word=%u' needs a value", verb, group->first);
		if (out->verb == VERB_FWRITE && group->kind != VALUE_FILE)
			return errbuf_set(
				err, ERR_USAGE, "'fwrite word=%u' needs file:F", group->first);
	}
	return OK;
}

/*
 * Control characters do more to a terminal than they show, and a line end of another kind would
 * join two lines into one: a comment could swallow what stands below it.
 */
static enum status check_bytes(const char *text, struct errbuf *err)
{
	for (const char *at = text; *at; at++) {
		unsigned char c = (unsigned char)*at;
		if ((c < 0x20 && c != '\t') || c == 0x7F)
			return errbuf_set(err, ERR_USAGE,
				"there is a control character, 0x%02X, among the words", c);
	}
	return OK;
}

enum status grammar_parse_words(
	struct statement *out, size_t count, const char *const words[], struct errbuf *err)
{
	*out = (struct statement){.verb = VERB_NOTHING};
	if (count == 0)
		return OK;
	for (size_t i = 0; i < count; i++) {
		enum status status = check_bytes(words[i], err);
		if (status != OK)
			return status;
		if (strlen(words[i]) >= GRAMMAR_TEXT_MAX)
			return errbuf_set(err, ERR_USAGE, "'%.40s…' is too long", words[i]);
	}
	for (size_t i = 0; i < VERB_COUNT; i++)
		if (strcmp(words[0], verbs[i].name) == 0)
			out->verb = verbs[i].verb;
	if (out->verb == VERB_NOTHING)
		return errbuf_set(err, ERR_USAGE,
			"'%.60s' is not understood: write, lock, fwrite, close, chip, board or "
			"snapshot is wanted",
			words[0]);
	if (out->verb == VERB_CLOSE)
		return count == 1 ? OK
				  : errbuf_set(err, ERR_USAGE,
					    "'close' stands alone: '%.60s' is too much", words[1]);
	if (out->verb == VERB_CHIP || out->verb == VERB_BOARD || out->verb == VERB_SNAPSHOT) {
		if (count != 2)
			return errbuf_set(err, ERR_USAGE, "'%s' takes exactly one word", words[0]);
		if (words[1][0] == '\0')
			return errbuf_set(
				err, ERR_USAGE, "'%s' takes a word that is not empty", words[0]);
		strcpy(out->argument, words[1]);
		return OK;
	}
	for (size_t i = 1; i < count; i++) {
		enum status status = take_word(out, words[i], err);
		if (status != OK)
			return status;
	}
	return check_groups(out, words[0], err);
}

/* --- lines / --- */

static bool is_blank(char letter)
{
	return letter == ' ' || letter == '\t';
}

/* Splits in place at blanks; double quotes hold blanks together; a '#' in front of a word begins a
 * comment. */
static enum status split(char *text, const char *words[], size_t *count, struct errbuf *err)
{
	char *at = text, *to = text;
	*count = 0;
	for (;;) {
		while (is_blank(*at))
			at++;
		if (*at == '\0' || *at == '#')
			return OK;
		if (*count == MAX_WORDS_IN_LINE)
			return errbuf_set(err, ERR_USAGE, "more than %d words in one line",
				MAX_WORDS_IN_LINE);
		words[(*count)++] = to;
		bool quoted = false;
		for (; *at && (quoted || !is_blank(*at)); at++) {
			if (*at == '"')
				quoted = !quoted;
			else
				*to++ = *at;
		}
		if (quoted)
			return errbuf_set(err, ERR_USAGE, "a '\"' has no second one");
		bool ends = *at == '\0';
		at += ends ? 0 : 1;
		*to++ = '\0';
		if (ends)
			return OK;
	}
}

/* One "\n", "\r\n" or "\r". */
static void drop_line_end(char *line)
{
	size_t length = strlen(line);
	if (length > 0 && line[length - 1] == '\n')
		line[--length] = '\0';
	if (length > 0 && line[length - 1] == '\r')
		line[--length] = '\0';
}

enum status grammar_parse_line(
	struct statement *out, const char *text, unsigned line, struct errbuf *err)
{
	char copy[MAX_LINE + 2];
	const char *words[MAX_WORDS_IN_LINE];
	size_t count;
	if (strlen(text) > MAX_LINE)
		return errbuf_set(err, ERR_USAGE, "the line has more than %d characters", MAX_LINE);
	strcpy(copy, text);
	drop_line_end(copy);
	enum status status = check_bytes(copy, err);
	if (status == OK)
		status = split(copy, words, &count, err);
	if (status == OK)
		status = grammar_parse_words(out, count, words, err);
	out->line = line;
	return status;
}

/* --- completion / --- */

/* What may follow each verb, besides the locks; NULL ends a row. */
static const char *const write_words[] = {"word=", "value=", "value=bits:", "value=file:",
	"value=text:", "value=mac:", "value=hex:", "value=pem:", "value=keyhash:", NULL};
static const char *const lock_words[] = {"word=", NULL};
static const char *const fwrite_words[] = {"word=", "file:", NULL};

static const char *const *words_after(enum verb verb)
{
	switch (verb) {
	case VERB_WRITE: return write_words;
	case VERB_LOCK: return lock_words;
	case VERB_FWRITE: return fwrite_words;
	case VERB_NOTHING:
	case VERB_CLOSE:
	case VERB_CHIP:
	case VERB_BOARD:
	case VERB_SNAPSHOT: break;
	}
	return NULL;
}

size_t grammar_complete(const char *out[], size_t cap, const char *prefix)
{
	size_t count = 0;
	const char *first = prefix + strspn(prefix, " \t");
	size_t length = strcspn(first, " \t");
	const char *typed = first + strlen(first);
	while (typed > first && !is_blank(typed[-1]))
		typed--;
	if (typed == first) {
		for (size_t i = 0; i < VERB_COUNT && count < cap; i++)
			if (starts(verbs[i].name, typed))
				out[count++] = verbs[i].name;
		return count;
	}
	const char *const *words = NULL;
	for (size_t i = 0; i < VERB_COUNT; i++)
		if (strlen(verbs[i].name) == length && strncmp(first, verbs[i].name, length) == 0)
			words = words_after(verbs[i].verb);
	for (size_t i = 0; words && words[i] && count < cap; i++)
		if (starts(words[i], typed))
			out[count++] = words[i];
	for (size_t i = 0; words && i < LOCK_COUNT && count < cap; i++)
		if (starts(locks[i].name, typed))
			out[count++] = locks[i].name;
	return count;
}

size_t grammar_path_start(const char *word)
{
	static const struct {
		const char *text;
		bool is_list;
	} named[] = {{"value=file:", false}, {"value=hex:", false}, {"value=pem:", true},
		{"value=keyhash:", false}, {"file:", false}};
	for (size_t i = 0; i < sizeof named / sizeof named[0]; i++) {
		const char *comma = named[i].is_list ? strrchr(word, ',') : NULL;
		if (strncmp(word, named[i].text, strlen(named[i].text)) == 0)
			return comma ? (size_t)(comma + 1 - word) : strlen(named[i].text);
	}
	return 0;
}
