#include "src/store.h"

#include "tests/support/scratch.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

struct rig {
	char folder[SCRATCH_MAX];
	char path[STORE_PATH_MAX]; /* of a file that is not there yet */
	struct errbuf err;
};

static int set_up(void **state)
{
	struct rig *rig = calloc(1, sizeof *rig);
	assert_non_null(rig);
	scratch_make(rig->folder);
	assert_int_equal(store_join(rig->path, rig->folder, "file", &rig->err), OK);
	*state = rig;
	return 0;
}

static int tear_down(void **state)
{
	struct rig *rig = *state;
	scratch_remove(rig->folder);
	free(rig);
	return 0;
}

static void assert_error(struct rig *rig, enum status status, enum status expected, const char *why)
{
	assert_int_equal(status, expected);
	if (!strstr(rig->err.text, why))
		fail_msg("'%s' is not in: %s", why, rig->err.text);
	errbuf_clear(&rig->err);
}

static void put(const char *path, const char *text)
{
	FILE *file = fopen(path, "wb");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static void assert_content(const char *path, const char *text)
{
	char found[4096] = "";
	FILE *file = fopen(path, "rb");
	assert_non_null(file);
	size_t length = fread(found, 1, sizeof found - 1, file);
	fclose(file);
	assert_int_equal(length, strlen(text));
	assert_string_equal(found, text);
}

static void assert_mode(const char *path, mode_t mode)
{
	struct stat about;
	assert_int_equal(lstat(path, &about), 0);
	assert_int_equal(about.st_mode & 07777, mode);
}

static unsigned count_files(const char *folder)
{
	unsigned count = 0;
	DIR *handle = opendir(folder);
	assert_non_null(handle);
	for (struct dirent *entry; (entry = readdir(handle));)
		count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
	closedir(handle);
	return count;
}

/* The exit status of `body` in a process of its own. */
static int in_child(int (*body)(struct rig *), struct rig *rig)
{
	int status;
	pid_t child = fork();
	assert_int_not_equal(child, -1);
	if (child == 0)
		_exit(body(rig));
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

/* --- reading */

static void test_read(void **state)
{
	struct rig *rig = *state;
	uint8_t *bytes;
	size_t length;
	put(rig->path, "four");
	/* As long as allowed is not too long. */
	assert_int_equal(store_read(&bytes, &length, rig->path, 4, &rig->err), OK);
	assert_int_equal(length, 4);
	assert_memory_equal(bytes, "four\0", 5);
	free(bytes);
	put(rig->path, "");
	assert_int_equal(store_read(&bytes, &length, rig->path, 4, &rig->err), OK);
	assert_int_equal(length, 0);
	assert_int_equal(bytes[0], 0);
	free(bytes);
}

static void test_read_of_what_is_no_file(void **state)
{
	struct rig *rig = *state;
	uint8_t *bytes;
	size_t length;
	assert_error(rig, store_read(&bytes, &length, rig->path, 9, &rig->err), ERR_FILE,
		"No such file");
	assert_error(
		rig, store_read(&bytes, &length, rig->folder, 9, &rig->err), ERR_FILE, "a folder");
	assert_error(
		rig, store_read(&bytes, &length, "/dev/null", 9, &rig->err), ERR_FILE, "a device");
	assert_error(
		rig, store_read(&bytes, &length, "/dev/zero", 9, &rig->err), ERR_FILE, "a device");
	assert_error(rig, store_read(&bytes, &length, "", 9, &rig->err), ERR_FILE, "No such file");
	put(rig->path, "x");
	char below[STORE_PATH_MAX];
	assert_int_equal(store_join(below, rig->path, "below", &rig->err), OK);
	assert_error(
		rig, store_read(&bytes, &length, below, 9, &rig->err), ERR_FILE, "Not a directory");
}

/* A FIFO with nobody at its other end would keep a plain open() waiting; the test's time limit
 * would tell. */
static void test_read_of_a_pipe_does_not_wait(void **state)
{
	struct rig *rig = *state;
	uint8_t *bytes;
	size_t length;
	assert_int_equal(mkfifo(rig->path, 0600), 0);
	assert_error(rig, store_read(&bytes, &length, rig->path, 9, &rig->err), ERR_FILE, "a pipe");
}

static void test_read_of_a_socket(void **state)
{
	struct rig *rig = *state;
	uint8_t *bytes;
	size_t length;
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	assert_true(strlen(rig->path) < sizeof address.sun_path);
	memcpy(address.sun_path, rig->path, strlen(rig->path) + 1);
	int listener = socket(AF_UNIX, SOCK_STREAM, 0);
	assert_true(listener >= 0);
	assert_int_equal(bind(listener, (struct sockaddr *)&address, sizeof address), 0);
	assert_error(
		rig, store_read(&bytes, &length, rig->path, 9, &rig->err), ERR_FILE, rig->path);
	close(listener);
}

static void test_read_of_too_much(void **state)
{
	struct rig *rig = *state;
	uint8_t *bytes;
	size_t length;
	put(rig->path, "fives");
	assert_error(rig, store_read(&bytes, &length, rig->path, 4, &rig->err), ERR_FILE,
		"longer than the 4 bytes");
	/* Nor is all of a huge one read first, or its length believed in memory. */
	assert_int_equal(truncate(rig->path, (off_t)1 << 32), 0);
	assert_error(rig, store_read(&bytes, &length, rig->path, 1024, &rig->err), ERR_FILE,
		"longer than the 1024 bytes");
}

static int read_as_nobody(struct rig *rig)
{
	uint8_t *bytes;
	size_t length;
	if (geteuid() == 0 && setuid(65534) != 0)
		return 2;
	if (store_read(&bytes, &length, rig->path, 9, &rig->err) != ERR_FILE)
		return 3;
	return strstr(rig->err.text, "Permission denied") ? 0 : 4;
}

static void test_read_of_what_is_not_ours(void **state)
{
	struct rig *rig = *state;
	put(rig->path, "secret");
	assert_int_equal(chmod(rig->path, 0), 0);
	assert_int_equal(chmod(rig->folder, 0755), 0);
	assert_int_equal(in_child(read_as_nobody, rig), 0);
}

static void test_exists(void **state)
{
	struct rig *rig = *state;
	assert_false(store_exists(rig->path));
	assert_true(store_exists(rig->folder));
	assert_int_equal(symlink("nowhere", rig->path), 0);
	assert_true(store_exists(rig->path));
}

/* --- saving */

static void test_save(void **state)
{
	struct rig *rig = *state;
	struct stat before, after;
	assert_int_equal(store_save(rig->path, "one", 3, &rig->err), OK);
	assert_content(rig->path, "one");
	assert_mode(rig->path, 0600);
	/* Replaced by another file, not written over: whoever has the old one open keeps it. */
	int old = open(rig->path, O_RDONLY);
	assert_true(old >= 0);
	assert_int_equal(fstat(old, &before), 0);
	assert_int_equal(store_save(rig->path, "seven", 5, &rig->err), OK);
	assert_content(rig->path, "seven");
	assert_int_equal(stat(rig->path, &after), 0);
	assert_true(before.st_ino != after.st_ino);
	char text[8] = "";
	assert_int_equal(read(old, text, sizeof text), 3);
	assert_string_equal(text, "one");
	close(old);
	assert_int_equal(count_files(rig->folder), 1);
	assert_int_equal(store_save(rig->path, "", 0, &rig->err), OK);
	assert_content(rig->path, "");
}

static ino_t number_of(const char *path)
{
	struct stat about;
	assert_int_equal(stat(path, &about), 0);
	return about.st_ino;
}

/* What is the same already is left alone; all else is a save. */
static void test_keep(void **state)
{
	static const char *const others[] = {"two", "on", "ones", ""};
	struct rig *rig = *state;
	assert_int_equal(store_keep(rig->path, "one", 3, &rig->err), OK);
	ino_t first = number_of(rig->path);
	assert_int_equal(store_keep(rig->path, "one", 3, &rig->err), OK);
	assert_int_equal(number_of(rig->path), first);
	assert_content(rig->path, "one");
	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
		assert_int_equal(
			store_keep(rig->path, others[i], strlen(others[i]), &rig->err), OK);
		assert_content(rig->path, others[i]);
	}
	assert_error(rig, store_keep(rig->folder, "x", 1, &rig->err), ERR_FILE, "in the way");
}

static void test_mode_of_new_files_whatever_the_umask(void **state)
{
	struct rig *rig = *state;
	mode_t old = umask(0);
	assert_int_equal(store_save(rig->path, "x", 1, &rig->err), OK);
	assert_mode(rig->path, 0600);
	assert_int_equal(unlink(rig->path), 0);
	assert_int_equal(store_create(rig->path, "x", 1, &rig->err), OK);
	assert_mode(rig->path, 0600);
	assert_int_equal(unlink(rig->path), 0);
	assert_int_equal(store_append_line(rig->path, "x", &rig->err), OK);
	assert_mode(rig->path, 0600);
	assert_int_equal(unlink(rig->path), 0);
	assert_int_equal(store_make_folder(rig->path, &rig->err), OK);
	assert_mode(rig->path, 0700);
	umask(old);
}

static void test_links_are_not_followed(void **state)
{
	struct rig *rig = *state;
	char target[STORE_PATH_MAX];
	int lock;
	assert_int_equal(store_join(target, rig->folder, "target", &rig->err), OK);
	put(target, "precious");
	assert_int_equal(symlink("target", rig->path), 0);
	assert_error(rig, store_save(rig->path, "x", 1, &rig->err), ERR_FILE, "in the way");
	assert_error(rig, store_create(rig->path, "x", 1, &rig->err), ERR_FILE, "exists already");
	assert_error(rig, store_append_line(rig->path, "x", &rig->err), ERR_FILE, rig->path);
	assert_error(rig, store_lock(&lock, rig->path, &rig->err), ERR_FILE, rig->path);
	assert_content(target, "precious");
	assert_int_equal(count_files(rig->folder), 2);
	/* Nor is a file made where a dangling link points. */
	assert_int_equal(unlink(target), 0);
	assert_error(rig, store_save(rig->path, "x", 1, &rig->err), ERR_FILE, "in the way");
	assert_error(rig, store_create(rig->path, "x", 1, &rig->err), ERR_FILE, "exists already");
	assert_error(rig, store_append_line(rig->path, "x", &rig->err), ERR_FILE, rig->path);
	assert_error(rig, store_lock(&lock, rig->path, &rig->err), ERR_FILE, rig->path);
	assert_false(store_exists(target));
}

/* Nor below the state folder, whose own place may be a link's. */
static void test_links_among_folders(void **state)
{
	struct rig *rig = *state;
	char real[STORE_PATH_MAX], link_path[STORE_PATH_MAX], deep[STORE_PATH_MAX];
	assert_int_equal(store_join(real, rig->folder, "disk", &rig->err), OK);
	assert_int_equal(store_make_folder(real, &rig->err), OK);
	assert_int_equal(store_join(link_path, rig->folder, "otpedit", &rig->err), OK);
	assert_int_equal(symlink("disk", link_path), 0);
	assert_int_equal(store_join(deep, link_path, "boards/aa", &rig->err), OK);
	assert_int_equal(store_make_state_folder(link_path, &rig->err), OK);
	assert_int_equal(store_make_state_folder(deep, &rig->err), OK);
	/* Somebody puts a link in the place of a folder in it, or of one above. */
	static const char *const names[] = {"boards/aa", "boards"};
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		char path[STORE_PATH_MAX], away[STORE_PATH_MAX];
		assert_int_equal(store_join(path, link_path, names[i], &rig->err), OK);
		assert_int_equal(store_join(away, rig->folder, i == 0 ? "a" : "b", &rig->err), OK);
		assert_int_equal(rename(path, away), 0);
		assert_int_equal(symlink(away, path), 0);
		assert_error(rig, store_make_state_folder(deep, &rig->err), ERR_FILE, "is a link");
		assert_int_equal(unlink(path), 0);
		assert_int_equal(rename(away, path), 0);
		assert_int_equal(store_make_state_folder(deep, &rig->err), OK);
	}
}

/* Only root can make a folder of somebody else. */
static void test_folders_of_others(void **state)
{
	struct rig *rig = *state;
	char path[STORE_PATH_MAX];
	int end;
	if (geteuid() != 0)
		skip();
	assert_int_equal(store_join(path, rig->folder, "otpedit", &rig->err), OK);
	assert_int_equal(store_make_state_folder(path, &rig->err), OK);
	assert_int_equal(chmod(path, 0777), 0);
	assert_int_equal(chmod(rig->folder, 0755), 0);
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		struct errbuf err = {0};
		bool refused = setuid(65534) == 0 &&
			       store_make_state_folder(path, &err) == ERR_FILE &&
			       strstr(err.text, "belongs to another user");
		_exit(refused ? 0 : 1);
	}
	assert_int_equal(waitpid(child, &end, 0), child);
	assert_int_equal(end, 0);
}

static void test_save_over_what_is_no_file(void **state)
{
	struct rig *rig = *state;
	assert_error(rig, store_save(rig->folder, "x", 1, &rig->err), ERR_FILE, "in the way");
	assert_int_equal(mkfifo(rig->path, 0600), 0);
	assert_error(rig, store_save(rig->path, "x", 1, &rig->err), ERR_FILE, "in the way");
	assert_error(rig, store_create(rig->path, "x", 1, &rig->err), ERR_FILE, "exists already");
	assert_error(
		rig, store_save("/nowhere/at/all", "x", 1, &rig->err), ERR_FILE, "No such file");
	assert_int_equal(count_files(rig->folder), 1);
}

/* Nobody writes to a FIFO by mistake, and nobody waits for its reader. */
static void test_append_to_what_is_no_file(void **state)
{
	struct rig *rig = *state;
	int lock;
	assert_error(rig, store_append_line(rig->folder, "x", &rig->err), ERR_FILE, rig->folder);
	assert_error(rig, store_lock(&lock, rig->folder, &rig->err), ERR_FILE, rig->folder);
	assert_int_equal(mkfifo(rig->path, 0600), 0);
	assert_error(rig, store_append_line(rig->path, "x", &rig->err), ERR_FILE, "in the way");
	assert_error(rig, store_lock(&lock, rig->path, &rig->err), ERR_FILE, "in the way");
}

static void test_create_never_replaces(void **state)
{
	struct rig *rig = *state;
	assert_int_equal(store_create(rig->path, "one", 3, &rig->err), OK);
	assert_error(rig, store_create(rig->path, "two", 3, &rig->err), ERR_FILE, "exists already");
	assert_content(rig->path, "one");
	assert_int_equal(count_files(rig->folder), 1);
}

static void test_names_that_are_too_long(void **state)
{
	struct rig *rig = *state;
	char path[STORE_PATH_MAX], out[STORE_PATH_MAX];
	memset(path, 'a', sizeof path - 1);
	path[sizeof path - 1] = '\0';
	assert_error(rig, store_save(path, "x", 1, &rig->err), ERR_FILE, "too long");
	assert_error(rig, store_create(path, "x", 1, &rig->err), ERR_FILE, "too long");
	assert_error(rig, store_reserve_space(path, 1, &rig->err), ERR_FILE, "too long");
	assert_error(rig, store_join(out, path, "b", &rig->err), ERR_FILE, "too long");
	path[sizeof path - 3] = '\0';
	assert_int_equal(store_join(out, path, "b", &rig->err), OK);
	assert_int_equal(strlen(out), STORE_PATH_MAX - 1);
}

/* --- a full disk: no file may grow past so many bytes */

static void limit_files(rlim_t bytes)
{
	const struct rlimit limit = {bytes, bytes};
	signal(SIGXFSZ, SIG_IGN);
	if (setrlimit(RLIMIT_FSIZE, &limit) != 0)
		_exit(9);
}

static int save_on_full_disk(struct rig *rig)
{
	char bytes[100];
	memset(bytes, 'n', sizeof bytes);
	limit_files(50);
	if (store_save(rig->path, bytes, sizeof bytes, &rig->err) != ERR_FILE)
		return 1;
	errbuf_clear(&rig->err);
	if (store_create(rig->path, bytes, sizeof bytes, &rig->err) != ERR_FILE)
		return 2;
	errbuf_clear(&rig->err);
	return store_reserve_space(rig->path, sizeof bytes, &rig->err) == ERR_FILE ? 0 : 3;
}

static void test_full_disk_leaves_all_as_it_was(void **state)
{
	struct rig *rig = *state;
	assert_int_equal(in_child(save_on_full_disk, rig), 0);
	assert_int_equal(count_files(rig->folder), 0);
	put(rig->path, "old");
	assert_int_equal(in_child(save_on_full_disk, rig), 0);
	assert_content(rig->path, "old");
	assert_int_equal(count_files(rig->folder), 1);
}

static int append_on_full_disk(struct rig *rig)
{
	limit_files(8);
	return store_append_line(rig->path, "second", &rig->err) == ERR_FILE ? 0 : 1;
}

/* What got there of the line is torn; the next line begins afresh. */
static void test_append_on_a_full_disk(void **state)
{
	struct rig *rig = *state;
	assert_int_equal(store_append_line(rig->path, "first", &rig->err), OK);
	assert_int_equal(in_child(append_on_full_disk, rig), 0);
	assert_int_equal(store_append_line(rig->path, "third", &rig->err), OK);
	assert_content(rig->path, "first\nse\nthird\n");
}

/* --- lines */

static void test_append(void **state)
{
	struct rig *rig = *state;
	assert_int_equal(store_append_line(rig->path, "one", &rig->err), OK);
	assert_int_equal(store_append_line(rig->path, "", &rig->err), OK);
	assert_int_equal(store_append_line(rig->path, "three", &rig->err), OK);
	assert_content(rig->path, "one\n\nthree\n");
	put(rig->path, "whole\ntor");
	assert_int_equal(store_append_line(rig->path, "next", &rig->err), OK);
	assert_content(rig->path, "whole\ntor\nnext\n");
	put(rig->path, "");
	assert_int_equal(store_append_line(rig->path, "next", &rig->err), OK);
	assert_content(rig->path, "next\n");
}

/* --- folders */

static void test_make_folder(void **state)
{
	struct rig *rig = *state;
	char deep[STORE_PATH_MAX], middle[STORE_PATH_MAX];
	assert_int_equal(store_join(middle, rig->path, "middle", &rig->err), OK);
	assert_int_equal(store_join(deep, middle, "deep/", &rig->err), OK);
	assert_int_equal(store_make_folder(deep, &rig->err), OK);
	assert_mode(rig->path, 0700);
	assert_mode(middle, 0700);
	assert_mode(deep, 0700);
	assert_int_equal(chmod(middle, 0755), 0);
	assert_int_equal(store_make_folder(deep, &rig->err), OK);
	assert_mode(middle, 0755);
	assert_int_equal(store_make_folder("/", &rig->err), OK);
}

static void test_make_folder_where_something_stands(void **state)
{
	struct rig *rig = *state;
	char below[STORE_PATH_MAX];
	put(rig->path, "x");
	assert_int_equal(store_join(below, rig->path, "below", &rig->err), OK);
	assert_error(
		rig, store_make_folder(rig->path, &rig->err), ERR_FILE, "in the way and not a");
	assert_error(rig, store_make_folder(below, &rig->err), ERR_FILE, rig->path);
	assert_error(rig, store_make_folder("", &rig->err), ERR_FILE, "folder");
}

static int write_as_nobody(struct rig *rig)
{
	char below[STORE_PATH_MAX];
	int lock;
	if (geteuid() == 0 && setuid(65534) != 0)
		return 2;
	if (store_join(below, rig->folder, "a/b", &rig->err) != OK)
		return 3;
	if (store_make_folder(below, &rig->err) != ERR_FILE ||
		!strstr(rig->err.text, "Permission denied"))
		return 4;
	errbuf_clear(&rig->err);
	if (store_save(rig->path, "x", 1, &rig->err) != ERR_FILE)
		return 5;
	errbuf_clear(&rig->err);
	if (store_append_line(rig->path, "x", &rig->err) != ERR_FILE)
		return 6;
	errbuf_clear(&rig->err);
	return store_lock(&lock, rig->path, &rig->err) == ERR_FILE ? 0 : 7;
}

static void test_folder_that_cannot_be_written(void **state)
{
	struct rig *rig = *state;
	assert_int_equal(chmod(rig->folder, 0555), 0);
	assert_int_equal(in_child(write_as_nobody, rig), 0);
	assert_int_equal(chmod(rig->folder, 0700), 0);
	assert_int_equal(count_files(rig->folder), 0);
}

/* --- space that is kept back */

static void test_reserve(void **state)
{
	struct rig *rig = *state;
	char reserve[STORE_PATH_MAX];
	struct stat about;
	assert_int_equal(store_join(reserve, rig->folder, "file.reserve", &rig->err), OK);
	store_release_space(rig->path);
	assert_int_equal(store_reserve_space(rig->path, 100000, &rig->err), OK);
	assert_int_equal(stat(reserve, &about), 0);
	assert_int_equal(about.st_size, 100000);
	/* Real bytes: it takes room on the disk (st_blocks counts 512 bytes each). */
	assert_true(about.st_blocks * 512 >= 100000);
	assert_mode(reserve, 0600);
	assert_int_equal(store_reserve_space(rig->path, 10, &rig->err), OK);
	assert_int_equal(stat(reserve, &about), 0);
	assert_int_equal(about.st_size, 10);
	store_release_space(rig->path);
	assert_int_equal(count_files(rig->folder), 0);
}

/* --- locks */

static int lock_elsewhere(struct rig *rig)
{
	int lock;
	char owner[32];
	enum status status = store_lock(&lock, rig->path, &rig->err);
	if (status == OK)
		return 0;
	snprintf(owner, sizeof owner, "process %ld ", (long)getppid());
	return status == ERR_BUSY && strstr(rig->err.text, owner) ? 1 : 2;
}

static void test_lock(void **state)
{
	struct rig *rig = *state;
	int lock, again;
	char text[32];
	assert_int_equal(store_lock(&lock, rig->path, &rig->err), OK);
	assert_mode(rig->path, 0600);
	snprintf(text, sizeof text, "%ld\n", (long)getpid());
	assert_content(rig->path, text);
	assert_int_equal(in_child(lock_elsewhere, rig), 1);
	/* Held against this process, too, and asking in vain does not lose it. */
	snprintf(text, sizeof text, "process %ld)", (long)getpid());
	assert_error(rig, store_lock(&again, rig->path, &rig->err), ERR_BUSY, text);
	assert_int_equal(in_child(lock_elsewhere, rig), 1);
	store_unlock(lock);
	assert_int_equal(in_child(lock_elsewhere, rig), 0);
	assert_int_equal(store_lock(&lock, rig->path, &rig->err), OK);
	store_unlock(lock);
}

static void test_lock_of_a_dead_process(void **state)
{
	struct rig *rig = *state;
	int lock, status, channel[2];
	char byte, text[32];
	assert_int_equal(pipe(channel), 0);
	pid_t child = fork();
	assert_int_not_equal(child, -1);
	if (child == 0) {
		if (store_lock(&lock, rig->path, &rig->err) != OK || write(channel[1], "x", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	assert_int_equal(read(channel[0], &byte, 1), 1);
	snprintf(text, sizeof text, "process %ld ", (long)child);
	assert_error(rig, store_lock(&lock, rig->path, &rig->err), ERR_BUSY, text);
	assert_int_equal(kill(child, SIGKILL), 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(store_lock(&lock, rig->path, &rig->err), OK);
	snprintf(text, sizeof text, "%ld\n", (long)getpid());
	assert_content(rig->path, text);
	store_unlock(lock);
	close(channel[0]);
	close(channel[1]);
}

/* What stands in the file is for people only. */
static void test_lock_file_with_anything_in_it(void **state)
{
	struct rig *rig = *state;
	int lock;
	char text[32];
	put(rig->path, "a much longer text than a process number is, and no number at all\n");
	assert_int_equal(store_lock(&lock, rig->path, &rig->err), OK);
	snprintf(text, sizeof text, "%ld\n", (long)getpid());
	assert_content(rig->path, text);
	store_unlock(lock);
}

/* --- folders of the user's */

static void test_xdg_folders(void **state)
{
	struct rig *rig = *state;
	char out[STORE_PATH_MAX];
	setenv("HOME", "/home/lab", 1);
	setenv("XDG_STATE_HOME", "/var/lab", 1);
	setenv("XDG_CONFIG_HOME", "/etc/lab", 1);
	assert_int_equal(store_state_folder(out, &rig->err), OK);
	assert_string_equal(out, "/var/lab/otpedit");
	assert_int_equal(store_config_folder(out, &rig->err), OK);
	assert_string_equal(out, "/etc/lab/otpedit");
	/* Relative and empty ones are ignored. */
	setenv("XDG_STATE_HOME", "state", 1);
	setenv("XDG_CONFIG_HOME", "", 1);
	assert_int_equal(store_state_folder(out, &rig->err), OK);
	assert_string_equal(out, "/home/lab/.local/state/otpedit");
	assert_int_equal(store_config_folder(out, &rig->err), OK);
	assert_string_equal(out, "/home/lab/.config/otpedit");
	unsetenv("XDG_STATE_HOME");
	setenv("HOME", "home", 1);
	assert_error(rig, store_state_folder(out, &rig->err), ERR_FILE, "XDG_STATE_HOME");
	unsetenv("HOME");
	assert_error(rig, store_config_folder(out, &rig->err), ERR_FILE, "XDG_CONFIG_HOME");
}

/* The examples of FIPS 180-2, appendix B. */
static void test_sha256(void **state)
{
	char out[65];
	(void)state;
	store_sha256_hex(out, "abc", 3);
	assert_string_equal(
		out, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	const char *longer = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
	store_sha256_hex(out, longer, strlen(longer));
	assert_string_equal(
		out, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_read),
		TEST(test_read_of_what_is_no_file),
		TEST(test_read_of_a_pipe_does_not_wait),
		TEST(test_read_of_a_socket),
		TEST(test_read_of_too_much),
		TEST(test_read_of_what_is_not_ours),
		TEST(test_exists),
		TEST(test_save),
		TEST(test_keep),
		TEST(test_mode_of_new_files_whatever_the_umask),
		TEST(test_links_are_not_followed),
		TEST(test_links_among_folders),
		TEST(test_folders_of_others),
		TEST(test_save_over_what_is_no_file),
		TEST(test_append_to_what_is_no_file),
		TEST(test_create_never_replaces),
		TEST(test_names_that_are_too_long),
		TEST(test_full_disk_leaves_all_as_it_was),
		TEST(test_append_on_a_full_disk),
		TEST(test_append),
		TEST(test_make_folder),
		TEST(test_make_folder_where_something_stands),
		TEST(test_folder_that_cannot_be_written),
		TEST(test_reserve),
		TEST(test_lock),
		TEST(test_lock_of_a_dead_process),
		TEST(test_lock_file_with_anything_in_it),
		TEST(test_xdg_folders),
		TEST(test_sha256),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
