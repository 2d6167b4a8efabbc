/* `otpedit serve`: another program, here otpedit again, on the other end of a simulated board. */
#include "tests/serial/mock_tty.h"
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

/* The path that it prints is in `path`. */
static pid_t serve(char path[64])
{
	int out[2];
	char state[SCRATCH_MAX + 16];
	snprintf(state, sizeof state, "%s/state", home.folder);
	assert_int_equal(pipe(out), 0);
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		int nothing = open("/dev/null", O_WRONLY);
		dup2(out[1], STDOUT_FILENO);
		dup2(nothing, STDERR_FILENO);
		setenv("XDG_STATE_HOME", state, 1);
		execl(OTPEDIT_PROGRAM, "otpedit", "serve", "demo", "--uart", (char *)NULL);
		_exit(127);
	}
	close(out[1]);
	FILE *lines = fdopen(out[0], "r");
	assert_non_null(lines);
	assert_non_null(fgets(path, 64, lines));
	path[strcspn(path, "\n")] = '\0';
	fclose(lines);
	return child;
}

static void test_serve(void **state)
{
	struct run_result result;
	char path[64];
	int end;
	(void)state;
	pid_t child = serve(path);
	UMockdevTestbed *testbed = umockdev_testbed_new();
	mock_tty_plug(testbed, "ttyUSB0", "1-3", "FT232R USB UART", "A5069RR4", path);
	run_words(&result, &home, "read", "uart:/dev/ttyUSB0", "-o", "served.bin");
	assert_string_equal(result.err, "");
	run_expect_exit(&result, 0);
	run_free(&result);
	/* It is the one demo board: nobody else has it meanwhile. */
	run_words(&result, &home, "show", "demo");
	run_expect_exit(&result, 3);
	run_free(&result);
	assert_int_equal(kill(child, SIGTERM), 0);
	assert_int_equal(waitpid(child, &end, 0), child);
	assert_true(WIFEXITED(end) && WEXITSTATUS(end) == 0);
	run_words(&result, &home, "diff", "demo", "served.bin");
	run_expect_exit(&result, 0);
	run_free(&result);
	g_object_unref(testbed);
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
		cmocka_unit_test_setup_teardown(test_refusals, set_up, tear_down),
	};
	return cmocka_run_group_tests_name("serve", tests, NULL, NULL);
}
