/*
 * Which of the USB devices in DFU mode is the board that is meant. Descriptors alone are looked at:
 * nothing is sent but requests for strings, and no device is claimed.
 */
#ifndef OTPEDIT_TRANSPORT_USB_FIND_H
#define OTPEDIT_TRANSPORT_USB_FIND_H

#include "src/device.h"
#include "src/errbuf.h"
#include "transport/link.h"

#include <stdbool.h>

/* A text of "" leaves it open; with both left open, the only board there is. */
struct usb_wanted {
	char serial[64];
	char path[32]; /* "1-5.4" */
};

/*
 * Whether it may be an STM32MP board, by DFU version, product text and the names of its alternate
 * settings (transport/peer_usb.h); never by vendor and product number, which ST's microcontrollers
 * share.
 */
bool usb_find_is_board(const struct usb_description *description);

/*
 * Whether a board can be named by it: it is whole, and holds letters, digits, '.', '_' and '-'
 * alone. The name is for a shell's command line, and what stands in it comes from the board.
 */
bool usb_find_is_name(const char *serial);

/* What it says of itself, for people; `source` names its place. */
void usb_find_tell(struct found_board *out, const struct usb_description *description);

/*
 * Every device in DFU mode, boards or not. What cannot be looked at has a remark instead of a
 * stage. A board is named by its serial number where that is fit for it, and no other device here
 * has the same.
 */
enum status usb_find_list(struct found_boards *out, struct errbuf *err);

/*
 * Opens it, and says what it is. ERR_GONE where it is not there, ERR_REFUSED where several boards
 * fit, naming them, ERR_UNSUPPORTED where what is at the wanted path is no board. Without a
 * serial number or a path wanted, a device that cannot be looked at is a failure, too: it might be
 * a second board. The caller closes the link.
 */
enum status usb_find_open(struct usb_link **out, struct usb_description *description,
	const struct usb_wanted *wanted, struct errbuf *err);

#endif
