/* Rules about values that take several words, and about what the ROM starts from. */
#include "src/rules_table.h"

#include "src/field.h"
#include "src/word_status.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

/* --- one value in several words / --- */

/* A value of several words, as it will stand after the plan. */
struct whole {
	const struct chip_entry *entry;
	unsigned words, empty, full, unknown, locked;
	unsigned first_empty;
	bool is_first; /* the subject is the first of its words that the plan changes */
};

static bool acts_on(const struct rules_context *context, unsigned word)
{
	struct subject subject;
	return subject_make(&subject, context, word) && subject_acts(&subject);
}

/* False where the word does not belong to one value of several words. */
static bool whole_of(struct whole *out, const struct subject *s)
{
	const struct rules_context *context = s->context;
	const struct chip_entry *entry = chip_word(context->chip, s->word);
	*out = (struct whole){.entry = entry};
	if (!entry || entry->first == entry->last || !subject_acts(s))
		return false;
	if (entry->kind != KIND_HASH && entry->kind != KIND_KEY && entry->kind != KIND_MAC)
		return false;
	bool found = false;
	for (unsigned word = entry->first; word <= entry->last; word++) {
		if (word >= context->image->word_count)
			break;
		if (!found && acts_on(context, word)) {
			found = true;
			out->is_first = word == s->word;
		}
		const struct edit *edit = &context->edits->word[word];
		uint32_t value = rules_final_value(context, word);
		out->words++;
		out->locked +=
			((context->image->status[word] | edit->locks) & WORD_STATUS_PERMANENT) != 0;
		if (!edit->sets_value && !image_value_is_known(context->image, word)) {
			out->unknown++;
			continue;
		}
		if (value == 0 && out->empty++ == 0)
			out->first_empty = word;
		out->full += value == UINT32_MAX;
	}
	return true;
}

static bool rule_value_incomplete(const struct subject *s, char *text, size_t cap)
{
	struct whole whole;
	return whole_of(&whole, s) && whole.is_first && whole.entry->kind != KIND_MAC &&
	       whole.empty > 0 && whole.empty < whole.words &&
	       rules_say(text, cap,
		       "%s takes words %u to %u, and after this plan %u of them still %s empty, "
		       "the "
		       "first is word %u: half a key is no key",
		       whole.entry->name, whole.entry->first, whole.entry->last, whole.empty,
		       whole.empty == 1 ? "is" : "are", whole.first_empty);
}

static bool rule_value_trivial(const struct subject *s, char *text, size_t cap)
{
	struct whole whole;
	if (!whole_of(&whole, s) || !whole.is_first || whole.entry->kind == KIND_MAC)
		return false;
	return (whole.full == whole.words || whole.empty == whole.words) &&
	       rules_say(text, cap, "every word of %s would be %s: no key and no hash is so",
		       whole.entry->name, whole.full == whole.words ? "FFFFFFFF" : "00000000");
}

static bool rule_locked_in_part(const struct subject *s, char *text, size_t cap)
{
	struct whole whole;
	return whole_of(&whole, s) && whole.is_first && whole.locked > 0 &&
	       whole.locked < whole.words &&
	       rules_say(text, cap,
		       "%s takes words %u to %u, and after this plan only %u of %u are locked: the "
		       "others can still be changed, which spoils it",
		       whole.entry->name, whole.entry->first, whole.entry->last, whole.locked,
		       whole.words);
}

static bool rule_lock_before_value(const struct subject *s, char *text, size_t cap)
{
	struct whole whole;
	return s->locks && s->known && s->final == 0 && whole_of(&whole, s) &&
	       whole.empty < whole.words &&
	       rules_say(text, cap,
		       "locked while it is empty, and other words of %s are not: its value can "
		       "then "
		       "never be written",
		       whole.entry->name);
}

/* --- MAC addresses / --- */

enum { MAC_BYTES = 6 };

/* The address's bytes as the plan leaves them; false past the entry or where one is not known. */
static bool mac_after(uint8_t out[MAC_BYTES], const struct rules_context *context,
	const struct chip_entry *entry, unsigned first_byte)
{
	for (unsigned i = 0; i < MAC_BYTES; i++) {
		unsigned word = entry->first + (first_byte + i) / 4;
		if (word > entry->last || word >= context->image->word_count)
			return false;
		if (!context->edits->word[word].sets_value &&
			!image_value_is_known(context->image, word))
			return false;
		out[i] =
			(uint8_t)(rules_final_value(context, word) >> (8 * ((first_byte + i) % 4)));
	}
	return true;
}

/* Asks `bad` about each address of the entry that the plan writes to. */
static bool any_mac(
	const struct subject *s, bool (*bad)(const uint8_t mac[MAC_BYTES]), unsigned *number)
{
	struct whole whole;
	if (!whole_of(&whole, s) || !whole.is_first || whole.entry->kind != KIND_MAC)
		return false;
	unsigned bytes = 4 * (whole.entry->last - whole.entry->first + 1);
	for (unsigned first = 0; first + MAC_BYTES <= bytes; first += MAC_BYTES) {
		uint8_t mac[MAC_BYTES];
		bool touched = false;
		for (unsigned at = first; at < first + MAC_BYTES; at++)
			touched |= s->context->edits->word[whole.entry->first + at / 4].sets_value;
		*number = first / MAC_BYTES + 1;
		if (touched && mac_after(mac, s->context, whole.entry, first) && bad(mac))
			return true;
	}
	return false;
}

static unsigned or_of(const uint8_t *bytes, size_t count)
{
	unsigned any = 0;
	for (size_t i = 0; i < count; i++)
		any |= bytes[i];
	return any;
}

static bool is_group(const uint8_t mac[MAC_BYTES])
{
	return (mac[0] & 1) != 0;
}

/* Bytes 0 to 3 stand in one word and 4 to 5 in the next, or the other way round. */
static bool is_half(const uint8_t mac[MAC_BYTES])
{
	unsigned vendor = or_of(mac, 3), number = or_of(mac + 3, 3), tail = or_of(mac + 4, 2);
	return (vendor | number) != 0 && (vendor == 0 || number == 0 || tail == 0);
}

static bool rule_mac_group(const struct subject *s, char *text, size_t cap)
{
	unsigned number;
	return any_mac(s, is_group, &number) &&
	       rules_say(text, cap,
		       "MAC address %u would be a group address (bit 0 of its first byte): no "
		       "interface can have it as its own",
		       number);
}

static bool rule_mac_half(const struct subject *s, char *text, size_t cap)
{
	unsigned number;
	return any_mac(s, is_half, &number) && rules_say(text, cap,
						       "MAC address %u would be half empty after "
						       "this plan: it takes two words, and "
						       "each takes one write",
						       number);
}

/* An address of nothing but zeros, locked: the interface will never have one. */
static bool rule_mac_empty(const struct subject *s, char *text, size_t cap)
{
	struct whole whole;
	if (!s->locks || !whole_of(&whole, s) || !whole.is_first || whole.entry->kind != KIND_MAC)
		return false;
	unsigned bytes = 4 * (whole.entry->last - whole.entry->first + 1);
	for (unsigned first = 0; first + MAC_BYTES <= bytes; first += MAC_BYTES) {
		uint8_t mac[MAC_BYTES];
		unsigned from = whole.entry->first + first / 4;
		unsigned to = whole.entry->first + (first + MAC_BYTES - 1) / 4;
		bool locked = false;
		for (unsigned word = from; word <= to; word++)
			locked |=
				(s->context->edits->word[word].locks & WORD_STATUS_PERMANENT) != 0;
		if (locked && mac_after(mac, s->context, whole.entry, first) &&
			or_of(mac, MAC_BYTES) == 0)
			return rules_say(text, cap,
				"MAC address %u is all zeros, and a lock of its words leaves it so",
				first / MAC_BYTES + 1);
	}
	return false;
}

/* --- versions and keys / --- */

static bool names_counter(const struct chip_entry *entry)
{
	static const char name[] = "MONOTONIC";
	size_t length = entry ? strlen(entry->name) : 0;
	return length >= sizeof name - 1 && entry->kind != KIND_USER &&
	       strcmp(entry->name + length - (sizeof name - 1), name) == 0;
}

static bool rule_anti_rollback(const struct subject *s, char *text, size_t cap)
{
	if (!s->writes || !names_counter(chip_word(s->context->chip, s->word)))
		return false;
	unsigned version = 0;
	for (uint32_t rest = s->final; rest; rest >>= 1)
		version++;
	bool has_gaps = (s->final & (s->final + 1)) != 0;
	return rules_say(text, cap,
		"raises the anti-rollback counter to %u: firmware of a lower version never starts "
		"on this board again%s",
		version, has_gaps ? "; and the bits below the highest are not all set" : "");
}

/* The entry of this name; NULL when the map has none. */
static const struct chip_entry *entry_named(const struct chip *chip, const char *name)
{
	for (size_t i = 0; i < chip->entry_count; i++)
		if (strcmp(chip->entries[i].name, name) == 0)
			return &chip->entries[i];
	return NULL;
}

static const struct chip_field *field_named(const struct subject *s, const char *name);

static bool rule_key2_without_hash(const struct subject *s, char *text, size_t cap)
{
	const struct chip_field *enable = field_named(s, "oem_key2_enable");
	const struct chip_entry *hash = entry_named(s->context->chip, "OEM_KEY2_ROT_HASH");
	if (!s->writes || !enable || !hash || !field_value(enable, s->changed))
		return false;
	for (unsigned word = hash->first; word <= hash->last; word++)
		if (!image_value_is_known(s->context->image, word) ||
			rules_final_value(s->context, word) == 0)
			return rules_say(text, cap,
				"enables the second key, and word %u of its hash is empty or "
				"cannot "
				"be read",
				word);
	return false;
}

/* --- boot and pads / --- */

/* The field of this name in this word; NULL when it has none. What users call theirs says nothing.
 */
static const struct chip_field *field_named(const struct subject *s, const char *name)
{
	size_t count = chip_word_field_count(s->context->chip, s->word);
	for (size_t i = 0; i < count; i++) {
		const struct chip_field *field = chip_word_field(s->context->chip, s->word, i);
		if (field->kind != KIND_USER && strcmp(field->name, name) == 0)
			return field;
	}
	return NULL;
}

static bool ends_in_boot(const char *name)
{
	size_t length = strlen(name);
	return strncmp(name, "disable_", 8) == 0 && length > 5 &&
	       strcmp(name + length - 5, "_boot") == 0;
}

static bool rule_no_boot_source(const struct subject *s, char *text, size_t cap)
{
	size_t count = chip_word_field_count(s->context->chip, s->word), sources = 0, off = 0;
	for (size_t i = 0; i < count; i++) {
		const struct chip_field *field = chip_word_field(s->context->chip, s->word, i);
		if (field->kind == KIND_USER || field->high != field->low ||
			!ends_in_boot(field->name))
			continue;
		sources++;
		off += field_value(field, s->final);
	}
	return s->writes && sources > 1 && off == sources &&
	       rules_say(text, cap,
		       "every source the ROM can start from would be off: the board never starts "
		       "again");
}

static bool rule_no_recovery(const struct subject *s, char *text, size_t cap)
{
	const struct chip_field *usb = field_named(s, "disable_usb_boot");
	const struct chip_field *uart = field_named(s, "disable_uart_boot");
	return s->writes && usb && uart && field_value(usb, s->final) &&
	       field_value(uart, s->final) &&
	       rules_say(text, cap,
		       "start over USB and over UART would both be off: a board whose memory holds "
		       "nothing that starts can then never be reached again");
}

static bool rule_pad_voltage(const struct subject *s, char *text, size_t cap)
{
	size_t count = chip_word_field_count(s->context->chip, s->word);
	for (size_t i = 0; s->writes && i < count; i++) {
		const struct chip_field *field = chip_word_field(s->context->chip, s->word, i);
		if (field->kind == KIND_USER ||
			(strncmp(field->name, "hslv_", 5) != 0 &&
				strcasecmp(field->name, "product_below_2v5") != 0))
			continue;
		if (field_value(field, s->changed) != 0)
			return rules_say(text, cap,
				"%s sets pads up for a low voltage: with the usual 3.3 V supply "
				"they "
				"are damaged",
				field->name);
	}
	return false;
}

const struct rule rules_of_values[] = {
	{"no-boot-source", SEVERITY_ERROR, CLASS_DANGEROUS, rule_no_boot_source, NULL,
		"every boot source would be off",
		"Leave the source that the board starts from on, and one to recover by.",
		"ST wiki STM32MP15_OTP_mapping and STM32MP13_OTP_mapping"},
	{"value-incomplete", SEVERITY_WARNING, CLASS_DANGEROUS, rule_value_incomplete, NULL,
		"a key or hash of several words is written in part",
		"Write all of its words in one plan: file:, pem: and keyhash: fill them all.",
		"U-Boot arch/arm/mach-stm32mp/cmd_stm32key.c"},
	{"value-trivial", SEVERITY_WARNING, CLASS_DANGEROUS, rule_value_trivial, NULL,
		"a key or hash of nothing but zeros or ones", "Look at the file it came from.", ""},
	{"locked-in-part", SEVERITY_WARNING, CLASS_DANGEROUS, rule_locked_in_part, NULL,
		"a value of several words is locked in part", "Lock all of its words, or none.",
		"U-Boot arch/arm/mach-stm32mp/cmd_stm32key.c"},
	{"lock-before-value", SEVERITY_WARNING, CLASS_DANGEROUS, rule_lock_before_value, NULL,
		"a word is locked before its value is written",
		"Write the value of the whole first; the same plan may then lock it.",
		"OP-TEE core/drivers/stm32_bsec.c"},
	{"mac-group", SEVERITY_WARNING, CLASS_IRREVERSIBLE, rule_mac_group, NULL,
		"a group address is no interface's own",
		"Take an address whose first byte is even.", "IEEE 802"},
	{"mac-half", SEVERITY_WARNING, CLASS_IRREVERSIBLE, rule_mac_half, NULL,
		"half of a MAC address is empty", "Write both words in one plan: mac: fills them.",
		"U-Boot arch/arm/mach-stm32mp/include/mach/stm32.h"},
	{"mac-empty", SEVERITY_WARNING, CLASS_IRREVERSIBLE, rule_mac_empty, NULL,
		"a MAC address of zeros is locked",
		"Write the address first: mac: fills its words.",
		"U-Boot arch/arm/mach-stm32mp/include/mach/stm32.h"},
	{"anti-rollback", SEVERITY_NOTE, CLASS_PASSING, rule_anti_rollback, NULL,
		"older firmware is shut out for ever",
		"Let the firmware raise its own counter, once the new version is proved.",
		"TF-A plat/st/stm32mp1/bl2_plat_setup.c; fdts monotonic-otp"},
	{"key2-without-hash", SEVERITY_WARNING, CLASS_ONE_WAY, rule_key2_without_hash, NULL,
		"the second key is enabled without its hash",
		"Write and lock the second key's hash first.",
		"U-Boot arch/arm/mach-stm32mp/cmd_stm32key.c"},
	{"no-recovery", SEVERITY_WARNING, CLASS_DANGEROUS, rule_no_recovery, NULL,
		"boot over USB and UART would both be off", "Leave one of the two on.",
		"ST wiki STM32MP15_OTP_mapping and STM32MP13_OTP_mapping"},
	{"pad-voltage", SEVERITY_WARNING, CLASS_DANGEROUS, rule_pad_voltage, NULL,
		"pads are set up for a low supply voltage",
		"Measure the supply of this bank on the board before this bit is burnt.",
		"TF-A plat/st/stm32mp1/stm32mp1_def.h; plat/st/stm32mp2/stm32mp2_def.h"},
	{0},
};
