/*
 * Brings a board from its ROM code to a service for OTP over USB DFU: as a struct loader over any
 * way to open links.
 *
 * Sources: TF-A plat/st/common/stm32cubeprogrammer_usb.c and usb_dfu.c, stm32mp1_usb_dfu.c; ST wiki
 * "How to load U-Boot with dfu-util"; ST AN5275. What they ask of a host:
 * - What is wanted next, the virtual partition tells: phase, address, and whether a DETACH is due.
 *   Where it does not answer, the list of alternate settings and the chip decide.
 * - Each phase has the alternate with its id; numbers differ from stage to stage.
 * - The ROM code of STM32MP15 starts TF-A at the GETSTATUS behind the last, empty block, and TF-A
 *   keeps the enumeration. Elsewhere a DETACH starts what was loaded, and the board comes back.
 * - A DETACH at any other time loses the board.
 * - What was loaded in part cannot be begun anew: the board has to be reset.
 */
#ifndef OTPEDIT_TRANSPORT_LOADER_USB_H
#define OTPEDIT_TRANSPORT_LOADER_USB_H

#include "src/loader.h"
#include "transport/link.h"

#define LOADER_USB_WAIT_MS 30000u /* for a board to come back, and for a stage to start */
#define LOADER_USB_LOOK_MS 100u   /* between two looks */

/* The way to the board; it may come back at another address. */
struct loader_bus {
	/* Opens the board as it is on the bus now; the caller closes. ERR_GONE: it is not there
	 * now. ERR_REFUSED: it cannot be told which it is. */
	enum status (*open)(struct usb_link **out, struct usb_description *description,
		void *payload, struct errbuf *err);
	void (*pause)(unsigned milliseconds, void *payload);
	void (*closed)(void *payload); /* called last; may be NULL */
	void *payload;
};

struct loader_usb_about {
	enum source_class source_class;
	const char *source; /* of a simulated board; NULL: named by its serial number */
	const char *port;   /* of a simulated board; NULL: its path */
	struct loader_bus bus;
};

/* Opens the board once. `bus` is closed with the loader, or here on failure. ERR_UNSUPPORTED where
 * what answers is no board. */
enum status loader_usb_open(
	struct loader **out, const struct loader_usb_about *about, struct errbuf *err);

#endif
