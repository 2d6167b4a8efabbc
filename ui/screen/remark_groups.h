/*
 * A plan's remarks as people read them: the same remark on words that follow one another is one
 * sentence.
 */
#ifndef OTPEDIT_UI_SCREEN_REMARK_GROUPS_H
#define OTPEDIT_UI_SCREEN_REMARK_GROUPS_H

#include "src/chip.h"
#include "src/rules.h"

#include <stdbool.h>
#include <stddef.h>

struct remark_group {
	const struct remark *first; /* of the remarks it stands for; gives rule and severity */
	int first_word, last_word;  /* -1 and -1: the plan as a whole */
	char text[480];             /* "words 24 to 26: PKH[0] to PKH[2] belongs to …" */
};

/* In the order of the remarks: worst first, then by word. */
struct remark_groups {
	size_t count;
	struct remark_group *items;
	size_t remark_count;
	size_t *of_remark; /* the group that remark i went into */
};

/* False when out of memory. Borrows the remarks; remark_groups_free() in any case. */
bool remark_groups_make(
	struct remark_groups *out, const struct remarks *remarks, const struct chip *chip);
void remark_groups_free(struct remark_groups *groups);

#endif
