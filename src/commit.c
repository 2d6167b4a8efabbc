/* The passes of a plan, one after the other, and the one place where fuses burn. */
#include "src/commit_run.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What was staged is taken back, and the intent gets its end. What stays in the board could still
 * be burnt by somebody else, so then the intent stays open until the next power-up. */
static enum status back_out(struct run *run, enum status status, struct errbuf *err)
{
	struct errbuf unstage_err = {0};
	bool taken_back = run->device->ops->unstage(run->device, NULL, &unstage_err) == OK;
	if (!taken_back) {
		struct errbuf cause = *err;
		errbuf_clear(err);
		errbuf_set(err, status,
			"%.300s; the request may still lie in the board's memory: power-cycle the "
			"board before"
			" anything else talks to it",
			cause.text);
	}
	size_t first = run->result->word_count;
	for (size_t i = 0; i < run->intent.word_count; i++) {
		struct word_result word = commit_judge_word(
			&run->intent.words[i], run->intent.pass, NULL, JUDGE_AFTER_BURN);
		word.verdict = VERDICT_NOT_BURNT;
		snprintf(word.text, sizeof word.text, "the burn was never triggered");
		run_add_result(run->result, word);
	}
	run_write_outcome(run, COMMIT_REFUSED, taken_back ? JOURNAL_CLOSED : JOURNAL_NO_OUTCOME,
		first, NULL, err->text);
	run->result->word_count = first;
	return status;
}

/* Runs one pass. OK: it was burnt and concluded, *complete tells how; else nothing of it was burnt.
 */
static enum status run_pass(
	struct run *run, const struct plan_pass *pass, bool *complete, struct errbuf *err)
{
	struct device *device = run->device;
	enum status status = run_prepare(run, pass, err);
	if (status != OK)
		return status;
	run_take_baseline(run);
	run_progress(run, COMMIT_STAGE_STAGE);
	status = device->ops->stage(device, pass->request, pass->request_length, run->job, err);
	if (status == OK)
		status = run_not_cancelled(run, err);
	if (status != OK)
		return back_out(run, status, err);
	run_progress(run, COMMIT_STAGE_BURN);
	/* --- point of no return --- */
	struct job quiet = {0};
	status = device->ops->burn(device, &quiet, err);
	if (status != OK && status != ERR_UNCERTAIN)
		return back_out(run, status, err);
	run->result->triggered = true;
	errbuf_clear(err);
	*complete = run_conclude(run, pass);
	return OK;
}

/* Passes after one that was not as predicted were never sent. */
static void mark_not_reached(struct run *run, size_t from)
{
	for (size_t p = from; p < run->plan->pass_count; p++)
		for (size_t i = 0; i < run->plan->passes[p].change_count; i++) {
			const struct plan_change *change = &run->plan->passes[p].changes[i];
			struct word_result word = {.word = change->word,
				.verdict = VERDICT_NOT_REACHED,
				.pass = run->plan->passes[p].kind,
				.before_value = change->before_value,
				.before_status = change->before_status,
				.planned_value = change->after_value,
				.planned_status = change->after_status};
			snprintf(word.text, sizeof word.text, "this pass was not started");
			run_add_result(run->result, word);
		}
	if (from < run->plan->pass_count && run->result->verdict != COMMIT_UNKNOWN &&
		run->result->verdict != COMMIT_REFUSED)
		run->result->verdict = COMMIT_PARTIAL;
	if (from < run->plan->pass_count && from > 0 && run->result->verdict == COMMIT_REFUSED &&
		run->result->passes_done > 0)
		run->result->verdict = COMMIT_PARTIAL;
}

/* Who stopped a pass cannot know whether an earlier one burnt: only here is that known. */
static void say_what_burnt(struct errbuf *err, enum status status, bool triggered)
{
	struct errbuf cause = *err;
	errbuf_clear(err);
	errbuf_set(err, status, "%.480s; nothing %swas burnt",
		cause.text[0] ? cause.text : status_name(status), triggered ? "more " : "");
}

static void advise_by_verdict(struct commit_result *result)
{
	switch (result->verdict) {
	case COMMIT_VERIFIED: break;
	case COMMIT_LOCKS_UNPROVED:
		run_advise(result,
			"reset the board and read it again: the journal then closes by itself");
		break;
	case COMMIT_PARTIAL:
		run_advise(result,
			"look at each word; reset the board, read it again, and preview the "
			"plan anew for"
			" what remains");
		break;
	case COMMIT_REFUSED:
		run_advise(result, result->complaint[0]
					   ? "the board took nothing: look at its own message and "
					     "at the word's locks"
					   : "the board took nothing, and does not say why: look "
					     "at the word's locks");
		break;
	case COMMIT_UNKNOWN:
		run_advise(result,
			"power-cycle the board and open it again before anything else is burnt");
		break;
	}
}

enum status commit_run(struct commit_result *result, const struct plan *plan,
	const struct confirmation *confirmation, struct arming *arming, struct device *device,
	struct journal *journal, const struct job *job, struct errbuf *err)
{
	*result = (struct commit_result){.verdict = COMMIT_REFUSED};
	bool armed = arming_allows(arming, plan->board);
	arming_disarm(arming);
	if (!armed)
		return errbuf_set(err, ERR_REFUSED,
			"the session is not armed for this board: nothing was burnt");
	if (!confirmation_holds(confirmation, plan) || plan->pass_count == 0 ||
		!plan_is_intact(plan))
		return errbuf_set(err, ERR_REFUSED,
			"this plan was not confirmed as it stands: nothing was burnt");
	assert(journal->source_class == plan->source_class);
	struct run *run = calloc(1, sizeof *run);
	if (!run)
		return errbuf_set(err, ERR_MEMORY, "out of memory: nothing was burnt");
	*run = (struct run){.result = result,
		.plan = plan,
		.device = device,
		.journal = journal,
		.job = job,
		.confirmation = confirmation,
		.now = plan->snapshot};
	enum status status = OK;
	bool complete = true;
	size_t next = 0;
	while (next < plan->pass_count && complete) {
		status = run_pass(run, &plan->passes[next], &complete, err);
		if (status != OK)
			break;
		next++;
		result->passes_done += complete ? 1 : 0;
	}
	if (status != OK)
		say_what_burnt(err, status, result->triggered);
	if (!result->triggered) {
		free(run);
		return status;
	}
	if (status != OK)
		memcpy(result->next_step, err->text, sizeof err->text);
	errbuf_clear(err);
	mark_not_reached(run, next);
	advise_by_verdict(result);
	free(run);
	return OK;
}
