/* The mock itself: what goes wrong on request looks to the real libusb as it would on a wire. */
#include "tests/usb/mock_usb.h"
#include "transport/sim_board.h"
#include "transport/usb_libusb.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>
#include <time.h>

#define GETSTATUS  3
#define GETSTATE   5
#define STATE_IDLE 2

static UMockdevTestbed *testbed;
static struct sim_board *board;
static struct sim_usb *usb;
static struct mock_usb mock;
static struct usb_link *wire; /* NULL: closed */
static struct errbuf err;

static int set_up(void **state)
{
	(void)state;
	testbed = umockdev_testbed_new();
	errbuf_clear(&err);
	assert_int_equal(sim_board_demo(&board, SIM_MP15, &err), OK);
	assert_int_equal(sim_usb_create(&usb, board, &err), OK);
	mock_usb_add_hubs(testbed);
	mock_usb_start(&mock, testbed, usb, 4, 5);
	assert_int_equal(usb_libusb_open(&wire, "1-5.4", &err), OK);
	return 0;
}

static void close_wire(void)
{
	if (wire)
		wire->ops->close(wire);
	wire = NULL;
}

static int tear_down(void **state)
{
	(void)state;
	close_wire();
	mock_usb_stop(&mock);
	g_object_unref(testbed);
	sim_usb_free(usb);
	sim_board_free(board);
	return 0;
}

/* `request` is GETSTATE or GETSTATUS. */
static enum status ask(uint8_t request, unsigned timeout_ms, uint16_t *actual, bool *stalled)
{
	uint8_t answer[6];
	enum usb_outcome outcome = USB_DONE;
	uint16_t length = request == GETSTATE ? 1 : 6;
	errbuf_clear(&err);
	enum status status = wire->ops->control(
		wire, 0xA1, request, 0, answer, length, timeout_ms, actual, &outcome, &err);
	*stalled = outcome == USB_STALLED;
	if (status == OK && !*stalled && *actual == length)
		assert_int_equal(answer[request == GETSTATE ? 0 : 4], STATE_IDLE);
	return status;
}

static enum status select_alternate(unsigned number)
{
	enum usb_outcome outcome;
	errbuf_clear(&err);
	return wire->ops->set_alternate(wire, number, &outcome, &err);
}

static void add_fault(enum mock_usb_fault_kind kind, int request, unsigned at, unsigned amount)
{
	const struct mock_usb_fault fault = {
		.kind = kind, .request = request, .at = at, .amount = amount};
	mock_usb_add_fault(&mock, &fault);
}

static void test_each_fault(void **state)
{
	static const struct {
		enum mock_usb_fault_kind kind;
		enum status status;
		bool stalled;
		uint16_t actual;
	} rows[] = {
		{MOCK_STALL, OK, true, 0},
		{MOCK_SILENCE, ERR_TIMEOUT, true, 0},
		{MOCK_NO_ANSWER, ERR_TIMEOUT, true, 0},
		{MOCK_PROTO, ERR_LINK, true, 0},
		{MOCK_PROTO_AFTER, ERR_LINK, true, 0},
		{MOCK_SHORT, OK, false, 2},
		{MOCK_DELAY, OK, false, 6},
	};
	uint16_t actual;
	bool stalled;
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		mock_usb_clear_faults(&mock);
		add_fault(rows[i].kind, GETSTATUS, 2, 2);
		assert_int_equal(ask(GETSTATUS, 5000, &actual, &stalled), OK);
		assert_int_equal(ask(GETSTATE, 5000, &actual, &stalled), OK);
		assert_false(stalled);
		/* Short only where nothing will come. */
		unsigned timeout_ms = rows[i].status == ERR_TIMEOUT ? 50 : 5000;
		assert_int_equal(ask(GETSTATUS, timeout_ms, &actual, &stalled), rows[i].status);
		assert_int_equal(stalled, rows[i].stalled);
		assert_int_equal(actual, rows[i].actual);
		/* Once only. */
		assert_int_equal(ask(GETSTATUS, 5000, &actual, &stalled), OK);
		assert_false(stalled);
	}
	assert_int_equal(mock.transfers, 4 * sizeof rows / sizeof rows[0]);
	assert_int_equal(mock.log->len, mock.transfers);
	assert_int_equal(mock_usb_logged(&mock, 1)->setup[1], GETSTATE);
	assert_int_equal(mock_usb_logged(&mock, 1)->result, 1);
}

/* A late answer is one that libusb has given up meanwhile. */
static void test_too_late(void **state)
{
	uint16_t actual;
	bool stalled;
	(void)state;
	add_fault(MOCK_DELAY, MOCK_ANY_CLASS, 1, 60);
	assert_int_equal(ask(GETSTATE, 20, &actual, &stalled), ERR_TIMEOUT);
	add_fault(MOCK_DELAY, MOCK_ANY_CLASS, 1, 100);
	assert_int_equal(ask(GETSTATE, 5000, &actual, &stalled), OK);
	assert_false(stalled);
}

static double cpu_seconds(void)
{
	struct timespec now;
	assert_int_equal(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now), 0);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Silence, waited for on a FIFO, costs no processor: half of the wait would be a loop. */
static void test_waiting_asleep(void **state)
{
	uint16_t actual;
	bool stalled;
	(void)state;
	close_wire();
	mock_usb_use_fifo(&mock);
	assert_int_equal(usb_libusb_open(&wire, "1-5.4", &err), OK);
	assert_int_equal(ask(GETSTATE, 5000, &actual, &stalled), OK);
	add_fault(MOCK_SILENCE, MOCK_ANY_CLASS, 1, 0);
	double before = cpu_seconds();
	assert_int_equal(ask(GETSTATE, 400, &actual, &stalled), ERR_TIMEOUT);
	assert_true(cpu_seconds() - before < 0.2);
	assert_int_equal(ask(GETSTATE, 5000, &actual, &stalled), OK);
	mock_usb_unplug(&mock);
	assert_int_equal(ask(GETSTATE, 5000, &actual, &stalled), ERR_GONE);
}

/* Linux sends it when an interface is let go; nobody else gets it before. */
static void test_letting_go(void **state)
{
	uint16_t actual;
	bool stalled;
	(void)state;
	assert_int_equal(select_alternate(2), OK);
	struct usb_link *first = wire;
	assert_int_equal(usb_libusb_open(&wire, "1-5.4", &err), OK);
	assert_int_equal(ask(GETSTATE, 5000, &actual, &stalled), ERR_BUSY);
	first->ops->close(first);
	assert_int_equal(mock.transfers, 2);
	assert_int_equal(mock_usb_logged(&mock, 1)->setup[1], 0x0B);
	assert_int_equal(mock_usb_logged(&mock, 1)->setup[2], 0);
	assert_int_equal(ask(GETSTATE, 5000, &actual, &stalled), OK);
	close_wire();
	assert_int_equal(mock.transfers, 3);
}

/* Pulled out while a transfer is under way, and between two. */
static void test_unplugged(void **state)
{
	struct usb_places places;
	uint16_t actual;
	bool stalled;
	(void)state;
	add_fault(MOCK_UNPLUG_AFTER, GETSTATE, 1, 0);
	assert_int_equal(ask(GETSTATE, 5000, &actual, &stalled), ERR_GONE);
	assert_true(mock.is_gone);
	assert_int_equal(usb_libusb_find(&places, &err), OK);
	assert_int_equal(places.count, 0);
	close_wire();
	mock_usb_replug(&mock, 3, 6);
	assert_int_equal(usb_libusb_open(&wire, "1-5.3", &err), OK);
	assert_int_equal(ask(GETSTATE, 5000, &actual, &stalled), OK);
	mock_usb_unplug(&mock);
	assert_int_equal(ask(GETSTATE, 5000, &actual, &stalled), ERR_GONE);
}

/* The first that is asked for after it was pulled out is SET_INTERFACE: libusb up to 1.0.26 breaks
 * its own handle then. */
static void test_alternate_of_a_device_that_is_gone(void **state)
{
	uint16_t actual;
	bool stalled;
	(void)state;
	assert_int_equal(ask(GETSTATE, 5000, &actual, &stalled), OK);
	mock_usb_unplug(&mock);
	for (unsigned i = 0; i < 3; i++) {
		assert_int_equal(select_alternate(2), ERR_GONE);
		assert_non_null(strstr(err.text, "is gone"));
	}
	assert_int_equal(ask(GETSTATE, 5000, &actual, &stalled), ERR_GONE);
	close_wire();
	mock_usb_replug(&mock, 4, 6);
	assert_int_equal(usb_libusb_open(&wire, "1-5.4", &err), OK);
	assert_int_equal(select_alternate(2), OK);
}

/* Who still has the old place open sees nothing of the new one. */
static void test_plugged_in_elsewhere(void **state)
{
	struct usb_places places;
	uint16_t actual;
	bool stalled;
	(void)state;
	assert_int_equal(ask(GETSTATE, 5000, &actual, &stalled), OK);
	mock_usb_replug(&mock, 3, 6);
	unsigned transfers = mock.transfers;
	assert_int_equal(ask(GETSTATE, 5000, &actual, &stalled), ERR_GONE);
	assert_int_equal(mock.transfers, transfers);
	assert_int_equal(usb_libusb_find(&places, &err), OK);
	assert_int_equal(places.count, 1);
	assert_string_equal(places.place[0].path, "1-5.3");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_each_fault, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_too_late, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_waiting_asleep, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_letting_go, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_unplugged, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			test_alternate_of_a_device_that_is_gone, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_plugged_in_elsewhere, set_up, tear_down),
	};
	return cmocka_run_group_tests_name("the mock", tests, NULL, NULL);
}
