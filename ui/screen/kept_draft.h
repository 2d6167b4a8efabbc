/*
 * What is staged outlives a crash: it is kept with every change, and offered again when the same
 * board or image is opened.
 */
#ifndef OTPEDIT_UI_SCREEN_KEPT_DRAFT_H
#define OTPEDIT_UI_SCREEN_KEPT_DRAFT_H

#include "ui/screen/app.h"

/* After opening: looks for what an earlier run left. */
void kept_draft_find(struct app *app);

/* Whether something is left to decide about. */
bool kept_draft_waits(const struct app *app);

/* Keeps what is staged now, where it changed, besides what was left and is not decided about. */
void kept_draft_keep(struct app *app);

/* The decision: stages what was left as far as the rules take it, or drops it. */
void kept_draft_take(struct app *app);
void kept_draft_drop(struct app *app);

#endif
