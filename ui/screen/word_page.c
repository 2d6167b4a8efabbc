#include "ui/screen/word_page.h"

#include "src/field.h"
#include "src/peer.h"
#include "src/value_text.h"
#include "src/word_status.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* --- the word --- */

#define LABEL 8

/* A label in its own column, then text that wraps beside it. */
__attribute__((format(printf, 4, 5))) static void labelled(
	struct page *page, enum tone tone, const char *label, const char *format, ...)
{
	char text[400];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	page_add(page, TONE_FAINT, "%-*s", LABEL, label);
	page_wrap(page, tone, LABEL, "%s", text);
}

/* The value of several words that the word is part of; long ones break between words. */
static void whole_line(struct page *page, const struct app *app, unsigned word)
{
	const struct chip *chip = app->session->chip;
	const struct chip_entry *entry = value_entry(chip, word);
	char text[VALUE_TEXT_MAX];
	if (!entry)
		return;
	enum value_state state =
		value_text(text, sizeof text, chip, &app->session->image, entry, app->reveal);
	bool hex = (state == VALUE_SHOWN || state == VALUE_PARTLY) && entry->kind != KIND_MAC;
	int digits = ((int)page->width - LABEL) / 8 * 8;
	int piece = !hex ? (int)sizeof text : digits < 8 ? 8 : digits > 64 ? 64 : digits;
	labelled(page, TONE_PLAIN, "whole", "words %u-%u as one:", entry->first, entry->last);
	for (size_t at = 0, length = strlen(text); at < length; at += (size_t)piece)
		labelled(page, TONE_HEADING, "", "%.*s", piece, text + at);
}

/* ", text "abcd"", where at least two of the four bytes can be read: a single one is chance. */
static void ascii_text(char *out, size_t cap, uint32_t value, bool highest_first)
{
	char ascii[5] = "";
	int printable = 0;
	for (int i = 0; i < 4; i++) {
		char byte = (char)(value >> (highest_first ? 24 - 8 * i : 8 * i));
		bool shows = byte >= 0x20 && byte < 0x7F;
		ascii[i] = shows ? byte : '.';
		printable += shows ? 1 : 0;
	}
	if (printable > 1)
		snprintf(out, cap, ", text \"%s\"", ascii);
	else
		out[0] = '\0';
}

/* The bytes in the order of the files that such words come from or go to. */
static void bytes_line(struct page *page, const struct app *app, unsigned word)
{
	const struct chip_entry *entry = chip_word(app->session->chip, word);
	uint32_t value = app->session->image.value[word];
	bool highest_first = entry && entry->big_endian;
	char text[24];
	if (value == 0 || page->width < WORD_PAGE_ROOMY)
		return;
	ascii_text(text, sizeof text, value, highest_first);
	unsigned bytes[4];
	for (int i = 0; i < 4; i++)
		bytes[i] = value >> (highest_first ? 24 - 8 * i : 8 * i) & 0xFF;
	labelled(page, TONE_PLAIN, "bytes", "%02X %02X %02X %02X in files, %s first%s", bytes[0],
		bytes[1], bytes[2], bytes[3], highest_first ? "highest" : "lowest", text);
}

static void value_lines(struct page *page, const struct app *app, unsigned word)
{
	const struct image *image = &app->session->image;
	uint32_t value = image->value[word], status = image->status[word];
	if (app_is_masked(app, word)) {
		labelled(page, TONE_PLAIN, "value",
			"masked: it may be secret (start with --reveal to see it)");
		whole_line(page, app, word);
		return;
	}
	char text[200];
	ascii_text(text, sizeof text, value, true);
	labelled(page, TONE_PLAIN, "value", "0x%08X, decimal %lu%s", (unsigned)value,
		(unsigned long)value, text);
	bytes_line(page, app, word);
	if (status & WORD_STATUS_READ_ERROR)
		labelled(page, TONE_ERROR, "", "not valid: the word could not be read");
	else if (status & WORD_STATUS_STICKY_READ)
		labelled(page, TONE_WARNING, "",
			"a shadow copy: it does not prove what the fuses hold");
	word_text(text, sizeof text, app->session->chip, image, word);
	if (text[0])
		labelled(page, TONE_HEADING, "says", "%s", text);
	else
		whole_line(page, app, word);
}

void word_page_remarks(
	struct page *page, const struct app *app, unsigned word, const struct edit *edit)
{
	static const enum tone tones[] = {[SEVERITY_NOTE] = TONE_FAINT,
		[SEVERITY_WARNING] = TONE_WARNING,
		[SEVERITY_ERROR] = TONE_ERROR};
	struct edits edits = *draft_edits(app->draft);
	struct remarks remarks = {0};
	struct errbuf err = {0};
	edits.word[word] = *edit;
	if (session_check_word(&remarks, app->session, &edits, word, &err) == OK)
		for (size_t i = 0; i < remarks.count; i++)
			page_wrap(page, tones[remarks.items[i].severity], 2, "%s%s",
				remarks.items[i].severity == SEVERITY_ERROR ? "refused: " : "- ",
				remarks.items[i].text);
	remarks_free(&remarks);
}

void word_page_barred(struct page *page, const struct app *app, unsigned word)
{
	uint32_t status = app->session->image.status[word];
	if (status & WORD_STATUS_PERMANENT)
		page_wrap(page, TONE_ERROR, 2,
			"This word is locked for ever: no value will be taken.");
	else if (status & WORD_STATUS_STICKY_PROGRAM)
		page_wrap(page, TONE_ERROR, 2,
			"This word is locked until the board's reset: no value will be taken.");
	else if (!image_value_is_known(&app->session->image, word))
		page_wrap(page, TONE_ERROR, 2,
			"What this word holds cannot be read: no value will be taken.");
}

static void staged_lines(struct page *page, const struct app *app, unsigned word)
{
	const struct edit *edit = app_edit(app, word);
	if (edit_is_empty(edit))
		return;
	if (edit->closes)
		labelled(page, TONE_FOREVER, "staged", "close the device for ever");
	else if (edit->sets_value)
		labelled(page, TONE_FOREVER, "staged", "value 0x%08X", (unsigned)edit->value);
	for (const struct word_status_bit *bit = word_status_bits; bit->name; bit++)
		if (bit->is_lock && (edit->locks >> bit->bit & 1))
			labelled(page, bit->bit == 30 ? TONE_FOREVER : TONE_CHANGE, "staged", "%s",
				bit->name);
	word_page_remarks(page, app, word, edit);
}

/* What the word holds once what is staged is burnt. */
static uint32_t word_after(const struct app *app, unsigned word)
{
	if (app_edit(app, word)->closes)
		return app->session->image.value[word] | app_edit(app, word)->value;
	return app_value(app, word);
}

void word_page_field_bits(char out[WORD_PAGE_BITS], const struct chip_field *field)
{
	if (field->high == field->low)
		snprintf(out, WORD_PAGE_BITS, "%u", field->high);
	else
		snprintf(out, WORD_PAGE_BITS, "%u:%u", field->high, field->low);
}

/* What the field holds, and what it will hold. */
static void field_line(struct page *page, const struct app *app, unsigned word,
	const struct chip_field *field, bool hidden)
{
	char text[80] = "masked", after[80] = "";
	const char *doubt = field->confirmed ? "" : " (unconfirmed)";
	uint32_t board = app->session->image.value[word], staged = word_after(app, word);
	bool changes = field_value(field, board) != field_value(field, staged);
	if (!hidden)
		field_text(text, sizeof text, field, board);
	if (changes)
		field_text(after, sizeof after, field, staged);
	page_wrap(page, changes ? TONE_FOREVER : TONE_PLAIN, 8, " %s = %s%s%s%s", field->name, text,
		changes ? " -> " : "", after, doubt);
}

static void field_lines(struct page *page, const struct app *app, unsigned word)
{
	const struct chip *chip = app->session->chip;
	size_t count = chip_word_field_count(chip, word);
	bool hidden = app_is_masked(app, word);
	if (count == 0)
		return;
	page_add(page, TONE_HEADING, "fields");
	page_end(page);
	for (size_t i = 0; i < count; i++) {
		const struct chip_field *field = chip_word_field(chip, word, i);
		char bits[WORD_PAGE_BITS], letter = word_page_letter(i);
		word_page_field_bits(bits, field);
		if (page->width >= WORD_PAGE_ROOMY && !hidden)
			page_add(page, TONE_HEADING, "%c", letter);
		page_add(page, TONE_FAINT, " %-6s", bits);
		field_line(page, app, word, field, hidden);
		if (field->about[0] && page->width > 50)
			labelled(page, TONE_FAINT, "", "%s", field->about);
	}
}

static void status_lines(struct page *page, uint32_t status)
{
	page_add(page, TONE_HEADING, "status 0x%08X", (unsigned)status);
	page_end(page);
	for (const struct word_status_bit *bit = word_status_bits; bit->name; bit++) {
		bool set = (status >> bit->bit & 1) != 0;
		if (bit->bit == 31)
			continue;
		page_add(page, set ? TONE_HEADING : TONE_FAINT, " [%02u] %-4s", bit->bit,
			set ? "SET" : "-");
		page_wrap(page, set ? TONE_PLAIN : TONE_FAINT, 10, "%s", bit->name);
	}
}

static void map_lines(struct page *page, const struct app *app, unsigned word)
{
	const struct chip *chip = app->session->chip;
	const struct chip_entry *entry = chip_word(chip, word);
	const struct chip_bank *bank = chip_bank_of(chip, word);
	if (bank)
		page_wrap(page, TONE_PLAIN, 2, "%s bank: %s%s", bank->name,
			bank_rule_about(bank->rule),
			bank->may_be_hidden
				? "; the firmware may hide it: it then reads as if empty"
				: "");
	if (!entry) {
		page_wrap(page, TONE_WARNING, 2, "the map does not describe this word");
		return;
	}
	if (entry->about[0])
		page_wrap(page, TONE_PLAIN, 2, "%s", entry->about);
	enum danger_class class = plan_word_class(chip, word, UINT32_MAX, WORD_STATUS_PERMANENT);
	page_wrap(page, class >= CLASS_DANGEROUS ? TONE_WARNING : TONE_PLAIN, 2,
		"a change here is %s (map: %s)", danger_class_name(class),
		chip_danger_name(chip_word_danger(chip, word)));
	page_wrap(page, entry->confirmed ? TONE_FAINT : TONE_WARNING, 2, "source: %s",
		entry->confirmed ? entry->source : "unconfirmed: no readable source says more");
}

void word_page(struct page *page, const struct app *app, unsigned word)
{
	const struct image *image = &app->session->image;
	const struct chip_entry *entry = chip_word(app->session->chip, word);
	char name[64];
	chip_word_name(name, sizeof name, app->session->chip, word);
	page_wrap(page, TONE_HEADING, 2, "%s (%s)", name[0] ? name : "no name",
		word_kind_name(entry ? entry->kind : KIND_UNKNOWN));
	value_lines(page, app, word);
	char letters[WORD_STATUS_LETTERS + 1], locks[200];
	word_status_letters(letters, image->status[word]);
	word_status_spell(locks, sizeof locks, image->status[word]);
	labelled(page, TONE_PLAIN, "locks", "%s", locks[0] ? locks : "none");
	staged_lines(page, app, word);
	if (!app_is_masked(app, word)) {
		char ruler[WORD_PAGE_RULER];
		word_page_ruler(ruler, app->session->chip, word);
		word_page_bits_and_ruler(page, image->value[word], word_after(app, word), "staged",
			-1, page->width >= WORD_PAGE_ROOMY ? ruler : NULL);
	}
	field_lines(page, app, word);
	map_lines(page, app, word);
	status_lines(page, image->status[word]);
}
