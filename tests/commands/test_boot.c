/* boot: from the ROM code to the list of words in one run. */
#include "tests/support/make_firmware.h"
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
#include <sys/stat.h>

#define LAYOUT                                                                                     \
	"#Opt\tId\tName\tType\tIP\tOffset\tBinary\n"                                               \
	"-\t0x01\tfsbl-boot\tBinary\tnone\t0x0\ttf-a.stm32\n"                                      \
	"-\t0x03\tfip-boot\tFIP\tnone\t0x0\tfip.bin\n"                                             \
	"P\t0x04\tfsbl1\tBinary\tmmc0\t0x4400\tgone.stm32\n"

static void put(const struct run_home *home, struct made made, const char *name)
{
	make_save(&made, home->folder, name);
	free(made.bytes);
}

static int set_up(void **state)
{
	struct run_home *home = malloc(sizeof *home);
	assert_non_null(home);
	run_home_make(home);
	put(home, make_stm32(0x500, 4000, 1), "tf-a.stm32");
	put(home, make_stm32(0x501, 4000, 0), "tf-a13.stm32");
	put(home, make_stm32(0x505, 4000, 0), "tf-a25.stm32");
	put(home, make_prgfw(0x500, 4000), "util.stm32");
	put(home, make_fip(3000), "fip.bin");
	put(home, make_ddr_fip(3000), "ddr.bin");
	run_write_text(home, "layout.tsv", LAYOUT);
	*state = home;
	return 0;
}

static int tear_down(void **state)
{
	run_home_remove(*state);
	free(*state);
	return 0;
}

/* The fingerprint that a run without confirmation names. */
static void fingerprint_of(char out[17], struct run_result *result)
{
	const char *at = strstr(result->err, "--confirm ");
	assert_non_null(at);
	snprintf(out, 17, "%.16s", at + strlen("--confirm "));
}

static void comes_up_on_both_links(void **state)
{
	const char *const boards[] = {"demo,stage=rom", "demo,stage=rom,uart"};
	struct run_home *home = *state;
	for (size_t i = 0; i < 2; i++) {
		struct run_result result;
		char fingerprint[17];
		run_words(&result, home, "boot", boards[i], "--layout", "layout.tsv", "--fresh");
		run_expect_exit(&result, 4);
		run_expect_err(&result, "ROM code, and asks for phase 1");
		run_expect_err(&result, "what it holds cannot be told");
		run_expect_err(
			&result, "1 partitions of flash memories in the FlashLayout are left");
		run_expect_err(&result, "not confirmed, so nothing was loaded");
		assert_string_equal(result.out, "");
		fingerprint_of(fingerprint, &result);
		run_free(&result);
		run_words(&result, home, "boot", boards[i], "--layout", "layout.tsv", "--confirm",
			"0123456789abcdef");
		run_expect_exit(&result, 4);
		run_free(&result);
		run_words(&result, home, "boot", boards[i], "--layout", "layout.tsv", "--confirm",
			fingerprint);
		run_expect_exit(&result, 0);
		run_expect_err(&result, "U-Boot stm32prog answers");
		run_expect_err(&result, "anti-rollback: word 4");
		run_expect_out(&result, "DEADBEEF");
		run_free(&result);
		/* It stays up: there is nothing more to load, and --read-only may look. */
		run_words(&result, home, "show", boards[i], "--read-only");
		run_expect_exit(&result, 0);
		run_free(&result);
	}
}

static void a_single_program_comes_up(void **state)
{
	const char *const boards[] = {"demo,stage=rom", "demo,stage=rom,uart"};
	struct run_home *home = *state;
	for (size_t i = 0; i < 2; i++) {
		struct run_result result;
		char fingerprint[17];
		run_words(&result, home, "boot", boards[i], "--image", "util.stm32", "--fresh");
		fingerprint_of(fingerprint, &result);
		run_free(&result);
		run_words(&result, home, "boot", boards[i], "--image", "util.stm32", "--fresh",
			"--confirm", fingerprint, "--json");
		run_expect_exit(&result, 0);
		run_expect_err(&result, "STM32PRGFW-UTIL answers");
		run_expect_out(&result, "\"words\"");
		run_free(&result);
	}
}

static void three_files_for_an_mp2(void **state)
{
	struct run_home *home = *state;
	struct run_result result;
	char fingerprint[17];
	run_words(&result, home, "boot", "demo:stm32mp25,stage=rom", "--image", "fip.bin",
		"--image=tf-a25.stm32", "--image", "2=ddr.bin");
	fingerprint_of(fingerprint, &result);
	run_free(&result);
	run_words(&result, home, "boot", "demo:stm32mp25,stage=rom", "--image", "fip.bin",
		"--image=tf-a25.stm32", "--image", "2=ddr.bin", "--confirm", fingerprint);
	run_expect_exit(&result, 0);
	run_free(&result);
}

static void expect_refusal(struct run_home *home, const char *image, const char *option,
	int exit_status, const char *why)
{
	struct run_result result;
	run_words(&result, home, "boot", "demo,stage=rom", "--image", image, option);
	run_expect_exit(&result, exit_status);
	run_expect_err(&result, why);
	assert_string_equal(result.out, "");
	run_free(&result);
}

static void refuses_bad_files(void **state)
{
	struct run_home *home = *state;
	struct made cut = make_stm32(0x500, 4000, 0);
	expect_refusal(home, "tf-a13.stm32", "--fresh", 4, "is for another chip");
	expect_refusal(home, "fip.bin", "--fresh", 4, "the file for phase 1 is missing");
	expect_refusal(home, "none.bin", "--fresh", 6, "none.bin");
	expect_refusal(home, "layout.tsv", "--fresh", 6, "neither a file with an STM32 header nor");
	cut.length -= 10;
	make_save(&cut, home->folder, "cut");
	cut.length += 10;
	cut.bytes[300] ^= 1;
	make_save(&cut, home->folder, "damaged");
	free(cut.bytes);
	expect_refusal(home, "cut", "--fresh", 6, "it breaks off");
	expect_refusal(home, "damaged", "--fresh", 6, "its checksum is");
	expect_refusal(home, "util.stm32", "--read-only", 4, "this run is read-only");
	struct run_result result;
	run_words(&result, home, "boot", "demo,stage=rom");
	run_expect_exit(&result, 4);
	run_expect_err(&result, "no files were named");
	run_free(&result);
	run_words(&result, home, "boot", "layout.tsv", "--image", "fip.bin");
	run_expect_exit(&result, 3);
	run_expect_err(&result, "is no board to load anything into");
	run_free(&result);
}

/* Where a terminal is settled on for confirming, no fingerprint takes its place. */
static void settled_on_a_terminal(void **state)
{
	struct run_home *home = *state;
	struct run_result result;
	char fingerprint[17];
	run_words(&result, home, "boot", "demo,stage=rom", "--layout", "layout.tsv", "--fresh");
	fingerprint_of(fingerprint, &result);
	run_free(&result);
	assert_int_equal(mkdir(run_path(home, "config"), 0700), 0);
	assert_int_equal(mkdir(run_path(home, "config/otpedit"), 0700), 0);
	run_write_text(home, "config/otpedit/config", "[settings]\nconfirm = terminal\n");
	run_words(&result, home, "boot", "demo,stage=rom", "--layout", "layout.tsv", "--confirm",
		fingerprint);
	run_expect_exit(&result, 4);
	run_expect_err(&result, "'confirm = terminal' is set");
	assert_string_equal(result.out, "");
	run_free(&result);
}

/* At a terminal the phrase is typed, whatever --confirm says. */
static void a_person_types_the_phrase(void **state)
{
	struct run_home *home = *state;
	struct terminal_options options = {.columns = 80, .rows = 40, .folder = home->folder};
	struct terminal *terminal = terminal_start(&options,
		(const char *const[]){OTPEDIT_PROGRAM, "boot", "demo,stage=rom", "--layout",
			"layout.tsv", "--confirm", "0123456789abcdef", "word=4", NULL});
	assert_int_equal(terminal_wait_exit(terminal), 2);
	terminal_free(terminal);
	terminal = terminal_start(
		&options, (const char *const[]){OTPEDIT_PROGRAM, "boot", "demo,stage=rom",
				  "--layout", "layout.tsv", "--json", NULL});
	terminal_expect(terminal, "boot version 1 on 3330");
	terminal_type(terminal, "boot version 2 on 3330");
	terminal_key(terminal, TERMINAL_ENTER);
	terminal_key(terminal, TERMINAL_ESCAPE);
	terminal_expect(terminal, "not confirmed: nothing was loaded");
	assert_int_equal(terminal_wait_exit(terminal), 4);
	terminal_free(terminal);
	terminal =
		terminal_start(&options, (const char *const[]){OTPEDIT_PROGRAM, "boot",
						 "demo,stage=rom", "--layout", "layout.tsv", NULL});
	terminal_expect(terminal, "boot version 1 on 3330");
	terminal_type(terminal, "boot version 1 on 3330");
	terminal_key(terminal, TERMINAL_ENTER);
	assert_int_equal(terminal_wait_exit(terminal), 0);
	terminal_free(terminal);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(comes_up_on_both_links),
		TEST(a_single_program_comes_up),
		TEST(three_files_for_an_mp2),
		TEST(refuses_bad_files),
		TEST(settled_on_a_terminal),
		TEST(a_person_types_the_phrase),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
