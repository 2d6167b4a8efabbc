/* Command lines: what is refused, what help says, where output may go. */
#include "tests/support/run_program.h"
#include "ui/commands/command.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIXTURE TEST_DATA "/stm32mp157c-read.bin"

static int set_up(void **state)
{
	struct run_home *home = malloc(sizeof *home);
	assert_non_null(home);
	run_home_make(home);
	*state = home;
	return 0;
}

static int tear_down(void **state)
{
	run_home_remove(*state);
	free(*state);
	return 0;
}

/* One line, starting with the program's name, and nothing on standard output. */
static void expect_one_line(struct run_result *result, int exit_status, const char *part)
{
	run_expect_exit(result, exit_status);
	run_expect_err(result, part);
	assert_int_equal(strncmp(result->err, "otpedit: ", 9), 0);
	assert_int_equal(run_error_lines(result), 1);
	assert_string_equal(result->out, "");
	run_free(result);
}

static void test_options(void **state)
{
	struct run_home *home = *state;
	struct run_result result;
	run_words(&result, home, "show", "--jsn", FIXTURE);
	expect_one_line(&result, 2, "'--jsn'");
	run_words(&result, home, "show", "--js", FIXTURE); /* shortened names are not taken */
	expect_one_line(&result, 2, "'--js'");
	run_words(&result, home, "show", "-j", FIXTURE);
	expect_one_line(&result, 2, "'-j'");
	run_words(&result, home, "show", "--confirm", "0123456789abcdef", FIXTURE);
	expect_one_line(&result, 2, "means nothing to show");
	run_words(&result, home, "show", "--json=yes", FIXTURE);
	expect_one_line(&result, 2, "takes no argument");
	run_words(&result, home, "show", FIXTURE, "--chip");
	expect_one_line(&result, 2, "needs an argument");
	run_words(&result, home, "show", "--json", "--json", FIXTURE);
	expect_one_line(&result, 2, "twice");
	run_words(&result, home, "show", "--json", "--csv", FIXTURE);
	expect_one_line(&result, 2, "at a time");
	run_words(&result, home, "show", "--color", "pink", FIXTURE);
	expect_one_line(&result, 2, "pink");
	run_words(&result, home, "show", "--chip", "stm32mp99", FIXTURE);
	expect_one_line(&result, 2, "stm32mp15");
}

static void test_words(void **state)
{
	struct run_home *home = *state;
	struct run_result result;
	run_words(&result, home, "shwo", FIXTURE);
	expect_one_line(&result, 2, "did you mean 'show'");
	run_words(&result, home, "frobnicate", FIXTURE);
	expect_one_line(&result, 2, "--help");
	run_words(&result, home, "show");
	expect_one_line(&result, 2, "SOURCE");
	run_words(&result, home, "diff", FIXTURE);
	expect_one_line(&result, 2, "A B");
	run_words(&result, home, "status", FIXTURE, FIXTURE);
	expect_one_line(&result, 2, "one word too many");
	run_words(&result, home, "show", FIXTURE, "wrod=7");
	expect_one_line(&result, 2, "wrod=7");
	run_words(&result, home, "show", FIXTURE, "word=96");
	expect_one_line(&result, 2, "96");
	run_words(&result, home, "journal", "lst");
	expect_one_line(&result, 2, "lst");
	run_words(&result, home, "write", FIXTURE, "word=70", "vaule=1");
	expect_one_line(&result, 2, "vaule");
	run_words(&result, home, "write", FIXTURE, "word=70", "value=0x100000000");
	expect_one_line(&result, 2, "0x100000000");
	run_words(&result, home, "write", FIXTURE, "word=96", "value=1");
	expect_one_line(&result, 2, "96");
}

static void test_double_dash(void **state)
{
	struct run_home *home = *state;
	struct run_result result;
	char bytes[1024];
	FILE *file = fopen(FIXTURE, "rb");
	assert_non_null(file);
	size_t length = fread(bytes, 1, sizeof bytes, file);
	fclose(file);
	run_write_file(home, "--otp.bin", bytes, length);
	run_words(&result, home, "show", "--", "--otp.bin");
	run_expect_exit(&result, 0);
	run_free(&result);
	run_words(&result, home, "show", "--otp.bin");
	expect_one_line(&result, 2, "'--otp.bin'");
}

static void test_no_terminal(void **state)
{
	struct run_home *home = *state;
	struct run_result result;
	run_words(&result, home, FIXTURE);
	expect_one_line(&result, 2, "terminal");
	run_words(&result, home, "nosuchthing");
	expect_one_line(&result, 2, "nosuchthing");
	const char *const nothing[] = {NULL};
	run_program(&result, home, OTPEDIT_PROGRAM, NULL, nothing);
	expect_one_line(&result, 2, "--help");
}

/* Characters of the longest line, and how many lines. */
static void measure(const char *text, size_t *lines, size_t *longest)
{
	size_t column = 0;
	*lines = *longest = 0;
	for (; *text; text++) {
		if (*text == '\n') {
			(*lines)++;
			column = 0;
		} else if (((unsigned char)*text & 0xC0) != 0x80 && ++column > *longest) {
			*longest = column;
		}
	}
}

/* "    write, lock, fwrite  …": several commands of one line. */
static bool stands_in_company(const char *text, const char *command)
{
	char first[64], later[64], last[64];
	snprintf(first, sizeof first, "\n    %s, ", command);
	snprintf(later, sizeof later, ", %s, ", command);
	snprintf(last, sizeof last, ", %s  ", command);
	return strstr(text, first) || strstr(text, later) || strstr(text, last);
}

static void test_help_fits(void **state)
{
	struct run_home *home = *state;
	struct run_result result, overview;
	size_t lines, longest;
	run_words(&overview, home, "--help");
	run_expect_exit(&overview, 0);
	measure(overview.out, &lines, &longest);
	assert_in_range(lines, 10, 23); /* one line is left for the prompt */
	assert_in_range(longest, 20, 80);
	for (const struct command *command = command_table; command->name; command++) {
		char row[64];
		snprintf(row, sizeof row, "\n    %s ", command->name);
		if (command->summary && !strstr(overview.out, row) &&
			!stands_in_company(overview.out, command->name))
			fail_msg("'%s' is not in the overview", command->name);
		run_words(&result, home, command->name, "--help");
		run_expect_exit(&result, 0);
		snprintf(row, sizeof row, "otpedit %s ", command->name);
		run_expect_out(&result, row);
		measure(result.out, &lines, &longest);
		assert_in_range(lines, 4, 23);
		assert_in_range(longest, 20, 80);
		run_free(&result);
	}
	run_free(&overview);
	run_words(&result, home, "--version");
	run_expect_exit(&result, 0);
	assert_string_equal(result.out, "otpedit " OTPEDIT_VERSION "\n");
	run_free(&result);
}

static void test_output_that_cannot_be_written(void **state)
{
	struct run_home *home = *state;
	struct run_result result;
	run_words_to(&result, home, "/dev/full", "show", FIXTURE);
	run_expect_exit(&result, 6);
	run_expect_err(&result, "standard output");
	run_free(&result);
	run_words_to(&result, home, "", "show", FIXTURE);
	run_expect_exit(&result, 6);
	run_expect_err(&result, "standard output");
	run_free(&result);
	run_words_to(&result, home, "/dev/full", "--help");
	run_expect_exit(&result, 6);
	run_free(&result);
}

/* What stands in a file's name does not reach the terminal as it is. */
static void test_messages_are_printable(void **state)
{
	struct run_home *home = *state;
	struct run_result result;
	run_words(&result, home, "show", "./no\033[31mfile");
	run_expect_exit(&result, 6);
	assert_null(strchr(result.err, '\033'));
	run_free(&result);
	run_words(&result, home, "read", FIXTURE, "-o", "with\033[31mcolour");
	run_expect_exit(&result, 0);
	run_free(&result);
	static const char *const commands[] = {"show", "status", "check"};
	for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
		run_words(&result, home, commands[i], "./with\033[31mcolour");
		run_expect_exit(&result, 0);
		assert_null(strchr(result.out, '\033'));
		run_free(&result);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_options, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_words, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_double_dash, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_no_terminal, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_help_fits, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			test_output_that_cannot_be_written, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_messages_are_printable, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
