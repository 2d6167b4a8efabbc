#include "tests/support/demo_session.h"

#include "transport/source.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

struct session *demo_session_open(const char *folder, const char *source, bool fresh)
{
	struct session_options options = {
		.sources = source_table, .source = {.state_folder = folder, .fresh = fresh}};
	struct session *session = NULL;
	struct errbuf err = {0};
	if (session_open(&session, source, &options, &err) != OK)
		fail_msg("%s", err.text);
	return session;
}

enum status demo_session_try_job(struct commit_result *result, struct session *session,
	const struct plan *plan, const struct job *job, struct errbuf *err)
{
	struct confirmation confirmation;
	char phrase[CONFIRM_PHRASE_MAX];
	bool *acknowledged = calloc(plan->remarks.count + 1, 1);
	memset(acknowledged, 1, plan->remarks.count + 1);
	confirm_phrase(phrase, plan);
	enum status status = arming_arm(&session->arming, session->board, err);
	if (status == OK)
		status = confirm_typed(
			&confirmation, plan, phrase, acknowledged, &session->arming, err);
	if (status == OK)
		status = session_commit(result, session, plan, &confirmation, job, err);
	free(acknowledged);
	return status;
}

enum status demo_session_try(struct commit_result *result, struct session *session,
	const struct plan *plan, struct errbuf *err)
{
	return demo_session_try_job(result, session, plan, NULL, err);
}

enum status demo_session_commit(
	struct commit_result *result, struct session *session, const struct plan *plan)
{
	struct errbuf err = {0};
	enum status status = demo_session_try(result, session, plan, &err);
	if (status != OK)
		print_error("%s\n", err.text);
	return status;
}
