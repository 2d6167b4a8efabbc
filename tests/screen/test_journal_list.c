/* The journal in the screen: which burns are listed, how they ended, one in full. */
#include "tests/support/drawn.h"
#include "tests/support/scratch.h"

#include "src/store.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[SCRATCH_MAX];
static struct journal journal;

static int set_up(void **state)
{
	int status = drawn_set_up(state);
	struct drawn *f = *state;
	struct errbuf err = {0};
	scratch_make(folder);
	f->environment.session.source.state_folder = folder;
	assert_int_equal(journal_open(&journal, folder, SOURCE_SIMULATED, &err), OK);
	return status;
}

static int tear_down(void **state)
{
	scratch_remove(folder);
	return drawn_tear_down(state);
}

/* A burn of 0x5EC2E700 into words 57, 58 and `word`; without an end for now. */
static struct journal_intent *burns(const char *board, unsigned word)
{
	static struct journal_intent intent;
	struct image image;
	struct errbuf err = {0};
	fixture_plain(&image);
	intent = (struct journal_intent){.pass = PASS_VALUES, .pass_count = 1, .word_count = 3};
	snprintf(intent.board, sizeof intent.board, "%s", board);
	snprintf(intent.fingerprint, sizeof intent.fingerprint, "0123456789abcdef");
	snprintf(intent.chip, sizeof intent.chip, "stm32mp15");
	for (size_t i = 0; i < 3; i++)
		intent.words[i] = (struct journal_word){.word = i < 2 ? 57 + (unsigned)i : word,
			.before_known = true,
			.request_value = 0x5EC2E700};
	assert_int_equal(journal_write_intent(&journal, &intent, &image, &err), OK);
	return &intent;
}

static void ends(
	const struct journal_intent *intent, enum commit_verdict verdict, enum journal_end end)
{
	struct errbuf err = {0};
	struct word_result results[3];
	for (size_t i = 0; i < 3; i++)
		results[i] = (struct word_result){
			.word = intent->words[i].word, .verdict = VERDICT_NOT_BURNT, .found = true};
	assert_int_equal(journal_write_outcome(&journal, intent, verdict, end, results, 3, NULL,
				 "commit", "", &err),
		OK);
}

static void test_nothing_yet(void **state)
{
	struct drawn *f = *state;
	drawn_type(f, "J");
	drawn_expect("0 burns on this simulated board");
	drawn_expect("Nothing was burnt from here.");
	drawn_type(f, "\r");
	assert_int_equal(f->app.view, VIEW_JOURNAL);
	drawn_press(f, 0, 27);
	assert_int_equal(f->app.view, VIEW_GRID);
}

static void test_newest_first(void **state)
{
	struct drawn *f = *state;
	ends(burns(DRAWN_BOARD, 70), COMMIT_VERIFIED, JOURNAL_CLOSED);
	ends(burns("another-board", 71), COMMIT_VERIFIED, JOURNAL_CLOSED);
	ends(burns(DRAWN_BOARD, 72), COMMIT_LOCKS_UNPROVED, JOURNAL_PENDING_LOCKS);
	burns(DRAWN_BOARD, 73);
	drawn_type(f, "J");
	drawn_expect("3 burns on this simulated board");
	int row = drawn_row(">s4 ");
	assert_true(row > 0);
	assert_int_equal(drawn_row("values 57-58, 73: NO KNOWN END"), row);
	assert_int_equal(drawn_row(" s3 "), row + 1);
	drawn_expect("57-58, 72: LOCKS UNPROVED, waits for reset");
	assert_int_equal(drawn_row(" s1 "), row + 2);
	drawn_expect("57-58, 70: VERIFIED");
	drawn_expect_not(" 71:");
	drawn_press(f, 0, '\t');
	drawn_expect("4 burns on simulated boards");
	drawn_expect("..er-board values 57-58, 71: VERIFIED");
	drawn_expect("..34383330 values 57-58, 70: VERIFIED");
}

static void test_one_in_full(void **state)
{
	struct drawn *f = *state;
	ends(burns(DRAWN_BOARD, 60), COMMIT_REFUSED, JOURNAL_CLOSED);
	burns(DRAWN_BOARD, 73);
	drawn_type(f, "Jj");
	drawn_expect(">s1 ");
	drawn_type(f, "\r");
	drawn_expect("s1 20");
	drawn_expect("5EC2E700");
	drawn_expect("not burnt");
	drawn_press(f, KEY_NPAGE, 0);
	/* Word 60 may be a secret; 57 and 58 are no secret. */
	drawn_expect("word 60");
	drawn_expect("masked");
	drawn_press(f, KEY_END, 0);
	drawn_expect("0123456789abcdef");
	drawn_press(f, 0, 27);
	drawn_expect(">s1 ");
	drawn_press(f, 0, 27);
	assert_int_equal(f->app.view, VIEW_GRID);
}

/* What was under the cursor stays there when a burn is added. */
static void test_cursor_stays(void **state)
{
	struct drawn *f = *state;
	burns(DRAWN_BOARD, 70);
	burns(DRAWN_BOARD, 71);
	drawn_type(f, "JG");
	drawn_expect(">s1 ");
	drawn_press(f, 0, 27);
	burns(DRAWN_BOARD, 72);
	drawn_type(f, "J");
	drawn_expect(" s3 ");
	drawn_expect(">s1 ");
	drawn_press(f, KEY_UP, 0);
	drawn_press(f, KEY_UP, 0);
	drawn_press(f, KEY_UP, 0);
	drawn_expect(">s3 ");
}

static void test_many_scroll(void **state)
{
	struct drawn *f = *state;
	for (unsigned i = 0; i < 30; i++)
		burns(DRAWN_BOARD, 70);
	drawn_resize(f, LAYOUT_MIN_ROWS, LAYOUT_MIN_COLUMNS);
	drawn_type(f, "J");
	drawn_expect(">s30 ");
	drawn_expect(" below ");
	drawn_press(f, KEY_END, 0);
	drawn_expect(">s1 ");
	drawn_press(f, KEY_PPAGE, 0);
	drawn_press(f, KEY_HOME, 0);
	drawn_expect(">s30 ");
}

/* All of the list goes to a file, not only what is seen. */
static void test_list_as_a_file(void **state)
{
	struct drawn *f = *state;
	char before[4096];
	uint8_t *text;
	size_t length;
	struct errbuf err = {0};
	for (unsigned i = 0; i < 60; i++)
		burns(DRAWN_BOARD, 70);
	assert_non_null(getcwd(before, sizeof before));
	assert_int_equal(chdir(folder), 0);
	drawn_type(f, "JE");
	enum status status = store_read(&text, &length, "otpedit-1.txt", 100000, &err);
	assert_int_equal(chdir(before), 0);
	assert_int_equal(status, OK);
	assert_non_null(strstr((char *)text, "60 burns on this simulated board"));
	assert_non_null(strstr((char *)text, "\n>s60 "));
	assert_non_null(strstr((char *)text, "\n s2 "));
	assert_non_null(strstr((char *)text, "\n s1 "));
	free(text);
}

static void test_damage_is_told(void **state)
{
	struct drawn *f = *state;
	char path[STORE_PATH_MAX + 32];
	struct errbuf err = {0};
	burns(DRAWN_BOARD, 70);
	snprintf(path, sizeof path, "%s/journal.jsonl", journal.folder);
	assert_int_equal(store_append_line(path, "\x1b[2J no record", &err), OK);
	drawn_type(f, "J");
	drawn_expect("1 line of the journal in");
	drawn_expect(">s1 ");
}

/* --- beside the screen's thread --- */

static void takes_until_it_is_read(struct drawn *f)
{
	struct worker_event event;
	for (int i = 0; i < 500 && f->app.journal.is_reading; i++) {
		struct pollfd ready = {.fd = worker_fd(f->app.worker), .events = POLLIN};
		poll(&ready, 1, 100);
		while (worker_next(f->app.worker, &event))
			app_event(&f->app, &event);
	}
	assert_false(f->app.journal.is_reading);
	drawn_draw(f);
}

static void test_read_while_the_screen_goes_on(void **state)
{
	static const struct source_ops *const no_sources[] = {NULL};
	struct drawn *f = *state;
	struct session_options options = {.sources = no_sources};
	ends(burns(DRAWN_BOARD, 70), COMMIT_VERIFIED, JOURNAL_CLOSED);
	f->app.worker = worker_start(NULL, &options);
	assert_non_null(f->app.worker);
	/* No event is taken meanwhile, however quick it is. */
	drawn_type(f, "J");
	drawn_expect("Reading the journal ...");
	drawn_type(f, "E");
	drawn_expect("still being read");
	takes_until_it_is_read(f);
	drawn_expect("1 burn on this simulated board");
	/* While it is read again, what was there stays to be seen. */
	burns(DRAWN_BOARD, 73);
	drawn_press(f, 0, 27);
	drawn_type(f, "J");
	drawn_expect("1 burn on this simulated board");
	takes_until_it_is_read(f);
	drawn_expect("2 burns on this simulated board");
	/* What was open is closed, and something of another kind is open, before it comes. */
	drawn_press(f, 0, 27);
	drawn_type(f, "J");
	f->app.session->info.source_class = SOURCE_REAL;
	takes_until_it_is_read(f);
	drawn_expect("0 burns on this board");
	worker_stop(f->app.worker);
	f->app.worker = NULL;
}

static void test_no_state_folder(void **state)
{
	struct drawn *f = *state;
	f->environment.session.source.state_folder = NULL;
	drawn_type(f, "J");
	drawn_expect("there is no state folder, so no journal");
	drawn_press(f, KEY_DOWN, 0);
	drawn_type(f, "\r");
	assert_int_equal(f->app.view, VIEW_JOURNAL);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {TEST(test_nothing_yet), TEST(test_newest_first),
		TEST(test_one_in_full), TEST(test_cursor_stays), TEST(test_many_scroll),
		TEST(test_list_as_a_file), TEST(test_damage_is_told),
		TEST(test_read_while_the_screen_goes_on), TEST(test_no_state_folder)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
