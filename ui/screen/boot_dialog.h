/*
 * Bringing a board up on the screen: which files, what would be loaded, the phrase, how far it is,
 * and why it failed. Its state and its texts, without curses.
 */
#ifndef OTPEDIT_UI_SCREEN_BOOT_DIALOG_H
#define OTPEDIT_UI_SCREEN_BOOT_DIALOG_H

#include "src/store.h"
#include "ui/screen/boot_text.h"
#include "ui/screen/completion.h"
#include "ui/screen/page.h"
#include "ui/screen/phrase.h"
#include "ui/screen/text_line.h"

#include <stdbool.h>

enum boot_step {
	BOOT_ASKING,  /* which files */
	BOOT_LOOKING, /* the worker reads them, and looks at the board */
	BOOT_SHOWN,   /* what would be loaded; armed: the phrase is typed */
	BOOT_LOADING,
	BOOT_FAILED
};

struct boot_dialog {
	enum boot_step step;
	char source[STORE_PATH_MAX]; /* the board */
	char who[64];                /* answers there: "ROM code" */
	struct text_line files;
	char *shown; /* what would be loaded, line by line; owned */
	bool is_refused, armed;
	char words[CONFIRM_PHRASE_MAX];
	struct phrase typed;
	struct boot_progress progress;
	bool cancel_asked;
	char why[ERRBUF_CAPACITY]; /* BOOT_FAILED */
	struct page_scroll scroll;
};

/* Begins anew for a board; files that were typed for another stay to be changed. */
void boot_dialog_begin(struct boot_dialog *dialog, const char *source, const char *who);
void boot_dialog_free(struct boot_dialog *dialog);

/* What scrolls, and what is asked below it: BOOT_FOOTER_ROWS lines; *column is where the cursor
 * belongs in the last of them, -1: nowhere. */
#define BOOT_FOOTER_ROWS 4
void boot_dialog_text(struct page *page, const struct boot_dialog *dialog);
void boot_dialog_footer(struct page *page, int *column, const struct boot_dialog *dialog);

/* Goes on with the name of a file; what it may become is said in `out`. */
void boot_dialog_complete(struct boot_dialog *dialog, char *out, size_t cap);

#endif
