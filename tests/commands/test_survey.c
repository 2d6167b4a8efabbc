/* survey: a folder of images as a shell gives it. */
#include "tests/support/fixtures.h"
#include "tests/support/run_program.h"

#include "src/partition.h"
#include "src/word_status.h"

#include <jansson.h>

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int set_up(void **state)
{
	struct run_home *home = malloc(sizeof *home);
	assert_non_null(home);
	run_home_make(home);
	assert_int_equal(mkdir(run_path(home, "lab"), 0700), 0);
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

/* Boards 1 to 4; number 3 has 0x77 in word 64, all have a secret in word 40. */
static void write_lab(const struct run_home *home)
{
	for (unsigned i = 1; i <= 4; i++) {
		struct image image;
		char name[32];
		fixture_plain(&image);
		image.value[15] = i;
		image.value[40] = 0x5EC2E700;
		image.value[64] = i == 3 ? 0x77 : 0x11;
		snprintf(name, sizeof name, "lab/b%u.bin", i);
		write_image(home, name, &image);
	}
}

static void test_text(void **state)
{
	struct run_home *home = *state;
	struct run_result result;
	write_lab(home);
	run_words(&result, home, "survey", "lab");
	run_expect_exit(&result, 0);
	run_expect_out(&result, "4 images\n");
	run_expect_out(&result, "STM32MP15x: 4 images of 4 boards\n");
	run_expect_out(&result, "4 open\n");
	run_expect_out(&result, "94 of 96 words: 0-14, 16-63, 65-95\n");
	run_expect_out(&result, "lab/b3.bin\n    64  USER                 0x00000077 where 3 have"
				" 0x00000011\n");
	run_expect_no_out(&result, "5EC2E700");
	run_free(&result);
}

/* Not a link, not a folder in the folder, no hidden file; a named link is what it points to. */
static void test_what_a_folder_holds(void **state)
{
	struct run_home *home = *state;
	struct run_result result;
	write_lab(home);
	assert_int_equal(mkdir(run_path(home, "lab/deeper"), 0700), 0);
	run_write_text(home, "lab/deeper/x.bin", "no image");
	run_write_text(home, "lab/.hidden", "no image");
	assert_int_equal(symlink("b1.bin", run_path(home, "lab/link.bin")), 0);
	run_words(&result, home, "survey", "lab");
	run_expect_exit(&result, 0);
	run_expect_out(&result, "4 images\n");
	run_free(&result);
	run_words(&result, home, "survey", "lab/link.bin");
	run_expect_exit(&result, 0);
	run_expect_out(&result, "1 image\n");
	run_free(&result);
}

/* A log of the vendor's tool is the board that was saved from it. */
static void test_texts_are_images(void **state)
{
	struct run_result result;
	run_words(&result, *state, "survey", TEST_DATA "/stm32mp157c-read.bin",
		TEST_DATA "/stm32mp157c-display.txt");
	run_expect_exit(&result, 0);
	run_expect_out(&result, "STM32MP15x: 2 images of 1 board\n");
	run_expect_out(&result, "00410032-33385116-34383330: the same board, ");
	run_free(&result);
}

static void test_unreadable_files_are_named(void **state)
{
	struct run_home *home = *state;
	struct run_result result;
	write_lab(home);
	run_write_text(home, "lab/notes.txt", "no image");
	run_words(&result, home, "survey", "lab", "missing.bin");
	run_expect_exit(&result, 1);
	run_expect_out(&result, "4 images; 2 files could not be read\n");
	run_expect_err(&result, "'lab/notes.txt' is left out: ");
	run_expect_err(&result, "'missing.bin' is left out: ");
	assert_int_equal(run_error_lines(&result), 2);
	run_free(&result);
}

static void test_json(void **state)
{
	struct run_home *home = *state;
	struct run_result result;
	write_lab(home);
	run_write_text(home, "lab/notes.txt", "no image");
	run_words(&result, home, "survey", "--json", "lab", "lab/b2.bin");
	run_expect_exit(&result, 1);
	json_t *root = json_loads(result.out, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(root);
	run_free(&result);
	const char *chip, *common, *odd, *verdict, *first, *second, *unreadable, *masked, *id,
		*life;
	int images, boards, distinct, many, word, is_same, row_unlocked, number;
	json_error_t error;
	json_t *words;
	int failed = json_unpack_ex(root, &error, 0,
		"{s:[{s:s,s:i,s:i,s:o}],s:[{s:i,s:s,s:i}],s:[{s:s,s:s,s:[s,s]}],s:[{s:s}]}",
		"families", "chip", &chip, "images", &images, "boards", &boards, "words", &words,
		"stands-out", "id", &word, "value", &odd, "images", &number, "in-common", "board",
		&id, "verdict", &verdict, "files", &first, &second, "unreadable", "file",
		&unreadable);
	if (failed)
		fail_msg("%s", error.text);
	assert_string_equal(chip, "stm32mp15");
	assert_int_equal(images, 5);
	assert_int_equal(boards, 4);
	assert_int_equal(word, 64);
	assert_string_equal(odd, "0x00000077");
	assert_int_equal(number, 1);
	assert_string_equal(id, "00410032-33385116-00000002");
	assert_string_equal(verdict, "same");
	assert_string_equal(first, "lab/b2.bin");
	assert_string_equal(second, "lab/b2.bin");
	assert_string_equal(unreadable, "lab/notes.txt");
	assert_int_equal(json_array_size(words), 96);
	failed = json_unpack_ex(json_array_get(words, 64), &error, 0, "{s:i,s:b,s:{s:s,s:i}}",
		"distinct", &distinct, "same", &is_same, "most-common", "value", &common, "images",
		&many);
	if (failed)
		fail_msg("%s", error.text);
	assert_int_equal(distinct, 2);
	assert_false(is_same);
	assert_string_equal(common, "0x00000011");
	assert_int_equal(many, 4);
	assert_int_equal(json_unpack(json_array_get(words, 40), "{s:{s:s}}", "most-common", "value",
				 &masked),
		0);
	assert_string_equal(masked, "masked");
	assert_int_equal(json_unpack(root, "{s:[{s:s,s:i}]}", "images", "life-cycle", &life,
				 "unlocked", &row_unlocked),
		0);
	assert_string_equal(life, "open");
	assert_int_equal(row_unlocked, 0);
	json_decref(root);
}

static void test_tables(void **state)
{
	struct run_home *home = *state;
	struct run_result result;
	write_lab(home);
	run_words(&result, home, "survey", "--csv", "lab");
	run_expect_exit(&result, 0);
	run_expect_out(&result, "record,family,id,name,file,board,value,locked,images,distinct,"
				"unlocked,text\n");
	run_expect_out(&result, "\nword,stm32mp15,64,USER,,,0x00000011,no,3,2,,differs\n");
	run_expect_out(&result, "\nword,stm32mp15,40,CHIP_CERT,,,masked,no,4,1,,same\n");
	run_expect_out(&result, "\nboard,stm32mp15,,,lab/b2.bin,00410032-33385116-00000002,,,,,,"
				"open\n");
	run_expect_out(&result, "\noutlier,stm32mp15,64,USER,lab/b3.bin,"
				"00410032-33385116-00000003,0x00000077,no,,,,\n");
	run_free(&result);
	run_words(&result, home, "survey", "--markdown", "--reveal", "lab");
	run_expect_exit(&result, 0);
	run_expect_out(&result, "| word | stm32mp15 | 40 | CHIP\\_CERT |  |  | 0x5EC2E700 | no |");
	run_free(&result);
}

static void test_unlocked_keys(void **state)
{
	struct run_home *home = *state;
	struct run_result result;
	struct image image;
	fixture_closable(&image);
	image.status[24] = 0;
	write_image(home, "key.bin", &image);
	run_words(&result, home, "survey", "key.bin");
	run_expect_exit(&result, 0);
	run_expect_out(&result, "not locked:\n  24  PKH[0]               1 of 1 images\n");
	run_expect_out(&result, "key.bin (1 key or hash word not locked)\n");
	run_free(&result);
	run_words(&result, home, "survey", "--csv", "key.bin");
	run_expect_exit(&result, 0);
	run_expect_out(&result, "\nword,stm32mp15,24,PKH[0],,,0xA5000018,no,1,1,1,same\n");
	run_expect_out(&result, "\nword,stm32mp15,25,PKH[1],,,0xA5000019,yes,1,1,,same\n");
	run_expect_out(&result, "\nboard,stm32mp15,,,key.bin,00410032-33385116-34383330,,,,,1,"
				"open\n");
	run_free(&result);
}

static void test_alarms(void **state)
{
	struct run_home *home = *state;
	struct run_result result;
	struct image image;
	write_lab(home);
	fixture_plain(&image);
	image.value[15] = 3;
	image.value[64] = 0x88; /* board 3 has 0x77 in this word, which takes one write */
	image.value[57] = 0x42E18000;
	image.value[58] = 0xE448;
	write_image(home, "copy.bin", &image);
	image.value[15] = 5;
	write_image(home, "five.bin", &image);
	run_words(&result, home, "survey", "lab", "copy.bin", "five.bin");
	run_expect_exit(&result, 0);
	run_expect_out(&result, "\n00410032-33385116-00000003: ALARM: one unique id, but not the"
				" fuses of one board\n      lab/b3.bin\n      copy.bin\n");
	run_expect_out(&result, "\n00:80:e1:42:48:e4: ALARM: one MAC address, different boards\n"
				"      copy.bin\n      five.bin\n");
	run_free(&result);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_text),
		TEST(test_what_a_folder_holds),
		TEST(test_texts_are_images),
		TEST(test_unreadable_files_are_named),
		TEST(test_json),
		TEST(test_tables),
		TEST(test_unlocked_keys),
		TEST(test_alarms),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
