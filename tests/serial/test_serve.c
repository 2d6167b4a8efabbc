/* `otpedit serve`: another program, here otpedit again, on the other end of a simulated board. */
#include "tests/serial/line_rig.h"
#include "tests/serial/serving.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static struct run_home home;

static int set_up(void **state)
{
	(void)state;
	run_home_make(&home);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	run_home_remove(&home);
	return 0;
}

static void test_serve(void **state)
{
	struct run_result result;
	char path[SERVING_PATH_MAX];
	(void)state;
	pid_t child = serving_start(path, &home, "demo");
	UMockdevTestbed *testbed = umockdev_testbed_new();
	mock_tty_plug(testbed, "ttyUSB0", "1-3", "FT232R USB UART", "A5069RR4", path);
	run_words(&result, &home, "read", "uart:/dev/ttyUSB0", "-o", "served.bin");
	assert_string_equal(result.err, LINE_SAID);
	run_expect_exit(&result, 0);
	run_free(&result);
	/* It is the one demo board: nobody else has it meanwhile. */
	run_words(&result, &home, "show", "demo");
	run_expect_exit(&result, 3);
	run_free(&result);
	serving_stop(child);
	run_words(&result, &home, "diff", "demo", "served.bin");
	run_expect_exit(&result, 0);
	run_free(&result);
	g_object_unref(testbed);
}

/* A byte at a time, as nobody promises more: until this one comes, or ten seconds pass. */
static void await_byte(int terminal, char wanted)
{
	for (;;) {
		struct pollfd wait = {.fd = terminal, .events = POLLIN};
		char byte;
		assert_int_equal(poll(&wait, 1, 10000), 1);
		assert_int_equal(read(terminal, &byte, 1), 1);
		if (byte == wanted)
			return;
	}
}

/* At U-Boot's prompt there is no OTP; typed there as in a terminal program, the command that
 * starts the service makes the same board readable. ^C clears what the attempt left behind. */
static void test_console(void **state)
{
	static const char typed[] = "\x03stm32prog serial 0\r";
	struct run_result result;
	char path[SERVING_PATH_MAX];
	(void)state;
	pid_t child = serving_start(path, &home, "demo,face=uboot-console");
	UMockdevTestbed *testbed = umockdev_testbed_new();
	mock_tty_plug(testbed, "ttyUSB0", "1-3", "FT232R USB UART", "A5069RR4", path);
	run_words(&result, &home, "show", "uart:/dev/ttyUSB0");
	run_expect_exit(&result, 3);
	assert_int_equal(run_error_lines(&result), 2);
	run_expect_err(&result, "otpedit probe");
	run_free(&result);
	int terminal = open(path, O_RDWR | O_NOCTTY);
	assert_true(terminal >= 0);
	assert_int_equal(write(terminal, typed, sizeof typed - 1), sizeof typed - 1);
	await_byte(terminal, '\x1F');
	close(terminal);
	run_words(&result, &home, "read", "uart:/dev/ttyUSB0", "-o", "served.bin");
	assert_string_equal(result.err, LINE_SAID);
	run_expect_exit(&result, 0);
	run_free(&result);
	serving_stop(child);
	run_words(&result, &home, "diff", "demo", "served.bin");
	run_expect_exit(&result, 0);
	run_free(&result);
	g_object_unref(testbed);
}

/* What speaks the protocol, and has no OTP. */
static void test_no_otp(void **state)
{
	static const char *const faces[] = {"demo,face=rom", "demo,face=mcu"};
	(void)state;
	for (size_t i = 0; i < sizeof faces / sizeof faces[0]; i++) {
		struct run_result result;
		char path[SERVING_PATH_MAX];
		pid_t child = serving_start(path, &home, faces[i]);
		UMockdevTestbed *testbed = umockdev_testbed_new();
		mock_tty_plug(testbed, "ttyUSB0", "1-3", "FT232R USB UART", "A5069RR4", path);
		run_words(&result, &home, "read", "uart:/dev/ttyUSB0", "-o", "served.bin");
		run_expect_exit(&result, 3);
		run_expect_err(&result, "no OTP");
		run_free(&result);
		serving_stop(child);
		g_object_unref(testbed);
	}
}

/* A program that only writes, more than the pseudo-terminal holds of answers: the board goes on,
 * and ends when it is told to. */
static void test_nobody_reads(void **state)
{
	static const char sync[] =
		"\x7F\x7F\x7F\x7F\x7F\x7F\x7F\x7F\x7F\x7F\x7F\x7F\x7F\x7F\x7F\x7F";
	char path[SERVING_PATH_MAX];
	size_t sent = 0;
	(void)state;
	pid_t child = serving_start(path, &home, "demo,baud=4000000");
	int terminal = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK);
	assert_true(terminal >= 0);
	while (sent < 20000) {
		struct pollfd wait = {.fd = terminal, .events = POLLOUT};
		assert_int_equal(poll(&wait, 1, 10000), 1);
		ssize_t count = write(terminal, sync, sizeof sync - 1);
		assert_true(count > 0);
		sent += (size_t)count;
	}
	serving_stop(child);
	close(terminal);
}

static void test_refusals(void **state)
{
	struct run_result result;
	(void)state;
	run_words(&result, &home, "serve", "demo");
	run_expect_exit(&result, 2);
	run_expect_err(&result, "--uart");
	run_free(&result);
	run_words(&result, &home, "serve", "dfu", "--uart");
	run_expect_exit(&result, 2);
	run_expect_err(&result, "no simulated board");
	run_free(&result);
	run_words(&result, &home, "serve", "demo:nothing", "--uart");
	run_expect_exit(&result, 2);
	run_free(&result);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_serve, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_console, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_no_otp, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_nobody_reads, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_refusals, set_up, tear_down),
	};
	return cmocka_run_group_tests_name("serve", tests, NULL, NULL);
}
