#include "src/board_status.h"

#include "src/board_status_parts.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *confidence_name(enum confidence confidence)
{
	static const char *const names[] = {[CONFIDENCE_CONFIRMED] = "confirmed",
		[CONFIDENCE_UNCONFIRMED] = "unconfirmed",
		[CONFIDENCE_NONE] = "cannot be told"};
	return names[confidence];
}

/* --- lines ------------------------------------------------------------------------------------ */

static struct status_line *next_line(struct board_status *out)
{
	if (out->count == out->capacity) {
		size_t capacity = out->capacity ? 2 * out->capacity : 32;
		struct status_line *lines = realloc(out->lines, capacity * sizeof *lines);
		if (!lines) {
			out->failed = true;
			return NULL;
		}
		out->lines = lines;
		out->capacity = capacity;
	}
	return &out->lines[out->count++];
}

__attribute__((format(printf, 7, 0))) static void say(struct board_status *out, const char *title,
	const char *name, enum confidence confidence, int first, int last, const char *format,
	va_list arguments)
{
	struct status_line *line = next_line(out);
	if (!line)
		return;
	*line = (struct status_line){
		.title = title, .confidence = confidence, .first_word = first, .last_word = last};
	snprintf(line->name, sizeof line->name, "%s", name);
	vsnprintf(line->text, sizeof line->text, format, arguments);
}

void status_say(struct board_status *out, const char *title, enum confidence confidence, int first,
	int last, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	say(out, title, "", confidence, first, last, format, arguments);
	va_end(arguments);
}

void status_say_of(struct board_status *out, const char *title, const char *name,
	enum confidence confidence, int first, int last, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	say(out, title, name, confidence, first, last, format, arguments);
	va_end(arguments);
}

/* --- looking up ------------------------------------------------------------------------------- */

const struct chip_field *status_field(const struct chip *chip, const char *name)
{
	for (size_t i = 0; i < chip->field_count; i++)
		if (strcmp(chip->fields[i].name, name) == 0)
			return &chip->fields[i];
	return NULL;
}

bool status_name_has(const char *name, const char *part)
{
	for (; *name; name++) {
		size_t i = 0;
		while (part[i] && tolower((unsigned char)name[i]) == part[i])
			i++;
		if (!part[i])
			return true;
	}
	return false;
}

bool status_is_known(const struct image *image, unsigned word)
{
	return word < image->word_count && image_value_is_known(image, word);
}

void status_add_range(char *out, size_t cap, unsigned first, unsigned last)
{
	size_t used = strlen(out);
	char range[40];
	/* "…" has three bytes; room for it is kept. */
	if (used >= 5 && strcmp(out + used - 5, ", \xE2\x80\xA6") == 0)
		return;
	if (first == last)
		snprintf(range, sizeof range, "%s%u", used ? ", " : "", first);
	else
		snprintf(range, sizeof range, "%s%u-%u", used ? ", " : "", first, last);
	if (used + strlen(range) + 6 > cap)
		snprintf(range, sizeof range, ", \xE2\x80\xA6");
	snprintf(out + used, cap - used, "%s", range);
}

enum status board_status_make(
	struct board_status *out, const struct board_facts *facts, struct errbuf *err)
{
	*out = (struct board_status){0};
	status_identity(out, facts);
	status_life_cycle(out, facts);
	status_boot(out, facts);
	status_keys(out, facts);
	status_locks(out, facts);
	status_stands_out(out, facts);
	if (!out->failed)
		return OK;
	board_status_free(out);
	return errbuf_set(err, ERR_MEMORY, "out of memory for the board's status");
}

static bool is_same(const struct status_line *a, const struct status_line *b)
{
	return a->title == b->title && a->name[0] && b->name[0] && a->confidence == b->confidence &&
	       strcmp(a->text, b->text) == 0;
}

bool board_status_is_told_before(const struct board_status *status, size_t line)
{
	for (size_t i = 0; i < line; i++)
		if (is_same(&status->lines[i], &status->lines[line]))
			return true;
	return false;
}

void board_status_text(char *out, size_t cap, const struct board_status *status, size_t at)
{
	const struct status_line *line = &status->lines[at];
	size_t used = 0;
	out[0] = '\0';
	for (size_t i = at; line->name[0] && i < status->count; i++)
		if ((i == at || is_same(line, &status->lines[i])) &&
			used + sizeof line->name + sizeof line->text < cap)
			used += (size_t)snprintf(out + used, cap - used, "%s%s", used ? ", " : "",
				status->lines[i].name);
	snprintf(out + used, cap - used, "%s%s", used ? ": " : "", line->text);
}

void board_status_free(struct board_status *status)
{
	free(status->lines);
	*status = (struct board_status){0};
}
