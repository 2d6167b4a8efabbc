#include "src/confirm.h"

#include "src/word_status.h"

#include <stdio.h>
#include <string.h>

enum status arming_arm(struct arming *arming, const char *board, struct errbuf *err)
{
	if (arming->read_only)
		return errbuf_set(err, ERR_REFUSED,
			"this run is read-only (see 'otpedit config'): nothing can be burnt");
	if (board[0] == '\0')
		return errbuf_set(err, ERR_REFUSED,
			"the board has no readable identity, so nothing can be burnt on it");
	arming->armed = true;
	snprintf(arming->board, sizeof arming->board, "%s", board);
	return OK;
}

void arming_disarm(struct arming *arming)
{
	arming->armed = false;
	arming->board[0] = '\0';
}

bool arming_allows(const struct arming *arming, const char *board)
{
	return arming->armed && !arming->read_only && board[0] != '\0' &&
	       strcmp(arming->board, board) == 0;
}

/* The last `count` characters that are letters or digits; all of them when there are fewer. */
static void tail(char *out, size_t count, const char *board)
{
	const char *last = board + strlen(board);
	while (last > board && count > 0 && last[-1] != '-' && last[-1] != ':') {
		last--;
		count--;
	}
	strcpy(out, last);
}

/* Words of all passes as "57-59,70"; "N words" once it would not fit. */
static void words_text(char *out, size_t cap, const struct plan *plan)
{
	bool touched[IMAGE_MAX_WORDS + 1] = {false};
	unsigned count = 0;
	for (size_t p = 0; p < plan->pass_count; p++)
		for (size_t i = 0; i < plan->passes[p].change_count; i++) {
			bool *flag = &touched[plan->passes[p].changes[i].word];
			count += *flag ? 0 : 1;
			*flag = true;
		}
	size_t used = 0;
	for (unsigned first = 0; first < IMAGE_MAX_WORDS; first++) {
		if (!touched[first])
			continue;
		unsigned last = first;
		while (touched[last + 1])
			last++;
		int n = last == first
				? snprintf(out + used, cap - used, "%s%u", used ? "," : "", first)
				: snprintf(out + used, cap - used, "%s%u-%u", used ? "," : "",
					  first, last);
		if (n < 0 || (size_t)n >= cap - used) {
			snprintf(out, cap, "%u words", count);
			return;
		}
		used += (size_t)n;
		first = last;
	}
}

void confirm_phrase(char out[CONFIRM_PHRASE_MAX], const struct plan *plan)
{
	char words[48] = "", board[sizeof plan->board];
	switch (plan->danger) {
	case CLASS_PASSING: snprintf(out, CONFIRM_PHRASE_MAX, "y"); return;
	case CLASS_IRREVERSIBLE:
	case CLASS_DANGEROUS:
		words_text(words, sizeof words, plan);
		tail(board, 4, plan->board);
		snprintf(out, CONFIRM_PHRASE_MAX, "burn %s on %s", words, board);
		return;
	case CLASS_ONE_WAY:
		tail(board, 8, plan->board);
		snprintf(out, CONFIRM_PHRASE_MAX, "for ever %s", board);
		return;
	}
}

static enum status may_confirm(
	const struct plan *plan, const struct arming *arming, struct errbuf *err)
{
	if (plan->refused || plan->pass_count == 0)
		return errbuf_set(
			err, ERR_REFUSED, "the plan is refused by a rule: nothing was burnt");
	if (plan->source_class == SOURCE_FILE)
		return errbuf_set(
			err, ERR_REFUSED, "an image file cannot be burnt: open the board itself");
	if (!arming_allows(arming, plan->board))
		return errbuf_set(err, ERR_REFUSED,
			"the session is read-only until it is armed for this board: nothing was "
			"burnt");
	return OK;
}

static void fill(struct confirmation *out, const struct plan *plan, bool typed)
{
	*out = (struct confirmation){.typed = typed};
	memcpy(out->fingerprint, plan->fingerprint, sizeof out->fingerprint);
	memcpy(out->board, plan->board, sizeof out->board);
}

enum status confirm_typed(struct confirmation *out, const struct plan *plan, const char *typed,
	const bool *acknowledged, const struct arming *arming, struct errbuf *err)
{
	*out = (struct confirmation){0};
	enum status status = may_confirm(plan, arming, err);
	if (status != OK)
		return status;
	for (size_t i = 0; i < plan->remarks.count; i++)
		if (plan->danger >= CLASS_DANGEROUS &&
			plan->remarks.items[i].severity == SEVERITY_WARNING &&
			!(acknowledged && acknowledged[i]))
			return errbuf_set(err, ERR_REFUSED,
				"the remark '%s' was not acknowledged: nothing was burnt",
				plan->remarks.items[i].rule);
	char phrase[CONFIRM_PHRASE_MAX];
	confirm_phrase(phrase, plan);
	if (strcmp(typed, phrase) != 0)
		return errbuf_set(
			err, ERR_REFUSED, "what was typed is not '%s': nothing was burnt", phrase);
	fill(out, plan, true);
	return OK;
}

static bool is_accepted(const char *rule, const char *const accepted[], size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(rule, accepted[i]) == 0)
			return true;
	return false;
}

enum status confirm_fingerprint(struct confirmation *out, const struct plan *plan,
	const char *given, const char *const accepted[], size_t accepted_count,
	const struct arming *arming, struct errbuf *err)
{
	*out = (struct confirmation){0};
	enum status status = may_confirm(plan, arming, err);
	if (status != OK)
		return status;
	if (plan->danger == CLASS_ONE_WAY)
		return errbuf_set(err, ERR_REFUSED,
			"a one-way plan is confirmed at a terminal only: nothing was burnt");
	if (strcmp(given, plan->fingerprint) != 0)
		return errbuf_set(err, ERR_REFUSED,
			"'%s' is not this plan's fingerprint (%s): the plan, the board or what it "
			"holds has"
			" changed; look at the preview again; nothing was burnt",
			given, plan->fingerprint);
	for (size_t i = 0; i < plan->remarks.count; i++) {
		const struct remark *remark = &plan->remarks.items[i];
		if (plan->danger >= CLASS_DANGEROUS && remark->severity == SEVERITY_WARNING &&
			!is_accepted(remark->rule, accepted, accepted_count))
			return errbuf_set(err, ERR_REFUSED,
				"the remark '%s' has to be accepted with --accept %s: nothing was "
				"burnt",
				remark->rule, remark->rule);
	}
	fill(out, plan, false);
	return OK;
}

enum status confirm_rehearsal(struct confirmation *out, const struct plan *plan,
	const struct arming *arming, struct errbuf *err)
{
	*out = (struct confirmation){0};
	if (plan->source_class != SOURCE_SIMULATED || plan->twin[0] == '\0')
		return errbuf_set(err, ERR_REFUSED,
			"only what is simulated is rehearsed on: nothing was burnt");
	enum status status = may_confirm(plan, arming, err);
	if (status != OK)
		return status;
	fill(out, plan, false);
	out->rehearsed = true;
	return OK;
}

bool confirmation_holds(const struct confirmation *confirmation, const struct plan *plan)
{
	if (confirmation->rehearsed && plan->source_class != SOURCE_SIMULATED)
		return false;
	return confirmation->fingerprint[0] != '\0' && !plan->refused &&
	       strcmp(confirmation->fingerprint, plan->fingerprint) == 0 &&
	       strcmp(confirmation->board, plan->board) == 0 &&
	       (plan->danger != CLASS_ONE_WAY || confirmation->typed || confirmation->rehearsed);
}

/* --- firmware --- */

void confirm_boot_phrase(char out[CONFIRM_PHRASE_MAX], const struct confirm_boot *boot)
{
	char board[64];
	tail(board, 4, boot->board);
	snprintf(out, CONFIRM_PHRASE_MAX, "boot %.40s on %.60s", boot->what, board);
}

static enum status may_boot(
	const struct confirm_boot *boot, const struct arming *arming, struct errbuf *err)
{
	return arming_allows(arming, boot->board)
		       ? OK
		       : errbuf_set(err, ERR_REFUSED,
				 "the session is read-only until it is armed for this board: "
				 "nothing was loaded, nothing was burnt");
}

static void fill_boot(struct confirmation *out, const struct confirm_boot *boot, bool typed)
{
	*out = (struct confirmation){.typed = typed};
	snprintf(out->fingerprint, sizeof out->fingerprint, "%s", boot->fingerprint);
	snprintf(out->board, sizeof out->board, "%s", boot->board);
}

enum status confirm_boot_typed(struct confirmation *out, const struct confirm_boot *boot,
	const char *typed, const struct arming *arming, struct errbuf *err)
{
	char phrase[CONFIRM_PHRASE_MAX];
	*out = (struct confirmation){0};
	enum status status = may_boot(boot, arming, err);
	if (status != OK)
		return status;
	confirm_boot_phrase(phrase, boot);
	if (strcmp(typed, phrase) != 0)
		return errbuf_set(err, ERR_REFUSED,
			"what was typed is not '%s': nothing was loaded, nothing was burnt",
			phrase);
	fill_boot(out, boot, true);
	return OK;
}

enum status confirm_boot_fingerprint(struct confirmation *out, const struct confirm_boot *boot,
	const char *fingerprint, const struct arming *arming, struct errbuf *err)
{
	*out = (struct confirmation){0};
	enum status status = may_boot(boot, arming, err);
	if (status != OK)
		return status;
	if (strcmp(fingerprint, boot->fingerprint) != 0)
		return errbuf_set(err, ERR_REFUSED,
			"'%s' is not the fingerprint of these files on this board (%s): look at "
			"what "
			"is shown again; nothing was loaded, nothing was burnt",
			fingerprint, boot->fingerprint);
	fill_boot(out, boot, false);
	return OK;
}

bool confirmation_holds_for_boot(
	const struct confirmation *confirmation, const struct confirm_boot *boot)
{
	return confirmation->fingerprint[0] != '\0' && !confirmation->rehearsed &&
	       strcmp(confirmation->fingerprint, boot->fingerprint) == 0 &&
	       strcmp(confirmation->board, boot->board) == 0;
}
