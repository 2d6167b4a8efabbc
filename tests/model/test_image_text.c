/*
 * Images out of pasted texts. The display and the binary of the fixtures are of the same board; the
 * dumps are written here line by line from bytes known by hand, in the layouts that hexdump(1),
 * xxd(1) and od(1) document.
 */
#include "src/image_text.h"
#include "src/partition.h"
#include "src/store.h"
#include "src/word_status.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_MAX (128 * 1024)

static char text[TEXT_MAX];
static uint8_t binary[776];
static struct image board; /* of the binary */
static char *display;

static int load(void **state)
{
	(void)state;
	uint8_t *bytes;
	size_t length;
	struct errbuf err = {0};
	if (store_read(&bytes, &length, TEST_DATA "/stm32mp157c-read.bin", 4096, &err) != OK)
		fail_msg("%s", err.text);
	assert_int_equal(length, sizeof binary);
	memcpy(binary, bytes, sizeof binary);
	free(bytes);
	assert_int_equal(partition_parse(&board, binary, sizeof binary, &err), OK);
	if (store_read(&bytes, &length, TEST_DATA "/stm32mp157c-display.txt", 16384, &err) != OK)
		fail_msg("%s", err.text);
	display = (char *)bytes;
	return 0;
}

static int unload(void **state)
{
	(void)state;
	free(display);
	return 0;
}

static void add(const char *format, ...) __attribute__((format(printf, 1, 2)));

static void add(const char *format, ...)
{
	size_t used = strlen(text);
	va_list arguments;
	va_start(arguments, format);
	int wrote = vsnprintf(text + used, sizeof text - used, format, arguments);
	va_end(arguments);
	assert_true(wrote >= 0 && (size_t)wrote < sizeof text - used);
}

static enum status parse(struct image *image, struct image_origin *origin, struct errbuf *err)
{
	return image_text_parse(image, origin, (const uint8_t *)text, strlen(text), false, err);
}

static struct image taken(struct image_origin *origin)
{
	struct image image;
	struct errbuf err = {0};
	assert_true(image_text_claims((const uint8_t *)text, strlen(text)));
	if (parse(&image, origin, &err) != OK)
		fail_msg("%s", err.text);
	return image;
}

static void same_as_board(void)
{
	struct image_origin origin;
	struct image image = taken(&origin);
	assert_true(image_equal(&image, &board));
}

static void refused(const char *part)
{
	struct image image = {.version = 77};
	struct image_origin origin;
	struct errbuf err = {0};
	assert_int_equal(parse(&image, &origin, &err), ERR_FORMAT);
	if (!strstr(err.text, part))
		fail_msg("'%s' is not in '%s'", part, err.text);
	assert_int_equal(image.version, 77);
}

/* --- displays --- */

static void the_display_is_the_binary_word_by_word(void **state)
{
	(void)state;
	struct image_origin origin;
	snprintf(text, sizeof text, "%s", display);
	struct image image = taken(&origin);
	assert_int_equal(image.word_count, 96);
	for (unsigned word = 0; word < 96; word++) {
		assert_int_equal(image.value[word], board.value[word]);
		assert_int_equal(image.status[word], board.status[word]);
	}
	assert_int_equal(image.state, 0);
	assert_int_equal(image.version, 2);
	assert_string_equal(origin.kind, "displayed text");
	assert_non_null(strstr(origin.remark, "version is not told"));
	assert_null(strstr(origin.remark, "closed is not told"));
}

/* As the vendor's tool lays its table out, with what surrounds it in a terminal's log. */
static void table(unsigned count)
{
	add("\x1b[32;1mOTP Partition read successfully\x1b[0m\r\n\r\n");
	add("   Word  |   Value      | Status\r\n-----------------------\r\n");
	for (unsigned word = 0; word < count; word++) {
		add("\x1b[0m   %03u   |   0x%08X | 0x%08X\x1b[K\r\n", word, word * 0x01010101u,
			word == 5 ? 0x40000000u : 0);
		if (word == 5)
			add("         |_[30] Permanent write lock\r\n");
	}
	add("$ \r\n");
}

static void tables_with_noise_around_them_are_taken(void **state)
{
	(void)state;
	static const unsigned counts[] = {96, 368, 384};
	for (size_t i = 0; i < 3; i++) {
		struct image_origin origin;
		strcpy(text, "$ STM32_Programmer_CLI -c port=usb1 -otp displ\r\n"
			     "Size : 1024 Bytes\r\nDevice ID : 0x0500\r\n");
		table(counts[i]);
		struct image image = taken(&origin);
		assert_int_equal(image.word_count, counts[i]);
		assert_int_equal(image.version, counts[i] == 384 ? 3 : 2);
		assert_int_equal(image.state, GLOBAL_STATE_UNTOLD);
		assert_int_equal(image.value[95], 0x5F5F5F5F);
		assert_int_equal(image.status[5], 0x40000000);
		assert_int_equal(image.status[6], 0);
		assert_non_null(strstr(origin.remark, "whether the device is closed is not told"));
	}
}

static void a_display_may_say_state_and_version(void **state)
{
	(void)state;
	struct image_origin origin;
	strcpy(text, "OTP version: 2\nState : Secure Closed\n");
	table(96);
	struct image image = taken(&origin);
	assert_int_equal(image.state, 1);
	assert_int_equal(image.version, 2);
	assert_null(strstr(origin.remark, "version is not told"));
	strcpy(text, "State : Secure Closed\nstate: secured-open\n");
	table(96);
	refused("two different things of the state, in line 1 and in line 2");
	/* Versions of other things are not the structure's. */
	strcpy(text, "STM32CubeProgrammer version: 3.2\nversion: 3\n");
	table(96);
	assert_int_equal(taken(&origin).version, 2);
	strcpy(text, "OTP version: 3\n");
	table(96);
	refused("version 3");
	strcpy(text, "OTP structure version: 1\n");
	table(96);
	refused("version 1 is not taken from a text");
}

static void missing_words_are_named(void **state)
{
	(void)state;
	snprintf(text, sizeof text, "%s", display);
	char *row = strstr(text, "\n57 ");
	assert_non_null(row);
	memmove(row, strchr(row + 1, '\n'), strlen(strchr(row + 1, '\n')) + 1);
	refused("word 57 is missing in the text (1 of 96 words are)");
	text[0] = '\0';
	table(95);
	refused("word 95 is missing");
	text[0] = '\0';
	table(97);
	refused("word 97 is missing in the text (271 of 368");
	text[0] = '\0';
	table(376);
	refused("word 376 is missing in the text (8 of 384");
}

static void two_values_for_one_word_are_an_error(void **state)
{
	(void)state;
	snprintf(text, sizeof text, "%s", display);
	add("%s", display);
	same_as_board(); /* twice the same is no harm */
	snprintf(text, sizeof text, "%s60 0x00000001 0x00000000\n", display);
	refused("word 60 is there twice and not the same, in line 62 and in line 98");
	snprintf(text, sizeof text, "%s60 0x00000000 0x40000000\n", display);
	refused("word 60 is there twice");
}

static void rows_that_are_not_whole_are_errors(void **state)
{
	(void)state;
	static const struct {
		const char *row, *part;
	} bad[] = {
		{"60 0x0000000 0x00000000", "line 98 is not a whole row"},
		{"60 0x000000000 0x00000000", "line 98 is not a whole row"},
		{"60 0x00000000 0x0000000", "line 98 is not a whole row"},
		{"60 0x00000000 0x0000000G", "line 98 is not a whole row"},
		{"60 0x00000000 0x000000000", "line 98 is not a whole row"},
		{"384 0x00000000 0x00000000", "word 0 to 383"},
		{"99999999999 0x00000000 0x00000000", "word 0 to 383"},
		{"[12:00:01] 60 0x00000000 0x00000000", "line 98 looks like a word's row"},
		{"> 60 | 0x00000000 | 0x00000000", "line 98 looks like a word's row"},
		{"0x3C 0x00000000 0x00000000", "line 98 looks like a word's row"},
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		snprintf(text, sizeof text, "%s%s\n", display, bad[i].row);
		refused(bad[i].part);
	}
	/* A write command's own table has no status: it is not a row. */
	snprintf(text, sizeof text, "Word | Value\n 79 | 0x12345678\nLock | NO\n%s", display);
	same_as_board();
}

static void text_of_powershell_is_taken(void **state)
{
	(void)state;
	size_t length = strlen(display);
	uint8_t *wide = malloc(2 * length + 2);
	assert_non_null(wide);
	wide[0] = 0xFF;
	wide[1] = 0xFE;
	for (size_t i = 0; i < length; i++) {
		wide[2 * i + 2] = (uint8_t)display[i];
		wide[2 * i + 3] = 0;
	}
	struct image image;
	struct image_origin origin;
	struct errbuf err = {0};
	if (image_from_bytes(&image, &origin, wide, 2 * length + 2, false, &err) != OK)
		fail_msg("%s", err.text);
	assert_true(image_equal(&image, &board));
	free(wide);
}

/* --- hex dumps --- */

/* Rows of 16 bytes as a tool prints them: 'C' hexdump -C, 'h' hexdump, 'x' xxd, 'e' xxd -e,
 * 'o' od -tx1, 'w' od -Ad -tx4. Ends with the length where the tool does. */
static void dump(char tool, const uint8_t *bytes, size_t length)
{
	for (size_t at = 0; at < length; at += 16) {
		unsigned offset = (unsigned)at;
		size_t count = length - at < 16 ? length - at : 16;
		add(tool == 'C'       ? "%08x "
			: tool == 'x' ? "%08x:"
			: tool == 'e' ? "%08x:"
			: tool == 'o' ? "%07o"
			: tool == 'w' ? "%07u"
				      : "%07x",
			offset);
		for (size_t i = 0; i < count; i++) {
			const uint8_t *b = bytes + at + i;
			if (tool == 'C')
				add(i == 8 ? "  %02x" : " %02x", *b);
			else if (tool == 'o')
				add(" %02x", *b);
			else if (tool == 'x')
				add(i % 2 ? "%02x" : " %02x", *b);
			else if (tool == 'h' && i % 2 == 0)
				add(" %02x%02x", b[1], b[0]);
			else if (tool != 'h' && i % 4 == 0)
				add(" %02x%02x%02x%02x", b[3], b[2], b[1], b[0]);
		}
		add(tool == 'C'                      ? "  |0123 56 89abcdef|\n"
			: tool == 'x' || tool == 'e' ? "  ab12 34cd 5678\n"
						     : "\n");
	}
	unsigned end = (unsigned)length;
	if (tool == 'C')
		add("%08x\n", end);
	else if (tool == 'o')
		add("%07o\n", end);
	else if (tool == 'h')
		add("%07x\n", end);
	else if (tool == 'w')
		add("%07u\n", end);
}

static void dumps_of_every_tool_are_taken(void **state)
{
	(void)state;
	for (const char *tool = "Chxeow"; *tool; tool++) {
		struct image_origin origin;
		strcpy(text, "root@stm32mp1:~# hexdump -C otp.bin\r\n");
		dump(*tool, binary, sizeof binary);
		add("root@stm32mp1:~#\n");
		struct image image = taken(&origin);
		if (!image_equal(&image, &board))
			fail_msg("of tool '%c'", *tool);
		assert_string_equal(origin.kind, "hex dump");
	}
}

static void a_star_repeats_the_row_before_it(void **state)
{
	(void)state;
	/* Version 2, open; words 0 and 1 alike, then zeros but for the last word's status. */
	strcpy(text, "00000000  02 00 00 00 00 00 00 00  17 00 00 00 00 00 00 40  |....|\n"
		     "00000010  00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00  |....|\n"
		     "*\n"
		     "00000300  00 00 00 00 ef be ad de                           |....|\n"
		     "00000308\n");
	struct image_origin origin;
	struct image image = taken(&origin);
	assert_int_equal(image.word_count, 96);
	assert_int_equal(image.value[0], 0x17);
	assert_int_equal(image.status[0], 0x40000000);
	for (unsigned word = 1; word < 95; word++)
		assert_int_equal(image.value[word] | image.status[word], 0);
	assert_int_equal(image.value[95], 0);
	assert_int_equal(image.status[95], 0xDEADBEEF);
	/* od -x: offsets in octal, groups of two bytes. */
	strcpy(text, "0000000 0002 0000 0000 0000 0017 0000 0000 4000\n"
		     "0000020 0000 0000 0000 0000 0000 0000 0000 0000\n"
		     "*\n"
		     "0001400 0000 0000 beef dead\n"
		     "0001410\n");
	image = taken(&origin);
	assert_int_equal(image.word_count, 96);
	assert_int_equal(image.status[95], 0xDEADBEEF);
}

static void broken_dumps_are_refused(void **state)
{
	(void)state;
	text[0] = '\0';
	dump('C', binary, sizeof binary);
	char *row = strstr(text, "00000100 ");
	assert_non_null(row);
	memmove(row, strchr(row, '\n') + 1, strlen(strchr(row, '\n') + 1) + 1);
	refused("after 256 bytes it has offset '00000110'");
	text[0] = '\0';
	dump('C', binary, sizeof binary);
	dump('C', binary, sizeof binary);
	refused("line 51 does not follow");
	strcpy(text, "");
	dump('C', binary, 768); /* cut at a row, yet with its end */
	refused("768 bytes");
	text[0] = '\0';
	dump('C', binary, sizeof binary);
	*strstr(text, "00000300 ") = '\0';
	refused("last line, its length alone, is missing");
	strcpy(text, "*\n00000000  02 00 00 00 00 00 00 00  17 00 00 00 00 00 00 40\n*\n");
	refused("is missing");
	strcpy(text, "00000000  02 00 00 00 00 00 00 00  17 00 00 00 00 00 00 40\n*\n"
		     "ffffffffffffffff\n");
	refused("does not follow");
	strcpy(text, "00000010  02 00 00 00 00 00 00 00  17 00 00 00 00 00 00 40\n");
	refused("begins at 0");
	snprintf(text, sizeof text, "%s", display);
	dump('C', binary, sizeof binary);
	refused("leave one of them");
}

static void other_texts_hold_no_words(void **state)
{
	(void)state;
	static const char *const others[] = {"", "hello\n", "write word=70 value=0x12345678 lock\n",
		"# 60 0x00000000\n", "cafe\n", "00000000\n*\n"};
	for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
		strcpy(text, others[i]);
		assert_false(image_text_claims((const uint8_t *)text, strlen(text)));
		refused("holds no OTP words");
	}
	assert_false(image_text_claims(binary, sizeof binary));
}

static void bytes_are_still_a_partition(void **state)
{
	(void)state;
	struct image image;
	struct image_origin origin;
	struct errbuf err = {0};
	assert_int_equal(image_from_bytes(&image, &origin, binary, sizeof binary, false, &err), OK);
	assert_true(image_equal(&image, &board));
	assert_null(origin.kind);
	assert_string_equal(origin.remark, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_display_is_the_binary_word_by_word),
		cmocka_unit_test(tables_with_noise_around_them_are_taken),
		cmocka_unit_test(a_display_may_say_state_and_version),
		cmocka_unit_test(missing_words_are_named),
		cmocka_unit_test(two_values_for_one_word_are_an_error),
		cmocka_unit_test(rows_that_are_not_whole_are_errors),
		cmocka_unit_test(text_of_powershell_is_taken),
		cmocka_unit_test(dumps_of_every_tool_are_taken),
		cmocka_unit_test(a_star_repeats_the_row_before_it),
		cmocka_unit_test(broken_dumps_are_refused),
		cmocka_unit_test(other_texts_hold_no_words),
		cmocka_unit_test(bytes_are_still_a_partition),
	};
	return cmocka_run_group_tests(tests, load, unload);
}
