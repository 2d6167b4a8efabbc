/*
 * Byte strings that recordings of the services' own code show to crash them, to make them jump
 * somewhere, hang, or burn what nobody asked for: looked for in what our host sends.
 */
#ifndef OTPEDIT_TESTS_SUPPORT_UART_NEVER_H
#define OTPEDIT_TESTS_SUPPORT_UART_NEVER_H

#include "tests/support/uart_watch.h"
#include "transport/sim_board.h"

#include <stdbool.h>
#include <stddef.h>

/* The families that a string is dangerous on, by the sizes of their partitions. */
enum uart_never_on { UART_NEVER_ANY, UART_NEVER_MP1, UART_NEVER_MP2 };

/*
 * The string: bytes as two hex digits; '|' is any answer, '|5F' one that begins so, '|791F' one
 * that begins and ends so; '..' any bytes up to the next answer.
 */
struct uart_never {
	const char *recording; /* "uart-start-twice", "prgfw/mp15_uart_19_extra_packet" */
	enum uart_never_on on;
	const char *string;
};

extern const struct uart_never uart_never_rows[];
extern const size_t uart_never_count;

bool uart_never_occurs(const char *string, const struct uart_watch *watch);

/* None of them was sent to such a board. */
void uart_never_assert(
	const struct uart_watch *watch, enum sim_service service, enum sim_family family);

#endif
