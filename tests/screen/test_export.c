/* What a view becomes as a text file: all of it, never over another file, and no secret in it. */
#include "tests/support/fixtures.h"
#include "tests/support/scratch.h"
#include "ui/screen/app.h"

#include "src/store.h"
#include "src/word_status.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct fixture {
	struct environment environment;
	struct app app;
	struct chip *chip;
	char folder[SCRATCH_MAX], before[STORE_PATH_MAX];
	long long now;
	unsigned secret; /* a word that may hold one */
};

static int set_up(void **state)
{
	static struct fixture f;
	f = (struct fixture){.now = 1000};
	assert_true(app_init(&f.app, &f.environment));
	f.chip = fixture_chip();
	f.app.session = calloc(1, sizeof *f.app.session);
	assert_non_null(f.app.session);
	fixture_plain(&f.app.session->image);
	f.app.session->has_image = true;
	f.app.session->chip = f.chip;
	snprintf(f.app.session->board, sizeof f.app.session->board, "00410032-33385116-34383330");
	snprintf(f.app.session->source_text, sizeof f.app.session->source_text, "lab\033[2J.bin");
	while (!chip_word_is_secret(f.chip, f.secret))
		f.secret++;
	assert_non_null(getcwd(f.before, sizeof f.before));
	scratch_make(f.folder);
	assert_int_equal(chdir(f.folder), 0);
	*state = &f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(chdir(f->before), 0);
	scratch_remove(f->folder);
	app_free(&f->app);
	chip_free(f->chip);
	return 0;
}

static void exports(struct fixture *f)
{
	struct key key = {.character = 'E', .now_ms = f->now += 100};
	app_key(&f->app, &key);
}

/* The file's whole text; the caller's to free. */
static char *text_of(const char *name)
{
	uint8_t *text;
	size_t length;
	struct errbuf err = {0};
	if (store_read(&text, &length, name, 1 << 20, &err) != OK)
		fail_msg("%s", err.text);
	return (char *)text;
}

static void expect_file(const char *name, const char *words, bool present)
{
	char *text = text_of(name);
	if ((strstr(text, words) != NULL) != present) {
		fprintf(stderr, "%s", text);
		fail_msg("%s: '%s' is %s", name, words, present ? "missing" : "there");
	}
	free(text);
}

static void stage(struct fixture *f, unsigned word, struct edit edit)
{
	struct errbuf err = {0};
	assert_int_equal(draft_set(f->app.draft, word, &edit, &err), OK);
}

static void test_all_words(void **state)
{
	struct fixture *f = *state;
	stage(f, 70,
		(struct edit){
			.sets_value = true, .value = 0x12345678, .locks = WORD_STATUS_PERMANENT});
	exports(f);
	assert_string_equal(f->app.message, "written to otpedit-1.txt in this folder");
	expect_file("otpedit-1.txt", "\n   0  00000017", true);
	expect_file("otpedit-1.txt", "\n  95  ", true);
	expect_file("otpedit-1.txt", "00410032-33385116-34383330", true);
	expect_file("otpedit-1.txt", "Staged, and not burnt: word 70 = 12345678 lock\n", true);
	/* A name that would clear the terminal of whoever looks at it. */
	expect_file("otpedit-1.txt", "\033", false);
	struct stat about;
	assert_int_equal(stat("otpedit-1.txt", &about), 0);
	assert_int_equal(about.st_mode & 0777, 0600);
}

static void test_nothing_is_written_over(void **state)
{
	struct fixture *f = *state;
	FILE *file = fopen("otpedit-1.txt", "w");
	assert_non_null(file);
	fputs("mine", file);
	fclose(file);
	assert_int_equal(symlink("nowhere", "otpedit-2.txt"), 0);
	exports(f);
	assert_string_equal(f->app.message, "written to otpedit-3.txt in this folder");
	char *text = text_of("otpedit-1.txt");
	assert_string_equal(text, "mine");
	free(text);
	assert_false(store_exists("nowhere"));
}

static void test_one_word(void **state)
{
	struct fixture *f = *state;
	f->app.selected = 13;
	f->app.view = VIEW_DETAIL;
	exports(f);
	expect_file("otpedit-1.txt", "word 13, ", true);
	expect_file("otpedit-1.txt", "0x00410032", true);
	expect_file("otpedit-1.txt", "[30] SET permanent write lock", true);
	expect_file("otpedit-1.txt", "[00] -   value not valid", true);
	assert_int_equal(f->app.view, VIEW_DETAIL);
}

/* Not even where the screen shows them: a file lives longer than a session. */
static void test_secrets_stay_masked(void **state)
{
	struct fixture *f = *state;
	f->app.session->image.value[f->secret] = 0xCAFEF00D;
	for (int revealed = 0; revealed < 2; revealed++) {
		char name[32];
		f->app.reveal = revealed;
		f->app.selected = f->secret;
		f->app.view = VIEW_GRID;
		exports(f);
		snprintf(name, sizeof name, "otpedit-%d.txt", 2 * revealed + 1);
		expect_file(name, "CAFEF00D", false);
		expect_file(name, "masked", true);
		f->app.view = VIEW_DETAIL;
		exports(f);
		snprintf(name, sizeof name, "otpedit-%d.txt", 2 * revealed + 2);
		expect_file(name, "CAFEF00D", false);
		expect_file(name, "1100 1010 1111 1110", false);
		expect_file(name, "masked", true);
		assert_int_equal(f->app.reveal, revealed);
	}
}

static void test_staged_secrets_stay_out(void **state)
{
	struct fixture *f = *state;
	stage(f, f->secret, (struct edit){.sets_value = true, .value = 0x0BADF00D});
	exports(f);
	expect_file("otpedit-1.txt", "0BADF00D", false);
	expect_file("otpedit-1.txt", " (masked)\n", true);
	f->app.selected = f->secret;
	f->app.view = VIEW_DETAIL;
	exports(f);
	assert_false(store_exists("otpedit-2.txt"));
	assert_non_null(strstr(f->app.message, "nothing was written"));
}

/* What came of a commit tells values in clear. */
static void test_results_with_secrets_stay_out(void **state)
{
	struct fixture *f = *state;
	f->app.result = calloc(1, sizeof *f->app.result);
	assert_non_null(f->app.result);
	stage(f, 70, (struct edit){.sets_value = true, .value = 0x0BADF00D});
	f->app.plan = fixture_plan(draft_edits(f->app.draft), &f->app.session->image, f->chip);
	f->app.result->triggered = true;
	f->app.result->word_count = 1;
	f->app.result->words[0] =
		(struct word_result){.word = f->secret, .found = true, .found_value = 0x0BADF00D};
	f->app.view = VIEW_RESULT;
	exports(f);
	assert_false(store_exists("otpedit-1.txt"));
	assert_non_null(strstr(f->app.message, "journal show"));
	f->app.result->words[0].word = 70;
	exports(f);
	expect_file("otpedit-1.txt", "0BADF00D", true);
}

static void test_a_folder_that_takes_nothing(void **state)
{
	struct fixture *f = *state;
	char gone[SCRATCH_MAX];
	scratch_make(gone);
	assert_int_equal(chdir(gone), 0);
	scratch_remove(gone);
	exports(f);
	assert_int_equal(f->app.message_tone, TONE_ERROR);
	assert_true(f->app.message[0] != '\0');
}

/* What is staged, and the plan of it. */
static void test_what_is_staged_and_its_preview(void **state)
{
	struct fixture *f = *state;
	stage(f, 70,
		(struct edit){
			.sets_value = true, .value = 0x12345678, .locks = WORD_STATUS_PERMANENT});
	f->app.view = VIEW_STAGED;
	exports(f);
	expect_file("otpedit-1.txt", "070 USER", true);
	expect_file("otpedit-1.txt", "00000000 -> 12345678 + permanent lock", true);
	f->app.plan = fixture_plan(draft_edits(f->app.draft), &f->app.session->image, f->chip);
	f->app.view = VIEW_PREVIEW;
	exports(f);
	expect_file(
		"otpedit-2.txt", "   then  00010010 00110100 01010110 01111000  12345678", true);
	expect_file("otpedit-2.txt", f->app.plan->fingerprint, true);
	expect_file("otpedit-2.txt", "   word 70   12345678  locks: permanent write lock", true);
}

static void test_secrets_in_previews_are_masked(void **state)
{
	struct fixture *f = *state;
	/* A refusal tells both values. */
	f->app.reveal = true;
	f->app.session->image.value[f->secret] = 0xCAFEF00D;
	stage(f, f->secret, (struct edit){.sets_value = true, .value = 0x0BADF00D});
	stage(f, 70, (struct edit){.sets_value = true, .value = 0x12345678});
	f->app.view = VIEW_STAGED;
	exports(f);
	f->app.plan = fixture_plan(draft_edits(f->app.draft), &f->app.session->image, f->chip);
	f->app.view = VIEW_PREVIEW;
	exports(f);
	for (int i = 1; i <= 2; i++) {
		char name[32];
		snprintf(name, sizeof name, "otpedit-%d.txt", i);
		expect_file(name, "CAFEF00D", false);
		expect_file(name, "0BADF00D", false);
		expect_file(name, "1100101", false); /* the first byte's bits */
		expect_file(name, "********", true);
		expect_file(name, "12345678", true);
	}
	assert_true(f->app.reveal);
}

/* By a typed command it can be asked for anywhere. */
static void test_other_views_write_no_empty_file(void **state)
{
	struct fixture *f = *state;
	struct key none = {0};
	f->app.view = VIEW_LOCKS;
	app_act(&f->app, ACTION_EXPORT, &none);
	assert_false(store_exists("otpedit-1.txt"));
	assert_non_null(strstr(f->app.message, "not one to be written"));
}

/* Where a letter is typed, it is one. */
static void test_typing_writes_no_file(void **state)
{
	struct fixture *f = *state;
	f->app.selected = 70;
	f->app.view = VIEW_EDIT;
	exports(f);
	assert_false(store_exists("otpedit-1.txt"));
	assert_string_equal(f->app.entry, "E");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_all_words, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_nothing_is_written_over, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_one_word, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_secrets_stay_masked, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_staged_secrets_stay_out, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			test_results_with_secrets_stay_out, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			test_a_folder_that_takes_nothing, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			test_what_is_staged_and_its_preview, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			test_secrets_in_previews_are_masked, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			test_other_views_write_no_empty_file, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_typing_writes_no_file, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
