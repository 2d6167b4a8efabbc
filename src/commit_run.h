/*
 * What the files of the commit share: one run of it, and its steps before and after the burn.
 */
#ifndef OTPEDIT_SRC_COMMIT_RUN_H
#define OTPEDIT_SRC_COMMIT_RUN_H

#include "src/commit.h"

/* Everything one run carries along. */
struct run {
	struct commit_result *result;
	const struct plan *plan;
	struct device *device;
	struct journal *journal;
	const struct job *job;
	const struct confirmation *confirmation;
	struct image now;   /* what the board must hold before the next pass */
	char baseline[256]; /* the complaint as it stood before the burn */
	bool has_baseline;
	bool complaint_resets;        /* over this link the board resets when it is asked */
	struct journal_intent intent; /* of the pass at work */
};

/* Tells the job at which step (COMMIT_STAGE_…) the run is. */
void run_progress(const struct run *run, const char *stage);

/* ERR_CANCELLED when the person asked to stop. Asked only where nothing of the pass can have burnt.
 */
enum status run_not_cancelled(const struct run *run, struct errbuf *err);

/* Steps 1 to 5 (commit_prepare.c): the board is the confirmed one and as it was, the rules still
 * agree, the request is the confirmed one, and the intent is on disk. Fills run->intent. */
enum status run_prepare(struct run *run, const struct plan_pass *pass, struct errbuf *err);

/* Step 6: the board's complaint as it stands, where asking is harmless. */
void run_take_baseline(struct run *run);

/* Steps 9 to 11 (commit_conclude.c): re-read, judge, write the outcome. True when every word of the
 * pass is as predicted and that is on disk. */
bool run_conclude(struct run *run, const struct plan_pass *pass);

/* Appends a line to the result; the results of this pass from `first_result` on as outcome of
 * run->intent. */
void run_add_result(struct commit_result *result, struct word_result word);
void run_write_outcome(struct run *run, enum commit_verdict verdict, enum journal_end end,
	size_t first_result, const struct image *after, const char *note);

/* Sets the next step unless one is set. */
void run_advise(struct commit_result *result, const char *text);

#endif
