/*
 * A monkey at the prompt: lines that are almost right, edited at random, at any size. Nothing is
 * staged but what one accepted line asks for, and no cursor ever leaves its line or the words.
 */
#include "src/errbuf.h"
#include "tests/support/drawn.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#define LINES_TYPED 200

static uint32_t seed;

static unsigned pick(unsigned count)
{
	seed = seed * 1664525u + 1013904223u;
	return (seed >> 8) % count;
}

/* Each begins with a word that asks nothing of a board: there is none behind this screen. */
static const char *const lines[] = {":write word=70 value=0x12345678 lock",
	":write word=70-75 value=bits:6,8-9", ":write word=57 value=mac:00:80:e1:42:48:e4",
	":write word=64 value=text:\"A 042\" lock word=70 value=1", ":lock word=70-71 sticky-read",
	":fwrite word=80 file:/dev/null", ":fwrite word=80 file:/ lock", ":go 0x46",
	":select 60-95 !lock=permanent", ":unselect kind=user", ":find =????0000 bank=upper",
	":load /dev/zero", ":diff /dev/null", "/lock=none kind=user", "/=deadbeef !staged",
	"/\"board id\" changed selected", "/70-4000 mac_byte_2"};

static void types_almost(struct drawn *f, const char *line)
{
	static const uint32_t strange[] = {0, 7, 0x7F, 0x9B, 0xE9, 0x202E, 0x20AC, 0xD800, 0x1F600,
		0x110000, 0xFFFFFFFF, '"', '!', '=', ' ', '-', '#'};
	for (; *line; line++) {
		unsigned chance = pick(60);
		if (chance == 0)
			drawn_press(f, 0, strange[pick(sizeof strange / sizeof strange[0])]);
		else if (chance == 1)
			drawn_press(f, 0, ' ' + pick(95));
		else if (chance != 2)
			drawn_press(f, 0, (unsigned char)*line);
	}
}

static void edits(struct drawn *f)
{
	static const int codes[] = {KEY_LEFT, KEY_RIGHT, KEY_HOME, KEY_END, KEY_UP, KEY_DOWN,
		KEY_DC, KEY_BACKSPACE, KEY_PPAGE, KEY_RESIZE, KEY_WHEEL_UP, KEY_CLICK,
		KEY_PASTE_BEGIN, KEY_PASTE_END};
	static const char controls[] = "\t\001\005\013\025\027\014";
	for (unsigned count = pick(4); count > 0 && f->app.view == VIEW_PROMPT; count--) {
		if (pick(3) > 0)
			drawn_press(f, codes[pick(sizeof codes / sizeof codes[0])], 0);
		else
			drawn_press(f, 0, (unsigned char)controls[pick(sizeof controls - 1)]);
	}
}

static void assert_in_order(const struct drawn *f)
{
	const struct app *app = &f->app;
	const struct text_line *line = &app->prompt.line;
	unsigned count = 0;
	assert_int_equal(line->length, strlen(line->text));
	assert_true(line->cursor <= line->length);
	assert_int_not_equal((unsigned char)line->text[line->cursor] & 0xC0, 0x80);
	assert_true(app->selected < app->session->image.word_count);
	for (unsigned word = 0; word < IMAGE_MAX_WORDS; word++)
		count += app->selection.word[word];
	assert_int_equal(count, app->selection.count);
	assert_false(app->session->arming.armed);
	assert_false(app->quit);
}

/* Whether Enter may be pressed: what was edited may have become something that asks the board. */
static bool is_harmless(const struct drawn *f)
{
	static const char *const words[] = {"write ", "lock ", "fwrite ", "go ", "select ",
		"unselect ", "find ", "load ", "diff "};
	const struct prompt *prompt = &f->app.prompt;
	if (prompt->kind == PROMPT_FIND)
		return true;
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (strncmp(prompt->line.text, words[i], strlen(words[i])) == 0)
			return true;
	return false;
}

static void play(struct drawn *f, uint32_t from)
{
	static const int sizes[][2] = {{24, 80}, {40, 120}, {16, 60}, {10, 30}, {60, 200}};
	seed = from;
	for (unsigned i = 0; i < LINES_TYPED; i++) {
		const char *line = lines[pick(sizeof lines / sizeof lines[0])];
		unsigned staged = edits_count(draft_edits(f->app.draft));
		if (pick(50) == 0) {
			const int *size = sizes[pick(5)];
			drawn_resize(f, size[0], size[1]);
		}
		drawn_press(f, KEY_PASTE_END, 0);
		while (f->app.view != VIEW_GRID && !f->app.layout.too_small)
			drawn_press(f, 0, 27);
		if (f->app.layout.too_small) {
			drawn_resize(f, 24, 80);
			continue;
		}
		drawn_press(f, 0, (unsigned char)line[0]);
		types_almost(f, line + 1);
		edits(f);
		assert_in_order(f);
		assert_int_equal(edits_count(draft_edits(f->app.draft)), staged);
		if (f->app.view == VIEW_PROMPT && is_harmless(f))
			drawn_press(f, 0, '\r');
		assert_in_order(f);
		if (pick(20) == 0 && f->app.view == VIEW_GRID)
			drawn_type(f, "u");
	}
}

static void test_lines_that_are_almost_right(void **state)
{
	struct drawn *f = *state;
	play(f, 20261121);
	/* It saw both: lines that were taken, and ones that were not. */
	assert_true(f->app.prompt.history[PROMPT_COMMAND].count > 0);
	assert_true(f->app.prompt.history[PROMPT_FIND].count > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test_setup_teardown(
		test_lines_that_are_almost_right, drawn_set_up, drawn_tear_down)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
