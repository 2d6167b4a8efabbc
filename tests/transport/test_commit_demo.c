/*
 * The model and the simulated board are two witnesses that share no code: what plans predict is
 * held against what the board's fuses then are, on random drafts; and a run that is killed is
 * explained by the next one.
 */
#include "tests/support/fixtures.h"
#include "tests/support/scratch.h"

#include "src/session.h"
#include "src/word_status.h"
#include "transport/source.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

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
	struct session_options options = {
		.sources = source_table, .source = {.state_folder = folder, .fresh = fresh}};
	struct session *session = NULL;
	struct errbuf err = {0};
	if (session_open(&session, source, &options, &err) != OK)
		fail_msg("%s", err.text);
	return session;
}

/* Confirms as a person would who acknowledges every warning and types the phrase. */
static enum status confirm_and_commit(
	struct commit_result *result, struct session *session, const struct plan *plan)
{
	struct errbuf err = {0};
	struct confirmation confirmation;
	char phrase[CONFIRM_PHRASE_MAX];
	bool *acknowledged = calloc(plan->remarks.count + 1, 1);
	memset(acknowledged, 1, plan->remarks.count + 1);
	confirm_phrase(phrase, plan);
	enum status status = arming_arm(&session->arming, session->board, &err);
	if (status == OK)
		status = confirm_typed(
			&confirmation, plan, phrase, acknowledged, &session->arming, &err);
	if (status == OK)
		status = session_commit(result, session, plan, &confirmation, NULL, &err);
	free(acknowledged);
	if (status != OK)
		print_error("%s\n", err.text);
	return status;
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
			assert_int_equal(confirm_and_commit(result, session, plan), OK);
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
	assert_int_equal(confirm_and_commit(result, session, plan), OK);
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
	assert_int_equal(confirm_and_commit(result, session, plan), OK);
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
	assert_int_equal(confirm_and_commit(result, session, plan), OK);
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

/* U-Boot's service is gone with the reset; STM32PRGFW-UTIL's is not. */
static void closing_of_every_family(void **state)
{
	static const struct closing_case cases[] = {
		{"demo:stm32mp13", 24, {{0, 0x3F}}, COMMIT_LOCKS_UNPROVED, false},
		{"demo:stm32mp13,peer=prgfw", 24, {{0, 0x3F}}, COMMIT_LOCKS_UNPROVED, true},
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
		assert_int_equal(confirm_and_commit(result, session, plan), OK);
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

/* --- killed --- */

/* A device around the real one, which ends the whole process at its burn. */
struct killer {
	struct device device;
	struct device *inner;
	struct device_ops ops;
	bool after;
};

static struct killer killer;

static enum status killer_identify(
	struct device *device, struct device_info *out, const struct job *job, struct errbuf *err)
{
	(void)device;
	return killer.inner->ops->identify(killer.inner, out, job, err);
}

static enum status killer_read(struct device *device, uint8_t *partition, size_t cap, size_t *len,
	const struct job *job, struct errbuf *err)
{
	(void)device;
	return killer.inner->ops->read(killer.inner, partition, cap, len, job, err);
}

static enum status killer_stage(struct device *device, const uint8_t *request, size_t len,
	const struct job *job, struct errbuf *err)
{
	(void)device;
	return killer.inner->ops->stage(killer.inner, request, len, job, err);
}

static enum status killer_burn(struct device *device, const struct job *job, struct errbuf *err)
{
	(void)device;
	if (killer.after)
		killer.inner->ops->burn(killer.inner, job, err);
	raise(SIGKILL);
	return OK;
}

/* Commits word 70 in a process that is killed at the burn. */
static void commit_and_die(bool after)
{
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		struct session *session = open_source("demo", false);
		struct commit_result *result = calloc(1, sizeof *result);
		struct edits edits = {0};
		struct plan *plan = NULL;
		struct errbuf err = {0};
		edits.word[70] = (struct edit){.sets_value = true, .value = 0x12345678};
		if (session_plan(&plan, session, &edits, &err) != OK)
			_exit(1);
		killer.inner = session->device;
		killer.after = after;
		killer.ops = (struct device_ops){.identify = killer_identify,
			.read = killer_read,
			.stage = killer_stage,
			.burn = killer_burn};
		killer.device.ops = &killer.ops;
		session->device = &killer.device;
		confirm_and_commit(result, session, plan);
		_exit(2);
	}
	int end;
	assert_int_equal(waitpid(child, &end, 0), child);
	assert_true(WIFSIGNALED(end) && WTERMSIG(end) == SIGKILL);
}

/* What the program itself says at its next start, as a person sees it. */
static void next_start_says(const char *expected)
{
	char command[1024], line[512];
	bool found = false;
	snprintf(command, sizeof command, "XDG_STATE_HOME='%s/..' '%s' show demo word=70 2>&1",
		folder, OTPEDIT_PROGRAM);
	FILE *out = popen(command, "r");
	assert_non_null(out);
	while (fgets(line, sizeof line, out))
		found = found || strstr(line, expected);
	assert_int_equal(pclose(out), 0);
	if (!found)
		fail_msg("the next start did not say '%s'", expected);
}

static int set_up_state(void **state)
{
	char base[SCRATCH_MAX];
	(void)state;
	scratch_make(base);
	/* The program looks below XDG_STATE_HOME for a folder of its own name. */
	if ((size_t)snprintf(folder, sizeof folder, "%s/otpedit", base) >= sizeof folder)
		fail_msg("the path is too long");
	return 0;
}

static int tear_down_state(void **state)
{
	(void)state;
	*strrchr(folder, '/') = '\0';
	scratch_remove(folder);
	return 0;
}

static void killed_before_the_burn_nothing_is_burnt_and_it_is_said(void **state)
{
	(void)state;
	commit_and_die(false);
	next_start_says("word 70: not burnt");
	struct session *session = open_source("demo", false);
	assert_int_equal(session->image.value[70], 0);
	assert_int_equal(session->news_count, 0);
	session_close(session);
}

static void killed_after_the_burn_it_is_said_to_be_burnt(void **state)
{
	(void)state;
	commit_and_die(true);
	next_start_says("word 70: as planned");
	struct session *session = open_source("demo", false);
	assert_int_equal(session->image.value[70], 0x12345678);
	assert_int_equal(session->news_count, 0);
	session_close(session);
}

int main(void)
{
#define test(name)        cmocka_unit_test_setup_teardown(name, set_up, tear_down)
#define killed_test(name) cmocka_unit_test_setup_teardown(name, set_up_state, tear_down_state)
	const struct CMUnitTest tests[] = {
		test(random_drafts_come_out_as_predicted),
		test(so_they_do_on_every_family_and_service),
		test(locks_that_show_after_the_reset_are_unproved_until_then),
		test(closing_ends_the_service_and_is_said_to_be_unproved),
		test(another_service_is_no_change),
		test(closing_of_every_family),
		killed_test(killed_before_the_burn_nothing_is_burnt_and_it_is_said),
		killed_test(killed_after_the_burn_it_is_said_to_be_burnt),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
