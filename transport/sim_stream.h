/*
 * A simulated board on a serial line, in memory: sim_uart as a struct stream. Bytes take their time
 * on the wire in both directions (sim_wire).
 */
#ifndef OTPEDIT_TRANSPORT_SIM_STREAM_H
#define OTPEDIT_TRANSPORT_SIM_STREAM_H

#include "src/errbuf.h"
#include "transport/link.h"
#include "transport/sim_uart.h"

/* At 115200 baud. Time is the board's own and passes only while something is sent or waited for, so
 * that nobody waits in earnest. The board's end is borrowed, and outlives the stream. */
enum status sim_stream_open(struct stream **out, struct sim_uart *uart, struct errbuf *err);

/* The same at another speed. */
enum status sim_stream_open_at(
	struct stream **out, struct sim_uart *uart, unsigned baud, struct errbuf *err);

/* As slow as the real thing: every call takes as long as it would with a line of so many baud. */
enum status sim_stream_open_paced(
	struct stream **out, struct sim_uart *uart, unsigned baud, struct errbuf *err);

/* How much time has passed on the board since the stream was opened, in microseconds. */
uint64_t sim_stream_time(const struct stream *stream);

#endif
