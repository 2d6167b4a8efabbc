/*
 * pairs RUNS PROGRAM N: times 'PROGRAM read dfu' beside 'dfu-util -l' followed by 'dfu-util -a N
 * -U', in turns, starting of the processes included, after one turn that does not count. Prints the
 * median in microseconds of the one and of the other, and of the ratio of each turn.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
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

/* The command's microseconds; negative when it failed. */
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
	if (waitpid(child, &status, 0) != child || !WIFEXITED(status) || WEXITSTATUS(status) != 0)
		return -1;
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

int main(int argc, char *argv[])
{
	static double ours[MAX_RUNS], theirs[MAX_RUNS], ratio[MAX_RUNS];
	char read[] = "read", dfu[] = "dfu", output[] = "-o", one[] = "ours.bin";
	char util[] = "dfu-util", list[] = "-l", alternate[] = "-a", upload[] = "-U";
	char two[] = "theirs.bin";
	long runs = argc == 4 ? strtol(argv[1], NULL, 10) : 0;
	if (runs < 1 || runs > MAX_RUNS)
		return 2;
	char *const our_words[] = {argv[2], read, dfu, output, one, NULL};
	char *const list_words[] = {util, list, NULL};
	char *const upload_words[] = {util, alternate, argv[3], upload, two, NULL};
	for (long i = -1; i < runs; i++) {
		unlink(one);
		unlink(two);
		double first = run(our_words), listed = run(list_words),
		       read_out = run(upload_words);
		if (first < 0 || listed < 0 || read_out < 0) {
			fprintf(stderr, "a program failed: nothing to compare\n");
			return 1;
		}
		if (i < 0)
			continue;
		ours[i] = first;
		theirs[i] = listed + read_out;
		ratio[i] = first / (listed + read_out);
	}
	printf("%.0f %.0f %.2f\n", median(ours, runs), median(theirs, runs), median(ratio, runs));
	return 0;
}
