/*
 * The screen on a board behind the real libserialport, at the speed of a real line: found, shown,
 * staged, burnt, and how far each of it is.
 */
#include "tests/serial/line_rig.h"
#include "tests/support/typist.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#define VALUE UINT32_C(0x12345678)

static struct line_rig rig;
static struct terminal *terminal;

static int tear_down(void **state)
{
	(void)state;
	terminal_free(terminal);
	terminal = NULL;
	line_rig_clean_up(&rig);
	return 0;
}

static struct terminal *starts(const char *source)
{
	static char preload[4096], bed[4096];
	const char *const extra[] = {preload, bed, NULL};
	const struct terminal_options options = {.folder = rig.home.folder, .extra = extra};
	const char *const argv[] = {OTPEDIT_PROGRAM, source, NULL};
	snprintf(preload, sizeof preload, "LD_PRELOAD=%s", getenv("LD_PRELOAD"));
	snprintf(bed, sizeof bed, "UMOCKDEV_DIR=%s", getenv("UMOCKDEV_DIR"));
	terminal = terminal_start(&options, argv);
	return terminal;
}

/* The cursor is not on the port by itself. */
static void opens_the_port(struct terminal *t)
{
	terminal_expect(t, "Serial ports");
	terminal_expect(t, "  " LINE_PORT);
	terminal_expect(t, "> demo ");
	terminal_key(t, TERMINAL_UP);
	terminal_expect(t, "> " LINE_PORT);
	terminal_key(t, TERMINAL_ENTER);
	terminal_expect_row(t, 0, "4C415445");
	terminal_expect_row(t, 0, "READ-ONLY");
}

static void ends_well(struct terminal *t, unsigned word)
{
	terminal_expect(t, "as planned");
	assert_int_equal(sim_board_fuses(rig.board, word), VALUE);
	assert_int_equal(sim_board_pulses(rig.board, word), 1);
	terminal_key(t, TERMINAL_ESCAPE);
	terminal_expect_row(t, 0, "READ-ONLY");
	terminal_type(t, "q");
	assert_int_equal(terminal_wait_exit(t), 0);
	assert_int_equal(sim_uart_stray_count(rig.uart), 0);
	assert_int_equal(sim_uart_start_count(rig.uart), 1);
}

/* Another run finds it there. */
static void is_verified(const char *statement)
{
	struct run_result result;
	run_write_text(&rig.home, "p.plan", statement);
	run_words(&result, &rig.home, "verify", "p.plan", "--on", LINE_SOURCE);
	run_expect_exit(&result, 0);
	run_free(&result);
}

static void test_whole_job_uboot(void **state)
{
	(void)state;
	line_rig_plug_in(&rig, SIM_MP15, SIM_SERVICE_UBOOT, 115200);
	struct terminal *t = starts(NULL);
	opens_the_port(t);
	typist_stage(t, 70, "12345678");
	typist_ask_for_commit(t);
	typist_confirm(t, "burn 70 on 5445");
	ends_well(t, 70);
	is_verified("write word=70 value=0x12345678\n");
}

static void test_whole_job_prgfw(void **state)
{
	(void)state;
	line_rig_plug_in(&rig, SIM_MP15, SIM_SERVICE_PRGFW, 115200);
	struct terminal *t = starts(NULL);
	opens_the_port(t);
	typist_stage(t, 70, "12345678");
	typist_ask_for_commit(t);
	typist_confirm(t, "burn 70 on 5445");
	ends_well(t, 70);
	is_verified("write word=70 value=0x12345678\n");
}

/* So slow that each step stands on the screen for a second or two. */
static void test_progress(void **state)
{
	(void)state;
	line_rig_plug_in(&rig, SIM_MP15, SIM_SERVICE_UBOOT, 9600);
	struct terminal *t = starts(LINE_SOURCE ",baud=9600");
	terminal_expect(t, "reading ... 256 of 776 bytes");
	terminal_expect(t, "reading ... 768 of 776 bytes");
	terminal_expect_row(t, 0, "4C415445");
	terminal_type(t, "r");
	terminal_expect(t, "reading ... 512 of 776 bytes");
	terminal_expect(t, "read twice, both times the same");
	typist_stage(t, 70, "12345678");
	typist_ask_for_commit(t);
	typist_type_phrase(t, "burn 70 on 5445");
	/* As in typist_confirm(). */
	for (int i = 0; i < 50 && !terminal_shows(t, "point of no return"); i++)
		terminal_key(t, TERMINAL_ENTER);
	terminal_expect(t, "[>] read the board twice");
	terminal_expect(t, "(read, 256 of 776)");
	terminal_expect(t, "[>] put the request into the board's memory");
	terminal_expect(t, "(stage, ");
	terminal_expect(t, "[>] read back and compare");
	ends_well(t, 70);
}

/* The adapter is pulled while a person looks at the words. */
static void test_pulled(void **state)
{
	(void)state;
	line_rig_plug_in(&rig, SIM_MP15, SIM_SERVICE_UBOOT, 115200);
	struct terminal *t = starts(LINE_SOURCE);
	terminal_expect_row(t, 0, "4C415445");
	typist_stage(t, 70, "12345678");
	line_rig_unplug(&rig);
	terminal_type(t, "r");
	terminal_expect(t, "is gone: it was unplugged");
	terminal_expect_row(t, 0, "staged 1");
	terminal_expect_row(t, 0, "lost");
	assert_int_equal(sim_board_pulses(rig.board, 70), 0);
}

/* It is listed as soon as it is there; the cursor stays where it was. */
static void test_plugged_in_later(void **state)
{
	(void)state;
	line_rig_plug_in(&rig, SIM_MP15, SIM_SERVICE_UBOOT, 115200);
	struct terminal *t = starts(NULL);
	terminal_expect(t, "  " LINE_PORT);
	terminal_expect(t, "> demo ");
	mock_tty_plug_bare(rig.testbed, "ttyUSB7");
	terminal_expect(t, "  /dev/ttyUSB7");
	terminal_expect(t, "> demo ");
	terminal_type(t, "q");
	assert_int_equal(terminal_wait_exit(t), 0);
	line_rig_unplug(&rig);
	assert_int_equal(sim_uart_start_count(rig.uart), 0);
	assert_int_equal(sim_uart_stray_count(rig.uart), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_whole_job_uboot, tear_down),
		cmocka_unit_test_teardown(test_whole_job_prgfw, tear_down),
		cmocka_unit_test_teardown(test_progress, tear_down),
		cmocka_unit_test_teardown(test_pulled, tear_down),
		cmocka_unit_test_teardown(test_plugged_in_later, tear_down),
	};
	return cmocka_run_group_tests_name("the screen on a serial line", tests, NULL, NULL);
}
