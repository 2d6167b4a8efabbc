#include "tests/support/run_program.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* --- home and files -----------------------------------------------------------------------------
 */

void run_home_make(struct run_home *home)
{
	scratch_make(home->folder);
}

void run_home_remove(struct run_home *home)
{
	scratch_remove(home->folder);
	home->folder[0] = '\0';
}

const char *run_path(const struct run_home *home, const char *name)
{
	static char buffers[8][SCRATCH_MAX + 128];
	static size_t next;
	char *out = buffers[next++ % 8];
	snprintf(out, sizeof buffers[0], "%s/%s", home->folder, name);
	return out;
}

void run_write_file(const struct run_home *home, const char *name, const void *bytes, size_t length)
{
	FILE *file = fopen(run_path(home, name), "wb");
	if (!file)
		fail_msg("cannot make '%s': %s", name, strerror(errno));
	assert_int_equal(fwrite(bytes, 1, length, file), length);
	assert_int_equal(fclose(file), 0);
}

void run_write_text(const struct run_home *home, const char *name, const char *text)
{
	run_write_file(home, name, text, strlen(text));
}

char *run_read_file(size_t *length, const struct run_home *home, const char *name)
{
	FILE *file = fopen(run_path(home, name), "rb");
	if (!file)
		fail_msg("cannot open '%s': %s", name, strerror(errno));
	char *bytes = calloc(1, 1 << 20);
	assert_non_null(bytes);
	*length = fread(bytes, 1, (1 << 20) - 1, file);
	fclose(file);
	return bytes;
}

/* --- the child ----------------------------------------------------------------------------------
 */

static void add(char *environment[], char storage[][512], size_t *count, const char *name,
	const char *value)
{
	snprintf(storage[*count], sizeof storage[0], "%s=%s", name, value);
	environment[*count] = storage[*count];
	(*count)++;
}

/* What the child gets for its own, opened before there is one: libraries that are preloaded put
 * locks around opening and closing, which another thread may hold at the fork. */
struct places {
	int null, folder, out; /* out: -1 for none */
};

static struct places open_places(const struct run_home *home, const char *output)
{
	struct places places = {.null = open("/dev/null", O_RDONLY | O_CLOEXEC),
		.folder = open(home->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC),
		.out = output && output[0] ? open(output, O_WRONLY | O_CLOEXEC) : -1};
	assert_true(places.null >= 0 && places.folder >= 0);
	return places;
}

static void close_places(const struct places *places)
{
	close(places->null);
	close(places->folder);
	if (places->out >= 0)
		close(places->out);
}

static void become_program(const struct run_home *home, const char *program, const char *output,
	const struct places *places, const int out[2], const int err[2], const char *const words[])
{
	char storage[16][512], path[512];
	char *environment[16] = {NULL};
	size_t count = 0;
	static const char *const kept[] = {"PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS",
		"LD_PRELOAD", "UMOCKDEV_DIR"};
	for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++)
		if (getenv(kept[i]))
			add(environment, storage, &count, kept[i], getenv(kept[i]));
	add(environment, storage, &count, "HOME", home->folder);
	add(environment, storage, &count, "LC_ALL", "C.UTF-8");
	add(environment, storage, &count, "TERM", "xterm-256color");
	snprintf(path, sizeof path, "%s/state", home->folder);
	add(environment, storage, &count, "XDG_STATE_HOME", path);
	snprintf(path, sizeof path, "%s/config", home->folder);
	add(environment, storage, &count, "XDG_CONFIG_HOME", path);

	const char *argv[RUN_MAX_WORDS + 2] = {program};
	for (size_t i = 0; words[i] && i < RUN_MAX_WORDS; i++)
		argv[i + 1] = words[i];
	dup2(places->null, STDIN_FILENO);
	dup2(err[1], STDERR_FILENO);
	if (!output)
		dup2(out[1], STDOUT_FILENO);
	else if (output[0])
		dup2(places->out, STDOUT_FILENO);
	for (int fd = 3; fd < 64; fd++)
		(void)fcntl(fd, F_SETFD, FD_CLOEXEC);
	if (output && !output[0])
		(void)fcntl(STDOUT_FILENO, F_SETFD, FD_CLOEXEC);
	if (fchdir(places->folder) != 0)
		_exit(126);
	/* execve() takes the words as they are; its prototype only predates const. */
	execve(program, (char *const *)(uintptr_t)argv, environment);
	_exit(127);
}

struct capture {
	int fd;
	char *text;
	size_t used, capacity;
	size_t limit; /* bytes to take; 0: all */
};

/* False at the end of the stream. */
static bool take(struct capture *capture)
{
	if (capture->capacity - capture->used < 4097) {
		capture->capacity = capture->capacity ? capture->capacity * 2 : 8192;
		capture->text = realloc(capture->text, capture->capacity);
		assert_non_null(capture->text);
	}
	size_t most = 4096;
	if (capture->limit && capture->limit - capture->used < most)
		most = capture->limit - capture->used;
	ssize_t n = read(capture->fd, capture->text + capture->used, most);
	if (n > 0)
		capture->used += (size_t)n;
	capture->text[capture->used] = '\0';
	if (capture->limit && capture->used == capture->limit)
		return false;
	return n > 0 || (n < 0 && errno == EINTR);
}

static long long now_ms(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void drain(struct capture captures[2], pid_t child, const char *const words[])
{
	long long end = now_ms() + RUN_DEADLINE_MS;
	while (captures[0].fd >= 0 || captures[1].fd >= 0) {
		struct pollfd ready[2] = {{captures[0].fd, POLLIN, 0}, {captures[1].fd, POLLIN, 0}};
		long long left = end - now_ms();
		if (left <= 0) {
			kill(child, SIGKILL);
			waitpid(child, NULL, 0);
			fail_msg("'%s' did not end in time", words[0] ? words[0] : "otpedit");
		}
		poll(ready, 2, (int)left);
		for (size_t i = 0; i < 2; i++)
			if (ready[i].revents && !take(&captures[i])) {
				close(captures[i].fd);
				captures[i].fd = -1;
			}
	}
}

static volatile pid_t running;

pid_t run_child(void)
{
	return running;
}

static void run_with(struct run_result *result, const struct run_home *home, const char *program,
	const char *output, const int out[2], size_t limit, const char *const words[])
{
	int err[2], status;
	assert_int_equal(pipe(err), 0);
	const struct places places = open_places(home, output);
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0)
		become_program(home, program, output, &places, out, err, words);
	running = child;
	close_places(&places);
	close(out[1]);
	close(err[1]);
	struct capture captures[2] = {{.fd = out[0], .limit = limit}, {.fd = err[0]}};
	drain(captures, child, words);
	running = 0;
	assert_int_equal(waitpid(child, &status, 0), child);
	*result = (struct run_result){
		.exit_status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status),
		.out = captures[0].text,
		.err = captures[1].text};
}

void run_program(struct run_result *result, const struct run_home *home, const char *program,
	const char *output, const char *const words[])
{
	int out[2];
	assert_int_equal(pipe(out), 0);
	run_with(result, home, program, output, out, 0, words);
}

void run_program_until(struct run_result *result, const struct run_home *home, const char *program,
	size_t bytes, const char *const words[])
{
	int out[2], least = 1;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, out), 0);
	assert_int_equal(setsockopt(out[1], SOL_SOCKET, SO_SNDBUF, &least, sizeof least), 0);
	run_with(result, home, program, NULL, out, bytes, words);
}

void run_free(struct run_result *result)
{
	free(result->out);
	free(result->err);
	*result = (struct run_result){0};
}

/* --- checks -------------------------------------------------------------------------------------
 */

static void dump(const struct run_result *result)
{
	fprintf(stderr, "--- exit status %d\n--- standard output:\n%s\n--- standard error:\n%s\n",
		result->exit_status, result->out, result->err);
}

void run_expect_exit_at(const struct run_result *result, int wanted, const char *file, int line)
{
	if (result->exit_status == wanted)
		return;
	dump(result);
	_fail(file, line);
}

void run_expect_text_at(const struct run_result *result, int stream, int present, const char *text,
	const char *file, int line)
{
	const char *where = stream == 1 ? result->out : result->err;
	if ((strstr(where, text) != NULL) == (present != 0))
		return;
	fprintf(stderr, "%s standard %s: '%s'\n", present ? "not in" : "in",
		stream == 1 ? "output" : "error", text);
	dump(result);
	_fail(file, line);
}

size_t run_error_lines(const struct run_result *result)
{
	size_t lines = 0;
	for (const char *at = result->err; *at; at++)
		lines += *at == '\n';
	return lines;
}
