/* One commit as a page for a lab notebook: what has to be on it, and what must not. */
#include "src/report_commit.h"

#include "src/journal_json.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_ID  "20261121T170825Z-102d1385"
#define SECOND_ID "20261121T170826Z-3d8a2bac"

struct fixture {
	struct journal_entry entries[2];
	struct report_commit_pass passes[2];
	struct report_commit commit;
	char *text;
};

/* Word 70 gets a value, then its lock: on a board with U-Boot, proved at once. */
static void fill_pass(struct fixture *f, unsigned index)
{
	struct journal_entry *entry = &f->entries[index];
	struct journal_intent *intent = &entry->intent;
	*intent = (struct journal_intent){.id = FIRST_ID,
		.time = "2026-11-21T17:08:25Z",
		.board = "00410032-33385116-34383330",
		.source = "dfu:path=1-5.4",
		.port = "usb 1-5.4",
		.serial = "003300253338511634383330",
		.chip = "stm32mp15",
		.peer = "U-Boot stm32prog",
		.fingerprint = "993ef8fb26952366",
		.pass = index == 0 ? PASS_VALUES : PASS_LOCKS,
		.pass_index = index,
		.pass_count = 2,
		.word_count = 1,
		.before_file = "boards/d2/before.bin",
		.commit = FIRST_ID,
		.tool = "otpedit 9.8.7",
		.user = "ana",
		.host = "bench7",
		.link = "usb 1-5.4",
		.danger = "irreversible",
		.confirmed = "typed 'burn 70 on 3330'",
		.has_plan = true};
	intent->plan.word[70] = (struct edit){
		.sets_value = true, .value = 0x12345678, .locks = UINT32_C(0x40000000)};
	struct journal_word *word = &intent->words[0];
	*word = (struct journal_word){.word = 70, .before_known = true, .after_known = true};
	struct word_result *result = &entry->results[0];
	*result = (struct word_result){.word = 70, .pass = intent->pass, .found = true};
	if (index == 0) {
		word->request_value = 0x12345678;
		word->request_status = UINT32_C(0x80000000);
	} else {
		memcpy(intent->id, SECOND_ID, sizeof SECOND_ID);
		word->before_value = 0x12345678;
		word->request_status = UINT32_C(0xC0000000);
		word->after_status = UINT32_C(0x40000000);
		result->found_status = UINT32_C(0x40000000);
	}
	word->after_value = result->found_value = 0x12345678;
	entry->end = JOURNAL_CLOSED;
	entry->has_verdict = true;
	entry->result_count = 1;
	snprintf(entry->ended, sizeof entry->ended, "2026-11-21T17:08:3%uZ", index);
	snprintf(entry->how, sizeof entry->how, "commit");
}

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	assert_non_null(f);
	for (unsigned i = 0; i < 2; i++) {
		fill_pass(f, i);
		f->passes[i].entry = &f->entries[i];
		snprintf(f->passes[i].name, sizeof f->passes[i].name, "%u", i + 3);
	}
	f->commit = (struct report_commit){
		.source_class = SOURCE_REAL, .count = 2, .passes = f->passes};
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;
	free(f->text);
	free(f);
	return 0;
}

static void make(struct fixture *f)
{
	struct errbuf err = {0};
	free(f->text);
	f->text = NULL;
	assert_int_equal(report_commit(&f->text, &f->commit, &err), OK);
}

static void expect(const struct fixture *f, const char *line)
{
	if (!strstr(f->text, line))
		fail_msg("'%s' is not in\n%s", line, f->text);
}

static void expect_not(const struct fixture *f, const char *text)
{
	if (strstr(f->text, text))
		fail_msg("'%s' is in\n%s", text, f->text);
}

static void a_notebook_gets_all_of_it(void **state)
{
	struct fixture *f = *state;
	make(f);
	expect(f, "# OTP commit on 00410032-33385116-34383330\n");
	expect(f, "- **Result:** VERIFIED: ");
	expect(f, "- **When:** 2026-11-21 17:08:25 UTC to 2026-11-21 17:08:31 UTC\n");
	expect(f, "- **Who and where:** ana on bench7\n");
	expect(f, "- **Serial number:** 003300253338511634383330\n");
	expect(f, "- **Chip:** stm32mp15 (STM32MP15x)\n");
	expect(f, "- **Link:** usb 1-5.4, port usb 1-5.4\n");
	expect(f, "- **Service on the board:** U-Boot stm32prog\n");
	expect(f, "- **Confirmed:** typed 'burn 70 on 3330'\n");
	expect(f, "- **Journal:** 3 (" FIRST_ID "), 4 (" SECOND_ID ")\n");
	expect(f, "- **Burnt with:** otpedit 9.8.7\n");
	expect(f, "| 70 | USER | 0x12345678 | permanent |\n");
	expect(f, "## Pass 1 of 2: values\n");
	expect(f, "| 70 | USER | 0x00000000, no lock | 0x12345678, no lock | 0x12345678, no lock "
		  "| 0x12345678, no lock | as planned |\n");
	expect(f, "## Pass 2 of 2: locks\n");
	expect(f, "| 70 | USER | 0x12345678, no lock | 0x00000000, permanent "
		  "| 0x12345678, permanent | 0x12345678, permanent | as planned |\n");
	expect_not(f, "imulated");
}

static void a_simulated_board_is_never_taken_for_a_real_one(void **state)
{
	struct fixture *f = *state;
	f->commit.source_class = SOURCE_SIMULATED;
	make(f);
	expect(f, "# Rehearsal of an OTP commit, on a simulated board: ");
	expect(f, "No fuse of a real board was burnt by this");
}

static void what_is_secret_is_masked_everywhere(void **state)
{
	struct fixture *f = *state;
	/* Word 40 is one of the chip maker's secrets; the lock pass names its value as well. */
	for (size_t i = 0; i < 2; i++) {
		struct journal_intent *intent = &f->entries[i].intent;
		intent->words[0].word = f->entries[i].results[0].word = 40;
		intent->plan.word[40] = intent->plan.word[70];
		intent->plan.word[70] = (struct edit){0};
	}
	make(f);
	expect_not(f, "12345678");
	expect(f, "| masked, permanent |");
	expect(f, "Values of secret words are masked.");
	f->commit.reveal = true;
	make(f);
	expect(f, "0x12345678");
}

static void of_a_chip_that_is_not_known_all_is_masked(void **state)
{
	struct fixture *f = *state;
	for (size_t i = 0; i < 2; i++)
		snprintf(f->entries[i].intent.chip, sizeof f->entries[i].intent.chip, "stm32mp99");
	make(f);
	expect_not(f, "12345678");
}

static void markup_and_controls_in_texts_say_what_they_say(void **state)
{
	struct fixture *f = *state;
	snprintf(f->entries[0].intent.host, sizeof f->entries[0].intent.host,
		"a|b\n# VERIFIED \033[2J");
	snprintf(f->entries[0].note, sizeof f->entries[0].note, "<b>\n| 71 | fine |");
	make(f);
	expect_not(f, "\n# VERIFIED");
	expect_not(f, "\n| 71 | fine |");
	expect_not(f, "\033");
}

static void how_it_ended_is_the_end_of_its_worst_pass(void **state)
{
	struct fixture *f = *state;
	f->entries[1].end = JOURNAL_PENDING_LOCKS;
	f->entries[1].verdict = COMMIT_LOCKS_UNPROVED;
	make(f);
	expect(f, "- **Result:** LOCKS UNPROVED: ");
	expect(f, "- **Still open:** waits for the reset\n");
	f->entries[1].end = JOURNAL_NO_OUTCOME;
	f->entries[1].has_verdict = false;
	f->entries[1].result_count = 0;
	f->entries[1].ended[0] = '\0';
	make(f);
	expect(f, "- **Result:** NO KNOWN END: ");
	expect(f, "17:08:25 UTC to no known end\n");
	expect(f, "| not read | unknown |\n");
	f->commit.count = 1;
	f->entries[0].end = JOURNAL_MORE_PASSES;
	make(f);
	expect(f, "- **Result:** PARTIAL: ");
	expect(f, "\nThe remaining 1 of 2 passes were never begun.\n");
	f->entries[0].verdict = COMMIT_REFUSED;
	make(f);
	expect(f, "- **Result:** REFUSED: ");
}

static void a_word_that_nobody_asked_for_is_told(void **state)
{
	struct fixture *f = *state;
	f->entries[0].result_count = 2;
	f->entries[0].results[1] = (struct word_result){.word = 71,
		.verdict = VERDICT_UNKNOWN,
		.found = true,
		.found_value = 0x00000BAD,
		.text = "changed"};
	make(f);
	expect(f, "\nWord 71 was not asked for: before 0x00000000, no lock; "
		  "found 0x00000BAD, no lock: unknown. changed\n");
}

/* What the page is made of outlives the program: written, and read back by another run. */
static void the_journal_keeps_what_the_page_says(void **state)
{
	struct fixture *f = *state;
	static struct journal_intent read;
	json_t *record = journal_intent_to_json(&f->entries[0].intent, SOURCE_REAL);
	assert_non_null(record);
	assert_true(journal_intent_from_json(&read, record));
	assert_string_equal(read.user, "ana");
	assert_string_equal(read.host, "bench7");
	assert_string_equal(read.tool, "otpedit 9.8.7");
	assert_string_equal(read.link, "usb 1-5.4");
	assert_string_equal(read.danger, "irreversible");
	assert_string_equal(read.confirmed, "typed 'burn 70 on 3330'");
	assert_string_equal(read.commit, FIRST_ID);
	assert_true(read.has_plan);
	assert_int_equal(edits_count(&read.plan), 1);
	assert_true(edit_equal(&read.plan.word[70], &f->entries[0].intent.plan.word[70]));
	/* A plan that makes no sense takes nothing of the intent away. */
	json_t *edit = json_array_get(json_object_get(record, "plan"), 0);
	json_object_set_new(edit, "id", json_integer(4711));
	assert_true(journal_intent_from_json(&read, record));
	assert_false(read.has_plan);
	assert_int_equal(read.words[0].word, 70);
	json_object_del(record, "plan");
	json_object_del(record, "user");
	assert_true(journal_intent_from_json(&read, record));
	assert_false(read.has_plan);
	assert_string_equal(read.user, "");
	json_decref(record);
}

int main(void)
{
#define test(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		test(a_notebook_gets_all_of_it),
		test(a_simulated_board_is_never_taken_for_a_real_one),
		test(what_is_secret_is_masked_everywhere),
		test(of_a_chip_that_is_not_known_all_is_masked),
		test(markup_and_controls_in_texts_say_what_they_say),
		test(how_it_ended_is_the_end_of_its_worst_pass),
		test(a_word_that_nobody_asked_for_is_told),
		test(the_journal_keeps_what_the_page_says),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
