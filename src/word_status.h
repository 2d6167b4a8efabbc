/*
 * The status of one OTP word and the global state, as the OTP partition shows them.
 *
 * Bits and meanings: ST wiki "STM32CubeProgrammer OTP management"; U-Boot and TF-A bsec.h;
 * STM32PRGFW-UTIL otp_util.h. Bits 1 to 25 are reserved.
 */
#ifndef OTPEDIT_SRC_WORD_STATUS_H
#define OTPEDIT_SRC_WORD_STATUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WORD_STATUS_READ_ERROR     UINT32_C(0x00000001) /* bit 0: the value is not valid */
#define WORD_STATUS_RESERVED       UINT32_C(0x03FFFFFE) /* bits 1-25 */
#define WORD_STATUS_LOCK_ERROR     UINT32_C(0x04000000) /* bit 26: lock state not readable */
#define WORD_STATUS_STICKY_PROGRAM UINT32_C(0x08000000) /* bit 27: no programming until reset */
#define WORD_STATUS_STICKY_WRITE                                                                   \
	UINT32_C(0x10000000) /* bit 28: shadow write-protected until reset */
#define WORD_STATUS_STICKY_READ                                                                    \
	UINT32_C(0x20000000) /* bit 29: no reload until reset, value unknown */
#define WORD_STATUS_PERMANENT UINT32_C(0x40000000) /* bit 30: no more programming, ever */
#define WORD_STATUS_UPDATE    UINT32_C(0x80000000) /* bit 31: request: act on this word */

#define WORD_STATUS_STICKY_LOCKS                                                                   \
	(WORD_STATUS_STICKY_PROGRAM | WORD_STATUS_STICKY_WRITE | WORD_STATUS_STICKY_READ)
#define WORD_STATUS_LOCKS (WORD_STATUS_STICKY_LOCKS | WORD_STATUS_PERMANENT)

/* A value under one of these cannot be trusted: error, lock state unreadable, or a shadow copy. */
#define WORD_STATUS_UNTRUSTED                                                                      \
	(WORD_STATUS_READ_ERROR | WORD_STATUS_LOCK_ERROR | WORD_STATUS_STICKY_READ)

/* One row of the table of named status bits, from bit 0 up; ends with a row whose name is NULL. */
struct word_status_bit {
	unsigned bit;     /* 0..31 */
	const char *name; /* for people: "permanent write lock" */
	const char *word; /* for programs, plan files and JSON: "permanent" */
	char letter;      /* in the grid: P S W R E !; 0 where the grid shows none */
	bool is_lock;     /* may be asked for in a request */
};
extern const struct word_status_bit word_status_bits[];

/* The width of the grid's lock letters. */
#define WORD_STATUS_LETTERS 6

/*
 * Six fixed columns and a zero byte: P permanent, S sticky programming, W shadow write,
 * R shadow read, E lock error, ! value not valid; '.' where not set.
 */
void word_status_letters(char out[WORD_STATUS_LETTERS + 1], uint32_t word_status);

/*
 * Spells the set bits out, as "[28] shadow write sticky lock; [30] permanent write lock".
 * Reserved bits appear as "[7] reserved bit". "" when none is set. Cuts at `cap`.
 */
void word_status_spell(char *out, size_t cap, uint32_t word_status);

#define GLOBAL_STATE_UNTOLD                                                                        \
	2u /* unused by every service: stands for "the structure does not say" */
#define GLOBAL_STATE_INVALID 3u

/* The global state's name: "secured-open", "secured-closed", "invalid" or "unknown". */
const char *global_state_name(uint32_t state);

/*
 * What the state's other bits say; sources disagree about bits 8 and 31, so the text says
 * "unconfirmed". "" when none of them is set.
 */
void global_state_remark(char *out, size_t cap, uint32_t state);

/* Whether bits 1:0 say open (0); closed, invalid and the unused 2 are not. */
bool global_state_is_open(uint32_t state);

#endif
