/* The files of a folder: which, and in which order. */
#include "src/store.h"

#include "tests/support/scratch.h"

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

static int set_up(void **state)
{
	char *folder = malloc(SCRATCH_MAX);
	assert_non_null(folder);
	scratch_make(folder);
	*state = folder;
	return 0;
}

static int tear_down(void **state)
{
	scratch_remove(*state);
	free(*state);
	return 0;
}

static void path_of(char out[STORE_PATH_MAX], const char *folder, const char *name)
{
	struct errbuf err = {0};
	assert_int_equal(store_join(out, folder, name, &err), OK);
}

static void put(const char *folder, const char *name)
{
	char path[STORE_PATH_MAX];
	struct errbuf err = {0};
	path_of(path, folder, name);
	assert_int_equal(store_create(path, name, strlen(name), &err), OK);
}

static void test_regular_files_by_name(void **state)
{
	char path[STORE_PATH_MAX];
	struct store_list list;
	struct errbuf err = {0};
	static const char *const names[] = {"B", "a", "a10", "a9", "b"};
	/* From the last to the first, and more than the list has room for at first. */
	for (size_t i = 5; i > 0; i--)
		put(*state, names[i - 1]);
	put(*state, ".hidden");
	path_of(path, *state, "c");
	assert_int_equal(mkdir(path, 0700), 0);
	put(path, "inside");
	path_of(path, *state, "link");
	assert_int_equal(symlink("a", path), 0);
	path_of(path, *state, "pipe");
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(store_list(&list, *state, &err), OK);
	assert_int_equal(list.count, 5);
	for (size_t i = 0; i < 5; i++) {
		path_of(path, *state, names[i]);
		assert_string_equal(list.paths[i], path);
	}
	store_list_free(&list);
}

static void test_many_files(void **state)
{
	char path[STORE_PATH_MAX], name[16];
	struct store_list list;
	struct errbuf err = {0};
	for (unsigned i = 0; i < 300; i++) {
		snprintf(name, sizeof name, "%03u", 299 - i);
		put(*state, name);
	}
	assert_int_equal(store_list(&list, *state, &err), OK);
	assert_int_equal(list.count, 300);
	for (unsigned i = 0; i < 300; i++) {
		snprintf(name, sizeof name, "%03u", i);
		path_of(path, *state, name);
		assert_string_equal(list.paths[i], path);
	}
	store_list_free(&list);
}

static void test_empty_and_missing(void **state)
{
	char path[STORE_PATH_MAX];
	struct store_list list;
	struct errbuf err = {0};
	assert_true(store_is_folder(*state));
	assert_int_equal(store_list(&list, *state, &err), OK);
	assert_int_equal(list.count, 0);
	store_list_free(&list);
	path_of(path, *state, "missing");
	assert_false(store_is_folder(path));
	assert_int_equal(store_list(&list, path, &err), ERR_FILE);
	assert_non_null(strstr(err.text, "No such file"));
	store_list_free(&list);
	put(*state, "file");
	path_of(path, *state, "file");
	assert_false(store_is_folder(path));
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_regular_files_by_name),
		TEST(test_many_files),
		TEST(test_empty_and_missing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
