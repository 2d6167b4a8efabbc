/*
 * The program through the real libusb against recordings of the services' own code: descriptors
 * are the recorded ones, and class requests have to be those of the recording, as in
 * replay_link.h.
 */
#include "tests/support/replay_link.h"
#include "tests/support/run_program.h"
#include "tests/usb/mock_usb.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#define IDLE 2

struct row {
	const char *name;
	const char *enumeration;
	struct replay_leg legs[9];
	int exit_status;
	const char *says; /* in what goes to standard error; NULL: that is empty */
};

struct board {
	const struct row *row;
	struct recording enumeration;
	struct replay_link replay;
	unsigned released;
};

/* --- the board's end */

static bool is_descriptor(const uint8_t setup[8])
{
	return (setup[0] & 0x7F) < 2 && (setup[0] & 0x80) != 0 && setup[1] == 6;
}

/* The longest answer that was recorded to this question; NULL: it was not asked, or refused. */
static const struct recorded *find_descriptor(
	const struct recording *recording, const uint8_t setup[8])
{
	const struct recorded *best = NULL;
	for (size_t i = 0; i < recording->count; i++) {
		const struct recorded *asked = &recording->requests[i];
		if (asked->end == RECORDED_DATA && memcmp(asked->setup + 1, setup + 1, 3) == 0 &&
			(!best || asked->answer_length > best->answer_length))
			best = asked;
	}
	return best;
}

/* Those of the first leg, as far as it shows any. */
static enum sim_usb_end get_descriptor(
	const struct board *board, const uint8_t setup[8], uint8_t *data, uint16_t *actual)
{
	const struct recorded *found = find_descriptor(&board->replay.recordings[0], setup);
	uint16_t length = (uint16_t)(setup[6] | setup[7] << 8);
	if (!found)
		found = find_descriptor(&board->enumeration, setup);
	if (!found)
		return SIM_USB_STALL;
	*actual = found->answer_length < length ? found->answer_length : length;
	memcpy(data, found->answer, *actual);
	return SIM_USB_DATA;
}

/* Linux selects alternate 0 when a program lets go of another one. */
static bool is_letting_go(const struct board *board, const uint8_t setup[8])
{
	return setup[0] == 0x01 && setup[1] == 11 && setup[2] == 0 && board->replay.alternate != 0;
}

static enum sim_usb_end transfer(
	void *payload, const uint8_t setup[8], uint8_t *data, uint16_t *actual)
{
	struct board *board = payload;
	struct recorded sent = {.setup = {0}};
	*actual = 0;
	if (is_descriptor(setup))
		return get_descriptor(board, setup, data, actual);
	if (is_letting_go(board, setup)) {
		board->released++;
		board->replay.alternate = 0;
		board->replay.state = IDLE;
		return SIM_USB_DATA;
	}
	memcpy(sent.setup, setup, sizeof sent.setup);
	if ((setup[0] & 0x80) == 0 && recorded_length(&sent) > 0)
		memcpy(sent.data, data, recorded_length(&sent));
	enum replay_end end = replay_link_transfer(&board->replay, &sent);
	if (end != REPLAY_ANSWERED)
		return end == REPLAY_SILENT ? SIM_USB_SILENCE : SIM_USB_GONE;
	if (sent.end == RECORDED_STALL)
		return SIM_USB_STALL;
	*actual = sent.end == RECORDED_DATA ? sent.answer_length : recorded_length(&sent);
	if (sent.end == RECORDED_DATA)
		memcpy(data, sent.answer, sent.answer_length);
	return SIM_USB_DATA;
}

/* --- */

/* USB finds what was damaged on the way: to save a board's fuses the program reads once. */
static const struct row rows[] = {
	{.name = "reads over U-Boot",
		.enumeration = "usb-enumeration",
		.legs = {{"usb-read-4096", 0, 5, false, 0}}},
	{.name = "reads version 1 of the structure over U-Boot",
		.enumeration = "usb-enumeration",
		.legs = {{"usb-strings-v1", 0, 0, false, 0}},
		.says = "can only be looked at"},
	{.name = "reads an STM32MP13 over U-Boot",
		.enumeration = "usb-enumeration",
		.legs = {{"mp13-usb-basic", 0, 12, false, 0}}},
	{.name = "reads over STM32PRGFW-UTIL",
		.enumeration = "prgfw/mp15_usb_01_enum",
		.legs = {{"prgfw/mp15_usb_02_read", 0, 6, false, 0}}},
	{.name = "reads four blocks over STM32PRGFW-UTIL",
		.enumeration = "prgfw/mp25_usb_01_enum",
		.legs = {{"prgfw/mp25_usb_02_read", 0, 9, false, 0}},
		/* The device id is that of both. */
		.says = "fits STM32MP23x and STM32MP25x"},
	{.name = "leaves what others did to STM32PRGFW-UTIL",
		.enumeration = "prgfw/mp15_usb_01_enum",
		.legs = {{"prgfw/mp15_usb_16_stale_staging", 0, 11, true, 0},
			{"prgfw/mp15_usb_16_stale_staging", 12, 15, false, 0}}},
	{.name = "reads over U-Boot where others left a write half done",
		.enumeration = "usb-enumeration",
		.legs = {{"usb-busreset-dnload-idle", 0, 5, true, 0},
			{"usb-busreset-dnload-idle", 6, 8, false, 0},
			{"usb-set-interface", 24, 25, false, 0},
			{"usb-clean-recipe", 6, 9, false, 0},
			{"usb-busreset-dnload-idle", 13, 14, false, 0}}},
	{.name = "says why the read is refused",
		.enumeration = "usb-enumeration",
		.legs = {{"usb-read-fail", 0, 4, false, 0}, {"usb-set-interface", 24, 25, false, 0},
			{"usb-clean-recipe", 6, 9, false, 0},
			{"usb-read-fail-dnload-cleans", 11, 12, false, 0},
			{"usb-phase-error-stays", 5, 7, false, 0}},
		.exit_status = 3,
		.says = "OTP read issue -5"},
	{.name = "says that others armed a burn, and touches nothing",
		.enumeration = "usb-enumeration",
		.legs = {{"usb-write-getstate-only", 0, 5, true, 0},
			{"usb-write-getstate-only", 6, 6, false, 0}},
		.exit_status = 3,
		.says = "power-cycle"},
};

static void check_file(const struct board *board, const struct run_home *home)
{
	size_t length;
	char *bytes = run_read_file(&length, home, "board.bin");
	assert_int_equal(length, board->replay.uploaded_length);
	assert_memory_equal(bytes, board->replay.uploaded, length);
	free(bytes);
}

static void run_row(void **state)
{
	const struct row *row = *state;
	struct board *board = calloc(1, sizeof *board);
	UMockdevTestbed *testbed = umockdev_testbed_new();
	struct mock_usb mock;
	struct run_home home;
	struct run_result result;
	assert_non_null(board);
	recording_load(&board->enumeration, row->enumeration);
	replay_link_open(&board->replay, row->legs, row->enumeration);
	mock_usb_add_hubs(testbed);
	const struct mock_usb_device device = {.transfer = transfer, .payload = board};
	mock_usb_start_device(&mock, testbed, &device, 3, 5);
	replay_link_others(&board->replay);
	run_home_make(&home);
	run_words(&result, &home, "read", "dfu", "-o", "board.bin");
	if (board->replay.departed[0] != '\0')
		fail_msg("departed with '%s' before request %u; %s", board->replay.departed,
			replay_link_number(&board->replay), result.err);
	run_expect_exit(&result, row->exit_status);
	if (row->says)
		run_expect_err(&result, row->says);
	else
		assert_string_equal(result.err, "");
	if (row->exit_status == 0)
		check_file(board, &home);
	assert_true(replay_link_is_at_end(&board->replay));
	run_free(&result);
	run_home_remove(&home);
	mock_usb_stop(&mock);
	g_object_unref(testbed);
	replay_link_close(&board->replay);
	recording_free(&board->enumeration);
	free(board);
}

int main(void)
{
	struct CMUnitTest tests[sizeof rows / sizeof rows[0]] = {{0}};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		tests[i].name = rows[i].name;
		tests[i].test_func = run_row;
		tests[i].initial_state = (void *)(uintptr_t)&rows[i];
	}
	return cmocka_run_group_tests_name("replay_usb", tests, NULL, NULL);
}
