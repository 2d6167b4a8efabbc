#include "tests/support/painted.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <ncurses.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <vterm.h>

#define CHARACTER_BYTES 4

struct painted {
	FILE *out, *in;
	off_t taken; /* of what was sent */
	SCREEN *screen;
	int colors;
	unsigned columns, rows;
	VTerm *vterm; /* NULL: nothing was sent yet */
	char text[TERMINAL_MAX_COLUMNS * CHARACTER_BYTES + 1];
};

struct painted *painted_new(const char *kind, bool colors)
{
	struct painted *painted = calloc(1, sizeof *painted);
	assert_non_null(painted);
	painted->out = tmpfile();
	painted->in = fopen("/dev/null", "r");
	assert_true(painted->out && painted->in);
	use_env(FALSE);
	painted->screen = newterm(kind, painted->out, painted->in);
	if (!painted->screen)
		fail_msg("terminals of the kind '%s' are not known", kind);
	typeahead(-1); /* nothing that is typed puts drawing off */
	if (colors) {
		start_color();
		use_default_colors();
		painted->colors = COLORS;
	}
	return painted;
}

void painted_free(struct painted *painted)
{
	if (!painted)
		return;
	delscreen(painted->screen);
	if (painted->vterm)
		vterm_free(painted->vterm);
	fclose(painted->out);
	fclose(painted->in);
	free(painted);
}

void painted_use(struct painted *painted, unsigned columns, unsigned rows)
{
	set_term(painted->screen);
	resizeterm((int)rows, (int)columns);
	painted->columns = columns;
	painted->rows = rows;
}

int painted_colors(const struct painted *painted)
{
	return painted->colors;
}

/* What was sent since, into an emulator that begins empty. */
void painted_send(struct painted *painted)
{
	char bytes[16384];
	ssize_t n;
	if (painted->vterm)
		vterm_free(painted->vterm);
	painted->vterm = vterm_new((int)painted->rows, (int)painted->columns);
	assert_non_null(painted->vterm);
	vterm_set_utf8(painted->vterm, 1);
	VTermScreen *screen = vterm_obtain_screen(painted->vterm);
	vterm_screen_enable_altscreen(screen, 1);
	vterm_screen_reset(screen, 1);
	clearok(curscr, TRUE);
	wnoutrefresh(stdscr);
	doupdate();
	fflush(painted->out);
	while ((n = pread(fileno(painted->out), bytes, sizeof bytes, painted->taken)) > 0) {
		vterm_input_write(painted->vterm, bytes, (size_t)n);
		painted->taken += n;
	}
	vterm_screen_flush_damage(screen);
}

static int color_of(const VTermColor *color)
{
	if (VTERM_COLOR_IS_DEFAULT_FG(color) || VTERM_COLOR_IS_DEFAULT_BG(color))
		return -1;
	if (VTERM_COLOR_IS_INDEXED(color))
		return color->indexed.idx;
	return TERMINAL_RGB | color->rgb.red << 16 | color->rgb.green << 8 | color->rgb.blue;
}

struct terminal_cell painted_cell(const struct painted *painted, unsigned row, unsigned column)
{
	VTermScreenCell cell = {0};
	VTermPos position = {.row = (int)row, .col = (int)column};
	vterm_screen_get_cell(vterm_obtain_screen(painted->vterm), position, &cell);
	return (struct terminal_cell){.character = cell.chars[0] ? cell.chars[0] : ' ',
		.bold = cell.attrs.bold,
		.underlined = cell.attrs.underline != 0,
		.reverse = cell.attrs.reverse,
		.foreground = color_of(&cell.fg),
		.background = color_of(&cell.bg)};
}

bool painted_same_look(struct terminal_cell a, struct terminal_cell b)
{
	return a.bold == b.bold && a.underlined == b.underlined && a.reverse == b.reverse &&
	       a.foreground == b.foreground && a.background == b.background;
}

/* None of the characters of the screen is outside the first plane. */
static size_t put_utf8(char *out, uint32_t c)
{
	if (c < 0x80) {
		out[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		out[0] = (char)(0xC0 | c >> 6);
		out[1] = (char)(0x80 | (c & 0x3F));
		return 2;
	}
	out[0] = (char)(0xE0 | (c >> 12 & 0x0F));
	out[1] = (char)(0x80 | (c >> 6 & 0x3F));
	out[2] = (char)(0x80 | (c & 0x3F));
	return 3;
}

const char *painted_text(struct painted *painted, unsigned row, unsigned column, unsigned columns)
{
	size_t used = 0;
	for (unsigned i = column; i < column + columns && i < painted->columns; i++)
		used += put_utf8(painted->text + used, painted_cell(painted, row, i).character);
	painted->text[used] = '\0';
	return painted->text;
}

bool painted_find(struct painted *painted, const char *text, unsigned *row, unsigned *column)
{
	for (*row = 0; *row < painted->rows; ++*row) {
		const char *line = painted_text(painted, *row, 0, painted->columns);
		const char *found = strstr(line, text);
		if (!found)
			continue;
		*column = 0;
		for (; line < found; line++)
			*column += ((unsigned char)*line & 0xC0) != 0x80;
		return true;
	}
	return false;
}

void painted_dump(struct painted *painted)
{
	fprintf(stderr, "--- %u x %u, %d colours\n", painted->columns, painted->rows,
		painted->colors);
	for (unsigned row = 0; row < painted->rows; row++)
		fprintf(stderr, "|%s\n", painted_text(painted, row, 0, painted->columns));
}
