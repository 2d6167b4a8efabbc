/* Rules about a plan as a whole: the board, the service, and closing the device. */
#include "src/rules_table.h"

#include "src/closing.h"
#include "src/field.h"
#include "src/word_status.h"

#include <string.h>

static bool rule_view_only(const struct rules_context *c, char *text, size_t cap)
{
	return c->view_only && c->image->version != 1 &&
	       rules_say(text, cap,
		       "this session can only look: the chip was chosen against what the board "
		       "says "
		       "of itself, or is not known");
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
	/* Version 1 does not tell; rule structure-1 refuses it anyway. */
	return !global_state_is_open(c->image->state) && c->image->version != 1 &&
	       rules_say(text, cap, "the device says it is %s: its service takes no writes",
		       global_state_name(c->image->state));
}

/* STM32PRGFW-UTIL calls a closed STM32MP1 open; U-Boot calls one open until its reset. */
static bool rule_closed_by_words(const struct rules_context *c, char *text, size_t cap)
{
	const struct closing *closing = closing_of(c->chip);
	return global_state_is_open(c->image->state) && closing_is_done(closing, c->image) &&
	       rules_say(text, cap,
		       "the service says that the device is open, and word %u says that it is "
		       "closed: it may take nothing any more",
		       closing->closed_by.word);
}

static bool adds_bits(const struct rules_context *c, unsigned word, uint32_t bits)
{
	const struct edit *edit = &c->edits->word[word];
	uint32_t now = image_value_is_known(c->image, word) ? c->image->value[word] : 0;
	return edit->sets_value && (edit->value & ~now & bits) != 0;
}

/* The family's closing set, where the plan sets any bit of it that is not set yet. */
static const struct closing *closes_device(const struct rules_context *c)
{
	const struct closing *closing = closing_of(c->chip);
	for (size_t i = 0; closing && i < closing->count; i++)
		if (adds_bits(c, closing->words[i].word, closing->words[i].bits))
			return closing;
	return NULL;
}

/* Some of the words written and others neither written nor there: not closed, and not open. */
static bool rule_close_set_incomplete(const struct rules_context *c, char *text, size_t cap)
{
	const struct closing *closing = closes_device(c);
	for (size_t i = 0; closing && i < closing->count; i++) {
		const struct closing_word *part = &closing->words[i];
		uint32_t missing = part->bits & ~rules_final_value(c, part->word);
		if (missing)
			return rules_say(text, cap,
				"closing this chip takes all of its closing bits together, but "
				"bits "
				"%08X of word %u are left out",
				(unsigned)missing, part->word);
	}
	return false;
}

static bool rule_close_half_done(const struct rules_context *c, char *text, size_t cap)
{
	const struct closing *closing = closes_device(c);
	return closing && closing->count > 1 &&
	       rules_say(text, cap, "closing takes %zu words, and nothing undoes a half: %s",
		       closing->count, closing->half_done);
}

/* The second key's hash, where the ROM code takes it for the M core (U-Boot cmd_stm32key.c); else
 * NULL. */
static const struct chip_entry *second_hash(const struct rules_context *c)
{
	const struct chip *chip = c->chip;
	const struct chip_entry *hash = NULL;
	for (size_t i = 0; i < chip->entry_count; i++)
		if (strcmp(chip->entries[i].name, "OEM_KEY2_ROT_HASH") == 0)
			hash = &chip->entries[i];
	for (size_t i = 0; i < chip->field_count; i++)
		if (strcmp(chip->fields[i].name, "oem_key2_enable") == 0 &&
			field_value(&chip->fields[i],
				rules_final_value(c, chip->fields[i].first_word)) != 0)
			return hash;
	return NULL;
}

static bool rule_close_without_key(const struct rules_context *c, char *text, size_t cap)
{
	const struct closing *closing = closes_device(c);
	bool is_full = closing != NULL;
	for (unsigned word = closing ? closing->hash_first : 1;
		word <= (closing ? closing->hash_last : 0); word++) {
		if (!image_value_is_known(c->image, word) || rules_final_value(c, word) == 0)
			return rules_say(text, cap,
				"word %u of the public key hash is empty or cannot be read: a"
				" closed device without its whole key hash never boots again",
				word);
		is_full = is_full && rules_final_value(c, word) == UINT32_MAX;
	}
	const struct chip_entry *second = closing ? second_hash(c) : NULL;
	for (unsigned word = second ? second->first : 1; word <= (second ? second->last : 0);
		word++)
		if (!image_value_is_known(c->image, word) || rules_final_value(c, word) == 0)
			return rules_say(text, cap,
				"the second key is enabled, and word %u of its hash is empty or"
				" cannot be read: closed, what it checks never starts again",
				word);
	return is_full && rules_say(text, cap,
				  "the public key hash is nothing but ones: no key has that hash, "
				  "and a closed device never boots again");
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
			"accept any firmware",
			known == PART_NAMED ? part : "number not in the map");
	return rules_say(text, cap, "it cannot be told whether this part has secure boot");
}

static bool rule_closing(const struct rules_context *c, char *text, size_t cap)
{
	return closes_device(c) &&
	       rules_say(text, cap,
		       "closes the device for ever: it will start only firmware signed with the "
		       "key whose hash it holds, and this way to its OTP ends with the next reset");
}

static bool rule_close_key_unlocked(const struct rules_context *c, char *text, size_t cap)
{
	const struct closing *closing = closes_device(c);
	for (unsigned word = closing ? closing->hash_first : 1;
		word <= (closing ? closing->hash_last : 0); word++) {
		uint32_t locks = c->image->status[word] | c->edits->word[word].locks;
		if (!(locks & WORD_STATUS_PERMANENT))
			return rules_say(text, cap,
				"word %u of the public key hash is not locked: bits could still"
				" be added to it, which would stop every boot",
				word);
	}
	return false;
}

static bool rule_structure_1(const struct rules_context *c, char *text, size_t cap)
{
	return c->image->version == 1 &&
	       rules_say(text, cap,
		       "structure version 1 has no request for a single word: sending it back "
		       "programs words again, so it is only looked at");
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
		"the chip was forced against the board's own id",
		"Leave --chip out, or name the chip that the board is.", ""},
	{"no-identity", SEVERITY_ERROR, CLASS_PASSING, NULL, rule_no_identity,
		"the board cannot be told from another", "Only look at this board.", ""},
	{"unknown-service", SEVERITY_ERROR, CLASS_PASSING, NULL, rule_unknown_service,
		"it is not known how the service treats requests",
		"Start U-Boot's stm32prog or STM32PRGFW-UTIL on the board.", ""},
	{"closed", SEVERITY_ERROR, CLASS_PASSING, NULL, rule_closed,
		"a closed or invalid device takes no writes",
		"Nothing can be burnt over this service any more.",
		"OP-TEE stm32mp_nvmem TA: the session is refused unless the state is open"},
	{"structure-1", SEVERITY_ERROR, CLASS_PASSING, NULL, rule_structure_1,
		"structure version 1 is only looked at",
		"Start a service with structure version 2: U-Boot with OP-TEE.",
		"ST TF-A v2.4 plat/st/stm32mp1/services/bsec_svc.c"},
	{"close-set-incomplete", SEVERITY_ERROR, CLASS_ONE_WAY, NULL, rule_close_set_incomplete,
		"closing takes its whole set of bits together",
		"Use 'close', which asks for all of them.",
		"U-Boot arch/arm/mach-stm32mp/cmd_stm32key.c"},
	{"close-without-key", SEVERITY_ERROR, CLASS_ONE_WAY, NULL, rule_close_without_key,
		"closing needs the whole public key hash",
		"Write and lock the key hash first, and boot signed firmware once while still "
		"open.",
		"U-Boot arch/arm/mach-stm32mp/cmd_stm32key.c"},
	{"close-no-secure-boot", SEVERITY_ERROR, CLASS_ONE_WAY, NULL, rule_close_no_secure_boot,
		"closing needs a part with secure boot", "Do not close this part.",
		"TF-A stm32mp_is_auth_supported()"},
	{"nothing-to-do", SEVERITY_ERROR, CLASS_PASSING, NULL, rule_nothing_to_do,
		"nothing would be burnt", "", ""},
	{"closing", SEVERITY_WARNING, CLASS_ONE_WAY, NULL, rule_closing,
		"the device is closed for ever",
		"Boot signed firmware once while the device is still open; rehearse on a simulated "
		"board.",
		"U-Boot arch/arm/mach-stm32mp/cmd_stm32key.c"},
	{"closed-by-words", SEVERITY_WARNING, CLASS_DANGEROUS, NULL, rule_closed_by_words,
		"the device's words say that it is closed",
		"Reset the board and read it again before anything else is burnt.",
		"STM32PRGFW-UTIL v1.1.2 otp_util.c; U-Boot arch/arm/mach-stm32mp/cmd_stm32key.c"},
	{"close-half-done", SEVERITY_WARNING, CLASS_ONE_WAY, NULL, rule_close_half_done,
		"a closing of several words may end half done",
		"Make sure that power and cable hold until the result is shown.",
		"U-Boot arch/arm/mach-stm32mp/cmd_stm32key.c; TF-M of ST: secured life cycle"},
	{"close-key-unlocked", SEVERITY_WARNING, CLASS_ONE_WAY, NULL, rule_close_key_unlocked,
		"the key hash is closed over without its locks",
		"Lock the key hash first, with a plan of its own.",
		"U-Boot arch/arm/mach-stm32mp/cmd_stm32key.c"},
	{"lock-may-wait", SEVERITY_NOTE, CLASS_PASSING, NULL, rule_lock_may_wait,
		"a lock may show only after the reset", "", ""},
	{0},
};
