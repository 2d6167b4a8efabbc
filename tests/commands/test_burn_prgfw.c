/*
 * The same commands on boards behind STM32PRGFW-UTIL: the built-in STM32MP157C, whose words 60 to
 * 95 are empty customer words, and the built-in STM32MP25, whose words 40 and up are such, bit by
 * bit.
 */
#include "tests/support/run_program.h"

#include <jansson.h>

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MP15 "demo,peer=prgfw"
#define MP25 "demo:stm32mp25,peer=prgfw"

static int set_up(void **state)
{
	struct run_home *home = malloc(sizeof *home);
	assert_non_null(home);
	run_home_make(home);
	run_write_text(home, "mp15.plan", "write word=70 value=0x12345678\nlock word=70\n");
	run_write_text(home, "low.plan", "write word=40 value=0x0000000f\n");
	run_write_text(home, "more.plan", "write word=40 value=0x00000f0f\nlock word=40\n");
	*state = home;
	return 0;
}

static int tear_down(void **state)
{
	run_home_remove(*state);
	free(*state);
	return 0;
}

/* The 16 hex digits after "Fingerprint" in a preview. */
static void preview(
	char fingerprint[17], const struct run_home *home, const char *plan, const char *source)
{
	struct run_result result;
	run_words(&result, home, "preview", plan, "--on", source);
	run_expect_exit(&result, 0);
	const char *at = strstr(result.out, "Fingerprint");
	assert_non_null(at);
	at += strlen("Fingerprint");
	at += strspn(at, " ");
	assert_int_equal(strspn(at, "0123456789abcdef"), 16);
	memcpy(fingerprint, at, 16);
	fingerprint[16] = '\0';
	run_free(&result);
}

static void apply(const struct run_home *home, const char *plan, const char *source)
{
	struct run_result result;
	char fingerprint[17];
	preview(fingerprint, home, plan, source);
	run_words(&result, home, "apply", plan, "--on", source, "--confirm", fingerprint);
	run_expect_exit(&result, 0);
	run_expect_out(&result, "VERIFIED");
	run_free(&result);
}

static void expect_word(const struct run_home *home, const char *source, unsigned word,
	const char *value, const char *status)
{
	struct run_result result;
	char name[32];
	snprintf(name, sizeof name, "word=%u", word);
	run_words(&result, home, "show", source, name, "--json");
	run_expect_exit(&result, 0);
	json_t *root = json_loads(result.out, 0, NULL);
	json_t *row = json_array_get(json_object_get(root, "words"), 0);
	assert_int_equal(json_integer_value(json_object_get(row, "id")), word);
	assert_string_equal(json_string_value(json_object_get(row, "value")), value);
	assert_string_equal(json_string_value(json_object_get(row, "status")), status);
	json_decref(root);
	run_free(&result);
}

/* --- STM32MP15: one block, which is the burn */

static void test_mp15(void **state)
{
	const struct run_home *home = *state;
	struct run_result result;
	apply(home, "mp15.plan", MP15);
	expect_word(home, MP15, 70, "0x12345678", "0x40000000");
	expect_word(home, MP15, 71, "0x00000000", "0x00000000");
	run_words(&result, home, "verify", "mp15.plan", "--on", MP15);
	run_expect_exit(&result, 0);
	run_free(&result);
	run_words(&result, home, "write", MP15, "word=70", "value=0x12345679");
	run_expect_exit(&result, 4);
	run_expect_err(&result, "nothing was burnt");
	run_free(&result);
}

/* --- STM32MP25: four blocks, of which the last is the burn */

static void test_mp25(void **state)
{
	const struct run_home *home = *state;
	apply(home, "low.plan", MP25);
	expect_word(home, MP25, 40, "0x0000000F", "0x00000000");
	/* More bits of a word, then its lock. */
	apply(home, "more.plan", MP25);
	expect_word(home, MP25, 40, "0x00000F0F", "0x40000000");
	expect_word(home, MP25, 41, "0x00000000", "0x00000000");
}

/* It shows all words, where U-Boot shows the first 368. */
static void test_mp25_image(void **state)
{
	const struct run_home *home = *state;
	struct run_result result;
	size_t length;
	run_words(&result, home, "read", MP25, "-o", "mp25.bin");
	run_expect_exit(&result, 0);
	run_free(&result);
	char *bytes = run_read_file(&length, home, "mp25.bin");
	assert_int_equal(length, 3080);
	assert_int_equal(bytes[0], 3);
	free(bytes);
	run_words(&result, home, "read", "demo:stm32mp25", "-o", "uboot.bin");
	run_expect_exit(&result, 0);
	run_free(&result);
	bytes = run_read_file(&length, home, "uboot.bin");
	assert_int_equal(length, 2952);
	assert_int_equal(bytes[0], 2);
	free(bytes);
}

/* --- both */

/* What was confirmed for one service burns nothing through the other. */
static void test_another_service(void **state)
{
	const struct run_home *home = *state;
	struct run_result result;
	char fingerprint[17], other[17];
	preview(fingerprint, home, "mp15.plan", "demo");
	preview(other, home, "mp15.plan", MP15);
	assert_string_not_equal(fingerprint, other);
	run_words(&result, home, "apply", "mp15.plan", "--on", MP15, "--confirm", fingerprint);
	assert_int_not_equal(result.exit_status, 0);
	run_expect_err(&result, "nothing was burnt");
	run_free(&result);
	expect_word(home, MP15, 70, "0x00000000", "0x00000000");
}

static unsigned count(const char *text, const char *part)
{
	unsigned found = 0;
	for (const char *at = text; (at = strstr(at, part)); at += strlen(part))
		found++;
	return found;
}

/* On the wire: each block once and in order, the one that burns last, and nothing that could
 * turn the download into something else. */
static void test_trace(void **state)
{
	const struct run_home *home = *state;
	struct run_result result;
	char fingerprint[17];
	preview(fingerprint, home, "low.plan", MP25);
	run_words(&result, home, "apply", "low.plan", "--on", MP25, "--confirm", fingerprint,
		"--trace", "trace.txt");
	run_expect_exit(&result, 0);
	run_free(&result);
	size_t length;
	char *trace = run_read_file(&length, home, "trace.txt");
	static const char *const blocks[] = {"DNLOAD block 0, 1024", "DNLOAD block 1, 1024",
		"DNLOAD block 2, 1024", "DNLOAD block 3, 8:"};
	const char *at = trace;
	for (size_t i = 0; i < sizeof blocks / sizeof blocks[0]; i++) {
		assert_int_equal(count(trace, blocks[i]), 1);
		at = strstr(at, blocks[i]);
		assert_non_null(at);
	}
	assert_int_equal(count(trace, "DNLOAD"), 4);
	assert_true(count(trace, "UPLOAD block 0, 1024 -> 1024") >= 4);
	assert_int_equal(count(trace, "UPLOAD block 4"), 0);
	assert_int_equal(count(trace, "SET_INTERFACE"), count(trace, "SET_INTERFACE 4 -> ok"));
	assert_int_equal(count(trace, "CLRSTATUS"), 0);
	assert_int_equal(count(trace, "DETACH"), 0);
	/* Read back until two agree. */
	assert_true(count(at, "UPLOAD block 0, 1024 -> 1024") >= 2);
	free(trace);
}

#define test(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(test_mp15),
		test(test_mp25),
		test(test_mp25_image),
		test(test_another_service),
		test(test_trace),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
