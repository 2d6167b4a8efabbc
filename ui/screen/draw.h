/*
 * One picture of the whole screen: header, the view at work, footer.
 */
#ifndef OTPEDIT_UI_SCREEN_DRAW_H
#define OTPEDIT_UI_SCREEN_DRAW_H

#include "ui/screen/view.h"

/* Lays out for the window's size and draws; the caller refreshes. Cells that stay the same cost
 * nothing. */
void draw_screen(struct app *app, WINDOW *window, const struct theme *theme);

#endif
