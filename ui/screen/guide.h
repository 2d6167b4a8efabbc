/*
 * The guided operations on the screen: where one is, what was typed, what is chosen; and the texts
 * of its screens, without curses. What it asks is in src/wizard.h.
 */
#ifndef OTPEDIT_UI_SCREEN_GUIDE_H
#define OTPEDIT_UI_SCREEN_GUIDE_H

#include "src/wizard.h"
#include "ui/screen/page.h"
#include "ui/screen/text_line.h"

#include <stdbool.h>
#include <stddef.h>

enum guide_place {
	GUIDE_MENU,   /* which operation */
	GUIDE_CHOICE, /* a question with choices */
	GUIDE_ENTRY,  /* a question that is answered by typing */
	GUIDE_REVIEW  /* what it comes to */
};

struct guide {
	enum guide_place place;
	unsigned menu_cursor;
	unsigned cursor; /* among the choices */
	struct wizard_run run;
	struct text_line entry;
	/* At GUIDE_REVIEW: what is asked for with the choice at the cursor. */
	char line[WIZARD_LINE_MAX];
	struct edits edits;
};

/* To the menu. */
void guide_open(struct guide *guide);

/* From the menu into the operation at its cursor. */
enum status guide_begin(
	struct guide *guide, const struct session *session, unsigned word, struct errbuf *err);

/* Takes what is typed or chosen as the answer, and goes on. */
enum status guide_answer(struct guide *guide, const struct session *session, struct errbuf *err);

/* One step back, with what was answered there; false at the menu. */
bool guide_back(struct guide *guide, const struct session *session);

/* The choices at hand: operations, answers, or whether to lock; 0 where nothing is to be chosen. */
size_t guide_choice_count(const struct guide *guide, const struct session *session);

/* Moves among them, no farther than the ends. At the review the edits are made anew. */
enum status guide_move(
	struct guide *guide, const struct session *session, long by, struct errbuf *err);

/* Whether names of files are typed; and what the one before the cursor may become: as much of it as
 * is certain is put in, and what there is to choose from is told. */
bool guide_wants_path(const struct guide *guide, const struct session *session);
void guide_complete(struct guide *guide, char *out, size_t cap);

/*
 * The screen as a text. `cursor_line` is where the cursor stands: the choice, or the line that is
 * typed, and the column *cursor_column. `reveal`: secrets are shown.
 */
void guide_text(struct page *page, const struct guide *guide, const struct session *session,
	const struct edits *staged, bool reveal, size_t *cursor_line, unsigned *cursor_column);

#endif
