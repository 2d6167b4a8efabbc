/* Commands that are typed: what they stage, what they refuse, and what stays to be mended. */
#include "src/errbuf.h"
#include "tests/support/drawn.h"
#include "tests/support/scratch.h"

#include "src/store.h"
#include "src/word_status.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ESCAPE 27

static char folder[SCRATCH_MAX];

static int set_up(void **state)
{
	drawn_set_up(state);
	struct drawn *f = *state;
	scratch_make(folder);
	f->environment.session.source.state_folder = folder;
	return 0;
}

static int tear_down(void **state)
{
	drawn_tear_down(state);
	scratch_remove(folder);
	return 0;
}

static void row_text(char *out, int row, size_t cap)
{
	mvwinnstr(stdscr, row, 0, out, (int)cap - 1);
	size_t length = strlen(out);
	while (length > 0 && out[length - 1] == ' ')
		out[--length] = '\0';
}

static void expect_line(const char *text)
{
	char row[1200];
	row_text(row, LINES - 2, sizeof row);
	assert_string_equal(row + 1, text);
}

static void enters(struct drawn *f, const char *line)
{
	drawn_type(f, ":");
	drawn_type(f, line);
	drawn_type(f, "\r");
}

/* Refused with this text; the line stays, until it is left. */
static void refuses(struct drawn *f, const char *line, const char *text)
{
	unsigned before = edits_count(draft_edits(f->app.draft));
	char shown[200];
	enters(f, line);
	drawn_expect(text);
	snprintf(shown, sizeof shown, ":%s", line);
	expect_line(shown);
	assert_int_equal(f->app.view, VIEW_PROMPT);
	assert_int_equal(edits_count(draft_edits(f->app.draft)), before);
	drawn_press(f, 0, ESCAPE);
	assert_int_equal(f->app.view, VIEW_GRID);
}

static const struct edit *edit_of(const struct drawn *f, unsigned word)
{
	return app_edit(&f->app, word);
}

static unsigned staged_count(const struct drawn *f)
{
	return edits_count(draft_edits(f->app.draft));
}

/* --- requests --- */

static void test_a_request_is_staged(void **state)
{
	struct drawn *f = *state;
	enters(f, "write word=70 value=0x12345678 lock");
	drawn_expect("staged: word 70; nothing is burnt before the commit");
	assert_int_equal(f->app.view, VIEW_GRID);
	assert_int_equal(f->app.selected, 70);
	assert_true(edit_of(f, 70)->sets_value);
	assert_int_equal(edit_of(f, 70)->value, 0x12345678);
	assert_int_equal(edit_of(f, 70)->locks, WORD_STATUS_PERMANENT);
	enters(f, "lock word=71-73 word=80");
	drawn_expect("staged: words 71-73, 80; nothing is burnt");
	assert_int_equal(staged_count(f), 5);
	/* One step each. */
	drawn_type(f, "u");
	assert_int_equal(staged_count(f), 1);
	drawn_type(f, "u");
	assert_int_equal(staged_count(f), 0);
}

static void test_requests_merge_with_what_is_staged(void **state)
{
	struct drawn *f = *state;
	enters(f, "lock word=70");
	enters(f, "write word=70 value=1");
	assert_int_equal(edit_of(f, 70)->value, 1);
	assert_int_equal(edit_of(f, 70)->locks, WORD_STATUS_PERMANENT);
	enters(f, "write word=70-71 value=2");
	drawn_expect("staged: words 70-71, 1 in the place of another value");
	assert_int_equal(edit_of(f, 70)->value, 2);
	assert_int_equal(edit_of(f, 70)->locks, WORD_STATUS_PERMANENT);
}

static void test_what_is_wrong_stays_to_be_mended(void **state)
{
	struct drawn *f = *state;
	f->app.session->image.status[72] = WORD_STATUS_PERMANENT;
	f->app.session->image.value[5] = 0x10;
	refuses(f, "write word=70", "needs a value");
	refuses(f, "write word=70 value=00000040", "could be hex or decimal");
	refuses(f, "write word=96 value=1", "96");
	refuses(f, "write word=70-73 value=1", "not staged: word 72: ");
	refuses(f, "write word=5 value=1", "not staged: word 5: ");
	refuses(f, "fwrite word=70 file:no-such-file", "no-such-file");
	refuses(f, "chip stm32mp15", "'chip stm32mp15' is not understood");
	refuses(f, "burn 70 on 3330", "is not understood");
	refuses(f, "undo 3", "takes nothing behind it");
	refuses(f, "# lock word=70", "is not understood");
}

/* A line mended is taken at once. */
static void test_mending(void **state)
{
	struct drawn *f = *state;
	enters(f, "lock wor=70");
	drawn_expect("'wor=70' is not understood");
	for (int i = 0; i < 3; i++)
		drawn_press(f, KEY_LEFT, 0);
	drawn_type(f, "d\r");
	drawn_expect("staged: word 70;");
}

static void test_closing_is_only_staged(void **state)
{
	struct drawn *f = *state;
	enters(f, "close");
	assert_int_equal(f->app.view, VIEW_GRID);
	drawn_expect("CLOSE THE DEVICE FOR EVER");
	assert_true(edit_of(f, 0)->closes);
	refuses(f, "write word=0 value=0x57", "word 0 is staged for closing the device");
	assert_true(edit_of(f, 0)->closes);
}

/* Nothing that is typed here can confirm. */
static void test_a_commit_goes_through_the_preview(void **state)
{
	struct drawn *f = *state;
	enters(f, "commit");
	drawn_expect("nothing is staged");
	enters(f, "lock word=70");
	enters(f, "arm");
	assert_true(f->app.session->arming.armed);
	enters(f, "commit");
	assert_int_equal(f->app.view, VIEW_PREVIEW);
	assert_false(f->app.confirm_open);
}

/* --- what keys do --- */

static void test_everything_a_key_asks_for(void **state)
{
	struct drawn *f = *state;
	enters(f, "lock word=70");
	enters(f, "undo");
	assert_int_equal(staged_count(f), 0);
	enters(f, "list");
	assert_int_equal(f->app.shape, SHAPE_LIST);
	enters(f, "detail");
	assert_int_equal(f->app.view, VIEW_DETAIL);
	drawn_press(f, 0, ESCAPE);
	enters(f, "help");
	assert_int_equal(f->app.view, VIEW_HELP);
	drawn_press(f, 0, ESCAPE);
	assert_int_equal(f->app.view, VIEW_GRID);
	enters(f, "quit");
	assert_true(f->app.quit);
}

/* Who took a key away wanted it gone. */
static void test_what_no_key_asks_for_is_not_to_be_had(void **state)
{
	struct drawn *f = *state;
	for (size_t i = 0; i < f->app.keys.count; i++)
		if (f->app.keys.bindings[i].action == ACTION_ARM)
			f->app.keys.bindings[i].action = ACTION_NONE;
	refuses(f, "arm", "'arm' is not to be had here");
	refuses(f, "accept", "'accept' is not to be had here");
	assert_false(f->app.session->arming.armed);
}

/* --- its own commands --- */

static void test_going_finding_and_selecting(void **state)
{
	struct drawn *f = *state;
	enters(f, "70");
	assert_int_equal(f->app.selected, 70);
	enters(f, "go 0x47");
	assert_int_equal(f->app.selected, 71);
	refuses(f, "96", "at most 95");
	enters(f, "find lock=permanent");
	assert_int_equal(f->app.selected, 13);
	drawn_expect("1 of 3 found");
	enters(f, "select 70-75 !72");
	drawn_expect("5 words selected");
	drawn_expect("selected: 70-71, 73-75");
	enters(f, "unselect 75");
	drawn_expect("selected: 70-71, 73-74");
	refuses(f, "select kind=cheese", "no kind");
	refuses(f, "select no_such_word", "no word is found");
	enters(f, "unselect");
	assert_int_equal(f->app.selection.count, 0);
	enters(f, "  select   70  ");
	assert_int_equal(f->app.selection.count, 1);
}

static void put_file(char *path, size_t cap, const char *name, const char *text)
{
	struct errbuf err = {0};
	snprintf(path, cap, "%s/%s", folder, name);
	if (store_create(path, text, strlen(text), &err) != OK)
		fail_msg("%s", err.text);
}

static void test_plans_are_loaded_and_saved(void **state)
{
	struct drawn *f = *state;
	char path[SCRATCH_MAX + 40], line[SCRATCH_MAX + 60];
	put_file(path, sizeof path, "a plan", "write word=70 value=5\nlock word=71\n");
	snprintf(line, sizeof line, "load \"%s\"", path);
	enters(f, line);
	drawn_expect("staged: words 70-71");
	assert_int_equal(edit_of(f, 70)->value, 5);
	snprintf(line, sizeof line, "save %s/b.plan", folder);
	enters(f, line);
	drawn_expect("saved as");
	assert_true(store_exists(line + 5));
	/* Nothing is written over. */
	enters(f, line);
	drawn_expect("exists already");
	drawn_press(f, 0, ESCAPE);
	drawn_type(f, "uu");
	snprintf(line, sizeof line, "load %s/b.plan", folder);
	enters(f, line);
	assert_int_equal(edit_of(f, 70)->value, 5);
	assert_int_equal(edit_of(f, 71)->locks, WORD_STATUS_PERMANENT);
	put_file(path, sizeof path, "foreign", "board 00000001-00000002-00000003\nlock word=72\n");
	snprintf(line, sizeof line, "load %s", path);
	enters(f, line);
	drawn_expect("foreign");
	assert_int_equal(staged_count(f), 2);
}

static void test_comparing_with_an_image(void **state)
{
	struct drawn *f = *state;
	enters(f, "diff " TEST_DATA "/stm32mp157c-read.bin");
	assert_int_equal(f->app.view, VIEW_COMPARE);
	drawn_expect("stm32mp157c-read.bin");
	drawn_press(f, 0, ESCAPE);
	assert_int_equal(f->app.view, VIEW_GRID);
	refuses(f, "diff /no/such/image", "/no/such/image");
	refuses(f, "diff", "a name with blanks stands in double quotes");
	refuses(f, "diff a b", "a name with blanks stands in double quotes");
	refuses(f, "diff /", "/");
}

/* --- history and completion --- */

static void test_history(void **state)
{
	struct drawn *f = *state;
	enters(f, "lock word=70");
	enters(f, "nonsense");
	drawn_press(f, 0, ESCAPE);
	drawn_type(f, ":");
	drawn_press(f, KEY_UP, 0);
	expect_line(":lock word=70");
	drawn_press(f, 0, ESCAPE);
	drawn_type(f, "/");
	drawn_press(f, KEY_UP, 0);
	expect_line("/");
}

/* 60 to 63 may hold a customer's secret. */
static void test_values_of_secrets_reach_no_disk(void **state)
{
	struct drawn *f = *state;
	char path[SCRATCH_MAX + 40];
	uint8_t *bytes;
	size_t length;
	struct errbuf err = {0};
	enters(f, "write word=60 value=0xcafef00d");
	assert_int_equal(staged_count(f), 1);
	enters(f, "write word=58-61 value=0xbadf00d");
	enters(f, "write word=59 value=text:\"deep secret\"");
	enters(f, "lock word=60");
	enters(f, "write word=70 value=1");
	prompt_save(&f->app);
	snprintf(path, sizeof path, "%s/prompt-history", folder);
	assert_int_equal(store_read(&bytes, &length, path, 10000, &err), OK);
	assert_non_null(strstr((char *)bytes, "write word=70 value=1"));
	assert_non_null(strstr((char *)bytes, "lock word=60"));
	assert_null(strstr((char *)bytes, "cafef00d"));
	assert_null(strstr((char *)bytes, "badf00d"));
	assert_null(strstr((char *)bytes, "secret"));
	free(bytes);
}

static void test_completion(void **state)
{
	struct drawn *f = *state;
	drawn_type(f, ":wr\t");
	expect_line(":write");
	drawn_type(f, "wo\t70 va\t");
	expect_line(":write word=70 value=");
	drawn_expect("value=bits:");
	drawn_type(f, "1 l\t");
	expect_line(":write word=70 value=1 lock");
	drawn_press(f, 0, ESCAPE);
	drawn_type(f, ":save\t");
	drawn_expect("save, save-plan");
	drawn_press(f, 0, ESCAPE);
	drawn_type(f, ":zz\t");
	drawn_expect("nothing that is known goes on like this");
	drawn_press(f, 0, ESCAPE);
	drawn_type(f, ":select !lock=n\t");
	expect_line(":select !lock=none");
	drawn_press(f, 0, ESCAPE);
	drawn_type(f, "/ki\t");
	expect_line("/kind=");
	drawn_press(f, 0, ESCAPE);
	drawn_type(f, ":load ");
	drawn_type(f, folder);
	drawn_type(f, "/\t");
	drawn_expect("nothing that is known");
}

static void test_themes_by_name(void **state)
{
	struct drawn *f = *state;
	refuses(f, "theme sepia", "there is no theme 'sepia'");
	enters(f, "theme gruvbox");
	assert_string_equal(f->app.theme_asked, "gruvbox");
	assert_false(f->app.next_theme);
	assert_int_equal(f->app.view, VIEW_GRID);
	f->app.theme_asked[0] = '\0';
	enters(f, "theme");
	assert_true(f->app.next_theme);
	drawn_type(f, ":theme gru\t");
	expect_line(":theme gruvbox");
}

static void test_usage_is_shown(void **state)
{
	struct drawn *f = *state;
	drawn_type(f, ":");
	drawn_expect("Tab shows all");
	drawn_type(f, "lock ");
	drawn_expect("lock word=N-M ...: for ever");
	drawn_type(f, "\025"
		      "arm");
	drawn_expect("arm the session for burning");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {TEST(test_a_request_is_staged),
		TEST(test_requests_merge_with_what_is_staged),
		TEST(test_what_is_wrong_stays_to_be_mended), TEST(test_mending),
		TEST(test_closing_is_only_staged), TEST(test_a_commit_goes_through_the_preview),
		TEST(test_everything_a_key_asks_for),
		TEST(test_what_no_key_asks_for_is_not_to_be_had),
		TEST(test_going_finding_and_selecting), TEST(test_plans_are_loaded_and_saved),
		TEST(test_comparing_with_an_image), TEST(test_history),
		TEST(test_values_of_secrets_reach_no_disk), TEST(test_completion),
		TEST(test_themes_by_name), TEST(test_usage_is_shown)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
