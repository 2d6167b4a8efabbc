#include "ui/screen/worker_parts.h"

#include "src/wipe.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

void worker_post(struct worker *worker, const struct worker_event *event)
{
	struct worker_node *node = malloc(sizeof *node);
	/* Without memory for an event nothing more can be told; the one at hand must not be lost.
	 */
	if (!node)
		abort();
	*node = (struct worker_node){.event = *event};
	pthread_mutex_lock(&worker->mutex);
	if (worker->last)
		worker->last->next = node;
	else
		worker->first = node;
	worker->last = node;
	pthread_mutex_unlock(&worker->mutex);
	/* A full pipe is readable, and that is all the byte is for. */
	ssize_t ignored = write(worker->pipe[1], "e", 1);
	(void)ignored;
}

/* Waits for a job; a while only where something is watched meanwhile. */
static void wait_for_work(struct worker *worker)
{
	struct timespec until;
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_nsec += WORKER_TICK_MS * 1000000L;
	until.tv_sec += until.tv_nsec / 1000000000L;
	until.tv_nsec %= 1000000000L;
	int waited = 0;
	wipe_stack();
	while (!worker->has_job && !worker->stopping && waited == 0)
		waited = worker->finder.count > 0 || worker->live || !worker->session
				 ? pthread_cond_timedwait(&worker->wake, &worker->mutex, &until)
				 : pthread_cond_wait(&worker->wake, &worker->mutex);
}

static void *work(void *payload)
{
	struct worker *worker = payload;
	for (;;) {
		pthread_mutex_lock(&worker->mutex);
		wait_for_work(worker);
		bool has_job = worker->has_job, stopping = worker->stopping;
		enum worker_job job = worker->job;
		pthread_mutex_unlock(&worker->mutex);
		if (has_job)
			worker_run(worker, job);
		else if (stopping)
			break;
		else
			worker_tick(worker);
	}
	worker_end(worker);
	return NULL;
}

static bool make_pipe(int ends[2])
{
	if (pipe(ends) != 0)
		return false;
	for (int i = 0; i < 2; i++) {
		fcntl(ends[i], F_SETFL, O_NONBLOCK);
		fcntl(ends[i], F_SETFD, FD_CLOEXEC);
	}
	return true;
}

struct worker *worker_start(const char *source, const struct session_options *options)
{
	struct worker *worker = calloc(1, sizeof *worker);
	if (!worker || !make_pipe(worker->pipe)) {
		free(worker);
		return NULL;
	}
	snprintf(worker->source, sizeof worker->source, "%s", source ? source : "");
	worker->options = options;
	worker->live_ticks = WORKER_LIVE_MS / WORKER_TICK_MS;
	worker->has_job = true;
	worker->job = source ? JOB_OPEN : JOB_LOOK;
	pthread_condattr_t clock;
	pthread_condattr_init(&clock);
	pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
	pthread_mutex_init(&worker->mutex, NULL);
	pthread_cond_init(&worker->wake, &clock);
	pthread_condattr_destroy(&clock);
	sigset_t all, before;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	int failed = pthread_create(&worker->thread, NULL, work, worker);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (failed) {
		close(worker->pipe[0]);
		close(worker->pipe[1]);
		free(worker);
		return NULL;
	}
	return worker;
}

int worker_fd(const struct worker *worker)
{
	return worker->pipe[0];
}

bool worker_next(struct worker *worker, struct worker_event *out)
{
	char drained[64];
	pthread_mutex_lock(&worker->mutex);
	struct worker_node *node = worker->first;
	if (node) {
		worker->first = node->next;
		if (!worker->first)
			worker->last = NULL;
	}
	bool last = !worker->first;
	pthread_mutex_unlock(&worker->mutex);
	while (last && read(worker->pipe[0], drained, sizeof drained) > 0)
		;
	if (!node)
		return false;
	*out = node->event;
	free(node);
	return true;
}

bool worker_is_busy(const struct worker *worker)
{
	struct worker *mutable = (struct worker *)worker;
	pthread_mutex_lock(&mutable->mutex);
	bool busy = worker->has_job;
	pthread_mutex_unlock(&mutable->mutex);
	return busy;
}

bool worker_give(struct worker *worker, enum worker_job job)
{
	pthread_mutex_lock(&worker->mutex);
	bool taken = !worker->has_job && !worker->stopping;
	if (taken) {
		worker->has_job = true;
		worker->cancelled = false;
		worker->job = job;
		pthread_cond_signal(&worker->wake);
	}
	pthread_mutex_unlock(&worker->mutex);
	return taken;
}

bool worker_open(struct worker *worker, const char *source)
{
	if (worker_is_busy(worker) || strlen(source) >= sizeof worker->source)
		return false;
	/* No job is under way, so the worker does not look at it. */
	snprintf(worker->source, sizeof worker->source, "%s", source);
	return worker_give(worker, JOB_OPEN);
}

bool worker_look(struct worker *worker)
{
	return worker_give(worker, JOB_LOOK);
}

bool worker_close(struct worker *worker)
{
	return worker_give(worker, JOB_CLOSE);
}

bool worker_read(struct worker *worker)
{
	return worker_give(worker, JOB_READ);
}

bool worker_reset(struct worker *worker)
{
	return worker_give(worker, JOB_RESET);
}

bool worker_reopen(struct worker *worker)
{
	return worker_give(worker, JOB_REOPEN);
}

bool worker_power(struct worker *worker)
{
	return worker_give(worker, JOB_POWER);
}

bool worker_settle(struct worker *worker, const char *words)
{
	if (worker_is_busy(worker))
		return false;
	/* No job is under way, so the worker does not look at them. */
	snprintf(worker->words, sizeof worker->words, "%s", words);
	return worker_give(worker, JOB_SETTLE);
}

bool worker_power_end(struct worker *worker)
{
	return worker_give(worker, JOB_POWER_END);
}

bool worker_boot_look(struct worker *worker, const char *source, const char *files)
{
	if (worker_is_busy(worker) || strlen(source) >= sizeof worker->source)
		return false;
	/* No job is under way, so the worker looks at none of these. */
	snprintf(worker->source, sizeof worker->source, "%s", source);
	snprintf(worker->files, sizeof worker->files, "%s", files);
	return worker_give(worker, JOB_BOOT_LOOK);
}

bool worker_boot(struct worker *worker, const char *words)
{
	if (worker_is_busy(worker))
		return false;
	snprintf(worker->boot_words, sizeof worker->boot_words, "%s", words);
	return worker_give(worker, JOB_BOOT);
}

bool worker_boot_end(struct worker *worker)
{
	return worker_give(worker, JOB_BOOT_END);
}

static bool has_lost(struct worker *worker)
{
	bool has = false;
	pthread_mutex_lock(&worker->mutex);
	for (const struct worker_node *node = worker->first; node; node = node->next)
		has |= node->event.kind == EVENT_LOST;
	pthread_mutex_unlock(&worker->mutex);
	return has;
}

bool worker_commit(struct worker *worker, const struct plan *plan,
	const struct confirmation *confirmation, const struct arming *arming)
{
	if (worker_is_busy(worker) || has_lost(worker))
		return false;
	/* No job is under way, so the worker looks at none of these. */
	worker->plan = plan;
	worker->confirmation = *confirmation;
	worker->arming = *arming;
	return worker_give(worker, JOB_COMMIT);
}

void worker_cancel(struct worker *worker)
{
	pthread_mutex_lock(&worker->mutex);
	worker->cancelled = worker->has_job;
	pthread_mutex_unlock(&worker->mutex);
}

void worker_leave(struct worker *worker)
{
	pthread_mutex_lock(&worker->mutex);
	if (worker->has_job && (worker->job == JOB_OPEN || worker->job == JOB_READ ||
				       worker->job == JOB_BOOT_LOOK))
		worker->cancelled = true;
	pthread_mutex_unlock(&worker->mutex);
}

void worker_stop(struct worker *worker)
{
	if (!worker)
		return;
	pthread_mutex_lock(&worker->mutex);
	worker->stopping = true;
	worker->cancelled = worker->has_job;
	pthread_cond_signal(&worker->wake);
	pthread_mutex_unlock(&worker->mutex);
	pthread_join(worker->thread, NULL);
	worker_end_reader(worker);
	struct worker_event event;
	while (worker_next(worker, &event)) {
		if (event.journal)
			journal_list_free(event.journal);
		free(event.journal);
		free(event.rehearsal);
		free(event.session);
		free(event.result);
		free(event.found);
		free(event.ports);
		free(event.boot_text);
	}
	close(worker->pipe[0]);
	close(worker->pipe[1]);
	pthread_mutex_destroy(&worker->mutex);
	pthread_cond_destroy(&worker->wake);
	free(worker);
}
