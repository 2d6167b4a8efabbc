#include "ui/commands/execute.h"

#include "ui/commands/ceremony.h"
#include "ui/commands/open.h"
#include "ui/commands/print_page.h"
#include "ui/commands/meter.h"
#include "ui/commands/talk.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ERR_REFUSED for a plan that no confirmation could help; names the rule. */
static enum status not_refused(const struct plan *plan, struct errbuf *err)
{
	for (size_t i = 0; i < plan->remarks.count; i++) {
		const struct remark *remark = &plan->remarks.items[i];
		if (remark->severity != SEVERITY_ERROR)
			continue;
		char where[24] = "";
		if (remark->word >= 0)
			snprintf(where, sizeof where, "word %d: ", remark->word);
		return errbuf_set(err, ERR_REFUSED, "refused by rule '%s': %s%s; nothing was burnt",
			remark->rule, where, remark->text);
	}
	if (plan->source_class == SOURCE_FILE)
		return errbuf_set(err, ERR_REFUSED,
			"an image file cannot be burnt, only looked at: name the board itself");
	return OK;
}

/* "--accept boot-config --accept …": what a dangerous plan wants besides its fingerprint. */
static void accept_text(char *out, size_t cap, const struct plan *plan)
{
	size_t used = 0;
	out[0] = '\0';
	for (size_t i = 0; plan->danger >= CLASS_DANGEROUS && i < plan->remarks.count; i++) {
		const struct remark *remark = &plan->remarks.items[i];
		bool said = remark->severity != SEVERITY_WARNING;
		for (size_t j = 0; j < i && !said; j++)
			said = strcmp(plan->remarks.items[j].rule, remark->rule) == 0;
		if (said || used >= cap)
			continue;
		int n = snprintf(out + used, cap - used, " --accept %s", remark->rule);
		used += n > 0 ? (size_t)n : 0;
	}
}

static enum status confirm(struct confirmation *out, const struct environment *env,
	const struct invocation *invocation, const struct session *session, const struct plan *plan,
	struct errbuf *err)
{
	const char *fingerprint = invocation->value[OPTION_CONFIRM];
	if (ceremony_is_possible())
		return ceremony_confirm(out, env, plan, &session->arming, err);
	if (plan->danger == CLASS_ONE_WAY)
		return errbuf_set(err, ERR_REFUSED,
			"a one-way plan is confirmed at a terminal only: nothing was burnt");
	if (env->settings.at_terminal)
		return errbuf_set(err, ERR_REFUSED,
			"'confirm = terminal' is set ('%s' line %u): a person at a terminal "
			"confirms, or nothing is burnt",
			env->settings.path, env->settings.lines[SETTING_CONFIRM]);
	if (fingerprint)
		return confirm_fingerprint(out, plan, fingerprint, invocation->accepted,
			invocation->accepted_count, &session->arming, err);
	char accept[256];
	accept_text(accept, sizeof accept, plan);
	return errbuf_set(err, ERR_REFUSED,
		"not confirmed, so nothing was burnt: run it at a terminal, or again with"
		" --confirm %s%s",
		plan->fingerprint, accept);
}

static enum status check_accepted(const struct invocation *invocation, struct errbuf *err)
{
	for (size_t i = 0; i < invocation->accepted_count; i++) {
		size_t rule = 0;
		while (rules_describe(rule).name &&
			strcmp(rules_describe(rule).name, invocation->accepted[i]) != 0)
			rule++;
		if (!rules_describe(rule).name)
			return errbuf_set(err, ERR_USAGE,
				"'--accept %s': there is no rule of that name; the preview names"
				" the rule of each remark",
				invocation->accepted[i]);
	}
	return OK;
}

enum status execute_confirm(struct confirmation *out, const struct environment *env,
	const struct invocation *invocation, struct session *session, const struct plan *plan,
	struct errbuf *err)
{
	enum status status = check_accepted(invocation, err);
	if (status == OK)
		status = print_preview(env, plan, err);
	if (status == OK && !talk_flush(env))
		status = errbuf_set(
			err, ERR_FILE, "the preview could not be shown, so nothing was burnt");
	if (status == OK)
		status = not_refused(plan, err);
	if (status == OK)
		status = arming_arm(&session->arming, session->board, err);
	if (status == OK)
		status = confirm(out, env, invocation, session, plan, err);
	return status == OK ? open_not_stopped(env, err) : status;
}

/* The report; to standard error, too, where it would otherwise be lost. */
static enum exit_status report(const struct environment *env, const struct session *session,
	const struct plan *plan, const struct commit_result *result)
{
	struct errbuf err = {0};
	enum status status = print_result(env, env->out, plan, result, &session->journal, &err);
	bool shown = talk_flush(env) && status == OK;
	if (!shown || result->journal_failed)
		print_result(env, env->messages, plan, result, &session->journal, &err);
	return shown && !result->journal_failed ? exit_status_of_verdict(result->verdict)
						: EXIT_UNCERTAIN;
}

enum exit_status execute_plan(const struct environment *env, const struct invocation *invocation,
	struct session *session, const struct plan *plan)
{
	struct errbuf err = {0};
	struct confirmation confirmation;
	struct commit_result *result = malloc(sizeof *result);
	enum status status =
		result ? execute_confirm(&confirmation, env, invocation, session, plan, &err)
		       : errbuf_set(&err, ERR_MEMORY, "out of memory: nothing was burnt");
	struct meter meter;
	struct job job = meter_begin(&meter, env);
	if (status == OK)
		status = session_commit(result, session, plan, &confirmation, &job, &err);
	meter_end(&meter);
	enum exit_status exit_status = status == OK ? report(env, session, plan, result)
						    : talk_fail_unburnt(env, status, &err);
	arming_disarm(&session->arming);
	free(result);
	return exit_status;
}

enum exit_status execute_edits(const struct environment *env, const struct invocation *invocation,
	struct session *session, const struct edits *edits)
{
	struct errbuf err = {0};
	struct plan *plan;
	enum status status = session_plan(&plan, session, edits, &err);
	if (status != OK)
		return talk_fail_unburnt(env, status, &err);
	enum exit_status exit_status = execute_plan(env, invocation, session, plan);
	plan_free(plan);
	return exit_status;
}
