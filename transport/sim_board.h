/*
 * A simulated STM32MP board: its fuses, and its firmware's secure side as U-Boot with OP-TEE, or
 * STM32PRGFW-UTIL, shows it. In memory only.
 *
 * It is a second witness to the model: written from public sources and sharing no knowledge of
 * silicon or of the partition's layout with the rest of the program. Sources: ST wiki "STM32MP15
 * OTP mapping" and its sisters, "STM32CubeProgrammer OTP management"; OP-TEE stm32_bsec.c, and
 * stm32_bsec3.c and ST's NVMEM TA as in ST's releases; STM32PRGFW-UTIL v1.1.2 otp_util.c and its
 * HAL, and recordings of that code; U-Boot stm32prog.c and mach/stm32.h; Linux stm32-romem.c;
 * TF-A stm32mp1_private.c; ST community reports on rewritten words. What no source settles is
 * marked "decided here", always towards the worse outcome.
 *
 * Silicon
 *   MP13, MP15: 96 words, 0 to 31 bitwise, 32 to 95 once. MP21, MP23, MP25: 384 words, 0 to 127
 *   bitwise, 128 to 255 and 256 to 383 once.
 *   A bitwise word has bits or-ed in. A "once" word carries an ECC and takes one write of the
 *   whole word: programming one that is not zero with another value, even one
 *   that only adds bits, spoils the ECC for good: the value reads 0, status bit 0 set, and no
 *   error is reported. Programming it with the value it has blows no new fuse, neither of the
 *   value nor of its ECC, and leaves it intact; decided here, as OP-TEE sends the pulse and
 *   ST's own tool locks words in this way.
 *   A permanent lock is a fuse of its own. Programming a locked word ends in PROGFAIL.
 *   A sticky programming lock (27) lets the BSEC drop a programming silently, also where the word
 *   is locked permanently as well. On MP1 the permanent lock itself is burnt even so, since its
 *   fuse lies elsewhere; on MP2 it is part of the same operation and is dropped, too; all decided
 *   here.
 *   A sticky shadow-write lock (28) does nothing to fuses; it is only shown.
 *   A sticky shadow-read lock (29) makes reads serve the shadow copy taken at boot.
 *   MP2, 368 (MP21: 364) to 375: a factory key, which reads as 0 and is not; programming spoils it.
 *   MP2, 376 to 383: a hardware key, never read and never written by firmware.
 *   MP2, 256 to 383 may be hidden (HIDEUP): they read as 0; decided here: a programming that the
 *   firmware lets through burns all the same.
 *
 * Closing takes effect at the next boot
 *   MP15: word 0 bit 6. MP2: any of word 18 bits 3 to 0. MP13: word 0 bits 5 and 3 together; of
 *   bits 9 to 0 only 17, 3F, 17F and 3FF (hexadecimal) are legal, and with any other value TF-A
 *   panics: the board is dead from the next boot on (decided here: under every service).
 *
 * What of a starting image counts as what
 *   value             the fuses; under bit 0 it counts as 0
 *   bit 0             the word is spoilt for good
 *   bit 26            shown for ever, without effect
 *   bits 27, 28, 29   boot firmware sets these sticky locks at every boot, never other ones
 *   bit 29, value 0   MP1: boot code hides the word: its shadow copy is 0 after every boot,
 *                     whatever the fuses hold (so it is with the RMA password); not so for word 0,
 *                     whose shadow copy nothing can overwrite
 *   bit 30            the permanent lock
 *   bits 1-25, 31     such an image is refused: no board answers so
 *   global state      closed or invalid: OTP is refused from the first boot on (U-Boot)
 *   MP2, all of 256 to 367 with status 3C000000: the upper words are hidden
 *
 * What U-Boot with OP-TEE does
 *   Version 2, 96 words, on MP2 368. Refuses OTP on a closed board.
 *   Write: another version fails; global state and what follows the last word are ignored. Words
 *   in ascending order; one without bit 31 is left alone; a value that is not 0 is programmed;
 *   then, with bit 30, the word is locked at once. Bits 27 to 29 are ignored. It stops at the
 *   first error and rolls nothing back.
 *   MP2: a word with a sticky programming lock is denied, and so is a hidden one, before anything
 *   is burnt. A word whose programming failed reads 0 without a mark until the next boot. A lock
 *   that the BSEC dropped is shown all the same until the next boot. A word under bit 29 reads 0,
 *   and once programmed the value that was sent.
 *   MP2: hidden words read value 0, status 3C000000.
 *
 * What STM32PRGFW-UTIL does
 *   MP1: version 2, 96 words. MP2: version 3, 384 words. Answers on a closed board;
 *   its global state is 0 on MP1 always, on MP2 it is word 18 bit 0.
 *   Write: neither the version nor the state is looked at, and success is reported always. Words
 *   in ascending order; one without bit 31 is left alone.
 *   MP1: a value that is not 0 is an error on a word with a permanent or a sticky programming
 *   lock, or where it would take a bit away from what is read; else only the bits that differ are
 *   programmed (a word under bit 29: the whole value, unchecked). Then sticky locks 27 to 29, then
 *   the permanent lock, an error where it is there already. The first error ends it. An entry
 *   80000000 with value 0 ends it, too, if the service's last access before failed, such as a
 *   read whose last word could not be read.
 *   MP2: value and permanent lock are one operation, done for a value that is not 0 or with bit
 *   30, with no check but that of the sticky programming lock; then sticky locks. Errors are
 *   passed over.
 *   Read, MP1: status bits 27 to 30; a word that cannot be read: value 0, status 1, no locks.
 *   Read, MP2: bits 29 and 30 alone; under bit 29 the value is that of the word read before, and
 *   bit 30 is not shown. 376 to 383: value 0, status 1. Hidden words: value 0, status 0.
 */
#ifndef OTPEDIT_TRANSPORT_SIM_BOARD_H
#define OTPEDIT_TRANSPORT_SIM_BOARD_H

#include "src/errbuf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SIM_BOARD_MAX_WORDS     384
#define SIM_BOARD_PARTITION_MAX 3080
#define SIM_BOARD_SAVE_CAPACITY 16384

struct sim_board;

enum sim_family { SIM_MP13, SIM_MP15, SIM_MP21, SIM_MP23, SIM_MP25 };

/* Who answers on the board's links. */
enum sim_service { SIM_SERVICE_UBOOT, SIM_SERVICE_PRGFW };

/*
 * A board, powered and booted under U-Boot, whose fuses are those of a partition as a board gave
 * it: version 2 of 776 bytes, or 1024 whose rest is zero; of 2952; version 3 of 3080, or 3112 with
 * its digest. The part number tells the family, where it can; numbers that mean nothing, and
 * those that MP13 and MP15 share, are an MP15 in 776 bytes and an MP25 in more.
 * ERR_FORMAT where it is something else. The caller frees the board with sim_board_free().
 */
enum status sim_board_from_partition(
	struct sim_board **out, const uint8_t *bytes, size_t length, struct errbuf *err);

/* The same, of a family that the caller knows; ERR_FORMAT where the length is not one of its. */
enum status sim_board_of_family(struct sim_board **out, enum sim_family family,
	const uint8_t *bytes, size_t length, struct errbuf *err);

/*
 * A board of each family as a customer may have it: powered, booted under U-Boot, open. What its
 * factory words hold, its unique id too, is invented; only part number, package and revision are
 * real codes.
 */
enum status sim_board_demo(struct sim_board **out, enum sim_family family, struct errbuf *err);

/* "stm32mp15"; NULL where no family has the name. */
const char *sim_family_name(enum sim_family family);
bool sim_family_by_name(enum sim_family *out, const char *name, size_t length);

/*
 * A virgin STM32MP157C on a board of one's own: factory words set and locked, customer words,
 * MAC address, key hash and board id empty. Its unique id, calibration and certificate are
 * invented and belong to no chip.
 */
enum status sim_board_blank(struct sim_board **out, struct errbuf *err);

/* NULL is allowed. */
void sim_board_free(struct sim_board *board);

/*
 * Other firmware is loaded: the board boots, and from then on at every boot, with this service.
 * SIM_SERVICE_UBOOT to begin with. False, and nothing changed: v1.1.2 of STM32PRGFW-UTIL has no
 * MP21.
 */
bool sim_board_set_service(struct sim_board *board, enum sim_service service);
enum sim_service sim_board_service(const struct sim_board *board);

enum sim_family sim_board_family(const struct sim_board *board);
unsigned sim_board_word_count(const struct sim_board *board); /* of the silicon: 96 or 384 */

/*
 * An STM32MP15 whose U-Boot has no OP-TEE and asks the secure monitor instead, as in the first
 * ecosystem releases: the partition is of structure version 1, and a closed device answers, too.
 * Source: TF-A v2.4 bsec_svc.c (struct otp_exchange), and recordings of U-Boot with a model below.
 * Locks are not shown, and a write says OK and burns nothing (decided here: no host of ours may
 * send one); SIM_MONITOR_PROVISIONING: it is noted as an error all the same. False, and nothing
 * changed, for another family. A service that runs already keeps the size it began with.
 */
enum sim_monitor { SIM_MONITOR_NONE, SIM_MONITOR_ANSWERS, SIM_MONITOR_PROVISIONING };
#define SIM_BOARD_MONITOR_SIZE 1024u
bool sim_board_set_monitor(struct sim_board *board, enum sim_monitor monitor);
enum sim_monitor sim_board_monitor(const struct sim_board *board);

/* The partition as this service gives and takes it: 776, 1024, 2952 or 3080 bytes. */
size_t sim_board_partition_size(const struct sim_board *board);

/* What the USB product string says: part name ("157CAC"), device id, revision. */
void sim_board_part_name(const struct sim_board *board, char *out, size_t capacity);
uint32_t sim_board_device_id(const struct sim_board *board);
uint32_t sim_board_revision_id(const struct sim_board *board);
const char *sim_board_revision_name(const struct sim_board *board); /* "Z" */

/* The unique id as U-Boot prints it in the serial number: 24 hex digits and a zero. */
#define SIM_BOARD_SERIAL_SIZE 25
void sim_board_serial(const struct sim_board *board, char out[SIM_BOARD_SERIAL_SIZE]);

/* MP2: whether words 256 and up are hidden; as the starting image tells to begin with. */
void sim_board_hide_upper(struct sim_board *board, bool hide);

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

/* Powered, but the last boot ended in a panic: no firmware runs and nothing is on any link. */
bool sim_board_is_dead(const struct sim_board *board);

/*
 * The service's read and write, as the code that speaks DFU or UART on the board calls it.
 *
 * Read: `out` takes sim_board_partition_size() bytes. False: no power, dead, or U-Boot's service
 * refused or failed; `out` is then untouched.
 *
 * Write: `request` is the whole structure in the layout of the read; a shorter one is false, what
 * follows it is ignored. SIM_SERVICE_UBOOT: true is the service's "success": it says nothing about
 * what the fuses did; false: refused, of another version, or failed on the way. SIM_SERVICE_PRGFW:
 * true unless there is no power.
 */
bool sim_board_otp_read(struct sim_board *board, uint8_t *out);
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
 * come from the starting image and are not in it; those that a request set are lost. Returns the
 * length without the closing zero.
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

/* The truth for tests, past every lock and shadow copy. `word` is below the word count. */
uint32_t sim_board_fuses(const struct sim_board *board, unsigned word);
bool sim_board_is_spoilt(const struct sim_board *board, unsigned word);
bool sim_board_is_locked(const struct sim_board *board, unsigned word);
/* Programming pulses that reached the value's fuses; dropped and refused ones do not count. */
unsigned sim_board_pulses(const struct sim_board *board, unsigned word);

#endif
