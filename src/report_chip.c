#include "src/report_chip.h"

#include "src/report_chip_parts.h"
#include "src/report_parts.h"

#include <stdlib.h>
#include <string.h>

/*
 * Things with commas between, on lines that all begin at `column`. They are broken only where one
 * is longer than a line.
 */
struct items {
	FILE *out;
	unsigned column, at; /* at `column`: nothing is on the line yet */
};

static void add_word(struct items *items, const char *word, unsigned length)
{
	bool begins = items->at == items->column;
	if (!begins && items->at + 1 + length > REPORT_WIDTH) {
		fprintf(items->out, "\n%*s", (int)items->column, "");
		items->at = items->column;
		begins = true;
	}
	fprintf(items->out, "%s%.*s", begins ? "" : " ", (int)length, word);
	items->at += length + (begins ? 0 : 1);
}

static void add_item(struct items *items, const char *text, bool more)
{
	char whole[256];
	snprintf(whole, sizeof whole, "%s%s", text, more ? "," : "");
	unsigned length = (unsigned)strlen(whole);
	if (items->column + length <= REPORT_WIDTH) {
		add_word(items, whole, length);
		return;
	}
	for (const char *at = whole; *at; at += strspn(at, " ")) {
		unsigned word = (unsigned)strcspn(at, " ");
		add_word(items, at, word);
		at += word;
	}
}

/* "0x500,0x505" */
#define IDS_MAX 64
static void ids_text(char out[IDS_MAX], const struct chip *chip)
{
	out[0] = '\0';
	for (size_t i = 0; i < chip->device_id_count; i++) {
		size_t used = strlen(out);
		snprintf(out + used, IDS_MAX - used, "%s0x%03X", i ? "," : "",
			(unsigned)chip->device_ids[i]);
	}
}

static bool print_parts(FILE *out, unsigned column, const struct chip *chip)
{
	size_t count;
	const char **parts = chip_parts(&count, chip);
	struct items items = {out, column, column};
	for (size_t i = 0; parts && i < count; i++)
		add_item(&items, parts[i], i + 1 < count);
	if (parts)
		fputs(count ? "\n" : "none is known\n", out);
	free(parts);
	return parts != NULL;
}

/* Ends the text; what went wrong before holds. */
static enum status finish(
	char **out, struct report_text *text, enum status status, struct errbuf *err)
{
	struct errbuf ignored = {0};
	enum status ended = report_end(out, text, status == OK ? err : &ignored);
	if (status == OK || ended != OK)
		return status == OK ? ended : status;
	free(*out);
	*out = NULL;
	return status;
}

/* --- the list ------------------------------------------------------------------------------- */

static const char *origin(const struct chip *chip)
{
	return chip->has_overlay ? "built-in, with your names" : "built-in";
}

static bool print_list(FILE *out, const struct chip *const chips[], size_t count)
{
	bool done = true;
	fprintf(out, "%-12s %-14s %-12s %5s  %s\n", "chip", "family", "device id", "words", "map");
	for (size_t i = 0; done && i < count; i++) {
		char ids[IDS_MAX];
		ids_text(ids, chips[i]);
		fprintf(out, "%-12s %-14s %-12s %5u  %s\n    parts: ", chips[i]->name,
			chips[i]->title, ids, chips[i]->word_count, origin(chips[i]));
		done = print_parts(out, 11, chips[i]);
	}
	return done;
}

enum status report_chips(char **out, enum report_format format, const struct chip *const chips[],
	size_t count, struct errbuf *err)
{
	struct report_text text;
	enum status status = report_begin(&text, err);
	if (status != OK)
		return status;
	if (format == REPORT_JSON)
		status = report_chips_json(text.stream, chips, count, err);
	else if (!print_list(text.stream, chips, count))
		status = errbuf_set(err, ERR_MEMORY, "out of memory for the list of chips");
	return finish(out, &text, status, err);
}

/* --- one map -------------------------------------------------------------------------------- */

static void print_banks(FILE *out, const struct chip *chip)
{
	for (size_t i = 0; i < chip->bank_count; i++) {
		const struct chip_bank *bank = &chip->banks[i];
		int used = fprintf(out, "%-10s %3u-%-3u  %-7s %-5s  ", i ? "" : "banks",
			bank->first, bank->last, bank->name, chip_rule_name(bank->rule));
		char about[200];
		snprintf(about, sizeof about, "%s%s", bank_rule_about(bank->rule),
			bank->may_be_hidden ? "; may be hidden, and then reads as 0" : "");
		report_wrap(out, (unsigned)used, (unsigned)used, about);
	}
}

static bool print_top(FILE *out, const struct chip *chip)
{
	fprintf(out, "%s: %s, %u words, %s\n", chip->name, chip->title, chip->word_count,
		origin(chip));
	char ids[IDS_MAX];
	ids_text(ids, chip);
	fprintf(out, "%-10s %s\n", "device id", ids);
	if (chip->short_word_count)
		fprintf(out, "%-10s services that reach only the first of them show %u\n", "words",
			chip->short_word_count);
	if (chip->has_unique_id)
		fprintf(out, "%-10s words %u-%u\n", "unique id", chip->unique_id,
			chip->unique_id + 2);
	fprintf(out, "%-10s ", "parts");
	if (!print_parts(out, 11, chip))
		return false;
	print_banks(out, chip);
	return true;
}

/* What was said already, for the lines at the end. */
struct told {
	bool unconfirmed, overlap, differs;
};

/* "0x08": as wide as the field; small fields in decimal. */
static void value_item(
	char *out, size_t cap, const struct chip_field *field, size_t from, size_t to)
{
	int bits = (int)(field->high - field->low) + 1;
	const struct chip_value_name *first = &field->values[from], *last = &field->values[to];
	const char *between = to > from ? "-" : "";
	char number[32], upper[16] = "";
	if (bits > 4) {
		if (to > from)
			snprintf(upper, sizeof upper, "0x%0*X", (bits + 3) / 4,
				(unsigned)last->value);
		snprintf(number, sizeof number, "0x%0*X%s%s", (bits + 3) / 4,
			(unsigned)first->value, between, upper);
	} else {
		if (to > from)
			snprintf(upper, sizeof upper, "%u", (unsigned)last->value);
		snprintf(number, sizeof number, "%u%s%s", (unsigned)first->value, between, upper);
	}
	snprintf(out, cap, "%s = %s", number, first->text);
}

/* "0 = open, 1-15 = closed": neighbours with one name are told as one. */
static void print_values(struct items *items, const struct chip_field *field)
{
	for (size_t from = 0, to; from < field->value_count; from = to + 1) {
		char text[200];
		to = from;
		while (to + 1 < field->value_count &&
			field->values[to + 1].value == field->values[to].value + 1 &&
			strcmp(field->values[to + 1].text, field->values[from].text) == 0)
			to++;
		value_item(text, sizeof text, field, from, to);
		add_item(items, text, to + 1 < field->value_count);
	}
	fputc('\n', items->out);
}

/* Where a field differs from its words it says so first: "(lifecycle, one-way) …". */
static bool field_says(
	char *out, size_t cap, const struct chip_row *row, const struct chip_field *field)
{
	bool kind = row->entry && field->kind != row->entry->kind;
	bool danger = row->entry && field->danger != row->entry->danger;
	char differs[64] = "";
	if (kind || danger)
		snprintf(differs, sizeof differs, "(%s%s%s)%s",
			kind ? word_kind_name(field->kind) : "", kind && danger ? ", " : "",
			danger ? chip_danger_name(field->danger) : "", field->about[0] ? " " : "");
	snprintf(out, cap, "%s%s", differs, field->about);
	return kind || danger;
}

#define FIELD_TEXT_COLUMN 37

static void print_field(
	FILE *out, const struct chip_row *row, const struct chip_field *field, struct told *told)
{
	char place[32], says[2048];
	bool partial = field->first_word != row->first || field->last_word != row->last;
	int n = field->high == field->low
			? snprintf(place, sizeof place, "%u", field->high)
			: snprintf(place, sizeof place, "%u:%u", field->high, field->low);
	if (partial)
		snprintf(place + n, sizeof place - (size_t)n, " of %u", field->first_word);
	int used = fprintf(out, "    %*s  %s%s", partial ? 12 : 5, place, field->name,
		field->confirmed ? "" : "*");
	told->differs |= field_says(says, sizeof says, row, field);
	told->unconfirmed |= !field->confirmed;
	if (!says[0] && !field->value_count) {
		fputc('\n', out);
		return;
	}
	int column = used < FIELD_TEXT_COLUMN ? FIELD_TEXT_COLUMN : used + 1;
	struct items values = {out, FIELD_TEXT_COLUMN, (unsigned)column};
	fprintf(out, "%*s", column - used, "");
	if (says[0]) {
		report_wrap(out, (unsigned)column, FIELD_TEXT_COLUMN, says);
		values.at = FIELD_TEXT_COLUMN;
	}
	if (says[0] && field->value_count)
		fprintf(out, "%*s", FIELD_TEXT_COLUMN, "");
	if (field->value_count)
		print_values(&values, field);
}

static void print_row(FILE *out, const struct chip *chip, const struct chip_row *row)
{
	const struct chip_entry *entry = row->entry;
	char words[24];
	int n = snprintf(words, sizeof words, "%u", row->first);
	if (row->last > row->first)
		snprintf(words + n, sizeof words - (size_t)n, "-%u", row->last);
	fprintf(out, "%-8s %-24s %-9s %-7s %-5s %s\n", words, entry ? entry->name : "-",
		word_kind_name(entry ? entry->kind : KIND_UNKNOWN),
		chip_danger_name(chip_row_danger(chip, row)), chip_row_rule(chip, row),
		chip_row_is_overlay(row)    ? "yours"
		: entry && entry->confirmed ? "confirmed"
					    : "unconfirmed");
	if (entry && entry->about[0]) {
		fputs("    ", out);
		report_wrap(out, 4, 4, entry->about);
	}
	if (entry && entry->big_endian)
		fputs("    File bytes go in big-endian: 01 02 03 04 is the word 01020304.\n", out);
}

static void print_end(FILE *out, const struct told *told)
{
	if (told->unconfirmed || told->differs || told->overlap)
		fputc('\n', out);
	if (told->unconfirmed)
		fputs("*    no public source says what the field is\n", out);
	if (told->overlap)
		report_wrap(out, 0, 0,
			"Where rows overlap, the narrowest names the word and gives its kind; its "
			"danger is the worst of all.");
	if (told->differs)
		fputs("(…)  a field's own kind or danger, where it is not that of its row\n", out);
}

static bool print_map(FILE *out, const struct chip *chip)
{
	struct told told = {0};
	size_t count;
	struct chip_row *rows = chip_rows(&count, chip);
	if (!rows || !print_top(out, chip)) {
		free(rows);
		return false;
	}
	fprintf(out, "\n%-8s %-24s %-9s %-7s %-5s %s\n", "words", "name", "kind", "danger", "write",
		"meaning");
	for (size_t i = 0; i < count; i++) {
		print_row(out, chip, &rows[i]);
		told.overlap |= i > 0 && rows[i].first <= rows[i - 1].last;
		for (unsigned word = rows[i].first; word <= rows[i].last; word++)
			for (size_t f = 0; f < chip->field_count; f++)
				if (chip->fields[f].first_word == word &&
					chip_row_has(rows, count, i, &chip->fields[f]))
					print_field(out, &rows[i], &chip->fields[f], &told);
	}
	print_end(out, &told);
	free(rows);
	return true;
}

enum status report_chip(
	char **out, enum report_format format, const struct chip *chip, struct errbuf *err)
{
	struct report_text text;
	enum status status = report_begin(&text, err);
	if (status != OK)
		return status;
	if (format == REPORT_JSON)
		status = report_chip_json(text.stream, chip, err);
	else if (!print_map(text.stream, chip))
		status = errbuf_set(err, ERR_MEMORY, "out of memory for the map of a chip");
	return finish(out, &text, status, err);
}
