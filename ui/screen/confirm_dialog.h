/*
 * The ceremony before anything burns, without its drawing: what is shown, which keys count when,
 * and what is still missing.
 *
 * In order, each step waiting for the one before: the dialog fits the window; every line of it was
 * in the window; each warning was acknowledged by its own key (dangerous plans and up); the phrase
 * is typed by hand. Then Enter confirms. A new size starts the seeing and the typing over.
 */
#ifndef OTPEDIT_UI_SCREEN_CONFIRM_DIALOG_H
#define OTPEDIT_UI_SCREEN_CONFIRM_DIALOG_H

#include "src/confirm.h"
#include "src/errbuf.h"
#include "src/plan.h"
#include "ui/screen/page.h"
#include "ui/screen/phrase.h"
#include "ui/screen/remark_groups.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum confirm_stage {
	CONFIRM_TOO_SMALL,   /* the window does not hold it */
	CONFIRM_UNSEEN,      /* lines are left to scroll through */
	CONFIRM_ACKNOWLEDGE, /* warnings are left to acknowledge */
	CONFIRM_TYPE,        /* the phrase is not there yet */
	CONFIRM_READY,       /* Enter confirms */
	CONFIRM_IMPOSSIBLE   /* out of memory, or more warnings than there are keys */
};

/* A warning's own key: '1' to '9', then 'A' to 'Z'; '\0' past the last. */
#define CONFIRM_MAX_WARNINGS 35
char confirm_warning_key(size_t index);

struct confirm_warning {
	size_t group;                 /* in groups */
	size_t first_line, past_line; /* in page */
	bool acknowledged;
};

struct confirm_dialog {
	const struct plan *plan; /* borrowed; outlives the dialog */
	char wanted[CONFIRM_PHRASE_MAX];
	struct remark_groups groups;
	size_t warning_count;
	struct confirm_warning warnings[CONFIRM_MAX_WARNINGS];
	bool impossible;
	unsigned columns, rows; /* of the last layout; 0: none yet */
	struct page page;       /* what scrolls */
	struct page_scroll scroll;
	struct phrase phrase;
	bool early_key; /* a key came that does not count yet */
};

/* Rows that stand below the scrolled page: prompt, phrase, what was typed, what is missing. */
#define CONFIRM_FOOTER_ROWS 4

void confirm_dialog_open(struct confirm_dialog *dialog, const struct plan *plan);
void confirm_dialog_close(struct confirm_dialog *dialog);

/* Tells the size inside the frame. A new one clears the phrase, and everything has to be seen anew;
 * acknowledgements stay. */
void confirm_dialog_layout(struct confirm_dialog *dialog, unsigned columns, unsigned rows);

enum confirm_stage confirm_dialog_stage(const struct confirm_dialog *dialog);

/* Keys. Times as in phrase.h. */
void confirm_dialog_scroll(struct confirm_dialog *dialog, long lines);
void confirm_dialog_character(struct confirm_dialog *dialog, uint32_t character, long long now_ms);
void confirm_dialog_erase(struct confirm_dialog *dialog, long long now_ms);
void confirm_dialog_paste(struct confirm_dialog *dialog, bool begins, long long now_ms);

/* Enter: OK with a confirmation when nothing is missing; ERR_REFUSED, and what is missing, else.
 * What was typed wrongly stays to be seen. */
enum status confirm_dialog_enter(struct confirmation *out, struct confirm_dialog *dialog,
	const struct arming *arming, long long now_ms, struct errbuf *err);

/* The CONFIRM_FOOTER_ROWS lines below the page. `cursor` is where the typing goes on, or -1. */
void confirm_dialog_footer(struct page *page, int *cursor, const struct confirm_dialog *dialog);

#endif
