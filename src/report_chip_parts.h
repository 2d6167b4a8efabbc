/*
 * Inside the report on chips: what its text and its JSON share.
 */
#ifndef OTPEDIT_SRC_REPORT_CHIP_PARTS_H
#define OTPEDIT_SRC_REPORT_CHIP_PARTS_H

#include "src/report_chip.h"

#include <stdbool.h>
#include <stdio.h>

/* Words that go by one name, or that the map says nothing of. */
struct chip_row {
	unsigned first, last;
	const struct chip_entry *entry; /* NULL: nothing is said */
};

/*
 * The rows of a map, by their first word, the wider of two first. Every word of the chip is in one
 * at least. malloc'd; NULL when memory is short.
 */
struct chip_row *chip_rows(size_t *count, const struct chip *chip);

/* The row that a field is told under: the narrowest that holds all of its words. */
bool chip_row_has(
	const struct chip_row *rows, size_t count, size_t row, const struct chip_field *field);

/* The rule of the banks that the words are in: "bits", "once", "never", or "mixed". */
const char *chip_row_rule(const struct chip *chip, const struct chip_row *row);

/* The row's own danger, or that of a wider row around it where that is worse. */
enum chip_danger chip_row_danger(const struct chip *chip, const struct chip_row *row);

/* As in chip files. */
const char *chip_rule_name(enum bank_rule rule);

/* Whether the user named these words. */
bool chip_row_is_overlay(const struct chip_row *row);

/* The part numbers that the map knows, in alphabetical order; borrowed texts in a malloc'd list,
 * NULL when memory is short. */
const char **chip_parts(size_t *count, const struct chip *chip);

enum status report_chips_json(
	FILE *out, const struct chip *const chips[], size_t count, struct errbuf *err);
enum status report_chip_json(FILE *out, const struct chip *chip, struct errbuf *err);

#endif
