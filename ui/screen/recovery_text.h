/*
 * What is left of earlier commits on the board, as a page: word by word before, as asked, as it was
 * read when the board was opened, and what can be done next.
 */
#ifndef OTPEDIT_UI_SCREEN_RECOVERY_TEXT_H
#define OTPEDIT_UI_SCREEN_RECOVERY_TEXT_H

#include "src/session.h"
#include "ui/screen/page.h"

#include <stdbool.h>

/* Appends to the page; nothing where nothing is left. `key` is what stages what can be asked for
 * again. Values of secret words are masked unless `reveal`. */
void recovery_text(struct page *page, const struct session *session, const char *key, bool reveal);

#endif
