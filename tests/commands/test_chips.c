/* chips: the list of families, and the map of one. Expected facts stand in the public sources that
 * the maps name. */
#include "tests/support/run_program.h"

#include <jansson.h>

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static int set_up(void **state)
{
	struct run_home *home = malloc(sizeof *home);
	assert_non_null(home);
	run_home_make(home);
	*state = home;
	return 0;
}

static int tear_down(void **state)
{
	run_home_remove(*state);
	free(*state);
	return 0;
}

static json_t *chips_json(const struct run_home *home, const char *name)
{
	struct run_result result;
	if (name)
		run_words(&result, home, "chips", "--json", name);
	else
		run_words(&result, home, "chips", "--json");
	run_expect_exit(&result, 0);
	json_t *root = json_loads(result.out, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(root);
	run_free(&result);
	return root;
}

static void test_list(void **state)
{
	struct run_result result;
	run_words(&result, *state, "chips");
	run_expect_exit(&result, 0);
	run_expect_out(&result, "\nstm32mp15    STM32MP15x     0x500           96  built-in\n");
	run_expect_out(&result, "\nstm32mp25    STM32MP25x     0x505          384  built-in\n");
	run_expect_out(&result, "STM32MP157C");
	run_expect_out(&result, "STM32MP235F");
	assert_int_equal(run_error_lines(&result), 0);
	run_free(&result);
	json_t *root = chips_json(*state, NULL), *list = json_object_get(root, "chips"), *chip;
	size_t index;
	bool found = false;
	json_array_foreach(list, index, chip) found =
		found || strcmp(json_string_value(json_object_get(chip, "name")), "stm32mp23") == 0;
	assert_true(found);
	json_decref(root);
}

static void test_map(void **state)
{
	struct run_result result;
	run_words(&result, *state, "chips", "stm32mp25");
	run_expect_exit(&result, 0);
	/* U-Boot sys_proto.h; cmd_stm32key.c. */
	run_expect_out(&result, "0x00002000 = STM32MP257C,");
	run_expect_out(&result, "\n144-151  OEM_KEY1_ROT_HASH        hash      brick   once  ");
	run_expect_out(&result, "\n376-383  HWKEY                    secret    brick   never ");
	run_free(&result);
	json_t *root = chips_json(*state, "stm32mp25");
	assert_int_equal(json_integer_value(json_object_get(root, "words")), 384);
	assert_int_equal(json_integer_value(json_object_get(root, "short-words")), 368);
	json_decref(root);
}

static void test_unknown(void **state)
{
	struct run_result result;
	run_words(&result, *state, "chips", "stm32f4");
	run_expect_exit(&result, 2);
	run_expect_err(&result, "no chip 'stm32f4' is known; known are ");
	run_free(&result);
	run_words(&result, *state, "chips", "plain");
	run_expect_exit(&result, 2);
	run_expect_err(&result, "'plain' has no map");
	run_free(&result);
}

static void write_overlay(const struct run_home *home, const char *text)
{
	char path[SCRATCH_MAX + 64];
	static const char *const folders[] = {"config", "config/otpedit", "config/otpedit/chips"};
	for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
		snprintf(path, sizeof path, "%s/%s", home->folder, folders[i]);
		mkdir(path, 0700);
	}
	run_write_text(home, "config/otpedit/chips/stm32mp15.chip", text);
}

static void test_overlay(void **state)
{
	struct run_result result;
	write_overlay(*state, "[chip]\nname = stm32mp15\n[word 70]\nname = OUR_SERIAL\n");
	run_words(&result, *state, "chips", "stm32mp15");
	run_expect_exit(&result, 0);
	run_expect_out(
		&result, "\n70       OUR_SERIAL               user      notice  once  yours\n");
	run_free(&result);
	run_words(&result, *state, "chips");
	run_expect_exit(&result, 0);
	run_expect_out(&result, "  96  built-in, with your names\n");
	run_free(&result);
}

/* The built-in map holds, and the reason is said. */
static void test_broken_overlay(void **state)
{
	struct run_result result;
	write_overlay(*state, "[chip]\nname = stm32mp15\n[word 3]\nname = MY_BOOT\n");
	run_words(&result, *state, "chips", "stm32mp15");
	run_expect_exit(&result, 0);
	run_expect_out(&result, "\n3        BOOT                     config    brick   bits  ");
	run_expect_no_out(&result, "MY_BOOT");
	run_expect_err(&result, "your names for STM32MP15x are left out: ");
	run_free(&result);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_list, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_map, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_unknown, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_overlay, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_broken_overlay, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
