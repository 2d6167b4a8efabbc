/*
 * turns RUNS COMMAND… [-- COMMAND…]…: runs the commands in turns, so often, after one turn that
 * does not count, their output thrown away. Prints a line for each: the median in microseconds,
 * starting of the process included; the median of what it took beside the first one in the same
 * turn; the most memory it took, in kB. In turns, because whatever else the computer does then
 * slows all.
 * '+' as a word parts commands that count as one: they run one after the other.
 */
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MAX_RUNS     1001
#define MAX_COMMANDS 8

struct result {
	char **words; /* of the command; the end of each of its parts is NULL, the last one's twice
		       */
	double times[MAX_RUNS], ratios[MAX_RUNS];
	long most_kb;
};

static double now(void)
{
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec * 1e6 + (double)time.tv_nsec / 1e3;
}

static int run(struct result *result, char **command)
{
	int status;
	struct rusage usage;
	pid_t child = fork();
	if (child == 0) {
		int nothing = open("/dev/null", O_RDWR);
		if (nothing >= 0 && dup2(nothing, STDIN_FILENO) >= 0 &&
			dup2(nothing, STDOUT_FILENO) >= 0)
			execvp(command[0], command);
		_exit(127);
	}
	if (child < 0 || wait4(child, &status, 0, &usage) != child || !WIFEXITED(status) ||
		WEXITSTATUS(status) != 0) {
		fprintf(stderr, "'%s' failed: nothing to compare\n", command[0]);
		return -1;
	}
	if (usage.ru_maxrss > result->most_kb)
		result->most_kb = usage.ru_maxrss;
	return 0;
}

static void take_away(void)
{
	glob_t files;
	if (glob("fresh*", 0, NULL, &files) != 0)
		return;
	for (size_t i = 0; i < files.gl_pathc; i++)
		unlink(files.gl_pathv[i]);
	globfree(&files);
}

/* All parts of the command; negative when one failed. */
static double run_all(struct result *result)
{
	take_away();
	double begin = now();
	for (char **word = result->words; *word; word++) {
		if (run(result, word) != 0)
			return -1;
		while (*word)
			word++;
	}
	return now() - begin;
}

static int compare(const void *a, const void *b)
{
	const double *x = a, *y = b;
	return (*x > *y) - (*x < *y);
}

static double median(double *values, long count)
{
	qsort(values, (size_t)count, sizeof *values, compare);
	return values[count / 2];
}

/* Parts the words into commands; how many there are, 0 for what is none. */
static size_t take_commands(struct result *results, int count, char *words[])
{
	static char *parted[1024];
	size_t commands = 0, used = 0;
	for (int i = 0; i < count && used < sizeof parted / sizeof *parted - 2; i++) {
		int is_end = strcmp(words[i], "--") == 0;
		if (i == 0 || is_end) {
			if (commands == MAX_COMMANDS)
				return 0;
			used += is_end ? 2 : 0; /* NULL twice */
			results[commands++].words = parted + used;
		}
		if (is_end)
			continue;
		parted[used++] = strcmp(words[i], "+") == 0 ? NULL : words[i];
	}
	return commands;
}

int main(int argc, char *argv[])
{
	static struct result results[MAX_COMMANDS];
	char *end = NULL;
	long runs = argc > 2 ? strtol(argv[1], &end, 10) : 0;
	size_t commands =
		runs > 0 && runs <= MAX_RUNS ? take_commands(results, argc - 2, argv + 2) : 0;
	if (commands == 0)
		return 2;
	for (long turn = *end == 'x' ? 0 : -1; turn < runs; turn++)
		for (size_t i = 0; i < commands; i++) {
			double taken = run_all(&results[i]);
			if (taken < 0)
				return 1;
			if (turn < 0)
				continue;
			results[i].times[turn] = taken;
			results[i].ratios[turn] = taken / results[0].times[turn];
		}
	for (size_t i = 0; i < commands; i++)
		printf("%.0f %.3f %ld\n", median(results[i].times, runs),
			median(results[i].ratios, runs), results[i].most_kb);
	return 0;
}
