#include "src/report.h"

#include "src/board_status.h"
#include "src/report_parts.h"

#include <stdio.h>
#include <string.h>

/* Where on a line a confidence begins, and what is said. */
#define CONFIDENCE_COLUMN 14
#define SAYS_COLUMN       29

static void print_line(FILE *out, const struct board_status *status, size_t at, bool first)
{
	const struct status_line *line = &status->lines[at];
	char text[BOARD_STATUS_TEXT];
	board_status_text(text, sizeof text, status, at);
	bool remark = strcmp(line->title, STATUS_STANDS_OUT) == 0;
	int column = remark ? CONFIDENCE_COLUMN : SAYS_COLUMN;
	if (remark)
		fprintf(out, "%-*s", CONFIDENCE_COLUMN, first ? line->title : "");
	else
		fprintf(out, "%-*s%-*s", CONFIDENCE_COLUMN, first ? line->title : "",
			SAYS_COLUMN - CONFIDENCE_COLUMN, confidence_name(line->confidence));
	report_wrap(out, (unsigned)column, (unsigned)column, text);
}

static void print_text(FILE *out, const struct session *session, const struct board_status *status)
{
	const char *title = "";
	report_name(out, session->source_text);
	fprintf(out, "%s%s%s%s\n", session->info.link[0] ? ", " : "", session->info.link,
		session->info.peer_text[0] ? ", " : "", session->info.peer_text);
	for (size_t i = 0; i < status->count; i++) {
		if (board_status_is_told_before(status, i))
			continue;
		print_line(out, status, i, status->lines[i].title != title);
		title = status->lines[i].title;
	}
}

static void print_table(FILE *out, enum report_format format, const struct board_status *status)
{
	static const char *const heads[] = {"title", "name", "confidence", "words", "text"};
	report_head(out, format, 5, heads);
	for (size_t i = 0; i < status->count; i++) {
		const struct status_line *line = &status->lines[i];
		char words[32] = "";
		if (line->first_word >= 0 && line->first_word == line->last_word)
			snprintf(words, sizeof words, "%d", line->first_word);
		else if (line->first_word >= 0)
			snprintf(words, sizeof words, "%d-%d", line->first_word, line->last_word);
		const char *const cells[] = {line->title, line->name,
			confidence_name(line->confidence), words, line->text};
		report_row(out, format, 5, cells);
	}
}

enum status report_status(
	char **out, enum report_format format, const struct session *session, struct errbuf *err)
{
	struct board_facts facts = {
		.chip = session->chip, .image = &session->image, .board = session->board};
	struct board_status board;
	struct report_text text;
	enum status status = board_status_make(&board, &facts, err);
	if (status != OK)
		return status;
	if (format == REPORT_JSON) {
		status = report_status_json(out, session, &board, err);
	} else if ((status = report_begin(&text, err)) == OK) {
		if (format == REPORT_TEXT)
			print_text(text.stream, session, &board);
		else
			print_table(text.stream, format, &board);
		status = report_end(out, &text, err);
	}
	board_status_free(&board);
	return status;
}
