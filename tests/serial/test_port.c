/*
 * The program and its serial code through the real libserialport, on a pseudo-terminal with a
 * simulated board behind it.
 */
#include "tests/serial/mock_tty.h"
#include "tests/support/run_program.h"
#include "tests/support/sim_partition.h"
#include "tests/support/terminal.h"
#include "src/journal.h"
#include "transport/port_serial.h"
#include "transport/sim_board.h"
#include "transport/sim_pty.h"
#include "transport/sim_uart.h"
#include "transport/source_uart.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define VALUE UINT32_C(0x12345678)

static struct sim_board *board;
static struct sim_uart *uart;
static struct sim_pty *pty;
static UMockdevTestbed *testbed;
static struct run_home home;
static struct errbuf err;
static pthread_t server;
static atomic_bool ends;
static const char name[] = "/dev/ttyUSB0";

static void *serve(void *ignored)
{
	struct errbuf failure = {0};
	while (!atomic_load(&ends) && sim_pty_serve(pty, 5, &failure) == OK)
		;
	return ignored;
}

static void plug_in(enum sim_family family, enum sim_service service)
{
	errbuf_clear(&err);
	run_home_make(&home);
	assert_int_equal(sim_board_demo(&board, family, &err), OK);
	assert_true(sim_board_set_service(board, service));
	assert_int_equal(sim_uart_create(&uart, board, &err), OK);
	assert_int_equal(sim_pty_open(&pty, uart, 0, &err), OK);
	testbed = umockdev_testbed_new();
	mock_tty_plug(testbed, "ttyUSB0", "1-3", "FT232R USB UART", "A5069RR4", sim_pty_path(pty));
	atomic_store(&ends, false);
	assert_int_equal(pthread_create(&server, NULL, serve, NULL), 0);
}

static void unplug(void)
{
	atomic_store(&ends, true);
	pthread_join(server, NULL);
	sim_pty_close(pty);
	pty = NULL;
}

static void clean_up(void)
{
	if (pty)
		unplug();
	sim_uart_free(uart);
	sim_board_free(board);
	g_object_unref(testbed);
	run_home_remove(&home);
}

static const struct port_settings usual = {.baud = 115200, .parity = 'E'};

static void test_settings(void **state)
{
	struct stream *stream;
	struct stream_description description;
	(void)state;
	plug_in(SIM_MP15, SIM_SERVICE_UBOOT);
	assert_int_equal(port_serial_open(&stream, name, &usual, &err), OK);
	assert_int_equal(stream->ops->describe(stream, &description, &err), OK);
	assert_int_equal(description.baud, 115200);
	assert_int_equal(description.parity, 'E');
	/* Nobody else gets it meanwhile. */
	struct stream *other;
	assert_int_equal(port_serial_open(&other, name, &usual, &err), ERR_BUSY);
	stream->ops->close(stream);
	errbuf_clear(&err);
	assert_int_equal(port_serial_open(&stream, name, &usual, &err), OK);
	stream->ops->close(stream);
	clean_up();
}

static void test_no_port(void **state)
{
	struct stream *stream;
	(void)state;
	errbuf_clear(&err);
	assert_int_equal(port_serial_open(&stream, "/dev/ttyNONE", &usual, &err), ERR_GONE);
	assert_non_null(strstr(err.text, "/dev/ttyNONE"));
}

static uint64_t now_ms(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* A pulled port is noticed at once, and not when the time to wait is over. */
static void test_unplugged(void **state)
{
	struct stream *stream;
	uint8_t byte;
	size_t count;
	(void)state;
	plug_in(SIM_MP15, SIM_SERVICE_UBOOT);
	assert_int_equal(port_serial_open(&stream, name, &usual, &err), OK);
	unplug();
	uint64_t start = now_ms();
	enum status status = stream->ops->read(stream, &byte, 1, 20000, &count, &err);
	assert_int_equal(status, ERR_GONE);
	assert_true(now_ms() - start < 10000);
	stream->ops->close(stream);
	clean_up();
}

static void test_texts(void **state)
{
	static const char *const wrong[] = {"uart:", "uart:/dev/x,",
		"uart:/dev/x,baud=", "uart:/dev/x,baud=0x10", "uart:/dev/x,baud=115200x",
		"uart:/dev/x,baud=99999999", "uart:/dev/x,parity=", "uart:/dev/x,parity=mark",
		"uart:,baud=9600", "uart:/dev/x,speed=9600"};
	const struct source_options options = {0};
	struct device *device;
	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		errbuf_clear(&err);
		assert_int_equal(source_uart.open(&device, wrong[i], &options, &err), ERR_USAGE);
	}
	errbuf_clear(&err);
	assert_int_equal(source_uart.open(&device, "uart:/dev/ttyNONE,baud=9600,parity=none",
				 &options, &err),
		ERR_GONE);
}

static enum status refuse(const struct device_info *about, void *payload, struct errbuf *failure)
{
	char *port = payload;
	assert_int_equal(about->source_class, SOURCE_REAL);
	snprintf(port, SCRATCH_MAX, "%s", about->port);
	return errbuf_set(failure, ERR_REFUSED, "not this one");
}

/* Asked by the port's own name, and before the sync byte. */
static void test_admission(void **state)
{
	char source[sizeof name + 8], port[SCRATCH_MAX] = "";
	struct device *device;
	const struct source_options options = {.admit = refuse, .payload = port};
	(void)state;
	plug_in(SIM_MP15, SIM_SERVICE_PRGFW);
	snprintf(source, sizeof source, "uart:%s", name);
	assert_int_equal(source_uart.open(&device, source, &options, &err), ERR_REFUSED);
	assert_string_equal(port, name);
	unplug();
	/* A 7F would have been the first half of a command: it is answered as the second. */
	const uint8_t id[] = {0x02, 0xFD};
	uint8_t answer[8];
	sim_uart_pass(uart, 1000000);
	(void)sim_uart_take(uart, answer, sizeof answer);
	sim_uart_receive(uart, id[0], false);
	sim_uart_receive(uart, id[1], false);
	assert_int_equal(sim_uart_take(uart, answer, sizeof answer), 5);
	assert_int_equal(answer[0], 0x79);
	clean_up();
}

static void fill_source(char *out, size_t capacity)
{
	snprintf(out, capacity, "uart:%s", name);
}

/* What a power cycle goes by: the port by its own name. */
static void test_found_by_its_port(void **state)
{
	char source[sizeof name + 8];
	struct found_board found;
	(void)state;
	plug_in(SIM_MP15, SIM_SERVICE_PRGFW);
	fill_source(source, sizeof source);
	assert_int_equal(source_uart.find(&found, source, &err), OK);
	assert_true(found.is_blind);
	assert_string_equal(found.path, name);
	assert_string_equal(found.source, source);
	clean_up();
}

/* The program reads a board, and burns a word of it. */
static void read_and_burn(enum sim_family family, enum sim_service service, const char *words,
	unsigned word, size_t size)
{
	struct run_result result;
	char source[sizeof name + 8], fingerprint[17] = "";
	size_t length;
	plug_in(family, service);
	fill_source(source, sizeof source);
	struct sim_partition there = sim_partition_read(board);
	run_words(&result, &home, "read", source, "-o", "board.bin");
	assert_string_equal(result.err, "");
	run_expect_exit(&result, 0);
	run_free(&result);
	char *bytes = run_read_file(&length, &home, "board.bin");
	assert_true(length >= size);
	assert_memory_equal(bytes, there.bytes, size);
	free(bytes);
	run_write_text(&home, "p.plan", words);
	run_words(&result, &home, "preview", "p.plan", "--on", source);
	run_expect_exit(&result, 0);
	const char *at = strstr(result.out, "Fingerprint ");
	assert_non_null(at);
	assert_int_equal(sscanf(at, "Fingerprint %16[0-9a-f]", fingerprint), 1);
	run_free(&result);
	run_words(&result, &home, "apply", "p.plan", "--on", source, "--confirm", fingerprint,
		"--accept", "customer-unconfirmed");
	run_expect_exit(&result, 0);
	run_expect_out(&result, "VERIFIED");
	run_free(&result);
	assert_int_equal(sim_board_fuses(board, word), VALUE);
	assert_int_equal(sim_board_pulses(board, word), 1);
	assert_int_equal(sim_uart_stray_count(uart), 0);
	clean_up();
}

static void test_uboot(void **state)
{
	(void)state;
	read_and_burn(SIM_MP15, SIM_SERVICE_UBOOT, "write word=70 value=0x12345678\n", 70, 776);
}

static void test_prgfw(void **state)
{
	(void)state;
	read_and_burn(SIM_MP25, SIM_SERVICE_PRGFW, "write word=300 value=0x12345678\n", 300, 3080);
}

/* An intent as a run leaves it that is killed before its outcome. */
static void leave_an_intent(const char *identity)
{
	struct journal journal;
	struct image before = {.version = 3, .word_count = 368};
	struct journal_intent *intent = calloc(1, sizeof *intent);
	assert_int_equal(
		journal_open(&journal, run_path(&home, "state/otpedit"), SOURCE_REAL, &err), OK);
	snprintf(intent->board, sizeof intent->board, "%s", identity);
	snprintf(intent->port, sizeof intent->port, "%s", name);
	snprintf(intent->peer, sizeof intent->peer, "STM32PRGFW-UTIL v1.1.2");
	intent->pass_count = 1;
	intent->word_count = 1;
	intent->words[0] =
		(struct journal_word){.word = 300, .before_known = true, .after_known = true};
	intent->words[0].request_value = intent->words[0].after_value = VALUE;
	assert_int_equal(journal_write_intent(&journal, intent, &before, &err), OK);
	free(intent);
}

/* Nothing is sent to that port before a person says that the board had no power. */
static void test_shut(void **state)
{
	struct run_result result;
	char source[sizeof name + 8], words[32], typed[40], preload[4096], folder[256];
	const char *const extra[] = {preload, folder, NULL};
	(void)state;
	plug_in(SIM_MP25, SIM_SERVICE_PRGFW);
	fill_source(source, sizeof source);
	leave_an_intent("0051A025-53494D55-4C415445");
	run_words(&result, &home, "show", source);
	run_expect_exit(&result, 4);
	run_expect_err(&result, "before its power was off");
	run_free(&result);
	snprintf(preload, sizeof preload, "LD_PRELOAD=%s", getenv("LD_PRELOAD"));
	snprintf(folder, sizeof folder, "UMOCKDEV_DIR=%s", getenv("UMOCKDEV_DIR"));
	const struct terminal_options options = {
		.columns = 100, .rows = 40, .folder = home.folder, .extra = extra};
	const char *const argv[] = {OTPEDIT_PROGRAM, "reset", source, NULL};
	struct terminal *terminal = terminal_start(&options, argv);
	terminal_expect(terminal, "cannot be seen on a serial line");
	snprintf(words, sizeof words, "had no power %s", name + strlen(name) - 4);
	terminal_expect(terminal, words);
	terminal_type(terminal, words);
	snprintf(typed, sizeof typed, "> %s", words);
	terminal_expect(terminal, typed);
	terminal_key(terminal, TERMINAL_ENTER);
	terminal_expect(terminal, "word 300: not burnt");
	assert_int_equal(terminal_wait_exit(terminal), 0);
	terminal_free(terminal);
	run_words(&result, &home, "show", source);
	run_expect_exit(&result, 0);
	run_free(&result);
	clean_up();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_settings),
		cmocka_unit_test(test_no_port),
		cmocka_unit_test(test_unplugged),
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_admission),
		cmocka_unit_test(test_found_by_its_port),
		cmocka_unit_test(test_uboot),
		cmocka_unit_test(test_prgfw),
		cmocka_unit_test(test_shut),
	};
	return cmocka_run_group_tests_name("serial ports", tests, NULL, NULL);
}
