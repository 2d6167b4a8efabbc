/* What a person should look at. */
#include "src/board_status_parts.h"

#include "src/value_text.h"
#include "src/word_status.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void remark(struct board_status *out, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void remark(struct board_status *out, const char *format, ...)
{
	char text[400];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	status_say(out, STATUS_STANDS_OUT, CONFIDENCE_CONFIRMED, STATUS_NO_WORD, STATUS_NO_WORD,
		"%s", text);
}

/* Words for which `holds` is true, as ranges; how many. */
static unsigned list_words(char *out, size_t cap, const struct board_facts *facts,
	bool (*holds)(const struct board_facts *, unsigned word))
{
	unsigned count = 0;
	out[0] = '\0';
	for (unsigned word = 0; word < facts->image->word_count; word++) {
		unsigned last = word;
		if (!holds(facts, word))
			continue;
		while (last + 1 < facts->image->word_count && holds(facts, last + 1))
			last++;
		status_add_range(out, cap, word, last);
		count += last - word + 1;
		word = last;
	}
	return count;
}

static bool is_not_readable(const struct board_facts *facts, unsigned word)
{
	return (facts->image->status[word] & WORD_STATUS_READ_ERROR) != 0;
}

static bool is_lock_error(const struct board_facts *facts, unsigned word)
{
	return (facts->image->status[word] & WORD_STATUS_LOCK_ERROR) != 0;
}

static bool is_shadow(const struct board_facts *facts, unsigned word)
{
	return (facts->image->status[word] & (WORD_STATUS_READ_ERROR | WORD_STATUS_LOCK_ERROR |
						     WORD_STATUS_STICKY_READ)) ==
	       WORD_STATUS_STICKY_READ;
}

static bool is_odd_status(const struct board_facts *facts, unsigned word)
{
	return (facts->image->status[word] & (WORD_STATUS_RESERVED | WORD_STATUS_UPDATE)) != 0;
}

/* What the chip's maker leaves empty and locks stands out no more than that it is locked. */
static bool is_makers(const struct board_facts *facts, unsigned word)
{
	const struct chip_entry *entry = chip_word(facts->chip, word);
	return entry && (entry->kind == KIND_ID || entry->kind == KIND_CALIB ||
				entry->kind == KIND_RESERVED || entry->kind == KIND_SECRET);
}

/* Locked for ever while empty; parts of a value that has other words set are not told here. */
static bool is_locked_empty(const struct board_facts *facts, unsigned word)
{
	const struct chip_entry *entry = value_entry(facts->chip, word);
	return !is_makers(facts, word) && status_is_known(facts->image, word) &&
	       facts->image->value[word] == 0 &&
	       (facts->image->status[word] & WORD_STATUS_PERMANENT) &&
	       !(entry && status_key_of(facts, entry).set > 0);
}

static void list_remarks(struct board_status *out, const struct board_facts *facts)
{
	static const struct {
		bool (*holds)(const struct board_facts *, unsigned word);
		const char *text;
	} rows[] = {
		{is_not_readable, "not valid, could not be read (bit 0)"},
		{is_lock_error, "their locks could not be read (bit 26)"},
		{is_shadow, "shadow copies, no proof (bit 29)"},
		{is_odd_status, "reserved bits in their status"},
		{is_locked_empty, "locked for ever while empty"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		char words[160];
		unsigned count = list_words(words, sizeof words, facts, rows[i].holds);
		if (count)
			remark(out, "%s %s: %s", count == 1 ? "word" : "words", words,
				rows[i].text);
	}
}

/* Of several addresses each is locked for itself; a word that is not empty has a part of one. */
static void mac_remarks(
	struct board_status *out, const struct board_facts *facts, const struct chip_entry *entry)
{
	unsigned locked = 0, unlocked = 0;
	for (unsigned word = entry->first; word <= entry->last; word++) {
		bool is_set = status_is_known(facts->image, word) && facts->image->value[word] != 0;
		bool is_locked = is_set && (facts->image->status[word] & WORD_STATUS_PERMANENT);
		locked += is_locked;
		unlocked += is_set && !is_locked;
	}
	if (locked > 0 && unlocked > 0)
		remark(out, "%s is locked in part: %u of %u words that are set", entry->name,
			locked, locked + unlocked);
}

static void value_remarks(
	struct board_status *out, const struct board_facts *facts, const struct chip_entry *entry)
{
	struct status_key key = status_key_of(facts, entry);
	bool hash = entry->kind == KIND_HASH;
	if (hash && key.known == key.words && key.set > 0 && key.set < key.words)
		remark(out, "%s is not whole (%u of %u words): closing now ends every boot",
			entry->name, key.set, key.words);
	if (key.locked > 0 && key.unlocked > 0)
		remark(out, "%s is locked in part: %u of %u words", entry->name, key.locked,
			key.words);
	else if (key.set > 0 && key.unlocked > 0)
		remark(out, "%s is programmed but not locked", entry->name);
}

static void life_remarks(struct board_status *out, const struct board_facts *facts)
{
	bool says = facts->image->version != 1;
	bool says_open = global_state_is_open(facts->image->state);
	enum life life = status_life(facts);
	if (says && !says_open)
		remark(out, "the device says that it is %s",
			global_state_name(facts->image->state));
	if (says && life == LIFE_CLOSED && says_open)
		remark(out, "the device says that it is open, its words say closed: believe the "
			    "words, some services never report closed");
	if (says && life == LIFE_OPEN && !says_open)
		remark(out, "its words say open");
	if (life == LIFE_ILLEGAL)
		remark(out, "the words of the life cycle hold no legal mode");
}

void status_stands_out(struct board_status *out, const struct board_facts *facts)
{
	const struct chip *chip = facts->chip;
	size_t before = out->count;
	bool has_mac_words = false, has_mac = false;
	life_remarks(out, facts);
	for (size_t i = 0; i < chip->entry_count; i++) {
		const struct chip_entry *entry = &chip->entries[i];
		if (status_is_key(chip, entry) && entry->first < entry->last)
			value_remarks(out, facts, entry);
		if (entry->kind == KIND_MAC) {
			mac_remarks(out, facts, entry);
			struct status_key mac = status_key_of(facts, entry);
			has_mac_words = true;
			has_mac = has_mac || mac.set > 0 || mac.known < mac.words;
		}
	}
	if (has_mac_words && !has_mac)
		remark(out, "no MAC address is programmed");
	list_remarks(out, facts);
	if (facts->image->word_count < chip->word_count)
		remark(out, "words %u-%u are out of the service's reach", facts->image->word_count,
			chip->word_count - 1);
	if (facts->board[0] == '\0')
		remark(out, "the board cannot be told from others: nothing can be burnt on it");
	if (facts->image->digest == IMAGE_DIGEST_WRONG)
		remark(out, "the SHA-256 behind the words is not that of the words");
	if (out->count == before)
		remark(out, "nothing");
}
