/* A disk that takes no more, by a limit on file sizes: the same failing write as on a full one. */
#include "tests/support/run_program.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static struct run_home home;

static int set_up(void **state)
{
	(void)state;
	run_home_make(&home);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	run_home_remove(&home);
	return 0;
}

/* Runs the program with files limited to so many blocks of 512 bytes. */
static void run_limited(struct run_result *result, const char *blocks, const char *command)
{
	char script[1024];
	snprintf(script, sizeof script, "ulimit -f %s; exec '%s' %s", blocks, OTPEDIT_PROGRAM,
		command);
	run_program(result, &home, "/bin/sh", NULL, (const char *const[]){"-c", script, NULL});
}

static void saving_an_image_leaves_nothing_behind(void **state)
{
	(void)state;
	struct run_result result;
	struct stat about;
	run_limited(&result, "1", "read " TEST_DATA "/stm32mp157c-read.bin -o saved.bin");
	run_expect_exit(&result, 6);
	run_free(&result);
	assert_int_not_equal(stat(run_path(&home, "saved.bin"), &about), 0);
	run_program(&result, &home, "/bin/sh", NULL,
		(const char *const[]){"-c", "ls -A | grep saved", NULL});
	assert_string_equal(result.out, "");
	run_free(&result);
}

/* What the outcome will need is put aside before the burn, so that a burn is never left
 * unexplained. */
static void nothing_burns_where_the_outcome_could_not_be_written(void **state)
{
	(void)state;
	struct run_result result;
	run_words(&result, &home, "write", "demo", "word=70", "value=0x12345678");
	run_expect_exit(&result, 4);
	const char *option = strstr(result.err, "--confirm ");
	assert_non_null(option);
	char command[256];
	snprintf(command, sizeof command, "write demo word=70 value=0x12345678 %.26s", option);
	run_free(&result);
	run_limited(&result, "100", command);
	run_expect_exit(&result, 6);
	run_free(&result);
	run_words(&result, &home, "show", "demo", "word=70");
	run_expect_exit(&result, 0);
	run_expect_out(&result, "70  00000000");
	run_free(&result);
	/* With room again, the same confirmation does it. */
	run_limited(&result, "unlimited", command);
	run_expect_exit(&result, 0);
	run_free(&result);
}

static size_t line_length(const char *text, unsigned line)
{
	while (line-- > 0)
		text = strchr(text, '\n') + 1;
	return strcspn(text, "\n") + 1;
}

#define JOURNAL "state/otpedit/simulated/journal.jsonl"

/*
 * What was put aside is gone all the same, as on a disk that somebody else filled meanwhile: the
 * journal takes the intent and not the outcome behind it.
 */
static void a_burn_without_its_outcome_in_the_journal_is_no_success(void **state)
{
	enum { BLOCKS = 1024, BLOCK = 512 };
	(void)state;
	struct run_result result;
	char command[256], blocks[16];
	size_t length;
	run_words(&result, &home, "write", "demo", "word=70", "value=0x12345678");
	const char *option = strstr(result.err, "--confirm ");
	assert_non_null(option);
	snprintf(command, sizeof command, "write demo word=70 value=0x12345678 %.26s", option);
	run_free(&result);
	/* How long the lines will be: as they are without a limit. */
	run_limited(&result, "unlimited", command);
	run_expect_exit(&result, 0);
	run_free(&result);
	char *journal = run_read_file(&length, &home, JOURNAL);
	size_t intent = line_length(journal, 0), outcome = line_length(journal, 1);
	assert_int_equal(intent + outcome, length);
	free(journal);
	run_program(&result, &home, "/bin/sh", NULL,
		(const char *const[]){"-c", "rm -r state/otpedit", NULL});
	run_free(&result);

	run_words(&result, &home, "show", "demo", "word=70");
	run_expect_out(&result, "70  00000000");
	run_free(&result);
	/* Empty lines say nothing. */
	length = (size_t)BLOCKS * BLOCK - intent - outcome / 2;
	char *lines = malloc(length);
	assert_non_null(lines);
	memset(lines, '\n', length);
	run_write_file(&home, JOURNAL, lines, length);
	free(lines);
	snprintf(blocks, sizeof blocks, "%d", BLOCKS);
	run_limited(&result, blocks, command);
	run_expect_exit(&result, 5);
	run_expect_out(&result, "as planned");
	run_expect_err(&result, "as planned");
	run_expect_err(&result, "the journal could not be written");
	run_free(&result);
	/* The next start has the intent, and room to say what came of it. */
	run_words(&result, &home, "show", "demo", "word=70");
	run_expect_exit(&result, 0);
	run_expect_out(&result, "70  12345678");
	run_expect_err(&result, "word 70");
	run_free(&result);
	run_words(&result, &home, "journal", "list");
	run_expect_out(&result, "VERIFIED");
	run_free(&result);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			saving_an_image_leaves_nothing_behind, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			nothing_burns_where_the_outcome_could_not_be_written, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_burn_without_its_outcome_in_the_journal_is_no_success, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
