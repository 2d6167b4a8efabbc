/*
 * The program itself before boards in their ROM code, through the real libusb: 'otpedit boot'
 * follows them under new addresses and to other ports, and lists their words in the same run; what
 * arrived is what the files hold, by the board's own account.
 */
#include "tests/support/make_firmware.h"
#include "tests/support/run_program.h"
#include "tests/usb/mock_bench.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FINGERPRINT 16

static struct mock_bench bench;
static struct run_home home;
static struct errbuf err;

static struct sim_board *board(void)
{
	return bench.boards[0].board;
}

static void put(struct made made, const char *name)
{
	make_save(&made, home.folder, name);
	free(made.bytes);
}

static void plug_in(const char *text, const char *order)
{
	mock_bench_start(&bench);
	assert_int_equal(mock_bench_plug_in(&bench, text, &err), OK);
	if (order)
		assert_int_equal(mock_bench_order(&bench, order, &err), OK);
	run_home_make(&home);
}

static void pull_out(void)
{
	run_home_remove(&home);
	mock_bench_stop(&bench);
}

/* Once to be told the fingerprint, and once with it. */
static void boot(
	struct run_result *result, const char *first, const char *second, const char *third)
{
	char fingerprint[FINGERPRINT + 1];
	run_words(result, &home, "boot", "dfu", first, second, third);
	run_expect_exit(result, 4);
	const char *at = strstr(result->err, "--confirm ");
	assert_non_null(at);
	snprintf(fingerprint, sizeof fingerprint, "%.16s", at + strlen("--confirm "));
	run_free(result);
	assert_int_equal(sim_boot_stage(board()), SIM_BOOT_ROM);
	run_words(result, &home, "boot", "dfu", "--confirm", fingerprint, first, second, third);
	mock_usb_await(&bench.boards[0].mock);
}

static void expect_arrived(unsigned phase, const char *name)
{
	size_t length, count;
	const uint8_t *bytes = sim_boot_received(board(), phase, &length);
	char *file = run_read_file(&count, &home, name);
	assert_int_equal(length, count);
	assert_memory_equal(bytes, file, count);
	assert_int_equal(sim_boot_accepted(board(), phase), 1);
	free(file);
}

static void expect_up(struct run_result *result, enum sim_service service)
{
	run_expect_exit(result, 0);
	run_expect_out(result, ": STM32MP15x, structure version 2");
	assert_int_equal(sim_boot_stage(board()), SIM_BOOT_SERVICE);
	assert_int_equal(sim_board_service(board()), service);
	assert_int_equal(bench.boards[0].mock.resets, 0);
	run_free(result);
}

/* With the anti-rollback word, which TF-A raises on its way. */
static void test_mp15(void **state)
{
	struct run_result result;
	(void)state;
	plug_in("stm32mp15,stage=rom", NULL);
	put(make_stm32(0x500, 60000, 2), "tf-a.stm32");
	put(make_fip(60000), "fip.bin");
	boot(&result, "--image=tf-a.stm32", "--image=fip.bin", NULL);
	run_expect_err(&result, "anti-rollback: word 4 holds 0x00000003");
	expect_up(&result, SIM_SERVICE_UBOOT);
	expect_arrived(1, "tf-a.stm32");
	expect_arrived(3, "fip.bin");
	assert_int_equal(sim_board_fuses(board(), 4), 3);
	pull_out();
}

/* Three files, through an enumeration that TF-A takes over, and on to another port. */
static void test_mp25(void **state)
{
	static const char *const orders[] = {"boot stays", "boot port 8"};
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct run_result result;
		plug_in("stm32mp25,stage=rom", orders[i]);
		put(make_stm32(0x505, 20000, 0), "tf-a.stm32");
		put(make_ddr_fip(9000), "ddr.bin");
		put(make_fip(20000), "fip.bin");
		boot(&result, "--image=tf-a.stm32", "--image=2=ddr.bin", "--image=fip.bin");
		run_expect_exit(&result, 0);
		run_free(&result);
		assert_int_equal(sim_boot_stage(board()), SIM_BOOT_SERVICE);
		expect_arrived(1, "tf-a.stm32");
		expect_arrived(2, "ddr.bin");
		expect_arrived(3, "fip.bin");
		run_words(&result, &home, "list");
		run_expect_out(&result, i == 1 ? "usb 1-5.8: U-Boot" : "usb 1-5.3: U-Boot");
		run_free(&result);
		pull_out();
	}
}

static void test_prgfw(void **state)
{
	struct run_result result;
	(void)state;
	plug_in("stm32mp15,stage=rom", "boot away 300");
	put(make_prgfw(0x500, 40000), "util.stm32");
	boot(&result, "--image=util.stm32", NULL, NULL);
	run_expect_err(&result, "STM32PRGFW-UTIL answers");
	expect_up(&result, SIM_SERVICE_PRGFW);
	expect_arrived(1, "util.stm32");
	pull_out();
}

/* Half way through the FIP it starts over, or says no at its end: told, with where, and no more is
 * sent. */
static void test_goes_wrong(void **state)
{
	static const struct {
		const char *order, *why;
		enum sim_boot_stage stage;
	} rows[] = {
		{"boot resets 3@5000", "phase 3, 4096 of ", SIM_BOOT_ROM},
		{"boot fails 3", "the board refused the file, and said: as ordered", SIM_BOOT_TFA},
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct run_result result;
		plug_in("stm32mp15,stage=rom", rows[i].order);
		put(make_stm32(0x500, 4000, 0), "tf-a.stm32");
		put(make_fip(5000), "fip.bin");
		boot(&result, "--image=tf-a.stm32", "--image=fip.bin", NULL);
		run_expect_exit(&result, 5);
		run_expect_err(&result, rows[i].why);
		run_free(&result);
		assert_int_equal(sim_boot_stage(board()), rows[i].stage);
		assert_int_equal(sim_boot_accepted(board(), 3), 0);
		pull_out();
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mp15),
		cmocka_unit_test(test_mp25),
		cmocka_unit_test(test_prgfw),
		cmocka_unit_test(test_goes_wrong),
	};
	return cmocka_run_group_tests_name("boards that are brought up", tests, NULL, NULL);
}
