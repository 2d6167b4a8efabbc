/* A board brought up over USB, from its ROM code to a service. */
#include "tests/support/boot_rig.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

static const enum sim_family families[] = {SIM_MP13, SIM_MP15, SIM_MP21, SIM_MP23, SIM_MP25};
#define FAMILIES (sizeof families / sizeof families[0])

static void expect_ok(struct boot_rig *rig)
{
	enum status status = boot_rig_load(rig);
	if (status != OK)
		fail_msg("%s: %s", status_name(status), rig->err.text);
	boot_rig_assert_arrived(rig);
	assert_int_equal(sim_boot_stage(rig->board), SIM_BOOT_SERVICE);
	assert_int_equal(sim_usb_stray_count(rig->usb), 0);
}

static void expect_failure(struct boot_rig *rig, enum status wanted, const char *why)
{
	enum status status = boot_rig_load(rig);
	if (status != wanted || !strstr(rig->err.text, why))
		fail_msg("%s instead of %s, and '%s' is not in: %s", status_name(status),
			status_name(wanted), why, rig->err.text);
}

static void every_family_comes_up(void **state)
{
	(void)state;
	for (size_t i = 0; i < FAMILIES; i++) {
		struct boot_rig rig;
		boot_rig_make(&rig, families[i], false);
		expect_ok(&rig);
		assert_string_equal(rig.report.stage, "U-Boot stm32prog");
		assert_true(rig.report.has_started);
		boot_rig_remove(&rig);
	}
}

static void files_of_real_size_arrive(void **state)
{
	struct boot_rig rig;
	(void)state;
	boot_rig_make(&rig, SIM_MP15, false);
	boot_rig_give(&rig, 0);
	expect_ok(&rig);
	assert_string_equal(rig.last_stage, "wait for OP-TEE and U-Boot");
	boot_rig_remove(&rig);
}

static void a_single_program_comes_up(void **state)
{
	const enum sim_family some[] = {SIM_MP13, SIM_MP15, SIM_MP25};
	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct boot_rig rig;
		boot_rig_make(&rig, some[i], false);
		boot_rig_give_prgfw(&rig);
		expect_ok(&rig);
		assert_string_equal(rig.report.stage, "STM32PRGFW-UTIL");
		boot_rig_remove(&rig);
	}
}

static void tells_what_is_there(void **state)
{
	struct boot_rig rig;
	struct loader_view view;
	(void)state;
	boot_rig_make(&rig, SIM_MP15, false);
	boot_rig_open(&rig);
	assert_int_equal(rig.loader->ops->look(rig.loader, &view, NULL, &rig.err), OK);
	assert_string_equal(view.stage, "ROM code");
	assert_int_equal(view.device_id, 0x500);
	assert_true(view.tells_phase);
	assert_int_equal(view.phase, 1);
	assert_false(view.is_service);
	assert_int_equal(strlen(view.serial), 24);
	assert_int_equal(sim_boot_stage(rig.board), SIM_BOOT_ROM);
	expect_ok(&rig);
	assert_int_equal(rig.loader->ops->look(rig.loader, &view, NULL, &rig.err), OK);
	assert_true(view.is_service);
	boot_rig_remove(&rig);
}

static void goes_on_from_tfa(void **state)
{
	const enum sim_family some[] = {SIM_MP13, SIM_MP15, SIM_MP25};
	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct boot_rig rig;
		boot_rig_make(&rig, some[i], false);
		boot_rig_drop(&rig, PHASE_FSBL);
		sim_boot_enter(rig.board, SIM_BOOT_TFA);
		sim_usb_board_reset(rig.usb);
		sim_boot_enter(rig.board, SIM_BOOT_TFA);
		expect_ok(&rig);
		/* What TF-A does with its word, it does at the end of the FIP. */
		assert_true(rig.report.has_started);
		boot_rig_remove(&rig);
	}
}

/* A board takes its time on the way back; one that keeps the bus does not go at all. */
static void follows_a_board_that_hides(void **state)
{
	(void)state;
	for (size_t i = 0; i < FAMILIES; i++) {
		struct boot_rig rig;
		boot_rig_make(&rig, families[i], false);
		const struct sim_boot_options options = {.looks_away = 40};
		sim_boot_set_options(rig.board, &options);
		expect_ok(&rig);
		boot_rig_remove(&rig);
	}
	struct boot_rig rig;
	boot_rig_make(&rig, SIM_MP15, false);
	const struct sim_boot_options options = {.handover = SIM_HANDOVER_LEAVES};
	sim_boot_set_options(rig.board, &options);
	expect_ok(&rig);
	boot_rig_remove(&rig);
}

static void does_not_wait_for_ever(void **state)
{
	struct boot_rig rig;
	(void)state;
	const enum sim_boot_stage lost[] = {SIM_BOOT_ROM, SIM_BOOT_TFA};
	for (size_t i = 0; i < 2; i++) {
		boot_rig_make(&rig, SIM_MP13, false);
		const struct sim_boot_options options = {.lost_after = lost[i]};
		sim_boot_set_options(rig.board, &options);
		expect_failure(&rig, ERR_TIMEOUT,
			i == 0 ? "after TF-A was loaded" : "after OP-TEE and U-Boot was loaded");
		assert_in_range(rig.paused_ms, 30000, 31000);
		assert_true(rig.report.has_started);
		boot_rig_remove(&rig);
	}
	boot_rig_make(&rig, SIM_MP13, false);
	const struct sim_boot_options away = {.looks_away = 100000};
	sim_boot_set_options(rig.board, &away);
	expect_failure(&rig, ERR_TIMEOUT, "did not come back within 30 s");
	assert_in_range(rig.paused_ms, 30000, 31000);
	boot_rig_remove(&rig);
}

static void tells_what_the_board_said(void **state)
{
	struct boot_rig rig;
	(void)state;
	boot_rig_make(&rig, SIM_MP15, false);
	const struct sim_boot_options options = {.fail_phase = 3, .fail_text = "no\x1b[31m DDR"};
	sim_boot_set_options(rig.board, &options);
	expect_failure(&rig, ERR_LINK, "and said: no?[31m DD");
	assert_non_null(strstr(rig.report.said, "DD"));
	assert_int_equal(rig.report.phase, 3);
	boot_rig_remove(&rig);
}

static void stops_where_an_old_tfa_wants_a_layout(void **state)
{
	struct boot_rig rig;
	(void)state;
	boot_rig_make(&rig, SIM_MP15, false);
	const struct sim_boot_options options = {.layout_first = true};
	sim_boot_set_options(rig.board, &options);
	expect_failure(&rig, ERR_UNSUPPORTED, "TF-A asks for a FlashLayout");
	size_t length;
	sim_boot_received(rig.board, 3, &length);
	assert_int_equal(length, 0);
	boot_rig_remove(&rig);
}

static void says_which_file_is_missing(void **state)
{
	struct boot_rig rig;
	(void)state;
	boot_rig_make(&rig, SIM_MP25, false);
	boot_rig_drop(&rig, PHASE_DDR);
	expect_failure(&rig, ERR_REFUSED, "TF-A asks for phase 2, what the DDR memory needs");
	boot_rig_remove(&rig);
	boot_rig_make(&rig, SIM_MP15, false);
	boot_rig_drop(&rig, PHASE_FIP);
	expect_failure(&rig, ERR_REFUSED, "TF-A asks for phase 3");
	boot_rig_remove(&rig);
}

static void notices_a_reset_half_way(void **state)
{
	(void)state;
	for (unsigned phase = 1; phase <= 3; phase++) {
		struct boot_rig rig;
		boot_rig_make(&rig, SIM_MP25, false);
		const struct sim_boot_options options = {
			.reset_phase = (uint8_t)phase, .reset_at = 1500};
		sim_boot_set_options(rig.board, &options);
		enum status status = boot_rig_load(&rig);
		assert_int_not_equal(status, OK);
		assert_int_equal(rig.report.phase, phase);
		assert_true(rig.report.has_sent);
		assert_int_equal(rig.report.has_started, phase > 1);
		assert_true(rig.paused_ms <= 31000);
		boot_rig_remove(&rig);
	}
}

static void refuses_what_the_board_refuses(void **state)
{
	struct boot_rig rig;
	(void)state;
	/* Of another chip: no check of ours is in between here. */
	boot_rig_make(&rig, SIM_MP15, false);
	rig.device_id = 0x501;
	boot_rig_give(&rig, 2000);
	expect_failure(&rig, ERR_LINK, "the board refused");
	assert_int_equal(sim_boot_accepted(rig.board, 1), 0);
	boot_rig_remove(&rig);
}

static void stops_when_asked(void **state)
{
	struct boot_rig rig;
	unsigned asked;
	(void)state;
	boot_rig_make(&rig, SIM_MP25, false);
	expect_ok(&rig);
	asked = rig.asked;
	boot_rig_remove(&rig);
	for (unsigned at = 1; at <= asked; at++) {
		boot_rig_make(&rig, SIM_MP25, false);
		rig.cancel_at = at;
		expect_failure(&rig, ERR_CANCELLED, "stopped");
		assert_int_equal(rig.asked, at);
		boot_rig_remove(&rig);
	}
}

/* How many exchanges a board takes to come up. */
static unsigned exchanges_of(enum sim_family family)
{
	struct boot_rig rig;
	boot_rig_make(&rig, family, false);
	expect_ok(&rig);
	unsigned count = rig.exchanges;
	boot_rig_remove(&rig);
	return count;
}

/* Says what is true of the board, and soon. */
static void check_after_fault(struct boot_rig *rig, enum status status)
{
	if (status == OK) {
		assert_int_equal(sim_boot_stage(rig->board), SIM_BOOT_SERVICE);
		boot_rig_assert_arrived(rig);
	} else {
		assert_true(rig->err.text[0] != '\0');
	}
	assert_true(rig->paused_ms <= 4 * 31000);
	/* Nothing is said not to have been started that was. */
	for (unsigned phase = 1; phase <= 3; phase++)
		if (sim_boot_accepted(rig->board, phase) > 0)
			assert_true(rig->report.has_started);
	assert_int_equal(sim_usb_stray_count(rig->usb), 0);
}

/* Whatever goes wrong, whenever: it comes up all the same, or says that it did not. */
static void every_exchange_may_fail(void **state)
{
	const enum sim_family some[] = {SIM_MP15, SIM_MP25};
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		unsigned count = exchanges_of(some[i]);
		assert_true(count > 20);
		for (unsigned kind = 0; kind < FAULT_KINDS; kind++)
			for (unsigned at = 1; at <= count; at++) {
				struct boot_rig rig;
				boot_rig_make(&rig, some[i], false);
				rig.fault = (enum fault_kind)kind;
				rig.fault_at = at;
				check_after_fault(&rig, boot_rig_load(&rig));
				boot_rig_remove(&rig);
			}
	}
}

/* A board that goes silent for good, or is pulled out. */
static void does_not_wait_for_the_dead(void **state)
{
	const enum fault_kind kinds[] = {FAULT_LOST, FAULT_GONE, FAULT_STALL};
	(void)state;
	for (unsigned kind = 0; kind < 3; kind++)
		for (unsigned at = 1; at <= 30; at++) {
			struct boot_rig rig;
			boot_rig_make(&rig, SIM_MP13, false);
			rig.fault = kinds[kind];
			rig.fault_at = at;
			rig.fault_lasts = true;
			enum status status = boot_rig_load(&rig);
			check_after_fault(&rig, status);
			boot_rig_remove(&rig);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_family_comes_up),
		cmocka_unit_test(files_of_real_size_arrive),
		cmocka_unit_test(a_single_program_comes_up),
		cmocka_unit_test(tells_what_is_there),
		cmocka_unit_test(goes_on_from_tfa),
		cmocka_unit_test(follows_a_board_that_hides),
		cmocka_unit_test(does_not_wait_for_ever),
		cmocka_unit_test(tells_what_the_board_said),
		cmocka_unit_test(stops_where_an_old_tfa_wants_a_layout),
		cmocka_unit_test(says_which_file_is_missing),
		cmocka_unit_test(notices_a_reset_half_way),
		cmocka_unit_test(refuses_what_the_board_refuses),
		cmocka_unit_test(stops_when_asked),
		cmocka_unit_test(every_exchange_may_fail),
		cmocka_unit_test(does_not_wait_for_the_dead),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
