/* The images used last: their order, their number, and what is left out. */
#include "src/recent.h"

#include "tests/support/scratch.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct fixture {
	char folder[SCRATCH_MAX], state[SCRATCH_MAX + 16];
	struct recent recent;
};

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	assert_non_null(f);
	scratch_make(f->folder);
	snprintf(f->state, sizeof f->state, "%s/state", f->folder);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;
	scratch_remove(f->folder);
	free(f);
	return 0;
}

static const char *path_of(const struct fixture *f, const char *name)
{
	static char path[SCRATCH_MAX + 64];
	snprintf(path, sizeof path, "%s/%s", f->folder, name);
	return path;
}

static enum status add(const struct fixture *f, const char *name)
{
	struct errbuf err = {0};
	const char *path = path_of(f, name);
	if (!store_exists(path))
		assert_int_equal(store_create(path, "x", 1, &err), OK);
	return recent_add(f->state, path, &err);
}

static void assert_recent(struct fixture *f, size_t index, const char *name)
{
	recent_load(&f->recent, f->state);
	assert_true(index < f->recent.count);
	assert_string_equal(f->recent.paths[index], path_of(f, name));
}

static void test_newest_first_and_once(void **state)
{
	struct fixture *f = *state;
	recent_load(&f->recent, f->state);
	assert_int_equal(f->recent.count, 0);
	recent_load(&f->recent, NULL);
	assert_int_equal(f->recent.count, 0);
	assert_int_equal(add(f, "a"), OK);
	assert_int_equal(add(f, "b"), OK);
	assert_int_equal(add(f, "a"), OK);
	assert_recent(f, 0, "a");
	assert_recent(f, 1, "b");
	assert_int_equal(f->recent.count, 2);
}

static void test_only_so_many(void **state)
{
	struct fixture *f = *state;
	char name[8];
	for (int i = 0; i < RECENT_MAX + 3; i++) {
		snprintf(name, sizeof name, "f%d", i);
		assert_int_equal(add(f, name), OK);
	}
	assert_recent(f, 0, name);
	assert_int_equal(f->recent.count, RECENT_MAX);
}

/* On a disk that comes back, it is there again. */
static void test_what_is_gone(void **state)
{
	struct fixture *f = *state;
	struct errbuf err = {0};
	assert_int_equal(add(f, "a"), OK);
	assert_int_equal(add(f, "b"), OK);
	assert_int_equal(unlink(path_of(f, "b")), 0);
	assert_recent(f, 0, "a");
	assert_int_equal(f->recent.count, 1);
	assert_int_equal(add(f, "c"), OK);
	assert_int_equal(store_create(path_of(f, "b"), "x", 1, &err), OK);
	assert_recent(f, 1, "b");
	assert_int_equal(f->recent.count, 3);
	assert_int_equal(recent_add(f->state, path_of(f, "missing"), &err), ERR_FILE);
}

static void test_strange_names_and_a_spoilt_list(void **state)
{
	static const char text[] = "relative\n\n/\xFF\n/dev/null\nno end";
	struct fixture *f = *state;
	char path[STORE_PATH_MAX];
	struct errbuf err = {0};
	assert_int_equal(add(f, "two\nlines"), ERR_FILE);
	assert_int_equal(store_make_folder(f->state, &err), OK);
	assert_int_equal(store_join(path, f->state, "recent", &err), OK);
	assert_int_equal(store_save(path, text, sizeof text - 1, &err), OK);
	recent_load(&f->recent, f->state);
	assert_int_equal(f->recent.count, 1);
	assert_string_equal(f->recent.paths[0], "/dev/null");
}

/* --- boards --- */

static struct recent_sources *sources_of(const struct fixture *f)
{
	static struct recent_sources sources;
	recent_sources_load(&sources, f->state);
	return &sources;
}

static void test_boards_newest_first_and_once(void **state)
{
	struct fixture *f = *state;
	struct errbuf err = {0};
	assert_int_equal(sources_of(f)->count, 0);
	assert_int_equal(recent_source_add(f->state, "demo:blank", false, false, &err), OK);
	assert_int_equal(recent_source_add(f->state, "uart:/dev/ttyUSB0", true, false, &err), OK);
	assert_int_equal(recent_source_add(f->state, "demo:blank", false, false, &err), OK);
	struct recent_sources *sources = sources_of(f);
	assert_int_equal(sources->count, 2);
	assert_string_equal(sources->items[0].text, "demo:blank");
	assert_false(sources->items[0].is_real);
	assert_string_equal(sources->items[1].text, "uart:/dev/ttyUSB0");
	assert_true(sources->items[1].is_real);
	/* They are no images. */
	recent_load(&f->recent, f->state);
	assert_int_equal(f->recent.count, 0);
	assert_int_equal(recent_source_add(NULL, "demo", false, false, &err), ERR_FILE);
}

/* Found from any folder; what is no file's name stays as it is. */
static void test_files_behind_boards(void **state)
{
	struct fixture *f = *state;
	struct errbuf err = {0};
	char before[STORE_PATH_MAX], expected[STORE_PATH_MAX + 64];
	assert_non_null(getcwd(before, sizeof before));
	assert_int_equal(store_create(path_of(f, "blank"), "x", 1, &err), OK);
	assert_int_equal(chdir(f->folder), 0);
	assert_int_equal(recent_source_add(f->state, "demo:blank", false, false, &err), OK);
	assert_int_equal(recent_source_add(f->state, "sim:blank,uart", false, true, &err), OK);
	assert_int_equal(recent_source_add(f->state, "sim:gone", false, true, &err), OK);
	assert_int_equal(chdir(before), 0);
	struct recent_sources *sources = sources_of(f);
	assert_int_equal(sources->count, 3);
	assert_string_equal(sources->items[0].text, "sim:gone");
	char *folder = realpath(f->folder, NULL);
	assert_non_null(folder);
	snprintf(expected, sizeof expected, "sim:%s/blank,uart", folder);
	free(folder);
	assert_string_equal(sources->items[1].text, expected);
	assert_string_equal(sources->items[2].text, "demo:blank");
}

static void test_a_spoilt_list_of_boards(void **state)
{
	static const char text[] =
		"\nreal\nsimulated \nother demo\nreal dfu\nsimulated dfu\n/x\nno";
	struct fixture *f = *state;
	char path[STORE_PATH_MAX];
	struct errbuf err = {0};
	assert_int_equal(store_make_folder(f->state, &err), OK);
	assert_int_equal(store_join(path, f->state, "sources", &err), OK);
	assert_int_equal(store_save(path, text, sizeof text - 1, &err), OK);
	struct recent_sources *sources = sources_of(f);
	assert_int_equal(sources->count, 1);
	assert_string_equal(sources->items[0].text, "dfu");
	assert_true(sources->items[0].is_real);
	assert_int_equal(recent_source_add(f->state, "a\nb", false, false, &err), OK);
	assert_int_equal(sources_of(f)->count, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_newest_first_and_once, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_only_so_many, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_what_is_gone, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			test_strange_names_and_a_spoilt_list, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			test_boards_newest_first_and_once, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_files_behind_boards, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_spoilt_list_of_boards, set_up, tear_down),
	};
	return cmocka_run_group_tests_name("what was used last", tests, NULL, NULL);
}
