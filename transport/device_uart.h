/*
 * A board behind the serial bootloader protocol as the model sees it (src/device.h), over any
 * struct stream_ops.
 */
#ifndef OTPEDIT_TRANSPORT_DEVICE_UART_H
#define OTPEDIT_TRANSPORT_DEVICE_UART_H

#include "src/device.h"
#include "transport/link.h"

#include <stdbool.h>

/* What the opener knows and the wire does not tell. Texts are copied. */
struct device_uart_about {
	const char *source; /* as the user would type it */
	const char *link;   /* for people: "serial /dev/ttyUSB0" */
	const char *port;   /* NULL: that of the stream's description */
	enum source_class source_class;
	bool fresh_power; /* see struct device_info */
	/* Power-cycles the board and opens a new stream to it; the old one is closed before. NULL:
	 * the device has no restart. */
	enum status (*restart)(struct stream **out, void *payload, struct errbuf *err);
	/* Called last, when the device is closed and its stream is, too. May be NULL. */
	void (*closed)(void *payload);
	void *payload;
	const struct job *job; /* of the opening alone; NULL: none */
};

/*
 * Takes the stream over: it is closed with the device, or here on failure. Sends the sync byte and
 * asks who answers; see stm32boot_attach() for what makes it refuse. `closed` is called only for a
 * device that was opened.
 */
enum status device_uart_open(struct device **out, struct stream *stream,
	const struct device_uart_about *about, struct errbuf *err);

#endif
