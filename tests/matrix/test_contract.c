/*
 * What the contract of a commit promises, on every link and under each service: one row a promise,
 * one test a row and link. Expected requests and verdicts are those of the services' own code, as
 * src/peer.h and transport/sim_board.h name it.
 */
#include "tests/matrix/deal.h"

#include "src/word_status.h"
#include "tests/support/sim_partition.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#define STICKY_READ UINT32_C(0x20000000)

/* --- passes by peer and bank */

static void test_passes(struct deal *deal, enum fire_link link)
{
	struct deal_words word = deal_words(link);
	deal_open(deal);
	deal_write(deal, word.bits, DEAL_BIT);
	deal_lock(deal, word.bits, WORD_STATUS_PERMANENT);
	deal_write(deal, word.once, 0x00C0FFEE);
	deal_lock(deal, word.once, WORD_STATUS_PERMANENT);
	if (!deal_is_uboot(link)) {
		deal_write(deal, word.other, 0x00000A05);
		deal_lock(deal, word.other, STICKY_READ);
	}
	deal_plan(deal);
	deal_commit(deal, NULL);
	deal_assert_verdict(deal, COMMIT_VERIFIED);
	const struct deal_entry values[] = {{word.bits, DEAL_BIT, DEAL_VALUE},
		{word.once, 0x00C0FFEE, DEAL_VALUE},
		{word.other, 0x00000A05, deal_is_uboot(link) ? 0 : DEAL_VALUE}, {0, 0, 0}};
	const struct deal_entry locks[] = {
		{word.bits, 0, DEAL_LOCK}, {word.once, 0, DEAL_LOCK}, {0, 0, 0}};
	const struct deal_entry sticky[] = {{word.other, 0, DEAL_VALUE | STICKY_READ}, {0, 0, 0}};
	assert_int_equal(deal->request_count, deal_is_uboot(link) ? 2 : 3);
	deal_assert_request(deal, 0, values);
	deal_assert_request(deal, 1, locks);
	if (!deal_is_uboot(link))
		deal_assert_request(deal, 2, sticky);
}

/* U-Boot ignores locks until reset: they are refused. */
static void test_sticky_locks(struct deal *deal, enum fire_link link)
{
	deal_open(deal);
	deal_lock(deal, deal_words(link).once, STICKY_READ);
	deal_plan(deal);
	assert_int_equal(deal_remark(deal, "sticky-ignored") != NULL, deal_is_uboot(link));
	assert_int_equal(deal->plan->refused, deal_is_uboot(link));
}

/* --- locks */

static void test_lock_of_a_changed_word(struct deal *deal, enum fire_link link)
{
	struct deal_words word = deal_words(link);
	bench_burn(&deal->fire.bench, word.bits, 0x1, 0);
	deal_open(deal);
	if (deal->fire.bench.kind->is_simulated) /* it has been made from its image */
		bench_burn(&deal->fire.bench, word.bits, 0x1, 0);
	assert_int_equal(session_refresh(deal->session, NULL, &deal->fire.err), OK);
	deal_lock(deal, word.bits, WORD_STATUS_PERMANENT);
	deal_plan(deal);
	bench_burn(&deal->fire.bench, word.bits, 0x3, 0);
	deal_commit(deal, NULL);
	deal_assert_refused(deal, "no longer as previewed");
	assert_false(sim_board_is_locked(deal->fire.bench.boards[0], word.bits));
}

static void test_lock_of_an_empty_word(struct deal *deal, enum fire_link link)
{
	deal_open(deal);
	deal_lock(deal, deal_words(link).once, WORD_STATUS_PERMANENT);
	deal_plan(deal);
	assert_non_null(deal_remark(deal, "freezes-empty"));
	assert_true(deal->plan->danger >= CLASS_DANGEROUS);
}

/* --- arming */

static void plan_ours(struct deal *deal, enum fire_link link)
{
	deal_write(deal, deal_words(link).once, 0x00C0FFEE);
	deal_plan(deal);
}

static void test_arming(struct deal *deal, enum fire_link link)
{
	struct confirmation confirmation = {0};
	struct fire *fire = &deal->fire;
	deal_open(deal);
	assert_false(deal->session->arming.armed);
	plan_ours(deal, link);
	/* The very confirmation of this plan, and nobody armed the session. */
	memcpy(confirmation.fingerprint, deal->plan->fingerprint, sizeof confirmation.fingerprint);
	memcpy(confirmation.board, deal->plan->board, sizeof confirmation.board);
	assert_true(confirmation_holds(&confirmation, deal->plan));
	fire->status = session_commit(
		&fire->result, deal->session, deal->plan, &confirmation, NULL, &fire->err);
	deal_assert_refused(deal, "not armed");
	deal_commit(deal, NULL);
	assert_int_equal(fire->status, OK);
	assert_int_equal(deal->request_count, 1);
	assert_false(deal->session->arming.armed);
	/* And by no reconnection. */
	assert_int_equal(arming_arm(&deal->session->arming, deal->session->board, &fire->err), OK);
	deal_open(deal);
	assert_false(deal->session->arming.armed);
}

static void test_read_only(struct deal *deal, enum fire_link link)
{
	struct errbuf err = {0};
	deal_open(deal);
	deal->session->arming.read_only = true;
	assert_int_equal(
		arming_arm(&deal->session->arming, deal->session->board, &err), ERR_REFUSED);
	assert_false(deal->session->arming.armed);
	plan_ours(deal, link);
	deal_commit(deal, NULL);
	assert_int_equal(deal->fire.status, ERR_REFUSED);
	assert_int_equal(deal->request_count, 0);
	assert_false(deal->session->arming.armed);
}

/* --- reads before and after */

/* One read of the fuses before the burn is wrong. Not every one has to matter: under
 * STM32PRGFW-UTIL some are made for their effect alone. */
static bool refuses_wrong_read(enum fire_link link, unsigned at, unsigned *reads)
{
	struct deal *deal = deal_begin(link, FIRE_SOUND);
	deal_open(deal);
	plan_ours(deal, link);
	deal->wrong_at = at;
	deal_commit(deal, NULL);
	bool is_refused = deal->fire.status != OK;
	if (is_refused)
		deal_assert_refused(deal, "");
	else
		assert_int_equal(deal->fire.result.verdict, COMMIT_VERIFIED);
	*reads = deal->reads_before;
	deal_end(deal);
	return is_refused;
}

static void test_reads_before(enum fire_link link)
{
	unsigned reads, ignored, refused = 0;
	assert_false(refuses_wrong_read(link, 0, &reads));
	for (unsigned at = 1; at <= reads; at++)
		refused += refuses_wrong_read(link, at, &ignored);
	assert_true(refused >= 2);
}

/* A read that is wrong once is not believed. */
static void test_one_wrong_read_after(struct deal *deal, enum fire_link link)
{
	deal_open(deal);
	plan_ours(deal, link);
	deal->counts_after_request = true;
	deal->wrong_at = 1;
	deal_commit(deal, NULL);
	deal_assert_verdict(deal, COMMIT_VERIFIED);
	assert_true(deal->reads >= 3);
}

/* Of a board that never reads the same twice nobody can tell what was burnt. */
static void test_no_two_equal_reads_after(struct deal *deal, enum fire_link link)
{
	deal_open(deal);
	plan_ours(deal, link);
	deal->counts_after_request = true;
	deal->wrong_at = 1;
	deal->is_wrong_from = true;
	deal_commit(deal, NULL);
	deal_assert_verdict(deal, COMMIT_UNKNOWN);
	assert_int_equal(deal->request_count, 1);
	assert_int_equal(fire_open_entries(&deal->fire, JOURNAL_NO_OUTCOME), 1);
}

/* --- plans of another moment, and for another board */

static void test_stale_plan(struct deal *deal, enum fire_link link)
{
	deal_open(deal);
	plan_ours(deal, link);
	bench_burn(&deal->fire.bench, deal_words(link).other, 0x00000A05, 0);
	deal_commit(deal, NULL);
	deal_assert_refused(deal, "no longer as previewed");
}

static void test_plan_for_another_board(struct deal *deal, enum fire_link link)
{
	deal_open(deal);
	plan_ours(deal, link);
	deal_lose(deal);
	bench_connect(&deal->fire.bench, 1);
	deal_open(deal);
	deal_commit(deal, NULL);
	deal_assert_refused(deal, "the plan was confirmed for");
	for (unsigned i = 0; i < sim_board_word_count(deal->fire.bench.boards[1]); i++)
		assert_int_equal(sim_board_pulses(deal->fire.bench.boards[1], i), 0);
}

/* Real boards: who has the same identity is the same board. Simulated ones can be twins. */
static void test_plan_for_a_twin(struct deal *deal, enum fire_link link)
{
	struct sim_partition twin = sim_partition_read(deal->fire.bench.boards[0]);
	bool is_simulated = deal->fire.bench.kind->is_simulated;
	deal_open(deal);
	plan_ours(deal, link);
	/* With another content, so that it is another file. */
	sim_partition_put(&twin, deal_words(link).other, 0x00000A05, 0);
	bench_replace_other(&deal->fire.bench, &twin);
	deal_lose(deal);
	bench_connect(&deal->fire.bench, 1);
	deal_open(deal);
	assert_string_equal(deal->session->board, deal->plan->board);
	deal_commit(deal, NULL);
	deal_assert_refused(deal, is_simulated ? "simulated board" : "no longer as previewed");
}

static void test_no_identity(struct deal *deal, enum fire_link link)
{
	struct sim_partition nobody = sim_partition_read(deal->fire.bench.boards[0]);
	/* STM32MP15: words 13 to 15; STM32MP25: 5 to 7. */
	unsigned first = bench_kind(link)->family == SIM_MP15 ? 13 : 5;
	for (unsigned i = first; i < first + 3; i++)
		sim_partition_put(&nobody, i, 0, sim_partition_status(&nobody, i));
	bench_replace_other(&deal->fire.bench, &nobody);
	bench_connect(&deal->fire.bench, 1);
	deal_open(deal);
	assert_string_equal(deal->session->board, "");
	plan_ours(deal, link);
	assert_true(deal->plan->refused);
	assert_non_null(deal_remark(deal, "no-identity"));
	deal_commit(deal, NULL);
	assert_int_equal(deal->fire.status, ERR_REFUSED);
	assert_int_equal(deal->request_count, 0);
}

static void test_forced_chip(struct deal *deal, enum fire_link link)
{
	const struct session_options options = {.sources = bench_sources,
		.chip = bench_kind(link)->family == SIM_MP15 ? "stm32mp13" : "stm32mp23",
		.source = {.state_folder = deal->fire.bench.state_folder}};
	struct errbuf err = {0};
	assert_int_equal(
		session_open(&deal->session, deal->fire.bench.sources[0], &options, &err), OK);
	assert_true(deal->session->view_only);
	plan_ours(deal, link);
	assert_true(deal->plan->refused);
	assert_non_null(deal_remark(deal, "view-only"));
	deal_commit(deal, NULL);
	assert_int_equal(deal->fire.status, ERR_REFUSED);
	assert_int_equal(deal->request_count, 0);
}

/* --- the table */

static const struct deal_row rows[] = {
	{"passes by service and bank", test_passes, NULL},
	{"locks until reset", test_sticky_locks, NULL},
	{"the lock of a changed word", test_lock_of_a_changed_word, NULL},
	{"the lock of an empty word", test_lock_of_an_empty_word, NULL},
	{"arming", test_arming, NULL},
	{"read-only", test_read_only, NULL},
	{"two reads before", NULL, test_reads_before},
	{"one wrong read after", test_one_wrong_read_after, NULL},
	{"no two equal reads after", test_no_two_equal_reads_after, NULL},
	{"a plan of another moment", test_stale_plan, NULL},
	{"a plan for another board", test_plan_for_another_board, NULL},
	{"a plan for a twin", test_plan_for_a_twin, NULL},
	{"no identity", test_no_identity, NULL},
	{"a forced chip", test_forced_chip, NULL},
};

int main(void)
{
	return deal_run("contract", rows, sizeof rows / sizeof rows[0]);
}
