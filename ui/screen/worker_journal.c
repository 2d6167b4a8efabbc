/* The journal is read beside the worker's jobs: a board that answers slowly has nothing to do with
 * it, and a long journal takes its time. */
#include "ui/screen/worker_parts.h"

#include <signal.h>
#include <stdlib.h>

struct reading {
	struct worker *worker;
	struct journal_wanted wanted;
	struct journal_list *list;
};

static void set_reading(struct worker *worker, bool is_reading)
{
	pthread_mutex_lock(&worker->mutex);
	worker->is_reading = is_reading;
	pthread_mutex_unlock(&worker->mutex);
}

static void *read_journal(void *payload)
{
	struct reading *reading = payload;
	struct worker *worker = reading->worker;
	struct worker_event event = {.kind = EVENT_JOURNAL, .journal = reading->list};
	journal_list_read(reading->list, &reading->wanted);
	free(reading);
	set_reading(worker, false);
	worker_post(worker, &event);
	return NULL;
}

void worker_end_reader(struct worker *worker)
{
	if (worker->has_reader)
		pthread_join(worker->reader, NULL);
	worker->has_reader = false;
}

/* Signals are the screen's. */
static bool start(struct worker *worker, struct reading *reading)
{
	sigset_t all, before;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	worker->has_reader = pthread_create(&worker->reader, NULL, read_journal, reading) == 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return worker->has_reader;
}

bool worker_read_journal(struct worker *worker, const struct journal_wanted *wanted)
{
	pthread_mutex_lock(&worker->mutex);
	bool is_reading = worker->is_reading;
	pthread_mutex_unlock(&worker->mutex);
	if (is_reading)
		return true;
	worker_end_reader(worker);
	struct reading *reading = malloc(sizeof *reading);
	struct journal_list *list = calloc(1, sizeof *list);
	bool started = false;
	if (reading && list) {
		*reading = (struct reading){worker, *wanted, list};
		set_reading(worker, true);
		started = start(worker, reading);
	}
	if (!started) {
		set_reading(worker, false);
		free(reading);
		free(list);
	}
	return started;
}
