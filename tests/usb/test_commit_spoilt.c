/*
 * Commits over the real libusb of which any one transfer goes wrong. Whatever then is told must be
 * true of the silicon; what nobody can know must stay open in the journal, and must not be burnt
 * again.
 */
#include "tests/usb/commit_rig.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#define MORE_THAN_EVER 500

static struct commit_rig rig;

/* How often it was told, over all transfers. */
struct tally {
	unsigned unburnt;  /* nothing was burnt */
	unsigned verified; /* all is as planned */
	unsigned partial;  /* the lock was not reached, or not burnt */
	unsigned unknown;
};

/* A value, and in a second pass its lock. */
static const struct commit_kind uboot = {SIM_MP15, SIM_SERVICE_UBOOT, 70, 0x12345678, true};
static const struct commit_kind prgfw = {SIM_MP25, SIM_SERVICE_PRGFW, 300, 0x12345678, true};
/* Without the second pass. */
static const struct commit_kind uboot_value = {SIM_MP15, SIM_SERVICE_UBOOT, 70, 0x12345678, false};
static const struct commit_kind prgfw_value = {SIM_MP25, SIM_SERVICE_PRGFW, 300, 0x12345678, false};

static void count(struct tally *tally)
{
	const struct commit_result *result = rig.result;
	tally->unburnt += !result->triggered;
	tally->verified += result->triggered && result->verdict == COMMIT_VERIFIED;
	tally->partial += result->triggered && result->verdict == COMMIT_PARTIAL;
	tally->unknown += result->triggered && result->verdict == COMMIT_UNKNOWN;
}

/* The person pulls all plugs, waits, and starts the service again. */
static void power_cycle(void)
{
	mock_usb_unplug(&rig.mock);
	sim_board_power_down(rig.board);
	sim_board_power_up(rig.board);
	mock_usb_replug(&rig.mock, 3, 11);
}

static bool says_power_cycle(const char *text)
{
	return strstr(text, "power-cycle") || strstr(text, "reset");
}

/* Opened again by the next run; boards that may not be spoken to are powered up anew before. */
static struct session *open_again(void)
{
	struct session *session;
	if (rig.mock.is_gone)
		mock_usb_replug(&rig.mock, 3, 10);
	session = commit_rig_open(&rig);
	if (!session) {
		assert_true(says_power_cycle(rig.opening.text));
		power_cycle();
		session = commit_rig_open(&rig);
	}
	if (!session)
		fail_msg("%s", rig.opening.text);
	return session;
}

static void assert_told_later(size_t open)
{
	unsigned word = rig.kind.word, pulses = sim_board_pulses(rig.board, word);
	struct session *session = open_again();
	assert_int_equal(session->image.value[word], sim_board_fuses(rig.board, word));
	for (size_t i = 0; i < session->recovered_count; i++)
		commit_rig_assert_true_results(
			&rig, session->recovered[i].results, session->recovered[i].result_count);
	assert_int_equal(session->untouchable[word], open > 0);
	if (open > 0) {
		/* Nobody knows whether the request lies there still, so there is no second one. */
		commit_rig_commit(&rig, session, NULL);
		assert_int_not_equal(rig.status, OK);
		assert_false(rig.result->triggered);
	}
	assert_int_equal(sim_board_pulses(rig.board, word), pulses);
	session_close(session);
}

static bool must_stay_open(void)
{
	const struct commit_result *result = rig.result;
	const char *said = result->triggered ? result->next_step : rig.err.text;
	return (result->triggered && result->verdict == COMMIT_UNKNOWN) ||
	       strstr(said, "may still lie") != NULL;
}

/* False once the whole commit took fewer transfers than that. */
static bool spoil_at(
	const struct commit_kind *kind, const struct mock_usb_fault *fault, struct tally *tally)
{
	commit_rig_make(&rig, kind);
	commit_rig_hurry(&rig);
	struct session *session = commit_rig_open(&rig);
	assert_non_null(session);
	commit_rig_commit(&rig, session, fault);
	session_close(session);
	bool went_wrong = rig.mock.faults[0].count == 0;
	mock_usb_clear_faults(&rig.mock);
	commit_rig_assert_true(&rig);
	count(tally);
	size_t open = commit_rig_open_entries(&rig);
	assert_int_equal(open, must_stay_open());
	/* STM32PRGFW-UTIL is not even read while an entry is open. */
	if (open == 0 || kind->service != SIM_SERVICE_PRGFW)
		assert_told_later(open);
	commit_rig_remove(&rig);
	return went_wrong;
}

static void spoil_everywhere(
	struct tally *tally, const struct commit_kind *kind, struct mock_usb_fault fault)
{
	memset(tally, 0, sizeof *tally);
	fault.request = MOCK_ANY_REQUEST;
	for (fault.at = 1; spoil_at(kind, &fault, tally); fault.at++)
		assert_true(fault.at < MORE_THAN_EVER);
	/* The loop saw every part of it. */
	assert_true(tally->verified > 0);
	assert_true(tally->unburnt > 15);
}

/*
 * A wire that fails once costs nothing but time once the burn was set off: the board is read until
 * it tells.
 */
#define wire_test(name, how)                                                                       \
	static void test_##name(void **state)                                                      \
	{                                                                                          \
		const struct mock_usb_fault fault = how;                                           \
		struct tally tally;                                                                \
		(void)state;                                                                       \
		spoil_everywhere(&tally, &uboot_value, fault);                                     \
		assert_int_equal(tally.unknown, 0);                                                \
		spoil_everywhere(&tally, &prgfw_value, fault);                                     \
		assert_int_equal(tally.unknown, 0);                                                \
	}

wire_test(stall, {.kind = MOCK_STALL}) wire_test(no_answer, {.kind = MOCK_NO_ANSWER})

	static void pull_after_everything(const struct commit_kind *kind)
{
	const struct mock_usb_fault fault = {.kind = MOCK_UNPLUG_AFTER};
	struct tally tally;
	spoil_everywhere(&tally, kind, fault);
	/* In and behind either burn, and before the second one. */
	assert_true(tally.unknown > 20);
	assert_true(tally.partial > 15);
}

static void test_pulled_after_uboot(void **state)
{
	(void)state;
	pull_after_everything(&uboot);
}

static void test_pulled_after_prgfw(void **state)
{
	(void)state;
	pull_after_everything(&prgfw);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stall),
		cmocka_unit_test(test_no_answer),
		cmocka_unit_test(test_pulled_after_uboot),
		cmocka_unit_test(test_pulled_after_prgfw),
	};
	return cmocka_run_group_tests_name("spoilt commits over USB", tests, NULL, NULL);
}
