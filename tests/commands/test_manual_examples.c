/*
 * What the manual pages and the README show can be done: each line that stands there as an example
 * is run, each plan checked, each other file taken, in a folder that holds the files they name.
 */
#include "src/store.h"
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

static const char *const pages[] = {"otpedit.1", "otpedit-chip.5", "otpedit-keys.5",
	"otpedit-plan.5", "otpedit-theme.5", "otpedit.7"};
#define PAGES (sizeof pages / sizeof pages[0])

static struct run_home home;

static char *read_page(const char *name)
{
	char path[512];
	uint8_t *bytes;
	size_t length;
	struct errbuf err = {0};
	snprintf(path, sizeof path, SOURCE_FOLDER "/man/%s", name);
	if (store_read(&bytes, &length, path, 256 * 1024, &err) != OK)
		fail_msg("%s", err.text);
	return (char *)bytes;
}

static void copy(const char *from, const char *to)
{
	uint8_t *bytes;
	size_t length;
	struct errbuf err = {0};
	if (store_read(&bytes, &length, from, 256 * 1024, &err) != OK)
		fail_msg("%s", err.text);
	run_write_file(&home, to, bytes, length);
	free(bytes);
}

/* The first literal block of a page behind a text. malloc'd. */
static char *block_behind(const char *page, const char *text)
{
	char *source = read_page(page);
	char *at = strstr(source, text);
	assert_non_null(at);
	char *begin = strstr(at, ".Bd -literal");
	assert_non_null(begin);
	begin = strchr(begin, '\n') + 1;
	char *end = strstr(begin, ".Ed\n");
	assert_non_null(end);
	char *block = strndup(begin, (size_t)(end - begin));
	free(source);
	return block;
}

static int set_up(void **state)
{
	(void)state;
	run_home_make(&home);
	char *plan = block_behind("otpedit-plan.5", ".Sh DESCRIPTION");
	run_write_text(&home, "serial.plan", plan);
	free(plan);
	run_write_text(&home, "serial.bin", "A042-B17");
	copy(TEST_DATA "/../fuzz/seeds/key/p256.pem", "key.pem");
	copy(TEST_DATA "/stm32mp157c-read.bin", "golden.bin");
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	run_home_remove(&home);
	return 0;
}

/* --- lines */

#define MAX_LINE_WORDS 16

/* The words of a line, in its own bytes. */
static void split(const char *words[MAX_LINE_WORDS + 1], char *line)
{
	size_t count = 0;
	for (char *rest = line, *word; (word = strtok_r(rest, " \n", &rest)) != NULL;) {
		assert_true(count < MAX_LINE_WORDS);
		words[count++] = word;
	}
	words[count] = NULL;
}

/* "otpedit" and what opens a screen: it has to open. */
static void open_screen(const char *const words[])
{
	const char *argv[] = {OTPEDIT_PROGRAM, words[1], NULL};
	struct terminal_options options = {.folder = home.folder};
	struct terminal *terminal = terminal_start(&options, argv);
	terminal_expect(terminal, "READ-ONLY");
	terminal_free(terminal);
}

/*
 * Whether an example ended as it may where it stands: done; not there yet (1) and not confirmed
 * (4), which is where a script ends; no such board or port (3) where it names a real one. Never
 * words that make no sense (2) or files that are not there (6).
 */
static bool may_end_with(int status, const char *line)
{
	bool real = strstr(line, "dfu") || strstr(line, "/dev/") || strstr(line, "otpedit list");
	return status == 0 || status == 1 || status == 4 || (real && status == 3);
}

static void run_line(const char *line, const char *page)
{
	char copy_of_line[256];
	const char *words[MAX_LINE_WORDS + 1];
	struct run_result result;
	snprintf(copy_of_line, sizeof copy_of_line, "%s", line);
	split(words, copy_of_line);
	if (words[1] && strcmp(words[1], "demo") == 0) {
		open_screen(words);
		return;
	}
	run_program(&result, &home, OTPEDIT_PROGRAM, NULL, words + 1);
	if (!may_end_with(result.exit_status, line))
		fail_msg("%s: '%s' ends with %d: %s", page, line, result.exit_status, result.err);
	run_free(&result);
}

static void test_lines(void **state)
{
	(void)state;
	unsigned count = 0;
	for (size_t i = 0; i < PAGES; i++) {
		char *page = read_page(pages[i]), line[256];
		for (const char *at = page; (at = strstr(at, "\n.Dl otpedit")) != NULL; at++) {
			snprintf(line, sizeof line, "%.*s", (int)strcspn(at + 5, "\n"), at + 5);
			run_line(line, pages[i]);
			count++;
		}
		free(page);
	}
	assert_true(count >= 15);
}

/* Something is burnt on the built-in board, so that the journal has an entry. */
static void burn_something(void)
{
	struct run_result result;
	char fingerprint[17];
	run_words(&result, &home, "write", "demo", "word=75", "value=1");
	const char *at = strstr(result.err, "--confirm ");
	assert_non_null(at);
	snprintf(fingerprint, sizeof fingerprint, "%s", at + strlen("--confirm "));
	run_free(&result);
	run_words(&result, &home, "write", "demo", "word=75", "value=1", "--confirm", fingerprint);
	run_expect_exit(&result, 0);
	run_free(&result);
}

/* The README's lines for the shell, in their order. */
static void test_readme(void **state)
{
	(void)state;
	unsigned count = 0;
	char *text = read_page("../README.md"), line[256];
	copy(TEST_DATA "/stm32mp157c-display.txt", "ticket.txt");
	copy(TEST_DATA "/stm32mp157c-read.bin", "more.bin");
	assert_int_equal(mkdir(run_path(&home, "lab"), 0700), 0);
	copy(TEST_DATA "/stm32mp157c-read.bin", "lab/one.bin");
	burn_something();
	for (const char *at = text; (at = strstr(at, "\nscripts/run ")) != NULL; at++) {
		snprintf(line, sizeof line, "otpedit%.*s", (int)strcspn(at + 12, "\n#"), at + 12);
		run_line(line, "README.md");
		count++;
	}
	free(text);
	assert_true(count > 10);
}

/* --- files */

static void check_plan(const char *plan, const char *on)
{
	struct run_result result;
	run_write_text(&home, "example.plan", plan);
	run_words(&result, &home, "check", "example.plan", "--as", "plan", "--on", on);
	if (result.exit_status != 0)
		fail_msg("%s\n%s%s", plan, result.out, result.err);
	run_free(&result);
}

static void test_plans(void **state)
{
	(void)state;
	static const struct {
		const char *behind, *on;
	} examples[] = {{".Sh DESCRIPTION", "demo"}, {"Bits besides", "demo"},
		{"A MAC address", "demo:blank"}, {"The hash of", "demo:blank"}};
	for (size_t i = 0; i < sizeof examples / sizeof examples[0]; i++) {
		char *plan = block_behind("otpedit-plan.5", examples[i].behind);
		check_plan(plan, examples[i].on);
		free(plan);
	}
}

/* A file of the configuration folder, and the command that reads it and has nothing to say. */
static void take_file(
	const char *page, const char *behind, const char *name, const char *const words[])
{
	struct run_result result;
	char *text = block_behind(page, behind);
	run_write_text(&home, name, text);
	free(text);
	run_program(&result, &home, OTPEDIT_PROGRAM, NULL, words);
	if (result.exit_status != 0 || result.err[0])
		fail_msg("%s, '%s': %d, %s", page, behind, result.exit_status, result.err);
	run_free(&result);
	remove(run_path(&home, name));
}

static void test_files(void **state)
{
	(void)state;
	static const char *const folders[] = {"config", "config/otpedit", "config/otpedit/chips"};
	for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++)
		assert_int_equal(mkdir(run_path(&home, folders[i]), 0700), 0);
	const char *const keys[] = {"keys", NULL};
	const char *const config[] = {"config", NULL};
	const char *const chips[] = {"chips", "stm32mp15", NULL};
	take_file("otpedit-keys.5", ".Sh DESCRIPTION", "config/otpedit/keys", keys);
	take_file("otpedit.1", ".Sh SETTINGS", "config/otpedit/config", config);
	take_file("otpedit-chip.5", "\n.Bd -literal", "config/otpedit/chips/stm32mp15.chip", chips);
}

/* What is printed there is what a script really gets, the fingerprint, too. */
static void test_script(void **state)
{
	(void)state;
	char *block = block_behind("otpedit.1", "Write and lock a serial number");
	const char *words[MAX_LINE_WORDS + 1];
	char *fingerprint = strstr(block, "--confirm ");
	struct run_result result;
	assert_non_null(fingerprint);
	fingerprint += strlen("--confirm ");
	fingerprint[strcspn(fingerprint, "\n")] = '\0';
	char *second = strstr(block + 1, "otpedit ");
	assert_non_null(second);
	char first[256];
	snprintf(first, sizeof first, "%.*s", (int)strcspn(block, "#"), block);
	split(words, first);
	run_program(&result, &home, OTPEDIT_PROGRAM, NULL, words + 1);
	run_expect_exit(&result, 4);
	run_expect_err(&result, fingerprint);
	run_free(&result);
	second[strcspn(second, "\\")] = '\0';
	split(words, second);
	size_t count = 0;
	while (words[count])
		count++;
	words[count] = "--confirm";
	words[count + 1] = fingerprint;
	words[count + 2] = NULL;
	run_program(&result, &home, OTPEDIT_PROGRAM, NULL, words + 1);
	run_expect_exit(&result, 0);
	run_free(&result);
	free(block);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_lines, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_readme, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_plans, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_files, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_script, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
