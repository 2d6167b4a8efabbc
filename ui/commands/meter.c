#include "ui/commands/meter.h"

#include "src/commit.h"
#include "ui/screen/boot_text.h"
#include "ui/screen/progress_text.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static bool is_step(const char *stage)
{
	static const char *const steps[] = {COMMIT_STAGE_READ, COMMIT_STAGE_JOURNAL,
		COMMIT_STAGE_STAGE, COMMIT_STAGE_BURN, COMMIT_STAGE_READ_BACK};
	for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
		if (strcmp(stage, steps[i]) == 0)
			return true;
	return false;
}

void meter_end(struct meter *meter)
{
	if (meter->width > 0)
		fprintf(meter->env->messages, "\r%*s\r", meter->width, "");
	meter->width = 0;
	fflush(meter->env->messages);
}

static void show_bytes(struct meter *meter, const char *stage, size_t done, size_t total)
{
	/* What comes in one go needs no watching. */
	if (meter->width == 0 && done >= total)
		return;
	char text[BOOT_PROGRESS_MAX];
	if (boot_progress_is(stage)) {
		boot_progress_note(&meter->boot, stage, done, total, boot_progress_now());
		boot_progress_text(text, &meter->boot);
	} else {
		snprintf(text, sizeof text, "%s: %zu of %zu bytes", progress_verb(stage), done,
			total);
	}
	int width = (int)strlen(text);
	meter->width = width > meter->width ? width : meter->width;
	fprintf(meter->env->messages, "\r%-*s", meter->width, text);
	fflush(meter->env->messages);
}

static void show(const char *stage, size_t done, size_t total, void *payload)
{
	struct meter *meter = payload;
	if (!is_step(stage)) {
		show_bytes(meter, stage, done, total);
		return;
	}
	meter_end(meter);
	fprintf(meter->env->messages, "pass %zu of %zu: %s\n", done + 1 > total ? total : done + 1,
		total, stage);
}

static bool is_cancelled(void *payload)
{
	const struct meter *meter = payload;
	return meter->env->stop && *meter->env->stop;
}

struct job meter_begin(struct meter *meter, const struct environment *env)
{
	*meter = (struct meter){.env = env};
	return (struct job){
		.progress = isatty(STDERR_FILENO) ? show : NULL,
		.cancelled = is_cancelled,
		.payload = meter,
	};
}
