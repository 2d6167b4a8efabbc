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

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BIT         UINT32_C(0x80000000)
#define VALUE       UINT32_C(0x80000000) /* bit 31 of a request's status: do something */
#define LOCK        UINT32_C(0xC0000000)
#define STICKY_READ UINT32_C(0x20000000)

/* Of both kinds of boards: a word of single bits that holds nothing, one that takes one write. */
struct words {
	unsigned bits, once, other;
};

static struct words words_of(enum fire_link link)
{
	const struct bench_kind *kind = bench_kind(link);
	return (struct words){kind->family == SIM_MP15 ? 9 : 40, kind->word[0], kind->word[1]};
}

static bool is_uboot(enum fire_link link)
{
	return bench_kind(link)->service == SIM_SERVICE_UBOOT;
}

/* --- passes by peer and bank */

static void test_passes(struct deal *deal, enum fire_link link)
{
	struct words word = words_of(link);
	deal_open(deal);
	deal_write(deal, word.bits, BIT);
	deal_lock(deal, word.bits, WORD_STATUS_PERMANENT);
	deal_write(deal, word.once, 0x00C0FFEE);
	deal_lock(deal, word.once, WORD_STATUS_PERMANENT);
	if (!is_uboot(link)) {
		deal_write(deal, word.other, 0x00000A05);
		deal_lock(deal, word.other, STICKY_READ);
	}
	deal_plan(deal);
	deal_commit(deal, NULL);
	deal_assert_verdict(deal, COMMIT_VERIFIED);
	const struct deal_entry values[] = {{word.bits, BIT, VALUE}, {word.once, 0x00C0FFEE, VALUE},
		{word.other, 0x00000A05, is_uboot(link) ? 0 : VALUE}, {0, 0, 0}};
	const struct deal_entry locks[] = {{word.bits, 0, LOCK}, {word.once, 0, LOCK}, {0, 0, 0}};
	const struct deal_entry sticky[] = {{word.other, 0, VALUE | STICKY_READ}, {0, 0, 0}};
	assert_int_equal(deal->request_count, is_uboot(link) ? 2 : 3);
	deal_assert_request(deal, 0, values);
	deal_assert_request(deal, 1, locks);
	if (!is_uboot(link))
		deal_assert_request(deal, 2, sticky);
}

/* U-Boot ignores locks until reset: they are refused. */
static void test_sticky_locks(struct deal *deal, enum fire_link link)
{
	deal_open(deal);
	deal_lock(deal, words_of(link).once, STICKY_READ);
	deal_plan(deal);
	assert_int_equal(deal_remark(deal, "sticky-ignored") != NULL, is_uboot(link));
	assert_int_equal(deal->plan->refused, is_uboot(link));
}

/* --- locks */

static void test_lock_of_a_changed_word(struct deal *deal, enum fire_link link)
{
	struct words word = words_of(link);
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
	deal_lock(deal, words_of(link).once, WORD_STATUS_PERMANENT);
	deal_plan(deal);
	assert_non_null(deal_remark(deal, "freezes-empty"));
	assert_true(deal->plan->danger >= CLASS_DANGEROUS);
}

/* --- arming */

static void plan_ours(struct deal *deal, enum fire_link link)
{
	deal_write(deal, words_of(link).once, 0x00C0FFEE);
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
	plan_ours(deal, link);
	deal_commit(deal, NULL);
	assert_int_equal(deal->fire.status, ERR_REFUSED);
	assert_int_equal(deal->request_count, 0);
	assert_int_equal(
		arming_arm(&deal->session->arming, deal->session->board, &err), ERR_REFUSED);
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

static void test_reads_before(struct deal *deal, enum fire_link link)
{
	unsigned reads, ignored, refused = 0;
	deal_end(deal);
	assert_false(refuses_wrong_read(link, 0, &reads));
	for (unsigned at = 1; at <= reads; at++)
		refused += refuses_wrong_read(link, at, &ignored);
	assert_true(refused >= 2);
	(void)deal_begin(link, FIRE_SOUND);
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
	bench_burn(&deal->fire.bench, words_of(link).other, 0x00000A05, 0);
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
	sim_partition_put(&twin, words_of(link).other, 0x00000A05, 0);
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

/* --- what a stopped commit leaves in the board */

struct stopping {
	bool is_staging;
	unsigned asked, at; /* stops at the n-th time it is asked, once staging has begun */
};

static void stop_progress(const char *stage, size_t done, size_t of, void *payload)
{
	struct stopping *stopping = payload;
	(void)done;
	(void)of;
	if (strcmp(stage, COMMIT_STAGE_STAGE) == 0)
		stopping->is_staging = true;
}

static bool stop_cancelled(void *payload)
{
	struct stopping *stopping = payload;
	return stopping->is_staging && ++stopping->asked >= stopping->at;
}

/* False once the commit asks fewer times. Another one, without a power cycle in between, burns its
 * own words and none of those that were staged before. */
static bool stop_at(enum fire_link link, unsigned at)
{
	struct deal *deal = deal_begin(link, FIRE_SOUND);
	struct words word = words_of(link);
	struct stopping stopping = {.at = at};
	const struct job job = {stop_progress, stop_cancelled, &stopping};
	deal_open(deal);
	deal_write(deal, word.bits, BIT);
	deal_write(deal, word.once, 0x00C0FFEE);
	deal_plan(deal);
	deal_commit(deal, &job);
	bool was_stopped = deal->fire.status != OK;
	if (was_stopped) {
		assert_int_equal(deal->fire.status, ERR_CANCELLED);
		deal_assert_refused(deal, "stopped");
		deal_write(deal, word.other, 0x00000A05);
		deal_plan(deal);
		deal_commit(deal, NULL);
		const struct deal_entry ours[] = {{word.other, 0x00000A05, VALUE}, {0, 0, 0}};
		assert_int_equal(deal->fire.result.verdict, COMMIT_VERIFIED);
		assert_int_equal(deal->request_count, 1);
		deal_assert_request(deal, 0, ours);
	}
	deal_end(deal);
	return was_stopped;
}

static void test_residue(struct deal *deal, enum fire_link link)
{
	unsigned at = 1;
	deal_end(deal);
	while (stop_at(link, at))
		at++;
	assert_true(at > 1);
	(void)deal_begin(link, FIRE_SOUND);
}

/* --- verdicts and exit statuses */

static void test_verdicts(struct deal *deal, enum fire_link link)
{
	/* U-Boot stops at the first error; STM32PRGFW-UTIL on an STM32MP2 goes on. Neither the
	 * board's word nor a power cut proves anything. */
	static const struct {
		enum fire_silicon silicon;
		enum commit_verdict verdict[2]; /* U-Boot, STM32PRGFW-UTIL */
		int exit_status;
	} rows[] = {
		{FIRE_SOUND, {COMMIT_VERIFIED, COMMIT_VERIFIED}, 0},
		{FIRE_LIES, {COMMIT_REFUSED, COMMIT_REFUSED}, 5},
		{FIRE_TAKES_NONE, {COMMIT_REFUSED, COMMIT_PARTIAL}, 5},
		{FIRE_TAKES_FIRST, {COMMIT_PARTIAL, COMMIT_PARTIAL}, 5},
		{FIRE_SPOILS, {COMMIT_PARTIAL, COMMIT_PARTIAL}, 5},
		{FIRE_CUTS_POWER, {COMMIT_UNKNOWN, COMMIT_UNKNOWN}, 5},
		{FIRE_LOCKS_LATE, {COMMIT_LOCKS_UNPROVED, COMMIT_LOCKS_UNPROVED}, 0},
	};
	deal_end(deal);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const char *name = commit_verdict_text(rows[i].verdict[!is_uboot(link)]);
		deal = deal_begin(link, rows[i].silicon);
		deal->fire.bench.read = NULL;
		fire_run_program(&deal->fire);
		if (!strstr(deal->fire.output, name))
			fail_msg("%s: '%s' is not in: %s", fire_silicon_name(rows[i].silicon), name,
				deal->fire.output);
		assert_int_equal(deal->fire.exit_status, rows[i].exit_status);
		deal_end(deal);
	}
	(void)deal_begin(link, FIRE_SOUND);
}

/* Nothing is burnt: the exit status says why. */
static void test_exit_statuses(struct deal *deal, enum fire_link link)
{
	static const struct {
		enum fire_fault fault;
		int exit_status;
	} rows[] = {{FIRE_GONE, 3}, {FIRE_TERMINATED, 4}, {FIRE_DISK, 6}};
	deal_end(deal);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		deal = deal_begin(link, FIRE_SOUND);
		deal->fire.which.fault = rows[i].fault;
		deal->fire.which.at = 1;
		fire_run_program(&deal->fire);
		deal->fire.bench.wire.is_disk_full = false;
		if (deal->fire.exit_status != rows[i].exit_status)
			fail_msg("%s: %d: %s", fire_fault_name(rows[i].fault),
				deal->fire.exit_status, deal->fire.output);
		assert_non_null(strstr(deal->fire.output, "nothing was burnt"));
		assert_int_equal(deal->request_count, 0);
		deal_end(deal);
	}
	(void)deal_begin(link, FIRE_SOUND);
}

/* --- the table */

static const struct {
	const char *name;
	void (*run)(struct deal *deal, enum fire_link link);
} rows[] = {
	{"passes by service and bank", test_passes},
	{"locks until reset", test_sticky_locks},
	{"the lock of a changed word", test_lock_of_a_changed_word},
	{"the lock of an empty word", test_lock_of_an_empty_word},
	{"arming", test_arming},
	{"read-only", test_read_only},
	{"two reads before", test_reads_before},
	{"one wrong read after", test_one_wrong_read_after},
	{"no two equal reads after", test_no_two_equal_reads_after},
	{"a plan of another moment", test_stale_plan},
	{"a plan for another board", test_plan_for_another_board},
	{"a plan for a twin", test_plan_for_a_twin},
	{"no identity", test_no_identity},
	{"a forced chip", test_forced_chip},
	{"what a stopped commit leaves", test_residue},
	{"verdicts", test_verdicts},
	{"exit statuses", test_exit_statuses},
};
#define ROWS (sizeof rows / sizeof rows[0])

struct cell {
	size_t row;
	enum fire_link link;
	char name[64];
};

static void run_cell(void **state)
{
	const struct cell *cell = *state;
	rows[cell->row].run(deal_begin(cell->link, FIRE_SOUND), cell->link);
	deal_end((struct deal *)(void *)on_fire); /* its first member */
}

int main(void)
{
	static struct cell cells[ROWS * FIRE_LINKS];
	static struct CMUnitTest tests[ROWS * FIRE_LINKS];
	for (size_t i = 0; i < ROWS * FIRE_LINKS; i++) {
		cells[i].row = i / FIRE_LINKS;
		cells[i].link = (enum fire_link)(i % FIRE_LINKS);
		snprintf(cells[i].name, sizeof cells[i].name, "%s: %s", rows[cells[i].row].name,
			fire_link_name(cells[i].link));
		tests[i] = (struct CMUnitTest){
			.name = cells[i].name, .test_func = run_cell, .initial_state = &cells[i]};
	}
	return cmocka_run_group_tests_name("contract", tests, NULL, NULL);
}
