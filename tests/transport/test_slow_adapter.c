/*
 * The serial protocol through a USB adapter that hands on what came only every 16 ms, as FTDI's do,
 * at the worst of moments: right behind the first byte of an answer. And on such a line an ACK that
 * is read as a NACK, so that a packet is sent again which the board has already: it refuses that
 * one's number behind an ACK, and obeys as commands what is sent before the refusal was heard.
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

#include <string.h>

#define VALUE   UINT32_C(0xC0FFEE01)
#define TICK_US 16000u
#define ROOM    1024u
#define ACK     0x79
#define NACK    0x1F

struct adapter {
	struct stream stream;
	struct stream *inner;
	size_t count;
	struct {
		uint8_t byte;
		uint64_t due;
	} held[ROOM];
	uint64_t tick;         /* when it hands on next */
	unsigned came, spoilt; /* bytes from the board; the one that is read as NACK, from 1 */
	bool is_number;        /* what was sent last is a packet's number */
	unsigned answers;      /* to that */
	uint8_t last_answer;
	unsigned payloads, refused_payloads; /* the latter were sent after a refusal */
};

static struct adapter *as_adapter(struct stream *stream)
{
	return (struct adapter *)stream;
}

static void hold(struct adapter *adapter, uint8_t byte)
{
	assert_true(adapter->count < ROOM);
	uint64_t now = sim_stream_time(adapter->inner);
	if (adapter->answers == 0)
		adapter->tick = now;
	adapter->answers++;
	adapter->last_answer = byte;
	adapter->came++;
	adapter->held[adapter->count].byte =
		adapter->came == adapter->spoilt && byte == ACK ? NACK : byte;
	while (adapter->tick < now)
		adapter->tick += TICK_US;
	adapter->held[adapter->count++].due = adapter->tick;
}

/* What the board sends in the next so many milliseconds. */
static void listen(struct adapter *adapter, unsigned timeout_ms)
{
	struct errbuf err = {0};
	uint8_t byte;
	size_t count;
	adapter->inner->ops->read(adapter->inner, &byte, 1, timeout_ms, &count, &err);
	while (count > 0) {
		hold(adapter, byte);
		adapter->inner->ops->read(adapter->inner, &byte, 1, 0, &count, &err);
	}
}

static bool take(struct adapter *adapter, uint8_t *byte)
{
	if (adapter->count == 0 || adapter->held[0].due > sim_stream_time(adapter->inner))
		return false;
	*byte = adapter->held[0].byte;
	adapter->count--;
	memmove(adapter->held, adapter->held + 1, adapter->count * sizeof adapter->held[0]);
	return true;
}

static enum status adapter_read(struct stream *stream, uint8_t *out, size_t length,
	unsigned timeout_ms, size_t *actual, struct errbuf *err)
{
	struct adapter *adapter = as_adapter(stream);
	uint64_t end = sim_stream_time(adapter->inner) + timeout_ms * UINT64_C(1000);
	(void)err;
	*actual = 0;
	for (;;) {
		listen(adapter, 0);
		while (*actual < length && take(adapter, out + *actual))
			(*actual)++;
		if (*actual == length || sim_stream_time(adapter->inner) >= end)
			return OK;
		listen(adapter, 1);
	}
}

static enum status adapter_write(
	struct stream *stream, const uint8_t *bytes, size_t length, struct errbuf *err)
{
	struct adapter *adapter = as_adapter(stream);
	listen(adapter, 0);
	if (length > 8) {
		adapter->payloads++;
		if (adapter->is_number && (adapter->answers != 1 || adapter->last_answer != ACK))
			adapter->refused_payloads++;
	}
	adapter->is_number = length == 5 && bytes[0] == 0xF2;
	adapter->answers = 0;
	return adapter->inner->ops->write(adapter->inner, bytes, length, err);
}

static enum status adapter_describe(
	struct stream *stream, struct stream_description *out, struct errbuf *err)
{
	return as_adapter(stream)->inner->ops->describe(as_adapter(stream)->inner, out, err);
}

static void adapter_pause(struct stream *stream, unsigned milliseconds)
{
	as_adapter(stream)->inner->ops->pause(as_adapter(stream)->inner, milliseconds);
}

static const struct stream_ops adapter_ops = {
	.describe = adapter_describe,
	.write = adapter_write,
	.read = adapter_read,
	.pause = adapter_pause,
};

struct kind {
	enum sim_family family;
	enum sim_service service;
	uint32_t version;
	unsigned word;
	size_t size;
};

static const struct kind kinds[] = {
	{SIM_MP15, SIM_SERVICE_UBOOT, 2, 70, 776},
	{SIM_MP25, SIM_SERVICE_UBOOT, 2, 300, 2952},
	{SIM_MP15, SIM_SERVICE_PRGFW, 2, 70, 776},
	{SIM_MP25, SIM_SERVICE_PRGFW, 3, 300, 3080},
};
#define KINDS (sizeof kinds / sizeof kinds[0])

static struct sim_board *board;
static struct sim_uart *uart;
static struct adapter adapter;
static struct stm32boot boot;
static struct errbuf err;

static void plug_in(const struct kind *kind)
{
	errbuf_clear(&err);
	adapter = (struct adapter){.stream.ops = &adapter_ops};
	assert_int_equal(sim_board_demo(&board, kind->family, &err), OK);
	assert_true(sim_board_set_service(board, kind->service));
	assert_int_equal(sim_uart_create(&uart, board, &err), OK);
	assert_int_equal(sim_stream_open(&adapter.inner, uart, &err), OK);
}

static void unplug(void)
{
	adapter.inner->ops->close(adapter.inner);
	sim_uart_free(uart);
	sim_board_free(board);
}

static enum status stage(const struct kind *kind)
{
	struct sim_partition request = sim_partition_empty(kind->version);
	sim_partition_put(&request, kind->word, VALUE, 0x80000000);
	return stm32boot_stage(&boot, request.bytes, kind->size, NULL, &err);
}

static void test_works(void **state)
{
	(void)state;
	for (size_t i = 0; i < KINDS; i++) {
		struct sim_partition there;
		size_t length;
		plug_in(&kinds[i]);
		assert_int_equal(stm32boot_attach(&boot, &adapter.stream, &err), OK);
		assert_int_equal(
			stm32boot_read(&boot, there.bytes, sizeof there.bytes, &length, NULL, &err),
			OK);
		assert_int_equal(stage(&kinds[i]), OK);
		assert_int_equal(sim_board_pulses(board, kinds[i].word), 0);
		assert_int_equal(stm32boot_burn(&boot, &err), OK);
		assert_int_equal(sim_board_pulses(board, kinds[i].word), 1);
		assert_int_equal(sim_board_fuses(board, kinds[i].word), VALUE);
		assert_int_equal(sim_uart_stray_count(uart), 0);
		unplug();
	}
}

/* Every ACK of a download in turn, until none is left. */
static void test_waits_for_refusals(void **state)
{
	(void)state;
	for (size_t i = 0; i < KINDS; i++) {
		bool is_over = false;
		unsigned refused = 0;
		for (unsigned at = 1; !is_over; at++) {
			plug_in(&kinds[i]);
			assert_int_equal(stm32boot_attach(&boot, &adapter.stream, &err), OK);
			adapter.spoilt = adapter.came + at;
			unsigned before = adapter.came;
			enum status status = stage(&kinds[i]);
			is_over = adapter.came < adapter.spoilt;
			refused += is_over ? 0 : adapter.payloads > kinds[i].size / 256 + 1;
			assert_int_equal(adapter.refused_payloads, 0);
			assert_int_equal(sim_board_pulses(board, kinds[i].word), 0);
			assert_int_equal(sim_uart_start_count(uart), 0);
			assert_int_equal(sim_uart_stray_count(uart), 0);
			adapter.spoilt = 0;
			if (status == OK)
				assert_int_equal(stm32boot_burn(&boot, &err), OK);
			assert_int_equal(sim_board_pulses(board, kinds[i].word), status == OK);
			assert_true(adapter.came > before);
			unplug();
		}
		/* Some of these led to packets that were sent once more. */
		assert_true(refused > 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_works),
		cmocka_unit_test(test_waits_for_refusals),
	};
	return cmocka_run_group_tests_name("a slow adapter", tests, NULL, NULL);
}
