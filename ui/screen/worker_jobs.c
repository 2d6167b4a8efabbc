/* What the worker's thread does: jobs, and what comes and goes between them. */
#include "ui/screen/worker_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A board that has just come back may not be ready for us: its permissions are on their way, or
 * another program looks at it first. */
#define TRIES       12
#define PAUSE_TICKS 4
/* Device nodes come and go for many reasons. */
#define NODE_TICKS 4

struct session *worker_copy(const struct session *session)
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
	struct worker *worker = payload;
	pthread_mutex_lock(&worker->mutex);
	event.job = worker->job;
	pthread_mutex_unlock(&worker->mutex);
	snprintf(event.stage, sizeof event.stage, "%s", stage);
	worker_post(worker, &event);
}

/* --- finding --- */

/* Without them the list of boards is as good. */
static struct found_ports *look_for_ports(const struct worker *worker)
{
	struct errbuf ignored = {0};
	struct found_ports *ports = malloc(sizeof *ports);
	if (ports && finder_ports(ports, worker->options->sources, &ignored) != OK) {
		free(ports);
		ports = NULL;
	}
	return ports;
}

static void look(struct worker *worker, struct worker_event *event)
{
	event->kind = EVENT_FOUND;
	finder_watch(&worker->finder, worker->options->sources);
	/* What comes from here on is a change. */
	(void)finder_nodes_changed(&worker->finder, FINDER_NODES);
	event->ports = look_for_ports(worker);
	event->found = malloc(sizeof *event->found);
	event->status = event->found
				? finder_list(event->found, worker->options->sources, &event->error)
				: errbuf_set(&event->error, ERR_MEMORY,
					  "out of memory for the list of boards");
	if (event->status == OK)
		return;
	free(event->found);
	event->found = NULL;
}

static void close_session(struct worker *worker, struct worker_event *event)
{
	session_close(worker->session);
	worker->session = NULL;
	worker->tries = 0;
	errbuf_clear(&worker->told);
	look(worker, event);
}

/* The kind of source alone was named, "dfu", and more than one board fits. */
static bool is_a_choice(const struct worker *worker, const struct worker_event *opened)
{
	const struct source_ops *const *sources = worker->options->sources;
	for (size_t i = 0; opened->status == ERR_REFUSED && sources && sources[i]; i++)
		if (sources[i]->list && strcmp(sources[i]->name, worker->source) == 0)
			return true;
	return false;
}

static void open_source(struct worker *worker, struct worker_event *event)
{
	const struct job job = {report, is_cancelled, worker};
	struct session_options options = *worker->options;
	options.job = &job;
	options.source.fresh = options.source.fresh && !worker->has_opened;
	event->status = session_open(&worker->session, worker->source, &options, &event->error);
	worker->has_opened |= event->status == OK;
	if (event->status == OK && worker->session->source && worker->session->source->watch)
		finder_watch(&worker->finder, worker->options->sources);
	if (!is_a_choice(worker, event))
		return;
	struct worker_event found = {.job = JOB_OPEN, .choose = true};
	look(worker, &found);
	if (found.status == OK && found.found->count > 1) {
		*event = found;
		return;
	}
	free(found.found);
	free(found.ports);
}

/* --- lost, and back --- */

static void tell_lost(struct worker *worker, enum status status, const struct errbuf *why)
{
	struct worker_event event = {.kind = EVENT_LOST, .status = status, .error = *why};
	if (strcmp(why->text, worker->told.text) == 0)
		return;
	worker->told = *why;
	worker_post(worker, &event);
}

void worker_lose(struct worker *worker)
{
	session_lose(worker->session);
	worker->tries = TRIES;
	worker->pause = 0;
	errbuf_clear(&worker->told);
}

void worker_tell_lost(struct worker *worker, const struct errbuf *why)
{
	worker_lose(worker);
	tell_lost(worker, ERR_GONE, why);
}

/* Whether this may be the lost board, as far as it can be told from afar. */
static bool may_be(const struct found_board *board, const struct session *session)
{
	return board->stage[0] && strcmp(board->serial, session->info.serial) == 0;
}

static enum status reopen_found(
	struct worker *worker, const struct found_boards *found, struct errbuf *err)
{
	enum status status = errbuf_set(err, ERR_GONE, "the board is not there");
	for (size_t i = 0; i < found->count && status != OK; i++) {
		const struct found_board *board = &found->boards[i];
		bool known = board->stage[0] != '\0';
		if (known && !may_be(board, worker->session))
			continue;
		errbuf_clear(err);
		if (!known)
			status = errbuf_set(err, ERR_LINK, "%s", board->remark);
		else if (!board->offers_otp)
			status = errbuf_set(err, ERR_UNSUPPORTED,
				"the board at %s %s offers no OTP now: %s", board->link,
				board->path, board->remark);
		else
			status = session_reopen(
				&worker->session, board->source, worker->options, err);
	}
	return status;
}

static enum status reopen(struct worker *worker, struct errbuf *err)
{
	const struct session *session = worker->session;
	if (!session->source->list)
		return session_reopen(&worker->session, session->source_text, worker->options, err);
	struct found_boards *found = malloc(sizeof *found);
	enum status status =
		found ? session->source->list(found, err)
		      : errbuf_set(err, ERR_MEMORY, "out of memory for the list of boards");
	if (status == OK)
		status = reopen_found(worker, found, err);
	free(found);
	return status;
}

/* True when it is back. */
static bool try_again(struct worker *worker, bool tell_absence)
{
	struct worker_event event = {.kind = EVENT_BACK};
	struct errbuf err = {0};
	event.status = reopen(worker, &err);
	worker->tries -= worker->tries > 0 ? 1 : 0;
	worker->pause = PAUSE_TICKS;
	if (event.status == OK) {
		event.session = worker_copy(worker->session);
		errbuf_clear(&worker->told);
		worker_post(worker, &event);
		return true;
	}
	/* Neither absence nor a refusal is mended by asking again. */
	if (event.status == ERR_GONE || event.status == ERR_REFUSED ||
		event.status == ERR_UNSUPPORTED)
		worker->tries = 0;
	if (event.status != ERR_GONE || tell_absence)
		tell_lost(worker, event.status, &err);
	return false;
}

static void check_link(struct worker *worker)
{
	struct session *session = worker->session;
	struct device_info info;
	struct errbuf err = {0};
	if (session->device->ops->identify(session->device, &info, NULL, &err) == ERR_GONE)
		worker_tell_lost(worker, &err);
}

void worker_tick(struct worker *worker)
{
	struct worker_event event = {.job = JOB_LOOK};
	const struct session *session = worker->session;
	bool changed = finder_changed(&worker->finder);
	if (worker->cycle) {
		worker_power_tick(worker, changed);
	} else if (!session) {
		worker->pause = worker->pause > 0 ? worker->pause - 1 : NODE_TICKS;
		if (worker->pause == 0)
			changed |= finder_nodes_changed(&worker->finder, FINDER_NODES);
		if (!changed)
			return;
		look(worker, &event);
		worker_post(worker, &event);
	} else if (session->device && session->source->watch) {
		if (changed)
			check_link(worker);
	} else if (session->is_lost) {
		if (changed) {
			worker->tries = TRIES;
			worker->pause = 0;
			errbuf_clear(&worker->told);
		}
		if (worker->tries > 0 && worker->pause > 0)
			worker->pause--;
		else if (worker->tries > 0)
			try_again(worker, false);
	}
	worker_live_tick(worker);
}

/* --- jobs --- */

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

static void end_job(struct worker *worker)
{
	pthread_mutex_lock(&worker->mutex);
	worker->has_job = false;
	worker->cancelled = false;
	pthread_mutex_unlock(&worker->mutex);
}

void worker_run(struct worker *worker, enum worker_job kind)
{
	struct job job = {report, is_cancelled, worker};
	struct worker_event event = {.kind = EVENT_DONE, .job = kind};
	switch (kind) {
	case JOB_OPEN: open_source(worker, &event); break;
	case JOB_LOOK: look(worker, &event); break;
	case JOB_CLOSE: close_session(worker, &event); break;
	case JOB_READ: event.status = session_refresh(worker->session, &job, &event.error); break;
	case JOB_RESET: event.status = session_restart(worker->session, &job, &event.error); break;
	case JOB_COMMIT: run_commit(worker, &job, &event); break;
	case JOB_REHEARSE:
		worker_run_rehearsal(worker, &event);
		end_job(worker);
		worker_post(worker, &event);
		return;
	case JOB_POWER:
	case JOB_SETTLE:
	case JOB_POWER_END: worker_power_run(worker, kind, &event); break;
	case JOB_BOOT_LOOK:
	case JOB_BOOT:
	case JOB_BOOT_END: worker_boot_run(worker, kind, &job, &event); break;
	case JOB_REOPEN:
		errbuf_clear(&worker->told);
		try_again(worker, true);
		end_job(worker);
		return;
	}
	if (event.kind == EVENT_DONE && event.status != OK)
		event.kind = EVENT_FAILED;
	/* Of a lost board the screen knows all there is already. */
	struct session *session = worker->session;
	if (session && !session->is_lost && event.kind != EVENT_FOUND)
		event.session = worker_copy(session);
	bool gone = event.status == ERR_GONE && session && session->device;
	end_job(worker);
	worker_post(worker, &event);
	if (gone)
		worker_tell_lost(worker, &event.error);
}

void worker_end(struct worker *worker)
{
	session_close(worker->session);
	power_cycle_free(worker->cycle);
	worker_boot_stop(worker);
	finder_close(&worker->finder);
}
