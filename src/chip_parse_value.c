#include "src/chip_parse.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool chip_parse_number(uint32_t *out, const char *text, uint32_t maximum)
{
	bool is_hex = strncmp(text, "0x", 2) == 0;
	const char *digits = is_hex ? text + 2 : text;
	size_t length = strlen(digits);
	if (length == 0 || length > 10 ||
		strspn(digits, is_hex ? "0123456789abcdefABCDEF" : "0123456789") != length)
		return false;
	unsigned long long number = strtoull(digits, NULL, is_hex ? 16 : 10);
	if (number > maximum)
		return false;
	*out = (uint32_t)number;
	return true;
}

enum status chip_parse_words(unsigned *first, unsigned *last, const struct chip *chip,
	const char *text, struct errbuf *err)
{
	char from[16];
	const char *dash = strchr(text, '-');
	size_t length = dash != NULL ? (size_t)(dash - text) : strlen(text);
	snprintf(from, sizeof from, "%.*s", length < sizeof from ? (int)length : 0, text);
	uint32_t low = 0, high = 0;
	if (!chip_parse_number(&low, from, UINT32_MAX) ||
		!chip_parse_number(&high, dash != NULL ? dash + 1 : from, UINT32_MAX) || high < low)
		return errbuf_set(err, ERR_FORMAT,
			"'%.40s' is no word and no range of words such as 57-58", text);
	if (high >= chip->word_count)
		return errbuf_set(err, ERR_FORMAT,
			"word %u is outside the chip, whose words are 0-%u", (unsigned)high,
			chip->word_count - 1);
	*first = low;
	*last = high;
	return OK;
}

enum status chip_parse_name(const char *text, size_t limit, const char *what, struct errbuf *err)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
	static const char all[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.";
	size_t length = strlen(text);
	if (strspn(text, letters) > 0 && strspn(text, all) == length && length <= limit)
		return OK;
	return errbuf_set(err, ERR_FORMAT,
		"'%.60s' is no %s: a letter, then letters, digits, '_', '-' or '.', "
		"at most %zu in all",
		text, what, limit);
}

enum status chip_parse_choice(unsigned *out, const char *(*names)(unsigned), const char *what,
	const char *value, struct errbuf *err)
{
	char known[200] = "";
	for (unsigned i = 0; names(i) != NULL; i++) {
		if (strcmp(names(i), value) == 0) {
			*out = i;
			return OK;
		}
		size_t used = strlen(known);
		snprintf(known + used, sizeof known - used, "%s%s", i > 0 ? ", " : "", names(i));
	}
	return errbuf_set(err, ERR_FORMAT, "unknown %s '%.60s'; known are %s", what, value, known);
}

const char *chip_parse_kind_name(unsigned index)
{
	return word_kind_name((enum word_kind)index);
}

const char *chip_parse_danger_name(unsigned index)
{
	return chip_danger_name((enum chip_danger)index);
}

enum status chip_parse_text(char **out, const char *text, struct errbuf *err)
{
	char *copy = strdup(text);
	if (copy == NULL)
		return errbuf_set(err, ERR_MEMORY, "out of memory");
	free(*out);
	*out = copy;
	return OK;
}

void *chip_parse_grow(void *items_pointer, size_t count, size_t size)
{
	void *items;
	memcpy(&items, items_pointer, sizeof items);
	char *grown = realloc(items, (count + 1) * size);
	if (grown == NULL)
		return NULL;
	memcpy(items_pointer, &grown, sizeof grown);
	memset(grown + count * size, 0, size);
	return grown + count * size;
}

bool chip_parse_is_confirmed(const char *source)
{
	return strcmp(source, "unconfirmed") != 0 && strncmp(source, "second-hand:", 12) != 0;
}
