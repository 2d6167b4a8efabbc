/*
 * Commits over the real libusb that end in the middle: another board is plugged in at the place of
 * the one at work, the program dies, or the person stops it, at every transfer.
 */
#include "tests/support/sim_partition.h"
#include "tests/usb/commit_rig.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define MORE_THAN_EVER 300

static const struct commit_kind uboot = {SIM_MP15, SIM_SERVICE_UBOOT, 70, 0x12345678, false};
static const struct commit_kind prgfw = {SIM_MP15, SIM_SERVICE_PRGFW, 70, 0x12345678, false};

static struct commit_rig rig;

/* --- another board in its place */

static struct {
	struct sim_board *board;
	struct sim_usb *usb;
	struct mock_usb mock;
	bool is_in;
} other;

/* The same but for its unique id, at the same port of the hub. */
static void plug_other(struct commit_rig *first)
{
	struct sim_partition fuses = sim_partition_read(first->board);
	sim_partition_put(&fuses, 13, 0x00770077, sim_partition_status(&fuses, 13));
	assert_int_equal(sim_board_of_family(
				 &other.board, first->kind.family, fuses.bytes, 776, &first->err),
		OK);
	assert_true(sim_board_set_service(other.board, first->kind.service));
	assert_int_equal(sim_usb_create(&other.usb, other.board, &first->err), OK);
	mock_usb_start(&other.mock, first->testbed, other.usb, 4, 9);
	other.is_in = true;
}

static void remove_other(void)
{
	mock_usb_unplug(&other.mock);
	mock_usb_stop(&other.mock);
	sim_usb_free(other.usb);
	sim_board_free(other.board);
	other.is_in = false;
}

/* What is known of the first is not told of the other, which may be worked with. */
static void assert_not_taken_for_it(const char *board, size_t open)
{
	struct session *session = commit_rig_open(&rig);
	if (!session)
		fail_msg("%s", rig.opening.text);
	assert_string_not_equal(session->board, board);
	assert_int_equal(session->recovered_count, 0);
	assert_false(session->untouchable[rig.kind.word]);
	session_close(session);
	commit_rig_assert_untouched(other.board);
	assert_int_equal(commit_rig_open_entries(&rig), open);
}

/* False once the whole commit took fewer transfers than that. */
static bool swap_at(const struct commit_kind *kind, unsigned number)
{
	const struct mock_usb_fault fault = {
		.kind = MOCK_UNPLUG_AFTER, .request = MOCK_ANY_REQUEST, .at = number};
	char board[64];
	commit_rig_make(&rig, kind);
	commit_rig_hurry(&rig);
	struct session *session = commit_rig_open(&rig);
	assert_non_null(session);
	memcpy(board, session->board, sizeof board);
	rig.gone = plug_other;
	commit_rig_commit(&rig, session, &fault);
	session_close(session);
	bool was_swapped = rig.mock.is_gone;
	commit_rig_assert_true(&rig);
	/* Only where nothing more was to be sent, nobody noticed. */
	if (was_swapped && !other.is_in)
		plug_other(&rig);
	if (was_swapped) {
		size_t open = commit_rig_open_entries(&rig);
		assert_int_equal(other.mock.class_requests, 0);
		assert_not_taken_for_it(board, open);
		remove_other();
	}
	commit_rig_remove(&rig);
	return was_swapped;
}

static void swap_everywhere(const struct commit_kind *kind)
{
	unsigned number = 1;
	while (swap_at(kind, number)) {
		number++;
		assert_true(number < MORE_THAN_EVER);
	}
	assert_true(number > 36);
}

static void test_swapped_uboot(void **state)
{
	(void)state;
	swap_everywhere(&uboot);
}

static void test_swapped_prgfw(void **state)
{
	(void)state;
	swap_everywhere(&prgfw);
}

/* --- the program dies */

static unsigned lives;

static void die(struct commit_rig *dying)
{
	(void)dying;
	if (--lives == 0)
		raise(SIGKILL);
}

/* True if the commit came to its end before. */
static bool commit_and_die(unsigned number)
{
	int end;
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		struct session *session = commit_rig_open(&rig);
		if (!session)
			_exit(1);
		lives = number;
		rig.passed = die;
		commit_rig_commit(&rig, session, NULL);
		_exit(rig.status == OK && rig.result->verdict == COMMIT_VERIFIED ? 0 : 2);
	}
	assert_int_equal(waitpid(child, &end, 0), child);
	if (!WIFSIGNALED(end)) {
		assert_int_equal(WEXITSTATUS(end), 0);
		return true;
	}
	assert_int_equal(WTERMSIG(end), SIGKILL);
	return false;
}

static void await_release(void)
{
	for (unsigned i = 0; mock_usb_is_claimed(&rig.mock); i++) {
		assert_true(i < 5000);
		g_usleep(1000);
	}
}

static void assert_told_at_next_start(size_t open)
{
	unsigned word = rig.kind.word;
	uint32_t fuses = sim_board_fuses(rig.board, word);
	struct session *session = commit_rig_open(&rig);
	if (!session)
		fail_msg("%s", rig.opening.text);
	assert_int_equal(session->image.value[word], fuses);
	assert_int_equal(session->recovered_count, open);
	assert_int_equal(session->untouchable[word], open > 0);
	if (open > 0) {
		const struct journal_entry *entry = &session->recovered[0];
		assert_int_equal(entry->result_count, 1);
		assert_int_equal(entry->results[0].verdict,
			fuses == rig.kind.value ? VERDICT_AS_PLANNED : VERDICT_NOT_BURNT);
		assert_true(session->news_count > 1);
	}
	session_close(session);
}

static bool die_at(const struct commit_kind *kind, unsigned number, unsigned tally[2])
{
	commit_rig_make(&rig, kind);
	commit_rig_hurry(&rig);
	bool survived = commit_and_die(number);
	await_release();
	bool is_burnt = sim_board_fuses(rig.board, kind->word) != 0;
	size_t open = commit_rig_open_entries(&rig);
	unsigned requests = rig.mock.class_requests;
	/* No fuse is burnt that nothing was written down of. */
	assert_true(open > 0 || survived || !is_burnt);
	tally[is_burnt] += open > 0;
	if (open > 0 && kind->service == SIM_SERVICE_PRGFW) {
		assert_null(commit_rig_open(&rig));
		assert_int_equal(rig.mock.class_requests, requests);
	} else {
		assert_told_at_next_start(open);
	}
	assert_true(sim_board_pulses(rig.board, kind->word) <= 1);
	commit_rig_remove(&rig);
	return !survived;
}

static void die_everywhere(const struct commit_kind *kind)
{
	unsigned number = 1, tally[2] = {0, 0};
	while (die_at(kind, number, tally)) {
		number++;
		assert_true(number < MORE_THAN_EVER);
	}
	/* With an intent and no outcome: before the burn, and behind it. */
	assert_true(tally[0] > 2);
	assert_true(tally[1] > 8);
}

static void test_killed_uboot(void **state)
{
	(void)state;
	die_everywhere(&uboot);
}

static void test_killed_prgfw(void **state)
{
	(void)state;
	die_everywhere(&prgfw);
}

/* --- the person stops it */

static void wish_to_stop(struct commit_rig *stopped)
{
	(void)stopped;
	if (lives > 0)
		lives--;
}

static bool is_stopped(void *payload)
{
	(void)payload;
	return lives == 0;
}

/* The board is as it was, and a second try burns. */
static void assert_as_before(struct session *session)
{
	rig.job = NULL;
	commit_rig_commit(&rig, session, NULL);
	assert_int_equal(rig.status, OK);
	assert_int_equal(rig.result->verdict, COMMIT_VERIFIED);
	commit_rig_assert_true(&rig);
}

/* False once it was burnt before the person asked to stop. */
static bool stop_at(const struct commit_kind *kind, unsigned number)
{
	const struct job job = {.cancelled = is_stopped};
	commit_rig_make(&rig, kind);
	commit_rig_hurry(&rig);
	struct session *session = commit_rig_open(&rig);
	assert_non_null(session);
	lives = number;
	rig.passed = wish_to_stop;
	rig.job = &job;
	commit_rig_commit(&rig, session, NULL);
	commit_rig_assert_true(&rig);
	bool was_stopped = rig.status != OK;
	assert_int_equal(commit_rig_open_entries(&rig), 0);
	if (was_stopped) {
		assert_int_equal(rig.status, ERR_CANCELLED);
		assert_as_before(session);
	} else {
		/* Behind the burn stopping is no longer asked for: what was burnt has to be seen.
		 */
		assert_int_equal(rig.result->verdict, COMMIT_VERIFIED);
	}
	session_close(session);
	commit_rig_remove(&rig);
	return was_stopped;
}

static void stop_everywhere(const struct commit_kind *kind)
{
	unsigned number = 1;
	while (stop_at(kind, number)) {
		number++;
		assert_true(number < MORE_THAN_EVER);
	}
	assert_true(number > 12);
	/* In the burn, and at the first exchanges behind it. */
	for (unsigned later = 1; later < 6; later++)
		assert_false(stop_at(kind, number + later));
}

static void test_stopped_uboot(void **state)
{
	(void)state;
	stop_everywhere(&uboot);
}

static void test_stopped_prgfw(void **state)
{
	(void)state;
	stop_everywhere(&prgfw);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_swapped_uboot),
		cmocka_unit_test(test_swapped_prgfw),
		cmocka_unit_test(test_killed_uboot),
		cmocka_unit_test(test_killed_prgfw),
		cmocka_unit_test(test_stopped_uboot),
		cmocka_unit_test(test_stopped_prgfw),
	};
	return cmocka_run_group_tests_name("interrupted commits over USB", tests, NULL, NULL);
}
