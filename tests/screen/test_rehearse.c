/* A rehearsal on the screen: the twin takes what is staged, and the board is as it was. */
#include "tests/support/drawn.h"
#include "tests/support/run_program.h"
#include "tests/support/terminal.h"

#include "src/rehearsal.h"
#include "src/word_status.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- without a terminal */

static void nothing_staged_is_nothing_to_rehearse(void **state)
{
	struct drawn *f = *state;
	drawn_type(f, "R");
	drawn_expect("nothing is staged that could be rehearsed");
	assert_int_equal(f->app.view, VIEW_GRID);
}

static void what_goes_wrong_is_chosen(void **state)
{
	struct drawn *f = *state;
	struct errbuf err = {0};
	struct edit edit = {.sets_value = true, .value = 5};
	assert_int_equal(draft_set(f->app.draft, 80, &edit, &err), OK);
	drawn_type(f, "R");
	drawn_expect("The 1 word staged is burnt on a simulated twin of this board");
	drawn_expect("Nothing is sent to the board itself.");
	drawn_expect("> nothing goes wrong");
	drawn_expect("  only half of word 80 burns");
	drawn_press(f, KEY_END, 0);
	drawn_expect("> the power fails just before word 80");
	drawn_type(f, "j");
	drawn_expect("> the power fails just before word 80");
	/* The word under the cursor, where something is staged for it. */
	assert_int_equal(draft_set(f->app.draft, 81, &edit, &err), OK);
	f->app.selected = 81;
	drawn_draw(f);
	drawn_expect("> the power fails just before word 81");
	drawn_press(f, 0, 27);
	assert_int_equal(f->app.view, VIEW_GRID);
}

/* A twin on which word 70 came out as predicted, and 71 did not. */
static struct rehearsal *done(void)
{
	struct rehearsal *rehearsal = calloc(1, sizeof *rehearsal);
	assert_non_null(rehearsal);
	snprintf(rehearsal->fault, sizeof rehearsal->fault, "ignores:71");
	snprintf(rehearsal->board, sizeof rehearsal->board, DRAWN_BOARD);
	snprintf(rehearsal->peer, sizeof rehearsal->peer, "U-Boot stm32prog");
	fixture_plain(&rehearsal->before);
	rehearsal->predicted = rehearsal->before;
	rehearsal->predicted.value[70] = 0x12345678;
	rehearsal->predicted.value[71] = 0x71717171;
	rehearsal->found = rehearsal->predicted;
	rehearsal->found.value[71] = 0;
	rehearsal->has_found = true;
	rehearsal->asked[70] = rehearsal->asked[71] = true;
	rehearsal->result.triggered = true;
	rehearsal->result.verdict = COMMIT_PARTIAL;
	rehearsal->start = REHEARSAL_OFFERS_OTP;
	return rehearsal;
}

static void tell(struct drawn *f, struct rehearsal *rehearsal)
{
	struct worker_event event = {
		.kind = EVENT_REHEARSED, .job = JOB_REHEARSE, .rehearsal = rehearsal};
	app_event(&f->app, &event);
	drawn_draw(f);
}

static void the_result_stands_beside_the_prediction(void **state)
{
	struct drawn *f = *state;
	f->app.view = VIEW_REHEARSE;
	tell(f, done());
	drawn_expect("REHEARSAL on a simulated twin: nothing was sent to the board");
	drawn_expect("Made so that word 71 takes nothing");
	drawn_expect("On the twin  PARTIAL");
	drawn_expect("Prediction   does NOT hold: 1 word of the twin is otherwise");
	drawn_expect("word 70   USER                  as predicted");
	drawn_press(f, KEY_END, 0);
	drawn_expect("word 71   USER                  NOT as predicted");
	drawn_expect("   predicted  71717171  locks: none");
	drawn_expect("   twin       00000000  locks: none");
	/* Nothing of it is taken for what came of a commit. */
	assert_null(f->app.result);
	assert_int_equal(f->app.session->image.value[70], 0);
	drawn_press(f, 0, 27);
	assert_int_equal(f->app.view, VIEW_GRID);
}

static void who_has_left_is_not_disturbed(void **state)
{
	struct drawn *f = *state;
	f->app.view = VIEW_CONFIRM;
	tell(f, done());
	assert_int_equal(f->app.view, VIEW_CONFIRM);
	f->app.view = VIEW_GRID;
}

static void secrets_are_masked(void **state)
{
	struct drawn *f = *state;
	struct rehearsal *rehearsal = done();
	rehearsal->asked[60] = true;
	rehearsal->found.value[60] = rehearsal->predicted.value[60] = 0x5EC2E700;
	rehearsal->asked[70] = rehearsal->asked[71] = false;
	f->app.view = VIEW_REHEARSE;
	tell(f, rehearsal);
	drawn_expect("   twin       masked    locks: none");
	drawn_expect_not("5EC2E700");
}

/* --- the program */

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

static void the_board_is_as_it_was(void **state)
{
	struct fixture *f = *state;
	const char *const argv[] = {OTPEDIT_PROGRAM, "demo:blank", NULL};
	struct terminal_options options = {.folder = f->home.folder};
	struct terminal *t = f->terminal = terminal_start(&options, argv);
	terminal_expect_row(t, 0, "READ-ONLY");
	terminal_type(t, ":");
	terminal_type(t, "write word=70 value=0x12345678 lock");
	terminal_key(t, TERMINAL_ENTER);
	terminal_expect(t, "70=12345678+lock 70");
	terminal_type(t, "a");
	terminal_expect_row(t, 0, "ARMED");
	terminal_type(t, "R");
	terminal_expect(t, "What should go wrong on the twin?");
	terminal_key(t, TERMINAL_ENTER);
	terminal_expect(t, "Prediction   holds: every word of the twin is as predicted");
	terminal_expect(t, "twin       12345678  locks: permanent write lock");
	terminal_expect_row(t, 0, "ARMED");
	terminal_expect(t, "70=12345678+lock 70");
	terminal_key(t, TERMINAL_ESCAPE);
	terminal_type(t, "J");
	terminal_expect(t, "Nothing was burnt from here.");
	terminal_key(t, TERMINAL_ESCAPE);
	terminal_expect(t, "words");
	struct run_result result;
	terminal_free(t);
	f->terminal = NULL;
	run_words(&result, &f->home, "show", "demo:blank", "word=70");
	run_expect_exit(&result, 0);
	run_expect_out(&result, "00000000");
	run_expect_no_out(&result, "12345678");
	run_free(&result);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, drawn_set_up, drawn_tear_down)
	const struct CMUnitTest tests[] = {TEST(nothing_staged_is_nothing_to_rehearse),
		TEST(what_goes_wrong_is_chosen), TEST(the_result_stands_beside_the_prediction),
		TEST(who_has_left_is_not_disturbed), TEST(secrets_are_masked),
		cmocka_unit_test_setup_teardown(the_board_is_as_it_was, set_up, tear_down)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
