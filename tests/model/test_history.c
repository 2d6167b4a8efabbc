/* Lines kept between runs: their order and number, what other runs add, what is left out. */
#include "src/history.h"

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

#define NAME "lines"

struct fixture {
	char folder[SCRATCH_MAX], state[SCRATCH_MAX + 16], file[SCRATCH_MAX + 32];
	struct history history;
};

static int set_up(void **state)
{
	static struct fixture f;
	f = (struct fixture){.folder = ""};
	scratch_make(f.folder);
	snprintf(f.state, sizeof f.state, "%s/state", f.folder);
	snprintf(f.file, sizeof f.file, "%s/" NAME, f.state);
	*state = &f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;
	history_free(&f->history);
	scratch_remove(f->folder);
	return 0;
}

static void save(const struct fixture *f, const struct history *history)
{
	struct errbuf err = {0};
	if (history_save(history, f->state, NAME, &err) != OK)
		fail_msg("%s", err.text);
}

static void load(struct fixture *f)
{
	history_free(&f->history);
	history_load(&f->history, f->state, NAME);
}

/* All lines, joined with '|'. */
static const char *all(const struct fixture *f)
{
	static char text[2000];
	size_t used = 0;
	text[0] = '\0';
	for (size_t i = 0; i < f->history.count; i++)
		used += (size_t)snprintf(text + used, sizeof text - used, "%s%s", i ? "|" : "",
			f->history.lines[i].text);
	return text;
}

static void test_kept_between_runs(void **state)
{
	struct fixture *f = *state;
	load(f);
	assert_int_equal(f->history.count, 0);
	history_add(&f->history, "lock word=70", false);
	history_add(&f->history, "write word=71 value=1", false);
	history_add(&f->history, "lock word=70", false);
	assert_string_equal(all(f), "write word=71 value=1|lock word=70");
	save(f, &f->history);
	load(f);
	assert_string_equal(all(f), "write word=71 value=1|lock word=70");
}

static void test_two_runs_at_once(void **state)
{
	struct fixture *f = *state;
	struct history other = {0};
	history_add(&f->history, "a", false);
	save(f, &f->history);
	load(f);
	history_load(&other, f->state, NAME);
	history_add(&other, "b", false);
	save(f, &other);
	history_free(&other);
	history_add(&f->history, "c", false);
	save(f, &f->history);
	load(f);
	assert_string_equal(all(f), "a|b|c");
}

static void test_quiet_lines_reach_no_disk(void **state)
{
	struct fixture *f = *state;
	history_add(&f->history, "=cafef00d", true);
	save(f, &f->history);
	assert_false(store_exists(f->file));
	history_add(&f->history, "70", false);
	save(f, &f->history);
	assert_string_equal(all(f), "=cafef00d|70");
	load(f);
	assert_string_equal(all(f), "70");
}

static void test_the_oldest_go(void **state)
{
	struct fixture *f = *state;
	char line[20];
	for (int i = 0; i < HISTORY_MAX + 5; i++) {
		snprintf(line, sizeof line, "%d", i);
		history_add(&f->history, line, false);
	}
	assert_int_equal(f->history.count, HISTORY_MAX);
	assert_string_equal(f->history.lines[0].text, "5");
	save(f, &f->history);
	load(f);
	assert_int_equal(f->history.count, HISTORY_MAX);
	assert_string_equal(f->history.lines[0].text, "5");
}

static void test_what_is_not_kept(void **state)
{
	struct fixture *f = *state;
	char line[HISTORY_LINE_MAX + 100];
	history_add(&f->history, "", false);
	history_add(&f->history, "two\nlines", false);
	history_add(&f->history, "\033[2J", false);
	history_add(&f->history, "not \xFF UTF-8", false);
	memset(line, 'x', sizeof line - 1);
	line[sizeof line - 1] = '\0';
	history_add(&f->history, line, false);
	assert_int_equal(f->history.count, 0);
	line[HISTORY_LINE_MAX] = '\0';
	history_add(&f->history, line, false);
	assert_int_equal(f->history.count, 1);
}

/* Somebody else may have written it. */
static void test_a_strange_file(void **state)
{
	struct fixture *f = *state;
	struct errbuf err = {0};
	static const char bytes[] = "good\n\033]0;title\007\nzero\0byte\n\xFF\xFE\nno end";
	assert_int_equal(store_make_folder(f->state, &err), OK);
	assert_int_equal(store_create(f->file, bytes, sizeof bytes - 1, &err), OK);
	load(f);
	assert_string_equal(f->history.lines[0].text, "good");
	for (size_t i = 0; i < f->history.count; i++)
		assert_null(strpbrk(f->history.lines[i].text, "\033\007\xFF"));
}

static void test_without_a_folder(void **state)
{
	struct fixture *f = *state;
	struct errbuf err = {0};
	history_load(&f->history, NULL, NAME);
	assert_int_equal(history_save(&f->history, NULL, NAME, &err), OK);
	history_add(&f->history, "x", false);
	assert_int_equal(history_save(&f->history, NULL, NAME, &err), ERR_FILE);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {TEST(test_kept_between_runs),
		TEST(test_two_runs_at_once), TEST(test_quiet_lines_reach_no_disk),
		TEST(test_the_oldest_go), TEST(test_what_is_not_kept), TEST(test_a_strange_file),
		TEST(test_without_a_folder)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
