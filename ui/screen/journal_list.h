/*
 * What was burnt, and how it ended: the journal as a list to choose from, and one entry in full, as
 * texts. Without curses.
 */
#ifndef OTPEDIT_UI_SCREEN_JOURNAL_LIST_H
#define OTPEDIT_UI_SCREEN_JOURNAL_LIST_H

#include "src/journal_brief.h"
#include "src/session.h"
#include "ui/screen/page.h"

#include <stdbool.h>
#include <stddef.h>

struct journal_list {
	struct journal journal;
	struct journal_brief *briefs; /* owned; oldest first */
	size_t count, damaged;
	bool all_boards;               /* else: of this board only */
	char board[64];                /* this one; "" : it has no identity */
	char chosen[JOURNAL_ID_MAX];   /* the entry under the cursor; "": the newest */
	char trouble[ERRBUF_CAPACITY]; /* why there is nothing to show; "" */
	bool is_reading; /* it is on its way: what is here is from before, or nothing */
};

/* What to read: of real or simulated boards; an image file is looked up among real ones. */
struct journal_wanted {
	enum source_class source_class;
	char board[64];
	const char *state_folder; /* borrowed; may be NULL */
};

/* Reads the journal into a zeroed list. Never fails: `trouble` says why there is nothing. Takes its
 * time where much was burnt. */
void journal_list_read(struct journal_list *out, const struct journal_wanted *wanted);

/* Takes over what was read, in place of what was there; the cursor stays. */
void journal_list_take(struct journal_list *list, struct journal_list *read);
void journal_list_free(struct journal_list *list);

/* Moves the cursor by so many of the entries that are shown; down is towards older ones. */
void journal_list_move(struct journal_list *list, long by);

/* The entry under the cursor; NULL: there is none. */
const struct journal_brief *journal_list_chosen(const struct journal_list *list);

/*
 * The list, the newest first; the entry under the cursor stands on line *line. Of a long one only
 * `around` entries before and behind it are laid out, and *below is how many more there are.
 */
void journal_list_text(struct page *page, size_t *line, size_t *below,
	const struct journal_list *list, size_t around);

/* All that is written down about the entry under the cursor. Values that may be secret are masked
 * unless `reveal`. */
void journal_list_entry_text(struct page *page, const struct journal_list *list, bool reveal);

#endif
