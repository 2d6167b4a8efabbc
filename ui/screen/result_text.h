/*
 * What came of a commit, and what an earlier run left behind, in words.
 */
#ifndef OTPEDIT_UI_SCREEN_RESULT_TEXT_H
#define OTPEDIT_UI_SCREEN_RESULT_TEXT_H

#include "src/commit.h"
#include "src/session.h"
#include "ui/screen/page.h"

/* A commit that is over. */
struct result_text {
	const struct plan *plan;
	enum status status;                 /* of commit_run(): not OK means nothing was burnt */
	const char *error;                  /* its text, "" when OK */
	const struct commit_result *result; /* only looked at when something was triggered */
	const struct journal *journal;      /* where it was written down */
};

/* The verdict first, then a line a word and pass, the board's own words, what to do now, and where
 * the images from before and after are. */
void result_text(struct page *page, const struct result_text *about);

/* The verdict as a sentence: "VERIFIED: …". */
const char *result_text_verdict(enum commit_verdict verdict);
enum tone result_text_verdict_tone(enum commit_verdict verdict);

/* Everything in session->news, worst first in look, in the order it was found. */
void result_text_news(struct page *page, const struct session *session);

#endif
