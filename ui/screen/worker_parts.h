/*
 * The inside of the worker: what its thread does (worker_jobs.c), and the queue between the two
 * threads (worker.c).
 */
#ifndef OTPEDIT_UI_SCREEN_WORKER_PARTS_H
#define OTPEDIT_UI_SCREEN_WORKER_PARTS_H

#include "src/bringup.h"
#include "src/finder.h"
#include "src/store.h"
#include "ui/screen/worker.h"

#include <pthread.h>

struct worker_node {
	struct worker_event event;
	struct worker_node *next;
};

struct worker {
	pthread_t thread;
	pthread_mutex_t mutex; /* guards all below */
	pthread_cond_t wake;
	bool has_job, stopping, cancelled;
	bool live;           /* the board is read by itself */
	unsigned live_pause; /* ticks until the next of these reads */
	unsigned live_ticks; /* from one of them to the next */
	enum worker_job job;
	const struct plan *plan;
	struct confirmation confirmation;
	struct arming arming;
	struct worker_node *first, *last;
	int pipe[2];
	struct edits rehearsed; /* by JOB_REHEARSE, and what goes wrong */
	char fault[64];
	bool is_reading;                     /* the journal */
	char source[STORE_PATH_MAX];         /* what JOB_OPEN opens */
	char words[POWER_CYCLE_WORDS_MAX];   /* what JOB_SETTLE confirms */
	char files[STORE_PATH_MAX];          /* what JOB_BOOT_LOOK looks at */
	char boot_words[CONFIRM_PHRASE_MAX]; /* what JOB_BOOT confirms */

	/* Only the screen's thread looks at these. */
	pthread_t reader;
	bool has_reader;

	/* Only the worker's thread looks at these. */
	const struct session_options *options;
	struct session *session;
	bool has_opened; /* something, in this run: --fresh was for that */
	struct finder finder;
	unsigned tries; /* how often a lost board is still looked for before something changes */
	unsigned pause; /* ticks until the next of them */
	struct errbuf told;        /* what was said last of the lost board */
	struct power_cycle *cycle; /* NULL: none is watched */
	struct bringup *bringup;   /* NULL: none is held */
};

/* Puts an event into the queue. */
void worker_post(struct worker *worker, const struct worker_event *event);

/* Gives the thread a job; false while there is one. */
bool worker_give(struct worker *worker, enum worker_job job);

/* Fills the event that tells of a rehearsal (worker_rehearsal.c). */
void worker_run_rehearsal(struct worker *worker, struct worker_event *event);

/* Runs one job to its end, the event that tells of it included. */
void worker_run(struct worker *worker, enum worker_job kind);

/* Jobs of a power cycle (worker_power.c), and what is to be seen of it at a tick. */
void worker_power_run(struct worker *worker, enum worker_job kind, struct worker_event *event);
void worker_power_tick(struct worker *worker, bool changed);

/* Jobs of bringing a board up (worker_boot.c); and letting go of it. */
void worker_boot_run(struct worker *worker, enum worker_job kind, const struct job *job,
	struct worker_event *event);
void worker_boot_stop(struct worker *worker);

/* The reads that nobody pressed a key for (worker_live.c), at a tick. */
void worker_live_tick(struct worker *worker);

/* What the screen may know of the session: everything but the handles. NULL without memory. */
struct session *worker_copy(const struct session *session);

/* Gives the board up, as lost: without a word to the screen, or telling it why. */
void worker_lose(struct worker *worker);
void worker_tell_lost(struct worker *worker, const struct errbuf *why);

/* Looks after what comes and goes, every WORKER_TICK_MS while there is no job and something is
 * watched. */
#define WORKER_TICK_MS 200
void worker_tick(struct worker *worker);

/* Waits for the journal, if it is being read (worker_journal.c). */
void worker_end_reader(struct worker *worker);

/* Ends what the thread owns. */
void worker_end(struct worker *worker);

#endif
