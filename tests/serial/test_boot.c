/*
 * The program itself before boards in their ROM code, through the real libserialport: 'otpedit
 * boot' leads them from stage to stage over one open port, and lists their words in the same run;
 * what arrived is what the files hold, by the board's own account.
 */
#include "tests/serial/line_rig.h"
#include "tests/support/make_firmware.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FINGERPRINT 16
#define BAUD        2000000u /* its pauses last as long as ever */

static struct line_rig rig;

static void put(struct made made, const char *name)
{
	make_save(&made, rig.home.folder, name);
	free(made.bytes);
}

/* Once to be told the fingerprint, and once with it. The board is for looking at then. */
static void boot(struct run_result *result, const char *first, const char *second)
{
	char fingerprint[FINGERPRINT + 1];
	run_words(result, &rig.home, "boot", LINE_SOURCE, first, second);
	run_expect_exit(result, 4);
	const char *at = strstr(result->err, "--confirm ");
	assert_non_null(at);
	snprintf(fingerprint, sizeof fingerprint, "%.16s", at + strlen("--confirm "));
	run_free(result);
	run_words(result, &rig.home, "boot", LINE_SOURCE, "--confirm", fingerprint, first, second);
	line_rig_unplug(&rig);
}

static void expect_arrived(unsigned phase, const char *name)
{
	size_t length, count;
	const uint8_t *bytes = sim_boot_received(rig.board, phase, &length);
	char *file = run_read_file(&count, &rig.home, name);
	assert_int_equal(length, count);
	assert_memory_equal(bytes, file, count);
	assert_int_equal(sim_boot_accepted(rig.board, phase), 1);
	free(file);
}

/* Stages that say a text when they begin are listened to as well. */
static void test_uboot(void **state)
{
	struct run_result result;
	(void)state;
	line_rig_plug_in_rom(&rig, SIM_MP15, "speaks", "", BAUD);
	put(make_stm32(0x500, 10000, 2), "tf-a.stm32");
	put(make_fip(10000), "fip.bin");
	boot(&result, "--image=tf-a.stm32", "--image=fip.bin");
	run_expect_exit(&result, 0);
	run_expect_err(&result, "U-Boot stm32prog answers");
	run_expect_err(&result, "anti-rollback: word 4 holds 0x00000003");
	run_expect_out(&result, "STM32MP15x, structure version 2");
	run_free(&result);
	assert_int_equal(sim_boot_stage(rig.board), SIM_BOOT_SERVICE);
	expect_arrived(1, "tf-a.stm32");
	expect_arrived(3, "fip.bin");
	assert_int_equal(sim_board_fuses(rig.board, 4), 3);
	line_rig_clean_up(&rig);
}

static void test_prgfw(void **state)
{
	struct run_result result;
	(void)state;
	line_rig_plug_in_rom(&rig, SIM_MP13, NULL, NULL, BAUD);
	put(make_prgfw(0x501, 10000), "util.stm32");
	boot(&result, "--image=util.stm32", NULL);
	run_expect_exit(&result, 0);
	run_expect_err(&result, "STM32PRGFW-UTIL answers");
	run_expect_out(&result, "STM32MP13x, structure version 2");
	run_free(&result);
	assert_int_equal(sim_board_service(rig.board), SIM_SERVICE_PRGFW);
	expect_arrived(1, "util.stm32");
	line_rig_clean_up(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_uboot),
		cmocka_unit_test(test_prgfw),
	};
	return cmocka_run_group_tests_name(
		"boards that are brought up over a line", tests, NULL, NULL);
}
