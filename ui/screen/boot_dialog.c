#include "ui/screen/boot_dialog.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LABEL 13 /* columns in front of what a line of bringup_tell() says */

void boot_dialog_begin(struct boot_dialog *dialog, const char *source, const char *who)
{
	struct text_line files = dialog->files;
	boot_dialog_free(dialog);
	*dialog = (struct boot_dialog){.step = BOOT_ASKING, .files = files};
	snprintf(dialog->source, sizeof dialog->source, "%s", source);
	snprintf(dialog->who, sizeof dialog->who, "%s", who);
}

void boot_dialog_free(struct boot_dialog *dialog)
{
	free(dialog->shown);
	dialog->shown = NULL;
}

/* --- what scrolls --- */

static void put_shown(struct page *page, const struct boot_dialog *dialog)
{
	for (const char *at = dialog->shown ? dialog->shown : ""; *at != '\0';) {
		size_t length = strcspn(at, "\n");
		if (at[0] == '!' || length <= LABEL) {
			page_wrap(page, TONE_WARNING, 2, "%.*s", (int)length, at);
		} else {
			page_add(page, TONE_FAINT, "%.*s", LABEL, at);
			page_wrap(page, TONE_PLAIN, LABEL, "%.*s", (int)length - LABEL, at + LABEL);
		}
		at += length + (at[length] == '\n');
	}
}

static void put_bar(struct page *page, const struct boot_progress *progress)
{
	char bar[64];
	unsigned width = page->width > 60 ? 50 : page->width > 10 ? page->width - 10 : 1;
	size_t filled = progress->total ? width * progress->done / progress->total : 0;
	for (unsigned i = 0; i < width; i++)
		bar[i] = i < filled ? '#' : '-';
	bar[width] = '\0';
	page_add(page, TONE_HEADING, "[%s]", bar);
	page_end(page);
}

static void put_progress(struct page *page, const struct boot_dialog *dialog)
{
	char text[BOOT_PROGRESS_MAX];
	boot_progress_text(text, &dialog->progress);
	page_wrap(page, TONE_PLAIN, 0, "Bringing up %s.", dialog->source);
	page_end(page);
	page_wrap(page, TONE_HEADING, 0, "%s", text);
	put_bar(page, &dialog->progress);
	page_end(page);
	page_wrap(page, TONE_PLAIN, 0,
		"Leave cable and supply alone. The board comes and goes on USB meanwhile.");
	if (dialog->cancel_asked)
		page_wrap(page, TONE_WARNING, 0, "Stopping ...");
}

void boot_dialog_text(struct page *page, const struct boot_dialog *dialog)
{
	switch (dialog->step) {
	case BOOT_ASKING:
	case BOOT_LOOKING:
		page_wrap(page, TONE_HEADING, 0, "%s answers at %s, which knows nothing of OTP.",
			dialog->who, dialog->source);
		page_end(page);
		page_wrap(page, TONE_PLAIN, 0,
			"Firmware that does can be loaded from here. No flash memory is written; "
			"but firmware can burn fuses once it runs, so you are asked again before "
			"anything is sent.");
		page_end(page);
		page_wrap(page, TONE_PLAIN, 0,
			"Name a FlashLayout, of which only what boots is used; or files, with "
			"commas "
			"between them: TF-A and the FIP with U-Boot (STM32MP2: the FIP for the DDR "
			"memory, too), or STM32PRGFW-UTIL alone.");
		return;
	case BOOT_SHOWN: put_shown(page, dialog); return;
	case BOOT_LOADING: put_progress(page, dialog); return;
	case BOOT_FAILED:
		page_wrap(page, TONE_ERROR, 0, "The board was not brought up.");
		page_end(page);
		page_wrap(page, TONE_PLAIN, 0, "%s", dialog->why);
		return;
	}
}

/* --- what is asked --- */

static void ask_files(struct page *page, int *column, const struct boot_dialog *dialog)
{
	size_t length = dialog->files.length, room = page->width > 8 ? page->width - 4 : 4;
	const char *text = dialog->files.text;
	unsigned before = page_columns(text, dialog->files.cursor);
	/* A long line loses its beginning. */
	while (page_columns(text, length) > room && before > 0) {
		text++;
		length--;
		before = page_columns(
			text, (size_t)(dialog->files.text + dialog->files.cursor - text));
	}
	page_add(page, TONE_HEADING, "FlashLayout or files (Tab completes names):");
	page_end(page);
	page_end(page);
	page_end(page);
	page_add(page, TONE_PLAIN, "> %s", text);
	page_end(page);
	*column = (int)before + 2;
}

static void ask_phrase(struct page *page, int *column, const struct boot_dialog *dialog)
{
	page_add(page, TONE_WARNING, "ARMED. To load this, type by hand and press Enter:");
	page_end(page);
	page_add(page, TONE_HEADING, "  %s", dialog->words);
	page_end(page);
	if (dialog->typed.dropped)
		page_add(page, TONE_WARNING, "(pasted text is not taken: type it)");
	page_end(page);
	page_add(page, TONE_PLAIN, "> %s", dialog->typed.text);
	page_end(page);
	*column = (int)dialog->typed.length + 2;
}

static void say_below(struct page *page, enum tone tone, const char *text)
{
	page_wrap(page, tone, 0, "%s", text);
	while (page->line_count < BOOT_FOOTER_ROWS)
		page_end(page);
}

void boot_dialog_footer(struct page *page, int *column, const struct boot_dialog *dialog)
{
	*column = -1;
	switch (dialog->step) {
	case BOOT_ASKING: ask_files(page, column, dialog); return;
	case BOOT_LOOKING:
		say_below(page, TONE_PLAIN, "Reading the files, and asking the board ...");
		return;
	case BOOT_SHOWN:
		if (dialog->is_refused)
			say_below(page, TONE_ERROR,
				"Refused, as the text says: nothing was loaded. Esc: other files.");
		else if (!dialog->armed)
			say_below(page, TONE_HEADING,
				page_scroll_all_seen(&dialog->scroll)
					? "Nothing is loaded yet. Enter arms this session for the "
					  "board; "
					  "Esc: other files."
					: "See all of it first (PgDn). Nothing is loaded yet; Esc: "
					  "other "
					  "files.");
		else
			ask_phrase(page, column, dialog);
		return;
	case BOOT_LOADING:
		say_below(page, TONE_HEADING,
			"Esc stops it at any point. A board that got a part of a file has to be "
			"reset "
			"then.");
		return;
	case BOOT_FAILED:
		say_below(page, TONE_HEADING, "Enter: other files. Esc: back to the choice.");
		return;
	}
}

void boot_dialog_complete(struct boot_dialog *dialog, char *out, size_t cap)
{
	struct completion *completion = malloc(sizeof *completion);
	struct text_line *line = &dialog->files;
	out[0] = '\0';
	if (!completion)
		return;
	size_t start = line->cursor;
	while (start > 0 && line->text[start - 1] != ',')
		start--;
	while (line->text[start] == ' ' && start < line->cursor)
		start++;
	completion_begin(completion, line);
	completion_offer_files(completion, line, start);
	if (completion->count > 1)
		completion_text(out, cap, completion);
	else if (completion->count == 0)
		snprintf(out, cap, "no file begins like that");
	completion_fill(completion, line);
	free(completion);
}
