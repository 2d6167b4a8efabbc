#include "src/report_cells.h"

#include "src/clean_text.h"

#include <assert.h>
#include <stdbool.h>
#include <string.h>

/* A piece of the cell: all up to the next of the characters in `special`, and then that one. */
static const char *put_piece(FILE *out, const char *text, const char *special, char before)
{
	size_t plain = strcspn(text, special);
	clean_text_put(out, text, plain);
	text += plain;
	if (*text == '\0')
		return text;
	fputc(before, out);
	fputc(*text, out);
	return text + 1;
}

void report_csv_cell(FILE *out, const char *text)
{
	bool formula = *text && strchr("=+-@", *text);
	bool quoted = strpbrk(text, ",\"") != NULL;
	if (quoted)
		fputc('"', out);
	if (formula)
		fputc('\'', out);
	while (*text)
		text = put_piece(out, text, "\"", '"');
	if (quoted)
		fputc('"', out);
}

void report_markdown_cell(FILE *out, const char *text)
{
	while (*text)
		text = put_piece(out, text, "\\`*_[]<>|~&", '\\');
}

void report_row(FILE *out, enum report_format format, size_t count, const char *const cells[])
{
	assert(format == REPORT_CSV || format == REPORT_MARKDOWN);
	if (format == REPORT_MARKDOWN)
		fputc('|', out);
	for (size_t i = 0; i < count; i++) {
		if (format == REPORT_CSV) {
			fputs(i ? "," : "", out);
			report_csv_cell(out, cells[i]);
		} else {
			fputc(' ', out);
			report_markdown_cell(out, cells[i]);
			fputs(" |", out);
		}
	}
	fputc('\n', out);
}

void report_head(FILE *out, enum report_format format, size_t count, const char *const cells[])
{
	report_row(out, format, count, cells);
	if (format != REPORT_MARKDOWN)
		return;
	fputc('|', out);
	for (size_t i = 0; i < count; i++)
		fputs(i == 0 ? " ---: |" : " --- |", out);
	fputc('\n', out);
}
