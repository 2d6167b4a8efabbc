#include "tests/usb/mock_twist.h"

#include "transport/source_dfu.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define PATIENCE_S 20 /* for one look at a device */
#define PATH       "1-5.4"

static bool is_descriptor(const uint8_t setup[8], uint8_t type)
{
	return setup[0] == 0x80 && setup[1] == 6 && setup[3] == type;
}

static enum sim_usb_end send(
	uint8_t *data, uint16_t *actual, const uint8_t setup[8], const uint8_t *bytes, size_t size)
{
	size_t wanted = (size_t)(setup[6] | setup[7] << 8);
	*actual = (uint16_t)(size < wanted ? size : wanted);
	memcpy(data, bytes, *actual);
	return SIM_USB_DATA;
}

static enum sim_usb_end transfer(
	void *payload, const uint8_t setup[8], uint8_t *data, uint16_t *actual)
{
	struct mock_twist *twist = payload;
	const uint16_t wanted = (uint16_t)(setup[6] | setup[7] << 8);
	if (is_descriptor(setup, 2) && twist->config_length > 0)
		return send(data, actual, setup, twist->config, twist->config_length);
	if (is_descriptor(setup, 3) && twist->language != 0) {
		const uint8_t low = (uint8_t)twist->language,
			      high = (uint8_t)(twist->language >> 8);
		const uint8_t languages[] = {4, 3, low, high};
		if (setup[2] == 0)
			return send(data, actual, setup, languages, sizeof languages);
		if (setup[4] != low || setup[5] != high)
			return SIM_USB_STALL;
	}
	bool is_text = is_descriptor(setup, 3) && setup[2] == twist->string;
	if (is_text && twist->after > 0) {
		twist->after--;
	} else if (is_text) {
		twist->told++;
		return twist->text_length == 0
			       ? SIM_USB_STALL
			       : send(data, actual, setup, twist->text, twist->text_length);
	}
	enum sim_usb_end end = sim_usb_transfer(twist->usb, setup, data, actual);
	if (setup[0] != 0xA1 || setup[1] != twist->request || end != SIM_USB_DATA)
		return end;
	if (*actual < twist->answer_length)
		memset(data + *actual, 0, (size_t)(twist->answer_length - *actual));
	*actual = twist->answer_length < wanted ? twist->answer_length : wanted;
	return end;
}

void mock_twist_make(struct mock_twist *twist, enum sim_service service)
{
	memset(twist, 0, sizeof *twist);
	twist->string = -1;
	errbuf_clear(&twist->err);
	assert_int_equal(sim_board_demo(&twist->board, SIM_MP15, &twist->err), OK);
	assert_true(sim_board_set_service(twist->board, service));
	assert_int_equal(sim_usb_create(&twist->usb, twist->board, &twist->err), OK);
}

void mock_twist_plug_in(struct mock_twist *twist)
{
	const struct mock_usb_device device = {.transfer = transfer, .payload = twist};
	twist->testbed = umockdev_testbed_new();
	mock_usb_add_hubs(twist->testbed);
	mock_usb_start_device(&twist->mock, twist->testbed, &device, 4, 5);
}

unsigned mock_twist_pulses(const struct mock_twist *twist)
{
	unsigned sum = 0;
	for (unsigned word = 0; word < sim_board_word_count(twist->board); word++)
		sum += sim_board_pulses(twist->board, word);
	return sum;
}

void mock_twist_take_away(struct mock_twist *twist)
{
	assert_int_equal(mock_twist_pulses(twist), twist->burns);
	assert_int_equal(twist->mock.resets, 0);
	mock_usb_stop(&twist->mock);
	g_object_unref(twist->testbed);
	sim_usb_free(twist->usb);
	sim_board_free(twist->board);
}

static void expect_printable(const char *text)
{
	for (; *text != '\0'; text++)
		assert_in_range(*text, 0x20, 0x7E);
}

struct found_boards *mock_twist_list(struct mock_twist *twist)
{
	struct found_boards *found = calloc(1, sizeof *found);
	time_t start = time(NULL);
	assert_non_null(found);
	errbuf_clear(&twist->err);
	assert_int_equal(source_dfu.list(found, &twist->err), OK);
	assert_true(time(NULL) - start <= PATIENCE_S);
	assert_true(found->count <= 1);
	if (found->count == 1) {
		expect_printable(found->boards[0].serial);
		expect_printable(found->boards[0].product);
		expect_printable(found->boards[0].remark);
		assert_true(found->boards[0].offers_otp || found->boards[0].remark[0] != '\0');
	}
	/* Being looked at is no disturbance. */
	assert_int_equal(twist->mock.class_requests, 0);
	assert_int_equal(twist->mock.claims, 0);
	return found;
}

enum status mock_twist_open(struct device **out, struct mock_twist *twist)
{
	const struct source_options options = {.fresh = false};
	errbuf_clear(&twist->err);
	return source_dfu.open(out, "dfu:path=" PATH, &options, &twist->err);
}

enum status mock_twist_read(struct mock_twist *twist)
{
	struct device *device;
	uint8_t bytes[4096];
	size_t length = 0;
	enum status status = mock_twist_open(&device, twist);
	if (status == OK) {
		status = device->ops->read(device, bytes, sizeof bytes, &length, NULL, &twist->err);
		device->ops->close(device);
	}
	if (status != OK) {
		assert_string_not_equal(twist->err.text, "");
		expect_printable(twist->err.text);
		return status;
	}
	assert_int_equal(length, 776);
	for (size_t word = 0; word < 96; word++) {
		const uint8_t *at = bytes + 8 + 8 * word;
		uint32_t value = at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 |
				 (uint32_t)at[3] << 24;
		assert_int_equal(value, sim_board_fuses(twist->board, (unsigned)word));
	}
	return OK;
}
