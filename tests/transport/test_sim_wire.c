/* The time that bytes take on a simulated serial line. */
#include "transport/sim_board.h"
#include "transport/sim_stream.h"
#include "transport/sim_uart.h"
#include "transport/sim_wire.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>
#include <time.h>

/* 11 bits at 115200 and at 9600 baud, in nanoseconds. */
#define BYTE_NS 95486u
#define SLOW_NS 1145833u

static struct sim_board *board;
static struct sim_uart *uart;
static struct sim_wire wire;
static struct errbuf err;

static void plug_in(unsigned baud)
{
	errbuf_clear(&err);
	assert_int_equal(sim_board_demo(&board, SIM_MP15, &err), OK);
	assert_int_equal(sim_uart_create(&uart, board, &err), OK);
	sim_wire_begin(&wire, uart, baud);
}

static void unplug(void)
{
	sim_uart_free(uart);
	sim_board_free(board);
}

/* U-Boot says NACK when it begins. */
static void hear_greeting(void)
{
	uint8_t byte = 0;
	sim_wire_pass(&wire, 10000000);
	assert_int_equal(sim_wire_take(&wire, &byte, 1), 1);
	assert_int_equal(byte, 0x1F);
}

static void expect_ack_after(uint64_t nanoseconds)
{
	uint8_t byte = 0;
	sim_wire_pass(&wire, nanoseconds - 1);
	assert_int_equal(sim_wire_take(&wire, &byte, 1), 0);
	sim_wire_pass(&wire, 1);
	assert_int_equal(sim_wire_take(&wire, &byte, 1), 1);
	assert_int_equal(byte, 0x79);
}

/* A byte there and a byte back. */
static void test_there_and_back(void **state)
{
	(void)state;
	plug_in(115200);
	assert_int_equal(wire.byte_ns, BYTE_NS);
	hear_greeting();
	assert_true(sim_wire_next(&wire) == SIM_WIRE_NEVER);
	sim_wire_send(&wire, 0x7F);
	assert_int_equal(sim_wire_next(&wire), BYTE_NS);
	expect_ack_after(2 * BYTE_NS);
	unplug();
}

static void test_slow(void **state)
{
	(void)state;
	plug_in(9600);
	hear_greeting();
	sim_wire_send(&wire, 0x7F);
	expect_ack_after(2 * SLOW_NS);
	unplug();
}

/* Get: two bytes there; ACK, a count, nine bytes and ACK back. */
static void test_frame(void **state)
{
	uint8_t bytes[16];
	(void)state;
	plug_in(115200);
	hear_greeting();
	sim_wire_send(&wire, 0x00);
	sim_wire_send(&wire, 0xFF);
	sim_wire_pass(&wire, 14 * BYTE_NS - 1);
	assert_int_equal(sim_wire_take(&wire, bytes, sizeof bytes), 11);
	sim_wire_pass(&wire, 1);
	assert_int_equal(sim_wire_take(&wire, bytes, sizeof bytes), 1);
	assert_int_equal(bytes[0], 0x79);
	unplug();
}

static void test_no_time(void **state)
{
	uint8_t byte = 0;
	(void)state;
	plug_in(0);
	hear_greeting();
	sim_wire_send(&wire, 0x7F);
	assert_int_equal(sim_wire_take(&wire, &byte, 1), 1);
	assert_int_equal(byte, 0x79);
	unplug();
}

/* A host that does not listen loses what came last. */
static void test_lost(void **state)
{
	uint8_t bytes[2 * SIM_WIRE_ROOM];
	(void)state;
	plug_in(115200);
	hear_greeting();
	for (unsigned i = 0; i < SIM_WIRE_ROOM + 10; i++) {
		sim_wire_send(&wire, 0x7F);
		sim_wire_pass(&wire, 2 * BYTE_NS);
	}
	assert_int_equal(sim_wire_take(&wire, bytes, sizeof bytes), SIM_WIRE_ROOM);
	sim_wire_send(&wire, 0x7F);
	expect_ack_after(2 * BYTE_NS);
	unplug();
}

static uint64_t now_ns(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/* Ten times there and back; at the speed of the line it takes that long in the world, too. */
static void test_stream(void **state)
{
	struct stream *stream;
	const uint8_t sync = 0x7F;
	uint8_t byte;
	size_t count;
	(void)state;
	for (unsigned is_paced = 0; is_paced < 2; is_paced++) {
		plug_in(0);
		assert_int_equal(is_paced ? sim_stream_open_paced(&stream, uart, 9600, &err)
					  : sim_stream_open(&stream, uart, &err),
			OK);
		assert_int_equal(stream->ops->read(stream, &byte, 1, 100, &count, &err), OK);
		assert_int_equal(count, 1);
		uint64_t before = sim_stream_time(stream), start = now_ns();
		for (unsigned i = 0; i < 10; i++) {
			assert_int_equal(stream->ops->write(stream, &sync, 1, &err), OK);
			assert_int_equal(
				stream->ops->read(stream, &byte, 1, 100, &count, &err), OK);
			assert_int_equal(count, 1);
			assert_int_equal(byte, 0x79);
		}
		uint64_t passed = sim_stream_time(stream) - before;
		if (is_paced) {
			assert_true(passed >= 20 * (uint64_t)SLOW_NS / 1000);
			assert_true(now_ns() - start >= 20 * (uint64_t)SLOW_NS);
		} else {
			assert_in_range(passed, 20 * BYTE_NS / 1000, 20 * BYTE_NS / 1000 + 1);
		}
		stream->ops->close(stream);
		unplug();
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_there_and_back),
		cmocka_unit_test(test_slow),
		cmocka_unit_test(test_frame),
		cmocka_unit_test(test_no_time),
		cmocka_unit_test(test_lost),
		cmocka_unit_test(test_stream),
	};
	return cmocka_run_group_tests_name("the wire's time", tests, NULL, NULL);
}
