/*
 * The program and its serial code through the real libserialport, on a pseudo-terminal with a
 * simulated board behind it.
 */
#include "tests/serial/line_rig.h"
#include "tests/support/sim_partition.h"
#include "tests/support/terminal.h"
#include "src/journal.h"
#include "transport/port_serial.h"
#include "transport/source_uart.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define VALUE UINT32_C(0x12345678)

static struct line_rig rig;
static struct errbuf err;

static const struct port_settings usual = {.baud = 115200, .parity = 'E'};

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
	line_rig_plug_in(&rig, SIM_MP15, SIM_SERVICE_UBOOT, 0);
	assert_int_equal(port_serial_open(&stream, LINE_PORT, &usual, &err), OK);
	line_rig_unplug(&rig);
	uint64_t start = now_ms();
	enum status status = stream->ops->read(stream, &byte, 1, 20000, &count, &err);
	assert_int_equal(status, ERR_GONE);
	assert_true(now_ms() - start < 10000);
	stream->ops->close(stream);
	line_rig_clean_up(&rig);
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
	char port[SCRATCH_MAX] = "";
	struct device *device;
	const struct source_options options = {.admit = refuse, .payload = port};
	(void)state;
	line_rig_plug_in(&rig, SIM_MP15, SIM_SERVICE_PRGFW, 0);
	assert_int_equal(source_uart.open(&device, LINE_SOURCE, &options, &err), ERR_REFUSED);
	assert_string_equal(port, LINE_PORT);
	line_rig_unplug(&rig);
	/* A 7F would have been the first half of a command: it is answered as the second. */
	const uint8_t id[] = {0x02, 0xFD};
	uint8_t answer[8];
	sim_uart_pass(rig.uart, 1000000);
	(void)sim_uart_take(rig.uart, answer, sizeof answer);
	sim_uart_receive(rig.uart, id[0], false);
	sim_uart_receive(rig.uart, id[1], false);
	assert_int_equal(sim_uart_take(rig.uart, answer, sizeof answer), 5);
	assert_int_equal(answer[0], 0x79);
	line_rig_clean_up(&rig);
}

static void test_probe(void **state)
{
	const char *source = LINE_SOURCE;
	struct run_result result;
	(void)state;
	line_rig_plug_in(&rig, SIM_MP15, SIM_SERVICE_UBOOT, 0);
	run_words(&result, &rig.home, "probe", source, "--json");
	run_expect_exit(&result, 0);
	run_expect_out(&result, "\"sent\": false");
	assert_string_equal(result.err, "");
	run_free(&result);
	run_words(&result, &rig.home, "probe", source, "--send", "--json");
	run_expect_exit(&result, 0);
	run_expect_out(&result, "\"peer\": \"uboot\"");
	run_expect_out(&result, "\"sent\": true");
	run_expect_out(&result, "\"device_id\": \"0x500\"");
	run_expect_out(&result, "FT232R USB UART");
	run_expect_err(&result, "sent the sync byte 7F");
	run_free(&result);
	run_words(&result, &rig.home, "probe", "dfu");
	run_expect_exit(&result, 2);
	run_expect_err(&result, "is no serial line");
	run_free(&result);
	run_words(&result, &rig.home, "show", source);
	run_expect_exit(&result, 0);
	run_free(&result);
	assert_int_equal(sim_uart_stray_count(rig.uart), 0);
	line_rig_clean_up(&rig);
}

/* What a power cycle goes by: the port by its own name. */
static void test_found_by_its_port(void **state)
{
	struct found_board found;
	(void)state;
	line_rig_plug_in(&rig, SIM_MP15, SIM_SERVICE_PRGFW, 0);
	assert_int_equal(source_uart.find(&found, LINE_SOURCE, &err), OK);
	assert_true(found.is_blind);
	assert_string_equal(found.path, LINE_PORT);
	assert_string_equal(found.source, LINE_SOURCE);
	line_rig_clean_up(&rig);
}

/* The program reads a board, and burns a word of it. */
static void read_and_burn(enum sim_family family, enum sim_service service, const char *words,
	unsigned word, size_t size)
{
	struct run_result result;
	char fingerprint[17] = "";
	size_t length;
	line_rig_plug_in(&rig, family, service, 0);
	struct sim_partition there = sim_partition_read(rig.board);
	run_words(&result, &rig.home, "read", LINE_SOURCE, "-o", "board.bin");
	assert_string_equal(result.err, LINE_SAID);
	run_expect_exit(&result, 0);
	run_free(&result);
	char *bytes = run_read_file(&length, &rig.home, "board.bin");
	assert_true(length >= size);
	assert_memory_equal(bytes, there.bytes, size);
	free(bytes);
	run_write_text(&rig.home, "p.plan", words);
	run_words(&result, &rig.home, "preview", "p.plan", "--on", LINE_SOURCE);
	run_expect_exit(&result, 0);
	const char *at = strstr(result.out, "Fingerprint ");
	assert_non_null(at);
	assert_int_equal(sscanf(at, "Fingerprint %16[0-9a-f]", fingerprint), 1);
	run_free(&result);
	run_words(&result, &rig.home, "apply", "p.plan", "--on", LINE_SOURCE, "--confirm",
		fingerprint, "--accept", "customer-unconfirmed");
	run_expect_exit(&result, 0);
	run_expect_out(&result, "VERIFIED");
	run_free(&result);
	assert_int_equal(sim_board_fuses(rig.board, word), VALUE);
	assert_int_equal(sim_board_pulses(rig.board, word), 1);
	assert_int_equal(sim_uart_stray_count(rig.uart), 0);
	line_rig_clean_up(&rig);
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
		journal_open(&journal, run_path(&rig.home, "state/otpedit"), SOURCE_REAL, &err),
		OK);
	snprintf(intent->board, sizeof intent->board, "%s", identity);
	snprintf(intent->port, sizeof intent->port, "%s", LINE_PORT);
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
	char words[32], typed[40], preload[4096], folder[256];
	const char *const extra[] = {preload, folder, NULL};
	(void)state;
	line_rig_plug_in(&rig, SIM_MP25, SIM_SERVICE_PRGFW, 0);
	leave_an_intent("0051A025-53494D55-4C415445");
	run_words(&result, &rig.home, "show", LINE_SOURCE);
	run_expect_exit(&result, 4);
	run_expect_err(&result, "before its power was off");
	run_free(&result);
	run_words(&result, &rig.home, "probe", LINE_SOURCE, "--send");
	run_expect_exit(&result, 4);
	run_expect_err(&result, "before its power was off");
	run_free(&result);
	run_words(&result, &rig.home, "probe", LINE_SOURCE);
	run_expect_exit(&result, 0);
	run_expect_out(&result, "nothing was sent");
	run_free(&result);
	snprintf(preload, sizeof preload, "LD_PRELOAD=%s", getenv("LD_PRELOAD"));
	snprintf(folder, sizeof folder, "UMOCKDEV_DIR=%s", getenv("UMOCKDEV_DIR"));
	const struct terminal_options options = {
		.columns = 100, .rows = 40, .folder = rig.home.folder, .extra = extra};
	const char *const argv[] = {OTPEDIT_PROGRAM, "reset", LINE_SOURCE, NULL};
	struct terminal *terminal = terminal_start(&options, argv);
	terminal_expect(terminal, "cannot be seen on a serial line");
	snprintf(words, sizeof words, "had no power %s", LINE_PORT + strlen(LINE_PORT) - 4);
	terminal_expect(terminal, words);
	terminal_type(terminal, words);
	snprintf(typed, sizeof typed, "> %s", words);
	terminal_expect(terminal, typed);
	terminal_key(terminal, TERMINAL_ENTER);
	terminal_expect(terminal, "word 300: not burnt");
	assert_int_equal(terminal_wait_exit(terminal), 0);
	terminal_free(terminal);
	run_words(&result, &rig.home, "show", LINE_SOURCE);
	run_expect_exit(&result, 0);
	run_free(&result);
	line_rig_clean_up(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_port),
		cmocka_unit_test(test_unplugged),
		cmocka_unit_test(test_admission),
		cmocka_unit_test(test_probe),
		cmocka_unit_test(test_found_by_its_port),
		cmocka_unit_test(test_uboot),
		cmocka_unit_test(test_prgfw),
		cmocka_unit_test(test_shut),
	};
	return cmocka_run_group_tests_name("serial ports", tests, NULL, NULL);
}
