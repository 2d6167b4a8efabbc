#include "tests/serial/serving.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

pid_t serving_run(FILE **out, const struct run_home *home, const char *program, const char *first,
	const char *second, const char *third)
{
	int ends[2];
	char state[SCRATCH_MAX + 16];
	snprintf(state, sizeof state, "%s/state", home->folder);
	assert_int_equal(pipe(ends), 0);
	/* Before the fork: another thread may hold what opening takes. */
	int nothing = open("/dev/null", O_WRONLY);
	assert_true(nothing >= 0);
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		dup2(ends[1], STDOUT_FILENO);
		dup2(nothing, STDERR_FILENO);
		close(ends[0]);
		close(ends[1]);
		setenv("XDG_STATE_HOME", state, 1);
		execl(program, program, first, second, third, (char *)NULL);
		_exit(127);
	}
	close(nothing);
	close(ends[1]);
	*out = fdopen(ends[0], "r");
	assert_non_null(*out);
	return child;
}

pid_t serving_start(char path[SERVING_PATH_MAX], const struct run_home *home, const char *source)
{
	FILE *out;
	pid_t child = serving_run(&out, home, OTPEDIT_PROGRAM, "serve", source, "--uart");
	assert_non_null(fgets(path, SERVING_PATH_MAX, out));
	path[strcspn(path, "\n")] = '\0';
	fclose(out);
	return child;
}

void serving_stop(pid_t child)
{
	int end;
	assert_int_equal(kill(child, SIGTERM), 0);
	assert_int_equal(waitpid(child, &end, 0), child);
	assert_true(WIFEXITED(end) && WEXITSTATUS(end) == 0);
}
