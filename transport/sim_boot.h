/*
 * How a simulated board gets from power-on to the service that shows its OTP, when its boot pins
 * say "serial boot": the ROM code loads the first stage (TF-A, or STM32PRGFW-UTIL), TF-A loads the
 * FIP with OP-TEE and U-Boot. What both links have in common: phases, what arrived, what is
 * refused, and what follows. sim_stages.c shows it on USB, sim_uart_loader.c on a serial line.
 *
 * Sources: TF-A plat/st/common/usb_dfu.c, stm32cubeprogrammer_usb.c and _uart.c,
 * stm32mp1_usb_dfu.c, ST's stm32mp2_usb_dfu.c, bl2_plat_setup.c, tools/stm32image; ST wiki "STM32
 * MPU ROM code overview", "STM32 header for binary files", "How to load U-Boot with dfu-util"; logs
 * of dfu-util in DH electronics' manuals and of STM32CubeProgrammer in ST's community; a bare-metal
 * loader's notes on the ROM code of an STM32MP135 (embd.cc).
 *
 * Phases
 *   ROM code   1: an image with STM32 header. MP15: header 1.0, 247 KiB of payload, starts by
 * itself when it is complete. MP13: header 2.0, 128 KiB; MP2: header 2.1 and up, 256 KiB (its
 *              alternate's size; that this is the limit, is decided here); over USB both start
 *              it at a DETACH.
 *   TF-A       MP2: 2, the FIP with the DDR's firmware, then 3. MP1: 3. Only the FIP's first eight
 *              bytes are looked at, as TF-A does before it starts. TF-A of ST's first releases on
 *              MP15 asks for 0, a FlashLayout, before 3 (`layout_first`); it is taken as it comes.
 *   After its last phase a stage shows phase 0 without an address: the host is to DETACH. A DETACH
 *   before that ends in a board that does nothing more.
 *
 * What an image starts
 *   One that holds the text "@FSBL-EXT" is STM32PRGFW-UTIL, which lists that name; every other one
 * is TF-A. What is in a FIP is not looked at: U-Boot starts. No MP21 knows STM32PRGFW-UTIL.
 *
 * What the ROM code refuses, all decided here in the way it shows: another magic number or version
 * of the header, a length that is not that of the image, a wrong checksum (unsigned images only),
 * too much payload; on a closed device an image without signature, or one whose version is below
 * the monotonic counter. Any signature that is not zero counts as right: none is computed. Phase is
 * FF then, without a text, and nothing is taken before a reset.
 *
 * The monotonic counter: TF-A of MP15 raises OTP word 4 to as many low bits as the version in its
 * header says, before it starts U-Boot. Upstream does so on closed devices, ST's v2.4 on open ones,
 * too; decided here: always, unless told otherwise.
 *
 * Handing over on USB: MP15's TF-A keeps the enumeration of the ROM code, whose alternates it
 * shares; descriptors that are asked for anew are its own. Everything else leaves the bus and comes
 * back. TF-A of MP2 keeps it as well, say its sources, but hosts saw it come back as another
 * device: it does so by itself (decided here), or at the next bus reset (SIM_HANDOVER_STAYS).
 */
#ifndef OTPEDIT_TRANSPORT_SIM_BOOT_H
#define OTPEDIT_TRANSPORT_SIM_BOOT_H

#include "transport/sim_board.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum sim_boot_stage {
	SIM_BOOT_SERVICE, /* U-Boot's stm32prog or STM32PRGFW-UTIL, as sim_board_service() says */
	SIM_BOOT_ROM,
	SIM_BOOT_TFA,
	SIM_BOOT_LOST /* nothing runs any more */
};

/*
 * Puts the boot pins to serial boot, and the board into this stage: with SIM_BOOT_TFA, as if the
 * first one had been loaded already. Every later boot begins in the ROM code. SIM_BOOT_SERVICE, as
 * to begin with, puts the pins back: each boot ends in the service at once.
 */
void sim_boot_enter(struct sim_board *board, enum sim_boot_stage stage);

/* The same with a board that has been loaded already: its service runs, and the next boot begins in
 * the ROM code. */
void sim_boot_assume_loaded(struct sim_board *board);

enum sim_boot_stage sim_boot_stage(const struct sim_board *board);

/* How many programs have taken over the board's links since it was made: boots, and stages. */
unsigned sim_boot_count(const struct sim_board *board);

/* Whether the latest one has kept the enumeration on USB of the one before. */
bool sim_boot_kept_the_bus(const struct sim_board *board);

enum sim_rollback { SIM_ROLLBACK_ALWAYS, SIM_ROLLBACK_WHEN_CLOSED, SIM_ROLLBACK_NEVER };
enum sim_handover { SIM_HANDOVER_USUAL, SIM_HANDOVER_STAYS, SIM_HANDOVER_LEAVES };

/* All zero to begin with. */
struct sim_boot_options {
	enum sim_rollback rollback;
	enum sim_handover handover; /* from the ROM code to TF-A */
	bool layout_first;          /* TF-A of MP15 */
	bool speaks; /* TF-A and U-Boot say a text on the serial line when they begin */
	/* How often a host looks in vain for a board that is on its way back to the bus. */
	unsigned looks_away;
	/* What goes wrong. Phases: those of the table above. */
	uint8_t reset_phase;   /* the board resets once reset_at bytes of this phase have come; */
	size_t reset_at;       /* 0: it does not */
	uint8_t fail_phase;    /* this phase, complete, ends in FF with the text; */
	const char *fail_text; /* borrowed; NULL: it does not */
	enum sim_boot_stage lost_after; /* what this stage starts never shows up; not
					   SIM_BOOT_SERVICE: else it does */
};
void sim_boot_set_options(struct sim_board *board, const struct sim_boot_options *options);

/*
 * One of them in words, `value` being "" where none is named:
 *   layout, speaks, stays, leaves     layout_first, speaks, handover
 *   rollback never|closed|always
 *   resets PHASE@BYTES, fails PHASE   the text is "as ordered"
 *   lost rom|tf-a
 * False, and nothing changed, where it is none of these.
 */
bool sim_boot_order(struct sim_board *board, const char *what, const char *value);

/* What arrived in a phase, 0 to 3, the last time it was loaded, accepted or not. Valid until more
 * comes; NULL and 0 where nothing has. */
const uint8_t *sim_boot_received(const struct sim_board *board, unsigned phase, size_t *length);

/* How often a phase was completed and accepted. */
unsigned sim_boot_accepted(const struct sim_board *board, unsigned phase);

/* Why the last image that was complete was refused. */
enum sim_boot_verdict {
	SIM_BOOT_ACCEPTED,
	SIM_BOOT_NO_HEADER, /* shorter than one, or another magic number; of a FIP, too */
	SIM_BOOT_OTHER_VERSION,
	SIM_BOOT_TOO_LARGE,
	SIM_BOOT_OTHER_LENGTH,
	SIM_BOOT_OTHER_CHECKSUM,
	SIM_BOOT_UNSIGNED,
	SIM_BOOT_OLD,       /* below the monotonic counter */
	SIM_BOOT_AS_ORDERED /* fail_text */
};
enum sim_boot_verdict sim_boot_verdict(const struct sim_board *board);

/* --- for those who show it on a link */

#define SIM_PHASE_LAYOUT 0x00u
#define SIM_PHASE_FSBL   0x01u
#define SIM_PHASE_DDR    0x02u
#define SIM_PHASE_SSBL   0x03u
#define SIM_PHASE_ERROR  0xFFu
#define SIM_NO_ADDRESS   0xFFFFFFFFu

const struct sim_boot_options *sim_boot_options(const struct sim_board *board);
uint8_t sim_boot_phase(const struct sim_board *board);
uint32_t sim_boot_address(const struct sim_board *board); /* where the phase's next byte goes */
uint32_t sim_boot_base(const struct sim_board *board);    /* where its first byte went */
size_t sim_boot_room(const struct sim_board *board);      /* for more of it */
uint32_t sim_boot_version(const struct sim_board *board); /* of the first stage; 0: not known */
const char *sim_boot_error(const struct sim_board *board);

/* Whether all is there that the stage asked for; on USB it waits for a DETACH then. */
bool sim_boot_is_complete(const struct sim_board *board);

/* Of a complete stage: whether U-Boot follows, or another phase or stage. */
bool sim_boot_leads_to_uboot(const struct sim_board *board);

/* More of the current phase. False: it is more than there is room for. The board may be in
 * another stage afterwards: look at sim_boot_count(). */
bool sim_boot_take(struct sim_board *board, const uint8_t *bytes, size_t length);

/* That was all of it. False: refused; phase FF. */
bool sim_boot_finish(struct sim_board *board);

/* What cannot be gone on from; the first text stays. */
void sim_boot_fail(struct sim_board *board, const char *text);

/* Starts what was loaded; a board without that is lost. */
void sim_boot_go(struct sim_board *board);

#endif
