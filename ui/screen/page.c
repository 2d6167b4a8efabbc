#include "ui/screen/page.h"

#include "src/wipe.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

/* The longest text in one call: a path and some words. */
#define PAGE_TEXT_MAX 4608

void page_init(struct page *page, unsigned width)
{
	*page = (struct page){.width = width};
}

void page_free(struct page *page)
{
	wipe_free(page->text, page->text_used);
	free(page->spans);
	*page = (struct page){0};
}

/* Makes room for `more` items beside `used`; false when there is no memory. */
static void *grow(void *items, size_t *capacity, size_t used, size_t more, size_t size)
{
	if (used + more <= *capacity)
		return items;
	size_t wanted = (used + more) * 2;
	void *grown = wipe_grow(items, used * size, wanted * size);
	if (grown)
		*capacity = wanted;
	return grown;
}

static void append(struct page *page, enum tone tone, const char *text, size_t length)
{
	if (length == 0)
		return;
	char *grown = grow(page->text, &page->text_capacity, page->text_used, length, 1);
	page->incomplete |= !grown;
	if (!grown)
		return;
	page->text = grown;
	struct page_span *spans =
		grow(page->spans, &page->span_capacity, page->span_count, 1, sizeof *page->spans);
	page->incomplete |= !spans;
	if (!spans)
		return;
	page->spans = spans;
	page->spans[page->span_count++] = (struct page_span){.line = page->line_count,
		.offset = page->text_used,
		.length = length,
		.tone = tone};
	memcpy(page->text + page->text_used, text, length);
	page->text_used += length;
}

void page_add(struct page *page, enum tone tone, const char *format, ...)
{
	char text[PAGE_TEXT_MAX];
	va_list arguments;
	va_start(arguments, format);
	int length = vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	page->incomplete |= length < 0 || (size_t)length >= sizeof text;
	append(page, tone, text, strlen(text));
}

void page_end(struct page *page)
{
	page->line_count++;
}

unsigned page_columns(const char *text, size_t length)
{
	unsigned columns = 0;
	mbstate_t state = {0};
	while (length > 0) {
		wchar_t c;
		size_t bytes = mbrtowc(&c, text, length, &state);
		if (bytes == 0 || bytes > length) {
			/* Not a character in this locale: it takes the place of one byte. */
			state = (mbstate_t){0};
			bytes = 1;
			columns++;
		} else {
			int width = wcwidth(c);
			columns += width > 0 ? (unsigned)width : 0;
		}
		text += bytes;
		length -= bytes;
	}
	return columns;
}

static unsigned columns_so_far(const struct page *page)
{
	unsigned columns = 0;
	for (size_t i = page->span_count; i > 0; i--) {
		const struct page_span *span = &page->spans[i - 1];
		if (span->line != page->line_count)
			break;
		columns += page_columns(page->text + span->offset, span->length);
	}
	return columns;
}

static void new_line(struct page *page, unsigned indent)
{
	static const char blanks[] = "                                ";
	assert(indent < sizeof blanks);
	page_end(page);
	append(page, TONE_PLAIN, blanks, indent);
}

/* Bytes of `text` that take at most so many columns; at least one character. */
static size_t fitting(const char *text, size_t length, unsigned columns)
{
	size_t bytes = 0;
	while (bytes < length) {
		size_t next = bytes + 1;
		while (next < length && ((unsigned char)text[next] & 0xC0) == 0x80)
			next++;
		if (bytes > 0 && page_columns(text, next) > columns)
			break;
		bytes = next;
	}
	return bytes;
}

void page_wrap(struct page *page, enum tone tone, unsigned indent, const char *format, ...)
{
	char text[PAGE_TEXT_MAX];
	va_list arguments;
	va_start(arguments, format);
	int printed = vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	page->incomplete |= printed < 0 || (size_t)printed >= sizeof text;

	unsigned width = page->width > indent + 8 ? page->width : indent + 8;
	unsigned column = columns_so_far(page);
	bool glue = true; /* no blank before the first word of a line */
	for (const char *word = text + strspn(text, " "); *word;) {
		size_t length = strcspn(word, " ");
		unsigned columns = page_columns(word, length);
		if (!glue && column + 1 + columns > width) {
			new_line(page, indent);
			column = indent;
			glue = true;
		} else if (glue && column + columns > width && column > indent) {
			new_line(page, indent);
			column = indent;
		}
		if (!glue) {
			append(page, tone, " ", 1);
			column++;
		}
		size_t taken = fitting(word, length, width - column);
		append(page, tone, word, taken);
		column += page_columns(word, taken);
		glue = taken < length; /* a word longer than a line goes on in the next */
		word += taken;
		word += glue ? 0 : strspn(word, " ");
	}
	page_end(page);
}

const struct page_span *page_line(const struct page *page, size_t line, size_t *count)
{
	size_t low = 0, high = page->span_count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (page->spans[middle].line < line)
			low = middle + 1;
		else
			high = middle;
	}
	*count = 0;
	while (low + *count < page->span_count && page->spans[low + *count].line == line)
		++*count;
	return *count ? &page->spans[low] : NULL;
}

void page_line_text(char *out, size_t cap, const struct page *page, size_t line)
{
	size_t count, used = 0;
	const struct page_span *spans = page_line(page, line, &count);
	for (size_t i = 0; i < count; i++) {
		size_t length = spans[i].length;
		if (length > cap - 1 - used)
			length = cap - 1 - used;
		memcpy(out + used, page->text + spans[i].offset, length);
		used += length;
	}
	out[used] = '\0';
}

static void note_seen(struct page_scroll *scroll)
{
	size_t bottom = scroll->top + scroll->height;
	/* Only what joins on counts: a jump past lines does not make them seen. */
	if (scroll->top <= scroll->seen && bottom > scroll->seen)
		scroll->seen = bottom;
}

void page_scroll_layout(struct page_scroll *scroll, size_t height, size_t lines)
{
	if (height == scroll->height && lines == scroll->lines)
		return;
	scroll->height = height;
	scroll->lines = lines;
	scroll->seen = 0;
	size_t last = lines > height ? lines - height : 0;
	if (scroll->top > last)
		scroll->top = last;
	note_seen(scroll);
}

void page_scroll_to(struct page_scroll *scroll, size_t top)
{
	size_t last = scroll->lines > scroll->height ? scroll->lines - scroll->height : 0;
	scroll->top = top < last ? top : last;
	note_seen(scroll);
}

void page_scroll_by(struct page_scroll *scroll, long lines)
{
	if (lines < 0 && (size_t)-lines > scroll->top)
		page_scroll_to(scroll, 0);
	else
		page_scroll_to(scroll, (size_t)((long)scroll->top + lines));
}

size_t page_scroll_below(const struct page_scroll *scroll)
{
	size_t bottom = scroll->top + scroll->height;
	return scroll->lines > bottom ? scroll->lines - bottom : 0;
}

bool page_scroll_all_seen(const struct page_scroll *scroll)
{
	return scroll->height > 0 && scroll->seen >= scroll->lines;
}
