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
 * The field's value for people: its name from the chip file ("SD"), else "0x1A"; a value without a
 * name in a field that has names is "7 (unnamed)".
 */
void field_text(char *out, size_t cap, const struct chip_field *field, uint32_t word_value);

/*
 * What a word says at a glance, decoded by its kind: "MAC 00:80:e1:42:48:e4", board id as
 * "MB1272 …", part number, or the named fields that are not zero. "" when there is nothing to say
 * or the value is not known.
 */
void word_text(
	char *out, size_t cap, const struct chip *chip, const struct image *image, unsigned word);

#endif
