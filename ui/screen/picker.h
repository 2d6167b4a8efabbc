/*
 * What can be opened: boards found now, images and boards used last, serial ports, simulated
 * boards. One list to choose from, without its drawing. The cursor begins on no serial port, and on
 * no board that is only remembered: to open one sends something to whoever is there.
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
	struct found_ports *ports;  /* owned; NULL: as above */
	bool has_looked;
	char trouble[ERRBUF_CAPACITY]; /* why boards cannot be looked for; "" */
	bool boards_only;              /* which of several boards: nothing else is offered */
	struct recent recent;
	struct recent_sources sources; /* those that no other part lists are a part of their own */
	char chosen[STORE_PATH_MAX];   /* the source under the cursor, which stays there when the
					  list changes; "": the first */
};

void picker_free(struct picker *picker);

/* Takes new lists over. A list of boards that is NULL means that looking for them failed. */
void picker_take(struct picker *picker, struct found_boards *found, struct found_ports *ports,
	const struct errbuf *trouble);

/* The source under the cursor; "" when there is nothing to choose. */
const char *picker_source(const struct picker *picker);

/* Moves the cursor by so many entries, as far as there are any. */
void picker_move(struct picker *picker, long by);

/* All of it, laid out for the page's width; the chosen entry stands on lines *first to *past - 1.
 */
void picker_text(struct page *page, size_t *first, size_t *past, const struct picker *picker);

#endif
