/* Reads of the open board that nobody pressed a key for. */
#include "ui/screen/worker_parts.h"

/* What went wrong is to be seen before it is tried again. */
static bool has_failure(const struct worker *worker)
{
	for (const struct worker_node *node = worker->first; node; node = node->next)
		if (node->event.kind == EVENT_LOST ||
			(node->event.kind == EVENT_LIVE && node->event.status != OK))
			return true;
	return false;
}

void worker_live(struct worker *worker, bool on)
{
	pthread_mutex_lock(&worker->mutex);
	bool may = on && !has_failure(worker);
	if (may && !worker->live) {
		worker->live_pause = worker->live_ticks;
		pthread_cond_signal(&worker->wake);
	}
	worker->live = may;
	pthread_mutex_unlock(&worker->mutex);
}

void worker_live_every(struct worker *worker, unsigned milliseconds)
{
	pthread_mutex_lock(&worker->mutex);
	worker->live_ticks = milliseconds / WORKER_TICK_MS;
	pthread_mutex_unlock(&worker->mutex);
}

static bool is_due(struct worker *worker)
{
	pthread_mutex_lock(&worker->mutex);
	bool live = worker->live && !worker->has_job && !worker->stopping;
	bool due = live && worker->live_pause == 0;
	if (due)
		worker->live_pause = worker->live_ticks;
	else if (live)
		worker->live_pause--;
	pthread_mutex_unlock(&worker->mutex);
	return due;
}

/* Between two reads: somebody wants something else of the board. */
static bool gives_way(void *payload)
{
	struct worker *worker = payload;
	pthread_mutex_lock(&worker->mutex);
	bool gives = worker->has_job || worker->stopping || !worker->live;
	pthread_mutex_unlock(&worker->mutex);
	return gives;
}

static void stop(struct worker *worker)
{
	pthread_mutex_lock(&worker->mutex);
	worker->live = false;
	pthread_mutex_unlock(&worker->mutex);
}

void worker_live_tick(struct worker *worker)
{
	struct worker_event event = {.kind = EVENT_LIVE};
	struct session *session = worker->session;
	bool can = session && !session->is_lost && !worker->cycle;
	if (!can || !is_due(worker))
		return;
	struct job job = {.cancelled = gives_way, .payload = worker};
	event.status = session_refresh(session, &job, &event.error);
	if (event.status == ERR_CANCELLED)
		return;
	if (event.status == ERR_GONE && session->device)
		worker_tell_lost(worker, &event.error);
	else {
		event.session = event.status == OK ? worker_copy(session) : NULL;
		worker_post(worker, &event);
	}
	/* The event comes first: from then on nobody can turn this on again unseen. */
	if (event.status != OK)
		stop(worker);
}
