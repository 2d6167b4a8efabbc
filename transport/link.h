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
#define USB_SERIAL_SIZE    64

/* One alternate setting of the DFU interface, as the descriptors list it. */
struct usb_alternate {
	unsigned number;
	char name[128]; /* "@OTP/0xf2/1*776Be"; made printable */
};

/* What the descriptors say; asking for it sends nothing that could disturb a board. */
struct usb_description {
	uint16_t vendor, product, release; /* idVendor, idProduct, bcdDevice */
	char serial[USB_SERIAL_SIZE];      /* cut off where it is longer */
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

/* --- a serial line */

/* What is known of the port, and how it is set; nothing is sent for it. */
struct stream_description {
	char port[128];        /* "/dev/ttyUSB0" */
	char description[160]; /* for people: what the adapter calls itself; "" when not told */
	char usb[16];          /* "0403:6001"; "" for no USB adapter */
	unsigned baud;
	char parity; /* 'E', 'N', 'O'; '?': the driver does not tell */
};

struct stream;

struct stream_ops {
	enum status (*describe)(struct stream *, struct stream_description *out, struct errbuf *);
	/* Sends all of it in one go, and returns once it has left this computer. ERR_GONE, ERR_LINK
	 * and ERR_TIMEOUT: any part of it may have been sent. */
	enum status (*write)(struct stream *, const uint8_t *bytes, size_t length, struct errbuf *);
	/*
	 * Waits for `length` bytes, no longer than timeout_ms for all of them. *actual is what
	 * came: fewer, or none, is OK. ERR_GONE at once when the port is unplugged.
	 */
	enum status (*read)(struct stream *, uint8_t *out, size_t length, unsigned timeout_ms,
		size_t *actual, struct errbuf *);
	/* Waits so long; a seam so that tests need not. */
	void (*pause)(struct stream *, unsigned milliseconds);
	/* Another speed and parity from here on; the port stays open, as opening one moves modem
	 * lines. ERR_UNSUPPORTED where the driver does not take them. */
	enum status (*set)(struct stream *, unsigned baud, char parity, struct errbuf *);
	/* Called exactly once. */
	void (*close)(struct stream *);
};

/* The first member of every kind of stream. */
struct stream {
	const struct stream_ops *ops;
};

#endif
