#include "transport/sim_wire.h"

#include <assert.h>
#include <string.h>

#define BITS    11u
#define LOOK_NS 100000u /* how often it is looked whether the board begins to send */

void sim_wire_begin(struct sim_wire *wire, struct sim_uart *uart, unsigned baud)
{
	memset(wire, 0, sizeof *wire);
	wire->uart = uart;
	wire->byte_ns = baud == 0 ? 0 : BITS * UINT64_C(1000000000) / baud;
}

size_t sim_wire_room(const struct sim_wire *wire)
{
	return SIM_WIRE_ROOM - wire->sent_count;
}

/* Where one end sends a parity bit that the other takes for the stop bit, or awaits one where the
 * stop bit is: that fails for every byte whose even parity bit is 0. */
static bool is_damaged(const struct sim_wire *wire, uint8_t byte)
{
	unsigned ones = 0;

	for (unsigned bits = byte; bits != 0; bits >>= 1) {
		ones += bits & 1u;
	}
	return wire->parity != 0 && wire->parity != sim_uart_parity(wire->uart) && ones % 2 == 0;
}

/* A terminal driver that was not asked for more gives a damaged byte as 00 (termios(3), IGNPAR). */
static void arrive(struct sim_wire *wire, uint8_t byte)
{
	if (is_damaged(wire, byte)) {
		byte = 0;
	}
	if (wire->arrived_count < sizeof wire->arrived) {
		wire->arrived[wire->arrived_count++] = byte;
	}
}

/* The board's transmitter takes the next byte as soon as it is free. */
static void look(struct sim_wire *wire)
{
	while (!wire->is_sending && sim_uart_take(wire->uart, &wire->sending, 1) == 1) {
		if (wire->byte_ns == 0) {
			arrive(wire, wire->sending);
		} else {
			wire->is_sending = true;
			wire->sending_done = wire->now + wire->byte_ns;
		}
	}
}

static void deliver(struct sim_wire *wire)
{
	uint8_t byte = wire->sent[0];

	wire->sent_count--;
	memmove(wire->sent, wire->sent + 1, wire->sent_count);
	wire->sent_done += wire->byte_ns;
	sim_uart_receive(wire->uart, byte, is_damaged(wire, byte));
}

/* What is due at this moment. */
static void settle(struct sim_wire *wire)
{
	if (wire->is_sending && wire->sending_done <= wire->now) {
		wire->is_sending = false;
		arrive(wire, wire->sending);
	}
	look(wire);
	while (wire->sent_count > 0 && wire->sent_done <= wire->now) {
		deliver(wire);
		look(wire);
	}
}

void sim_wire_send(struct sim_wire *wire, uint8_t byte)
{
	assert(wire->sent_count < sizeof wire->sent);
	if (wire->sent_count == 0) {
		wire->sent_done = wire->now + wire->byte_ns;
	}
	wire->sent[wire->sent_count++] = byte;
	settle(wire);
}

uint64_t sim_wire_next(const struct sim_wire *wire)
{
	uint64_t next = SIM_WIRE_NEVER;

	if (wire->is_sending) {
		next = wire->sending_done - wire->now;
	}
	if (wire->sent_count > 0 && wire->sent_done - wire->now < next) {
		next = wire->sent_done - wire->now;
	}
	return next;
}

static void advance(struct sim_wire *wire, uint64_t nanoseconds)
{
	uint64_t microseconds;

	wire->now += nanoseconds;
	microseconds = wire->now / 1000;
	sim_uart_pass(wire->uart, (uint32_t)(microseconds - wire->told));
	wire->told = microseconds;
}

void sim_wire_pass(struct sim_wire *wire, uint64_t nanoseconds)
{
	uint64_t end = wire->now + nanoseconds;

	settle(wire);
	while (wire->now < end) {
		uint64_t step = end - wire->now, next = sim_wire_next(wire);

		if (step > LOOK_NS) {
			step = LOOK_NS;
		}
		advance(wire, next < step ? next : step);
		settle(wire);
	}
}

size_t sim_wire_take(struct sim_wire *wire, uint8_t *out, size_t capacity)
{
	size_t count = wire->arrived_count < capacity ? wire->arrived_count : capacity;

	memcpy(out, wire->arrived, count);
	wire->arrived_count -= count;
	memmove(wire->arrived, wire->arrived + count, wire->arrived_count);
	return count;
}
