/*
 * The one thread that talks to boards. It owns the session and its device; the screen owns all
 * else.
 *
 * One job at a time goes in; events come out, each a plain copy of what the session knows. Signals
 * are blocked in it. Everything but worker_cancel() is called from the screen's thread.
 *
 * Between jobs it looks after what comes and goes: while nothing is open yet it lists the boards
 * anew, an open board that is gone is told as lost, and a lost one is opened again when the same
 * board is back, at whatever address. That never happens while a job is under way. On request it
 * reads the open board again and again (worker_live()), and a job that is given comes first.
 */
#ifndef OTPEDIT_UI_SCREEN_WORKER_H
#define OTPEDIT_UI_SCREEN_WORKER_H

#include "src/commit.h"
#include "src/confirm.h"
#include "src/rehearsal.h"
#include "src/session.h"
#include "ui/screen/journal_list.h"

#include <stdbool.h>

enum worker_job {
	JOB_OPEN,
	JOB_LOOK,
	JOB_CLOSE, /* what is open, and looks */
	JOB_READ,
	JOB_COMMIT,
	JOB_RESET,
	JOB_REOPEN,
	JOB_POWER,     /* begins to watch a power cycle by hand */
	JOB_SETTLE,    /* a person confirmed it */
	JOB_POWER_END, /* nobody will */
	JOB_REHEARSE,  /* on a twin; the board is left alone */
	JOB_BOOT_LOOK, /* what would be loaded into a board */
	JOB_BOOT,      /* loads it, once it is confirmed */
	JOB_BOOT_END   /* lets go of it */
};

enum worker_event_kind {
	EVENT_DONE,      /* a job ended well; `session` is how things are */
	EVENT_FAILED,    /* it did not: `status` and `error`; `session` when there is one */
	EVENT_PROGRESS,  /* what the job is at */
	EVENT_RESULT,    /* a commit is over: `status`, `error`, `result`, `session` */
	EVENT_FOUND,     /* what can be found now: `found`, `ports`; or `status` and `error` */
	EVENT_LOST,      /* the board is gone, or could not be taken up again: `error` */
	EVENT_BACK,      /* the lost board was opened again: `session` */
	EVENT_POWER,     /* a power cycle is at this `power`, of the board told in `place` */
	EVENT_LIVE,      /* the board was read by itself: `session`; or `status` and `error` */
	EVENT_JOURNAL,   /* the journal that was asked for: `journal` */
	EVENT_REHEARSED, /* `rehearsal`; or `status` and `error` */
	EVENT_BOOT       /* JOB_BOOT_LOOK: `boot_text`, `boot_words`, `boot_refused`; JOB_BOOT: a
			    service answers at `place` */
};

struct worker_event {
	enum worker_event_kind kind;
	enum worker_job job;
	enum status status;
	struct errbuf error;
	struct session
		*session; /* a copy without device, lock and journal handles; the taker's: free() */
	struct commit_result *result; /* the taker's: free() */
	struct found_boards *found;   /* the taker's: free() */
	struct rehearsal *rehearsal;  /* the taker's: free() */
	struct journal_list *journal; /* the taker's: journal_list_free(), free() */
	struct found_ports *ports;    /* with them; the taker's: free(); NULL: none, or not known */
	bool choose; /* EVENT_FOUND: the source fits several boards, and one is to be opened */
	char stage[64];
	size_t done, total;
	enum power_step power;
	bool power_is_blind;
	char place[256];
	char words[POWER_CYCLE_WORDS_MAX]; /* EVENT_POWER: what confirms it */
	char *boot_text;                   /* lines; the taker's: free() */
	char boot_words[CONFIRM_PHRASE_MAX];
	bool boot_refused;
};

struct worker;

/* Starts the thread and has it open the source; NULL: it lists boards, until worker_open(). NULL
 * when it cannot start. */
struct worker *worker_start(const char *source, const struct session_options *options);

/* Readable whenever worker_next() has something. */
int worker_fd(const struct worker *worker);

/* The next event; false when there is none. */
bool worker_next(struct worker *worker, struct worker_event *out);

/* Whether a job is under way. A second job is refused with false. */
bool worker_is_busy(const struct worker *worker);
bool worker_open(struct worker *worker, const char *source); /* while nothing is open */
bool worker_look(struct worker *worker);                     /* lists boards now */

/* Closes what is open, then lists boards. Copies of its session that events brought must be gone:
 * they borrow from it. Events of what was open may still come before the EVENT_FOUND. */
bool worker_close(struct worker *worker);
bool worker_read(struct worker *worker);
bool worker_reset(struct worker *worker);
bool worker_reopen(struct worker *worker); /* looks for the lost board now */

/* The plan is borrowed until the EVENT_RESULT; the confirmation and the arming are copied. Refused
 * as well while an EVENT_LOST waits to be taken: what was armed is armed no longer. */
bool worker_commit(struct worker *worker, const struct plan *plan,
	const struct confirmation *confirmation, const struct arming *arming);

/* Rehearses these edits on a twin of what is open (src/rehearsal.h); both are copied. */
bool worker_rehearse(struct worker *worker, const struct edits *edits, const char *fault);

/*
 * A power cycle by hand (src/power_cycle.h). The board is let go of, as if it were lost, and not
 * taken up again before worker_settle() or worker_power_end(); EVENT_POWER tells each step. The
 * person's words are copied.
 */
bool worker_power(struct worker *worker);
bool worker_settle(struct worker *worker, const char *words);
bool worker_power_end(struct worker *worker);

/*
 * Brings a board up from its ROM code (src/bringup.h), while nothing is open: the files, as
 * firmware_add_line() takes them, and the board are looked at; then it is loaded, once the phrase
 * that EVENT_BOOT told is given. worker_boot_end() lets go of the board. Texts are copied.
 */
bool worker_boot_look(struct worker *worker, const char *source, const char *files);
bool worker_boot(struct worker *worker, const char *words);
bool worker_boot_end(struct worker *worker);

/*
 * Reads the journal for an EVENT_JOURNAL, beside whatever job is under way: a thread of its own,
 * that knows no board. Once asked, more is not asked before that event, and true. False when it
 * cannot be started.
 */
bool worker_read_journal(struct worker *worker, const struct journal_wanted *wanted);

/*
 * Whether the board is to be read every WORKER_LIVE_MS while there is no job; each read is told as
 * EVENT_LIVE. After one that fails no more are made, and none can be asked for, before that event,
 * or the EVENT_LOST in its place, was taken. May be called as often as one likes.
 */
#define WORKER_LIVE_MS 2000
void worker_live(struct worker *worker, bool on);
/* In place of WORKER_LIVE_MS, from the next read on. */
void worker_live_every(struct worker *worker, unsigned milliseconds);

/* Asks the job under way to stop; it does where nothing was burnt yet. */
void worker_cancel(struct worker *worker);

/* Stops a job that only opens or reads: who leaves needs no more of the board. A commit goes on. */
void worker_leave(struct worker *worker);

/* Waits for the job under way, closes the board and ends the thread. */
void worker_stop(struct worker *worker);

#endif
