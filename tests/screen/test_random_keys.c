/*
 * A monkey at the keyboard: seeded random keys, pastes, clicks and sizes for the real program,
 * which is ended in every way there is. It never crashes, never leaves the terminal in disorder,
 * and comes up again; and the simulated fuses, looked at in the file that the simulated board
 * itself keeps, never change without a completed ceremony. Some seeds complete one before the
 * monkey takes over: there the same look sees the burn.
 *
 * With SECONDS_PER_FUZZER=600 in the environment it goes on for that long, from the clock's seed,
 * or from the one that FUZZER_SEED names.
 */
#include "tests/support/run_program.h"
#include "tests/support/terminal.h"
#include "tests/support/typist.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <glob.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#define SEEDS       6
#define BURNS       3
#define STEPS       90
#define STEPS_AFTER 30

static uint32_t now_random;

static uint32_t next_random(uint32_t below)
{
	now_random = now_random * 1664525u + 1013904223u;
	return (now_random >> 8) % below;
}

/* --- what the simulated boards hold, by their own files --- */

/* All of them, one after the other; the caller's. */
static char *read_fuses(const struct run_home *home)
{
	glob_t files;
	char *text = calloc(1, 1), chunk[4096];
	size_t used = 0;
	char pattern[SCRATCH_MAX + 64];
	snprintf(
		pattern, sizeof pattern, "%s/state/otpedit/simulated/boards/*/fuses", home->folder);
	if (glob(pattern, 0, NULL, &files) != 0)
		fail_msg("no simulated board has kept its fuses");
	for (size_t i = 0; i < files.gl_pathc; i++) {
		FILE *file = fopen(files.gl_pathv[i], "r");
		assert_non_null(file);
		for (size_t n; (n = fread(chunk, 1, sizeof chunk, file)) > 0; used += n) {
			text = realloc(text, used + n + 1);
			assert_non_null(text);
			memcpy(text + used, chunk, n);
			text[used + n] = '\0';
		}
		fclose(file);
	}
	globfree(&files);
	return text;
}

/* How many lines differ; *word is the number in the last of them. */
static unsigned count_changes(const char *before, const char *after, unsigned *word)
{
	unsigned count = 0;
	while (*before || *after) {
		size_t a = strcspn(before, "\n"), b = strcspn(after, "\n");
		bool same = a == b && memcmp(before, after, a) == 0;
		/* The last line of each is a checksum over all the others. */
		if (!same && strncmp(after, "check ", 6) != 0) {
			count++;
			if (sscanf(after, "word %u", word) != 1)
				fail_msg("a line without a word changed: %.40s", after);
		}
		before += a + (before[a] != '\0');
		after += b + (after[b] != '\0');
	}
	return count;
}

/* Whether the journal knows of a burn that was begun. */
static bool has_intent(const struct run_home *home)
{
	struct run_result journal;
	run_words(&journal, home, "journal", "list", "--json");
	run_expect_exit(&journal, 0);
	bool has = strstr(journal.out, "\"words\"") != NULL;
	run_free(&journal);
	return has;
}

/* --- the monkey --- */

static void paste_much(struct terminal *terminal)
{
	static char text[1 << 20];
	size_t length = next_random(8) == 0 ? sizeof text - 1 : next_random(6000);
	for (size_t i = 0; i < length; i++)
		text[i] = (char)(next_random(4) == 0 ? 1 + next_random(255)
						     : (uint32_t) "burn70on3330ey\r"[i % 15]);
	text[length] = '\0';
	if (next_random(2) == 0)
		terminal_flood(terminal, "\033[200~", 6);
	terminal_flood(terminal, text, length);
	if (next_random(2) == 0)
		terminal_flood(terminal, "\033[201~", 6);
}

static void resize_storm(struct terminal *terminal)
{
	static const unsigned sizes[][2] = {
		{80, 24}, {120, 40}, {60, 16}, {40, 10}, {20, 5}, {500, 200}, {1, 1}, {59, 15}};
	for (uint32_t i = 1 + next_random(8); i > 0; i--) {
		const unsigned *size = sizes[next_random(8)];
		terminal_resize(terminal, size[0], size[1]);
	}
}

/* Keys that mean something somewhere, and some that mean nothing. */
static void press_something(struct terminal *terminal)
{
	static const char *const keys[] = {"e", "b", "l", "L", "x", "u", "v", "w", "p", "p", "a",
		"a", "c", "c", "r", "R", "W", "f", "i", "B", "Z", "n", "N", "?", "q", "y", "1", "2",
		"3", " ", " ", "\r", "\r", "\033", "\022", "\014", "\032", "\003", "j", "k", "h",
		"g", "g", "G", "d", "m", "\t", "0", "F", "s", "t", "\177", "\033[A", "\033[B",
		"\033OB", "\033OC", "\033[5~", "\033[6~", "\033[6~", "\033[F", "\033[Z",
		"\033[1;5C", "\033[200~burn\033[201~", "\xC3\xA9", "\xFF", "\xE2\x82",
		"\xF0\x9F\x92\xA9", "burn 70 on 3330", "for ever 34383330", "/70\r", "/=0\r", ":",
		":write word=70 value=1 lock\r", ":lock word=0-95\r", ":close\r", ":quit\r",
		":commit\r", "/lock=none\r", ":select 60-80\r", "g\033[Hjj\r00:80:e1:42:48:e4\r\r",
		"g\033[Hj\r70\r7\r\r", "g\033[F\r\r", "\033[200~:close\rcommit\r\033[201~", "-",
		"*", "M", "i", "J", "E", "D", "\033[<0;10;5M\033[<0;10;5m", "\033[<64;10;5M",
		"\033[M !!", "\033[<0;999;999M"};
	uint32_t choice = next_random(60);
	if (choice == 0)
		resize_storm(terminal);
	else if (choice == 1)
		paste_much(terminal);
	else if (choice == 2)
		terminal_signal(terminal, SIGWINCH);
	else if (choice == 3) {
		terminal_signal(terminal, SIGTSTP);
		terminal_signal(terminal, SIGTSTP);
		terminal_signal(terminal, SIGCONT);
	} else {
		const char *key = keys[next_random(sizeof keys / sizeof keys[0])];
		terminal_flood(terminal, key, strlen(key));
	}
	/* Now and then a whole handful comes at once, else the screen is read in between. */
	if (next_random(4) != 0)
		terminal_shows(terminal, "otpedit");
}

static void mash(struct terminal *terminal, unsigned steps)
{
	for (unsigned i = 0; i < steps && !terminal_has_ended(terminal); i++)
		press_something(terminal);
}

/* --- ends --- */

static void expect_order(struct terminal *terminal, uint32_t seed)
{
	struct terminal_state state = terminal_state(terminal);
	if (state.alternate_screen || !state.cursor_visible || state.bracketed_paste ||
		!state.canonical || !state.echo)
		fail_msg("seed %u: left in disorder:%s%s%s%s%s", (unsigned)seed,
			state.alternate_screen ? " alternate screen" : "",
			state.cursor_visible ? "" : " no cursor",
			state.bracketed_paste ? " marked pastes" : "",
			state.canonical ? "" : " no lines", state.echo ? "" : " no echo");
}

/* Ends the program in one of the ways there are. */
static void end(struct terminal *terminal, uint32_t seed)
{
	static const int signals[] = {SIGTERM, SIGHUP, SIGINT, SIGKILL};
	/* What comes while the program is suspended is the terminal's to act on. */
	terminal_send(terminal, "");
	uint32_t way = next_random(6);
	int number = way < 4 ? signals[way] : 0, status;
	if (terminal_has_ended(terminal)) {
		status = terminal_wait_exit(terminal);
	} else if (way == 5) {
		terminal_hang_up(terminal);
		status = terminal_wait_exit(terminal);
		/* ^C may have been among the last keys. */
		if (status != 0 && status != 128 + SIGHUP && status != 128 + SIGINT && status != 5)
			fail_msg("seed %u: without a terminal it ended with %d", (unsigned)seed,
				status);
		return;
	} else if (number) {
		terminal_signal(terminal, number);
		status = terminal_wait_exit(terminal);
	} else {
		/* ^C leaves, through a question where something is staged and through a text where
		 * one is open; and for a paste that never ended there is a silence first. */
		for (unsigned i = 0; i < 8 && !terminal_has_ended(terminal); i++)
			terminal_control(terminal, 'c');
		for (unsigned i = 0; i < 3 && !terminal_ends_within(terminal, 2500); i++)
			terminal_control(terminal, 'c');
		status = terminal_wait_exit(terminal);
	}
	/* A burn that was seen to its end, or not, is told by the exit status, too; and while it is
	 * suspended the terminal makes a signal of ^\\. */
	if (status != 0 && status != 5 && status != 128 + SIGINT && status != 128 + SIGQUIT &&
		status != 128 + number)
		fail_msg("seed %u: the program ended with %d", (unsigned)seed, status);
	if (number != SIGKILL)
		expect_order(terminal, seed);
}

/* --- seeds --- */

/* No key leads to what else could be opened here: a real board may be plugged in. */
static void keeps_to_its_board(const struct run_home *home)
{
	char folder[SCRATCH_MAX + 32];
	snprintf(folder, sizeof folder, "%s/config", home->folder);
	(void)mkdir(folder, 0700);
	snprintf(folder, sizeof folder, "%s/config/otpedit", home->folder);
	(void)mkdir(folder, 0700);
	run_write_text(home, "config/otpedit/keys", "[grid]\nopen = none\n");
}

static struct terminal *starts(
	const struct run_home *home, const char *source, unsigned columns, unsigned rows)
{
	static const char *const kinds[] = {"xterm-256color", "xterm", "screen", "linux", "vt100"};
	const char *const argv[] = {OTPEDIT_PROGRAM, source, NULL};
	struct terminal_options options = {.folder = home->folder,
		.columns = columns,
		.rows = rows,
		.term = kinds[next_random(5)]};
	struct terminal *terminal = terminal_start(&options, argv);
	terminal_expect_row(terminal, 0, "READ-ONLY");
	return terminal;
}

/* It comes up again, whatever was done to it, and leaves when asked. */
static void comes_up_again(const struct run_home *home, const char *source)
{
	struct terminal *terminal = starts(home, source, 80, 24);
	terminal_signal(terminal, SIGTERM);
	assert_int_equal(terminal_wait_exit(terminal), 128 + SIGTERM);
	terminal_free(terminal);
}

static void keeps_fuses(const struct run_home *home, const char *source)
{
	struct run_result result;
	run_words(&result, home, "show", source);
	run_expect_exit(&result, 0);
	run_free(&result);
}

static void play(uint32_t seed)
{
	static const char *const sources[] = {"demo", "demo:blank", "demo,peer=prgfw",
		"demo:stm32mp25", "demo:stm32mp13,peer=prgfw", "demo:blank,uart"};
	struct run_home home;
	unsigned word;
	now_random = seed * 2654435761u;
	const char *source = sources[next_random(6)];
	run_home_make(&home);
	keeps_to_its_board(&home);
	keeps_fuses(&home, source);
	char *before = read_fuses(&home);
	struct terminal *terminal = starts(&home, source, 80, 24);
	mash(terminal, STEPS);
	end(terminal, seed);
	terminal_free(terminal);
	comes_up_again(&home, source);
	char *after = read_fuses(&home);
	if (count_changes(before, after, &word) != 0)
		fail_msg("seed %u: fuses changed, and nobody confirmed it", (unsigned)seed);
	if (has_intent(&home))
		fail_msg("seed %u: a burn was begun, and nobody confirmed it", (unsigned)seed);
	free(before);
	free(after);
	run_home_remove(&home);
}

/* A person stages word 70, and confirms it. */
static void confirms(struct terminal *terminal)
{
	for (unsigned row = 0; row < 70 / 4; row++)
		terminal_key(terminal, TERMINAL_DOWN);
	terminal_key(terminal, TERMINAL_RIGHT);
	terminal_key(terminal, TERMINAL_RIGHT);
	terminal_type(terminal, "e12345678");
	terminal_key(terminal, TERMINAL_ENTER);
	terminal_expect(terminal, "70=12345678");
	terminal_type(terminal, "p");
	terminal_expect(terminal, "Fingerprint");
	for (int page = 0; page < 40 && !terminal_shows(terminal, "Afterwards"); page++)
		terminal_type(terminal, " ");
	for (int page = 0; page < 40 && terminal_shows(terminal, "below"); page++)
		terminal_type(terminal, " ");
	terminal_type(terminal, "a");
	terminal_expect_row(terminal, 0, "ARMED");
	terminal_type(terminal, "c");
	terminal_expect(terminal, "To burn, type exactly");
	typist_confirm(terminal, "burn 70 on 3330");
}

/* `patient`: the burn is seen through before the monkey takes over; else it is there at once, and
 * what it can spoil is whether the burn came about. */
static void burn_and_play(uint32_t seed, bool patient)
{
	struct run_home home;
	unsigned word = 0;
	now_random = seed * 2654435761u;
	run_home_make(&home);
	keeps_to_its_board(&home);
	keeps_fuses(&home, "demo");
	char *before = read_fuses(&home);
	struct terminal *terminal = starts(&home, "demo", 80, 24);
	confirms(terminal);
	if (patient)
		terminal_expect(terminal, "as planned");
	mash(terminal, STEPS_AFTER);
	end(terminal, seed);
	terminal_free(terminal);
	comes_up_again(&home, "demo");
	char *after = read_fuses(&home);
	unsigned changes = count_changes(before, after, &word);
	if (patient && changes != 1)
		fail_msg("seed %u: %u words changed, and one was confirmed", (unsigned)seed,
			changes);
	if (changes > 1 || (changes == 1 && (word != 70 || !has_intent(&home))))
		fail_msg("seed %u: not what was confirmed", (unsigned)seed);
	free(before);
	free(after);
	run_home_remove(&home);
}

static void random_keys_crash_nothing_and_burn_nothing(void **state)
{
	(void)state;
	for (uint32_t i = 1; i <= SEEDS; i++)
		play(i * 7919u);
}

static void random_keys_burn_no_more_than_was_confirmed(void **state)
{
	(void)state;
	for (uint32_t i = 1; i <= BURNS; i++)
		burn_and_play(i * 104729u, i == 1);
}

/* On demand. */
static void goes_on_for_as_long_as_it_is_told(void **state)
{
	(void)state;
	const char *wanted = getenv("SECONDS_PER_FUZZER");
	time_t end_time = time(NULL) + (wanted ? strtol(wanted, NULL, 10) : 0);
	const char *first = getenv("FUZZER_SEED");
	uint32_t seed = (uint32_t)(first ? strtoul(first, NULL, 10) : (unsigned long)time(NULL));
	for (; time(NULL) < end_time; seed++) {
		print_message("seed %u\n", (unsigned)seed);
		if (seed % 4 == 0)
			burn_and_play(seed, seed % 8 == 0);
		else
			play(seed);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_keys_crash_nothing_and_burn_nothing),
		cmocka_unit_test(random_keys_burn_no_more_than_was_confirmed),
		cmocka_unit_test(goes_on_for_as_long_as_it_is_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
