/*
 * A simulated board's serial line with somebody who listens, and who spoils a chosen exchange: one
 * thing that the host sends in one go, and what it gets for it.
 */
#ifndef OTPEDIT_TESTS_SUPPORT_UART_LINE_H
#define OTPEDIT_TESTS_SUPPORT_UART_LINE_H

#include "tests/support/uart_watch.h"
#include "transport/link.h"
#include "transport/sim_board.h"
#include "transport/sim_uart.h"

#include <stdbool.h>
#include <stdint.h>

enum uart_fault_kind {
	UART_SOUND,
	/* In place of the board's answer, which is lost: */
	UART_NACK,
	UART_ABORT,
	UART_BUSY, /* 76, as bootloaders of microcontrollers say */
	UART_GARBAGE,
	UART_SILENCE,
	/* In front of it: */
	UART_ECHO, /* what the host sent */
	UART_TEXT, /* of a console */
	/* The board starts anew, with all that was in its memory gone. */
	UART_RESET,
	/* From there on: */
	UART_ECHOES, /* the host hears itself, and the board behind that */
	UART_BABBLE, /* bytes without end */
	UART_GONE,   /* the port is no more */
	UART_FAULTS
};

struct uart_fault {
	enum uart_fault_kind kind;
	unsigned at;  /* the exchange, from 1 */
	bool is_late; /* the board has got what was sent; else it never does */
};

/* What lasts longer than one opening of the line. */
struct uart_traffic {
	struct uart_watch watch;
	struct uart_fault fault;
	unsigned exchanges; /* so far */
	uint64_t waited_ms; /* for answers that did not come, in the board's time */
};

/* All but *out is borrowed. */
enum status uart_line_open(struct stream **out, struct uart_traffic *traffic,
	struct sim_board *board, struct sim_uart *uart, struct errbuf *err);

/* Nothing of it has happened, and it is as sound as new. */
void uart_traffic_begin(struct uart_traffic *traffic, struct uart_fault fault);
void uart_traffic_free(struct uart_traffic *traffic);

#endif
