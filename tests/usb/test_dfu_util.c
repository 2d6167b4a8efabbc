/*
 * dfu-util, as Debian ships it, on the same simulated boards: a second host, which shares nothing
 * with ours. What both read must be equal byte for byte, and what one burns the other must see.
 */
#include "tests/support/run_program.h"
#include "tests/support/sim_partition.h"
#include "tests/usb/mock_bench.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define VALUE      0xC0FFEE01
#define ALTERNATES 6

/* A board, its OTP partition as the descriptors name it, and a word that is free. */
struct kind {
	const char *board;
	const char *otp;
	size_t size;
	uint32_t version;
	unsigned word;
};

static const struct kind kinds[] = {
	{"stm32mp13", "@OTP/0xf2/1*776Be", 776, 2, 70},
	{"stm32mp15", "@OTP/0xf2/1*776Be", 776, 2, 70},
	{"stm32mp23", "@OTP/0xf2/1*2952Be", 2952, 2, 300},
	{"stm32mp25", "@OTP/0xf2/1*2952Be", 2952, 2, 300},
	{"stm32mp13,peer=prgfw", "@OTP /0xF2/1*776Be", 776, 2, 70},
	{"stm32mp15,peer=prgfw", "@OTP /0xF2/1*776Be", 776, 2, 70},
	{"stm32mp25,peer=prgfw", "@OTP /0xF2/1*3080Be", 3080, 3, 300},
};

#define KINDS (sizeof kinds / sizeof kinds[0])

static struct mock_bench bench;
static struct run_home home;

static void plug_in(const char *board)
{
	struct errbuf err = {0};
	mock_bench_start(&bench);
	assert_int_equal(mock_bench_plug_in(&bench, board, &err), OK);
	run_home_make(&home);
}

static void pull_out(void)
{
	run_home_remove(&home);
	mock_bench_stop(&bench);
}

#define run_dfu_util(result, ...)                                                                  \
	run_program(                                                                               \
		(result), &home, DFU_UTIL_PROGRAM, NULL, (const char *const[]){__VA_ARGS__, NULL})

static void expect_done(struct run_result *result)
{
	run_expect_exit(result, 0);
	run_free(result);
}

static void expect_listed(const struct run_result *result, unsigned number, const char *name)
{
	char text[128];
	snprintf(text, sizeof text, "path=\"1-5.3\", alt=%u, name=\"%s\"", number, name);
	run_expect_out(result, text);
}

/* The names as they were recorded. */
static void test_lists_all_alternates(void **state)
{
	static const struct {
		const char *board;
		const char *names[ALTERNATES];
	} rows[] = {
		{"stm32mp13", {"@FlashLayout/0x00/1*256Ke", "@virtual/0xf1/1*512Be",
				      "@OTP/0xf2/1*776Be"}},
		{"stm32mp15", {"@FlashLayout/0x00/1*256Ke", "@virtual/0xf1/1*512Be",
				      "@OTP/0xf2/1*776Be", "@PMIC/0xf4/1*8Be"}},
		{"stm32mp25,peer=prgfw", {"@Flashlayout /0x00/1*1Ke", "@FSBL-EXT /0x03/1*70Ke",
						 "@FSBL-APP /0x04/1*64Me", "@virtual /0xF1/1*512Be",
						 "@OTP /0xF2/1*3080Be", "@PMIC /0xF4/1*08Be"}},
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct run_result result;
		char serial[SIM_BOARD_SERIAL_SIZE], text[64];
		unsigned found = 0;
		plug_in(rows[i].board);
		run_dfu_util(&result, "-l");
		run_expect_exit(&result, 0);
		for (unsigned j = 0; j < ALTERNATES && rows[i].names[j]; j++)
			expect_listed(&result, j, rows[i].names[j]);
		for (const char *at = result.out; (at = strstr(at, "Found DFU")) != NULL; at++)
			found++;
		assert_true(found >= 3);
		assert_true(found == ALTERNATES || !rows[i].names[found]);
		sim_board_serial(bench.boards[0].board, serial);
		snprintf(text, sizeof text, "serial=\"%s\"", serial);
		run_expect_out(&result, text);
		run_free(&result);
		pull_out();
	}
}

static void expect_file(const char *name, const uint8_t *bytes, size_t length)
{
	size_t got;
	char *read = run_read_file(&got, &home, name);
	assert_int_equal(got, length);
	assert_memory_equal(read, bytes, length);
	free(read);
}

/* dfu-util first, and ours first: neither leaves the board so that the other is disturbed. */
static void test_reads_the_same(void **state)
{
	(void)state;
	for (size_t i = 0; i < KINDS; i++) {
		struct run_result result;
		plug_in(kinds[i].board);
		struct sim_partition there = sim_partition_read(bench.boards[0].board);
		run_dfu_util(&result, "-a", kinds[i].otp, "-U", "theirs.bin");
		expect_done(&result);
		run_words(&result, &home, "read", "dfu", "-o", "ours.bin");
		expect_done(&result);
		run_dfu_util(&result, "-a", kinds[i].otp, "-U", "again.bin");
		expect_done(&result);
		expect_file("theirs.bin", there.bytes, kinds[i].size);
		expect_file("ours.bin", there.bytes, kinds[i].size);
		expect_file("again.bin", there.bytes, kinds[i].size);
		assert_int_equal(bench.boards[0].mock.resets, 0);
		pull_out();
	}
}

static void expect_only(const struct kind *kind, const struct sim_board *fresh)
{
	const struct sim_board *board = bench.boards[0].board;
	for (unsigned word = 0; word < sim_board_word_count(board); word++) {
		bool is_it = word == kind->word;
		assert_int_equal(sim_board_pulses(board, word), is_it);
		assert_int_equal(
			sim_board_fuses(board, word), is_it ? VALUE : sim_board_fuses(fresh, word));
		assert_int_equal(
			sim_board_is_locked(board, word), sim_board_is_locked(fresh, word));
	}
}

/* A request of one word. STM32PRGFW-UTIL takes a download for OTP only after an upload of it. */
static void test_burns_a_request(void **state)
{
	(void)state;
	for (size_t i = 0; i < KINDS; i++) {
		struct run_result result;
		struct sim_board *fresh;
		struct errbuf err = {0};
		char shown[16];
		struct sim_partition request = sim_partition_empty(kinds[i].version);
		plug_in(kinds[i].board);
		assert_int_equal(
			sim_board_demo(&fresh, sim_board_family(bench.boards[0].board), &err), OK);
		sim_partition_put(&request, kinds[i].word, VALUE, 0x80000000);
		run_write_file(&home, "request.bin", request.bytes, kinds[i].size);
		run_dfu_util(&result, "-a", kinds[i].otp, "-U", "before.bin");
		expect_done(&result);
		run_dfu_util(&result, "-a", kinds[i].otp, "-D", "request.bin");
		expect_done(&result);
		expect_only(&kinds[i], fresh);
		snprintf(shown, sizeof shown, "word=%u", kinds[i].word);
		run_words(&result, &home, "show", "dfu", shown);
		run_expect_out(&result, "C0FFEE01");
		expect_done(&result);
		sim_board_free(fresh);
		pull_out();
	}
}

static void take_fingerprint(char out[17], const char *text)
{
	const char *at = strstr(text, "Fingerprint");
	assert_non_null(at);
	at += strcspn(at, " ");
	at += strspn(at, " ");
	snprintf(out, 17, "%.16s", at);
	assert_int_equal(strspn(out, "0123456789abcdef"), 16);
}

/* Planned with our program, carried to the board by dfu-util, proved by our program. */
static void test_a_request_of_ours(void **state)
{
	struct run_result result;
	char fingerprint[17];
	(void)state;
	plug_in("stm32mp15");
	run_write_text(&home, "p.plan", "write word=70 value=0xC0FFEE01\n");
	run_words(&result, &home, "preview", "p.plan", "--on", "dfu");
	run_expect_exit(&result, 0);
	take_fingerprint(fingerprint, result.out);
	run_free(&result);
	run_words(&result, &home, "request", "p.plan", "--on", "dfu", "-o", "ours.request",
		"--confirm", fingerprint);
	expect_done(&result);
	assert_int_equal(sim_board_pulses(bench.boards[0].board, 70), 0);
	run_words(&result, &home, "verify", "p.plan", "--on", "dfu");
	run_expect_exit(&result, 1);
	run_free(&result);
	run_dfu_util(&result, "-a", "@OTP/0xf2/1*776Be", "-D", "ours.request");
	expect_done(&result);
	assert_int_equal(sim_board_fuses(bench.boards[0].board, 70), VALUE);
	run_words(&result, &home, "verify", "p.plan", "--on", "dfu");
	expect_done(&result);
	pull_out();
}

/* A board that lies: dfu-util believes it, our program does not. */
static void test_a_board_that_lies(void **state)
{
	struct run_result result;
	struct errbuf err = {0};
	char fingerprint[17];
	struct sim_partition request = sim_partition_empty(2);
	(void)state;
	plug_in("stm32mp15");
	assert_int_equal(mock_bench_order(&bench, "lies", &err), OK);
	sim_partition_put(&request, 70, VALUE, 0x80000000);
	run_write_file(&home, "request.bin", request.bytes, 776);
	run_dfu_util(&result, "-a", "@OTP/0xf2/1*776Be", "-D", "request.bin");
	expect_done(&result);
	run_write_text(&home, "p.plan", "write word=70 value=0xC0FFEE01\n");
	run_words(&result, &home, "preview", "p.plan", "--on", "dfu");
	take_fingerprint(fingerprint, result.out);
	run_free(&result);
	run_words(&result, &home, "apply", "p.plan", "--on", "dfu", "--confirm", fingerprint);
	run_expect_exit(&result, 5);
	run_free(&result);
	assert_int_equal(sim_board_fuses(bench.boards[0].board, 70), 0);
	pull_out();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lists_all_alternates),
		cmocka_unit_test(test_reads_the_same),
		cmocka_unit_test(test_burns_a_request),
		cmocka_unit_test(test_a_request_of_ours),
		cmocka_unit_test(test_a_board_that_lies),
	};
	if (access(DFU_UTIL_PROGRAM, X_OK) != 0) {
		fprintf(stderr, "'%s' is missing: install dfu-util\n", DFU_UTIL_PROGRAM);
		return 1;
	}
	return cmocka_run_group_tests_name("beside dfu-util", tests, NULL, NULL);
}
