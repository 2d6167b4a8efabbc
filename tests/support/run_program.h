/*
 * The program as a shell would run it, for tests of commands: what it printed, and how it ended.
 */
#ifndef OTPEDIT_TESTS_SUPPORT_RUN_PROGRAM_H
#define OTPEDIT_TESTS_SUPPORT_RUN_PROGRAM_H

#include "tests/support/scratch.h"

#include <stddef.h>
#include <sys/types.h>

#define RUN_DEADLINE_MS 60000
#define RUN_MAX_WORDS   24

/* A home of one's own: HOME, XDG_STATE_HOME and XDG_CONFIG_HOME lie below the folder, which is
 * also the working directory. */
struct run_home {
	char folder[SCRATCH_MAX];
};
void run_home_make(struct run_home *home);
void run_home_remove(struct run_home *home);

/* "FOLDER/name"; one of a few static buffers, good for a handful of further calls. */
const char *run_path(const struct run_home *home, const char *name);

/* A file in the folder. */
void run_write_file(
	const struct run_home *home, const char *name, const void *bytes, size_t length);
void run_write_text(const struct run_home *home, const char *name, const char *text);
/* malloc'd bytes and a zero byte; fails the test when there is no such file. */
char *run_read_file(size_t *length, const struct run_home *home, const char *name);

struct run_result {
	int exit_status; /* 128 + the signal's number when a signal ended it */
	char *out, *err; /* what it wrote, owned: run_free() */
};

/*
 * Runs the program with these words; standard input is /dev/null. `output` is where its standard
 * output goes: NULL into result->out, else a path, or "" for a closed one (result->out is then
 * empty). Fails the test past RUN_DEADLINE_MS.
 */
void run_program(struct run_result *result, const struct run_home *home, const char *program,
	const char *output, const char *const words[]);

/*
 * As run_program(), but closes the reading end of standard output after so many bytes. What the
 * program writes beyond them finds little room (a socket with the smallest buffer, a few kB): it
 * waits for the reader, and fails once the reader is gone.
 */
void run_program_until(struct run_result *result, const struct run_home *home, const char *program,
	size_t bytes, const char *const words[]);
void run_free(struct run_result *result);

/* The program that runs now, for what a test does meanwhile in another thread; 0: none does. */
pid_t run_child(void);

/* The words as arguments: run_words(&result, &home, "show", "demo"). */
#define run_words(result, home, ...)                                                               \
	run_program(                                                                               \
		(result), (home), OTPEDIT_PROGRAM, NULL, (const char *const[]){__VA_ARGS__, NULL})
#define run_words_to(result, home, output, ...)                                                    \
	run_program((result), (home), OTPEDIT_PROGRAM, (output),                                   \
		(const char *const[]){__VA_ARGS__, NULL})

/*
 * Checks that show the whole output when they fail: the exit status, and texts that must be, or
 * must not be, in what was written.
 */
#define run_expect_exit(result, wanted) run_expect_exit_at((result), (wanted), __FILE__, __LINE__)
#define run_expect_out(result, text)    run_expect_text_at((result), 1, 1, (text), __FILE__, __LINE__)
#define run_expect_err(result, text)    run_expect_text_at((result), 2, 1, (text), __FILE__, __LINE__)
#define run_expect_no_out(result, text)                                                            \
	run_expect_text_at((result), 1, 0, (text), __FILE__, __LINE__)
#define run_expect_no_err(result, text)                                                            \
	run_expect_text_at((result), 2, 0, (text), __FILE__, __LINE__)
void run_expect_exit_at(const struct run_result *result, int wanted, const char *file, int line);
void run_expect_text_at(const struct run_result *result, int stream, int present, const char *text,
	const char *file, int line);

/* How many lines were written to standard error. */
size_t run_error_lines(const struct run_result *result);

#endif
