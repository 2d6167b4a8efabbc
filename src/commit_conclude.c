/* After the burn: what the board now holds, by its fuses and not by its answer. */
#include "src/commit_run.h"

#include "src/identity.h"
#include "src/peer.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define READ_TRIES    3
#define READ_ATTEMPTS 3

void run_add_result(struct commit_result *result, struct word_result word)
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
		run_add_result(run->result, result);
	}
}

static void wait_ms(unsigned milliseconds)
{
	struct timespec left = {milliseconds / 1000, (long)(milliseconds % 1000) * 1000000L};
	nanosleep(&left, NULL);
}

/* One exchange that fails must not leave a burn untold: reading again burns nothing. */
static enum status read_patiently(
	struct image *found, struct device *device, const struct job *job, struct errbuf *err)
{
	enum status status = ERR_LINK;
	for (unsigned i = 0; status != OK && status != ERR_GONE && i < READ_ATTEMPTS; i++) {
		errbuf_clear(err);
		status = commit_read_twice(found, device, READ_TRIES, job, err);
	}
	return status;
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
	run_progress(run, COMMIT_STAGE_READ_BACK);
	enum status status = read_patiently(found, run->device, &quiet, err);
	unsigned settle = peer_traits(run->plan->peer)->settle_ms;
	if (status == OK && settle > 0 && shows_no_change(run, found)) {
		wait_ms(settle);
		status = read_patiently(found, run->device, &quiet, err);
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

void run_advise(struct commit_result *result, const char *text)
{
	if (result->next_step[0] == '\0')
		snprintf(result->next_step, sizeof result->next_step, "%s", text);
}

void run_write_outcome(struct run *run, enum commit_verdict verdict, enum journal_end end,
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

/* A serial adapter stays when its wires are put on another board: what that one holds tells nothing
 * of ours. */
static enum status check_same_board(
	const struct run *run, const struct image *found, struct errbuf *err)
{
	char board[IDENTITY_MAX] = "";
	identity_of(board, run->plan->chip, found, NULL);
	if (board[0] == '\0' || identity_is_serial(run->plan->board) ||
		strcmp(board, run->plan->board) == 0)
		return OK;
	return errbuf_set(err, ERR_REFUSED,
		"another board answers now, '%s': put '%s' back, power-cycle it, then open it "
		"again: the journal will compare it with what was asked",
		board, run->plan->board);
}

/* Steps 9 to 11. True when every word of the pass is as predicted. */
bool run_conclude(struct run *run, const struct plan_pass *pass)
{
	struct commit_result *result = run->result;
	struct errbuf err = {0};
	struct image found;
	size_t first = result->word_count;
	bool read = read_back(run, &found, &err) == OK;
	if (read && check_same_board(run, &found, &err) != OK) {
		run_advise(result, err.text);
		read = false;
	}
	for (size_t i = 0; i < run->intent.word_count; i++)
		run_add_result(result, commit_judge_word(&run->intent.words[i], pass->kind,
					       read ? &found : NULL, JUDGE_AFTER_BURN));
	if (read)
		judge_bystanders(run, pass, &found);
	enum commit_verdict verdict =
		commit_judge(&result->words[first], result->word_count - first);
	bool more = run->intent.pass_index + 1 < run->intent.pass_count;
	/* What cannot be told now is looked at again after the next power-up. */
	enum journal_end end = !read || verdict == COMMIT_UNKNOWN   ? JOURNAL_NO_OUTCOME
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
		run_advise(result, "power-cycle the board, then open it again: the journal will "
				   "compare it with"
				   " what was asked; do not burn anything before");
	}
	run_write_outcome(run, verdict, end, first, read ? &found : NULL,
		read ? result->complaint : err.text);
	return verdict == COMMIT_VERIFIED && !result->journal_failed;
}
