#include "ui/screen/worker.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* One event in the queue. */
struct node {
	struct worker_event event;
	struct node *next;
};

struct worker {
	pthread_t thread;
	pthread_mutex_t mutex; /* guards all below */
	pthread_cond_t wake;
	bool has_job, stopping, cancelled;
	enum worker_job job;
	const struct plan *plan;
	struct confirmation confirmation;
	struct arming arming;
	struct node *first, *last;
	int pipe[2];

	/* Only the worker's thread looks at these. */
	char source[4096];
	const struct session_options *options;
	struct session *session;
};

static void post(struct worker *worker, const struct worker_event *event)
{
	struct node *node = malloc(sizeof *node);
	/* Without memory for an event nothing more can be told; the one at hand must not be lost.
	 */
	if (!node)
		abort();
	*node = (struct node){.event = *event};
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

/* What the screen may know of the session: everything but the handles. */
static struct session *copy_of(const struct session *session)
{
	if (!session)
		return NULL;
	struct session *copy = malloc(sizeof *copy);
	if (!copy)
		return NULL;
	*copy = *session;
	copy->lock = -1;
	copy->recovered = NULL;
	copy->recovered_count = 0;
	return copy;
}

static bool is_cancelled(void *payload)
{
	struct worker *worker = payload;
	pthread_mutex_lock(&worker->mutex);
	bool cancelled = worker->cancelled;
	pthread_mutex_unlock(&worker->mutex);
	return cancelled;
}

static void report(const char *stage, size_t done, size_t total, void *payload)
{
	struct worker_event event = {.kind = EVENT_PROGRESS, .done = done, .total = total};
	snprintf(event.stage, sizeof event.stage, "%s", stage);
	post(payload, &event);
}

static void run_commit(struct worker *worker, const struct job *job, struct worker_event *event)
{
	event->kind = EVENT_RESULT;
	event->result = malloc(sizeof *event->result);
	if (!event->result) {
		event->status =
			errbuf_set(&event->error, ERR_MEMORY, "out of memory: nothing was burnt");
		return;
	}
	worker->session->arming = worker->arming;
	event->status = session_commit(event->result, worker->session, worker->plan,
		&worker->confirmation, job, &event->error);
}

static void run(struct worker *worker, enum worker_job kind)
{
	struct job job = {report, is_cancelled, worker};
	struct worker_event event = {.kind = EVENT_DONE, .job = kind};
	switch (kind) {
	case JOB_OPEN:
		event.status = session_open(
			&worker->session, worker->source, worker->options, &event.error);
		break;
	case JOB_READ: event.status = session_refresh(worker->session, &job, &event.error); break;
	case JOB_RESET: event.status = session_restart(worker->session, &job, &event.error); break;
	case JOB_COMMIT: run_commit(worker, &job, &event); break;
	}
	if (event.kind == EVENT_DONE && event.status != OK)
		event.kind = EVENT_FAILED;
	event.session = copy_of(worker->session);
	pthread_mutex_lock(&worker->mutex);
	worker->has_job = false;
	worker->cancelled = false;
	pthread_mutex_unlock(&worker->mutex);
	post(worker, &event);
}

static void *work(void *payload)
{
	struct worker *worker = payload;
	for (;;) {
		pthread_mutex_lock(&worker->mutex);
		while (!worker->has_job && !worker->stopping)
			pthread_cond_wait(&worker->wake, &worker->mutex);
		bool stopping = !worker->has_job;
		enum worker_job job = worker->job;
		pthread_mutex_unlock(&worker->mutex);
		if (stopping)
			break;
		run(worker, job);
	}
	session_close(worker->session);
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
	snprintf(worker->source, sizeof worker->source, "%s", source);
	worker->options = options;
	worker->has_job = true;
	worker->job = JOB_OPEN;
	pthread_mutex_init(&worker->mutex, NULL);
	pthread_cond_init(&worker->wake, NULL);
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
	struct node *node = worker->first;
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

static bool give(struct worker *worker, enum worker_job job)
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

bool worker_read(struct worker *worker)
{
	return give(worker, JOB_READ);
}

bool worker_reset(struct worker *worker)
{
	return give(worker, JOB_RESET);
}

bool worker_commit(struct worker *worker, const struct plan *plan,
	const struct confirmation *confirmation, const struct arming *arming)
{
	if (worker_is_busy(worker))
		return false;
	/* No job is under way, so the worker looks at none of these. */
	worker->plan = plan;
	worker->confirmation = *confirmation;
	worker->arming = *arming;
	return give(worker, JOB_COMMIT);
}

void worker_cancel(struct worker *worker)
{
	pthread_mutex_lock(&worker->mutex);
	worker->cancelled = worker->has_job;
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
	struct worker_event event;
	while (worker_next(worker, &event)) {
		free(event.session);
		free(event.result);
	}
	close(worker->pipe[0]);
	close(worker->pipe[1]);
	pthread_mutex_destroy(&worker->mutex);
	pthread_cond_destroy(&worker->wake);
	free(worker);
}
