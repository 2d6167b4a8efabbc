/*
 * A monkey at the keyboard: seeded random keys for a while. The program never crashes, and since no
 * monkey types the phrase by accident, nothing burns.
 */
#include "tests/support/run_program.h"
#include "tests/support/terminal.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#define ROUNDS         6
#define KEYS_PER_ROUND 120

static uint32_t seed;

static uint32_t next_random(void)
{
	seed = seed * 1664525u + 1013904223u;
	return seed >> 8;
}

/* Keys that mean something somewhere, and some that mean nothing. */
static void press_something(struct terminal *terminal)
{
	static const char *const keys[] = {"e", "b", "l", "L", "x", "u", "v", "w", "p", "a", "c",
		"r", "B", "Z", "n", "?", "q", "y", "1", "2", " ", "\r", "\033", "\022", "\014",
		"\003", "j", "k", "h", "g", "G", "0", "F", "\177", "\033[A", "\033OB",
		"\033[200~burn\033[201~", "/", ":", "N", "-", "*", "M", "\t", "m", "d", "i",
		":lock word=70-75\r", ":commit\r", "/lock=none\r", ":select 60-80\r",
		"\033[<0;12;6M\033[<0;12;6m", "\033[<64;12;6M",
		"\033[200~:close\rcommit\r\033[201~", "\033[Z", "\xC3\xA9", "\xFF"};
	static const unsigned sizes[][2] = {{80, 24}, {120, 40}, {60, 16}, {40, 10}, {200, 60}};
	uint32_t choice = next_random();
	if (choice % 40 == 0) {
		const unsigned *size = sizes[next_random() % 5];
		terminal_resize(terminal, size[0], size[1]);
		return;
	}
	terminal_send(terminal, keys[next_random() % (sizeof keys / sizeof keys[0])]);
	/* Lets the program keep up: the screen is read, whatever it shows. */
	terminal_shows(terminal, "otpedit");
}

static void play(struct run_home *home, uint32_t first_seed)
{
	const char *const argv[] = {OTPEDIT_PROGRAM, "demo", NULL};
	struct terminal_options options = {.folder = home->folder};
	seed = first_seed;
	struct terminal *terminal = terminal_start(&options, argv);
	terminal_expect_row(terminal, 0, "READ-ONLY");
	for (unsigned i = 0; i < KEYS_PER_ROUND; i++)
		press_something(terminal);
	/* ^C leaves, through a question where something is staged and through a text where one is
	 * open. */
	for (unsigned i = 0; i < 5; i++) {
		terminal_send(terminal, "\003");
		terminal_shows(terminal, "otpedit");
	}
	int end = terminal_wait_exit(terminal);
	if (end != 0 && end != 130)
		fail_msg("seed %u: the program ended with %d", (unsigned)first_seed, end);
	terminal_free(terminal);
}

static void random_keys_crash_nothing_and_burn_nothing(void **state)
{
	(void)state;
	struct run_home home;
	struct run_result before, after, journal;
	run_home_make(&home);
	run_words(&before, &home, "show", "demo", "--json");
	run_expect_exit(&before, 0);
	for (uint32_t round = 1; round <= ROUNDS; round++)
		play(&home, round * 7919u);
	run_words(&after, &home, "show", "demo", "--json");
	run_expect_exit(&after, 0);
	assert_string_equal(before.out, after.out);
	run_words(&journal, &home, "journal", "list", "--json");
	run_expect_exit(&journal, 0);
	assert_null(strstr(journal.out, "intent"));
	run_free(&before);
	run_free(&after);
	run_free(&journal);
	run_home_remove(&home);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_keys_crash_nothing_and_burn_nothing)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
