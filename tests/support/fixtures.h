/*
 * Images that tests start from.
 */
#ifndef OTPEDIT_TESTS_FIXTURES_H
#define OTPEDIT_TESTS_FIXTURES_H

#include "src/chip.h"
#include "src/image.h"
#include "src/plan.h"

/* An MP15 board with nothing but its unique id 00410032-33385116-34383330 (locked), 0x17 in word
 * 0 and a package in word 16, nothing read-locked. */
void fixture_plain(struct image *out);

/* As fixture_plain(), with a whole public key hash in words 24-31, locked: fit to be closed. */
void fixture_closable(struct image *out);

/* The built-in map; fails the test when it cannot be loaded. chip_free(). */
struct chip *fixture_chip(void);

/* A plan for these edits on a simulated board behind U-Boot; fails the test on an error.
 * plan_free(). */
struct plan *fixture_plan(
	const struct edits *edits, const struct image *image, const struct chip *chip);

/* Whether the plan has a remark of this rule for this word (-1: the plan as a whole). */
bool fixture_has_remark(const struct plan *plan, const char *rule, int word);

#endif
