/*
 * A simulated board on a serial line, in memory: sim_uart as a struct stream. Time is the board's
 * own and passes only while something is sent or waited for, so that nobody waits in earnest.
 */
#ifndef OTPEDIT_TRANSPORT_SIM_STREAM_H
#define OTPEDIT_TRANSPORT_SIM_STREAM_H

#include "src/errbuf.h"
#include "transport/link.h"
#include "transport/sim_uart.h"

/* The board's end is borrowed, and outlives the stream. */
enum status sim_stream_open(struct stream **out, struct sim_uart *uart, struct errbuf *err);

#endif
