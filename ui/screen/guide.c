#include "ui/screen/guide.h"

#include <string.h>

void guide_open(struct guide *guide)
{
	*guide = (struct guide){.menu_cursor = guide->menu_cursor};
}

static const struct wizard *at_cursor(const struct guide *guide)
{
	return wizard_at(guide->menu_cursor);
}

/* The review's edits, by the choice at the cursor: the first locks, too. */
static enum status make_edits(
	struct guide *guide, const struct session *session, struct errbuf *err)
{
	bool lock = guide->cursor == 0;
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
	guide->length = 0;
	guide->entry[0] = '\0';
	if (!wizard_question(&question, &guide->run, session)) {
		enum status status = make_edits(guide, session, err);
		if (status == OK)
			guide->place = GUIDE_REVIEW;
		return status;
	}
	guide->place = question.choice_count > 0 ? GUIDE_CHOICE : GUIDE_ENTRY;
	if (guide->place == GUIDE_ENTRY) {
		guide->length = strlen(before);
		memcpy(guide->entry, before, guide->length + 1);
	}
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
	const char *text = guide->entry;
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

/* --- choosing and typing --- */

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

bool guide_type(struct guide *guide, uint32_t character)
{
	char bytes[4];
	size_t count = 0;
	if (character < 0x20 || character == 0x7F || character > 0x10FFFF ||
		(character >= 0x80 && character < 0xA0) ||
		(character >= 0xD800 && character < 0xE000))
		return true;
	if (character < 0x80) {
		bytes[count++] = (char)character;
	} else {
		unsigned more = character < 0x800 ? 1 : character < 0x10000 ? 2 : 3;
		static const unsigned leads[] = {0, 0xC0, 0xE0, 0xF0};
		bytes[count++] = (char)(leads[more] | character >> (6 * more));
		for (; more > 0; more--)
			bytes[count++] = (char)(0x80 | (character >> (6 * (more - 1)) & 0x3F));
	}
	if (guide->length + count >= sizeof guide->entry)
		return false;
	memcpy(guide->entry + guide->length, bytes, count);
	guide->length += count;
	guide->entry[guide->length] = '\0';
	return true;
}

void guide_erase(struct guide *guide)
{
	while (guide->length > 0) {
		unsigned char last = (unsigned char)guide->entry[--guide->length];
		guide->entry[guide->length] = '\0';
		if ((last & 0xC0) != 0x80)
			return;
	}
}
