/* The worker's part of bringing a board up: files and board are looked at, then loaded. */
#include "ui/screen/worker_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct lines {
	char *text; /* NULL: out of memory */
	size_t used;
};

static void add_line(const char *text, void *payload)
{
	struct lines *lines = payload;
	size_t length = strlen(text);
	char *more = lines->text ? realloc(lines->text, lines->used + length + 2) : NULL;
	if (!more) {
		free(lines->text);
		lines->text = NULL;
		return;
	}
	lines->text = more;
	memcpy(more + lines->used, text, length);
	memcpy(more + lines->used + length, "\n", 2);
	lines->used += length + 1;
}

static void describe(struct worker_event *event, const struct bringup *bringup)
{
	struct lines lines = {calloc(1, 1), 0};
	const struct confirm_boot boot = bringup_confirm(bringup);
	bringup_tell(bringup, add_line, &lines);
	if (!lines.text) {
		event->status = errbuf_set(&event->error, ERR_MEMORY, "out of memory for a text");
		return;
	}
	event->kind = EVENT_BOOT;
	event->boot_text = lines.text;
	event->boot_refused = bringup->refusal[0] != '\0';
	confirm_boot_phrase(event->boot_words, &boot);
}

static void look(struct worker *worker, const struct job *job, struct worker_event *event)
{
	struct firmware firmware = {0};
	struct session_options options = *worker->options;
	options.job = job;
	options.source.fresh = options.source.fresh && !worker->has_opened;
	bringup_close(worker->bringup);
	worker->bringup = NULL;
	event->status = firmware_add_line(&firmware, worker->files, &event->error);
	if (event->status == OK)
		event->status = bringup_open(
			&worker->bringup, worker->source, &firmware, &options, &event->error);
	firmware_free(&firmware);
	worker->has_opened |= event->status == OK;
	if (event->status == OK)
		describe(event, worker->bringup);
}

static void load(struct worker *worker, const struct job *job, struct worker_event *event)
{
	struct bringup *bringup = worker->bringup;
	const struct confirm_boot boot = bringup_confirm(bringup);
	struct confirmation confirmation;
	event->status = bringup_arm(bringup, &event->error);
	if (event->status == OK)
		event->status = confirm_boot_typed(
			&confirmation, &boot, worker->boot_words, &bringup->arming, &event->error);
	if (event->status == OK)
		event->status = bringup_run(bringup, &confirmation, job, &event->error);
	if (event->status == OK) {
		event->kind = EVENT_BOOT;
		snprintf(event->place, sizeof event->place, "%s", bringup->view.source);
	}
	/* The session that follows holds the way in itself. */
	bringup_close(bringup);
	worker->bringup = NULL;
}

void worker_boot_run(struct worker *worker, enum worker_job kind, const struct job *job,
	struct worker_event *event)
{
	if (kind == JOB_BOOT_LOOK) {
		look(worker, job, event);
	} else if (kind == JOB_BOOT && worker->bringup) {
		load(worker, job, event);
	} else {
		bringup_close(worker->bringup);
		worker->bringup = NULL;
	}
}

void worker_boot_stop(struct worker *worker)
{
	bringup_close(worker->bringup);
	worker->bringup = NULL;
}
