/* Two programs and one simulated board, or one file: one has it, the other is told who. */
#include "tests/support/run_program.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define IMAGE TEST_DATA "/stm32mp157c-read.bin"

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

/* Runs lines of shell with the program as $0, in the home. */
static void run_shell(struct run_result *result, const char *script)
{
	run_program(result, &home, "/bin/sh", NULL,
		(const char *const[]){"-c", script, OTPEDIT_PROGRAM, NULL});
}

/* Serves `first`, and runs `otpedit second` meanwhile; the exit status is that of the latter, and
 * the first line of output the process that serves. */
static void run_beside(struct run_result *result, const char *first, const char *second)
{
	char script[1024];
	snprintf(script, sizeof script,
		"rm -f ready; \"$0\" serve %s --uart >ready 2>/dev/null & p=$!\n"
		"until [ -s ready ] || grep -q -s ') Z' /proc/$p/stat; do :; done\n"
		"echo \"process $p\"; \"$0\" %s; end=$?\n"
		"kill $p; wait $p || exit 99; exit $end",
		first, second);
	run_shell(result, script);
}

static void test_one_board(void **state)
{
	static const char *const pairs[][2] = {
		{"demo", "show demo"},
		{"demo", "write demo word=70 value=1"},
		{"demo", "reset demo"},
		{"demo,uart,locks=reset", "show demo,locks=now"},
		{"sim:a.bin", "show sim:a.bin"},
		{"sim:a.bin", "show sim:b.bin"}, /* the same bytes: the same board */
		{"sim:a.bin", "lock sim:./a.bin word=71"},
	};
	(void)state;
	struct run_result result;
	run_shell(&result, "cp " IMAGE " a.bin; cp a.bin b.bin");
	run_free(&result);
	for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
		char holder[32];
		run_beside(&result, pairs[i][0], pairs[i][1]);
		run_expect_exit(&result, 3);
		assert_int_equal(sscanf(result.out, "%31[^\n]", holder), 1);
		run_expect_err(&result, holder);
		run_expect_err(&result, "is using this board: end it first, then try again");
		run_free(&result);
	}
}

static void test_two_boards(void **state)
{
	(void)state;
	struct run_result result;
	run_beside(&result, "demo", "show demo:blank");
	run_expect_exit(&result, 0);
	run_free(&result);
	/* An image is nobody's: looking at it takes nothing from whoever else does. */
	run_beside(&result, "sim:" IMAGE, "show " IMAGE);
	run_expect_exit(&result, 0);
	run_free(&result);
}

/* Many at the same moment with the same plan and the same good confirmation: one burns. */
static void test_one_of_many_burns(void **state)
{
	(void)state;
	struct run_result result;
	char fingerprint[17], script[1024];
	unsigned done = 0, refused = 0;
	run_write_text(&home, "p.plan", "write word=70 value=0x12345678\n");
	run_words(&result, &home, "preview", "p.plan", "--on", "demo");
	const char *at = strstr(result.out, "Fingerprint ");
	assert_non_null(at);
	assert_int_equal(sscanf(at, "Fingerprint %16[0-9a-f]", fingerprint), 1);
	run_free(&result);
	snprintf(script, sizeof script,
		"for i in 1 2 3 4 5 6; do\n"
		"(\"$0\" apply p.plan --on demo --confirm %s >/dev/null 2>err$i; echo $?) &\n"
		"done; wait",
		fingerprint);
	run_shell(&result, script);
	for (char *end, *text = result.out; *text; text = end + 1) {
		long status = strtol(text, &end, 10);
		done += status == 0;
		/* Busy, or, later, a plan that is not made over what the board holds now. */
		refused += status == 3 || status == 4;
	}
	run_free(&result);
	assert_int_equal(done, 1);
	assert_int_equal(refused, 5);
	run_shell(&result, "grep -c intent.*fingerprint state/otpedit/simulated/journal.jsonl");
	assert_string_equal(result.out, "1\n");
	run_free(&result);
}

/* Of two that save under one name, one is told so, and nothing is half of each. */
static void test_one_of_many_saves(void **state)
{
	(void)state;
	struct run_result result;
	run_shell(&result, "for i in 1 2 3 4; do\n"
			   "(\"$0\" read " IMAGE " -o one.bin >/dev/null 2>err$i; echo $?) &\n"
			   "done; wait; cmp one.bin " IMAGE
			   " && ls one.bin*; grep -c 'there already\\|exists' err?");
	unsigned saved = 0, told = 0;
	for (const char *at = result.out; *at >= '0' && *at <= '9'; at += 2) {
		saved += *at == '0';
		told += *at == '6';
	}
	assert_int_equal(saved, 1);
	assert_int_equal(told, 3);
	run_expect_out(&result, "one.bin\n");
	run_expect_no_out(&result, "one.bin.");
	run_free(&result);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_one_board, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_two_boards, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_one_of_many_burns, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_one_of_many_saves, set_up, tear_down),
	};
	return cmocka_run_group_tests_name("two_programs", tests, NULL, NULL);
}
