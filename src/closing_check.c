#include "src/closing_check.h"

#include <string.h>

/* A condition holds when its rule has no remark. */
static const struct {
	const char *rule;  /* NULL: no rule can tell */
	const char *holds; /* what is said then; else the remark's own text is */
	bool must;
} conditions[] = {
	{"view-only", "the chip is what the board says it is", true},
	{"no-identity", "the board can be told from every other", true},
	{"closed", "the device is still open", true},
	{"close-without-key", "the public key hash is there, every word of it", true},
	{"close-key-unlocked", "every word of the public key hash is locked", false},
	{"close-no-secure-boot", "the part has secure boot", true},
	{NULL,
		"firmware signed with this key has started on this board while it is open: nobody "
		"but you can know",
		false},
};

static const struct remark *find_remark(const struct plan *plan, const char *rule)
{
	for (size_t i = 0; i < plan->remarks.count; i++)
		if (strcmp(plan->remarks.items[i].rule, rule) == 0)
			return &plan->remarks.items[i];
	return NULL;
}

const char *closing_state_mark(enum closing_state state)
{
	static const char *const marks[] = {[CLOSING_HOLDS] = "yes",
		[CLOSING_WARNS] = "no ",
		[CLOSING_REFUSED] = "NO ",
		[CLOSING_UNTOLD] = " ? "};
	return marks[state];
}

size_t closing_checks(struct closing_check out[CLOSING_CHECKS_MAX], const struct plan *plan)
{
	size_t count = sizeof conditions / sizeof *conditions;
	for (size_t i = 0; i < count; i++) {
		const char *rule = conditions[i].rule;
		const struct remark *remark = rule ? find_remark(plan, rule) : NULL;
		out[i] = (struct closing_check){
			rule ? CLOSING_HOLDS : CLOSING_UNTOLD, conditions[i].holds};
		if (remark)
			out[i] = (struct closing_check){
				conditions[i].must ? CLOSING_REFUSED : CLOSING_WARNS, remark->text};
	}
	return count;
}

bool closing_tells_rule(const char *rule)
{
	for (size_t i = 0; i < sizeof conditions / sizeof *conditions; i++)
		if (conditions[i].rule && strcmp(conditions[i].rule, rule) == 0)
			return true;
	return false;
}

bool closing_is_allowed(const struct closing_check checks[], size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (checks[i].state == CLOSING_REFUSED)
			return false;
	return true;
}
