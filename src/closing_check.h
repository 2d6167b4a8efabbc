/*
 * What has to hold before a device is closed, as a list for people.
 */
#ifndef OTPEDIT_SRC_CLOSING_CHECK_H
#define OTPEDIT_SRC_CLOSING_CHECK_H

#include "src/plan.h"

#include <stdbool.h>
#include <stddef.h>

enum closing_state {
	CLOSING_HOLDS,
	CLOSING_WARNS,   /* does not hold; it can be closed all the same */
	CLOSING_REFUSED, /* does not hold, and nothing is closed without it */
	CLOSING_UNTOLD   /* no program can see it: only the person knows */
};

struct closing_check {
	enum closing_state state;
	const char *text; /* borrowed, from the plan or for good */
};

#define CLOSING_CHECKS_MAX 8

/* "yes", "no ", "NO ", " ? ": three columns. */
const char *closing_state_mark(enum closing_state state);

/* All conditions, by the remarks of a plan that closes; how many. */
size_t closing_checks(struct closing_check out[CLOSING_CHECKS_MAX], const struct plan *plan);

/* Whether the conditions tell what this rule says, so that it need not be said again. */
bool closing_tells_rule(const char *rule);

/* Whether none of them stands against it. */
bool closing_is_allowed(const struct closing_check checks[], size_t count);

#endif
