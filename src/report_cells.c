#include "src/report_cells.h"

#include <assert.h>
#include <stdbool.h>
#include <string.h>

static void put_clean(FILE *out, char c)
{
	unsigned char byte = (unsigned char)c;
	fputc(byte < 0x20 || byte == 0x7F ? '?' : byte, out);
}

void report_csv_cell(FILE *out, const char *text)
{
	bool formula = *text && strchr("=+-@", *text);
	bool quoted = strpbrk(text, ",\"") != NULL;
	if (quoted)
		fputc('"', out);
	if (formula)
		fputc('\'', out);
	for (; *text; text++) {
		if (*text == '"')
			fputc('"', out);
		put_clean(out, *text);
	}
	if (quoted)
		fputc('"', out);
}

void report_markdown_cell(FILE *out, const char *text)
{
	for (; *text; text++) {
		if (strchr("\\`*_[]<>|~&", *text))
			fputc('\\', out);
		put_clean(out, *text);
	}
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
