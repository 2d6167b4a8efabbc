/* Devices that make no sense, over the real libusb: in the texts of their descriptors, in what they
 * upload and answer, and in becoming another one. */
#include "tests/support/run_program.h"
#include "tests/usb/mock_twist.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define UPLOAD         2
#define GETSTATUS      3
#define STRINGS        10
#define STRING_PRODUCT 2
#define STRING_SERIAL  3
#define HALF           31 /* bytes of a text of 60 */

static struct mock_twist twist;

/* --- texts */

static void put_header(uint8_t length, uint8_t type)
{
	twist.text[0] = length;
	twist.text[1] = type;
}

static void no_bytes(void)
{
	put_header(2, 3);
	twist.text_length = 2;
}

static void header_alone(void)
{
	put_header(60, 3);
	twist.text_length = 2;
}

static void half_a_header(void)
{
	put_header(60, 3);
	twist.text_length = 1;
}

static void half_of_it(void)
{
	put_header(60, 3);
	twist.text_length = HALF;
}

static void another_type(void)
{
	put_header(60, 2);
	twist.text_length = 60;
}

static void no_length(void)
{
	put_header(0, 3);
	twist.text_length = 60;
}

static void odd_length(void)
{
	put_header(7, 3);
	twist.text_length = 7;
}

static void longest(void)
{
	put_header(255, 3);
	twist.text_length = 255;
}

static void controls(void)
{
	put_header(254, 3);
	for (unsigned i = 2; i < 254; i += 2)
		twist.text[i] = (uint8_t)(i / 2 % 0x20);
	twist.text_length = 254;
}

static void refused(void)
{
	twist.text_length = 0;
}

static void (*const texts[])(void) = {no_bytes, header_alone, half_a_header, half_of_it,
	another_type, no_length, odd_length, longest, controls, refused};

/* Half a text is never taken for a whole one. */
static void expect_no_halves(unsigned from, const struct found_board *board)
{
	for (unsigned i = from; i < twist.mock.log->len; i++)
		if (mock_usb_logged(&twist.mock, i)->result == HALF)
			assert_string_equal(board->stage, "");
}

static void test_texts(void **state)
{
	const enum sim_service *service = *state;
	mock_twist_make(&twist, *service);
	mock_twist_plug_in(&twist);
	for (twist.string = 0; twist.string < STRINGS; twist.string++)
		for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
			unsigned from = twist.mock.log->len;
			memset(twist.text, 0xFF, sizeof twist.text);
			texts[i]();
			twist.mock.class_requests = twist.mock.claims = 0;
			struct found_boards *found = mock_twist_list(&twist);
			assert_int_equal(found->count, 1);
			expect_no_halves(from, &found->boards[0]);
			free(found);
			(void)mock_twist_read(&twist);
		}
	mock_twist_take_away(&twist);
}

static void put_ascii(const char *ascii)
{
	size_t length = strlen(ascii);
	memset(twist.text, 0, sizeof twist.text);
	put_header((uint8_t)(2 + 2 * length), 3);
	for (size_t i = 0; i < length; i++)
		twist.text[2 + 2 * i] = (uint8_t)ascii[i];
	twist.text_length = twist.text[0];
}

/* What is shown to be typed into a shell has nothing in it that a shell would carry out. */
static void test_serials_as_names(void **state)
{
	static const struct {
		const char *serial, *source;
	} rows[] = {
		{"0123ABcd._-", "dfu:serial=0123ABcd._-"},
		{"$(reboot)", "dfu:path=1-5.4"},
		{"1;reboot", "dfu:path=1-5.4"},
		{"a b", "dfu:path=1-5.4"},
		{"`reboot`", "dfu:path=1-5.4"},
		{"'", "dfu:path=1-5.4"},
		/* One that does not fit may be that of several boards. */
		{"123456789012345678901234567890123456789012345678901234567890123",
			"dfu:path=1-5.4"},
	};
	struct device *device;
	struct device_info info;
	(void)state;
	mock_twist_make(&twist, SIM_SERVICE_UBOOT);
	twist.string = STRING_SERIAL;
	mock_twist_plug_in(&twist);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		put_ascii(rows[i].serial);
		twist.mock.class_requests = twist.mock.claims = 0;
		struct found_boards *found = mock_twist_list(&twist);
		assert_int_equal(found->count, 1);
		assert_string_equal(found->boards[0].source, rows[i].source);
		free(found);
		assert_int_equal(mock_twist_open(&device, &twist), OK);
		assert_int_equal(device->ops->identify(device, &info, NULL, &twist.err), OK);
		assert_string_equal(info.source, rows[i].source);
		assert_string_equal(info.serial, rows[i].serial);
		device->ops->close(device);
	}
	mock_twist_take_away(&twist);
}

/* A device that tells nothing is there, and is no board. */
static void test_no_texts(void **state)
{
	const struct mock_usb_fault fault = {
		.kind = MOCK_STALL, .request = MOCK_STRING, .at = 1, .count = 1000};
	struct run_home home;
	struct run_result result;
	(void)state;
	run_home_make(&home);
	mock_twist_make(&twist, SIM_SERVICE_UBOOT);
	mock_twist_plug_in(&twist);
	mock_usb_add_fault(&twist.mock, &fault);
	run_words(&result, &home, "show", "dfu");
	run_expect_exit(&result, 3);
	run_expect_err(&result, "does not look like an STM32MP board");
	run_expect_err(&result, "'otpedit list' shows it");
	run_free(&result);
	assert_int_equal(twist.mock.class_requests, 0);
	mock_twist_take_away(&twist);
	run_home_remove(&home);
}

/* English is asked for first; a device whose texts are in another language is asked for which. */
static void test_another_language(void **state)
{
	(void)state;
	mock_twist_make(&twist, SIM_SERVICE_UBOOT);
	twist.language = 0x0407;
	mock_twist_plug_in(&twist);
	struct found_boards *found = mock_twist_list(&twist);
	assert_int_equal(found->count, 1);
	assert_string_equal(found->boards[0].serial, "0051A00153494D554C415445");
	assert_true(found->boards[0].offers_otp);
	free(found);
	assert_int_equal(mock_twist_read(&twist), OK);
	mock_twist_take_away(&twist);
}

static void test_texts_that_do_not_come(void **state)
{
	static const enum mock_usb_fault_kind kinds[] = {MOCK_STALL, MOCK_PROTO, MOCK_SILENCE};
	(void)state;
	for (unsigned at = 1; at <= 6; at++)
		for (size_t i = 0; i < 3; i++) {
			const struct mock_usb_fault fault = {
				.kind = kinds[i], .request = MOCK_STRING, .at = at};
			/* A second each. */
			if (kinds[i] == MOCK_SILENCE && at != 4)
				continue;
			mock_twist_make(&twist, SIM_SERVICE_UBOOT);
			mock_twist_plug_in(&twist);
			mock_usb_use_fifo(&twist.mock);
			mock_usb_add_fault(&twist.mock, &fault);
			struct found_boards *found = mock_twist_list(&twist);
			assert_int_equal(found->count, 1);
			/* Refused texts are none; what a bad cable swallows is not known. */
			assert_int_equal(found->boards[0].stage[0] != '\0', kinds[i] == MOCK_STALL);
			free(found);
			assert_int_equal(mock_twist_read(&twist), OK);
			mock_twist_take_away(&twist);
		}
}

/* --- uploads and answers, as the program tells of them */

static void test_answers(void **state)
{
	static const struct {
		uint8_t request;
		uint16_t length;
		const char *says;
	} rows[] = {
		{UPLOAD, 0, "0 bytes of OTP"},
		{UPLOAD, 1, "1 bytes of OTP"},
		{UPLOAD, 775, "775 bytes of OTP"},
		{UPLOAD, 4096, "more than"}, /* for ever */
		{GETSTATUS, 0, "GETSTATUS has 0 bytes instead of 6"},
		{GETSTATUS, 5, "GETSTATUS has 5 bytes instead of 6"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct run_home home;
		struct run_result result;
		run_home_make(&home);
		mock_twist_make(&twist, SIM_SERVICE_UBOOT);
		mock_twist_plug_in(&twist);
		twist.request = rows[i].request;
		twist.answer_length = rows[i].length;
		run_words(&result, &home, "read", "dfu", "-o", "x.bin");
		run_expect_exit(&result, 3);
		run_expect_err(&result, rows[i].says);
		run_free(&result);
		assert_true(twist.mock.class_requests < 50);
		assert_int_equal(access(run_path(&home, "x.bin"), F_OK), -1);
		mock_twist_take_away(&twist);
		run_home_remove(&home);
	}
}

static void test_becomes_another(void **state)
{
	static const int strings[] = {STRING_SERIAL, STRING_PRODUCT};
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct device *device;
		struct device_info info;
		mock_twist_make(&twist, SIM_SERVICE_UBOOT);
		mock_twist_plug_in(&twist);
		assert_int_equal(mock_twist_open(&device, &twist), OK);
		assert_int_equal(device->ops->identify(device, &info, NULL, &twist.err), OK);
		assert_int_equal(device->ops->identify(device, &info, NULL, &twist.err), OK);
		twist.string = strings[i];
		memset(twist.text, 'A', sizeof twist.text);
		put_header(50, 3);
		twist.text_length = 50;
		assert_int_equal(device->ops->identify(device, &info, NULL, &twist.err), ERR_GONE);
		assert_non_null(strstr(twist.err.text, "another board"));
		device->ops->close(device);
		mock_twist_take_away(&twist);
	}
}

/* --- within a commit */

static void put_serial(void)
{
	put_ascii("003D00203338511434389999");
	twist.string = STRING_SERIAL;
}

static void preview(char fingerprint[17], const struct run_home *home)
{
	struct run_result result;
	run_write_text(home, "p.plan", "write word=70 value=0x12345678\n");
	run_words(&result, home, "preview", "p.plan", "--on", "dfu");
	run_expect_exit(&result, 0);
	const char *at = strstr(result.out, "Fingerprint");
	assert_non_null(at);
	at += strcspn(at, " ");
	at += strspn(at, " ");
	memcpy(fingerprint, at, 16);
	fingerprint[16] = '\0';
	run_free(&result);
}

/* What is told fits what the fuses say. Whether it was done undisturbed. */
static bool apply(const struct run_home *home, const char *fingerprint)
{
	struct run_result result;
	run_words(&result, home, "apply", "p.plan", "--on", "dfu", "--confirm", fingerprint);
	unsigned pulses = mock_twist_pulses(&twist);
	bool is_done = result.exit_status == 0;
	assert_true(pulses <= 1);
	if (is_done)
		assert_int_equal(pulses, 1);
	else if (pulses == 0)
		assert_true(result.exit_status >= 3 && result.exit_status <= 5);
	else
		run_expect_exit(&result, 5);
	if (!is_done)
		assert_string_not_equal(result.err, "");
	run_free(&result);
	twist.burns = pulses;
	return is_done;
}

/* From the n-th question on it calls itself another board, for every n but the first. (One that
 * does so all along is told by the unique id in its fuses.) */
static void test_another_in_a_commit(void **state)
{
	const enum sim_service *service = *state;
	bool is_honest = false;
	unsigned refused = 0;
	for (unsigned after = 1; !is_honest && after < 100; after++) {
		struct run_home home;
		char fingerprint[17];
		run_home_make(&home);
		mock_twist_make(&twist, *service);
		mock_twist_plug_in(&twist);
		preview(fingerprint, &home);
		put_serial();
		twist.after = after;
		bool is_done = apply(&home, fingerprint);
		is_honest = twist.told == 0;
		refused += !is_done;
		/* It is only ever done where it was the same to the end. */
		assert_int_equal(is_done, is_honest);
		mock_twist_take_away(&twist);
		run_home_remove(&home);
	}
	assert_true(is_honest);
	assert_true(refused > 0);
}

int main(void)
{
	static enum sim_service uboot = SIM_SERVICE_UBOOT, prgfw = SIM_SERVICE_PRGFW;
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_prestate(test_texts, &uboot),
		cmocka_unit_test_prestate(test_texts, &prgfw),
		cmocka_unit_test(test_serials_as_names),
		cmocka_unit_test(test_no_texts),
		cmocka_unit_test(test_another_language),
		cmocka_unit_test(test_texts_that_do_not_come),
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_becomes_another),
		cmocka_unit_test_prestate(test_another_in_a_commit, &uboot),
		cmocka_unit_test_prestate(test_another_in_a_commit, &prgfw),
	};
	return cmocka_run_group_tests_name("devices that make no sense", tests, NULL, NULL);
}
