/*
 * The single requests of USB DFU 1.1 (section 6, appendix A), each with its reply checked. No
 * knowledge of what they are good for. For dfu*.c.
 */
#ifndef OTPEDIT_TRANSPORT_DFU_REQUEST_H
#define OTPEDIT_TRANSPORT_DFU_REQUEST_H

#include "src/errbuf.h"
#include "transport/link.h"

#include <stdbool.h>
#include <stdint.h>

enum dfu_state {
	DFU_APP_IDLE,
	DFU_APP_DETACH,
	DFU_IDLE,
	DFU_DNLOAD_SYNC,
	DFU_DNBUSY,
	DFU_DNLOAD_IDLE,
	DFU_MANIFEST_SYNC,
	DFU_MANIFEST,
	DFU_MANIFEST_WAIT_RESET,
	DFU_UPLOAD_IDLE,
	DFU_ERROR,
	DFU_STATES
};

struct dfu_answer {
	uint8_t status; /* bStatus; 0 is OK, 0x0E errUNKNOWN */
	enum dfu_state state;
	unsigned poll_ms; /* bwPollTimeout */
};

/* Timeouts in milliseconds. While U-Boot burns it answers nothing at all. */
#define DFU_ORDINARY_MS 10000u
#define DFU_UPLOAD_MS   20000u
#define DFU_BURN_MS     30000u

/* ST's services ask for no wait at all; polling without one would keep them from working. */
#define DFU_POLL_FLOOR_MS   5u
#define DFU_POLL_CEILING_MS 5000u
#define DFU_MAX_ROUNDS      50u
#define DFU_PATIENCE_MS     60000u /* in all, while a board says that it is busy */

/* The name of a state for messages: "dfuIDLE". */
const char *dfu_state_name(enum dfu_state state);

/*
 * Each: OK when the device did it. A stall is *stalled where the caller asks for it, else ERR_LINK.
 * Replies that are too short, too long or make no sense are ERR_LINK.
 */
enum status dfu_get_state(enum dfu_state *out, struct usb_link *link, struct errbuf *err);
enum status dfu_get_status(
	struct dfu_answer *out, struct usb_link *link, unsigned timeout_ms, struct errbuf *err);
enum status dfu_select(struct usb_link *link, unsigned alternate, struct errbuf *err);
enum status dfu_download(struct usb_link *link, uint16_t block, const uint8_t *bytes,
	uint16_t length, bool *stalled, struct errbuf *err);
/* *length is what came: at most `size`. */
enum status dfu_upload(uint16_t *length, uint8_t *out, uint16_t size, struct usb_link *link,
	uint16_t block, bool *stalled, struct errbuf *err);
enum status dfu_clear_status(struct usb_link *link, struct errbuf *err);
enum status dfu_abort(struct usb_link *link, bool *stalled, struct errbuf *err);
/* The device leaves the bus, or goes on to what was loaded: for boot stages alone. */
enum status dfu_detach(struct usb_link *link, bool *stalled, struct errbuf *err);

/*
 * Waits as an answer asks for, within bounds. *waited_ms, 0 before the first, counts the pauses of
 * one wait. False: it was not waited, since that would have been longer than DFU_PATIENCE_MS in
 * all.
 */
bool dfu_pause(struct usb_link *link, unsigned poll_ms, unsigned *waited_ms);

#endif
