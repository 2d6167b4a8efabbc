/* Sessions on built-in boards, and a person who confirms what they are asked. */
#ifndef OTPEDIT_TESTS_SUPPORT_DEMO_SESSION_H
#define OTPEDIT_TESTS_SUPPORT_DEMO_SESSION_H

#include "src/session.h"

#include <stdbool.h>

/* Opens a source whose state is kept in `folder`; fails the test where it cannot. */
struct session *demo_session_open(const char *folder, const char *source, bool fresh);

/* Confirms as a person would who acknowledges every warning and types the phrase. */
enum status demo_session_try(struct commit_result *result, struct session *session,
	const struct plan *plan, struct errbuf *err);

/* The same, with somebody who may stop it; NULL: nobody. */
enum status demo_session_try_job(struct commit_result *result, struct session *session,
	const struct plan *plan, const struct job *job, struct errbuf *err);

/* As demo_session_try(); a failure is printed. */
enum status demo_session_commit(
	struct commit_result *result, struct session *session, const struct plan *plan);

#endif
