#include "src/report_parts.h"

#include "src/field.h"
#include "src/value_text.h"
#include "src/word_status.h"

#include <string.h>

void report_wrap(FILE *out, unsigned column, unsigned indent, const char *text)
{
	bool first = true; /* on its line: a word that is too long stays whole */
	for (text += strspn(text, " "); *text; text += strspn(text, " ")) {
		size_t length = strcspn(text, " ");
		if (!first && column + 1 + length > REPORT_WIDTH) {
			fprintf(out, "\n%*s", (int)indent, "");
			column = indent;
			first = true;
		}
		fprintf(out, "%s%.*s", first ? "" : " ", (int)length, text);
		column += (unsigned)length + (first ? 0 : 1);
		first = false;
		text += length;
	}
	fputc('\n', out);
}

/* Neither the value nor, perhaps, the locks are known. */
static bool is_void(uint32_t status)
{
	return (status & (WORD_STATUS_READ_ERROR | WORD_STATUS_LOCK_ERROR)) != 0;
}

void report_value(
	char out[REPORT_VALUE_WIDTH + 1], const struct report_image *subject, unsigned word)
{
	uint32_t status = subject->image->status[word];
	char mark = image_value_is_known(subject->image, word) ? ' ' : '?';
	if (is_void(status))
		snprintf(out, REPORT_VALUE_WIDTH + 1, "????????%c", ' ');
	else if (report_is_masked(subject, word))
		snprintf(out, REPORT_VALUE_WIDTH + 1, "masked  %c", mark);
	else
		snprintf(out, REPORT_VALUE_WIDTH + 1, "%08X%c",
			(unsigned)subject->image->value[word], mark);
}

/* --- show ------------------------------------------------------------------------------------ */

/* Names have as much room as the longest one shown, but leave some to what words say. */
#define NAME_COLUMN 24
#define NAME_MIN    14
#define NAME_MAX    21
#define KIND_WIDTH  9

/* What the marks of the words shown mean. */
struct legend {
	uint32_t status; /* all bits of all words */
	bool shadow, masked, unconfirmed;
	int name_width;
};

/* A word's name with a mark when no source confirms it. */
static void marked_name(char *out, size_t cap, const struct report_image *subject, unsigned word)
{
	const struct chip_entry *entry = chip_word(subject->chip, word);
	chip_word_name(out, cap - 1, subject->chip, word);
	if (!entry || !entry->confirmed)
		strcat(out, "*");
}

static int name_width(const struct report_image *subject)
{
	size_t width = NAME_MIN;
	for (unsigned word = 0; word < subject->image->word_count; word++) {
		char name[64];
		if (!report_is_shown(subject, word))
			continue;
		marked_name(name, sizeof name, subject, word);
		if (strlen(name) > width)
			width = strlen(name);
	}
	return width > NAME_MAX ? NAME_MAX : (int)width;
}

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
		fprintf(out, "        %5s  %s%-*s ", bits, field->name,
			26 - (int)(strlen(field->name) < 26 ? strlen(field->name) : 26),
			field->confirmed ? "" : "*");
		report_wrap(out, 42, 42, text);
	}
}

/* Hexadecimal digits on a line of a long value. */
#define DIGITS 64

/* "words 13-15  UID … 0041…": aligned with the fields; what is too long stands on lines below. */
static void print_value(
	FILE *out, const struct report_image *subject, const struct chip_entry *entry)
{
	char text[VALUE_TEXT_MAX], words[32];
	enum value_state state = value_text(
		text, sizeof text, subject->chip, subject->image, entry, subject->reveal);
	snprintf(words, sizeof words, "words %u-%u", entry->first, entry->last);
	int used = fprintf(out, "%13s  %s%s", words, entry->name, entry->confirmed ? "" : "*");
	if (entry->kind == KIND_MAC && state == VALUE_SHOWN) {
		int column = used < 42 ? 42 : used + 1;
		fprintf(out, "%*s", column - used, "");
		report_wrap(out, (unsigned)column, 42, text);
	} else if (strlen(text) <= REPORT_WIDTH - 42 && used < 42) {
		fprintf(out, "%*s%s\n", 42 - used, "", text);
	} else {
		for (size_t at = 0, length = strlen(text); at < length; at += DIGITS)
			fprintf(out, "\n%15s%.*s", "", DIGITS, text + at);
		fputc('\n', out);
	}
}

static void print_word(
	FILE *out, const struct report_image *subject, unsigned word, struct legend *legend)
{
	const struct chip_entry *entry = chip_word(subject->chip, word);
	uint32_t status = subject->image->status[word];
	char value[REPORT_VALUE_WIDTH + 1], letters[WORD_STATUS_LETTERS + 1], name[64];
	char says[256] = "", rest[1024], all[sizeof says + 2 + sizeof rest];
	report_value(value, subject, word);
	word_status_letters(letters, status);
	marked_name(name, sizeof name, subject, word);
	if (!report_is_masked(subject, word))
		word_text(says, sizeof says, subject->chip, subject->image, word);
	/* Bits that have no letter are spelled out. */
	word_status_spell(rest, sizeof rest, status & (WORD_STATUS_RESERVED | WORD_STATUS_UPDATE));
	snprintf(all, sizeof all, "%s%s%s", says, says[0] && rest[0] ? "; " : "", rest);
	int says_column = NAME_COLUMN + legend->name_width + 1 + KIND_WIDTH + 1;
	int used = fprintf(out, "%4u  %s %s  %-*s %s", word, value, letters, legend->name_width,
		name, word_kind_name(entry ? entry->kind : KIND_UNKNOWN));
	if (all[0]) {
		int column = used < says_column ? says_column : used + 1;
		fprintf(out, "%*s", column - used, "");
		report_wrap(out, (unsigned)column, (unsigned)says_column, all);
	} else {
		fputc('\n', out);
	}
	const struct chip_entry *whole = report_value_at(subject, word);
	if (subject->fields && whole)
		print_value(out, subject, whole);
	if (subject->fields)
		print_fields(out, subject, word);
	legend->status |= status;
	legend->shadow |= value[REPORT_VALUE_WIDTH - 1] == '?';
	legend->masked |= strncmp(value, "masked", 6) == 0;
	legend->unconfirmed |= !entry || !entry->confirmed;
}

static void print_legend(FILE *out, const struct legend *legend)
{
	fputc('\n', out);
	for (const struct word_status_bit *bit = word_status_bits; bit->name; bit++)
		if (bit->letter && legend->status >> bit->bit & 1)
			fprintf(out, "%-8c  [%u] %s\n", bit->letter, bit->bit, bit->name);
	if (legend->shadow)
		fprintf(out, "%-8s  a shadow copy: the fuses themselves cannot be read\n", "?");
	if (is_void(legend->status))
		fprintf(out, "????????  not known: not valid, or its locks cannot be read\n");
	if (legend->masked)
		fprintf(out, "masked    a secret; --reveal shows it\n");
	if (legend->unconfirmed)
		fprintf(out, "%-8s  no public source says what it is\n", "*");
}

void report_print_show(FILE *out, const struct report_image *subject)
{
	struct legend legend = {.name_width = name_width(subject)};
	char remark[200];
	report_name(out, subject->source);
	fprintf(out, ": %s, structure version %u%s\n", subject->chip->title,
		(unsigned)subject->image->version,
		subject->image->digest == IMAGE_DIGEST_VERIFIED ? ", digest verified"
		: subject->image->digest == IMAGE_DIGEST_WRONG  ? ", digest wrong"
								: "");
	if (subject->image->version == 1) {
		fputs("global state: version 1 of the structure does not tell it\n", out);
		remark[0] = '\0';
	} else {
		global_state_remark(remark, sizeof remark, subject->image->state);
		fprintf(out, "global state %08X: %s\n", (unsigned)subject->image->state,
			global_state_name(subject->image->state));
	}
	if (remark[0]) {
		fputs("  ", out);
		report_wrap(out, 2, 2, remark);
	}
	fprintf(out, "\n%4s  %-9s %-6s  %-*s %-*s %s\n", "word", "value", "locks",
		legend.name_width, "name", KIND_WIDTH, "kind", "in words");
	for (unsigned word = 0; word < subject->image->word_count; word++)
		if (report_is_shown(subject, word))
			print_word(out, subject, word, &legend);
	print_legend(out, &legend);
}

/* --- diff ------------------------------------------------------------------------------------ */

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
	fprintf(out, "    %s  %s  ", label, value);
	report_wrap(out, 18, 18, status[0] ? status : "no lock");
}

void report_print_diff(FILE *out, const struct diff *diff, const struct report_image *a,
	const struct report_image *b)
{
	fputs("a: ", out);
	report_name(out, a->source);
	fputs("\nb: ", out);
	report_name(out, b->source);
	fputc('\n', out);
	if (diff_is_empty(diff)) {
		fputs("no difference\n", out);
		return;
	}
	if (diff->version_differs)
		fprintf(out, "structure version\n    a  %u\n    b  %u\n",
			(unsigned)a->image->version, (unsigned)b->image->version);
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
