/* 'keys' prints a file that the screen would take, and means the same. */
#include "tests/support/run_program.h"
#include "ui/screen/keymap_file.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static struct run_home home;

static int set_up(void **state)
{
	(void)state;
	run_home_make(&home);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	run_home_remove(&home);
	return 0;
}

static void write_keys(const char *text)
{
	char path[400];
	snprintf(path, sizeof path, "%s/config", home.folder);
	mkdir(path, 0700);
	snprintf(path, sizeof path, "%s/config/otpedit", home.folder);
	mkdir(path, 0700);
	snprintf(path, sizeof path, "%s/config/otpedit/keys", home.folder);
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

/* Whether a key of `a` means the same in `b`. */
static void assert_same(const struct keymap *a, const struct keymap *b)
{
	assert_int_equal(a->count, b->count);
	for (size_t i = 0; i < a->count; i++) {
		const struct key_binding *binding = &a->bindings[i];
		struct key key = {.code = binding->code, .character = binding->character};
		if (keymap_action(b, binding->context, &key) != binding->action)
			fail_msg("'%s' is no longer '%s' in [%s]", binding->key,
				action_name(binding->action), key_context_word(binding->context));
	}
}

static void test_what_is_printed_means_the_same(void **state)
{
	(void)state;
	static struct keymap builtin, read;
	struct run_result result;
	struct errbuf err = {0};
	keymap_init(&builtin);
	keymap_init(&read);
	run_words(&result, &home, "keys");
	run_expect_exit(&result, 0);
	if (keymap_parse(&read, result.out, strlen(result.out), "printed", &err) != OK)
		fail_msg("%s", err.text);
	assert_same(&builtin, &read);
	assert_same(&read, &builtin);
	/* All that can be asked for somewhere where keys may be chosen is named. */
	for (size_t i = 0; i < builtin.count; i++) {
		char line[64];
		snprintf(line, sizeof line, "\n%-13s = ", action_name(builtin.bindings[i].action));
		if (key_context_is_open(builtin.bindings[i].context))
			run_expect_out(&result, line);
	}
	run_free(&result);
}

static void test_ones_own_keys_are_printed(void **state)
{
	(void)state;
	struct run_result result;
	write_keys("[grid]\nedit = y F4\nundo = Semicolon\n");
	run_words(&result, &home, "keys");
	run_expect_exit(&result, 0);
	run_expect_out(&result, "\nedit          = y F4 ");
	run_expect_out(&result, "\nundo          = Semicolon ");
	run_free(&result);
	write_keys("[grid]\nedit = y e o\nread = o\n");
	run_words(&result, &home, "keys");
	run_expect_exit(&result, 6);
	run_expect_err(&result, "line 2: 'o' is 'read' in [grid] already");
	run_free(&result);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			test_what_is_printed_means_the_same, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_ones_own_keys_are_printed, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
