/*
 * A usb_link that is a recording, to hold the host's own code against: what it sends next must be
 * the next request of the recording, byte for byte, and gets the answer recorded.
 *
 * Two kinds of deviation make no difference and are let pass (recorded_moves_nothing()): the host
 * asks a question that the recorder did not, and gets the answer that the recording lets no doubt
 * of; the recorder asked one that the host does not, which is counted. At anything else the host
 * departs: it is told that the board is gone, what it asked is noted, and the test says what it
 * expected.
 */
#ifndef OTPEDIT_TESTS_REPLAY_LINK_H
#define OTPEDIT_TESTS_REPLAY_LINK_H

#include "tests/support/recording.h"
#include "transport/link.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A stretch of a recording. A leg has to begin as the one before it ends: same state, same
 * alternate; or with the SET_INTERFACE that brings U-Boot to dfuIDLE from anywhere. */
struct replay_leg {
	const char *recording; /* NULL: no more legs */
	unsigned first, last;  /* numbers of its SETUPs, from 1; 0: the first, the last there is */
	bool by_others;        /* another program did that: replay_link_others() */
	unsigned lost;         /* the answer to this one never reaches the host; 0: none */
};

struct replay_item;

struct replay_link {
	struct usb_link link;
	struct usb_description description; /* of the enumeration and the first leg */
	struct recording recordings[12];
	size_t recording_count;
	struct replay_item *items;
	size_t count, position;
	int state; /* as struct recorded */
	unsigned alternate;
	unsigned passed_over; /* questions of the recorder's that the host did not ask */
	char departed[32];  /* what the host sent instead: "select2", "up0:4096"; "": it follows */
	unsigned paused_ms; /* since the exchange before */
	bool was_trigger;   /* that one was answered with dfuMANIFEST */
	uint8_t uploaded[RECORDED_MAX]; /* since block 0 */
	size_t uploaded_length;
};

/* `enumeration` is the recording whose descriptors the board has where the first leg shows none. */
void replay_link_open(
	struct replay_link *out, const struct replay_leg *legs, const char *enumeration);
void replay_link_close(struct replay_link *replay);

enum replay_end { REPLAY_ANSWERED, REPLAY_SILENT, REPLAY_GONE };

/* One transfer without a usb_link around it; `sent` has SETUP and data, and gets the answer. */
enum replay_end replay_link_transfer(struct replay_link *replay, struct recorded *sent);

/* Other programs have their turn, if it is theirs now. */
void replay_link_others(struct replay_link *replay);

/* The data of the DNLOADs to come, clipped to `size`; zeros behind. */
void replay_link_request(const struct replay_link *replay, uint8_t *out, size_t size);

/* The number of the request that comes next, in its recording; 0: none. */
unsigned replay_link_number(const struct replay_link *replay);

/* Whether nothing is left but what moves nothing; that counts as passed over. */
bool replay_link_is_at_end(struct replay_link *replay);

#endif
