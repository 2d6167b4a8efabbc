/*
 * What whoever serves a simulated board over its serial line may order while it runs, a line of
 * text each:
 *
 *   drop N, flip N, double N, parity N   the N-th byte from now on is lost, damaged, doubled or of
 *                                        wrong parity on its way to the board; at most one waits
 *   drop N answer, and so on             on its way from the board
 *   reset                                the board starts anew
 *   off, on                              its power
 *   boot WHAT VALUE                      how it boots from its ROM code: sim_boot_order()
 */
#ifndef OTPEDIT_TRANSPORT_SIM_ORDERS_H
#define OTPEDIT_TRANSPORT_SIM_ORDERS_H

#include "src/errbuf.h"
#include "transport/sim_board.h"
#include "transport/sim_uart.h"

/* ERR_USAGE, and nothing done, where it is none of these. */
enum status sim_order(
	struct sim_board *board, struct sim_uart *uart, const char *line, struct errbuf *err);

#endif
