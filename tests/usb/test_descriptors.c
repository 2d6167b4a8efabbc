/* Configurations that make no sense, through the parser of the real libusb. */
#include "tests/usb/mock_twist.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEAD   9u /* bytes of a configuration, of an interface, of what DFU adds */
#define ROUNDS 60u

static struct mock_twist twist;

static void ask_config(void)
{
	const uint8_t setup[8] = {
		0x80, 6, 0, 2, 0, 0, MOCK_TWIST_CONFIG_MAX & 0xFF, MOCK_TWIST_CONFIG_MAX >> 8};
	uint8_t bytes[SIM_USB_TRANSFER_MAX];
	assert_int_equal(
		sim_usb_transfer(twist.usb, setup, bytes, &twist.config_length), SIM_USB_DATA);
	memcpy(twist.config, bytes, twist.config_length);
}

static void set_total(unsigned total)
{
	twist.config_length = (uint16_t)total;
	twist.config[2] = (uint8_t)total;
	twist.config[3] = (uint8_t)(total >> 8);
}

static enum status look_and_read(unsigned *listed)
{
	mock_twist_plug_in(&twist);
	struct found_boards *found = mock_twist_list(&twist);
	*listed = (unsigned)found->count;
	if (found->count == 1)
		snprintf(twist.err.text, sizeof twist.err.text, "%s", found->boards[0].remark);
	struct errbuf remark = twist.err;
	enum status status = mock_twist_read(&twist);
	/* Told beforehand, where the descriptors show it. */
	if (found->count == 1 && status == ERR_UNSUPPORTED)
		assert_string_not_equal(remark.text, "");
	free(found);
	mock_twist_take_away(&twist);
	return status;
}

static void test_many_alternates(void **state)
{
	unsigned listed;
	(void)state;
	for (unsigned count = 30; count <= 110; count += count < 34 ? 1 : 25) {
		mock_twist_make(&twist, SIM_SERVICE_UBOOT);
		ask_config();
		uint8_t functional[HEAD];
		memcpy(functional, twist.config + twist.config_length - HEAD, HEAD);
		unsigned own = (twist.config_length - 2 * HEAD) / HEAD;
		for (unsigned i = own; i < count; i++) {
			uint8_t *at = twist.config + HEAD + (size_t)i * HEAD;
			memcpy(at, at - HEAD, HEAD);
			at[3] = (uint8_t)i;
			at[8] = 0;
		}
		memcpy(twist.config + HEAD + (size_t)count * HEAD, functional, HEAD);
		set_total(HEAD + count * HEAD + HEAD);
		assert_int_equal(look_and_read(&listed), count <= 32 ? OK : ERR_UNSUPPORTED);
		if (count > 32)
			assert_non_null(strstr(twist.err.text, "alternate settings"));
		assert_int_equal(listed, 1);
	}
}

static void test_numbers_of_alternates(void **state)
{
	unsigned listed;
	(void)state;
	/* Another one has the number of the OTP, or its name. */
	for (unsigned place = 0; place < 2; place++) {
		mock_twist_make(&twist, SIM_SERVICE_UBOOT);
		ask_config();
		size_t at = place == 0 ? 3 : 8;
		twist.config[HEAD + at] = twist.config[HEAD + 2 * (size_t)HEAD + at];
		assert_int_equal(look_and_read(&listed), ERR_UNSUPPORTED);
		assert_non_null(strstr(twist.err.text, "it cannot be told which is meant"));
		assert_int_equal(listed, 1);
	}
}

static void test_functional(void **state)
{
	/* Length, type, wTransferSize, bcdDFU. */
	static const struct {
		unsigned at;
		uint8_t value;
	} rows[] = {{0, 0}, {0, 1}, {0, 2}, {0, 6}, {0, 7}, {0, 8}, {0, 10}, {0, 255}, {1, 0x24},
		{5, 1}, {6, 0}, {6, 0xFF}, {7, 0x1A}, {7, 0}, {8, 0xFF}};
	unsigned listed;
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		mock_twist_make(&twist, SIM_SERVICE_UBOOT);
		ask_config();
		twist.config[twist.config_length - HEAD + rows[i].at] = rows[i].value;
		enum status status = look_and_read(&listed);
		assert_true(status == ERR_UNSUPPORTED || (listed == 0 && status == ERR_GONE));
	}
	/* None at all. */
	mock_twist_make(&twist, SIM_SERVICE_UBOOT);
	ask_config();
	set_total(twist.config_length - HEAD);
	assert_int_equal(look_and_read(&listed), ERR_UNSUPPORTED);
}

static void test_spoilt_descriptors(void **state)
{
	uint32_t random = 20240501;
	unsigned listed, count = 0;
	(void)state;
	for (unsigned round = 0; round < ROUNDS; round++) {
		mock_twist_make(&twist, SIM_SERVICE_UBOOT);
		ask_config();
		for (unsigned i = 0; i <= round % 3; i++) {
			random = random * 1664525u + 1013904223u;
			twist.config[(random >> 8) % twist.config_length] = (uint8_t)(random >> 24);
		}
		if (round % 5 == 0)
			twist.config_length = (uint16_t)((random >> 12) % twist.config_length + 1);
		(void)look_and_read(&listed);
		count += listed;
	}
	/* Neither all nor none were fit for a look. */
	assert_in_range(count, 5, ROUNDS - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_many_alternates),
		cmocka_unit_test(test_numbers_of_alternates),
		cmocka_unit_test(test_functional),
		cmocka_unit_test(test_spoilt_descriptors),
	};
	return cmocka_run_group_tests_name("descriptors that make no sense", tests, NULL, NULL);
}
