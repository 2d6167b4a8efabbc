#include "tests/support/drawn.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct session *new_session(struct chip *chip)
{
	struct session *session = calloc(1, sizeof *session);
	assert_non_null(session);
	fixture_plain(&session->image);
	session->has_image = true;
	session->chip = chip;
	session->journal_usable = true;
	session->info.peer = PEER_UBOOT;
	session->info.source_class = SOURCE_SIMULATED;
	snprintf(session->board, sizeof session->board, DRAWN_BOARD);
	snprintf(session->source_text, sizeof session->source_text, "demo");
	return session;
}

static void begin(struct drawn *f)
{
	struct errbuf err = {0};
	f->now = 1000;
	f->environment = (struct environment){0};
	assert_true(app_init(&f->app, &f->environment));
	assert_int_equal(theme_load(&f->theme, "mono", "", &err), OK);
	theme_apply(&f->theme, 0);
	f->chip = fixture_chip();
	f->app.session = new_session(f->chip);
	f->app.link = LINK_UP;
}

static void end(struct drawn *f)
{
	app_free(&f->app);
	chip_free(f->chip);
}

int drawn_set_up(void **state)
{
	static struct drawn f;
	setlocale(LC_ALL, "C.UTF-8");
	f = (struct drawn){0};
	use_env(FALSE); /* 80 by 24, whatever runs the tests */
	f.null = fopen("/dev/null", "r+");
	f.screen = newterm("xterm", f.null, f.null);
	assert_non_null(f.screen);
	begin(&f);
	drawn_resize(&f, 24, 80);
	*state = &f;
	return 0;
}

void drawn_begin_anew(struct drawn *f)
{
	end(f);
	begin(f);
}

int drawn_tear_down(void **state)
{
	struct drawn *f = *state;
	end(f);
	endwin();
	delscreen(f->screen);
	fclose(f->null);
	return 0;
}

void drawn_draw(struct drawn *f)
{
	draw_screen(&f->app, stdscr, &f->theme);
}

void drawn_resize(struct drawn *f, int rows, int columns)
{
	resizeterm(rows, columns);
	drawn_draw(f);
}

void drawn_press(struct drawn *f, int code, uint32_t character)
{
	struct key key = {.code = code, .character = character, .now_ms = f->now += 100};
	app_key(&f->app, &key);
	drawn_draw(f);
}

void drawn_type(struct drawn *f, const char *text)
{
	for (; *text; text++)
		drawn_press(f, 0, (unsigned char)*text);
}

void drawn_go(struct drawn *f, unsigned word)
{
	f->app.selected = word;
	drawn_draw(f);
}

#define ROW_BYTES 1600

int drawn_row(const char *text)
{
	char row[ROW_BYTES];
	for (int i = 0; i < LINES; i++) {
		mvwinnstr(stdscr, i, 0, row, sizeof row - 1);
		if (strstr(row, text))
			return i;
	}
	return -1;
}

int drawn_column(const char *text)
{
	char row[ROW_BYTES];
	int found = drawn_row(text);
	if (found < 0)
		return -1;
	mvwinnstr(stdscr, found, 0, row, sizeof row - 1);
	return (int)page_columns(row, (size_t)(strstr(row, text) - row));
}

void drawn_expect(const char *text)
{
	char row[ROW_BYTES];
	if (drawn_row(text) >= 0)
		return;
	for (int i = 0; i < LINES; i++) {
		mvwinnstr(stdscr, i, 0, row, sizeof row - 1);
		print_message("|%s\n", row);
	}
	fail_msg("the screen does not show '%s'", text);
}

void drawn_expect_not(const char *text)
{
	if (drawn_row(text) >= 0)
		fail_msg("the screen shows '%s'", text);
}
