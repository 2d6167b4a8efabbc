/*
 * Inside the report: what its files share.
 */
#ifndef OTPEDIT_SRC_REPORT_PARTS_H
#define OTPEDIT_SRC_REPORT_PARTS_H

#include "src/report.h"

#include <stdio.h>

enum status report_show_json(char **out, const struct report_image *subject, struct errbuf *err);
enum status report_diff_json(char **out, const struct diff *diff, const struct report_image *a,
	const struct report_image *b, struct errbuf *err);

/* A text that grows as it is printed to. report_end() closes the stream in any case. */
struct report_text {
	FILE *stream;
	char *text;
	size_t length;
};
enum status report_begin(struct report_text *text, struct errbuf *err);
enum status report_end(char **out, struct report_text *text, struct errbuf *err);

/* A file's name may hold anything: control characters become '?'. */
void report_name(FILE *out, const char *name);

/* "12345678 ", "00000017?" where it cannot be trusted, "masked   ": nine columns. */
#define REPORT_VALUE_WIDTH 9
void report_value(
	char out[REPORT_VALUE_WIDTH + 1], const struct report_image *subject, unsigned word);

#endif
