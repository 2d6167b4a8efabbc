#include "src/admission.h"

#include "src/identity.h"
#include "src/peer.h"

#include <stdlib.h>
#include <string.h>

/* The journal has the peer's name, and its version behind it where it tells one. */
static bool was_over_one_buffer(const struct journal_intent *intent)
{
	const char *name = peer_traits(PEER_PRGFW)->name;
	return strncmp(intent->peer, name, strlen(name)) == 0;
}

static bool is_over_the_same(const struct journal *journal, const struct journal_intent *intent,
	const struct device_info *about)
{
	bool same_port = strcmp(intent->port, about->port) == 0;
	if (journal->source_class == SOURCE_SIMULATED || !identity_serial_tells(intent->serial) ||
		!identity_serial_tells(about->serial))
		return same_port;
	return strcmp(intent->serial, about->serial) == 0;
}

enum status admission_check(const struct journal *journal, const struct device_info *about,
	const struct power_cycle *powered, struct errbuf *err)
{
	struct journal_entry *entries = NULL;
	size_t count = 0, damaged = 0;
	enum status status =
		journal_read(&entries, &count, &damaged, JOURNAL_OPEN_ONLY, journal, err);
	/* A journal that cannot be read burns nothing, and keeps nobody from looking where looking
	 * is harmless in any case. */
	if (status != OK && about->peer != PEER_PRGFW) {
		errbuf_clear(err);
		return OK;
	}
	for (size_t i = 0; status == OK && i < count; i++) {
		const struct journal_intent *intent = &entries[i].intent;
		if (entries[i].end != JOURNAL_NO_OUTCOME || !was_over_one_buffer(intent) ||
			!is_over_the_same(journal, intent, about) ||
			power_cycle_covers(powered, intent->id, about))
			continue;
		status = errbuf_set(err, ERR_REFUSED,
			"a commit of %s over STM32PRGFW-UTIL has no known end, and its request may "
			"still lie in the board's memory: nothing is sent to it before its power "
			"was off; 'otpedit reset %.100s' shows how",
			intent->time, about->source);
	}
	free(entries);
	return status;
}
