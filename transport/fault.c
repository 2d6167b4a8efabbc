#include "transport/fault.h"

#include <assert.h>
#include <stdlib.h>

#define FLIP 0xA5u

struct fault {
	struct usb_link link;
	struct usb_link *inner;
	struct fault_options options;
	unsigned count, hits;
	unsigned planned; /* number of the exchange that fails; 0: none */
	enum fault_kind kind;
	uint32_t random;
	bool is_gone;
};

static struct fault *as_fault(struct usb_link *link)
{
	return (struct fault *)link;
}

/* xorshift32 (Marsaglia): the same faults from the same seed everywhere. */
static uint32_t next_random(struct fault *fault)
{
	uint32_t x = fault->random;
	x ^= x << 13;
	x ^= x >> 17;
	x ^= x << 5;
	fault->random = x;
	return x;
}

static bool is_due(struct fault *fault, enum fault_kind *kind)
{
	if (fault->planned != 0 && fault->planned == fault->count) {
		*kind = fault->kind;
		return true;
	}
	if (fault->options.permille == 0 || next_random(fault) % 1000 >= fault->options.permille)
		return false;
	*kind = (enum fault_kind)(next_random(fault) % (fault->options.last_kind + 1));
	return true;
}

static enum status gone(struct errbuf *err)
{
	return errbuf_set(err, ERR_GONE, "the board is gone (fault)");
}

/* What a fault does instead of the exchange. True: it is over. */
static bool fail_before(struct fault *fault, enum fault_kind kind, enum usb_outcome *outcome,
	enum status *status, struct errbuf *err)
{
	switch (kind) {
	case FAULT_LOST: *status = errbuf_set(err, ERR_TIMEOUT, "no answer in time (fault)"); break;
	case FAULT_STALL:
		*outcome = USB_STALLED;
		*status = OK;
		break;
	case FAULT_GONE:
		fault->is_gone = true;
		*status = gone(err);
		break;
	default: return false;
	}
	fault->hits++;
	return true;
}

/* What a fault makes of an exchange that was done, whatever the device said. */
static enum status fail_after(
	struct fault *fault, enum fault_kind kind, enum status status, struct errbuf *err)
{
	if (kind != FAULT_UNANSWERED && kind != FAULT_GONE_AFTER)
		return status;
	fault->hits++;
	fault->is_gone = kind == FAULT_GONE_AFTER;
	errbuf_clear(err);
	return fault->is_gone ? gone(err)
			      : errbuf_set(err, ERR_TIMEOUT, "no answer in time (fault)");
}

static void spoil(struct fault *fault, enum fault_kind kind, uint8_t *data, uint16_t length,
	uint16_t *actual, bool is_in)
{
	if (kind == FAULT_SHORT && *actual > 0) {
		*actual /= 2;
		fault->hits++;
	} else if (kind == FAULT_OVERLONG) {
		*actual = (uint16_t)(length + 1);
		fault->hits++;
	} else if (kind == FAULT_GARBAGE && is_in && *actual > 0) {
		for (uint16_t i = 0; i < *actual; i++)
			data[i] ^= FLIP;
		fault->hits++;
	}
}

static void look(struct fault *fault, const struct fault_exchange *exchange)
{
	if (fault->options.look)
		fault->options.look(exchange, fault->options.payload);
}

static enum status fault_describe(
	struct usb_link *link, struct usb_description *out, struct errbuf *err)
{
	struct fault *fault = as_fault(link);
	return fault->is_gone ? gone(err) : fault->inner->ops->describe(fault->inner, out, err);
}

static enum status fault_set_alternate(
	struct usb_link *link, unsigned number, enum usb_outcome *outcome, struct errbuf *err)
{
	struct fault *fault = as_fault(link);
	enum fault_kind kind;
	enum status status;
	fault->count++;
	look(fault, &(struct fault_exchange){
			    .number = fault->count, .is_select = true, .value = (uint16_t)number});
	if (fault->is_gone)
		return gone(err);
	bool due = is_due(fault, &kind);
	if (due && fail_before(fault, kind, outcome, &status, err))
		return status;
	status = fault->inner->ops->set_alternate(fault->inner, number, outcome, err);
	return due ? fail_after(fault, kind, status, err) : status;
}

static enum status fault_control(struct usb_link *link, uint8_t request_type, uint8_t request,
	uint16_t value, uint8_t *data, uint16_t length, unsigned timeout_ms, uint16_t *actual,
	enum usb_outcome *outcome, struct errbuf *err)
{
	struct fault *fault = as_fault(link);
	enum fault_kind kind;
	enum status status;
	fault->count++;
	look(fault, &(struct fault_exchange){.number = fault->count,
			    .request = request,
			    .value = value,
			    .length = length});
	*actual = 0;
	if (fault->is_gone)
		return gone(err);
	bool due = is_due(fault, &kind);
	if (due && fail_before(fault, kind, outcome, &status, err))
		return status;
	status = fault->inner->ops->control(fault->inner, request_type, request, value, data,
		length, timeout_ms, actual, outcome, err);
	if (!due)
		return status;
	if (status == OK && *outcome == USB_DONE)
		spoil(fault, kind, data, length, actual, (request_type & 0x80) != 0);
	return fail_after(fault, kind, status, err);
}

static void fault_pause(struct usb_link *link, unsigned milliseconds)
{
	struct usb_link *inner = as_fault(link)->inner;
	inner->ops->pause(inner, milliseconds);
}

static void fault_close(struct usb_link *link)
{
	struct fault *fault = as_fault(link);
	fault->inner->ops->close(fault->inner);
	free(fault);
}

static const struct usb_ops fault_ops = {
	.describe = fault_describe,
	.set_alternate = fault_set_alternate,
	.control = fault_control,
	.pause = fault_pause,
	.close = fault_close,
};

enum status fault_open(struct usb_link **out, struct usb_link *inner,
	const struct fault_options *options, struct errbuf *err)
{
	assert(options->permille == 0 || options->seed != 0);
	assert(options->last_kind < FAULT_KINDS);
	struct fault *fault = calloc(1, sizeof *fault);
	if (!fault)
		return errbuf_set(err, ERR_MEMORY, "out of memory for faults");
	fault->link.ops = &fault_ops;
	fault->inner = inner;
	fault->options = *options;
	fault->random = options->seed;
	*out = &fault->link;
	return OK;
}

void fault_plan(struct usb_link *link, unsigned from_now, enum fault_kind kind)
{
	struct fault *fault = as_fault(link);
	fault->planned = from_now == 0 ? 0 : fault->count + from_now;
	fault->kind = kind;
}

void fault_calm(struct usb_link *link)
{
	as_fault(link)->options.permille = 0;
}

unsigned fault_count(const struct usb_link *link)
{
	return ((const struct fault *)link)->count;
}

unsigned fault_hits(const struct usb_link *link)
{
	return ((const struct fault *)link)->hits;
}
