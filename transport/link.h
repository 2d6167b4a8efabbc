/*
 * The byte-level seams: everything above them is protocol, everything below them is a wire,
 * real or simulated.
 */
#ifndef OTPEDIT_TRANSPORT_LINK_H
#define OTPEDIT_TRANSPORT_LINK_H

#include "src/errbuf.h"

#include <stddef.h>
#include <stdint.h>

#define USB_MAX_ALTERNATES 32

/* One alternate setting of the DFU interface, as the descriptors list it. */
struct usb_alternate {
	unsigned number;
	char name[128]; /* "@OTP/0xf2/1*776Be"; made printable */
};

/* What the descriptors say; asking for it sends nothing that could disturb a board. */
struct usb_description {
	uint16_t vendor, product, release; /* idVendor, idProduct, bcdDevice */
	char serial[64];
	char product_text[160];
	char path[32];          /* "1-5.4" */
	uint16_t dfu_version;   /* bcdDFU */
	uint8_t dfu_attributes; /* bmAttributes */
	uint16_t transfer_size; /* wTransferSize */
	uint8_t interface_number;
	size_t alternate_count;
	struct usb_alternate alternates[USB_MAX_ALTERNATES];
};

/*
 * How a control transfer ended. A stall is a plain answer in DFU and not an ERR_ status:
 * control() returns OK and says so here.
 */
enum usb_outcome { USB_DONE, USB_STALLED };

struct usb_link;

struct usb_ops {
	/* Reads the descriptors of the configuration that is active now. */
	enum status (*describe)(struct usb_link *, struct usb_description *out, struct errbuf *);
	/* SET_INTERFACE on the DFU interface. */
	enum status (*set_alternate)(
		struct usb_link *, unsigned number, enum usb_outcome *outcome, struct errbuf *);
	/*
	 * One class request to the DFU interface. `request_type` is 0x21 (out) or 0xA1 (in); `data`
	 * is sent or filled, `length` bytes at most; *actual is what passed. ERR_TIMEOUT, ERR_GONE
	 * and ERR_LINK are failures of the wire: the device may or may not have seen the request.
	 */
	enum status (*control)(struct usb_link *, uint8_t request_type, uint8_t request,
		uint16_t value, uint8_t *data, uint16_t length, unsigned timeout_ms,
		uint16_t *actual, enum usb_outcome *outcome, struct errbuf *);
	/* Waits so long; a seam so that tests need not. */
	void (*pause)(struct usb_link *, unsigned milliseconds);
	/* Called exactly once. */
	void (*close)(struct usb_link *);
};

/* The first member of every kind of link. */
struct usb_link {
	const struct usb_ops *ops;
};

#endif
