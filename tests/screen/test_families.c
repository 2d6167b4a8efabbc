/*
 * Families with words up to number 383, and values of several words, on a terminal. What the
 * built-in STM32MP15 holds stands in stm32mp157c-display.txt.
 */
#include "tests/support/run_program.h"
#include "tests/support/terminal.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

struct fixture {
	struct run_home home;
	struct terminal *terminal;
};

static int set_up(void **state)
{
	static struct fixture fixture;
	fixture = (struct fixture){0};
	run_home_make(&fixture.home);
	*state = &fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;
	terminal_free(fixture->terminal);
	run_home_remove(&fixture->home);
	return 0;
}

static struct terminal *opens(
	struct fixture *f, unsigned columns, unsigned rows, const char *source)
{
	const char *const argv[] = {OTPEDIT_PROGRAM, source, NULL};
	struct terminal_options options = {
		.columns = columns, .rows = rows, .folder = f->home.folder};
	terminal_free(f->terminal);
	f->terminal = terminal_start(&options, argv);
	terminal_expect_row(f->terminal, 0, "READ-ONLY");
	return f->terminal;
}

/* In every row of the grid the frame's left edge, three digits, and four columns of words. */
static void expect_grid(struct terminal *t, unsigned rows, unsigned first, unsigned last)
{
	unsigned found = 0, wanted = (last - first) / 4 + 1;
	for (unsigned row = 2; row < rows - 4; row++) {
		char digits[4] = "";
		for (unsigned i = 0; i < 3; i++)
			digits[i] = (char)terminal_cell(t, row, 2 + i).character;
		if (digits[0] == ' ')
			continue;
		char expected[16];
		snprintf(expected, sizeof expected, "%03u", first + 4 * found++);
		assert_string_equal(digits, expected);
		/* Values of eight cells, with a cell before for the cursor and one behind. */
		for (unsigned word = 0; word < 4; word++)
			for (unsigned i = 0; i < 8; i++)
				assert_int_not_equal(
					terminal_cell(t, row, 7 + 10 * word + i).character, ' ');
	}
	assert_int_equal(found, wanted);
}

static void test_words_up_to_383(void **state)
{
	static const struct {
		unsigned columns, rows, first;
	} sizes[] = {{80, 24, 348}, {120, 40, 316}};
	for (size_t i = 0; i < 2; i++) {
		struct terminal *t =
			opens(*state, sizes[i].columns, sizes[i].rows, "demo:stm32mp25,peer=prgfw");
		/* The footer is drawn last, and says this once there are words. */
		terminal_expect_row(t, sizes[i].rows - 3, "last read");
		expect_grid(t, sizes[i].rows, 0, 383 - sizes[i].first);
		terminal_type(t, "G");
		terminal_expect_row(t, 1, " 383 ");
		expect_grid(t, sizes[i].rows, sizes[i].first, 383);
		terminal_expect(t, "HWKEY[7]");
		terminal_expect(t, "words 376-383 as one:");
	}
}

/* What the detail of one word left behind is not taken for another's. */
static void test_details_of_many_words(void **state)
{
	struct terminal *t = opens(*state, 120, 40, "demo:stm32mp25");
	terminal_type(t, "G");
	terminal_expect_row(t, 1, " 367 ");
	terminal_expect(t, "[29] SET shadow read");
	for (int i = 0; i < 7; i++)
		terminal_key(t, TERMINAL_UP);
	terminal_expect_row(t, 1, " 339 ");
	terminal_expect(t, "[28] -   shadow write");
	terminal_expect(t, "[29] -   shadow read");
	terminal_expect(t, "words 336-343 as one:");
	terminal_expect(t, "empty or hidden");
}

static void goes_to(struct terminal *t, unsigned word)
{
	terminal_key(t, TERMINAL_HOME);
	for (unsigned row = 0; row < word / 4; row++)
		terminal_key(t, TERMINAL_DOWN);
	for (unsigned column = 0; column < word % 4; column++)
		terminal_key(t, TERMINAL_RIGHT);
}

static void test_values_as_one(void **state)
{
	struct terminal *t = opens(*state, 80, 24, "demo");
	goes_to(t, 14);
	terminal_expect(t, "serial");
	terminal_key(t, TERMINAL_ENTER);
	terminal_expect(t, "says    serial 004100323338511634383330");
	terminal_key(t, TERMINAL_ESCAPE);
	terminal_expect(t, "Enter shows the rest");
	goes_to(t, 26);
	terminal_key(t, TERMINAL_ENTER);
	terminal_expect(t, "whole   words 24-31 as one:");
	terminal_expect(t, "        4e31bbcd51e827ddaabbcc11000000000000000000000000"
			   "0000000000000000");
	terminal_key(t, TERMINAL_ESCAPE);
	/* Beside the grid there is less room. */
	terminal_expect(t, "        4e31bbcd51e827dd ");
	terminal_expect(t, "        aabbcc1100000000 ");
	goes_to(t, 40);
	terminal_key(t, TERMINAL_ENTER);
	terminal_expect(t, "whole   words 40-55 as one:");
	terminal_expect(t, "        masked");
}

/* Three words close an STM32MP25: one thing to ask for, to see, and to take back. */
static void test_closing_of_several_words(void **state)
{
	struct terminal *t = opens(*state, 80, 24, "demo:stm32mp25");
	terminal_type(t, "Z");
	terminal_expect(t, "3 staged:  CLOSE THE DEVICE FOR EVER   ");
	terminal_type(t, "u");
	terminal_expect(t, "nothing staged");
	terminal_type(t, "Z");
	terminal_expect(t, "3 staged:");
	terminal_type(t, "Z");
	terminal_expect(t, "nothing staged");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_words_up_to_383),
		TEST(test_details_of_many_words),
		TEST(test_values_as_one),
		TEST(test_closing_of_several_words),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
