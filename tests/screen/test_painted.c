/*
 * Every view as a terminal shows it: at two sizes, with no colours, 8, 256 and all of RGB. All that
 * matters is there whole, nothing stands over the frames, colours add nothing that cannot be read
 * without them, and what warns looks different from plain text in each of them. A few screens are
 * compared as a whole with what a person has looked at.
 */
#include "src/errbuf.h"
#include "tests/support/view_scenes.h"
#include "tests/support/kinds.h"
#include "tests/support/painted.h"
#include "tests/support/scratch.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- terminals --- */

enum { MODE_MONO, MODE_8, MODE_256, MODE_RGB, MODES };

static const struct {
	const char *kind, *theme;
	int colors;
} modes[MODES] = {[MODE_MONO] = {"vt100", "mono", 0},
	[MODE_8] = {"xterm", "default", 8},
	[MODE_256] = {"xterm-256color", "gruvbox", 256},
	[MODE_RGB] = {"test-direct", "colour-blind", 1 << 24}};

static const unsigned sizes[][2] = {{80, 24}, {120, 40}};

struct fixture {
	struct drawn *drawn;
	struct painted *painted[MODES];
	struct theme themes[MODES];
	struct terminal_cell plain[MODES]; /* what text looks like that means nothing more */
	char kinds[SCRATCH_MAX];
};

static int set_up(void **state)
{
	static struct fixture f;
	struct errbuf err = {0};
	void *drawn = NULL;
	assert_int_equal(drawn_set_up(&drawn), 0);
	f.drawn = drawn;
	scratch_make(f.kinds);
	kinds_compile(f.kinds);
	setenv("TERMINFO_DIRS", f.kinds, 1);
	for (int mode = 0; mode < MODES; mode++) {
		f.painted[mode] = painted_new(modes[mode].kind, modes[mode].colors > 0);
		assert_int_equal(painted_colors(f.painted[mode]), modes[mode].colors);
		assert_int_equal(theme_load(&f.themes[mode], modes[mode].theme, "", &err), OK);
		theme_apply(&f.themes[mode], modes[mode].colors);
	}
	*state = &f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;
	void *drawn = f->drawn;
	drawn_tear_down(&drawn);
	for (int mode = 0; mode < MODES; mode++)
		painted_free(f->painted[mode]);
	scratch_remove(f->kinds);
	return 0;
}

/* --- what must hold for every view --- */

struct sight {
	const struct scene_of_view *scene;
	const struct app *app;
	struct painted *painted;
	unsigned columns, rows;
};

static void fails(const struct sight *sight, const char *what, const char *text)
{
	painted_dump(sight->painted);
	fail_msg("%s, %u columns, %d colours: %s '%s'", sight->scene->name, sight->columns,
		painted_colors(sight->painted), what, text);
}

static bool is_vertical(uint32_t character)
{
	return character == '|' || character == 0x2502;
}

/* Closed on both sides, down to where messages may lie over it. */
static void is_framed(const struct sight *sight, const struct rect *frame)
{
	int past = frame->row + frame->rows - 1, free_rows = (int)sight->rows - 2 - 5;
	for (int row = frame->row + 1; row < past && row < free_rows; row++) {
		unsigned left = (unsigned)frame->column;
		unsigned right = left + (unsigned)frame->columns - 1;
		if (!is_vertical(painted_cell(sight->painted, (unsigned)row, left).character) ||
			!is_vertical(painted_cell(sight->painted, (unsigned)row, right).character))
			fails(sight, "the frame is broken in the row",
				painted_text(sight->painted, (unsigned)row, 0, sight->columns));
	}
}

/* Blanks and line ends are one; so a sentence is found however it is broken. */
static void flatten(char *out, size_t cap, const struct sight *sight, const struct rect *area)
{
	size_t used = 0;
	for (int row = area->row; row < area->row + area->rows; row++) {
		const char *text = painted_text(sight->painted, (unsigned)row,
			(unsigned)area->column, (unsigned)area->columns);
		for (; *text && used + 2 < cap; text++)
			if (*text != ' ' || (used > 0 && out[used - 1] != ' '))
				out[used++] = *text;
		if (used > 0 && out[used - 1] != ' ')
			out[used++] = ' ';
	}
	out[used] = '\0';
}

static struct rect inside_of(const struct rect *frame)
{
	return (struct rect){
		frame->row + 1, frame->column + 1, frame->rows - 2, frame->columns - 2};
}

static bool says(const struct sight *sight, const char *sentence)
{
	static char text[65536];
	const struct layout *layout = &sight->app->layout;
	const struct rect areas[] = {{0, 0, (int)sight->rows, (int)sight->columns},
		inside_of(&layout->body), inside_of(&layout->grid), inside_of(&layout->detail),
		{layout->message.row - 4, 1, 5, layout->columns - 1}};
	for (size_t i = 0; i < sizeof areas / sizeof areas[0]; i++) {
		flatten(text, sizeof text, sight, &areas[i]);
		if (strstr(text, sentence))
			return true;
	}
	return false;
}

static bool is_beside(const struct app *app)
{
	return view_of(app->view)->place == VIEW_BESIDE_GRID && app->layout.detail.columns >= 50;
}

/* Texts that scroll: each line that is in the window is there to its end. */
static void lines_are_whole(const struct sight *sight)
{
	const struct app *app = sight->app;
	bool beside = is_beside(app);
	struct rect area = inside_of(beside ? &app->layout.detail : &app->layout.body);
	char line[1000], wanted[1000];
	if (app->page_view != app->view || app->view == VIEW_CONFIRM || app->view == VIEW_BOOT)
		return;
	for (size_t i = 0; i < app->scroll.height && app->scroll.top + i < app->page.line_count;
		i++) {
		page_line_text(wanted, sizeof wanted, &app->page, app->scroll.top + i);
		snprintf(line, sizeof line, "%s",
			painted_text(sight->painted, (unsigned)area.row + (unsigned)i,
				(unsigned)area.column, (unsigned)area.columns));
		for (size_t length = strlen(line); length > 0 && line[length - 1] == ' ';)
			line[--length] = '\0';
		for (size_t length = strlen(wanted); length > 0 && wanted[length - 1] == ' ';)
			wanted[--length] = '\0';
		/* A message lies over the last rows. */
		if (strcmp(line, wanted) != 0 && !app->message[0])
			fails(sight, "a line is cut or missing:", wanted);
	}
}

/* The last row: keys, each with what it does, none of them cut. */
static void hints_are_whole(const struct sight *sight)
{
	const struct key_binding *row;
	char line[1000];
	snprintf(line, sizeof line, "%s",
		painted_text(sight->painted, sight->rows - 1, 1, sight->columns));
	const char *at = line;
	enum key_context keys = view_of(sight->app->view)->keys;
	for (size_t i = 0; (row = keymap_row(&sight->app->keys, keys, i)) != NULL; i++) {
		char hint[100];
		int length = snprintf(hint, sizeof hint, "%s %s", row->key, row->hint);
		if (row->hint && strncmp(at, hint, (size_t)length) == 0) {
			at += length;
			at += strspn(at, " ");
		}
	}
	if (*at)
		fails(sight, "the keys below are cut at", at);
}

static void paints_no_colors(const struct sight *sight)
{
	for (unsigned row = 0; row < sight->rows; row++)
		for (unsigned column = 0; column < sight->columns; column++) {
			struct terminal_cell cell = painted_cell(sight->painted, row, column);
			if (cell.foreground != -1 || cell.background != -1)
				fails(sight, "a colour in the row",
					painted_text(sight->painted, row, 0, sight->columns));
		}
}

/* The same characters as without colours, none of them in the colour it stands on. */
static void colors_add_nothing(const struct sight *sight, struct painted *mono)
{
	char plain[TERMINAL_MAX_COLUMNS * 4 + 1];
	bool colored = false;
	for (unsigned row = 0; row < sight->rows; row++) {
		snprintf(plain, sizeof plain, "%s", painted_text(mono, row, 0, sight->columns));
		const char *text = painted_text(sight->painted, row, 0, sight->columns);
		if (strcmp(plain, text) != 0)
			fails(sight, "without colours the row was", plain);
		for (unsigned column = 0; column < sight->columns; column++) {
			struct terminal_cell cell = painted_cell(sight->painted, row, column);
			colored |= cell.foreground != -1;
			if (cell.character != ' ' && cell.foreground != -1 &&
				cell.foreground == cell.background)
				fails(sight, "something cannot be seen in the row", plain);
		}
	}
	if (!colored)
		fails(sight, "there are no colours", "");
}

static void stands_out(const struct sight *sight, const char *text, struct terminal_cell plain)
{
	unsigned row, column;
	if (!painted_find(sight->painted, text, &row, &column))
		fails(sight, "there is no row with", text);
	if (painted_same_look(painted_cell(sight->painted, row, column), plain))
		fails(sight, "nothing makes this stand out:", text);
}

static void looks(struct fixture *f, const struct sight *sight, int mode)
{
	const struct app *app = sight->app;
	const struct scene_of_view *scene = sight->scene;
	enum view_place place = view_of(app->view)->place;
	bool with_words = app->view == VIEW_GRID || place == VIEW_FOOTER || is_beside(app);
	is_framed(sight, with_words ? &app->layout.grid : &app->layout.body);
	if (with_words && app->layout.detail.columns > 1)
		is_framed(sight, &app->layout.detail);
	for (size_t i = 0; i < SCENE_SENTENCES && scene->sentences[i]; i++)
		if (!says(sight, scene->sentences[i]))
			fails(sight, "it does not say", scene->sentences[i]);
	for (size_t i = 0; i < SCENE_WARNINGS && scene->warnings[i]; i++)
		stands_out(sight, scene->warnings[i], f->plain[mode]);
	lines_are_whole(sight);
	hints_are_whole(sight);
	if (mode == MODE_MONO)
		paints_no_colors(sight);
	else
		colors_add_nothing(sight, f->painted[MODE_MONO]);
}

/* --- all of them --- */

static void paint(struct fixture *f, int mode, const unsigned size[2])
{
	painted_use(f->painted[mode], size[0], size[1]);
	draw_screen(&f->drawn->app, stdscr, &f->themes[mode]);
	painted_send(f->painted[mode]);
}

/* A hint below the words is plain text. */
static void note_plain_looks(struct fixture *f)
{
	scene_begin(&scenes_of_views[0], f->drawn, f->painted[MODE_MONO], sizes[0]);
	for (int mode = 0; mode < MODES; mode++) {
		unsigned row, column;
		paint(f, mode, sizes[0]);
		assert_true(painted_find(f->painted[mode], " edit  l lock", &row, &column));
		f->plain[mode] = painted_cell(f->painted[mode], row, column + 1);
	}
	scene_end();
}

static void test_every_view_on_every_terminal(void **state)
{
	struct fixture *f = *state;
	bool seen[VIEW_COUNT] = {false};
	note_plain_looks(f);
	for (const struct scene_of_view *scene = scenes_of_views; scene->name; scene++)
		for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++) {
			scene_begin(scene, f->drawn, f->painted[MODE_MONO], sizes[s]);
			seen[f->drawn->app.view] = true;
			for (int mode = 0; mode < MODES; mode++) {
				struct sight sight = {scene, &f->drawn->app, f->painted[mode],
					sizes[s][0], sizes[s][1]};
				paint(f, mode, sizes[s]);
				looks(f, &sight, mode);
			}
			scene_end();
		}
	for (int view = 0; view < VIEW_COUNT; view++)
		if (!seen[view])
			fail_msg("there is no scene of the view '%s'",
				view_of((enum view_id)view)->title);
}

/* One step at a time, from wherever one is; what is staged stays. */
static void test_escape_leads_back_from_every_view(void **state)
{
	struct fixture *f = *state;
	for (const struct scene_of_view *scene = scenes_of_views; scene->name; scene++) {
		scene_begin(scene, f->drawn, f->painted[MODE_MONO], sizes[0]);
		struct app *app = &f->drawn->app;
		enum view_id begun = app->view;
		unsigned staged = edits_count(draft_edits(app->draft));
		/* The worker's part of a power cycle, and of loading, is not there; a burn is seen
		 * to its end. */
		bool stays = begun == VIEW_PICKER || begun == VIEW_PROGRESS;
		bool is_beyond = begun == VIEW_POWER ||
				 (begun == VIEW_BOOT && app->boot.step == BOOT_LOADING);
		enum view_id wanted = begun == VIEW_BOOT || begun == VIEW_SOURCE ? VIEW_PICKER
				      : stays                                    ? begun
										 : VIEW_GRID;
		for (int i = 0; !is_beyond && i < 4; i++)
			drawn_press(f->drawn, 0, 27);
		if (!is_beyond && app->view != wanted)
			fail_msg("%s: Esc leads to '%s'", scene->name, view_of(app->view)->title);
		assert_int_equal(edits_count(draft_edits(app->draft)), staged);
		assert_false(app->quit);
		scene_end();
	}
}

/* --- as a whole --- */

/* Looked at by a person; where a change is meant, it is to be looked at again. */
static void is_as_looked_at(struct fixture *f, const struct scene_of_view *scene)
{
	char path[600], wanted[2000], line[2000];
	snprintf(path, sizeof path, "%s/screens/%s.txt", TEST_DATA, scene->name);
	FILE *file = fopen(path, "r");
	if (!file)
		fail_msg("there is no '%s'", path);
	scene_begin(scene, f->drawn, f->painted[MODE_MONO], sizes[0]);
	struct sight sight = {scene, &f->drawn->app, f->painted[MODE_MONO], 80, 24};
	paint(f, MODE_MONO, sizes[0]);
	for (unsigned row = 0; row < 24; row++) {
		assert_non_null(fgets(wanted, sizeof wanted, file));
		wanted[strcspn(wanted, "\n")] = '\0';
		snprintf(line, sizeof line, "%s", painted_text(f->painted[MODE_MONO], row, 0, 80));
		for (size_t length = strlen(line); length > 0 && line[length - 1] == ' ';)
			line[--length] = '\0';
		if (strcmp(line, wanted) != 0)
			fails(&sight, "another row was looked at:", wanted);
	}
	scene_end();
	fclose(file);
}

static void test_screens_that_were_looked_at(void **state)
{
	struct fixture *f = *state;
	unsigned count = 0;
	for (const struct scene_of_view *scene = scenes_of_views; scene->name; scene++)
		if (scene->is_kept) {
			is_as_looked_at(f, scene);
			count++;
		}
	assert_true(count >= 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_view_on_every_terminal),
		cmocka_unit_test(test_escape_leads_back_from_every_view),
		cmocka_unit_test(test_screens_that_were_looked_at),
	};
	return cmocka_run_group_tests_name("views on terminals", tests, set_up, tear_down);
}
