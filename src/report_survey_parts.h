/*
 * Inside the survey's report: what its files share.
 */
#ifndef OTPEDIT_SRC_REPORT_SURVEY_PARTS_H
#define OTPEDIT_SRC_REPORT_SURVEY_PARTS_H

#include "src/report_parts.h"
#include "src/report_survey.h"

#define SURVEY_TEXT_MAX 40

/* "0x12345678", "unknown", "masked". */
void survey_value_text(char out[SURVEY_TEXT_MAX], const struct survey_family *family, unsigned word,
	const struct survey_value *value, bool reveal);

/* "00410032-33385116-34383330", "" without an id; "00:80:e1:42:48:e4". */
void survey_id_text(char out[SURVEY_TEXT_MAX], const struct survey_image *image);
void survey_twins_text(char out[SURVEY_TEXT_MAX], const struct survey_twins *twins);

/* As JSON and tables have it: "same", "later", "contradicts", "cannot-tell", "same-mac". */
const char *survey_verdict_name(enum survey_verdict verdict);

/* Different values of a word as far as they were told apart, "11" or "more than 1024". */
void survey_distinct_text(char out[SURVEY_TEXT_MAX], const struct survey_word *word);

void report_print_survey(FILE *out, const struct survey *survey, bool reveal);
void report_print_survey_table(
	FILE *out, enum report_format format, const struct survey *survey, bool reveal);
enum status report_survey_json(
	char **out, const struct survey *survey, bool reveal, struct errbuf *err);

#endif
