/*
 * The board is pulled out at each single transfer of a burn over the real libusb: what the device
 * says of it must be true of the silicon.
 */
#include "tests/support/sim_partition.h"
#include "tests/usb/mock_usb.h"
#include "transport/sim_board.h"
#include "transport/source_dfu.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#define VALUE          0xC0FFEE01
#define MORE_THAN_EVER 200

struct kind {
	enum sim_family family;
	enum sim_service service;
	uint32_t version;
	unsigned word;
	size_t size;
};

struct tally {
	unsigned before, uncertain; /* how often it ended before the burn, and how often unknown */
};

/* OK once the burn was answered; else how it ended, and whether burn() was reached. */
static enum status burn(const struct kind *kind, bool *reached, struct errbuf *err)
{
	const struct source_options options = {.fresh = false};
	struct sim_partition request = sim_partition_empty(kind->version);
	struct device *device;
	sim_partition_put(&request, kind->word, VALUE, 0x80000000);
	*reached = false;
	enum status status = source_dfu.open(&device, "dfu", &options, err);
	if (status != OK)
		return status;
	status = device->ops->stage(device, request.bytes, kind->size, NULL, err);
	if (status == OK) {
		*reached = true;
		status = device->ops->burn(device, NULL, err);
	}
	device->ops->close(device);
	return status;
}

/* False once the whole burn took fewer transfers than that. */
static bool pull_at(const struct kind *kind, unsigned number, struct tally *tally)
{
	UMockdevTestbed *testbed = umockdev_testbed_new();
	struct sim_board *board;
	struct sim_usb *usb;
	struct mock_usb mock;
	struct errbuf err = {0};
	bool reached;
	assert_int_equal(sim_board_demo(&board, kind->family, &err), OK);
	assert_true(sim_board_set_service(board, kind->service));
	assert_int_equal(sim_usb_create(&usb, board, &err), OK);
	mock_usb_add_hubs(testbed);
	mock_usb_start(&mock, testbed, usb, 4, 5);
	mock.unplug_at = number;
	enum status status = burn(kind, &reached, &err);
	bool was_pulled = mock.is_gone;
	uint32_t fuses = sim_board_fuses(board, kind->word);
	if (status == OK) {
		assert_int_equal(fuses, VALUE);
	} else if (status != ERR_UNCERTAIN) {
		assert_int_equal(fuses, 0);
		assert_true(was_pulled);
		tally->before += !reached;
	} else {
		assert_true(reached);
		assert_non_null(strstr(err.text, "may have been triggered"));
		tally->uncertain++;
	}
	mock_usb_stop(&mock);
	g_object_unref(testbed);
	sim_usb_free(usb);
	sim_board_free(board);
	return was_pulled;
}

static void pull_everywhere(const struct kind *kind)
{
	struct tally tally = {0};
	unsigned number = 1;
	while (pull_at(kind, number, &tally)) {
		number++;
		assert_true(number < MORE_THAN_EVER);
	}
	/* The loop saw every part of it: opening and staging, and the point of no return. */
	assert_true(tally.before > 10);
	assert_true(tally.uncertain > 0);
}

static void test_uboot(void **state)
{
	static const struct kind kind = {SIM_MP15, SIM_SERVICE_UBOOT, 2, 70, 776};
	(void)state;
	pull_everywhere(&kind);
}

static void test_prgfw(void **state)
{
	static const struct kind kind = {SIM_MP25, SIM_SERVICE_PRGFW, 3, 300, 3080};
	(void)state;
	pull_everywhere(&kind);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_uboot),
		cmocka_unit_test(test_prgfw),
	};
	return cmocka_run_group_tests_name("pulled out while burning", tests, NULL, NULL);
}
