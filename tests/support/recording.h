/*
 * A recording of a board's side of USB (see data/transcripts/README and its prgfw/README), taken
 * apart: each SETUP with its data and its answer, and where the board stands behind it. What fails
 * in here fails the test.
 */
#ifndef OTPEDIT_TESTS_RECORDING_H
#define OTPEDIT_TESTS_RECORDING_H

#include "transport/link.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RECORDED_MAX  4096u /* bytes of one transfer */
#define STATE_UNKNOWN (-1)

/* bRequest of DFU 1.1 */
enum { DFU_DETACH, DFU_DNLOAD, DFU_UPLOAD, DFU_GETSTATUS, DFU_CLRSTATUS, DFU_GETSTATE, DFU_ABORT };

enum recorded_end { RECORDED_SILENCE, RECORDED_OK, RECORDED_DATA, RECORDED_STALL };

struct recorded {
	uint8_t setup[8];
	uint8_t data[RECORDED_MAX]; /* that the host sent: as many as the SETUP says */
	enum recorded_end end;
	uint8_t answer[RECORDED_MAX];
	uint16_t answer_length;
	bool is_withheld; /* the recorder's host never took the end of this transfer */
	/* Behind it: the DFU state, or STATE_UNKNOWN; the alternate selected. */
	int state;
	unsigned alternate;
};

struct recording {
	bool is_prgfw;
	size_t count;
	struct recorded *requests; /* number 1 is the first */
};

/* "usb-read-4096", "prgfw/mp15_usb_02_read". */
void recording_load(struct recording *out, const char *name);
void recording_free(struct recording *recording);

bool recorded_is_class(const struct recorded *request);
bool recorded_is_set_interface(const struct recorded *request);
uint16_t recorded_value(const struct recorded *request);  /* wValue */
uint16_t recorded_length(const struct recorded *request); /* wLength */

/*
 * Whether a request moves nothing in a board that stands like this, so that it makes no difference
 * whether it is sent: GETSTATE; GETSTATUS where no transfer waits to be worked off; selecting what
 * is selected; an ABORT in dfuIDLE; questions about descriptors.
 */
bool recorded_moves_nothing(const struct recording *recording, const struct recorded *request,
	int state, unsigned alternate);

/* Takes what the recording shows of the descriptors; the rest of *out stays. */
void recording_describe(struct usb_description *out, const struct recording *recording);

#endif
