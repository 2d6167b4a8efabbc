/*
 * What the screen knows: one struct. Keys become actions, actions and the worker's events change
 * it, views draw it and change nothing. No view knows another; they meet here.
 */
#ifndef OTPEDIT_UI_SCREEN_APP_H
#define OTPEDIT_UI_SCREEN_APP_H

#include "src/draft.h"
#include "src/session.h"
#include "ui/environment.h"
#include "ui/screen/boot_dialog.h"
#include "ui/screen/comparison.h"
#include "ui/screen/confirm_dialog.h"
#include "ui/screen/guide.h"
#include "ui/screen/journal_list.h"
#include "ui/screen/keymap.h"
#include "ui/screen/layout.h"
#include "ui/screen/page.h"
#include "ui/screen/picker.h"
#include "ui/screen/progress_text.h"
#include "ui/screen/prompt.h"
#include "ui/screen/selection.h"
#include "ui/screen/text_line.h"
#include "ui/screen/theme.h"
#include "ui/screen/worker.h"

#include <stdbool.h>

enum view_id {
	VIEW_GRID,
	VIEW_PICKER, /* what to open, while nothing is */
	VIEW_DETAIL, /* all about one word, as a text */
	VIEW_EDIT,   /* a hex value */
	VIEW_BITS,
	VIEW_LOCKS,
	VIEW_STAGED,
	VIEW_PREVIEW,
	VIEW_CONFIRM,
	VIEW_PROGRESS,
	VIEW_RESULT,
	VIEW_NEWS,
	VIEW_HELP,
	VIEW_QUIT,
	VIEW_COMPARE,
	VIEW_COMPARE_WITH,
	VIEW_LOST,         /* the board went while a commit was prepared */
	VIEW_POWER,        /* a power cycle by hand */
	VIEW_WIZARD,       /* guided operations: choosing */
	VIEW_WIZARD_ENTRY, /* the same: typing */
	VIEW_PROMPT,       /* a line is typed below the view where it was asked for */
	VIEW_SOURCE,       /* what to open, typed */
	VIEW_LEAVE,        /* closing what is open, to open something else? */
	VIEW_KEPT,         /* what an earlier run left staged: take it up again? */
	VIEW_BOOT,         /* a board that is brought up from its ROM code */
	VIEW_STATUS,
	VIEW_JOURNAL,
	VIEW_JOURNAL_ENTRY,
	VIEW_REHEARSE,  /* what should go wrong on the twin? */
	VIEW_REHEARSAL, /* what it did */
	VIEW_COUNT
};

/* How the words are laid out, in the one view that shows them: shape.h. */
enum shape_id { SHAPE_GRID, SHAPE_LIST, SHAPE_MAP, SHAPE_COUNT };

enum link_state { LINK_OPENING, LINK_UP, LINK_BUSY, LINK_LOST, LINK_OFFLINE };

#define APP_ENTRY_MAX 16

struct app {
	const struct environment *environment;
	struct worker *worker; /* owned by the loop; NULL in tests of views */
	bool ascii;            /* the locale cannot show line drawing and dots */
	bool reveal;
	struct keymap keys;

	/* The board as the worker's session had it last: a copy without the device (worker.h). */
	struct session *session; /* owned; NULL while opening */
	enum link_state link;
	struct picker picker;
	struct text_line source_line; /* VIEW_SOURCE */
	long long source_key_ms;
	bool picking; /* what is opened was chosen here: a failure leads back to the choice */
	struct image before; /* as it was one read earlier, to mark what changed */
	bool has_before;
	char read_time[16]; /* "14:02:11" of the last read; "" */
	bool live;          /* the board is read by itself: see live.h */
	bool live_declined; /* a person turned that off */
	bool page_stale;    /* the page is to be made anew where it is scrolled to */

	struct draft *draft;        /* owned */
	unsigned selected;          /* the word under the cursor */
	struct selection selection; /* words chosen together; none: that one */
	struct prompt prompt;
	/* What is staged outlives the program (src/kept.h). */
	char kept_path[STORE_PATH_MAX]; /* "": nowhere */
	struct edits kept;              /* left by an earlier run, and not decided about yet */
	struct edits saved;             /* what the file holds now */
	bool keep_failed;               /* that was said once */
	enum shape_id shape;
	bool words_alone;  /* nothing beside them */
	unsigned top_row;  /* first row of words in the grid */
	unsigned top_line; /* first word of the list */
	unsigned top_map;  /* first row of the map */
	struct layout layout;

	enum view_id view;
	enum view_id below; /* where BACK leads */
	char message[400];  /* one line; see app_message_key() */
	enum tone message_tone;
	long long message_ms;           /* when it was said */
	bool message_is_old;            /* by an earlier key than the one that is looked at */
	long long now_ms;               /* of the loop's clock, or the key that is looked at */
	char unusable[ERRBUF_CAPACITY]; /* of the person's own files: said when a board is open */
	bool quit;
	int exit_status;
	bool redraw;  /* ^L */
	bool suspend; /* ^Z */
	bool next_theme;
	char theme_asked[THEME_NAME_MAX + 1]; /* by name; "": none */
	bool mouse_off; /* a person wants it for the terminal's own choosing and copying */

	bool pasting; /* between the terminal's marks around pasted text */
	long long last_key_ms;

	/* VIEW_EDIT and VIEW_BITS */
	char entry[APP_ENTRY_MAX];
	size_t entry_length;
	uint32_t bits;       /* the value being made */
	unsigned bit_cursor; /* 31..0 */

	/* VIEW_LOCKS: which of word_status.h's lock bits, and where the cursor is */
	uint32_t lock_choice;
	unsigned lock_cursor;

	struct comparison comparison;      /* VIEW_COMPARE */
	struct journal_list journal;       /* VIEW_JOURNAL, VIEW_JOURNAL_ENTRY */
	struct comparison_choices choices; /* VIEW_COMPARE_WITH */

	/* VIEW_WIZARD and VIEW_WIZARD_ENTRY */
	struct guide guide;
	struct point guide_cursor; /* in the area, as laid out last */
	bool guide_follow;         /* the cursor has to be in sight; else it was scrolled */

	/* VIEW_REHEARSE and VIEW_REHEARSAL */
	unsigned rehearsal_cursor;
	struct rehearsal *rehearsal; /* owned; NULL: none */

	unsigned staged_cursor; /* VIEW_STAGED: index among the staged words */

	/* Texts that scroll: detail, preview, result, news, help. Rebuilt when content or width
	 * change. */
	struct page page;
	struct page_scroll scroll;
	enum view_id page_view; /* what the page holds; VIEW_COUNT: nothing */
	enum view_id help_from; /* where leaving help leads */

	/* VIEW_POWER: how far it is, of which board, and what confirms it */
	bool power_watched;
	enum power_step power;
	bool power_is_blind; /* the link does not show whether the board has power */
	char power_place[256];
	char power_words[POWER_CYCLE_WORDS_MAX];
	struct phrase power_typed;

	struct boot_dialog boot; /* VIEW_BOOT */

	/* Preview to result */
	struct plan *plan; /* owned; stays while the worker commits it */
	bool all_seen;     /* the preview was scrolled to its end */
	struct confirm_dialog confirm;
	bool confirm_open;
	struct progress progress;
	struct commit_result *result; /* owned; NULL: none */
	bool report_due;              /* the result has to be told to the shell on leaving, too */
	enum status result_status;
	struct errbuf result_error;
};

/* False when out of memory. app_free() in any case. */
bool app_init(struct app *app, const struct environment *environment);
void app_free(struct app *app);

/* Begins with the choice of what to open. */
void app_pick(struct app *app);

/* Whether a view has something to show while nothing is open. */
bool app_is_before_opening(enum view_id view);

/* Closes what is open, keeps what is staged for when it is opened again, and begins with the choice
 * anew. False, and nothing has changed, when that is not possible now: the message says why. */
bool app_close(struct app *app);

/* A key was pressed; an event came from the worker. */
void app_key(struct app *app, const struct key *key);
void app_event(struct app *app, struct worker_event *event);

/* What a key does once it is known what it asks for. */
void app_act(struct app *app, enum action action, const struct key *key);

/* What the mouse does: the wheel is as the arrow keys, a click goes to what it points at. Nothing
 * is staged, confirmed or burnt by it. */
void app_mouse(struct app *app, const struct key *key);

/* What ^Z and SIGTSTP ask: suspends the program, but never while a commit is at work. */
void app_suspend(struct app *app);

/* What SIGINT, SIGTERM and SIGHUP ask: leave at once, or as soon as a burn has been seen to its
 * end. */
void app_leave(struct app *app, int exit_status);

/*
 * How long a message stays. What went wrong stays until a key is pressed APP_READ_MS after it was
 * said: keys that were on their way do not take it away unread. All else goes with the next key,
 * and what only says that something happened fades, too.
 */
#define APP_READ_MS 1000
#define APP_FADE_MS 10000
void app_message_key(struct app *app);
void app_message_after_key(struct app *app, enum view_id view_before);
/* After so many milliseconds it fades; -1: it does not. 0: now, and it is gone. */
int app_message_fades(struct app *app);

/* --- for views --- */

void app_say(struct app *app, enum tone tone, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* One of the person's own files cannot be used: said now, and again when a board is open. */
void app_complain(struct app *app, const char *what, const struct errbuf *err);
void app_show(struct app *app, enum view_id view); /* BACK leads to where it was */
void app_back(struct app *app);

/* The word's value as the grid shows it, with what is staged; and what is staged for it. */
uint32_t app_value(const struct app *app, unsigned word);
const struct edit *app_edit(const struct app *app, unsigned word);

/* Whether what the board holds in this word may be secret and must not be shown. */
bool app_is_masked(const struct app *app, unsigned word);

/* Stages after asking the rules: an edit that the silicon or the program refuses is not staged, and
 * the reason is the message. True when it was. */
bool app_stage(struct app *app, unsigned word, const struct edit *edit);

/* Whether the rules refuse one word of these edits, and why. */
bool app_would_refuse(
	const struct app *app, const struct edits *edits, unsigned word, struct errbuf *reason);

/* Whether the rules refuse now what is staged for the word, and why. */
bool app_is_refused(const struct app *app, unsigned word, struct errbuf *reason);

/* The same for all edits at once: those that differ from what is staged are looked at, and one step
 * of undo takes them back. */
bool app_stage_all(struct app *app, const struct edits *edits);

/* Whether what is staged next is for this word: it is chosen, or, where none is, under the cursor.
 */
bool app_is_target(const struct app *app, unsigned word);
/* "word 70", "words 70-75, 80". */
void app_targets_text(char *out, size_t cap, const struct app *app);

/* Makes a fresh plan of all that is staged into app->plan. False with the reason as message. */
bool app_plan(struct app *app);

/* Ends a confirmation that is open; and the plan with it. */
void app_drop_confirmation(struct app *app);
void app_drop_plan(struct app *app);

/* The key that asks for something, for texts: people may have chosen others. Never empty. */
const char *app_key_name(const struct app *app, enum key_context context, enum action action);

/* Whether a board is there that could be burnt, at least in principle. */
bool app_has_board(const struct app *app);

#endif
