#include "src/value_text.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

const struct chip_entry *value_entry(const struct chip *chip, unsigned word)
{
	const struct chip_entry *entry = chip_word(chip, word);
	if (entry == NULL || entry->first == entry->last)
		return NULL;
	if (entry->kind != KIND_ID && entry->kind != KIND_HASH && entry->kind != KIND_MAC &&
		!chip_word_is_secret(chip, word))
		return NULL;
	for (unsigned i = entry->first; i <= entry->last; i++)
		if (chip_word(chip, i) != entry)
			return NULL;
	return entry;
}

/* --- MAC addresses ---------------------------------------------------------------------------- */

bool value_mac(uint8_t out[VALUE_MAC_BYTES], const struct chip_entry *entry,
	const struct image *image, unsigned first_byte)
{
	unsigned any = 0, all = 0xFF;
	for (unsigned i = 0; i < VALUE_MAC_BYTES; i++) {
		unsigned at = first_byte + i;
		unsigned word = entry->first + at / 4;
		if (word > entry->last || word >= image->word_count ||
			!image_value_is_known(image, word))
			return false;
		out[i] = (uint8_t)(image->value[word] >> (8 * (at % 4)));
		any |= out[i];
		all &= out[i];
	}
	return any != 0 && all != 0xFF;
}

/* Appends the addresses with bytes among those from `begin` to before `end`. */
static void append_macs(char *out, size_t cap, const char *label, const struct chip_entry *entry,
	const struct image *image, unsigned begin, unsigned end)
{
	unsigned bytes = 4 * (entry->last - entry->first + 1);
	for (unsigned first = 0; first + VALUE_MAC_BYTES <= bytes; first += VALUE_MAC_BYTES) {
		uint8_t mac[VALUE_MAC_BYTES];
		size_t used = strlen(out);
		if (first >= end || first + VALUE_MAC_BYTES <= begin ||
			!value_mac(mac, entry, image, first))
			continue;
		snprintf(out + used, cap - used, "%s%s%02x:%02x:%02x:%02x:%02x:%02x",
			used ? ", " : "", label, mac[0], mac[1], mac[2], mac[3], mac[4], mac[5]);
	}
}

void value_mac_text(char *out, size_t cap, const struct chip_entry *entry,
	const struct image *image, unsigned word)
{
	assert(cap > 0 && word >= entry->first && word <= entry->last);
	unsigned begin = 4 * (word - entry->first);
	out[0] = '\0';
	append_macs(out, cap, "MAC ", entry, image, begin, begin + 4);
}

/* --- all values ------------------------------------------------------------------------------- */

static bool is_known(const struct image *image, unsigned word)
{
	return word < image->word_count && image_value_is_known(image, word);
}

static uint32_t swapped(uint32_t value)
{
	return value << 24 | (value & 0xFF00) << 8 | (value >> 8 & 0xFF00) | value >> 24;
}

static void append_hex(char *out, size_t cap, const struct image *image,
	const struct chip_entry *entry, bool is_unique_id)
{
	for (unsigned word = entry->first; word <= entry->last; word++) {
		size_t used = strlen(out);
		uint32_t value = word < image->word_count ? image->value[word] : 0;
		if (!is_known(image, word))
			snprintf(out + used, cap - used, "????????");
		else if (is_unique_id)
			snprintf(out + used, cap - used, "%08X", (unsigned)value);
		else
			snprintf(out + used, cap - used, "%08x",
				(unsigned)(entry->big_endian ? value : swapped(value)));
	}
}

static enum value_state state_of(const struct chip *chip, const struct image *image,
	const struct chip_entry *entry, bool reveal)
{
	uint32_t any = 0;
	unsigned known = 0, words = entry->last - entry->first + 1;
	for (unsigned word = entry->first; word <= entry->last; word++)
		if (is_known(image, word)) {
			any |= image->value[word];
			known++;
		}
	if (known == 0)
		return VALUE_UNKNOWN;
	if (any == 0 && known == words)
		return value_bank_may_hide(chip_bank_of(chip, entry->first)) ? VALUE_HIDDEN
									     : VALUE_EMPTY;
	if (!reveal && chip_word_is_secret(chip, entry->first))
		return VALUE_MASKED;
	return known == words ? VALUE_SHOWN : VALUE_PARTLY;
}

enum value_state value_text(char *out, size_t cap, const struct chip *chip,
	const struct image *image, const struct chip_entry *entry, bool reveal)
{
	static const char *const instead[] = {[VALUE_EMPTY] = "not programmed",
		[VALUE_HIDDEN] = "empty or hidden",
		[VALUE_UNKNOWN] = "cannot be read",
		[VALUE_MASKED] = "masked"};
	enum value_state state = state_of(chip, image, entry, reveal);
	assert(cap > 0);
	out[0] = '\0';
	if (state != VALUE_SHOWN && state != VALUE_PARTLY) {
		snprintf(out, cap, "%s", instead[state]);
		return state;
	}
	if (entry->kind == KIND_MAC)
		append_macs(out, cap, "", entry, image, 0, 4 * (entry->last - entry->first + 1));
	/* Half an address, or none, is bytes like any others. */
	if (out[0] == '\0')
		append_hex(out, cap, image, entry,
			chip->has_unique_id && chip->unique_id == entry->first);
	return state;
}

bool value_bank_may_hide(const struct chip_bank *bank)
{
	return bank && (bank->may_be_hidden || bank->rule == BANK_NEVER);
}

unsigned value_count_status(
	const struct image *image, const struct chip_entry *entry, uint32_t bits)
{
	unsigned count = 0;
	for (unsigned word = entry->first; word <= entry->last && word < image->word_count; word++)
		count += (image->status[word] & bits) != 0;
	return count;
}
