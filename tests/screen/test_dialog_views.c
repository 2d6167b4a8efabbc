/* Preview, confirmation and progress as views: keys in, state out, drawn without a terminal. */
#include "tests/support/fixtures.h"
#include "ui/screen/views.h"

#include "src/word_status.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BOARD "00410032-33385116-34383330"

struct fixture {
	FILE *null;
	SCREEN *screen;
	struct environment environment;
	struct app app;
	struct rect area;
	struct theme theme;
	struct point cursor;
	long long now;
};

/* The app owns its session by free(), so the chip is the test's. */
static struct chip *chip;

static int set_up(void **state)
{
	static struct fixture f;
	setlocale(LC_ALL, "C.UTF-8");
	f = (struct fixture){.area = {1, 1, 20, 76}, .now = 1000};
	use_env(FALSE); /* 80 by 24, whatever runs the tests */
	f.null = fopen("/dev/null", "r+");
	f.screen = newterm("xterm", f.null, f.null);
	assert_non_null(f.screen);
	assert_true(app_init(&f.app, &f.environment));
	chip = fixture_chip();
	struct session *session = calloc(1, sizeof *session);
	assert_non_null(session);
	fixture_plain(&session->image);
	session->has_image = true;
	session->chip = chip;
	session->journal_usable = true;
	session->info.peer = PEER_UBOOT;
	session->info.source_class = SOURCE_SIMULATED;
	snprintf(session->board, sizeof session->board, BOARD);
	f.app.session = session;
	f.app.link = LINK_UP;
	*state = &f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;
	app_free(&f->app);
	chip_free(chip);
	endwin();
	delscreen(f->screen);
	fclose(f->null);
	return 0;
}

/* As the loop does it after every key: lay out, then draw. */
static void draws(struct fixture *f)
{
	const struct view *view = view_of(f->app.view);
	werase(stdscr);
	f->cursor = (struct point){-1, -1};
	if (view->layout)
		view->layout(&f->app, &f->area);
	view->draw(&f->app, stdscr, &f->area, &f->theme, &f->cursor);
}

static void presses(struct fixture *f, int code, uint32_t character)
{
	struct key key = {.code = code, .character = character, .now_ms = f->now += 100};
	app_key(&f->app, &key);
	draws(f);
}

static void types(struct fixture *f, const char *text)
{
	for (; *text; text++)
		presses(f, 0, (unsigned char)*text);
}

static bool shows(const char *text)
{
	char row[256];
	for (int i = 0; i < LINES; i++) {
		mvwinnstr(stdscr, i, 0, row, sizeof row - 1);
		if (strstr(row, text))
			return true;
	}
	return false;
}

static void previews(struct fixture *f, unsigned word, struct edit edit)
{
	struct errbuf err = {0};
	assert_int_equal(draft_set(f->app.draft, word, &edit, &err), OK);
	assert_true(app_plan(&f->app));
	app_show(&f->app, VIEW_PREVIEW);
	draws(f);
}

static const struct edit value_and_lock = {
	.sets_value = true, .value = 0x12345678, .locks = WORD_STATUS_PERMANENT};

static void sees_all(struct fixture *f)
{
	for (int i = 0; i < 100 && !f->app.all_seen; i++)
		presses(f, KEY_NPAGE, 0);
	assert_true(f->app.all_seen);
}

static void confirms(struct fixture *f)
{
	previews(f, 70, value_and_lock);
	sees_all(f);
	types(f, "ac");
	assert_int_equal(f->app.view, VIEW_CONFIRM);
}

static void test_the_way_is_open_step_by_step(void **state)
{
	struct fixture *f = *state;
	previews(f, 70, value_and_lock);
	assert_false(f->app.all_seen);
	assert_true(shows("See all of it first"));
	types(f, "a"); /* armed, but not seen */
	types(f, "c");
	assert_int_equal(f->app.view, VIEW_PREVIEW);
	sees_all(f);
	types(f, "a"); /* seen, but no longer armed */
	assert_true(shows("a arms it"));
	types(f, "c");
	assert_int_equal(f->app.view, VIEW_PREVIEW);
	types(f, "a");
	assert_true(shows("c goes on to the confirmation"));
	types(f, "c");
	assert_int_equal(f->app.view, VIEW_CONFIRM);
	assert_true(shows("burn 70 on 3330"));
}

static void test_jumping_to_the_end_is_not_seeing(void **state)
{
	struct fixture *f = *state;
	f->area.rows = 10;
	previews(f, 70, value_and_lock);
	presses(f, KEY_END, 0);
	assert_false(f->app.all_seen);
	assert_true(shows("jumped over"));
	presses(f, KEY_HOME, 0);
	sees_all(f);
}

/* Whatever hinders, 'c' leads nowhere and the reason is on the screen. */
static void assert_hindered(struct fixture *f, const char *reason)
{
	draws(f);
	assert_true(shows(reason));
	types(f, "c");
	assert_int_equal(f->app.view, VIEW_PREVIEW);
}

static void test_what_hinders(void **state)
{
	struct fixture *f = *state;
	previews(f, 70, value_and_lock);
	sees_all(f);
	types(f, "a");
	f->app.session->journal_usable = false;
	assert_hindered(f, "No journal can be kept");
	f->app.session->journal_usable = true;
	f->app.link = LINK_BUSY;
	assert_hindered(f, "busy or lost");
	f->app.link = LINK_OFFLINE;
	assert_hindered(f, "An image file is never burnt");
	f->app.link = LINK_UP;
	f->app.session->arming.read_only = true;
	assert_hindered(f, "This run is read-only");
	f->app.session->arming.read_only = false;
	snprintf(f->app.session->arming.board, sizeof f->app.session->arming.board, "another");
	assert_hindered(f, "a arms it");
}

static void test_a_refused_plan_stays_in_the_preview(void **state)
{
	struct fixture *f = *state;
	f->app.session->image.value[70] = 1;
	previews(f, 70, value_and_lock);
	sees_all(f);
	types(f, "a");
	assert_hindered(f, "Refused: nothing of it can be burnt");
}

static void test_another_plan_is_seen_anew(void **state)
{
	struct fixture *f = *state;
	previews(f, 70, value_and_lock);
	sees_all(f);
	previews(f, 71, value_and_lock);
	assert_false(f->app.all_seen);
}

static void test_leaving_the_confirmation(void **state)
{
	struct fixture *f = *state;
	confirms(f);
	types(f, "burn 70 on 3330");
	assert_true(shows("Enter burns now"));
	assert_true(f->cursor.row >= 0);
	presses(f, 0, 27);
	assert_int_equal(f->app.view, VIEW_PREVIEW);
	assert_false(f->app.confirm_open);
	assert_non_null(strstr(f->app.message, "nothing was burnt"));
	/* The typed phrase is gone, and everything has to be seen again. */
	assert_false(f->app.all_seen);
	sees_all(f);
	types(f, "c");
	assert_string_equal(f->app.confirm.phrase.text, "");
}

static void test_typing_and_erasing(void **state)
{
	struct fixture *f = *state;
	confirms(f);
	types(f, "burn 7x");
	assert_true(shows("That is not the phrase"));
	presses(f, KEY_BACKSPACE, 0);
	presses(f, 0, 0x7F);
	presses(f, 0, '\b');
	assert_string_equal(f->app.confirm.phrase.text, "burn");
	presses(f, KEY_PASTE_BEGIN, 0);
	types(f, " 70 on 3330");
	presses(f, KEY_PASTE_END, 0);
	assert_string_equal(f->app.confirm.phrase.text, "burn");
	assert_true(shows("Pasted text is not taken"));
	presses(f, 0, '\r');
	assert_int_equal(f->app.view, VIEW_CONFIRM);
}

static void test_confirming_ends_the_arming(void **state)
{
	struct fixture *f = *state;
	confirms(f);
	types(f, "burn 70 on 3330");
	/* Without a worker there is nobody to carry it out: nothing burns, and it says so. */
	presses(f, 0, '\r');
	assert_int_equal(f->app.view, VIEW_PREVIEW);
	assert_false(f->app.session->arming.armed);
	assert_non_null(strstr(f->app.message, "nothing was burnt"));
}

static void test_passing_asks_y(void **state)
{
	struct fixture *f = *state;
	/* A service that honours locks until reset. */
	f->app.session->info.peer = PEER_PRGFW;
	previews(f, 80, (struct edit){.locks = WORD_STATUS_STICKY_PROGRAM});
	assert_int_equal(f->app.plan->danger, CLASS_PASSING);
	assert_true(shows("PASSING"));
	assert_false(shows("!!"));
	sees_all(f);
	types(f, "ac");
	assert_int_equal(f->app.view, VIEW_CONFIRM);
	presses(f, 0, '\r');
	assert_int_equal(f->app.view, VIEW_CONFIRM);
	types(f, "y");
	assert_true(shows("Enter sets the locks now"));
}

static void test_small_areas_draw_nothing_wild(void **state)
{
	struct fixture *f = *state;
	confirms(f);
	for (int rows = 1; rows < 24; rows++)
		for (int columns = 1; columns < 80; columns += 13) {
			f->area = (struct rect){0, 0, rows, columns};
			draws(f);
		}
	f->area = (struct rect){0, 0, 6, 40};
	draws(f);
	types(f, "burn 70 on 3330");
	presses(f, 0, '\r');
	assert_int_equal(f->app.view, VIEW_CONFIRM);
	assert_true(shows("Too small"));
}

static void test_progress_is_stopped_only_once_asked(void **state)
{
	struct fixture *f = *state;
	previews(f, 70, value_and_lock);
	app_show(&f->app, VIEW_PROGRESS);
	progress_note(&f->app.progress, COMMIT_STAGE_STAGE, 0, 2);
	draws(f);
	assert_true(shows("Esc stops it: nothing is burnt yet"));
	assert_true(shows("point of no return"));
	types(f, "q");
	presses(f, 0, 26); /* ^Z */
	assert_int_equal(f->app.view, VIEW_PROGRESS);
	assert_false(f->app.suspend);
	assert_false(f->app.progress.cancel_asked);
	presses(f, 0, 27);
	assert_true(f->app.progress.cancel_asked);
	assert_int_equal(f->app.view, VIEW_PROGRESS);
	progress_note(&f->app.progress, COMMIT_STAGE_BURN, 0, 2);
	draws(f);
	assert_true(shows("Too late to stop this pass"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_the_way_is_open_step_by_step),
		TEST(test_jumping_to_the_end_is_not_seeing),
		TEST(test_what_hinders),
		TEST(test_a_refused_plan_stays_in_the_preview),
		TEST(test_another_plan_is_seen_anew),
		TEST(test_leaving_the_confirmation),
		TEST(test_typing_and_erasing),
		TEST(test_confirming_ends_the_arming),
		TEST(test_passing_asks_y),
		TEST(test_small_areas_draw_nothing_wild),
		TEST(test_progress_is_stopped_only_once_asked),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
