/* preview, apply and request: what a plan file would do, doing it, and handing it to another tool.
 */
#include "src/store.h"
#include "ui/commands/execute.h"
#include "ui/commands/open.h"
#include "ui/commands/talk.h"

enum exit_status command_apply(const struct environment *env, const struct invocation *invocation)
{
	struct errbuf err = {0};
	struct session *session;
	struct plan *plan;
	enum status status = open_on(&session, &plan, env, invocation, &err);
	if (status != OK)
		return talk_fail_unburnt(env, status, &err);
	enum exit_status exit_status = execute_plan(env, invocation, session, plan);
	plan_free(plan);
	session_close(session);
	return exit_status;
}

/* --- request ------------------------------------------------------------------------------------
 */

static enum status may_leave(const struct plan *plan, struct errbuf *err)
{
	for (size_t p = 0; p < plan->pass_count; p++)
		if (plan->passes[p].kind == PASS_LIFECYCLE)
			return errbuf_set(err, ERR_REFUSED,
				"life-cycle words are never handed to another tool: carry this plan"
				" out with 'otpedit apply'");
	return OK;
}

static enum status request_path(char out[STORE_PATH_MAX], const char *path, const struct plan *plan,
	size_t pass, struct errbuf *err)
{
	const char *kind = plan->pass_count > 1 ? pass_kind_name(plan->passes[pass].kind) : "";
	int n = snprintf(out, STORE_PATH_MAX, "%s%s%s", path, kind[0] ? "." : "", kind);
	return n > 0 && n < STORE_PATH_MAX
		       ? OK
		       : errbuf_set(err, ERR_FILE, "the file's name is too long");
}

/* Nothing is written unless every file can be new. */
static enum status save_requests(const struct environment *env, const struct plan *plan,
	const char *path, struct errbuf *err)
{
	char names[PLAN_MAX_PASSES][STORE_PATH_MAX];
	enum status status = OK;
	for (size_t p = 0; status == OK && p < plan->pass_count; p++) {
		status = request_path(names[p], path, plan, p, err);
		if (status == OK && store_exists(names[p]))
			status = errbuf_set(err, ERR_FILE,
				"'%s' is there already: name another file", names[p]);
	}
	for (size_t p = 0; status == OK && p < plan->pass_count; p++) {
		const struct plan_pass *pass = &plan->passes[p];
		status = store_create(names[p], pass->request, pass->request_length, err);
		if (status == OK)
			fprintf(env->out, "saved '%s': %zu of %zu, %s\n", names[p], p + 1,
				plan->pass_count, pass_kind_name(pass->kind));
	}
	return status;
}

enum exit_status command_request(const struct environment *env, const struct invocation *invocation)
{
	struct errbuf err = {0};
	struct session *session;
	struct plan *plan;
	struct confirmation confirmation;
	if (!invocation->given[OPTION_OUTPUT]) {
		errbuf_set(&err, ERR_USAGE, "request needs to know where to save: -o FILE");
		return talk_fail(env, ERR_USAGE, &err);
	}
	enum status status = open_on(&session, &plan, env, invocation, &err);
	if (status != OK)
		return talk_fail(env, status, &err);
	status = may_leave(plan, &err);
	if (status == OK)
		status = execute_confirm(&confirmation, env, invocation, session, plan, &err);
	if (status == OK)
		status = save_requests(env, plan, invocation->value[OPTION_OUTPUT], &err);
	if (status == OK)
		fputs("Send each on its own, in this order, and see with 'otpedit verify' that it"
		      " arrived before the next.\n",
			env->out);
	arming_disarm(&session->arming);
	plan_free(plan);
	session_close(session);
	return status == OK ? talk_end(env, EXIT_DONE, false) : talk_fail(env, status, &err);
}
