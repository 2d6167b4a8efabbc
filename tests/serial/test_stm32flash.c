/*
 * A program of others, stm32flash, at the simulated bootloader of an STM32 microcontroller: a
 * witness that it behaves like one. Parity goes through the preloaded library, see tty_shim.c.
 */
#include "tests/serial/serving.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
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

/* How stm32flash ended; what it said is in `text`. */
static int run_stm32flash(char text[4096], const char *path)
{
	FILE *out;
	int end;
	pid_t child = serving_run(&out, &home, STM32FLASH_PROGRAM, "-b", "115200", path);
	size_t length = fread(text, 1, 4095, out);
	text[length] = '\0';
	fclose(out);
	assert_int_equal(waitpid(child, &end, 0), child);
	assert_true(WIFEXITED(end));
	return WEXITSTATUS(end);
}

static void test_identifies(void **state)
{
	char path[SERVING_PATH_MAX], text[4096];
	pid_t child;
	(void)state;
	if (access(STM32FLASH_PROGRAM, X_OK) != 0)
		fail_msg("'%s' is missing: 'scripts/packages' names what tests take",
			STM32FLASH_PROGRAM);
	child = serving_start(path, &home, "demo,face=mcu");
	assert_int_equal(run_stm32flash(text, path), 0);
	assert_non_null(strstr(text, "serial_posix: 115200 8E1"));
	assert_non_null(strstr(text, "Version      : 0x31"));
	assert_non_null(strstr(text, "Device ID    : 0x0413 (STM32F40xxx/41xxx)"));
	/* A second time the 7F is half a command; stm32flash knows that. */
	assert_int_equal(run_stm32flash(text, path), 0);
	assert_non_null(strstr(text, "Device ID    : 0x0413"));
	serving_stop(child);
}

/* The ROM code of an STM32MP is no bootloader that it knows; it understands the answers all the
 * same. */
static void test_meets_rom_code(void **state)
{
	static const struct {
		const char *board, *id;
	} rows[] = {
		{"demo,face=rom", "(Device ID: 0x500)"},
		{"demo:stm32mp13,uart,stage=rom", "(Device ID: 0x501)"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		char path[SERVING_PATH_MAX], command[SERVING_PATH_MAX + 128], text[4096];
		FILE *out;
		int end;
		pid_t board = serving_start(path, &home, rows[i].board);
		snprintf(command, sizeof command, "'%s' -b 115200 '%s' 2>&1", STM32FLASH_PROGRAM,
			path);
		pid_t child = serving_run(&out, &home, "/bin/sh", "-c", command, NULL);
		size_t length = fread(text, 1, sizeof text - 1, out);
		text[length] = '\0';
		fclose(out);
		assert_int_equal(waitpid(child, &end, 0), child);
		assert_true(WIFEXITED(end) && WEXITSTATUS(end) == 1);
		assert_non_null(strstr(text, "serial_posix: 115200 8E1"));
		/* Get Phase. */
		assert_non_null(strstr(text, "GET returns unknown commands (0x 3)"));
		assert_non_null(strstr(text, rows[i].id));
		serving_stop(board);
	}
}

static void test_finds_nobody(void **state)
{
	char path[SERVING_PATH_MAX], text[4096];
	pid_t child;
	(void)state;
	child = serving_start(path, &home, "demo,face=echo");
	assert_int_not_equal(run_stm32flash(text, path), 0);
	assert_null(strstr(text, "Device ID"));
	serving_stop(child);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_identifies, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_meets_rom_code, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_finds_nobody, set_up, tear_down),
	};
	return cmocka_run_group_tests_name("stm32flash", tests, NULL, NULL);
}
