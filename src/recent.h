/*
 * What was opened last, for the picker: images that were opened or saved, in a file "recent" in the
 * state folder, one path a line; and boards, by the names they were opened by, in "sources", a line
 * each: "simulated demo:blank", "real uart:/dev/ttyUSB0". The newest first.
 */
#ifndef OTPEDIT_SRC_RECENT_H
#define OTPEDIT_SRC_RECENT_H

#include "src/errbuf.h"
#include "src/store.h"

#include <stdbool.h>
#include <stddef.h>

#define RECENT_MAX 9

struct recent {
	size_t count;
	char paths[RECENT_MAX][STORE_PATH_MAX]; /* absolute */
};

/* What is no longer there is left out. Empty when there is no such file or it cannot be read:
 * nothing depends on it. `state_folder` may be NULL. */
void recent_load(struct recent *out, const char *state_folder);

/* Puts the file's absolute path first. ERR_FILE when it has none, or the list cannot be saved. */
enum status recent_add(const char *state_folder, const char *path, struct errbuf *err);

struct recent_source {
	bool is_real; /* else it is a simulated board */
	char text[STORE_PATH_MAX];
};

struct recent_sources {
	size_t count;
	struct recent_source items[RECENT_MAX];
};

/* As recent_load(). Whether what it names is there is not looked at. */
void recent_sources_load(struct recent_sources *out, const char *state_folder);

/* Puts the name of a board's source first. Where a file's name follows its colon, up to a comma,
 * the file is named by its absolute path. */
enum status recent_source_add(const char *state_folder, const char *text, bool is_real,
	bool names_file, struct errbuf *err);

#endif
