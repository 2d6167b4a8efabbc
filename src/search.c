#include "src/search.h"

#include "src/field.h"
#include "src/grammar.h"
#include "src/value_text.h"
#include "src/word_status.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* --- the question --- */

static bool starts(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

static const struct {
	const char *name;
	enum search_by by;
} signs[] = {{"staged", SEARCH_STAGED}, {"changed", SEARCH_CHANGED}, {"selected", SEARCH_SELECTED}};
#define SIGN_COUNT (sizeof signs / sizeof signs[0])

/* Hex digits from the right; '?' is any digit. */
static enum status take_value(struct search_term *term, const char *text, struct errbuf *err)
{
	const char *digits = text + (starts(text, "0x") || starts(text, "0X") ? 2 : 0);
	size_t length = strlen(digits);
	bool good = length >= 1 && length <= 8;
	term->by = SEARCH_VALUE;
	term->mask = UINT32_MAX;
	for (size_t i = 0; good && i < length; i++) {
		static const char hex[] = "0123456789abcdef";
		const char *digit = strchr(hex, tolower((unsigned char)digits[i]));
		good = digit || digits[i] == '?';
		term->value = term->value << 4 | (digit ? (uint32_t)(digit - hex) : 0);
		term->mask = term->mask << 4 | (digits[i] == '?' ? 0 : 0xF);
	}
	return good ? OK
		    : errbuf_set(err, ERR_USAGE,
			      "'%.40s' is no value: one to eight hex digits are wanted, '?' is any",
			      text);
}

static enum status take_lock(struct search_term *term, const char *text, struct errbuf *err)
{
	term->by = SEARCH_STATUS;
	bool none = strcmp(text, "none") == 0;
	if (none || strcmp(text, "any") == 0) {
		term->mask = WORD_STATUS_LOCKS;
		term->inverted ^= none;
		return OK;
	}
	for (const struct word_status_bit *bit = word_status_bits; bit->name; bit++)
		if (bit->letter && strcmp(text, bit->word) == 0) {
			term->mask = UINT32_C(1) << bit->bit;
			return OK;
		}
	return errbuf_set(err, ERR_USAGE,
		"'lock=%.40s' is no lock: any, none, permanent, sticky-program, sticky-write, "
		"sticky-read, lock-error or read-error is wanted",
		text);
}

static enum status take_kind(struct search_term *term, const char *text, struct errbuf *err)
{
	term->by = SEARCH_KIND;
	for (int kind = 0; word_kind_name((enum word_kind)kind); kind++)
		if (strcmp(text, word_kind_name((enum word_kind)kind)) == 0) {
			term->kind = (enum word_kind)kind;
			return OK;
		}
	return errbuf_set(err, ERR_USAGE, "'kind=%.40s' is no kind of word", text);
}

static enum status take_text(struct search_term *term, const char *text, struct errbuf *err)
{
	if (strlen(text) >= sizeof term->text)
		return errbuf_set(err, ERR_USAGE, "'%.40s…' is too long to be found", text);
	for (size_t i = 0; text[i]; i++)
		term->text[i] = (char)tolower((unsigned char)text[i]);
	return OK;
}

static enum status take_term(struct search_term *term, const char *text, struct errbuf *err)
{
	*term = (struct search_term){.by = SEARCH_TEXT};
	if (text[0] == '!') {
		term->inverted = true;
		text++;
	}
	if (text[0] == '\0')
		return errbuf_set(err, ERR_USAGE, "nothing follows '!'");
	if (text[0] == '=')
		return take_value(term, text + 1, err);
	if (starts(text, "lock="))
		return take_lock(term, text + 5, err);
	if (starts(text, "kind="))
		return take_kind(term, text + 5, err);
	if (starts(text, "bank=")) {
		term->by = SEARCH_BANK;
		return take_text(term, text + 5, err);
	}
	for (size_t i = 0; i < SIGN_COUNT; i++)
		if (strcmp(text, signs[i].name) == 0) {
			term->by = signs[i].by;
			return OK;
		}
	/* A name may begin with digits: only what is a number as a whole is one. */
	struct errbuf no_number = {0};
	if (isdigit((unsigned char)text[0]) &&
		grammar_range(&term->first, &term->last, text, UINT32_MAX, &no_number) == OK) {
		/* A number no word has may be part of a serial number. */
		term->by = term->first < IMAGE_MAX_WORDS ? SEARCH_ID : SEARCH_TEXT;
	}
	if (term->by == SEARCH_ID)
		return OK;
	return take_text(term, text, err);
}

enum status search_parse(struct search *out, const char *text, struct errbuf *err)
{
	*out = (struct search){0};
	for (const char *at = text;;) {
		char term[GRAMMAR_TEXT_MAX];
		size_t length = 0;
		bool quoted = false;
		at += strspn(at, " \t");
		if (*at == '\0')
			break;
		for (; *at && (quoted || (*at != ' ' && *at != '\t')); at++) {
			if (*at == '"')
				quoted = !quoted;
			else if (length + 1 < sizeof term)
				term[length++] = *at;
		}
		term[length] = '\0';
		if (length == 0)
			continue;
		if (out->count == SEARCH_MAX_TERMS)
			return errbuf_set(err, ERR_USAGE, "more than %d terms", SEARCH_MAX_TERMS);
		enum status status = take_term(&out->terms[out->count], term, err);
		if (status != OK)
			return status;
		out->count++;
	}
	return out->count > 0 ? OK
			      : errbuf_set(err, ERR_USAGE,
					"type what to find: a number, a name, =VALUE in hex, "
					"lock=none");
}

/* --- the answer --- */

static bool holds(const char *text, const char *part)
{
	size_t length = strlen(part);
	for (; *text; text++) {
		size_t i = 0;
		while (i < length && tolower((unsigned char)text[i]) == (unsigned char)part[i])
			i++;
		if (i == length)
			return true;
	}
	return false;
}

/* The value of several words as people write it: a key's hash, an address. */
static bool whole_matches(const char *part, const struct search_place *place, unsigned word)
{
	char text[VALUE_TEXT_MAX];
	const struct chip_entry *entry = value_entry(place->chip, word);
	if (!entry)
		return false;
	enum value_state state =
		value_text(text, sizeof text, place->chip, place->image, entry, place->reveal);
	return (state == VALUE_SHOWN || state == VALUE_PARTLY) && holds(text, part);
}

static bool text_matches(const char *part, const struct search_place *place, unsigned word)
{
	char text[400];
	const struct chip *chip = place->chip;
	const struct chip_entry *entry = chip_word(chip, word);
	chip_word_name(text, sizeof text, chip, word);
	if (holds(text, part))
		return true;
	if (entry && (holds(entry->name, part) || holds(word_kind_name(entry->kind), part)))
		return true;
	for (size_t i = 0; i < chip_word_field_count(chip, word); i++)
		if (holds(chip_word_field(chip, word, i)->name, part))
			return true;
	/* Says nothing of secret words, whatever is revealed. */
	word_text(text, sizeof text, chip, place->image, word);
	return holds(text, part) || whole_matches(part, place, word);
}

static const struct edit *edit_of(const struct search_place *place, unsigned word)
{
	static const struct edit nothing;
	return place->edits ? &place->edits->word[word] : &nothing;
}

static bool value_matches(
	const struct search_term *term, const struct search_place *place, unsigned word)
{
	const struct edit *edit = edit_of(place, word);
	bool hidden = chip_word_is_secret(place->chip, word) && !place->reveal;
	bool rubbish =
		place->image->status[word] & (WORD_STATUS_READ_ERROR | WORD_STATUS_LOCK_ERROR);
	if (edit->sets_value && !edit->closes && (edit->value & term->mask) == term->value)
		return true;
	return !hidden && !rubbish && (place->image->value[word] & term->mask) == term->value;
}

static bool bank_matches(
	const struct search_term *term, const struct search_place *place, unsigned word)
{
	const struct chip_bank *bank = chip_bank_of(place->chip, word);
	return bank && holds(bank->name, term->text);
}

static bool has_changed(const struct search_place *place, unsigned word)
{
	const struct image *before = place->before;
	return before && word < before->word_count &&
	       (before->value[word] != place->image->value[word] ||
		       before->status[word] != place->image->status[word]);
}

static bool term_matches(
	const struct search_term *term, const struct search_place *place, unsigned word)
{
	const struct chip_entry *entry = chip_word(place->chip, word);
	switch (term->by) {
	case SEARCH_ID: return word >= term->first && word <= term->last;
	case SEARCH_VALUE: return value_matches(term, place, word);
	case SEARCH_STATUS: return (place->image->status[word] & term->mask) != 0;
	case SEARCH_KIND: return (entry ? entry->kind : KIND_UNKNOWN) == term->kind;
	case SEARCH_BANK: return bank_matches(term, place, word);
	case SEARCH_STAGED: return !edit_is_empty(edit_of(place, word));
	case SEARCH_CHANGED: return has_changed(place, word);
	case SEARCH_SELECTED: return place->selected && place->selected[word];
	case SEARCH_TEXT: return text_matches(term->text, place, word);
	}
	return false;
}

bool search_matches(const struct search *search, const struct search_place *place, unsigned word)
{
	/* "Not this value" would tell as much of a hidden one. */
	for (size_t i = 0; i < search->count; i++) {
		const struct search_term *term = &search->terms[i];
		bool hidden = term->by == SEARCH_VALUE && term->inverted && !place->reveal &&
			      chip_word_is_secret(place->chip, word);
		if (hidden || term_matches(term, place, word) == term->inverted)
			return false;
	}
	return search->count > 0;
}

unsigned search_count(const struct search *search, const struct search_place *place, unsigned word,
	unsigned *below)
{
	unsigned count = 0;
	*below = 0;
	for (unsigned i = 0; i < place->image->word_count; i++)
		if (search_matches(search, place, i)) {
			count++;
			*below += i < word ? 1 : 0;
		}
	return count;
}

int search_next(const struct search *search, const struct search_place *place, unsigned word,
	bool backwards, bool *wrapped)
{
	unsigned count = place->image->word_count;
	for (unsigned step = 1; step <= count; step++) {
		unsigned to = (word + (backwards ? count - step : step)) % count;
		if (!search_matches(search, place, to))
			continue;
		if (wrapped)
			*wrapped = backwards ? to >= word : to <= word;
		return (int)to;
	}
	return -1;
}

/* --- completion --- */

size_t search_complete(const char *out[], size_t cap, const char *prefix)
{
	static const char *const words[] = {"lock=any", "lock=none", "lock=permanent",
		"lock=sticky-program", "lock=sticky-write", "lock=sticky-read", "lock=lock-error",
		"lock=read-error", "kind=unknown", "kind=lifecycle", "kind=id", "kind=config",
		"kind=hash", "kind=secret", "kind=key", "kind=calib", "kind=mac", "kind=board-id",
		"kind=user", "kind=reserved", "bank=", "staged", "changed", "selected"};
	size_t count = 0;
	const char *typed = prefix + strlen(prefix);
	while (typed > prefix && typed[-1] != ' ' && typed[-1] != '\t')
		typed--;
	typed += *typed == '!' ? 1 : 0;
	for (size_t i = 0; i < sizeof words / sizeof words[0] && count < cap; i++)
		if (*typed && starts(words[i], typed))
			out[count++] = words[i];
	return count;
}
