/* The one key table: no key asks for two things, and everything can be asked for. */
#include "src/errbuf.h"
#include "ui/screen/keymap.h"

#include <ncurses.h>
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

static struct keymap keymap; /* the built-in one */

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

static void test_keys_of_the_grid(void **state)
{
	(void)state;
	assert_int_equal(typed(KEYS_GRID, 'e'), ACTION_EDIT);
	assert_int_equal(typed(KEYS_GRID, 'l'), ACTION_LOCK);
	assert_int_equal(typed(KEYS_GRID, 'L'), ACTION_LOCKS);
	assert_int_equal(typed(KEYS_GRID, 'a'), ACTION_ARM);
	assert_int_equal(typed(KEYS_GRID, 'q'), ACTION_QUIT);
	assert_int_equal(typed(KEYS_GRID, '\r'), ACTION_DETAIL);
	assert_int_equal(typed(KEYS_GRID, '\n'), ACTION_DETAIL);
	assert_int_equal(pressed(KEYS_GRID, KEY_ENTER), ACTION_DETAIL);
	assert_int_equal(pressed(KEYS_GRID, KEY_DOWN), ACTION_DOWN);
	assert_int_equal(typed(KEYS_GRID, 'z'), ACTION_NONE);
}

/* Where text is typed, no printable key may mean anything but itself. */
static void test_typing_is_not_disturbed(void **state)
{
	(void)state;
	for (uint32_t character = ' '; character < 127; character++) {
		assert_int_equal(typed(KEYS_EDIT, character), ACTION_NONE);
		assert_int_equal(typed(KEYS_CONFIRM, character), ACTION_NONE);
	}
}

/* A burn is asked for in the grid and in the preview only, and both go through the confirmation. */
static void test_where_a_commit_can_be_asked_for(void **state)
{
	(void)state;
	for (int context = 0; context < KEYS_CONTEXTS; context++) {
		const struct key_binding *row;
		bool may = context == KEYS_GRID || context == KEYS_PREVIEW;
		bool has = false;
		for (size_t i = 0;
			(row = keymap_row(&keymap, (enum key_context)context, i)) != NULL; i++)
			has |= row->action == ACTION_COMMIT;
		assert_int_equal(has, may);
	}
}

static uint32_t other_case(uint32_t letter)
{
	return letter ^ 0x20;
}

/* Shift or caps lock, held by mistake, must not turn another key into the closing of the device. */
static void test_closing_is_no_slip_away(void **state)
{
	(void)state;
	for (uint32_t letter = 'A'; letter <= 'Z'; letter++) {
		if (typed(KEYS_GRID, letter) == ACTION_CLOSE_DEVICE)
			assert_int_equal(typed(KEYS_GRID, other_case(letter)), ACTION_NONE);
		if (typed(KEYS_GRID, other_case(letter)) == ACTION_CLOSE_DEVICE)
			assert_int_equal(typed(KEYS_GRID, letter), ACTION_NONE);
	}
}

static void test_no_key_twice_in_a_context(void **state)
{
	(void)state;
	for (int context = 0; context < KEYS_CONTEXTS; context++) {
		const struct key_binding *row, *other;
		for (size_t i = 0;
			(row = keymap_row(&keymap, (enum key_context)context, i)) != NULL; i++)
			for (size_t j = 0; j < i; j++) {
				other = keymap_row(&keymap, (enum key_context)context, j);
				assert_non_null(other);
				if (strcmp(row->key, other->key) == 0)
					fail_msg("'%s' twice in %s", row->key,
						key_context_name((enum key_context)context));
			}
	}
}

static void test_every_action_has_a_key_and_words(void **state)
{
	(void)state;
	for (int action = ACTION_NONE + 1; action < ACTION_COUNT; action++) {
		bool reachable = false;
		for (int context = 0; context < KEYS_CONTEXTS && !reachable; context++)
			reachable = keymap_key_name(&keymap, (enum key_context)context,
					    (enum action)action)[0] != '\0';
		if (!reachable)
			fail_msg("no key asks for '%s'", action_name((enum action)action));
		assert_true(action_name((enum action)action)[0] != '\0');
		assert_true(action_help((enum action)action)[0] != '\0');
		for (int other = ACTION_NONE + 1; other < action; other++)
			assert_string_not_equal(
				action_name((enum action)action), action_name((enum action)other));
	}
}

/* Leaving is always possible, and always hinted at. */
static void test_every_view_can_be_left(void **state)
{
	(void)state;
	for (int context = KEYS_EDIT; context < KEYS_CONTEXTS; context++) {
		const struct key_binding *row;
		bool hinted = false;
		assert_int_equal(typed((enum key_context)context, 27), ACTION_BACK);
		for (size_t i = 0;
			(row = keymap_row(&keymap, (enum key_context)context, i)) != NULL; i++)
			hinted |= row->action == ACTION_BACK && row->hint;
		if (!hinted)
			fail_msg("no hint how to leave: %s",
				key_context_name((enum key_context)context));
	}
}

static void test_names_of_keys(void **state)
{
	(void)state;
	assert_string_equal(keymap_key_name(&keymap, KEYS_GRID, ACTION_EDIT), "e");
	assert_string_equal(keymap_key_name(&keymap, KEYS_GRID, ACTION_REDRAW), "^L");
	assert_string_equal(keymap_key_name(&keymap, KEYS_PREVIEW, ACTION_COMMIT), "c");
	assert_string_equal(keymap_key_name(&keymap, KEYS_LOCKS, ACTION_COMMIT), "");
}

int main(void)
{
	keymap_init(&keymap);
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_keys_of_the_grid),
		cmocka_unit_test(test_typing_is_not_disturbed),
		cmocka_unit_test(test_where_a_commit_can_be_asked_for),
		cmocka_unit_test(test_closing_is_no_slip_away),
		cmocka_unit_test(test_no_key_twice_in_a_context),
		cmocka_unit_test(test_every_action_has_a_key_and_words),
		cmocka_unit_test(test_every_view_can_be_left),
		cmocka_unit_test(test_names_of_keys)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
