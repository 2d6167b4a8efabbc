/*
 * Simulated boards plugged into one testbed, described and disturbed by lines of text: what
 * mock_board (the program) takes as options and orders.
 *
 * A board: FAMILY[,peer=uboot|prgfw][,stage=rom|tf-a][,fuses=FILE][,port=N][,serial=TEXT]
 *   stage   it begins in its ROM code, or in TF-A; from one to the next it leaves the bus and comes
 *           back under another address
 *   fuses   a partition as a board gives it; without it, the demo board of the family
 *   port    of the hub 1-5, 3 and up where nothing is said
 *   serial  shown instead of the unique id, which the fuses still hold
 *
 * An order: [BOARD:]VERB …, BOARD counts from 1, which it is where nothing is said.
 *   fault KIND@N[xCOUNT][=AMOUNT] [REQUEST]
 *               KIND: stall, silence, no-answer, proto, proto-after, unplug, unplug-after,
 *               short=BYTES, delay=MS; at the N-th transfer from now, or the N-th REQUEST: any,
 *               class, set-interface, string, detach, dnload, upload, getstatus, clrstatus,
 *               getstate, abort
 *   clear       forgets all faults of transfers
 *   unplug      pulls the board out
 *   replug [PORT]   out and in again under a new address; the board kept its power
 *   cycle [PORT]    the same, without power in between
 *   lies        the secure side says OK to writes and burns nothing
 *   late READS  it says OK and burns before the so-many-th read from the write on
 *   refuses     it refuses every read and write
 *   sound       none of the last three
 *   boot WHAT [VALUE]     as sim_boot_order() says: layout, stays, leaves, rollback, resets, fails,
 * lost boot port N           it comes back at another port of the hub boot away MS          so much
 * later, 20 where nothing is said word WORD FAULT   one word: fails, ignores, half, spoils,
 * lock-fails, read-error, cuts-power
 */
#ifndef OTPEDIT_TESTS_USB_MOCK_BENCH_H
#define OTPEDIT_TESTS_USB_MOCK_BENCH_H

#include "src/errbuf.h"
#include "tests/usb/mock_usb.h"
#include "transport/sim_board.h"
#include "transport/sim_boot.h"

#include <stdio.h>

#define MOCK_BENCH_BOARDS 8

struct mock_bench_board {
	struct sim_board *board;
	struct sim_usb *usb;
	struct mock_usb mock;
	unsigned port;
	char serial[64]; /* "": its own */
};

struct mock_bench {
	UMockdevTestbed *testbed;
	struct mock_bench_board boards[MOCK_BENCH_BOARDS];
	unsigned count;
	unsigned next_number; /* addresses are given once each, as Linux does for a while */
};

void mock_bench_start(struct mock_bench *bench);
void mock_bench_stop(struct mock_bench *bench);

/* ERR_USAGE where the text is not understood, else as the file of fuses has it. */
enum status mock_bench_plug_in(struct mock_bench *bench, const char *text, struct errbuf *err);
enum status mock_bench_order(struct mock_bench *bench, const char *text, struct errbuf *err);

/* What passed, and what the fuses are now, a line each. */
void mock_bench_report(struct mock_bench *bench, FILE *out);

#endif
