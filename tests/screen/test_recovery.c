/* What earlier commits left, on the screen: told word by word, and staged by one key. */
#include "tests/support/drawn.h"

#include "src/word_status.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

/* Word 70 was not burnt, the lock of 71 may be there, 72 is spoilt. */
static struct follow_up *leave(struct drawn *f)
{
	struct follow_up *left = &f->app.session->follow_up;
	static const enum follow_up_step steps[] = {
		FOLLOW_UP_AGAIN, FOLLOW_UP_WAIT, FOLLOW_UP_NEVER};
	static const enum word_verdict verdicts[] = {
		VERDICT_NOT_BURNT, VERDICT_LOCK_UNPROVED, VERDICT_INVALID};
	*left = (struct follow_up){.found = true, .commit_count = 1, .word_count = 3};
	snprintf(left->commits[0].id, sizeof left->commits[0].id, "20261121T170825Z-102d1385");
	snprintf(left->commits[0].time, sizeof left->commits[0].time, "2026-11-21T17:08:25Z");
	for (unsigned i = 0; i < 3; i++)
		left->words[i] = (struct follow_up_word){.word = 70 + i,
			.asked = {.sets_value = true,
				.value = 0x12345678,
				.locks = WORD_STATUS_PERMANENT},
			.has_before = true,
			.has_now = true,
			.verdict = verdicts[i],
			.step = steps[i]};
	left->words[2].now_status = WORD_STATUS_READ_ERROR;
	left->edits.word[70] = left->words[0].asked;
	return left;
}

static void it_is_told_word_by_word(void **state)
{
	struct drawn *f = *state;
	leave(f);
	drawn_type(f, "i");
	drawn_expect("commit of 2026-11-21 17:08:25 UTC, 20261121T170825Z-102d1385");
	drawn_expect("1 word can be asked for again, 1 waits for a power cycle, 1 cannot be asked");
	drawn_expect("f stages what can be asked for again: nothing is burnt");
	drawn_expect("word 70   USER                  not burnt");
	drawn_expect("   before  00000000  locks: none");
	drawn_expect("   asked   12345678  locks: permanent write lock");
	drawn_expect("   now     00000000  locks: none");
	drawn_expect("   next    can be asked for again");
	drawn_press(f, KEY_END, 0);
	drawn_expect("lock unproved until reset");
	drawn_expect("   now               not valid, locks: none");
	drawn_expect("   next    not from here");
}

static void a_key_stages_what_can_be_asked_for_again(void **state)
{
	struct drawn *f = *state;
	struct errbuf err = {0};
	struct edit other = {.sets_value = true, .value = 5};
	leave(f);
	assert_int_equal(draft_set(f->app.draft, 80, &other, &err), OK);
	drawn_type(f, "if");
	drawn_expect("what is staged");
	drawn_expect("nothing is burnt yet");
	assert_int_equal(edits_count(draft_edits(f->app.draft)), 2);
	assert_int_equal(app_edit(&f->app, 70)->value, 0x12345678);
	assert_int_equal(app_edit(&f->app, 70)->locks, WORD_STATUS_PERMANENT);
	assert_false(f->app.session->arming.armed);
	/* One step, which can be taken back. */
	drawn_type(f, "u");
	assert_int_equal(edits_count(draft_edits(f->app.draft)), 1);
	assert_true(edit_equal(app_edit(&f->app, 80), &other));
}

/* A crash leaves what was staged as well: the same is not asked about twice, something else is. */
static void what_was_kept_is_asked_about_where_it_is_more(void **state)
{
	struct drawn *f = *state;
	struct follow_up *left = leave(f);
	f->app.kept.word[70] = left->edits.word[70];
	drawn_type(f, "if");
	assert_int_equal(f->app.view, VIEW_STAGED);
	assert_int_equal(edits_count(&f->app.kept), 0);
	drawn_press(f, 0, 27);
	f->app.kept.word[80] = (struct edit){.sets_value = true, .value = 5};
	drawn_type(f, "if");
	assert_int_equal(f->app.view, VIEW_KEPT);
	assert_int_equal(edits_count(&f->app.kept), 1);
}

static void nothing_is_staged_that_the_rules_refuse_now(void **state)
{
	struct drawn *f = *state;
	leave(f);
	f->app.session->image.value[70] = 1; /* read since */
	drawn_type(f, "if");
	drawn_expect("not staged: word 70");
	assert_int_equal(edits_count(draft_edits(f->app.draft)), 0);
}

static void where_nothing_can_be_asked_again_it_says_so(void **state)
{
	struct drawn *f = *state;
	struct follow_up *left = leave(f);
	left->edits = (struct edits){0};
	left->words[0].step = FOLLOW_UP_WAIT;
	drawn_type(f, "i");
	drawn_expect_not("f stages what can be asked");
	drawn_type(f, "f");
	drawn_expect("nothing can be asked for again from here");
	drawn_press(f, 0, 27);
	*left = (struct follow_up){0};
	drawn_type(f, "i");
	drawn_expect("earlier runs left nothing to say");
}

static void secrets_are_masked(void **state)
{
	struct drawn *f = *state;
	struct follow_up *left = leave(f);
	left->words[0].word = 60;
	left->words[0].now_value = 0x12345678;
	left->word_count = 1;
	drawn_type(f, "i");
	drawn_expect("   asked   masked    locks: permanent write lock");
	drawn_expect("   now     masked    locks: none");
	drawn_expect_not("12345678");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, drawn_set_up, drawn_tear_down)
	const struct CMUnitTest tests[] = {TEST(it_is_told_word_by_word),
		TEST(a_key_stages_what_can_be_asked_for_again),
		TEST(what_was_kept_is_asked_about_where_it_is_more),
		TEST(nothing_is_staged_that_the_rules_refuse_now),
		TEST(where_nothing_can_be_asked_again_it_says_so), TEST(secrets_are_masked)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
