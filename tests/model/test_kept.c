/* What is staged outlives the program, for the board or image it was staged on and no other. */
#include "tests/support/demo_session.h"
#include "tests/support/fixtures.h"
#include "tests/support/scratch.h"

#include "src/kept.h"
#include "src/word_status.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define P WORD_STATUS_PERMANENT

static char folder[SCRATCH_MAX];

static int set_up(void **state)
{
	(void)state;
	scratch_make(folder);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	scratch_remove(folder);
	return 0;
}

static struct edits some_edits(void)
{
	struct edits edits = {0};
	edits.word[70] = (struct edit){.sets_value = true, .value = 0x12345678, .locks = P};
	edits.word[71] = (struct edit){.locks = P};
	return edits;
}

static void path_of(char out[STORE_PATH_MAX], const struct session *session)
{
	struct errbuf err = {0};
	assert_int_equal(kept_path(out, folder, session, &err), OK);
}

static void test_kept_and_found_again(void **state)
{
	(void)state;
	char path[STORE_PATH_MAX];
	struct edits edits = some_edits(), found;
	struct errbuf err = {0};
	struct stat about;
	struct session *session = demo_session_open(folder, "demo:blank", true);
	path_of(path, session);
	assert_int_equal(kept_load(&found, path, session, &err), OK);
	assert_int_equal(edits_count(&found), 0);
	assert_int_equal(kept_save(path, &edits, session, &err), OK);
	assert_int_equal(stat(path, &about), 0);
	assert_int_equal(about.st_mode & 0777, 0600);
	assert_int_equal(kept_load(&found, path, session, &err), OK);
	assert_int_equal(edits_count(&found), 2);
	assert_true(found.word[70].sets_value);
	assert_int_equal(found.word[70].value, 0x12345678);
	assert_int_equal(found.word[70].locks, P);
	assert_false(found.word[71].sets_value);
	assert_int_equal(found.word[71].locks, P);
	/* Nothing staged: nothing kept. */
	edits = (struct edits){0};
	assert_int_equal(kept_save(path, &edits, session, &err), OK);
	assert_false(store_exists(path));
	assert_int_equal(kept_save(path, &edits, session, &err), OK);
	session_close(session);
}

static void test_what_is_so_already_is_left_out(void **state)
{
	(void)state;
	char path[STORE_PATH_MAX];
	struct edits edits = some_edits(), found;
	struct errbuf err = {0};
	struct session *session = demo_session_open(folder, "demo:blank", true);
	path_of(path, session);
	assert_int_equal(kept_save(path, &edits, session, &err), OK);
	session->image.value[70] = 0x12345678;
	session->image.status[71] = P;
	assert_int_equal(kept_load(&found, path, session, &err), OK);
	assert_int_equal(edits_count(&found), 1);
	assert_false(found.word[70].sets_value);
	assert_int_equal(found.word[70].locks, P);
	/* A value that proves nothing is no reason to leave it out. */
	session->image.status[70] = WORD_STATUS_STICKY_READ;
	assert_int_equal(kept_load(&found, path, session, &err), OK);
	assert_true(found.word[70].sets_value);
	session_close(session);
}

/* Boards of one image share an identity: what opens them tells them apart. */
static void test_each_board_has_its_own(void **state)
{
	(void)state;
	static const char *const sources[] = {"demo", "demo:blank", "demo:stm32mp25"};
	char paths[3][STORE_PATH_MAX];
	for (size_t i = 0; i < 3; i++) {
		struct session *session = demo_session_open(folder, sources[i], true);
		path_of(paths[i], session);
		session_close(session);
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(paths[i], paths[j]);
	}
	struct session *session = demo_session_open(folder, "demo", false);
	char again[STORE_PATH_MAX];
	path_of(again, session);
	assert_string_equal(again, paths[0]);
	/* A real board of the same identity is another one. */
	session->info.source_class = SOURCE_REAL;
	path_of(again, session);
	assert_string_not_equal(again, paths[0]);
	session_close(session);
}

static void test_what_makes_no_sense_is_said(void **state)
{
	(void)state;
	char path[STORE_PATH_MAX];
	struct edits edits = some_edits(), found;
	struct errbuf err = {0};
	struct session *session = demo_session_open(folder, "demo:blank", true);
	path_of(path, session);
	assert_int_equal(kept_save(path, &edits, session, &err), OK);
	assert_int_equal(store_save(path, "burn it all", 11, &err), OK);
	assert_int_equal(kept_load(&found, path, session, &err), ERR_USAGE);
	assert_int_equal(edits_count(&found), 0);
	errbuf_clear(&err);
	assert_int_equal(store_save(path, "chip stm32mp25\nlock word=70\n", 28, &err), OK);
	assert_int_equal(kept_load(&found, path, session, &err), ERR_REFUSED);
	assert_int_equal(edits_count(&found), 0);
	errbuf_clear(&err);
	assert_int_equal(kept_path(path, NULL, session, &err), ERR_FILE);
	session_close(session);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_kept_and_found_again),
		TEST(test_what_is_so_already_is_left_out),
		TEST(test_each_board_has_its_own),
		TEST(test_what_makes_no_sense_is_said),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
