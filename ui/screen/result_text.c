#include "ui/screen/result_text.h"

#include "src/word_status.h"
#include "ui/screen/plan_text.h"

#include <stdio.h>
#include <string.h>

const char *result_text_verdict(enum commit_verdict verdict)
{
	static const char *const texts[] = {
		[COMMIT_VERIFIED] = "VERIFIED: read back, every word is as planned",
		[COMMIT_LOCKS_UNPROVED] = "LOCKS UNPROVED: read back, every value is as planned; "
					  "a lock shows only after the board's reset",
		[COMMIT_PARTIAL] = "PARTIAL: some of it is burnt for ever and some is not",
		[COMMIT_REFUSED] = "REFUSED BY THE BOARD: read back, nothing of it is burnt",
		[COMMIT_UNKNOWN] = "UNKNOWN: something may be burnt; what exactly cannot be told "
				   "yet",
	};
	return texts[verdict];
}

enum tone result_text_verdict_tone(enum commit_verdict verdict)
{
	return verdict == COMMIT_VERIFIED         ? TONE_GOOD
	       : verdict == COMMIT_LOCKS_UNPROVED ? TONE_WARNING
						  : TONE_ERROR;
}

static enum tone word_tone(enum word_verdict verdict)
{
	return verdict == VERDICT_LOCK_UNPROVED ? TONE_WARNING
	       : word_verdict_is_good(verdict)  ? TONE_GOOD
						: TONE_ERROR;
}

static void put_state(
	struct page *page, const char *label, uint32_t value, uint32_t status, enum tone tone)
{
	char locks[200];
	plan_text_locks(locks, sizeof locks, status);
	page_add(page, TONE_FAINT, "             %-8s ", label);
	page_add(page, tone, "%08X  ", (unsigned)value);
	page_wrap(page, tone, 32, "locks: %s", locks);
}

static void put_word(struct page *page, const struct word_result *word)
{
	page_add(page, TONE_PLAIN, "   word %-3u  ", word->word);
	page_wrap(page, word_tone(word->verdict), 13, "%s%s%s", word_verdict_text(word->verdict),
		word->text[0] ? ": " : "", word->text);
	bool as_planned = word->found && word->found_value == word->planned_value &&
			  word->found_status == word->planned_status;
	if (word->found)
		put_state(page, "found", word->found_value, word->found_status, TONE_PLAIN);
	if (as_planned)
		return;
	put_state(page, "planned", word->planned_value, word->planned_status, TONE_PLAIN);
	put_state(page, "before", word->before_value, word->before_status, TONE_FAINT);
}

static void put_words(struct page *page, const struct commit_result *result)
{
	bool first = true;
	enum pass_kind pass = PASS_VALUES;
	for (size_t i = 0; i < result->word_count; i++) {
		const struct word_result *word = &result->words[i];
		if (first || word->pass != pass) {
			page_add(page, TONE_HEADING, "Pass %s", pass_kind_name(word->pass));
			page_end(page);
		}
		first = false;
		pass = word->pass;
		put_word(page, word);
	}
	page_end(page);
}

static void put_labelled(struct page *page, const char *label, enum tone tone, const char *text)
{
	page_add(page, TONE_FAINT, "%-13s", label);
	page_wrap(page, tone, 13, "%s", text);
}

static void put_places(struct page *page, const struct result_text *about)
{
	char board[64], folder[sizeof about->journal->folder + sizeof board + 1];
	journal_board_folder(board, sizeof board, about->journal, about->plan->board);
	snprintf(folder, sizeof folder, "%s/%s", about->journal->folder, board);
	put_labelled(page, "Snapshots", TONE_PLAIN, folder);
	put_labelled(page, "Fingerprint", TONE_PLAIN, about->plan->fingerprint);
}

static void put_untriggered(struct page *page, const struct result_text *about)
{
	page_wrap(page, TONE_HEADING, 0, "NOTHING WAS BURNT");
	page_end(page);
	put_labelled(page, "Because", TONE_ERROR, about->error);
	page_end(page);
	put_labelled(page, "What now", TONE_PLAIN,
		"what you staged is kept; read the board again (r), look at the preview (p), arm "
		"and confirm anew");
}

void result_text(struct page *page, const struct result_text *about)
{
	const struct commit_result *result = about->result;
	if (about->status != OK || !result->triggered) {
		put_untriggered(page, about);
		return;
	}
	page_wrap(page, result_text_verdict_tone(result->verdict), 0, "%s",
		result_text_verdict(result->verdict));
	page_end(page);
	if (result->journal_failed)
		put_labelled(page, "Journal", TONE_ERROR,
			"THE OUTCOME COULD NOT BE WRITTEN DOWN: copy this page before you leave "
			"it");
	if (result->next_step[0])
		put_labelled(page, "What now", TONE_HEADING, result->next_step);
	if (result->complaint[0])
		put_labelled(page, "Board says", TONE_WARNING, result->complaint);
	page_end(page);
	put_words(page, result);
	put_places(page, about);
}

void result_text_news(struct page *page, const struct session *session)
{
	static const struct {
		const char *label;
		enum tone tone;
	} kinds[] = {
		[SEVERITY_NOTE] = {"note", TONE_PLAIN},
		[SEVERITY_WARNING] = {"WARNING", TONE_WARNING},
		[SEVERITY_ERROR] = {"DANGER", TONE_ERROR},
	};
	put_labelled(page, "Board", TONE_HEADING,
		session->board[0] ? session->board : "without identity");
	page_end(page);
	for (size_t i = 0; i < session->news_count; i++) {
		const struct session_news *news = &session->news[i];
		page_add(page, kinds[news->severity].tone, "%-8s", kinds[news->severity].label);
		page_wrap(page, TONE_PLAIN, 8, "%s", news->text);
	}
	if (session->recovered_count > 0) {
		page_end(page);
		put_labelled(page, "Journal", TONE_PLAIN, session->journal.folder);
	}
}
