/* Texts pasted into a ticket, and values out of other tools' files, as a shell gives them. */
#include "tests/support/run_program.h"

#include "src/store.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BINARY TEST_DATA "/stm32mp157c-read.bin"

static int set_up(void **state)
{
	struct run_home *home = malloc(sizeof *home);
	uint8_t *text;
	size_t length;
	struct errbuf err = {0};
	assert_non_null(home);
	run_home_make(home);
	if (store_read(&text, &length, TEST_DATA "/stm32mp157c-display.txt", 65536, &err) != OK)
		fail_msg("%s", err.text);
	run_write_text(home, "ticket.txt", (const char *)text);
	/* The same without its first line, which tells the state, and without word 57. */
	char *rows = strchr((char *)text, '\n') + 1;
	run_write_text(home, "rows.txt", rows);
	char *row = strstr(rows, "57 0x");
	memset(row, '-', strcspn(row, "\n"));
	run_write_text(home, "cut.txt", rows);
	free(text);
	*state = home;
	return 0;
}

static int tear_down(void **state)
{
	run_home_remove(*state);
	free(*state);
	return 0;
}

static void a_ticket_shows_the_same_words(void **state)
{
	const struct run_home *home = *state;
	struct run_result pasted, binary;
	run_words(&pasted, home, "show", "ticket.txt", "word=7", "word=57-59");
	run_words(&binary, home, "show", BINARY, "word=7", "word=57-59");
	run_expect_exit(&pasted, 0);
	run_expect_out(&pasted, "DEADBEEF");
	run_expect_err(&pasted, "as a tool printed them: the structure's version is not told");
	/* Behind the first line, which names the file. */
	assert_string_equal(strchr(pasted.out, '\n'), strchr(binary.out, '\n'));
	run_free(&pasted);
	run_free(&binary);
	run_words(&pasted, home, "diff", "ticket.txt", BINARY);
	run_expect_exit(&pasted, 0);
	run_expect_out(&pasted, "no difference");
	run_free(&pasted);
}

static void what_a_text_does_not_tell_is_said(void **state)
{
	const struct run_home *home = *state;
	struct run_result result;
	run_words(&result, home, "status", "rows.txt");
	run_expect_exit(&result, 0);
	run_expect_out(&result, "displayed text");
	run_expect_out(&result, "unknown");
	run_expect_no_out(&result, "secured-open");
	run_expect_err(&result, "whether the device is closed is not told");
	run_free(&result);
	run_words(&result, home, "check", "ticket.txt");
	run_expect_exit(&result, 0);
	run_expect_out(&result, "as a tool printed them");
	run_free(&result);
}

static void a_cut_text_is_refused_by_word(void **state)
{
	const struct run_home *home = *state;
	static const char *const commands[] = {"show", "check", "status"};
	for (size_t i = 0; i < 3; i++) {
		struct run_result result;
		run_words(&result, home, commands[i], "cut.txt");
		assert_int_not_equal(result.exit_status, 0);
		run_expect_err(&result, "word 57 is missing in the text (1 of 96 words are)");
		run_free(&result);
	}
}

static void values_come_from_other_tools_files(void **state)
{
	const struct run_home *home = *state;
	struct run_result result;
	run_write_text(home, "serial.hex", ":04000000A1B2C3D412\n:00000001FF\n");
	run_write_text(home, "p.plan", "write word=70 value=hex:serial.hex\n");
	run_words(&result, home, "preview", "p.plan", "--on", "demo", "--reveal");
	run_expect_exit(&result, 0);
	run_expect_out(&result, "D4C3B2A1");
	run_free(&result);
	run_write_file(home, "h.bin", "0123456789abcdef0123456789abcdef", 32);
	run_write_text(home, "p.plan", "write word=25 value=keyhash:h.bin\n");
	run_words(&result, home, "preview", "p.plan", "--on", "demo");
	assert_int_not_equal(result.exit_status, 0);
	run_expect_err(&result, "keyhash: fills the eight words of a key hash");
	run_free(&result);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_ticket_shows_the_same_words, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			what_a_text_does_not_tell_is_said, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_cut_text_is_refused_by_word, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			values_come_from_other_tools_files, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
