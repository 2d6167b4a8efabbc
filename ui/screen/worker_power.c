/* The worker's part of a power cycle by hand: what is seen of it, and what it settles. */
#include "ui/screen/worker_parts.h"

#include <stdio.h>
#include <string.h>

/* It is looked again where not all could be seen, and every now and then in any case. */
#define UNCLEAR_TICKS 2
#define ANYWAY_TICKS  25

static void describe(struct worker_event *event, const struct power_cycle *cycle)
{
	const struct found_board *board = &cycle->board;
	event->kind = EVENT_POWER;
	event->power = cycle->step;
	event->power_is_blind = board->is_blind;
	snprintf(event->place, sizeof event->place, "%s at %s %s",
		board->stage[0] ? board->stage : "a board", board->link, board->path);
	snprintf(event->words, sizeof event->words, "%s", power_cycle_words(cycle));
}

static void begin(struct worker *worker, struct worker_event *event)
{
	struct session *session = worker->session;
	/* It holds the way in to the board. */
	if (!session->is_lost)
		worker_lose(worker);
	finder_watch(&worker->finder, worker->options->sources);
	event->status = power_cycle_begin(&worker->cycle, session->source, session->info.source,
		worker->options->source.state_folder, &event->error);
	worker->pause = 0;
	if (event->status == OK)
		describe(event, worker->cycle);
}

static void end(struct worker *worker)
{
	power_cycle_free(worker->cycle);
	worker->cycle = NULL;
	/* The board is taken up again as one that was lost. */
	worker_lose(worker);
}

static void settle(struct worker *worker, struct worker_event *event)
{
	struct session_options options = *worker->options;
	event->status = power_cycle_look(worker->cycle, &event->error);
	if (event->status == OK)
		event->status = power_cycle_confirm(worker->cycle, worker->words, &event->error);
	options.powered = worker->cycle;
	if (event->status == OK)
		event->status = session_reopen(
			&worker->session, worker->cycle->board.source, &options, &event->error);
	if (event->status != OK)
		return;
	power_cycle_free(worker->cycle);
	worker->cycle = NULL;
}

void worker_power_run(struct worker *worker, enum worker_job kind, struct worker_event *event)
{
	if (kind == JOB_POWER && !worker->cycle)
		begin(worker, event);
	else if (kind == JOB_SETTLE && worker->cycle)
		settle(worker, event);
	else if (kind == JOB_POWER_END && worker->cycle)
		end(worker);
}

void worker_power_tick(struct worker *worker, bool changed)
{
	struct worker_event event = {.kind = EVENT_POWER};
	struct errbuf err = {0};
	enum power_step before = worker->cycle->step;
	if (!changed && worker->pause > 0) {
		worker->pause--;
		return;
	}
	enum status status = power_cycle_look(worker->cycle, &err);
	worker->pause = status != OK || worker->cycle->is_unclear ? UNCLEAR_TICKS : ANYWAY_TICKS;
	describe(&event, worker->cycle);
	event.status = status;
	event.error = err;
	if (before != worker->cycle->step ||
		(status != OK && strcmp(err.text, worker->told.text) != 0))
		worker_post(worker, &event);
	worker->told = err;
}
