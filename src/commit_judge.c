/* What a re-read says: word by word, then as a whole. The board's own answer plays no part. */
#include "src/commit.h"

#include "src/word_status.h"

#include <stdio.h>

static struct word_result start(const struct journal_word *word, enum pass_kind pass)
{
	return (struct word_result){.word = word->word,
		.verdict = VERDICT_UNKNOWN,
		.pass = pass,
		.before_value = word->before_value,
		.before_status = word->before_status,
		.planned_value = word->after_value,
		.planned_status = word->after_status};
}

static struct word_result end(
	struct word_result result, enum word_verdict verdict, const char *text)
{
	result.verdict = verdict;
	snprintf(result.text, sizeof result.text, "%s", text);
	return result;
}

/* A value that differs from the planned one. */
static struct word_result judge_other_value(
	struct word_result result, const struct journal_word *word, uint32_t value)
{
	if (value == word->before_value)
		return end(result, VERDICT_NOT_BURNT, "the word holds what it held before");
	uint32_t beyond = value & ~word->after_value, lost = word->before_value & ~value;
	if (!beyond && !lost)
		return end(result, VERDICT_PARTLY_SET, "only some of the bits asked for are burnt");
	return end(result, VERDICT_UNKNOWN, "the word holds a value that nobody asked for");
}

static struct word_result judge_locks(struct word_result result, const struct journal_word *word,
	uint32_t status, enum judge_moment moment)
{
	uint32_t asked = word->request_status & WORD_STATUS_LOCKS;
	uint32_t missing = asked & ~status;
	uint32_t extra = status & ~word->after_status & WORD_STATUS_LOCKS;
	if (extra)
		return end(result, VERDICT_UNKNOWN, "the word has a lock that nobody asked for");
	if (missing & WORD_STATUS_STICKY_LOCKS)
		return end(result, VERDICT_NOT_BURNT, "the lock until reset is not there");
	if (missing && moment == JUDGE_AFTER_RESET)
		return end(result, VERDICT_NOT_BURNT,
			"the permanent lock is not there, not even after the reset");
	if (missing)
		return end(result, VERDICT_LOCK_UNPROVED,
			"the permanent lock does not show yet: reset the board and read again");
	return end(result, VERDICT_AS_PLANNED, "");
}

/* A write under a read lock, which only closing does: the word itself never proves it. */
static struct word_result judge_hidden_value(
	struct word_result result, const struct image *found, enum judge_moment moment)
{
	if (moment == JUDGE_AFTER_BURN)
		return end(result, VERDICT_LOCK_UNPROVED,
			"the word is read-locked, so what it shows proves nothing: reset the board "
			"and see"
			" whether it is closed");
	return end(result, VERDICT_CANNOT_BE_PROVED,
		global_state_is_open(found->state)
			? "after the reset the board still offers its OTP and says that it is open"
			: "after the reset the board says that it is closed");
}

struct word_result commit_judge_word(const struct journal_word *word, enum pass_kind pass,
	const struct image *found, enum judge_moment moment)
{
	struct word_result result = start(word, pass);
	if (!found || word->word >= found->word_count)
		return end(result, VERDICT_UNKNOWN, "the word could not be read back");
	uint32_t value = found->value[word->word], status = found->status[word->word];
	result.found = true;
	result.found_value = value;
	result.found_status = status;
	uint32_t asked = word->request_status & WORD_STATUS_LOCKS;
	if (status & WORD_STATUS_READ_ERROR && !(word->before_status & WORD_STATUS_READ_ERROR))
		return end(result, VERDICT_INVALID,
			"the word can no longer be read: its error correction fails");
	if (!word->before_known && word->request_value != 0)
		return judge_hidden_value(result, found, moment);
	if (!image_value_is_known(found, word->word)) {
		/* A sticky read lock that was asked for hides the value by design. */
		if (asked & status & WORD_STATUS_STICKY_READ)
			return judge_locks(result, word, status, moment);
		return end(result, VERDICT_UNREADABLE,
			"the word's value or lock state cannot be read");
	}
	if (value != word->after_value)
		return judge_other_value(result, word, value);
	return judge_locks(result, word, status, moment);
}

enum commit_verdict commit_judge(const struct word_result *results, size_t count)
{
	size_t good = 0, waiting = 0, untouched = 0, unread = 0;
	for (size_t i = 0; i < count; i++) {
		enum word_verdict verdict = results[i].verdict;
		good += word_verdict_is_good(verdict) ? 1 : 0;
		waiting += verdict == VERDICT_LOCK_UNPROVED ? 1 : 0;
		untouched += verdict == VERDICT_NOT_BURNT || verdict == VERDICT_NOT_REACHED ||
					     verdict == VERDICT_LOCKED
				     ? 1
				     : 0;
		unread += verdict == VERDICT_UNKNOWN || verdict == VERDICT_UNREADABLE ||
					  verdict == VERDICT_CANNOT_BE_PROVED
				  ? 1
				  : 0;
	}
	if (count == 0)
		return COMMIT_UNKNOWN;
	if (good == count)
		return waiting ? COMMIT_LOCKS_UNPROVED : COMMIT_VERIFIED;
	if (unread)
		return COMMIT_UNKNOWN;
	return untouched == count ? COMMIT_REFUSED : COMMIT_PARTIAL;
}
