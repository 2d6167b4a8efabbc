/*
 * A board behind USB DFU as the model sees it (src/device.h), over any struct usb_ops.
 */
#ifndef OTPEDIT_TRANSPORT_DEVICE_USB_H
#define OTPEDIT_TRANSPORT_DEVICE_USB_H

#include "src/device.h"
#include "transport/link.h"

#include <stdbool.h>

/* What the opener knows and the wire does not tell. Texts are copied. */
struct device_usb_about {
	const char *source; /* as the user would type it */
	const char *link;   /* for people; NULL: "usb" and the path */
	const char *port;   /* NULL: the path */
	enum source_class source_class;
	bool fresh_power; /* see struct device_info */
	/* What this link said of itself just now; NULL: it is asked. */
	const struct usb_description *description;
	/* Power-cycles the board and opens a new link to it; the old one is closed before. NULL:
	 * the device has no restart. */
	enum status (*restart)(struct usb_link **out, void *payload, struct errbuf *err);
	/* Called last, when the device is closed and its link is, too. May be NULL. */
	void (*closed)(void *payload);
	void *payload;
};

/*
 * Takes the link over: it is closed with the device, or here on failure. Sends one GETSTATE; see
 * dfu_attach() for what makes it refuse. A first identify() goes by what was read here; every
 * later one reads the descriptors again and refuses another board. `closed` is called only for a
 * device that was opened.
 */
enum status device_usb_open(struct device **out, struct usb_link *link,
	const struct device_usb_about *about, struct errbuf *err);

#endif
