/* The screens of guided operations, as texts. */
#include "ui/screen/guide.h"

#include "src/chip.h"
#include "src/closing_check.h"
#include "src/word_status.h"
#include "ui/screen/closing_text.h"

#include <stdio.h>
#include <string.h>

static void choice_line(struct page *page, bool here, const char *text, size_t *cursor_line)
{
	if (here)
		*cursor_line = page->line_count;
	page_add(page, here ? TONE_HEADING : TONE_PLAIN, "%s ", here ? ">" : " ");
	page_wrap(page, here ? TONE_HEADING : TONE_PLAIN, 2, "%s", text);
}

static void menu(struct page *page, const struct guide *guide, const struct session *session,
	const struct edits *staged, size_t *cursor_line)
{
	const struct wizard *wizard;
	struct wizard_run ignored;
	struct errbuf why = {0};
	unsigned count = edits_count(staged);
	page_wrap(page, TONE_PLAIN, 0, "What shall be done?");
	page_end(page);
	for (unsigned i = 0; (wizard = wizard_at(i)) != NULL; i++)
		choice_line(page, i == guide->menu_cursor, wizard->title, cursor_line);
	page_end(page);
	page_wrap(page, TONE_PLAIN, 0, "%s", wizard_at(guide->menu_cursor)->about);
	if (wizard_begin(&ignored, wizard_at(guide->menu_cursor), session, 0, &why) != OK)
		page_wrap(page, TONE_WARNING, 0, "Not here: %s.", why.text);
	page_end(page);
	page_wrap(page, TONE_FAINT, 0,
		"A question a screen; Esc goes back. Nothing is burnt before the preview and its "
		"confirmation.");
	if (count > 0)
		page_wrap(page, TONE_WARNING, 0,
			"%u word%s staged already: one commit would burn %s, too.", count,
			count == 1 ? " is" : "s are", count == 1 ? "it" : "them");
}

static void heading(
	struct page *page, const struct guide *guide, unsigned question, const char *text)
{
	page_add(page, TONE_FAINT, "%s", guide->run.wizard->title);
	if (question > 0)
		page_add(page, TONE_FAINT, ", question %u", question);
	page_end(page);
	page_wrap(page, TONE_HEADING, 0, "%s", text);
}

/* The part of what is typed that fits: the cursor is always in it. */
static void entry_line(struct page *page, const struct guide *guide, unsigned *cursor_column)
{
	const struct text_line *line = &guide->entry;
	size_t start = 0;
	while (start < line->cursor &&
		page_columns(line->text + start, line->cursor - start) + 3 > page->width)
		do
			start++;
		while (((unsigned char)line->text[start] & 0xC0) == 0x80);
	page_add(page, TONE_HEADING, "> %s", line->text + start);
	*cursor_column = 2 + page_columns(line->text + start, line->cursor - start);
}

static void question_page(struct page *page, const struct guide *guide,
	const struct session *session, size_t *cursor_line, unsigned *cursor_column)
{
	struct wizard_question question;
	char heard[200];
	struct errbuf err = {0};
	if (!wizard_question(&question, &guide->run, session))
		return;
	heading(page, guide, question.number, question.title);
	page_wrap(page, TONE_PLAIN, 0, "%s", question.about);
	page_end(page);
	for (unsigned i = 0; i < question.choice_count; i++)
		choice_line(page, i == guide->cursor, question.choices[i].text, cursor_line);
	if (question.choice_count > 0)
		return;
	*cursor_line = page->line_count;
	entry_line(page, guide, cursor_column);
	if (guide->entry.length == 0 && question.suggestion[0])
		page_add(page, TONE_FAINT, "Enter alone takes %s", question.suggestion);
	page_end(page);
	page_end(page);
	enum status status =
		wizard_hear(heard, sizeof heard, &guide->run, session, guide->entry.text, &err);
	page_wrap(page,
		status == OK              ? TONE_PLAIN
		: status == ERR_REFUSED   ? TONE_ERROR
		: guide->entry.length > 0 ? TONE_WARNING
					  : TONE_FAINT,
		2, "%s", status == OK ? heard : err.text);
}

/* --- the review --- */

static void word_line(struct page *page, const struct guide *guide, const struct session *session,
	unsigned word, bool reveal)
{
	const struct edit *edit = &guide->edits.word[word];
	uint32_t now = session->image.value[word];
	char name[64], before[16];
	bool hides = !reveal && chip_word_is_secret(session->chip, word) && now != 0;
	chip_word_name(name, sizeof name, session->chip, word);
	snprintf(before, sizeof before, hides ? "********" : "%08X", (unsigned)now);
	page_add(page, TONE_PLAIN, "  %03u %-17s %s%s", word, name, before,
		image_value_is_known(&session->image, word) ? " " : "?");
	if (edit->sets_value)
		page_add(page, TONE_FOREVER, " -> %08X",
			(unsigned)(edit->closes ? now | edit->value : edit->value));
	if (edit->locks & WORD_STATUS_PERMANENT)
		page_add(page, TONE_FOREVER,
			edit->sets_value ? " + permanent lock" : " permanent lock");
	page_end(page);
}

/* Why it is refused; what the conditions of closing say already only with what to do about it. */
static void refusal(struct page *page, const struct remark *remark, bool is_told)
{
	if (!is_told && remark->word >= 0)
		page_wrap(page, TONE_ERROR, 2, "refused: word %d: %s", remark->word, remark->text);
	else if (!is_told)
		page_wrap(page, TONE_ERROR, 2, "refused: %s", remark->text);
	if (remark->instead && remark->instead[0])
		page_wrap(page, TONE_HEADING, 2, "%s%s", is_told ? "" : "  ", remark->instead);
}

static void remark_lines(struct page *page, const struct plan *plan, bool closes)
{
	unsigned warnings = 0;
	for (size_t i = 0; i < plan->remarks.count; i++) {
		const struct remark *remark = &plan->remarks.items[i];
		warnings += remark->severity == SEVERITY_WARNING;
		if (remark->severity == SEVERITY_ERROR)
			refusal(page, remark, closes && closing_tells_rule(remark->rule));
	}
	if (warnings > 0 && !plan->refused)
		page_wrap(page, TONE_WARNING, 2, "%u warning%s: the preview says %s.", warnings,
			warnings == 1 ? "" : "s", warnings == 1 ? "it" : "them");
}

/* Laid over what is staged already: the two become one plan. */
static bool plan_of(struct plan **out, const struct guide *guide, const struct session *session,
	const struct edits *staged, struct errbuf *err)
{
	struct edits all = *staged;
	return wizard_merge(&all, &guide->edits, err) == OK &&
	       session_plan(out, session, &all, err) == OK;
}

static void review_choices(struct page *page, const struct guide *guide, size_t *cursor_line)
{
	if (guide->run.wizard->asks_lock) {
		choice_line(page, guide->cursor == 0,
			"write it, and leave it unlocked: it can be locked later", cursor_line);
		choice_line(
			page, guide->cursor == 1, "write it, and lock it for ever", cursor_line);
	} else {
		*cursor_line = page->line_count > 0 ? page->line_count - 1 : 0;
	}
}

static void review(struct page *page, const struct guide *guide, const struct session *session,
	const struct edits *staged, bool reveal, size_t *cursor_line)
{
	struct plan *plan = NULL;
	struct errbuf err = {0};
	heading(page, guide, 0, "This is what it comes to:");
	review_choices(page, guide, cursor_line);
	page_end(page);
	for (unsigned word = 0; word < session->image.word_count; word++)
		if (!edit_is_empty(&guide->edits.word[word]))
			word_line(page, guide, session, word, reveal);
	if (plan_of(&plan, guide, session, staged, &err)) {
		if (guide->run.wizard->closes) {
			page_wrap(page, TONE_HEADING, 0, "What has to hold before:");
			closing_text(page, plan);
		}
		remark_lines(page, plan, guide->run.wizard->closes);
	} else {
		page_wrap(page, TONE_ERROR, 2, "refused: %s", err.text);
	}
	plan_free(plan);
	page_end(page);
	page_wrap(page, TONE_FAINT, 2, "in a plan file: %s", guide->line);
}

void guide_text(struct page *page, const struct guide *guide, const struct session *session,
	const struct edits *staged, bool reveal, size_t *cursor_line, unsigned *cursor_column)
{
	*cursor_line = 0;
	*cursor_column = 0;
	switch (guide->place) {
	case GUIDE_MENU: menu(page, guide, session, staged, cursor_line); break;
	case GUIDE_CHOICE:
	case GUIDE_ENTRY: question_page(page, guide, session, cursor_line, cursor_column); break;
	case GUIDE_REVIEW: review(page, guide, session, staged, reveal, cursor_line); break;
	}
}
