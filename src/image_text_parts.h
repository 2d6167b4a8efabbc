/*
 * Inside image_text*.c: texts line by line, and the two readers.
 */
#ifndef OTPEDIT_SRC_IMAGE_TEXT_PARTS_H
#define OTPEDIT_SRC_IMAGE_TEXT_PARTS_H

#include "src/image_text.h"

#define TEXT_LINE_MAX 512 /* longer lines are cut: no row is as long */

/* A text read line by line; starts as {.bytes, .length, .step}. */
struct text_lines {
	const uint8_t *bytes;
	size_t length, at;
	size_t step;              /* bytes of a character: 1, or 2 for UTF-16, low byte first */
	unsigned number;          /* of the line in `text`, from 1 */
	char text[TEXT_LINE_MAX]; /* without colours, control characters and blanks at both ends */
};

bool text_lines_next(struct text_lines *lines);

/* What a hex digit is worth. */
unsigned text_digit(char c);

/* Hex digits at the text's start, and their number's value if there are 1 to 16 of them. */
size_t text_hex(uint64_t *value, const char *text);

/* A row of a display: 1; a line of another kind: 0; a row that is not whole: -1 and err. */
struct displ_row {
	unsigned word;
	uint32_t value, status;
};
int displ_row_read(struct displ_row *out, const char *line, unsigned number, struct errbuf *err);
enum status displ_parse(struct image *out, struct image_origin *origin, struct text_lines lines,
	struct errbuf *err);

/* A row of a dump: its offset's digits, its groups of hex digits, all of one width. */
#define DUMP_ROW_BYTES 64
struct dump_row {
	char offset[17];
	bool colon;    /* xxd writes one behind the offset */
	size_t group;  /* bytes a group: 1, 2, 4 or 8 */
	size_t length; /* bytes in the row; 0: the offset alone, as at a dump's end */
	uint8_t bytes[DUMP_ROW_BYTES]; /* as printed */
};
bool dump_row_read(struct dump_row *out, const char *line);
enum status dump_parse(struct image *out, struct image_origin *origin, struct text_lines lines,
	bool any, struct errbuf *err);

#endif
