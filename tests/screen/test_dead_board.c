/*
 * While a board keeps the worker waiting, nothing on the screen waits for it: every key does what
 * it does at once, or says that the board is busy, and drawing costs next to nothing.
 */
#include "tests/support/drawn.h"
#include "tests/support/fake_device.h"
#include "tests/support/scratch.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define MOVES        300
#define FRAME_MICROS 16000 /* a frame at 60 Hz */

static struct fake_device board; /* of the worker's thread while that runs */
static int gate[2];              /* a read of the board waits for a byte, or the end of it */
static int waits[2];             /* and says so */
static char folder[SCRATCH_MAX], home[4096];

static bool fake_claims(const char *text)
{
	return strcmp(text, "fake") == 0;
}

static enum status fake_open(struct device **out, const char *text,
	const struct source_options *options, struct errbuf *err)
{
	(void)text;
	(void)options;
	(void)err;
	*out = &board.device;
	return OK;
}

static const struct source_ops fake_source = {
	.name = "fake", .help = "a board for tests", .claims = fake_claims, .open = fake_open};
static const struct source_ops *const sources[] = {&fake_source, NULL};

/* Opening reads twice; from then on nobody answers until the gate is opened. */
static enum status waits_at_the_gate(
	struct fake_device *fake, enum fake_call call, unsigned nth, struct errbuf *err)
{
	char byte;
	(void)fake;
	if (call != FAKE_READ || nth < 3)
		return OK;
	assert_int_equal(write(waits[1], "w", 1), 1);
	(void)!read(gate[0], &byte, 1);
	return errbuf_set(err, ERR_LINK, "the board did not answer");
}

static int set_up(void **state)
{
	drawn_set_up(state);
	struct drawn *f = *state;
	struct image image;
	scratch_make(folder);
	assert_non_null(getcwd(home, sizeof home));
	assert_int_equal(chdir(folder), 0);
	assert_int_equal(pipe(gate), 0);
	assert_int_equal(pipe(waits), 0);
	fixture_plain(&image);
	fake_device_init(&board, &image);
	board.hook = waits_at_the_gate;
	f->environment.session.sources = sources;
	f->environment.session.source.state_folder = folder;
	free(f->app.session);
	f->app.session = NULL;
	f->app.worker = worker_start("fake", &f->environment.session);
	assert_non_null(f->app.worker);
	return 0;
}

static int tear_down(void **state)
{
	struct drawn *f = *state;
	close(gate[1]); /* whoever waits there goes on */
	worker_stop(f->app.worker);
	f->app.worker = NULL;
	close(gate[0]);
	close(waits[0]);
	close(waits[1]);
	assert_int_equal(chdir(home), 0);
	scratch_remove(folder);
	return drawn_tear_down(state);
}

static void take_events(struct drawn *f)
{
	struct worker_event event;
	struct pollfd ready = {worker_fd(f->app.worker), POLLIN, 0};
	assert_true(poll(&ready, 1, 20000) > 0);
	while (worker_next(f->app.worker, &event))
		app_event(&f->app, &event);
	drawn_draw(f);
}

/* The board is open, a person asks for a read, and nobody answers. */
static void reads_in_vain(struct drawn *f)
{
	char byte;
	while (!f->app.session)
		take_events(f);
	f->app.view = VIEW_GRID;
	drawn_draw(f);
	drawn_type(f, "r");
	assert_int_equal(f->app.link, LINK_BUSY);
	assert_int_equal(read(waits[0], &byte, 1), 1);
}

static void is_back_in_the_grid(struct drawn *f)
{
	for (int i = 0; i < 5 && f->app.view != VIEW_GRID; i++)
		drawn_press(f, 0, 27);
	assert_int_equal(f->app.view, VIEW_GRID);
	f->app.quit = f->app.suspend = false;
}

/* A key that waited would wait for ever: the gate is shut. */
static void test_no_key_waits_for_the_board(void **state)
{
	struct drawn *f = *state;
	const struct key_binding *row;
	reads_in_vain(f);
	for (size_t i = 0; (row = keymap_row(&f->app.keys, KEYS_GRID, i)) != NULL; i++) {
		drawn_press(f, row->code, row->character);
		is_back_in_the_grid(f);
	}
	drawn_type(f, "oy");
	drawn_expect("the board is busy");
	assert_non_null(f->app.session);
	assert_true(worker_is_busy(f->app.worker));
}

/* What is staged meanwhile is there when the board has not answered in the end. */
static void test_staging_goes_on(void **state)
{
	struct drawn *f = *state;
	reads_in_vain(f);
	drawn_type(f, ":lock word=70\r");
	drawn_expect("staged: word 70");
	drawn_type(f, "p");
	drawn_expect("Fingerprint");
	drawn_press(f, 0, 27);
	assert_int_equal(write(gate[1], "g", 1), 1);
	take_events(f);
	drawn_expect("the board did not answer");
	assert_int_equal(edits_count(draft_edits(f->app.draft)), 1);
}

static int compare(const void *a, const void *b)
{
	const long *first = a, *second = b;
	return (*first > *second) - (*first < *second);
}

/* Of the processor's time: the computer may be busy with something else. */
static void test_99_of_100_keys_are_drawn_within_a_frame(void **state)
{
	struct drawn *f = *state;
	static long micros[MOVES];
	static const int keys[] = {KEY_RIGHT, KEY_DOWN, KEY_NPAGE, KEY_LEFT, KEY_UP, KEY_PPAGE};
	reads_in_vain(f);
	for (size_t i = 0; i < MOVES; i++) {
		clock_t begun = clock();
		drawn_press(f, keys[i % 6], 0);
		refresh();
		micros[i] = (long)((clock() - begun) * (1000000 / CLOCKS_PER_SEC));
	}
	qsort(micros, MOVES, sizeof micros[0], compare);
	assert_true(micros[MOVES * 99 / 100 - 1] < FRAME_MICROS);
	assert_true(worker_is_busy(f->app.worker));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_no_key_waits_for_the_board),
		TEST(test_staging_goes_on),
		TEST(test_99_of_100_keys_are_drawn_within_a_frame),
	};
	return cmocka_run_group_tests_name("a board that does not answer", tests, NULL, NULL);
}
