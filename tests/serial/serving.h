/*
 * `otpedit serve` as a process of its own: a simulated board on a pseudo-terminal, for others.
 */
#ifndef OTPEDIT_TESTS_SERIAL_SERVING_H
#define OTPEDIT_TESTS_SERIAL_SERVING_H

#include "tests/support/run_program.h"

#include <stdio.h>
#include <sys/types.h>

#define SERVING_PATH_MAX 64

/*
 * Starts a program with three words. What it prints is in `*out`, its errors are nobody's; its
 * state folder is that of the home. The caller waits for it.
 */
pid_t serving_run(FILE **out, const struct run_home *home, const char *program, const char *first,
	const char *second, const char *third);

/* Serves this source; `path` is that of the pseudo-terminal. */
pid_t serving_start(char path[SERVING_PATH_MAX], const struct run_home *home, const char *source);

/* Ends it as a person would, and expects a good end. */
void serving_stop(pid_t child);

#endif
