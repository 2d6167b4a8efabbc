/* What the one path that burns promises, by number, and what does not hold of it. */
#include "tests/matrix/fire_parts.h"

#include <stdarg.h>
#include <stdio.h>

/* The promises of the one path that burns, in short. What is looked at here after each case, and
 * which other tests hold what cannot be seen from here. */
static const struct {
	const char *text, *elsewhere;
} invariants[FIRE_INVARIANTS + 1] = {
	[1] = {"nothing burns but what was confirmed, on the board it was confirmed for",
		"matrix.contract matrix.endings commands.ceremony model.confirm"},
	[2] = {"another board or a changed one is not burnt: the confirmation binds",
		"matrix.contract model.confirm model.commit"},
	[3] = {"the intent is on disk before a burn, and the next start tells the truth", ""},
	[4] = {"a request is of zeros but for the staged words", ""},
	[5] = {"success is what the fuses show, whatever the board answers", "matrix.endings"},
	[6] = {"values, then locks, each proved before the next", "model.plan matrix.contract"},
	[7] = {"a lock is sent only for a word that holds what was shown", "model.commit"},
	[8] = {"a burn is never repeated", ""},
	[9] = {"words that cannot be read are not written", "model.rules_each model.rules_random"},
	[10] = {"a lock that does not show yet is called unproved, and proved at a reset", ""},
	[11] = {"the mode of an MP13 changes as a whole", "model.rules_of_families model.wizard"},
	[12] = {"files are whole, nobody else's to read, and nothing is left over", "model.store"},
	[13] = {"a forced chip makes a session view-only", "matrix.contract model.session"},
	[14] = {"sticky locks are refused where they are ignored", "matrix.contract"},
};

const char *fire_invariant(unsigned number, const char **elsewhere)
{
	*elsewhere = invariants[number].elsewhere;
	return invariants[number].text;
}

void fire_violate(struct fire *fire, unsigned invariant, const char *format, ...)
{
	struct fire_outcome *out = &fire->out;
	va_list arguments;
	out->violated[invariant]++;
	if (out->violation_count == FIRE_VIOLATIONS_MAX)
		return;
	char *text = out->violations[out->violation_count++];
	int used = snprintf(text, sizeof out->violations[0], "[%u] ", invariant);
	va_start(arguments, format);
	vsnprintf(text + used, sizeof out->violations[0] - (size_t)used, format, arguments);
	va_end(arguments);
}
