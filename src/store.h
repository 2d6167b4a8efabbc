/*
 * The only file I/O of the model: whole-file reads, atomic saves, appends, locks, XDG folders.
 *
 * Files are never changed in place: a temporary file beside the target, fsync, rename, fsync of the
 * folder. New files are 0600, new folders 0700. Links are not followed when writing.
 */
#ifndef OTPEDIT_SRC_STORE_H
#define OTPEDIT_SRC_STORE_H

#include "src/errbuf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STORE_PATH_MAX 4096

/*
 * Reads a regular file of at most `limit` bytes. *out is malloc'd, one zero byte longer than
 * *length, the caller's to free. A folder, FIFO, device, missing or unreadable or longer file is
 * ERR_FILE with the reason; it never blocks.
 */
enum status store_read(
	uint8_t **out, size_t *length, const char *path, size_t limit, struct errbuf *err);

/*
 * The regular files of a folder, as "folder/name", sorted by their bytes. Folders, links and all
 * else in it are left out, and so are names that begin with a dot. store_list_free() in any case.
 */
struct store_list {
	size_t count, capacity;
	char **paths;
};
enum status store_list(struct store_list *out, const char *folder, struct errbuf *err);
void store_list_free(struct store_list *list);

/*
 * What stands in a folder ("" : the current one) and begins with `prefix`: names only, sorted,
 * folders with a '/' behind. Names with a dot in front are left out unless the prefix has one.
 * store_list_free() in any case.
 */
enum status store_names(
	struct store_list *out, const char *folder, const char *prefix, struct errbuf *err);

/* Whether the path, links followed, is a folder. */
bool store_is_folder(const char *path);

/* Whether anything, a dangling link too, stands at the path. */
bool store_exists(const char *path);

/* Saves atomically; an existing regular file is replaced, anything else in the way is ERR_FILE. */
enum status store_save(const char *path, const void *bytes, size_t length, struct errbuf *err);

/* As store_save(), but waits for no disk: for what has to outlive the program and may be lost with
 * the power. */
enum status store_note(const char *path, const void *bytes, size_t length, struct errbuf *err);

/* Removes a file. One that is not there is no failure. */
enum status store_remove(const char *path, struct errbuf *err);

/* As store_save(), but leaves a file alone that holds these bytes already: no disk is waited for.
 * For what is only remembered; never for what a burn relies on. */
enum status store_keep(const char *path, const void *bytes, size_t length, struct errbuf *err);

/* As store_save(), but refuses when the file exists, and does not wait for the folder to reach the
 * disk: for what can be made again. After a crash the file is there in whole, or not at all. */
enum status store_create(const char *path, const void *bytes, size_t length, struct errbuf *err);

/* Creates the folder and its parents, 0700. A folder that is there already stays as it is. */
enum status store_make_folder(const char *path, struct errbuf *err);

/* As store_make_folder(), for a folder of the state folder: the error says what decides its place.
 * A link, and a folder of another user, in it is ERR_FILE. */
enum status store_make_state_folder(const char *path, struct errbuf *err);

/*
 * Appends one line (a '\n' is added) to a file in one write and fsyncs file and folder. Where the
 * file's last line is torn (no '\n' at the end), starts a fresh line first.
 */
enum status store_append_line(const char *path, const char *line, struct errbuf *err);

/*
 * Makes sure that so many bytes can still be written beside `path`: a file "PATH.reserve" of real,
 * fsynced bytes. store_release_space() gives them back just before they are needed.
 */
enum status store_reserve_space(const char *path, size_t bytes, struct errbuf *err);
void store_release_space(const char *path);

/*
 * Removes what a killed program left in the folder: temporary files of store_save() and space kept
 * back. Only for who holds the lock of all that is written there. Failures do not matter.
 */
void store_sweep(const char *folder);

/*
 * An exclusive lock: flock() on a file that holds our process number for people to read. The
 * kernel drops it when its owner dies. ERR_BUSY names the process, which may be our own: a lock
 * can be had once. *lock is a handle for store_unlock().
 */
enum status store_lock(int *lock, const char *path, struct errbuf *err);
void store_unlock(int lock);

/* $XDG_STATE_HOME/otpedit, else ~/.local/state/otpedit. Relative values are ignored, as XDG says.
 */
enum status store_state_folder(char out[STORE_PATH_MAX], struct errbuf *err);
/* $XDG_CONFIG_HOME/otpedit, else ~/.config/otpedit. */
enum status store_config_folder(char out[STORE_PATH_MAX], struct errbuf *err);

/* "folder/name"; ERR_FILE when it does not fit. */
enum status store_join(
	char out[STORE_PATH_MAX], const char *folder, const char *name, struct errbuf *err);

/* SHA-256 of bytes. */
void store_sha256(uint8_t out[32], const void *bytes, size_t length);

/* The same as 64 lower-case hex digits and a zero byte. */
void store_sha256_hex(char out[65], const void *bytes, size_t length);

#endif
