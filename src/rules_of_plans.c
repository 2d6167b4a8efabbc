/* Rules about a plan as a whole: the board, the service, and closing the device. */
#include "src/rules_table.h"

#include "src/field.h"
#include "src/staging.h"
#include "src/word_status.h"

#include <string.h>

static bool rule_view_only(const struct rules_context *c, char *text, size_t cap)
{
	return c->view_only &&
	       rules_say(text, cap,
		       "this session can only look: the chip was chosen against what the "
		       "board says of itself, or is not known, or the structure "
		       "(version 1) takes no request for a single word");
}

static bool rule_no_identity(const struct rules_context *c, char *text, size_t cap)
{
	return !c->has_identity && rules_say(text, cap,
					   "the board cannot be told from any other (no readable "
					   "unique id): nothing is burnt on it");
}

static bool rule_unknown_service(const struct rules_context *c, char *text, size_t cap)
{
	return c->peer == PEER_UNKNOWN && rules_say(text, cap,
						  "it is not known how the service at the other "
						  "end treats a request: it is only read");
}

static bool rule_closed(const struct rules_context *c, char *text, size_t cap)
{
	return !global_state_is_open(c->image->state) &&
	       rules_say(text, cap, "the device says it is %s: its service takes no writes",
		       global_state_name(c->image->state));
}

static bool closes_device(const struct rules_context *c)
{
	unsigned word;
	uint32_t bits;
	if (!staging_close(&word, &bits, c->chip))
		return false;
	const struct edit *edit = &c->edits->word[word];
	uint32_t now = image_value_is_known(c->image, word) ? c->image->value[word] : 0;
	return edit->sets_value && (edit->value & ~now & bits) != 0;
}

static bool rule_close_without_key(const struct rules_context *c, char *text, size_t cap)
{
	if (!closes_device(c))
		return false;
	bool any = false;
	for (unsigned word = 0; word < c->image->word_count; word++) {
		const struct chip_entry *entry = chip_word(c->chip, word);
		if (!entry || entry->kind != KIND_HASH)
			continue;
		any = true;
		if (!image_value_is_known(c->image, word) || rules_final_value(c, word) == 0)
			return rules_say(text, cap,
				"word %u of the public key hash is empty or cannot be read: a"
				" closed device without its whole key hash never boots again",
				word);
	}
	return !any && rules_say(text, cap,
			       "it is not known where this chip keeps its public key hash: a closed"
			       " device without one never boots again");
}

static bool rule_close_no_secure_boot(const struct rules_context *c, char *text, size_t cap)
{
	if (!closes_device(c))
		return false;
	char part[64];
	enum part known = field_part_number(part, sizeof part, c->chip, c->image);
	size_t length = strlen(part);
	/* Only the suffixes C and F have secure boot (TF-A stm32mp_is_auth_supported). */
	if (known == PART_NAMED && length > 0 && strchr("CF", part[length - 1]))
		return false;
	if (known != PART_UNKNOWN)
		return rules_say(text, cap,
			"this part (%s) is not known to have secure boot: closed, it could never "
			"accept any"
			" firmware",
			known == PART_NAMED ? part : "number not in the map");
	return rules_say(text, cap, "it cannot be told whether this part has secure boot");
}

static bool rule_closing(const struct rules_context *c, char *text, size_t cap)
{
	return closes_device(c) &&
	       rules_say(text, cap,
		       "closes the device for ever: it will start only firmware signed with the "
		       "key whose hash it"
		       " holds, and this way to its OTP ends with the next reset");
}

static bool rule_close_key_unlocked(const struct rules_context *c, char *text, size_t cap)
{
	if (!closes_device(c))
		return false;
	for (unsigned word = 0; word < c->image->word_count; word++) {
		const struct chip_entry *entry = chip_word(c->chip, word);
		uint32_t locks = c->image->status[word] | c->edits->word[word].locks;
		if (entry && entry->kind == KIND_HASH && !(locks & WORD_STATUS_PERMANENT))
			return rules_say(text, cap,
				"word %u of the public key hash is not locked: bits could still"
				" be added to it, which would stop every boot",
				word);
	}
	return false;
}

static bool rule_lock_may_wait(const struct rules_context *c, char *text, size_t cap)
{
	for (unsigned word = 0; word < c->image->word_count; word++)
		if (c->edits->word[word].locks & ~c->image->status[word] & WORD_STATUS_PERMANENT)
			return rules_say(text, cap,
				"a permanent lock may show only after the board's reset: until"
				" then it counts as unproved (unconfirmed: no source settles it)");
	return false;
}

static bool rule_nothing_to_do(const struct rules_context *c, char *text, size_t cap)
{
	for (unsigned word = 0; word < IMAGE_MAX_WORDS; word++) {
		struct subject subject;
		if (subject_make(&subject, c, word) && subject_acts(&subject))
			return false;
	}
	return rules_say(text, cap, "%s",
		edits_count(c->edits) == 0
			? "nothing is asked for"
			: "every word is already as asked: there is nothing to burn");
}

const struct rule rules_of_plans[] = {
	{"view-only", SEVERITY_ERROR, CLASS_PASSING, NULL, rule_view_only,
		"the chip was forced against the board's own id"},
	{"no-identity", SEVERITY_ERROR, CLASS_PASSING, NULL, rule_no_identity,
		"the board cannot be told from another"},
	{"unknown-service", SEVERITY_ERROR, CLASS_PASSING, NULL, rule_unknown_service,
		"it is not known how the service treats requests"},
	{"closed", SEVERITY_ERROR, CLASS_PASSING, NULL, rule_closed,
		"a closed or invalid device takes no writes"},
	{"close-without-key", SEVERITY_ERROR, CLASS_ONE_WAY, NULL, rule_close_without_key,
		"closing needs the whole public key hash"},
	{"close-no-secure-boot", SEVERITY_ERROR, CLASS_ONE_WAY, NULL, rule_close_no_secure_boot,
		"closing needs a part with secure boot"},
	{"nothing-to-do", SEVERITY_ERROR, CLASS_PASSING, NULL, rule_nothing_to_do,
		"nothing would be burnt"},
	{"closing", SEVERITY_WARNING, CLASS_ONE_WAY, NULL, rule_closing,
		"the device is closed for ever"},
	{"close-key-unlocked", SEVERITY_WARNING, CLASS_ONE_WAY, NULL, rule_close_key_unlocked,
		"the key hash is closed over without its locks"},
	{"lock-may-wait", SEVERITY_NOTE, CLASS_PASSING, NULL, rule_lock_may_wait,
		"a lock may show only after the reset"},
	{0},
};
