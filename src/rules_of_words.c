/* Rules about one word: what its bank, its locks and its kind say against an edit. */
#include "src/rules_table.h"

#include "src/closing.h"
#include "src/plan.h"
#include "src/word_status.h"

#include <string.h>

static enum word_kind kind_of(const struct subject *s)
{
	const struct chip_entry *entry = chip_word(s->context->chip, s->word);
	return entry ? entry->kind : KIND_UNKNOWN;
}

/* --- what the silicon, the firmware or the program refuses / --- */

static bool rule_outside(const struct subject *s, char *text, size_t cap)
{
	unsigned count = s->context->image->word_count;
	return s->word >= count &&
	       rules_say(text, cap, "there is no word %u: the last one is %u", s->word, count - 1);
}

static bool rule_outcome_unknown(const struct subject *s, char *text, size_t cap)
{
	return s->context->untouchable && s->context->untouchable[s->word] &&
	       rules_say(text, cap,
		       "an earlier commit ended without a known result for this word: power-cycle "
		       "the board and"
		       " read it again first");
}

/*
 * A read lock alone: on an STM32MP1 the closing bits make any legal mode another legal one, and the
 * reset shows whether they are there. Several words that cannot be seen prove nothing.
 */
static bool closes_read_locked(const struct subject *s)
{
	const struct closing *closing = closing_of(s->context->chip);
	return s->edit->closes && closing && closing->count == 1 &&
	       peer_traits(s->context->peer)->closes_read_locked &&
	       !(s->status & (WORD_STATUS_READ_ERROR | WORD_STATUS_LOCK_ERROR));
}

static bool rule_value_unknown(const struct subject *s, char *text, size_t cap)
{
	if (s->known || closes_read_locked(s) || s->word >= s->context->image->word_count)
		return false;
	if (s->status & WORD_STATUS_READ_ERROR)
		return rules_say(text, cap,
			"the word could not be read (status bit 0), so nothing can be"
			" proved about it afterwards");
	if (s->status & WORD_STATUS_LOCK_ERROR)
		return rules_say(text, cap,
			"the word's lock state could not be read (status bit 26), so nothing"
			" can be proved about it afterwards");
	return rules_say(text, cap,
		"the word is read-locked until reset (status bit 29): what is shown is a"
		" shadow copy, and a write could not be proved");
}

static bool rule_clears_bit(const struct subject *s, char *text, size_t cap)
{
	uint32_t cleared = s->value & ~s->final;
	return s->known && s->edit->sets_value && !s->edit->closes && cleared &&
	       rules_say(text, cap,
		       "the value would clear bits %08X that are burnt: a fuse goes from 0 to 1 "
		       "only (now %08X,"
		       " asked %08X)",
		       cleared, s->value, s->final);
}

static bool rule_written_twice(const struct subject *s, char *text, size_t cap)
{
	return s->writes && s->known && s->value != 0 && subject_is_written_once(s) &&
	       rules_say(text, cap,
		       "the word holds %08X already and can be written once only: a second write, "
		       "even of more"
		       " bits, spoils its error correction",
		       s->value);
}

static bool rule_locked(const struct subject *s, char *text, size_t cap)
{
	return s->writes && (s->status & WORD_STATUS_PERMANENT) &&
	       rules_say(text, cap,
		       "the word is locked for ever (status bit 30): it can never be programmed "
		       "again");
}

static bool rule_locked_until_reset(const struct subject *s, char *text, size_t cap)
{
	return (s->writes || s->locks) && (s->status & WORD_STATUS_STICKY_PROGRAM) &&
	       rules_say(text, cap,
		       "the word is locked against programming until the board's reset (status bit "
		       "27), and boot"
		       " firmware may set this lock again at each start");
}

static bool rule_sticky_ignored(const struct subject *s, char *text, size_t cap)
{
	const struct peer_traits *traits = peer_traits(s->context->peer);
	return (s->edit->locks & WORD_STATUS_STICKY_LOCKS) && !traits->honours_sticky &&
	       rules_say(text, cap, "%s ignores sticky locks: the request would do nothing",
		       traits->name);
}

static bool rule_sticky_unseen(const struct subject *s, char *text, size_t cap)
{
	uint32_t locks = s->edit->locks & (WORD_STATUS_STICKY_PROGRAM | WORD_STATUS_STICKY_WRITE);
	enum peer peer = s->context->peer;
	uint32_t shown = peer_status_after(peer, s->context->image->version, 0, locks);
	return shown != locks &&
	       rules_say(text, cap,
		       "%s sets this sticky lock on this chip and never shows it: it could not be "
		       "proved",
		       peer_traits(peer)->name);
}

static bool writes_lifecycle(const struct rules_context *context)
{
	for (unsigned word = 0; word < IMAGE_MAX_WORDS; word++) {
		struct subject other;
		if (subject_make(&other, context, word) && other.writes &&
			plan_word_is_lifecycle(context->chip, word, other.changed))
			return true;
	}
	return false;
}

/*
 * They would share one request, and nothing proves the one before the other burns. A read lock
 * until reset would even stand before the value, which then could not be read back.
 */
static bool rule_lifecycle_and_lock(const struct subject *s, char *text, size_t cap)
{
	bool asks_lock = (s->edit->locks & ~s->status) != 0;
	return asks_lock && plan_word_is_lifecycle(s->context->chip, s->word, s->changed) &&
	       writes_lifecycle(s->context) &&
	       rules_say(text, cap,
		       "life-cycle words are not written and locked in one plan: write first, read"
		       " back after the reset, then lock");
}

static bool rule_never_written(const struct subject *s, char *text, size_t cap)
{
	const struct chip_bank *bank = chip_bank_of(s->context->chip, s->word);
	return bank && bank->rule == BANK_NEVER && !s->context->chip->is_plain &&
	       rules_say(text, cap, "no host writes this word: it belongs to the chip's own keys");
}

/* A word of the bank that holds something shows that the whole bank is not hidden. */
static bool bank_is_seen(const struct rules_context *context, const struct chip_bank *bank)
{
	for (unsigned word = bank->first; word <= bank->last; word++)
		if (image_value_is_known(context->image, word) && context->image->value[word] != 0)
			return true;
	return false;
}

static bool rule_maybe_hidden(const struct subject *s, char *text, size_t cap)
{
	const struct chip_bank *bank = chip_bank_of(s->context->chip, s->word);
	return bank && bank->may_be_hidden && !peer_traits(s->context->peer)->marks_hidden &&
	       !bank_is_seen(s->context, bank) &&
	       rules_say(text, cap,
		       "every word of the %s bank reads as empty: the firmware may be hiding it, "
		       "and"
		       " what the words hold cannot be known",
		       bank->name);
}

/* MP13: TF-A stops at every mode but four, so a half-written one never boots again. */
static bool rule_illegal_mode(const struct subject *s, char *text, size_t cap)
{
	return s->edit->sets_value && !closing_is_legal_mode(s->context->chip, s->word, s->final) &&
	       rules_say(text, cap,
		       "bits 9:0 would be %03X: only 017 (open), 03F (closed), 17F and 3FF are "
		       "legal,"
		       " with all else the board never starts again",
		       (unsigned)(s->final & 0x3FF));
}

/* --- what a person must acknowledge --- */

/* Of the map's words as many sentences as fit: what is acknowledged is never cut in the middle. */
#define ABOUT_MAX 160
static size_t whole_sentences(const char *text, size_t cap)
{
	size_t length = strlen(text), end = 0;
	if (length <= cap)
		return length;
	for (size_t i = 0; i < cap; i++)
		if (text[i] == '.' && text[i + 1] == ' ')
			end = i + 1;
	return end;
}

static bool rule_one_way(const struct subject *s, char *text, size_t cap)
{
	if (!subject_acts(s) || s->edit->closes ||
		plan_word_class(s->context->chip, s->word, s->changed, s->edit->locks) !=
			CLASS_ONE_WAY)
		return false;
	const struct chip_entry *entry = chip_word(s->context->chip, s->word);
	const char *about = entry ? entry->about : "";
	return rules_say(text, cap,
		"%s is a life-cycle word: this changes the board's security state for ever%s%.*s",
		s->name, about[0] ? ": " : "", (int)whole_sentences(about, ABOUT_MAX), about);
}

static bool rule_freezes_empty(const struct subject *s, char *text, size_t cap)
{
	return s->locks && s->known && s->final == 0 &&
	       rules_say(text, cap, "locks the word while it is empty: it stays 00000000 for ever");
}

static bool says_kind(
	const struct subject *s, enum word_kind kind, const char *what, char *text, size_t cap)
{
	return subject_acts(s) && kind_of(s) == kind &&
	       rules_say(text, cap, "%s %s", s->name, what);
}

static bool rule_boot_config(const struct subject *s, char *text, size_t cap)
{
	return says_kind(s, KIND_CONFIG,
		"configures boot or hardware: a wrong value can keep the board from ever starting",
		text, cap);
}

static bool rule_key_hash(const struct subject *s, char *text, size_t cap)
{
	return says_kind(s, KIND_HASH,
		"belongs to the public key hash: a wrong one, once the device is closed, stops "
		"every boot",
		text, cap);
}

static bool rule_factory_word(const struct subject *s, char *text, size_t cap)
{
	return says_kind(
		       s, KIND_ID, "was set by the maker of the chip to identify it", text, cap) ||
	       says_kind(s, KIND_CALIB, "was set by the maker of the chip to calibrate it", text,
		       cap);
}

static bool rule_secret_word(const struct subject *s, char *text, size_t cap)
{
	return says_kind(s, KIND_SECRET, "holds secrets of the chip's maker or of provisioning",
		       text, cap) ||
	       says_kind(s, KIND_KEY,
		       "belongs to a secret key: a wrong one makes what it should decrypt unusable",
		       text, cap);
}

static bool rule_customer_unconfirmed(const struct subject *s, char *text, size_t cap)
{
	const struct chip_entry *entry = chip_word(s->context->chip, s->word);
	return subject_acts(s) && entry && entry->kind == KIND_USER && !entry->confirmed &&
	       rules_say(text, cap,
		       "it is not confirmed that this word is the customer's: no readable source"
		       " says where that range ends, and some firmware may use it");
}

static bool rule_reserved_word(const struct subject *s, char *text, size_t cap)
{
	return says_kind(s, KIND_RESERVED, "is reserved: no readable source says what it does",
		       text, cap) ||
	       says_kind(s, KIND_UNKNOWN, "is unknown: no readable source says what it does", text,
		       cap);
}

const struct rule rules_of_words[] = {
	{"outside", SEVERITY_ERROR, CLASS_PASSING, rule_outside, NULL, "the chip has no such word",
		"Leave the word out of the plan.", ""},
	{"outcome-unknown", SEVERITY_ERROR, CLASS_PASSING, rule_outcome_unknown, NULL,
		"an earlier commit ended without a known result",
		"Power-cycle the board, connect again, and see what the journal says.", ""},
	{"value-unknown", SEVERITY_ERROR, CLASS_PASSING, rule_value_unknown, NULL,
		"a word that cannot be read back is not written",
		"Reset the board; if the mark stays, leave the word alone.",
		"U-Boot and TF-A bsec.h; STM32PRGFW-UTIL otp_util.c"},
	{"clears-bit", SEVERITY_ERROR, CLASS_PASSING, rule_clears_bit, NULL,
		"a burnt bit cannot be cleared",
		"Ask for a value that has all bits which are set now: bits:N adds to them.",
		"ST AN5638; Linux drivers/nvmem/stm32-romem.c"},
	{"written-twice", SEVERITY_ERROR, CLASS_PASSING, rule_written_twice, NULL,
		"an upper word is written once only",
		"Use another word; to lock this one as it is, ask for the lock alone.",
		"Linux drivers/nvmem/stm32-romem.c"},
	{"locked", SEVERITY_ERROR, CLASS_PASSING, rule_locked, NULL, "the word is locked for ever",
		"Use another word.", "OP-TEE core/drivers/stm32_bsec.c"},
	{"locked-until-reset", SEVERITY_ERROR, CLASS_PASSING, rule_locked_until_reset, NULL,
		"the word is locked until the board's reset",
		"Reset the board and try again before anything else runs on it.",
		"OP-TEE core/drivers/stm32_bsec.c"},
	{"sticky-ignored", SEVERITY_ERROR, CLASS_PASSING, rule_sticky_ignored, NULL,
		"the service ignores sticky locks",
		"Leave the sticky lock out, or use a service that takes it.",
		"OP-TEE stm32mp_nvmem TA; STM32PRGFW-UTIL otp_util.c"},
	{"sticky-unseen", SEVERITY_ERROR, CLASS_PASSING, rule_sticky_unseen, NULL,
		"the service never shows this sticky lock",
		"Leave the sticky lock out: boot firmware can set it at every boot.",
		"STM32PRGFW-UTIL v1.1.2 otp_util.c"},
	{"life-cycle-and-lock", SEVERITY_ERROR, CLASS_ONE_WAY, rule_lifecycle_and_lock, NULL,
		"life-cycle words are not written and locked in one plan",
		"Write first, reset, read back, then lock with a plan of its own.", ""},
	{"never-written", SEVERITY_ERROR, CLASS_PASSING, rule_never_written, NULL,
		"no host writes this word", "Leave it alone.",
		"STM32PRGFW-UTIL otp_util.h; TF-A plat/st/stm32mp2/stm32mp2_def.h"},
	{"maybe-hidden", SEVERITY_ERROR, CLASS_PASSING, rule_maybe_hidden, NULL,
		"a hidden bank reads as if empty",
		"Use a service that shows the bank, or words of another bank.",
		"STM32PRGFW-UTIL stm32mp2xx_hal_bsec.h (OTPSR.HIDEUP)"},
	{"illegal-mode", SEVERITY_ERROR, CLASS_ONE_WAY, rule_illegal_mode, NULL,
		"the mode word takes whole legal values only",
		"Use 'close', which writes the whole legal value at once.",
		"TF-A plat/st/stm32mp1/stm32mp1_private.c"},
	{"one-way", SEVERITY_WARNING, CLASS_ONE_WAY, rule_one_way, NULL,
		"the security state changes for ever",
		"Rehearse the plan on a simulated board first.", ""},
	{"freezes-empty", SEVERITY_WARNING, CLASS_DANGEROUS, rule_freezes_empty, NULL,
		"an unprogrammed word is locked",
		"Write the value first, in the same plan or an earlier one.",
		"OP-TEE core/drivers/stm32_bsec.c"},
	{"boot-config", SEVERITY_WARNING, CLASS_DANGEROUS, rule_boot_config, NULL,
		"boot or hardware configuration",
		"Compare with a board that starts with this configuration.", ""},
	{"key-hash", SEVERITY_WARNING, CLASS_DANGEROUS, rule_key_hash, NULL, "public key hash",
		"Compare the hash with what the signing tool printed.",
		"U-Boot arch/arm/mach-stm32mp/cmd_stm32key.c"},
	{"factory-word", SEVERITY_WARNING, CLASS_DANGEROUS, rule_factory_word, NULL,
		"set by the chip's maker", "Leave it alone.", ""},
	{"secret-word", SEVERITY_WARNING, CLASS_DANGEROUS, rule_secret_word, NULL, "holds secrets",
		"Leave it alone unless a provisioning procedure asks for exactly this.", ""},
	{"reserved-word", SEVERITY_WARNING, CLASS_DANGEROUS, rule_reserved_word, NULL,
		"reserved or unknown", "Use a customer word.", ""},
	{"customer-unconfirmed", SEVERITY_WARNING, CLASS_DANGEROUS, rule_customer_unconfirmed, NULL,
		"outside the customer words that a source confirms",
		"Use a word of the confirmed customer range.", ""},
	{0},
};
