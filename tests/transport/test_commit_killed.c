/* A run that is killed in the middle of a commit is explained by the next one. */
#include "tests/support/demo_session.h"
#include "tests/support/scratch.h"

#include "src/session.h"
#include "src/word_status.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static char folder[SCRATCH_MAX];

static struct session *open_source(const char *source, bool fresh)
{
	return demo_session_open(folder, source, fresh);
}

/* A device around the real one, which ends the whole process at its burn. */
struct killer {
	struct device device;
	struct device *inner;
	struct device_ops ops;
	bool after;
};

static struct killer killer;

static enum status killer_identify(
	struct device *device, struct device_info *out, const struct job *job, struct errbuf *err)
{
	(void)device;
	return killer.inner->ops->identify(killer.inner, out, job, err);
}

static enum status killer_read(struct device *device, uint8_t *partition, size_t cap, size_t *len,
	const struct job *job, struct errbuf *err)
{
	(void)device;
	return killer.inner->ops->read(killer.inner, partition, cap, len, job, err);
}

static enum status killer_stage(struct device *device, const uint8_t *request, size_t len,
	const struct job *job, struct errbuf *err)
{
	(void)device;
	return killer.inner->ops->stage(killer.inner, request, len, job, err);
}

static enum status killer_burn(struct device *device, const struct job *job, struct errbuf *err)
{
	(void)device;
	if (killer.after)
		killer.inner->ops->burn(killer.inner, job, err);
	raise(SIGKILL);
	return OK;
}

/* Commits word 70 in a process that is killed at the burn. */
static void commit_and_die(bool after)
{
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		struct session *session = open_source("demo", false);
		struct commit_result *result = calloc(1, sizeof *result);
		struct edits edits = {0};
		struct plan *plan = NULL;
		struct errbuf err = {0};
		edits.word[70] = (struct edit){.sets_value = true, .value = 0x12345678};
		if (session_plan(&plan, session, &edits, &err) != OK)
			_exit(1);
		killer.inner = session->device;
		killer.after = after;
		killer.ops = (struct device_ops){.identify = killer_identify,
			.read = killer_read,
			.stage = killer_stage,
			.burn = killer_burn};
		killer.device.ops = &killer.ops;
		session->device = &killer.device;
		demo_session_commit(result, session, plan);
		_exit(2);
	}
	int end;
	assert_int_equal(waitpid(child, &end, 0), child);
	assert_true(WIFSIGNALED(end) && WTERMSIG(end) == SIGKILL);
}

/* What the program itself says at its next start, as a person sees it. */
static void next_start_says(const char *expected)
{
	char command[1024], line[512];
	bool found = false;
	snprintf(command, sizeof command, "XDG_STATE_HOME='%s/..' '%s' show demo word=70 2>&1",
		folder, OTPEDIT_PROGRAM);
	FILE *out = popen(command, "r");
	assert_non_null(out);
	while (fgets(line, sizeof line, out))
		found = found || strstr(line, expected);
	assert_int_equal(pclose(out), 0);
	if (!found)
		fail_msg("the next start did not say '%s'", expected);
}

static int set_up_state(void **state)
{
	char base[SCRATCH_MAX];
	(void)state;
	scratch_make(base);
	/* The program looks below XDG_STATE_HOME for a folder of its own name. */
	if ((size_t)snprintf(folder, sizeof folder, "%s/otpedit", base) >= sizeof folder)
		fail_msg("the path is too long");
	return 0;
}

static int tear_down_state(void **state)
{
	(void)state;
	*strrchr(folder, '/') = '\0';
	scratch_remove(folder);
	return 0;
}

static void killed_before_the_burn_nothing_is_burnt_and_it_is_said(void **state)
{
	(void)state;
	commit_and_die(false);
	next_start_says("word 70: not burnt");
	struct session *session = open_source("demo", false);
	assert_int_equal(session->image.value[70], 0);
	assert_int_equal(session->news_count, 0);
	session_close(session);
}

static void killed_after_the_burn_it_is_said_to_be_burnt(void **state)
{
	(void)state;
	commit_and_die(true);
	next_start_says("word 70: as planned");
	struct session *session = open_source("demo", false);
	assert_int_equal(session->image.value[70], 0x12345678);
	assert_int_equal(session->news_count, 0);
	session_close(session);
}

int main(void)
{
#define killed_test(name) cmocka_unit_test_setup_teardown(name, set_up_state, tear_down_state)
	const struct CMUnitTest tests[] = {
		killed_test(killed_before_the_burn_nothing_is_burnt_and_it_is_said),
		killed_test(killed_after_the_burn_it_is_said_to_be_burnt),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
