/* Theme files: every role in every theme, what is wrong in one, and what becomes of colours. */
#include "tests/support/scratch.h"
#include "ui/screen/theme.h"

#include "src/embedded.h"

#include <math.h>
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

/* A whole theme in black and white, with some lines of one's own first. */
static void write_theme(char *out, size_t cap, const char *own)
{
	size_t used = (size_t)snprintf(out, cap, "[theme]\nname = own\n[styles]\n%s", own);
	for (int role = 0; role < ROLE_COUNT; role++) {
		char key[32];
		snprintf(key, sizeof key, "%s =", role_name((enum role)role));
		if (!strstr(own, key))
			used += (size_t)snprintf(out + used, cap - used, "%s %s\n", key,
				role == ROLE_TEXT || role == ROLE_HEADER ? "plain" : "bold");
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

/* A colour that is not named is the text's; "default" is the terminal's own. */
static void test_unnamed_colours_are_the_texts(void **state)
{
	(void)state;
	struct theme theme;
	struct errbuf err = {0};
	assert_int_equal(parse(&theme,
				 "text = #101010 on #EEEEEE\ngood = bold\nkey = red\n"
				 "staged = bold on yellow\nlocked = default on default\n",
				 &err),
		OK);
	assert_int_equal(theme.styles[ROLE_GOOD].foreground, THEME_RGB | 0x101010);
	assert_int_equal(theme.styles[ROLE_GOOD].background, THEME_RGB | 0xEEEEEE);
	assert_int_equal(theme.styles[ROLE_KEY].foreground, 1);
	assert_int_equal(theme.styles[ROLE_KEY].background, THEME_RGB | 0xEEEEEE);
	assert_int_equal(theme.styles[ROLE_STAGED].foreground, THEME_RGB | 0x101010);
	assert_int_equal(theme.styles[ROLE_STAGED].background, 3);
	assert_int_equal(theme.styles[ROLE_LOCKED].foreground, THEME_DEFAULT_COLOR);
	assert_int_equal(theme.styles[ROLE_LOCKED].background, THEME_DEFAULT_COLOR);
}

/* A file that a colleague sent must not take away what warns. */
static void test_themes_hide_nothing(void **state)
{
	(void)state;
	assert_refused("danger = plain\n", "'danger'", "looks like 'text'");
	assert_refused("forever = plain\n", "'forever'", "looks like 'text'");
	assert_refused("selected = plain\n", "'selected'", "looks like 'text'");
	assert_refused("staged = default\n", "'staged'", "looks like 'text'");
	assert_refused("header = bold red\narmed = bold red\n", "'armed'", "looks like 'header'");
	assert_refused("danger = bold red on red\n", "'danger'", "cannot be read");
	assert_refused("text = #000000 on #000001\n", "'text'", "cannot be read");
	assert_refused("text = plain on black\nwarning = #0A0A0A\n", "'warning'", "cannot be read");
	assert_refused("good = bright-white on white\n", "'good'", "cannot be read");
}

static void assert_error_of(const char *text, size_t length, const char *words)
{
	struct theme theme;
	struct errbuf err = {0};
	assert_int_equal(theme_parse(&theme, text, length, "own.theme", &err), ERR_FORMAT);
	if (!strstr(err.text, words))
		fail_msg("'%s' lacks '%s'", err.text, words);
}

static void test_hostile_files(void **state)
{
	(void)state;
	static const char escape[] = "[theme]\nname = \033]0;owned\007\n";
	static const char zero[] = "[theme]\nname = a\0b\n";
	static const char turned[] = "[theme]\nname = \xE2\x80\xAE"
				     "drows\n";
	char many[1000];
	assert_error_of("", 0, "no name");
	assert_error_of(escape, sizeof escape - 1, "control character");
	assert_error_of(zero, sizeof zero - 1, "zero byte");
	assert_error_of(turned, sizeof turned - 1, "not to be seen");
	memset(many, 'x', sizeof many);
	assert_error_of(many, sizeof many, "bytes long");
	snprintf(many, sizeof many, "danger = %0150d\n", 1);
	assert_refused(many, "line 4", "too long");
	assert_refused("danger = on on red\n", "line 4", "'on'");
	assert_refused("danger = bold red on\n", "line 4", "'on'");
	assert_refused("danger = red on blue green\n", "line 4", "'green'");
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

static const int counts[] = {0, 8, 16, 256, 1 << 24};
#define COUNTS (sizeof counts / sizeof counts[0])

static bool same_look(const struct style *a, const struct style *b)
{
	return a->bold == b->bold && a->dim == b->dim && a->underline == b->underline &&
	       a->reverse == b->reverse && a->foreground == b->foreground &&
	       a->background == b->background;
}

static void assert_seen(const struct theme *theme, const char *name, int colors)
{
	static const enum role loud[] = {
		ROLE_DANGER, ROLE_ARMED, ROLE_FOREVER, ROLE_WARNING, ROLE_STAGED, ROLE_SELECTED};
	struct theme shown = *theme;
	theme_reduce_all(&shown, colors);
	for (size_t i = 0; i < sizeof loud / sizeof loud[0]; i++)
		if (same_look(&shown.styles[ROLE_TEXT], &shown.styles[loud[i]]))
			fail_msg("%s: %s looks like text with %d colours", name, role_name(loud[i]),
				colors);
	if (same_look(&shown.styles[ROLE_HEADER], &shown.styles[ROLE_ARMED]))
		fail_msg("%s: armed looks like the header with %d colours", name, colors);
	for (int role = 0; role < ROLE_COUNT; role++) {
		const struct style *style = &shown.styles[role];
		if (style->foreground == style->background &&
			style->foreground != THEME_DEFAULT_COLOR)
			fail_msg("%s: %s cannot be read with %d colours", name,
				role_name((enum role)role), colors);
	}
}

/* What warns must stand out whatever the terminal can do. */
static void test_danger_is_seen_with_any_colours(void **state)
{
	(void)state;
	for (const struct embedded *embedded = builtin_themes; embedded->name; embedded++) {
		struct theme theme;
		struct errbuf err = {0};
		assert_int_equal(theme_load(&theme, embedded->name, "", &err), OK);
		for (size_t c = 0; c < COUNTS; c++)
			assert_seen(&theme, embedded->name, counts[c]);
	}
}

/* Shades that only a good terminal tells apart, and colours without any attribute. */
static void test_poor_themes_are_helped(void **state)
{
	(void)state;
	struct theme theme;
	struct errbuf err = {0};
	assert_int_equal(parse(&theme,
				 "text = #E0E0E0 on #101010\ndanger = #F0F0F0\nforever = #D0D0D0\n"
				 "warning = #FFFFFF\narmed = #F8F8F8\nstaged = #E0E0FF\n"
				 "selected = #E0E0E0 on #202020\nframe = #606060\n"
				 "good = #00FF00\nchanged = #E0E1E0\nheader = #E2E2E2\n",
				 &err),
		OK);
	for (size_t c = 0; c < COUNTS; c++)
		assert_seen(&theme, "shades", counts[c]);
}

/* Bold black is grey on a terminal of eight colours, and a bar of greys is none. */
static void test_eight_colours(void **state)
{
	(void)state;
	struct theme theme;
	struct errbuf err = {0};
	assert_int_equal(parse(&theme,
				 "text = #EEEEEE on #202020\nheader = #EEEEEE on #303030\n"
				 "selected = bold #101010 on #F0F000\nwarning = bold #F0F000\n",
				 &err),
		OK);
	theme_reduce_all(&theme, 8);
	assert_true(theme.styles[ROLE_HEADER].reverse);
	assert_false(theme.styles[ROLE_SELECTED].bold);
	assert_int_equal(theme.styles[ROLE_SELECTED].foreground, 0);
	assert_int_equal(theme.styles[ROLE_SELECTED].background, 3);
	assert_true(theme.styles[ROLE_WARNING].bold);
}

static double contrast_of(const struct theme *theme, enum role role)
{
	return theme_contrast(&theme->styles[role]);
}

/* Black on white is 21:1 by WCAG 2's definition; its level AA wants 4.5, for bold letters 3; AAA
 * wants 7. */
static void test_contrast(void **state)
{
	(void)state;
	struct style style = {.foreground = THEME_RGB, .background = THEME_RGB | 0xFFFFFF};
	assert_true(theme_contrast(&style) > 20.99 && theme_contrast(&style) < 21.01);
	style.foreground = THEME_RGB | 0x767676; /* the lightest grey that passes AA on white */
	assert_true(theme_contrast(&style) > 4.5 && theme_contrast(&style) < 4.6);
	style.background = THEME_DEFAULT_COLOR;
	assert_true(theme_contrast(&style) == 0);
	static const struct {
		const char *name;
		double least;
	} wanted[] = {{"high-contrast", 7}, {"colour-blind", 4.5}, {"light", 4.5}, {"gruvbox", 3}};
	for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
		struct theme theme;
		struct errbuf err = {0};
		assert_int_equal(theme_load(&theme, wanted[i].name, "", &err), OK);
		for (int role = 0; role < ROLE_COUNT; role++)
			if (contrast_of(&theme, (enum role)role) < wanted[i].least)
				fail_msg("%s: %s has %.2f:1", wanted[i].name,
					role_name((enum role)role),
					contrast_of(&theme, (enum role)role));
	}
}

/* --- other eyes --- */

/* What a colour looks like to somebody without one kind of cone: Machado, Oliveira and Fernandes
 * 2009, severity 1.0, on linear RGB. */
static const double cones[3][3][3] = {
	{{0.152286, 1.052583, -0.204868}, {0.114503, 0.786281, 0.099216},
		{-0.003882, -0.048116, 1.051998}},
	{{0.367322, 0.860646, -0.227968}, {0.280085, 0.672501, 0.047413},
		{-0.011820, 0.042940, 0.968881}},
	{{1.255528, -0.076749, -0.178779}, {-0.078411, 0.930809, 0.147602},
		{0.004733, 0.691367, 0.303900}}};

static double linear(int part)
{
	double value = part / 255.0;
	return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4);
}

static double lab_part(double value)
{
	return value > 0.008856 ? cbrt(value) : 7.787 * value + 16.0 / 116;
}

/* CIE 1976 L*a*b* under D65. */
static void lab_of(double out[3], int rgb, const double seen[3][3])
{
	double in[3], to[3];
	for (int i = 0; i < 3; i++)
		in[i] = linear(rgb >> (16 - 8 * i) & 0xFF);
	for (int i = 0; i < 3; i++) {
		to[i] = seen[i][0] * in[0] + seen[i][1] * in[1] + seen[i][2] * in[2];
		to[i] = to[i] < 0 ? 0 : to[i] > 1 ? 1 : to[i];
	}
	double x = 0.4124 * to[0] + 0.3576 * to[1] + 0.1805 * to[2];
	double y = 0.2126 * to[0] + 0.7152 * to[1] + 0.0722 * to[2];
	double z = 0.0193 * to[0] + 0.1192 * to[1] + 0.9505 * to[2];
	double fx = lab_part(x / 0.9505), fy = lab_part(y), fz = lab_part(z / 1.089);
	out[0] = 116 * fy - 16;
	out[1] = 500 * (fx - fy);
	out[2] = 200 * (fy - fz);
}

static double seen_apart(int a, int b, const double seen[3][3])
{
	double left[3], right[3], sum = 0;
	lab_of(left, a, seen);
	lab_of(right, b, seen);
	for (int i = 0; i < 3; i++)
		sum += (left[i] - right[i]) * (left[i] - right[i]);
	return sqrt(sum);
}

/* Meanings that stand side by side differ by hue for every eye, or by an attribute. A distance of
 * some 2 is just noticed, side by side; letters are small and apart. */
static void test_other_eyes_tell_meanings_apart(void **state)
{
	(void)state;
	static const enum role pairs[][2] = {{ROLE_GOOD, ROLE_DANGER}, {ROLE_GOOD, ROLE_WARNING},
		{ROLE_GOOD, ROLE_FOREVER}, {ROLE_LOCKED, ROLE_UNKNOWN}, {ROLE_LOCKED, ROLE_TEXT},
		{ROLE_STAGED, ROLE_CHANGED}, {ROLE_STAGED, ROLE_FOREVER},
		{ROLE_CHANGED, ROLE_LOCKED}, {ROLE_WARNING, ROLE_FOREVER},
		{ROLE_UNKNOWN, ROLE_TEXT}};
	struct theme theme;
	struct errbuf err = {0};
	assert_int_equal(theme_load(&theme, "colour-blind", "", &err), OK);
	for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++)
		for (int cone = 0; cone < 3; cone++) {
			const struct style *a = &theme.styles[pairs[i][0]];
			const struct style *b = &theme.styles[pairs[i][1]];
			double apart = seen_apart(
				a->foreground & 0xFFFFFF, b->foreground & 0xFFFFFF, cones[cone]);
			if (apart < 20 && a->underline == b->underline && a->reverse == b->reverse)
				fail_msg("%s and %s are %.1f apart without cone %d",
					role_name(pairs[i][0]), role_name(pairs[i][1]), apart,
					cone);
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
	/* A grey is no yellow. */
	assert_int_equal(theme_reduce(THEME_RGB | 0x928374, 8), 7);
	assert_int_equal(theme_reduce(THEME_RGB | 0x504945, 8), 0);
	/* Numbers that are colours themselves; the lowest ones are a palette's. */
	assert_int_equal(theme_reduce(THEME_RGB | 0x5F87AF, 1 << 24), 0x5F87AF);
	assert_int_equal(theme_reduce(THEME_RGB | 0x0000FF, 1 << 24), 0x0001FF);
	assert_int_equal(theme_reduce(THEME_RGB | 0x000000, 1 << 24), 0x000100);
	assert_int_equal(theme_reduce(3, 1 << 24), 3);
	assert_int_equal(theme_reduce(9, 1 << 24), 0xFF0000);
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

static void write_own(const char *folder, const char *name)
{
	char path[400];
	snprintf(path, sizeof path, "%s/themes/%s", folder, name);
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	fclose(file);
}

static void test_names(void **state)
{
	(void)state;
	static const char *const expected[] = {"colour-blind", "dark", "default", "gruvbox",
		"high-contrast", "light", "mono", "zenburn"};
	char folder[SCRATCH_MAX], path[400];
	static struct theme_names names;
	scratch_make(folder);
	snprintf(path, sizeof path, "%s/themes", folder);
	assert_int_equal(mkdir(path, 0700), 0);
	write_own(folder, "zenburn.theme");
	write_own(folder, "mono.theme");
	write_own(folder, "dark.theme");
	write_own(folder, ".theme");
	write_own(folder, ".hidden.theme");
	write_own(folder, "notes.txt");
	write_own(folder, "a\033[2J.theme");
	write_own(folder, "a-name-that-is-longer-than-forty-letters-are.theme");
	theme_names(&names, folder);
	assert_int_equal(names.count, 8);
	for (size_t i = 0; i < 8; i++)
		assert_string_equal(names.names[i], expected[i]);
	for (int i = 0; i < 100; i++) {
		char name[32];
		snprintf(name, sizeof name, "x%d.theme", i);
		write_own(folder, name);
	}
	theme_names(&names, folder);
	assert_int_equal(names.count, THEME_NAMES_MAX);
	theme_names(&names, "");
	assert_int_equal(names.count, 6);
	scratch_remove(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_styles),
		cmocka_unit_test(test_unnamed_colours_are_the_texts),
		cmocka_unit_test(test_themes_hide_nothing), cmocka_unit_test(test_hostile_files),
		cmocka_unit_test(test_poor_themes_are_helped), cmocka_unit_test(test_contrast),
		cmocka_unit_test(test_names), cmocka_unit_test(test_eight_colours),
		cmocka_unit_test(test_other_eyes_tell_meanings_apart),
		cmocka_unit_test(test_mistakes_are_named),
		cmocka_unit_test(test_every_role_is_wanted), cmocka_unit_test(test_built_in_themes),
		cmocka_unit_test(test_danger_is_seen_with_any_colours),
		cmocka_unit_test(test_mono_has_no_colours), cmocka_unit_test(test_reduction),
		cmocka_unit_test(test_own_theme_comes_first)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
