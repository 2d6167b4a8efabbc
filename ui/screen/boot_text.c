#include "ui/screen/boot_text.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define LOAD "load "
#define WAIT "wait "

static bool starts(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

long long boot_progress_now(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

bool boot_progress_is(const char *stage)
{
	return starts(stage, LOAD) || starts(stage, WAIT);
}

void boot_progress_note(struct boot_progress *progress, const char *stage, size_t done,
	size_t total, long long now_ms)
{
	if (strcmp(progress->stage, stage) != 0) {
		snprintf(progress->stage, sizeof progress->stage, "%s", stage);
		progress->begun_ms = now_ms;
	}
	progress->done = done;
	progress->total = total;
	progress->now_ms = now_ms;
}

static size_t kilobytes(size_t bytes)
{
	return (bytes + 512) / 1024;
}

static void put_left(char *out, size_t cap, const struct boot_progress *progress)
{
	long long took = progress->now_ms - progress->begun_ms;
	out[0] = '\0';
	if (progress->done == 0 || progress->done >= progress->total || took < 500)
		return;
	unsigned long long left = (unsigned long long)took * (progress->total - progress->done) /
					  progress->done / 1000 +
				  1;
	if (left < 90)
		snprintf(out, cap, ", %llu s left", left);
	else
		snprintf(out, cap, ", %llu min left", (left + 59) / 60);
}

void boot_progress_text(char out[BOOT_PROGRESS_MAX], const struct boot_progress *progress)
{
	char left[32];
	if (progress->stage[0] == '\0') {
		snprintf(out, BOOT_PROGRESS_MAX, "asking the board what it wants");
	} else if (starts(progress->stage, LOAD)) {
		put_left(left, sizeof left, progress);
		snprintf(out, BOOT_PROGRESS_MAX, "loading %s: %zu of %zu kB%s",
			progress->stage + strlen(LOAD), kilobytes(progress->done),
			kilobytes(progress->total), left);
	} else {
		snprintf(out, BOOT_PROGRESS_MAX, "waiting %s: %zu s, %zu at most",
			progress->stage + strlen(WAIT), progress->done / 1000,
			progress->total / 1000);
	}
}
