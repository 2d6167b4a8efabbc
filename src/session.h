/*
 * One board as the program works with it: the open device, who it is, what was read, its journal,
 * its arming. Commands and the screen's worker use nothing else to reach a board.
 */
#ifndef OTPEDIT_SRC_SESSION_H
#define OTPEDIT_SRC_SESSION_H

#include "src/chip.h"
#include "src/commit.h"
#include "src/confirm.h"
#include "src/device.h"
#include "src/errbuf.h"
#include "src/follow_up.h"
#include "src/image.h"
#include "src/journal.h"
#include "src/plan.h"
#include "src/power_cycle.h"

#define SESSION_MAX_NEWS 32

/* Something the person must be told about this board or file, in the order it was found. */
struct session_news {
	enum severity severity;
	char text[400];
};

struct session {
	struct device *device; /* NULL: an image file, offline; or lost */
	bool is_lost;          /* session_lose() was called: all else is as it was last */
	struct device_info info;
	const struct source_ops *source; /* NULL: an image file */
	char source_text[4096];
	struct chip *chip; /* owned */
	bool view_only;    /* the chip is not known for certain, or the structure takes no writes */
	struct image image;
	bool has_image; /* false: the board offers no OTP */
	char board[64]; /* identity: the unique-id words, else "serial:…"; "" : none */
	struct journal journal;
	bool journal_usable; /* false: the state folder cannot be written, so nothing can be burnt
			      */
	bool power_proved; /* nothing was burnt since the board is known to have been powered up */
	const struct power_cycle *powered; /* session_options.powered while opening; else NULL */
	bool is_shut;  /* nothing may be sent to the board any more: see src/admission.h */
	int port_lock; /* of the way in to a real board; -1: none */
	int lock;      /* the identity's lock; -1: none */
	struct arming arming;
	bool untouchable[IMAGE_MAX_WORDS]; /* words of a commit whose end is not known */
	size_t news_count;
	struct session_news news[SESSION_MAX_NEWS];
	size_t recovered_count;          /* entries an earlier run left open, as they stand now */
	struct journal_entry *recovered; /* owned */
	struct follow_up follow_up;      /* what is left of them, and of the last commit */
};

struct session_options {
	const struct source_ops *const *sources; /* NULL-terminated table */
	const char *chip;                        /* --chip; NULL: find out */
	const char *overlays;                    /* folder of the user's own names; NULL: none */
	bool read_only;                          /* --read-only */
	/* A power cycle that a person confirmed: entries of the journal that are older are judged
	 * as after one. NULL: none. Borrowed. */
	const struct power_cycle *powered;
	const struct job *job; /* of the opening; NULL: nobody watches, or stops it. Borrowed */
	struct source_options source;
};

/*
 * Opens a source: a file is read as an image, anything else is looked up in the table of sources.
 * On a board: holds the way in to it, sees whether anything may be sent to it (src/admission.h),
 * identifies it, reads it twice, holds its lock, compares it with its last snapshot,
 * and looks for commits that an earlier run left without an end: each is examined word by word
 * against the fresh read, closed where the facts allow it, and told in news[]. *out is on the heap
 * (large): session_close().
 */
enum status session_open(struct session **out, const char *source,
	const struct session_options *options, struct errbuf *err);
void session_close(struct session *session);

/*
 * Gives up a board that is gone: closes its device, drops its locks, disarms. What was read stays
 * to be looked at; everything that wants the board is ERR_GONE until session_reopen().
 */
void session_lose(struct session *session);

/*
 * Opens a lost board anew, by the source where it is now; *session is then a new one, as after
 * session_open(), disarmed, with the very chip that *session had. Only the same board will do: same
 * serial, same identity, same map; another one, or one that cannot be told, is ERR_REFUSED and left
 * alone again. Words of a commit
 * with an unknown end stay untouchable, as being plugged in again is no power cycle. On failure
 * *session stays as it was.
 */
enum status session_reopen(struct session **session, const char *source,
	const struct session_options *options, struct errbuf *err);

/* Reads the board again (twice, equal). Offline: reads the file again. */
enum status session_refresh(struct session *session, const struct job *job, struct errbuf *err);

/* Restarts the board where the link can; then as after opening: pending locks are looked at. */
enum status session_restart(struct session *session, const struct job *job, struct errbuf *err);

/* A plan for these edits on what was read last. */
enum status session_plan(struct plan **out, const struct session *session,
	const struct edits *edits, struct errbuf *err);

/* What the rules would say about one word of these edits. */
enum status session_check_word(struct remarks *out, const struct session *session,
	const struct edits *edits, unsigned word, struct errbuf *err);

/* commit_run() on this board; afterwards session->image is what was re-read last. */
enum status session_commit(struct commit_result *result, struct session *session,
	const struct plan *plan, const struct confirmation *confirmation, const struct job *job,
	struct errbuf *err);

#endif
