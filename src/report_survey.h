/*
 * A survey as text, JSON, CSV and Markdown. Secret words are masked unless they are to be revealed.
 *
 * The text lists each board of small families, and of big ones those that are not as most are; the
 * other forms list them all. Texts are malloc'd, end with a line break, and are the caller's.
 */
#ifndef OTPEDIT_SRC_REPORT_SURVEY_H
#define OTPEDIT_SRC_REPORT_SURVEY_H

#include "src/errbuf.h"
#include "src/report_cells.h"
#include "src/survey.h"

#include <stdbool.h>

/* Of a finished survey. ERR_MEMORY is the only failure. */
enum status report_survey(char **out, enum report_format format, const struct survey *survey,
	bool reveal, struct errbuf *err);

#endif
