/* What is left of earlier commits: what may be asked for again, and what must not be. */
#include "src/follow_up.h"

#include "src/plan_file.h"
#include "src/report_follow_up.h"
#include "src/session.h"
#include "src/word_status.h"
#include "tests/support/fixtures.h"
#include "tests/support/scratch.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BOARD "00410032-33385116-34383330"
#define VALUE UINT32_C(0x12345678)
#define ASKS  UINT32_C(0x80000000)

struct fixture {
	char folder[SCRATCH_MAX];
	struct session *session;
	struct device device; /* is only there */
	struct journal_intent intent;
	struct errbuf err;
};

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	assert_non_null(f);
	scratch_make(f->folder);
	f->session = calloc(1, sizeof *f->session);
	assert_non_null(f->session);
	struct session *session = f->session;
	session->device = &f->device;
	session->chip = fixture_chip();
	session->info.peer = PEER_UBOOT;
	session->info.source_class = SOURCE_SIMULATED;
	session->has_image = true;
	session->journal_usable = true;
	fixture_plain(&session->image);
	snprintf(session->board, sizeof session->board, BOARD);
	assert_int_equal(journal_open(&session->journal, f->folder, SOURCE_SIMULATED, &f->err), OK);
	snprintf(session->journal.twin, sizeof session->journal.twin, "demo");
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;
	chip_free(f->session->chip);
	free(f->session->recovered);
	free(f->session);
	scratch_remove(f->folder);
	free(f);
	return 0;
}

/* A new commit of two passes: word 70 gets a value, then its lock. */
static void begin(struct fixture *f)
{
	f->intent = (struct journal_intent){.board = BOARD,
		.port = "demo",
		.chip = "stm32mp15",
		.peer = "U-Boot stm32prog",
		.pass = PASS_VALUES,
		.pass_count = 2,
		.word_count = 1,
		.has_plan = true};
	f->intent.plan.word[70] =
		(struct edit){.sets_value = true, .value = VALUE, .locks = WORD_STATUS_PERMANENT};
	f->intent.words[0] = (struct journal_word){.word = 70,
		.request_value = VALUE,
		.request_status = ASKS,
		.after_value = VALUE,
		.before_known = true,
		.after_known = true};
	assert_int_equal(
		journal_write_intent(&f->session->journal, &f->intent, &f->session->image, &f->err),
		OK);
}

static void end_pass(struct fixture *f, enum word_verdict word, enum commit_verdict verdict,
	enum journal_end end)
{
	struct word_result result = {.word = f->intent.words[0].word,
		.verdict = word,
		.pass = f->intent.pass,
		.found = true};
	assert_int_equal(journal_write_outcome(&f->session->journal, &f->intent, verdict, end,
				 &result, 1, NULL, "commit", "", &f->err),
		OK);
}

static void begin_locks(struct fixture *f)
{
	f->intent.pass = PASS_LOCKS;
	f->intent.pass_index = 1;
	f->intent.words[0].before_value = VALUE;
	f->intent.words[0].request_value = 0;
	f->intent.words[0].request_status = ASKS | WORD_STATUS_PERMANENT;
	f->intent.words[0].after_status = WORD_STATUS_PERMANENT;
	assert_int_equal(
		journal_write_intent(&f->session->journal, &f->intent, &f->session->image, &f->err),
		OK);
}

static const struct follow_up *look(struct fixture *f)
{
	struct follow_up *out = &f->session->follow_up;
	assert_int_equal(follow_up_make(out, f->session, &f->err), OK);
	return out;
}

static void expect_step(const struct follow_up *out, unsigned word, enum follow_up_step step,
	enum word_verdict verdict)
{
	for (size_t i = 0; i < out->word_count; i++)
		if (out->words[i].word == word) {
			if (out->words[i].step != step)
				fail_msg("word %u: '%s' (%s)", word,
					follow_up_step_text(out->words[i].step),
					out->words[i].text);
			assert_string_equal(word_verdict_text(out->words[i].verdict),
				word_verdict_text(verdict));
			assert_int_equal(
				edit_is_empty(&out->edits.word[word]), step != FOLLOW_UP_AGAIN);
			return;
		}
	fail_msg("word %u is not told", word);
}

static void what_burnt_nothing_can_be_asked_for_again(void **state)
{
	struct fixture *f = *state;
	begin(f);
	end_pass(f, VERDICT_NOT_BURNT, COMMIT_REFUSED, JOURNAL_CLOSED);
	const struct follow_up *out = look(f);
	assert_true(out->found);
	expect_step(out, 70, FOLLOW_UP_AGAIN, VERDICT_NOT_BURNT);
	assert_true(edit_equal(&out->edits.word[70], &f->intent.plan.word[70]));
	assert_int_equal(out->words[0].before_value, 0);
	assert_int_equal(out->commit_count, 1);
	assert_false(out->commits[0].open);
}

static void without_a_power_cycle_words_of_an_unknown_end_wait(void **state)
{
	struct fixture *f = *state;
	begin(f);
	f->session->untouchable[70] = true;
	const struct follow_up *out = look(f);
	assert_true(out->found);
	expect_step(out, 70, FOLLOW_UP_WAIT, VERDICT_UNKNOWN);
	assert_true(out->commits[0].open);
	/* The journal says so, whatever else is known. */
	f->session->untouchable[70] = false;
	expect_step(look(f), 70, FOLLOW_UP_WAIT, VERDICT_UNKNOWN);
}

static void of_a_pass_never_begun_only_that_is_left(void **state)
{
	struct fixture *f = *state;
	begin(f);
	end_pass(f, VERDICT_AS_PLANNED, COMMIT_VERIFIED, JOURNAL_MORE_PASSES);
	f->session->image.value[70] = VALUE;
	const struct follow_up *out = look(f);
	expect_step(out, 70, FOLLOW_UP_AGAIN, VERDICT_NOT_REACHED);
	assert_false(out->edits.word[70].sets_value);
	assert_int_equal(out->edits.word[70].locks, WORD_STATUS_PERMANENT);
}

static void a_lock_that_may_be_there_is_not_asked_for_again(void **state)
{
	struct fixture *f = *state;
	begin(f);
	end_pass(f, VERDICT_AS_PLANNED, COMMIT_VERIFIED, JOURNAL_MORE_PASSES);
	begin_locks(f);
	end_pass(f, VERDICT_LOCK_UNPROVED, COMMIT_LOCKS_UNPROVED, JOURNAL_PENDING_LOCKS);
	f->session->image.value[70] = VALUE;
	expect_step(look(f), 70, FOLLOW_UP_WAIT, VERDICT_LOCK_UNPROVED);
	/* After the reset it is known. */
	end_pass(f, VERDICT_NOT_BURNT, COMMIT_REFUSED, JOURNAL_CLOSED);
	const struct follow_up *out = look(f);
	expect_step(out, 70, FOLLOW_UP_AGAIN, VERDICT_NOT_BURNT);
	assert_false(out->edits.word[70].sets_value);
	f->session->image.status[70] = WORD_STATUS_PERMANENT;
	assert_false(look(f)->found);
}

static void a_spoilt_word_is_left_alone(void **state)
{
	struct fixture *f = *state;
	begin(f);
	end_pass(f, VERDICT_INVALID, COMMIT_PARTIAL, JOURNAL_CLOSED);
	f->session->image.status[70] = WORD_STATUS_READ_ERROR;
	expect_step(look(f), 70, FOLLOW_UP_NEVER, VERDICT_INVALID);
}

static void a_half_burnt_word_is_neither_written_twice_nor_locked(void **state)
{
	struct fixture *f = *state;
	begin(f);
	end_pass(f, VERDICT_PARTLY_SET, COMMIT_PARTIAL, JOURNAL_CLOSED);
	f->session->image.value[70] = VALUE & 0xFFFF;
	expect_step(look(f), 70, FOLLOW_UP_NEVER, VERDICT_PARTLY_SET);
}

static void another_value_is_not_locked(void **state)
{
	struct fixture *f = *state;
	begin(f);
	end_pass(f, VERDICT_AS_PLANNED, COMMIT_VERIFIED, JOURNAL_MORE_PASSES);
	/* Now a commit of the lock alone, which never came about. */
	begin(f);
	f->intent.commit[0] = '\0';
	f->intent.plan.word[70].sets_value = false;
	begin_locks(f);
	end_pass(f, VERDICT_NOT_BURNT, COMMIT_REFUSED, JOURNAL_CLOSED);
	f->session->image.value[70] = VALUE;
	expect_step(look(f), 70, FOLLOW_UP_AGAIN, VERDICT_NOT_BURNT);
	f->session->image.value[70] = VALUE | 1;
	expect_step(look(f), 70, FOLLOW_UP_NEVER, VERDICT_NOT_BURNT);
}

static void what_was_verified_leaves_nothing(void **state)
{
	struct fixture *f = *state;
	assert_false(look(f)->found);
	begin(f);
	end_pass(f, VERDICT_AS_PLANNED, COMMIT_VERIFIED, JOURNAL_MORE_PASSES);
	begin_locks(f);
	end_pass(f, VERDICT_AS_PLANNED, COMMIT_VERIFIED, JOURNAL_CLOSED);
	f->session->image.value[70] = VALUE;
	f->session->image.status[70] = WORD_STATUS_PERMANENT;
	assert_false(look(f)->found);
	/* A simulated board that starts over is a new one. */
	f->session->image.value[70] = 0;
	assert_false(look(f)->found);
}

/* Nobody wants again what was given up long ago, but what was open until now is told. */
static void the_last_commit_counts_and_what_was_open_now(void **state)
{
	struct fixture *f = *state;
	begin(f);
	end_pass(f, VERDICT_NOT_BURNT, COMMIT_REFUSED, JOURNAL_CLOSED);
	struct journal_intent older = f->intent;
	begin(f);
	memset(&f->intent.plan, 0, sizeof f->intent.plan);
	f->intent.plan.word[71] = (struct edit){.sets_value = true, .value = 0x71};
	f->intent.commit[0] = '\0';
	f->intent.words[0].word = 71;
	f->intent.pass_count = 1;
	assert_int_equal(
		journal_write_intent(&f->session->journal, &f->intent, &f->session->image, &f->err),
		OK);
	end_pass(f, VERDICT_NOT_BURNT, COMMIT_REFUSED, JOURNAL_CLOSED);
	const struct follow_up *out = look(f);
	assert_int_equal(out->word_count, 1);
	expect_step(out, 71, FOLLOW_UP_AGAIN, VERDICT_NOT_BURNT);
	f->session->recovered = calloc(1, sizeof *f->session->recovered);
	assert_non_null(f->session->recovered);
	f->session->recovered_count = 1;
	f->session->recovered[0].intent = older;
	f->session->recovered[0].end = JOURNAL_CLOSED;
	f->session->recovered[0].result_count = 1;
	f->session->recovered[0].results[0] =
		(struct word_result){.word = 70, .verdict = VERDICT_NOT_BURNT};
	out = look(f);
	assert_int_equal(out->word_count, 2);
	expect_step(out, 70, FOLLOW_UP_AGAIN, VERDICT_NOT_BURNT);
	expect_step(out, 71, FOLLOW_UP_AGAIN, VERDICT_NOT_BURNT);
}

static void what_other_boards_have_left_is_theirs(void **state)
{
	struct fixture *f = *state;
	begin(f);
	end_pass(f, VERDICT_NOT_BURNT, COMMIT_REFUSED, JOURNAL_CLOSED);
	snprintf(f->session->board, sizeof f->session->board, "00410032-33385116-34383331");
	assert_false(look(f)->found);
	snprintf(f->session->board, sizeof f->session->board, BOARD);
	snprintf(f->session->journal.twin, sizeof f->session->journal.twin, "another");
	assert_false(look(f)->found);
	f->session->device = NULL;
	snprintf(f->session->journal.twin, sizeof f->session->journal.twin, "demo");
	assert_false(look(f)->found);
}

static void closing_is_not_taken_up_in_parts(void **state)
{
	struct fixture *f = *state;
	begin(f);
	f->intent.commit[0] = '\0';
	memset(&f->intent.plan, 0, sizeof f->intent.plan);
	f->intent.plan.word[0] = (struct edit){.sets_value = true, .closes = true, .value = 0x40};
	f->intent.words[0].word = 0;
	f->intent.pass = PASS_LIFECYCLE;
	f->intent.pass_count = 1;
	assert_int_equal(
		journal_write_intent(&f->session->journal, &f->intent, &f->session->image, &f->err),
		OK);
	end_pass(f, VERDICT_NOT_BURNT, COMMIT_REFUSED, JOURNAL_CLOSED);
	const struct follow_up *out = look(f);
	expect_step(out, 0, FOLLOW_UP_NEVER, VERDICT_NOT_BURNT);
	f->session->image.value[0] |= 0x40;
	assert_false(look(f)->found);
}

/* An entry of an early version says what each pass asked, and no more. */
static void without_a_plan_the_passes_count(void **state)
{
	struct fixture *f = *state;
	begin(f);
	f->intent.commit[0] = '\0';
	memset(&f->intent.plan, 0, sizeof f->intent.plan);
	assert_int_equal(
		journal_write_intent(&f->session->journal, &f->intent, &f->session->image, &f->err),
		OK);
	end_pass(f, VERDICT_NOT_BURNT, COMMIT_REFUSED, JOURNAL_CLOSED);
	const struct follow_up *out = look(f);
	expect_step(out, 70, FOLLOW_UP_AGAIN, VERDICT_NOT_BURNT);
	assert_int_equal(out->edits.word[70].value, VALUE);
	assert_int_equal(out->edits.word[70].locks, 0);
}

static void expect_line(const char *text, const char *line)
{
	if (!strstr(text, line))
		fail_msg("'%s' is not in\n%s", line, text);
}

static void it_is_told_word_by_word(void **state)
{
	struct fixture *f = *state;
	char *text;
	begin(f);
	end_pass(f, VERDICT_NOT_BURNT, COMMIT_REFUSED, JOURNAL_CLOSED);
	look(f);
	assert_int_equal(report_follow_up(&text, f->session, false, &f->err), OK);
	expect_line(text, "word 70  USER                     not burnt\n"
			  "   before   00000000  no lock\n"
			  "   asked    12345678  permanent\n"
			  "   now      00000000  no lock\n"
			  "   next     can be asked for again\n");
	expect_line(text, "\n1 word can be asked for again.\n");
	free(text);
	/* As it is saved, it is taken back. */
	assert_int_equal(plan_file_format(&text, &f->session->follow_up.edits, f->session->chip,
				 BOARD, NULL, &f->err),
		OK);
	expect_line(text, "write word=70 value=0x12345678 lock");
	free(text);
}

static void programs_are_told_the_same(void **state)
{
	struct fixture *f = *state;
	char *text;
	const char *verdict, *next;
	int id, closes;
	const char *before, *asked, *now, *lock;
	begin(f);
	end_pass(f, VERDICT_AS_PLANNED, COMMIT_VERIFIED, JOURNAL_MORE_PASSES);
	f->session->image.value[70] = VALUE;
	look(f);
	assert_int_equal(report_follow_up_json(&text, f->session, false, &f->err), OK);
	json_t *all = json_loads(text, 0, NULL);
	assert_int_equal(json_array_size(json_object_get(all, "commits")), 1);
	assert_int_equal(
		json_unpack(json_array_get(json_object_get(all, "words"), 0),
			"{s:i,s:{s:s},s:{s:s,s:[s],s:b},s:{s:s,s:[]},s:s,s:s}", "id", &id, "before",
			"value", &before, "asked", "value", &asked, "locks", &lock, "closes",
			&closes, "now", "value", &now, "locks", "verdict", &verdict, "next", &next),
		0);
	assert_int_equal(id, 70);
	assert_string_equal(before, "0x00000000");
	assert_string_equal(asked, "0x12345678");
	assert_string_equal(lock, "permanent");
	assert_false(closes);
	assert_string_equal(now, "0x12345678");
	assert_string_equal(verdict, "not reached");
	assert_string_equal(next, "again");
	json_decref(all);
	free(text);
}

static void secrets_are_masked(void **state)
{
	struct fixture *f = *state;
	char *text;
	begin(f);
	f->intent.commit[0] = '\0';
	f->intent.plan.word[60] = f->intent.plan.word[70];
	f->intent.plan.word[70] = (struct edit){0};
	f->intent.words[0].word = 60;
	assert_int_equal(
		journal_write_intent(&f->session->journal, &f->intent, &f->session->image, &f->err),
		OK);
	end_pass(f, VERDICT_NOT_BURNT, COMMIT_REFUSED, JOURNAL_CLOSED);
	look(f);
	assert_int_equal(report_follow_up(&text, f->session, false, &f->err), OK);
	expect_line(text, "   asked    masked    permanent\n");
	assert_null(strstr(text, "12345678"));
	free(text);
	assert_int_equal(report_follow_up_json(&text, f->session, false, &f->err), OK);
	assert_null(strstr(text, "12345678"));
	free(text);
	assert_int_equal(report_follow_up(&text, f->session, true, &f->err), OK);
	expect_line(text, "   asked    12345678  permanent\n");
	free(text);
}

int main(void)
{
#define test(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		test(what_burnt_nothing_can_be_asked_for_again),
		test(without_a_power_cycle_words_of_an_unknown_end_wait),
		test(of_a_pass_never_begun_only_that_is_left),
		test(a_lock_that_may_be_there_is_not_asked_for_again),
		test(a_spoilt_word_is_left_alone),
		test(a_half_burnt_word_is_neither_written_twice_nor_locked),
		test(another_value_is_not_locked),
		test(what_was_verified_leaves_nothing),
		test(the_last_commit_counts_and_what_was_open_now),
		test(what_other_boards_have_left_is_theirs),
		test(closing_is_not_taken_up_in_parts),
		test(without_a_plan_the_passes_count),
		test(it_is_told_word_by_word),
		test(programs_are_told_the_same),
		test(secrets_are_masked),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
