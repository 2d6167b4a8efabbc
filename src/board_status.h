/*
 * What an OTP says about its board, line by line, each with how sure it is.
 *
 * Nothing here knows a family: lines come from kinds of words and names of fields in the chip's
 * map. The names it looks for are, where a family has them: RPN, revision, package, is_closed,
 * secure_boot, prov_done, bootrom_close, disable_scan, mode, debug_lock, closed_no_bscan_jtag,
 * ssp_req, ssp_success, primary_boot_source, secondary_boot_source, boot_source_disable,
 * disable_…_boot, and any with "monotonic", "rma" or "adac" in it.
 */
#ifndef OTPEDIT_SRC_BOARD_STATUS_H
#define OTPEDIT_SRC_BOARD_STATUS_H

#include "src/chip.h"
#include "src/errbuf.h"
#include "src/image.h"

#include <stdbool.h>
#include <stddef.h>

enum confidence {
	CONFIDENCE_CONFIRMED,   /* a public source says so, and the fuses could be read */
	CONFIDENCE_UNCONFIRMED, /* no public source says what these bits are */
	CONFIDENCE_NONE         /* it cannot be told from what was read */
};
const char *confidence_name(enum confidence confidence); /* "confirmed", … "cannot be told" */

#define STATUS_NO_WORD (-1)

struct status_line {
	const char *title; /* "Life cycle"; lines of one title follow each other */
	char name[32];     /* which one of several: the name in the map; "" */
	char text[400];    /* one sentence or value */
	enum confidence confidence;
	int first_word, last_word; /* where it stands; STATUS_NO_WORD */
};

/* The title of the lines about what a person should look at. */
#define STATUS_STANDS_OUT "Stands out"

struct board_status {
	size_t count;
	struct status_line *lines;
	size_t capacity;
	bool failed; /* out of memory: lines are missing */
};

/* What the lines are made from. No line holds the value of a secret word. */
struct board_facts {
	const struct chip *chip;
	const struct image *image;
	const char *board; /* who it is, as plans name it; "" : nobody can say */
};

/* All lines; board_status_free(). ERR_MEMORY is the only failure. */
enum status board_status_make(
	struct board_status *out, const struct board_facts *facts, struct errbuf *err);
/*
 * For texts: several things of which the same is true share a line, "EDMK1, EDMK2: cannot be read".
 * Whether a line was told with an earlier one; and what a line says, with the names of those that
 * share it.
 */
bool board_status_is_told_before(const struct board_status *status, size_t line);
#define BOARD_STATUS_TEXT 2048
void board_status_text(char *out, size_t cap, const struct board_status *status, size_t line);

void board_status_free(struct board_status *status);

#endif
