/*
 * How commands open a board, an image or a plan.
 */
#ifndef OTPEDIT_UI_COMMANDS_OPEN_H
#define OTPEDIT_UI_COMMANDS_OPEN_H

#include "src/plan.h"
#include "src/plan_file.h"
#include "ui/commands/command.h"

/* session_open(), then what there is to tell of earlier runs goes to standard error. */
enum status open_source(struct session **out, const struct environment *env, const char *source,
	struct errbuf *err);

/* The same, and ERR_LINK where the board offers no OTP to read. */
enum status open_readable(struct session **out, const struct environment *env, const char *source,
	struct errbuf *err);

/* Says what session->news holds. */
void open_tell_news(const struct environment *env, const struct session *session);

/* ERR_CANCELLED once the person has asked to stop. */
enum status open_not_stopped(const struct environment *env, struct errbuf *err);

/* A plan file as a plan for this session. *out is the caller's: plan_free(). */
enum status open_plan(
	struct plan **out, const char *path, const struct session *session, struct errbuf *err);

/* Opens what --on names and makes the plan of the first operand for it. */
enum status open_on(struct session **session, struct plan **plan, const struct environment *env,
	const struct invocation *invocation, struct errbuf *err);

/* The job of every command: stops when the person asks to. `env` has to outlive it. */
struct job open_job(const struct environment *env);

#endif
