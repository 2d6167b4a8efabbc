/*
 * Lines that were typed, kept between runs: one file in the state folder, a line each, the newest
 * last.
 */
#ifndef OTPEDIT_SRC_HISTORY_H
#define OTPEDIT_SRC_HISTORY_H

#include "src/errbuf.h"

#include <stdbool.h>
#include <stddef.h>

#define HISTORY_MAX      100
#define HISTORY_LINE_MAX 1000 /* bytes; longer lines are not kept */

struct history_line {
	char *text;
	bool fresh; /* of this run */
	bool quiet; /* for this run only: never saved */
};

/* Zeroed: empty. history_free() in any case. */
struct history {
	size_t count;
	struct history_line lines[HISTORY_MAX];
};

void history_free(struct history *history);

/* Puts a line last; an older one that is equal goes. Nothing depends on it: a line that is empty,
 * too long, not clean (clean_text.h), or for which there is no memory, is left out. */
void history_add(struct history *history, const char *line, bool quiet);

/* Forgets the lines that are quiet. */
void history_hush(struct history *history);

/* Empty when there is no such file or it cannot be read. `state_folder` may be NULL. */
void history_load(struct history *out, const char *state_folder, const char *name);

/*
 * Adds this run's lines to the file, behind what other runs have put there meanwhile. Does nothing
 * without such lines. ERR_FILE when it cannot be saved.
 */
enum status history_save(const struct history *history, const char *state_folder, const char *name,
	struct errbuf *err);

#endif
