#include "src/commit.h"

#include "src/identity.h"
#include "src/partition.h"
#include "src/peer.h"
#include "src/word_status.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define READ_TRIES 3

/* Everything one run carries along. */
struct run {
	struct commit_result *result;
	const struct plan *plan;
	struct device *device;
	struct journal *journal;
	const struct job *job;
	struct image now;   /* what the board must hold before the next pass */
	char baseline[256]; /* the complaint as it stood before the burn */
	bool has_baseline;
	struct journal_intent intent; /* of the pass at work */
};

static void progress(const struct run *run, const char *stage)
{
	if (run->job && run->job->progress)
		run->job->progress(
			stage, run->result->passes_done, run->plan->pass_count, run->job->payload);
}

static enum status not_cancelled(const struct run *run, struct errbuf *err)
{
	if (run->job && run->job->cancelled && run->job->cancelled(run->job->payload))
		return errbuf_set(err, ERR_CANCELLED, "stopped before the burn: %s",
			run->result->triggered ? "this pass burnt nothing" : "nothing was burnt");
	return OK;
}

static enum status read_once(
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
	enum status status = read_once(&first, device, job, err);
	for (unsigned i = 0; status == OK && i < tries; i++) {
		status = read_once(&second, device, job, err);
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

/* --- before the burn --- */

static enum status check_identity(struct run *run, const struct image *fresh, struct errbuf *err)
{
	const struct plan *plan = run->plan;
	struct device_info info = {0};
	enum status status = run->device->ops->identify(run->device, &info, run->job, err);
	if (status != OK)
		return status;
	char board[IDENTITY_MAX];
	identity_of(board, plan->chip, fresh, &info);
	if (board[0] == '\0' || strcmp(board, plan->board) != 0)
		return errbuf_set(err, ERR_REFUSED,
			"this is board '%s', but the plan was confirmed for '%s': nothing was "
			"burnt on it",
			board[0] ? board : "without identity", plan->board);
	if (info.peer != plan->peer || info.source_class != plan->source_class)
		return errbuf_set(err, ERR_REFUSED,
			"another service answers than the plan was confirmed for: nothing was "
			"burnt");
	if (plan->chip->device_id && info.device_id && info.device_id != plan->chip->device_id)
		return errbuf_set(err, ERR_REFUSED,
			"the board's device id 0x%X is not that of %s: nothing was burnt",
			(unsigned)info.device_id, plan->chip->title);
	snprintf(run->intent.source, sizeof run->intent.source, "%s", info.source);
	snprintf(run->intent.port, sizeof run->intent.port, "%s", info.port);
	snprintf(run->intent.serial, sizeof run->intent.serial, "%s", info.serial);
	snprintf(run->intent.peer, sizeof run->intent.peer, "%s", info.peer_text);
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
			"nothing more was"
			" burnt; preview again");
	return errbuf_set(err, ERR_REFUSED,
		"word %d is no longer as previewed (was %08X status %08X, is %08X status %08X): "
		"nothing more"
		" was burnt; preview again",
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
					" board and open it again first; nothing was burnt",
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
			status = errbuf_set(err, ERR_REFUSED,
				"rule '%s': %s; nothing more was burnt", remarks.items[i].rule,
				remarks.items[i].text);
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
		status = errbuf_set(err, ERR_REFUSED,
			"the request is no longer the confirmed one: nothing more was burnt");
	return status;
}

static void fill_intent(struct run *run, const struct plan_pass *pass)
{
	struct journal_intent *intent = &run->intent;
	const struct plan *plan = run->plan;
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
static enum status prepare(struct run *run, const struct plan_pass *pass, struct errbuf *err)
{
	struct image fresh;
	progress(run, COMMIT_STAGE_READ);
	enum status status = not_cancelled(run, err);
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
		status = not_cancelled(run, err);
	if (status != OK)
		return status;
	run->now = fresh;
	fill_intent(run, pass);
	progress(run, COMMIT_STAGE_JOURNAL);
	return journal_write_intent(run->journal, &run->intent, &fresh, err);
}

static void take_baseline(struct run *run)
{
	struct errbuf ignored = {0};
	run->has_baseline = peer_traits(run->plan->peer)->complaint_before_burn &&
			    run->device->ops->complaint &&
			    run->device->ops->complaint(run->device, run->baseline,
				    sizeof run->baseline, run->job, &ignored) == OK;
}

/* --- after the burn --- */

static void add_result(struct commit_result *result, struct word_result word)
{
	if (result->word_count < COMMIT_MAX_RESULTS)
		result->words[result->word_count++] = word;
}

/* Words that nobody asked anything of must be as they were. */
static void judge_bystanders(
	struct run *run, const struct plan_pass *pass, const struct image *found)
{
	for (unsigned word = 0; word < found->word_count && word < run->now.word_count; word++) {
		bool asked = false;
		for (size_t i = 0; i < pass->change_count; i++)
			asked = asked || pass->changes[i].word == word;
		bool known =
			image_value_is_known(&run->now, word) || image_value_is_known(found, word);
		bool same = found->status[word] == run->now.status[word] &&
			    (!known || found->value[word] == run->now.value[word]);
		if (asked || same)
			continue;
		struct word_result result = {.word = word,
			.verdict = VERDICT_UNKNOWN,
			.pass = pass->kind,
			.before_value = run->now.value[word],
			.before_status = run->now.status[word],
			.planned_value = run->now.value[word],
			.planned_status = run->now.status[word],
			.found = true,
			.found_value = found->value[word],
			.found_status = found->status[word]};
		snprintf(
			result.text, sizeof result.text, "changed, though nothing was asked of it");
		add_result(run->result, result);
	}
}

static void wait_ms(unsigned milliseconds)
{
	struct timespec left = {milliseconds / 1000, (long)(milliseconds % 1000) * 1000000L};
	nanosleep(&left, NULL);
}

static bool shows_no_change(const struct run *run, const struct image *found)
{
	return image_same_fuses(&run->now, found);
}

/* "Nothing changed" counts only after the peer's settling time, and then from two equal reads
 * again. */
static enum status read_back(struct run *run, struct image *found, struct errbuf *err)
{
	/* Cancelling is over: what was burnt has to be seen. */
	struct job quiet = run->job ? *run->job : (struct job){0};
	quiet.cancelled = NULL;
	progress(run, COMMIT_STAGE_READ_BACK);
	enum status status = commit_read_twice(found, run->device, READ_TRIES, &quiet, err);
	unsigned settle = peer_traits(run->plan->peer)->settle_ms;
	if (status == OK && settle > 0 && shows_no_change(run, found)) {
		wait_ms(settle);
		status = commit_read_twice(found, run->device, READ_TRIES, &quiet, err);
	}
	return status;
}

static void ask_complaint(struct run *run)
{
	char text[sizeof run->result->complaint] = "";
	struct errbuf ignored = {0};
	if (!run->device->ops->complaint ||
		run->device->ops->complaint(run->device, text, sizeof text, NULL, &ignored) != OK)
		return;
	/* A text that stood there before proves nothing. */
	if (text[0] && !(run->has_baseline && strcmp(text, run->baseline) == 0))
		memcpy(run->result->complaint, text, sizeof text);
}

static void advise(struct commit_result *result, const char *text)
{
	if (result->next_step[0] == '\0')
		snprintf(result->next_step, sizeof result->next_step, "%s", text);
}

static void write_outcome(struct run *run, enum commit_verdict verdict, enum journal_end end,
	size_t first_result, const struct image *after, const char *note)
{
	struct errbuf err = {0};
	struct commit_result *result = run->result;
	size_t count = result->word_count - first_result;
	if (count > IMAGE_MAX_WORDS)
		count = IMAGE_MAX_WORDS;
	enum status status = journal_write_outcome(run->journal, &run->intent, verdict, end,
		&result->words[first_result], count, after, "commit", note, &err);
	if (status == OK && after)
		status = journal_save_image(run->journal, run->plan->board, after, &err);
	if (status == OK)
		return;
	result->journal_failed = true;
	snprintf(result->next_step, sizeof result->next_step,
		"keep this report: the journal could not be written (%.160s)", err.text);
}

/* Steps 9 to 11. True when every word of the pass is as predicted. */
static bool conclude(struct run *run, const struct plan_pass *pass)
{
	struct commit_result *result = run->result;
	struct errbuf err = {0};
	struct image found;
	size_t first = result->word_count;
	bool read = read_back(run, &found, &err) == OK;
	for (size_t i = 0; i < run->intent.word_count; i++)
		add_result(result, commit_judge_word(&run->intent.words[i], pass->kind,
					   read ? &found : NULL, JUDGE_AFTER_BURN));
	if (read)
		judge_bystanders(run, pass, &found);
	enum commit_verdict verdict =
		commit_judge(&result->words[first], result->word_count - first);
	bool more = run->intent.pass_index + 1 < run->intent.pass_count;
	enum journal_end end = !read                                ? JOURNAL_NO_OUTCOME
			       : verdict == COMMIT_LOCKS_UNPROVED   ? JOURNAL_PENDING_LOCKS
			       : verdict == COMMIT_VERIFIED && more ? JOURNAL_MORE_PASSES
								    : JOURNAL_CLOSED;
	result->verdict = verdict;
	if (read) {
		result->after = found;
		result->has_after = true;
		run->now = found;
		/* A pass that went as predicted needs no explanation, and asking may reset the
		 * board. */
		if (verdict != COMMIT_VERIFIED)
			ask_complaint(run);
	} else {
		advise(result, "power-cycle the board, then open it again: the journal will "
			       "compare it with"
			       " what was asked; do not burn anything before");
	}
	write_outcome(run, verdict, end, first, read ? &found : NULL,
		read ? result->complaint : err.text);
	return verdict == COMMIT_VERIFIED && !result->journal_failed;
}

/* --- one pass, and all of them --- */

/* What was staged is taken back, and the intent gets its end. */
static enum status back_out(struct run *run, bool staged, enum status status, struct errbuf *err)
{
	struct errbuf unstage_err = {0};
	if (staged && run->device->ops->unstage(run->device, NULL, &unstage_err) != OK) {
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
		add_result(run->result, word);
	}
	write_outcome(run, COMMIT_REFUSED, JOURNAL_CLOSED, first, NULL, err->text);
	run->result->word_count = first;
	return status;
}

/* Runs one pass. OK: it was burnt and concluded, *complete tells how; else nothing of it was burnt.
 */
static enum status run_pass(
	struct run *run, const struct plan_pass *pass, bool *complete, struct errbuf *err)
{
	struct device *device = run->device;
	enum status status = prepare(run, pass, err);
	if (status != OK)
		return status;
	take_baseline(run);
	progress(run, COMMIT_STAGE_STAGE);
	status = device->ops->stage(device, pass->request, pass->request_length, run->job, err);
	if (status == OK)
		status = not_cancelled(run, err);
	if (status != OK)
		return back_out(run, true, status, err);
	progress(run, COMMIT_STAGE_BURN);
	/* --- point of no return --- */
	struct job quiet = {0};
	status = device->ops->burn(device, &quiet, err);
	if (status != OK && status != ERR_UNCERTAIN)
		return back_out(run, true, status, err);
	run->result->triggered = true;
	errbuf_clear(err);
	*complete = conclude(run, pass);
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
			add_result(run->result, word);
		}
	if (from < run->plan->pass_count && run->result->verdict != COMMIT_UNKNOWN &&
		run->result->verdict != COMMIT_REFUSED)
		run->result->verdict = COMMIT_PARTIAL;
	if (from < run->plan->pass_count && from > 0 && run->result->verdict == COMMIT_REFUSED &&
		run->result->passes_done > 0)
		run->result->verdict = COMMIT_PARTIAL;
}

static void advise_by_verdict(struct commit_result *result)
{
	switch (result->verdict) {
	case COMMIT_VERIFIED: break;
	case COMMIT_LOCKS_UNPROVED:
		advise(result,
			"reset the board and read it again: the journal then closes by itself");
		break;
	case COMMIT_PARTIAL:
		advise(result, "look at each word; reset the board, read it again, and preview the "
			       "plan anew for"
			       " what remains");
		break;
	case COMMIT_REFUSED:
		advise(result,
			"the board took nothing: look at its own message and at the word's locks");
		break;
	case COMMIT_UNKNOWN:
		advise(result,
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
	if (!confirmation_holds(confirmation, plan) || plan->pass_count == 0)
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
	if (!result->triggered) {
		free(run);
		return status;
	}
	if (status != OK)
		snprintf(result->next_step, sizeof result->next_step, "%.250s", err->text);
	errbuf_clear(err);
	mark_not_reached(run, next);
	advise_by_verdict(result);
	free(run);
	return OK;
}
