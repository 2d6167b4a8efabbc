/*
 * A board that lies: behind it is an honest simulated one with all of dfu_rig.h, and its
 * descriptors and single answers are replaced on the way.
 */
#ifndef OTPEDIT_TESTS_LIAR_H
#define OTPEDIT_TESTS_LIAR_H

#include "tests/support/dfu_rig.h"

#include <stdint.h>

struct lie {
	uint8_t request; /* bRequest whose answers are replaced */
	unsigned from;   /* 1: the next one */
	unsigned count;
	uint8_t answer[6]; /* UPLOAD: all bytes are like the first */
	uint16_t length;
};

/* A test changes description and lie as it likes. */
struct liar {
	struct usb_link link;
	struct dfu_rig rig;
	struct usb_description description;
	struct lie lie;           /* count 0: none */
	unsigned told, transfers; /* lies; exchanges */
	unsigned long paused_ms;
};

/* A blank board behind this service; nothing is sent. Freed with dfu_rig_free(&liar->rig). */
void liar_make(struct liar *liar, enum sim_service service);

/* A session of the rig over the lies. */
enum status liar_attach(struct liar *liar);

#endif
