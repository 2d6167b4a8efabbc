#include "src/report.h"

#include "src/field.h"
#include "src/report_parts.h"
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

void report_value(
	char out[REPORT_VALUE_WIDTH + 1], const struct report_image *subject, unsigned word)
{
	if (report_is_masked(subject, word))
		snprintf(out, REPORT_VALUE_WIDTH + 1, "masked  %c",
			image_value_is_known(subject->image, word) ? ' ' : '?');
	else
		snprintf(out, REPORT_VALUE_WIDTH + 1, "%08X%c",
			(unsigned)subject->image->value[word],
			image_value_is_known(subject->image, word) ? ' ' : '?');
}

void report_name(FILE *out, const char *name)
{
	for (; *name; name++)
		fputc((unsigned char)*name < 0x20 || *name == 0x7F ? '?' : *name, out);
}

static bool is_shown(const struct report_image *subject, unsigned word)
{
	return !subject->selected || subject->selected[word];
}

/* --- text ---------------------------------------------------------------------------------------
 */

static void print_fields(FILE *out, const struct report_image *subject, unsigned word)
{
	size_t count = chip_word_field_count(subject->chip, word);
	bool hidden =
		!image_value_is_known(subject->image, word) || report_is_masked(subject, word);
	for (size_t i = 0; i < count; i++) {
		const struct chip_field *field = chip_word_field(subject->chip, word, i);
		char text[128] = "?", bits[16];
		if (!hidden)
			field_text(text, sizeof text, field, subject->image->value[word]);
		if (field->high == field->low)
			snprintf(bits, sizeof bits, "%u", field->high);
		else
			snprintf(bits, sizeof bits, "%u:%u", field->high, field->low);
		fprintf(out, "        %5s  %-26s %s\n", bits, field->name, text);
	}
}

static void print_word(FILE *out, const struct report_image *subject, unsigned word)
{
	char value[REPORT_VALUE_WIDTH + 1], name[64], says[256] = "", status[1024];
	report_value(value, subject, word);
	chip_word_name(name, sizeof name, subject->chip, word);
	if (!report_is_masked(subject, word))
		word_text(says, sizeof says, subject->chip, subject->image, word);
	word_status_spell(status, sizeof status, subject->image->status[word]);
	fprintf(out, "%3u  %s  %s%*s", word, value, name,
		says[0] || status[0] ? (int)(16 - (strlen(name) < 15 ? strlen(name) : 15)) : 0, "");
	fprintf(out, "%s%s%s\n", says, says[0] && status[0] ? "  " : "", status);
	if (subject->fields)
		print_fields(out, subject, word);
}

static void print_text(FILE *out, const struct report_image *subject)
{
	report_name(out, subject->source);
	fprintf(out, ": %s, version %u, %s (%08X)\n", subject->chip->title,
		(unsigned)subject->image->version, global_state_name(subject->image->state),
		(unsigned)subject->image->state);
	for (unsigned word = 0; word < subject->image->word_count; word++)
		if (is_shown(subject, word))
			print_word(out, subject, word);
}

/* --- tables -------------------------------------------------------------------------------------
 */

#define CELLS 7
static const char *const heads[CELLS] = {"id", "value", "status", "locks", "name", "kind", "text"};

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
	for (const struct word_status_bit *bit = word_status_bits; bit->name; bit++)
		if (bit->letter && status >> bit->bit & 1) {
			size_t used = strlen(out->text[3]);
			snprintf(out->text[3] + used, sizeof out->text[3] - used, "%s%s",
				used ? " " : "", bit->word);
		}
	chip_word_name(out->text[4], sizeof out->text[4], subject->chip, word);
	snprintf(out->text[5], sizeof out->text[5], "%s",
		word_kind_name(entry ? entry->kind : KIND_UNKNOWN));
	if (!report_is_masked(subject, word))
		word_text(out->text[6], sizeof out->text[6], subject->chip, subject->image, word);
}

/* RFC 4180: quoted where it has to be, quotes doubled. */
static void print_csv_cell(FILE *out, const char *text)
{
	if (!strpbrk(text, ",\"\r\n")) {
		fputs(text, out);
		return;
	}
	fputc('"', out);
	for (; *text; text++) {
		if (*text == '"')
			fputc('"', out);
		fputc(*text, out);
	}
	fputc('"', out);
}

static void print_csv(FILE *out, const struct report_image *subject)
{
	for (size_t i = 0; i < CELLS; i++)
		fprintf(out, "%s%s", i ? "," : "", heads[i]);
	fputs("\n", out);
	for (unsigned word = 0; word < subject->image->word_count; word++) {
		struct cells cells;
		if (!is_shown(subject, word))
			continue;
		fill_cells(&cells, subject, word);
		for (size_t i = 0; i < CELLS; i++) {
			fputs(i ? "," : "", out);
			print_csv_cell(out, cells.text[i]);
		}
		fputs("\n", out);
	}
}

static void print_markdown_cell(FILE *out, const char *text)
{
	fputs(" ", out);
	for (; *text; text++) {
		if (strchr("|\\`*_<>[]", *text))
			fputc('\\', out);
		fputc(*text, out);
	}
	fputs(" |", out);
}

static void print_markdown(FILE *out, const struct report_image *subject)
{
	fputs("|", out);
	for (size_t i = 0; i < CELLS; i++)
		print_markdown_cell(out, heads[i]);
	fputs("\n|", out);
	for (size_t i = 0; i < CELLS; i++)
		fputs(i == 0 ? " ---: |" : " --- |", out);
	fputs("\n", out);
	for (unsigned word = 0; word < subject->image->word_count; word++) {
		struct cells cells;
		if (!is_shown(subject, word))
			continue;
		fill_cells(&cells, subject, word);
		fputs("|", out);
		for (size_t i = 0; i < CELLS; i++)
			print_markdown_cell(out, cells.text[i]);
		fputs("\n", out);
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
	if (format == REPORT_CSV)
		print_csv(text.stream, subject);
	else if (format == REPORT_MARKDOWN)
		print_markdown(text.stream, subject);
	else
		print_text(text.stream, subject);
	return report_end(out, &text, err);
}

/* --- diff ---------------------------------------------------------------------------------------
 */

static void print_side(
	FILE *out, const char *label, const struct report_image *subject, unsigned word, bool there)
{
	char value[REPORT_VALUE_WIDTH + 1], status[1024];
	if (!there) {
		fprintf(out, "    %s  no such word\n", label);
		return;
	}
	report_value(value, subject, word);
	word_status_spell(status, sizeof status, subject->image->status[word]);
	fprintf(out, "    %s  %s%s%s\n", label, value, status[0] ? "  " : "", status);
}

static void print_diff(FILE *out, const struct diff *diff, const struct report_image *a,
	const struct report_image *b)
{
	fputs("a: ", out);
	report_name(out, a->source);
	fputs("\nb: ", out);
	report_name(out, b->source);
	fputs("\n", out);
	if (diff_is_empty(diff)) {
		fputs("no difference\n", out);
		return;
	}
	if (diff->version_differs)
		fprintf(out, "version\n    a  %u\n    b  %u\n", (unsigned)a->image->version,
			(unsigned)b->image->version);
	if (diff->state_differs)
		fprintf(out, "global state\n    a  %08X  %s\n    b  %08X  %s\n",
			(unsigned)a->image->state, global_state_name(a->image->state),
			(unsigned)b->image->state, global_state_name(b->image->state));
	for (size_t i = 0; i < diff->count; i++) {
		const struct diff_word *word = &diff->words[i];
		char name[64];
		chip_word_name(name, sizeof name, a->chip, word->word);
		fprintf(out, "word %u  %s\n", word->word, name);
		print_side(out, "a", a, word->word, word->in_a);
		print_side(out, "b", b, word->word, word->in_b);
	}
	fprintf(out, "%zu word%s\n", diff->count, diff->count == 1 ? " differs" : "s differ");
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
	print_diff(text.stream, diff, a, b);
	return report_end(out, &text, err);
}
