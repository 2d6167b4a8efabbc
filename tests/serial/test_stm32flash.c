/*
 * A program of others, stm32flash, at the simulated bootloader of an STM32 microcontroller: a
 * witness that it behaves like one. Parity goes through the preloaded library, see tty_shim.c.
 */
#include "tests/support/run_program.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
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

/* Starts a program with three words. What it prints is in `*out`, its errors are nobody's. */
static pid_t start(
	FILE **out, const char *program, const char *first, const char *second, const char *third)
{
	int ends[2];
	char state[SCRATCH_MAX + 16];
	snprintf(state, sizeof state, "%s/state", home.folder);
	assert_int_equal(pipe(ends), 0);
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		int nothing = open("/dev/null", O_WRONLY);
		dup2(ends[1], STDOUT_FILENO);
		dup2(nothing, STDERR_FILENO);
		close(ends[0]);
		close(ends[1]);
		setenv("XDG_STATE_HOME", state, 1);
		execl(program, program, first, second, third, (char *)NULL);
		_exit(127);
	}
	close(ends[1]);
	*out = fdopen(ends[0], "r");
	assert_non_null(*out);
	return child;
}

static void serve(pid_t *child, char path[64], const char *source)
{
	FILE *out;
	*child = start(&out, OTPEDIT_PROGRAM, "serve", source, "--uart");
	assert_non_null(fgets(path, 64, out));
	path[strcspn(path, "\n")] = '\0';
	fclose(out);
}

static void stop(pid_t child)
{
	int end;
	assert_int_equal(kill(child, SIGTERM), 0);
	assert_int_equal(waitpid(child, &end, 0), child);
	assert_true(WIFEXITED(end) && WEXITSTATUS(end) == 0);
}

/* How stm32flash ended; what it said is in `text`. */
static int run_stm32flash(char text[4096], const char *path)
{
	FILE *out;
	int end;
	pid_t child = start(&out, STM32FLASH_PROGRAM, "-b", "115200", path);
	size_t length = fread(text, 1, 4095, out);
	text[length] = '\0';
	fclose(out);
	assert_int_equal(waitpid(child, &end, 0), child);
	assert_true(WIFEXITED(end));
	return WEXITSTATUS(end);
}

static void test_identifies(void **state)
{
	char path[64], text[4096];
	pid_t child;
	(void)state;
	if (access(STM32FLASH_PROGRAM, X_OK) != 0)
		fail_msg("'%s' is missing: 'scripts/packages' names what tests take",
			STM32FLASH_PROGRAM);
	serve(&child, path, "demo,face=mcu");
	assert_int_equal(run_stm32flash(text, path), 0);
	assert_non_null(strstr(text, "serial_posix: 115200 8E1"));
	assert_non_null(strstr(text, "Version      : 0x31"));
	assert_non_null(strstr(text, "Device ID    : 0x0413 (STM32F40xxx/41xxx)"));
	/* A second time the 7F is half a command; stm32flash knows that. */
	assert_int_equal(run_stm32flash(text, path), 0);
	assert_non_null(strstr(text, "Device ID    : 0x0413"));
	stop(child);
}

static void test_finds_nobody(void **state)
{
	char path[64], text[4096];
	pid_t child;
	(void)state;
	serve(&child, path, "demo,face=echo");
	assert_int_not_equal(run_stm32flash(text, path), 0);
	assert_null(strstr(text, "Device ID"));
	stop(child);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_identifies, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_finds_nobody, set_up, tear_down),
	};
	return cmocka_run_group_tests_name("stm32flash", tests, NULL, NULL);
}
