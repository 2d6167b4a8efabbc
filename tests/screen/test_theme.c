/* Theme files: every role in every theme, what is wrong in one, and what becomes of colours. */
#include "tests/support/scratch.h"
#include "ui/screen/theme.h"

#include "src/embedded.h"

#include <ncurses.h>
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

extern const struct embedded builtin_themes[];

/* A whole theme of plain styles, with some lines of one's own first. */
static void write_theme(char *out, size_t cap, const char *own)
{
	size_t used = (size_t)snprintf(out, cap, "[theme]\nname = own\n[styles]\n%s", own);
	for (int role = 0; role < ROLE_COUNT; role++) {
		char key[32];
		snprintf(key, sizeof key, "%s =", role_name((enum role)role));
		if (!strstr(own, key))
			used += (size_t)snprintf(out + used, cap - used, "%s plain\n", key);
	}
}

static enum status parse(struct theme *theme, const char *own, struct errbuf *err)
{
	char text[2000];
	write_theme(text, sizeof text, own);
	return theme_parse(theme, text, strlen(text), "own.theme", err);
}

static void assert_refused(const char *own, const char *line, const char *words)
{
	struct theme theme;
	struct errbuf err = {0};
	assert_int_equal(parse(&theme, own, &err), ERR_FORMAT);
	if (!strstr(err.text, line) || !strstr(err.text, words))
		fail_msg("'%s' lacks '%s' or '%s'", err.text, line, words);
}

static void test_styles(void **state)
{
	(void)state;
	struct theme theme;
	struct errbuf err = {0};
	assert_int_equal(parse(&theme,
				 "danger = bold bright-white on red\nfaint = dim underline\n"
				 "good = reverse #10ff00 on default\n",
				 &err),
		OK);
	const struct style *danger = &theme.styles[ROLE_DANGER];
	assert_string_equal(theme.name, "own");
	assert_true(danger->bold);
	assert_false(danger->reverse);
	assert_int_equal(danger->foreground, 15);
	assert_int_equal(danger->background, 1);
	assert_true(theme.styles[ROLE_FAINT].dim && theme.styles[ROLE_FAINT].underline);
	assert_int_equal(theme.styles[ROLE_FAINT].foreground, THEME_DEFAULT_COLOR);
	assert_int_equal(theme.styles[ROLE_GOOD].foreground, THEME_RGB | 0x10FF00);
	assert_int_equal(theme.styles[ROLE_GOOD].background, THEME_DEFAULT_COLOR);
}

/* The user's errors come with the file and the line: own lines begin at line 4. */
static void test_mistakes_are_named(void **state)
{
	(void)state;
	assert_refused("danger = blod red\n", "own.theme' line 4", "'blod'");
	assert_refused("danger = crimson\n", "own.theme' line 4", "'crimson'");
	assert_refused("text = plain\ndangers = red\n", "own.theme' line 5", "'dangers'");
	assert_refused("danger = #12345\n", "own.theme' line 4", "'#12345'");
	assert_refused("danger = red blue\n", "own.theme' line 4", "'blue'");
	assert_refused("danger = red\ndanger = blue\n", "own.theme' line 5", "second");
	assert_refused("text = plain\n[colours]\n", "own.theme' line 5", "colours");
}

static void test_every_role_is_wanted(void **state)
{
	(void)state;
	struct theme theme;
	struct errbuf err = {0};
	const char *text = "[theme]\nname = own\n[styles]\ntext = plain\n";
	assert_int_equal(theme_parse(&theme, text, strlen(text), "own.theme", &err), ERR_FORMAT);
	assert_non_null(strstr(err.text, "'faint'"));
	text = "[styles]\ntext = plain\n";
	assert_int_equal(theme_parse(&theme, text, strlen(text), "own.theme", &err), ERR_FORMAT);
}

static void test_built_in_themes(void **state)
{
	(void)state;
	bool has_default = false, has_mono = false;
	for (const struct embedded *embedded = builtin_themes; embedded->name; embedded++) {
		struct theme theme;
		struct errbuf err = {0};
		if (theme_load(&theme, embedded->name, "", &err) != OK)
			fail_msg("%s", err.text);
		assert_string_equal(theme.name, embedded->name);
		has_default |= strcmp(embedded->name, "default") == 0;
		has_mono |= strcmp(embedded->name, "mono") == 0;
	}
	assert_true(has_default && has_mono);
}

static bool same_look(const struct style *a, const struct style *b, int colors)
{
	return a->bold == b->bold && a->dim == b->dim && a->underline == b->underline &&
	       a->reverse == b->reverse &&
	       theme_reduce(a->foreground, colors) == theme_reduce(b->foreground, colors) &&
	       theme_reduce(a->background, colors) == theme_reduce(b->background, colors);
}

/* What warns must stand out whatever the terminal can do. */
static void test_danger_is_seen_with_any_colours(void **state)
{
	(void)state;
	static const enum role loud[] = {
		ROLE_DANGER, ROLE_ARMED, ROLE_FOREVER, ROLE_WARNING, ROLE_STAGED, ROLE_SELECTED};
	static const int counts[] = {0, 8, 16, 256};
	for (const struct embedded *embedded = builtin_themes; embedded->name; embedded++) {
		struct theme theme;
		struct errbuf err = {0};
		assert_int_equal(theme_load(&theme, embedded->name, "", &err), OK);
		for (size_t i = 0; i < sizeof loud / sizeof loud[0]; i++)
			for (size_t c = 0; c < sizeof counts / sizeof counts[0]; c++)
				if (same_look(&theme.styles[ROLE_TEXT], &theme.styles[loud[i]],
					    counts[c]))
					fail_msg("%s: %s looks like text with %d colours",
						embedded->name, role_name(loud[i]), counts[c]);
		for (size_t c = 0; c < sizeof counts / sizeof counts[0]; c++)
			assert_false(same_look(
				&theme.styles[ROLE_HEADER], &theme.styles[ROLE_ARMED], counts[c]));
	}
}

static void test_mono_has_no_colours(void **state)
{
	(void)state;
	struct theme theme;
	struct errbuf err = {0};
	assert_int_equal(theme_load(&theme, "mono", "", &err), OK);
	for (int role = 0; role < ROLE_COUNT; role++) {
		assert_int_equal(theme.styles[role].foreground, THEME_DEFAULT_COLOR);
		assert_int_equal(theme.styles[role].background, THEME_DEFAULT_COLOR);
	}
	/* A gap in the bar is seen where bold and underline are too faint on it. */
	assert_true(theme.styles[ROLE_HEADER].reverse);
	assert_false(theme.styles[ROLE_ARMED].reverse);
}

/* Figures: the xterm palette, 6x6x6 cube from 16 on with levels 0 95 135 175 215 255, greys from
 * 232 on. */
static void test_reduction(void **state)
{
	(void)state;
	assert_int_equal(theme_reduce(THEME_DEFAULT_COLOR, 256), THEME_DEFAULT_COLOR);
	assert_int_equal(theme_reduce(1, 0), THEME_DEFAULT_COLOR);
	assert_int_equal(theme_reduce(1, 8), 1);
	assert_int_equal(theme_reduce(9, 16), 9);
	assert_int_equal(theme_reduce(9, 8), 1);
	assert_int_equal(theme_reduce(THEME_RGB | 0x000000, 256), 16);
	assert_int_equal(theme_reduce(THEME_RGB | 0xFF0000, 256), 16 + 5 * 36);
	assert_int_equal(theme_reduce(THEME_RGB | 0x5F87AF, 256), 16 + 36 + 2 * 6 + 3);
	assert_int_equal(theme_reduce(THEME_RGB | 0xFFFFFF, 256), 231);
	assert_int_equal(theme_reduce(THEME_RGB | 0x080808, 256), 232);
	assert_int_equal(theme_reduce(THEME_RGB | 0xF01010, 16), 9);
	assert_int_equal(theme_reduce(THEME_RGB | 0xF01010, 8), 1);
	assert_int_equal(theme_reduce(THEME_RGB | 0xF01010, 0), THEME_DEFAULT_COLOR);
	/* A dark grey is no black on a terminal whose ground is black. */
	assert_int_equal(theme_reduce(8, 8), 7);
}

static void test_own_theme_comes_first(void **state)
{
	(void)state;
	char folder[SCRATCH_MAX], path[400], text[2000];
	struct theme theme;
	struct errbuf err = {0};
	scratch_make(folder);
	snprintf(path, sizeof path, "%s/themes", folder);
	assert_int_equal(mkdir(path, 0700), 0);
	snprintf(path, sizeof path, "%s/themes/mono.theme", folder);
	write_theme(text, sizeof text, "");
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
	assert_int_equal(theme_load(&theme, "mono", folder, &err), OK);
	assert_string_equal(theme.name, "own");
	assert_int_equal(theme_load(&theme, "default", folder, &err), OK);
	assert_string_equal(theme.name, "default");
	assert_int_equal(theme_load(&theme, "no-such", folder, &err), ERR_USAGE);
	assert_non_null(strstr(err.text, "'no-such'"));
	assert_int_equal(theme_load(&theme, "../mono", folder, &err), ERR_USAGE);
	scratch_remove(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_styles),
		cmocka_unit_test(test_mistakes_are_named),
		cmocka_unit_test(test_every_role_is_wanted), cmocka_unit_test(test_built_in_themes),
		cmocka_unit_test(test_danger_is_seen_with_any_colours),
		cmocka_unit_test(test_mono_has_no_colours), cmocka_unit_test(test_reduction),
		cmocka_unit_test(test_own_theme_comes_first)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
