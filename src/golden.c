#include "src/golden.h"

#include "src/clean_text.h"
#include "src/closing.h"
#include "src/plan.h"
#include "src/plan_file.h"
#include "src/value_text.h"
#include "src/word_status.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct maker {
	struct golden *out;
	const struct golden_question *question;
	const struct image *golden, *board;
	const struct chip *chip; /* the board's */
	bool has_gap[IMAGE_MAX_WORDS];
};

static void add_gap(struct maker *maker, unsigned word, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* The first reason stands; what was to be done with the word is dropped. */
static void add_gap(struct maker *maker, unsigned word, const char *format, ...)
{
	maker->out->edits.word[word] = (struct edit){0};
	if (maker->has_gap[word])
		return;
	struct golden_gap *gap = &maker->out->gaps[maker->out->gap_count++];
	va_list arguments;
	maker->has_gap[word] = true;
	gap->word = word;
	va_start(arguments, format);
	vsnprintf(gap->text, sizeof gap->text, format, arguments);
	va_end(arguments);
}

/* --- what is known ---------------------------------------------------------------------------- */

/* A bank that may be hidden and reads as nothing but 0 says nothing of its words. */
static bool may_be_hidden(const struct image *image, const struct chip *chip, unsigned word)
{
	const struct chip_bank *bank = chip_bank_of(chip, word);
	if (!value_bank_may_hide(bank))
		return false;
	for (unsigned i = bank->first; i <= bank->last && i < image->word_count; i++)
		if (image_value_is_known(image, i) && image->value[i] != 0)
			return false;
	return true;
}

static bool is_told(const struct image *image, const struct chip *chip, unsigned word)
{
	return image_value_is_known(image, word) && !may_be_hidden(image, chip, word);
}

static bool is_locked(const struct image *image, unsigned word)
{
	return (image->status[word] & WORD_STATUS_PERMANENT) != 0;
}

/* Whether anything is to be done: a value, a lock, or one that cannot be told. */
static bool differs(const struct maker *maker, unsigned word)
{
	const struct image *golden = maker->golden, *board = maker->board;
	if (word >= board->word_count || !is_told(golden, maker->chip, word) ||
		!is_told(board, maker->chip, word))
		return true;
	return golden->value[word] != board->value[word] ||
	       is_locked(golden, word) != is_locked(board, word);
}

/* --- which words ------------------------------------------------------------------------------ */

/* Why words of this kind are never taken; NULL: they are, where they are asked for. */
static const char *never_taken(enum word_kind kind)
{
	switch (kind) {
	case KIND_ID:
	case KIND_CALIB: return "it is of one chip, and written by its maker";
	case KIND_SECRET:
	case KIND_KEY: return "it is a secret, and a plan would show it";
	case KIND_RESERVED:
	case KIND_UNKNOWN: return "the map does not say what it is for";
	case KIND_LIFECYCLE:
	case KIND_CONFIG:
	case KIND_HASH:
	case KIND_MAC:
	case KIND_BOARD_ID:
	case KIND_USER: break;
	}
	return NULL;
}

static enum word_kind kind_of(const struct chip *chip, unsigned word)
{
	const struct chip_entry *entry = chip_word(chip, word);
	return entry ? entry->kind : KIND_UNKNOWN;
}

/* Says why not, where the word was asked for by name. */
static bool is_wanted(struct maker *maker, unsigned word)
{
	const struct golden_question *question = maker->question;
	enum word_kind kind = kind_of(maker->chip, word);
	const char *never = never_taken(kind);
	bool named = question->selected && question->selected[word];
	if (question->selected && !named)
		return false;
	if (!differs(maker, word))
		return false;
	if (!never && (kind != KIND_LIFECYCLE || question->life_cycle) &&
		(kind != KIND_MAC || named))
		return true;
	if (named)
		add_gap(maker, word, "%s",
			never ? never : "it is of the life cycle: --life-cycle takes such words");
	else if (!never && is_told(maker->golden, maker->chip, word))
		maker->out->left_out[word] = true;
	return false;
}

/* Bits of fields that are not for the customer, by the narrowest field that holds each. */
static uint32_t foreign_bits(const struct maker *maker, unsigned word)
{
	uint32_t foreign = 0;
	unsigned width[32];
	for (unsigned bit = 0; bit < 32; bit++)
		width[bit] = 33;
	for (size_t i = 0; i < chip_word_field_count(maker->chip, word); i++) {
		const struct chip_field *field = chip_word_field(maker->chip, word, i);
		unsigned wide = field->high - field->low + 1;
		bool is_foreign = never_taken(field->kind) != NULL ||
				  (field->kind == KIND_LIFECYCLE && !maker->question->life_cycle);
		for (unsigned bit = field->low; bit <= field->high; bit++) {
			if (wide >= width[bit])
				continue;
			width[bit] = wide;
			foreign &= ~(UINT32_C(1) << bit);
			foreign |= (uint32_t)is_foreign << bit;
		}
	}
	return foreign;
}

/* --- one word --------------------------------------------------------------------------------- */

static bool can_be_told(struct maker *maker, unsigned word)
{
	const struct image *golden = maker->golden, *board = maker->board;
	if (word >= board->word_count)
		add_gap(maker, word, "the board does not show this word");
	else if (!image_value_is_known(golden, word))
		add_gap(maker, word, "the golden image does not tell what it holds");
	else if (may_be_hidden(golden, maker->chip, word))
		add_gap(maker, word, "its bank may be hidden in the golden image");
	else if (!image_value_is_known(board, word))
		add_gap(maker, word, "it cannot be read back on the board");
	else if (may_be_hidden(board, maker->chip, word))
		add_gap(maker, word, "its bank may be hidden on the board");
	else
		return true;
	return false;
}

static bool can_be_written(struct maker *maker, unsigned word)
{
	const struct session *session = maker->question->board;
	const struct chip_bank *bank = chip_bank_of(maker->chip, word);
	uint32_t golden = maker->golden->value[word], board = maker->board->value[word];
	uint32_t status = maker->board->status[word];
	uint32_t foreign = (golden ^ board) & foreign_bits(maker, word);
	if (session->untouchable[word])
		add_gap(maker, word, "an earlier commit of it ended without a known result");
	else if (!bank ||
		 !peer_bank(session->info.peer, maker->board->word_count, bank->rule)->writable)
		add_gap(maker, word, "no host can write it");
	else if (board & ~golden)
		add_gap(maker, word, "0x%08X is burnt that 0x%08X has not: fuses cannot be cleared",
			(unsigned)(board & ~golden), (unsigned)golden);
	else if (status & WORD_STATUS_PERMANENT)
		add_gap(maker, word, "it is locked for ever with 0x%08X instead of 0x%08X",
			(unsigned)board, (unsigned)golden);
	else if (status & WORD_STATUS_STICKY_PROGRAM)
		add_gap(maker, word, "it is locked until the board's reset");
	else if (bank->rule == BANK_ONCE && board != 0)
		add_gap(maker, word, "0x%08X is written, and it takes one write only",
			(unsigned)board);
	else if (foreign)
		add_gap(maker, word,
			"bits 0x%08X differ that are reserved, of the maker or of the life cycle",
			(unsigned)foreign);
	else
		return true;
	return false;
}

static void take_word(struct maker *maker, unsigned word)
{
	struct edit *edit = &maker->out->edits.word[word];
	if (!is_wanted(maker, word) || !can_be_told(maker, word))
		return;
	if (maker->golden->value[word] != maker->board->value[word]) {
		if (!can_be_written(maker, word))
			return;
		edit->sets_value = true;
		edit->value = maker->golden->value[word];
	}
	/* A word of the life cycle is not written and locked in one plan. */
	bool lock = is_locked(maker->golden, word);
	if (!lock && is_locked(maker->board, word))
		add_gap(maker, word, "it is locked for ever, and in the golden image it is not");
	else if (lock && !is_locked(maker->board, word)) {
		if (kind_of(maker->chip, word) == KIND_LIFECYCLE)
			add_gap(maker, word, "its lock takes a plan of its own");
		else
			edit->locks = WORD_STATUS_PERMANENT;
	}
}

/* --- values of several words ------------------------------------------------------------------ */

static bool has_gap_within(const struct maker *maker, const struct chip_entry *entry)
{
	for (unsigned word = entry->first; word <= entry->last; word++)
		if (maker->has_gap[word])
			return true;
	return false;
}

/* Half a hash or half an address is worse than none. */
static void drop_halves(struct maker *maker)
{
	for (unsigned word = 0; word < maker->board->word_count; word++) {
		const struct chip_entry *entry = value_entry(maker->chip, word);
		if (entry && !edit_is_empty(&maker->out->edits.word[word]) &&
			has_gap_within(maker, entry))
			add_gap(maker, word, "%s would not be whole without its other words",
				entry->name);
	}
}

/* --- the life cycle --------------------------------------------------------------------------- */

/* All closing bits, or none of them: "close" is the one word that closes. */
static void take_closing(struct maker *maker)
{
	const struct closing *closing = closing_of(maker->chip);
	if (!closing || !maker->question->life_cycle)
		return;
	bool golden_closed = true, board_closed = true, all_named = true;
	for (size_t i = 0; i < closing->count; i++) {
		unsigned word = closing->words[i].word;
		uint32_t bits = closing->words[i].bits;
		golden_closed = golden_closed && word < maker->golden->word_count &&
				image_value_is_known(maker->golden, word) &&
				(maker->golden->value[word] & bits) == bits;
		board_closed = board_closed && word < maker->board->word_count &&
			       (maker->board->value[word] & bits) == bits;
		all_named = all_named &&
			    (!maker->question->selected || maker->question->selected[word]);
	}
	for (size_t i = 0; i < closing->count; i++) {
		unsigned word = closing->words[i].word;
		struct edit *edit = &maker->out->edits.word[word];
		if (golden_closed && !board_closed && all_named && !maker->has_gap[word])
			*edit = (struct edit){.sets_value = true,
				.closes = true,
				.value = closing->words[i].bits};
		else if (edit->sets_value &&
			 (edit->value & closing->words[i].bits & ~maker->board->value[word]))
			add_gap(maker, word, "it would close the device in part");
	}
}

/* What closes is asked for as one: where one word of it is dropped, all are. */
static void drop_half_closing(struct maker *maker)
{
	const struct closing *closing = closing_of(maker->chip);
	bool half = false;
	for (size_t i = 0; closing && i < closing->count; i++)
		half = half || maker->has_gap[closing->words[i].word];
	for (size_t i = 0; half && i < closing->count; i++)
		if (maker->out->edits.word[closing->words[i].word].closes)
			add_gap(maker, closing->words[i].word, "the device cannot be closed whole");
}

/* --- the rules -------------------------------------------------------------------------------- */

/*
 * Drops words until no rule refuses the rest. Each round drops one at least, so it ends. What is
 * refused as a whole (a closed device, a board without identity) is a failure.
 */
static enum status obey_rules(struct maker *maker, struct errbuf *err)
{
	enum status status = OK;
	bool again = true;
	while (again && status == OK && edits_count(&maker->out->edits) > 0) {
		struct plan *plan;
		again = false;
		status = session_plan(&plan, maker->question->board, &maker->out->edits, err);
		if (status != OK)
			return status;
		for (size_t i = 0; status == OK && i < plan->remarks.count; i++) {
			const struct remark *remark = &plan->remarks.items[i];
			if (remark->severity != SEVERITY_ERROR)
				continue;
			if (remark->word < 0)
				status = errbuf_set(
					err, ERR_REFUSED, "no plan can be made: %s", remark->text);
			else {
				add_gap(maker, (unsigned)remark->word, "%s", remark->text);
				again = true;
			}
		}
		plan_free(plan);
		drop_halves(maker);
		drop_half_closing(maker);
	}
	return status;
}

static int compare_gaps(const void *a, const void *b)
{
	const struct golden_gap *x = a, *y = b;
	return (x->word > y->word) - (x->word < y->word);
}

enum status golden_make(
	struct golden *out, const struct golden_question *question, struct errbuf *err)
{
	struct maker maker = {.out = out,
		.question = question,
		.golden = question->golden,
		.board = &question->board->image,
		.chip = question->board->chip};
	*out = (struct golden){0};
	if (maker.chip->is_plain || question->chip->is_plain)
		return errbuf_set(err, ERR_REFUSED,
			"the family of the %s is not known, so nothing can be planned: --chip NAME "
			"names it",
			maker.chip->is_plain ? "board" : "golden image");
	if (strcmp(maker.chip->name, question->chip->name) != 0)
		return errbuf_set(err, ERR_REFUSED,
			"the golden image is of %s, and the board of %s: no plan leads there",
			question->chip->title, maker.chip->title);
	for (unsigned word = 0; word < maker.golden->word_count; word++)
		take_word(&maker, word);
	take_closing(&maker);
	drop_halves(&maker);
	drop_half_closing(&maker);
	enum status status = obey_rules(&maker, err);
	qsort(out->gaps, out->gap_count, sizeof out->gaps[0], compare_gaps);
	return status;
}

/* --- the plan file ---------------------------------------------------------------------------- */

void golden_left_out_text(char *out, size_t cap, const struct golden *golden)
{
	size_t used = 0;
	out[0] = '\0';
	for (unsigned word = 0; word < IMAGE_MAX_WORDS && used < cap; word++) {
		unsigned first = word;
		if (!golden->left_out[word])
			continue;
		while (word + 1 < IMAGE_MAX_WORDS && golden->left_out[word + 1])
			word++;
		int n = snprintf(out + used, cap - used, word > first ? "%s%u-%u" : "%s%u",
			used ? ", " : "", first, word);
		used += n > 0 ? (size_t)n : 0;
	}
}

/* Comments end with their line, so names and reasons must not break it. */
static void put_clean(FILE *out, const char *text)
{
	clean_text_put(out, text, strlen(text));
}

enum status golden_format(char **out, const struct golden *golden, const struct session *board,
	const char *name, struct errbuf *err)
{
	char digest[IMAGE_DIGEST_LENGTH + 1], left_out[1024], word_name[64];
	char *plan = NULL;
	size_t length;
	image_digest(digest, &board->image);
	enum status status =
		plan_file_format(&plan, &golden->edits, board->chip, board->board, digest, err);
	if (status != OK)
		return status;
	*out = NULL;
	FILE *text = open_memstream(out, &length);
	if (!text) {
		free(plan);
		return errbuf_set(err, ERR_MEMORY, "out of memory for the plan's text");
	}
	fputs("# towards the golden image ", text);
	put_clean(text, name);
	fputc('\n', text);
	for (size_t i = 0; i < golden->gap_count; i++) {
		const struct golden_gap *gap = &golden->gaps[i];
		chip_word_name(word_name, sizeof word_name, board->chip, gap->word);
		fprintf(text, "# not reached: word %u %s: ", gap->word, word_name);
		put_clean(text, gap->text);
		fputc('\n', text);
	}
	golden_left_out_text(left_out, sizeof left_out, golden);
	if (left_out[0])
		fprintf(text, "# left out, though they differ: words %s\n", left_out);
	fputs(plan, text);
	free(plan);
	bool failed = ferror(text) != 0;
	failed = fclose(text) != 0 || failed;
	if (!failed)
		return OK;
	free(*out);
	*out = NULL;
	return errbuf_set(err, ERR_MEMORY, "out of memory for the plan's text");
}
