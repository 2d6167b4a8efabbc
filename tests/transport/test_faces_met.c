/*
 * Our host at whatever may be at the end of a serial line: it finds out that there is no OTP, says
 * so in bounded time, and sends nothing that changes anything there.
 */
#include "transport/sim_board.h"
#include "transport/sim_stream.h"
#include "transport/stm32boot.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#define SENT_CAPACITY 4096u

/* A line that keeps what is sent over it. */
struct watched {
	struct stream stream;
	struct stream *inner;
	uint8_t sent[SENT_CAPACITY];
	size_t count;
};

static struct sim_board *board;
static struct sim_uart *uart;
static struct watched line;
static struct stm32boot boot;
static struct errbuf err;

static enum status watched_describe(
	struct stream *stream, struct stream_description *out, struct errbuf *failure)
{
	(void)stream;
	return line.inner->ops->describe(line.inner, out, failure);
}

static enum status watched_write(
	struct stream *stream, const uint8_t *bytes, size_t length, struct errbuf *failure)
{
	(void)stream;
	assert_in_range(length, 1, SENT_CAPACITY - line.count);
	memcpy(line.sent + line.count, bytes, length);
	line.count += length;
	return line.inner->ops->write(line.inner, bytes, length, failure);
}

static enum status watched_read(struct stream *stream, uint8_t *out, size_t length,
	unsigned timeout_ms, size_t *actual, struct errbuf *failure)
{
	(void)stream;
	return line.inner->ops->read(line.inner, out, length, timeout_ms, actual, failure);
}

static void watched_pause(struct stream *stream, unsigned milliseconds)
{
	(void)stream;
	line.inner->ops->pause(line.inner, milliseconds);
}

static void watched_close(struct stream *stream)
{
	(void)stream;
	line.inner->ops->close(line.inner);
}

static const struct stream_ops watched_ops = {
	.describe = watched_describe,
	.write = watched_write,
	.read = watched_read,
	.pause = watched_pause,
	.close = watched_close,
};

static int set_up(void **state)
{
	(void)state;
	errbuf_clear(&err);
	memset(&line, 0, sizeof line);
	line.stream.ops = &watched_ops;
	assert_int_equal(sim_board_demo(&board, SIM_MP15, &err), OK);
	sim_board_power_up(board);
	assert_int_equal(sim_uart_create(&uart, board, &err), OK);
	assert_int_equal(sim_stream_open(&line.inner, uart, &err), OK);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	watched_close(&line.stream);
	sim_uart_free(uart);
	sim_board_free(board);
	return 0;
}

static bool was_sent(uint8_t first, uint8_t second)
{
	for (size_t i = 0; i + 1 < line.count; i++)
		if (line.sent[i] == first && line.sent[i + 1] == second)
			return true;
	return false;
}

/* Read Memory, Start, Download, and what a microcontroller takes for Erase and for the changes of
 * its protection. */
static void assert_nothing_dangerous(void)
{
	static const uint8_t commands[] = {0x11, 0x21, 0x31, 0x43, 0x44, 0x63, 0x73, 0x82, 0x92};
	for (size_t i = 0; i < sizeof commands; i++)
		assert_false(was_sent(commands[i], (uint8_t)~commands[i]));
	assert_int_equal(sim_uart_start_count(uart), 0);
}

/* Reading, staging and burning, whatever attaching said. */
static void assert_no_otp(void)
{
	uint8_t bytes[STM32BOOT_PARTITION_MAX] = {2};
	size_t length = 1, before = line.count;
	assert_int_not_equal(stm32boot_read(&boot, bytes, sizeof bytes, &length, NULL, &err), OK);
	assert_int_equal(length, 0);
	errbuf_clear(&err);
	assert_int_not_equal(stm32boot_stage(&boot, bytes, 776, NULL, &err), OK);
	errbuf_clear(&err);
	assert_int_not_equal(stm32boot_burn(&boot, &err), OK);
	assert_int_equal(line.count, before);
}

/* One after the other, on boards of their own. */
static void test_no_face_has_otp(void **state)
{
	(void)state;
	for (int i = SIM_FACE_SERVICE + 1; i < SIM_FACES; i++) {
		enum sim_face face = (enum sim_face)i;
		set_up(NULL);
		sim_uart_set_face(uart, face);
		enum status status = stm32boot_attach(&boot, &line.stream, &err);
		if (status == OK) {
			assert_non_null(boot.without_otp);
			assert_int_equal(boot.otp_size, 0);
			assert_int_equal(boot.peer, PEER_UNKNOWN);
			assert_no_otp();
		} else {
			assert_true(err.text[0] != '\0');
			assert_null(strchr(err.text, '\n'));
		}
		assert_nothing_dangerous();
		/* The byte that synchronises stops U-Boot's count-down, as any would. */
		if (face != SIM_FACE_STARTING)
			assert_int_equal(sim_uart_stray_count(uart), 0);
		/* Nobody waits a minute for the sentence. */
		assert_true(sim_stream_time(line.inner) < UINT64_C(60000000));
		tear_down(NULL);
	}
}

/* Asked again and again, too. */
static void test_again(void **state)
{
	(void)state;
	for (int i = SIM_FACE_SERVICE + 1; i < SIM_FACES; i++) {
		set_up(NULL);
		sim_uart_set_face(uart, (enum sim_face)i);
		for (unsigned again = 0; again < 3; again++) {
			line.count = 0;
			errbuf_clear(&err);
			if (stm32boot_attach(&boot, &line.stream, &err) == OK)
				assert_no_otp();
			assert_nothing_dangerous();
		}
		tear_down(NULL);
	}
}

/* Boot stages and a microcontroller speak the protocol, and are not taken for a service. */
static void test_who_speaks_it(void **state)
{
	(void)state;
	sim_uart_set_face(uart, SIM_FACE_ROM);
	assert_int_equal(stm32boot_attach(&boot, &line.stream, &err), OK);
	assert_int_equal(boot.device_id, 0x500);
	sim_uart_set_face(uart, SIM_FACE_MCU);
	assert_int_equal(stm32boot_attach(&boot, &line.stream, &err), OK);
	assert_int_equal(boot.device_id, 0x413);
	/* The same line when the board is in its service. */
	sim_uart_set_face(uart, SIM_FACE_SERVICE);
	assert_int_equal(stm32boot_attach(&boot, &line.stream, &err), OK);
	assert_int_equal(boot.peer, PEER_UBOOT);
	assert_null(boot.without_otp);
}

/* A board that was power-cycled in the midst of a commit comes back with something else. */
static void test_another_face_in_between(void **state)
{
	(void)state;
	for (int i = SIM_FACE_SERVICE + 1; i < SIM_FACES; i++) {
		uint8_t bytes[STM32BOOT_PARTITION_MAX];
		size_t length = 0;
		set_up(NULL);
		assert_int_equal(stm32boot_attach(&boot, &line.stream, &err), OK);
		assert_int_equal(
			stm32boot_read(&boot, bytes, sizeof bytes, &length, NULL, &err), OK);
		assert_int_equal(stm32boot_stage(&boot, bytes, length, NULL, &err), OK);
		sim_uart_set_face(uart, (enum sim_face)i);
		/* Whatever the answer is, even the ACK of a boot stage: nothing was burnt, and the
		 * read that settles it fails. */
		(void)stm32boot_burn(&boot, &err);
		assert_int_equal(sim_uart_start_count(uart), 0);
		errbuf_clear(&err);
		assert_int_not_equal(stm32boot_burn(&boot, &err), OK);
		size_t starts = 0;
		for (size_t at = 0; at + 1 < line.count; at++)
			starts += line.sent[at] == 0x21 && line.sent[at + 1] == 0xDE;
		assert_in_range(starts, 0, 1);
		errbuf_clear(&err);
		assert_int_not_equal(
			stm32boot_read(&boot, bytes, sizeof bytes, &length, NULL, &err), OK);
		tear_down(NULL);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_face_has_otp),
		cmocka_unit_test(test_again),
		cmocka_unit_test_setup_teardown(test_who_speaks_it, set_up, tear_down),
		cmocka_unit_test(test_another_face_in_between),
	};
	return cmocka_run_group_tests_name("faces_met", tests, NULL, NULL);
}
