/*
 * A real board's power cycle: done by hand, watched as far as it can be seen, confirmed by a
 * person.
 *
 * Seeing a board vanish proves nothing by itself: one with a supply of its own keeps its memory
 * while its cable is out. And a person's word alone is not taken before the board was seen to go
 * and to come back. Looking asks for descriptors only; nothing is sent to the board.
 * Only where the link cannot show it, as with a serial adapter, which stays when its board loses
 * power, is the person's word all there is.
 */
#ifndef OTPEDIT_SRC_POWER_CYCLE_H
#define OTPEDIT_SRC_POWER_CYCLE_H

#include "src/device.h"
#include "src/errbuf.h"
#include "src/journal.h"

#include <stdbool.h>
#include <stddef.h>

enum power_step {
	POWER_STILL_ON,    /* it was there at every look so far */
	POWER_GONE,        /* it was seen to be away, and is */
	POWER_OTHER_STAGE, /* back, but what a service for OTP is does not run on it yet */
	POWER_BACK         /* back, with its service: the person may confirm; or is_blind */
};

#define POWER_CYCLE_WORDS_MAX 80

struct power_cycle {
	const struct source_ops *source;
	struct journal journal;
	int lock; /* of the port: no other otpedit is at work there */
	enum power_step step;
	struct found_board board; /* as it was, and once it is back as it is */
	/* The journal's entries that were open when the board was away: later ones are none of
	 * this power cycle's. */
	size_t covered_count;
	char (*covered)[JOURNAL_ID_MAX]; /* owned */
	struct found_boards *found;      /* owned: room for a look */
	bool is_unclear;                 /* something did not tell who it is at the last look */
	char words[POWER_CYCLE_WORDS_MAX];
	bool is_confirmed;
};

/*
 * Finds the board that `text` means and holds its port. ERR_UNSUPPORTED where boards of this source
 * are not a person's to power-cycle, ERR_BUSY where another otpedit is at work on it, ERR_FILE
 * without a state folder. *out is on the heap: power_cycle_free().
 */
enum status power_cycle_begin(struct power_cycle **out, const struct source_ops *source,
	const char *text, const char *state_folder, struct errbuf *err);
void power_cycle_free(struct power_cycle *cycle); /* NULL is fine */

/* Looks once; to be called again whenever something came or went, and soon where is_unclear. A
 * failure says that it could not look; the step is then as it was. */
enum status power_cycle_look(struct power_cycle *cycle, struct errbuf *err);

/* What the person types to say that the board was without power, all of it: "had no power 3330"
 * with the end of its serial number, else of its place. */
const char *power_cycle_words(const struct power_cycle *cycle);

/*
 * Takes the person's word, and lets go of the port for the opening that follows. ERR_REFUSED unless
 * the board was seen to go and come back and the words are exactly those.
 */
enum status power_cycle_confirm(struct power_cycle *cycle, const char *typed, struct errbuf *err);

/* Whether this entry of the journal was there before the confirmed power cycle of that board.
 * `cycle` may be NULL. */
bool power_cycle_covers(
	const struct power_cycle *cycle, const char *id, const struct device_info *board);

#endif
