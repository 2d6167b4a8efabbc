/*
 * Values that fill several words, as one text: unique ids, MAC addresses, key hashes, keys.
 *
 * Which words belong together is what the chip's map says: one section, whose words all go by its
 * name.
 */
#ifndef OTPEDIT_SRC_VALUE_TEXT_H
#define OTPEDIT_SRC_VALUE_TEXT_H

#include "src/chip.h"
#include "src/image.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * The section of several words that the word is part of and that holds one value: of the kinds id,
 * hash and mac, and all whose values are hidden. NULL when the word is no part of such a one.
 */
const struct chip_entry *value_entry(const struct chip *chip, unsigned word);

enum value_state {
	VALUE_SHOWN,   /* all of it is known, and some bit is set */
	VALUE_PARTLY,  /* some words cannot be told: they are "????????" in the text */
	VALUE_EMPTY,   /* all is 0 */
	VALUE_HIDDEN,  /* all reads as 0, but words of this bank do so when they are hidden, too */
	VALUE_UNKNOWN, /* no word can be told */
	VALUE_MASKED   /* a secret */
};

/* 64 bytes in hexadecimal, a few spare words more; texts of longer values are cut. */
#define VALUE_TEXT_MAX 300

/*
 * The value of an entry that value_entry() gave, as people write it:
 * - unique id: the serial number that the vendor's tools and U-Boot show, the words in their order
 *   as eight hexadecimal digits each, "004100323338511634383330";
 * - MAC addresses: "00:80:e1:42:48:e4", several behind ", "; six bytes each, the lowest byte of the
 *   first word first (U-Boot, Linux nvmem); an address that is all 0 or all FF is left out;
 * - all else: its bytes in hexadecimal in the order of the file that they came from, which is most
 *   significant byte first where the map says big-endian (U-Boot cmd_stm32key.c).
 * The text is "not programmed", "empty or hidden", "cannot be read" or "masked" where the state
 * says so. A hidden value that is 0 is VALUE_EMPTY. Cuts at `cap`.
 */
enum value_state value_text(char *out, size_t cap, const struct chip *chip,
	const struct image *image, const struct chip_entry *entry, bool reveal);

/* The MAC addresses that have bytes in the word, as "MAC 00:80:e1:42:48:e4"; "" when none has. */
void value_mac_text(char *out, size_t cap, const struct chip_entry *entry,
	const struct image *image, unsigned word);

/* Whether words of this bank may read as 0 whatever they hold: firmware can hide it, or no host
 * ever sees it. NULL: no. */
bool value_bank_may_hide(const struct chip_bank *bank);

/*
 * The address that begins at a byte of the entry (0, 6, 12 …); false when a word it lies in is
 * missing or not known, and when it is empty: all 0, or all FF.
 */
#define VALUE_MAC_BYTES 6
bool value_mac(uint8_t out[VALUE_MAC_BYTES], const struct chip_entry *entry,
	const struct image *image, unsigned first_byte);

/* How many words of the entry have this bit, or one of these bits, in their status. */
unsigned value_count_status(
	const struct image *image, const struct chip_entry *entry, uint32_t bits);

#endif
