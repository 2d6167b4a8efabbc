/*
 * One field's value as text, and the text of whole words by their kind.
 */
#ifndef OTPEDIT_SRC_FIELD_H
#define OTPEDIT_SRC_FIELD_H

#include "src/chip.h"
#include "src/image.h"

/* The field's bits of the word's value, shifted down. */
uint32_t field_value(const struct chip_field *field, uint32_t word_value);

/*
 * The field's value for people: its name from the chip file ("SD"); a value without a name in a
 * field that has names is "7 (unnamed)"; else "0x1A", a single bit "0" or "1". Cuts at `cap`.
 */
void field_text(char *out, size_t cap, const struct chip_field *field, uint32_t word_value);

/*
 * What a word says at a glance, decoded by its kind:
 * - MAC words: "MAC 00:80:e1:42:48:e4", from all words of the entry (six bytes an address, the
 *   lowest byte of the first word first: U-Boot, Linux nvmem), under each word it has bytes in;
 * - the unique id: "serial 004100323338511634383330", under each of its words;
 * - board id: "MB1272 variant 2.0 rev C BOM 1 (ST's coding)", as U-Boot's cmd_stboard.c codes it.
 *   Other makers may use the word as they like, so a number that is no known ST board is said to
 *   be a guess, and one that is not decimal says nothing;
 * - else the fields that are not 0, and in identity words also those whose 0 has a name:
 *   "RPN STM32MP157C, fdis_tk". A field all of whose set bits belong to narrower fields inside
 *   it is left out.
 * "" when there is nothing to say, when the value is not known, and for secret words.
 */
void word_text(
	char *out, size_t cap, const struct chip *chip, const struct image *image, unsigned word);

/*
 * The part number of a board ("STM32MP157C"), by the chip map's field RPN. PART_UNKNOWN: the map
 * has no such field or the word cannot be read; PART_UNNAMED: the map does not know the number.
 * `out` is "" for both.
 */
enum part { PART_NAMED, PART_UNNAMED, PART_UNKNOWN };
enum part field_part_number(
	char *out, size_t cap, const struct chip *chip, const struct image *image);

/* Whether the board-id word holds the number of a board of ST that is known, in ST's coding. */
bool field_is_known_board(const struct chip *chip, const struct image *image);

/* The package by the map's field of that name; false, and "", where it is 0, unknown or unnamed. */
bool field_package(char *out, size_t cap, const struct chip *chip, const struct image *image);

#endif
