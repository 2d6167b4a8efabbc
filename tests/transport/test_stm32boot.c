/*
 * The serial protocol's host side against the simulated boards: reads, burns, and every byte of a
 * burn lost, damaged and doubled on the wire. The silicon itself is asked for what became of it.
 */
#include "tests/support/sim_partition.h"
#include "transport/device_uart.h"
#include "transport/sim_board.h"
#include "transport/sim_stream.h"
#include "transport/sim_uart.h"
#include "transport/stm32boot.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#define VALUE UINT32_C(0xC0FFEE01)

/* --- a wire that spoils one byte */

enum harm { HARM_NONE, HARM_DROP, HARM_FLIP, HARM_DOUBLE };
enum way { TO_BOARD, FROM_BOARD };

struct wire {
	struct stream stream;
	struct stream *inner;
	enum harm harm;
	enum way way;
	unsigned at;       /* counted from 1 */
	unsigned count[2]; /* by way */
	bool again;        /* a byte from the board comes once more */
	uint8_t last;
	/* What the host sent in one go, for looking at the frames. */
	unsigned starts, odd_starts;
	bool begins;         /* a download: its first packet comes next */
	size_t first_packet; /* bytes of data in that */
	size_t stalls_after; /* so many bytes in one go, for 40 ms; 0: never */
	uint8_t sent[8];
};

static struct wire *as_wire(struct stream *stream)
{
	return (struct wire *)stream;
}

static bool is_spoilt(struct wire *wire, enum way way)
{
	return ++wire->count[way] == wire->at && wire->way == way && wire->harm != HARM_NONE;
}

static void look_at_frame(struct wire *wire, const uint8_t *bytes, size_t length)
{
	static const uint8_t start[] = {0, 0, 0, 0xF2, 0xF2};
	static const uint8_t number_0[] = {0xF2, 0, 0, 0, 0xF2};
	if (wire->begins)
		wire->first_packet = length - 2;
	wire->begins = length == 5 && memcmp(bytes, number_0, 5) == 0;
	if (length == 2 && bytes[0] == 0x21)
		wire->starts++;
	/* Five bytes in one go are arguments of Start or Download; those of Download begin F2. */
	if (length == 5 && bytes[0] != 0xF2 && memcmp(bytes, start, 5) != 0)
		wire->odd_starts++;
}

static enum status wire_write(
	struct stream *stream, const uint8_t *bytes, size_t length, struct errbuf *err)
{
	struct wire *wire = as_wire(stream);
	enum status status = OK;
	look_at_frame(wire, bytes, length);
	for (size_t i = 0; i < length && status == OK; i++) {
		bool spoilt = is_spoilt(wire, TO_BOARD);
		uint8_t byte = spoilt && wire->harm == HARM_FLIP ? bytes[i] ^ 0x10 : bytes[i];
		unsigned times = !spoilt                     ? 1
				 : wire->harm == HARM_DROP   ? 0
				 : wire->harm == HARM_DOUBLE ? 2
							     : 1;
		if (wire->stalls_after > 0 && i == wire->stalls_after)
			wire->inner->ops->pause(wire->inner, 40);
		for (; times > 0; times--)
			status = wire->inner->ops->write(wire->inner, &byte, 1, err);
	}
	return status;
}

static enum status wire_read(struct stream *stream, uint8_t *out, size_t length,
	unsigned timeout_ms, size_t *actual, struct errbuf *err)
{
	struct wire *wire = as_wire(stream);
	*actual = 0;
	while (*actual < length) {
		size_t got;
		if (wire->again) {
			wire->again = false;
			out[(*actual)++] = wire->last;
			continue;
		}
		enum status status = wire->inner->ops->read(
			wire->inner, out + *actual, 1, timeout_ms, &got, err);
		if (status != OK || got == 0)
			return status;
		if (is_spoilt(wire, FROM_BOARD)) {
			if (wire->harm == HARM_DROP)
				continue;
			if (wire->harm == HARM_FLIP)
				out[*actual] ^= 0x10;
			wire->again = wire->harm == HARM_DOUBLE;
			wire->last = out[*actual];
		}
		(*actual)++;
	}
	return OK;
}

static enum status wire_describe(
	struct stream *stream, struct stream_description *out, struct errbuf *err)
{
	return as_wire(stream)->inner->ops->describe(as_wire(stream)->inner, out, err);
}

static void wire_pause(struct stream *stream, unsigned milliseconds)
{
	as_wire(stream)->inner->ops->pause(as_wire(stream)->inner, milliseconds);
}

static void wire_close(struct stream *stream)
{
	(void)stream;
}

static const struct stream_ops wire_ops = {
	.describe = wire_describe,
	.write = wire_write,
	.read = wire_read,
	.pause = wire_pause,
	.close = wire_close,
};

/* --- a board on it */

struct kind {
	enum sim_family family;
	enum sim_service service;
	enum peer peer;
	uint32_t version;
	unsigned word;
	size_t size, read_size;
};

static const struct kind kinds[] = {
	{SIM_MP15, SIM_SERVICE_UBOOT, PEER_UBOOT, 2, 70, 776, 776},
	{SIM_MP13, SIM_SERVICE_UBOOT, PEER_UBOOT, 2, 70, 776, 776},
	{SIM_MP25, SIM_SERVICE_UBOOT, PEER_UBOOT, 2, 300, 2952, 2952},
	{SIM_MP15, SIM_SERVICE_PRGFW, PEER_PRGFW, 2, 70, 776, 776},
	{SIM_MP13, SIM_SERVICE_PRGFW, PEER_PRGFW, 2, 70, 776, 776},
	{SIM_MP25, SIM_SERVICE_PRGFW, PEER_PRGFW, 3, 300, 3080, 3112},
};
#define KINDS (sizeof kinds / sizeof kinds[0])

static struct sim_board *board;
static struct sim_uart *uart;
static struct stream *line;
static struct wire wire;
static struct stm32boot boot;
static struct errbuf err;

static void set_up(const struct kind *kind)
{
	errbuf_clear(&err);
	assert_int_equal(sim_board_demo(&board, kind->family, &err), OK);
	assert_true(sim_board_set_service(board, kind->service));
	assert_int_equal(sim_uart_create(&uart, board, &err), OK);
	assert_int_equal(sim_stream_open(&line, uart, &err), OK);
	wire = (struct wire){.stream = {&wire_ops}, .inner = line};
}

static void tear_down(void)
{
	line->ops->close(line);
	sim_uart_free(uart);
	sim_board_free(board);
}

static enum status attach(void)
{
	return stm32boot_attach(&boot, &wire.stream, &err);
}

static enum status stage(const struct kind *kind)
{
	struct sim_partition request = sim_partition_empty(kind->version);
	sim_partition_put(&request, kind->word, VALUE, 0x80000000);
	return stm32boot_stage(&boot, request.bytes, kind->size, NULL, &err);
}

static enum status read_whole(const struct kind *kind, struct sim_partition *out)
{
	size_t length;
	memset(out, 0, sizeof *out);
	enum status status =
		stm32boot_read(&boot, out->bytes, sizeof out->bytes, &length, NULL, &err);
	if (status == OK)
		assert_int_equal(length, kind->read_size);
	return status;
}

static void test_reads(void **state)
{
	(void)state;
	for (size_t i = 0; i < KINDS; i++) {
		const struct kind *kind = &kinds[i];
		struct sim_partition seen, there;
		set_up(kind);
		assert_int_equal(attach(), OK);
		assert_int_equal(boot.peer, kind->peer);
		assert_int_equal(boot.device_id, sim_board_device_id(board));
		assert_int_equal(boot.otp_size, kind->size);
		assert_int_equal(read_whole(kind, &seen), OK);
		there = sim_partition_read(board);
		assert_memory_equal(seen.bytes, there.bytes, kind->size);
		assert_int_equal(sim_uart_stray_count(uart), 0);
		assert_int_equal(sim_uart_start_count(uart), 0);
		tear_down();
	}
}

static void test_burns(void **state)
{
	(void)state;
	for (size_t i = 0; i < KINDS; i++) {
		const struct kind *kind = &kinds[i];
		struct sim_partition after;
		set_up(kind);
		assert_int_equal(attach(), OK);
		assert_int_equal(stage(kind), OK);
		assert_int_equal(sim_board_pulses(board, kind->word), 0);
		assert_int_equal(sim_uart_start_count(uart), 0);
		assert_int_equal(stm32boot_burn(&boot, &err), OK);
		assert_int_equal(sim_board_fuses(board, kind->word), VALUE);
		assert_int_equal(sim_board_pulses(board, kind->word), 1);
		assert_int_equal(read_whole(kind, &after), OK);
		assert_int_equal(sim_partition_value(&after, kind->word), VALUE);
		/* Not again without staging again. */
		assert_int_equal(stm32boot_burn(&boot, &err), ERR_REFUSED);
		assert_int_equal(sim_uart_start_count(uart), 1);
		assert_int_equal(sim_uart_stray_count(uart), 0);
		assert_int_equal(wire.odd_starts, 0);
		tear_down();
	}
}

static bool after_the_first_chunk(void *payload)
{
	const size_t *done = payload;
	return *done > 0;
}

static void note_done(const char *stage, size_t done, size_t total, void *payload)
{
	size_t *noted = payload;
	(void)stage;
	(void)total;
	*noted = done;
}

static void test_stops_between_chunks(void **state)
{
	(void)state;
	for (size_t i = 0; i < KINDS; i++) {
		struct sim_partition there;
		size_t done = 0, length;
		struct job job = {note_done, after_the_first_chunk, &done};
		set_up(&kinds[i]);
		assert_int_equal(attach(), OK);
		assert_int_equal(
			stm32boot_read(&boot, there.bytes, sizeof there.bytes, &length, &job, &err),
			ERR_CANCELLED);
		assert_in_range(done, 1, 256);
		errbuf_clear(&err);
		assert_int_equal(read_whole(&kinds[i], &there), OK);
		tear_down();
	}
}

/* No line is too slow for being read. */
static void test_slow_reads(void **state)
{
	(void)state;
	for (size_t i = 0; i < KINDS; i++) {
		struct sim_partition there;
		set_up(&kinds[i]);
		line->ops->close(line);
		assert_int_equal(sim_stream_open_at(&line, uart, 300, &err), OK);
		wire.inner = line;
		assert_int_equal(attach(), OK);
		assert_int_equal(read_whole(&kinds[i], &there), OK);
		tear_down();
	}
}

/* U-Boot gives a packet 30 ms, so that it has to be smaller on a slow line, or with an adapter that
 * stops for a while in the middle of much. */
static void burns_slowly(unsigned baud, size_t stalls_after, size_t packet)
{
	const struct kind *kind = &kinds[0];
	struct sim_partition request = sim_partition_empty(kind->version);
	set_up(kind);
	line->ops->close(line);
	assert_int_equal(sim_stream_open_at(&line, uart, baud, &err), OK);
	wire.inner = line;
	wire.stalls_after = stalls_after;
	assert_int_equal(attach(), OK);
	sim_partition_put(&request, kind->word, VALUE, 0x80000000);
	enum status status = stm32boot_stage(&boot, request.bytes, kind->size, NULL, &err);
	if (packet > 0) {
		assert_int_equal(status, OK);
		assert_int_equal(wire.first_packet, packet);
		assert_int_equal(stm32boot_burn(&boot, &err), OK);
		assert_int_equal(sim_board_pulses(board, kind->word), 1);
		assert_int_equal(sim_board_fuses(board, kind->word), VALUE);
		assert_int_equal(wire.starts, 1);
	} else {
		assert_int_equal(status, ERR_UNSUPPORTED);
		assert_int_equal(wire.starts, 0);
		assert_int_equal(sim_board_pulses(board, kind->word), 0);
	}
	assert_int_equal(stm32boot_unstage(&boot, &err), OK);
	assert_int_equal(sim_uart_stray_count(uart), 0);
	tear_down();
}

static void test_slow_lines(void **state)
{
	(void)state;
	burns_slowly(921600, 0, 256);
	burns_slowly(115200, 0, 256);
	burns_slowly(57600, 0, 128);
	burns_slowly(38400, 0, 64);
	burns_slowly(19200, 0, 32);
	burns_slowly(9600, 0, 16);
	burns_slowly(4800, 0, 8);
	burns_slowly(2400, 0, 0);
	burns_slowly(115200, 200, 128);
	burns_slowly(115200, 100, 64);
}

/* What was taken back cannot be burnt by somebody who only triggers. */
static void test_takes_back(void **state)
{
	(void)state;
	for (size_t i = 0; i < KINDS; i++) {
		const struct kind *kind = &kinds[i];
		static const uint8_t command[] = {0x21, 0xDE}, start[] = {0, 0, 0, 0xF2, 0xF2};
		uint8_t answer[4];
		size_t count;
		set_up(kind);
		assert_int_equal(attach(), OK);
		assert_int_equal(stage(kind), OK);
		assert_int_equal(stm32boot_unstage(&boot, &err), OK);
		assert_int_equal(stm32boot_burn(&boot, &err), ERR_REFUSED);
		line->ops->write(line, command, sizeof command, &err);
		line->ops->read(line, answer, sizeof answer, 100, &count, &err);
		line->ops->write(line, start, sizeof start, &err);
		line->ops->read(line, answer, sizeof answer, 100, &count, &err);
		for (unsigned word = 0; word < sim_board_word_count(board); word++)
			assert_int_equal(sim_board_pulses(board, word), 0);
		tear_down();
	}
}

/* A board that somebody left in the middle of any frame is found, and nothing is burnt. */
static void test_finds_a_confused_board(void **state)
{
	static const uint8_t frames[][12] = {
		{3, 0x31, 0xCE, 0xF2},
		{7, 0x31, 0xCE, 0xF2, 0, 0, 0, 0xF2},
		{10, 0x31, 0xCE, 0xF2, 0, 0, 0, 0xF2, 0xFF, 2, 0},
		{1, 0x21},
		{2, 0x21, 0xDE},
		/* With nothing but 7F behind them U-Boot would jump. */
		{3, 0x21, 0xDE, 0},
		{5, 0x21, 0xDE, 0, 0xF2, 0xF2},
		{4, 0x21, 0xDE, 0, 0},
		{6, 0x21, 0xDE, 0, 0, 0, 0xF2},
		{1, 0x12},
		{5, 0x12, 0xED, 0xF2, 0, 0},
		{9, 0x12, 0xED, 0xF2, 0, 0, 0, 0, 0xF2, 0xFF},
	};
	(void)state;
	for (size_t i = 0; i < KINDS; i++)
		for (size_t k = 0; k < sizeof frames / sizeof frames[0]; k++) {
			struct sim_partition seen;
			set_up(&kinds[i]);
			sim_uart_pass(uart, 300000);
			for (unsigned at = 1; at <= frames[k][0]; at++) {
				line->ops->write(line, &frames[k][at], 1, &err);
				sim_uart_pass(uart, 2000);
			}
			assert_int_equal(attach(), OK);
			assert_int_equal(read_whole(&kinds[i], &seen), OK);
			assert_int_equal(sim_uart_start_count(uart), 0);
			assert_int_equal(sim_uart_stray_count(uart), 0);
			assert_int_equal(sim_uart_presence(uart), SIM_UART_RUNS);
			tear_down();
		}
}

/* STM32PRGFW-UTIL begins with 200 ms in which it drops what comes, and says NACK at their end: the
 * host comes at any moment before that. */
static void test_finds_a_beginner(void **state)
{
	(void)state;
	for (unsigned late_us = 0; late_us < 71000; late_us += 40) {
		set_up(&kinds[3]);
		sim_uart_pass(uart, 40000 + late_us);
		assert_int_equal(attach(), OK);
		assert_int_equal(boot.peer, PEER_PRGFW);
		tear_down();
	}
}

static void test_nobody_there(void **state)
{
	(void)state;
	set_up(&kinds[0]);
	sim_board_power_down(board);
	assert_int_equal(attach(), ERR_TIMEOUT);
	assert_non_null(strstr(err.text, "nothing on the line answers"));
	tear_down();
}

static bool once_sent(void *payload)
{
	const struct wire *meeting = payload;
	return meeting->count[TO_BOARD] > 0;
}

static bool at_once(void *payload)
{
	(void)payload;
	return true;
}

/* A meeting is left before its first byte, or when so many went unanswered that no frame's
 * arguments are due: the 7F of the next one would be one of them. */
static void test_stops_a_meeting(void **state)
{
	const struct job stops = {.cancelled = once_sent, .payload = &wire};
	const struct job never_begins = {.cancelled = at_once};
	(void)state;
	set_up(&kinds[0]);
	sim_board_power_down(board);
	assert_int_equal(
		stm32boot_attach_for(&boot, &wire.stream, &never_begins, &err), ERR_CANCELLED);
	assert_int_equal(wire.count[TO_BOARD], 0);
	errbuf_clear(&err);
	assert_int_equal(stm32boot_attach_for(&boot, &wire.stream, &stops, &err), ERR_CANCELLED);
	assert_int_equal(wire.count[TO_BOARD], 9);
	tear_down();
}

static void test_complaint(void **state)
{
	char text[128];
	(void)state;
	set_up(&kinds[0]);
	assert_int_equal(attach(), OK);
	assert_int_equal(stm32boot_complaint(&boot, text, sizeof text, &err), OK);
	assert_string_equal(text, "");
	assert_int_equal(sim_uart_presence(uart), SIM_UART_RUNS);
	sim_board_set_word_fault(board, 70, SIM_WORD_FAILS);
	assert_int_equal(stage(&kinds[0]), OK);
	assert_int_equal(stm32boot_burn(&boot, &err), OK);
	assert_int_equal(sim_board_pulses(board, 70), 0);
	assert_int_equal(stm32boot_complaint(&boot, text, sizeof text, &err), OK);
	assert_string_equal(text, "OTP write issue -5");
	assert_int_equal(sim_uart_presence(uart), SIM_UART_RESETTED);
	tear_down();
}

/* Once the last packet was announced, nothing but its data may follow: filler could complete it. */
static void test_last_packet_is_left_alone(void **state)
{
	struct sim_partition seen;
	(void)state;
	for (size_t i = 0; i < KINDS; i++) {
		if (kinds[i].peer != PEER_PRGFW)
			continue;
		set_up(&kinds[i]);
		assert_int_equal(attach(), OK);
		assert_int_equal(stage(&kinds[i]), OK);
		wire.harm = HARM_DROP;
		wire.way = FROM_BOARD;
		wire.at = wire.count[FROM_BOARD] + 1;
		enum status status = stm32boot_burn(&boot, &err);
		assert_true(status != OK && status != ERR_UNCERTAIN);
		assert_non_null(strstr(err.text, "was not triggered"));
		unsigned sent = wire.count[TO_BOARD];
		errbuf_clear(&err);
		assert_int_equal(read_whole(&kinds[i], &seen), ERR_LINK);
		assert_non_null(strstr(err.text, "power-cycle"));
		assert_int_equal(stm32boot_unstage(&boot, &err), ERR_LINK);
		assert_int_equal(wire.count[TO_BOARD], sent);
		assert_int_equal(sim_board_pulses(board, kinds[i].word), 0);
		tear_down();
	}
}

/* --- every byte of it spoilt */

struct tally {
	unsigned done, before, uncertain;
};

/* False once the whole of it took fewer bytes. */
static bool spoil(
	const struct kind *kind, enum harm harm, enum way way, unsigned at, struct tally *tally)
{
	struct sim_partition seen;
	set_up(kind);
	assert_int_equal(attach(), OK);
	memset(wire.count, 0, sizeof wire.count);
	wire.harm = harm;
	wire.way = way;
	wire.at = at;
	enum status status = stage(kind);
	bool reached = status == OK;
	/* No Start yet, and no structure that is full a packet too early. */
	assert_int_equal(sim_uart_start_count(uart), 0);
	if (reached)
		status = stm32boot_burn(&boot, &err);
	bool was_spoilt = wire.count[way] >= at;
	bool burnt = sim_board_fuses(board, kind->word) == VALUE;
	/* Whatever happened: never an unasked burn, never another word, never twice. */
	assert_int_equal(sim_uart_presence(uart), SIM_UART_RUNS);
	assert_int_equal(wire.odd_starts, 0);
	assert_true(wire.starts <= (kind->peer == PEER_UBOOT ? 1 : 0));
	assert_true(sim_board_pulses(board, kind->word) <= 1);
	for (unsigned word = 0; word < sim_board_word_count(board); word++)
		if (word != kind->word)
			assert_int_equal(sim_board_pulses(board, word), 0);
	if (status == OK) {
		/* An ACK proves nothing: without its count, the last packet is another, shorter
		 * one. */
		tally->done += burnt;
	} else if (status == ERR_UNCERTAIN) {
		assert_true(reached);
		tally->uncertain++;
	} else {
		assert_false(burnt);
		assert_int_equal(sim_board_pulses(board, kind->word), 0);
		tally->before++;
	}
	/* Read again, it is what the fuses say; or the board has to be power-cycled before. */
	wire.harm = HARM_NONE;
	errbuf_clear(&err);
	if (read_whole(kind, &seen) == OK) {
		burnt = sim_board_fuses(board, kind->word) == VALUE;
		assert_int_equal(sim_partition_value(&seen, kind->word), burnt ? VALUE : 0);
	} else {
		assert_non_null(strstr(err.text, "power-cycle"));
	}
	tear_down();
	return was_spoilt;
}

static void spoil_everywhere(const struct kind *kind, enum way way)
{
	static const enum harm harms[] = {HARM_DROP, HARM_FLIP, HARM_DOUBLE};
	for (size_t i = 0; i < sizeof harms / sizeof harms[0]; i++) {
		struct tally tally = {0};
		unsigned at = 1;
		while (spoil(kind, harms[i], way, at, &tally))
			at++;
		assert_true(at > 20);
		assert_true(tally.done > 0);
		/* One answer too many hides none. */
		if (way == TO_BOARD || harms[i] != HARM_DOUBLE)
			assert_true(tally.uncertain > 0);
	}
}

static void test_uboot_to_board(void **state)
{
	(void)state;
	spoil_everywhere(&kinds[0], TO_BOARD);
}

static void test_uboot_from_board(void **state)
{
	(void)state;
	spoil_everywhere(&kinds[0], FROM_BOARD);
}

static void test_prgfw_to_board(void **state)
{
	(void)state;
	spoil_everywhere(&kinds[3], TO_BOARD);
}

static void test_prgfw_from_board(void **state)
{
	(void)state;
	spoil_everywhere(&kinds[3], FROM_BOARD);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reads),
		cmocka_unit_test(test_burns),
		cmocka_unit_test(test_slow_lines),
		cmocka_unit_test(test_stops_between_chunks),
		cmocka_unit_test(test_slow_reads),
		cmocka_unit_test(test_takes_back),
		cmocka_unit_test(test_finds_a_confused_board),
		cmocka_unit_test(test_finds_a_beginner),
		cmocka_unit_test(test_nobody_there),
		cmocka_unit_test(test_stops_a_meeting),
		cmocka_unit_test(test_complaint),
		cmocka_unit_test(test_last_packet_is_left_alone),
		cmocka_unit_test(test_uboot_to_board),
		cmocka_unit_test(test_uboot_from_board),
		cmocka_unit_test(test_prgfw_to_board),
		cmocka_unit_test(test_prgfw_from_board),
	};
	return cmocka_run_group_tests_name("serial bootloader", tests, NULL, NULL);
}
