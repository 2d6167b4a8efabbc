/*
 * How long the serial protocol takes on a line of 115200 baud, in the simulated board's own time:
 * what the bytes need that are exchanged, what the services want in pauses, and a tenth more.
 */
#include "tests/support/sim_partition.h"
#include "transport/sim_board.h"
#include "transport/sim_stream.h"
#include "transport/sim_uart.h"
#include "transport/stm32boot.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

/*
 * First contact: U-Boot that was left inside a packet says so 61 ms after that packet began, and is
 * not spoken to before; a second NACK, behind an answer, comes 3 ms after it and through an adapter
 * 16 ms later. STM32PRGFW-UTIL answers the second byte only, which may not come sooner than 60 ms
 * after the first. A packet's number: a refusal comes behind the ACK, 5 ms after it and 16 more.
 */
#define FIRST_CONTACT_MS (61u + 3u + 16u)
#define SECOND_BYTE_MS   60u
#define MARGIN_MS        30u /* of first contact: once for each board, and too short to be noticed */
#define NUMBER_MS        (5u + 16u)

struct counter {
	struct stream stream;
	struct stream *inner;
	uint64_t bytes;
};

static struct counter *as_counter(struct stream *stream)
{
	return (struct counter *)stream;
}

static enum status count_write(
	struct stream *stream, const uint8_t *bytes, size_t length, struct errbuf *err)
{
	struct counter *counter = as_counter(stream);
	counter->bytes += length;
	return counter->inner->ops->write(counter->inner, bytes, length, err);
}

static enum status count_read(struct stream *stream, uint8_t *out, size_t length,
	unsigned timeout_ms, size_t *actual, struct errbuf *err)
{
	struct counter *counter = as_counter(stream);
	enum status status =
		counter->inner->ops->read(counter->inner, out, length, timeout_ms, actual, err);
	counter->bytes += *actual;
	return status;
}

static enum status count_describe(
	struct stream *stream, struct stream_description *out, struct errbuf *err)
{
	return as_counter(stream)->inner->ops->describe(as_counter(stream)->inner, out, err);
}

static const struct stream_ops counter_ops = {
	.describe = count_describe, .write = count_write, .read = count_read};

struct kind {
	const char *name;
	enum sim_family family;
	enum sim_service service;
	uint32_t version;
	size_t size;
	unsigned packets; /* that a request is sent in before the burn */
};

static const struct kind kinds[] = {
	{"STM32MP15, U-Boot", SIM_MP15, SIM_SERVICE_UBOOT, 2, 776, 4},
	{"STM32MP25, U-Boot", SIM_MP25, SIM_SERVICE_UBOOT, 2, 2952, 12},
	{"STM32MP15, STM32PRGFW-UTIL", SIM_MP15, SIM_SERVICE_PRGFW, 2, 776, 3},
	{"STM32MP25, STM32PRGFW-UTIL", SIM_MP25, SIM_SERVICE_PRGFW, 3, 3080, 12},
};

struct bench {
	const struct kind *kind;
	struct counter counter;
	uint64_t bytes, time; /* when the last part ended */
};

/* `margin_ms` of it may be lost; 0: a tenth. */
static void end_part(struct bench *bench, const char *part, unsigned pauses_ms, unsigned margin_ms)
{
	uint64_t bytes = bench->counter.bytes, time = sim_stream_time(bench->counter.inner);
	uint64_t needed = (bytes - bench->bytes) * 11000000 / 115200 + pauses_ms * UINT64_C(1000);
	uint64_t taken = time - bench->time;
	print_message("%s, %s: %u bytes, %u us of %u us\n", bench->kind->name, part,
		(unsigned)(bytes - bench->bytes), (unsigned)taken, (unsigned)needed);
	assert_true(taken >= needed);
	assert_true(margin_ms > 0 ? taken <= needed + margin_ms * UINT64_C(1000)
				  : taken * 10 <= needed * 11);
	bench->bytes = bytes;
	bench->time = time;
}

/* Its greeting is over before a host is there. */
static void let_it_begin(struct stream *stream)
{
	uint8_t byte;
	size_t count;
	struct errbuf err = {0};
	stream->ops->pause(stream, 300);
	assert_int_equal(stream->ops->read(stream, &byte, 1, 0, &count, &err), OK);
}

static void test_time(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
		struct bench bench = {.kind = &kinds[i], .counter.stream.ops = &counter_ops};
		struct errbuf err = {0};
		struct sim_board *board;
		struct sim_uart *uart;
		struct stm32boot boot;
		struct sim_partition there, request = sim_partition_empty(kinds[i].version);
		size_t length;
		assert_int_equal(sim_board_demo(&board, kinds[i].family, &err), OK);
		assert_true(sim_board_set_service(board, kinds[i].service));
		assert_int_equal(sim_uart_create(&uart, board, &err), OK);
		assert_int_equal(sim_stream_open(&bench.counter.inner, uart, &err), OK);
		let_it_begin(bench.counter.inner);
		bench.time = sim_stream_time(bench.counter.inner);
		assert_int_equal(stm32boot_attach(&boot, &bench.counter.stream, &err), OK);
		end_part(&bench, "first contact",
			FIRST_CONTACT_MS + (boot.peer == PEER_PRGFW ? SECOND_BYTE_MS : 0),
			MARGIN_MS);
		assert_int_equal(
			stm32boot_read(&boot, there.bytes, sizeof there.bytes, &length, NULL, &err),
			OK);
		end_part(&bench, "read", 0, 0);
		assert_int_equal(
			stm32boot_stage(&boot, request.bytes, kinds[i].size, NULL, &err), OK);
		end_part(&bench, "stage", kinds[i].packets * NUMBER_MS, 0);
		bench.counter.inner->ops->close(bench.counter.inner);
		sim_uart_free(uart);
		sim_board_free(board);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_time)};
	return cmocka_run_group_tests_name("the line's time", tests, NULL, NULL);
}
