/*
 * Which chip a board or an image is, by what it says of itself: the device id, the count of words,
 * the part number, and, where that fits several families, the package.
 */
#ifndef OTPEDIT_SRC_CHIP_FIND_H
#define OTPEDIT_SRC_CHIP_FIND_H

#include "src/chip.h"
#include "src/image.h"

/* Named with --chip: words without names, whatever the image says. */
#define CHIP_PLAIN_NAME "plain"

struct chip_question {
	const char *name;          /* the chip's, as the person named it; NULL: find out */
	uint32_t device_id;        /* 0: not told */
	const struct image *image; /* NULL: nothing was read */
	const char *overlays;      /* folder that may hold NAME.chip overlays; NULL: none */
};

struct chip_answer {
	struct chip *chip;       /* the caller's: chip_free() */
	bool is_forced;          /* it was named, against the device id or the part number */
	bool is_doubtful;        /* other families fit, too, but for signs that are no proof */
	char remark[400];        /* what a person must know of the choice; "": nothing */
	char overlay_error[400]; /* why an overlay was left out; "": none was */
};

/*
 * Several families that nothing tells apart, or none: a plain chip (chip.h), with the reason in
 * `remark`. ERR_USAGE where a chip was named that is not known, or that never shows so many words.
 */
enum status chip_find(
	struct chip_answer *out, const struct chip_question *question, struct errbuf *err);

#endif
