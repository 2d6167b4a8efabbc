/*
 * Text for people, laid out for a width: lines of spans, each with the tone it is said in. What the
 * dialogs show, without curses, so that it can be looked at in tests and scrolled in any window.
 *
 * Everything grows as needed; when memory runs out the page is marked incomplete, and nothing may
 * be confirmed on it.
 */
#ifndef OTPEDIT_UI_SCREEN_PAGE_H
#define OTPEDIT_UI_SCREEN_PAGE_H

#include <stdbool.h>
#include <stddef.h>

/* How something is said. Never the only sign of a meaning: the words say it, too. */
enum tone {
	TONE_PLAIN,
	TONE_FAINT,   /* details */
	TONE_HEADING, /* titles and labels that matter */
	TONE_CHANGE,  /* what becomes different, but passes with a reset */
	TONE_FOREVER, /* irreversible: bold in every theme */
	TONE_WARNING,
	TONE_ERROR,
	TONE_GOOD,
	TONE_COUNT
};

struct page_span {
	size_t line;
	size_t offset, length; /* into text */
	enum tone tone;
};

struct page {
	unsigned width; /* columns to fill; lines written by page_add() may be longer */
	bool incomplete;
	size_t line_count; /* lines ended so far */
	char *text;
	size_t text_used, text_capacity;
	struct page_span *spans; /* ascending by line */
	size_t span_count, span_capacity;
};

void page_init(struct page *page, unsigned width);
void page_free(struct page *page);

/* Appends to the line that is being written. */
void page_add(struct page *page, enum tone tone, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* Ends it; an empty line when nothing was added. */
void page_end(struct page *page);

/*
 * Appends words, breaking at blanks so that lines stay within the width. Lines after the first
 * begin with `indent` blanks; the first goes on where the current line stands. Ends the last line.
 */
void page_wrap(struct page *page, enum tone tone, unsigned indent, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* The spans of one line: the first, and how many. NULL and 0 for an empty line. */
const struct page_span *page_line(const struct page *page, size_t line, size_t *count);

/* One line as plain text, cut at `cap`. */
void page_line_text(char *out, size_t cap, const struct page *page, size_t line);

/* The columns a UTF-8 text takes; a byte that is no character counts as one. */
unsigned page_columns(const char *text, size_t length);

/*
 * What part of a page is in a window, and what was in it at some time: a page has been seen once
 * its every line was. A new height or number of lines begins anew.
 */
struct page_scroll {
	size_t top, height, lines;
	size_t seen; /* lines from the first one on that were in the window */
};
void page_scroll_layout(struct page_scroll *scroll, size_t height, size_t lines);
void page_scroll_by(struct page_scroll *scroll, long lines);
void page_scroll_to(struct page_scroll *scroll, size_t top);
size_t page_scroll_below(const struct page_scroll *scroll); /* lines below the window */
bool page_scroll_all_seen(const struct page_scroll *scroll);

#endif
