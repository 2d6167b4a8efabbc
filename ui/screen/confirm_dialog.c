#include "ui/screen/confirm_dialog.h"

#include "ui/screen/plan_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MIN_COLUMNS   40
#define MIN_BODY_ROWS 4
#define PROMPT_WIDTH  2 /* "> " */

char confirm_warning_key(size_t index)
{
	static const char keys[] = "123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
	return index < sizeof keys - 1 ? keys[index] : '\0';
}

static bool needs_acknowledging(const struct confirm_dialog *dialog)
{
	return dialog->plan->danger >= CLASS_DANGEROUS;
}

void confirm_dialog_open(struct confirm_dialog *dialog, const struct plan *plan)
{
	*dialog = (struct confirm_dialog){.plan = plan};
	confirm_phrase(dialog->wanted, plan);
	dialog->impossible = !remark_groups_make(&dialog->groups, &plan->remarks, plan->chip);
	for (size_t i = 0; !dialog->impossible && i < dialog->groups.count; i++) {
		if (dialog->groups.items[i].first->severity != SEVERITY_WARNING)
			continue;
		if (dialog->warning_count == CONFIRM_MAX_WARNINGS) {
			dialog->impossible = true;
			break;
		}
		dialog->warnings[dialog->warning_count++].group = i;
	}
}

void confirm_dialog_close(struct confirm_dialog *dialog)
{
	page_free(&dialog->page);
	remark_groups_free(&dialog->groups);
	*dialog = (struct confirm_dialog){0};
}

/* --- what is shown --------------------------------------------------------------------------- */

static void put_warning(struct confirm_dialog *dialog, size_t index)
{
	struct confirm_warning *warning = &dialog->warnings[index];
	struct page *page = &dialog->page;
	warning->first_line = page->line_count;
	if (needs_acknowledging(dialog))
		page_add(page, warning->acknowledged ? TONE_GOOD : TONE_WARNING, "[%c] key %c  ",
			warning->acknowledged ? 'x' : ' ', confirm_warning_key(index));
	else
		page_add(page, TONE_WARNING, "WARNING    ");
	page_wrap(page, warning->acknowledged ? TONE_PLAIN : TONE_WARNING, 11, "%s",
		dialog->groups.items[warning->group].text);
	warning->past_line = page->line_count;
}

static void write_page(struct confirm_dialog *dialog)
{
	page_free(&dialog->page);
	page_init(&dialog->page, dialog->columns);
	plan_text_summary(&dialog->page, dialog->plan);
	if (dialog->warning_count > 0)
		page_end(&dialog->page);
	for (size_t i = 0; i < dialog->warning_count; i++)
		put_warning(dialog, i);
}

static unsigned columns_needed(const struct confirm_dialog *dialog)
{
	unsigned phrase = (unsigned)strlen(dialog->wanted) + PROMPT_WIDTH + 1;
	return phrase > MIN_COLUMNS ? phrase : MIN_COLUMNS;
}

static bool fits(const struct confirm_dialog *dialog)
{
	return dialog->columns >= columns_needed(dialog) &&
	       dialog->rows >= CONFIRM_FOOTER_ROWS + MIN_BODY_ROWS;
}

void confirm_dialog_layout(struct confirm_dialog *dialog, unsigned columns, unsigned rows)
{
	if (columns == dialog->columns && rows == dialog->rows)
		return;
	dialog->columns = columns;
	dialog->rows = rows;
	phrase_clear(&dialog->phrase);
	dialog->scroll = (struct page_scroll){0};
	write_page(dialog);
	if (fits(dialog))
		page_scroll_layout(
			&dialog->scroll, rows - CONFIRM_FOOTER_ROWS, dialog->page.line_count);
}

static size_t left_to_acknowledge(const struct confirm_dialog *dialog)
{
	size_t left = 0;
	for (size_t i = 0; needs_acknowledging(dialog) && i < dialog->warning_count; i++)
		left += dialog->warnings[i].acknowledged ? 0 : 1;
	return left;
}

enum confirm_stage confirm_dialog_stage(const struct confirm_dialog *dialog)
{
	if (dialog->impossible || dialog->page.incomplete)
		return CONFIRM_IMPOSSIBLE;
	if (!fits(dialog))
		return CONFIRM_TOO_SMALL;
	if (!page_scroll_all_seen(&dialog->scroll))
		return CONFIRM_UNSEEN;
	if (left_to_acknowledge(dialog) > 0)
		return CONFIRM_ACKNOWLEDGE;
	return strcmp(dialog->phrase.text, dialog->wanted) == 0 ? CONFIRM_READY : CONFIRM_TYPE;
}

/* --- keys ------------------------------------------------------------------------------------ */

void confirm_dialog_scroll(struct confirm_dialog *dialog, long lines)
{
	dialog->early_key = false;
	if (fits(dialog))
		page_scroll_by(&dialog->scroll, lines);
}

/* A warning is acknowledged while it is looked at: the first press brings it into the window. */
static void acknowledge(struct confirm_dialog *dialog, uint32_t character)
{
	const struct page_scroll *scroll = &dialog->scroll;
	for (size_t i = 0; i < dialog->warning_count; i++) {
		struct confirm_warning *warning = &dialog->warnings[i];
		if (character != (unsigned char)confirm_warning_key(i))
			continue;
		dialog->early_key = false;
		bool in_window = warning->first_line >= scroll->top &&
				 warning->first_line < scroll->top + scroll->height;
		if (!in_window) {
			page_scroll_to(&dialog->scroll, warning->first_line);
			return;
		}
		warning->acknowledged = true;
		write_page(dialog);
		return;
	}
	dialog->early_key = true;
}

void confirm_dialog_character(struct confirm_dialog *dialog, uint32_t character, long long now_ms)
{
	enum confirm_stage stage = confirm_dialog_stage(dialog);
	if (stage == CONFIRM_TYPE || stage == CONFIRM_READY) {
		dialog->early_key = false;
		phrase_type(&dialog->phrase, character, now_ms);
		return;
	}
	/* The phrase's clock goes on, so that what a paste holds counts for nothing here either. */
	struct phrase *phrase = &dialog->phrase;
	phrase_type(phrase, character, now_ms);
	bool by_hand = !phrase->pasting && phrase->run == 1;
	phrase_clear(phrase);
	if (stage != CONFIRM_ACKNOWLEDGE)
		dialog->early_key = true;
	else if (by_hand)
		acknowledge(dialog, character);
}

void confirm_dialog_erase(struct confirm_dialog *dialog, long long now_ms)
{
	phrase_erase(&dialog->phrase, now_ms);
}

void confirm_dialog_paste(struct confirm_dialog *dialog, bool begins, long long now_ms)
{
	phrase_paste(&dialog->phrase, begins, now_ms);
}

static enum status missing(const struct confirm_dialog *dialog, struct errbuf *err)
{
	static const char *const texts[] = {
		[CONFIRM_TOO_SMALL] = "the window is too small to show what would burn",
		[CONFIRM_UNSEEN] = "not every line was seen yet",
		[CONFIRM_ACKNOWLEDGE] = "not every warning was acknowledged",
		[CONFIRM_TYPE] = "the phrase is not typed as shown",
		[CONFIRM_READY] = "the phrase was not typed by hand",
		[CONFIRM_IMPOSSIBLE] = "this plan cannot be confirmed here",
	};
	return errbuf_set(
		err, ERR_REFUSED, "%s: nothing was burnt", texts[confirm_dialog_stage(dialog)]);
}

enum status confirm_dialog_enter(struct confirmation *out, struct confirm_dialog *dialog,
	const struct arming *arming, long long now_ms, struct errbuf *err)
{
	bool typed = phrase_enter(&dialog->phrase, dialog->wanted, now_ms);
	if (confirm_dialog_stage(dialog) != CONFIRM_READY || !typed) {
		dialog->early_key = true;
		return missing(dialog, err);
	}
	const struct remarks *remarks = &dialog->plan->remarks;
	bool *acknowledged = calloc(remarks->count + 1, sizeof *acknowledged);
	if (!acknowledged)
		return errbuf_set(err, ERR_MEMORY, "out of memory: nothing was burnt");
	for (size_t i = 0; i < remarks->count; i++)
		for (size_t w = 0; w < dialog->warning_count; w++)
			if (dialog->groups.of_remark[i] == dialog->warnings[w].group)
				acknowledged[i] = dialog->warnings[w].acknowledged;
	enum status status =
		confirm_typed(out, dialog->plan, dialog->phrase.text, acknowledged, arming, err);
	free(acknowledged);
	phrase_clear(&dialog->phrase);
	return status;
}

/* --- the lines below ------------------------------------------------------------------------- */

static void put_line(struct page *page, enum tone tone, const char *text)
{
	page_add(page, tone, "%s", text);
	page_end(page);
}

static void put_open_warnings(struct page *page, const struct confirm_dialog *dialog)
{
	page_add(page, TONE_WARNING, "Acknowledge each warning with its key:");
	for (size_t i = 0; i < dialog->warning_count; i++)
		if (!dialog->warnings[i].acknowledged)
			page_add(page, TONE_HEADING, " %c", confirm_warning_key(i));
	page_end(page);
	page_add(page, dialog->early_key ? TONE_ERROR : TONE_PLAIN,
		dialog->early_key ? "That is no warning's key. " : "");
	page_add(page, TONE_PLAIN, "%zu of %zu left%s", left_to_acknowledge(dialog),
		dialog->warning_count, dialog->early_key ? "." : "; the phrase comes after.");
	page_end(page);
}

/* What was typed, up to the first character that is wrong in one tone, the rest in another. */
static void put_typed(struct page *page, int *cursor, const struct confirm_dialog *dialog)
{
	const char *typed = dialog->phrase.text;
	int same = 0;
	while (typed[same] && typed[same] == dialog->wanted[same])
		same++;
	page_add(page, TONE_HEADING, "> ");
	page_add(page, TONE_GOOD, "%.*s", same, typed);
	page_add(page, TONE_ERROR, "%s", typed + same);
	page_end(page);
	*cursor = PROMPT_WIDTH + (int)dialog->phrase.length;
	int last = (int)dialog->columns - 1;
	*cursor = *cursor > last ? last : *cursor;
}

static void put_phrase_hint(
	struct page *page, const struct confirm_dialog *dialog, enum confirm_stage stage)
{
	const struct phrase *phrase = &dialog->phrase;
	if (phrase->dropped)
		put_line(page, TONE_ERROR, "Pasted text is not taken. Type it by hand.");
	else if (stage == CONFIRM_READY)
		put_line(page, TONE_FOREVER,
			dialog->plan->danger == CLASS_PASSING ? "Enter sets the locks now."
							      : "Enter burns now. There is no way "
								"back.");
	else if (strncmp(phrase->text, dialog->wanted, phrase->length) != 0)
		put_line(page, TONE_ERROR, "That is not the phrase. Backspace takes back.");
	else if (dialog->early_key && phrase->length > 0)
		put_line(page, TONE_ERROR, "The phrase is not complete: Enter did nothing.");
	else
		put_line(page, TONE_PLAIN, "Nothing burns before Enter.");
}

void confirm_dialog_footer(struct page *page, int *cursor, const struct confirm_dialog *dialog)
{
	*cursor = -1;
	enum confirm_stage stage = confirm_dialog_stage(dialog);
	switch (stage) {
	case CONFIRM_TOO_SMALL:
		page_add(page, TONE_ERROR, "Too small: %u by %u is needed.",
			columns_needed(dialog) + 2, CONFIRM_FOOTER_ROWS + MIN_BODY_ROWS + 4u);
		page_end(page);
		break;
	case CONFIRM_UNSEEN:
		put_line(page, dialog->early_key ? TONE_ERROR : TONE_WARNING,
			"See all of it first.");
		page_add(page, TONE_PLAIN, "PgDn or Down: %zu more line%s",
			page_scroll_below(&dialog->scroll),
			page_scroll_below(&dialog->scroll) == 1 ? "" : "s");
		page_end(page);
		break;
	case CONFIRM_ACKNOWLEDGE: put_open_warnings(page, dialog); break;
	case CONFIRM_TYPE:
	case CONFIRM_READY:
		put_line(page, TONE_PLAIN,
			dialog->plan->danger == CLASS_PASSING ? "To set the locks, type:"
							      : "To burn, type exactly:");
		page_add(page, TONE_HEADING, "  %s", dialog->wanted);
		page_end(page);
		put_typed(page, cursor, dialog);
		put_phrase_hint(page, dialog, stage);
		break;
	case CONFIRM_IMPOSSIBLE:
		put_line(page, TONE_ERROR, "This plan cannot be confirmed in one go.");
		put_line(page, TONE_PLAIN, "Stage fewer words at a time.");
		break;
	}
	while (page->line_count < CONFIRM_FOOTER_ROWS)
		page_end(page);
}
