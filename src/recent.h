/*
 * The images that were opened or saved last, for the picker: a file "recent" in the state folder,
 * one path a line, the newest first.
 */
#ifndef OTPEDIT_SRC_RECENT_H
#define OTPEDIT_SRC_RECENT_H

#include "src/errbuf.h"
#include "src/store.h"

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

#endif
