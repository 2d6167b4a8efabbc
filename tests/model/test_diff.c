/* What counts as a difference between two images. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "src/diff.h"
#include "tests/support/fixtures.h"

static struct image a, b;
static struct diff diff;

static int set_up(void **state)
{
	(void)state;
	fixture_plain(&a);
	b = a;
	return 0;
}

static void test_equal(void **state)
{
	(void)state;
	diff_images(&diff, &a, &b);
	assert_int_equal(diff.count, 0);
	assert_false(diff.state_differs);
	assert_false(diff.version_differs);
	assert_true(diff_is_empty(&diff));
}

static void test_value_and_status(void **state)
{
	(void)state;
	b.value[70] = 0x11;
	b.status[95] = 0x40000000;
	diff_images(&diff, &a, &b);
	assert_false(diff_is_empty(&diff));
	assert_int_equal(diff.count, 2);
	const struct diff_word *word = &diff.words[0];
	assert_int_equal(word->word, 70);
	assert_true(word->in_a && word->in_b && word->known_a && word->known_b);
	assert_int_equal(word->value_a, 0);
	assert_int_equal(word->value_b, 0x11);
	word = &diff.words[1];
	assert_int_equal(word->word, 95);
	assert_int_equal(word->status_a, 0);
	assert_int_equal(word->status_b, 0x40000000);
}

/* What stands under a read lock or an error bit says nothing about the fuses. */
static void test_values_that_are_not_known(void **state)
{
	(void)state;
	static const uint32_t bits[] = {0x00000001, 0x04000000, 0x20000000};
	for (size_t i = 0; i < 3; i++) {
		a.status[40] = b.status[40] = bits[i];
		a.value[40] = 0x12345678;
		b.value[40] = 0x9ABCDEF0;
		diff_images(&diff, &a, &b);
		assert_true(diff_is_empty(&diff));
	}
	/* Known on one side only: that is a difference, though the numbers agree. */
	b.value[40] = a.value[40];
	b.status[40] = 0;
	diff_images(&diff, &a, &b);
	assert_int_equal(diff.count, 1);
	assert_false(diff.words[0].known_a);
	assert_true(diff.words[0].known_b);
}

static void test_state_and_version(void **state)
{
	(void)state;
	b.state = 1;
	diff_images(&diff, &a, &b);
	assert_true(diff.state_differs);
	assert_int_equal(diff.count, 0);
	assert_false(diff_is_empty(&diff));
	b.state = a.state;
	b.version = 1;
	diff_images(&diff, &a, &b);
	assert_true(diff.version_differs);
	assert_false(diff_is_empty(&diff));
}

static void test_one_is_longer(void **state)
{
	(void)state;
	b.word_count = 98;
	b.value[97] = 7;
	diff_images(&diff, &a, &b);
	assert_int_equal(diff.count, 2);
	assert_int_equal(diff.words[0].word, 96);
	assert_false(diff.words[0].in_a);
	assert_true(diff.words[0].in_b);
	assert_int_equal(diff.words[1].value_b, 7);
	diff_images(&diff, &b, &a);
	assert_int_equal(diff.count, 2);
	assert_true(diff.words[0].in_a);
	assert_false(diff.words[0].in_b);
}

static void test_everything_differs(void **state)
{
	(void)state;
	a.word_count = b.word_count = IMAGE_MAX_WORDS;
	for (unsigned word = 0; word < IMAGE_MAX_WORDS; word++) {
		a.value[word] = word;
		b.value[word] = ~word;
	}
	diff_images(&diff, &a, &b);
	assert_int_equal(diff.count, IMAGE_MAX_WORDS);
	assert_int_equal(diff.words[383].word, 383);
}

#define TEST(name) cmocka_unit_test_setup(name, set_up)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_equal),
		TEST(test_value_and_status),
		TEST(test_values_that_are_not_known),
		TEST(test_state_and_version),
		TEST(test_one_is_longer),
		TEST(test_everything_differs),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
