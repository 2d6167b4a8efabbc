/*
 * measure RUNS COMMAND …: runs the command so often, its output thrown away, after one run that
 * does not count. Prints the median in microseconds and the most memory a run took, in kB.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MAX_RUNS 1001

static double now(void)
{
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec * 1e6 + (double)time.tv_nsec / 1e3;
}

/* The command's microseconds; negative when it could not be run or was ended by a signal. */
static double run(char *const command[])
{
	int status;
	double begin = now();
	pid_t child = fork();
	if (child < 0)
		return -1;
	if (child == 0) {
		int nothing = open("/dev/null", O_WRONLY);
		if (nothing < 0 || dup2(nothing, STDOUT_FILENO) < 0)
			_exit(127);
		execvp(command[0], command);
		_exit(127);
	}
	if (waitpid(child, &status, 0) != child || !WIFEXITED(status) || WEXITSTATUS(status) == 127)
		return -1;
	return now() - begin;
}

static int compare(const void *a, const void *b)
{
	const double *x = a, *y = b;
	return (*x > *y) - (*x < *y);
}

int main(int argc, char *argv[])
{
	static double times[MAX_RUNS];
	struct rusage usage;
	long runs = argc > 2 ? strtol(argv[1], NULL, 10) : 0;
	if (runs < 1 || runs > MAX_RUNS)
		return 2;
	for (long i = -1; i < runs; i++) {
		double taken = run(&argv[2]);
		if (taken < 0) {
			fprintf(stderr, "'%s' cannot be measured\n", argv[2]);
			return 1;
		}
		if (i >= 0)
			times[i] = taken;
	}
	qsort(times, (size_t)runs, sizeof times[0], compare);
	getrusage(RUSAGE_CHILDREN, &usage);
	printf("%.0f %ld\n", times[runs / 2], usage.ru_maxrss);
	return 0;
}
