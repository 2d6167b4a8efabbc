/*
 * How far the loading of a board is, in words, with the time that is left; for commands and the
 * screen. Without curses.
 */
#ifndef OTPEDIT_UI_SCREEN_BOOT_TEXT_H
#define OTPEDIT_UI_SCREEN_BOOT_TEXT_H

#include <stdbool.h>
#include <stddef.h>

struct boot_progress {
	char stage[80]; /* of src/loader.h: "load TF-A (phase 1)", "wait for TF-A"; "": none yet */
	size_t done, total;
	long long begun_ms; /* when the stage began */
	long long now_ms;
};

/* Milliseconds of a clock that only goes forward. */
long long boot_progress_now(void);

/* Whether a stage of job->progress is one of a loader. */
bool boot_progress_is(const char *stage);

/* Takes in one call of job->progress, at this time. */
void boot_progress_note(struct boot_progress *progress, const char *stage, size_t done,
	size_t total, long long now_ms);

/* "loading TF-A (phase 1): 12 of 220 kB, 3 s left"; "waiting for U-Boot: 2 s, 30 at most". */
#define BOOT_PROGRESS_MAX 128
void boot_progress_text(char out[BOOT_PROGRESS_MAX], const struct boot_progress *progress);

#endif
