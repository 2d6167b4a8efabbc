/*
 * The model and the simulated board are two witnesses that share no code: what plans predict is
 * held against what the board's fuses then are, on random drafts, the whole way through a session.
 */
#include "tests/support/demo_session.h"
#include "tests/support/fixtures.h"
#include "tests/support/scratch.h"

#include "src/session.h"
#include "src/word_status.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

static char folder[SCRATCH_MAX];

static int set_up(void **state)
{
	(void)state;
	scratch_make(folder);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	scratch_remove(folder);
	return 0;
}

static struct session *open_source(const char *source, bool fresh)
{
	return demo_session_open(folder, source, fresh);
}

/* A small generator of our own, so that a seed means the same everywhere. */
static uint32_t seed;

static uint32_t next_random(void)
{
	seed = seed * 1664525u + 1013904223u;
	return seed >> 8;
}

/* A draft of a few words; life-cycle words are left out here, they end the board's service. */
static void random_edits(struct edits *edits, const struct chip *chip, const struct image *image)
{
	*edits = (struct edits){0};
	for (unsigned i = 1 + next_random() % 6; i > 0; i--) {
		unsigned word = 1 + next_random() % (image->word_count - 1);
		struct edit *edit = &edits->word[word];
		if (plan_word_is_lifecycle(chip, word, UINT32_MAX))
			continue;
		uint32_t value = next_random() << 12 ^ next_random();
		edit->sets_value = next_random() % 3 != 0;
		/* About the lower third is bitwise, on every family. */
		edit->value = word < image->word_count / 3 || next_random() % 8 == 0
				      ? value | image->value[word]
				      : value;
		edit->locks = next_random() % 3 == 0 ? WORD_STATUS_PERMANENT : 0;
	}
}

static void assert_as_predicted(const struct session *session, const struct plan *plan)
{
	for (unsigned word = 0; word < session->image.word_count; word++) {
		if (image_value_is_known(&plan->predicted, word))
			assert_int_equal(session->image.value[word], plan->predicted.value[word]);
		assert_int_equal(session->image.status[word], plan->predicted.status[word]);
	}
}

/* How many were refused until so many were burnt. */
static unsigned commit_random_drafts(const char *source, unsigned wanted)
{
	struct commit_result *result = calloc(1, sizeof *result);
	unsigned committed = 0, refused = 0;
	for (uint32_t i = 1; i <= 10 * wanted && committed < wanted; i++) {
		struct edits edits;
		struct plan *plan = NULL;
		struct errbuf err = {0};
		seed = i * 7919u;
		struct session *session = open_source(source, next_random() % 4 == 0);
		random_edits(&edits, session->chip, &session->image);
		assert_int_equal(session_plan(&plan, session, &edits, &err), OK);
		if (plan->refused) {
			refused++;
		} else {
			assert_int_equal(demo_session_commit(result, session, plan), OK);
			if (result->verdict != COMMIT_VERIFIED)
				print_error("%s, seed %u\n", source, i * 7919u);
			assert_int_equal(result->verdict, COMMIT_VERIFIED);
			assert_as_predicted(session, plan);
			session_close(session);
			/* And after a power cycle, by another session. */
			session = open_source(source, false);
			assert_as_predicted(session, plan);
			committed++;
		}
		plan_free(plan);
		session_close(session);
	}
	free(result);
	assert_int_equal(committed, wanted);
	return refused;
}

static void random_drafts_come_out_as_predicted(void **state)
{
	(void)state;
	assert_true(commit_random_drafts("demo:blank", 40) >= 5);
}

static void so_they_do_on_every_family_and_service(void **state)
{
	static const char *const sources[] = {"demo:stm32mp13", "demo:stm32mp13,peer=prgfw",
		"demo:stm32mp21", "demo:stm32mp23", "demo:stm32mp23,peer=prgfw", "demo:stm32mp25",
		"demo:stm32mp25,peer=prgfw", "demo:blank,peer=prgfw"};
	(void)state;
	for (size_t i = 0; i < sizeof sources / sizeof sources[0]; i++)
		commit_random_drafts(sources[i], 6);
}

static void locks_that_show_after_the_reset_are_unproved_until_then(void **state)
{
	(void)state;
	struct commit_result *result = calloc(1, sizeof *result);
	struct session *session = open_source("demo,locks=reset", false);
	struct edits edits = {0};
	struct plan *plan = NULL;
	struct errbuf err = {0};
	edits.word[70] = (struct edit){
		.sets_value = true, .value = 0x12345678, .locks = WORD_STATUS_PERMANENT};
	assert_int_equal(session_plan(&plan, session, &edits, &err), OK);
	assert_int_equal(demo_session_commit(result, session, plan), OK);
	assert_int_equal(result->verdict, COMMIT_LOCKS_UNPROVED);
	assert_int_equal(session->image.value[70], 0x12345678);
	assert_int_equal(session->image.status[70], 0);
	assert_int_equal(session_restart(session, NULL, &err), OK);
	assert_int_equal(session->image.status[70], WORD_STATUS_PERMANENT);
	bool told = false;
	for (size_t i = 0; i < session->news_count; i++)
		told = told || strstr(session->news[i].text, "word 70: as planned");
	assert_true(told);
	plan_free(plan);
	session_close(session);
	free(result);
}

static void closing_ends_the_service_and_is_said_to_be_unproved(void **state)
{
	(void)state;
	struct commit_result *result = calloc(1, sizeof *result);
	struct session *session = open_source("demo:blank", false);
	struct edits edits = {0};
	struct plan *plan = NULL;
	struct errbuf err = {0};
	for (unsigned word = 24; word <= 31; word++)
		edits.word[word] = (struct edit){.sets_value = true,
			.value = 0x5A000000u + word,
			.locks = WORD_STATUS_PERMANENT};
	edits.word[0] = (struct edit){.sets_value = true, .closes = true, .value = 0x40};
	assert_int_equal(session_plan(&plan, session, &edits, &err), OK);
	assert_int_equal(plan->danger, CLASS_ONE_WAY);
	assert_int_equal(demo_session_commit(result, session, plan), OK);
	assert_int_equal(result->verdict, COMMIT_LOCKS_UNPROVED);
	assert_int_equal(result->passes_done, 2);
	session_close(session);
	session = open_source("demo:blank", false);
	assert_false(session->has_image);
	bool told = false;
	for (size_t i = 0; i < session->news_count; i++)
		told = told || strstr(session->news[i].text, "cannot be proved over this link");
	assert_true(told);
	plan_free(plan);
	session_close(session);
	free(result);
}

static bool is_told(const struct session *session, const char *text)
{
	for (size_t i = 0; i < session->news_count; i++)
		if (strstr(session->news[i].text, text))
			return true;
	return false;
}

/* Two services show different locks of the same fuses: that is no change. */
static void another_service_is_no_change(void **state)
{
	(void)state;
	struct commit_result *result = calloc(1, sizeof *result);
	struct edits edits = {0};
	struct plan *plan = NULL;
	struct errbuf err = {0};
	session_close(open_source("demo:stm32mp25", true));
	struct session *session = open_source("demo:stm32mp25,peer=prgfw", false);
	assert_false(is_told(session, "since this board was last seen"));
	edits.word[70] = (struct edit){.sets_value = true, .value = 1};
	assert_int_equal(session_plan(&plan, session, &edits, &err), OK);
	assert_int_equal(demo_session_commit(result, session, plan), OK);
	plan_free(plan);
	session_close(session);
	/* Fuses that went back to blank are one. */
	session = open_source("demo:stm32mp25", true);
	assert_true(is_told(session, "1 word has changed since this board was last seen here; the "
				     "first is word 70"));
	session_close(session);
	free(result);
}

struct closing_case {
	const char *source;
	unsigned key;
	struct {
		unsigned word;
		uint32_t bits;
	} set[3];
	enum commit_verdict verdict;
	bool answers; /* when it is closed and was reset */
};

/* Of a word under a read lock STM32PRGFW-UTIL tells nothing that a write could go by. */
static void stm32prgfw_util_closes_no_word_that_cannot_be_read(void **state)
{
	(void)state;
	struct session *session = open_source("demo:stm32mp13,peer=prgfw", true);
	struct edits edits = {0};
	struct plan *plan = NULL;
	struct errbuf err = {0};
	edits.word[0] = (struct edit){.sets_value = true, .closes = true, .value = 0x3F};
	assert_true(session->image.status[0] & WORD_STATUS_STICKY_READ);
	assert_int_equal(session_plan(&plan, session, &edits, &err), OK);
	assert_true(fixture_has_remark(plan, "value-unknown", 0));
	assert_true(plan->refused);
	plan_free(plan);
	session_close(session);
}

/* U-Boot's service is gone with the reset; STM32PRGFW-UTIL's is not. */
static void closing_of_every_family(void **state)
{
	static const struct closing_case cases[] = {
		{"demo:stm32mp13", 24, {{0, 0x3F}}, COMMIT_LOCKS_UNPROVED, false},
		{"demo:stm32mp21", 152, {{8, 0xFF}, {18, 0xFF}, {124, 0x100000}}, COMMIT_VERIFIED,
			false},
		{"demo:stm32mp25", 144, {{8, 0xFF}, {18, 0xFF}, {124, 0x100000}}, COMMIT_VERIFIED,
			false},
		{"demo:stm32mp25,peer=prgfw", 144, {{8, 0xFF}, {18, 0xFF}, {124, 0x100000}},
			COMMIT_VERIFIED, true},
	};
	(void)state;
	struct commit_result *result = calloc(1, sizeof *result);
	for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
		struct session *session = open_source(cases[c].source, true);
		struct edits edits = {0};
		struct plan *plan = NULL;
		struct errbuf err = {0};
		for (unsigned word = cases[c].key; word < cases[c].key + 8; word++)
			edits.word[word] = (struct edit){.sets_value = true,
				.value = 0x5A000000u + word,
				.locks = WORD_STATUS_PERMANENT};
		for (size_t i = 0; i < 3 && cases[c].set[i].bits != 0; i++)
			edits.word[cases[c].set[i].word] = (struct edit){
				.sets_value = true, .closes = true, .value = cases[c].set[i].bits};
		assert_int_equal(session_plan(&plan, session, &edits, &err), OK);
		assert_int_equal(plan->danger, CLASS_ONE_WAY);
		assert_int_equal(demo_session_commit(result, session, plan), OK);
		if (result->verdict != cases[c].verdict)
			print_error("%s: verdict %d\n", cases[c].source, (int)result->verdict);
		assert_int_equal(result->verdict, cases[c].verdict);
		assert_int_equal(result->passes_done, cases[c].verdict == COMMIT_VERIFIED ? 3 : 2);
		session_close(session);
		session = open_source(cases[c].source, false);
		assert_int_equal(session->has_image, cases[c].answers);
		plan_free(plan);
		session_close(session);
	}
	free(result);
}

int main(void)
{
#define test(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		test(random_drafts_come_out_as_predicted),
		test(so_they_do_on_every_family_and_service),
		test(locks_that_show_after_the_reset_are_unproved_until_then),
		test(closing_ends_the_service_and_is_said_to_be_unproved),
		test(another_service_is_no_change),
		test(stm32prgfw_util_closes_no_word_that_cannot_be_read),
		test(closing_of_every_family),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
