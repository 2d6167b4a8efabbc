/*
 * Our DFU code against recordings of U-Boot's own device code: where it sends what the recorder
 * sent, it has to send all of it, byte for byte, and end with what the recording shows.
 *
 * Two things it does otherwise than the recorder on purpose: before a write, and after a read that
 * is refused, it cleans with a DNLOAD of block FFFF; and it leaves any state with SET_INTERFACE and
 * not with ABORT or CLRSTATUS. There the rows go on in stretches of other recordings that show
 * just that: CLEANS, CLEANS_DIRT, SELECTS. What the recorder's host does and ours never would
 * ends a row with what ours sends instead.
 */
#include "tests/support/replay_host.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#define FROM(name, first, last)                                                                    \
	{                                                                                          \
		name, first, last, false, 0                                                        \
	}
#define OTHERS(name, first, last)                                                                  \
	{                                                                                          \
		name, first, last, true, 0                                                         \
	}

/* DNLOAD FFFF, GETSTATUS, CLRSTATUS, GETSTATUS; where nothing was to be cleaned, and where it was
 */
#define CLEANS      FROM("usb-clean-recipe", 12, 15)
#define CLEANS_DIRT FROM("usb-clean-recipe", 6, 9)
/* UPLOAD, GETSTATUS, on what was dirty */
#define READS_CLEANED FROM("usb-clean-recipe", 10, 11)
/* SET_INTERFACE and GETSTATUS, out of an error; the same out of dfuUPLOAD-IDLE: usb-upload-other */
#define SELECTS FROM("usb-set-interface", 24, 25)

#define DO(act)                                                                                    \
	{                                                                                          \
		act, OK, NULL                                                                      \
	}
#define FAIL(act, status, says)                                                                    \
	{                                                                                          \
		act, status, says                                                                  \
	}
#define HEAR(complaint)                                                                            \
	{                                                                                          \
		COMPLAIN, OK, complaint                                                            \
	}

#define READ_REFUSED  "OTP read issue -5"
#define WRITE_REFUSED "OTP write issue -5"

/* status bits of a request */
#define UPDATE 0x80000000u
#define LOCK   0x40000000u
#define WORD_9                                                                                     \
	{                                                                                          \
		9, 0x12345678, UPDATE | LOCK                                                       \
	}

static const struct replay_row rows[] = {
	/* --- what we do as recorded */
	{.name = "reads twice",
		.legs = {FROM("usb-read-4096", 0, 0)},
		.steps = {DO(READ), DO(READ)}},
	{.name = "reads, burns, reads on the STM32MP13",
		.legs = {FROM("mp13-usb-basic", 0, 12), CLEANS, FROM("mp13-usb-basic", 13, 0)},
		.writes = {WORD_9},
		.steps = {DO(READ), DO(STAGE), DO(BURN), DO(READ)}},
	{.name = "burns word 9 with its lock",
		.legs = {FROM("usb-write-word9-lock", 0, 5), CLEANS,
			FROM("usb-write-word9-lock", 6, 0)},
		.writes = {WORD_9},
		.steps = {HEAR(""), DO(STAGE), DO(BURN), HEAR(""), DO(READ)}},
	{.name = "is refused in the midst of a burn, and asks why",
		.legs = {FROM("usb-write-refused", 0, 2), CLEANS, FROM("usb-write-refused", 3, 0)},
		.writes = {WORD_9, {10, 1, UPDATE}, {11, 2, UPDATE}},
		.steps = {DO(STAGE), DO(BURN), HEAR(WRITE_REFUSED), HEAR(WRITE_REFUSED), DO(READ)}},
	{.name = "is refused for the version, and asks why",
		.legs = {FROM("usb-write-refused-version", 0, 2), CLEANS,
			FROM("usb-write-refused-version", 3, 0)},
		.steps = {DO(STAGE), DO(BURN), HEAR(WRITE_REFUSED), DO(READ)}},
	{.name = "is told of idleness before the burn has run",
		.legs = {FROM("usb-write-fast-host", 0, 2), CLEANS,
			FROM("usb-write-fast-host", 3, 0)},
		.writes = {WORD_9},
		.steps = {DO(STAGE), DO(BURN)},
		.passed_over = 1},
	{.name = "asks for the phase",
		.legs = {FROM("usb-phase-read", 0, 0)},
		.steps = {HEAR(""), HEAR(""), FAIL(COMPLAIN, ERR_GONE, NULL)},
		.departs = "up0:4096",
		.at = 6},
	{.name = "finds the state at once",
		.legs = {OTHERS("usb-enumeration", 0, 21), FROM("usb-enumeration", 22, 22)},
		.steps = {DO(ATTACH)}},
	{.name = "reads version 1 of the structure",
		.legs = {FROM("usb-strings-v1", 0, 0)},
		.steps = {DO(READ)}},
	{.name = "finds no OTP partition on a closed board",
		.legs = {FROM("usb-strings-closed", 0, 0)},
		.steps = {FAIL(READ, ERR_UNSUPPORTED, "offers no OTP partition")}},
	{.name = "finds no OTP partition on a closed STM32MP13",
		.legs = {FROM("mp13-usb-closed", 0, 0)},
		.steps = {FAIL(READ, ERR_UNSUPPORTED, "offers no OTP partition")}},

	/* --- reads that fail */
	{.name = "is refused the read, cleans, is refused again, and asks why",
		.legs = {FROM("usb-read-fail", 0, 4), SELECTS, CLEANS_DIRT,
			FROM("usb-read-fail-dnload-cleans", 11, 12),
			FROM("usb-phase-error-stays", 5, 7)},
		.steps = {FAIL(READ, ERR_LINK, READ_REFUSED)},
		.passed_over = 2},
	{.name = "would not abort after a refused read",
		.legs = {FROM("usb-read-fail", 0, 0)},
		.steps = {FAIL(READ, ERR_GONE, NULL)},
		.passed_over = 1,
		.departs = "select2",
		.at = 5},
	{.name = "is refused by a session that never was",
		.legs = {FROM("usb-ta-session-refused", 0, 15), SELECTS, CLEANS_DIRT,
			FROM("usb-read-fail-dnload-cleans", 11, 12),
			FROM("usb-ta-session-refused", 17, 18)},
		.steps = {FAIL(READ, ERR_LINK, READ_REFUSED)},
		.passed_over = 2},
	{.name = "cleans a wedged partition in its own way",
		.legs = {OTHERS("usb-read-fail-dnload-cleans", 0, 6),
			FROM("usb-read-fail-dnload-cleans", 7, 0)},
		.steps = {FAIL(STAGE, ERR_GONE, NULL)},
		.departs = "down65535:1",
		.at = 7},
	{.name = "hears the first complaint again and again",
		.legs = {OTHERS("usb-phase-error-stays", 0, 4),
			FROM("usb-phase-error-stays", 5, 0)},
		.steps = {HEAR(READ_REFUSED), HEAR(READ_REFUSED), FAIL(READ, ERR_GONE, NULL)},
		.departs = "up0:4096"},
	{.name = "hears a complaint and never detaches",
		.legs = {OTHERS("usb-detach-after-error", 0, 4),
			FROM("usb-detach-after-error", 5, 0)},
		.steps = {HEAR(READ_REFUSED), FAIL(READ, ERR_GONE, NULL)},
		.departs = "select2",
		.at = 7},

	/* --- what others left */
	{.name = "cleans after others, twice",
		.legs = {OTHERS("usb-clean-recipe", 0, 5), FROM("usb-clean-recipe", 6, 0)},
		.steps = {DO(UNSTAGE), DO(UNSTAGE)}},
	{.name = "reads where a bus reset left a write half done",
		.legs = {OTHERS("usb-busreset-dnload-idle", 0, 5),
			FROM("usb-busreset-dnload-idle", 6, 8), SELECTS, CLEANS_DIRT,
			FROM("usb-busreset-dnload-idle", 13, 0)},
		.steps = {DO(READ)},
		.passed_over = 1},
	{.name = "reads where a bus reset left a write that was armed",
		.legs = {OTHERS("usb-busreset-manifest-sync", 0, 8),
			FROM("usb-busreset-manifest-sync", 9, 11), SELECTS, CLEANS_DIRT,
			FROM("usb-busreset-manifest-sync", 16, 0)},
		.steps = {DO(READ)},
		.passed_over = 1},
	{.name = "reads where a host did not ask for the status",
		.legs = {OTHERS("usb-write-no-getstatus", 0, 7),
			FROM("usb-write-no-getstatus", 8, 9), SELECTS, CLEANS_DIRT,
			FROM("usb-write-no-getstatus", 14, 0)},
		.steps = {DO(READ)},
		.passed_over = 1},
	{.name = "never goes on with a write that others aborted",
		.legs = {OTHERS("usb-write-abort-continue", 0, 6),
			FROM("usb-write-abort-continue", 7, 0)},
		.steps = {FAIL(STAGE, ERR_GONE, NULL)},
		.departs = "down65535:1",
		.at = 7},
	{.name = "never goes on with a write that others left",
		.legs = {OTHERS("usb-write-setif-continue", 0, 4),
			FROM("usb-write-setif-continue", 5, 0)},
		.steps = {FAIL(STAGE, ERR_GONE, NULL)},
		.departs = "down65535:1",
		.at = 7},
	{.name = "takes back a write that others left",
		.legs = {OTHERS("usb-write-setif-continue", 0, 4),
			FROM("usb-write-setif-continue", 5, 6), CLEANS_DIRT, READS_CLEANED},
		.steps = {DO(UNSTAGE)}},
	{.name = "sends nothing where others armed a burn",
		.legs = {OTHERS("usb-write-getstate-only", 0, 5),
			FROM("usb-write-getstate-only", 6, 6)},
		.steps = {FAIL(ATTACH, ERR_LINK, "power-cycle")}},
	{.name = "leaves the error of a wrong last block",
		.legs = {OTHERS("usb-write-wrong-zero-block-then-status", 0, 9),
			FROM("usb-write-wrong-zero-block-then-status", 10, 0)},
		.steps = {HEAR("")}},
	{.name = "leaves the error of an early last block",
		.legs = {OTHERS("usb-write-zero-from-idle", 0, 3),
			FROM("usb-write-zero-from-idle", 4, 4), SELECTS,
			FROM("usb-read-4096", 4, 5)},
		.steps = {DO(READ)},
		.passed_over = 1},
	{.name = "leaves an error by SET_INTERFACE, not CLRSTATUS",
		.legs = {OTHERS("usb-clrstatus-idle", 0, 5), FROM("usb-clrstatus-idle", 6, 0)},
		.steps = {FAIL(READ, ERR_GONE, NULL)},
		.departs = "select2",
		.at = 6},
	{.name = "asks for the state in an error first",
		.legs = {OTHERS("usb-error-requests", 0, 3), FROM("usb-error-requests", 4, 0)},
		.steps = {FAIL(READ, ERR_GONE, NULL)},
		.departs = "select2",
		.at = 5},
	{.name = "selects out of an error",
		.legs = {OTHERS("usb-set-interface", 0, 23), FROM("usb-set-interface", 24, 0)},
		.steps = {FAIL(READ, ERR_GONE, NULL)},
		.departs = "up0:4096",
		.at = 26},
	{.name = "asks for the phase after others burnt a single byte",
		.legs = {FROM("usb-write-zero-after-read", 0, 4),
			OTHERS("usb-write-zero-after-read", 5, 9),
			FROM("usb-write-zero-after-read", 10, 0)},
		.steps = {DO(READ), HEAR("")}},
	{.name = "asks for the phase after others read other alternates",
		.legs = {OTHERS("usb-upload-other", 0, 8), FROM("usb-upload-other", 9, 0)},
		.steps = {HEAR("")}},
	{.name = "reads after others read in pieces of 64",
		.legs = {OTHERS("usb-read-64", 0, 8), FROM("usb-read-64", 9, 0)},
		.steps = {DO(READ)}},
	{.name = "reads after others read what is there to the byte",
		.legs = {OTHERS("usb-read-776", 0, 8), FROM("usb-read-776", 9, 0)},
		.steps = {DO(READ)}},
	{.name = "reads after others aborted a read",
		.legs = {OTHERS("usb-read-776-abort", 0, 5), FROM("usb-read-776-abort", 6, 0)},
		.steps = {DO(READ)}},
	{.name = "reads all of an STM32MP25 after others read a part",
		.legs = {OTHERS("mp25-usb-read-1024", 0, 8), FROM("mp25-usb-read-1024", 9, 0)},
		.steps = {DO(READ)},
		.otp = "@OTP/0xf2/1*2952Be"},
	{.name = "reads after a detachment of others",
		.legs = {OTHERS("usb-detach", 0, 16), FROM("usb-detach", 17, 0)},
		.steps = {DO(READ)}},
	{.name = "reads back what others burnt with too long a request",
		.legs = {OTHERS("usb-write-1024", 0, 7), FROM("usb-write-1024", 8, 0)},
		.steps = {DO(READ)}},
	{.name = "reads back what others burnt with part of a request",
		.legs = {OTHERS("usb-write-partial", 0, 7), FROM("usb-write-partial", 8, 0)},
		.steps = {DO(READ)}},
	{.name = "reads back what others burnt in pieces of 256",
		.legs = {OTHERS("usb-write-4096-blocks", 0, 13),
			FROM("usb-write-4096-blocks", 14, 0)},
		.steps = {DO(READ)}},

	/* --- answers that get lost */
	{.name = "does not know of a burn whose recording ends",
		.legs = {FROM("usb-write-manifest-step", 0, 2), CLEANS,
			FROM("usb-write-manifest-step", 3, 0)},
		.writes = {WORD_9},
		.steps = {DO(STAGE), FAIL(BURN, ERR_UNCERTAIN, "may have been triggered")},
		.passed_over = 1,
		.departs = "status"},
	{.name = "does not know of a burn whose trigger goes unanswered",
		.legs = {FROM("usb-nuke-status", 0, 2), CLEANS, FROM("usb-nuke-status", 3, 0)},
		.writes = {WORD_9},
		.steps = {DO(STAGE), FAIL(BURN, ERR_UNCERTAIN, "may have been triggered"),
			FAIL(READ, ERR_GONE, NULL)},
		.departs = "state",
		.at = 7},
	{.name = "disarms what it armed, and reads over it",
		.legs = {FROM("usb-manifest-other-requests", 0, 2), CLEANS,
			{"usb-manifest-other-requests", 3, 9, false, 5}, CLEANS_DIRT,
			READS_CLEANED},
		.writes = {WORD_9},
		.steps = {DO(STAGE), FAIL(BURN, ERR_TIMEOUT, "not triggered"), DO(UNSTAGE)},
		.passed_over = 1},
	{.name = "takes back a request whose end got lost",
		.legs = {FROM("usb-nuke-dnload", 0, 2), CLEANS, FROM("usb-nuke-dnload", 3, 4),
			FROM("usb-write-setif-continue", 5, 6), CLEANS_DIRT, READS_CLEANED},
		.writes = {WORD_9},
		.steps = {FAIL(STAGE, ERR_TIMEOUT, NULL), DO(UNSTAGE)}},

	/* --- what we never do */
	{.name = "never reads in pieces of 64",
		.legs = {FROM("usb-read-64", 0, 0)},
		.steps = {FAIL(READ, ERR_GONE, NULL)},
		.departs = "up0:4096",
		.at = 3},
	{.name = "never asks for what is there to the byte",
		.legs = {FROM("usb-read-776-continue", 0, 0)},
		.steps = {FAIL(READ, ERR_GONE, NULL)},
		.departs = "up0:4096",
		.at = 3},
	{.name = "never reads in pieces of 1024",
		.legs = {FROM("mp25-usb-read-1024", 0, 0)},
		.steps = {FAIL(READ, ERR_GONE, NULL)},
		.departs = "up0:4096",
		.at = 3,
		.otp = "@OTP/0xf2/1*2952Be"},
	{.name = "never begins a read with block 5",
		.legs = {FROM("usb-read-blocknum", 0, 0)},
		.steps = {FAIL(READ, ERR_GONE, NULL)},
		.departs = "up0:4096",
		.at = 3},
	{.name = "never reads without selecting",
		.legs = {FROM("usb-unconfigured", 0, 0)},
		.steps = {FAIL(READ, ERR_GONE, NULL)},
		.passed_over = 1,
		.departs = "select2",
		.at = 3},
	{.name = "never selects what is not listed",
		.legs = {FROM("usb-unknown-alt", 0, 0)},
		.steps = {FAIL(READ, ERR_GONE, NULL)},
		.departs = "select2",
		.at = 2},
	{.name = "never reads other alternates",
		.legs = {FROM("usb-upload-other", 0, 0)},
		.steps = {FAIL(READ, ERR_GONE, NULL)},
		.passed_over = 1,
		.departs = "select2",
		.at = 3},
	{.name = "never detaches",
		.legs = {FROM("usb-detach-busreset", 0, 0)},
		.steps = {FAIL(READ, ERR_GONE, NULL)},
		.departs = "up0:4096",
		.at = 3},
	{.name = "never sends more than the partition",
		.legs = {FROM("usb-write-1024", 0, 2), CLEANS, FROM("usb-write-1024", 3, 0)},
		.steps = {FAIL(STAGE, ERR_GONE, NULL)},
		.departs = "down0:776",
		.at = 3},
	{.name = "never sends less than the partition",
		.legs = {FROM("usb-write-partial", 0, 2), CLEANS, FROM("usb-write-partial", 3, 0)},
		.steps = {FAIL(STAGE, ERR_GONE, NULL)},
		.departs = "down0:776",
		.at = 3},
	{.name = "never sends pieces of 256",
		.legs = {FROM("usb-write-4096-blocks", 0, 2), CLEANS,
			FROM("usb-write-4096-blocks", 3, 0)},
		.steps = {FAIL(STAGE, ERR_GONE, NULL)},
		.departs = "down0:776",
		.at = 3},
	{.name = "never numbers the last block anyhow",
		.legs = {FROM("usb-write-wrong-zero-block-then-status", 0, 2), CLEANS,
			FROM("usb-write-wrong-zero-block-then-status", 3, 0)},
		.writes = {WORD_9},
		.steps = {DO(STAGE), FAIL(BURN, ERR_GONE, "not triggered")},
		.departs = "down1:0",
		.at = 5},
	{.name = "never writes without cleaning",
		.legs = {FROM("usb-write-word9-lock", 4, 0)},
		.steps = {FAIL(STAGE, ERR_GONE, NULL)},
		.departs = "down65535:1",
		.at = 6},
};

int main(void)
{
	return replay_rows(rows, sizeof rows / sizeof rows[0], "dfu_replay_uboot",
		TEST_DATA "/transcripts", "usb-");
}
