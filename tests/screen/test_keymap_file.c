/* Keys of a person's own: what a file changes, and what no file can. */
#include "tests/support/scratch.h"
#include "ui/screen/keymap_file.h"

#include <ncurses.h>
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static struct keymap keymap;

static int set_up(void **state)
{
	(void)state;
	keymap_init(&keymap);
	return 0;
}

static enum status parse(const char *text, struct errbuf *err)
{
	return keymap_parse(&keymap, text, strlen(text), "keys", err);
}

static void takes(const char *text)
{
	struct errbuf err = {0};
	if (parse(text, &err) != OK)
		fail_msg("%s", err.text);
}

/* Refused with these words, and nothing of it counts. */
static void refuses(const char *text, const char *line, const char *words)
{
	static struct keymap before;
	struct errbuf err = {0};
	keymap_init(&keymap);
	before = keymap;
	assert_int_equal(parse(text, &err), ERR_FORMAT);
	if (!strstr(err.text, line) || !strstr(err.text, words))
		fail_msg("'%s' lacks '%s' or '%s'", err.text, line, words);
	assert_int_equal(keymap.count, before.count);
	for (size_t i = 0; i < keymap.count; i++) {
		assert_int_equal(keymap.bindings[i].action, before.bindings[i].action);
		assert_string_equal(keymap.bindings[i].key, before.bindings[i].key);
	}
}

static enum action typed(enum key_context context, uint32_t character)
{
	struct key key = {.character = character};
	return keymap_action(&keymap, context, &key);
}

static enum action pressed(enum key_context context, int code)
{
	struct key key = {.code = code};
	return keymap_action(&keymap, context, &key);
}

static void test_other_keys_take_the_place(void **state)
{
	(void)state;
	takes("; mine\n[grid]\nedit = O F4 ^E\nredo = ^y\nundo = Semicolon\n[preview]\ncommit = C\n"
	      "[everywhere]\nredraw = F12\n");
	assert_int_equal(typed(KEYS_GRID, 'O'), ACTION_EDIT);
	assert_int_equal(pressed(KEYS_GRID, KEY_F(4)), ACTION_EDIT);
	assert_int_equal(typed(KEYS_GRID, 5), ACTION_EDIT);
	assert_int_equal(typed(KEYS_GRID, 'e'), ACTION_NONE);
	assert_int_equal(typed(KEYS_GRID, 25), ACTION_REDO);
	assert_int_equal(typed(KEYS_GRID, 18), ACTION_NONE);
	assert_int_equal(typed(KEYS_GRID, ';'), ACTION_UNDO);
	assert_int_equal(typed(KEYS_PREVIEW, 'C'), ACTION_COMMIT);
	assert_int_equal(typed(KEYS_PREVIEW, 'c'), ACTION_NONE);
	assert_int_equal(typed(KEYS_GRID, 'c'), ACTION_COMMIT); /* another section's */
	assert_int_equal(pressed(KEYS_BITS, KEY_F(12)), ACTION_REDRAW);
	assert_int_equal(typed(KEYS_GRID, 12), ACTION_NONE);
	/* What is hinted at, and called, is the first of the new ones. */
	assert_string_equal(keymap_key_name(&keymap, KEYS_GRID, ACTION_EDIT), "O");
	assert_string_equal(keymap_key_name(&keymap, KEYS_GRID, ACTION_REDO), "^Y");
	assert_string_equal(keymap_key_name(&keymap, KEYS_GRID, ACTION_UNDO), ";");
	const struct key_binding *row = keymap_row(&keymap, KEYS_GRID, 0);
	assert_string_equal(row->key, "O");
	assert_string_equal(row->hint, "edit");
	assert_null(keymap_row(&keymap, KEYS_GRID, 1)->hint);
}

/* Two keys that change places are no conflict on the way. */
static void test_keys_may_be_swapped(void **state)
{
	(void)state;
	takes("[grid]\nlock = L\nlocks = l\n");
	assert_int_equal(typed(KEYS_GRID, 'l'), ACTION_LOCKS);
	assert_int_equal(typed(KEYS_GRID, 'L'), ACTION_LOCK);
}

static void test_none_takes_keys_away(void **state)
{
	(void)state;
	takes("[grid]\nclose-device = none\ndetail = none\n[text]\nback = none\n");
	assert_int_equal(typed(KEYS_GRID, 'Z'), ACTION_NONE);
	/* But for those that are the same for everybody. */
	assert_int_equal(typed(KEYS_GRID, '\r'), ACTION_DETAIL);
	assert_int_equal(typed(KEYS_PAGE, 'q'), ACTION_NONE);
	assert_int_equal(typed(KEYS_PAGE, 27), ACTION_BACK);
}

/* Arrow keys and the like move whatever a file says. */
static void test_moving_stays(void **state)
{
	(void)state;
	takes("[everywhere]\nup = F7\ndown = none\npage-down = PgDn ^F\n");
	assert_int_equal(pressed(KEYS_GRID, KEY_UP), ACTION_UP);
	assert_int_equal(pressed(KEYS_GRID, KEY_F(7)), ACTION_UP);
	assert_int_equal(pressed(KEYS_GRID, KEY_DOWN), ACTION_DOWN);
	assert_int_equal(pressed(KEYS_PREVIEW, KEY_NPAGE), ACTION_PAGE_DOWN);
	assert_int_equal(typed(KEYS_PREVIEW, 6), ACTION_PAGE_DOWN);
}

/* Leaving stays hinted at when only Esc is left of its keys. */
static void test_leaving_stays_hinted_at(void **state)
{
	(void)state;
	takes("[quit]\nback = none\n");
	bool hinted = false;
	const struct key_binding *row;
	for (size_t i = 0; (row = keymap_row(&keymap, KEYS_QUIT, i)) != NULL; i++)
		hinted |= row->action == ACTION_BACK && strcmp(row->key, "Esc") == 0 && row->hint;
	assert_true(hinted);
}

static void test_mistakes_are_named(void **state)
{
	(void)state;
	refuses("[grid]\nedti = e\n", "'keys' line 2", "'edti'");
	refuses("[gird]\nedit = e\n", "'keys' line 1", "known are everywhere, grid");
	refuses("[grid]\nedit = Strg-E\n", "'keys' line 2", "'Strg-E' is no key");
	refuses("[grid]\nedit = F13\n", "'keys' line 2", "'F13'");
	refuses("[grid]\nedit = \xC3\xA4\n", "'keys' line 2", "is no key");
	refuses("[grid]\nedit = ^@\n", "'keys' line 2", "is no key");
	refuses("[grid]\nedit = o\nedit = O\n", "'keys' line 3", "second");
	refuses("[grid]\ntoggle = o\n", "'keys' line 2", "means nothing in [grid]");
	refuses("[grid]\nread = p\n", "'keys' line 2", "'p' is 'preview' in [grid] already");
	refuses("[grid]\nundo = F5\nread = r\nedit = F5\n", "line ", "'F5' is ");
	refuses("[grid]\nedit = Up\n", "'keys' line 2", "'Up' is 'up' in [everywhere] already");
	refuses("[everywhere]\nsuspend = ^R\n", "'keys' line 2", "'redo' in [grid] already");
	refuses("[grid]\nedit = y i i i i i i i i i i i i i i i i i i i i i i i i i i i i i i i i "
		"i i i i "
		"i i i i i i i i i i i i i i i i i i i i i i i i i i i i i i i i i i i i i i i\n",
		"'keys' line 2", "too many keys");
	refuses("edit = e\n", "'keys'", "section");
	refuses("[grid]\nedit = \033]0;x\007\n", "'keys' line 2", "control character");
}

/* Half a file is none: what was good in it does not count either. */
static void test_half_a_file_is_none(void **state)
{
	(void)state;
	refuses("[grid]\nedit = o\nundo = xyz\n", "'keys' line 3", "'xyz'");
	assert_int_equal(typed(KEYS_GRID, 'e'), ACTION_EDIT);
}

/* What keeps hands from burning by accident. */
static void test_what_no_file_can_change(void **state)
{
	(void)state;
	refuses("[grid]\ncommit = Enter\n", "line 2", "Enter, Esc and ^C");
	refuses("[preview]\ncommit = ^M\n", "line 2", "Enter, Esc and ^C");
	refuses("[preview]\ncommit = ^j\n", "line 2", "Enter, Esc and ^C");
	refuses("[grid]\nquit = Esc\n", "line 2", "Enter, Esc and ^C");
	refuses("[grid]\nquit = ^[\n", "line 2", "Enter, Esc and ^C");
	refuses("[grid]\nquit = ^C\n", "line 2", "Enter, Esc and ^C");
	refuses("[confirm]\naccept = y\n", "line 1", "same for everybody");
	refuses("[progress]\nback = q\n", "line 1", "same for everybody");
	refuses("[power]\naccept = y\n", "line 1", "same for everybody");
	refuses("[edit]\naccept = y\n", "line 1", "same for everybody");
	refuses("[preview]\npage-down = F5\ncommit = Space\n", "line 3", "without thinking");
	refuses("[preview]\narm = PgDn\n", "line 2", "without thinking");
	refuses("[grid]\nclose-device = Del\n", "line 2", "without thinking");
	refuses("[grid]\nclose-device = C\n", "line 2", "slip of the shift key");
	refuses("[grid]\nedit = z\n", "line 2", "slip of the shift key");
	refuses("[everywhere]\nredraw = x\n", "line 2", "is typed in places");
}

/* The built-in keys obey what is asked of a person's own. */
static void test_the_built_in_keys_written_out(void **state)
{
	(void)state;
	takes("[grid]\ncommit = c\narm = a\nclose-device = Z\nreset = B\nup = k\n[preview]\n"
	      "commit = c\narm = a\n[everywhere]\nup = Up\nredraw = ^L\nsuspend = ^Z\n");
	assert_int_equal(typed(KEYS_GRID, 'c'), ACTION_COMMIT);
	assert_int_equal(typed(KEYS_GRID, 'Z'), ACTION_CLOSE_DEVICE);
	assert_int_equal(pressed(KEYS_GRID, KEY_UP), ACTION_UP);
}

static void write_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static void test_loading(void **state)
{
	(void)state;
	char folder[SCRATCH_MAX], path[400];
	struct errbuf err = {0};
	scratch_make(folder);
	snprintf(path, sizeof path, "%s/keys", folder);
	assert_int_equal(keymap_load(&keymap, "", &err), OK);
	assert_int_equal(keymap_load(&keymap, folder, &err), OK);
	assert_int_equal(typed(KEYS_GRID, 'e'), ACTION_EDIT);
	write_file(path, "[grid]\nedit = O\n");
	assert_int_equal(keymap_load(&keymap, folder, &err), OK);
	assert_int_equal(typed(KEYS_GRID, 'O'), ACTION_EDIT);
	write_file(path, "[grid]\nedit = \n");
	assert_int_equal(keymap_load(&keymap, folder, &err), ERR_FORMAT);
	assert_non_null(strstr(err.text, path));
	errbuf_clear(&err);
	/* What would wait for ever, or is no file at all. */
	remove(path);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(keymap_load(&keymap, folder, &err), ERR_FILE);
	errbuf_clear(&err);
	remove(path);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(keymap_load(&keymap, folder, &err), ERR_FILE);
	scratch_remove(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_other_keys_take_the_place, set_up),
		cmocka_unit_test_setup(test_keys_may_be_swapped, set_up),
		cmocka_unit_test_setup(test_none_takes_keys_away, set_up),
		cmocka_unit_test_setup(test_moving_stays, set_up),
		cmocka_unit_test_setup(test_leaving_stays_hinted_at, set_up),
		cmocka_unit_test_setup(test_mistakes_are_named, set_up),
		cmocka_unit_test_setup(test_half_a_file_is_none, set_up),
		cmocka_unit_test_setup(test_what_no_file_can_change, set_up),
		cmocka_unit_test_setup(test_the_built_in_keys_written_out, set_up),
		cmocka_unit_test_setup(test_loading, set_up),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
