/*
 * One simulated board on a serial line, as a real one is to the program, and commits on it by the
 * model, for tests of what is told of a commit that something went wrong in. Time is the board's
 * own, and files do not reach the disk: thousands of commits take seconds.
 */
#ifndef OTPEDIT_TESTS_SUPPORT_UART_BENCH_H
#define OTPEDIT_TESTS_SUPPORT_UART_BENCH_H

#include "src/session.h"
#include "tests/support/scratch.h"
#include "tests/support/uart_line.h"
#include "transport/sim_board.h"
#include "transport/sim_uart.h"

#include <stdbool.h>
#include <stdint.h>

/* A customer's word that is empty on the demo board, and what is asked of it. */
struct uart_kind {
	enum sim_family family;
	enum sim_service service;
	unsigned word;
	uint32_t value;
	bool locks; /* in a pass of its own */
};

struct uart_bench {
	struct uart_kind kind;
	struct sim_board *board;
	struct sim_uart *uart;
	struct uart_traffic traffic; /* since the last commit began */
	char folder[SCRATCH_MAX];
	/* Of the last commit. */
	struct commit_result *result;
	enum status status;
	struct errbuf err;
	/* Of the last opening. */
	struct errbuf opening;
};

/* One at a time. */
void uart_bench_make(struct uart_bench *bench, const struct uart_kind *kind);
void uart_bench_remove(struct uart_bench *bench);

/* A session on the board, NULL and why in bench->opening where it cannot be opened. */
struct session *uart_bench_open(struct uart_bench *bench);

/* Plans, arms, confirms, commits; bench->status, ->result and ->err tell. What goes wrong counts
 * from the first byte and the first exchange of the commit. */
void uart_bench_commit(struct uart_bench *bench, struct session *session, struct sim_noise noise,
	struct uart_fault fault);

/* The person takes the board's power away, gives it back and says so; the next opening knows. */
struct session *uart_bench_power_cycle(struct uart_bench *bench);

/* Entries of the journal of which nobody knows the end. */
size_t uart_bench_open_entries(const struct uart_bench *bench);

/* What the commit told is true of the silicon; nothing burnt that was not asked for, nothing twice,
 * and no Start but the one. */
void uart_bench_assert_true(const struct uart_bench *bench);

/* The same of what was found out later about commits without a known end. */
void uart_bench_assert_true_of_recovered(
	const struct uart_bench *bench, const struct session *session);

/*
 * After a commit that did not end well: another start of the program reads the truth, or says why
 * it does not; after a power cycle it knows, and what is not burnt can be.
 */
void uart_bench_settle(struct uart_bench *bench);

/* How commits ended. */
struct uart_tally {
	unsigned verified, refused, unknown, not_triggered;
};
void uart_bench_count(struct uart_tally *tally, const struct uart_bench *bench);

/* The sanitizers look for mistakes of memory, which a part of all bytes shows as well, and take
 * their time. */
#ifdef __SANITIZE_ADDRESS__
#define UART_BENCH_STEP 29u
#else
#define UART_BENCH_STEP 1u
#endif

/* A commit with every byte that goes this way spoilt, one after the other, all of it looked at as
 * above; *bytes: how many there are. */
void uart_bench_spoil_bytes(struct uart_tally *tally, unsigned *bytes, const struct uart_kind *kind,
	enum sim_noise_kind noise, enum sim_noise_way way);

/* The same with every exchange, or with every so-many-th. */
void uart_bench_spoil_exchanges(struct uart_tally *tally, unsigned *exchanges,
	const struct uart_kind *kind, struct uart_fault fault, unsigned step);

#endif
