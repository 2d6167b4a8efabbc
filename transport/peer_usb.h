/*
 * Who answers at the other end of USB, told from the descriptors alone: a table.
 *
 * Sources: U-Boot stm32prog_usb.c and f_dfu.c, TF-A usb_dfu.c, STM32PRGFW-UTIL usbd_desc.c, and
 * recordings of the first and the last.
 */
#ifndef OTPEDIT_TRANSPORT_PEER_USB_H
#define OTPEDIT_TRANSPORT_PEER_USB_H

#include "src/device.h"
#include "transport/link.h"

#include <stdbool.h>
#include <stdint.h>

struct peer_usb {
	enum peer peer;
	const char *name;
	/* What the product text must and must not hold; NULL: anything. */
	const char *starts, *contains, *lacks;
	const char *lists;        /* how the name of one of its alternates begins; NULL: any */
	uint16_t dfu_version;     /* bcdDFU; 0: any */
	uint16_t transfer_size;   /* wTransferSize; 0: any */
	bool shows_board;         /* fits only with a device id, or with an OTP partition */
	bool is_board;            /* it runs on an STM32MP */
	bool cleans_by_bad_block; /* takes the DNLOAD of block FFFF that clears a broken-off write:
				     harmless on U-Boot (recorded), dangerous elsewhere */
	const char *without_otp;  /* why it may list no OTP alternate, and what to do */
};

/* Never NULL: what fits no row is a DFU device of some other kind. */
const struct peer_usb *peer_usb_recognise(const struct usb_description *description);

/* Why it lists no OTP partition, as far as it tells, and what to do: the row's words, but where a
 * partition has no name. */
const char *peer_usb_without_otp(const struct usb_description *description);

/* "@Device ID /0x500" in the product text; 0 when it is not told. */
uint32_t peer_usb_device_id(const struct usb_description *description);

#endif
