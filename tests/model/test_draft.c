/* Staged edits, taken back and repeated. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "src/draft.h"
#include "src/word_status.h"

#include <string.h>

static const struct edit empty;
static const struct edit value_five = {.sets_value = true, .value = 5};
static const struct edit value_six = {.sets_value = true, .value = 6};
static const struct edit locked = {.locks = WORD_STATUS_PERMANENT};

static struct draft *draft;
static struct errbuf err;

static int set_up(void **state)
{
	(void)state;
	errbuf_clear(&err);
	draft = draft_new();
	return draft ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	draft_free(draft);
	return 0;
}

static void set(unsigned word, const struct edit *edit)
{
	assert_int_equal(draft_set(draft, word, edit, &err), OK);
}

static const struct edit *at(unsigned word)
{
	return &draft_edits(draft)->word[word];
}

static void test_starts_empty(void **state)
{
	(void)state;
	assert_int_equal(edits_count(draft_edits(draft)), 0);
	assert_false(draft_undo(draft));
	assert_false(draft_redo(draft));
}

static void test_each_word_is_a_step(void **state)
{
	(void)state;
	set(70, &value_five);
	set(71, &locked);
	set(70, &value_six);
	assert_int_equal(edits_count(draft_edits(draft)), 2);
	assert_int_equal(at(70)->value, 6);
	assert_true(draft_undo(draft));
	assert_int_equal(at(70)->value, 5);
	assert_true(draft_undo(draft));
	assert_true(edit_is_empty(at(71)));
	assert_true(draft_undo(draft));
	assert_int_equal(edits_count(draft_edits(draft)), 0);
	assert_false(draft_undo(draft));
	assert_true(draft_redo(draft));
	assert_int_equal(at(70)->value, 5);
	assert_true(draft_redo(draft));
	assert_int_equal(at(71)->locks, WORD_STATUS_PERMANENT);
	assert_true(draft_redo(draft));
	assert_int_equal(at(70)->value, 6);
	assert_false(draft_redo(draft));
}

static void test_a_new_edit_ends_redo(void **state)
{
	(void)state;
	set(70, &value_five);
	set(71, &value_five);
	assert_true(draft_undo(draft));
	set(72, &value_five);
	assert_false(draft_redo(draft));
	assert_true(edit_is_empty(at(71)));
	assert_true(draft_undo(draft));
	assert_true(edit_is_empty(at(72)));
	assert_int_equal(at(70)->value, 5);
}

/* Typing what is there already is no step: an undo must not seem to do nothing. */
static void test_no_change_is_no_step(void **state)
{
	(void)state;
	set(70, &value_five);
	set(70, &value_five);
	set(71, &empty);
	assert_true(draft_undo(draft));
	assert_int_equal(edits_count(draft_edits(draft)), 0);
	assert_false(draft_undo(draft));
}

static void test_begin_and_end_make_one_step(void **state)
{
	(void)state;
	set(60, &locked);
	draft_begin(draft);
	set(70, &value_five);
	draft_begin(draft);
	set(71, &value_five);
	draft_end(draft);
	set(70, &value_six);
	draft_end(draft);
	set(61, &locked);
	assert_true(draft_undo(draft));
	assert_int_equal(edits_count(draft_edits(draft)), 3);
	assert_true(draft_undo(draft));
	assert_int_equal(edits_count(draft_edits(draft)), 1);
	assert_int_equal(at(60)->locks, WORD_STATUS_PERMANENT);
	assert_true(draft_redo(draft));
	assert_int_equal(at(70)->value, 6);
	assert_int_equal(at(71)->value, 5);
}

static void test_taking_back_counts(void **state)
{
	(void)state;
	set(70, &value_five);
	set(70, &empty);
	assert_int_equal(edits_count(draft_edits(draft)), 0);
	assert_true(draft_undo(draft));
	assert_int_equal(at(70)->value, 5);
}

static void test_replace_is_one_step(void **state)
{
	(void)state;
	set(70, &value_five);
	set(71, &value_five);
	struct edits other = {0};
	other.word[71] = value_six;
	other.word[IMAGE_MAX_WORDS - 1] = locked;
	assert_int_equal(draft_replace(draft, &other, &err), OK);
	assert_memory_equal(draft_edits(draft), &other, sizeof other);
	assert_true(draft_undo(draft));
	assert_int_equal(edits_count(draft_edits(draft)), 2);
	assert_int_equal(at(71)->value, 5);
	assert_true(edit_is_empty(at(IMAGE_MAX_WORDS - 1)));
}

/* A step that asks to close differs from one that writes the same bits. */
static void test_closing_is_an_edit_of_its_own(void **state)
{
	(void)state;
	struct edit plain = {.sets_value = true, .value = 0x40};
	struct edit closes = {.sets_value = true, .value = 0x40, .closes = true};
	set(0, &plain);
	set(0, &closes);
	assert_true(at(0)->closes);
	assert_true(draft_undo(draft));
	assert_false(at(0)->closes);
}

/* Many steps, walked to both ends, against a plain list of what was there. */
static void test_long_history(void **state)
{
	(void)state;
	enum { STEPS = 1000 };
	uint32_t seed = 7;
	static struct edits history[STEPS + 1];
	for (unsigned i = 1; i <= STEPS; i++) {
		seed = seed * 1664525 + 1013904223;
		unsigned word = seed >> 16 & 63;
		struct edit edit = {.sets_value = true, .value = i};
		set(word, &edit);
		history[i] = history[i - 1];
		history[i].word[word] = edit;
	}
	for (unsigned i = STEPS; i > 0; i--) {
		assert_memory_equal(draft_edits(draft), &history[i], sizeof history[i]);
		assert_true(draft_undo(draft));
	}
	assert_false(draft_undo(draft));
	for (unsigned i = 1; i <= STEPS; i++) {
		assert_true(draft_redo(draft));
		assert_memory_equal(draft_edits(draft), &history[i], sizeof history[i]);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_starts_empty),
		TEST(test_each_word_is_a_step),
		TEST(test_a_new_edit_ends_redo),
		TEST(test_no_change_is_no_step),
		TEST(test_begin_and_end_make_one_step),
		TEST(test_taking_back_counts),
		TEST(test_replace_is_one_step),
		TEST(test_closing_is_an_edit_of_its_own),
		TEST(test_long_history),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
