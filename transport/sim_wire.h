/*
 * The wire between a simulated board and its host: a byte takes the time of 11 bits (start, eight
 * of data, parity, stop), in both directions at once.
 *
 * It is the owner of the line's clock: time passes on the board as it passes here, in nanoseconds.
 */
#ifndef OTPEDIT_TRANSPORT_SIM_WIRE_H
#define OTPEDIT_TRANSPORT_SIM_WIRE_H

#include "transport/sim_uart.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SIM_WIRE_ROOM  512u
#define SIM_WIRE_NEVER UINT64_MAX

/* A value; nothing of it is to be freed. */
struct sim_wire {
	struct sim_uart *uart; /* borrowed */
	uint64_t byte_ns;      /* 0: a byte takes no time */
	char parity;           /* as the host has it, 'E', 'O' or 'N'; 0: always the board's */
	uint64_t now;          /* nanoseconds since the beginning */
	uint64_t told;         /* microseconds that the board was told of */
	/* To the board: what its host has sent, and when the first of it is through. */
	uint8_t sent[SIM_WIRE_ROOM];
	size_t sent_count;
	uint64_t sent_done;
	/* From the board: the byte on the wire, and those that are through. */
	bool is_sending;
	uint8_t sending;
	uint64_t sending_done;
	uint8_t arrived[SIM_WIRE_ROOM];
	size_t arrived_count;
};

/* `baud` is at most 4000000; 0: bytes take no time. */
void sim_wire_begin(struct sim_wire *wire, struct sim_uart *uart, unsigned baud);

/* How many bytes sim_wire_send() may be given now. */
size_t sim_wire_room(const struct sim_wire *wire);

/* The host sends a byte, behind those that are on their way. */
void sim_wire_send(struct sim_wire *wire, uint8_t byte);

/* So much time passes. */
void sim_wire_pass(struct sim_wire *wire, uint64_t nanoseconds);

/* How long it takes till the next byte is through in either direction; SIM_WIRE_NEVER where none is
 * on its way. */
uint64_t sim_wire_next(const struct sim_wire *wire);

/* Takes what has come through from the board: the count of bytes, `capacity` at most. What nobody
 * takes is lost when there is no more room. */
size_t sim_wire_take(struct sim_wire *wire, uint8_t *out, size_t capacity);

#endif
