/*
 * A picture of the program as a terminal shows it, for the README:
 *
 *   picture OUT.svg COLUMNS ROWS FOLDER PROGRAM SOURCE [KEYS TEXT]...
 *
 * Starts PROGRAM on SOURCE with FOLDER for a home, and for each pair types KEYS ("^M" is Enter) and
 * waits for TEXT to be seen. What then stands on the screen is drawn.
 */
#include "tests/support/terminal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CELL_WIDTH  8.4
#define CELL_HEIGHT 18
#define MARGIN      10
#define PAPER       0x16191F
#define INK         0xD3D7DE

/* The colours of a terminal's palette, as xterm has them. */
static int palette(int index)
{
	static const int basic[16] = {0x1E2127, 0xD0545C, 0x7FB069, 0xD2A64F, 0x5C94D6, 0xB279C9,
		0x4FAFB5, 0xC4C8D0, 0x6B717D, 0xF07178, 0xA5D18A, 0xEBC46D, 0x82B1F0, 0xCF9BE3,
		0x73CFD4, 0xF2F4F8};
	static const int steps[6] = {0, 95, 135, 175, 215, 255};
	if (index < 16)
		return basic[index];
	if (index >= 232)
		return 0x010101 * (8 + 10 * (index - 232));
	index -= 16;
	return steps[index / 36] << 16 | steps[index / 6 % 6] << 8 | steps[index % 6];
}

static int color_of(int color, int own)
{
	return color < 0 ? own : color & TERMINAL_RGB ? color & 0xFFFFFF : palette(color);
}

struct look {
	int ink, paper;
	bool bold, underlined;
};

static struct look look_of(const struct terminal_cell *cell)
{
	struct look look = {color_of(cell->foreground, INK), color_of(cell->background, PAPER),
		cell->bold, cell->underlined};
	if (cell->reverse) {
		int ink = look.ink;
		look.ink = look.paper;
		look.paper = ink;
	}
	return look;
}

static bool same(const struct look *a, const struct look *b)
{
	return a->ink == b->ink && a->paper == b->paper && a->bold == b->bold &&
	       a->underlined == b->underlined;
}

static void put_character(FILE *out, uint32_t character)
{
	if (character == '<' || character == '>' || character == '&')
		fprintf(out, "&#%u;", (unsigned)character);
	else if (character < 0x80)
		fputc((int)character, out);
	else if (character < 0x800)
		fprintf(out, "%c%c", (int)(0xC0 | character >> 6),
			(int)(0x80 | (character & 0x3F)));
	else
		fprintf(out, "%c%c%c", (int)(0xE0 | character >> 12),
			(int)(0x80 | (character >> 6 & 0x3F)), (int)(0x80 | (character & 0x3F)));
}

/* Cells of one look in a row. */
static void put_run(FILE *out, struct terminal *terminal, unsigned row, unsigned from, unsigned to,
	const struct look *look)
{
	double x = MARGIN + CELL_WIDTH * from, width = CELL_WIDTH * (to - from);
	unsigned y = MARGIN + CELL_HEIGHT * row;
	if (look->paper != PAPER)
		fprintf(out,
			"<rect x=\"%.1f\" y=\"%u\" width=\"%.1f\" height=\"%d\" fill=\"#%06x\"/>\n",
			x, y, width, CELL_HEIGHT, (unsigned)look->paper);
	fprintf(out, "<text x=\"%.1f\" y=\"%u\" textLength=\"%.1f\"", x, y + 13, width);
	if (look->ink != INK)
		fprintf(out, " fill=\"#%06x\"", (unsigned)look->ink);
	fprintf(out, "%s%s>", look->bold ? " font-weight=\"bold\"" : "",
		look->underlined ? " text-decoration=\"underline\"" : "");
	for (unsigned column = from; column < to; column++)
		put_character(out, terminal_cell(terminal, row, column).character);
	fputs("</text>\n", out);
}

static void put_row(FILE *out, struct terminal *terminal, unsigned row, unsigned columns)
{
	for (unsigned from = 0, to; from < columns; from = to) {
		struct terminal_cell cell = terminal_cell(terminal, row, from);
		struct look look = look_of(&cell), next;
		bool blank = cell.character == ' ';
		for (to = from + 1; to < columns; to++) {
			cell = terminal_cell(terminal, row, to);
			next = look_of(&cell);
			if (!same(&look, &next))
				break;
			blank &= cell.character == ' ';
		}
		if (!blank || look.paper != PAPER)
			put_run(out, terminal, row, from, to, &look);
	}
}

static int draw(const char *path, struct terminal *terminal, unsigned columns, unsigned rows)
{
	FILE *out = fopen(path, "w");
	if (!out) {
		fprintf(stderr, "picture: '%s': %s\n", path, strerror(errno));
		return 1;
	}
	double width = 2 * MARGIN + CELL_WIDTH * columns;
	unsigned height = 2 * MARGIN + CELL_HEIGHT * rows;
	fprintf(out,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%.0f\" height=\"%u\" "
		"font-family=\"DejaVu Sans Mono, Menlo, Consolas, monospace\" font-size=\"14\" "
		"fill=\"#%06x\" xml:space=\"preserve\">\n"
		"<rect width=\"100%%\" height=\"100%%\" rx=\"6\" fill=\"#%06x\"/>\n",
		width, height, INK, PAPER);
	for (unsigned row = 0; row < rows; row++)
		put_row(out, terminal, row, columns);
	fputs("</svg>\n", out);
	return fclose(out) == 0 ? 0 : 1;
}

static void type(struct terminal *terminal, const char *keys)
{
	for (char one[2] = ""; *keys; keys++) {
		one[0] = *keys;
		if (strncmp(keys, "^M", 2) == 0) {
			terminal_key(terminal, TERMINAL_ENTER);
			keys++;
		} else {
			terminal_type(terminal, one);
		}
	}
}

int main(int argc, char *argv[])
{
	if (argc < 7 || argc % 2 == 0) {
		fputs("picture OUT.svg COLUMNS ROWS FOLDER PROGRAM SOURCE [KEYS TEXT]...\n",
			stderr);
		return 2;
	}
	struct terminal_options options = {.columns = (unsigned)strtoul(argv[2], NULL, 10),
		.rows = (unsigned)strtoul(argv[3], NULL, 10),
		.folder = argv[4]};
	const char *const program[] = {argv[5], argv[6], NULL};
	struct terminal *terminal = terminal_start(&options, program);
	terminal_expect_row(terminal, 0, "READ-ONLY");
	for (int i = 7; i + 1 < argc; i += 2) {
		type(terminal, argv[i]);
		terminal_expect(terminal, argv[i + 1]);
	}
	int failed = draw(argv[1], terminal, options.columns, options.rows);
	terminal_free(terminal);
	return failed;
}
