/* What is ordered of a served board while another program, here otpedit again, talks to it. */
#include "tests/serial/line_rig.h"
#include "tests/serial/serving.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct run_home home;
static UMockdevTestbed *testbed;
static pid_t child;
static FILE *orders, *replies;

/* The program in a process whose three ends are ours. */
static pid_t start(char path[SERVING_PATH_MAX])
{
	int in[2], out[2], messages[2];
	char state[SCRATCH_MAX + 16];
	snprintf(state, sizeof state, "%s/state", home.folder);
	assert_int_equal(pipe(in), 0);
	assert_int_equal(pipe(out), 0);
	assert_int_equal(pipe(messages), 0);
	pid_t process = fork();
	assert_true(process >= 0);
	if (process == 0) {
		dup2(in[0], STDIN_FILENO);
		dup2(out[1], STDOUT_FILENO);
		dup2(messages[1], STDERR_FILENO);
		close(in[1]);
		setenv("XDG_STATE_HOME", state, 1);
		execl(OTPEDIT_PROGRAM, OTPEDIT_PROGRAM, "serve", "demo", "--uart", (char *)NULL);
		_exit(127);
	}
	close(in[0]);
	close(out[1]);
	close(messages[1]);
	orders = fdopen(in[1], "w");
	replies = fdopen(messages[0], "r");
	FILE *printed = fdopen(out[0], "r");
	assert_true(orders && replies && printed);
	assert_non_null(fgets(path, SERVING_PATH_MAX, printed));
	path[strcspn(path, "\n")] = '\0';
	fclose(printed);
	return process;
}

static void expect_reply(const char *part)
{
	char line[512];
	alarm(30); /* nothing here takes as long: the test then ends instead of hanging */
	assert_non_null(fgets(line, sizeof line, replies));
	alarm(0);
	if (!strstr(line, part))
		fail_msg("'%s' is not in: %s", part, line);
}

static void order(const char *line, const char *reply)
{
	fprintf(orders, "%s\n", line);
	fflush(orders);
	expect_reply(reply);
}

static int set_up(void **state)
{
	char path[SERVING_PATH_MAX];
	(void)state;
	run_home_make(&home);
	child = start(path);
	expect_reply("answers there");
	testbed = umockdev_testbed_new();
	mock_tty_plug(testbed, "ttyUSB0", "1-3", "FT232R USB UART", "A5069RR4", path);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	serving_stop(child);
	g_object_unref(testbed);
	fclose(orders);
	fclose(replies);
	run_home_remove(&home);
	return 0;
}

/* What was traced of a read that has to end well; the caller's to free. */
static char *read_board(const char *trace)
{
	struct run_result result;
	size_t length;
	char image[64];
	snprintf(image, sizeof image, "%s.bin", trace);
	run_words(&result, &home, "read", LINE_SOURCE, "-o", image, "--trace", trace);
	run_expect_exit(&result, 0);
	run_free(&result);
	return run_read_file(&length, &home, trace);
}

/* Of the sync byte, three commands of two bytes, and that of a read, its arguments are the 10th to
 * the 15th byte: a damaged one is refused, and the read begins anew. */
static void test_noise(void **state)
{
	(void)state;
	order("flip 12", "done");
	char *trace = read_board("flipped");
	const char *damaged = strstr(trace, "> F200000000F2 -> ok");
	assert_non_null(damaged);
	assert_non_null(strstr(damaged, ": 1F"));
	assert_non_null(strstr(damaged + 1, "> F200000000F2 -> ok"));
	free(trace);
	trace = read_board("sound");
	assert_null(strstr(strstr(trace, "> F2"), ": 1F"));
	free(trace);
}

/* A board that starts anew says so with a NACK, whoever listens. */
static void test_power(void **state)
{
	char *trace;
	(void)state;
	order("off", "done");
	order("on", "done");
	trace = read_board("on");
	free(trace);
	order("reset", "done");
	trace = read_board("reset");
	free(trace);
}

static void test_refused(void **state)
{
	static const char *const lines[] = {"drop", "drop 0", "drop 1000001", "drop x", "drop 3 to",
		"drop 3 answer now", "burn", "reset now", "flip -1", "flip 1x",
		"a line that is much longer than any order is, and that goes on and on and on and "
		"on, beyond what fits"};
	(void)state;
	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
		order(lines[i], "is not known");
	/* Blanks around one do not matter, and empty lines say nothing. */
	fprintf(orders, "\n  \n");
	order("  double 9000 answer\r", "done");
}

/* Nobody is left to order anything: the board goes on. */
static void test_no_more_orders(void **state)
{
	(void)state;
	orders = freopen("/dev/null", "w", orders);
	assert_non_null(orders);
	free(read_board("alone"));
}

int main(void)
{
#define with_board(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		with_board(test_noise),
		with_board(test_power),
		with_board(test_refused),
		with_board(test_no_more_orders),
	};
	return cmocka_run_group_tests_name("orders to a served board", tests, NULL, NULL);
}
