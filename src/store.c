#include "src/store.h"

#include "src/wipe.h"

#include <sha256.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define TEMPORARY ".new-" /* and six letters of chance */
#define RESERVE   ".reserve"

static enum status file_error(struct errbuf *err, const char *what, const char *path)
{
	return errbuf_set(err, ERR_FILE, "cannot %s '%s': %s", what, path, strerror(errno));
}

bool store_exists(const char *path)
{
	struct stat about;
	return lstat(path, &about) == 0;
}

/* --- reading --- */

static const char *kind_of_file(mode_t mode)
{
	if (S_ISDIR(mode))
		return "a folder";
	if (S_ISFIFO(mode))
		return "a pipe";
	if (S_ISSOCK(mode))
		return "a socket";
	return "a device";
}

static enum status read_all(uint8_t **out, size_t *length, int file, size_t size, const char *path,
	size_t limit, struct errbuf *err)
{
	/* A size of 0 is no promise: files below /proc have it, too. */
	size_t most = size > 0 && size <= limit ? size : limit + 1;
	uint8_t *bytes = malloc(most + 1);
	if (!bytes)
		return errbuf_set(err, ERR_MEMORY, "out of memory to read '%s'", path);
	size_t used = 0;
	while (used < most) {
		ssize_t got = read(file, bytes + used, most - used);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0) {
			free(bytes);
			return file_error(err, "read", path);
		}
		if (got == 0)
			break;
		used += (size_t)got;
	}
	if (used > limit) {
		free(bytes);
		return errbuf_set(err, ERR_FILE, "'%s' is longer than the %zu bytes it may have",
			path, limit);
	}
	bytes[used] = 0;
	*out = bytes;
	*length = used;
	return OK;
}

enum status store_read(
	uint8_t **out, size_t *length, const char *path, size_t limit, struct errbuf *err)
{
	/* O_NONBLOCK: opening a pipe that nobody writes to must not wait. */
	int file = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (file < 0)
		return file_error(err, "open", path);
	struct stat about;
	enum status status = OK;
	if (fstat(file, &about) != 0)
		status = file_error(err, "look at", path);
	else if (!S_ISREG(about.st_mode))
		status = errbuf_set(
			err, ERR_FILE, "'%s' is %s, not a file", path, kind_of_file(about.st_mode));
	if (status == OK)
		status = read_all(out, length, file, (size_t)about.st_size, path, limit, err);
	close(file);
	return status;
}

/* --- writing --- */

static enum status write_all(
	int file, const char *path, const void *bytes, size_t length, struct errbuf *err)
{
	const char *at = bytes;
	while (length > 0) {
		ssize_t done = write(file, at, length);
		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return file_error(err, "write", path);
		at += done;
		length -= (size_t)done;
	}
	return OK;
}

static enum status sync_folder_of(const char *path, struct errbuf *err)
{
	char folder[STORE_PATH_MAX];
	snprintf(folder, sizeof folder, "%s", path);
	char *slash = strrchr(folder, '/');
	if (!slash)
		snprintf(folder, sizeof folder, ".");
	else if (slash == folder)
		folder[1] = '\0';
	else
		*slash = '\0';
	int file = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (file < 0)
		return file_error(err, "open the folder", folder);
	/* Some file systems cannot sync a folder; what they can do, they have done. */
	enum status status =
		fsync(file) == 0 || errno == EINVAL ? OK : file_error(err, "sync", folder);
	close(file);
	return status;
}

/* Writes a fresh temporary file beside `path`; its name is left in `temporary`. */
static enum status write_temporary(char temporary[STORE_PATH_MAX], const char *path,
	const void *bytes, size_t length, bool sync, struct errbuf *err)
{
	int used = snprintf(temporary, STORE_PATH_MAX, "%s" TEMPORARY "XXXXXX", path);
	if (used < 0 || used >= STORE_PATH_MAX)
		return errbuf_set(err, ERR_FILE, "the path '%.100s…' is too long", path);
	int file = mkstemp(temporary); /* 0600, and never follows a link */
	if (file < 0)
		return file_error(err, "create a file beside", path);
	enum status status = write_all(file, path, bytes, length, err);
	if (status == OK && sync && fsync(file) != 0)
		status = file_error(err, "sync", path);
	if (close(file) != 0 && status == OK)
		status = file_error(err, "close", path);
	if (status != OK)
		unlink(temporary);
	return status;
}

static enum status replace(
	const char *path, const void *bytes, size_t length, bool sync, struct errbuf *err)
{
	struct stat about;
	if (lstat(path, &about) == 0 && !S_ISREG(about.st_mode))
		return errbuf_set(err, ERR_FILE, "'%s' is in the way and not a plain file", path);
	char temporary[STORE_PATH_MAX];
	enum status status = write_temporary(temporary, path, bytes, length, sync, err);
	if (status != OK)
		return status;
	if (rename(temporary, path) != 0) {
		status = file_error(err, "replace", path);
		unlink(temporary);
	}
	return status;
}

enum status store_save(const char *path, const void *bytes, size_t length, struct errbuf *err)
{
	enum status status = replace(path, bytes, length, true, err);
	return status == OK ? sync_folder_of(path, err) : status;
}

enum status store_note(const char *path, const void *bytes, size_t length, struct errbuf *err)
{
	return replace(path, bytes, length, false, err);
}

enum status store_remove(const char *path, struct errbuf *err)
{
	return unlink(path) == 0 || errno == ENOENT ? OK : file_error(err, "remove", path);
}

enum status store_keep(const char *path, const void *bytes, size_t length, struct errbuf *err)
{
	uint8_t *there = NULL;
	size_t size = 0;
	struct errbuf ignored = {0};
	bool is_same = false;
	if (store_read(&there, &size, path, length, &ignored) == OK) {
		is_same = size == length && memcmp(there, bytes, length) == 0;
		wipe_free(there, size);
	}
	return is_same ? OK : store_save(path, bytes, length, err);
}

enum status store_create(const char *path, const void *bytes, size_t length, struct errbuf *err)
{
	char temporary[STORE_PATH_MAX];
	enum status status = write_temporary(temporary, path, bytes, length, true, err);
	if (status != OK)
		return status;
	/* link() fails where the name is taken, at any moment; rename() would replace. */
	if (link(temporary, path) != 0)
		status = errno == EEXIST
				 ? errbuf_set(err, ERR_FILE,
					   "'%s' exists already: remove it or name another", path)
				 : file_error(err, "create", path);
	unlink(temporary);
	return status;
}

enum status store_make_folder(const char *path, struct errbuf *err)
{
	char part[STORE_PATH_MAX];
	if (path[0] == '\0')
		return errbuf_set(err, ERR_FILE, "the folder to be created has no name");
	if (snprintf(part, sizeof part, "%s", path) >= (int)sizeof part)
		return errbuf_set(err, ERR_FILE, "the path '%.100s…' is too long", path);
	for (char *at = part + 1;; at++) {
		if (*at != '/' && *at != '\0')
			continue;
		char kept = *at;
		*at = '\0';
		if (mkdir(part, 0700) != 0 && errno != EEXIST)
			return file_error(err, "create the folder", part);
		*at = kept;
		if (kept == '\0')
			break;
	}
	struct stat about;
	if (stat(path, &about) != 0)
		return file_error(err, "look at", path);
	if (!S_ISDIR(about.st_mode))
		return errbuf_set(err, ERR_FILE, "'%s' is in the way and not a folder", path);
	return OK;
}

#define OURS "otpedit" /* the name of the state folder itself */

/* Whether the last part of the path is the state folder: what is above is not ours. */
static bool is_state_folder(const char *path)
{
	size_t length = strlen(path);
	return length > strlen("/" OURS) && strcmp(path + length - strlen("/" OURS), "/" OURS) == 0;
}

/* A link in there would lead what is written to another place, a folder of somebody else hand it
 * over. Where the state folder itself is, the user says, by a link if need be. */
static enum status check_folder(const char *path, struct errbuf *err)
{
	struct stat about;
	bool is_top = is_state_folder(path);
	if ((is_top ? stat(path, &about) : lstat(path, &about)) != 0)
		return file_error(err, "look at", path);
	if (S_ISLNK(about.st_mode))
		return errbuf_set(err, ERR_FILE,
			"'%s' is a link, and nothing is written through one: remove it", path);
	if (about.st_uid != geteuid() && geteuid() != 0)
		return errbuf_set(err, ERR_FILE, "'%s' belongs to another user", path);
	return OK;
}

/* From a folder up to the state folder. */
static enum status check_folders(const char *path, struct errbuf *err)
{
	char part[STORE_PATH_MAX];
	snprintf(part, sizeof part, "%s", path);
	enum status status = check_folder(part, err);
	if (!strstr(path, "/" OURS "/"))
		return status;
	for (char *slash; status == OK && !is_state_folder(part);) {
		if ((slash = strrchr(part, '/')) == NULL)
			break;
		*slash = '\0';
		status = check_folder(part, err);
	}
	return status;
}

enum status store_make_state_folder(const char *path, struct errbuf *err)
{
	enum status status = store_make_folder(path, err);
	if (status == OK)
		status = check_folders(path, err);
	return status == OK ? OK
			    : errbuf_prefix(err, status,
				      "the state folder (XDG_STATE_HOME says where it is)");
}

static bool ends_torn(int file)
{
	char last = '\n';
	off_t size = lseek(file, 0, SEEK_END);
	return size > 0 && pread(file, &last, 1, size - 1) == 1 && last != '\n';
}

/* For a file that is changed in place: never a link, never anything but a plain file, and no
 * waiting for the other end of a pipe. */
static enum status open_plain(int *out, const char *path, int flags, struct errbuf *err)
{
	struct stat about;
	int file = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | flags, 0600);
	if (file < 0)
		return file_error(err, "open", path);
	if (fstat(file, &about) != 0 || !S_ISREG(about.st_mode)) {
		close(file);
		return errbuf_set(err, ERR_FILE, "'%s' is in the way and not a plain file", path);
	}
	*out = file;
	return OK;
}

enum status store_append_line(const char *path, const char *line, struct errbuf *err)
{
	bool is_new = !store_exists(path);
	int file;
	enum status status = open_plain(&file, path, O_APPEND, err);
	if (status != OK)
		return status;
	size_t length = strlen(line);
	char *text = malloc(length + 2);
	if (!text)
		status = errbuf_set(err, ERR_MEMORY, "out of memory to write '%s'", path);
	if (status == OK) {
		size_t used = ends_torn(file) ? 1 : 0;
		text[0] = '\n';
		memcpy(text + used, line, length);
		text[used + length] = '\n';
		status = write_all(file, path, text, used + length + 1, err);
	}
	wipe_free(text, text ? length + 2 : 0);
	if (status == OK && fsync(file) != 0)
		status = file_error(err, "sync", path);
	close(file);
	return status == OK && is_new ? sync_folder_of(path, err) : status;
}

static bool reserve_path(char out[STORE_PATH_MAX], const char *path)
{
	return snprintf(out, STORE_PATH_MAX, "%s" RESERVE, path) < STORE_PATH_MAX;
}

enum status store_reserve_space(const char *path, size_t bytes, struct errbuf *err)
{
	char reserve[STORE_PATH_MAX];
	if (!reserve_path(reserve, path))
		return errbuf_set(err, ERR_FILE, "the path '%.100s…' is too long", path);
	char *filler = malloc(bytes);
	if (!filler)
		return errbuf_set(err, ERR_MEMORY, "out of memory to reserve space");
	memset(filler, 'x', bytes); /* real bytes: a sparse file reserves nothing */
	enum status status = store_save(reserve, filler, bytes, err);
	free(filler);
	return status;
}

void store_release_space(const char *path)
{
	char reserve[STORE_PATH_MAX];
	if (reserve_path(reserve, path))
		unlink(reserve);
}

/* Whether a file of this name can only be one that nobody finished. */
static bool is_leftover(const char *name)
{
	const char *mark = strstr(name, TEMPORARY);
	size_t length = strlen(name);
	return (mark && strlen(mark) == strlen(TEMPORARY "XXXXXX")) ||
	       (length > strlen(RESERVE) && strcmp(name + length - strlen(RESERVE), RESERVE) == 0);
}

void store_sweep(const char *folder)
{
	DIR *listing = opendir(folder);
	for (struct dirent *entry; listing && (entry = readdir(listing)) != NULL;) {
		struct stat about;
		if (is_leftover(entry->d_name) &&
			fstatat(dirfd(listing), entry->d_name, &about, AT_SYMLINK_NOFOLLOW) == 0 &&
			S_ISREG(about.st_mode))
			unlinkat(dirfd(listing), entry->d_name, 0);
	}
	if (listing)
		closedir(listing);
}

/* --- locks --- */

/* Who wrote its number into the lock; 0 where that is not to be told. */
static long owner_of(int file)
{
	char text[32] = "";
	char *end;
	if (pread(file, text, sizeof text - 1, 0) <= 0)
		return 0;
	long owner = strtol(text, &end, 10);
	return end != text && *end == '\n' && owner > 0 ? owner : 0;
}

static enum status lock_is_held(int file, struct errbuf *err)
{
	long owner = owner_of(file);
	if (owner == (long)getpid())
		return errbuf_set(err, ERR_BUSY,
			"this program (process %ld) holds this board already: close it first",
			owner);
	return owner > 0 ? errbuf_set(err, ERR_BUSY,
				   "process %ld is using this board: end it first, then try again",
				   owner)
			 : errbuf_set(err, ERR_BUSY, "another process is using this board");
}

enum status store_lock(int *lock, const char *path, struct errbuf *err)
{
	char text[32];
	int file;
	enum status status = open_plain(&file, path, 0, err);
	if (status != OK)
		return status;
	/* The kernel drops it when its owner dies, however it dies. Not fcntl(): that would let
	 * this process in twice, and drop the lock with the first handle to be closed. */
	if (flock(file, LOCK_EX | LOCK_NB) != 0) {
		status = errno == EWOULDBLOCK ? lock_is_held(file, err)
					      : file_error(err, "lock", path);
		close(file);
		return status;
	}
	int length = snprintf(text, sizeof text, "%ld\n", (long)getpid());
	/* For people only: the lock itself is the kernel's. */
	if (ftruncate(file, 0) != 0 || pwrite(file, text, (size_t)length, 0) != length) {
		status = file_error(err, "write the lock", path);
		close(file);
		return status;
	}
	*lock = file;
	return OK;
}

void store_unlock(int lock)
{
	close(lock);
}

/* --- names --- */

static enum status xdg_folder(
	char out[STORE_PATH_MAX], const char *variable, const char *fallback, struct errbuf *err)
{
	const char *base = getenv(variable);
	const char *home = getenv("HOME");
	int used;
	if (base && base[0] == '/')
		used = snprintf(out, STORE_PATH_MAX, "%s/otpedit", base);
	else if (home && home[0] == '/')
		used = snprintf(out, STORE_PATH_MAX, "%s/%s/otpedit", home, fallback);
	else
		return errbuf_set(
			err, ERR_FILE, "neither %s nor HOME names a folder: set one", variable);
	return used < STORE_PATH_MAX
		       ? OK
		       : errbuf_set(err, ERR_FILE, "the folder in %s is too long", variable);
}

enum status store_state_folder(char out[STORE_PATH_MAX], struct errbuf *err)
{
	return xdg_folder(out, "XDG_STATE_HOME", ".local/state", err);
}

enum status store_config_folder(char out[STORE_PATH_MAX], struct errbuf *err)
{
	return xdg_folder(out, "XDG_CONFIG_HOME", ".config", err);
}

enum status store_join(
	char out[STORE_PATH_MAX], const char *folder, const char *name, struct errbuf *err)
{
	return snprintf(out, STORE_PATH_MAX, "%s/%s", folder, name) < STORE_PATH_MAX
		       ? OK
		       : errbuf_set(err, ERR_FILE, "the path below '%.100s…' is too long", folder);
}

void store_sha256(uint8_t out[32], const void *bytes, size_t length)
{
	SHA256_CTX context;
	SHA256Init(&context);
	SHA256Update(&context, bytes, length);
	SHA256Final(out, &context);
}

void store_sha256_hex(char out[65], const void *bytes, size_t length)
{
	uint8_t digest[32];
	store_sha256(digest, bytes, length);
	for (unsigned i = 0; i < 32; i++)
		snprintf(out + 2 * i, 3, "%02x", digest[i]);
}
