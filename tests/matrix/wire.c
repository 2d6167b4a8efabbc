#include "tests/matrix/wire.h"

#include "transport/sim_stream.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <signal.h>
#include <stdlib.h>
#include <string.h>

/* Of the serial protocol. */
#define NACK  0x1F
#define ABORT 0x5F

/* DFU 1.1, table 3.2, and the status and state of a write that failed. */
#define GETSTATUS   3
#define ERR_WRITE   3
#define DFU_ERROR   10
#define STATUS_SIZE 6

#define SUSPENDED_MS 30000u

static void restart(struct wire *wire)
{
	if (wire->usb)
		sim_usb_board_reset(wire->usb);
	else
		sim_board_reset(wire->board);
}

static void cycle_power(struct wire *wire)
{
	sim_board_power_down(wire->board);
	sim_board_power_up(wire->board);
}

/* Once the first fault is over, before the next exchange. */
static void go_on(struct wire *wire)
{
	if (wire->then_after == 0 || wire->at == 0 || wire->exchanges < wire->at)
		return;
	wire->fault = wire->then;
	wire->at = wire->exchanges + wire->then_after;
	wire->then_after = 0;
}

/* Counts an exchange; true when it is the one. */
static bool is_due(struct wire *wire)
{
	if (wire->at == 0 || ++wire->exchanges != wire->at)
		return false;
	wire->did_apply = true;
	wire->has_spoilt = false;
	return true;
}

static enum status gone(struct errbuf *err)
{
	return errbuf_set(err, ERR_GONE, "the board is gone");
}

/* --- what is the same on both; true when it was that */

static bool before(enum status *status, struct wire *wire, struct errbuf *err)
{
	*status = OK;
	switch (wire->fault) {
	case FIRE_KILLED:
	case FIRE_HOST_POWER: raise(SIGKILL); break;
	case FIRE_TERMINATED: raise(SIGTERM); break;
	case FIRE_SUSPENDED: raise(SIGSTOP); break;
	case FIRE_DISK: wire->is_disk_full = true; break;
	case FIRE_GONE:
	case FIRE_ELSEWHERE:
		wire->is_gone = true;
		*status = gone(err);
		return true;
	case FIRE_OTHER:
		/* An adapter stays where it is when somebody puts its wires on another board. */
		if (wire->uart)
			break;
		wire->is_gone = true;
		*status = gone(err);
		return true;
	case FIRE_RESET: restart(wire); break;
	case FIRE_POWER: cycle_power(wire); break;
	default: break;
	}
	return false;
}

static void after(struct wire *wire)
{
	if (wire->fault == FIRE_KILLED_AFTER)
		raise(SIGKILL);
	if (wire->fault == FIRE_GONE_AFTER)
		wire->is_gone = true;
}

/* --- USB */

struct wire_usb {
	struct usb_link link;
	struct usb_link *inner;
	struct wire *wire;
};

static struct wire_usb *as_usb(struct usb_link *link)
{
	return (struct wire_usb *)link;
}

static enum status usb_describe(
	struct usb_link *link, struct usb_description *out, struct errbuf *err)
{
	struct usb_link *inner = as_usb(link)->inner;
	return as_usb(link)->wire->is_gone ? gone(err) : inner->ops->describe(inner, out, err);
}

static enum status usb_timeout(struct errbuf *err)
{
	return errbuf_set(err, ERR_TIMEOUT, "the transfer timed out");
}

static enum status usb_set_alternate(
	struct usb_link *link, unsigned number, enum usb_outcome *outcome, struct errbuf *err)
{
	struct usb_link *inner = as_usb(link)->inner;
	struct wire *wire = as_usb(link)->wire;
	enum status status;
	if (wire->is_gone)
		return gone(err);
	go_on(wire);
	bool due = wire->fault != FIRE_REFUSED && is_due(wire);
	if (due && before(&status, wire, err))
		return status;
	if (due && wire->fault == FIRE_SUSPENDED)
		inner->ops->pause(inner, SUSPENDED_MS);
	if (due && wire->fault == FIRE_LOST)
		return usb_timeout(err);
	if (due && wire->fault == FIRE_STALLED) {
		*outcome = USB_STALLED;
		return OK;
	}
	status = inner->ops->set_alternate(inner, number, outcome, err);
	if (due && wire->fault == FIRE_UNANSWERED)
		return usb_timeout(err);
	if (due)
		after(wire);
	return status;
}

/* The answer, with what becomes of it on the way. */
static enum status spoil_answer(struct wire *wire, uint8_t request_type, uint8_t *data,
	uint16_t *actual, enum status status, struct errbuf *err)
{
	bool is_in = (request_type & 0x80) != 0;
	if (wire->fault == FIRE_UNANSWERED)
		return usb_timeout(err);
	if (status != OK || !is_in || *actual == 0)
		return status;
	switch (wire->fault) {
	case FIRE_REFUSED:
		assert_int_equal(*actual, STATUS_SIZE);
		data[0] = ERR_WRITE;
		data[4] = DFU_ERROR;
		break;
	case FIRE_SHORT: *actual /= 2; break;
	case FIRE_OVERLONG:
		return errbuf_set(err, ERR_LINK, "the device sent more than was asked for");
	case FIRE_GARBAGE:
		for (uint16_t i = 0; i < *actual; i++)
			data[i] ^= 0xA5;
		break;
	default: break;
	}
	return status;
}

static enum status usb_control(struct usb_link *link, uint8_t request_type, uint8_t request,
	uint16_t value, uint8_t *data, uint16_t length, unsigned timeout_ms, uint16_t *actual,
	enum usb_outcome *outcome, struct errbuf *err)
{
	struct usb_link *inner = as_usb(link)->inner;
	struct wire *wire = as_usb(link)->wire;
	enum status status;
	if (wire->is_gone)
		return gone(err);
	go_on(wire);
	/* Only a status can say that something was refused. */
	bool due = (wire->fault != FIRE_REFUSED || request == GETSTATUS) && is_due(wire);
	if (due && before(&status, wire, err))
		return status;
	if (due && wire->fault == FIRE_SUSPENDED)
		inner->ops->pause(inner, SUSPENDED_MS);
	if (due && wire->fault == FIRE_LOST)
		return usb_timeout(err);
	if (due && wire->fault == FIRE_STALLED) {
		*outcome = USB_STALLED;
		*actual = 0;
		return OK;
	}
	status = inner->ops->control(inner, request_type, request, value, data, length, timeout_ms,
		actual, outcome, err);
	if (!due)
		return status;
	after(wire);
	return *outcome == USB_STALLED && status == OK
		       ? status
		       : spoil_answer(wire, request_type, data, actual, status, err);
}

static void usb_pause(struct usb_link *link, unsigned milliseconds)
{
	struct usb_link *inner = as_usb(link)->inner;
	as_usb(link)->wire->paused_ms += milliseconds;
	inner->ops->pause(inner, milliseconds);
}

static void usb_close(struct usb_link *link)
{
	struct usb_link *inner = as_usb(link)->inner;
	inner->ops->close(inner);
	free(link);
}

static const struct usb_ops usb_ops = {
	.describe = usb_describe,
	.set_alternate = usb_set_alternate,
	.control = usb_control,
	.pause = usb_pause,
	.close = usb_close,
};

enum status wire_open_usb(struct usb_link **out, struct wire *wire, struct errbuf *err)
{
	struct wire_usb *usb;
	if (wire->is_gone)
		return gone(err);
	usb = calloc(1, sizeof *usb);
	if (!usb)
		return errbuf_set(err, ERR_MEMORY, "out of memory");
	usb->link.ops = &usb_ops;
	usb->wire = wire;
	enum status status = sim_usb_open(&usb->inner, wire->usb, err);
	if (status != OK) {
		free(usb);
		return status;
	}
	*out = &usb->link;
	return OK;
}

/* --- a serial line: an exchange is what the host sends in one go, and what it hears till the next
 */

struct wire_stream {
	struct stream stream;
	struct stream *inner;
	struct wire *wire;
};

static struct wire_stream *as_stream(struct stream *stream)
{
	return (struct wire_stream *)stream;
}

static enum status stream_describe(
	struct stream *stream, struct stream_description *out, struct errbuf *err)
{
	struct stream *inner = as_stream(stream)->inner;
	return as_stream(stream)->wire->is_gone ? gone(err) : inner->ops->describe(inner, out, err);
}

/* What the host will hear instead of, or in front of, the answer. */
static void prepare_answer(struct wire *wire)
{
	switch (wire->fault) {
	case FIRE_LOST:
	case FIRE_UNANSWERED: wire->is_mute = true; break;
	case FIRE_REFUSED: wire->pending[wire->pending_count++] = NACK; break;
	case FIRE_STALLED: wire->pending[wire->pending_count++] = ABORT; break;
	case FIRE_SHORT: wire->lost_count = 1; break;
	case FIRE_OVERLONG: wire->pending[wire->pending_count++] = 0; break;
	default: break;
	}
}

static enum status stream_write(
	struct stream *stream, const uint8_t *bytes, size_t length, struct errbuf *err)
{
	struct stream *inner = as_stream(stream)->inner;
	struct wire *wire = as_stream(stream)->wire;
	enum status status;
	if (wire->is_gone)
		return gone(err);
	wire->is_mute = false;
	wire->pending_count = wire->lost_count = 0;
	go_on(wire);
	bool due = is_due(wire);
	if (due && before(&status, wire, err))
		return status;
	if (due && wire->fault == FIRE_OTHER) {
		inner->ops->close(inner);
		status = sim_stream_open(&as_stream(stream)->inner, wire->other, err);
		assert_int_equal(status, OK);
		inner = as_stream(stream)->inner;
	}
	if (due)
		prepare_answer(wire);
	if (due && wire->fault == FIRE_SUSPENDED)
		inner->ops->pause(inner, SUSPENDED_MS);
	if (due && (wire->fault == FIRE_LOST || wire->fault == FIRE_REFUSED ||
			   wire->fault == FIRE_STALLED || wire->fault == FIRE_RESET ||
			   wire->fault == FIRE_POWER))
		return OK;
	status = inner->ops->write(inner, bytes, length, err);
	if (due)
		after(wire);
	return status;
}

/* One byte of the board's, changed on its way where it is that one's turn. */
static size_t hear(struct wire *wire, uint8_t *out, uint8_t byte)
{
	bool is_first = !wire->has_spoilt && wire->at != 0 && wire->exchanges == wire->at;
	if (wire->is_mute)
		return 0;
	if (wire->lost_count > 0) {
		wire->lost_count--;
		return 0;
	}
	*out = byte;
	if (is_first && wire->fault == FIRE_GARBAGE) {
		*out ^= 0xA5;
		wire->has_spoilt = true;
	} else if (is_first && wire->fault == FIRE_DOUBLED) {
		wire->pending[wire->pending_count++] = byte;
		wire->has_spoilt = true;
	}
	return 1;
}

static enum status stream_read(struct stream *stream, uint8_t *out, size_t length,
	unsigned timeout_ms, size_t *actual, struct errbuf *err)
{
	struct stream *inner = as_stream(stream)->inner;
	struct wire *wire = as_stream(stream)->wire;
	enum status status = OK;
	*actual = 0;
	if (wire->is_gone)
		return gone(err);
	while (*actual < length) {
		uint8_t byte;
		size_t count;
		if (wire->pending_count > 0) {
			out[(*actual)++] = wire->pending[0];
			memmove(wire->pending, wire->pending + 1, --wire->pending_count);
			continue;
		}
		status = inner->ops->read(inner, &byte, 1, timeout_ms, &count, err);
		if (status != OK || count == 0)
			break;
		*actual += hear(wire, out + *actual, byte);
	}
	return status;
}

static void stream_pause(struct stream *stream, unsigned milliseconds)
{
	struct stream *inner = as_stream(stream)->inner;
	as_stream(stream)->wire->paused_ms += milliseconds;
	inner->ops->pause(inner, milliseconds);
}

static void stream_close(struct stream *stream)
{
	struct stream *inner = as_stream(stream)->inner;
	inner->ops->close(inner);
	free(stream);
}

static const struct stream_ops stream_ops = {
	.describe = stream_describe,
	.write = stream_write,
	.read = stream_read,
	.pause = stream_pause,
	.close = stream_close,
};

enum status wire_open_stream(struct stream **out, struct wire *wire, struct errbuf *err)
{
	struct wire_stream *stream;
	if (wire->is_gone)
		return gone(err);
	stream = calloc(1, sizeof *stream);
	if (!stream)
		return errbuf_set(err, ERR_MEMORY, "out of memory");
	stream->stream.ops = &stream_ops;
	stream->wire = wire;
	enum status status = sim_stream_open(&stream->inner, wire->uart, err);
	if (status != OK) {
		free(stream);
		return status;
	}
	*out = &stream->stream;
	return OK;
}
