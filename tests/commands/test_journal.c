/* The journal from the shell: one commit as a page for a notebook, and as records. */
#include "tests/support/run_program.h"

#include <jansson.h>

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define JOURNAL "state/otpedit/simulated/journal.jsonl"

static int set_up(void **state)
{
	struct run_home *home = calloc(1, sizeof *home);
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

/* Burns word 70 of the built-in board and locks it: two passes, s1 and s2. */
static void burn(struct run_home *home)
{
	struct run_result result;
	char fingerprint[17] = "";
	run_words(&result, home, "write", "demo", "word=70", "value=0x12345678", "lock");
	run_expect_exit(&result, 4);
	const char *at = strstr(result.err, "--confirm ");
	assert_non_null(at);
	snprintf(fingerprint, sizeof fingerprint, "%.16s", at + strlen("--confirm "));
	run_free(&result);
	run_words(&result, home, "write", "demo", "word=70", "value=0x12345678", "lock",
		"--confirm", fingerprint);
	run_expect_exit(&result, 0);
	run_free(&result);
}

static void one_commit_is_exported_with_all_its_passes(void **state)
{
	struct run_home *home = *state;
	struct run_result result;
	burn(home);
	/* Whichever of its passes is named. */
	static const char *const names[] = {"s1", "s2"};
	for (size_t i = 0; i < 2; i++) {
		run_words(&result, home, "journal", "export", names[i]);
		run_expect_exit(&result, 0);
		run_expect_out(&result, "# Rehearsal of an OTP commit, on a simulated board: "
					"00410032-33385116-34383330\n");
		run_expect_out(&result, "- **Result:** VERIFIED");
		run_expect_out(&result, "- **Confirmed:** fingerprint ");
		run_expect_out(&result, "- **Burnt with:** otpedit " OTPEDIT_VERSION "\n");
		run_expect_out(&result, "## Pass 1 of 2: values");
		run_expect_out(&result, "## Pass 2 of 2: locks");
		run_expect_no_out(&result, "not recorded");
		run_free(&result);
	}
	run_words(&result, home, "journal", "export", "s2", "--json");
	run_expect_exit(&result, 0);
	json_t *records = json_loads(result.out, 0, NULL);
	assert_int_equal(json_array_size(records), 4);
	char id[64];
	snprintf(id, sizeof id, "%s",
		json_string_value(json_object_get(json_array_get(records, 2), "id")));
	json_decref(records);
	run_free(&result);
	run_words(&result, home, "journal", "show", id);
	run_expect_exit(&result, 0);
	run_expect_out(&result, "s2   ");
	run_expect_out(&result, "       predicted  12345678, permanent\n");
	run_expect_no_out(&result, "s1   ");
	run_free(&result);
}

static void an_export_goes_into_a_new_file_only(void **state)
{
	struct run_home *home = *state;
	struct run_result result;
	size_t length;
	burn(home);
	run_words(&result, home, "journal", "export", "s1", "-o", "page.md");
	run_expect_exit(&result, 0);
	run_expect_out(&result, "saved 'page.md'");
	run_free(&result);
	char *page = run_read_file(&length, home, "page.md");
	assert_non_null(strstr(page, "- **Result:** VERIFIED"));
	free(page);
	run_words(&result, home, "journal", "export", "s1", "-o", "page.md");
	run_expect_exit(&result, 6);
	run_free(&result);
}

static void what_cannot_be_meant_is_said(void **state)
{
	static const struct {
		const char *words[4], *says;
	} cases[] = {
		{{"export", NULL}, "'journal export' needs an entry"},
		{{"export", "s1", "s2", NULL}, "'s2' is one word too many for 'journal export'"},
		{{"export", "7", NULL}, "the journal has no entry '7'"},
		{{"export", "s1", "--csv", NULL}, "'journal show --csv' gives a table"},
		{{"list", "-o", "x", NULL}, "only 'journal export' saves to a file"},
	};
	struct run_home *home = *state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct run_result result;
		const char *words[6] = {"journal"};
		memcpy(words + 1, cases[i].words, sizeof cases[i].words);
		run_program(&result, home, OTPEDIT_PROGRAM, NULL, words);
		run_expect_exit(&result, 2);
		run_expect_err(&result, cases[i].says);
		run_free(&result);
	}
}

static void nothing_is_left_of_what_was_proved(void **state)
{
	struct run_home *home = *state;
	struct run_result result;
	burn(home);
	run_words(&result, home, "recover", "demo");
	run_expect_exit(&result, 0);
	run_expect_out(&result, "nothing is left of an earlier commit");
	run_free(&result);
	run_write_text(home, "there.plan", "");
	run_words(&result, home, "recover", "demo", "-o", "there.plan");
	run_expect_exit(&result, 6);
	run_free(&result);
}

/* As if the program had died before it could tell how the last pass ended. */
static void an_unfinished_commit_is_told_word_by_word(void **state)
{
	struct run_home *home = *state;
	struct run_result result;
	size_t length;
	burn(home);
	char *journal = run_read_file(&length, home, JOURNAL);
	journal[length - 1] = '\0';
	*(strrchr(journal, '\n') + 1) = '\0';
	run_write_text(home, JOURNAL, journal);
	free(journal);
	run_words(&result, home, "recover", "demo");
	run_expect_exit(&result, 0);
	run_expect_out(&result, "\nword 70  USER                     as planned\n"
				"   before   00000000  no lock\n"
				"   asked    12345678  permanent\n"
				"   now      12345678  permanent\n"
				"   next     done\n");
	run_expect_err(&result, "1 word is as it was asked for: 'otpedit recover'");
	run_free(&result);
	/* It is settled by now. */
	run_words(&result, home, "recover", "demo", "--json");
	run_expect_exit(&result, 0);
	json_t *all = json_loads(result.out, 0, NULL);
	assert_int_equal(json_array_size(json_object_get(all, "words")), 0);
	json_decref(all);
	run_free(&result);
}

int main(void)
{
#define test(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		test(one_commit_is_exported_with_all_its_passes),
		test(an_export_goes_into_a_new_file_only),
		test(what_cannot_be_meant_is_said),
		test(nothing_is_left_of_what_was_proved),
		test(an_unfinished_commit_is_told_word_by_word),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
