#include "transport/dfu_request.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

#define OUT 0x21u /* class request to the interface */
#define IN  0xA1u

#define LAST_STATUS 0x0Fu /* errSTALLEDPKT */
#define DETACH_MS   1000u /* as dfu-util tells it */

enum code {
	DETACH = 0,
	DNLOAD = 1,
	UPLOAD = 2,
	GETSTATUS = 3,
	CLRSTATUS = 4,
	GETSTATE = 5,
	ABORT = 6
};

static const char *const request_names[] = {
	[DETACH] = "DETACH",
	[DNLOAD] = "DNLOAD",
	[UPLOAD] = "UPLOAD",
	[GETSTATUS] = "GETSTATUS",
	[CLRSTATUS] = "CLRSTATUS",
	[GETSTATE] = "GETSTATE",
	[ABORT] = "ABORT",
};

const char *dfu_state_name(enum dfu_state state)
{
	static const char *const names[DFU_STATES] = {"appIDLE", "appDETACH", "dfuIDLE",
		"dfuDNLOAD-SYNC", "dfuDNBUSY", "dfuDNLOAD-IDLE", "dfuMANIFEST-SYNC", "dfuMANIFEST",
		"dfuMANIFEST-WAIT-RESET", "dfuUPLOAD-IDLE", "dfuERROR"};
	assert(state < DFU_STATES);
	return names[state];
}

static bool is_in(enum code code)
{
	return code == UPLOAD || code == GETSTATUS || code == GETSTATE;
}

/* One request; its data in full for OUT, at most `length` for IN. */
static enum status exchange(struct usb_link *link, enum code code, uint16_t value, uint8_t *data,
	uint16_t length, unsigned timeout_ms, uint16_t *actual, bool *stalled, struct errbuf *err)
{
	enum usb_outcome outcome = USB_STALLED;
	uint16_t passed = 0;
	enum status status = link->ops->control(link, (uint8_t)(is_in(code) ? IN : OUT),
		(uint8_t)code, value, data, length, timeout_ms, &passed, &outcome, err);
	if (status != OK)
		return errbuf_prefix(err, status, "%s", request_names[code]);
	if (stalled)
		*stalled = outcome == USB_STALLED;
	if (outcome == USB_STALLED) {
		*actual = 0;
		return stalled ? OK
			       : errbuf_set(err, ERR_LINK, "the board refused %s",
					 request_names[code]);
	}
	if (passed > length)
		return errbuf_set(err, ERR_LINK,
			"the board sent %u bytes in answer to %s, where %u were asked for", passed,
			request_names[code], length);
	if (!is_in(code) && passed != length)
		return errbuf_set(err, ERR_LINK, "only %u of %u bytes of %s reached the board",
			passed, length, request_names[code]);
	*actual = passed;
	return OK;
}

enum status dfu_get_state(enum dfu_state *out, struct usb_link *link, struct errbuf *err)
{
	uint8_t state = 0;
	uint16_t actual = 0;
	enum status status =
		exchange(link, GETSTATE, 0, &state, 1, DFU_ORDINARY_MS, &actual, NULL, err);
	if (status != OK)
		return status;
	if (actual != 1)
		return errbuf_set(err, ERR_LINK, "the board's answer to GETSTATE is empty");
	if (state >= DFU_STATES)
		return errbuf_set(
			err, ERR_LINK, "the board names a state that DFU does not have: %u", state);
	*out = (enum dfu_state)state;
	return OK;
}

enum status dfu_get_status(
	struct dfu_answer *out, struct usb_link *link, unsigned timeout_ms, struct errbuf *err)
{
	uint8_t bytes[6] = {0};
	uint16_t actual = 0;
	enum status status =
		exchange(link, GETSTATUS, 0, bytes, sizeof bytes, timeout_ms, &actual, NULL, err);
	if (status != OK)
		return status;
	if (actual != sizeof bytes)
		return errbuf_set(err, ERR_LINK,
			"the board's answer to GETSTATUS has %u bytes instead of 6", actual);
	if (bytes[0] > LAST_STATUS || bytes[4] >= DFU_STATES)
		return errbuf_set(err, ERR_LINK,
			"the board's answer to GETSTATUS makes no sense: status %02X, state %u",
			bytes[0], bytes[4]);
	out->status = bytes[0];
	out->state = (enum dfu_state)bytes[4];
	out->poll_ms = bytes[1] | (unsigned)bytes[2] << 8 | (unsigned)bytes[3] << 16;
	return OK;
}

enum status dfu_select(struct usb_link *link, unsigned alternate, struct errbuf *err)
{
	enum usb_outcome outcome = USB_STALLED;
	enum status status = link->ops->set_alternate(link, alternate, &outcome, err);
	if (status != OK)
		return errbuf_prefix(err, status, "SET_INTERFACE");
	return outcome == USB_DONE
		       ? OK
		       : errbuf_set(err, ERR_LINK, "the board refused to select its alternate %u",
				 alternate);
}

enum status dfu_download(struct usb_link *link, uint16_t block, const uint8_t *bytes,
	uint16_t length, bool *stalled, struct errbuf *err)
{
	/* The link takes one kind of pointer for both directions. */
	uint8_t copy[4096];
	uint16_t actual = 0;
	assert(length <= sizeof copy);
	if (length > 0)
		memcpy(copy, bytes, length);
	return exchange(link, DNLOAD, block, length > 0 ? copy : NULL, length, DFU_ORDINARY_MS,
		&actual, stalled, err);
}

enum status dfu_upload(uint16_t *length, uint8_t *out, uint16_t size, struct usb_link *link,
	uint16_t block, bool *stalled, struct errbuf *err)
{
	return exchange(link, UPLOAD, block, out, size, DFU_UPLOAD_MS, length, stalled, err);
}

enum status dfu_clear_status(struct usb_link *link, struct errbuf *err)
{
	uint16_t actual = 0;
	return exchange(link, CLRSTATUS, 0, NULL, 0, DFU_ORDINARY_MS, &actual, NULL, err);
}

enum status dfu_abort(struct usb_link *link, bool *stalled, struct errbuf *err)
{
	uint16_t actual = 0;
	return exchange(link, ABORT, 0, NULL, 0, DFU_ORDINARY_MS, &actual, stalled, err);
}

enum status dfu_detach(struct usb_link *link, bool *stalled, struct errbuf *err)
{
	uint16_t actual = 0;
	return exchange(link, DETACH, DETACH_MS, NULL, 0, DFU_ORDINARY_MS, &actual, stalled, err);
}

bool dfu_pause(struct usb_link *link, unsigned poll_ms, unsigned *waited_ms)
{
	unsigned wait = poll_ms < DFU_POLL_FLOOR_MS ? DFU_POLL_FLOOR_MS : poll_ms;
	if (wait > DFU_POLL_CEILING_MS)
		wait = DFU_POLL_CEILING_MS;
	if (*waited_ms + wait > DFU_PATIENCE_MS)
		return false;
	*waited_ms += wait;
	link->ops->pause(link, wait);
	return true;
}
