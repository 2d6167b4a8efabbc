/* The serial ports in `otpedit list`: what adapters tell of themselves, and who holds one. */
#include "tests/serial/mock_tty.h"
#include "tests/support/run_program.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <jansson.h>
#include <pty.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static UMockdevTestbed *testbed;
static struct run_home home;
static int masters[2], terminals[2];

static int set_up(void **state)
{
	char path[64];
	(void)state;
	run_home_make(&home);
	testbed = umockdev_testbed_new();
	for (unsigned i = 0; i < 2; i++)
		assert_int_equal(openpty(&masters[i], &terminals[i], NULL, NULL, NULL), 0);
	assert_int_equal(ttyname_r(terminals[0], path, sizeof path), 0);
	mock_tty_plug(testbed, "ttyUSB10", "1-4", "FT232R USB UART", "A5069RR4", path);
	assert_int_equal(ttyname_r(terminals[1], path, sizeof path), 0);
	mock_tty_plug(testbed, "ttyUSB9", "1-3", "bad\033[31mname", "", path);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		close(masters[i]);
		close(terminals[i]);
	}
	g_object_unref(testbed);
	run_home_remove(&home);
	return 0;
}

static json_t *list_ports(json_t **whole)
{
	struct run_result result;
	run_words(&result, &home, "list", "--json");
	run_expect_exit(&result, 0);
	*whole = json_loads(result.out, 0, NULL);
	assert_non_null(*whole);
	run_free(&result);
	json_t *ports = json_object_get(*whole, "ports");
	assert_true(json_is_array(ports));
	return ports;
}

static void expect_text(json_t *object, const char *key, const char *wanted)
{
	const char *text = json_string_value(json_object_get(object, key));
	assert_non_null(text);
	assert_string_equal(text, wanted);
}

static void test_listed(void **state)
{
	struct run_result result;
	json_t *whole, *ports = list_ports(&whole);
	(void)state;
	assert_int_equal(json_array_size(ports), 2);
	expect_text(json_array_get(ports, 0), "source", "uart:/dev/ttyUSB9");
	expect_text(json_array_get(ports, 0), "description", "bad?[31mname");
	expect_text(json_array_get(ports, 0), "serial", "");
	expect_text(json_array_get(ports, 1), "source", "uart:/dev/ttyUSB10");
	expect_text(json_array_get(ports, 1), "usb", "0403:6001");
	expect_text(json_array_get(ports, 1), "serial", "A5069RR4");
	json_decref(whole);
	run_words(&result, &home, "list");
	run_expect_exit(&result, 0);
	run_expect_out(&result, "No board is in DFU mode on USB");
	run_expect_out(&result, "FT232R USB UART");
	assert_null(strchr(result.out, '\033'));
	run_free(&result);
}

/* Listing opens nothing: a program that opens a port moves its modem lines. */
static void test_holder(void **state)
{
	struct run_result result;
	json_t *whole;
	char text[48];
	int ready[2], end[2];
	char byte, path[64];
	(void)state;
	assert_int_equal(ttyname_r(terminals[0], path, sizeof path), 0);
	assert_int_equal(pipe(ready), 0);
	assert_int_equal(pipe(end), 0);
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		int file = open(path, O_RDWR | O_NOCTTY);
		close(end[1]);
		(void)!write(ready[1], "x", file >= 0);
		(void)!read(end[0], &byte, 1); /* until the test is over, or dies */
		_exit(0);
	}
	close(ready[1]);
	close(terminals[0]);
	close(terminals[1]);
	terminals[0] = terminals[1] = -1;
	assert_int_equal(read(ready[0], &byte, 1), 1);
	close(ready[0]);
	json_t *port = json_array_get(list_ports(&whole), 1);
	assert_true(json_is_true(json_object_get(port, "busy")));
	snprintf(text, sizeof text, "(process %ld)", (long)child);
	assert_non_null(strstr(json_string_value(json_object_get(port, "holders")), text));
	json_decref(whole);
	run_words(&result, &home, "list");
	run_expect_exit(&result, 0);
	run_expect_out(&result, "serial /dev/ttyUSB10: in use by ");
	run_expect_out(&result, text);
	run_free(&result);
	close(end[0]);
	close(end[1]);
	waitpid(child, NULL, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_listed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_holder, set_up, tear_down),
	};
	return cmocka_run_group_tests_name("list_ports", tests, NULL, NULL);
}
