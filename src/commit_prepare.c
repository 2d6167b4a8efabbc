/* Before the burn: anything unexpected here ends the commit with nothing burnt. */
#include "src/commit_run.h"

#include "src/author.h"
#include "src/identity.h"
#include "src/partition.h"
#include "src/peer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void run_progress(const struct run *run, const char *stage)
{
	if (run->job && run->job->progress)
		run->job->progress(
			stage, run->result->passes_done, run->plan->pass_count, run->job->payload);
}

enum status run_not_cancelled(const struct run *run, struct errbuf *err)
{
	if (run->job && run->job->cancelled && run->job->cancelled(run->job->payload))
		return errbuf_set(err, ERR_CANCELLED, "stopped before the burn");
	return OK;
}

enum status commit_read_once(
	struct image *out, struct device *device, const struct job *job, struct errbuf *err)
{
	uint8_t bytes[PARTITION_MAX_BYTES];
	size_t length;
	enum status status = device->ops->read(device, bytes, sizeof bytes, &length, job, err);
	return status == OK ? partition_parse(out, bytes, length, err) : status;
}

enum status commit_read_twice(struct image *out, struct device *device, unsigned tries,
	const struct job *job, struct errbuf *err)
{
	struct image first, second;
	enum status status = commit_read_once(&first, device, job, err);
	for (unsigned i = 0; status == OK && i < tries; i++) {
		status = commit_read_once(&second, device, job, err);
		if (status == OK && image_equal(&first, &second)) {
			*out = second;
			return OK;
		}
		first = second;
	}
	return status != OK
		       ? status
		       : errbuf_set(err, ERR_LINK,
				 "the board never reads the same twice: check cable and supply");
}

static enum status check_identity(struct run *run, const struct image *fresh, struct errbuf *err)
{
	const struct plan *plan = run->plan;
	struct device_info info = {0};
	enum status status = run->device->ops->identify(run->device, &info, run->job, err);
	run->complaint_resets = status == OK && info.complaint_resets;
	if (status != OK)
		return status;
	char board[IDENTITY_MAX];
	identity_of(board, plan->chip, fresh, &info);
	if (board[0] == '\0' || strcmp(board, plan->board) != 0)
		return errbuf_set(err, ERR_REFUSED,
			"this is board '%s', but the plan was confirmed for '%s'",
			board[0] ? board : "without identity", plan->board);
	if (info.peer != plan->peer || info.source_class != plan->source_class)
		return errbuf_set(err, ERR_REFUSED,
			"another service answers than the plan was confirmed for");
	if (plan->twin[0] && strcmp(info.port, plan->twin) != 0)
		return errbuf_set(err, ERR_REFUSED,
			"this is the simulated board '%s', but the plan was confirmed for '%s'",
			info.port, plan->twin);
	if (info.device_id && !chip_has_device_id(plan->chip, info.device_id))
		return errbuf_set(err, ERR_REFUSED, "the board's device id 0x%X is not that of %s",
			(unsigned)info.device_id, plan->chip->title);
	snprintf(run->intent.source, sizeof run->intent.source, "%s", info.source);
	snprintf(run->intent.port, sizeof run->intent.port, "%s", info.port);
	snprintf(run->intent.serial, sizeof run->intent.serial, "%s", info.serial);
	snprintf(run->intent.peer, sizeof run->intent.peer, "%s", info.peer_text);
	snprintf(run->intent.link, sizeof run->intent.link, "%s", info.link);
	return OK;
}

static enum status check_unchanged(
	const struct run *run, const struct image *fresh, struct errbuf *err)
{
	int word = image_first_difference(&run->now, fresh);
	if (image_same_fuses(&run->now, fresh))
		return OK;
	if (word < 0)
		return errbuf_set(err, ERR_REFUSED,
			"the board's version, state or word count is no longer as previewed: "
			"preview again");
	return errbuf_set(err, ERR_REFUSED,
		"word %d is no longer as previewed (was %08X status %08X, is %08X status %08X): "
		"preview again",
		word, (unsigned)run->now.value[word], (unsigned)run->now.status[word],
		(unsigned)fresh->value[word], (unsigned)fresh->status[word]);
}

/* Words of an earlier intent on this board whose end nobody knows stay untouched. */
static enum status check_open_intents(const struct run *run, struct errbuf *err)
{
	struct journal_entry *entries = NULL;
	size_t count = 0, damaged = 0;
	enum status status =
		journal_read(&entries, &count, &damaged, JOURNAL_OPEN_ONLY, run->journal, err);
	for (size_t e = 0; status == OK && e < count; e++) {
		const struct journal_intent *intent = &entries[e].intent;
		if (entries[e].end != JOURNAL_NO_OUTCOME ||
			!journal_is_for(run->journal, intent, run->plan->board))
			continue;
		for (size_t i = 0; status == OK && i < intent->word_count; i++)
			if (!edit_is_empty(&run->plan->edits.word[intent->words[i].word]))
				status = errbuf_set(err, ERR_REFUSED,
					"the end of an earlier commit of word %u is not known: "
					"power-cycle the"
					" board and open it again first",
					intent->words[i].word);
	}
	free(entries);
	return status;
}

static enum status check_rules(const struct run *run, const struct image *fresh, struct errbuf *err)
{
	const struct plan *plan = run->plan;
	struct rules_context context = {.edits = &plan->edits,
		.image = fresh,
		.chip = plan->chip,
		.peer = plan->peer,
		.has_identity = true};
	struct remarks remarks = {0};
	enum status status = rules_check(&remarks, &context, err);
	for (size_t i = 0; status == OK && i < remarks.count; i++)
		if (remarks.items[i].severity == SEVERITY_ERROR)
			status = errbuf_set(err, ERR_REFUSED, "rule '%s': %s",
				remarks.items[i].rule, remarks.items[i].text);
	remarks_free(&remarks);
	return status;
}

static enum status check_request(
	const struct plan_pass *pass, const struct image *fresh, struct errbuf *err)
{
	uint8_t bytes[PARTITION_MAX_BYTES];
	size_t length;
	enum status status = plan_request(
		bytes, sizeof bytes, &length, fresh, pass->changes, pass->change_count, err);
	if (status == OK &&
		(length != pass->request_length || memcmp(bytes, pass->request, length) != 0))
		status = errbuf_set(err, ERR_REFUSED, "the request is no longer the confirmed one");
	return status;
}

static void add_text(char *out, size_t cap, const char *before, const char *text)
{
	size_t used = strlen(out);
	snprintf(out + used, cap - used, "%s%s", before, text);
}

/* What the person did, in one line: the plan was confirmed, so every warning was accepted where
 * that is asked for. */
static void tell_confirmation(char out[JOURNAL_CONFIRMED_MAX], const struct run *run)
{
	const struct plan *plan = run->plan;
	bool was_typed = run->confirmation->typed;
	char phrase[CONFIRM_PHRASE_MAX];
	const char *before = was_typed ? "; acknowledged: " : "; accepted: ";
	confirm_phrase(phrase, plan);
	if (run->confirmation->rehearsed) {
		snprintf(out, JOURNAL_CONFIRMED_MAX, "by nobody: a rehearsal");
		return;
	}
	snprintf(out, JOURNAL_CONFIRMED_MAX, was_typed ? "typed '%s'" : "fingerprint %s given",
		was_typed ? phrase : plan->fingerprint);
	for (size_t i = 0; plan->danger >= CLASS_DANGEROUS && i < plan->remarks.count; i++) {
		const struct remark *remark = &plan->remarks.items[i];
		bool is_said = remark->severity != SEVERITY_WARNING;
		for (size_t j = 0; j < i && !is_said; j++)
			is_said = plan->remarks.items[j].severity == SEVERITY_WARNING &&
				  strcmp(plan->remarks.items[j].rule, remark->rule) == 0;
		if (is_said)
			continue;
		add_text(out, JOURNAL_CONFIRMED_MAX, before, remark->rule);
		before = ", ";
	}
}

static void fill_intent(struct run *run, const struct plan_pass *pass)
{
	struct journal_intent *intent = &run->intent;
	const struct plan *plan = run->plan;
	author_user(intent->user, sizeof intent->user);
	author_host(intent->host, sizeof intent->host);
	snprintf(intent->tool, sizeof intent->tool, "%s", author_tool());
	snprintf(intent->danger, sizeof intent->danger, "%s", danger_class_name(plan->danger));
	tell_confirmation(intent->confirmed, run);
	intent->plan = plan->edits;
	intent->has_plan = true;
	snprintf(intent->board, sizeof intent->board, "%s", plan->board);
	snprintf(intent->chip, sizeof intent->chip, "%s", plan->chip->name);
	snprintf(intent->fingerprint, sizeof intent->fingerprint, "%s", plan->fingerprint);
	intent->pass = pass->kind;
	intent->pass_index = (unsigned)(pass - plan->passes);
	intent->pass_count = (unsigned)plan->pass_count;
	intent->word_count = pass->change_count;
	for (size_t i = 0; i < pass->change_count; i++) {
		const struct plan_change *change = &pass->changes[i];
		intent->words[i] = (struct journal_word){.word = change->word,
			.before_value = change->before_value,
			.before_status = change->before_status,
			.request_value = change->request_value,
			.request_status = change->request_status,
			.after_value = change->after_value,
			.after_status = change->after_status,
			.before_known = change->before_known,
			.after_known = change->after_known};
	}
}

/* Steps 1 to 5: the board is the confirmed one and as it was, and the intent is on disk. */
enum status run_prepare(struct run *run, const struct plan_pass *pass, struct errbuf *err)
{
	struct image fresh;
	run_progress(run, COMMIT_STAGE_READ);
	enum status status = run_not_cancelled(run, err);
	if (status == OK)
		status = commit_read_twice(&fresh, run->device, 1, run->job, err);
	if (status == OK)
		status = check_identity(run, &fresh, err);
	if (status == OK)
		status = check_unchanged(run, &fresh, err);
	if (status == OK)
		status = check_open_intents(run, err);
	if (status == OK)
		status = check_rules(run, &fresh, err);
	if (status == OK)
		status = check_request(pass, &fresh, err);
	if (status == OK)
		status = run_not_cancelled(run, err);
	if (status != OK)
		return status;
	run->now = fresh;
	fill_intent(run, pass);
	run_progress(run, COMMIT_STAGE_JOURNAL);
	return journal_write_intent(run->journal, &run->intent, &fresh, err);
}

void run_take_baseline(struct run *run)
{
	struct errbuf ignored = {0};
	run->has_baseline = peer_traits(run->plan->peer)->complaint_before_burn &&
			    !run->complaint_resets && run->device->ops->complaint &&
			    run->device->ops->complaint(run->device, run->baseline,
				    sizeof run->baseline, run->job, &ignored) == OK;
}
