/*
 * A state folder in trouble: in the way, damaged, or left by a killed program. A command that burns
 * says that nothing was burnt, the journal never says so where it cannot know, and nothing that
 * nobody needs stays behind.
 */
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
#include <unistd.h>

#define STATE   "state/otpedit"
#define DEMO    STATE "/simulated/boards/demo"
#define JOURNAL STATE "/simulated/journal.jsonl"

/* A commit of word 70 on the demo board; the %s are its id and its time. */
#define INTENT                                                                                     \
	"{\"type\":\"intent\",\"id\":\"%s\",\"time\":\"%s\",\"class\":\"simulated\","              \
	"\"board\":\"00410032-33385116-34383330\",\"source\":\"demo\",\"port\":\"demo\","          \
	"\"serial\":\"004100323338511634383330\",\"chip\":\"stm32mp15\",\"peer\":\"U-Boot\","      \
	"\"fingerprint\":\"03e2426bc37ac083\",\"pass\":\"values\",\"pass_index\":0,"               \
	"\"pass_count\":1,\"before_file\":\"boards/x/before.bin\",\"words\":[{\"id\":70,"          \
	"\"before\":{\"value\":\"0x00000000\",\"status\":\"0x00000000\",\"known\":true},"          \
	"\"request\":{\"value\":\"0x00000001\",\"status\":\"0x80000000\",\"known\":true},"         \
	"\"after\":{\"value\":\"0x00000001\",\"status\":\"0x00000000\",\"known\":true}}]}\n"

static int set_up(void **state)
{
	struct run_home *home = malloc(sizeof *home);
	assert_non_null(home);
	run_home_make(home);
	run_write_text(home, "p.plan", "write word=70 value=1\n");
	*state = home;
	return 0;
}

static int tear_down(void **state)
{
	run_home_remove(*state);
	free(*state);
	return 0;
}

static void show_demo(struct run_result *result, const struct run_home *home)
{
	run_words(result, home, "show", "demo", "word=70");
	run_expect_exit(result, 0);
}

static void preview(char fingerprint[17], const struct run_home *home)
{
	struct run_result result;
	run_words(&result, home, "preview", "p.plan", "--on", "demo");
	run_expect_exit(&result, 0);
	const char *at = strstr(result.out, "Fingerprint ");
	assert_non_null(at);
	assert_int_equal(sscanf(at, "Fingerprint %16[0-9a-f]", fingerprint), 1);
	run_free(&result);
}

static void expect_unburnt(
	const struct run_home *home, int exit_status, const char *part, const char *const words[])
{
	struct run_result result;
	run_program(&result, home, OTPEDIT_PROGRAM, NULL, words);
	run_expect_exit(&result, exit_status);
	run_expect_err(&result, part);
	run_expect_err(&result, "nothing was burnt\n");
	assert_int_equal(run_error_lines(&result), 1);
	run_free(&result);
}

#define unburnt(home, exit_status, part, ...)                                                      \
	expect_unburnt((home), (exit_status), (part), (const char *const[]){__VA_ARGS__, NULL})

static void failures_of_burning_commands_say_that_nothing_was_burnt(void **state)
{
	struct run_home *home = *state;
	run_write_text(home, "state", "in the way");
	unburnt(home, 6, "XDG_STATE_HOME", "lock", "demo", "word=70");
	unburnt(home, 6, "cannot create the folder", "apply", "p.plan", "--on", "demo");
	unburnt(home, 6, "cannot create the folder", "write", "demo", "word=70", "value=1");
	unburnt(home, 6, "cannot create the folder", "close", "demo");
	assert_int_equal(unlink(run_path(home, "state")), 0);
	unburnt(home, 6, "no.plan", "apply", "no.plan", "--on", "demo");
	unburnt(home, 2, "there is no word 96", "lock", "demo", "word=96");
	unburnt(home, 2, "bytes:1", "fwrite", "demo", "word=70", "bytes:1");
}

/* The intent cannot be written, so the space kept back for its end is given back. */
static void a_refused_intent_leaves_no_space_kept_back(void **state)
{
	struct run_home *home = *state;
	struct run_result result;
	char fingerprint[17];
	preview(fingerprint, home);
	run_write_text(home, "mine", "");
	assert_int_equal(symlink(run_path(home, "mine"), run_path(home, JOURNAL)), 0);
	run_words(&result, home, "apply", "p.plan", "--on", "demo", "--confirm", fingerprint);
	run_expect_exit(&result, 6);
	run_expect_err(&result, "nothing was burnt\n");
	run_free(&result);
	static const char *const find[] = {
		"-c", "find state -name '*.reserve'; cat mine; cat " DEMO "/fuses", NULL};
	run_program(&result, home, "/bin/sh", NULL, find);
	run_expect_no_out(&result, ".reserve");
	run_expect_no_out(&result, "intent");
	run_expect_out(&result, "word 70 00000000 --");
	run_free(&result);
}

/* What a program killed in the middle of saving left is cleared away by the next. */
static void what_a_killed_program_left_is_cleared_away(void **state)
{
	struct run_home *home = *state;
	struct run_result result;
	show_demo(&result, home);
	run_free(&result);
	run_write_text(home, DEMO "/fuses.new-aB3xYz", "half");
	run_write_text(home, DEMO "/mine.txt", "kept");
	static const char *const plant[] = {"-c",
		"for folder in " STATE
		"/simulated/boards/*; do echo x >$folder/last.bin.new-123456;"
		" echo x >$folder/20260101T000000Z-00000000.reserve; done",
		NULL};
	run_program(&result, home, "/bin/sh", NULL, plant);
	run_expect_exit(&result, 0);
	run_free(&result);
	show_demo(&result, home);
	run_free(&result);
	static const char *const find[] = {"-c", "find state -type f", NULL};
	run_program(&result, home, "/bin/sh", NULL, find);
	run_expect_no_out(&result, ".new-");
	run_expect_no_out(&result, ".reserve");
	run_expect_out(&result, "mine.txt");
	run_expect_out(&result, "last.bin");
	run_free(&result);
}

static void a_journal_that_cannot_be_read_is_not_called_empty(void **state)
{
	struct run_home *home = *state;
	struct run_result result;
	show_demo(&result, home);
	run_free(&result);
	run_write_text(home, JOURNAL, "{\"type\":\"intent\",\"id\":\"2026");
	run_words(&result, home, "journal", "list");
	run_expect_exit(&result, 0);
	run_expect_out(&result, "Simulated boards: no entry can be read");
	run_expect_err(&result, "1 line of the journal");
	run_free(&result);
	run_words(&result, home, "journal", "list", "--json");
	run_expect_exit(&result, 0);
	run_expect_out(&result, "[]");
	run_expect_err(&result, "1 line of the journal");
	run_free(&result);
}

static void the_journal_sends_no_escape_sequences_to_a_terminal(void **state)
{
	struct run_home *home = *state;
	struct run_result result;
	char text[2048];
	show_demo(&result, home);
	run_free(&result);
	snprintf(text, sizeof text, INTENT, "20260101T000000Z-00000000", "\\u001b[2J2026");
	run_write_text(home, JOURNAL, text);
	run_words(&result, home, "journal", "list");
	run_expect_exit(&result, 0);
	run_expect_out(&result, "?[2J2026  00410032-33385116-34383330");
	run_free(&result);
}

/* Word 40 of the demo board holds AA333E40, a secret of the chip's maker. */
static void what_became_of_a_secret_is_told_without_it(void **state)
{
	struct run_home *home = *state;
	struct run_result result;
	char text[2048];
	show_demo(&result, home);
	run_free(&result);
	snprintf(text, sizeof text, INTENT, "20260101T000000Z-00000000", "2026-01-01T00:00:00Z");
	char *word = strstr(text, "\"id\":70");
	assert_non_null(word);
	memcpy(word, "\"id\":40", 7);
	run_write_text(home, JOURNAL, text);
	show_demo(&result, home);
	run_expect_err(&result, "word 40: ");
	run_expect_err(&result, "holds a secret, status 58000000");
	assert_null(strstr(result.err, "AA333E40"));
	run_free(&result);
}

/* An id becomes part of file names: one that leads elsewhere is no entry of ours. */
static void ids_that_lead_elsewhere_are_not_followed(void **state)
{
	struct run_home *home = *state;
	struct run_result result;
	char text[2048];
	show_demo(&result, home);
	run_free(&result);
	snprintf(text, sizeof text, INTENT, "../../../../stray", "2026-01-01T00:00:00Z");
	run_write_text(home, JOURNAL, text);
	show_demo(&result, home);
	run_expect_err(&result, "1 line of the journal");
	run_free(&result);
	assert_int_not_equal(access(run_path(home, "stray-after.bin"), F_OK), 0);
	static const char *const find[] = {"-c", "find . -name '*stray*'", NULL};
	run_program(&result, home, "/bin/sh", NULL, find);
	assert_string_equal(result.out, "");
	run_free(&result);
	snprintf(text, sizeof text, INTENT, "20260101T000000Z-00000000", "2026-01-01T00:00:00Z");
	run_write_text(home, JOURNAL, text);
	show_demo(&result, home);
	run_expect_err(&result, "a commit without a known end of 2026-01-01T00:00:00Z");
	run_expect_err(&result, "word 70: not burnt");
	run_free(&result);
}

int main(void)
{
#define test(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		test(failures_of_burning_commands_say_that_nothing_was_burnt),
		test(a_refused_intent_leaves_no_space_kept_back),
		test(what_became_of_a_secret_is_told_without_it),
		test(what_a_killed_program_left_is_cleared_away),
		test(a_journal_that_cannot_be_read_is_not_called_empty),
		test(the_journal_sends_no_escape_sequences_to_a_terminal),
		test(ids_that_lead_elsewhere_are_not_followed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
