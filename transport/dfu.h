/*
 * USB DFU 1.1 as ST's programming services speak it, host side: read, stage, burn and their
 * clean-up, on one USB link. What differs from service to service is in dfu_uboot.c and
 * dfu_prgfw.c.
 *
 * Sources: USB DFU specification 1.1; U-Boot f_dfu.c, dfu.c, stm32prog_usb.c, stm32prog.c
 * (6073c36); STM32PRGFW-UTIL v1.1.2; and recordings of that code. What they ask of any host:
 * - In some states a GETSTATUS sets a prepared burn off. So the first question is always GETSTATE.
 * - CLRSTATUS is sent in dfuERROR only, ABORT only where it is legal, bus resets never, DETACH to
 * boot stages alone (loader_usb.h).
 * - Only alternates that the descriptors list are selected: U-Boot crashes on others.
 * - OK means that the board answered, and no more: both say so for a refused burn, too.
 */
#ifndef OTPEDIT_TRANSPORT_DFU_H
#define OTPEDIT_TRANSPORT_DFU_H

#include "src/errbuf.h"
#include "transport/dfu_name.h"
#include "transport/link.h"
#include "transport/peer_usb.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DFU_PRGFW_BLOCK 1024u /* the one length of blocks that STM32PRGFW-UTIL can place */

/* One session over one link. A value; nothing of it is to be freed. */
struct dfu {
	struct usb_link *link; /* borrowed */
	const struct peer_usb *peer;
	struct usb_description description;
	int otp_alternate; /* -1: none is offered */
	struct dfu_name otp;
	int phase_alternate; /* -1: none is offered */
	bool staged;         /* the board holds a whole request of ours, and nothing came after */
	bool writing;        /* blocks of ours may lie in the board's bookkeeping */
	bool armed; /* what sets our burn off may have been seen, or waits for its trigger */
	bool waits; /* U-Boot: our empty block may be there, its trigger was not sent */
	uint16_t next_block;           /* U-Boot: after the staged ones */
	uint8_t last[DFU_PRGFW_BLOCK]; /* STM32PRGFW-UTIL: the block that burns, not yet sent */
};

/*
 * Reads the descriptors and asks for the state, nothing else. ERR_LINK with "power-cycle" where
 * somebody else's write stands so that a GETSTATUS could burn it; ERR_UNSUPPORTED where it is not
 * DFU 1.1, or the descriptors make no sense.
 */
enum status dfu_attach(struct dfu *out, struct usb_link *link, struct errbuf *err);

/* The same, where the descriptors of this link were just read. */
enum status dfu_attach_described(struct dfu *out, struct usb_link *link,
	const struct usb_description *description, struct errbuf *err);

/*
 * Reads the whole OTP partition from the fuses. What is staged counts as lost. A read that U-Boot
 * refuses is tried once more, after the clean-up; never again.
 */
enum status dfu_read(
	struct dfu *dfu, uint8_t *out, size_t capacity, size_t *length, struct errbuf *err);

/* Cleans, then sends a request of the partition's full length; it waits in the board's RAM. To
 * STM32PRGFW-UTIL all but its last block, which would burn. */
enum status dfu_stage(struct dfu *dfu, const uint8_t *request, size_t length, struct errbuf *err);

/*
 * Takes back what dfu_stage() or a failed dfu_burn() left: disarms it, cleans it, and reads the
 * fuses over the copy in the board's RAM, which cleaning does not reach. A failure means that the
 * board has to be power-cycled before anything else talks to it.
 */
enum status dfu_unstage(struct dfu *dfu, struct errbuf *err);

/* Burns what dfu_stage() staged just before; without that ERR_REFUSED, and nothing is sent.
 * Sent once: afterwards nothing is staged, whatever came of it. */
enum status dfu_burn(struct dfu *dfu, struct errbuf *err);

/* Whether this service has an error text at all. */
bool dfu_complains(const struct dfu *dfu);

/*
 * The error text the board noted first, "" for none; printable. What is staged counts as lost.
 * ERR_UNSUPPORTED without the phase alternate, and where the service has none.
 */
enum status dfu_complaint(struct dfu *dfu, char *text, size_t capacity, struct errbuf *err);

#endif
