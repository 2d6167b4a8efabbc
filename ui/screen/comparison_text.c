/* What differs, as a text. */
#include "src/clean_text.h"
#include "src/diff.h"
#include "src/field.h"
#include "src/word_status.h"
#include "ui/screen/comparison.h"

#include <stdio.h>
#include <string.h>

static unsigned bit_count(uint32_t bits)
{
	unsigned count = 0;
	for (; bits != 0; bits &= bits - 1)
		count++;
	return count;
}

enum tone comparison_way(char out[COMPARISON_WAY_MAX], const struct diff_word *word)
{
	uint32_t missing = word->value_b & ~word->value_a, extra = word->value_a & ~word->value_b;
	bool permanent_here = (word->status_a & WORD_STATUS_PERMANENT) != 0;
	bool permanent_there = (word->status_b & WORD_STATUS_PERMANENT) != 0;
	enum tone tone = TONE_WARNING;
	if (!word->in_a || !word->in_b) {
		snprintf(out, COMPARISON_WAY_MAX, "no such word %s", word->in_a ? "there" : "here");
	} else if (!word->known_a || !word->known_b) {
		snprintf(out, COMPARISON_WAY_MAX, "unknown %s",
			word->known_a   ? "there"
			: word->known_b ? "here"
					: "both here and there");
	} else if (extra) {
		snprintf(out, COMPARISON_WAY_MAX, "no: %u burnt here", bit_count(extra));
	} else if (permanent_here && (missing || !permanent_there)) {
		snprintf(out, COMPARISON_WAY_MAX, "no: locked here");
	} else if (missing) {
		unsigned count = bit_count(missing);
		snprintf(out, COMPARISON_WAY_MAX, "burn %u bit%s%s", count, count == 1 ? "" : "s",
			permanent_there ? ", lock" : "");
		tone = TONE_CHANGE;
	} else if (permanent_there && !permanent_here) {
		snprintf(out, COMPARISON_WAY_MAX, "lock");
		tone = TONE_CHANGE;
	} else {
		snprintf(out, COMPARISON_WAY_MAX, "only until reset");
		tone = TONE_FAINT;
	}
	return tone;
}

/* What the rows need to know. */
struct telling {
	struct page *page;
	const struct comparison *comparison;
	const struct session *session;
	bool reveal;
	int name_columns; /* 0: there is no room for names */
};

static bool is_masked(const struct telling *telling, unsigned word)
{
	return !telling->reveal && (chip_word_is_secret(telling->session->chip, word) ||
					   telling->comparison->secret[word]);
}

static void add_side(
	const struct telling *telling, unsigned word, bool there, uint32_t value, uint32_t status)
{
	char letters[WORD_STATUS_LETTERS + 1];
	struct page *page = telling->page;
	if (!there) {
		page_add(page, TONE_FAINT, " %-15s", "-");
		return;
	}
	word_status_letters(letters, status);
	if (is_masked(telling, word) && value != 0)
		page_add(page, TONE_PLAIN, " ********");
	else if (status & (WORD_STATUS_READ_ERROR | WORD_STATUS_LOCK_ERROR))
		page_add(page, TONE_ERROR, " ????????");
	else
		page_add(page, TONE_PLAIN, " %08X", (unsigned)value);
	page_add(page, status & WORD_STATUS_UNTRUSTED ? TONE_WARNING : TONE_FAINT, " %s", letters);
}

/* In so many columns, whatever characters a person's own names are made of. */
static void add_name(const struct telling *telling, enum tone tone, const char *name)
{
	size_t bytes = 0, length = strlen(name);
	unsigned room = (unsigned)telling->name_columns;
	while (bytes < length) {
		size_t next = bytes + 1;
		while (next < length && ((unsigned char)name[next] & 0xC0) == 0x80)
			next++;
		if (page_columns(name, next) > room)
			break;
		bytes = next;
	}
	page_add(telling->page, tone, " %.*s%*s", (int)bytes, name,
		(int)(room - page_columns(name, bytes)), "");
}

static void row(const struct telling *telling, const struct diff_word *word, bool chosen)
{
	char name[64], way[COMPARISON_WAY_MAX];
	struct page *page = telling->page;
	enum tone tone = comparison_way(way, word);
	/* How many bits a secret has is none of a bystander's business. */
	if (is_masked(telling, word->word) && word->value_a != word->value_b)
		snprintf(way, sizeof way, "differs, masked");
	chip_word_name(name, sizeof name, telling->session->chip, word->word);
	page_add(
		page, chosen ? TONE_HEADING : TONE_PLAIN, "%s%03u", chosen ? ">" : " ", word->word);
	if (telling->name_columns > 0)
		add_name(telling, chosen ? TONE_HEADING : TONE_PLAIN, name);
	add_side(telling, word->word, word->in_a, word->value_a, word->status_a);
	page_add(page, TONE_PLAIN, " ");
	add_side(telling, word->word, word->in_b, word->value_b, word->status_b);
	page_add(page, tone, "  %s", way);
	page_end(page);
}

#define INDENT 6

/* "only there: 31, 7-4" */
static void bits_line(const struct telling *telling, const char *label, uint32_t bits)
{
	char text[160] = "";
	size_t used = 0;
	for (int high = 31; high >= 0; high--) {
		int low = high;
		if (!(bits >> high & 1))
			continue;
		while (low > 0 && (bits >> (low - 1) & 1))
			low--;
		used += (size_t)snprintf(text + used, sizeof text - used,
			high == low ? "%s%d" : "%s%d-%d", used ? ", " : "", high, low);
		high = low;
	}
	if (bits == 0)
		return;
	page_add(telling->page, TONE_FAINT, "%*s%s ", INDENT, "", label);
	page_wrap(telling->page, TONE_PLAIN, INDENT + 2, "%s", text);
}

static void fields_lines(const struct telling *telling, const struct diff_word *word)
{
	const struct chip *chip = telling->session->chip;
	size_t count = chip_word_field_count(chip, word->word);
	for (size_t i = 0; i < count; i++) {
		const struct chip_field *field = chip_word_field(chip, word->word, i);
		char here[80], there[80];
		if (field_value(field, word->value_a) == field_value(field, word->value_b))
			continue;
		field_text(here, sizeof here, field, word->value_a);
		field_text(there, sizeof there, field, word->value_b);
		page_add(telling->page, TONE_FAINT, "%*s%s: ", INDENT, "", field->name);
		page_wrap(telling->page, TONE_PLAIN, INDENT + 2, "%s here, %s there%s", here, there,
			field->confirmed ? "" : " (unconfirmed)");
	}
}

static void locks_line(const struct telling *telling, const char *label, uint32_t status)
{
	char text[300];
	word_status_spell(text, sizeof text, status);
	if (text[0] == '\0')
		return;
	page_add(telling->page, TONE_FAINT, "%*s%s ", INDENT, "", label);
	page_wrap(telling->page, TONE_PLAIN, INDENT + 2, "%s", text);
}

/* The difference under the cursor, bit by bit and field by field. */
static void chosen_lines(const struct telling *telling, const struct diff_word *word)
{
	if (is_masked(telling, word->word)) {
		page_add(telling->page, TONE_FAINT, "%*s", INDENT, "");
		page_wrap(telling->page, TONE_FAINT, INDENT,
			"masked: it may be secret (start with --reveal to see it)");
	} else if (word->known_a && word->known_b) {
		bits_line(telling, "bits only here", word->value_a & ~word->value_b);
		bits_line(telling, "bits only there", word->value_b & ~word->value_a);
		fields_lines(telling, word);
	}
	if (!word->in_a || !word->in_b)
		return;
	locks_line(telling, "only here", word->status_a & ~word->status_b);
	locks_line(telling, "only there", word->status_b & ~word->status_a);
}

static void head(const struct telling *telling, const struct diff *diff)
{
	const struct image *here = &telling->session->image, *there = &telling->comparison->there;
	struct page *page = telling->page;
	char source[sizeof telling->session->source_text];
	memcpy(source, telling->session->source_text, sizeof source);
	clean_text_in_place(source);
	page_add(page, TONE_FAINT, "here   ");
	page_wrap(page, TONE_PLAIN, 7, "%s, %s", source, global_state_name(here->state));
	page_add(page, TONE_FAINT, "there  ");
	page_wrap(page, TONE_PLAIN, 7, "%s, %s", telling->comparison->name,
		global_state_name(there->state));
	if (telling->comparison->chip[0])
		page_wrap(page, TONE_WARNING, 0,
			"The other image is of another family: %s. Names and fields are those of "
			"here.",
			telling->comparison->chip);
	if (diff->state_differs)
		page_wrap(page, TONE_WARNING, 0, "The global state differs: %08X here, %08X there.",
			(unsigned)here->state, (unsigned)there->state);
	if (diff->version_differs)
		page_wrap(page, TONE_FAINT, 0,
			"The structure's version differs: %u here, %u there.",
			(unsigned)here->version, (unsigned)there->version);
	if (diff->count == 0)
		page_wrap(page, TONE_GOOD, 0, "No word differs, neither its value nor its locks.");
	else
		page_wrap(page, TONE_HEADING, 0, "%zu of %u words differ%s.", diff->count,
			here->word_count > there->word_count ? here->word_count : there->word_count,
			diff->count == 1 ? "s" : "");
	page_end(page);
}

size_t comparison_text(struct page *page, size_t *first, size_t *past,
	const struct comparison *comparison, const struct session *session, bool reveal)
{
	struct diff diff;
	int room = (int)page->width - 4 - 2 * 16 - 3 - 18;
	struct telling telling = {page, comparison, session, reveal,
		room < 8    ? 0
		: room > 24 ? 24
			    : room - 1};
	diff_images(&diff, &session->image, &comparison->there);
	*first = *past = 0;
	head(&telling, &diff);
	if (diff.count == 0)
		return 0;
	page_add(page, TONE_HEADING, " word%*s here%14sthere%12sto get there",
		telling.name_columns > 0 ? telling.name_columns + 1 : 0, "", "", "");
	page_end(page);
	size_t chosen = 0;
	while (chosen + 1 < diff.count && diff.words[chosen].word < comparison->word)
		chosen++;
	for (size_t i = 0; i < diff.count; i++) {
		if (i == chosen)
			*first = page->line_count;
		row(&telling, &diff.words[i], i == chosen);
		if (i == chosen) {
			chosen_lines(&telling, &diff.words[i]);
			*past = page->line_count;
		}
	}
	return diff.count;
}
