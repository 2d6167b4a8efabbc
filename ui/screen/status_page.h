/*
 * The board on one page: identity, life cycle, boot, keys, locks, what stands out, each line with
 * how sure it is.
 */
#ifndef OTPEDIT_UI_SCREEN_STATUS_PAGE_H
#define OTPEDIT_UI_SCREEN_STATUS_PAGE_H

#include "src/session.h"
#include "ui/screen/page.h"

/* Appends to `page`, laid out for its width. */
void status_page(struct page *page, const struct session *session);

#endif
