/* What the dialogs say, line by line: pages, remarks in groups, previews, results, progress. */
#include "tests/support/fixtures.h"
#include "ui/screen/plan_text.h"
#include "ui/screen/progress_text.h"
#include "ui/screen/result_text.h"

#include "src/word_status.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct fixture {
	struct chip *chip;
	struct image image;
	struct edits edits;
	struct plan *plan;
	struct remark_groups groups;
	struct page page;
};

static int set_up(void **state)
{
	static struct fixture f;
	setlocale(LC_ALL, "C.UTF-8");
	f = (struct fixture){.chip = fixture_chip()};
	fixture_plain(&f.image);
	*state = &f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;
	remark_groups_free(&f->groups);
	page_free(&f->page);
	plan_free(f->plan);
	chip_free(f->chip);
	return 0;
}

static void make_plan(struct fixture *f, unsigned width)
{
	f->plan = fixture_plan(&f->edits, &f->image, f->chip);
	assert_true(remark_groups_make(&f->groups, &f->plan->remarks, f->chip));
	page_init(&f->page, width);
}

static const char *line_text(const struct page *page, size_t line)
{
	static char text[512];
	page_line_text(text, sizeof text, page, line);
	return text;
}

/* The number of the first line that is exactly this; fails when there is none. */
static size_t line_of(const struct page *page, const char *text)
{
	for (size_t i = 0; i < page->line_count; i++)
		if (strcmp(line_text(page, i), text) == 0)
			return i;
	for (size_t i = 0; i < page->line_count; i++)
		fprintf(stderr, "|%s\n", line_text(page, i));
	fail_msg("no line '%s'", text);
	return 0;
}

static bool has(const struct page *page, const char *text)
{
	for (size_t i = 0; i < page->line_count; i++)
		if (strstr(line_text(page, i), text))
			return true;
	return false;
}

static enum tone tone_at(const struct page *page, size_t line, size_t byte)
{
	size_t count, at = 0;
	const struct page_span *spans = page_line(page, line, &count);
	for (size_t i = 0; i < count; i++) {
		at += spans[i].length;
		if (byte < at)
			return spans[i].tone;
	}
	fail_msg("line %zu has no byte %zu", line, byte);
	return TONE_PLAIN;
}

/* --- pages ----------------------------------------------------------------------------------- */

static void test_wrapping(void **state)
{
	struct fixture *f = *state;
	page_init(&f->page, 20);
	page_add(&f->page, TONE_FAINT, "note    ");
	page_wrap(&f->page, TONE_PLAIN, 8, "one two three  four fünfzehn");
	page_end(&f->page);
	page_wrap(&f->page, TONE_PLAIN, 0, "abcdefghijklmnopqrstuvwxyz");
	page_wrap(&f->page, TONE_PLAIN, 0, "%s", "");
	assert_string_equal(line_text(&f->page, 0), "note    one two");
	assert_string_equal(line_text(&f->page, 1), "        three four");
	assert_string_equal(line_text(&f->page, 2), "        fünfzehn");
	assert_string_equal(line_text(&f->page, 3), "");
	assert_string_equal(line_text(&f->page, 4), "abcdefghijklmnopqrst");
	assert_string_equal(line_text(&f->page, 5), "uvwxyz");
	assert_string_equal(line_text(&f->page, 6), "");
	assert_int_equal(f->page.line_count, 7);
	assert_int_equal(tone_at(&f->page, 0, 0), TONE_FAINT);
	assert_int_equal(tone_at(&f->page, 0, 9), TONE_PLAIN);
	assert_false(f->page.incomplete);
}

static void test_columns(void **state)
{
	(void)state;
	assert_int_equal(page_columns("abc", 3), 3);
	assert_int_equal(page_columns("fünf", 5), 4);
	assert_int_equal(page_columns("漢", 3), 2);
	assert_int_equal(page_columns("\xFF\xFE", 2), 2);
}

static void test_a_cut_text_marks_the_page(void **state)
{
	struct fixture *f = *state;
	char huge[6000];
	memset(huge, 'x', sizeof huge - 1);
	huge[sizeof huge - 1] = '\0';
	page_init(&f->page, 80);
	page_add(&f->page, TONE_PLAIN, "%s", huge);
	assert_true(f->page.incomplete);
}

static void test_scrolling(void **state)
{
	(void)state;
	struct page_scroll scroll = {0};
	assert_false(page_scroll_all_seen(&scroll)); /* not laid out yet */
	page_scroll_layout(&scroll, 10, 25);
	assert_int_equal(page_scroll_below(&scroll), 15);
	page_scroll_by(&scroll, 10);
	assert_int_equal(scroll.top, 10);
	assert_false(page_scroll_all_seen(&scroll));
	page_scroll_by(&scroll, 10);
	assert_int_equal(scroll.top, 15);
	assert_int_equal(page_scroll_below(&scroll), 0);
	assert_true(page_scroll_all_seen(&scroll));
	page_scroll_by(&scroll, -100);
	assert_int_equal(scroll.top, 0);
	assert_true(page_scroll_all_seen(&scroll));
	page_scroll_layout(&scroll, 10, 26);
	assert_false(page_scroll_all_seen(&scroll));
	page_scroll_layout(&scroll, 30, 26);
	assert_true(page_scroll_all_seen(&scroll));
	assert_int_equal(page_scroll_below(&scroll), 0);
}

/* --- remarks --------------------------------------------------------------------------------- */

static void test_groups(void **state)
{
	struct fixture *f = *state;
	struct remark items[] = {
		{"clears-bit", SEVERITY_ERROR, 70, CLASS_PASSING, "would clear bits", NULL},
		{"clears-bit", SEVERITY_ERROR, 71, CLASS_PASSING, "would clear other bits", NULL},
		{"key-hash", SEVERITY_WARNING, 24, CLASS_DANGEROUS, "PKH[0] is a hash", NULL},
		{"freezes-empty", SEVERITY_WARNING, 24, CLASS_DANGEROUS, "locks it empty", NULL},
		{"key-hash", SEVERITY_WARNING, 25, CLASS_DANGEROUS, "PKH[1] is a hash", NULL},
		{"key-hash", SEVERITY_WARNING, 26, CLASS_DANGEROUS, "PKH[2] is a hash", NULL},
		{"key-hash", SEVERITY_WARNING, 28, CLASS_DANGEROUS, "PKH[4] is a hash", NULL},
		{"lock-may-wait", SEVERITY_NOTE, -1, CLASS_PASSING, "may show later", NULL},
		{"only-write", SEVERITY_NOTE, 80, CLASS_PASSING, "the only write", NULL},
		{"only-write", SEVERITY_NOTE, 81, CLASS_PASSING, "the only write", NULL},
	};
	struct remarks remarks = {.count = 10, .capacity = 10, .items = items};
	static const char *const expected[] = {"word 70: would clear bits",
		"word 71: would clear other bits", "words 24 to 26: PKH[0] to PKH[2] is a hash",
		"word 24: locks it empty", "word 28: PKH[4] is a hash", "may show later",
		"words 80 to 81: the only write"};
	static const size_t of_remark[] = {0, 1, 2, 3, 2, 2, 4, 5, 6, 6};
	assert_true(remark_groups_make(&f->groups, &remarks, f->chip));
	assert_int_equal(f->groups.count, 7);
	for (size_t i = 0; i < 7; i++)
		assert_string_equal(f->groups.items[i].text, expected[i]);
	for (size_t i = 0; i < 10; i++)
		assert_int_equal(f->groups.of_remark[i], of_remark[i]);
}

/* --- preview --------------------------------------------------------------------------------- */

static void test_bits_in_words(void **state)
{
	(void)state;
	char text[160];
	plan_text_bits(text, sizeof text, 0);
	assert_string_equal(text, "");
	plan_text_bits(text, sizeof text, 0x80000001);
	assert_string_equal(text, "0, 31");
	plan_text_bits(text, sizeof text, 0xFFFFFFFF);
	assert_string_equal(text, "0 to 31");
	plan_text_bits(text, sizeof text, 0x0000070B);
	assert_string_equal(text, "0, 1, 3, 8 to 10");
	plan_text_bits(text, sizeof text, 0x55555555);
	assert_string_equal(text, "0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30");
}

static void test_preview_of_a_value_and_its_lock(void **state)
{
	struct fixture *f = *state;
	f->edits.word[70] = (struct edit){
		.sets_value = true, .value = 0x12345678, .locks = WORD_STATUS_PERMANENT};
	make_plan(f, 76);
	plan_text_preview(&f->page, f->plan, &f->groups, false);
	char fingerprint[64];
	snprintf(fingerprint, sizeof fingerprint, "Fingerprint %s", f->plan->fingerprint);
	line_of(&f->page, fingerprint);
	line_of(&f->page, "Board       00410032-33385116-34383330 (STM32MP15x, simulated board)");
	line_of(&f->page, "Passes      2: values, then locks");
	size_t values = line_of(&f->page,
		"Pass 1 of 2, values: burnt, then read back and proved before anything else");
	static const char *const bits[] = {
		"         31       23       15       7      0",
		"   now   00000000 00000000 00000000 00000000  00000000",
		"   then  00010010 00110100 01010110 01111000  12345678",
		"            ^  ^    ^^ ^    ^ ^ ^^   ^^^^",
		"         13 bits burn from 0 to 1: 3 to 6, 9, 10, 12, 14, 18, 20, 21, 25, 28",
		"   asks  value 12345678, status 80000000",
	};
	assert_non_null(strstr(line_text(&f->page, values + 1), "!! word 70"));
	assert_non_null(strstr(line_text(&f->page, values + 1), "for ever"));
	assert_int_equal(tone_at(&f->page, values + 1, 0), TONE_FOREVER);
	for (size_t i = 0; i < 6; i++)
		assert_string_equal(line_text(&f->page, values + 2 + i), bits[i]);
	/* Only the bits that burn are marked: bit 28 is, bit 27 is not. */
	assert_int_equal(tone_at(&f->page, values + 4, 12), TONE_FOREVER);
	assert_int_equal(tone_at(&f->page, values + 4, 13), TONE_PLAIN);
	size_t locks = line_of(&f->page, "   asks  value 00000000, status C0000000");
	assert_true(locks > values + 7);
	size_t after = line_of(&f->page, "Afterwards, if all goes as planned");
	assert_true(after > locks);
	assert_string_equal(line_text(&f->page, after + 1),
		"   word 70   12345678  locks: permanent write lock");
	assert_int_equal(f->page.line_count, after + 2); /* no other word changes */
	assert_false(f->page.incomplete);
}

static void test_preview_fits_any_width(void **state)
{
	struct fixture *f = *state;
	for (unsigned word = 24; word < 40; word++)
		f->edits.word[word] = (struct edit){
			.sets_value = true, .value = 0x55555555, .locks = WORD_STATUS_PERMANENT};
	make_plan(f, 58);
	plan_text_preview(&f->page, f->plan, &f->groups, false);
	plan_text_summary(&f->page, f->plan);
	for (size_t i = 0; i < f->page.line_count; i++) {
		const char *text = line_text(&f->page, i);
		if (page_columns(text, strlen(text)) > 58)
			fail_msg("too long: '%s'", text);
	}
}

static void test_preview_of_a_refused_plan(void **state)
{
	struct fixture *f = *state;
	f->image.value[70] = 0xF;
	f->edits.word[70] = (struct edit){.sets_value = true, .value = 0x1F};
	make_plan(f, 76);
	plan_text_preview(&f->page, f->plan, &f->groups, false);
	assert_non_null(strstr(line_text(&f->page, 0), "This plan is refused"));
	assert_true(has(&f->page, "REFUSED word 70:"));
	assert_true(has(&f->page, "(written-twice)"));
}

static void test_danger_in_words(void **state)
{
	(void)state;
	static const char *const starts[] = {
		[CLASS_PASSING] = "PASSING: ",
		[CLASS_IRREVERSIBLE] = "IRREVERSIBLE: ",
		[CLASS_DANGEROUS] = "DANGEROUS: ",
		[CLASS_ONE_WAY] = "ONE-WAY: ",
	};
	for (int i = CLASS_PASSING; i <= CLASS_ONE_WAY; i++) {
		const char *text = plan_text_danger((enum danger_class)i);
		assert_memory_equal(text, starts[i], strlen(starts[i]));
		for (int k = 0; k < i; k++)
			assert_string_not_equal(text, plan_text_danger((enum danger_class)k));
	}
}

/* --- results --------------------------------------------------------------------------------- */

static void put_result(struct fixture *f, struct commit_result *result, enum status status)
{
	struct journal journal = {.folder = "/state/otpedit", .source_class = SOURCE_SIMULATED};
	struct result_text about = {.plan = f->plan,
		.status = status,
		.error = status == OK ? "" : "word 70 is no longer as previewed",
		.result = result,
		.journal = &journal};
	result_text(&f->page, &about);
}

static struct commit_result *burnt(enum commit_verdict verdict)
{
	struct commit_result *result = calloc(1, sizeof *result);
	assert_non_null(result);
	result->triggered = true;
	result->verdict = verdict;
	result->word_count = 2;
	result->words[0] = (struct word_result){.word = 70,
		.verdict = VERDICT_AS_PLANNED,
		.pass = PASS_VALUES,
		.planned_value = 0x12345678,
		.found_value = 0x12345678,
		.found = true};
	result->words[1] = (struct word_result){.word = 70,
		.verdict = VERDICT_LOCK_UNPROVED,
		.pass = PASS_LOCKS,
		.before_value = 0x12345678,
		.planned_value = 0x12345678,
		.planned_status = 0x40000000,
		.found_value = 0x12345678,
		.found = true,
		.text = "the lock does not show yet"};
	return result;
}

static void test_result_word_by_word(void **state)
{
	struct fixture *f = *state;
	f->edits.word[70] = (struct edit){
		.sets_value = true, .value = 0x12345678, .locks = WORD_STATUS_PERMANENT};
	make_plan(f, 76);
	struct commit_result *result = burnt(COMMIT_LOCKS_UNPROVED);
	snprintf(result->next_step, sizeof result->next_step, "reset the board");
	snprintf(result->complaint, sizeof result->complaint, "nothing to lock");
	put_result(f, result, OK);
	free(result);
	assert_non_null(strstr(line_text(&f->page, 0), "LOCKS UNPROVED: "));
	line_of(&f->page, "What now     reset the board");
	line_of(&f->page, "Board says   nothing to lock");
	size_t values = line_of(&f->page, "Pass values");
	assert_string_equal(line_text(&f->page, values + 1), "   word 70   as planned");
	assert_string_equal(
		line_text(&f->page, values + 2), "             found    12345678  locks: none");
	size_t locks = line_of(&f->page, "Pass locks");
	assert_int_equal(locks, values + 3);
	assert_non_null(strstr(line_text(&f->page, locks + 1), "the lock does not show yet"));
	line_of(&f->page, "             planned  12345678  locks: permanent write lock");
	/* SHA-256 of the identity, by coreutils' sha256sum. */
	assert_true(has(&f->page, "/state/otpedit/boards/7e010b40a9e73e97c4ae52a0a634ee82"));
}

static void test_result_that_could_not_be_written_down(void **state)
{
	struct fixture *f = *state;
	f->edits.word[70] = (struct edit){.sets_value = true, .value = 1};
	make_plan(f, 76);
	struct commit_result *result = burnt(COMMIT_VERIFIED);
	result->journal_failed = true;
	put_result(f, result, OK);
	free(result);
	assert_true(has(&f->page, "THE OUTCOME COULD NOT BE WRITTEN DOWN"));
}

static void test_nothing_was_burnt(void **state)
{
	struct fixture *f = *state;
	f->edits.word[70] = (struct edit){.sets_value = true, .value = 1};
	make_plan(f, 76);
	struct commit_result *result = calloc(1, sizeof *result);
	assert_non_null(result);
	put_result(f, result, ERR_REFUSED);
	free(result);
	assert_string_equal(line_text(&f->page, 0), "NOTHING WAS BURNT");
	line_of(&f->page, "Because      word 70 is no longer as previewed");
	assert_false(has(&f->page, "VERIFIED"));
}

static void test_only_verified_looks_good(void **state)
{
	(void)state;
	for (int i = COMMIT_VERIFIED; i <= COMMIT_UNKNOWN; i++)
		assert_int_equal(result_text_verdict_tone((enum commit_verdict)i) == TONE_GOOD,
			i == COMMIT_VERIFIED);
}

/* --- progress -------------------------------------------------------------------------------- */

static void test_progress(void **state)
{
	struct fixture *f = *state;
	f->edits.word[70] = (struct edit){
		.sets_value = true, .value = 0x12345678, .locks = WORD_STATUS_PERMANENT};
	make_plan(f, 76);
	struct progress progress = {0};
	progress_note(&progress, COMMIT_STAGE_READ, 0, 2);
	progress_note(&progress, "reading", 512, 776);
	assert_true(progress_may_cancel(&progress));
	progress_text(&f->page, f->plan, &progress);
	line_of(&f->page, "[----------------------------------------] step 1 of 10");
	line_of(&f->page,
		"  [>] read the board twice and compare with the preview (reading, 512 of");
	size_t border = line_of(&f->page, "  --- point of no return ---");
	assert_int_equal(line_of(&f->page, "  [ ] BURN: do not touch cable or power"), border + 1);
	line_of(&f->page, "Pass 2 of 2, locks");

	progress_note(&progress, COMMIT_STAGE_STAGE, 0, 2);
	assert_true(progress_may_cancel(&progress));
	progress_note(&progress, COMMIT_STAGE_BURN, 0, 2);
	assert_false(progress_may_cancel(&progress));
	progress_note(&progress, COMMIT_STAGE_READ_BACK, 0, 2);
	assert_false(progress_may_cancel(&progress));
	progress_note(&progress, COMMIT_STAGE_READ, 1, 2);
	assert_true(progress_may_cancel(&progress));
	assert_non_null(strstr(progress_hint(&progress), "what earlier passes burnt stays burnt"));
	page_free(&f->page);
	page_init(&f->page, 76);
	progress_text(&f->page, f->plan, &progress);
	line_of(&f->page, "[####################--------------------] step 6 of 10");
	line_of(&f->page, "Pass 1 of 2, values: done and proved");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_wrapping),
		TEST(test_columns),
		TEST(test_a_cut_text_marks_the_page),
		TEST(test_scrolling),
		TEST(test_groups),
		TEST(test_bits_in_words),
		TEST(test_preview_of_a_value_and_its_lock),
		TEST(test_preview_fits_any_width),
		TEST(test_preview_of_a_refused_plan),
		TEST(test_danger_in_words),
		TEST(test_result_word_by_word),
		TEST(test_result_that_could_not_be_written_down),
		TEST(test_nothing_was_burnt),
		TEST(test_only_verified_looks_good),
		TEST(test_progress),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
