/*
 * Words that are found, selected, typed at and burnt at a terminal, on the built-in demo board; and
 * a paste that must not burn or stage anything.
 */
#include "tests/support/run_program.h"
#include "tests/support/terminal.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

struct fixture {
	struct run_home home;
	struct terminal *terminal;
};

static void opens(struct fixture *f)
{
	const char *const argv[] = {OTPEDIT_PROGRAM, "demo", NULL};
	struct terminal_options options = {.folder = f->home.folder};
	terminal_free(f->terminal);
	f->terminal = terminal_start(&options, argv);
	terminal_expect_row(f->terminal, 0, "READ-ONLY");
}

static int set_up(void **state)
{
	static struct fixture fixture;
	fixture = (struct fixture){.terminal = NULL};
	run_home_make(&fixture.home);
	opens(&fixture);
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

static void enters(struct terminal *t, const char *line)
{
	terminal_type(t, line);
	terminal_expect_row(t, 22, line);
	terminal_key(t, TERMINAL_ENTER);
}

/* The value of a word, and whether it is locked for ever, as another run shows them. */
static void assert_word(struct fixture *f, size_t word, const char *value, bool locked)
{
	struct run_result result;
	json_error_t error;
	size_t i;
	json_t *lock;
	bool found = false;
	run_words(&result, &f->home, "show", "demo", "--json");
	run_expect_exit(&result, 0);
	json_t *root = json_loads(result.out, 0, &error);
	run_free(&result);
	assert_non_null(root);
	json_t *entry = json_array_get(json_object_get(root, "words"), word);
	assert_int_equal(json_integer_value(json_object_get(entry, "id")), word);
	assert_string_equal(json_string_value(json_object_get(entry, "value")), value);
	json_array_foreach(json_object_get(entry, "locks"), i, lock) found |=
		strcmp(json_string_value(lock), "permanent") == 0;
	assert_int_equal(found, locked);
	json_decref(root);
}

static void burns(struct terminal *t, const char *phrase)
{
	enters(t, ":preview");
	terminal_expect(t, "Fingerprint");
	for (int page = 0; page < 40 && terminal_shows(t, "below"); page++)
		terminal_key(t, TERMINAL_PAGE_DOWN);
	terminal_type(t, "a");
	terminal_expect_row(t, 0, "ARMED");
	terminal_type(t, "c");
	terminal_expect(t, "nothing is burnt yet");
	terminal_type(t, phrase);
	terminal_expect(t, "Enter burns now");
	terminal_key(t, TERMINAL_ENTER);
	terminal_expect(t, "read back, every");
	terminal_key(t, TERMINAL_ESCAPE);
	terminal_expect_row(t, 0, "READ-ONLY");
}

static void leaves(struct fixture *f)
{
	terminal_signal(f->terminal, SIGTERM);
	terminal_wait_exit(f->terminal);
}

static void test_a_typed_request_is_burnt(void **state)
{
	struct fixture *f = *state;
	struct terminal *t = f->terminal;
	enters(t, ":write word=70 value=0x12345678 lock");
	terminal_expect(t, "staged: word 70");
	burns(t, "burn 70 on 3330");
	leaves(f);
	assert_word(f, 70, "0x12345678", true);
}

/* Found, selected, written and locked together. */
static void test_words_found_are_burnt_together(void **state)
{
	struct fixture *f = *state;
	struct terminal *t = f->terminal;
	enters(t, "/70-72 lock=none");
	terminal_expect(t, "1 of 3 found");
	terminal_type(t, "*");
	terminal_expect(t, "3 selected: 70-72");
	terminal_type(t, "e");
	terminal_expect(t, "for 3 words 70-72");
	terminal_type(t, "A1B2C3D4");
	terminal_key(t, TERMINAL_ENTER);
	terminal_expect(t, "words 70-72: 0xA1B2C3D4 staged");
	terminal_type(t, "l");
	terminal_expect(t, "words 70-72: permanent lock staged");
	burns(t, "burn 70-72 on 3330");
	terminal_expect_gone(t, "selected");
	leaves(f);
	assert_word(f, 70, "0xA1B2C3D4", true);
	assert_word(f, 72, "0xA1B2C3D4", true);
	assert_word(f, 73, "0x00000000", false);
}

/* What a clipboard may hold: lines that would stage, arm and burn, if somebody typed them. */
static void test_a_paste_at_the_prompt(void **state)
{
	static const char text[] = "lock word=70\ra\rcommit\rburn 70 on 3330\r";
	struct fixture *f = *state;
	struct terminal *t = f->terminal;
	terminal_type(t, ":");
	terminal_paste(t, text);
	terminal_expect(t, "nothing that is pasted is done by itself");
	terminal_expect_row(t, 22, ":lock word=70");
	terminal_expect_row(t, 0, "staged 0");
	terminal_key(t, TERMINAL_ESCAPE);
	/* From a terminal that does not mark it. */
	terminal_type(t, ":");
	terminal_send(t, text);
	terminal_expect(t, "nothing that is pasted is done by itself");
	terminal_expect_row(t, 0, "READ-ONLY");
	terminal_expect_row(t, 0, "staged 0");
	leaves(f);
	assert_word(f, 70, "0x00000000", false);
}

static void test_history_of_an_earlier_run(void **state)
{
	struct fixture *f = *state;
	struct terminal *t = f->terminal;
	enters(t, ":70");
	terminal_expect(t, " 068 ");
	enters(t, "/kind=mac");
	terminal_expect(t, "1 of 2 found");
	terminal_type(t, "q");
	assert_int_equal(terminal_wait_exit(t), 0);
	opens(f);
	t = f->terminal;
	terminal_type(t, ":");
	terminal_key(t, TERMINAL_UP);
	terminal_expect_row(t, 22, ":70");
	terminal_key(t, TERMINAL_ESCAPE);
	terminal_type(t, "/");
	terminal_key(t, TERMINAL_UP);
	terminal_expect_row(t, 22, "/kind=mac");
	leaves(f);
}

static void test_files_are_completed(void **state)
{
	struct fixture *f = *state;
	struct terminal *t = f->terminal;
	enters(t, ":lock word=70");
	terminal_expect_row(t, 0, "staged 1");
	enters(t, ":save serial.plan");
	terminal_expect(t, "saved as serial.plan");
	terminal_type(t, "u");
	terminal_expect_row(t, 0, "staged 0");
	terminal_type(t, ":load se");
	terminal_key(t, TERMINAL_TAB);
	terminal_expect_row(t, 22, ":load serial.plan");
	terminal_key(t, TERMINAL_ENTER);
	terminal_expect(t, "staged: word 70;");
	leaves(f);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {TEST(test_a_typed_request_is_burnt),
		TEST(test_words_found_are_burnt_together), TEST(test_a_paste_at_the_prompt),
		TEST(test_history_of_an_earlier_run), TEST(test_files_are_completed)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
