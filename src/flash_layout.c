#include "src/flash_layout.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum column { OPT, ID, NAME, TYPE, IP, OFFSET, BINARY, COLUMNS };

#define LAST_BOOT_PHASE 0x0Fu
#define LAST_PHASE      0xF0u

/* The names that head lines have had over the years. */
static const char *const titles[COLUMNS][2] = {
	{"Opt", "Opt"},
	{"Id", "Id"},
	{"Name", "Name"},
	{"Type", "Type"},
	{"IP", "Device"},
	{"Offset", "Offset"},
	{"Binary", "Binary"},
};

struct cells {
	unsigned line;
	size_t count;
	char *cell[COLUMNS + 1]; /* one more than there may be, to notice it */
};

static enum status fail(
	struct errbuf *err, const struct cells *cells, const char *what, const char *cell)
{
	return errbuf_set(err, ERR_FORMAT, "line %u: %s '%.60s'", cells->line, what, cell);
}

/* Several tabs count as one. */
static void split(struct cells *out, unsigned line, char *text)
{
	*out = (struct cells){.line = line};
	for (char *at = text; *at != '\0' && out->count <= COLUMNS;) {
		at += strspn(at, "\t");
		if (*at == '\0')
			break;
		out->cell[out->count++] = at;
		at += strcspn(at, "\t");
		if (*at != '\0')
			*at++ = '\0';
	}
	for (size_t i = 0; i < out->count; i++) {
		char *cell = out->cell[i];
		size_t length = strlen(cell);
		while (length > 0 && cell[length - 1] == ' ')
			cell[--length] = '\0';
		out->cell[i] = cell + strspn(cell, " ");
	}
}

static bool is_title(const char *cell, enum column column)
{
	return strcmp(cell, titles[column][0]) == 0 || strcmp(cell, titles[column][1]) == 0;
}

/* "#Opt Id …": other comments begin with something else, and are let be. */
static enum status check_head(const struct cells *cells, struct errbuf *err)
{
	if (cells->count == 0)
		return OK;
	const char *first = cells->cell[0] + 1;
	first += strspn(first, " ");
	if (!is_title(first, OPT) || cells->count == 1)
		return OK;
	for (size_t i = 1; i < cells->count; i++)
		if (i >= COLUMNS || !is_title(cells->cell[i], (enum column)i))
			return fail(err, cells,
				"the columns are Opt, Id, Name, Type, IP, Offset, Binary, and not",
				cells->cell[i]);
	return OK;
}

static bool is_option(const char *cell)
{
	return strcmp(cell, "-") == 0 || (cell[0] != '\0' && strspn(cell, "PED") == strlen(cell));
}

static bool is_type(const char *cell)
{
	static const char *const types[] = {"Binary", "FIP", "System", "FileSystem", "RawImage",
		"FWU_MDATA", "ENV", "ESP", "PMIC"};
	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
		if (strcmp(cell, types[i]) == 0)
			return true;
	return strncmp(cell, "Binary(", 7) == 0;
}

static bool take_id(unsigned *out, const char *cell)
{
	char *end;
	if (cell[0] < '0' || cell[0] > '9')
		return false;
	errno = 0;
	unsigned long value = strtoul(cell, &end, 0);
	*out = (unsigned)value;
	return *end == '\0' && errno == 0 && value <= LAST_PHASE;
}

static enum status take_boot(
	struct flash_layout *out, const struct cells *cells, unsigned phase, struct errbuf *err)
{
	if (phase == 0 || phase > LAST_BOOT_PHASE)
		return fail(err, cells, "no phase of a boot has the id", cells->cell[ID]);
	for (size_t i = 0; i < out->count; i++)
		if (out->entries[i].phase == phase)
			return errbuf_set(err, ERR_FORMAT,
				"lines %u and %u both name a file for phase %u: take one out",
				out->entries[i].line, cells->line, phase);
	if (strcmp(cells->cell[BINARY], "none") == 0 || cells->cell[BINARY][0] == '\0')
		return fail(err, cells, "no file is named for", cells->cell[NAME]);
	if (out->count == FLASH_LAYOUT_MAX_BOOT)
		return fail(
			err, cells, "there are too many files to boot with:", cells->cell[NAME]);
	struct flash_layout_entry entry = {.line = cells->line, .phase = phase};
	if (strlen(cells->cell[BINARY]) >= sizeof entry.binary)
		return fail(err, cells, "the name of the file is too long:", cells->cell[BINARY]);
	snprintf(entry.name, sizeof entry.name, "%s", cells->cell[NAME]);
	snprintf(entry.binary, sizeof entry.binary, "%s", cells->cell[BINARY]);
	size_t at = out->count++;
	for (; at > 0 && out->entries[at - 1].phase > phase; at--)
		out->entries[at] = out->entries[at - 1];
	out->entries[at] = entry;
	return OK;
}

static enum status take_cells(
	struct flash_layout *out, const struct cells *cells, struct errbuf *err)
{
	unsigned phase = 0;
	if (cells->count != COLUMNS)
		return errbuf_set(err, ERR_FORMAT,
			"line %u has %s than the 7 columns of a FlashLayout, which tabs part: Opt, "
			"Id, Name, Type, IP, Offset, Binary",
			cells->line, cells->count < COLUMNS ? "fewer" : "more");
	if (!is_option(cells->cell[OPT]))
		return fail(err, cells, "'-' or letters of P, E, D are options, and not",
			cells->cell[OPT]);
	if (!take_id(&phase, cells->cell[ID]))
		return fail(
			err, cells, "a number from 0 to 0xF0 is an id, and not", cells->cell[ID]);
	if (!is_type(cells->cell[TYPE]))
		return fail(err, cells, "not a type of partition:", cells->cell[TYPE]);
	if (strcmp(cells->cell[IP], "none") == 0)
		return take_boot(out, cells, phase, err);
	out->ignored_count++;
	return OK;
}

static enum status take_line(
	struct flash_layout *out, unsigned line, char *text, struct errbuf *err)
{
	struct cells cells;
	bool is_comment = text[0] == '#';
	split(&cells, line, text);
	if (is_comment)
		return check_head(&cells, err);
	return cells.count == 0 ? OK : take_cells(out, &cells, err);
}

static enum status take_lines(struct flash_layout *out, char *text, struct errbuf *err)
{
	enum status status = OK;
	unsigned line = 1;
	for (char *at = text; status == OK && *at != '\0'; line++) {
		size_t length = strcspn(at, "\n");
		char *next = at + length + (at[length] == '\n');
		at[length] = '\0';
		for (size_t end = length; end > 0 && at[end - 1] == '\r';)
			at[--end] = '\0';
		status = take_line(out, line, at, err);
		at = next;
	}
	if (status == OK && out->count == 0)
		return errbuf_set(err, ERR_FORMAT,
			"it names nothing to boot a board with: no line has the IP 'none'");
	return status;
}

enum status flash_layout_parse(
	struct flash_layout *out, const char *text, size_t length, struct errbuf *err)
{
	*out = (struct flash_layout){0};
	if (length > FLASH_LAYOUT_MAX_BYTES || (length > 0 && memchr(text, '\0', length)))
		return errbuf_set(err, ERR_FORMAT, "it is no FlashLayout, which is a text");
	char *copy = malloc(length + 1);
	if (!copy)
		return errbuf_set(err, ERR_MEMORY, "out of memory for a FlashLayout");
	if (length > 0)
		memcpy(copy, text, length);
	copy[length] = '\0';
	enum status status = take_lines(out, copy, err);
	free(copy);
	return status;
}
