/* Rules that only say what is good to know of an edit to one word: nothing to acknowledge. */
#include "src/rules_table.h"

#include "src/field.h"
#include "src/word_status.h"

#include <stdio.h>

static bool rule_already_so(const struct subject *s, char *text, size_t cap)
{
	return s->known && !subject_acts(s) &&
	       rules_say(text, cap, "already as asked: nothing is sent for this word");
}

static bool rule_only_write(const struct subject *s, char *text, size_t cap)
{
	return s->writes && s->known && s->value == 0 && subject_is_written_once(s) &&
	       rules_say(text, cap, "this first write is the only one the word will ever take");
}

static bool rule_freezes_bits(const struct subject *s, char *text, size_t cap)
{
	return s->locks && !subject_is_written_once(s) && s->final != 0 &&
	       rules_say(text, cap,
		       "the lock holds for all 32 bits: those that are 0 stay 0 for ever");
}

static bool rule_sets_field(const struct subject *s, char *text, size_t cap)
{
	if (!s->writes || !s->known)
		return false;
	const struct chip *chip = s->context->chip;
	size_t used = 0, count = chip_word_field_count(chip, s->word);
	for (size_t i = 0; i < count && used < cap; i++) {
		const struct chip_field *field = chip_word_field(chip, s->word, i);
		if (field_value(field, s->value) == field_value(field, s->final))
			continue;
		char before[48], after[48];
		field_text(before, sizeof before, field, s->value);
		field_text(after, sizeof after, field, s->final);
		int n = snprintf(text + used, cap - used, "%s%s: %s -> %s", used ? "; " : "",
			field->name, before, after);
		used += n > 0 ? (size_t)n : 0;
	}
	return used > 0;
}

static bool rule_locks_untold(const struct subject *s, char *text, size_t cap)
{
	return s->context->image->version == 3 && subject_acts(s) &&
	       !peer_traits(s->context->peer)->shows_every_lock &&
	       !(s->status & WORD_STATUS_LOCKS) &&
	       rules_say(text, cap,
		       "%s does not show every lock: the word may be locked until reset all the "
		       "same,"
		       " and then nothing is burnt",
		       peer_traits(s->context->peer)->name);
}

static bool rule_unconfirmed_word(const struct subject *s, char *text, size_t cap)
{
	const struct chip_entry *entry = chip_word(s->context->chip, s->word);
	return subject_acts(s) && entry && !entry->confirmed &&
	       rules_say(text, cap,
		       "what is said of this word is unconfirmed: no readable source was found");
}

static bool rule_unconfirmed_request(const struct subject *s, char *text, size_t cap)
{
	const struct chip_bank *bank = chip_bank_of(s->context->chip, s->word);
	const struct peer_bank *row = peer_bank(
		s->context->peer, s->context->image->word_count, bank ? bank->rule : BANK_ONCE);
	return subject_acts(s) && row->writable && !row->confirmed &&
	       rules_say(text, cap, "how this service treats the request is unconfirmed (%s)",
		       row->source);
}

const struct rule rules_of_notes[] = {
	{"already-so", SEVERITY_NOTE, CLASS_PASSING, rule_already_so, NULL,
		"the word is already as asked", "", ""},
	{"only-write", SEVERITY_NOTE, CLASS_PASSING, rule_only_write, NULL,
		"the first write is the only one", "", ""},
	{"freezes-bits", SEVERITY_NOTE, CLASS_PASSING, rule_freezes_bits, NULL,
		"a lock holds for all bits of the word", "", ""},
	{"sets-field", SEVERITY_NOTE, CLASS_PASSING, rule_sets_field, NULL,
		"what the named fields become", "", ""},
	{"locks-untold", SEVERITY_NOTE, CLASS_PASSING, rule_locks_untold, NULL,
		"the service does not show every lock", "", "STM32PRGFW-UTIL v1.1.2 otp_util.c"},
	{"unconfirmed-word", SEVERITY_NOTE, CLASS_PASSING, rule_unconfirmed_word, NULL,
		"the map's word is unconfirmed", "", ""},
	{"unconfirmed-request", SEVERITY_NOTE, CLASS_PASSING, rule_unconfirmed_request, NULL,
		"the service's behaviour is unconfirmed", "", ""},
	{0},
};
