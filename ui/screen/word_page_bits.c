/* The bits of a word, and which named field each belongs to. */
#include "ui/screen/word_page.h"

#include <string.h>

static void bit_numbers(struct page *page, int from, int to)
{
	page_add(page, TONE_FAINT, "  bit    ");
	for (int bit = from; bit >= to; bit -= 4)
		page_add(page, TONE_FAINT, "%-5d", bit);
	page_end(page);
}

static void bit_row(
	struct page *page, const char *label, uint32_t value, uint32_t marked, int from, int to)
{
	page_add(page, TONE_PLAIN, "  %-7s", label);
	for (int bit = from; bit >= to; bit--) {
		page_add(page, marked >> bit & 1 ? TONE_FOREVER : TONE_PLAIN, "%u",
			(unsigned)(value >> bit & 1));
		if (bit % 4 == 0)
			page_add(page, TONE_PLAIN, " ");
	}
	page_end(page);
}

/* What becomes of a bit: 0 to 1, or what no fuse does. */
static const char *bit_mark(uint32_t before, uint32_t after, int bit)
{
	bool was = before >> bit & 1, is = after >> bit & 1;
	return was == is ? " " : is ? "^" : "!";
}

static void mark_row(
	struct page *page, uint32_t before, uint32_t after, int cursor, int from, int to)
{
	page_add(page, TONE_PLAIN, "         ");
	for (int bit = from; bit >= to; bit--) {
		const char *mark = bit == cursor ? "#" : bit_mark(before, after, bit);
		page_add(page, mark[0] == ' ' ? TONE_PLAIN : TONE_FOREVER, "%s", mark);
		if (bit % 4 == 0)
			page_add(page, TONE_PLAIN, " ");
	}
	page_end(page);
}

char word_page_letter(size_t index)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
	return index < sizeof letters - 1 ? letters[index] : '+';
}

void word_page_ruler(char out[WORD_PAGE_RULER], const struct chip *chip, unsigned word)
{
	unsigned width[WORD_PAGE_RULER] = {0}; /* of the field that has the bit so far */
	memset(out, ' ', WORD_PAGE_RULER);
	for (size_t i = 0; i < chip_word_field_count(chip, word); i++) {
		const struct chip_field *field = chip_word_field(chip, word, i);
		unsigned own = field->high - field->low + 1;
		for (unsigned bit = field->low; bit <= field->high; bit++)
			if (width[bit] == 0 || own <= width[bit]) {
				width[bit] = own;
				out[bit] = word_page_letter(i);
			}
	}
}

static void ruler_row(struct page *page, const char *ruler, int from, int to)
{
	page_add(page, TONE_FAINT, "  %-7s", "field");
	for (int bit = from; bit >= to; bit--) {
		page_add(page, TONE_HEADING, "%c", ruler[bit]);
		if (bit % 4 == 0)
			page_add(page, TONE_PLAIN, " ");
	}
	page_end(page);
}

void word_page_bits(
	struct page *page, uint32_t before, uint32_t after, const char *label, int cursor)
{
	word_page_bits_and_ruler(page, before, after, label, cursor, NULL);
}

void word_page_bits_and_ruler(struct page *page, uint32_t before, uint32_t after, const char *label,
	int cursor, const char *ruler)
{
	int per_line = page->width >= WORD_PAGE_ROOMY ? 32 : page->width >= 9 + 19 ? 16 : 8;
	uint32_t marked = before ^ after;
	bool has_ruler = false;
	for (int bit = 0; ruler && bit < WORD_PAGE_RULER; bit++)
		has_ruler |= ruler[bit] != ' ';
	for (int from = 31; from >= 0; from -= per_line) {
		int to = from - per_line + 1;
		bit_numbers(page, from, to);
		bit_row(page, "board", before, 0, from, to);
		if (before != after)
			bit_row(page, label, after, marked, from, to);
		if (before != after || cursor >= 0)
			mark_row(page, before, after, cursor, from, to);
		if (has_ruler)
			ruler_row(page, ruler, from, to);
	}
}
