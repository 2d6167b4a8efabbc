/*
 * A board on USB whose transfers go wrong in any way: reading, staging and burning end, within so
 * many transfers and so long a wait, burn nothing before the burn, and never call unburnt what is
 * burnt. The silicon behind it is the simulated one.
 */
#include "transport/dfu.h"
#include "transport/sim_board.h"
#include "transport/sim_usb.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define WORD          70u
#define MAX_TRANSFERS 4000u
#define MAX_WAIT_MS   600000u

struct wire {
	struct usb_link link;
	struct usb_link *inner;
	const uint8_t *data;
	size_t size;
	unsigned transfers;
	uint64_t waited;
};

static void require(bool holds)
{
	if (!holds)
		abort();
}

static struct wire *as_wire(struct usb_link *link)
{
	return (struct wire *)link;
}

/* 0 once the input is used up: from then on all goes well. */
static uint8_t take(struct wire *wire)
{
	if (wire->size == 0)
		return 0;
	wire->size--;
	return *wire->data++;
}

static enum status wire_describe(
	struct usb_link *link, struct usb_description *out, struct errbuf *err)
{
	return as_wire(link)->inner->ops->describe(as_wire(link)->inner, out, err);
}

static enum status wire_set_alternate(
	struct usb_link *link, unsigned number, enum usb_outcome *outcome, struct errbuf *err)
{
	struct wire *wire = as_wire(link);
	require(++wire->transfers < MAX_TRANSFERS);
	uint8_t what = take(wire);
	if (what == 1)
		return errbuf_set(err, ERR_LINK, "spoilt");
	enum status status = wire->inner->ops->set_alternate(wire->inner, number, outcome, err);
	return what == 2 ? errbuf_set(err, ERR_LINK, "spoilt") : status;
}

static enum status wire_control(struct usb_link *link, uint8_t request_type, uint8_t request,
	uint16_t value, uint8_t *data, uint16_t length, unsigned timeout_ms, uint16_t *actual,
	enum usb_outcome *outcome, struct errbuf *err)
{
	struct wire *wire = as_wire(link);
	require(++wire->transfers < MAX_TRANSFERS);
	require(timeout_ms > 0 && timeout_ms <= 60000);
	uint8_t what = take(wire);
	*actual = 0;
	*outcome = USB_STALLED;
	switch (what) {
	case 1: return errbuf_set(err, ERR_TIMEOUT, "spoilt");
	case 2: return OK; /* stalled */
	case 3: return errbuf_set(err, ERR_GONE, "spoilt");
	default: break;
	}
	enum status status = wire->inner->ops->control(wire->inner, request_type, request, value,
		data, length, timeout_ms, actual, outcome, err);
	switch (what) {
	case 4: return errbuf_set(err, ERR_TIMEOUT, "spoilt");
	case 5: return errbuf_set(err, ERR_LINK, "spoilt");
	case 6: *actual = (uint16_t)(*actual / 2); break;
	case 7: *actual = (uint16_t)(length + 1); break;
	case 8: *outcome = USB_STALLED; break;
	case 9:
		for (uint16_t i = 0; (request_type & 0x80) && i < length; i++)
			data[i] = take(wire);
		*outcome = USB_DONE;
		*actual = length;
		break;
	default: break;
	}
	return status;
}

static void wire_pause(struct usb_link *link, unsigned milliseconds)
{
	as_wire(link)->waited += milliseconds;
	require(as_wire(link)->waited < MAX_WAIT_MS);
}

static void wire_close(struct usb_link *link)
{
	(void)link;
}

static const struct usb_ops wire_ops = {
	.describe = wire_describe,
	.set_alternate = wire_set_alternate,
	.control = wire_control,
	.pause = wire_pause,
	.close = wire_close,
};

static unsigned pulses(const struct sim_board *board)
{
	unsigned sum = 0;
	for (unsigned word = 0; word < sim_board_word_count(board); word++)
		sum += sim_board_pulses(board, word);
	return sum;
}

static void use(struct wire *wire, const struct sim_board *board, uint8_t steps)
{
	static uint8_t bytes[4096], request[SIM_BOARD_PARTITION_MAX];
	struct dfu dfu;
	struct errbuf err = {0};
	char text[64];
	size_t length;
	if (dfu_attach(&dfu, &wire->link, &err) != OK) {
		require(err.text[0] != '\0');
		return;
	}
	memset(request, 0, sizeof request);
	request[0] = dfu.otp.size == SIM_BOARD_PARTITION_MAX ? 3 : 2;
	request[8 + 8 * WORD] = 0x5A;
	request[8 + 8 * WORD + 7] = 0x80;
	for (unsigned i = 0; i < 3; i++, steps = (uint8_t)(steps >> 2)) {
		errbuf_clear(&err);
		enum status status = OK;
		switch (steps & 3) {
		case 0:
			status = dfu_read(&dfu, bytes, sizeof bytes, &length, &err);
			require(status != OK || length == dfu.otp.size);
			break;
		case 1: status = dfu_stage(&dfu, request, dfu.otp.size, &err); break;
		case 2: status = dfu_unstage(&dfu, &err); break;
		case 3: status = dfu_complaint(&dfu, text, sizeof text, &err); break;
		}
		require(status == OK || err.text[0] != '\0');
		require(pulses(board) == 0);
	}
	errbuf_clear(&err);
	bool staged = dfu_stage(&dfu, request, dfu.otp.size, &err) == OK;
	require(pulses(board) == 0);
	errbuf_clear(&err);
	unsigned before = wire->transfers;
	enum status status = dfu_burn(&dfu, &err);
	if (!staged)
		require(status != OK && status != ERR_UNCERTAIN && wire->transfers == before);
	/* Anything but these two promises that nothing was burnt. */
	if (status != OK && status != ERR_UNCERTAIN)
		require(pulses(board) == 0);
	require(pulses(board) <= 1);
	errbuf_clear(&err);
	(void)dfu_unstage(&dfu, &err);
	require(pulses(board) <= 1);
	if (status != OK && status != ERR_UNCERTAIN)
		require(pulses(board) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sim_board *board;
	struct sim_usb *usb;
	struct usb_link *link;
	struct errbuf err = {0};
	if (size < 2)
		return 0;
	/* The one in a single block, the other in several of STM32PRGFW-UTIL's. */
	require(sim_board_demo(&board, data[0] & 2 ? SIM_MP25 : SIM_MP15, &err) == OK);
	if (data[0] & 1)
		require(sim_board_set_service(board, SIM_SERVICE_PRGFW));
	require(sim_usb_create(&usb, board, &err) == OK);
	require(sim_usb_open(&link, usb, &err) == OK);
	struct wire wire = {.link = {&wire_ops}, .inner = link, .data = data + 2, .size = size - 2};
	use(&wire, board, data[1]);
	link->ops->close(link);
	sim_usb_free(usb);
	sim_board_free(board);
	return 0;
}
