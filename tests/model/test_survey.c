/* Surveys: what is the same, who stands out, what boards have in common that they should not. */
#include "src/survey.h"

#include "src/partition.h"
#include "src/store.h"
#include "src/word_status.h"
#include "tests/support/fixtures.h"
#include "tests/support/scratch.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct fleet {
	char folder[SCRATCH_MAX];
	unsigned count;
	struct survey *survey;
};

static int set_up(void **state)
{
	struct fleet *fleet = calloc(1, sizeof *fleet);
	struct errbuf err = {0};
	assert_non_null(fleet);
	scratch_make(fleet->folder);
	assert_int_equal(survey_new(&fleet->survey, NULL, NULL, &err), OK);
	*state = fleet;
	return 0;
}

static int tear_down(void **state)
{
	struct fleet *fleet = *state;
	survey_free(fleet->survey);
	scratch_remove(fleet->folder);
	free(fleet);
	return 0;
}

/* A file with these bytes joins the survey; the reason why not, or NULL. */
static const char *add_bytes(struct fleet *fleet, const void *bytes, size_t length)
{
	char path[SCRATCH_MAX + 32];
	const char *reason;
	struct errbuf err = {0};
	snprintf(path, sizeof path, "%s/%05u.bin", fleet->folder, fleet->count++);
	assert_int_equal(store_create(path, bytes, length, &err), OK);
	if (survey_add(fleet->survey, path, &reason, &err) != OK)
		fail_msg("%s", err.text);
	return reason;
}

static void add(struct fleet *fleet, const struct image *image)
{
	uint8_t bytes[PARTITION_MAX_BYTES];
	size_t length;
	struct errbuf err = {0};
	assert_int_equal(partition_format(bytes, sizeof bytes, &length, image, &err), OK);
	assert_null(add_bytes(fleet, bytes, length));
}

/* A board of its own: the third word of the unique id tells it. */
static struct image board(uint32_t number)
{
	struct image image;
	fixture_plain(&image);
	image.value[15] = number;
	return image;
}

static void finish(struct fleet *fleet)
{
	struct errbuf err = {0};
	if (survey_finish(fleet->survey, &err) != OK)
		fail_msg("%s", err.text);
}

static const struct survey_word *word_of(const struct fleet *fleet, unsigned word)
{
	assert_true(fleet->survey->family_count > 0);
	return &fleet->survey->families[0].words[word];
}

static void test_words(void **state)
{
	struct fleet *fleet = *state;
	for (uint32_t i = 1; i <= 12; i++) {
		struct image image = board(i);
		image.value[60] = i == 5 ? 0x77 : 0x11;
		image.status[61] = i == 7 ? WORD_STATUS_PERMANENT : 0;
		image.value[62] = i % 3;
		/* A shadow copy proves nothing, whatever it reads. */
		image.status[63] = WORD_STATUS_STICKY_READ;
		image.value[63] = i;
		add(fleet, &image);
	}
	finish(fleet);
	assert_int_equal(fleet->survey->family_count, 1);
	assert_string_equal(fleet->survey->families[0].chip->name, "stm32mp15");
	assert_int_equal(fleet->survey->families[0].images, 12);
	assert_int_equal(fleet->survey->families[0].boards, 12);
	assert_true(survey_is_same(word_of(fleet, 13)));
	assert_int_equal(word_of(fleet, 15)->count, 12);
	assert_int_equal(word_of(fleet, 60)->count, 2);
	assert_int_equal(survey_most_common(word_of(fleet, 60))->value, 0x11);
	assert_int_equal(survey_most_common(word_of(fleet, 60))->images, 11);
	assert_int_equal(word_of(fleet, 62)->count, 3);
	assert_int_equal(survey_most_common(word_of(fleet, 62))->images, 4);
	assert_true(survey_is_same(word_of(fleet, 63)));
	assert_false(word_of(fleet, 63)->values[0].known);
	/* Images 4 and 6 (the fifth and the seventh) stand out, in a value and in a lock. */
	assert_int_equal(fleet->survey->outlier_count, 2);
	const struct survey_outlier *outliers = fleet->survey->outliers;
	assert_int_equal(outliers[0].image, 4);
	assert_int_equal(outliers[0].word, 60);
	assert_int_equal(outliers[0].value->value, 0x77);
	assert_int_equal(outliers[1].image, 6);
	assert_int_equal(outliers[1].word, 61);
	assert_true(outliers[1].value->locked);
}

/* How many images with a value of their own stand out beside so many that agree. */
static size_t outliers_of(void **state, unsigned agree, unsigned odd)
{
	struct fleet *fleet = *state;
	for (uint32_t i = 1; i <= agree + odd; i++) {
		struct image image = board(i);
		image.value[60] = i <= odd ? 0x100 + i : 0;
		add(fleet, &image);
	}
	finish(fleet);
	return fleet->survey->outlier_count;
}

static void test_two_of_three_agree(void **state)
{
	assert_int_equal(outliers_of(state, 2, 1), 1);
}

static void test_one_of_two_stands_out_nowhere(void **state)
{
	assert_int_equal(outliers_of(state, 1, 1), 0);
}

static void test_a_tenth_may_disagree(void **state)
{
	assert_int_equal(outliers_of(state, 27, 3), 3);
}

static void test_more_than_a_tenth_is_no_exception(void **state)
{
	assert_int_equal(outliers_of(state, 26, 3), 0);
}

/* However many values a word has, what is counted of it is bounded, and the rest is said. */
static void test_many_values(void **state)
{
	struct fleet *fleet = *state;
	for (uint32_t i = 1; i <= SURVEY_MAX_DISTINCT + 6; i++) {
		struct image image = board(i);
		add(fleet, &image);
	}
	struct image again = board(3);
	add(fleet, &again);
	finish(fleet);
	const struct survey_word *word = word_of(fleet, 15);
	assert_int_equal(word->count, SURVEY_MAX_DISTINCT);
	assert_int_equal(word->others, 6);
	assert_int_equal(word->images, SURVEY_MAX_DISTINCT + 7);
	assert_int_equal(survey_most_common(word)->value, 3);
	assert_int_equal(survey_most_common(word)->images, 2);
	assert_int_equal(fleet->survey->families[0].boards, SURVEY_MAX_DISTINCT + 6);
}

/* --- twins ------------------------------------------------------------------------------------ */

/* The verdict on two images with one unique id. */
static enum survey_verdict judge(
	void **state, const struct image *first, const struct image *second)
{
	struct fleet *fleet = *state;
	add(fleet, first);
	add(fleet, second);
	finish(fleet);
	assert_int_equal(fleet->survey->twins_count, 1);
	assert_int_equal(fleet->survey->twins[0].count, 2);
	assert_int_equal(fleet->survey->twins[0].id[2], 9);
	assert_false(fleet->survey->twins[0].is_mac);
	assert_int_equal(fleet->survey->families[0].boards, 1);
	return fleet->survey->twins[0].verdict;
}

static void test_same_board(void **state)
{
	struct image a = board(9), b = board(9);
	b.status[70] = WORD_STATUS_STICKY_PROGRAM; /* gone after a reset: no fuse */
	assert_int_equal(judge(state, &a, &b), SURVEY_SAME_BOARD);
}

static void test_later_state(void **state)
{
	struct image a = board(9), b = board(9);
	a.value[3] = 0x1; /* single bits may be added */
	a.value[70] = 0x55;
	a.status[70] = WORD_STATUS_PERMANENT;
	assert_int_equal(judge(state, &a, &b), SURVEY_LATER);
}

static void test_no_way_between(void **state)
{
	struct image a = board(9), b = board(9);
	a.value[3] = 0x1;
	b.value[3] = 0x2;
	assert_int_equal(judge(state, &a, &b), SURVEY_CONTRADICTS);
}

static void test_once_written_is_never_more(void **state)
{
	struct image a = board(9), b = board(9);
	a.value[70] = 0x1; /* an upper word takes one write */
	b.value[70] = 0x3;
	assert_int_equal(judge(state, &a, &b), SURVEY_CONTRADICTS);
}

static void test_locked_is_never_more(void **state)
{
	struct image a = board(9), b = board(9);
	a.value[3] = 0x1;
	a.status[3] = b.status[3] = WORD_STATUS_PERMANENT;
	b.value[3] = 0x3;
	assert_int_equal(judge(state, &a, &b), SURVEY_CONTRADICTS);
}

static void test_a_lock_stays(void **state)
{
	struct image a = board(9), b = board(9);
	a.status[70] = WORD_STATUS_PERMANENT;
	b.value[3] = 0x3;
	assert_int_equal(judge(state, &a, &b), SURVEY_CONTRADICTS);
}

static void test_blank_ids_are_no_twins(void **state)
{
	struct fleet *fleet = *state;
	struct image image = board(0);
	image.value[13] = image.value[14] = 0;
	add(fleet, &image);
	add(fleet, &image);
	finish(fleet);
	assert_int_equal(fleet->survey->twins_count, 0);
	assert_int_equal(fleet->survey->families[0].boards, 2);
}

/* 10:e7:7a:e1:01:02 as words 57 and 58 hold it: byte 0 in bits 7:0 of word 57. */
static struct image board_with_mac(uint32_t number)
{
	struct image image = board(number);
	image.value[57] = 0xE17AE710;
	image.value[58] = 0x0201;
	return image;
}

static void test_same_mac(void **state)
{
	struct fleet *fleet = *state;
	static const uint8_t mac[] = {0x10, 0xE7, 0x7A, 0xE1, 0x01, 0x02};
	struct image a = board_with_mac(1), b = board(2), c = board_with_mac(3);
	add(fleet, &a);
	add(fleet, &b);
	add(fleet, &c);
	finish(fleet);
	assert_int_equal(fleet->survey->twins_count, 1);
	const struct survey_twins *twins = fleet->survey->twins;
	assert_true(twins->is_mac);
	assert_int_equal(twins->verdict, SURVEY_SAME_MAC);
	assert_memory_equal(twins->mac, mac, sizeof mac);
	assert_int_equal(twins->count, 2);
	assert_int_equal(twins->image[0], 0);
	assert_int_equal(twins->image[1], 2);
}

static void test_one_board_keeps_its_mac(void **state)
{
	struct image a = board_with_mac(9), b = board_with_mac(9);
	assert_int_equal(judge(state, &a, &b), SURVEY_SAME_BOARD);
}

/* --- boards ----------------------------------------------------------------------------------- */

static void test_life_cycle(void **state)
{
	struct fleet *fleet = *state;
	struct image images[] = {board(1), board(2), board(3), board(4)};
	images[1].value[0] |= 0x40; /* is_closed */
	images[2].status[0] = images[3].status[0] = WORD_STATUS_STICKY_READ;
	images[3].state = 1;
	for (size_t i = 0; i < 4; i++)
		add(fleet, &images[i]);
	finish(fleet);
	static const enum survey_life lives[] = {
		SURVEY_OPEN, SURVEY_CLOSED, SURVEY_SAYS_OPEN, SURVEY_SAYS_CLOSED};
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(fleet->survey->images[i].life, lives[i]);
		assert_int_equal(fleet->survey->families[0].lives[lives[i]], 1);
	}
}

static void test_unlocked_keys(void **state)
{
	struct fleet *fleet = *state;
	struct image image;
	fixture_closable(&image);
	add(fleet, &image);
	image.value[15]++;
	image.status[24] = image.status[30] = 0;
	add(fleet, &image);
	finish(fleet);
	assert_int_equal(fleet->survey->images[0].unlocked, 0);
	assert_int_equal(fleet->survey->images[1].unlocked, 2);
	assert_int_equal(word_of(fleet, 24)->unlocked, 1);
	assert_int_equal(word_of(fleet, 25)->unlocked, 0);
	assert_int_equal(word_of(fleet, 30)->unlocked, 1);
	assert_int_equal(fleet->survey->families[0].unlocked, 1);
}

static void test_families(void **state)
{
	struct fleet *fleet = *state;
	struct image mp15 = board(1), other = {.version = 2, .word_count = 368};
	add(fleet, &mp15);
	add(fleet, &other);
	add(fleet, &mp15);
	finish(fleet);
	assert_int_equal(fleet->survey->family_count, 2);
	assert_int_equal(fleet->survey->images[0].family, 0);
	assert_int_equal(fleet->survey->images[1].family, 1);
	assert_int_equal(fleet->survey->images[2].family, 0);
	assert_int_equal(fleet->survey->families[0].word_count, 96);
	assert_int_equal(fleet->survey->families[1].word_count, 368);
	assert_int_equal(fleet->survey->families[1].words[95].images, 1);
}

static void test_unreadable(void **state)
{
	struct fleet *fleet = *state;
	const char *reason;
	struct errbuf err = {0};
	struct image image = board(1);
	assert_non_null(add_bytes(fleet, "hello", 5));
	assert_int_equal(survey_add(fleet->survey, "/no/such/file", &reason, &err), OK);
	assert_non_null(reason);
	assert_int_equal(survey_add(fleet->survey, fleet->folder, &reason, &err), OK);
	assert_non_null(strstr(reason, "a folder, not a file"));
	add(fleet, &image);
	finish(fleet);
	assert_int_equal(fleet->survey->unreadable_count, 3);
	assert_string_equal(fleet->survey->unreadable[1].path, "/no/such/file");
	assert_non_null(strstr(fleet->survey->unreadable[1].reason, "No such file"));
	assert_int_equal(fleet->survey->image_count, 1);
}

static void test_nothing(void **state)
{
	struct fleet *fleet = *state;
	finish(fleet);
	assert_int_equal(fleet->survey->family_count, 0);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_words),
		TEST(test_two_of_three_agree),
		TEST(test_one_of_two_stands_out_nowhere),
		TEST(test_a_tenth_may_disagree),
		TEST(test_more_than_a_tenth_is_no_exception),
		TEST(test_many_values),
		TEST(test_same_board),
		TEST(test_later_state),
		TEST(test_no_way_between),
		TEST(test_once_written_is_never_more),
		TEST(test_locked_is_never_more),
		TEST(test_a_lock_stays),
		TEST(test_blank_ids_are_no_twins),
		TEST(test_same_mac),
		TEST(test_one_board_keeps_its_mac),
		TEST(test_life_cycle),
		TEST(test_unlocked_keys),
		TEST(test_families),
		TEST(test_unreadable),
		TEST(test_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
