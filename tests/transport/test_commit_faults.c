/*
 * Commits on boards behind both services, with something going wrong at every single exchange:
 * what the program then says must be what the fuses are.
 */
#include "tests/support/fixtures.h"
#include "tests/support/scratch.h"

#include "src/session.h"
#include "src/word_status.h"
#include "transport/device_usb.h"
#include "transport/fault.h"
#include "transport/sim_board.h"
#include "transport/sim_usb.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#define VALUE 0x00000A05u

/* A board to burn on, and an empty customer word of it. */
struct kind {
	enum sim_family family;
	enum sim_service service;
	unsigned word;
};

static const struct kind uboot_mp15 = {SIM_MP15, SIM_SERVICE_UBOOT, 70};
static const struct kind prgfw_mp15 = {SIM_MP15, SIM_SERVICE_PRGFW, 70};
static const struct kind prgfw_mp25 = {SIM_MP25, SIM_SERVICE_PRGFW, 40};

/* The one board on the bench; sources are opened by a table without a payload. */
static struct bench {
	struct sim_board *board;
	struct sim_usb *usb;
	struct usb_link *link; /* of the device that was opened last */
	char folder[SCRATCH_MAX];
} bench;

/* --- the board as a source */

static bool claims(const char *text)
{
	return strcmp(text, "bench") == 0;
}

static enum status open_bench(struct device **out, const char *text,
	const struct source_options *options, struct errbuf *err)
{
	const struct device_usb_about about = {.source = text,
		.port = "bench",
		.source_class = SOURCE_SIMULATED,
		.fresh_power = true};
	const struct fault_options no_options = {0};
	struct usb_link *inner;
	enum status status = sim_usb_open(&inner, bench.usb, err);
	(void)options;
	if (status != OK)
		return status;
	status = fault_open(&bench.link, inner, &no_options, err);
	if (status != OK) {
		inner->ops->close(inner);
		return status;
	}
	return device_usb_open(out, bench.link, &about, err);
}

static const struct source_ops source_bench = {
	.name = "bench", .help = "", .claims = claims, .open = open_bench};
static const struct source_ops *const sources[] = {&source_bench, NULL};

/* --- a commit */

struct run {
	struct session *session;
	struct plan *plan;
	struct commit_result *result;
	enum status status;
};

static void set_up_bench(const struct kind *kind)
{
	struct errbuf err = {0};
	scratch_make(bench.folder);
	assert_int_equal(sim_board_demo(&bench.board, kind->family, &err), OK);
	assert_true(sim_board_set_service(bench.board, kind->service));
	assert_int_equal(sim_usb_create(&bench.usb, bench.board, &err), OK);
	assert_int_equal(sim_board_fuses(bench.board, kind->word), 0);
}

static void tear_down_bench(void)
{
	sim_usb_free(bench.usb);
	sim_board_free(bench.board);
	scratch_remove(bench.folder);
}

static struct session *open_session(void)
{
	struct session_options options = {
		.sources = sources, .source = {.state_folder = bench.folder}};
	struct session *session = NULL;
	struct errbuf err = {0};
	if (session_open(&session, "bench", &options, &err) != OK)
		fail_msg("%s", err.text);
	return session;
}

static void prepare(struct run *run, const struct kind *kind)
{
	struct edits *edits = calloc(1, sizeof *edits);
	struct errbuf err = {0};
	assert_non_null(edits);
	run->result = calloc(1, sizeof *run->result);
	assert_non_null(run->result);
	run->session = open_session();
	edits->word[kind->word] = (struct edit){.sets_value = true, .value = VALUE};
	assert_int_equal(session_plan(&run->plan, run->session, edits, &err), OK);
	assert_false(run->plan->refused);
	assert_int_equal(run->plan->pass_count, 1);
	free(edits);
}

/* Confirms as a person would who acknowledges every remark and types the phrase. */
static void commit(struct run *run)
{
	struct session *session = run->session;
	struct errbuf err = {0};
	struct confirmation confirmation;
	char phrase[CONFIRM_PHRASE_MAX];
	bool *acknowledged = calloc(run->plan->remarks.count + 1, 1);
	assert_non_null(acknowledged);
	memset(acknowledged, 1, run->plan->remarks.count + 1);
	confirm_phrase(phrase, run->plan);
	assert_int_equal(arming_arm(&session->arming, session->board, &err), OK);
	assert_int_equal(confirm_typed(&confirmation, run->plan, phrase, acknowledged,
				 &session->arming, &err),
		OK);
	run->status = session_commit(run->result, session, run->plan, &confirmation, NULL, &err);
	free(acknowledged);
}

static void finish(struct run *run)
{
	plan_free(run->plan);
	session_close(run->session);
	free(run->result);
}

/* What was said about the commit against what the fuses are. */
static void assert_true_to_the_fuses(const struct run *run, const struct kind *kind)
{
	bool is_burnt = sim_board_fuses(bench.board, kind->word) == VALUE;
	assert_true(is_burnt || sim_board_fuses(bench.board, kind->word) == 0);
	assert_true(sim_board_pulses(bench.board, kind->word) <= 1);
	if (run->status != OK) {
		assert_false(run->result->triggered);
		assert_false(is_burnt);
		return;
	}
	switch (run->result->verdict) {
	case COMMIT_VERIFIED: assert_true(is_burnt); break;
	case COMMIT_UNKNOWN: assert_true(run->result->triggered); break;
	default: assert_false(is_burnt); break;
	}
}

/* After a power cycle the next program reads the truth, and can burn what is not yet burnt. */
static void assert_explained_later(const struct kind *kind)
{
	bool is_burnt = sim_board_fuses(bench.board, kind->word) == VALUE;
	sim_board_power_down(bench.board);
	sim_board_power_up(bench.board);
	struct session *session = open_session();
	assert_true(session->has_image);
	assert_int_equal(session->image.value[kind->word], is_burnt ? VALUE : 0);
	assert_false(session->untouchable[kind->word]);
	session_close(session);
	if (is_burnt)
		return;
	struct run again = {0};
	prepare(&again, kind);
	commit(&again);
	assert_int_equal(again.status, OK);
	assert_int_equal(again.result->verdict, COMMIT_VERIFIED);
	finish(&again);
}

/* How many exchanges a commit takes when nothing goes wrong. */
static unsigned count_exchanges(const struct kind *kind)
{
	struct run run = {0};
	set_up_bench(kind);
	prepare(&run, kind);
	unsigned before = fault_count(bench.link);
	commit(&run);
	assert_int_equal(run.status, OK);
	assert_int_equal(run.result->verdict, COMMIT_VERIFIED);
	assert_int_equal(sim_board_pulses(bench.board, kind->word), 1);
	unsigned count = fault_count(bench.link) - before;
	finish(&run);
	tear_down_bench();
	return count;
}

static void fault_at_every_exchange(const struct kind *kind, enum fault_kind fault)
{
	unsigned count = count_exchanges(kind);
	bool was_refused = false, was_unknown = false;
	assert_true(count > 10);
	for (unsigned at = 1; at <= count; at++) {
		struct run run = {0};
		set_up_bench(kind);
		prepare(&run, kind);
		fault_plan(bench.link, at, fault);
		commit(&run);
		assert_true_to_the_fuses(&run, kind);
		was_refused = was_refused || run.status != OK;
		was_unknown =
			was_unknown || (run.status == OK && run.result->verdict != COMMIT_VERIFIED);
		finish(&run);
		assert_explained_later(kind);
		tear_down_bench();
	}
	assert_true(was_refused);
	if (fault == FAULT_GONE || fault == FAULT_GONE_AFTER)
		assert_true(was_unknown);
}

static void test_unplugged(void **state)
{
	fault_at_every_exchange(*state, FAULT_GONE);
	fault_at_every_exchange(*state, FAULT_GONE_AFTER);
}

static void test_timeouts(void **state)
{
	fault_at_every_exchange(*state, FAULT_LOST);
	fault_at_every_exchange(*state, FAULT_UNANSWERED);
}

static void test_stalls(void **state)
{
	fault_at_every_exchange(*state, FAULT_STALL);
}

/* --- boards that say OK */

static void test_board_lies(void **state)
{
	const struct kind *kind = *state;
	struct run run = {0};
	set_up_bench(kind);
	sim_board_set_faults(bench.board, (struct sim_faults){.lies = true});
	prepare(&run, kind);
	commit(&run);
	assert_int_equal(run.status, OK);
	assert_int_equal(run.result->verdict, COMMIT_REFUSED);
	finish(&run);
	tear_down_bench();
}

static void test_word_fails(void **state)
{
	const struct kind *kind = *state;
	struct run run = {0};
	set_up_bench(kind);
	sim_board_set_word_fault(bench.board, kind->word, SIM_WORD_FAILS);
	prepare(&run, kind);
	commit(&run);
	assert_int_equal(run.status, OK);
	assert_int_equal(run.result->verdict, COMMIT_REFUSED);
	/* STM32PRGFW-UTIL has no words for it, and is not asked. */
	assert_int_equal(run.result->complaint[0] != '\0', kind->service == SIM_SERVICE_UBOOT);
	finish(&run);
	tear_down_bench();
}

#define FOR_EVERY_KIND(test)                                                                       \
	{#test " (U-Boot, MP15)", test, NULL, NULL, (void *)(uintptr_t)&uboot_mp15},               \
		{#test " (PRGFW, MP15)", test, NULL, NULL, (void *)(uintptr_t)&prgfw_mp15},        \
	{                                                                                          \
#test " (PRGFW, MP25)", test, NULL, NULL, (void *)(uintptr_t)&prgfw_mp25           \
	}

int main(void)
{
	const struct CMUnitTest tests[] = {
		FOR_EVERY_KIND(test_unplugged),
		FOR_EVERY_KIND(test_timeouts),
		FOR_EVERY_KIND(test_stalls),
		FOR_EVERY_KIND(test_board_lies),
		FOR_EVERY_KIND(test_word_fails),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
