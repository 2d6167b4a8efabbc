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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_newest_first_and_once, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_only_so_many, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_what_is_gone, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			test_strange_names_and_a_spoilt_list, set_up, tear_down),
	};
	return cmocka_run_group_tests_name("images used last", tests, NULL, NULL);
}
