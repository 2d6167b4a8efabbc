#include "src/recovery.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void session_tell(struct session *session, enum severity severity, const char *format, ...)
{
	if (session->news_count == SESSION_MAX_NEWS) {
		snprintf(session->news[SESSION_MAX_NEWS - 1].text,
			sizeof session->news[SESSION_MAX_NEWS - 1].text,
			"and more: see 'otpedit journal list'");
		return;
	}
	struct session_news *news = &session->news[session->news_count++];
	news->severity = severity;
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(news->text, sizeof news->text, format, arguments);
	va_end(arguments);
}

static void tell_word(struct session *session, const struct word_result *result)
{
	enum severity severity =
		word_verdict_is_good(result->verdict) ? SEVERITY_NOTE : SEVERITY_WARNING;
	char found[64] = "not read";
	if (result->found && result->found_value != 0 &&
		chip_word_is_secret(session->chip, result->word))
		snprintf(found, sizeof found, "holds a secret, status %08X",
			(unsigned)result->found_status);
	else if (result->found)
		snprintf(found, sizeof found, "holds %08X, status %08X",
			(unsigned)result->found_value, (unsigned)result->found_status);
	session_tell(session, severity, "word %u: %s (%s)%s%s", result->word,
		word_verdict_text(result->verdict), found, result->text[0] ? ": " : "",
		result->text);
}

/* A board that shows no OTP any more, after its life cycle was changed. */
static void judge_without_image(struct journal_entry *entry)
{
	for (size_t i = 0; i < entry->intent.word_count; i++) {
		struct word_result *result = &entry->results[i];
		*result = commit_judge_word(
			&entry->intent.words[i], entry->intent.pass, NULL, JUDGE_AFTER_RESET);
		result->verdict = VERDICT_CANNOT_BE_PROVED;
		snprintf(result->text, sizeof result->text,
			"the board answers, but offers no OTP partition any more, as a closed one "
			"does");
	}
}

/* Whether the board was without power since this entry was made. */
static bool is_proved(const struct session *session, const struct journal_entry *entry)
{
	return session->power_proved ||
	       power_cycle_covers(session->powered, entry->intent.id, &session->info);
}

static void judge(struct journal_entry *entry, const struct session *session)
{
	entry->result_count = entry->intent.word_count;
	if (!session->has_image) {
		judge_without_image(entry);
		return;
	}
	for (size_t i = 0; i < entry->intent.word_count; i++)
		entry->results[i] = commit_judge_word(&entry->intent.words[i], entry->intent.pass,
			&session->image,
			is_proved(session, entry) ? JUDGE_AFTER_RESET : JUDGE_AFTER_BURN);
}

/* Every pass that was begun is proved; the next one never was. Nothing about it has to be read. */
static enum status tell_unbegun(
	struct session *session, struct journal_entry *entry, struct errbuf *err)
{
	unsigned done = entry->intent.pass_index + 1;
	session_tell(session, SEVERITY_WARNING,
		"a commit of %s ended after pass %u of %u (%s), which is proved: the rest was "
		"never begun and"
		" burnt nothing; make a new plan for it",
		entry->intent.time, done, entry->intent.pass_count,
		pass_kind_name(entry->intent.pass));
	entry->end = JOURNAL_CLOSED;
	return journal_write_outcome(&session->journal, &entry->intent, entry->verdict,
		JOURNAL_CLOSED, entry->results, entry->result_count, NULL, "recovery",
		"the next pass was never begun", err);
}

/*
 * Without an OTP partition only the closing of the device has come to its end: that is what takes
 * the partition away. A real board may lack it as well because another service was started on it.
 */
static bool can_be_judged(const struct session *session, const struct journal_entry *entry)
{
	return session->has_image ||
	       (entry->intent.pass == PASS_LIFECYCLE && session->info.peer != PEER_UNKNOWN);
}

static enum status examine(struct session *session, struct journal_entry *entry, struct errbuf *err)
{
	if (entry->end == JOURNAL_MORE_PASSES)
		return tell_unbegun(session, entry, err);
	bool crashed = entry->end == JOURNAL_NO_OUTCOME;
	bool proved = is_proved(session, entry), judged = can_be_judged(session, entry);
	judge(entry, session);
	enum commit_verdict verdict = commit_judge(entry->results, entry->result_count);
	/* Its values were proved when it was burnt; a lock that did not show then and shows now is
	 * there, whether or not anybody can say that the board was reset between. */
	bool shows = !crashed && session->has_image && verdict == COMMIT_VERIFIED;
	entry->verdict = verdict;
	entry->has_verdict = true;
	session_tell(session, SEVERITY_WARNING, "%s of %s (%s pass, %s): %s",
		crashed ? "a commit without a known end"
			: "a commit whose locks waited for a reset",
		entry->intent.time, pass_kind_name(entry->intent.pass), entry->intent.id,
		!judged  ? "the board offers no OTP partition now, so nothing can be told of it"
		: proved ? "the board was powered up anew since, so this is how it ended"
		: shows  ? "the locks show now, so it is proved"
			 : "power-cycle the board to be sure ('otpedit reset' shows how); this is "
			   "what it shows now");
	for (size_t i = 0; judged && i < entry->result_count; i++)
		tell_word(session, &entry->results[i]);
	if ((!proved && !shows) || !judged) {
		for (size_t i = 0; crashed && i < entry->intent.word_count; i++)
			session->untouchable[entry->intent.words[i].word] = true;
		return OK;
	}
	entry->end = JOURNAL_CLOSED;
	return journal_write_outcome(&session->journal, &entry->intent, verdict, JOURNAL_CLOSED,
		entry->results, entry->result_count, session->has_image ? &session->image : NULL,
		crashed ? "recovery" : "after reset",
		session->power_proved ? ""
		: proved              ? "a person confirmed that the board had no power"
				      : "the locks show",
		err);
}

static bool is_of_board(const struct journal_entry *entry, const struct session *session)
{
	if (journal_is_for(&session->journal, &entry->intent, session->board))
		return true;
	return !session->has_image && session->info.serial[0] != '\0' &&
	       strcmp(entry->intent.serial, session->info.serial) == 0 &&
	       journal_is_for(&session->journal, &entry->intent, entry->intent.board);
}

enum status recovery_examine(struct session *session, struct errbuf *err)
{
	struct journal_entry *entries = NULL;
	size_t count = 0, damaged = 0, kept = 0;
	enum status status =
		journal_read(&entries, &count, &damaged, JOURNAL_OPEN_ONLY, &session->journal, err);
	memset(session->untouchable, 0, sizeof session->untouchable);
	for (size_t i = 0; status == OK && i < count; i++) {
		if (!is_of_board(&entries[i], session))
			continue;
		status = examine(session, &entries[i], err);
		if (kept != i)
			entries[kept] = entries[i];
		kept++;
	}
	if (status != OK) {
		free(entries);
		return status;
	}
	free(session->recovered);
	session->recovered = entries;
	session->recovered_count = kept;
	if (damaged > 0)
		session_tell(session, SEVERITY_WARNING,
			"%zu line%s of the journal could not be understood and %s left out",
			damaged, damaged == 1 ? "" : "s", damaged == 1 ? "was" : "were");
	return OK;
}
