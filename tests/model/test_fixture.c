/*
 * The read of a real STM32MP157C against what the vendor's own tool displays for it, word by word
 * and status bit by status bit.
 */
#include "src/partition.h"
#include "src/word_status.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <cmocka.h>

/* The vendor's line for this word leaves the spelled-out lock away although bit 30 is set. */
#define WORD_SHOWN_INCOMPLETE 21

static struct image read_image(void)
{
	uint8_t bytes[PARTITION_MAX_BYTES];
	FILE *file = fopen(TEST_DATA "/stm32mp157c-read.bin", "rb");
	assert_non_null(file);
	size_t length = fread(bytes, 1, sizeof bytes, file);
	fclose(file);
	struct image image;
	struct errbuf err = {0};
	if (partition_parse(&image, bytes, length, &err) != OK)
		fail_msg("%s", err.text);
	return image;
}

static void compare_line(const struct image *image, unsigned word, char *line)
{
	char *rest;
	assert_int_equal(strtoul(line, &rest, 10), word);
	assert_int_equal(strtoul(rest, &rest, 16), image->value[word]);
	assert_int_equal(strtoul(rest, &rest, 16), image->status[word]);
	char *spelled = rest + strspn(rest, " ");
	spelled[strcspn(spelled, "\r\n")] = '\0';
	if (word == WORD_SHOWN_INCOMPLETE) {
		assert_string_equal(spelled, "");
		return;
	}
	char ours[256];
	word_status_spell(ours, sizeof ours, image->status[word]);
	if (strcasecmp(ours, spelled) != 0)
		fail_msg("word %u: vendor '%s', ours '%s'", word, spelled, ours);
}

static void test_every_word_is_as_the_vendor_shows_it(void **state)
{
	(void)state;
	struct image image = read_image();
	FILE *file = fopen(TEST_DATA "/stm32mp157c-display.txt", "r");
	assert_non_null(file);
	char line[512];
	unsigned word = 0;
	while (fgets(line, sizeof line, file) != NULL) {
		if (line[0] == '#')
			continue;
		assert_true(word < image.word_count);
		compare_line(&image, word++, line);
	}
	fclose(file);
	assert_int_equal(word, 96);
}

/* The head of the display says: secure open, no hardware key, no encrypted data. */
static void test_the_global_state(void **state)
{
	(void)state;
	struct image image = read_image();
	assert_int_equal(image.version, 2);
	assert_string_equal(global_state_name(image.state), "secured-open");
	char remark[128];
	global_state_remark(remark, sizeof remark, image.state);
	assert_string_equal(remark, "");
	char uid[IMAGE_UID_LENGTH + 1];
	assert_true(image_unique_id(uid, &image, 13));
	assert_string_equal(uid, "00410032-33385116-34383330");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_word_is_as_the_vendor_shows_it),
		cmocka_unit_test(test_the_global_state),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
