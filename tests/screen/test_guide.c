/* Guided operations as a person sees them: keys in, screen out, without a terminal. */
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
#include <string.h>
#include <unistd.h>

#define ENTER  drawn_press(f, 0, '\r')
#define ESCAPE drawn_press(f, 0, 27)

static void begins(struct drawn *f, unsigned operation)
{
	drawn_type(f, "g");
	drawn_expect("What shall be done?");
	drawn_press(f, KEY_HOME, 0);
	while (operation-- > 0)
		drawn_press(f, KEY_DOWN, 0);
	ENTER;
}

enum { LOCK, WRITE_LOCK, MAC, KEY_HASH, BOARD_ID, TEXT, CLOSE };

static unsigned staged(const struct drawn *f)
{
	return edits_count(draft_edits(f->app.draft));
}

static void test_twice_the_key_is_the_first_word(void **state)
{
	struct drawn *f = *state;
	drawn_go(f, 70);
	assert_int_equal(f->app.selected, 70);
	drawn_type(f, "gg");
	assert_int_equal(f->app.view, VIEW_GRID);
	assert_int_equal(f->app.selected, 0);
}

static void test_escape_goes_one_step_back(void **state)
{
	struct drawn *f = *state;
	begins(f, WRITE_LOCK);
	drawn_type(f, "70");
	ENTER;
	drawn_expect("question 2");
	drawn_type(f, "12");
	ENTER;
	drawn_expect("This is what it comes to");
	ESCAPE;
	drawn_expect("> 12");
	ESCAPE;
	drawn_expect("> 70");
	ESCAPE;
	drawn_expect("What shall be done?");
	/* Where one was in the list. */
	drawn_expect("> write and lock one word");
	ESCAPE;
	assert_int_equal(f->app.view, VIEW_GRID);
	assert_int_equal(staged(f), 0);
}

static void test_staged_as_one_step(void **state)
{
	struct drawn *f = *state;
	begins(f, MAC);
	drawn_type(f, "00:80:e1:42:48:e4");
	ENTER;
	ENTER;
	assert_int_equal(f->app.view, VIEW_PREVIEW);
	drawn_expect("staged, not burnt");
	assert_int_equal(staged(f), 2);
	assert_int_equal(app_edit(&f->app, 57)->locks, 0);
	assert_int_equal(f->app.selected, 57);
	assert_false(f->app.session->arming.armed);
	ESCAPE;
	assert_int_equal(f->app.view, VIEW_GRID);
	assert_int_equal(staged(f), 2);
	drawn_type(f, "u");
	assert_int_equal(staged(f), 0);
}

/* What was staged before is said, kept, and never overruled. */
static void test_beside_what_is_staged(void **state)
{
	struct drawn *f = *state;
	struct edit edit = {.sets_value = true, .value = 1};
	struct errbuf err = {0};
	assert_int_equal(draft_set(f->app.draft, 70, &edit, &err), OK);
	drawn_type(f, "g");
	drawn_expect("1 word is staged already: one commit would burn it, too.");
	ESCAPE;
	begins(f, WRITE_LOCK);
	drawn_type(f, "70");
	ENTER;
	drawn_type(f, "3");
	ENTER;
	drawn_expect("refused: word 70 is staged already with another value");
	ENTER;
	drawn_expect("take that back first");
	assert_int_equal(f->app.view, VIEW_WIZARD);
	assert_int_equal(app_edit(&f->app, 70)->value, 1);
	assert_int_equal(app_edit(&f->app, 70)->locks, 0);
	ESCAPE;
	drawn_press(f, KEY_BACKSPACE, 0);
	drawn_type(f, "1");
	ENTER;
	ENTER;
	assert_int_equal(f->app.view, VIEW_PREVIEW);
	assert_int_equal(app_edit(&f->app, 70)->locks, WORD_STATUS_PERMANENT);
}

static void test_what_rules_refuse_is_not_staged(void **state)
{
	struct drawn *f = *state;
	f->app.session->image.value[70] = 6;
	begins(f, WRITE_LOCK);
	drawn_type(f, "70");
	ENTER;
	drawn_type(f, "1");
	ENTER;
	drawn_expect("refused: word 70: the value would clear bits");
	ENTER;
	drawn_expect("not staged");
	assert_int_equal(f->app.view, VIEW_WIZARD);
	assert_int_equal(staged(f), 0);
}

/* --- typing --- */

/* An address off a ticket may be pasted; the end of its line answers nothing. */
static void test_pasting(void **state)
{
	struct drawn *f = *state;
	begins(f, MAC);
	drawn_press(f, KEY_PASTE_BEGIN, 0);
	drawn_type(f, "00:80:e1:42:48:e4");
	drawn_press(f, 0, '\r');
	drawn_press(f, 0, '\n');
	drawn_press(f, KEY_PASTE_END, 0);
	assert_int_equal(f->app.view, VIEW_WIZARD_ENTRY);
	drawn_expect("> 00:80:e1:42:48:e4");
	drawn_expect("an address of one interface");
	/* At a choice nothing pasted is a key. */
	ENTER;
	assert_int_equal(f->app.view, VIEW_WIZARD);
	drawn_press(f, KEY_PASTE_BEGIN, 0);
	drawn_press(f, 0, '\r');
	drawn_press(f, KEY_PASTE_END, 0);
	assert_int_equal(f->app.view, VIEW_WIZARD);
	assert_int_equal(staged(f), 0);
}

static void test_characters_of_several_bytes(void **state)
{
	struct drawn *f = *state;
	begins(f, TEXT);
	drawn_type(f, "70");
	ENTER;
	drawn_press(f, 0, 'a');
	drawn_press(f, 0, 0xE9);    /* 2 bytes */
	drawn_press(f, 0, 0x20AC);  /* 3 */
	drawn_press(f, 0, 0x1F600); /* 4 */
	drawn_expect("10 bytes: words 70 to 72");
	/* No text holds these. */
	drawn_press(f, 0, 0xD800);
	drawn_press(f, 0, 0x110000);
	drawn_press(f, 0, 0x85);
	drawn_press(f, 0, 7);
	drawn_expect("10 bytes");
	drawn_press(f, KEY_BACKSPACE, 0);
	drawn_press(f, KEY_BACKSPACE, 0);
	drawn_expect("3 bytes: word 70");
	for (int i = 0; i < 5; i++)
		drawn_press(f, 0, 127);
	drawn_expect("type the text");
	ENTER;
	assert_int_equal(f->app.view, VIEW_WIZARD_ENTRY);
}

static void test_more_than_there_is_room_for(void **state)
{
	struct drawn *f = *state;
	begins(f, TEXT);
	drawn_type(f, "70");
	ENTER;
	for (int i = 0; i <= TEXT_LINE_MAX; i++) {
		if (i == 300)
			drawn_expect("at most 256 bytes");
		drawn_press(f, 0, (uint32_t)('a' + i % 26));
	}
	drawn_expect("there is no room for more");
	drawn_expect("at most 899 bytes");
	ENTER;
	assert_int_equal(f->app.view, VIEW_WIZARD_ENTRY);
	/* The end of what was typed is in sight, with the cursor behind it. */
	int row, column;
	getyx(stdscr, row, column);
	assert_int_equal(row, drawn_row("> "));
	assert_true(column > 70 && column < 80);
}

static void test_editing_the_line(void **state)
{
	struct drawn *f = *state;
	begins(f, TEXT);
	drawn_type(f, "70");
	ENTER;
	drawn_type(f, "acd");
	drawn_press(f, KEY_LEFT, 0);
	drawn_press(f, KEY_LEFT, 0);
	drawn_type(f, "b");
	drawn_expect("> abcd");
	drawn_press(f, KEY_END, 0);
	drawn_type(f, " e");
	drawn_press(f, KEY_HOME, 0);
	drawn_press(f, KEY_DC, 0);
	drawn_expect("> bcd e");
	drawn_press(f, KEY_END, 0);
	drawn_press(f, 0, 'W' & 0x1F);
	drawn_type(f, "x");
	drawn_expect("> bcd x");
	drawn_press(f, 0, 'U' & 0x1F);
	drawn_expect("type the text");
}

static void test_names_of_files_are_completed(void **state)
{
	struct drawn *f = *state;
	static const char *const names[] = {"key one.pem", "key two.pem", "other.bin"};
	char folder[SCRATCH_MAX];
	struct errbuf err = {0};
	scratch_make(folder);
	assert_int_equal(chdir(folder), 0);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(store_save(names[i], "x", 1, &err), OK);
	begins(f, KEY_HASH);
	ENTER;
	drawn_type(f, "k\t");
	drawn_expect("> key ");
	drawn_expect("key one.pem, key two.pem");
	drawn_type(f, "t\t");
	drawn_expect("> key two.pem ");
	drawn_type(f, ",o\t");
	drawn_expect("> key two.pem,other.bin ");
	drawn_type(f, ",z\t");
	drawn_expect("no file's name goes on like this");
	/* Nothing is completed where no name is typed. */
	for (int i = 0; i < 3; i++)
		ESCAPE;
	begins(f, TEXT);
	drawn_type(f, "70");
	ENTER;
	drawn_type(f, "k\t");
	drawn_expect("1 byte: word 70");
	assert_int_equal(chdir("/"), 0);
	scratch_remove(folder);
}

/* --- small windows, other boards --- */

static void test_small_window_scrolls(void **state)
{
	struct drawn *f = *state;
	drawn_resize(f, 16, 60);
	begins(f, CLOSE);
	drawn_expect("more lines below");
	drawn_expect_not("nobody but you can know");
	for (int i = 0; i < 4; i++)
		drawn_press(f, KEY_NPAGE, 0);
	drawn_expect("nobody but you can know");
	drawn_expect("in a plan file: close");
	drawn_press(f, KEY_HOME, 0);
	for (int i = 0; i < 40; i++)
		drawn_press(f, KEY_UP, 0);
	drawn_expect("This is what it comes to");
	/* Seven operations and their text, in ten rows: the one at the cursor is in sight. */
	ESCAPE;
	for (int i = 0; i < 7; i++)
		drawn_press(f, KEY_DOWN, 0);
	drawn_expect("> close the device");
}

static void test_not_on_this_board(void **state)
{
	struct drawn *f = *state;
	f->app.session->image.status[57] = WORD_STATUS_PERMANENT;
	begins(f, MAC);
	drawn_expect("Not here: word 57 of MAC is locked for ever already.");
	drawn_expect("What shall be done?");
	assert_int_equal(f->app.view, VIEW_WIZARD);
}

/* What the board holds in secret words is shown to nobody. */
static void test_secrets_stay_masked(void **state)
{
	struct drawn *f = *state;
	f->app.session->image.value[60] = 0x5EC2E75A;
	begins(f, LOCK);
	drawn_type(f, "60");
	drawn_expect("word 60");
	drawn_expect("masked");
	drawn_expect_not("5EC2E75A");
	ENTER;
	drawn_expect("********");
	drawn_expect_not("5EC2E75A");
}

static void test_keys_of_help(void **state)
{
	struct drawn *f = *state;
	drawn_type(f, "g?");
	drawn_expect("Guided operations");
	ESCAPE;
	drawn_expect("What shall be done?");
	drawn_type(f, "w");
	drawn_expect("there is no plan yet");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, drawn_set_up, drawn_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_twice_the_key_is_the_first_word),
		TEST(test_escape_goes_one_step_back),
		TEST(test_staged_as_one_step),
		TEST(test_beside_what_is_staged),
		TEST(test_what_rules_refuse_is_not_staged),
		TEST(test_pasting),
		TEST(test_characters_of_several_bytes),
		TEST(test_more_than_there_is_room_for),
		TEST(test_editing_the_line),
		TEST(test_names_of_files_are_completed),
		TEST(test_small_window_scrolls),
		TEST(test_not_on_this_board),
		TEST(test_secrets_stay_masked),
		TEST(test_keys_of_help),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
