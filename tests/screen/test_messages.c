/* How long what is said stays: what went wrong until it can have been read, the rest fades. */
#include "tests/support/drawn.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

static void test_what_went_wrong_stays_until_it_can_have_been_read(void **state)
{
	struct drawn *f = *state;
	f->app.now_ms = f->now;
	app_say(&f->app, TONE_ERROR, "the board is gone");
	/* Keys that were on their way, 100 ms after one another. */
	drawn_type(f, "jjkk");
	drawn_expect("the board is gone");
	f->now += APP_READ_MS;
	drawn_type(f, "j");
	drawn_expect_not("the board is gone");
}

static void test_what_comes_later_takes_its_place(void **state)
{
	struct drawn *f = *state;
	f->app.now_ms = f->now;
	app_say(&f->app, TONE_ERROR, "the board is gone");
	drawn_type(f, "n");
	drawn_expect("nothing was asked for yet");
	drawn_expect_not("the board is gone");
}

/* Another view may have no room for it. */
static void test_it_does_not_follow_into_another_view(void **state)
{
	struct drawn *f = *state;
	f->app.now_ms = f->now;
	app_say(&f->app, TONE_WARNING, "the board is busy");
	drawn_type(f, "?");
	drawn_expect_not("the board is busy");
	/* What the key itself says does. */
	drawn_press(f, 0, 27);
	drawn_type(f, ":lock word=7\r");
	drawn_expect("staged: word 7");
}

static void test_all_else_goes_with_the_next_key(void **state)
{
	struct drawn *f = *state;
	f->app.now_ms = f->now;
	app_say(&f->app, TONE_PLAIN, "the board was read");
	drawn_draw(f);
	drawn_expect("the board was read");
	drawn_type(f, "j");
	drawn_expect_not("the board was read");
}

static void test_what_only_tells_fades(void **state)
{
	static const struct source_ops *const no_sources[] = {NULL};
	struct drawn *f = *state;
	struct session_options options = {.sources = no_sources};
	f->app.worker = worker_start(NULL, &options);
	assert_non_null(f->app.worker);
	/* Until it has nothing to do any more. */
	struct worker_event event;
	bool more = true;
	while (more) {
		more = worker_is_busy(f->app.worker);
		while (worker_next(f->app.worker, &event)) {
			app_event(&f->app, &event);
			more = true;
		}
	}
	static const struct {
		enum tone tone;
		bool fades;
	} rows[] = {{TONE_PLAIN, true}, {TONE_GOOD, true}, {TONE_WARNING, false},
		{TONE_ERROR, false}, {TONE_HEADING, false}};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		f->app.now_ms = 5000;
		app_say(&f->app, rows[i].tone, "said");
		assert_int_equal(app_message_fades(&f->app), rows[i].fades ? APP_FADE_MS : -1);
		f->app.now_ms += APP_FADE_MS - 1;
		assert_int_equal(app_message_fades(&f->app), rows[i].fades ? 1 : -1);
		assert_string_equal(f->app.message, "said");
		f->app.now_ms += 1;
		assert_int_equal(app_message_fades(&f->app), rows[i].fades ? 0 : -1);
		assert_string_equal(f->app.message, rows[i].fades ? "" : "said");
	}
	assert_int_equal(app_message_fades(&f->app), -1);
	worker_stop(f->app.worker);
	f->app.worker = NULL;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, drawn_set_up, drawn_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_what_went_wrong_stays_until_it_can_have_been_read),
		TEST(test_what_comes_later_takes_its_place),
		TEST(test_it_does_not_follow_into_another_view),
		TEST(test_all_else_goes_with_the_next_key),
		TEST(test_what_only_tells_fades),
	};
	return cmocka_run_group_tests_name("what is said", tests, NULL, NULL);
}
