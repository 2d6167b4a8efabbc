#include "src/image.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

static struct image small_image(void)
{
	struct image image = {.version = 2, .state = 0, .word_count = 3};
	image.value[0] = 0x00410032;
	image.status[0] = 0x40000000;
	image.value[1] = 0x33385116;
	image.value[2] = 0x0BADCAFE; /* behind a sticky read lock: a shadow copy */
	image.status[2] = 0x20000000;
	return image;
}

static void test_known(void **state)
{
	(void)state;
	static const struct {
		uint32_t status;
		bool known;
	} rows[] = {
		{0x00000000, true},
		{0x58000000, true}, /* permanent, shadow write and programming locks hide nothing */
		{0x00000001, false},
		{0x04000000, false},
		{0x20000000, false},
		{0x78000000, false},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct image image = {.version = 2, .word_count = 1};
		image.status[0] = rows[i].status;
		assert_int_equal(image_value_is_known(&image, 0), rows[i].known);
		assert_false(image_value_is_known(&image, 1)); /* no such word */
	}
}

static void test_equal(void **state)
{
	(void)state;
	struct image a = small_image(), b = a;
	assert_true(image_equal(&a, &b));
	assert_true(image_same_fuses(&a, &b));
	assert_int_equal(image_first_difference(&a, &b), -1);

	b.value[2] ^= 1; /* not trusted: no difference in the fuses */
	assert_false(image_equal(&a, &b));
	assert_true(image_same_fuses(&a, &b));
	assert_int_equal(image_first_difference(&a, &b), -1);

	b = a;
	b.status[2] |= 0x40000000;
	assert_false(image_equal(&a, &b));
	assert_false(image_same_fuses(&a, &b));
	assert_int_equal(image_first_difference(&a, &b), 2);

	b = a;
	b.value[1] ^= 0x80000000;
	assert_false(image_equal(&a, &b));
	assert_false(image_same_fuses(&a, &b));
	assert_int_equal(image_first_difference(&a, &b), 1);

	b = a;
	b.state = 1;
	assert_false(image_equal(&a, &b));
	assert_false(image_same_fuses(&a, &b));

	b = a;
	b.version = 3;
	assert_false(image_equal(&a, &b));
	assert_false(image_same_fuses(&a, &b));

	b = a;
	b.word_count = 2;
	assert_false(image_equal(&a, &b));
	assert_false(image_same_fuses(&a, &b));
	assert_int_equal(image_first_difference(&a, &b), 2);

	b = a;
	b.value[3] = 7; /* past the last word: nobody's */
	assert_true(image_equal(&a, &b));
}

/* The expected digests are what another SHA-256 makes of the little-endian words in the comment. */
static void test_digest(void **state)
{
	(void)state;
	struct image image = small_image();
	char digest[IMAGE_DIGEST_LENGTH + 1];
	/* 2, 0, 3, 00410032, 40000000, 33385116, 0, 0, 20000000 */
	const char *expected = "5776d2bf02fe2f56697136cec1c175d85f32f3e8deabfa72b8cc96c69005c45e";
	image_digest(digest, &image);
	assert_string_equal(digest, expected);
	image.value[2] = 0; /* not trusted: the same snapshot */
	image_digest(digest, &image);
	assert_string_equal(digest, expected);
	image.status[2] = 0;
	image_digest(digest, &image);
	assert_string_not_equal(digest, expected);
}

static void test_unique_id(void **state)
{
	(void)state;
	struct image image = {.version = 2, .word_count = 96};
	image.value[13] = 0x00410032;
	image.value[14] = 0x33385116;
	image.value[15] = 0x34383330;
	char uid[IMAGE_UID_LENGTH + 1];
	assert_true(image_unique_id(uid, &image, 13));
	assert_string_equal(uid, "00410032-33385116-34383330");

	static const uint32_t untrusted[] = {0x00000001, 0x04000000, 0x20000000};
	for (size_t i = 0; i < 9; i++) {
		struct image other = image;
		other.status[13 + i % 3] = untrusted[i / 3];
		assert_false(image_unique_id(uid, &other, 13));
		assert_string_equal(uid, "");
	}
	assert_false(image_unique_id(uid, &image, 94)); /* 96 is missing */
	assert_false(image_unique_id(uid, &image, 0));  /* all 0 */
	assert_false(image_unique_id(uid, &image, UINT32_MAX - 1));
	for (unsigned word = 13; word < 16; word++)
		image.value[word] = 0xFFFFFFFF;
	assert_false(image_unique_id(uid, &image, 13));
	image.value[15] = 0xFFFFFFFE;
	assert_true(image_unique_id(uid, &image, 13));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known),
		cmocka_unit_test(test_equal),
		cmocka_unit_test(test_digest),
		cmocka_unit_test(test_unique_id),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
