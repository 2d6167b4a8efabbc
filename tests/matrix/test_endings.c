/*
 * How commits end, on every link and under each service: what one that is stopped leaves in the
 * board's memory, what is said, and with which exit status. See test_contract.c.
 */
#include "tests/matrix/deal.h"
#include "tests/matrix/stranger.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

/* --- what a stopped commit leaves in the board */

struct stopping {
	bool is_staging;
	unsigned asked, at;  /* stops at the n-th time it is asked, once staging has begun */
	struct wire *pulled; /* the link goes at that moment; NULL: it stays */
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
	if (!stopping->is_staging || ++stopping->asked < stopping->at)
		return false;
	if (stopping->pulled)
		stopping->pulled->is_gone = true;
	return true;
}

/* Both words in a request that is stopped at the n-th question; false where there are fewer. */
static bool stop(struct deal *deal, enum fire_link link, unsigned at, bool is_pulled)
{
	struct deal_words word = deal_words(link);
	struct stopping stopping = {.at = at, .pulled = is_pulled ? &deal->fire.bench.wire : NULL};
	const struct job job = {stop_progress, stop_cancelled, &stopping};
	deal_open(deal);
	deal_write(deal, word.bits, DEAL_BIT);
	deal_write(deal, word.once, 0x00C0FFEE);
	deal_plan(deal);
	deal_commit(deal, &job);
	if (deal->fire.status == OK)
		return false;
	deal_assert_refused(deal, "stopped");
	return true;
}

/* How often a commit asks whether to stop while it stages. */
static unsigned count_questions(enum fire_link link)
{
	unsigned at = 0;
	bool was_stopped;
	do {
		struct deal *deal = deal_begin(link, FIRE_SOUND);
		was_stopped = stop(deal, link, ++at, false);
		deal_end(deal);
	} while (was_stopped);
	assert_true(at > 1);
	return at - 1;
}

static unsigned words_triggered;

static void count_words(
	const struct sim_board *board, const uint8_t *request, size_t length, void *payload)
{
	(void)board;
	(void)payload;
	for (size_t i = 8; i + 8 <= length; i += 8)
		words_triggered += (request[i + 7] & 0x80) != 0;
}

/* What somebody else can make of what the program left. */
static unsigned trigger(struct deal *deal)
{
	words_triggered = 0;
	deal->fire.bench.requested = count_words;
	stranger_triggers(&deal->fire.bench);
	return words_triggered;
}

static void test_residue(enum fire_link link)
{
	unsigned last = count_questions(link);
	for (unsigned at = 1; at <= last; at++) {
		struct deal *deal = deal_begin(link, FIRE_SOUND);
		assert_true(stop(deal, link, at, false));
		assert_int_equal(trigger(deal), 0);
		deal_end(deal);
	}
}

/* Another commit, without a power cycle in between, burns its own words and no other. */
static void test_commit_after_a_stop(enum fire_link link)
{
	struct deal_words word = deal_words(link);
	const struct deal_entry ours[] = {{word.other, 0x00000A05, DEAL_VALUE}, {0, 0, 0}};
	unsigned last = count_questions(link);
	for (unsigned at = 1; at <= last; at++) {
		struct deal *deal = deal_begin(link, FIRE_SOUND);
		assert_true(stop(deal, link, at, false));
		deal_write(deal, word.other, 0x00000A05);
		deal_plan(deal);
		deal_commit(deal, NULL);
		deal_assert_verdict(deal, COMMIT_VERIFIED);
		assert_int_equal(deal->request_count, 1);
		deal_assert_request(deal, 0, ours);
		deal_end(deal);
	}
}

/* Where the link goes with it, the request stays in the board: then that is said, and stays open.
 */
static void test_residue_is_told(enum fire_link link)
{
	unsigned last = count_questions(link);
	struct deal *deal = deal_begin(link, FIRE_SOUND);
	assert_true(stop(deal, link, last, true));
	assert_non_null(strstr(deal->fire.err.text, "power-cycle the board"));
	assert_int_equal(fire_open_entries(&deal->fire, JOURNAL_NO_OUTCOME), 1);
	assert_true(trigger(deal) >= 2);
	deal_end(deal);
}

/* --- verdicts and exit statuses */

static void test_verdicts(enum fire_link link)
{
	/* U-Boot stops at the first error; STM32PRGFW-UTIL on an STM32MP2 goes on. Neither the
	 * board's word nor a power cut proves anything. */
	static const struct {
		enum fire_silicon silicon;
		enum commit_verdict verdict[2]; /* U-Boot, STM32PRGFW-UTIL */
		int exit_status;
	} cases[] = {
		{FIRE_SOUND, {COMMIT_VERIFIED, COMMIT_VERIFIED}, 0},
		{FIRE_LIES, {COMMIT_REFUSED, COMMIT_REFUSED}, 5},
		{FIRE_BURNS_LATE, {COMMIT_VERIFIED, COMMIT_VERIFIED}, 0},
		{FIRE_TAKES_NONE, {COMMIT_REFUSED, COMMIT_PARTIAL}, 5},
		{FIRE_TAKES_FIRST, {COMMIT_PARTIAL, COMMIT_PARTIAL}, 5},
		{FIRE_TAKES_HALF, {COMMIT_PARTIAL, COMMIT_PARTIAL}, 5},
		{FIRE_SPOILS, {COMMIT_PARTIAL, COMMIT_PARTIAL}, 5},
		{FIRE_CUTS_POWER, {COMMIT_UNKNOWN, COMMIT_UNKNOWN}, 5},
		{FIRE_LOCK_FAILS, {COMMIT_LOCKS_UNPROVED, COMMIT_LOCKS_UNPROVED}, 0},
		{FIRE_LOCKS_LATE, {COMMIT_LOCKS_UNPROVED, COMMIT_LOCKS_UNPROVED}, 0},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const char *name = commit_verdict_text(cases[i].verdict[!deal_is_uboot(link)]);
		struct deal *deal = deal_begin(link, cases[i].silicon);
		deal->fire.bench.read = NULL;
		fire_run_program(&deal->fire);
		if (!strstr(deal->fire.output, name))
			fail_msg("%s: '%s' is not in: %s", fire_silicon_name(cases[i].silicon),
				name, deal->fire.output);
		assert_int_equal(deal->fire.exit_status, cases[i].exit_status);
		deal_end(deal);
	}
}

/* Nothing is burnt: the exit status says why. */
static void test_exit_statuses(enum fire_link link)
{
	static const struct {
		enum fire_fault fault;
		int exit_status;
	} cases[] = {{FIRE_GONE, 3}, {FIRE_TERMINATED, 4}, {FIRE_DISK, 6}};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct deal *deal = deal_begin(link, FIRE_SOUND);
		deal->fire.which.fault = cases[i].fault;
		deal->fire.which.at = 1;
		fire_run_program(&deal->fire);
		deal->fire.bench.wire.is_disk_full = false;
		if (deal->fire.exit_status != cases[i].exit_status)
			fail_msg("%s: %d: %s", fire_fault_name(cases[i].fault),
				deal->fire.exit_status, deal->fire.output);
		assert_non_null(strstr(deal->fire.output, "nothing was burnt"));
		assert_int_equal(deal->request_count, 0);
		deal_end(deal);
	}
}

/* --- the table */

static const struct deal_row rows[] = {
	{"what a stopped commit leaves", NULL, test_residue},
	{"a commit after a stopped one", NULL, test_commit_after_a_stop},
	{"what could not be taken back", NULL, test_residue_is_told},
	{"verdicts", NULL, test_verdicts},
	{"exit statuses", NULL, test_exit_statuses},
};

int main(void)
{
	return deal_run("endings", rows, sizeof rows / sizeof rows[0]);
}
