/*
 * What the loader over USB does with one boot stage: ask its phase, give it one file. For
 * loader_usb.c.
 */
#ifndef OTPEDIT_TRANSPORT_LOADER_DFU_H
#define OTPEDIT_TRANSPORT_LOADER_DFU_H

#include "src/loader.h"
#include "transport/link.h"

struct loader_phase {
	bool is_told; /* else the stage has no virtual partition, or it does not answer */
	unsigned phase;
	bool wants_detach;
	char said[LOADER_SAID_MAX]; /* PHASE_RESET: why; printable */
};

/* Asks the virtual partition. ERR_LINK where the board stands in a download that was not finished,
 * by anybody: nothing is sent then. */
enum status loader_dfu_phase(struct loader_phase *out, struct usb_link *link,
	const struct usb_description *description, struct errbuf *err);

/*
 * Sends one file to the alternate of its phase, and its end. OK: the board has taken it, or went
 * away over it. report->sent counts; has_started is set before its end is sent.
 */
enum status loader_dfu_send(struct loader_report *report, struct usb_link *link,
	const struct usb_description *description, const struct firmware_image *image,
	const char *stage, const struct job *job, struct errbuf *err);

#endif
