/* A board brought up over its serial line, from its ROM code to a service. */
#include "tests/support/boot_rig.h"
#include "tests/support/uart_line.h"
#include "transport/loader_uart.h"
#include "transport/sim_stream.h"

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
		boot_rig_make(&rig, families[i], true);
		expect_ok(&rig);
		assert_string_equal(rig.report.stage, "U-Boot stm32prog");
		assert_true(rig.report.has_started);
		assert_int_equal(rig.report.repeated, 0);
		boot_rig_remove(&rig);
	}
}

static void a_single_program_comes_up(void **state)
{
	const enum sim_family some[] = {SIM_MP13, SIM_MP15, SIM_MP25};
	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct boot_rig rig;
		boot_rig_make(&rig, some[i], true);
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
	boot_rig_make(&rig, SIM_MP13, true);
	boot_rig_open(&rig);
	assert_int_equal(rig.loader->ops->look(rig.loader, &view, NULL, &rig.err), OK);
	assert_string_equal(view.stage, "ROM code");
	assert_int_equal(view.device_id, 0x501);
	assert_int_equal(view.phase, 1);
	assert_string_equal(view.serial, "");
	expect_ok(&rig);
	boot_rig_remove(&rig);
}

/* A file of 256 kB takes no longer than its bytes and the frames around them: 1.10 times the time
 * of its bytes on the wire, 11 bits each. */
static void is_as_fast_as_the_line(void **state)
{
	struct boot_rig rig;
	struct stream *stream;
	struct loader_view view;
	(void)state;
	boot_rig_make(&rig, SIM_MP15, true);
	sim_boot_enter(rig.board, SIM_BOOT_TFA);
	sim_uart_set_face(rig.uart, SIM_FACE_TFA);
	boot_rig_drop(&rig, PHASE_FSBL);
	boot_rig_drop(&rig, PHASE_FIP);
	boot_rig_give(&rig, 128u * 1024 - 68);
	boot_rig_drop(&rig, PHASE_FSBL);
	assert_int_equal(rig.firmware.images[0]->length, 256u * 1024);
	const struct loader_uart_about about = {
		.source_class = SOURCE_SIMULATED, .source = "rig", .link = "rig", .port = "rig"};
	assert_int_equal(sim_stream_open(&stream, rig.uart, &rig.err), OK);
	assert_int_equal(loader_uart_open(&rig.loader, stream, &about, &rig.err), OK);
	if (rig.loader->ops->look(rig.loader, &view, NULL, &rig.err) != OK)
		fail_msg("%s", rig.err.text);
	assert_string_equal(view.stage, "TF-A");
	uint64_t before = sim_stream_time(stream);
	expect_ok(&rig);
	/* U-Boot takes two seconds to come, at most. */
	uint64_t took = sim_stream_time(stream) - before,
		 wire = 256ull * 1024 * 11 * 1000000 / 115200;
	assert_true(took < wire * 110 / 100 + 2500000);
	boot_rig_remove(&rig);
}

static void does_not_wait_for_ever(void **state)
{
	const enum sim_boot_stage lost[] = {SIM_BOOT_ROM, SIM_BOOT_TFA};
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct boot_rig rig;
		boot_rig_make(&rig, SIM_MP13, true);
		const struct sim_boot_options options = {.lost_after = lost[i]};
		sim_boot_set_options(rig.board, &options);
		expect_failure(&rig, ERR_TIMEOUT,
			i == 0 ? "TF-A was loaded, and has not answered"
			       : "OP-TEE and U-Boot was loaded, and");
		assert_true(rig.report.has_started);
		boot_rig_remove(&rig);
	}
}

/* A TF-A that somebody else has loaded raises its word at the end of the FIP as well. */
static void does_not_forget_what_tfa_may_have_done(void **state)
{
	const struct sim_boot_options options = {.lost_after = SIM_BOOT_TFA};
	struct boot_rig rig;
	(void)state;
	boot_rig_make(&rig, SIM_MP15, true);
	boot_rig_give(&rig, 3000);
	boot_rig_drop(&rig, PHASE_FSBL);
	sim_boot_enter(rig.board, SIM_BOOT_TFA);
	sim_boot_set_options(rig.board, &options);
	assert_int_not_equal(boot_rig_load(&rig), OK);
	assert_int_equal(sim_boot_accepted(rig.board, PHASE_FIP), 1);
	assert_true(rig.report.has_started);
	boot_rig_remove(&rig);
}

static void tells_what_the_board_said(void **state)
{
	struct boot_rig rig;
	(void)state;
	boot_rig_make(&rig, SIM_MP15, true);
	const struct sim_boot_options options = {.fail_phase = 3, .fail_text = "no DDR"};
	sim_boot_set_options(rig.board, &options);
	expect_failure(&rig, ERR_LINK, "and said: no DDR");
	assert_string_equal(rig.report.said, "no DDR");
	boot_rig_remove(&rig);
}

static void says_which_file_is_missing(void **state)
{
	struct boot_rig rig;
	(void)state;
	boot_rig_make(&rig, SIM_MP25, true);
	boot_rig_drop(&rig, PHASE_DDR);
	expect_failure(&rig, ERR_REFUSED, "TF-A asks for phase 2, what the DDR memory needs");
	boot_rig_remove(&rig);
}

static void notices_a_reset_half_way(void **state)
{
	(void)state;
	for (unsigned phase = 1; phase <= 3; phase += 2) {
		struct boot_rig rig;
		boot_rig_make(&rig, SIM_MP15, true);
		const struct sim_boot_options options = {
			.reset_phase = (uint8_t)phase, .reset_at = 1500};
		sim_boot_set_options(rig.board, &options);
		enum status status = boot_rig_load(&rig);
		assert_int_not_equal(status, OK);
		assert_true(rig.report.has_sent);
		assert_int_equal(rig.report.has_started, phase > 1);
		boot_rig_remove(&rig);
	}
}

static void stops_when_asked(void **state)
{
	struct boot_rig rig;
	unsigned asked;
	(void)state;
	boot_rig_make(&rig, SIM_MP15, true);
	expect_ok(&rig);
	asked = rig.asked;
	boot_rig_remove(&rig);
	for (unsigned at = 1; at <= asked; at++) {
		boot_rig_make(&rig, SIM_MP15, true);
		rig.cancel_at = at;
		expect_failure(&rig, ERR_CANCELLED, "stopped");
		boot_rig_remove(&rig);
	}
}

/* Says what is true of the board. */
static void check(struct boot_rig *rig, enum status status)
{
	if (status == OK) {
		assert_int_equal(sim_boot_stage(rig->board), SIM_BOOT_SERVICE);
		boot_rig_assert_arrived(rig);
	} else {
		assert_true(rig->err.text[0] != '\0');
	}
	for (unsigned phase = 1; phase <= 3; phase++)
		if (sim_boot_accepted(rig->board, phase) > 0)
			assert_true(rig->report.has_started);
}

/* Noise on the line, at any byte of the first frames and of a download: most of it is got over. */
static void any_byte_may_be_spoilt(void **state)
{
	const enum sim_noise_kind kinds[] = {
		SIM_NOISE_DROP, SIM_NOISE_FLIP, SIM_NOISE_DOUBLE, SIM_NOISE_PARITY};
	unsigned up = 0, all = 0;
	(void)state;
	for (size_t kind = 0; kind < 4; kind++)
		for (unsigned way = 0; way < 2; way++)
			for (unsigned at = 1; at < 120; at += way ? 1 : 7) {
				struct boot_rig rig;
				boot_rig_make(&rig, SIM_MP15, true);
				boot_rig_give(&rig, 300);
				const struct sim_noise noise = {
					kinds[kind], (enum sim_noise_way)way, at};
				sim_uart_spoil(rig.uart, noise);
				enum status status = boot_rig_load(&rig);
				check(&rig, status);
				up += status == OK;
				all++;
				boot_rig_remove(&rig);
			}
	assert_true(up > all / 2);
}

/* The whole exchange: an answer that is another one, none at all, a board that starts anew, a port
 * that is no more. */
static void every_exchange_may_fail(void **state)
{
	const struct loader_uart_about about = {
		.source_class = SOURCE_SIMULATED, .source = "rig", .link = "rig", .port = "rig"};
	unsigned count = 60;
	(void)state;
	for (unsigned kind = 1; kind < UART_FAULTS; kind++)
		for (unsigned at = 1; at <= count; at += 2) {
			struct boot_rig rig;
			struct uart_traffic traffic = {.exchanges = 0};
			struct stream *stream;
			boot_rig_make(&rig, SIM_MP15, true);
			boot_rig_give(&rig, 300);
			uart_traffic_begin(&traffic,
				(struct uart_fault){(enum uart_fault_kind)kind, at, at % 4 == 1});
			assert_int_equal(
				uart_line_open(&stream, &traffic, rig.board, rig.uart, &rig.err),
				OK);
			assert_int_equal(
				loader_uart_open(&rig.loader, stream, &about, &rig.err), OK);
			check(&rig, boot_rig_load(&rig));
			boot_rig_remove(&rig);
			uart_traffic_free(&traffic);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_family_comes_up),
		cmocka_unit_test(a_single_program_comes_up),
		cmocka_unit_test(tells_what_is_there),
		cmocka_unit_test(is_as_fast_as_the_line),
		cmocka_unit_test(does_not_wait_for_ever),
		cmocka_unit_test(does_not_forget_what_tfa_may_have_done),
		cmocka_unit_test(tells_what_the_board_said),
		cmocka_unit_test(says_which_file_is_missing),
		cmocka_unit_test(notices_a_reset_half_way),
		cmocka_unit_test(stops_when_asked),
		cmocka_unit_test(any_byte_may_be_spoilt),
		cmocka_unit_test(every_exchange_may_fail),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
