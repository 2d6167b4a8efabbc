#include "ui/screen/rehearsal_text.h"

#include "ui/screen/plan_text.h"
#include "ui/screen/result_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct telling {
	struct page *page;
	const struct rehearsal *rehearsal;
	const struct chip *chip;
	bool reveal;
};

void rehearsal_text_about(char *out, size_t cap, const struct rehearsal_fault *fault, unsigned word)
{
	const char *mark = strstr(fault->about, "%u");
	if (mark)
		snprintf(out, cap, "%.*s%u%s", (int)(mark - fault->about), fault->about, word,
			mark + 2);
	else
		snprintf(out, cap, "%s", fault->about);
}

void rehearsal_text_fault(char *out, size_t cap, const char *fault)
{
	for (const struct rehearsal_fault *row = rehearsal_faults; row->name; row++) {
		size_t length = strlen(row->name);
		bool fits = row->of_word ? strncmp(fault, row->name, length) == 0
					 : strcmp(fault, row->name) == 0;
		if (!fits)
			continue;
		rehearsal_text_about(out, cap, row, (unsigned)strtoul(fault + length, NULL, 10));
		return;
	}
	snprintf(out, cap, "%s", fault);
}

static void put_labelled(
	const struct telling *telling, const char *label, enum tone tone, const char *text)
{
	page_add(telling->page, TONE_FAINT, "%-13s", label);
	page_wrap(telling->page, tone, 13, "%s", text);
}

/* --- as a whole */

static void put_outcome(const struct telling *telling)
{
	const struct rehearsal *rehearsal = telling->rehearsal;
	const struct commit_result *result = &rehearsal->result;
	size_t differences = rehearsal_count_differences(rehearsal);
	char text[120];
	if (rehearsal->status != OK || !result->triggered) {
		put_labelled(telling, "On the twin", TONE_ERROR, "nothing was burnt");
		put_labelled(telling, "Because", TONE_ERROR, rehearsal->error.text);
		return;
	}
	put_labelled(telling, "On the twin", result_text_verdict_tone(result->verdict),
		result_text_verdict(result->verdict));
	if (!rehearsal->has_found)
		snprintf(text, sizeof text, "cannot be compared: the twin could not be read again");
	else if (differences == 0)
		snprintf(text, sizeof text, "holds: every word of the twin is as predicted");
	else
		snprintf(text, sizeof text, "does NOT hold: %zu word%s of the twin %s otherwise",
			differences, differences == 1 ? "" : "s", differences == 1 ? "is" : "are");
	put_labelled(telling, "Prediction",
		rehearsal->has_found && differences == 0 ? TONE_GOOD : TONE_ERROR, text);
	if (result->complaint[0])
		put_labelled(telling, "Twin says", TONE_WARNING, result->complaint);
}

static void put_start(const struct telling *telling)
{
	switch (telling->rehearsal->start) {
	case REHEARSAL_NOT_TRIED: return;
	case REHEARSAL_OFFERS_OTP:
		put_labelled(
			telling, "Power cycle", TONE_PLAIN, "then it starts and shows its OTP");
		return;
	case REHEARSAL_WITHOUT_OTP:
		put_labelled(telling, "Power cycle", TONE_WARNING,
			"then it starts and offers no OTP any more, as a closed device does");
		return;
	case REHEARSAL_IS_DEAD:
		put_labelled(
			telling, "Power cycle", TONE_ERROR, "then it cannot be opened any more:");
		put_labelled(telling, "", TONE_ERROR, telling->rehearsal->start_text);
		return;
	}
}

static void put_head(const struct telling *telling)
{
	const struct rehearsal *rehearsal = telling->rehearsal;
	char fault[160], text[200];
	page_wrap(telling->page, TONE_WARNING, 0,
		"REHEARSAL on a simulated twin: nothing was sent to the board, and nothing below "
		"is on it.");
	page_end(telling->page);
	snprintf(text, sizeof text, "%s, behind %s", rehearsal->board, rehearsal->peer);
	put_labelled(telling, "Twin of", TONE_PLAIN, text);
	rehearsal_text_fault(fault, sizeof fault, rehearsal->fault);
	put_labelled(telling, "Made so that", TONE_PLAIN, fault);
	put_outcome(telling);
	put_start(telling);
	snprintf(text, sizeof text, "%s here, %s on the board", rehearsal->fingerprint,
		rehearsal->prediction);
	put_labelled(telling, "Fingerprint", TONE_FAINT, text);
	if (rehearsal->unlike_count > 0) {
		snprintf(text, sizeof text,
			"%zu word%s of the board cannot be made the same, first word %u: a "
			"simulated board has not all locks and errors that a real one has",
			rehearsal->unlike_count, rehearsal->unlike_count == 1 ? "" : "s",
			rehearsal->unlike_first);
		put_labelled(telling, "Unlike it", TONE_WARNING, text);
	}
	page_end(telling->page);
}

/* --- words */

static void put_state(const struct telling *telling, const char *label, enum tone tone,
	const struct image *image, unsigned word)
{
	char locks[200], value[16];
	bool masked = image->value[word] != 0 && !telling->reveal &&
		      chip_word_is_secret(telling->chip, word);
	if (masked)
		snprintf(value, sizeof value, "masked");
	else if (!image_value_is_known(image, word))
		snprintf(value, sizeof value, "????????");
	else
		snprintf(value, sizeof value, "%08X", (unsigned)image->value[word]);
	plan_text_locks(locks, sizeof locks, image->status[word]);
	page_add(telling->page, TONE_FAINT, "   %-10s ", label);
	page_add(telling->page, tone, "%-9s ", value);
	page_wrap(telling->page, tone, 24, "locks: %s", locks);
}

/* Of the pass in which it went wrong, else of the last. */
static const struct word_result *result_of(const struct rehearsal *rehearsal, unsigned word)
{
	const struct word_result *found = NULL;
	for (size_t i = 0; i < rehearsal->result.word_count; i++) {
		const struct word_result *result = &rehearsal->result.words[i];
		if (result->word == word && (!found || word_verdict_is_good(found->verdict)))
			found = result;
	}
	return found;
}

static void put_word(const struct telling *telling, unsigned word)
{
	const struct rehearsal *rehearsal = telling->rehearsal;
	const struct word_result *result = result_of(rehearsal, word);
	bool agrees = rehearsal_agrees(rehearsal, word);
	char name[64] = "";
	chip_word_name(name, sizeof name, telling->chip, word);
	page_add(telling->page, TONE_HEADING, "word %-3u  ", word);
	page_add(telling->page, TONE_PLAIN, "%-20s  ", name);
	page_wrap(telling->page, agrees ? TONE_GOOD : TONE_ERROR, 10, "%s%s%s",
		agrees ? "as predicted" : "NOT as predicted", result ? ": " : "",
		result ? word_verdict_text(result->verdict) : "");
	put_state(telling, "board now", TONE_FAINT, &rehearsal->before, word);
	put_state(telling, "predicted", TONE_PLAIN, &rehearsal->predicted, word);
	if (rehearsal->has_found && word < rehearsal->found.word_count)
		put_state(
			telling, "twin", agrees ? TONE_GOOD : TONE_ERROR, &rehearsal->found, word);
	else
		put_labelled(telling, "   twin", TONE_ERROR, "not read");
}

void rehearsal_text(
	struct page *page, const struct rehearsal *rehearsal, const struct chip *chip, bool reveal)
{
	struct telling telling = {page, rehearsal, chip, reveal};
	put_head(&telling);
	for (unsigned word = 0; word < rehearsal->predicted.word_count; word++)
		if (rehearsal->asked[word] ||
			(rehearsal->has_found && word < rehearsal->found.word_count &&
				!rehearsal_agrees(rehearsal, word)))
			put_word(&telling, word);
}
