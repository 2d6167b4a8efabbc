/* The ceremony: which keys count when, by danger class, and that nothing else confirms. */
#include "tests/support/fixtures.h"
#include "ui/screen/confirm_dialog.h"

#include "src/word_status.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#define BOARD "00410032-33385116-34383330"

struct fixture {
	struct chip *chip;
	struct image image;
	struct edits edits;
	struct plan *plan;
	struct arming arming;
	struct confirm_dialog dialog;
	struct confirmation confirmation;
	struct errbuf err;
	long long now;
};

static int set_up(void **state)
{
	static struct fixture f;
	f = (struct fixture){.chip = fixture_chip(), .now = 1000};
	fixture_plain(&f.image);
	f.arming = (struct arming){.armed = true, .board = BOARD};
	*state = &f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;
	confirm_dialog_close(&f->dialog);
	plan_free(f->plan);
	chip_free(f->chip);
	return 0;
}

static void opens(struct fixture *f, unsigned columns, unsigned rows)
{
	f->plan = fixture_plan(&f->edits, &f->image, f->chip);
	confirm_dialog_open(&f->dialog, f->plan);
	confirm_dialog_layout(&f->dialog, columns, rows);
}

static void write_and_lock_70(struct fixture *f)
{
	f->edits.word[70] = (struct edit){
		.sets_value = true, .value = 0x12345678, .locks = WORD_STATUS_PERMANENT};
}

static void types(struct fixture *f, const char *text)
{
	for (; *text; text++)
		confirm_dialog_character(&f->dialog, (unsigned char)*text, f->now += 100);
}

static bool enters(struct fixture *f)
{
	errbuf_clear(&f->err);
	f->confirmation = (struct confirmation){0};
	enum status status = confirm_dialog_enter(
		&f->confirmation, &f->dialog, &f->arming, f->now += 100, &f->err);
	assert_int_equal(status == OK, confirmation_holds(&f->confirmation, f->plan));
	return status == OK;
}

/* The text of the footer, lines joined by '|'. */
static const char *footer(struct fixture *f)
{
	static char out[1024];
	struct page page;
	int cursor;
	page_init(&page, f->dialog.columns);
	confirm_dialog_footer(&page, &cursor, &f->dialog);
	assert_int_equal(page.line_count, CONFIRM_FOOTER_ROWS);
	out[0] = '\0';
	for (size_t i = 0; i < page.line_count; i++) {
		char line[256];
		page_line_text(line, sizeof line, &page, i);
		strcat(strcat(out, line), "|");
	}
	page_free(&page);
	return out;
}

static void test_the_phrase_confirms(void **state)
{
	struct fixture *f = *state;
	write_and_lock_70(f);
	opens(f, 78, 20);
	assert_int_equal(confirm_dialog_stage(&f->dialog), CONFIRM_TYPE);
	assert_string_equal(f->dialog.wanted, "burn 70 on 3330");
	assert_false(enters(f));
	types(f, "burn 70 on 333");
	assert_false(enters(f));
	types(f, "0");
	assert_int_equal(confirm_dialog_stage(&f->dialog), CONFIRM_READY);
	assert_non_null(strstr(footer(f), "Enter burns now"));
	assert_true(enters(f));
	assert_true(f->confirmation.typed);
	assert_string_equal(f->confirmation.fingerprint, f->plan->fingerprint);
	/* The phrase is gone with it: a second Enter confirms nothing. */
	assert_false(enters(f));
}

static void test_a_wrong_phrase_does_not(void **state)
{
	struct fixture *f = *state;
	write_and_lock_70(f);
	opens(f, 78, 20);
	types(f, "burn 71 on 3330");
	assert_false(enters(f));
	assert_non_null(strstr(footer(f), "That is not the phrase"));
	assert_non_null(strstr(footer(f), "> burn 71 on 3330|"));
}

static void test_unarmed_does_not(void **state)
{
	struct fixture *f = *state;
	write_and_lock_70(f);
	opens(f, 78, 20);
	arming_disarm(&f->arming);
	types(f, "burn 70 on 3330");
	assert_false(enters(f));
}

static void test_pasted_does_not(void **state)
{
	struct fixture *f = *state;
	write_and_lock_70(f);
	opens(f, 78, 20);
	confirm_dialog_paste(&f->dialog, true, f->now += 500);
	types(f, "burn 70 on 3330");
	confirm_dialog_paste(&f->dialog, false, f->now += 1);
	assert_false(enters(f));
	assert_non_null(strstr(footer(f), "Pasted text is not taken"));
	for (const char *c = "burn 70 on 3330"; *c; c++) /* as one burst, without markers */
		confirm_dialog_character(&f->dialog, (unsigned char)*c, f->now);
	assert_false(enters(f));
	types(f, "burn 70 on 3330");
	assert_true(enters(f));
}

static void test_a_new_size_clears_the_phrase(void **state)
{
	struct fixture *f = *state;
	write_and_lock_70(f);
	opens(f, 78, 20);
	types(f, "burn 70 on 3330");
	confirm_dialog_layout(&f->dialog, 78, 20); /* the same size: nothing happens */
	assert_int_equal(confirm_dialog_stage(&f->dialog), CONFIRM_READY);
	confirm_dialog_layout(&f->dialog, 79, 20);
	assert_int_equal(confirm_dialog_stage(&f->dialog), CONFIRM_TYPE);
	assert_false(enters(f));
}

static void test_too_small_takes_no_keys(void **state)
{
	struct fixture *f = *state;
	write_and_lock_70(f);
	opens(f, 78, 7);
	assert_int_equal(confirm_dialog_stage(&f->dialog), CONFIRM_TOO_SMALL);
	types(f, "burn 70 on 3330");
	assert_false(enters(f));
	confirm_dialog_layout(&f->dialog, 30, 20);
	assert_int_equal(confirm_dialog_stage(&f->dialog), CONFIRM_TOO_SMALL);
	types(f, "burn 70 on 3330");
	assert_false(enters(f));
	confirm_dialog_layout(&f->dialog, 78, 20);
	assert_string_equal(f->dialog.phrase.text, "");
	types(f, "burn 70 on 3330");
	assert_true(enters(f));
}

static void test_unseen_lines_take_no_keys(void **state)
{
	struct fixture *f = *state;
	for (unsigned word = 64; word < 80; word++)
		f->edits.word[word] = (struct edit){.sets_value = true, .value = word};
	opens(f, 78, 12);
	assert_int_equal(confirm_dialog_stage(&f->dialog), CONFIRM_UNSEEN);
	types(f, "burn 64-79 on 3330");
	assert_string_equal(f->dialog.phrase.text, "");
	assert_false(enters(f));
	size_t lines = f->dialog.page.line_count;
	assert_true(lines > 8);
	for (size_t seen = 8; seen < lines; seen++) {
		assert_int_equal(confirm_dialog_stage(&f->dialog), CONFIRM_UNSEEN);
		confirm_dialog_scroll(&f->dialog, 1);
	}
	assert_int_equal(confirm_dialog_stage(&f->dialog), CONFIRM_TYPE);
	types(f, "burn 64-79 on 3330");
	assert_true(enters(f));
}

static void test_jumping_over_lines_does_not_make_them_seen(void **state)
{
	struct fixture *f = *state;
	for (unsigned word = 64; word < 96; word++)
		f->edits.word[word] = (struct edit){.sets_value = true, .value = word};
	opens(f, 78, 12);
	confirm_dialog_scroll(&f->dialog, 1000);
	assert_int_equal(confirm_dialog_stage(&f->dialog), CONFIRM_UNSEEN);
}

static void test_each_warning_has_its_own_key(void **state)
{
	struct fixture *f = *state;
	f->edits.word[9] = (struct edit){.sets_value = true, .value = 0x00000010};
	f->edits.word[80] = (struct edit){.locks = WORD_STATUS_PERMANENT}; /* empty */
	opens(f, 78, 20);
	assert_int_equal(f->plan->danger, CLASS_DANGEROUS);
	assert_int_equal(f->dialog.warning_count, 2);
	assert_int_equal(confirm_dialog_stage(&f->dialog), CONFIRM_ACKNOWLEDGE);
	types(f, "burn 9,80 on 3330");
	assert_string_equal(f->dialog.phrase.text, "");
	assert_false(enters(f));
	types(f, "1");
	assert_int_equal(confirm_dialog_stage(&f->dialog), CONFIRM_ACKNOWLEDGE);
	types(f, "1");
	assert_int_equal(confirm_dialog_stage(&f->dialog), CONFIRM_ACKNOWLEDGE);
	types(f, "2");
	assert_int_equal(confirm_dialog_stage(&f->dialog), CONFIRM_TYPE);
	types(f, "burn 9,80 on 3330");
	assert_true(enters(f));
}

static void test_pasted_keys_acknowledge_nothing(void **state)
{
	struct fixture *f = *state;
	f->edits.word[9] = (struct edit){.sets_value = true, .value = 0x00000010};
	f->edits.word[80] = (struct edit){.locks = WORD_STATUS_PERMANENT};
	opens(f, 78, 20);
	confirm_dialog_paste(&f->dialog, true, f->now += 100);
	types(f, "12");
	confirm_dialog_paste(&f->dialog, false, f->now += 1);
	for (const char *c = "x12"; *c; c++)
		confirm_dialog_character(&f->dialog, (unsigned char)*c, f->now);
	assert_false(f->dialog.warnings[0].acknowledged);
	assert_false(f->dialog.warnings[1].acknowledged);
}

static void test_words_with_one_remark_share_a_key(void **state)
{
	struct fixture *f = *state;
	for (unsigned word = 24; word < 32; word++)
		f->edits.word[word] = (struct edit){.sets_value = true, .value = 0x1000 + word};
	opens(f, 78, 22);
	assert_int_equal(f->dialog.warning_count, 1);
	while (confirm_dialog_stage(&f->dialog) == CONFIRM_UNSEEN)
		confirm_dialog_scroll(&f->dialog, 1);
	types(f, "1");
	types(f, "burn 24-31 on 3330");
	assert_true(enters(f));
}

static void test_a_warning_is_looked_at_when_acknowledged(void **state)
{
	struct fixture *f = *state;
	for (unsigned word = 24; word < 32; word++)
		f->edits.word[word] = (struct edit){.sets_value = true, .value = 0x1000 + word};
	opens(f, 78, 10);
	while (confirm_dialog_stage(&f->dialog) == CONFIRM_UNSEEN)
		confirm_dialog_scroll(&f->dialog, 1);
	confirm_dialog_scroll(&f->dialog, -1000);
	types(f, "1"); /* brings it into the window */
	assert_false(f->dialog.warnings[0].acknowledged);
	types(f, "1");
	assert_true(f->dialog.warnings[0].acknowledged);
}

static void test_closing_takes_the_longest_phrase(void **state)
{
	struct fixture *f = *state;
	fixture_closable(&f->image);
	f->edits.word[0] = (struct edit){.sets_value = true, .closes = true, .value = 0x40};
	opens(f, 78, 20);
	assert_int_equal(f->plan->danger, CLASS_ONE_WAY);
	assert_string_equal(f->dialog.wanted, "for ever 34383330");
	types(f, "1");
	types(f, "y");
	assert_false(enters(f));
	confirm_dialog_erase(&f->dialog, f->now += 100);
	types(f, "for ever 34383330");
	assert_true(enters(f));
}

static void test_passing_asks_y(void **state)
{
	struct fixture *f = *state;
	f->edits.word[80] = (struct edit){.locks = WORD_STATUS_STICKY_PROGRAM};
	struct plan_context context = {.chip = f->chip,
		.peer = PEER_PRGFW,
		.source_class = SOURCE_SIMULATED,
		.board = BOARD};
	assert_int_equal(plan_make(&f->plan, &f->edits, &f->image, &context, &f->err), OK);
	assert_int_equal(f->plan->danger, CLASS_PASSING);
	confirm_dialog_open(&f->dialog, f->plan);
	confirm_dialog_layout(&f->dialog, 78, 20);
	assert_false(enters(f));
	types(f, "n");
	assert_false(enters(f));
	confirm_dialog_erase(&f->dialog, f->now += 100);
	types(f, "y");
	assert_non_null(strstr(footer(f), "Enter sets the locks now"));
	assert_true(enters(f));
}

static void test_a_refused_plan_is_never_confirmed(void **state)
{
	struct fixture *f = *state;
	f->image.value[70] = 1; /* written once already */
	write_and_lock_70(f);
	opens(f, 78, 20);
	assert_true(f->plan->refused);
	while (confirm_dialog_stage(&f->dialog) == CONFIRM_UNSEEN)
		confirm_dialog_scroll(&f->dialog, 1);
	types(f, f->dialog.wanted);
	assert_false(enters(f));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_the_phrase_confirms),
		TEST(test_a_wrong_phrase_does_not),
		TEST(test_unarmed_does_not),
		TEST(test_pasted_does_not),
		TEST(test_a_new_size_clears_the_phrase),
		TEST(test_too_small_takes_no_keys),
		TEST(test_unseen_lines_take_no_keys),
		TEST(test_jumping_over_lines_does_not_make_them_seen),
		TEST(test_each_warning_has_its_own_key),
		TEST(test_pasted_keys_acknowledge_nothing),
		TEST(test_words_with_one_remark_share_a_key),
		TEST(test_a_warning_is_looked_at_when_acknowledged),
		TEST(test_closing_takes_the_longest_phrase),
		TEST(test_passing_asks_y),
		TEST(test_a_refused_plan_is_never_confirmed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
