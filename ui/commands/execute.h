/*
 * From a plan to the end of its commit: preview, confirmation, burn, report. All commands that burn
 * go this way, and no other.
 */
#ifndef OTPEDIT_UI_COMMANDS_EXECUTE_H
#define OTPEDIT_UI_COMMANDS_EXECUTE_H

#include "src/confirm.h"
#include "src/session.h"
#include "ui/commands/command.h"

/*
 * Prints the preview, arms the session, and has the plan confirmed: at a terminal by hand, else by
 * --confirm and --accept. Without those the text of `err` says how to come back. Nothing is burnt
 * by it. ERR_FILE when the preview could not be printed: what nobody has seen is not confirmed.
 */
enum status execute_confirm(struct confirmation *out, const struct environment *env,
	const struct invocation *invocation, struct session *session, const struct plan *plan,
	struct errbuf *err);

/* The whole way for these edits. */
enum exit_status execute_edits(const struct environment *env, const struct invocation *invocation,
	struct session *session, const struct edits *edits);

/* The whole way for a plan. */
enum exit_status execute_plan(const struct environment *env, const struct invocation *invocation,
	struct session *session, const struct plan *plan);

#endif
