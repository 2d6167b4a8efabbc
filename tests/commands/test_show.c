/*
 * Looking: show, status, diff and check. What is expected of the fixture stands in the vendor's own
 * display of it (stm32mp157c-display.txt), and in the chip's public description.
 */
#include "tests/support/run_program.h"

#include <jansson.h>

#include <ctype.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIXTURE TEST_DATA "/stm32mp157c-read.bin"
#define DISPLAY TEST_DATA "/stm32mp157c-display.txt"

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

/* --- the vendor's display -----------------------------------------------------------------------
 */

struct displayed {
	unsigned word;
	char value[16], status[16]; /* "0x12345678" */
	bool bits[32];              /* spelled out */
};

/* The next word of the display; false at the end. */
static bool next_displayed(struct displayed *out, FILE *file)
{
	char line[512];
	*out = (struct displayed){0};
	do {
		if (!fgets(line, sizeof line, file))
			return false;
	} while (!isdigit((unsigned char)line[0]));
	assert_int_equal(sscanf(line, "%u %15s %15s", &out->word, out->value, out->status), 3);
	for (const char *at = strchr(line, '['); at; at = strchr(at + 1, '['))
		out->bits[atoi(at + 1)] = true;
	return true;
}

/* The line of a word in the text of `show`; cut off by a zero byte in `out`. */
static void line_of(char *out, size_t cap, const char *text, unsigned word)
{
	char head[16];
	snprintf(head, sizeof head, "\n%4u  ", word);
	const char *at = strstr(text, head);
	if (!at)
		fail_msg("no line for word %u", word);
	snprintf(out, cap, "%.*s", (int)strcspn(at + 1, "\n"), at + 1);
}

static void test_show_agrees_with_the_display(void **state)
{
	struct run_home *home = *state;
	struct run_result result;
	struct displayed shown;
	FILE *file = fopen(DISPLAY, "r");
	assert_non_null(file);
	run_words(&result, home, "show", FIXTURE, "--reveal");
	run_expect_exit(&result, 0);
	unsigned words = 0;
	for (; next_displayed(&shown, file); words++) {
		char line[1024];
		line_of(line, sizeof line, result.out, shown.word);
		assert_memory_equal(line + 6, shown.value + 2, 8);
		uint32_t status = (uint32_t)strtoul(shown.status, NULL, 16);
		static const unsigned columns[] = {30, 27, 28, 29, 26, 0};
		for (unsigned bit = 0; bit < 32; bit++) {
			/* The display leaves the lock of word 21 unspelled, against its own status.
			 */
			bool wanted = shown.bits[bit] || (shown.word == 21 && bit == 30);
			assert_int_equal((status >> bit & 1) != 0, wanted);
			for (size_t i = 0; i < 6; i++)
				if (columns[i] == bit)
					assert_int_equal(line[16 + i], wanted ? "PSWRE!"[i] : '.');
		}
		/* Under a read lock (bit 29) the value is a shadow copy. */
		assert_int_equal(line[14], shown.bits[29] ? '?' : ' ');
	}
	run_expect_out(&result, "\nP         [30] permanent write lock\n");
	run_expect_no_out(&result, "\nE  "); /* no word of it has that bit */
	assert_int_equal(words, 96);
	fclose(file);
	run_free(&result);
}

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));
	assert_non_null(text);
	return text;
}

static json_t *show_json(const struct run_home *home, const char *reveal)
{
	struct run_result result;
	run_words(&result, home, "show", FIXTURE, "--json", reveal);
	run_expect_exit(&result, 0);
	json_t *root = json_loads(result.out, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(root);
	run_free(&result);
	return root;
}

static unsigned count_of(const char *text, const char *part)
{
	unsigned count = 0;
	for (const char *at = strstr(text, part); at; at = strstr(at + 1, part))
		count++;
	return count;
}

/* A board that is only looked at is read once, where the link itself finds what was damaged: a
 * serial line does not. */
static void test_how_often_it_is_read(void **state)
{
	const struct run_home *home = *state;
	static const struct {
		const char *source, *trace, *exchange;
		unsigned reads;
	} links[] = {
		{"demo", "usb.trace", "UPLOAD block 0", 1},
		{"demo,uart", "uart.trace", "> F200000000F2 ", 2},
	};
	for (size_t i = 0; i < sizeof links / sizeof links[0]; i++) {
		struct run_result result;
		size_t length;
		run_words(&result, home, "--trace", links[i].trace, "show", links[i].source);
		run_expect_exit(&result, 0);
		run_free(&result);
		char *trace = run_read_file(&length, home, links[i].trace);
		assert_int_equal(count_of(trace, links[i].exchange), links[i].reads);
		free(trace);
	}
}

static void test_show_json(void **state)
{
	struct displayed shown;
	json_t *root = show_json(*state, "--reveal");
	assert_string_equal(text_of(root, "source"), FIXTURE);
	assert_string_equal(text_of(root, "chip"), "stm32mp15");
	assert_int_equal(json_integer_value(json_object_get(root, "version")), 2);
	json_t *global = json_object_get(root, "state");
	assert_string_equal(text_of(global, "raw"), "0x00000000");
	assert_string_equal(text_of(global, "name"), "secured-open");
	json_t *words = json_object_get(root, "words");
	assert_int_equal(json_array_size(words), 96);
	FILE *file = fopen(DISPLAY, "r");
	assert_non_null(file);
	while (next_displayed(&shown, file)) {
		json_t *row = json_array_get(words, shown.word);
		assert_int_equal(json_integer_value(json_object_get(row, "id")), shown.word);
		if (shown.bits[29])
			assert_true(json_is_null(json_object_get(row, "value")));
		else
			assert_string_equal(text_of(row, "value"), shown.value);
		assert_string_equal(text_of(row, "status"), shown.status);
		json_t *locks = json_object_get(row, "locks");
		static const struct {
			unsigned bit;
			const char *name;
		} names[] = {{27, "sticky-program"}, {28, "sticky-write"}, {29, "sticky-read"},
			{30, "permanent"}};
		size_t found = 0;
		for (size_t n = 0; n < 4; n++) {
			bool listed = false;
			for (size_t i = 0; i < json_array_size(locks); i++)
				listed = listed ||
					 strcmp(json_string_value(json_array_get(locks, i)),
						 names[n].name) == 0;
			assert_int_equal(listed, shown.bits[names[n].bit] ||
							 (shown.word == 21 && names[n].bit == 30));
			found += listed;
		}
		assert_int_equal(found, json_array_size(locks));
		text_of(row, "name");
		text_of(row, "kind");
	}
	fclose(file);
	/* 12722301: MB1272, and so on (U-Boot board/st/common/cmd_stboard.c). */
	json_t *board = json_object_get(json_array_get(words, 59), "fields");
	json_t *number = json_array_get(board, 0);
	assert_string_equal(text_of(number, "bits"), "31:16");
	assert_int_equal(json_integer_value(json_object_get(number, "value")), 0x1272);
	assert_string_equal(text_of(json_array_get(words, 57), "kind"), "mac");
	assert_string_equal(text_of(json_array_get(words, 70), "kind"), "user");
	json_decref(root);
}

static void test_show_masks_secrets(void **state)
{
	struct run_home *home = *state;
	struct run_result result;
	json_t *root = show_json(home, "--color=never");
	json_t *word = json_array_get(json_object_get(root, "words"), 40);
	assert_string_equal(text_of(word, "value"), "masked");
	assert_int_equal(json_array_size(json_object_get(word, "fields")), 0);
	json_decref(root);
	/* Word 40 holds AA333E40. */
	static const char *const formats[] = {"--json", "--csv", "--markdown", "--fields"};
	for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
		run_words(&result, home, "show", FIXTURE, formats[i]);
		run_expect_exit(&result, 0);
		run_expect_no_out(&result, "AA333E40");
		run_expect_out(&result, "masked");
		run_free(&result);
		run_words(&result, home, "show", FIXTURE, formats[i], "--reveal");
		run_expect_out(&result, "AA333E40");
		run_free(&result);
	}
}

static void test_show_formats(void **state)
{
	struct run_home *home = *state;
	struct run_result result;
	run_words(&result, home, "show", FIXTURE, "--csv", "word=57", "word=13-14");
	run_expect_exit(&result, 0);
	assert_string_equal(
		strtok(result.out, "\n"), "id,value,status,locks,name,kind,text,confirmed");
	assert_string_equal(strtok(NULL, "\n"),
		"13,0x00410032,0x40000000,permanent,UID[0],id,serial 004100323338511634383330,yes");
	assert_string_equal(strtok(NULL, "\n"),
		"14,0x33385116,0x40000000,permanent,UID[1],id,serial 004100323338511634383330,yes");
	assert_string_equal(strtok(NULL, "\n"),
		"57,0x42E18000,0x40000000,permanent,MAC[0],mac,MAC 00:80:e1:42:48:e4,yes");
	assert_null(strtok(NULL, "\n"));
	run_free(&result);
	run_words(&result, home, "show", FIXTURE, "--markdown", "word=57");
	run_expect_exit(&result, 0);
	run_expect_out(&result, "| 57 | 0x42E18000 | 0x40000000 | permanent | MAC\\[0\\] | mac |");
	run_free(&result);
	/* Word 16: 129675AA, package in bits 29:27 is 2 (TF-A stm32mp1_def.h: TFBGA361). */
	run_words(&result, home, "show", FIXTURE, "--fields", "word=16");
	run_expect_exit(&result, 0);
	run_expect_out(&result, "29:27");
	run_expect_out(&result, "TFBGA361");
	run_expect_no_out(&result, "\n  17  ");
	run_free(&result);
}

static void test_status(void **state)
{
	struct run_home *home = *state;
	struct run_result result;
	run_words(&result, home, "status", FIXTURE);
	run_expect_exit(&result, 0);
	run_expect_out(&result, "004100323338511634383330");
	run_expect_out(&result, "MB1272 variant 2.0 rev C BOM 1");
	run_expect_out(&result, "STM32MP157C");
	run_expect_out(&result, "secured-open");
	run_expect_out(&result, "00:80:e1:42:48:e4");
	/* Words 24 to 26 of 24 to 31 are set; 24 and 25 are locked. */
	run_expect_out(&result, "PKH: 3 of 8 words set, 2 of 8 words locked");
	run_expect_out(&result, "not whole");
	size_t lines = 0;
	for (const char *at = result.out; *at; at++)
		lines += *at == '\n';
	assert_in_range(lines, 8, 23);
	run_free(&result);
}

/* --- diff ---------------------------------------------------------------------------------------
 */

static void test_diff(void **state)
{
	struct run_home *home = *state;
	struct run_result result;
	run_words(&result, home, "diff", FIXTURE, FIXTURE);
	run_expect_exit(&result, 0);
	run_expect_out(&result, "no difference");
	run_free(&result);
	run_words(&result, home, "diff", FIXTURE, FIXTURE, "--json");
	run_expect_exit(&result, 0);
	json_t *root = json_loads(result.out, 0, NULL);
	assert_true(json_is_true(json_object_get(root, "equal")));
	assert_int_equal(json_array_size(json_object_get(root, "words")), 0);
	json_decref(root);
	run_free(&result);

	char bytes[1024];
	FILE *file = fopen(FIXTURE, "rb");
	assert_non_null(file);
	assert_int_equal(fread(bytes, 1, sizeof bytes, file), 776);
	fclose(file);
	bytes[8 + 8 * 70] = 0x11;     /* word 70: 00000011 */
	bytes[8 + 8 * 71 + 7] = 0x40; /* word 71: locked */
	bytes[8 + 8 * 18] = 0x00;     /* word 18: a shadow copy, which says nothing */
	run_write_file(home, "other.bin", bytes, 776);
	run_words(&result, home, "diff", FIXTURE, "other.bin");
	run_expect_exit(&result, 1);
	run_expect_out(&result, "word 70");
	run_expect_out(&result, "00000011");
	run_expect_out(&result, "word 71");
	run_expect_out(&result, "[30] permanent write lock");
	run_expect_out(&result, "2 words differ");
	run_free(&result);
	run_words(&result, home, "diff", FIXTURE, "other.bin", "--json");
	run_expect_exit(&result, 1);
	root = json_loads(result.out, 0, NULL);
	assert_true(json_is_false(json_object_get(root, "equal")));
	json_t *words = json_object_get(root, "words");
	assert_int_equal(json_array_size(words), 2);
	json_t *word = json_array_get(words, 0);
	assert_int_equal(json_integer_value(json_object_get(word, "id")), 70);
	assert_string_equal(text_of(json_object_get(word, "a"), "value"), "0x00000000");
	assert_string_equal(text_of(json_object_get(word, "b"), "value"), "0x00000011");
	json_decref(root);
	run_free(&result);
}

/* --- check --------------------------------------------------------------------------------------
 */

static void test_check_vendor_example(void **state)
{
	struct run_home *home = *state;
	struct run_result result;
	run_words(&result, home, "check", TEST_DATA "/vendor-write-example.bin");
	run_expect_exit(&result, 1);
	run_expect_out(&result, "word 10: status 0000C000 sets reserved bits 14 and 15");
	run_expect_out(&result, "word 10: the update request (bit 31) is missing");
	run_expect_out(&result, "word 9: NAND: writes value 01234567, then locks the word");
	run_expect_out(&result, "taken as a request");
	run_free(&result);
	run_words(&result, home, "check", TEST_DATA "/vendor-write-example.bin", "--json");
	run_expect_exit(&result, 1);
	json_t *root = json_loads(result.out, 0, NULL);
	assert_string_equal(text_of(root, "kind"), "request");
	assert_true(json_is_false(json_object_get(root, "ok")));
	json_t *first = json_array_get(json_object_get(root, "remarks"), 0);
	assert_string_equal(text_of(first, "severity"), "error");
	assert_string_equal(text_of(first, "rule"), "reserved-bits");
	assert_int_equal(json_integer_value(json_object_get(first, "word")), 10);
	text_of(first, "text");
	json_decref(root);
	run_free(&result);
	/* As an image it makes no sense either, and that is said. */
	run_words(&result, home, "check", TEST_DATA "/vendor-write-example.bin", "--as", "image");
	run_expect_exit(&result, 1);
	run_expect_out(&result, "is this a request?");
	run_free(&result);
	run_words(&result, home, "check", FIXTURE, "--as", "picture");
	run_expect_exit(&result, 2);
	run_expect_err(&result, "picture");
	run_free(&result);
}

static void test_check_others(void **state)
{
	struct run_home *home = *state;
	struct run_result result;
	run_words(&result, home, "check", FIXTURE);
	run_expect_exit(&result, 0);
	run_expect_out(&result, "taken as an image");
	run_free(&result);
	run_write_text(home, "good.plan", "write word=70 value=1\n");
	run_words(&result, home, "check", "good.plan", "--on", "demo");
	run_expect_exit(&result, 0);
	run_expect_out(&result, "taken as a plan");
	run_free(&result);
	run_write_text(home, "bad.plan", "# comment\nwrite word=59 value=0x12722303\n");
	run_words(&result, home, "check", "bad.plan", "--on", FIXTURE);
	run_expect_exit(&result, 1);
	run_expect_out(&result, "written-twice");
	run_free(&result);
	run_write_text(home, "words.plan", "write word=70 value=1\nburn it all\n");
	run_words(&result, home, "check", "words.plan");
	run_expect_exit(&result, 1);
	run_expect_out(&result, "line 2");
	run_free(&result);
	run_write_file(home, "random.bin", "\x02\0\0\0\x11", 5);
	run_words(&result, home, "check", "random.bin");
	run_expect_exit(&result, 6);
	run_expect_err(&result, "random.bin");
	run_free(&result);
}

/* A file's name is bytes: here none of UTF-8, and one that begins a terminal's control sequence. */
static void test_names_that_are_no_text(void **state)
{
	struct run_home *home = *state;
	struct run_result result;
	static const char *const names[] = {"raw\x9B"
					    "31m.bin",
		"c1\xC2\x9B"
		"31m.bin"};
	static const char *const commands[] = {"show", "status"};
	unsigned char image[776] = {2};
	for (size_t i = 0; i < 4; i++) {
		const char *name = names[i % 2], *command = commands[i / 2];
		run_write_file(home, name, image, sizeof image);
		run_words(&result, home, command, name, "--chip", "stm32mp15", "--json");
		run_expect_exit(&result, 0);
		json_t *root = json_loads(result.out, 0, NULL);
		assert_non_null(root);
		const char *source = json_string_value(json_object_get(root, "source"));
		assert_string_equal(source, i % 2 ? name : "raw?31m.bin");
		json_decref(root);
		run_free(&result);
		run_words(&result, home, command, name, "--chip", "stm32mp15");
		run_expect_exit(&result, 0);
		run_expect_out(&result, i % 2 ? "c1?31m.bin" : "raw?31m.bin");
		run_free(&result);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			test_show_agrees_with_the_display, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_show_json, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_show_masks_secrets, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_show_formats, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_status, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_diff, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_names_that_are_no_text, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_how_often_it_is_read, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_check_vendor_example, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_check_others, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
