/*
 * What has to hold before a device is closed, a line each.
 */
#ifndef OTPEDIT_UI_SCREEN_CLOSING_TEXT_H
#define OTPEDIT_UI_SCREEN_CLOSING_TEXT_H

#include "src/plan.h"
#include "ui/screen/page.h"

/* By the remarks of a plan that closes: "  [yes] …". */
void closing_text(struct page *page, const struct plan *plan);

#endif
