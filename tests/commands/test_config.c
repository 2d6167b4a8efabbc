/* The file of settings: what it changes, what it can never change, and what is said of bad ones. */
#include "tests/support/run_program.h"
#include "tests/support/terminal.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct fixture {
	struct run_home home;
	struct terminal *terminal;
};

static int set_up(void **state)
{
	static struct fixture fixture;
	fixture = (struct fixture){.terminal = NULL};
	run_home_make(&fixture.home);
	assert_int_equal(mkdir(run_path(&fixture.home, "config"), 0700), 0);
	assert_int_equal(mkdir(run_path(&fixture.home, "config/otpedit"), 0700), 0);
	*state = &fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;
	terminal_free(f->terminal);
	run_home_remove(&f->home);
	return 0;
}

static void settle(const struct fixture *f, const char *text)
{
	run_write_text(&f->home, "config/otpedit/config", text);
}

/* "live      = 5              ; …: line 3 of the file", whatever the blanks. */
static void expect_setting(
	const struct run_result *result, const char *name, const char *value, const char *origin)
{
	char found_value[80];
	const char *line = result->out;
	char begin[32];
	snprintf(begin, sizeof begin, "\n%s ", name);
	line = strstr(line, begin);
	assert_non_null(line);
	const char *end = strchr(line + 1, '\n');
	const char *equals = strchr(line, '=');
	assert_true(equals && end && equals < end);
	assert_int_equal(sscanf(equals, "= %79s", found_value), 1);
	assert_string_equal(found_value, value);
	size_t length = strlen(origin);
	if ((size_t)(end - line) < length || strncmp(end - length, origin, length) != 0)
		fail_msg("'%s' does not come from '%s':\n%s", name, origin, result->out);
}

static void test_built_in(void **state)
{
	struct fixture *f = *state;
	struct run_result result;
	run_words(&result, &f->home, "config");
	run_expect_exit(&result, 0);
	run_expect_out(&result, "config/otpedit/config (not there)");
	expect_setting(&result, "theme", "default", ": built in");
	expect_setting(&result, "keys", "keys", ": built in");
	expect_setting(&result, "source", "ask", ": built in");
	expect_setting(&result, "live", "2", ": built in");
	expect_setting(&result, "confirm", "built-in", ": built in");
	expect_setting(&result, "read-only", "no", ": built in");
	/* What is printed is such a file. */
	settle(f, result.out);
	run_free(&result);
	run_words(&result, &f->home, "config");
	run_expect_exit(&result, 0);
	expect_setting(&result, "live", "2", ": line 8 of the file");
	run_free(&result);
}

static void test_origins(void **state)
{
	struct fixture *f = *state;
	struct run_result result;
	settle(f, "; of the lab\n[settings]\ntheme = light\nlive = 60\nsource = demo:blank\n"
		  "confirm = terminal\n\nread-only = yes\nkeys = lab.keys\n");
	run_words(&result, &f->home, "config");
	run_expect_exit(&result, 0);
	expect_setting(&result, "theme", "light", ": line 3 of the file");
	expect_setting(&result, "live", "60", ": line 4 of the file");
	expect_setting(&result, "source", "demo:blank", ": line 5 of the file");
	expect_setting(&result, "confirm", "terminal", ": line 6 of the file");
	expect_setting(&result, "read-only", "yes", ": line 8 of the file");
	expect_setting(&result, "keys", "lab.keys", ": line 9 of the file");
	run_expect_out(&result, "config/otpedit/lab.keys (not there)");
	run_free(&result);
	run_words(&result, &f->home, "config", "--theme", "mono", "--read-only");
	run_expect_exit(&result, 0);
	expect_setting(&result, "theme", "mono", ": --theme");
	expect_setting(&result, "read-only", "yes", ": --read-only");
	run_free(&result);
	settle(f, "");
	assert_int_equal(mkdir(run_path(&f->home, "state"), 0700), 0);
	assert_int_equal(mkdir(run_path(&f->home, "state/otpedit"), 0700), 0);
	run_write_text(&f->home, "state/otpedit/theme", "gruvbox\n");
	run_words(&result, &f->home, "config");
	expect_setting(&result, "theme", "gruvbox", ": chosen in the screen last");
	run_free(&result);
}

/* What is printed is such a file also where names are long, and nothing in them reaches the
 * terminal. */
static void test_long_names(void **state)
{
	struct fixture *f = *state;
	struct run_result result;
	char text[400], source[200];
	memset(source, 'x', 180);
	source[180] = '\0';
	snprintf(text, sizeof text, "[settings]\nsource = %s\n", source);
	settle(f, text);
	run_words(&result, &f->home, "config", "--theme", "a\033[31mb");
	run_expect_exit(&result, 0);
	run_expect_out(&result, source);
	assert_null(strchr(result.out, '\033'));
	settle(f, result.out);
	run_free(&result);
	run_words(&result, &f->home, "config");
	run_expect_exit(&result, 0);
	run_expect_out(&result, source);
	run_free(&result);
}

static const struct {
	const char *text, *complaint;
} bad[] = {
	{"theme = light\n", "line 1"},
	{"[setting]\ntheme = light\n", "line 1: unknown section [setting]"},
	{"[settings]\ncolour = light\n", "line 2: unknown setting 'colour'; known are theme"},
	{"[settings]\ntheme light\n", "line 2"},
	{"[settings]\ntheme =\n", "line 2"},
	{"[settings]\ntheme = light\ntheme = mono\n", "line 3: a second line for 'theme'"},
	{"[settings]\ntheme = li\033[31m\n", "line 2"},
	{"[settings]\nlive = 0\n", "line 2: 'live = 0'"},
	{"[settings]\nlive = -5\n", "line 2: 'live = -5'"},
	{"[settings]\nlive = 3601\n", "from 1 to 3600"},
	{"[settings]\nlive = 99999999999999999999\n", "from 1 to 3600"},
	{"[settings]\nlive = 5 s\n", "line 2: 'live = 5 s'"},
	/* Nothing makes a confirmation weaker. */
	{"[settings]\nconfirm = none\n", "expected 'built-in' or 'terminal'"},
	{"[settings]\nconfirm = no\n", "expected 'built-in' or 'terminal'"},
	{"[settings]\nconfirm = y\n", "expected 'built-in' or 'terminal'"},
	{"[settings]\nconfirm = Terminal\n", "expected 'built-in' or 'terminal'"},
	{"[settings]\naccept = all\n", "unknown setting 'accept'"},
	{"[settings]\nreveal = yes\n", "unknown setting 'reveal'"},
	{"[settings]\nread-only = maybe\n", "expected 'no' or 'yes'"},
};

/* Whoever's file cannot be understood is told, whatever was asked for; help is there to mend it. */
static void test_bad_files(void **state)
{
	struct fixture *f = *state;
	struct run_result result;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		settle(f, bad[i].text);
		run_words(&result, &f->home, i % 2 ? "config" : "chips");
		run_expect_exit(&result, 6);
		run_expect_err(&result, "config/otpedit/config' line ");
		run_expect_err(&result, bad[i].complaint);
		assert_int_equal(run_error_lines(&result), 1);
		assert_null(strchr(result.err, '\033'));
		assert_string_equal(result.out, "");
		run_free(&result);
	}
	static const char *const anyway[][3] = {
		{"--help"}, {"show", "--help"}, {"--version"}, {"complete", "--", "sh"}};
	for (size_t i = 0; i < sizeof anyway / sizeof anyway[0]; i++) {
		const char *const words[] = {anyway[i][0], anyway[i][1], anyway[i][2], NULL};
		run_program(&result, &f->home, OTPEDIT_PROGRAM, NULL, words);
		run_expect_exit(&result, 0);
		assert_string_equal(result.err, "");
		run_free(&result);
	}
	remove(run_path(&f->home, "config/otpedit/config"));
	assert_int_equal(mkfifo(run_path(&f->home, "config/otpedit/config"), 0600), 0);
	run_words(&result, &f->home, "chips");
	run_expect_exit(&result, 6);
	run_free(&result);
}

/* The fingerprint that a refused write printed. */
static void fingerprint_of(char out[17], const char *err)
{
	const char *at = strstr(err, "--confirm ");
	assert_non_null(at);
	snprintf(out, 17, "%s", at + strlen("--confirm "));
}

/* What is confirmed without a terminal by default is not where a person is asked for. */
static void test_confirm_at_a_terminal(void **state)
{
	struct fixture *f = *state;
	struct run_result result;
	char fingerprint[17];
	run_words(&result, &f->home, "write", "demo", "word=70", "value=1");
	run_expect_exit(&result, 4);
	fingerprint_of(fingerprint, result.err);
	run_free(&result);
	settle(f, "[settings]\nconfirm = terminal\n");
	run_words(
		&result, &f->home, "write", "demo", "word=70", "value=1", "--confirm", fingerprint);
	run_expect_exit(&result, 4);
	run_expect_err(&result, "'confirm = terminal' is set");
	run_expect_err(&result, "config/otpedit/config' line 2");
	run_free(&result);
	run_words(&result, &f->home, "show", "demo", "word=70");
	run_expect_out(&result, "00000000");
	run_free(&result);
	settle(f, "[settings]\nread-only = yes\n");
	run_words(
		&result, &f->home, "write", "demo", "word=70", "value=1", "--confirm", fingerprint);
	run_expect_exit(&result, 4);
	run_expect_err(&result, "read-only");
	run_free(&result);
	settle(f, "[settings]\nconfirm = built-in\nread-only = no\n");
	run_words(
		&result, &f->home, "write", "demo", "word=70", "value=1", "--confirm", fingerprint);
	run_expect_exit(&result, 0);
	run_free(&result);
}

static void opens(struct fixture *f, const char *first, const char *second)
{
	const char *const argv[] = {OTPEDIT_PROGRAM, first, second, NULL};
	struct terminal_options options = {.folder = f->home.folder};
	terminal_free(f->terminal);
	f->terminal = terminal_start(&options, argv);
}

static void test_screen(void **state)
{
	struct fixture *f = *state;
	settle(f, "[settings]\nsource = demo:blank\nlive = 1\nread-only = yes\nkeys = lab.keys\n");
	run_write_text(&f->home, "config/otpedit/lab.keys", "[grid]\nlive = y\n");
	opens(f, NULL, NULL);
	terminal_expect_row(f->terminal, 0, "READ-ONLY");
	terminal_type(f->terminal, "y");
	terminal_expect(f->terminal, "read by itself every 1 second,");
	terminal_type(f->terminal, "a");
	terminal_expect(f->terminal, "this run is read-only");
	/* A source that is named comes first. */
	opens(f, "demo:stm32mp25", NULL);
	terminal_expect_row(f->terminal, 0, "STM32MP257");
	settle(f, "[settings]\ntheme = no-such\n");
	opens(f, "demo", NULL);
	terminal_expect(f->terminal, "config/otpedit/config' line 2");
	assert_int_equal(terminal_wait_exit(f->terminal), 6);
	opens(f, "demo", "--theme=mono");
	terminal_expect_row(f->terminal, 0, "READ-ONLY");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_built_in, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_origins, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_long_names, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_bad_files, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_confirm_at_a_terminal, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_screen, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
