/* Files that are not what they should be: one clear error each, and nothing is changed. */
#include "tests/support/run_program.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FIXTURE TEST_DATA "/stm32mp157c-read.bin"

struct world {
	struct run_home home;
	char image[4096];
	size_t length;
};

static int set_up(void **state)
{
	struct world *world = calloc(1, sizeof *world);
	assert_non_null(world);
	run_home_make(&world->home);
	FILE *file = fopen(FIXTURE, "rb");
	assert_non_null(file);
	world->length = fread(world->image, 1, sizeof world->image, file);
	fclose(file);
	assert_int_equal(world->length, 776);
	*state = world;
	return 0;
}

static int tear_down(void **state)
{
	struct world *world = *state;
	run_home_remove(&world->home);
	free(world);
	return 0;
}

static void expect_show(struct world *world, const char *name, int exit_status, const char *part)
{
	struct run_result result;
	run_words(&result, &world->home, "show", name);
	run_expect_exit(&result, exit_status);
	run_expect_err(&result, part);
	run_expect_err(&result, name);
	assert_int_equal(run_error_lines(&result), 1);
	assert_string_equal(result.out, "");
	run_free(&result);
}

static void test_images(void **state)
{
	struct world *world = *state;
	run_write_file(&world->home, "short.bin", world->image, 400);
	expect_show(world, "short.bin", 6, "400");
	run_write_file(&world->home, "long.bin", world->image, 780);
	expect_show(world, "long.bin", 6, "780");
	run_write_file(&world->home, "empty.bin", "", 0);
	expect_show(world, "empty.bin", 6, "empty.bin");
	world->image[0] = 9;
	run_write_file(&world->home, "version.bin", world->image, world->length);
	expect_show(world, "version.bin", 6, "9");
	for (size_t i = 0; i < sizeof world->image; i++)
		world->image[i] = (char)(i * 167 + 13);
	run_write_file(&world->home, "random.bin", world->image, 3333);
	expect_show(world, "random.bin", 6, "3333");
	expect_show(world, "missing.bin", 6, "missing.bin");
}

/* A cut file: refused as an image, and shown word by word when asked for, to look at only. */
static void test_looking_at_an_odd_image(void **state)
{
	struct world *world = *state;
	struct run_result result;
	run_write_file(&world->home, "cut.bin", world->image, 768); /* 95 words */
	expect_show(world, "cut.bin", 6, "'--chip plain' shows its words all the same");
	run_words(&result, &world->home, "show", "cut.bin", "word=94", "--chip", "plain");
	run_expect_exit(&result, 0);
	run_expect_out(&result, "unknown chip");
	run_free(&result);
	run_write_text(&world->home, "p.plan", "write word=70 value=1\n");
	run_words(&result, &world->home, "preview", "p.plan", "--on", "cut.bin", "--chip", "plain");
	run_expect_out(&result, "this session can only look");
	run_free(&result);
}

/*
 * Version 1, from the structure's description: 256 words, version first, values from word 44 on,
 * permanent locks in the map from word 20 on.
 */
static void test_structure_1(void **state)
{
	struct world *world = *state;
	struct run_result result;
	char bytes[1024] = {1};
	bytes[0xB0] = 0x17;
	bytes[0xB0 + 4 * 70] = 0x2A;
	bytes[4 * 22] = 0x40; /* word 70 */
	run_write_file(&world->home, "v1.bin", bytes, sizeof bytes);
	run_words(&result, &world->home, "show", "v1.bin", "word=70");
	run_expect_exit(&result, 0);
	run_expect_out(&result, "structure version 1");
	run_expect_out(&result, "0000002A  P.....");
	run_free(&result);
	run_words(&result, &world->home, "check", "v1.bin");
	run_expect_out(&result, "(structure-1)");
	run_expect_out(&result, "no errors");
	run_free(&result);
	run_words(&result, &world->home, "read", "v1.bin", "-o", "copy.bin");
	run_expect_exit(&result, 0);
	run_free(&result);
	size_t length;
	char *copy = run_read_file(&length, &world->home, "copy.bin");
	assert_int_equal(length, sizeof bytes);
	assert_memory_equal(copy, bytes, sizeof bytes);
	free(copy);
	run_write_text(&world->home, "p.plan", "write word=71 value=1\n");
	run_words(&result, &world->home, "preview", "p.plan", "--on", "v1.bin");
	run_expect_out(&result, "(structure-1)");
	run_free(&result);
}

static void test_not_files(void **state)
{
	struct world *world = *state;
	assert_int_equal(mkdir(run_path(&world->home, "folder"), 0700), 0);
	expect_show(world, "folder", 6, "folder");
	assert_int_equal(mkfifo(run_path(&world->home, "fifo"), 0600), 0);
	expect_show(world, "fifo", 6, "fifo");
	run_write_file(&world->home, "secret.bin", world->image, world->length);
	assert_int_equal(chmod(run_path(&world->home, "secret.bin"), 0), 0);
	if (geteuid() != 0) /* root reads everything */
		expect_show(world, "secret.bin", 6, "secret.bin");
}

/* The plan is told to be wrong, and where. */
static void expect_plan(struct world *world, const char *text, int exit_status, const char *part)
{
	struct run_result result;
	run_write_text(&world->home, "p.plan", text);
	run_words(&result, &world->home, "preview", "p.plan", "--on", FIXTURE);
	run_expect_exit(&result, exit_status);
	run_expect_err(&result, part);
	assert_int_equal(run_error_lines(&result), 1);
	assert_string_equal(result.out, "");
	run_free(&result);
}

static void test_plans(void **state)
{
	struct world *world = *state;
	expect_plan(world, "# one\nwrite word=70 value=1\nburn word=71\n", 2, "line 3");
	expect_plan(world, "write word=70 value=1 quickly\n", 2, "quickly");
	expect_plan(world, "write word=70 value=0x100000000\n", 2, "0x100000000");
	expect_plan(world, "write word=70 value=-1\n", 2, "-1");
	expect_plan(world, "write word=96 value=1\n", 2, "96");
	expect_plan(world, "write word=70 value=1\nwrite word=70 value=2\n", 2, "line 2");
	expect_plan(world, "write word=70 value=1\nwrite word=70 value=2\n", 2, "70");
	expect_plan(world, "chip stm32mp99\nwrite word=70 value=1\n", 4, "stm32mp99");
	expect_plan(world, "board 00410032-33385116-34383331\nwrite word=70 value=1\n", 4,
		"00410032-33385116-34383331");
	expect_plan(world, "snapshot 00000000000000000000000000000000\nwrite word=70 value=1\n", 4,
		"stale");
	struct run_result result;
	run_words(&result, &world->home, "preview", "no.plan", "--on", FIXTURE);
	run_expect_exit(&result, 6);
	run_expect_err(&result, "no.plan");
	run_free(&result);
	run_words(&result, &world->home, "preview", "p.plan");
	run_expect_exit(&result, 2);
	run_expect_err(&result, "--on");
	run_free(&result);
}

/* Lines for one word that agree are one. */
static void test_plan_lines_that_agree(void **state)
{
	struct world *world = *state;
	struct run_result result;
	run_write_text(&world->home, "p.plan",
		"write word=70 value=0x12345678\nlock word=70\nwrite word=70 value=0x12345678 "
		"lock\n");
	run_words(&result, &world->home, "preview", "p.plan", "--on", FIXTURE);
	run_expect_exit(&result, 0);
	run_free(&result);
}

static void test_saving(void **state)
{
	struct world *world = *state;
	struct run_result result;
	size_t length;
	run_words(&result, &world->home, "read", FIXTURE, "-o", "copy.bin");
	run_expect_exit(&result, 0);
	run_free(&result);
	char *copy = run_read_file(&length, &world->home, "copy.bin");
	assert_int_equal(length, 776);
	assert_memory_equal(copy, world->image, 776);
	free(copy);
	struct stat status;
	assert_int_equal(stat(run_path(&world->home, "copy.bin"), &status), 0);
	assert_int_equal(status.st_mode & 0777, 0600);
	run_write_text(&world->home, "mine.bin", "mine");
	run_words(&result, &world->home, "read", FIXTURE, "-o", "mine.bin");
	run_expect_exit(&result, 6);
	run_expect_err(&result, "mine.bin");
	run_free(&result);
	copy = run_read_file(&length, &world->home, "mine.bin");
	assert_string_equal(copy, "mine");
	free(copy);
	run_words(&result, &world->home, "read", FIXTURE, "-o", "none/copy.bin");
	run_expect_exit(&result, 6);
	run_free(&result);
	run_words(&result, &world->home, "read", FIXTURE);
	run_expect_exit(&result, 2);
	run_expect_err(&result, "-o FILE");
	run_free(&result);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_images, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_looking_at_an_odd_image, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_structure_1, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_not_files, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_plans, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_plan_lines_that_agree, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_saving, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
