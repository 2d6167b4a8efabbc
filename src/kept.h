/*
 * What is staged on a board or an image, kept in the state folder while nothing of it is burnt or
 * dropped, so that no crash loses it: one plan file for each of them.
 */
#ifndef OTPEDIT_SRC_KEPT_H
#define OTPEDIT_SRC_KEPT_H

#include "src/draft.h"
#include "src/errbuf.h"
#include "src/session.h"
#include "src/store.h"

#include <stdbool.h>

/*
 * Where it is kept for the board of this session: by its class and identity; where it has none, and
 * for image files, by what was opened. `state_folder` may be NULL: ERR_FILE.
 */
enum status kept_path(char out[STORE_PATH_MAX], const char *state_folder,
	const struct session *session, struct errbuf *err);

/* Keeps these edits in place of what was kept; nothing staged removes the file. Waits for no disk:
 * it outlives the program, but not surely a power cut. */
enum status kept_save(const char *path, const struct edits *edits, const struct session *session,
	struct errbuf *err);

/*
 * What was kept and is not so on the board already; *out is empty when that is nothing. ERR_FORMAT,
 * ERR_USAGE, ERR_REFUSED or ERR_FILE when something is there that cannot be taken.
 */
enum status kept_load(
	struct edits *out, const char *path, const struct session *session, struct errbuf *err);

#endif
