/*
 * Makes exchanges on a USB link go wrong, at a chosen one or at random by a seed, and lets somebody
 * look at each one: for tests and rehearsals of everything above the link.
 *
 * SET_INTERFACE and class requests count as exchanges, from 1 up; reading descriptors does not.
 */
#ifndef OTPEDIT_TRANSPORT_FAULT_H
#define OTPEDIT_TRANSPORT_FAULT_H

#include "src/errbuf.h"
#include "transport/link.h"

#include <stdbool.h>
#include <stdint.h>

enum fault_kind {
	FAULT_LOST,       /* times out before the device has seen it */
	FAULT_UNANSWERED, /* the device has done it; its answer is lost */
	FAULT_STALL,      /* a stall, though the device has not seen it */
	FAULT_SHORT,      /* done; half of the data is missing */
	FAULT_OVERLONG,   /* done; one byte more than was asked for */
	FAULT_GARBAGE,    /* done; every byte of the answer is another one */
	FAULT_GONE,       /* the device is gone before it has seen it */
	FAULT_GONE_AFTER, /* the device has done it, then it is gone */
	FAULT_KINDS
};

/* An exchange as it is about to be sent. */
struct fault_exchange {
	unsigned number;
	bool is_select;         /* SET_INTERFACE; then `value` is the alternate */
	uint8_t request;        /* bRequest */
	uint16_t value, length; /* wValue, wLength */
};

struct fault_options {
	/* At each exchange, before anything else: a test may count, or end the process. NULL:
	 * nobody. */
	void (*look)(const struct fault_exchange *exchange, void *payload);
	void *payload;
	uint32_t seed;      /* of the random faults; not 0 where there are any */
	unsigned permille;  /* how many of a thousand exchanges fail; 0: none */
	unsigned last_kind; /* random kinds are those up to this one */
};

/* Puts itself around `inner`, which from then on belongs to *out; on failure it stays the
 * caller's. Options are copied. */
enum status fault_open(struct usb_link **out, struct usb_link *inner,
	const struct fault_options *options, struct errbuf *err);

/* The n-th exchange from now on (1: the next) goes wrong in this way; 0 takes it back. */
void fault_plan(struct usb_link *link, unsigned from_now, enum fault_kind kind);

/* No random faults from now on. */
void fault_calm(struct usb_link *link);

/* How many exchanges there were. */
unsigned fault_count(const struct usb_link *link);

/* How many faults made a difference: an exchange without data cannot be short, for one. */
unsigned fault_hits(const struct usb_link *link);

#endif
