/* A board that is lost and plugged in again: only the same one is taken up, and never armed. */
#include "tests/support/fake_device.h"
#include "tests/support/fixtures.h"
#include "tests/support/scratch.h"

#include "src/session.h"
#include "src/store.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#define BOARD "00410032-33385116-34383330"

static struct fake_device board; /* what "fake" and "fake2" open */
static char folder[SCRATCH_MAX];
static struct session *session;
static struct errbuf err;
static bool opened_fresh;

static bool fake_claims(const char *text)
{
	return strncmp(text, "fake", 4) == 0;
}

static enum status fake_open(struct device **out, const char *text,
	const struct source_options *options, struct errbuf *why)
{
	opened_fresh = options->fresh;
	*out = &board.device;
	return strcmp(text, "fake-none") == 0 ? errbuf_set(why, ERR_GONE, "no board") : OK;
}

static const struct source_ops fake_source = {
	.name = "fake", .help = "a board for tests", .claims = fake_claims, .open = fake_open};
static const struct source_ops *const sources[] = {&fake_source, NULL};

static struct session_options options = {
	.sources = sources, .source = {.fresh = true, .state_folder = folder}};

/* Opened, armed, and lost. */
static int set_up(void **state)
{
	(void)state;
	struct image image;
	scratch_make(folder);
	fixture_plain(&image);
	fake_device_init(&board, &image);
	errbuf_clear(&err);
	assert_int_equal(session_open(&session, "fake", &options, &err), OK);
	assert_true(opened_fresh);
	assert_int_equal(arming_arm(&session->arming, session->board, &err), OK);
	session_lose(session);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	session_close(session);
	session = NULL;
	scratch_remove(folder);
	return 0;
}

static void assert_refused(const char *text)
{
	const struct session *before = session;
	errbuf_clear(&err);
	assert_int_equal(session_reopen(&session, "fake2", &options, &err), ERR_REFUSED);
	assert_ptr_equal(session, before);
	assert_true(session->is_lost);
	assert_null(session->device);
	if (!strstr(err.text, text))
		fail_msg("'%s' does not say '%s'", err.text, text);
}

static void a_lost_board_is_not_talked_to(void **state)
{
	(void)state;
	struct commit_result *result = calloc(1, sizeof *result);
	struct plan *plan = NULL;
	const struct confirmation confirmation = {0};
	struct edits edits = {0};
	edits.word[70] = (struct edit){.sets_value = true, .value = 5};
	assert_non_null(result);
	char before[sizeof board.order];
	strcpy(before, board.order);
	assert_false(session->arming.armed);
	assert_int_equal(session_refresh(session, NULL, &err), ERR_GONE);
	errbuf_clear(&err);
	assert_int_equal(session_restart(session, NULL, &err), ERR_GONE);
	errbuf_clear(&err);
	assert_int_equal(session_plan(&plan, session, &edits, &err), OK);
	assert_int_equal(
		session_commit(result, session, plan, &confirmation, NULL, &err), ERR_GONE);
	assert_non_null(strstr(err.text, "nothing was sent"));
	assert_false(result->triggered);
	assert_string_equal(board.order, before);
	plan_free(plan);
	free(result);
}

static void the_same_board_is_taken_up_again(void **state)
{
	(void)state;
	const struct chip *chip = session->chip;
	board.fuses.value[71] = 7;
	assert_int_equal(session_reopen(&session, "fake2", &options, &err), OK);
	assert_false(session->is_lost);
	assert_string_equal(session->board, BOARD);
	assert_string_equal(session->source_text, "fake2");
	/* A plan that is still shown was made with it. */
	assert_ptr_equal(session->chip, chip);
	assert_int_equal(session->image.value[71], 7);
	assert_false(session->arming.armed);
	assert_false(session->power_proved);
	/* What was burnt on a simulated board since the start is not thrown away. */
	assert_false(opened_fresh);
	assert_int_equal(session_refresh(session, NULL, &err), OK);
}

static void another_board_is_not_taken_for_it(void **state)
{
	(void)state;
	board.fuses.value[15] ^= 1;
	assert_refused("is another one");
	board.fuses.value[15] ^= 1;
	board.info.serial[3] ^= 1;
	assert_refused("has the serial number");
	board.info.serial[3] ^= 1;
	board.info.source_class = SOURCE_REAL;
	assert_refused("the board at");
	board.info.source_class = SOURCE_SIMULATED;
	errbuf_clear(&err);
	assert_int_equal(session_reopen(&session, "fake", &options, &err), OK);
}

/* The other one is left alone again: its lock is free. */
static void another_board_is_let_go(void **state)
{
	struct session *other;
	(void)state;
	board.fuses.value[15] ^= 1;
	assert_refused("is another one");
	assert_int_equal(session_open(&other, "fake", &options, &err), OK);
	session_close(other);
}

static void a_board_that_shows_no_otp_is_not_taken_for_it(void **state)
{
	(void)state;
	board.info.otp_offered = false;
	assert_refused("is another one");
	board.info.otp_offered = true;
	board.info.device_id = 0x501;
	assert_refused("does not show the same chip's OTP");
}

/* What was shown by one name must not be burnt by another. */
static void names_that_were_changed_meanwhile(void **state)
{
	static const char overlay[] = "[chip]\nname = stm32mp15\n[word 70]\nname = LOT\n";
	char folder_path[STORE_PATH_MAX], path[STORE_PATH_MAX];
	(void)state;
	assert_int_equal(store_join(folder_path, folder, "chips", &err), OK);
	assert_int_equal(store_make_folder(folder_path, &err), OK);
	assert_int_equal(store_join(path, folder_path, "stm32mp15.chip", &err), OK);
	assert_int_equal(store_save(path, overlay, sizeof overlay - 1, &err), OK);
	options.overlays = folder_path;
	assert_refused("names of words were changed");
	options.overlays = NULL;
	errbuf_clear(&err);
	assert_int_equal(session_reopen(&session, "fake", &options, &err), OK);
}

static void nothing_is_taken_for_a_board_without_identity(void **state)
{
	(void)state;
	board.fuses.value[13] = board.fuses.value[14] = board.fuses.value[15] = 0;
	board.info.serial[0] = '\0';
	session_close(session);
	assert_int_equal(session_open(&session, "fake", &options, &err), OK);
	assert_string_equal(session->board, "");
	session_lose(session);
	assert_refused("nothing tells whether");
}

/* Another program may work with it meanwhile; this one waits for it then. */
static void a_lost_board_is_free_for_others(void **state)
{
	struct session *other;
	(void)state;
	assert_int_equal(session_open(&other, "fake", &options, &err), OK);
	assert_int_equal(session_reopen(&session, "fake", &options, &err), ERR_BUSY);
	assert_true(session->is_lost);
	session_close(other);
	errbuf_clear(&err);
	assert_int_equal(session_reopen(&session, "fake", &options, &err), OK);
}

static void not_there_yet(void **state)
{
	(void)state;
	assert_int_equal(session_reopen(&session, "fake-none", &options, &err), ERR_GONE);
	assert_true(session->is_lost);
}

/* Even where the journal cannot tell of them any more. */
static void words_of_an_unknown_end_stay_untouchable(void **state)
{
	(void)state;
	session->untouchable[70] = true;
	assert_int_equal(session_reopen(&session, "fake", &options, &err), OK);
	assert_true(session->untouchable[70]);
	assert_false(session->untouchable[71]);
	session_lose(session);
	board.info.fresh_power = true;
	assert_int_equal(session_reopen(&session, "fake", &options, &err), OK);
	assert_false(session->untouchable[70]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_lost_board_is_not_talked_to, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			the_same_board_is_taken_up_again, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			another_board_is_not_taken_for_it, set_up, tear_down),
		cmocka_unit_test_setup_teardown(another_board_is_let_go, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_board_that_shows_no_otp_is_not_taken_for_it, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			names_that_were_changed_meanwhile, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			nothing_is_taken_for_a_board_without_identity, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_lost_board_is_free_for_others, set_up, tear_down),
		cmocka_unit_test_setup_teardown(not_there_yet, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			words_of_an_unknown_end_stay_untouchable, set_up, tear_down),
	};
	return cmocka_run_group_tests_name("lost and back", tests, NULL, NULL);
}
