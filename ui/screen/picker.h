/*
 * What can be opened: boards found now, images used last, simulated boards. One list to choose
 * from, without its drawing.
 */
#ifndef OTPEDIT_UI_SCREEN_PICKER_H
#define OTPEDIT_UI_SCREEN_PICKER_H

#include "src/device.h"
#include "src/recent.h"
#include "ui/screen/page.h"

#include <stdbool.h>
#include <stddef.h>

struct picker {
	struct found_boards *found; /* owned; NULL: not looked yet, or it failed */
	bool has_looked;
	char trouble[ERRBUF_CAPACITY]; /* why boards cannot be looked for; "" */
	bool boards_only;              /* which of several boards: nothing else is offered */
	struct recent recent;
	char chosen[STORE_PATH_MAX]; /* the source under the cursor, which stays there when the
					list changes; "": the first */
};

void picker_free(struct picker *picker);

/* Takes a new list of boards over, which is NULL where looking failed. */
void picker_take(struct picker *picker, struct found_boards *found, const struct errbuf *trouble);

/* The source under the cursor; "" when there is nothing to choose. */
const char *picker_source(const struct picker *picker);

/* Moves the cursor by so many entries, as far as there are any. */
void picker_move(struct picker *picker, long by);

/* All of it, laid out for the page's width; the chosen entry stands on lines *first to *past - 1.
 */
void picker_text(struct page *page, size_t *first, size_t *past, const struct picker *picker);

#endif
