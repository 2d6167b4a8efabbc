/* Keys, hashes and secrets: what is programmed, and what is locked. */
#include "src/board_status_parts.h"

#include "src/value_text.h"
#include "src/word_status.h"

#include <stdio.h>
#include <string.h>

bool status_is_key(const struct chip *chip, const struct chip_entry *entry)
{
	if (entry->kind != KIND_HASH && !chip_word_is_secret(chip, entry->first))
		return false;
	for (unsigned word = entry->first; word <= entry->last; word++)
		if (chip_word(chip, word) != entry)
			return false;
	return true;
}

/* A word that holds something shows that its whole bank is not hidden. */
static bool shows_anything(const struct board_facts *facts, const struct chip_bank *bank)
{
	for (unsigned word = bank->first; word <= bank->last; word++)
		if (status_is_known(facts->image, word) && facts->image->value[word] != 0)
			return true;
	return false;
}

struct status_key status_key_of(const struct board_facts *facts, const struct chip_entry *entry)
{
	struct status_key key = {.words = entry->last - entry->first + 1};
	for (unsigned word = entry->first; word <= entry->last; word++) {
		bool known = status_is_known(facts->image, word);
		key.known += known;
		key.set += known && facts->image->value[word] != 0;
		key.unlocked += known && !(facts->image->status[word] & WORD_STATUS_PERMANENT);
	}
	key.locked = value_count_status(facts->image, entry, WORD_STATUS_PERMANENT);
	const struct chip_bank *bank = chip_bank_of(facts->chip, entry->first);
	key.hidden = value_bank_may_hide(bank) && !shows_anything(facts, bank);
	return key;
}

static void lock_text(char *out, size_t cap, const struct status_key *key)
{
	if (key->locked == key->words)
		snprintf(out, cap, "locked");
	else if (key->locked + key->unlocked < key->words)
		snprintf(out, cap, "its locks cannot be told");
	else if (key->locked)
		snprintf(out, cap, "%u of %u words locked", key->locked, key->words);
	else
		snprintf(out, cap, "not locked");
}

static void say_key(
	struct board_status *out, const struct board_facts *facts, const struct chip_entry *entry)
{
	struct status_key key = status_key_of(facts, entry);
	char what[80], locks[60];
	bool told = key.known == key.words && !key.hidden;
	/* Optional places for keys, such as those of firmware that few boards have: only in use. */
	if (told && key.set == 0 && key.locked == 0 && entry->danger <= DANGER_NOTICE)
		return;
	bool locks_told = key.locked + key.unlocked == key.words;
	lock_text(locks, sizeof locks, &key);
	if (key.known == 0)
		snprintf(what, sizeof what, "cannot be read");
	else if (key.hidden)
		snprintf(what, sizeof what, "empty or hidden");
	else if (key.set == 0 && told)
		snprintf(what, sizeof what, "not programmed");
	else if (key.set == key.words)
		snprintf(what, sizeof what, "programmed");
	else
		snprintf(what, sizeof what, "%u of %u words set%s", key.set, key.words,
			told ? "" : ", the rest cannot be read");
	/* Of what cannot be read nobody expects to hear its locks. */
	if (key.set == 0 && !locks_told)
		locks[0] = '\0';
	status_say_of(out, "Keys", entry->name,
		!told              ? CONFIDENCE_NONE
		: entry->confirmed ? CONFIDENCE_CONFIRMED
				   : CONFIDENCE_UNCONFIRMED,
		(int)entry->first, (int)entry->last, "%s%s%s", what, locks[0] ? ", " : "", locks);
}

/* Whether a bank that firmware may hide shows anything. */
static void say_hidden_bank(
	struct board_status *out, const struct board_facts *facts, const struct chip_bank *bank)
{
	unsigned set = 0, unknown = 0, shown = 0;
	for (unsigned word = bank->first; word <= bank->last && word < facts->image->word_count;
		word++) {
		bool known = status_is_known(facts->image, word);
		shown++;
		unknown += !known;
		set += known && facts->image->value[word] != 0;
	}
	const char *text = shown == 0         ? "is not part of what was read"
			   : set              ? "is not hidden"
			   : unknown == shown ? "is hidden: none of its words can be read"
					      : "reads as empty: it may be hidden by firmware";
	status_say(out, "Hidden bank", set ? CONFIDENCE_CONFIRMED : CONFIDENCE_NONE,
		(int)bank->first, (int)bank->last, "the %s bank %s", bank->name, text);
}

void status_keys(struct board_status *out, const struct board_facts *facts)
{
	const struct chip *chip = facts->chip;
	for (size_t i = 0; i < chip->entry_count; i++)
		if (status_is_key(chip, &chip->entries[i]) &&
			!status_name_has(chip->entries[i].name, "rma"))
			say_key(out, facts, &chip->entries[i]);
	for (size_t i = 0; i < chip->bank_count; i++)
		if (chip->banks[i].may_be_hidden)
			say_hidden_bank(out, facts, &chip->banks[i]);
}

void status_locks(struct board_status *out, const struct board_facts *facts)
{
	static const uint32_t bits[] = {WORD_STATUS_PERMANENT, WORD_STATUS_STICKY_PROGRAM,
		WORD_STATUS_STICKY_WRITE, WORD_STATUS_STICKY_READ};
	const struct image *image = facts->image;
	unsigned count[4] = {0}, words = 0, empty = 0, used = 0, locked = 0;
	for (unsigned word = 0; word < image->word_count; word++) {
		const struct chip_entry *entry = chip_word(facts->chip, word);
		bool is_locked = (image->status[word] & WORD_STATUS_PERMANENT) != 0;
		for (size_t i = 0; i < 4; i++)
			count[i] += (image->status[word] & bits[i]) != 0;
		if (!entry || entry->kind != KIND_USER)
			continue;
		words++;
		locked += is_locked;
		empty += status_is_known(image, word) && image->value[word] == 0 && !is_locked;
		used += status_is_known(image, word) && image->value[word] != 0;
	}
	if (words)
		status_say(out, "Customer", CONFIDENCE_CONFIRMED, STATUS_NO_WORD, STATUS_NO_WORD,
			"%u words: %u free, %u used, %u locked for ever", words, empty, used,
			locked);
	status_say(out, "Locks", CONFIDENCE_CONFIRMED, STATUS_NO_WORD, STATUS_NO_WORD,
		"%u for ever; until reset %u S, %u W, %u R", count[0], count[1], count[2],
		count[3]);
}
