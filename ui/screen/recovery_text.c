#include "ui/screen/recovery_text.h"

#include "src/report_follow_up.h"
#include "src/word_status.h"
#include "ui/screen/plan_text.h"

#include <stdio.h>

struct telling {
	struct page *page;
	const struct session *session;
	bool reveal;
};

static enum tone step_tone(enum follow_up_step step)
{
	switch (step) {
	case FOLLOW_UP_DONE: return TONE_GOOD;
	case FOLLOW_UP_AGAIN: return TONE_HEADING;
	case FOLLOW_UP_WAIT: return TONE_WARNING;
	case FOLLOW_UP_NEVER: break;
	}
	return TONE_ERROR;
}

static void put_state(const struct telling *telling, const char *label, unsigned word,
	bool has_value, uint32_t value, const char *after)
{
	char text[16] = "";
	bool masked =
		value != 0 && !telling->reveal && chip_word_is_secret(telling->session->chip, word);
	if (masked)
		snprintf(text, sizeof text, "masked");
	else if (has_value)
		snprintf(text, sizeof text, "%08X", (unsigned)value);
	page_add(telling->page, TONE_FAINT, "   %-7s ", label);
	page_add(telling->page, TONE_PLAIN, "%-9s ", text);
	page_wrap(telling->page, TONE_PLAIN, 21, "%s", after);
}

static void put_moment(const struct telling *telling, const char *label, unsigned word, bool known,
	uint32_t value, uint32_t status)
{
	char locks[200], after[240];
	bool is_void = known && (status & (WORD_STATUS_READ_ERROR | WORD_STATUS_LOCK_ERROR)) != 0;
	plan_text_locks(locks, sizeof locks, status);
	snprintf(after, sizeof after, "%s%s%s",
		is_void ? "not valid, "
		: known ? ""
			: "not known",
		known ? "locks: " : "", known ? locks : "");
	put_state(telling, label, word, known && !is_void, known && !is_void ? value : 0, after);
}

static void put_asked(const struct telling *telling, const struct follow_up_word *line)
{
	char locks[200], after[240];
	bool has_value = line->asked.sets_value || line->asked.closes;
	plan_text_locks(locks, sizeof locks, line->asked.locks);
	snprintf(after, sizeof after, "%s%s", line->asked.closes ? "closes the device" : "locks: ",
		line->asked.closes ? "" : locks);
	put_state(
		telling, "asked", line->word, has_value, has_value ? line->asked.value : 0, after);
}

static void put_word(const struct telling *telling, const struct follow_up_word *line)
{
	char name[64] = "";
	chip_word_name(name, sizeof name, telling->session->chip, line->word);
	page_add(telling->page, TONE_HEADING, "word %-3u  ", line->word);
	page_add(telling->page, TONE_PLAIN, "%-20s  ", name);
	page_wrap(telling->page,
		word_verdict_is_good(line->verdict) && line->step == FOLLOW_UP_DONE ? TONE_GOOD
										    : TONE_WARNING,
		12, "%s", word_verdict_text(line->verdict));
	put_moment(telling, "before", line->word, line->has_before, line->before_value,
		line->before_status);
	put_asked(telling, line);
	put_moment(telling, "now", line->word, line->has_now, line->now_value, line->now_status);
	page_add(telling->page, TONE_FAINT, "   next    ");
	page_wrap(telling->page, step_tone(line->step), 11, "%s%s%s",
		follow_up_step_text(line->step), line->text[0] ? ": " : "", line->text);
}

void recovery_text(struct page *page, const struct session *session, const char *key, bool reveal)
{
	const struct follow_up *follow_up = &session->follow_up;
	struct telling telling = {page, session, reveal};
	char sum[REPORT_FOLLOW_UP_SUM];
	if (!follow_up->found)
		return;
	page_end(page);
	page_add(page, TONE_HEADING, "What was asked of this board, and what it holds now");
	page_end(page);
	report_follow_up_sum(sum, follow_up);
	page_wrap(page, TONE_PLAIN, 0, "%s.", sum);
	if (follow_up_count(follow_up, FOLLOW_UP_AGAIN) > 0)
		page_wrap(page, TONE_HEADING, 0,
			"%s stages what can be asked for again: nothing is burnt before you "
			"preview and confirm it.",
			key);
	for (size_t i = 0; i < follow_up->commit_count; i++)
		page_wrap(page, TONE_FAINT, 2, "commit of %.10s %.8s UTC, %s%s",
			follow_up->commits[i].time, follow_up->commits[i].time + 11,
			follow_up->commits[i].id, follow_up->commits[i].open ? ": still open" : "");
	page_end(page);
	for (size_t i = 0; i < follow_up->word_count; i++)
		put_word(&telling, &follow_up->words[i]);
}
