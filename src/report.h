/*
 * What is shown of images, plans and checks as text, JSON, CSV and Markdown. Secret words are
 * masked unless they are to be revealed; plans are never masked: what is burnt must be seen.
 *
 * Every text is malloc'd, ends with a line break, and is the caller's to free. JSON is as man
 * page otpedit.1 describes it. ERR_MEMORY is the only failure.
 */
#ifndef OTPEDIT_SRC_REPORT_H
#define OTPEDIT_SRC_REPORT_H

#include "src/check.h"
#include "src/chip.h"
#include "src/diff.h"
#include "src/errbuf.h"
#include "src/image.h"
#include "src/plan.h"
#include "src/report_cells.h"
#include "src/session.h"

#include <stdbool.h>

/* An image and how it is to be shown. */
struct report_image {
	const char *source; /* as the person named it */
	const struct chip *chip;
	const struct image *image;
	const bool *selected; /* IMAGE_MAX_WORDS flags: which words; NULL: all */
	bool reveal;          /* secret words, too */
	bool fields;          /* text: a line for each field; JSON has them always */
};

/* Every word. */
enum status report_show(char **out, enum report_format format, const struct report_image *subject,
	struct errbuf *err);

/* One page: identity, life cycle, boot, keys, locks, what stands out, each with its confidence. */
enum status report_status(
	char **out, enum report_format format, const struct session *session, struct errbuf *err);

/* What differs. `a` gives the chip. */
enum status report_diff(char **out, enum report_format format, const struct diff *diff,
	const struct report_image *a, const struct report_image *b, struct errbuf *err);

/* A plan with its passes, changes and remarks, as JSON, or as one table of CSV or Markdown. */
enum status report_plan(
	char **out, enum report_format format, const struct plan *plan, struct errbuf *err);
enum status report_plan_json(char **out, const struct plan *plan, struct errbuf *err);

/* A check's kind and remarks, as JSON. */
enum status report_check_json(char **out, const struct check *check, struct errbuf *err);

/* Whether the value of a word is hidden in this view: a secret word that holds something. */
bool report_is_masked(const struct report_image *subject, unsigned word);

#endif
