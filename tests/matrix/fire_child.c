/* The program itself in a process of its own, which the fault ends, stops or asks to end. */
#include "tests/matrix/fire_parts.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define ARGUMENTS_MAX 16

int otpedit_main(int argc, char *argv[]); /* main() of ui/main.c */

bool fire_is_of_process(enum fire_fault fault)
{
	return fault >= FIRE_KILLED;
}

/* --- what the person has seen before: of every board of a kind the same */

struct measure {
	bool is_known;
	char source[128]; /* of simulated boards the path is not the same, the board is */
	unsigned opening; /* exchanges until the commit begins */
	char fingerprint[PLAN_FINGERPRINT_LENGTH + 1];
	char accepted[4][40];
	size_t accepted_count;
};

static void note_accepted(struct measure *measure, const struct plan *plan)
{
	for (size_t i = 0; plan->danger >= CLASS_DANGEROUS && i < plan->remarks.count; i++) {
		const struct remark *remark = &plan->remarks.items[i];
		bool is_known = remark->severity != SEVERITY_WARNING;
		for (size_t k = 0; k < measure->accepted_count; k++)
			is_known = is_known || strcmp(measure->accepted[k], remark->rule) == 0;
		if (is_known)
			continue;
		assert_true(measure->accepted_count < 4);
		snprintf(measure->accepted[measure->accepted_count++], 40, "%s", remark->rule);
	}
}

static void preview(struct measure *measure, struct fire *fire)
{
	struct bench *bench = &fire->bench;
	struct errbuf err = {0};
	struct plan *plan;
	struct edits *edits = calloc(1, sizeof *edits);
	assert_non_null(edits);
	for (unsigned i = 0; i < BENCH_WORDS; i++)
		edits->word[bench->kind->word[i]] =
			(struct edit){.sets_value = true, .value = fire_values[i]};
	edits->word[bench->kind->word[0]].locks = UINT32_C(1) << 30;
	bench->wire.fault = FIRE_LOST;
	bench->wire.at = UINT32_MAX;
	bench->wire.exchanges = 0;
	struct session *session = bench_open(bench, NULL, &err);
	if (!session)
		fail_msg("%s", err.text);
	measure->opening = bench->wire.exchanges;
	assert_int_equal(session_plan(&plan, session, edits, &err), OK);
	memcpy(measure->fingerprint, plan->fingerprint, sizeof measure->fingerprint);
	note_accepted(measure, plan);
	plan_free(plan);
	session_close(session);
	free(edits);
	measure->is_known = true;
}

/* Opens the board only the first time: in the program's hands it is a fresh one. */
static const struct measure *measure(struct fire *fire)
{
	static struct measure measures[FIRE_LINKS];
	struct measure *known = &measures[fire->which.link];
	if (!known->is_known)
		preview(known, fire);
	return known;
}

/* --- its process */

static void write_plan(const struct fire *fire, char path[SCRATCH_MAX + 16])
{
	const unsigned *word = fire->bench.kind->word;
	snprintf(path, SCRATCH_MAX + 16, "%s/p.plan", fire->bench.folder);
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	fprintf(file, "write word=%u value=0x%08X lock\nwrite word=%u value=0x%08X\n", word[0],
		(unsigned)fire_values[0], word[1], (unsigned)fire_values[1]);
	assert_int_equal(fclose(file), 0);
}

static void redirect(const struct fire *fire)
{
	char path[SCRATCH_MAX + 16];
	snprintf(path, sizeof path, "%s/output", fire->bench.folder);
	int output = open(path, O_WRONLY | O_CREAT | O_APPEND, 0600),
	    input = open("/dev/null", O_RDONLY);
	dup2(input, STDIN_FILENO);
	dup2(output, STDOUT_FILENO);
	dup2(output, STDERR_FILENO);
	close(input);
	close(output);
}

/* Never returns; an assertion must not take a child back into the tests. */
static void be_the_program(struct fire *fire, const struct measure *known, char *plan)
{
	char *arguments[ARGUMENTS_MAX] = {(char *)"otpedit", (char *)"apply", plan, (char *)"--on",
		fire->bench.sources[0], (char *)"--confirm", (char *)known->fingerprint};
	int count = 7;
	for (size_t i = 0; i < known->accepted_count; i++) {
		arguments[count++] = (char *)"--accept";
		arguments[count++] = (char *)known->accepted[i];
	}
	redirect(fire);
	setenv("HOME", fire->bench.folder, 1);
	setenv("XDG_STATE_HOME", fire->bench.folder, 1);
	setenv("XDG_CONFIG_HOME", fire->bench.folder, 1);
	fire->bench.wire.fault = fire->which.fault;
	fire->bench.wire.at = fire->which.at ? fire->opening + fire->which.at : 0;
	fire->bench.wire.exchanges = 0;
	int status = otpedit_main(count, arguments);
	fflush(NULL);
	_exit(status);
}

static void read_output(struct fire *fire)
{
	char path[SCRATCH_MAX + 16];
	snprintf(path, sizeof path, "%s/output", fire->bench.folder);
	FILE *file = fopen(path, "r");
	size_t length = file ? fread(fire->output, 1, sizeof fire->output - 1, file) : 0;
	fire->output[length] = '\0';
	if (file)
		fclose(file);
}

static void follow(struct fire *fire, pid_t child)
{
	int end = 0;
	while (waitpid(child, &end, WUNTRACED) == child && WIFSTOPPED(end))
		kill(child, SIGCONT);
	fire->was_killed = WIFSIGNALED(end);
	fire->exit_status = WIFEXITED(end) ? WEXITSTATUS(end) : -1;
	if (fire->was_killed && WTERMSIG(end) != SIGKILL)
		fire_violate(fire, 3, "the program ends by signal %d", WTERMSIG(end));
}

/* --- power: files are as long as they were when they were last told to reach the disk */

static int lose_unsynced(const char *path, const struct stat *is, int type, struct FTW *where)
{
	(void)where;
	off_t size = 0;
	if (type != FTW_F)
		return 0;
	for (size_t i = 0; i < on_fire->synced_count; i++)
		if (on_fire->synced[i].device == is->st_dev &&
			on_fire->synced[i].inode == is->st_ino)
			size = on_fire->synced[i].size;
	return size < is->st_size ? truncate(path, size) : 0;
}

void fire_run_program(struct fire *fire)
{
	char plan[SCRATCH_MAX + 16];
	const struct measure *known = measure(fire);
	fire->opening = known->opening;
	write_plan(fire, plan);
	bench_spoil(&fire->bench);
	fflush(NULL);
	fire->is_confirmed = true;
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0)
		be_the_program(fire, known, plan);
	follow(fire, child);
	fire->is_confirmed = false;
	read_output(fire);
	if (fire->which.fault == FIRE_HOST_POWER && fire->was_killed)
		nftw(fire->bench.state_folder, lose_unsynced, 16, FTW_PHYS);
}
