/* Cells for other programs. RFC 4180 says how CSV quotes; what spreadsheets take for formulas and
 * what Markdown takes for markup (CommonMark 2.4, GFM tables) is written by hand. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "src/report_cells.h"

#include <stdlib.h>
#include <string.h>

static char *text;
static size_t length;

static FILE *open_text(void)
{
	FILE *out = open_memstream(&text, &length);
	assert_non_null(out);
	return out;
}

static void expect(FILE *out, const char *expected)
{
	assert_int_equal(fclose(out), 0);
	assert_string_equal(text, expected);
	free(text);
}

static void test_csv_cells(void **state)
{
	(void)state;
	static const struct {
		const char *text, *cell;
	} rows[] = {
		{"", ""},
		{"plain text", "plain text"},
		{"a,b", "\"a,b\""},
		{"say \"so\"", "\"say \"\"so\"\"\""},
		{"\"", "\"\"\"\""},
		{"=1+1", "'=1+1"},
		{"+49", "'+49"},
		{"-5", "'-5"},
		{"@SUM(A1)", "'@SUM(A1)"},
		{"=A1,\"x\"", "\"'=A1,\"\"x\"\"\""},
		{"a=b", "a=b"},
		{"two\r\nlines\ttab", "two??lines?tab"},
		{"\033[31mred", "?[31mred"},
		{"caf\xC3\xA9", "caf\xC3\xA9"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		FILE *out = open_text();
		report_csv_cell(out, rows[i].text);
		expect(out, rows[i].cell);
	}
}

static void test_markdown_cells(void **state)
{
	(void)state;
	static const struct {
		const char *text, *cell;
	} rows[] = {
		{"", ""},
		{"plain text", "plain text"},
		{"a|b", "a\\|b"},
		{"a\\|b", "a\\\\\\|b"},
		{"UID[0]", "UID\\[0\\]"},
		{"BOOT_AFMUX", "BOOT\\_AFMUX"},
		{"*bold* `code` ~no~", "\\*bold\\* \\`code\\` \\~no\\~"},
		{"<script>&lt;", "\\<script\\>\\&lt;"},
		{"two\nlines", "two?lines"},
		{"00:80:e1 (ST's)", "00:80:e1 (ST's)"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		FILE *out = open_text();
		report_markdown_cell(out, rows[i].text);
		expect(out, rows[i].cell);
	}
}

static void test_rows(void **state)
{
	(void)state;
	static const char *const head[] = {"id", "na,me"};
	static const char *const row[] = {"3", "=x|y"};
	FILE *out = open_text();
	report_head(out, REPORT_CSV, 2, head);
	report_row(out, REPORT_CSV, 2, row);
	expect(out, "id,\"na,me\"\n3,'=x|y\n");
	out = open_text();
	report_head(out, REPORT_MARKDOWN, 2, head);
	report_row(out, REPORT_MARKDOWN, 2, row);
	expect(out, "| id | na,me |\n| ---: | --- |\n| 3 | =x\\|y |\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_csv_cells),
		cmocka_unit_test(test_markdown_cells),
		cmocka_unit_test(test_rows),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
