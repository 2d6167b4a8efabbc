/* The link over the real libusb, and a board read and burnt through it. */
#include "tests/support/sim_partition.h"
#include "tests/usb/mock_usb.h"
#include "transport/device_usb.h"
#include "transport/sim_board.h"
#include "transport/usb_libusb.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#define PLACE       "1-5.4"
#define ASK         0xA1 /* class request to the interface, device to host */
#define TELL        0x21
#define GETSTATUS   3
#define CLRSTATUS   4
#define GETSTATE    5
#define STATE_IDLE  2
#define STATE_ERROR 10

struct rig {
	UMockdevTestbed *testbed;
	struct sim_board *board;
	struct sim_usb *usb;
	struct mock_usb mock;
	struct usb_link *link;
	struct errbuf err;
};

static struct rig rig;

static void plug_in(enum sim_family family, enum sim_service service)
{
	rig.testbed = umockdev_testbed_new();
	assert_int_equal(sim_board_demo(&rig.board, family, &rig.err), OK);
	assert_true(sim_board_set_service(rig.board, service));
	assert_int_equal(sim_usb_create(&rig.usb, rig.board, &rig.err), OK);
	mock_usb_add_hubs(rig.testbed);
	mock_usb_start(&rig.mock, rig.testbed, rig.usb, 4, 5);
}

static int set_up_uboot(void **state)
{
	(void)state;
	memset(&rig, 0, sizeof rig);
	plug_in(SIM_MP15, SIM_SERVICE_UBOOT);
	return 0;
}

static int set_up_prgfw(void **state)
{
	(void)state;
	memset(&rig, 0, sizeof rig);
	plug_in(SIM_MP25, SIM_SERVICE_PRGFW);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	if (rig.link)
		rig.link->ops->close(rig.link);
	mock_usb_stop(&rig.mock);
	g_object_unref(rig.testbed);
	sim_usb_free(rig.usb);
	sim_board_free(rig.board);
	return 0;
}

static void open_link(void)
{
	assert_int_equal(usb_libusb_open(&rig.link, PLACE, &rig.err), OK);
}

static enum status get_state(uint8_t *state, unsigned timeout_ms, enum usb_outcome *outcome)
{
	uint16_t actual;
	errbuf_clear(&rig.err);
	return rig.link->ops->control(
		rig.link, ASK, GETSTATE, 0, state, 1, timeout_ms, &actual, outcome, &rig.err);
}

/* The gadget's own description, without a wire between, tells what must come over it. */
static void test_describe(void **state)
{
	struct usb_description seen, meant;
	struct usb_link *direct;
	(void)state;
	open_link();
	assert_int_equal(rig.link->ops->describe(rig.link, &seen, &rig.err), OK);
	assert_int_equal(sim_usb_open(&direct, rig.usb, &rig.err), OK);
	assert_int_equal(direct->ops->describe(direct, &meant, &rig.err), OK);
	direct->ops->close(direct);

	assert_string_equal(seen.path, PLACE);
	assert_int_equal(seen.vendor, 0x0483);
	assert_int_equal(seen.product, 0xDF11);
	assert_int_equal(seen.release, 0x0200);
	assert_int_equal(seen.dfu_version, 0x0110);
	assert_int_equal(seen.dfu_attributes, 0x0F);
	assert_int_equal(seen.transfer_size, meant.transfer_size);
	assert_int_equal(seen.interface_number, 0);
	assert_string_equal(seen.serial, meant.serial);
	assert_int_equal(strlen(seen.serial), 24);
	assert_string_equal(seen.product_text, meant.product_text);
	assert_int_equal(seen.alternate_count, meant.alternate_count);
	for (size_t i = 0; i < seen.alternate_count; i++) {
		assert_int_equal(seen.alternates[i].number, i);
		assert_string_equal(seen.alternates[i].name, meant.alternates[i].name);
	}
	/* Strings alone: nothing that any service could take for a step of DFU. */
	assert_int_equal(rig.mock.class_requests, 0);
	assert_int_equal(rig.mock.claims, 0);
	assert_int_equal(rig.mock.transfers, 2 + seen.alternate_count);
}

static void test_uboot_by_its_names(void **state)
{
	struct usb_description seen;
	(void)state;
	open_link();
	assert_int_equal(rig.link->ops->describe(rig.link, &seen, &rig.err), OK);
	assert_int_equal(seen.transfer_size, 4096);
	assert_string_equal(seen.alternates[2].name, "@OTP/0xf2/1*776Be");
}

static void test_find(void **state)
{
	struct usb_places places;
	(void)state;
	assert_int_equal(usb_libusb_find(&places, &rig.err), OK);
	assert_int_equal(places.count, 1);
	assert_string_equal(places.place[0].path, PLACE);
	assert_int_equal(places.place[0].vendor, 0x0483);
	assert_int_equal(places.place[0].product, 0xDF11);
	assert_int_equal(rig.mock.transfers, 0);
	assert_int_equal(usb_libusb_open(&rig.link, "1-5.5", &rig.err), ERR_GONE);
	assert_non_null(strstr(rig.err.text, "'1-5.5'"));
}

static void test_control(void **state)
{
	uint8_t answer[6], number;
	uint16_t actual;
	enum usb_outcome outcome;
	(void)state;
	open_link();
	assert_int_equal(rig.link->ops->set_alternate(rig.link, 2, &outcome, &rig.err), OK);
	assert_int_equal(outcome, USB_DONE);
	assert_int_equal(rig.mock.claims, 1);
	assert_int_equal(get_state(&number, 1000, &outcome), OK);
	assert_int_equal(outcome, USB_DONE);
	assert_int_equal(number, STATE_IDLE);
	/* U-Boot stalls a CLRSTATUS in dfuIDLE, and is in dfuERROR from then on. */
	assert_int_equal(rig.link->ops->control(rig.link, TELL, CLRSTATUS, 0, NULL, 0, 1000,
				 &actual, &outcome, &rig.err),
		OK);
	assert_int_equal(outcome, USB_STALLED);
	assert_int_equal(rig.link->ops->control(rig.link, ASK, GETSTATUS, 0, answer, sizeof answer,
				 1000, &actual, &outcome, &rig.err),
		OK);
	assert_int_equal(outcome, USB_DONE);
	assert_int_equal(actual, 6);
	assert_int_equal(answer[4], STATE_ERROR);
	assert_int_equal(rig.mock.claims, 1);
	assert_int_equal(rig.mock.resets, 0);
}

static void test_silence(void **state)
{
	uint8_t number;
	enum usb_outcome outcome;
	struct usb_description description;
	(void)state;
	open_link();
	rig.mock.is_silent = true;
	assert_int_equal(get_state(&number, 50, &outcome), ERR_TIMEOUT);
	assert_non_null(strstr(rig.err.text, "did not answer in time"));
	/* One string without an answer ends it: not a second for each of them. */
	rig.mock.transfers = 0;
	errbuf_clear(&rig.err);
	assert_int_equal(rig.link->ops->describe(rig.link, &description, &rig.err), ERR_TIMEOUT);
	assert_int_equal(rig.mock.transfers, 1);
	rig.mock.is_silent = false;
	assert_int_equal(get_state(&number, 1000, &outcome), OK);
	assert_int_equal(number, STATE_IDLE);
}

static void test_busy(void **state)
{
	uint8_t number;
	enum usb_outcome outcome;
	struct usb_description description;
	(void)state;
	open_link();
	rig.mock.is_claimed_elsewhere = true;
	assert_int_equal(get_state(&number, 1000, &outcome), ERR_BUSY);
	assert_non_null(strstr(rig.err.text, "in use by another program"));
	assert_int_equal(rig.mock.class_requests, 0);
	/* It can still be listed. */
	errbuf_clear(&rig.err);
	assert_int_equal(rig.link->ops->describe(rig.link, &description, &rig.err), OK);
	rig.mock.is_claimed_elsewhere = false;
	assert_int_equal(get_state(&number, 1000, &outcome), OK);
}

static void test_no_permission(void **state)
{
	(void)state;
	mock_usb_forbid(&rig.mock);
	enum status status = usb_libusb_open(&rig.link, PLACE, &rig.err);
	mock_usb_permit(&rig.mock);
	assert_int_equal(status, ERR_LINK);
	assert_non_null(strstr(rig.err.text, "this user has no permission"));
	assert_non_null(strstr(rig.err.text, PLACE));
	open_link();
}

static void test_unplugged(void **state)
{
	uint8_t number;
	enum usb_outcome outcome;
	struct usb_description description;
	(void)state;
	open_link();
	assert_int_equal(get_state(&number, 1000, &outcome), OK);
	rig.mock.unplug_at = 1;
	assert_int_equal(get_state(&number, 1000, &outcome), ERR_GONE);
	assert_non_null(strstr(rig.err.text, "is gone"));
	errbuf_clear(&rig.err);
	assert_int_equal(rig.link->ops->set_alternate(rig.link, 2, &outcome, &rig.err), ERR_GONE);
	errbuf_clear(&rig.err);
	assert_int_equal(rig.link->ops->describe(rig.link, &description, &rig.err), ERR_GONE);
}

/* --- a board through it */

static struct device *open_device(void)
{
	struct device *device = NULL;
	const struct device_usb_about about = {
		.source = "dfu:path=" PLACE,
		.source_class = SOURCE_REAL,
	};
	struct usb_link *link;
	assert_int_equal(usb_libusb_open(&link, PLACE, &rig.err), OK);
	assert_int_equal(device_usb_open(&device, link, &about, &rig.err), OK);
	return device;
}

/* Reads, burns a word, reads again; the silicon itself is asked, too. */
static void read_and_burn(struct device *device, uint32_t version, unsigned word, size_t size)
{
	struct device_info info;
	struct sim_partition before, after;
	struct sim_partition request = sim_partition_empty(version);
	size_t length;
	assert_int_equal(device->ops->identify(device, &info, NULL, &rig.err), OK);
	assert_string_equal(info.link, "usb " PLACE);
	assert_int_equal(info.source_class, SOURCE_REAL);
	assert_false(info.fresh_power);
	assert_true(info.otp_offered);
	assert_int_equal(info.partition_size, size);
	assert_null(device->ops->restart);

	assert_int_equal(device->ops->read(device, before.bytes, sizeof before.bytes, &length, NULL,
				 &rig.err),
		OK);
	assert_true(length >= size);
	assert_int_equal(sim_partition_value(&before, word), 0);

	sim_partition_put(&request, word, 0xC0FFEE01, 0x80000000);
	assert_int_equal(device->ops->stage(device, request.bytes, size, NULL, &rig.err), OK);
	assert_int_equal(sim_board_fuses(rig.board, word), 0);
	assert_int_equal(device->ops->burn(device, NULL, &rig.err), OK);
	assert_int_equal(sim_board_fuses(rig.board, word), 0xC0FFEE01);
	assert_int_equal(sim_board_pulses(rig.board, word), 1);

	assert_int_equal(
		device->ops->read(device, after.bytes, sizeof after.bytes, &length, NULL, &rig.err),
		OK);
	assert_int_equal(sim_partition_value(&after, word), 0xC0FFEE01);
	assert_int_equal(rig.mock.resets, 0);
	assert_int_equal(sim_usb_stray_count(rig.usb), 0);
	device->ops->close(device);
}

static void test_uboot_reads_and_burns(void **state)
{
	(void)state;
	struct device *device = open_device();
	read_and_burn(device, 2, 70, 776);
}

static void test_prgfw_reads_and_burns(void **state)
{
	(void)state;
	struct device *device = open_device();
	read_and_burn(device, 3, 300, 3080);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_describe, set_up_uboot, tear_down),
		cmocka_unit_test_setup_teardown(test_uboot_by_its_names, set_up_uboot, tear_down),
		cmocka_unit_test_setup_teardown(test_find, set_up_uboot, tear_down),
		cmocka_unit_test_setup_teardown(test_control, set_up_uboot, tear_down),
		cmocka_unit_test_setup_teardown(test_silence, set_up_uboot, tear_down),
		cmocka_unit_test_setup_teardown(test_busy, set_up_uboot, tear_down),
		cmocka_unit_test_setup_teardown(test_no_permission, set_up_uboot, tear_down),
		cmocka_unit_test_setup_teardown(test_unplugged, set_up_uboot, tear_down),
		cmocka_unit_test_setup_teardown(
			test_uboot_reads_and_burns, set_up_uboot, tear_down),
		cmocka_unit_test_setup_teardown(test_describe, set_up_prgfw, tear_down),
		cmocka_unit_test_setup_teardown(
			test_prgfw_reads_and_burns, set_up_prgfw, tear_down),
	};
	return cmocka_run_group_tests_name("the real libusb", tests, NULL, NULL);
}
