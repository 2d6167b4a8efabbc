/* The choice of what to open: what is listed, where the cursor stays, and the choice in a terminal.
 */
#include "ui/screen/picker.h"

#include "tests/support/run_program.h"
#include "tests/support/terminal.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct picker picker;
static struct run_home home;
static struct terminal *terminal;

static int set_up(void **state)
{
	(void)state;
	memset(&picker, 0, sizeof picker);
	run_home_make(&home);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	picker_free(&picker);
	terminal_free(terminal);
	terminal = NULL;
	run_home_remove(&home);
	return 0;
}

/* --- the list --- */

static struct found_board board_at(const char *path, const char *serial)
{
	struct found_board board = {.link = "usb", .stage = "U-Boot stm32prog", .offers_otp = true};
	snprintf(board.source, sizeof board.source, "dfu:serial=%s", serial);
	snprintf(board.path, sizeof board.path, "%s", path);
	snprintf(board.serial, sizeof board.serial, "%s", serial);
	return board;
}

static void take(const struct found_board boards[], size_t count)
{
	struct found_boards *found = calloc(1, sizeof *found);
	const struct errbuf none = {0};
	assert_non_null(found);
	found->count = count;
	for (size_t i = 0; i < count; i++)
		found->boards[i] = boards[i];
	picker_take(&picker, found, NULL, &none);
}

static void put_text(char *out, size_t cap, unsigned width)
{
	struct page page;
	size_t first, past, used = 0;
	page_init(&page, width);
	picker_text(&page, &first, &past, &picker);
	assert_true(first <= past && past <= page.line_count);
	out[0] = '\0';
	for (size_t i = 0; i < page.line_count && used < cap; i++) {
		char line[400];
		page_line_text(line, sizeof line, &page, i);
		assert_true(page_columns(line, strlen(line)) <= width);
		used += (size_t)snprintf(
			out + used, cap - used, "%s%s\n", i == first ? "@" : "", line);
	}
	page_free(&page);
}

static void assert_text(const char *wanted)
{
	static char text[16384];
	put_text(text, sizeof text, 78);
	if (!strstr(text, wanted))
		fail_msg("'%s' is not in:\n%s", wanted, text);
}

static void test_before_and_after_looking(void **state)
{
	const struct errbuf trouble = {.text = "USB cannot be used here"};
	(void)state;
	assert_text("looking for boards");
	assert_string_equal(picker_source(&picker), "demo");
	take(NULL, 0);
	assert_text("None is in DFU mode");
	picker_take(&picker, NULL, NULL, &trouble);
	assert_text("USB cannot be used here");
}

static void test_boards_come_first(void **state)
{
	const struct found_board boards[] = {board_at("1-5.3", "AA"), board_at("1-5.4", "BB")};
	(void)state;
	take(boards, 2);
	assert_string_equal(picker_source(&picker), "dfu:serial=AA");
	assert_text("@> usb 1-5.3       U-Boot stm32prog, offers its OTP\n");
	picker_move(&picker, 1);
	assert_string_equal(picker_source(&picker), "dfu:serial=BB");
	picker_move(&picker, 1);
	assert_string_equal(picker_source(&picker), "demo");
	picker_move(&picker, 1000);
	assert_string_equal(picker_source(&picker), "demo:stm32mp25");
	picker_move(&picker, -1000);
	assert_string_equal(picker_source(&picker), "dfu:serial=AA");
}

/* Enter may be on its way when a board comes: it opens what stood under the cursor. */
static void test_the_cursor_stays(void **state)
{
	const struct found_board boards[] = {board_at("1-5.3", "AA"), board_at("1-5.4", "BB")};
	(void)state;
	take(NULL, 0);
	take(boards, 1);
	assert_string_equal(picker_source(&picker), "demo");
	picker_move(&picker, -1);
	take(boards, 2);
	assert_string_equal(picker_source(&picker), "dfu:serial=AA");
	picker_move(&picker, 1);
	take(boards + 1, 1);
	assert_string_equal(picker_source(&picker), "dfu:serial=BB");
}

static struct found_ports *two_ports(void)
{
	struct found_ports *ports = calloc(1, sizeof *ports);
	assert_non_null(ports);
	ports->count = 2;
	strcpy(ports->port[0].source, "uart:/dev/ttyS0");
	strcpy(ports->port[0].name, "/dev/ttyS0");
	strcpy(ports->port[0].holders, "minicom (process 12)");
	strcpy(ports->port[1].source, "uart:/dev/ttyUSB0");
	strcpy(ports->port[1].name, "/dev/ttyUSB0");
	strcpy(ports->port[1].description, "FT232R USB UART");
	return ports;
}

/* Opening a port sends a byte to whatever is there: the cursor has to be moved to it. */
static void test_serial_ports(void **state)
{
	const struct found_board board = board_at("1-5.3", "AA");
	const struct errbuf none = {0}, trouble = {.text = "USB cannot be used here"};
	(void)state;
	picker_take(&picker, NULL, two_ports(), &trouble);
	assert_text("USB cannot be used here\n\nSerial ports\n"
		    "  /dev/ttyS0      in use by minicom (process 12)\n"
		    "  /dev/ttyUSB0    FT232R USB UART; opening it sends the sync byte\n"
		    "\nSimulated boards\n@> demo ");
	assert_string_equal(picker_source(&picker), "demo");
	picker_move(&picker, -1);
	assert_string_equal(picker_source(&picker), "uart:/dev/ttyUSB0");
	picker_move(&picker, -1);
	assert_string_equal(picker_source(&picker), "uart:/dev/ttyS0");
	picker_move(&picker, 1);
	struct found_boards *found = calloc(1, sizeof *found);
	assert_non_null(found);
	found->count = 1;
	found->boards[0] = board;
	picker_take(&picker, found, two_ports(), &none);
	assert_string_equal(picker_source(&picker), "uart:/dev/ttyUSB0");
	picker_move(&picker, -2);
	assert_string_equal(picker_source(&picker), "dfu:serial=AA");
	/* Gone, and no other port is under the cursor for it. */
	picker_move(&picker, 2);
	picker_take(&picker, NULL, NULL, &trouble);
	assert_string_equal(picker_source(&picker), "demo");
}

static void test_only_boards(void **state)
{
	const struct found_board boards[] = {board_at("1-5.3", "AA"), board_at("1-5.4", "BB")};
	(void)state;
	picker.boards_only = true;
	picker_take(&picker, NULL, two_ports(), &(struct errbuf){0});
	assert_string_equal(picker_source(&picker), "");
	take(boards, 2);
	picker_move(&picker, 1000);
	assert_string_equal(picker_source(&picker), "dfu:serial=BB");
	take(NULL, 0);
	assert_string_equal(picker_source(&picker), "");
	picker_move(&picker, 1);
	assert_text("None is in DFU mode");
}

static void test_remarks_and_long_names(void **state)
{
	struct found_board board = board_at("1-5.3", "AA");
	(void)state;
	board.offers_otp = false;
	snprintf(board.remark, sizeof board.remark, "the ROM code offers no OTP: load U-Boot");
	picker.recent.count = 2;
	memset(picker.recent.paths[0], 'x', 200);
	memcpy(picker.recent.paths[0], "/start", 6);
	strcpy(picker.recent.paths[0] + 200, "/end.bin");
	strcpy(picker.recent.paths[1], "/tmp/\x1b[31mred.bin");
	take(&board, 1);
	assert_text("U-Boot stm32prog, no OTP\n");
	assert_text("the ROM code offers no OTP: load U-Boot\n");
	assert_text("  ...xxx");
	assert_text("xxx/end.bin\n");
	assert_text("/tmp/?[31mred.bin\n");
	/* Shown otherwise, opened as it is. */
	picker_move(&picker, 2);
	assert_string_equal(picker_source(&picker), "/tmp/\x1b[31mred.bin");
}

static void remember(const char *text, bool is_real)
{
	struct recent_source *item = &picker.sources.items[picker.sources.count++];
	item->is_real = is_real;
	strcpy(item->text, text);
}

/* Boards that are remembered stand in one place, and none is opened by pressing Enter too soon. */
static void test_boards_used_last(void **state)
{
	const struct errbuf none = {0};
	(void)state;
	remember("uart:/dev/ttyUSB0,baud=9600", true);
	remember("uart:/dev/ttyUSB0", true);
	remember("dfu:serial=AA", true);
	remember("demo:blank", false);
	picker_take(&picker, NULL, NULL, &none);
	assert_text("Boards used last, looked for when they are chosen\n"
		    "  uart:/dev/ttyUSB0,baud=9600\n"
		    "  uart:/dev/ttyUSB0\n"
		    "  dfu:serial=AA\n"
		    "\nSimulated boards\n@> demo ");
	assert_string_equal(picker_source(&picker), "demo");
	picker_move(&picker, -1);
	assert_string_equal(picker_source(&picker), "dfu:serial=AA");
	/* Found now, they stand where they are found. */
	const struct found_board boards[] = {board_at("1-5.3", "AA")};
	take(boards, 1);
	assert_string_equal(picker_source(&picker), "dfu:serial=AA");
	assert_text("@> usb 1-5.3 ");
	picker_take(&picker, NULL, two_ports(), &none);
	assert_text("  uart:/dev/ttyUSB0,baud=9600\n"
		    "@> dfu:serial=AA\n"
		    "\nSerial ports\n");
	/* A simulated one hurts nobody. */
	memset(picker.chosen, 0, sizeof picker.chosen);
	remember("sim:/lab/board.bin", false);
	assert_string_equal(picker_source(&picker), "sim:/lab/board.bin");
}

/* --- in a terminal --- */

static void start(unsigned columns, unsigned rows, const char *source)
{
	const struct terminal_options options = {
		.columns = columns, .rows = rows, .folder = home.folder};
	const char *const argv[] = {OTPEDIT_PROGRAM, source, NULL};
	terminal_free(terminal);
	terminal = terminal_start(&options, argv);
}

static void opens_the_demo(unsigned columns, unsigned rows)
{
	start(columns, rows, NULL);
	terminal_expect(terminal, "what to open");
	terminal_expect(terminal, "Simulated boards");
	terminal_expect(terminal, "> demo ");
	terminal_type(terminal, "?");
	terminal_expect(terminal, "Choosing what to open");
	terminal_key(terminal, TERMINAL_ESCAPE);
	terminal_expect(terminal, "> demo ");
	terminal_key(terminal, TERMINAL_DOWN);
	terminal_expect(terminal, "> demo:blank");
	terminal_key(terminal, TERMINAL_UP);
	terminal_expect(terminal, "> demo ");
	terminal_expect_gone(terminal, "looking for boards");
	terminal_key(terminal, TERMINAL_ENTER);
	terminal_expect_row(terminal, 0, "34383330");
	terminal_expect_row(terminal, 0, "READ-ONLY");
	terminal_type(terminal, "q");
	assert_int_equal(terminal_wait_exit(terminal), 0);
}

static void test_opens_the_demo_80x24(void **state)
{
	(void)state;
	opens_the_demo(80, 24);
}

static void test_opens_the_demo_60x16(void **state)
{
	(void)state;
	opens_the_demo(60, 16);
}

static void test_an_image_used_last(void **state)
{
	struct run_result result;
	(void)state;
	run_words(&result, &home, "read", "demo", "-o", "board42.bin");
	run_expect_exit(&result, 0);
	run_free(&result);
	start(80, 24, NULL);
	terminal_expect(terminal, "Images used last");
	terminal_expect(terminal, "/board42.bin");
	terminal_expect_gone(terminal, "looking for boards");
	terminal_type(terminal, "g");
	terminal_key(terminal, TERMINAL_ENTER);
	terminal_expect_row(terminal, 0, "OFFLINE");
	terminal_type(terminal, "q");
	assert_int_equal(terminal_wait_exit(terminal), 0);
}

/* One that was opened by name; then it cannot be opened any more, which is told in the list. */
static void test_an_image_that_was_spoilt(void **state)
{
	struct run_result result;
	(void)state;
	run_words(&result, &home, "read", "demo", "-o", "other.bin");
	run_free(&result);
	start(80, 24, "other.bin");
	terminal_expect_row(terminal, 0, "OFFLINE");
	terminal_type(terminal, "q");
	assert_int_equal(terminal_wait_exit(terminal), 0);
	run_write_text(&home, "other.bin", "no image any more");
	start(80, 24, NULL);
	terminal_expect(terminal, "/other.bin");
	terminal_expect_gone(terminal, "looking for boards");
	terminal_type(terminal, "g");
	terminal_key(terminal, TERMINAL_ENTER);
	terminal_expect(terminal, "other.bin'");
	terminal_expect(terminal, "what to open");
	terminal_control(terminal, 'c');
	assert_int_equal(terminal_wait_exit(terminal), 130);
}

static void expect_demo(const char *id)
{
	terminal_expect_row(terminal, 0, id);
	terminal_expect_row(terminal, 0, "READ-ONLY");
}

/* Enter, and again where boards were still being looked for. */
static void open_chosen(const char *expected)
{
	terminal_key(terminal, TERMINAL_ENTER);
	for (unsigned i = 0; i < 100 && !terminal_shows(terminal, expected); i++) {
		if (terminal_shows(terminal, "once more, please"))
			terminal_key(terminal, TERMINAL_ENTER);
		terminal_key(terminal, TERMINAL_LEFT); /* means nothing here, and takes a moment */
	}
	terminal_expect(terminal, expected);
}

/* What is staged on one board is offered again there, and nowhere else. */
static void test_another_board(void **state)
{
	(void)state;
	start(80, 24, "demo");
	expect_demo("34383330");
	terminal_type(terminal, "e1");
	terminal_key(terminal, TERMINAL_ESCAPE);
	terminal_type(terminal, ":lock word=70");
	terminal_expect(terminal, ":lock word=70");
	terminal_key(terminal, TERMINAL_ENTER);
	terminal_expect(terminal, "staged: word 70");
	terminal_type(terminal, "o");
	terminal_expect(terminal, "Close this board, and open something else?");
	terminal_expect(terminal, "1 word is staged and not burnt: kept, and offered again");
	terminal_type(terminal, "n");
	terminal_expect(terminal, "1 staged:");
	terminal_type(terminal, "oy");
	terminal_expect(terminal, "what to open");
	terminal_expect(terminal, "what is staged is kept");
	terminal_expect(terminal, "> demo ");
	terminal_expect_gone(terminal, "34383330");
	terminal_key(terminal, TERMINAL_DOWN);
	terminal_expect(terminal, "> demo:blank");
	open_chosen("4C415445");
	expect_demo("4C415445");
	terminal_expect(terminal, "nothing staged");
	/* No undo brings it here. */
	terminal_type(terminal, "u");
	terminal_expect(terminal, "nothing to undo");
	terminal_type(terminal, "oy");
	terminal_expect(terminal, "> demo ");
	open_chosen("1 word was staged here");
	terminal_type(terminal, "y");
	terminal_expect(terminal, "1 staged:  lock 70");
	expect_demo("34383330");
	terminal_type(terminal, "x");
	terminal_type(terminal, "qy");
	assert_int_equal(terminal_wait_exit(terminal), 0);
}

/* Remembered from any folder, and opened only when it is chosen. */
static void test_a_simulated_board_used_last(void **state)
{
	struct run_result result;
	(void)state;
	run_words(&result, &home, "read", "demo:blank", "-o", "board42.bin");
	run_expect_exit(&result, 0);
	run_free(&result);
	start(80, 24, "sim:board42.bin");
	terminal_expect_row(terminal, 0, "4C415445");
	terminal_type(terminal, "q");
	assert_int_equal(terminal_wait_exit(terminal), 0);
	start(80, 24, NULL);
	terminal_expect(terminal, "Boards used last");
	terminal_expect(terminal, "/board42.bin");
	terminal_expect_gone(terminal, "looking for boards");
	terminal_key(terminal, TERMINAL_DOWN);
	terminal_expect(terminal, "> sim:/");
	terminal_key(terminal, TERMINAL_ENTER);
	expect_demo("4C415445");
	terminal_type(terminal, "q");
	assert_int_equal(terminal_wait_exit(terminal), 0);
}

/* What is in no list is typed; pasted, it opens nothing by itself. */
static void test_a_name_that_is_typed(void **state)
{
	struct run_result result;
	(void)state;
	run_words(&result, &home, "read", "demo:blank", "-o", "board42.bin");
	run_expect_exit(&result, 0);
	run_free(&result);
	start(80, 24, NULL);
	terminal_expect(terminal, "Simulated boards");
	terminal_expect_gone(terminal, "looking for boards");
	terminal_type(terminal, ":");
	terminal_expect(terminal, "open what?");
	terminal_type(terminal, "nothing.bin");
	terminal_key(terminal, TERMINAL_ENTER);
	terminal_expect(terminal, "nothing.bin'");
	terminal_expect(terminal, "what to open");
	terminal_type(terminal, ":");
	terminal_paste(terminal, "sim:bo\r");
	terminal_expect(terminal, "nothing that is pasted is opened by itself");
	terminal_expect(terminal, "> sim:bo");
	terminal_key(terminal, TERMINAL_TAB);
	terminal_expect(terminal, "> sim:board42.bin");
	terminal_key(terminal, TERMINAL_ENTER);
	expect_demo("4C415445");
	terminal_type(terminal, "q");
	assert_int_equal(terminal_wait_exit(terminal), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_before_and_after_looking, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_boards_come_first, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_the_cursor_stays, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_serial_ports, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_only_boards, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_boards_used_last, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_another_board, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_name_that_is_typed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			test_a_simulated_board_used_last, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_remarks_and_long_names, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_opens_the_demo_80x24, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_opens_the_demo_60x16, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_an_image_used_last, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_an_image_that_was_spoilt, set_up, tear_down),
	};
	return cmocka_run_group_tests_name("what to open", tests, NULL, NULL);
}
