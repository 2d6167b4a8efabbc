/*
 * A simulated STM32MP15 board: its fuses, and its firmware's secure side as U-Boot and OP-TEE
 * show it. In memory only.
 *
 * It is a second witness to the model: written from public sources and sharing no knowledge of
 * silicon or of the partition's layout with the rest of the program. Sources: ST wiki "STM32MP15
 * OTP mapping" and "STM32CubeProgrammer OTP management"; OP-TEE stm32_bsec.c and ST's NVMEM TA;
 * U-Boot stm32prog.c and mach/stm32.h; Linux stm32-romem.c; ST community reports on rewritten
 * words. What no source settles is marked "decided here", always towards the worse outcome.
 *
 * Silicon
 *   96 words. Words 0 to 31 are bitwise: bits are or-ed in. Words 32 to 95 carry an ECC and take
 *   one write of the whole word: programming one that is not zero with another value, even one
 *   that only adds bits, spoils the ECC for good: the value reads 0, status bit 0 set, and no
 *   error is reported. Programming it with the value it has blows no new fuse, neither of the
 *   value nor of its ECC, and leaves it intact; decided here, as OP-TEE sends the pulse and
 *   ST's own tool locks words in this way.
 *   A permanent lock is a fuse of its own. Programming a locked word ends in PROGFAIL.
 *   A sticky programming lock (27) lets the BSEC drop a programming silently: success is
 *   reported, also where the word is locked permanently as well. The permanent lock itself is
 *   burnt even so, since its fuse lies elsewhere; both decided here.
 *   A sticky shadow-write lock (28) does nothing to fuses; it is only shown.
 *   A sticky shadow-read lock (29) makes reads serve the shadow copy taken at boot.
 *   Word 0 bit 6 closes the device; it takes effect at the next boot, then OTP is refused.
 *
 * What of a starting image counts as what
 *   value             the fuses; under bit 0 it counts as 0
 *   bit 0             the word is spoilt for good
 *   bit 26            shown for ever, without effect
 *   bits 27, 28, 29   boot firmware sets these sticky locks at every boot, never other ones
 *   bit 29, value 0   boot code hides the word: its shadow copy is 0 after every boot, whatever
 *                     the fuses hold (so it is with the RMA password); not so for word 0,
 *                     whose shadow copy nothing can overwrite
 *   bit 30            the permanent lock
 *   bits 1-25, 31     such an image is refused: no board answers so
 *   global state      closed or invalid: OTP is refused from the first boot on
 *
 * What the firmware does with a request
 *   Version 2, at least 776 bytes; global state and what follows 776 bytes are ignored. Words in
 *   ascending order; one without bit 31 is left alone; a value that is not 0 is programmed; then,
 *   with bit 30, the word is locked at once. Bits 27 to 29 are ignored. It stops at the first
 *   error and rolls nothing back.
 */
#ifndef OTPEDIT_TRANSPORT_SIM_BOARD_H
#define OTPEDIT_TRANSPORT_SIM_BOARD_H

#include "src/errbuf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SIM_BOARD_WORDS          96
#define SIM_BOARD_PARTITION_SIZE 776
#define SIM_BOARD_SAVE_CAPACITY  4096

struct sim_board;

/*
 * A board, powered and booted, whose fuses are those of a partition of version 2 as a board gave
 * it: 776 bytes, or 1024 whose rest is zero. ERR_FORMAT where it is something else. The caller
 * frees the board with sim_board_free().
 */
enum status sim_board_from_partition(
	struct sim_board **out, const uint8_t *bytes, size_t length, struct errbuf *err);

/*
 * A virgin STM32MP157C on a board of one's own: factory words set and locked, customer words,
 * MAC address, key hash and board id empty. Its unique id, calibration and certificate are
 * invented and belong to no chip.
 */
enum status sim_board_blank(struct sim_board **out, struct errbuf *err);

/* NULL is allowed. */
void sim_board_free(struct sim_board *board);

/* The programming service that it boots; U-Boot's to begin with. Set before a sim_usb is made. */
enum sim_service { SIM_SERVICE_UBOOT, SIM_SERVICE_PRGFW };
void sim_board_set_service(struct sim_board *board, enum sim_service service);
enum sim_service sim_board_service(const struct sim_board *board);

/* Whether the status shows a new permanent lock at once or only after the next boot. */
enum sim_locks { SIM_LOCKS_NOW, SIM_LOCKS_AT_RESET };

/*
 * SIM_LOCKS_NOW to begin with. Only the showing differs: on programming a lock takes effect at
 * once in both (decided here: nothing may come to rely on a gap).
 */
void sim_board_show_locks(struct sim_board *board, enum sim_locks when);

/*
 * Power and reset. Power-up and reset boot the board: sticky locks are set anew, shadow copies
 * taken, closed or open decided. A reset of a board without power does nothing.
 */
void sim_board_power_down(struct sim_board *board);
void sim_board_power_up(struct sim_board *board);
void sim_board_reset(struct sim_board *board);
bool sim_board_is_powered(const struct sim_board *board);

/* How many times it has booted since it was made; USB sees a boot as another enumeration. */
unsigned sim_board_boot_count(const struct sim_board *board);

/* Closed as of the last boot. */
bool sim_board_is_closed(const struct sim_board *board);

/*
 * The secure service as U-Boot calls it. True is the service's "success": it says nothing about
 * what the fuses did. False: no power, closed, refused, or the request failed on the way. A
 * failed read leaves `out` untouched.
 */
bool sim_board_otp_read(struct sim_board *board, uint8_t out[SIM_BOARD_PARTITION_SIZE]);
bool sim_board_otp_write(struct sim_board *board, const uint8_t *request, size_t length);

/*
 * Called after every single change of the fuses, also in the middle of a request, so that the
 * opener can save at once. NULL: nobody.
 */
void sim_board_on_change(
	struct sim_board *board, void (*changed)(struct sim_board *, void *payload), void *payload);

/*
 * The fuses as text in a format of its own, and what the last boot saw of them, so that a board
 * restored by another run of the program has still not been reset. Sticky locks and hidden words
 * come from the starting image and are not in it. Returns the length without the closing zero.
 */
size_t sim_board_save(const struct sim_board *board, char out[SIM_BOARD_SAVE_CAPACITY]);

/*
 * Puts saved fuses into a board made from the same starting image. ERR_FORMAT, and the board as
 * it was, where the text is torn, altered, of another version or saved from another image.
 * Calls nobody back, and boots nothing: restore before
 * a sim_usb is made for the board.
 */
enum status sim_board_restore(
	struct sim_board *board, const char *text, size_t length, struct errbuf *err);

/* Faults of the whole board, for tests and rehearsals. None to begin with. */
struct sim_faults {
	bool service_refused; /* the secure service refused the session: reads and writes fail */
	bool read_fails;      /* every read fails */
	bool lies;            /* a write says OK and burns nothing */
	unsigned late;        /* a write says OK and burns before the so-many-th read; 0: at once */
};

/* Faults of one word. */
enum sim_word_fault {
	SIM_WORD_SOUND,
	SIM_WORD_FAILS,      /* programming ends in an error before any fuse is blown */
	SIM_WORD_IGNORES,    /* programming says OK and blows nothing */
	SIM_WORD_TAKES_HALF, /* only bits 0-15 blow; OK is said; an upper word is spoilt by it */
	SIM_WORD_SPOILS,     /* programming says OK and leaves the word unreadable for good */
	SIM_WORD_LOCK_FAILS, /* the value is programmed, its lock ends in an error */
	SIM_WORD_READ_ERROR, /* reads as 0 with status bit 0, the fuses being sound */
	SIM_WORD_CUTS_POWER  /* power fails before this word is programmed or locked */
};

/* Faults are the rig's, not the board's: they outlive a reset and are not saved. */
void sim_board_set_faults(struct sim_board *board, struct sim_faults faults);
void sim_board_set_word_fault(struct sim_board *board, unsigned word, enum sim_word_fault fault);

/* The truth for tests, past every lock and shadow copy. `word` is below SIM_BOARD_WORDS. */
uint32_t sim_board_fuses(const struct sim_board *board, unsigned word);
bool sim_board_is_spoilt(const struct sim_board *board, unsigned word);
bool sim_board_is_locked(const struct sim_board *board, unsigned word);
/* Programming pulses that reached the value's fuses; dropped and refused ones do not count. */
unsigned sim_board_pulses(const struct sim_board *board, unsigned word);

#endif
