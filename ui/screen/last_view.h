/*
 * How the words were looked at last, for the next start: as grid, list or map, and whether alone.
 */
#ifndef OTPEDIT_UI_SCREEN_LAST_VIEW_H
#define OTPEDIT_UI_SCREEN_LAST_VIEW_H

#include "ui/screen/app.h"

/* As it was; where nothing sensible is remembered, the grid with what the word says beside it. */
void last_view_load(struct app *app);

/* For the next start. Nothing depends on it: failures do not matter. */
void last_view_save(const struct app *app);

#endif
