/*
 * Who a board is: what plans, journals and locks are bound to.
 */
#ifndef OTPEDIT_SRC_IDENTITY_H
#define OTPEDIT_SRC_IDENTITY_H

#include "src/chip.h"
#include "src/device.h"
#include "src/image.h"

#define IDENTITY_MAX 64

/*
 * The unique-id words as "00410032-33385116-34383330" where the chip has them and they can be
 * trusted, else "serial:…" where the link gives a serial that is not all 0 or all F, else "".
 * `info` may be NULL (an image file).
 */
void identity_of(char out[IDENTITY_MAX], const struct chip *chip, const struct image *image,
	const struct device_info *info);

#endif
