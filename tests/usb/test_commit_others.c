/*
 * Boards with which somebody else was at work before, and boards that say that they are another
 * one: the program burns what was confirmed on the board it was confirmed for, or nothing.
 */
#include "tests/support/sim_partition.h"
#include "tests/usb/commit_rig.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

/* DFU 1.1, table 3.2 */
#define DNLOAD    1
#define UPLOAD    2
#define GETSTATUS 3
#define ABORT     6

/* How the services number their alternates for OTP, as recorded. */
#define UBOOT_OTP 2
#define PRGFW_OTP 4

#define THEIRS     71
#define THEIRS_MP2 301

static const struct commit_kind uboot = {SIM_MP15, SIM_SERVICE_UBOOT, 70, 0x12345678, false};
static const struct commit_kind prgfw = {SIM_MP15, SIM_SERVICE_PRGFW, 70, 0x12345678, false};
static const struct commit_kind prgfw_mp2 = {SIM_MP25, SIM_SERVICE_PRGFW, 300, 0x12345678, false};

static struct commit_rig rig;

static int tear_down(void **state)
{
	(void)state;
	commit_rig_remove(&rig);
	return 0;
}

/* --- somebody else, with another tool */

static void send(uint8_t type, uint8_t request, uint16_t value, uint8_t *data, uint16_t length)
{
	const uint8_t setup[8] = {type, request, (uint8_t)value, (uint8_t)(value >> 8), 0, 0,
		(uint8_t)length, (uint8_t)(length >> 8)};
	uint8_t bytes[4096] = {0};
	uint16_t actual;
	if (data)
		memcpy(bytes, data, length);
	assert_int_equal(sim_usb_transfer(rig.usb, setup, bytes, &actual), SIM_USB_DATA);
}

static void select_alternate(uint16_t number)
{
	send(0x01, 0x0B, number, NULL, 0);
}

static void download(uint16_t block, uint8_t *bytes, uint16_t length)
{
	send(0x21, DNLOAD, block, bytes, length);
}

static void ask_status(void)
{
	send(0xA1, GETSTATUS, 0, NULL, 6);
}

/* One bit of one word, value and bit 31 of its status: a request in the layout of both services. */
static void make_request(uint8_t request[3080], uint8_t version, unsigned word)
{
	memset(request, 0, 3080);
	request[0] = version;
	request[8 + 8 * word] = 0x01;
	request[8 + 8 * word + 7] = 0x80;
}

static void upload_first(void)
{
	select_alternate(PRGFW_OTP);
	send(0xA1, UPLOAD, 0, NULL, 1024);
	send(0x21, ABORT, 0, NULL, 0);
}

/* --- the program, after that */

static void burn_ours(struct run_result *result, const char *source)
{
	char word[24], value[24], fingerprint[17] = "";
	snprintf(word, sizeof word, "word=%u", rig.kind.word);
	snprintf(value, sizeof value, "value=0x%08X", (unsigned)rig.kind.value);
	run_words(result, &rig.home, "write", source, word, value);
	const char *at = strstr(result->err, "--confirm ");
	if (!at)
		return;
	assert_int_equal(sscanf(at, "--confirm %16[0-9a-f]", fingerprint), 1);
	run_free(result);
	/* Of no upper word is it known for certain that it is the customer's. */
	bool accepts = rig.kind.family == SIM_MP25;
	run_words(result, &rig.home, "write", source, word, value, "--confirm", fingerprint,
		accepts ? "--accept" : NULL, "customer-unconfirmed");
}

static void expect_only_ours(void)
{
	struct run_result result;
	burn_ours(&result, "dfu");
	run_expect_exit(&result, 0);
	run_expect_out(&result, "VERIFIED");
	run_free(&result);
	for (unsigned word = 0; word < sim_board_word_count(rig.board); word++)
		assert_int_equal(sim_board_pulses(rig.board, word), word == rig.kind.word);
	assert_int_equal(sim_board_fuses(rig.board, rig.kind.word), rig.kind.value);
}

static void expect_power_cycle(void)
{
	struct run_result result;
	run_words(&result, &rig.home, "list");
	run_expect_exit(&result, 0);
	run_free(&result);
	run_words(&result, &rig.home, "show", "dfu");
	run_expect_exit(&result, 3);
	run_expect_err(&result, "power-cycle");
	run_free(&result);
	burn_ours(&result, "dfu");
	run_expect_exit(&result, 3);
	run_expect_err(&result, "power-cycle");
	run_expect_err(&result, "nothing was burnt");
	run_free(&result);
	commit_rig_assert_untouched(rig.board);
}

/* --- tests */

static void test_half_a_request_in_uboot(void **state)
{
	uint8_t request[3080];
	(void)state;
	commit_rig_make(&rig, &uboot);
	make_request(request, 2, THEIRS);
	select_alternate(UBOOT_OTP);
	/* All words up to theirs; the board takes the rest for zeros. */
	download(0, request, 8 + 8 * (THEIRS + 1));
	ask_status();
	expect_only_ours();
}

static void test_half_a_request_in_prgfw(void **state)
{
	uint8_t request[3080];
	(void)state;
	commit_rig_make(&rig, &prgfw_mp2);
	make_request(request, 3, THEIRS_MP2);
	upload_first();
	for (uint16_t block = 0; block < 3; block++) {
		download(block, request + 1024 * block, 1024);
		ask_status();
		ask_status();
	}
	commit_rig_assert_untouched(rig.board);
	expect_only_ours();
}

/* The last block is in, and the GETSTATUS that burns it is not. */
static void test_armed_prgfw(void **state)
{
	uint8_t request[3080];
	(void)state;
	commit_rig_make(&rig, &prgfw);
	make_request(request, 2, THEIRS);
	upload_first();
	download(0, request, 776);
	expect_power_cycle();
	/* It was armed indeed, and still is. */
	ask_status();
	ask_status();
	assert_int_equal(sim_board_pulses(rig.board, THEIRS), 1);
}

/* Their burn was set off, and they did not wait for its end. */
static void test_manifesting_uboot(void **state)
{
	uint8_t request[3080];
	struct run_result result;
	(void)state;
	commit_rig_make(&rig, &uboot);
	make_request(request, 2, THEIRS);
	select_alternate(UBOOT_OTP);
	download(0, request, 776);
	ask_status();
	download(1, NULL, 0);
	ask_status();
	burn_ours(&result, "dfu");
	run_expect_exit(&result, 3);
	run_expect_err(&result, "dfuMANIFEST");
	run_expect_err(&result, "nothing was burnt");
	run_free(&result);
	assert_int_equal(sim_board_pulses(rig.board, rig.kind.word), 0);
}

/* --- a board that has another's serial number, and not its unique id */

static struct sim_usb *impostor_usb;

static enum sim_usb_end answer_as_impostor(
	void *payload, const uint8_t setup[8], uint8_t *data, uint16_t *actual)
{
	bool is_string = setup[0] == 0x80 && setup[1] == 6 && setup[3] == 3;
	(void)payload;
	return sim_usb_transfer(is_string ? rig.usb : impostor_usb, setup, data, actual);
}

static void test_same_serial_on_another_board(void **state)
{
	const struct mock_usb_device device = {.transfer = answer_as_impostor};
	struct sim_board *impostor;
	struct mock_usb mock;
	struct run_result result;
	char fingerprint[17], serial[SIM_BOARD_SERIAL_SIZE], source[64];
	(void)state;
	commit_rig_make(&rig, &uboot);
	sim_board_serial(rig.board, serial);
	snprintf(source, sizeof source, "dfu:serial=%s", serial);
	run_words(&result, &rig.home, "write", source, "word=70", "value=0x12345678");
	const char *at = strstr(result.err, "--confirm ");
	assert_non_null(at);
	assert_int_equal(sscanf(at, "--confirm %16[0-9a-f]", fingerprint), 1);
	run_free(&result);

	struct sim_partition fuses = sim_partition_read(rig.board);
	sim_partition_put(&fuses, 13, 0x00770077, sim_partition_status(&fuses, 13));
	assert_int_equal(sim_board_of_family(&impostor, SIM_MP15, fuses.bytes, 776, &rig.err), OK);
	assert_int_equal(sim_usb_create(&impostor_usb, impostor, &rig.err), OK);
	mock_usb_unplug(&rig.mock);
	mock_usb_start_device(&mock, rig.testbed, &device, 4, 9);
	run_words(&result, &rig.home, "write", source, "word=70", "value=0x12345678", "--confirm",
		fingerprint);
	run_expect_exit(&result, 4);
	run_expect_err(&result, "nothing was burnt");
	run_free(&result);
	commit_rig_assert_untouched(impostor);
	mock_usb_unplug(&mock);
	mock_usb_stop(&mock);
	sim_usb_free(impostor_usb);
	sim_board_free(impostor);
}

#define others_test(name) cmocka_unit_test_teardown(name, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		others_test(test_half_a_request_in_uboot),
		others_test(test_half_a_request_in_prgfw),
		others_test(test_armed_prgfw),
		others_test(test_manifesting_uboot),
		others_test(test_same_serial_on_another_board),
	};
	return cmocka_run_group_tests_name("boards of others over USB", tests, NULL, NULL);
}
