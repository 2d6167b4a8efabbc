/*
 * What a person sees of themes and keys, in the real program: on terminals of every number of
 * colours, in plain ASCII, and with files that cannot be used.
 */
#include "tests/support/kinds.h"
#include "tests/support/run_program.h"
#include "tests/support/terminal.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

struct fixture {
	struct run_home home;
	struct terminal *terminal;
	char kinds[400];
};

static void write_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static int set_up(void **state)
{
	static struct fixture fixture;
	char folder[400];
	fixture = (struct fixture){.terminal = NULL};
	run_home_make(&fixture.home);
	snprintf(folder, sizeof folder, "%s/terminfo", fixture.home.folder);
	kinds_compile(folder);
	snprintf(fixture.kinds, sizeof fixture.kinds,
		"TERMINFO_DIRS=%s/terminfo:", fixture.home.folder);
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

/* The built-in board, with a theme ("": none asked for), and one more line of environment. */
static struct terminal *opens(
	struct fixture *f, const char *kind, const char *theme, const char *environment)
{
	const char *const extra[] = {f->kinds, environment, NULL};
	struct terminal_options options = {.term = kind, .folder = f->home.folder, .extra = extra};
	const char *const plain[] = {OTPEDIT_PROGRAM, "demo", "--fresh", NULL};
	const char *const themed[] = {OTPEDIT_PROGRAM, "--theme", theme, "demo", "--fresh", NULL};
	terminal_free(f->terminal);
	f->terminal = terminal_start(&options, theme[0] ? themed : plain);
	return f->terminal;
}

static bool same_look(struct terminal_cell a, struct terminal_cell b)
{
	return a.bold == b.bold && a.underlined == b.underlined && a.reverse == b.reverse &&
	       a.foreground == b.foreground && a.background == b.background;
}

static struct terminal_cell cell_of(struct terminal *t, const char *text)
{
	int row = terminal_find(t, text);
	if (row < 0) {
		terminal_dump(t);
		fail_msg("'%s' is not on the screen", text);
	}
	const char *line = terminal_row(t, (unsigned)row);
	unsigned column = 0;
	for (const char *at = line; at < strstr(line, text); at++)
		column += ((unsigned char)*at & 0xC0) != 0x80;
	return terminal_cell(t, (unsigned)row, column);
}

/* Word 0 is under the cursor, word 3 is empty: what is selected, staged and armed looks different.
 */
static void look_at(struct terminal *t, const char *kind, const char *theme)
{
	terminal_expect_row(t, 0, "READ-ONLY");
	terminal_expect(t, " 032 "); /* the last row of the grid: all above it is there */
	struct terminal_cell header = cell_of(t, "READ-ONLY");
	struct terminal_cell selected = cell_of(t, "00000017"), text = cell_of(t, "00000000");
	if (same_look(selected, text))
		fail_msg("%s, %s: the selected word looks like any other", kind, theme);
	if (same_look(header, text))
		fail_msg("%s, %s: the header looks like any row", kind, theme);
	terminal_type(t, "a");
	terminal_expect_row(t, 0, "ARMED");
	if (same_look(header, cell_of(t, "ARMED")))
		fail_msg("%s, %s: ARMED looks like READ-ONLY", kind, theme);
	if (same_look(text, cell_of(t, "ARMED for this board")))
		fail_msg("%s, %s: a warning looks like any text", kind, theme);
}

static const char *const kinds[] = {
	"vt100", "linux", "xterm", "test-16color", "xterm-256color", "test-direct"};
static const char *const themes[] = {
	"", "colour-blind", "gruvbox", "high-contrast", "light", "mono"};

static void test_every_theme_on_every_terminal(void **state)
{
	struct fixture *f = *state;
	for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++)
		for (size_t i = 0; i < sizeof themes / sizeof themes[0]; i++) {
			struct terminal *t = opens(f, kinds[k], themes[i], NULL);
			look_at(t, kinds[k], themes[i]);
			terminal_type(t, "q");
			assert_int_equal(terminal_wait_exit(t), 0);
		}
}

/* The theme's background is everywhere, also where nothing is written. */
static void test_the_ground_fills_the_screen(void **state)
{
	struct fixture *f = *state;
	/* The nearest to #FAFAFA: white, bright white, the last of the cube 16 to 231, itself. */
	static const struct {
		const char *kind;
		int ground;
	} grounds[] = {{"xterm", 7}, {"test-16color", 15}, {"xterm-256color", 231},
		{"test-direct", TERMINAL_RGB | 0xFAFAFA}};
	for (size_t i = 0; i < sizeof grounds / sizeof grounds[0]; i++) {
		struct terminal *t = opens(f, grounds[i].kind, "light", NULL);
		terminal_expect_row(t, 0, "READ-ONLY");
		terminal_expect(t, "last read");
		for (unsigned row = 1; row < 23; row++)
			for (unsigned column = 0; column < 80; column++) {
				struct terminal_cell cell = terminal_cell(t, row, column);
				if (cell.character == ' ' && cell.background != grounds[i].ground)
					fail_msg("%s: row %u, column %u has colour %d behind it",
						grounds[i].kind, row, column, cell.background);
			}
		terminal_type(t, "q");
		assert_int_equal(terminal_wait_exit(t), 0);
	}
}

static void test_no_color(void **state)
{
	struct fixture *f = *state;
	struct terminal *t = opens(f, "xterm-256color", "gruvbox", "NO_COLOR=1");
	terminal_expect_row(t, 0, "READ-ONLY");
	terminal_expect(t, "last read");
	for (unsigned row = 0; row < 24; row++)
		for (unsigned column = 0; column < 80; column++) {
			struct terminal_cell cell = terminal_cell(t, row, column);
			assert_int_equal(cell.foreground, -1);
			assert_int_equal(cell.background, -1);
		}
	look_at(t, "NO_COLOR", "gruvbox");
}

/* Every view that a few keys lead to, where the locale knows no more than ASCII. */
static void test_ascii(void **state)
{
	struct fixture *f = *state;
	static const char *const steps[] = {"j", "\t", "\t", "m", "m", "\r", "\033", "?", "\033",
		"J", "\033", "g", "\033", "d", "\033", "e", "\033", "b", "\033", "L", "\033", "l",
		"v", "\033", "p", "\033", "/", "\033", ":", "\033", "q", "n"};
	struct terminal *t = opens(f, "xterm-256color", "", "LC_ALL=C");
	terminal_expect_row(t, 0, "READ-ONLY");
	for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
		if (steps[i][0] == '\r')
			terminal_key(t, TERMINAL_ENTER);
		else if (steps[i][0] == '\033')
			terminal_key(t, TERMINAL_ESCAPE);
		else if (steps[i][0] == '\t')
			terminal_key(t, TERMINAL_TAB);
		else
			terminal_type(t, steps[i]);
		for (unsigned row = 0; row < 24; row++)
			for (const char *at = terminal_row(t, row); *at; at++)
				if ((unsigned char)*at >= 127)
					fail_msg("after step %zu: %s", i, terminal_row(t, row));
	}
}

/* --- files of one's own --- */

static void writes_config(struct fixture *f, const char *name, const char *text)
{
	char path[500];
	snprintf(path, sizeof path, "%s/config", f->home.folder);
	mkdir(path, 0700); /* it may be there */
	snprintf(path, sizeof path, "%s/config/otpedit", f->home.folder);
	if (mkdir(path, 0700) == 0) {
		snprintf(path, sizeof path, "%s/config/otpedit/themes", f->home.folder);
		assert_int_equal(mkdir(path, 0700), 0);
	}
	snprintf(path, sizeof path, "%s/config/otpedit/%s", f->home.folder, name);
	write_file(path, text);
}

static void test_keys_of_ones_own(void **state)
{
	struct fixture *f = *state;
	writes_config(f, "keys", "[grid]\nedit = y F4\nhelp = F1\n");
	struct terminal *t = opens(f, "xterm-256color", "", NULL);
	terminal_expect_row(t, 0, "READ-ONLY");
	terminal_expect_row(t, 23, "y edit");
	terminal_expect_row(t, 23, "F1 help");
	terminal_key(t, TERMINAL_F1);
	terminal_expect(t, "  y       edit the word");
	terminal_expect(t, "  F4      edit the word");
	terminal_key(t, TERMINAL_ESCAPE);
	terminal_expect_gone(t, "  F4  ");
	terminal_type(t, "y");
	terminal_expect_row(t, 23, "stage");
}

static void test_unusable_keys_are_told_of(void **state)
{
	struct fixture *f = *state;
	writes_config(f, "keys", "[preview]\ncommit = Enter\n");
	struct terminal *t = opens(f, "xterm-256color", "", NULL);
	terminal_expect_row(t, 0, "READ-ONLY");
	terminal_expect(t, "the built-in keys are used");
	terminal_expect_row(t, 23, "e edit");
	terminal_type(t, "q");
	assert_int_equal(terminal_wait_exit(t), 0);
}

static void test_unusable_default_theme_is_told_of(void **state)
{
	struct fixture *f = *state;
	writes_config(f, "themes/default.theme", "[theme]\nname = x\n[styles]\ntext = plane\n");
	struct terminal *t = opens(f, "xterm-256color", "", NULL);
	terminal_expect_row(t, 0, "READ-ONLY");
	terminal_expect(t, "the built-in theme is used");
	look_at(t, "xterm-256color", "unusable");
}

/* What was asked for by name has to be there; the terminal is not even touched. */
static void test_unusable_themes_end_it(void **state)
{
	struct fixture *f = *state;
	struct terminal *t = opens(f, "xterm-256color", "no-such", NULL);
	assert_int_equal(terminal_wait_exit(t), 2);
	terminal_expect(t, "there is no theme 'no-such': there are ");
	assert_false(terminal_state(t).alternate_screen);
	writes_config(f, "themes/dark.theme", "[theme]\nname = dark\n[styles]\ndanger = plain\n");
	t = opens(f, "xterm-256color", "dark", NULL);
	assert_int_equal(terminal_wait_exit(t), 6);
	terminal_expect(t, "style for 'text'");
	t = opens(f, "xterm-256color", "../themes/dark", NULL);
	assert_int_equal(terminal_wait_exit(t), 2);
}

static void leaves(struct terminal *t)
{
	terminal_type(t, "q");
	assert_int_equal(terminal_wait_exit(t), 0);
}

/* T goes through all of them, one's own too, and the next run begins with the last. */
static void test_themes_are_chosen_and_remembered(void **state)
{
	struct fixture *f = *state;
	writes_config(f, "themes/foul.theme", "[theme]\nname = foul\n[styles]\ndanger = plain\n");
	struct terminal *t = opens(f, "xterm-256color", "", NULL);
	terminal_expect_row(t, 0, "READ-ONLY");
	terminal_expect(t, " 032 ");
	assert_int_equal(cell_of(t, " 032 ").background, -1);
	terminal_type(t, "T");
	terminal_expect(t, "not used: ");
	terminal_type(t, "T");
	terminal_expect(t, "theme gruvbox, from now on");
	assert_int_equal(cell_of(t, " 032 ").background, 235); /* #262626, nearest to #282828 */
	terminal_type(t, "T");
	terminal_expect(t, "theme high-contrast, from now on");
	terminal_type(t, "T");
	terminal_expect(t, "theme light, from now on");
	leaves(t);
	t = opens(f, "xterm-256color", "", NULL);
	terminal_expect_row(t, 0, "READ-ONLY");
	terminal_expect(t, " 032 ");
	assert_int_equal(cell_of(t, " 032 ").background, 231);
	leaves(t);
	/* What is asked for now comes first, and is not remembered. */
	t = opens(f, "xterm-256color", "mono", NULL);
	terminal_expect_row(t, 0, "READ-ONLY");
	terminal_expect(t, " 032 ");
	assert_int_equal(cell_of(t, " 032 ").background, -1);
	leaves(t);
	t = opens(f, "xterm-256color", "", "NO_COLOR=1");
	terminal_expect_row(t, 0, "READ-ONLY");
	terminal_type(t, "T");
	terminal_expect(t, "there are no colours here");
	leaves(t);
	t = opens(f, "xterm-256color", "", NULL);
	terminal_expect_row(t, 0, "READ-ONLY");
	terminal_expect(t, " 032 ");
	assert_int_equal(cell_of(t, " 032 ").background, 231);
}

/* A theme that was thrown away since. */
static void test_a_forgotten_theme_is_told_of(void **state)
{
	struct fixture *f = *state;
	char path[500];
	struct terminal *t = opens(f, "xterm-256color", "", NULL);
	terminal_expect_row(t, 0, "READ-ONLY");
	terminal_type(t, "T");
	terminal_expect(t, "theme gruvbox, from now on");
	leaves(t);
	snprintf(path, sizeof path, "%s/state/otpedit/theme", f->home.folder);
	write_file(path, "dark\033[2J\n");
	t = opens(f, "xterm-256color", "", NULL);
	terminal_expect_row(t, 0, "READ-ONLY");
	terminal_expect(t, "there is no theme 'dark?[2J'");
	write_file(path, "../../../etc/passwd\n");
	t = opens(f, "xterm-256color", "", NULL);
	terminal_expect_row(t, 0, "READ-ONLY");
	terminal_expect(t, "'../../../etc/passwd' is no theme's name");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			test_every_theme_on_every_terminal, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			test_the_ground_fills_the_screen, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_no_color, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_ascii, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_keys_of_ones_own, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_unusable_keys_are_told_of, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			test_unusable_default_theme_is_told_of, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_unusable_themes_end_it, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			test_themes_are_chosen_and_remembered, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			test_a_forgotten_theme_is_told_of, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
