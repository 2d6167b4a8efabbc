/* rehearse: a plan carried out on a simulated twin of a board, beside what is predicted. */
#include "src/rehearsal.h"
#include "ui/commands/command.h"
#include "ui/commands/open.h"
#include "ui/commands/print_page.h"
#include "ui/commands/talk.h"
#include "ui/screen/rehearsal_text.h"

#include <stdlib.h>

static enum status print(const struct environment *env, const struct rehearsal *rehearsal,
	const struct chip *chip, struct errbuf *err)
{
	struct page page;
	page_init(&page, PRINT_PAGE_WIDTH);
	rehearsal_text(&page, rehearsal, chip, env->reveal);
	enum status status = print_page(env, env->out, &page, err);
	page_free(&page);
	return status;
}

static bool came_out(const struct rehearsal *rehearsal)
{
	return rehearsal->status == OK && rehearsal->has_found &&
	       (rehearsal->result.verdict == COMMIT_VERIFIED ||
		       rehearsal->result.verdict == COMMIT_LOCKS_UNPROVED) &&
	       rehearsal_count_differences(rehearsal) == 0;
}

enum exit_status command_rehearse(
	const struct environment *env, const struct invocation *invocation)
{
	struct errbuf err = {0};
	struct session *session = NULL;
	struct plan *plan = NULL;
	struct rehearsal *rehearsal = NULL;
	const char *fault = invocation->value[OPTION_FAULT];
	struct job job = open_job(env);
	enum exit_status exit_status = EXIT_DONE;
	enum status status = open_on(&session, &plan, env, invocation, &err);
	if (status != OK)
		return talk_fail(env, status, &err);
	/* All that is wanted of the board was read. */
	session_lose(session);
	status = rehearsal_run(
		&rehearsal, session, &plan->edits, fault ? fault : "", &env->session, &job, &err);
	if (status == OK)
		status = print(env, rehearsal, session->chip, &err);
	if (status == OK)
		exit_status = came_out(rehearsal) ? EXIT_DONE : EXIT_DIFFERS;
	free(rehearsal);
	plan_free(plan);
	session_close(session);
	return status == OK ? talk_end(env, exit_status, false) : talk_fail(env, status, &err);
}
