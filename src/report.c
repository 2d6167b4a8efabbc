#include "src/report.h"

#include "src/clean_text.h"
#include "src/field.h"
#include "src/report_parts.h"
#include "src/value_text.h"
#include "src/word_status.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool report_is_masked(const struct report_image *subject, unsigned word)
{
	return !subject->reveal && subject->image->value[word] != 0 &&
	       chip_word_is_secret(subject->chip, word);
}

enum status report_begin(struct report_text *text, struct errbuf *err)
{
	*text = (struct report_text){0};
	text->stream = open_memstream(&text->text, &text->length);
	return text->stream ? OK : errbuf_set(err, ERR_MEMORY, "out of memory for a report");
}

enum status report_end(char **out, struct report_text *text, struct errbuf *err)
{
	bool failed = ferror(text->stream) != 0;
	if (fclose(text->stream) != 0 || failed) {
		free(text->text);
		return errbuf_set(err, ERR_MEMORY, "out of memory for a report");
	}
	*out = text->text;
	return OK;
}

void report_name(FILE *out, const char *name)
{
	clean_text_put(out, name, strlen(name));
}

bool report_is_shown(const struct report_image *subject, unsigned word)
{
	return !subject->selected || subject->selected[word];
}

void report_locks(char *out, size_t cap, uint32_t status)
{
	out[0] = '\0';
	for (const struct word_status_bit *bit = word_status_bits; bit->name; bit++) {
		size_t used = strlen(out);
		if (bit->letter && status >> bit->bit & 1)
			snprintf(out + used, cap - used, "%s%s", used ? " " : "", bit->word);
	}
}

const struct chip_entry *report_value_at(const struct report_image *subject, unsigned word)
{
	const struct chip_entry *entry = value_entry(subject->chip, word);
	for (unsigned before = entry ? entry->first : word; before < word; before++)
		if (report_is_shown(subject, before))
			return NULL;
	return entry;
}

/* --- tables -------------------------------------------------------------------------------------
 */

#define CELLS 8
static const char *const heads[CELLS] = {
	"id", "value", "status", "locks", "name", "kind", "text", "confirmed"};

struct cells {
	char text[CELLS][256];
};

static void fill_cells(struct cells *out, const struct report_image *subject, unsigned word)
{
	const struct chip_entry *entry = chip_word(subject->chip, word);
	uint32_t status = subject->image->status[word];
	*out = (struct cells){0};
	snprintf(out->text[0], sizeof out->text[0], "%u", word);
	if (image_value_is_known(subject->image, word)) {
		if (report_is_masked(subject, word))
			snprintf(out->text[1], sizeof out->text[1], "masked");
		else
			snprintf(out->text[1], sizeof out->text[1], "0x%08X",
				(unsigned)subject->image->value[word]);
	}
	snprintf(out->text[2], sizeof out->text[2], "0x%08X", (unsigned)status);
	report_locks(out->text[3], sizeof out->text[3], status);
	chip_word_name(out->text[4], sizeof out->text[4], subject->chip, word);
	snprintf(out->text[5], sizeof out->text[5], "%s",
		word_kind_name(entry ? entry->kind : KIND_UNKNOWN));
	if (!report_is_masked(subject, word))
		word_text(out->text[6], sizeof out->text[6], subject->chip, subject->image, word);
	snprintf(out->text[7], sizeof out->text[7], "%s", entry && entry->confirmed ? "yes" : "no");
}

static void print_table(FILE *out, enum report_format format, const struct report_image *subject)
{
	report_head(out, format, CELLS, heads);
	for (unsigned word = 0; word < subject->image->word_count; word++) {
		struct cells cells;
		const char *row[CELLS];
		if (!report_is_shown(subject, word))
			continue;
		fill_cells(&cells, subject, word);
		for (size_t i = 0; i < CELLS; i++)
			row[i] = cells.text[i];
		report_row(out, format, CELLS, row);
	}
}

enum status report_show(char **out, enum report_format format, const struct report_image *subject,
	struct errbuf *err)
{
	if (format == REPORT_JSON)
		return report_show_json(out, subject, err);
	struct report_text text;
	enum status status = report_begin(&text, err);
	if (status != OK)
		return status;
	if (format == REPORT_CSV || format == REPORT_MARKDOWN)
		print_table(text.stream, format, subject);
	else
		report_print_show(text.stream, subject);
	return report_end(out, &text, err);
}

enum status report_diff(char **out, enum report_format format, const struct diff *diff,
	const struct report_image *a, const struct report_image *b, struct errbuf *err)
{
	if (format == REPORT_JSON)
		return report_diff_json(out, diff, a, b, err);
	struct report_text text;
	enum status status = report_begin(&text, err);
	if (status != OK)
		return status;
	if (format == REPORT_TEXT)
		report_print_diff(text.stream, diff, a, b);
	else
		report_print_diff_table(text.stream, format, diff, a, b);
	return report_end(out, &text, err);
}
