#include "ui/screen/status_page.h"

#include "src/board_status.h"

#include <string.h>

#define TITLE_COLUMNS 14
#define SURE_COLUMNS  15

/* Where there is room, how sure a line is stands in a column of its own. */
#define ROOMY 66

static enum tone tone_of(const struct status_line *line)
{
	if (strcmp(line->title, STATUS_STANDS_OUT) == 0)
		return TONE_WARNING;
	return line->confidence == CONFIDENCE_CONFIRMED ? TONE_PLAIN : TONE_FAINT;
}

static void add_line(
	struct page *page, const struct board_status *status, size_t at, bool begins_title)
{
	const struct status_line *line = &status->lines[at];
	char text[BOARD_STATUS_TEXT];
	bool stands_out = strcmp(line->title, STATUS_STANDS_OUT) == 0;
	bool column = !stands_out && page->width >= ROOMY;
	const char *sure = confidence_name(line->confidence);
	bool doubt = !stands_out && !column && line->confidence != CONFIDENCE_CONFIRMED;
	board_status_text(text, sizeof text, status, at);
	page_add(page, TONE_HEADING, "%-*s", TITLE_COLUMNS, begins_title ? line->title : "");
	if (column)
		page_add(page, TONE_FAINT, "%-*s", SURE_COLUMNS, sure);
	page_wrap(page, tone_of(line), TITLE_COLUMNS + (column ? SURE_COLUMNS : 0), "%s%s%s%s",
		text, doubt ? " (" : "", doubt ? sure : "", doubt ? ")" : "");
}

void status_page(struct page *page, const struct session *session)
{
	struct board_facts facts = {
		.chip = session->chip, .image = &session->image, .board = session->board};
	struct board_status status;
	struct errbuf err = {0};
	const char *title = "";
	if (board_status_make(&status, &facts, &err) != OK) {
		page->incomplete = true;
		page_wrap(page, TONE_ERROR, 0, "%s", err.text);
		return;
	}
	for (size_t i = 0; i < status.count; i++) {
		if (board_status_is_told_before(&status, i))
			continue;
		add_line(page, &status, i, status.lines[i].title != title);
		title = status.lines[i].title;
	}
	board_status_free(&status);
}
