/*
 * The board read by itself: by the worker, with a board for tests behind it; and on the screen,
 * with a file that another program writes anew.
 */
#include "tests/support/fake_device.h"
#include "tests/support/fixtures.h"
#include "tests/support/run_program.h"
#include "tests/support/terminal.h"
#include "ui/screen/live.h"
#include "ui/screen/worker.h"

#include "src/partition.h"
#include "src/word_status.h"

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

/* --- the worker --- */

static struct fake_device board; /* what "fake" opens; of the worker's thread while that runs */

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

/* Opening reads twice, each later look does: the second look finds word 71 changed, the third fails
 * for good. */
static enum status changes_then_fails(
	struct fake_device *fake, enum fake_call call, unsigned nth, struct errbuf *err)
{
	if (call == FAKE_READ && nth == 5)
		fake->fuses.value[71] = 0xAB;
	if (call == FAKE_READ && nth >= 7)
		return errbuf_set(err, ERR_LINK, "the board did not answer");
	return OK;
}

static struct worker_event next_event(struct worker *worker)
{
	struct worker_event event;
	while (!worker_next(worker, &event)) {
		struct pollfd wait = {worker_fd(worker), POLLIN, 0};
		if (poll(&wait, 1, 20000) <= 0)
			fail_msg("the worker tells nothing");
	}
	return event;
}

static void test_the_worker_reads_until_a_read_fails(void **state)
{
	(void)state;
	struct run_home home;
	struct image image;
	struct session_options options = {.sources = sources};
	run_home_make(&home);
	options.source.state_folder = home.folder;
	fixture_plain(&image);
	fake_device_init(&board, &image);
	board.hook = changes_then_fails;
	struct worker *worker = worker_start("fake", &options);
	assert_non_null(worker);
	struct worker_event event = next_event(worker);
	assert_int_equal(event.kind, EVENT_DONE);
	free(event.session);

	worker_live(worker, true);
	event = next_event(worker);
	assert_int_equal(event.kind, EVENT_LIVE);
	assert_int_equal(event.status, OK);
	assert_int_equal(event.session->image.value[71], 0);
	free(event.session);
	event = next_event(worker);
	assert_int_equal(event.kind, EVENT_LIVE);
	assert_int_equal(event.session->image.value[71], 0xAB);
	free(event.session);
	event = next_event(worker);
	assert_int_equal(event.kind, EVENT_LIVE);
	assert_int_equal(event.status, ERR_LINK);
	assert_null(event.session);
	assert_string_equal(event.error.text, "the board did not answer");
	/* What was on the way when it was turned off is still told, and nothing after it. */
	worker_live(worker, false);
	assert_true(worker_read(worker));
	event = next_event(worker);
	assert_int_equal(event.kind, EVENT_FAILED);
	assert_int_equal(event.job, JOB_READ);
	free(event.session);
	worker_stop(worker);
	/* Two for opening, four that went well, one that failed by itself and one by request. */
	assert_int_equal(board.calls[FAKE_READ], 8);
	assert_int_equal(board.calls[FAKE_STAGE] + board.calls[FAKE_BURN], 0);
	run_home_remove(&home);
}

/* As the screen does: it asks for it at every turn of its loop, long before it has seen what went
 * wrong. */
static void test_a_failure_has_to_be_seen_before_more_is_read(void **state)
{
	(void)state;
	struct run_home home;
	struct image image;
	struct session_options options = {.sources = sources};
	run_home_make(&home);
	options.source.state_folder = home.folder;
	fixture_plain(&image);
	fake_device_init(&board, &image);
	board.hook = changes_then_fails;
	struct worker *worker = worker_start("fake", &options);
	struct worker_event event = next_event(worker);
	free(event.session);
	worker_live(worker, true);
	/* Two that go well, and one that does not; none of them is taken yet. */
	for (unsigned told = 0; told < 3;) {
		struct pollfd wait = {worker_fd(worker), POLLIN, 0};
		char byte;
		if (poll(&wait, 1, 20000) <= 0)
			fail_msg("the worker tells nothing");
		told += read(worker_fd(worker), &byte, 1) == 1 ? 1 : 0;
	}
	worker_live(worker, true);
	struct pollfd wait = {worker_fd(worker), POLLIN, 0};
	assert_int_equal(poll(&wait, 1, 3 * WORKER_LIVE_MS / 2), 0);
	worker_stop(worker);
	assert_int_equal(board.calls[FAKE_READ], 7);
	run_home_remove(&home);
}

/* --- when it is wanted --- */

static void test_it_rests_from_preview_to_result(void **state)
{
	(void)state;
	static const enum view_id resting[] = {
		VIEW_PREVIEW, VIEW_CONFIRM, VIEW_PROGRESS, VIEW_RESULT, VIEW_LOST, VIEW_POWER};
	static const enum view_id reading[] = {VIEW_GRID, VIEW_DETAIL, VIEW_EDIT, VIEW_BITS,
		VIEW_LOCKS, VIEW_STAGED, VIEW_NEWS, VIEW_QUIT};
	static struct environment environment;
	struct app app;
	struct session session = {.has_image = true};
	assert_true(app_init(&app, &environment));
	app.session = &session;
	app.link = LINK_UP;
	assert_false(live_is_wanted(&app));
	app.live = true;
	for (size_t i = 0; i < sizeof resting / sizeof resting[0]; i++) {
		app.view = resting[i];
		assert_false(live_is_wanted(&app));
		app.view = VIEW_HELP;
		app.help_from = resting[i];
		assert_false(live_is_wanted(&app));
	}
	for (size_t i = 0; i < sizeof reading / sizeof reading[0]; i++) {
		app.view = reading[i];
		assert_true(live_is_wanted(&app));
	}
	app.link = LINK_LOST;
	assert_false(live_is_wanted(&app));
	app.link = LINK_UP;
	session.is_shut = true;
	assert_false(live_is_wanted(&app));
	session.is_shut = false;
	session.has_image = false;
	assert_false(live_is_wanted(&app));
	app.session = NULL;
	assert_false(live_is_wanted(&app));
	app_free(&app);
}

/* Another board may answer by now. */
static void test_a_failure_disarms(void **state)
{
	(void)state;
	static struct environment environment;
	struct app app;
	struct session session = {.has_image = true};
	struct worker_event event = {.kind = EVENT_LIVE, .status = ERR_REFUSED};
	struct errbuf err = {0};
	assert_true(app_init(&app, &environment));
	app.session = &session;
	app.link = LINK_UP;
	app.live = true;
	assert_int_equal(arming_arm(&session.arming, "serial:1", &err), OK);
	snprintf(event.error.text, sizeof event.error.text, "another board answers");
	app_event(&app, &event);
	assert_false(session.arming.armed);
	assert_false(app.live);
	assert_non_null(strstr(app.message, "another board answers"));
	app.session = NULL;
	app_free(&app);
}

/* --- the screen --- */

struct fixture {
	struct run_home home;
	struct terminal *terminal;
};

static int set_up(void **state)
{
	static struct fixture fixture;
	fixture = (struct fixture){0};
	run_home_make(&fixture.home);
	*state = &fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;
	terminal_free(fixture->terminal);
	run_home_remove(&fixture->home);
	return 0;
}

static struct terminal *opens(struct fixture *f, const char *source)
{
	const char *const argv[] = {OTPEDIT_PROGRAM, source, "--trace", "trace", NULL};
	struct terminal_options options = {.columns = 80, .rows = 24, .folder = f->home.folder};
	f->terminal = terminal_start(&options, argv);
	terminal_expect(f->terminal, "last read");
	return f->terminal;
}

/* Where reads are harmless it begins by itself; U-Boot's service is asked on request only. */
static void test_each_service_has_its_default(void **state)
{
	struct fixture *f = *state;
	struct terminal *t = opens(f, "demo:stm32mp25,peer=prgfw");
	terminal_expect(t, "live, last read");
	terminal_type(t, "W");
	terminal_expect_gone(t, "live, last read");
	terminal_free(t);
	t = opens(f, "demo");
	assert_false(terminal_shows(t, "live, last read"));
	terminal_type(t, "W");
	terminal_expect(t, "power cycle");
	terminal_key(t, TERMINAL_DOWN);
	terminal_expect(t, "live, last read");
	terminal_type(t, "W");
	terminal_expect_gone(t, "live, last read");
}

/* The trace of what is said to the board goes on though no key is pressed. */
static void test_the_board_is_read_with_no_key_pressed(void **state)
{
	struct fixture *f = *state;
	opens(f, "demo,peer=prgfw");
	size_t before, now;
	free(run_read_file(&before, &f->home, "trace"));
	for (unsigned i = 0; i < 2 * TERMINAL_DEADLINE_MS / WORKER_LIVE_MS; i++) {
		terminal_expect(f->terminal, "live, last read");
		struct pollfd wait = {-1, 0, 0};
		free(run_read_file(&now, &f->home, "trace"));
		if (now > before)
			return;
		poll(&wait, 0, WORKER_LIVE_MS / 2);
	}
	fail_msg("nothing was said to the board");
}

static void write_image(struct fixture *f, uint32_t word_70, uint32_t word_71)
{
	struct image image;
	uint8_t bytes[PARTITION_MAX_BYTES];
	size_t length;
	struct errbuf err = {0};
	fixture_plain(&image);
	image.value[70] = word_70;
	image.value[71] = word_71;
	assert_int_equal(partition_format(bytes, sizeof bytes, &length, &image, &err), OK);
	run_write_file(&f->home, "new", bytes, length);
	/* In one go, as a program that saves carefully does. */
	char from[SCRATCH_MAX + 16], to[SCRATCH_MAX + 16];
	snprintf(from, sizeof from, "%s/new", f->home.folder);
	snprintf(to, sizeof to, "%s/board.bin", f->home.folder);
	assert_int_equal(rename(from, to), 0);
}

static void goes_to(struct terminal *t, unsigned word)
{
	terminal_key(t, TERMINAL_HOME);
	for (unsigned row = 0; row < word / 4; row++)
		terminal_key(t, TERMINAL_DOWN);
	for (unsigned column = 0; column < word % 4; column++)
		terminal_key(t, TERMINAL_RIGHT);
}

static void test_changes_are_marked_and_what_is_staged_is_checked(void **state)
{
	struct fixture *f = *state;
	write_image(f, 0, 0);
	struct terminal *t = opens(f, "board.bin");
	terminal_key(t, TERMINAL_ESCAPE); /* how the chip was told */
	terminal_expect(t, "words");
	goes_to(t, 70);
	terminal_type(t, "e1\r");
	terminal_expect(t, "70=00000001");
	terminal_type(t, "W");
	write_image(f, 0, 0xAB);
	terminal_expect(t, "000000AB~");
	terminal_expect(t, "~1 changed");
	terminal_expect(t, "changed since it was shown: word 71");
	terminal_expect(t, "70=00000001");
	/* The mark stays while nothing more changes, and the staged word is looked at anew. */
	write_image(f, 0x80, 0xAB);
	terminal_expect(t, "1 of what is staged is refused now: word");
	/* It stays until it can have been read. */
	for (int i = 0; i < 400 && !terminal_shows(t, "~2 changed"); i++)
		terminal_key(t, i % 2 ? TERMINAL_RIGHT : TERMINAL_LEFT);
	terminal_expect(t, "~2 changed");
	terminal_expect(t, "000000AB~");
	terminal_expect(t, "70=00000001");
	terminal_type(t, "v");
	terminal_expect(t, "refused now:");
	terminal_key(t, TERMINAL_ESCAPE);
	/* A person's own read takes the marks away. */
	terminal_type(t, "r");
	terminal_expect(t, "both times the same");
	terminal_expect_gone(t, "changed  ");
	/* What cannot be read ends it, and is told until it is read. */
	run_write_text(&f->home, "board.bin", "no image");
	terminal_expect(t, "not read by itself any more");
	terminal_expect_gone(t, "live, ");
	terminal_expect(t, "000000AB");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_worker_reads_until_a_read_fails),
		cmocka_unit_test(test_a_failure_has_to_be_seen_before_more_is_read),
		cmocka_unit_test(test_it_rests_from_preview_to_result),
		cmocka_unit_test(test_a_failure_disarms),
		TEST(test_each_service_has_its_default),
		TEST(test_the_board_is_read_with_no_key_pressed),
		TEST(test_changes_are_marked_and_what_is_staged_is_checked),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
