#include "ui/screen/picker.h"

#include "src/clean_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *source, *text;
} simulated[] = {
	{"demo", "the STM32MP157C of the vendor's documentation"},
	{"demo:blank", "an STM32MP15 with nothing programmed"},
	{"demo:stm32mp13", "invented fuses of that family"},
	{"demo:stm32mp21", "invented fuses of that family"},
	{"demo:stm32mp23", "invented fuses of that family"},
	{"demo:stm32mp25", "invented fuses of that family"},
};
#define SIMULATED_COUNT (sizeof simulated / sizeof simulated[0])

#define INDENT 18

void picker_free(struct picker *picker)
{
	free(picker->found);
	picker->found = NULL;
	free(picker->ports);
	picker->ports = NULL;
}

/* --- the entries, counted through all parts --- */

static size_t board_count(const struct picker *picker)
{
	return picker->found ? picker->found->count : 0;
}

static size_t port_count(const struct picker *picker)
{
	return picker->ports && !picker->boards_only ? picker->ports->count : 0;
}

static bool is_simulated_entry(const char *text)
{
	for (size_t i = 0; i < SIMULATED_COUNT; i++)
		if (strcmp(simulated[i].source, text) == 0)
			return true;
	return false;
}

/* Whether what was used last stands in another part of the list. */
static bool is_listed(const struct picker *picker, const char *text)
{
	for (size_t i = 0; i < board_count(picker); i++)
		if (strcmp(picker->found->boards[i].source, text) == 0)
			return true;
	for (size_t i = 0; i < port_count(picker); i++)
		if (strcmp(picker->ports->port[i].source, text) == 0)
			return true;
	return is_simulated_entry(text);
}

/* The index-th board of those used last that is listed nowhere else; NULL past the last. */
static const struct recent_source *used_board(const struct picker *picker, size_t index)
{
	for (size_t i = 0; !picker->boards_only && i < picker->sources.count; i++)
		if (!is_listed(picker, picker->sources.items[i].text) && index-- == 0)
			return &picker->sources.items[i];
	return NULL;
}

static size_t used_count(const struct picker *picker)
{
	size_t count = 0;
	while (used_board(picker, count))
		count++;
	return count;
}

enum part { PART_BOARDS, PART_IMAGES, PART_USED, PART_PORTS, PART_SIMULATED, PARTS };

static size_t part_count(const struct picker *picker, enum part part)
{
	switch (part) {
	case PART_BOARDS: return board_count(picker);
	case PART_IMAGES: return picker->boards_only ? 0 : picker->recent.count;
	case PART_USED: return used_count(picker);
	case PART_PORTS: return port_count(picker);
	case PART_SIMULATED: return picker->boards_only ? 0 : SIMULATED_COUNT;
	case PARTS: break;
	}
	return 0;
}

static size_t count(const struct picker *picker)
{
	size_t sum = 0;
	for (int part = 0; part < PARTS; part++)
		sum += part_count(picker, (enum part)part);
	return sum;
}

/* The part that an entry is in, and its index there. */
static enum part part_of(const struct picker *picker, size_t *index)
{
	int part = 0;
	for (; part + 1 < PARTS && *index >= part_count(picker, (enum part)part); part++)
		*index -= part_count(picker, (enum part)part);
	return (enum part)part;
}

static const char *source_of(const struct picker *picker, size_t index)
{
	switch (part_of(picker, &index)) {
	case PART_BOARDS: return picker->found->boards[index].source;
	case PART_IMAGES: return picker->recent.paths[index];
	case PART_USED: return used_board(picker, index)->text;
	case PART_PORTS: return picker->ports->port[index].source;
	case PART_SIMULATED:
	case PARTS: break;
	}
	return simulated[index].source;
}

/* Where the cursor begins: opening a port, or a board that may not be the one that is remembered,
 * sends something to who knows whom. */
static size_t first_choice(const struct picker *picker)
{
	size_t index = part_count(picker, PART_BOARDS) + part_count(picker, PART_IMAGES);
	if (index > 0)
		return 0;
	for (size_t i = 0; i < used_count(picker); i++)
		if (!used_board(picker, i)->is_real)
			return index + i;
	return index + used_count(picker) + part_count(picker, PART_PORTS);
}

static size_t chosen_index(const struct picker *picker)
{
	for (size_t i = 0; i < count(picker); i++)
		if (strcmp(source_of(picker, i), picker->chosen) == 0)
			return i;
	return first_choice(picker);
}

const char *picker_source(const struct picker *picker)
{
	return count(picker) > 0 ? source_of(picker, chosen_index(picker)) : "";
}

static void choose(struct picker *picker, size_t index)
{
	if (index < count(picker))
		snprintf(picker->chosen, sizeof picker->chosen, "%s", source_of(picker, index));
}

void picker_move(struct picker *picker, long by)
{
	size_t entries = count(picker);
	long to = (long)chosen_index(picker) + by;
	if (entries == 0)
		return;
	choose(picker, to < 0 ? 0 : to < (long)entries ? (size_t)to : entries - 1);
}

void picker_take(struct picker *picker, struct found_boards *found, struct found_ports *ports,
	const struct errbuf *trouble)
{
	bool is_first = !picker->has_looked;
	/* An entry under the cursor is not moved away by a board that comes: Enter may be on its
	 * way. Before the first list nobody can have meant one by staying where it was. */
	bool stay = !is_first || picker->chosen[0];
	if (stay && count(picker) > 0)
		choose(picker, chosen_index(picker));
	free(picker->found);
	picker->found = found;
	free(picker->ports);
	picker->ports = ports;
	picker->has_looked = true;
	snprintf(picker->trouble, sizeof picker->trouble, "%s", found ? "" : trouble->text);
}

/* --- as text --- */

/* Begins an entry: the sign of the cursor, and what it is called. */
static enum tone begin(struct page *page, bool chosen, const char *name)
{
	enum tone tone = chosen ? TONE_HEADING : TONE_PLAIN;
	page_add(page, tone, "%s %-*s ", chosen ? ">" : " ", INDENT - 3, name);
	return tone;
}

static void board_row(struct page *page, const char *title, const char *text)
{
	if (text[0] == '\0')
		return;
	page_add(page, TONE_FAINT, "%*s%s ", INDENT, "", title);
	page_wrap(page, TONE_PLAIN, INDENT + 2, "%s", text);
}

static void board_text(struct page *page, const struct found_board *board, bool chosen)
{
	char name[64];
	snprintf(name, sizeof name, "%s %s", board->link, board->path);
	enum tone tone = begin(page, chosen, name);
	const char *otp = board->stage[0] == '\0' ? "cannot be looked at"
			  : board->offers_otp     ? ", offers its OTP"
						  : ", no OTP";
	page_wrap(page, tone, INDENT, "%s%s", board->stage, otp);
	board_row(page, "serial", board->serial);
	board_row(page, "product", board->product);
	if (board->remark[0]) {
		page_add(page, TONE_PLAIN, "%*s", INDENT, "");
		page_wrap(page, board->offers_otp ? TONE_PLAIN : TONE_WARNING, INDENT, "%s",
			board->remark);
	}
}

static void port_text(struct page *page, const struct found_port *port, bool chosen)
{
	enum tone tone = begin(page, chosen, port->name);
	if (port->holders[0])
		page_wrap(
			page, chosen ? tone : TONE_WARNING, INDENT, "in use by %s", port->holders);
	else
		page_wrap(page, tone, INDENT, "%s%sopening it sends the sync byte",
			port->description, port->description[0] ? "; " : "");
}

/* A long path or name loses its beginning: the end tells more. */
static void path_text(struct page *page, const char *path, bool chosen)
{
	char text[STORE_PATH_MAX];
	snprintf(text, sizeof text, "%s", path);
	clean_text_in_place(text);
	size_t length = strlen(text), room = page->width > 10 ? page->width - 6 : 4, cut = 0;
	while (page_columns(text + cut, length - cut) > room) {
		cut++;
		while (((unsigned char)text[cut] & 0xC0) == 0x80)
			cut++;
	}
	page_add(page, chosen ? TONE_HEADING : TONE_PLAIN, "%s %s%s", chosen ? ">" : " ",
		cut > 0 ? "..." : "", text + cut);
	page_end(page);
}

static void heading(struct page *page, const char *text)
{
	if (page->line_count > 0)
		page_end(page);
	page_add(page, TONE_HEADING, "%s", text);
	page_end(page);
}

static void boards_text(struct page *page, const struct picker *picker)
{
	bool says = !picker->has_looked || board_count(picker) == 0;
	if (says)
		page_add(page, TONE_PLAIN, "  ");
	if (!picker->has_looked)
		page_wrap(page, TONE_PLAIN, 2, "looking for boards ...");
	else if (picker->trouble[0])
		page_wrap(page, TONE_WARNING, 2, "%s", picker->trouble);
	else if (board_count(picker) == 0)
		page_wrap(page, TONE_PLAIN, 2,
			"None is in DFU mode on USB: check the cable, and that U-Boot's "
			"'stm32prog "
			"usb 0' or STM32PRGFW-UTIL runs on the board. One that appears is listed "
			"here.");
}

static void entry_text(struct page *page, const struct picker *picker, size_t index, bool chosen)
{
	switch (part_of(picker, &index)) {
	case PART_BOARDS: board_text(page, &picker->found->boards[index], chosen); return;
	case PART_IMAGES: path_text(page, picker->recent.paths[index], chosen); return;
	case PART_USED: path_text(page, used_board(picker, index)->text, chosen); return;
	case PART_PORTS: port_text(page, &picker->ports->port[index], chosen); return;
	case PART_SIMULATED:
	case PARTS: break;
	}
	enum tone tone = begin(page, chosen, simulated[index].source);
	page_wrap(page, tone, INDENT, "%s", simulated[index].text);
}

/* What the entries from here on are, where that begins. */
static void put_heading(struct page *page, const struct picker *picker, size_t index)
{
	static const char *const headings[PARTS] = {[PART_IMAGES] = "Images used last",
		[PART_USED] = "Boards used last, looked for when they are chosen",
		[PART_PORTS] = "Serial ports",
		[PART_SIMULATED] = "Simulated boards"};
	enum part part = part_of(picker, &index);
	if (index == 0 && headings[part])
		heading(page, headings[part]);
}

void picker_text(struct page *page, size_t *first, size_t *past, const struct picker *picker)
{
	size_t entries = count(picker), chosen = chosen_index(picker);
	*first = *past = 0;
	heading(page, "Boards found");
	boards_text(page, picker);
	for (size_t i = 0; i < entries; i++) {
		put_heading(page, picker, i);
		if (i == chosen)
			*first = page->line_count;
		entry_text(page, picker, i, i == chosen);
		if (i == chosen)
			*past = page->line_count;
	}
}
