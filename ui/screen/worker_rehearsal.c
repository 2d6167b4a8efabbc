/* A rehearsal: a job that needs nothing of the board but what was read of it. */
#include "ui/screen/worker_parts.h"

#include <stdio.h>

static bool is_cancelled(void *payload)
{
	struct worker *worker = payload;
	pthread_mutex_lock(&worker->mutex);
	bool cancelled = worker->cancelled;
	pthread_mutex_unlock(&worker->mutex);
	return cancelled;
}

bool worker_rehearse(struct worker *worker, const struct edits *edits, const char *fault)
{
	if (worker_is_busy(worker))
		return false;
	/* No job is under way, so the worker does not look at them. */
	worker->rehearsed = *edits;
	snprintf(worker->fault, sizeof worker->fault, "%s", fault);
	return worker_give(worker, JOB_REHEARSE);
}

void worker_run_rehearsal(struct worker *worker, struct worker_event *event)
{
	const struct job job = {.cancelled = is_cancelled, .payload = worker};
	event->kind = EVENT_REHEARSED;
	event->status = rehearsal_run(&event->rehearsal, worker->session, &worker->rehearsed,
		worker->fault, worker->options, &job, &event->error);
}
