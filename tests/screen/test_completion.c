/* Completing the word before the cursor, with files of a scratch folder. */
#include "ui/screen/completion.h"

#include "src/store.h"
#include "tests/support/scratch.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

struct fixture {
	char folder[SCRATCH_MAX];
	struct text_line line;
	struct completion completion;
};

static void make_file(const struct fixture *f, const char *name)
{
	char path[SCRATCH_MAX + 300];
	struct errbuf err = {0};
	snprintf(path, sizeof path, "%s/%s", f->folder, name);
	if (store_create(path, "x", 1, &err) != OK)
		fail_msg("%s", err.text);
}

static int set_up(void **state)
{
	static struct fixture f;
	char path[SCRATCH_MAX + 20];
	struct errbuf err = {0};
	scratch_make(f.folder);
	make_file(&f, "serial.bin");
	make_file(&f, "serial.plan");
	make_file(&f, "my key.pem");
	make_file(&f, ".hidden");
	make_file(&f, "quote\".bin");
	make_file(&f, "esc\033[2J.bin");
	snprintf(path, sizeof path, "%s/lab", f.folder);
	assert_int_equal(store_make_folder(path, &err), OK);
	*state = &f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;
	scratch_remove(f->folder);
	return 0;
}

static void begins(struct fixture *f, const char *text)
{
	text_line_set(&f->line, text);
	completion_begin(&f->completion, &f->line);
}

static void test_what_all_have_in_common(void **state)
{
	struct fixture *f = *state;
	char text[200];
	begins(f, "write va");
	completion_offer(&f->completion, &f->line, "value=bits:");
	completion_offer(&f->completion, &f->line, "value=file:");
	completion_offer(&f->completion, &f->line, "word=");
	completion_offer(&f->completion, &f->line, "value=file:");
	assert_int_equal(f->completion.count, 2);
	completion_text(text, sizeof text, &f->completion);
	assert_string_equal(text, "value=bits:, value=file:");
	completion_apply(&f->completion, &f->line);
	assert_string_equal(f->line.text, "write value=");
	assert_int_equal(f->line.cursor, strlen("write value="));
}

static void test_an_only_word_is_ended(void **state)
{
	struct fixture *f = *state;
	begins(f, "wri");
	completion_offer(&f->completion, &f->line, "write");
	completion_apply(&f->completion, &f->line);
	assert_string_equal(f->line.text, "write ");
	begins(f, "write w");
	completion_offer(&f->completion, &f->line, "word=");
	completion_apply(&f->completion, &f->line);
	assert_string_equal(f->line.text, "write word=");
	begins(f, "zzz");
	completion_offer(&f->completion, &f->line, "write");
	completion_apply(&f->completion, &f->line);
	assert_string_equal(f->line.text, "zzz");
}

static void test_in_the_middle_of_a_line(void **state)
{
	struct fixture *f = *state;
	text_line_set(&f->line, "wr word=70");
	f->line.cursor = 2;
	completion_begin(&f->completion, &f->line);
	completion_offer(&f->completion, &f->line, "write");
	completion_apply(&f->completion, &f->line);
	assert_string_equal(f->line.text, "write  word=70");
	assert_int_equal(f->line.cursor, 6);
}

/* "load FOLDER/typed" after completion. */
static const char *load_of(struct fixture *f, const char *before, const char *typed)
{
	char text[SCRATCH_MAX + 100];
	snprintf(text, sizeof text, "%s%s/%s", before, f->folder, typed);
	begins(f, text);
	completion_offer_files(&f->completion, &f->line, strlen(before));
	completion_apply(&f->completion, &f->line);
	return f->line.text + strlen(before) + strlen(f->folder) + 1;
}

static void test_files(void **state)
{
	struct fixture *f = *state;
	assert_string_equal(load_of(f, "load ", "s"), "serial.");
	assert_int_equal(f->completion.count, 2);
	assert_string_equal(load_of(f, "load ", "serial.p"), "serial.plan ");
	assert_string_equal(load_of(f, "load ", "la"), "lab/");
	assert_string_equal(load_of(f, "load ", "nothing"), "nothing");
	assert_string_equal(load_of(f, "load ", ".h"), ".hidden ");
	load_of(f, "load ", "");
	for (size_t i = 0; i < f->completion.count; i++)
		assert_null(strpbrk(f->completion.words[i], "\"\033"));
	assert_int_equal(f->completion.count, 4);
}

static void test_names_with_blanks_are_quoted(void **state)
{
	struct fixture *f = *state;
	char wanted[SCRATCH_MAX + 60];
	load_of(f, "write word=1 value=pem:", "my");
	snprintf(wanted, sizeof wanted, "write word=1 \"value=pem:%s/my key.pem\" ", f->folder);
	assert_string_equal(f->line.text, wanted);
	assert_int_equal(f->line.cursor, strlen(wanted));
	load_of(f, "write word=1 \"value=pem:", "my k");
	assert_string_equal(f->line.text, wanted);
}

static void test_no_room(void **state)
{
	struct fixture *f = *state;
	char text[TEXT_LINE_MAX + 1];
	memset(text, 'a', TEXT_LINE_MAX);
	memcpy(text + TEXT_LINE_MAX - 2, " w", 2);
	text[TEXT_LINE_MAX] = '\0';
	begins(f, text);
	completion_offer(&f->completion, &f->line, "write");
	completion_apply(&f->completion, &f->line);
	assert_string_equal(f->line.text, text);
}

static void test_more_than_can_be_shown(void **state)
{
	struct fixture *f = *state;
	char word[40], text[100];
	begins(f, "");
	for (int i = 0; i < COMPLETION_MAX + 9; i++) {
		snprintf(word, sizeof word, "word-%04d", i);
		completion_offer(&f->completion, &f->line, word);
	}
	assert_int_equal(f->completion.count, COMPLETION_MAX);
	completion_text(text, sizeof text, &f->completion);
	assert_non_null(strstr(text, " and more"));
	assert_true(strlen(text) < sizeof text - 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {TEST(test_what_all_have_in_common),
		TEST(test_an_only_word_is_ended), TEST(test_in_the_middle_of_a_line),
		TEST(test_files), TEST(test_names_with_blanks_are_quoted), TEST(test_no_room),
		TEST(test_more_than_can_be_shown)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
