/*
 * Inside the report: what its files share.
 */
#ifndef OTPEDIT_SRC_REPORT_PARTS_H
#define OTPEDIT_SRC_REPORT_PARTS_H

#include "src/board_status.h"
#include "src/report.h"

#include <stdio.h>

enum status report_show_json(char **out, const struct report_image *subject, struct errbuf *err);
enum status report_diff_json(char **out, const struct diff *diff, const struct report_image *a,
	const struct report_image *b, struct errbuf *err);

enum status report_status_json(char **out, const struct session *session,
	const struct board_status *board, struct errbuf *err);

/* A text that grows as it is printed to. report_end() closes the stream in any case. */
struct report_text {
	FILE *stream;
	char *text;
	size_t length;
};
enum status report_begin(struct report_text *text, struct errbuf *err);
enum status report_end(char **out, struct report_text *text, struct errbuf *err);

/* A file's name may hold anything: it is cleaned as clean_text.h says. */
void report_name(FILE *out, const char *name);

/*
 * The value of several words that `word` is the first shown word of; NULL when there is none. So
 * each value is told once, whatever words were selected.
 */
const struct chip_entry *report_value_at(const struct report_image *subject, unsigned word);

void report_print_show(FILE *out, const struct report_image *subject);
void report_print_diff(FILE *out, const struct diff *diff, const struct report_image *a,
	const struct report_image *b);

void report_print_diff_table(FILE *out, enum report_format format, const struct diff *diff,
	const struct report_image *a, const struct report_image *b);

/* The locks and errors of a status as the words of plans and JSON, "permanent read-error". */
void report_locks(char *out, size_t cap, uint32_t status);

/* Whether the word is among those to be shown. */
bool report_is_shown(const struct report_image *subject, unsigned word);

/* Texts are laid out for this many columns. */
#define REPORT_WIDTH 80

/*
 * Words of a text, broken at blanks so that lines stay within the width; `column` is where the line
 * stands, further lines begin with `indent` blanks. Ends the last line.
 */
void report_wrap(FILE *out, unsigned column, unsigned indent, const char *text);

/*
 * Nine columns: "12345678 ", "00000017?" for a shadow copy, "???????? " where the value is not
 * valid or its locks cannot be read, "masked   ".
 */
#define REPORT_VALUE_WIDTH 9
void report_value(
	char out[REPORT_VALUE_WIDTH + 1], const struct report_image *subject, unsigned word);

#endif
