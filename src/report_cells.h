/*
 * Tables for other programs: cells and rows of CSV and of Markdown.
 *
 * One row is one line in both, so control characters (line breaks, too) become '?', and so does all
 * else that clean_text.h hides.
 *
 * CSV as RFC 4180 has it, but with a bare line feed at the end of a line: a cell with a comma or a
 * quote is quoted, quotes are doubled. A cell that a spreadsheet would take for a formula (its
 * first character is =, +, - or @) gets an apostrophe in front, as names of files and boards are
 * whatever somebody called them.
 *
 * In Markdown whatever could be markup is escaped, so that a cell says what the text says and no
 * cell breaks the table.
 */
#ifndef OTPEDIT_SRC_REPORT_CELLS_H
#define OTPEDIT_SRC_REPORT_CELLS_H

#include <stddef.h>
#include <stdio.h>

enum report_format { REPORT_TEXT, REPORT_JSON, REPORT_CSV, REPORT_MARKDOWN };

void report_csv_cell(FILE *out, const char *text);
void report_markdown_cell(FILE *out, const char *text);

/*
 * A row and its line break, in REPORT_CSV or REPORT_MARKDOWN. The head comes first and only once;
 * in Markdown the line under it aligns its first column, a number most often, to the right.
 */
void report_head(FILE *out, enum report_format format, size_t count, const char *const cells[]);
void report_row(FILE *out, enum report_format format, size_t count, const char *const cells[]);

#endif
