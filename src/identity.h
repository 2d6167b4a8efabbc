/*
 * Who a board is: what plans, journals and locks are bound to.
 */
#ifndef OTPEDIT_SRC_IDENTITY_H
#define OTPEDIT_SRC_IDENTITY_H

#include "src/chip.h"
#include "src/device.h"
#include "src/image.h"

#include <stdbool.h>

#define IDENTITY_MAX 64

/* Whether a serial number tells one board from another: one that is empty, all 0 or all F was made
 * of unique-id words that nobody programmed, and many boards have the same. */
bool identity_serial_tells(const char *serial);

/*
 * The unique-id words as "00410032-33385116-34383330" where the chip has them and they can be
 * trusted, else "serial:…" where the link gives a serial that is not all 0 or all F, else "".
 * `info` may be NULL (an image file).
 */
void identity_of(char out[IDENTITY_MAX], const struct chip *chip, const struct image *image,
	const struct device_info *info);

/* Whether an identity is a serial number only, without unique-id words. */
bool identity_is_serial(const char *identity);

#endif
