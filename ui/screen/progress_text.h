/*
 * How far a commit is, in words: every step of every pass, and where the point of no return lies.
 */
#ifndef OTPEDIT_UI_SCREEN_PROGRESS_TEXT_H
#define OTPEDIT_UI_SCREEN_PROGRESS_TEXT_H

#include "src/plan.h"
#include "ui/screen/page.h"

#include <stdbool.h>
#include <stddef.h>

/* What the job of commit_run() told last; follow it with progress_note(). */
struct progress {
	size_t pass;        /* at work; 0 is the first */
	size_t step;        /* of its steps (COMMIT_STAGE_…) */
	char detail[64];    /* a stage of the device itself, "" for none */
	size_t done, total; /* of the detail; total 0: not known */
	bool cancel_asked;  /* the person wants to stop */
	bool started;       /* anything was told at all */
};

/* Takes in one call of job->progress. */
void progress_note(struct progress *progress, const char *stage, size_t done, size_t total);

/* What is done with the bytes that a device tells of: "reading". */
const char *progress_verb(const char *stage);

/* Whether stopping still keeps the pass at work from burning. */
bool progress_may_cancel(const struct progress *progress);

/* Whether a burn was triggered already, in this pass or an earlier one. */
bool progress_has_burnt(const struct progress *progress);

void progress_text(struct page *page, const struct plan *plan, const struct progress *progress);

/* One line for below: whether Esc stops it, or that nothing does. */
const char *progress_hint(const struct progress *progress);

#endif
