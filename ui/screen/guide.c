#include "ui/screen/guide.h"

#include "ui/screen/completion.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void guide_open(struct guide *guide)
{
	*guide = (struct guide){.menu_cursor = guide->menu_cursor};
}

static const struct wizard *at_cursor(const struct guide *guide)
{
	return wizard_at(guide->menu_cursor);
}

/* The review's edits, by the choice at the cursor. What can be made good comes first; the second
 * locks, too. */
static enum status make_edits(
	struct guide *guide, const struct session *session, struct errbuf *err)
{
	bool lock = guide->cursor == 1;
	enum status status = wizard_line(guide->line, &guide->run, session, lock, err);
	if (status == OK)
		status = wizard_edits(&guide->edits, &guide->run, session, lock, err);
	return status;
}

/* Shows the question at hand, with the answer it had; or the review. */
static enum status show(struct guide *guide, const struct session *session, struct errbuf *err)
{
	struct wizard_question question;
	const char *before = guide->run.answers[guide->run.step];
	guide->cursor = 0;
	text_line_set(&guide->entry, "");
	if (!wizard_question(&question, &guide->run, session)) {
		enum status status = make_edits(guide, session, err);
		if (status == OK)
			guide->place = GUIDE_REVIEW;
		return status;
	}
	guide->place = question.choice_count > 0 ? GUIDE_CHOICE : GUIDE_ENTRY;
	if (guide->place == GUIDE_ENTRY)
		text_line_set(&guide->entry, before);
	for (unsigned i = 0; i < question.choice_count; i++)
		if (strcmp(question.choices[i].answer, before) == 0)
			guide->cursor = i;
	return OK;
}

enum status guide_begin(
	struct guide *guide, const struct session *session, unsigned word, struct errbuf *err)
{
	enum status status = wizard_begin(&guide->run, at_cursor(guide), session, word, err);
	return status == OK ? show(guide, session, err) : status;
}

enum status guide_answer(struct guide *guide, const struct session *session, struct errbuf *err)
{
	struct wizard_question question;
	const char *text = guide->entry.text;
	if (guide->place == GUIDE_CHOICE && wizard_question(&question, &guide->run, session))
		text = question.choices[guide->cursor].answer;
	struct wizard_run before = guide->run;
	enum status status = wizard_answer(&guide->run, session, text, err);
	if (status == OK)
		status = show(guide, session, err);
	if (status != OK)
		guide->run = before;
	return status;
}

bool guide_back(struct guide *guide, const struct session *session)
{
	struct errbuf ignored = {0};
	if (guide->place == GUIDE_MENU)
		return false;
	if (wizard_back(&guide->run, session) && show(guide, session, &ignored) == OK)
		return true;
	guide_open(guide);
	return true;
}

/* --- choosing --- */

static size_t wizard_count(void)
{
	size_t count = 0;
	while (wizard_at(count))
		count++;
	return count;
}

size_t guide_choice_count(const struct guide *guide, const struct session *session)
{
	struct wizard_question question;
	switch (guide->place) {
	case GUIDE_MENU: return wizard_count();
	case GUIDE_CHOICE:
		wizard_question(&question, &guide->run, session);
		return question.choice_count;
	case GUIDE_REVIEW: return guide->run.wizard->asks_lock ? 2 : 0;
	case GUIDE_ENTRY: break;
	}
	return 0;
}

enum status guide_move(
	struct guide *guide, const struct session *session, long by, struct errbuf *err)
{
	size_t count = guide_choice_count(guide, session);
	unsigned *cursor = guide->place == GUIDE_MENU ? &guide->menu_cursor : &guide->cursor;
	unsigned before = *cursor;
	long to = (long)before + by;
	if (count == 0)
		return OK;
	*cursor = to < 0 ? 0 : to >= (long)count ? (unsigned)count - 1 : (unsigned)to;
	if (guide->place != GUIDE_REVIEW || *cursor == before)
		return OK;
	enum status status = make_edits(guide, session, err);
	if (status != OK)
		*cursor = before;
	return status;
}

/* --- typing --- */

bool guide_wants_path(const struct guide *guide, const struct session *session)
{
	struct wizard_question question;
	return guide->place == GUIDE_ENTRY && wizard_question(&question, &guide->run, session) &&
	       question.is_path;
}

void guide_complete(struct guide *guide, char *out, size_t cap)
{
	struct text_line *line = &guide->entry;
	struct completion *completion = malloc(sizeof *completion);
	size_t start = line->cursor;
	while (start > 0 && line->text[start - 1] != ',')
		start--;
	out[0] = '\0';
	if (!completion)
		return;
	completion_begin(completion, line);
	completion_offer_files(completion, line, start);
	completion_fill(completion, line);
	if (completion->count == 0)
		snprintf(out, cap, "no file's name goes on like this");
	else if (completion->count > 1)
		completion_text(out, cap, completion);
	free(completion);
}
