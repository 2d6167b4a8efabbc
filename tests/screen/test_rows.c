/* One word as the grid shows it: every state has a sign of its own, colours aside. */
#include "tests/support/fixtures.h"
#include "ui/screen/rows.h"

#include "src/word_status.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

struct fixture {
	struct environment environment;
	struct app app;
};

static struct chip *chip; /* the app frees its session, and never the chip */

static int set_up(void **state)
{
	static struct fixture f;
	f = (struct fixture){.environment = {.reveal = false}};
	assert_true(app_init(&f.app, &f.environment));
	chip = fixture_chip();
	f.app.session = calloc(1, sizeof *f.app.session);
	assert_non_null(f.app.session);
	fixture_plain(&f.app.session->image);
	f.app.session->has_image = true;
	f.app.session->chip = chip;
	f.app.session->info.peer = PEER_UBOOT;
	*state = &f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;
	app_free(&f->app);
	chip_free(chip);
	return 0;
}

static void stages(struct app *app, unsigned word, struct edit edit)
{
	struct errbuf err = {0};
	assert_int_equal(draft_set(app->draft, word, &edit, &err), OK);
}

static void assert_cell(const struct app *app, unsigned word, const char *value, char mark,
	const char *locks, enum role role)
{
	struct cell cell = rows_cell(app, word);
	assert_string_equal(cell.value, value);
	assert_int_equal(cell.mark, mark);
	assert_string_equal(cell.locks, locks);
	assert_int_equal(cell.role, role);
}

static void test_plain_and_locked(void **state)
{
	struct app *app = &((struct fixture *)*state)->app;
	assert_cell(app, 0, "00000017", ' ', "......", ROLE_TEXT);
	assert_cell(app, 13, "00410032", ' ', "P.....", ROLE_LOCKED);
	app->session->image.status[70] = WORD_STATUS_STICKY_PROGRAM | WORD_STATUS_STICKY_WRITE;
	assert_cell(app, 70, "00000000", ' ', ".SW...", ROLE_TEXT);
}

/* What is shown and may not be what the fuses hold says so. */
static void test_what_is_not_known(void **state)
{
	struct app *app = &((struct fixture *)*state)->app;
	uint32_t *status = app->session->image.status;
	app->session->image.value[70] = 0x11223344;
	status[70] = WORD_STATUS_STICKY_READ;
	assert_cell(app, 70, "11223344", '?', "...R..", ROLE_UNKNOWN);
	status[70] = WORD_STATUS_READ_ERROR;
	assert_cell(app, 70, "????????", '?', ".....!", ROLE_DANGER);
	status[70] = WORD_STATUS_LOCK_ERROR;
	assert_int_equal(rows_cell(app, 70).role, ROLE_DANGER);
	assert_string_equal(rows_cell(app, 70).locks, "....E.");
}

static void test_staged(void **state)
{
	struct app *app = &((struct fixture *)*state)->app;
	stages(app, 70, (struct edit){.sets_value = true, .value = 0x12345678});
	assert_cell(app, 70, "12345678", '*', "......", ROLE_STAGED);
	stages(app, 70,
		(struct edit){
			.sets_value = true, .value = 0x12345678, .locks = WORD_STATUS_PERMANENT});
	assert_cell(app, 70, "12345678", '*', "......+P", ROLE_STAGED);
	stages(app, 71, (struct edit){.locks = WORD_STATUS_STICKY_PROGRAM});
	assert_cell(app, 71, "00000000", ' ', "......+S", ROLE_TEXT);
	assert_int_equal(rows_cell(app, 71).locks_role, ROLE_STAGED);
	stages(app, 72, (struct edit){.locks = WORD_STATUS_LOCKS});
	assert_string_equal(rows_cell(app, 72).locks, "......+4");
	/* A lock that is there already adds nothing. */
	stages(app, 13, (struct edit){.locks = WORD_STATUS_PERMANENT});
	assert_string_equal(rows_cell(app, 13).locks, "P.....");
}

static void test_changed_since_the_last_read(void **state)
{
	struct app *app = &((struct fixture *)*state)->app;
	app->before = app->session->image;
	app->session->image.value[70] = 1;
	app->session->image.status[71] = WORD_STATUS_PERMANENT;
	assert_int_equal(rows_cell(app, 70).mark, ' ');
	app->has_before = true;
	assert_cell(app, 70, "00000001", '~', "......", ROLE_CHANGED);
	assert_cell(app, 71, "00000000", '~', "P.....", ROLE_CHANGED);
	assert_int_equal(rows_cell(app, 72).mark, ' ');
	stages(app, 70, (struct edit){.sets_value = true, .value = 3});
	assert_cell(app, 70, "00000003", '*', "......", ROLE_STAGED);
}

/* The first one that the map calls secret. */
static unsigned secret_word(void)
{
	for (unsigned word = 0; word < 96; word++)
		if (chip_word_is_secret(chip, word))
			return word;
	fail_msg("the map has no secret word");
	return 0;
}

static void test_secrets_are_masked(void **state)
{
	struct app *app = &((struct fixture *)*state)->app;
	unsigned word = secret_word();
	app->session->image.value[word] = 0xCAFEF00D;
	assert_cell(app, word, "********", ' ', "......", ROLE_TEXT);
	app->session->image.status[word] = WORD_STATUS_STICKY_READ;
	assert_cell(app, word, "********", '?', "...R..", ROLE_UNKNOWN);
	app->reveal = true;
	assert_cell(app, word, "CAFEF00D", '?', "...R..", ROLE_UNKNOWN);
}

/* Every sign that a cell can bear is in the legend of the help. */
static void test_legend_is_whole(void **state)
{
	(void)state;
	for (const char *sign = "*~?+PSWRE!"; *sign; sign++) {
		bool found = false;
		for (size_t i = 0; rows_legend[i]; i++)
			found |= rows_legend[i][0] == *sign;
		if (!found)
			fail_msg("'%c' is not in the legend", *sign);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_plain_and_locked, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_what_is_not_known, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_staged, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			test_changed_since_the_last_read, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_secrets_are_masked, set_up, tear_down),
		cmocka_unit_test(test_legend_is_whole)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
