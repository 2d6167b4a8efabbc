/*
 * Chip maps, for people and for programs: which families are known, and all that is known of one.
 *
 * Every text is malloc'd, ends with a line break, and is the caller's to free. Formats are
 * REPORT_TEXT, laid out for 80 columns, and REPORT_JSON, as man page otpedit.1 describes it.
 */
#ifndef OTPEDIT_SRC_REPORT_CHIP_H
#define OTPEDIT_SRC_REPORT_CHIP_H

#include "src/chip.h"
#include "src/errbuf.h"
#include "src/report_cells.h"

#include <stddef.h>

/* A list of chips: names, device ids, words, part numbers. ERR_MEMORY is the only failure. */
enum status report_chips(char **out, enum report_format format, const struct chip *const chips[],
	size_t count, struct errbuf *err);

/* One chip's whole map: no word is without a row. ERR_MEMORY is the only failure. */
enum status report_chip(
	char **out, enum report_format format, const struct chip *chip, struct errbuf *err);

#endif
