#include "transport/sim_usb.h"

#include "transport/sim_gadget.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct sim_usb {
	struct sim_board *board;
	struct sim_gadget gadget;
	struct sim_answer answer;
	unsigned boot_count;  /* sim_boot_count() when the gadget came up */
	unsigned enumeration; /* how often it has come to the bus */
	unsigned looks_away;  /* so often a host looks in vain before it does */
	bool is_borrowed;     /* the enumeration is that of the program before */
	bool break_off;
	unsigned long clock_ms;
};

struct sim_link {
	struct usb_link link;
	struct sim_usb *usb;
	unsigned enumeration; /* in which it was opened */
};

/* A board that runs another program by now has a fresh gadget. */
static void follow_board(struct sim_usb *usb)
{
	unsigned boot_count = sim_boot_count(usb->board);
	unsigned alternate = usb->gadget.alternate, alternates;
	bool is_next = boot_count == usb->boot_count + 1;

	if (boot_count == usb->boot_count) {
		return;
	}
	alternates = sim_gadget_alternates(&usb->gadget);
	sim_gadget_boot(&usb->gadget, usb->board);
	usb->boot_count = boot_count;
	if (is_next && sim_boot_kept_the_bus(usb->board)) {
		usb->gadget.alternate = alternate;
		usb->is_borrowed = sim_gadget_alternates(&usb->gadget) != alternates;
	} else {
		usb->is_borrowed = false;
		usb->enumeration++;
		usb->looks_away = sim_boot_options(usb->board)->looks_away;
	}
}

static bool is_running(struct sim_usb *usb)
{
	follow_board(usb);
	return sim_board_is_powered(usb->board) && !sim_board_is_dead(usb->board) &&
	       (usb->gadget.presence == SIM_ON_BUS || usb->gadget.presence == SIM_HUNG);
}

static bool is_present(struct sim_usb *usb)
{
	return is_running(usb) && usb->looks_away == 0;
}

unsigned sim_usb_enumeration(struct sim_usb *usb)
{
	follow_board(usb);
	return usb->enumeration;
}

bool sim_usb_is_on_bus(struct sim_usb *usb)
{
	return is_running(usb);
}

enum status sim_usb_create(struct sim_usb **out, struct sim_board *board, struct errbuf *err)
{
	struct sim_usb *usb = calloc(1, sizeof *usb);

	if (usb == NULL) {
		return errbuf_set(err, ERR_MEMORY, "no memory for a simulated USB device");
	}
	usb->board = board;
	usb->boot_count = sim_boot_count(board);
	sim_gadget_boot(&usb->gadget, board);
	*out = usb;
	return OK;
}

void sim_usb_free(struct sim_usb *usb)
{
	free(usb);
}

void sim_usb_board_reset(struct sim_usb *usb)
{
	sim_board_reset(usb->board);
	follow_board(usb);
}

void sim_usb_bus_reset(struct sim_usb *usb)
{
	if (!is_present(usb)) {
		return;
	}
	/* Its descriptors are compared with what they were before: it is another device. */
	if (usb->is_borrowed) {
		usb->is_borrowed = false;
		usb->enumeration++;
	}
	sim_gadget_bus_reset(&usb->gadget);
}

void sim_usb_break_off_next(struct sim_usb *usb)
{
	usb->break_off = true;
}

unsigned long sim_usb_clock_ms(const struct sim_usb *usb)
{
	return usb->clock_ms;
}

unsigned sim_usb_stray_count(const struct sim_usb *usb)
{
	return usb->gadget.strays;
}

enum sim_usb_end sim_usb_transfer(
	struct sim_usb *usb, const uint8_t setup[8], uint8_t *data, uint16_t *actual)
{
	bool in = (setup[0] & 0x80) != 0;
	bool broken = usb->break_off && (setup[0] & 0x60) != 0;
	uint16_t length = (uint16_t)(setup[6] | setup[7] << 8);
	struct sim_answer *answer = &usb->answer;

	*actual = 0;
	if (!is_present(usb)) {
		return SIM_USB_GONE;
	}
	if (usb->gadget.presence == SIM_HUNG) {
		return SIM_USB_SILENCE;
	}
	sim_gadget_setup(&usb->gadget, answer, setup, data, broken);
	if (broken) {
		usb->break_off = false;
		return SIM_USB_SILENCE;
	}
	if (answer->end != SIM_USB_DATA) {
		return answer->end;
	}
	if (!in) {
		*actual = length;
		return SIM_USB_DATA;
	}
	*actual = answer->length < length ? (uint16_t)answer->length : length;
	if (*actual != 0) {
		memcpy(data, answer->data, *actual);
	}
	return SIM_USB_DATA;
}

static struct sim_link *as_sim(struct usb_link *link)
{
	return (struct sim_link *)link;
}

static enum status gone(struct errbuf *err)
{
	return errbuf_set(err, ERR_GONE, "the simulated board has left the bus; open it again");
}

static bool is_lost(struct sim_link *link)
{
	return !is_present(link->usb) || link->enumeration != link->usb->enumeration;
}

static enum status sim_describe(
	struct usb_link *usb_link, struct usb_description *out, struct errbuf *err)
{
	struct sim_link *link = as_sim(usb_link);
	struct sim_gadget *gadget = &link->usb->gadget;

	if (is_lost(link)) {
		return gone(err);
	}
	*out = (struct usb_description){
		.vendor = SIM_USB_VENDOR,
		.product = SIM_USB_PRODUCT,
		.release = SIM_USB_RELEASE,
		.path = "simulated",
		.dfu_version = SIM_USB_DFU_VERSION,
		.dfu_attributes = SIM_USB_ATTRIBUTES,
		.transfer_size = gadget->dialect->transfer_size,
		.interface_number = 0,
		.alternate_count = sim_gadget_alternates(gadget),
	};
	sim_gadget_string(gadget, SIM_USB_STRING_SERIAL, out->serial, sizeof out->serial);
	sim_gadget_string(
		gadget, SIM_USB_STRING_PRODUCT, out->product_text, sizeof out->product_text);
	for (unsigned i = 0; i < out->alternate_count; i++) {
		out->alternates[i].number = i;
		gadget->dialect->name(
			gadget, i, out->alternates[i].name, sizeof out->alternates[i].name);
	}
	return OK;
}

static enum status transfer(struct sim_link *link, const uint8_t setup[8], uint8_t *data,
	uint16_t *actual, enum usb_outcome *outcome, struct errbuf *err)
{
	*actual = 0;
	if (is_lost(link)) {
		return gone(err);
	}
	switch (sim_usb_transfer(link->usb, setup, data, actual)) {
	case SIM_USB_DATA: *outcome = USB_DONE; return OK;
	case SIM_USB_STALL: *outcome = USB_STALLED; return OK;
	case SIM_USB_SILENCE:
		return errbuf_set(err, ERR_TIMEOUT, "no answer from the simulated board");
	case SIM_USB_GONE: break;
	}
	return gone(err);
}

static enum status sim_set_alternate(
	struct usb_link *usb_link, unsigned number, enum usb_outcome *outcome, struct errbuf *err)
{
	const uint8_t setup[8] = {0x01, 0x0B, (uint8_t)number, (uint8_t)(number >> 8)};
	uint16_t actual;

	return transfer(as_sim(usb_link), setup, NULL, &actual, outcome, err);
}

static enum status sim_control(struct usb_link *usb_link, uint8_t request_type, uint8_t request,
	uint16_t value, uint8_t *data, uint16_t length, unsigned timeout_ms, uint16_t *actual,
	enum usb_outcome *outcome, struct errbuf *err)
{
	const uint8_t setup[8] = {request_type, request, (uint8_t)value, (uint8_t)(value >> 8), 0,
		0, (uint8_t)length, (uint8_t)(length >> 8)};

	(void)timeout_ms;
	assert(data != NULL || length == 0);
	return transfer(as_sim(usb_link), setup, data, actual, outcome, err);
}

static void sim_pause(struct usb_link *usb_link, unsigned milliseconds)
{
	as_sim(usb_link)->usb->clock_ms += milliseconds;
}

static void sim_close(struct usb_link *usb_link)
{
	free(as_sim(usb_link));
}

static const struct usb_ops sim_ops = {
	.describe = sim_describe,
	.set_alternate = sim_set_alternate,
	.control = sim_control,
	.pause = sim_pause,
	.close = sim_close,
};

enum status sim_usb_open(struct usb_link **out, struct sim_usb *usb, struct errbuf *err)
{
	struct sim_link *link;

	if (!is_present(usb)) {
		if (is_running(usb)) {
			usb->looks_away--;
			return errbuf_set(err, ERR_GONE,
				"the simulated board is not on the bus yet; try again");
		}
		return errbuf_set(
			err, ERR_GONE, "the simulated board is not on the bus; reset it first");
	}
	link = calloc(1, sizeof *link);
	if (link == NULL) {
		return errbuf_set(err, ERR_MEMORY, "no memory for a link to a simulated board");
	}
	link->link.ops = &sim_ops;
	link->usb = usb;
	link->enumeration = usb->enumeration;
	*out = &link->link;
	return OK;
}
