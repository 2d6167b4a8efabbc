/*
 * What is told of who is at the end of a simulated serial line, what was sent for it, and that
 * nothing there was changed by it.
 */
#include "src/probe.h"
#include "transport/probe_line.h"
#include "transport/probe_text.h"
#include "transport/sim_board.h"
#include "transport/sim_stream.h"
#include "transport/sim_uart.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

static struct sim_board *board;
static struct sim_uart *uart;
static struct errbuf err;

static int set_up(void **state)
{
	(void)state;
	errbuf_clear(&err);
	assert_int_equal(sim_board_demo(&board, SIM_MP15, &err), OK);
	sim_board_power_up(board);
	assert_int_equal(sim_uart_create(&uart, board, &err), OK);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	sim_uart_free(uart);
	sim_board_free(board);
	return 0;
}

/* --- a line that counts what is sent */

struct counting {
	struct stream stream;
	struct stream *inner;
	uint8_t sent[64];
	size_t count;
};

static enum status count_describe(
	struct stream *stream, struct stream_description *out, struct errbuf *failure)
{
	struct counting *counting = (struct counting *)stream;
	return counting->inner->ops->describe(counting->inner, out, failure);
}

static enum status count_write(
	struct stream *stream, const uint8_t *bytes, size_t length, struct errbuf *failure)
{
	struct counting *counting = (struct counting *)stream;
	for (size_t i = 0; i < length && counting->count < sizeof counting->sent; i++)
		counting->sent[counting->count++] = bytes[i];
	return counting->inner->ops->write(counting->inner, bytes, length, failure);
}

static enum status count_read(struct stream *stream, uint8_t *out, size_t length,
	unsigned timeout_ms, size_t *actual, struct errbuf *failure)
{
	struct counting *counting = (struct counting *)stream;
	return counting->inner->ops->read(
		counting->inner, out, length, timeout_ms, actual, failure);
}

static void count_pause(struct stream *stream, unsigned milliseconds)
{
	struct counting *counting = (struct counting *)stream;
	counting->inner->ops->pause(counting->inner, milliseconds);
}

static enum status count_set(
	struct stream *stream, unsigned baud, char parity, struct errbuf *failure)
{
	struct counting *counting = (struct counting *)stream;
	return counting->inner->ops->set(counting->inner, baud, parity, failure);
}

static const struct stream_ops counting_ops = {
	.describe = count_describe,
	.write = count_write,
	.read = count_read,
	.pause = count_pause,
	.set = count_set,
};

/* --- who asks */

struct listener {
	unsigned told;
	unsigned rounds; /* stop() says yes after so many; 0: never */
};

static void hear_tell(const char *text, void *payload)
{
	struct listener *listener = payload;
	assert_non_null(strstr(text, "sent "));
	listener->told++;
}

static bool hear_stop(void *payload)
{
	struct listener *listener = payload;
	return listener->rounds > 0 && --listener->rounds == 0;
}

static struct counting wire;
static struct listener listener;
static uint64_t passed;

static enum status probe(struct probe_report *report, enum sim_face face, bool may_send)
{
	const struct probe_host host = {
		.may_send = may_send, .tell = hear_tell, .stop = hear_stop, .payload = &listener};
	if (face != SIM_FACE_SERVICE)
		sim_uart_set_face(uart, face);
	wire = (struct counting){.stream.ops = &counting_ops};
	assert_int_equal(sim_stream_open(&wire.inner, uart, &err), OK);
	*report = (struct probe_report){0};
	enum status status = probe_line(report, &wire.stream, 115200, &host, &err);
	passed = sim_stream_time(wire.inner);
	wire.inner->ops->close(wire.inner);
	assert_int_equal(report->has_sent, wire.count > 0);
	return status;
}

static void expect_end(enum sim_face face, enum probe_end heard, enum probe_end asked)
{
	struct probe_report report;
	listener = (struct listener){0};
	assert_int_equal(probe(&report, face, false), OK);
	assert_int_equal(wire.count, 0);
	assert_int_equal(listener.told, 0);
	if (report.end != heard)
		fail_msg("%s, only listened to: %s", sim_face_name(face),
			probe_rows[report.end].name);
	assert_int_equal(probe(&report, face, true), OK);
	if (report.end != asked)
		fail_msg("%s, asked: %s", sim_face_name(face), probe_rows[report.end].name);
	assert_int_equal(report.step_count, 1 + listener.told);
	assert_int_equal(sim_uart_stray_count(uart), 0);
	assert_int_equal(sim_uart_start_count(uart), 0);
	/* Bounded: what has to be waited for in the worst case, and little more. */
	assert_in_range(passed, 0, 8000000);
}

/* --- who is told */

static void test_uboot_service(void **state)
{
	(void)state;
	expect_end(SIM_FACE_SERVICE, PROBE_BOOT_BYTE, PROBE_UBOOT);
	assert_int_equal(wire.sent[0], 0x7F);
}

static void test_prgfw_service(void **state)
{
	struct probe_report report;
	(void)state;
	sim_uart_free(uart);
	assert_true(sim_board_set_service(board, SIM_SERVICE_PRGFW));
	assert_int_equal(sim_uart_create(&uart, board, &err), OK);
	expect_end(SIM_FACE_SERVICE, PROBE_SILENCE, PROBE_PRGFW);
	assert_int_equal(probe(&report, SIM_FACE_SERVICE, true), OK);
	assert_true(report.offers_otp);
	assert_int_equal(report.device_id, 0x500);
	/* It is asked twice and still works. */
	assert_int_equal(report.end, PROBE_PRGFW);
}

static void test_boot_stages(void **state)
{
	struct probe_report report;
	(void)state;
	expect_end(SIM_FACE_ROM, PROBE_SILENCE, PROBE_ROM);
	expect_end(SIM_FACE_TFA, PROBE_BOOT_BYTE, PROBE_TFA);
	assert_int_equal(probe(&report, SIM_FACE_TFA, true), OK);
	assert_false(report.offers_otp);
	assert_int_equal(report.device_id, 0x500);
}

static void test_microcontrollers(void **state)
{
	struct probe_report report;
	(void)state;
	expect_end(SIM_FACE_MCU, PROBE_SILENCE, PROBE_MCU);
	expect_end(SIM_FACE_MCUBOOT, PROBE_SILENCE, PROBE_SMP);
	expect_end(SIM_FACE_SMP, PROBE_SILENCE, PROBE_SMP);
	assert_int_equal(probe(&report, SIM_FACE_SMP, true), OK);
	assert_string_equal(report.detail, "4 buffers of 384 bytes, as an SMP server tells them");
	assert_int_equal(probe(&report, SIM_FACE_MCUBOOT, true), OK);
	assert_string_equal(report.said, "ABABAAAGAABDBr9icmMI/4ya");
	assert_string_equal(
		report.detail, "it does not know the question, as MCUboot's serial recovery");
	expect_end(SIM_FACE_ROM_N6, PROBE_SILENCE, PROBE_MCU);
	/* A server behind a shell is not asked: the shell says enough. */
	expect_end(SIM_FACE_ZEPHYR_SHELL, PROBE_SILENCE, PROBE_MCU_SHELL);
	/* Another program has woken it already: then 7F is half a command. */
	sim_uart_set_face(uart, SIM_FACE_MCU);
	sim_uart_receive(uart, 0x7F, false);
	wire = (struct counting){.stream.ops = &counting_ops};
	const struct probe_host host = {
		.may_send = true, .tell = hear_tell, .stop = hear_stop, .payload = &listener};
	assert_int_equal(sim_stream_open(&wire.inner, uart, &err), OK);
	report = (struct probe_report){0};
	assert_int_equal(probe_line(&report, &wire.stream, 115200, &host, &err), OK);
	wire.inner->ops->close(wire.inner);
	assert_int_equal(report.end, PROBE_MCU);
}

static void test_consoles(void **state)
{
	struct probe_report report;
	(void)state;
	expect_end(SIM_FACE_UBOOT_CONSOLE, PROBE_SILENCE, PROBE_UBOOT_PROMPT);
	assert_int_equal(probe(&report, SIM_FACE_UBOOT_CONSOLE, true), OK);
	assert_string_equal(report.said, "STM32MP> ");
	expect_end(SIM_FACE_LINUX_SHELL, PROBE_SILENCE, PROBE_SHELL);
	/* A name of one blank is nobody's. */
	assert_int_equal(probe(&report, SIM_FACE_LINUX_LOGIN, true), OK);
	assert_int_equal(report.end, PROBE_LOGIN);
}

/* What tells who it is by itself is asked nothing: a byte would hold a board in U-Boot. */
static void test_a_board_that_starts(void **state)
{
	(void)state;
	expect_end(SIM_FACE_STARTING, PROBE_AUTOBOOT, PROBE_AUTOBOOT);
	assert_int_equal(wire.count, 0);
	expect_end(SIM_FACE_BOOT_LOOP, PROBE_BOOT_FAILURE, PROBE_BOOT_FAILURE);
	assert_int_equal(wire.count, 0);
	expect_end(SIM_FACE_LINUX_LOG, PROBE_LINUX_LOG, PROBE_LINUX_LOG);
	assert_int_equal(wire.count, 0);
}

static void test_nobody(void **state)
{
	(void)state;
	expect_end(SIM_FACE_SILENCE, PROBE_SILENCE, PROBE_SILENCE);
	/* Never a second 7F without an answer to the first, and fillers within bounds. */
	assert_int_equal(wire.sent[0], 0x7F);
	for (size_t i = 1; i <= 8; i++)
		assert_int_equal(wire.sent[i], 0x55);
	assert_int_equal(wire.sent[9], 0x15);
	for (size_t i = 1; i < wire.count; i++)
		assert_int_not_equal(wire.sent[i], 0x7F);
	expect_end(SIM_FACE_NOISE, PROBE_NOISE, PROBE_NOISE);
	expect_end(SIM_FACE_ECHO, PROBE_SILENCE, PROBE_ECHO);
	expect_end(SIM_FACE_GPS, PROBE_TEXT, PROBE_TEXT);
}

/* Whenever it is stopped: soon, and with nothing half-sent. */
static void test_stopped(void **state)
{
	struct probe_report report;
	unsigned round = 0;
	enum status status;
	(void)state;
	do {
		listener = (struct listener){.rounds = ++round};
		status = probe(&report, SIM_FACE_SILENCE, true);
		assert_true(status == OK || status == ERR_CANCELLED);
	} while (status == ERR_CANCELLED);
	assert_in_range(round, 20, 100);
}

/* Every row says who, what it can do, and what is next. */
static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < PROBE_ENDS; i++) {
		assert_non_null(probe_rows[i].name);
		assert_true(
			probe_rows[i].title[0] && probe_rows[i].can[0] && probe_rows[i].next[0]);
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(probe_rows[i].name, probe_rows[k].name);
	}
}

/* --- texts */

static void test_texts(void **state)
{
	static const struct {
		const char *text;
		enum probe_end who;
	} texts[] = {
		{"", PROBE_SILENCE},
		{"NOTICE:  CPU: STM32MP157CAC Rev.B\r\nNOTICE:  Model: x\r\n", PROBE_BOOT_LOG},
		{"\r\nU-Boot SPL 2023.10\r\n", PROBE_BOOT_LOG},
		{"NOTICE:  CPU: x\r\nERROR:   BL2: Failed to load image id 3 (-2)\r\n",
			PROBE_BOOT_FAILURE},
		{"ERROR:   mapping to DT failed\r\nNOTICE:  BL31: v2.8\r\n", PROBE_BOOT_LOG},
		{"### ERROR ### Please RESET the board ###\r\n", PROBE_BOOT_FAILURE},
		{"U-Boot 2023.10 (Oct 02 2023)\r\n\r\nHit any key to stop autoboot:  1 \b\b\b 0",
			PROBE_AUTOBOOT},
		{"U-Boot 2023.10\r\nSTM32MP> ", PROBE_UBOOT_PROMPT},
		{"\r\n=> ", PROBE_UBOOT_PROMPT},
		{"a => b\r\n", PROBE_TEXT},
		{"Starting kernel ...\r\n\r\n", PROBE_LINUX_LOG},
		{"[    0.000000] Booting Linux on physical CPU 0x0\r\n", PROBE_LINUX_LOG},
		{"[   12.34] not the kernel's\r\n", PROBE_TEXT},
		{"[1.2]", PROBE_TEXT},
		{"\r\nstm32mp1 login: ", PROBE_LOGIN},
		{"Password: ", PROBE_LOGIN},
		{"\033[1;32mroot@stm32mp1\033[0m:~# ", PROBE_SHELL},
		{"$ ", PROBE_SHELL},
		{"\033[1;32muart:~$ \033[m", PROBE_MCU_SHELL},
		{"temperature 21.5\r\n", PROBE_TEXT},
		{"\033[", PROBE_NOISE},
		{"\001\002\003\004x", PROBE_NOISE},
	};
	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		enum probe_end who =
			probe_text_tell((const uint8_t *)texts[i].text, strlen(texts[i].text));
		if (who != texts[i].who)
			fail_msg("'%s' is told as %s", texts[i].text, probe_rows[who].name);
	}
}

/* Packets with right checksums and payloads that end too early, as anybody may send them. */
static void test_smp_payloads(void **state)
{
	static const struct {
		const char *line, *told;
	} rows[] = {
		{"\x06\x09"
		 "ABABAAAGAABDBr9icmMD/1Bg\n",
			"error 3"},
		{"\x06\x09"
		 "ABEBAAAHAABDBr9icmMYMP+SiA==\n",
			"error 48"},
		{"\x06\x09"
		 "AA8BAAAFAABDBr9icmMYi8k=\n",
			""},
		{"\x06\x09"
		 "AA4BAAAEAABDBr9icmMUJQ==\n",
			""},
		{"\x06\x09"
		 "AA0BAAADAABDBr9icilM\n",
			""},
		{"\x06\x09"
		 "AAoBAAAAAABDBn+K\n",
			""},
		{"\x06\x09"
		 "AAYBAAAAdrQ=\n",
			""},
		{"\x06\x09"
		 "ABYBAAAMAABDBr9oYnVmX3NpemUZAZkb\n",
			""},
		{"\x06\x09"
		 "ABgBAAAOAABDBr9oYnVmX3NpemUZAYD/qF4=\n",
			""},
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		char told[80] = "?";
		assert_true(probe_text_is_smp((const uint8_t *)rows[i].line, strlen(rows[i].line)));
		probe_text_tell_smp(
			told, sizeof told, (const uint8_t *)rows[i].line, strlen(rows[i].line));
		assert_string_equal(told, rows[i].told);
	}
}

/* The question itself is a frame with a right checksum; each bit of it that flips spoils it. */
static void test_smp_frames(void **state)
{
	uint8_t frame[] = "\x06\x09"
			  "AAsAAAABAABDBqAeEQ==\n";
	const size_t length = sizeof frame - 1;
	(void)state;
	assert_true(probe_text_is_smp(frame, length));
	for (size_t i = 0; i < length; i++) {
		assert_false(probe_text_is_smp(frame, i));
		frame[i] ^= 0x01;
		/* The last letter before the '=' holds four bits that are of no byte. */
		if (i != 2 + 17)
			assert_false(probe_text_is_smp(frame, length));
		frame[i] ^= 0x01;
	}
}

/* Any bytes at all: no crash, and always fit to show. */
static void test_any_bytes(void **state)
{
	uint8_t bytes[600];
	char text[40];
	static const uint8_t mostly[10] = "\033[\006\011\nA=> #";
	unsigned seed = 1;
	(void)state;
	for (unsigned round = 0; round < 3000; round++) {
		size_t length = round % sizeof bytes;
		for (size_t i = 0; i < length; i++) {
			seed = seed * 1103515245u + 12345u;
			unsigned any = seed >> 16;
			bytes[i] = round % 3 == 0 ? (uint8_t)any : mostly[any % 10];
		}
		probe_text_show(text, sizeof text, bytes, length);
		assert_true(strlen(text) < sizeof text);
		for (const char *at = text; *at; at++)
			assert_true(*at >= ' ' && *at < 0x7F);
		(void)probe_text_tell(bytes, length);
		(void)probe_text_is_smp(bytes, length);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_uboot_service, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_prgfw_service, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_boot_stages, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_microcontrollers, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_consoles, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_board_that_starts, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_nobody, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_stopped, set_up, tear_down),
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_smp_frames),
		cmocka_unit_test(test_smp_payloads),
		cmocka_unit_test(test_any_bytes),
	};
	return cmocka_run_group_tests_name("probe", tests, NULL, NULL);
}
