/*
 * dfu-util, as Debian ships it, before boards that are in their ROM code: the recipes of ST's wiki
 * ("How to load U-Boot with dfu-util") and of DH electronics' manuals, unchanged, lead to U-Boot's
 * OTP partition, and what arrived is what was sent.
 */
#include "tests/support/boot_images.h"
#include "tests/support/run_program.h"
#include "tests/usb/mock_bench.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static struct mock_bench bench;
static struct run_home home;

static struct sim_board *board(void)
{
	return bench.boards[0].board;
}

static void plug_in(const char *text)
{
	struct errbuf err = {0};
	mock_bench_start(&bench);
	assert_int_equal(mock_bench_plug_in(&bench, text, &err), OK);
	run_home_make(&home);
}

static void pull_out(void)
{
	run_home_remove(&home);
	mock_bench_stop(&bench);
}

#define run_dfu_util(result, ...)                                                                  \
	run_program(                                                                               \
		(result), &home, DFU_UTIL_PROGRAM, NULL, (const char *const[]){__VA_ARGS__, NULL})

static void expect_listed(const char *const *lines)
{
	struct run_result result;
	mock_usb_await(&bench.boards[0].mock);
	run_dfu_util(&result, "-l");
	run_expect_exit(&result, 0);
	for (; *lines; lines++)
		run_expect_out(&result, *lines);
	run_free(&result);
}

/* One file into one alternate; with `restarts`, DETACH and a bus reset behind it. */
static void download(const char *alternate, const struct boot_image *image, bool restarts)
{
	struct run_result result;
	run_write_file(&home, "image", image->bytes, image->length);
	mock_usb_await(&bench.boards[0].mock);
	if (restarts)
		run_dfu_util(&result, "-w", "-a", alternate, "-D", "image", "-R");
	else
		run_dfu_util(&result, "-w", "-a", alternate, "-D", "image");
	run_expect_out(&result, "DFU state(7) = dfuMANIFEST, status(0)");
	run_expect_out(&result, "DFU state(2) = dfuIDLE, status(0)");
	/* A board that is gone by the bus reset is an error for dfu-util. */
	if (!restarts)
		run_expect_exit(&result, 0);
	run_free(&result);
}

static void expect_received(unsigned phase, struct boot_image *image)
{
	size_t length;
	const uint8_t *bytes = sim_boot_received(board(), phase, &length);
	assert_int_equal(length, image->length);
	assert_memory_equal(bytes, image->bytes, length);
	assert_int_equal(sim_boot_accepted(board(), phase), 1);
	boot_image_free(image);
}

static void expect_uboot(const char *otp)
{
	char line[64];
	snprintf(line, sizeof line, "alt=2, name=\"%s\"", otp);
	expect_listed(
		(const char *const[]){line, "alt=0, name=\"@FlashLayout/0x00/1*256Ke\"", NULL});
	assert_int_equal(sim_boot_stage(board()), SIM_BOOT_SERVICE);
}

static void test_mp15(void **state)
{
	struct run_result result;
	struct boot_image fsbl = boot_image_fsbl(SIM_MP15, 50000, NULL);
	struct boot_image fip = boot_image_fip(70000);
	(void)state;
	plug_in("stm32mp15,stage=rom");
	expect_listed((const char *const[]){
		"[0483:df11] ver=0200, devnum=3, cfg=1, intf=0, path=\"1-5.3\", alt=1, "
		"name=\"@FSBL /0x01/1*1Me\"",
		"alt=3, name=\"@Partition3 /0x03/1*16Me\"", NULL});
	download("@FSBL /0x01/1*1Me", &fsbl, false);
	download("@Partition3 /0x03/1*16Me", &fip, false);
	run_dfu_util(&result, "-a", "3", "-e");
	run_expect_exit(&result, 0);
	run_free(&result);
	expect_uboot("@OTP/0xf2/1*776Be");
	expect_received(1, &fsbl);
	expect_received(3, &fip);
	pull_out();
}

/* Under another address each time, and in the end at another port. This TF-A keeps the ROM code's
 * enumeration until the bus reset of -R. */
static void test_mp25(void **state)
{
	struct errbuf err = {0};
	struct boot_image fsbl = boot_image_fsbl(SIM_MP25, 20000, NULL);
	struct boot_image ddr = boot_image_fip(9000), fip = boot_image_fip(30000);
	(void)state;
	plug_in("stm32mp25,stage=rom");
	assert_int_equal(mock_bench_order(&bench, "boot stays", &err), OK);
	download("@FSBL /0x01/1*256Ke", &fsbl, true);
	mock_usb_await(&bench.boards[0].mock);
	assert_int_equal(bench.boards[0].mock.resets, 1);
	expect_listed((const char *const[]){
		"path=\"1-5.3\", alt=0, name=\"@DDR FIP /0x02/1*32Ke\"", NULL});
	download("@DDR FIP /0x02/1*32Ke", &ddr, true);
	mock_usb_await(&bench.boards[0].mock);
	assert_int_equal(mock_bench_order(&bench, "boot port 9", &err), OK);
	download("@FIP /0x03/1*16Me", &fip, true);
	expect_listed((const char *const[]){"path=\"1-5.9\"", NULL});
	expect_uboot("@OTP/0xf2/1*2952Be");
	expect_received(1, &fsbl);
	expect_received(2, &ddr);
	expect_received(3, &fip);
	pull_out();
}

/* STM32PRGFW-UTIL as the only image: the board is gone before dfu-util asks again. */
static void test_prgfw(void **state)
{
	struct run_result result;
	struct boot_image image = boot_image_fsbl(SIM_MP15, 20000, "@FSBL-EXT");
	(void)state;
	plug_in("stm32mp15,stage=rom");
	run_write_file(&home, "image", image.bytes, image.length);
	run_dfu_util(&result, "-a", "@FSBL /0x01/1*1Me", "-D", "image");
	run_expect_out(&result, "DFU state(7) = dfuMANIFEST");
	run_free(&result);
	expect_listed((const char *const[]){"alt=4, name=\"@OTP /0xF2/1*776Be\"", NULL});
	expect_received(1, &image);
	pull_out();
}

/* An image for another chip, and a board that never comes back. */
static void test_refused_and_lost(void **state)
{
	struct run_result result;
	struct errbuf err = {0};
	struct boot_image image = boot_image_fsbl(SIM_MP13, 5000, NULL);
	(void)state;
	plug_in("stm32mp15,stage=rom");
	run_write_file(&home, "image", image.bytes, image.length);
	run_dfu_util(&result, "-a", "@FSBL /0x01/1*1Me", "-D", "image");
	run_expect_out(&result, "DFU state(10) = dfuERROR, status(2)");
	run_free(&result);
	assert_int_equal(sim_boot_verdict(board()), SIM_BOOT_OTHER_VERSION);
	pull_out();
	plug_in("stm32mp13,stage=rom");
	assert_int_equal(mock_bench_order(&bench, "boot lost rom", &err), OK);
	download("@FSBL /0x01/1*128Ke", &image, true);
	mock_usb_await(&bench.boards[0].mock);
	assert_true(bench.boards[0].mock.is_gone);
	/* Its power leads back to the ROM code. */
	assert_int_equal(mock_bench_order(&bench, "cycle", &err), OK);
	expect_listed((const char *const[]){"alt=0, name=\"@FSBL /0x01/1*128Ke\"", NULL});
	boot_image_free(&image);
	pull_out();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mp15),
		cmocka_unit_test(test_mp25),
		cmocka_unit_test(test_prgfw),
		cmocka_unit_test(test_refused_and_lost),
	};
	if (access(DFU_UTIL_PROGRAM, X_OK) != 0) {
		fprintf(stderr, "'%s' is missing: install dfu-util\n", DFU_UTIL_PROGRAM);
		return 1;
	}
	return cmocka_run_group_tests_name("dfu-util boots boards", tests, NULL, NULL);
}
