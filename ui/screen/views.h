/*
 * All the views, each in its own file.
 */
#ifndef OTPEDIT_UI_SCREEN_VIEWS_H
#define OTPEDIT_UI_SCREEN_VIEWS_H

#include "ui/screen/view.h"

extern const struct view grid_view;      /* view_grid.c */
extern const struct view picker_view;    /* view_picker.c */
extern const struct view detail_view;    /* view_text.c: texts that only scroll */
extern const struct view help_view;      /* view_text.c */
extern const struct view news_view;      /* view_text.c */
extern const struct view result_view;    /* view_text.c */
extern const struct view lost_view;      /* view_text.c */
extern const struct view edit_view;      /* view_edit.c */
extern const struct view bits_view;      /* view_bits.c */
extern const struct view locks_view;     /* view_locks.c */
extern const struct view staged_view;    /* view_staged.c */
extern const struct view kept_view;      /* view_kept.c */
extern const struct view source_view;    /* view_source.c */
extern const struct view leave_view;     /* view_leave.c */
extern const struct view quit_view;      /* view_staged.c */
extern const struct view preview_view;   /* view_preview.c */
extern const struct view confirm_view;   /* view_confirm.c */
extern const struct view progress_view;  /* view_progress.c */
extern const struct view power_view;     /* view_power.c */
extern const struct view rehearse_view;  /* view_rehearse.c */
extern const struct view rehearsal_view; /* view_text.c */
extern const struct view wizard_view;    /* view_wizard.c */
extern const struct view boot_view;      /* view_boot.c */
extern const struct view wizard_entry_view;
extern const struct view prompt_view; /* view_prompt.c */

/* view_compare.c */
extern const struct view compare_view, compare_with_view;
/* One line of what is staged, or was. */
void view_staged_line(struct page *page, const struct app *app, unsigned word,
	const struct edit *edit, bool selected);

/* All that is staged, for a file: what may be secret is masked. */
void view_staged_text(struct page *page, const struct app *app);

/* view_text.c: the board on one page */
extern const struct view status_view;

/* view_journal.c and view_text.c */
extern const struct view journal_view, journal_entry_view;

/* The text of a view that only scrolls, as it is in `app`. */
void view_text_fill(struct page *page, const struct app *app);

/* What would be burnt, as app->plan has it. */
void view_preview_text(struct page *page, const struct app *app, bool mask);

/* Shared by the views where staged edits can be saved. */
void view_save_plan(struct app *app);
void view_save_edits(struct app *app, const struct edits *edits);
/* By this name, which nothing may have yet. False with the reason as message. */
bool view_save_edits_as(struct app *app, const struct edits *edits, const char *path);

/* view_boot.c: begins with a board where `who` answers; and what the worker tells of it. */
void view_boot_begin(struct app *app, const char *source, const char *who);
void view_boot_event(struct app *app, struct worker_event *event);
void view_boot_progress(struct app *app, const struct worker_event *event);

/* The menu of guided operations. */
void view_begin_guide(struct app *app);

/* Opens a source, from the choice. False: the worker is busy, and the message says so. */
bool view_open_source(struct app *app, const char *source);

/* Asks for the name of what to open. */
void view_ask_source(struct app *app);

/* Chooses the entry that is shown in this row of the screen, if one is. */
void view_point_picker(struct app *app, int row);

/* Grid and views whose key does the same thing there. */
void view_reset_board(struct app *app);
void view_toggle_arm(struct app *app);

/* What was burnt; and reading it, anew. */
void view_journal(struct app *app);
void view_journal_read(struct app *app);

/* Asks what should go wrong on the twin; takes what came of a rehearsal. */
void view_rehearse(struct app *app);
void view_rehearsed(struct app *app, struct worker_event *event);

/* Compares with the image chosen last, or asks for one. */
void view_compare(struct app *app);

#endif
