/* A board brought up on the screen, from its ROM code to the grid. */
#include "ui/screen/boot_dialog.h"

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

struct world {
	struct run_home home;
	struct terminal *terminal;
};

static void put(const struct run_home *home, struct made made, const char *name)
{
	make_save(&made, home->folder, name);
	free(made.bytes);
}

static int set_up(void **state)
{
	struct world *world = calloc(1, sizeof *world);
	assert_non_null(world);
	run_home_make(&world->home);
	put(&world->home, make_stm32(0x500, 4000, 1), "tf-a.stm32");
	put(&world->home, make_stm32(0x501, 4000, 1), "other.stm32");
	put(&world->home, make_prgfw(0x500, 4000), "util.stm32");
	put(&world->home, make_fip(3000), "fip.bin");
	run_write_text(&world->home, "board.tsv",
		"#Opt\tId\tName\tType\tIP\tOffset\tBinary\n"
		"-\t0x01\tfsbl-boot\tBinary\tnone\t0x0\ttf-a.stm32\n"
		"-\t0x03\tfip-boot\tFIP\tnone\t0x0\tfip.bin\n");
	*state = world;
	return 0;
}

static int tear_down(void **state)
{
	struct world *world = *state;
	terminal_free(world->terminal);
	run_home_remove(&world->home);
	free(world);
	return 0;
}

#define start(world, columns, rows, ...)                                                           \
	start_words((world), (columns), (rows),                                                    \
		(const char *const[]){OTPEDIT_PROGRAM, __VA_ARGS__, NULL})

static void start_words(
	struct world *world, unsigned columns, unsigned rows, const char *const words[])
{
	struct terminal_options options = {
		.columns = columns, .rows = rows, .folder = world->home.folder};
	world->terminal = terminal_start(&options, words);
}

/* On a busy computer keys reach the program at once, as pasted ones do, and are not taken. */
static void type_words(struct terminal *terminal, const char *board)
{
	char words[64], shown[80];
	snprintf(words, sizeof words, "boot version 1 on %s", board);
	snprintf(shown, sizeof shown, "> %s", words);
	for (int i = 0; i < 20; i++) {
		terminal_type(terminal, words);
		if (terminal_shows(terminal, shown))
			return;
		for (const char *letter = words; *letter; letter++)
			terminal_key(terminal, TERMINAL_BACKSPACE);
	}
	terminal_type(terminal, words);
	terminal_expect(terminal, shown);
}

static void comes_up_to_the_grid(void **state)
{
	struct world *world = *state;
	start(world, 80, 20, "demo,stage=rom");
	struct terminal *terminal = world->terminal;
	terminal_expect(terminal, "ROM code answers at demo,stage=rom");
	terminal_type(terminal, "boa");
	terminal_key(terminal, TERMINAL_TAB);
	terminal_expect(terminal, "> board.tsv");
	terminal_key(terminal, TERMINAL_ENTER);
	terminal_expect(terminal, "STM32 header 1.0, version 1, not signed");
	terminal_expect(terminal, "See all of it first");
	/* Nothing is armed unseen. */
	terminal_key(terminal, TERMINAL_ENTER);
	terminal_expect(terminal, "see all of it first: PgDn");
	terminal_key(terminal, TERMINAL_PAGE_DOWN);
	terminal_expect(terminal, "Enter arms this session");
	terminal_key(terminal, TERMINAL_ENTER);
	terminal_expect(terminal, "boot version 1 on 3330");
	/* Enter alone, or another phrase, loads nothing. */
	terminal_key(terminal, TERMINAL_ENTER);
	terminal_expect(terminal, "nothing was loaded: type 'boot version 1 on 3330'");
	type_words(terminal, "3330");
	terminal_key(terminal, TERMINAL_ENTER);
	terminal_expect(terminal, "STM32MP157C");
	terminal_expect(terminal, "DEADBEEF");
	terminal_type(terminal, "q");
	assert_int_equal(terminal_wait_exit(terminal), 0);
}

static void goes_back_at_every_step(void **state)
{
	struct world *world = *state;
	start(world, 100, 40, "demo,stage=rom,uart");
	struct terminal *terminal = world->terminal;
	terminal_expect(terminal, "ROM code answers at");
	terminal_key(terminal, TERMINAL_ENTER);
	terminal_expect(terminal, "no file is named yet");
	terminal_type(terminal, "none.tsv");
	terminal_key(terminal, TERMINAL_ENTER);
	terminal_expect(terminal, "none.tsv");
	terminal_expect(terminal, "FlashLayout or files");
	for (int i = 0; i < 8; i++)
		terminal_key(terminal, TERMINAL_BACKSPACE);
	terminal_type(terminal, "other.stm32");
	terminal_key(terminal, TERMINAL_ENTER);
	terminal_expect(terminal, "is for another chip");
	terminal_expect(terminal, "Refused, as the text says");
	terminal_key(terminal, TERMINAL_ENTER);
	terminal_expect(terminal, "refused: nothing can be loaded");
	terminal_key(terminal, TERMINAL_ESCAPE);
	terminal_expect(terminal, "> other.stm32");
	for (int i = 0; i < 11; i++)
		terminal_key(terminal, TERMINAL_BACKSPACE);
	terminal_type(terminal, "util.stm32");
	terminal_key(terminal, TERMINAL_ENTER);
	terminal_expect(terminal, "Enter arms this session");
	terminal_key(terminal, TERMINAL_ENTER);
	terminal_expect(terminal, "ARMED");
	terminal_key(terminal, TERMINAL_ESCAPE);
	terminal_expect(terminal, "Nothing was loaded.");
	terminal_key(terminal, TERMINAL_ESCAPE);
	terminal_expect(terminal, "Left: nothing is loaded.");
	terminal_expect(terminal, "Simulated boards");
	terminal_type(terminal, "q");
	assert_int_equal(terminal_wait_exit(terminal), 0);
}

static void a_read_only_run_arms_nothing(void **state)
{
	struct world *world = *state;
	start(world, 100, 40, "demo,stage=rom", "--read-only");
	struct terminal *terminal = world->terminal;
	terminal_expect(terminal, "ROM code answers at");
	terminal_type(terminal, "board.tsv");
	terminal_key(terminal, TERMINAL_ENTER);
	terminal_expect(terminal, "Enter arms this session");
	terminal_key(terminal, TERMINAL_ENTER);
	terminal_expect(terminal, "this run is read-only");
	terminal_key(terminal, TERMINAL_ESCAPE);
	terminal_key(terminal, TERMINAL_ESCAPE);
	terminal_expect(terminal, "Simulated boards");
	terminal_type(terminal, "q");
	assert_int_equal(terminal_wait_exit(terminal), 0);
}

/* On a line as slow as a real one: how far it is, and out of it. */
static void stops_while_it_loads(void **state)
{
	struct world *world = *state;
	put(&world->home, make_stm32(0x500, 200000, 1), "tf-a.stm32");
	start(world, 80, 24, "demo,stage=rom,uart,baud=115200");
	struct terminal *terminal = world->terminal;
	terminal_expect(terminal, "ROM code answers at");
	terminal_type(terminal, "board.tsv");
	terminal_key(terminal, TERMINAL_ENTER);
	terminal_expect(terminal, "See all of it first");
	terminal_key(terminal, TERMINAL_PAGE_DOWN);
	terminal_key(terminal, TERMINAL_ENTER);
	terminal_expect(terminal, "boot version 1 on demo");
	type_words(terminal, "demo");
	terminal_key(terminal, TERMINAL_ENTER);
	terminal_expect(terminal, "loading TF-A (phase 1):");
	terminal_expect_gone(terminal, "Answers");
	terminal_expect_gone(terminal, "Fingerprint");
	terminal_expect(terminal, "s left");
	terminal_key(terminal, TERMINAL_ESCAPE);
	terminal_expect(terminal, "nothing was started, nothing was burnt");
	terminal_expect_gone(terminal, "loading TF-A");
	terminal_key(terminal, TERMINAL_ESCAPE);
	terminal_expect(terminal, "Simulated boards");
	terminal_type(terminal, "q");
	assert_int_equal(terminal_wait_exit(terminal), 0);
}

/* --- texts --- */

static void tells_how_far_it_is(void **state)
{
	struct boot_progress progress = {.stage = ""};
	char text[BOOT_PROGRESS_MAX];
	(void)state;
	boot_progress_text(text, &progress);
	assert_string_equal(text, "asking the board what it wants");
	boot_progress_note(&progress, "load TF-A (phase 1)", 0, 204800, 1000);
	boot_progress_note(&progress, "load TF-A (phase 1)", 51200, 204800, 3000);
	boot_progress_text(text, &progress);
	assert_string_equal(text, "loading TF-A (phase 1): 50 of 200 kB, 7 s left");
	boot_progress_note(&progress, "wait for TF-A", 2100, 30000, 9000);
	boot_progress_text(text, &progress);
	assert_string_equal(text, "waiting for TF-A: 2 s, 30 at most");
	/* A megabyte over a slow line. */
	boot_progress_note(&progress, "load OP-TEE and U-Boot (phase 3)", 0, 1048576, 10000);
	boot_progress_note(&progress, "load OP-TEE and U-Boot (phase 3)", 10486, 1048576, 12000);
	boot_progress_text(text, &progress);
	assert_string_equal(text, "loading OP-TEE and U-Boot (phase 3): 10 of 1024 kB, 4 min left");
	assert_true(boot_progress_is("load x"));
	assert_false(boot_progress_is("read"));
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(comes_up_to_the_grid),
		TEST(goes_back_at_every_step),
		TEST(a_read_only_run_arms_nothing),
		TEST(stops_while_it_loads),
		cmocka_unit_test(tells_how_far_it_is),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
