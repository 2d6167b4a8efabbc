/* plan: from a board to a golden image, and what check, preview and verify say of it. */
#include "tests/support/fixtures.h"
#include "tests/support/run_program.h"

#include "src/partition.h"
#include "src/word_status.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

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

static void write_image(const struct run_home *home, const char *name, const struct image *image)
{
	uint8_t bytes[PARTITION_MAX_BYTES];
	size_t length;
	struct errbuf err = {0};
	assert_int_equal(partition_format(bytes, sizeof bytes, &length, image, &err), OK);
	run_write_file(home, name, bytes, length);
}

/* golden.bin has 0x42 in word 70, locked, and 0x3 in word 71; board.bin only its own id. */
static void write_both(const struct run_home *home, uint32_t board_71)
{
	struct image image;
	fixture_plain(&image);
	image.value[71] = board_71;
	write_image(home, "board.bin", &image);
	image.value[15] = 0x11111111;
	image.value[70] = 0x42;
	image.status[70] = WORD_STATUS_PERMANENT;
	image.value[71] = 0x3;
	write_image(home, "golden.bin", &image);
}

static void test_whole(void **state)
{
	struct run_home *home = *state;
	struct run_result result;
	write_both(home, 0);
	run_words(&result, home, "plan", "golden.bin", "--on", "board.bin", "-o", "go.plan");
	run_expect_exit(&result, 0);
	run_expect_out(&result, "saved 'go.plan': 2 words");
	run_free(&result);
	run_words(&result, home, "check", "go.plan", "--on", "board.bin");
	run_expect_exit(&result, 0);
	run_free(&result);
	run_words(&result, home, "preview", "go.plan", "--on", "board.bin");
	run_expect_exit(&result, 0);
	run_expect_out(&result, "00000042");
	run_free(&result);
	/* Another board, and the golden one itself, are not what it was made for. */
	run_words(&result, home, "preview", "go.plan", "--on", "golden.bin");
	run_expect_exit(&result, 4);
	run_expect_err(&result, "foreign");
	run_free(&result);
}

static void test_what_cannot_be_reached_is_named(void **state)
{
	struct run_home *home = *state;
	struct run_result result;
	size_t length;
	write_both(home, 0x1);
	run_words(&result, home, "plan", "golden.bin", "--on", "board.bin", "-o", "go.plan");
	run_expect_exit(&result, 1);
	run_expect_err(&result, "word 71 USER is not reached: 0x00000001 is written");
	run_free(&result);
	char *text = run_read_file(&length, home, "go.plan");
	assert_non_null(strstr(text, "\n# not reached: word 71 USER: 0x00000001 is written"));
	assert_non_null(strstr(text, "\nwrite word=70 value=0x00000042 lock\n"));
	assert_null(strstr(text, "word=71"));
	free(text);
}

static void test_named_words_only(void **state)
{
	struct run_home *home = *state;
	struct run_result result;
	size_t length;
	write_both(home, 0);
	run_words(&result, home, "plan", "golden.bin", "word=71", "--on", "board.bin", "-o",
		"go.plan");
	run_expect_exit(&result, 0);
	run_free(&result);
	char *text = run_read_file(&length, home, "go.plan");
	assert_non_null(strstr(text, "\nwrite word=71 value=0x00000003\n"));
	assert_null(strstr(text, "word=70"));
	free(text);
}

static void test_nothing_to_burn(void **state)
{
	struct run_home *home = *state;
	struct run_result result;
	write_both(home, 0);
	run_words(&result, home, "plan", "board.bin", "--on", "board.bin", "-o", "go.plan");
	run_expect_exit(&result, 0);
	run_expect_out(&result, "nothing to burn");
	run_free(&result);
	run_words(&result, home, "check", "go.plan");
	run_expect_exit(&result, 6);
	run_free(&result);
}

static void test_no_file_is_replaced(void **state)
{
	struct run_home *home = *state;
	struct run_result result;
	size_t length;
	write_both(home, 0);
	run_write_text(home, "go.plan", "mine");
	run_words(&result, home, "plan", "golden.bin", "--on", "board.bin", "-o", "go.plan");
	run_expect_exit(&result, 6);
	run_expect_err(&result, "'go.plan' is there already");
	run_free(&result);
	char *text = run_read_file(&length, home, "go.plan");
	assert_string_equal(text, "mine");
	free(text);
}

static void test_missing_words(void **state)
{
	struct run_home *home = *state;
	struct run_result result;
	write_both(home, 0);
	run_words(&result, home, "plan", "golden.bin", "-o", "go.plan");
	run_expect_exit(&result, 2);
	run_expect_err(&result, "--on SOURCE");
	run_free(&result);
	run_words(&result, home, "plan", "golden.bin", "--on", "board.bin");
	run_expect_exit(&result, 2);
	run_expect_err(&result, "-o PLAN");
	run_free(&result);
	run_words(&result, home, "plan", "golden.bin", "71", "--on", "board.bin", "-o", "go.plan");
	run_expect_exit(&result, 2);
	run_expect_err(&result, "'71' is not understood");
	run_free(&result);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_whole),
		TEST(test_what_cannot_be_reached_is_named),
		TEST(test_named_words_only),
		TEST(test_nothing_to_burn),
		TEST(test_no_file_is_replaced),
		TEST(test_missing_words),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
