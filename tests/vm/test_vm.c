/*
 * Everything a person does with boards, on a real kernel: its usbfs, its xHCI and FTDI drivers,
 * udev and its rules, real unplugging. Boards are simulated, outside of the machine; dfu-util tells
 * in it what the fuses hold, and the silicon outside. One machine for all tests, which go on from
 * each other. Run by scripts/vm.
 */
#include "tests/support/typist.h"
#include "tests/vm/machine.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#define VALUE  UINT32_C(0x12345678)
#define SECOND UINT32_C(0x0BADCAFE)

static struct machine machine;
static struct terminal *t;

static int set_up(void **state)
{
	static const char *const sources[MACHINE_SERIAL_BOARDS] = {"demo", "demo:stm32mp13"};
	(void)state;
	machine_start(&machine, sources);
	t = machine.terminal;
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	machine_stop(&machine);
	return 0;
}

#define expect_status(wanted, ...) machine_expect(&machine, wanted, __VA_ARGS__)
#define shows(text)                terminal_expect(t, text)

/* Long lines are wrapped by the console: the start of the text. */
static void says_no_permission(const char *what)
{
	shows(what);
	shows("this user has no permission");
}

static void test_the_kernel_and_its_drivers(void **state)
{
	(void)state;
	expect_status(0, "uname -srv");
	int row = terminal_find(t, "Linux ");
	assert_true(row >= 0);
	print_message("kernel: %s\n", terminal_row(t, (unsigned)row));
	shows("Debian");
	expect_status(0, "basename $(readlink /sys/bus/usb-serial/devices/ttyUSB0/driver)");
	shows("ftdi_sio");
	expect_status(0, "readlink /sys/bus/usb/devices/1-1/driver");
	shows("drivers/usb");
	expect_status(0, "basename $(readlink /sys/bus/pci/devices/*/usb1/../driver)");
	shows("xhci_hcd");
	assert_int_equal(redir_board_configured(machine.usb[0]), 1);
	assert_int_equal(redir_board_requests(machine.usb[0]), 0);
}

static void test_lists_probes_shows(void **state)
{
	(void)state;
	expect_status(0, "otpedit list");
	shows("usb 1-1: U-Boot stm32prog, offers its OTP");
	shows("otpedit dfu:serial=0051A00153494D554C415445");
	shows("serial /dev/ttyUSB0: nobody asked yet");
	shows("0403:6001");
	shows("serial /dev/ttyS1: nobody asked yet");
	/* Looking from afar: not a byte to any board. */
	assert_int_equal(redir_board_requests(machine.usb[0]), 0);
	expect_status(0, "otpedit show dfu word=13-15");
	shows("53494D55"); /* as in the serial number */
	expect_status(0, "otpedit probe uart:/dev/ttyS1 --send");
	shows("U-Boot's programming service (stm32prog)");
	shows("device id 0x501");
	expect_status(0, "otpedit probe uart:/dev/ttyUSB0 --send");
	shows("device id 0x500");
	expect_status(0, "otpedit show uart:/dev/ttyUSB0 word=13-15");
	shows("33385116");
}

static void test_ordinary_user_without_the_rule(void **state)
{
	(void)state;
	unsigned requests = redir_board_requests(machine.usb[0]);
	expect_status(3, "su engineer -c 'otpedit show dfu'");
	says_no_permission("the USB device at 1-1 cannot be opened");
	shows("A rule for udev gives");
	expect_status(0, "su engineer -c 'otpedit list'");
	shows("usb 1-1: cannot be looked at");
	/* So it is for everybody. */
	expect_status(74, "su engineer -c 'dfu-util -a 2 -U none.bin'");
	shows("LIBUSB_ERROR_ACCESS");
	expect_status(3, "su engineer -c 'otpedit show uart:/dev/ttyUSB0'");
	says_no_permission("the port /dev/ttyUSB0 cannot be opened");
	assert_int_equal(redir_board_requests(machine.usb[0]), requests);
}

/* As the README has it. */
static void test_ordinary_user_with_the_rule(void **state)
{
	(void)state;
	expect_status(0, "install -m 644 /60-otpedit.rules /etc/udev/rules.d/ && "
			 "udevadm control --reload && udevadm trigger && udevadm settle");
	expect_status(0, "su engineer -c 'otpedit show dfu word=70'");
	shows("  70  00000000");
	/* It lets in who sits at the computer, and nobody else. */
	expect_status(3, "su visitor -c 'otpedit show dfu'");
	says_no_permission("the USB device at 1-1 cannot be opened");
	expect_status(0, "sed -i 's/^\\(dialout:.*\\)/\\1engineer/' /etc/group");
	expect_status(0, "su engineer -c 'otpedit show uart:/dev/ttyUSB0 word=70'");
	shows("  70  00000000");
}

/* By keys alone, from the command to its end; the phrase is typed as it is asked for. */
static void opens(const char *source, const char *id)
{
	char command[160];
	snprintf(command, sizeof command, "su engineer -c 'otpedit %s'", source);
	machine_open(&machine, command);
	terminal_expect_row(t, 0, id);
	terminal_expect_row(t, 0, "READ-ONLY");
}

/* Whether the cursor comes to the column within some seconds. */
static bool comes_to(unsigned column)
{
	for (int i = 0; i < 500; i++) {
		if (terminal_state(t).cursor_column == column)
			return true;
		(void)terminal_ends_within(t, 10);
	}
	return false;
}

/* Letter by letter, each once the one before is there: on a busy computer several would reach the
 * program at once, as pasted ones do, and would not be taken. */
static void confirms(const char *phrase)
{
	const unsigned begin = 3; /* behind "> " in its frame */
	size_t length = strlen(phrase);
	shows(phrase);
	assert_true(comes_to(begin));
	for (unsigned typed = 0, tries = 0; typed < length; tries++) {
		const char letter[] = {phrase[typed], '\0'};
		if (tries > 10 * length)
			fail_msg("'%s' cannot be typed", phrase);
		terminal_type(t, letter);
		typed += comes_to(begin + typed + 1);
	}
	shows("Enter burns now");
	typist_confirm(t, "");
}

static void burns(const char *phrase)
{
	typist_ask_for_commit(t);
	confirms(phrase);
}

static void leaves(void)
{
	terminal_key(t, TERMINAL_ESCAPE);
	terminal_expect_row(t, 0, "READ-ONLY");
	terminal_type(t, "q");
	machine_left(&machine);
}

/* The word's value as another program reads it: at byte 8 + 8 * word of the structure (U-Boot's
 * stm32prog.h), the lowest byte first. */
static void dfu_util_reads_at(
	const char *path, unsigned alternate, unsigned word, const char *bytes)
{
	expect_status(0, "su engineer -c 'cd; rm -f o.bin; dfu-util -p %s -a %u -U o.bin'", path,
		alternate);
	shows("Received a total of");
	expect_status(0, "hexdump -C -s %u -n 4 /home/engineer/o.bin", 8 + 8 * word);
	shows(bytes);
}

static void dfu_util_reads(unsigned word, const char *bytes)
{
	dfu_util_reads_at("1-1", 2, word, bytes);
}

static void test_commit_over_usb(void **state)
{
	(void)state;
	dfu_util_reads(70, "00 00 00 00");
	opens("dfu", "4C415445");
	typist_stage(t, 70, "12345678");
	burns("burn 70 on 5445");
	shows("as planned");
	leaves();
	dfu_util_reads(70, "78 56 34 12");
	assert_int_equal(redir_board_fuses(machine.usb[0], 70), VALUE);
	expect_status(0, "su engineer -c 'otpedit journal list'");
	shows("as planned");
}

/* Before anything burns: it is over, and goes again from the start. */
static void test_pulled_out_in_a_commit(void **state)
{
	(void)state;
	struct redir_board *board = machine.usb[0];
	opens("dfu", "4C415445");
	typist_stage(t, 71, "0BADCAFE");
	typist_ask_for_commit(t);
	redir_board_unplug_at(board, REDIR_ANY_REQUEST, 3);
	confirms("burn 71 on 5445");
	shows("NOTHING WAS BURNT");
	terminal_expect_row(t, 0, "lost");
	assert_false(redir_board_is_plugged(board));
	assert_int_equal(redir_board_fuses(board, 71), 0);
	redir_board_plug(board);
	shows("the same board is back");
	assert_int_equal(redir_board_configured(board), 2);
	terminal_key(t, TERMINAL_ESCAPE);
	shows("1 staged:  71=0BADCAFE");
	terminal_expect_row(t, 0, "READ-ONLY");
	burns("burn 71 on 5445");
	shows("as planned");
	assert_int_equal(redir_board_fuses(board, 71), SECOND);
	leaves();
	dfu_util_reads(71, "fe ca ad 0b");
}

/* After what burnt, before it could be told: unknown, until the board is read. */
static void test_pulled_out_by_the_burn(void **state)
{
	(void)state;
	struct redir_board *board = machine.usb[0];
	opens("dfu", "4C415445");
	typist_stage(t, 72, "0BADCAFE");
	typist_ask_for_commit(t);
	redir_board_unplug_at(board, REDIR_BURN, 1);
	confirms("burn 72 on 5445");
	shows("UNKNOWN");
	terminal_expect_row(t, 0, "lost");
	assert_int_equal(redir_board_fuses(board, 72), SECOND);
	redir_board_power_cycle(board);
	redir_board_plug(board);
	shows("the same board is back");
	terminal_key(t, TERMINAL_ESCAPE);
	terminal_expect_gone(t, "UNKNOWN");
	terminal_type(t, "q");
	shows("quit and drop it");
	terminal_type(t, "y");
	machine_left(&machine);
	expect_status(0, "su engineer -c 'otpedit journal list'");
	shows("UNKNOWN, no known end");
	expect_status(0, "su engineer -c 'otpedit show dfu word=72'");
	shows("a commit without a known end");
	shows("word 72: as planned (holds 0BADCAFE");
	dfu_util_reads(72, "fe ca ad 0b");
}

static void test_two_boards(void **state)
{
	(void)state;
	struct redir_board *first = machine.usb[0], *second = machine.usb[1];
	redir_board_plug(second);
	expect_status(
		0, "until grep -q df11 /sys/bus/usb/devices/1-2/idProduct; do sleep 0.1; done");
	expect_status(0, "udevadm settle");
	unsigned requests = redir_board_requests(first);
	expect_status(0, "su engineer -c 'otpedit list'");
	shows("usb 1-1: U-Boot stm32prog, offers its OTP");
	shows("usb 1-2: STM32PRGFW-UTIL, offers its OTP");
	expect_status(4, "su engineer -c 'otpedit show dfu'");
	shows("several boards fit");
	assert_int_equal(redir_board_requests(second), 0);
	expect_status(0, "su engineer -c 'otpedit show dfu:path=1-2 word=5-8'");
	shows("STM32MP25");
	assert_true(redir_board_requests(second) > 0);
	opens("dfu:path=1-2", "STM32MP25");
	typist_stage(t, 70, "12345678");
	burns("burn 70 on 5445");
	shows("as planned");
	leaves();
	dfu_util_reads_at("1-2", 4, 70, "78 56 34 12");
	assert_int_equal(redir_board_fuses(second, 70), VALUE);
	assert_int_equal(redir_board_requests(first), requests);
	redir_board_unplug(second);
	expect_status(0, "while [ -e /sys/bus/usb/devices/1-2 ]; do sleep 0.1; done");
	expect_status(0, "su engineer -c 'otpedit show dfu word=70'");
	shows("  70  12345678");
}

/* 'r' again and again: what is asked for while something is under way is not done. */
static void reads_until(bool is_lost)
{
	for (int i = 0; i < 2000; i++) {
		if (terminal_shows(t, "lost") == is_lost)
			return;
		terminal_type(t, "r");
	}
	terminal_dump(t);
	fail_msg("it is %slost", is_lost ? "not " : "");
}

/* On a line nothing tells that it was pulled out until it is wanted. */
static void test_commit_over_an_adapter(void **state)
{
	(void)state;
	opens("uart:/dev/ttyUSB0", "34383330");
	typist_stage(t, 70, "12345678");
	burns("burn 70 on 3330");
	shows("as planned");
	terminal_key(t, TERMINAL_ESCAPE);
	terminal_expect_gone(t, "as planned");
	machine_unplug_adapter(&machine);
	reads_until(true);
	machine_plug_adapter(&machine);
	reads_until(false);
	terminal_expect_row(t, 0, "READ-ONLY");
	leaves();
	expect_status(0, "su engineer -c 'otpedit show uart:/dev/ttyUSB0 word=70'");
	shows("  70  12345678");
}

static void test_commit_over_a_plain_line(void **state)
{
	(void)state;
	opens("uart:/dev/ttyS1", "4C415445");
	typist_stage(t, 70, "12345678");
	burns("burn 70 on 5445");
	shows("as planned");
	leaves();
	expect_status(0, "su engineer -c 'otpedit show uart:/dev/ttyS1 word=70'");
	shows("  70  12345678");
}

int main(void)
{
	/* What has been done shows while the rest is at work. */
	setvbuf(stdout, NULL, _IOLBF, 0);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_kernel_and_its_drivers),
		cmocka_unit_test(test_lists_probes_shows),
		cmocka_unit_test(test_ordinary_user_without_the_rule),
		cmocka_unit_test(test_ordinary_user_with_the_rule),
		cmocka_unit_test(test_commit_over_usb),
		cmocka_unit_test(test_pulled_out_in_a_commit),
		cmocka_unit_test(test_pulled_out_by_the_burn),
		cmocka_unit_test(test_two_boards),
		cmocka_unit_test(test_commit_over_an_adapter),
		cmocka_unit_test(test_commit_over_a_plain_line),
	};
	return cmocka_run_group_tests_name("vm", tests, set_up, tear_down);
}
