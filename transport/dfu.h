/*
 * USB DFU 1.1 as U-Boot's stm32prog speaks it, host side: read, stage, burn and their clean-up, on
 * one USB link.
 *
 * Sources: USB DFU specification 1.1; U-Boot f_dfu.c, dfu.c, stm32prog_usb.c, stm32prog.c (6073c36)
 * and recordings of that code. What they ask of a host:
 * - In dfuMANIFEST-SYNC a GETSTATUS sets a prepared burn off. So the first question is always
 *   GETSTATE, which never moves the machine.
 * - SET_INTERFACE forces dfuIDLE from any state, but what a broken-off write left in the board's
 *   bookkeeping stays, and a DNLOAD of the block number expected next would go on with it. So
 *   before a write that is cleaned away: a DNLOAD of block FFFF, one byte long, is refused for its
 *   number, and the refusal clears everything; then CLRSTATUS. It can arm nothing. The same frees
 *   an alternate that a failed read has wedged.
 * - UPLOAD asks for exactly wTransferSize, or the device answers with more than was asked.
 * - CLRSTATUS is sent in dfuERROR only, ABORT only where it is legal, DETACH and bus resets never.
 * - Only alternates that the descriptors list are selected: U-Boot crashes on others.
 *
 * The burn, and which failure of it is certain
 *	exchange                  fails                 means
 *	any before                in any way            nothing was burnt
 *	DNLOAD, no data (1)       stalled               refused, nothing was burnt
 *	                          timeout, gone, odd    the board may be armed (dfuMANIFEST-SYNC),
 *but burns only at a GETSTATUS, which is not sent: certain. dfu_unstage() then disarms it. first
 *GETSTATUS after     in any way, any       ERR_UNCERTAIN: a timeout does not show whether (1): the
 *trigger          answer but            the board saw it, and U-Boot burns even when dfuMANIFEST,
 *OK       the answer was never fetched each GETSTATUS later      in any way ERR_UNCERTAIN OK means
 *that the board came back to dfuIDLE, and no more: U-Boot says so for a refused burn, too, and may
 *say so before the burn has run. It answers the next UPLOAD only after the burn.
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
	bool armed;          /* an empty block of ours may have been seen */
	uint16_t next_block; /* after the staged ones */
};

/*
 * Reads the descriptors and asks for the state, nothing else. ERR_LINK with "power-cycle" where
 * somebody else's write stands so that a GETSTATUS could burn it; ERR_UNSUPPORTED where it is not
 * DFU 1.1, or the descriptors make no sense.
 */
enum status dfu_attach(struct dfu *out, struct usb_link *link, struct errbuf *err);

/*
 * Reads the whole OTP partition from the fuses. What is staged counts as lost. A read that the
 * board refuses is tried once more, after the clean-up; never again.
 */
enum status dfu_read(
	struct dfu *dfu, uint8_t *out, size_t capacity, size_t *length, struct errbuf *err);

/* Cleans, then sends a request of the partition's full length; it waits in the board's RAM. */
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

/*
 * The error text the board noted first, "" for none; printable. What is staged counts as lost.
 * ERR_UNSUPPORTED without the phase alternate.
 */
enum status dfu_complaint(struct dfu *dfu, char *text, size_t capacity, struct errbuf *err);

#endif
