#include "src/rules.h"

#include "src/field.h"
#include "src/plan.h"
#include "src/staging.h"
#include "src/word_status.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One word as the rules see it. */
struct subject {
	const struct rules_context *context;
	unsigned word;
	const struct edit *edit;
	uint32_t value, status; /* as read */
	bool known;             /* the value is what the fuses hold */
	bool writes;            /* the value asked for differs from what is there, or may */
	bool locks;             /* a permanent lock is asked for and is not there yet */
	uint32_t changed;       /* bits that go from 0 to 1 */
	uint32_t final;         /* the value after the edit */
	char name[64];
};

/* Writes the remark's text and returns true, or returns false: nothing to say. */
typedef bool word_rule(const struct subject *subject, char *text, size_t cap);
typedef bool plan_rule(const struct rules_context *context, char *text, size_t cap);

struct rule {
	const char *name;
	enum severity severity;
	enum danger_class danger;
	word_rule *of_word;
	plan_rule *of_plan;
	const char *about;
};

__attribute__((format(printf, 3, 4))) static bool say(
	char *text, size_t cap, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(text, cap, format, arguments);
	va_end(arguments);
	return true;
}

static uint32_t final_value(const struct rules_context *context, unsigned word)
{
	const struct edit *edit = &context->edits->word[word];
	uint32_t value = context->image->value[word];
	if (!edit->sets_value)
		return value;
	return edit->closes ? value | edit->value : edit->value;
}

static bool makes_subject(struct subject *out, const struct rules_context *context, unsigned word)
{
	const struct edit *edit = &context->edits->word[word];
	if (edit_is_empty(edit))
		return false;
	*out = (struct subject){.context = context, .word = word, .edit = edit};
	if (word < context->image->word_count) {
		out->value = context->image->value[word];
		out->status = context->image->status[word];
		out->known = image_value_is_known(context->image, word);
	}
	out->final = final_value(context, word);
	out->changed = edit->sets_value ? edit->value & ~(out->known ? out->value : 0) : 0;
	out->writes = edit->sets_value && (!out->known || out->final != out->value);
	out->locks = (edit->locks & ~out->status & WORD_STATUS_PERMANENT) != 0;
	chip_word_name(out->name, sizeof out->name, context->chip, word);
	return true;
}

static bool acts(const struct subject *s)
{
	return s->writes || (s->edit->locks & ~s->status) != 0;
}

static enum word_kind kind_of(const struct subject *s)
{
	const struct chip_entry *entry = chip_word(s->context->chip, s->word);
	return entry ? entry->kind : KIND_UNKNOWN;
}

static bool is_written_once(const struct subject *s)
{
	const struct chip_bank *bank = chip_bank_of(s->context->chip, s->word);
	return !bank || bank->rule == BANK_ONCE;
}

/* --- what the silicon, the firmware or the program refuses ---------------------------------------
 */

static bool rule_view_only(const struct rules_context *c, char *text, size_t cap)
{
	return c->view_only && say(text, cap,
				       "the chip was chosen against what the board says of itself: "
				       "this session can only look");
}

static bool rule_no_identity(const struct rules_context *c, char *text, size_t cap)
{
	return !c->has_identity && say(text, cap,
					   "the board cannot be told from any other (no readable "
					   "unique id): nothing is burnt on it");
}

static bool rule_unknown_service(const struct rules_context *c, char *text, size_t cap)
{
	return c->peer == PEER_UNKNOWN && say(text, cap,
						  "it is not known how the service at the other "
						  "end treats a request: it is only read");
}

static bool rule_closed(const struct rules_context *c, char *text, size_t cap)
{
	return !global_state_is_open(c->image->state) &&
	       say(text, cap, "the device says it is %s: its service takes no writes",
		       global_state_name(c->image->state));
}

static bool rule_outside(const struct subject *s, char *text, size_t cap)
{
	unsigned count = s->context->image->word_count;
	return s->word >= count &&
	       say(text, cap, "there is no word %u: the last one is %u", s->word, count - 1);
}

static bool rule_outcome_unknown(const struct subject *s, char *text, size_t cap)
{
	return s->context->untouchable && s->context->untouchable[s->word] &&
	       say(text, cap,
		       "an earlier commit ended without a known result for this word: power-cycle "
		       "the board and"
		       " read it again first");
}

static bool rule_value_unknown(const struct subject *s, char *text, size_t cap)
{
	if (s->known || s->edit->closes || s->word >= s->context->image->word_count)
		return false;
	if (s->status & WORD_STATUS_READ_ERROR)
		return say(text, cap,
			"the word could not be read (status bit 0), so nothing can be"
			" proved about it afterwards");
	if (s->status & WORD_STATUS_LOCK_ERROR)
		return say(text, cap,
			"the word's lock state could not be read (status bit 26), so nothing"
			" can be proved about it afterwards");
	return say(text, cap,
		"the word is read-locked until reset (status bit 29): what is shown is a"
		" shadow copy, and a write could not be proved");
}

static bool rule_clears_bit(const struct subject *s, char *text, size_t cap)
{
	uint32_t cleared = s->value & ~s->final;
	return s->known && s->edit->sets_value && !s->edit->closes && cleared &&
	       say(text, cap,
		       "the value would clear bits %08X that are burnt: a fuse goes from 0 to 1 "
		       "only (now %08X,"
		       " asked %08X)",
		       cleared, s->value, s->final);
}

static bool rule_written_twice(const struct subject *s, char *text, size_t cap)
{
	return s->writes && s->known && s->value != 0 && is_written_once(s) &&
	       say(text, cap,
		       "the word holds %08X already and can be written once only: a second write, "
		       "even of more"
		       " bits, spoils its error correction",
		       s->value);
}

static bool rule_locked(const struct subject *s, char *text, size_t cap)
{
	return s->writes && (s->status & WORD_STATUS_PERMANENT) &&
	       say(text, cap,
		       "the word is locked for ever (status bit 30): it can never be programmed "
		       "again");
}

static bool rule_locked_until_reset(const struct subject *s, char *text, size_t cap)
{
	return (s->writes || s->locks) && (s->status & WORD_STATUS_STICKY_PROGRAM) &&
	       say(text, cap,
		       "the word is locked against programming until the board's reset (status bit "
		       "27), and boot"
		       " firmware may set this lock again at each start");
}

static bool rule_sticky_ignored(const struct subject *s, char *text, size_t cap)
{
	const struct peer_traits *traits = peer_traits(s->context->peer);
	return (s->edit->locks & WORD_STATUS_STICKY_LOCKS) && !traits->honours_sticky &&
	       say(text, cap, "%s ignores sticky locks: the request would do nothing",
		       traits->name);
}

static bool rule_lifecycle_and_lock(const struct subject *s, char *text, size_t cap)
{
	return s->writes && s->locks &&
	       plan_word_is_lifecycle(s->context->chip, s->word, s->changed) &&
	       say(text, cap,
		       "a life-cycle word is not written and locked in one plan: write it, read it"
		       " back after the reset, then lock it");
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
		if (!image_value_is_known(c->image, word) || final_value(c, word) == 0)
			return say(text, cap,
				"word %u of the public key hash is empty or cannot be read: a"
				" closed device without its whole key hash never boots again",
				word);
	}
	return !any && say(text, cap,
			       "it is not known where this chip keeps its public key hash: a closed"
			       " device without one never boots again");
}

static bool rule_close_no_secure_boot(const struct rules_context *c, char *text, size_t cap)
{
	if (!closes_device(c))
		return false;
	for (size_t i = 0; i < c->chip->field_count; i++) {
		const struct chip_field *field = &c->chip->fields[i];
		if (strcmp(field->name, "RPN") != 0)
			continue;
		char part[64];
		field_text(part, sizeof part, field, c->image->value[field->first_word]);
		size_t length = strlen(part);
		bool known = image_value_is_known(c->image, field->first_word);
		/* Only the suffixes C and F have secure boot (TF-A stm32mp_is_auth_supported). */
		if (known && length > 0 && strchr("CF", part[length - 1]))
			return false;
		return say(text, cap,
			"this part (%s) is not known to have secure boot: closed, it could"
			" never accept any firmware",
			known ? part : "part number unreadable");
	}
	return say(text, cap, "it cannot be told whether this part has secure boot");
}

/* --- what a person must acknowledge --------------------------------------------------------------
 */

static bool rule_closing(const struct rules_context *c, char *text, size_t cap)
{
	return closes_device(c) &&
	       say(text, cap,
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
			return say(text, cap,
				"word %u of the public key hash is not locked: bits could still"
				" be added to it, which would stop every boot",
				word);
	}
	return false;
}

static bool rule_one_way(const struct subject *s, char *text, size_t cap)
{
	if (!acts(s) || s->edit->closes ||
		plan_word_class(s->context->chip, s->word, s->changed, s->edit->locks) !=
			CLASS_ONE_WAY)
		return false;
	const struct chip_entry *entry = chip_word(s->context->chip, s->word);
	return say(text, cap,
		"%s is a life-cycle word: this changes the board's security state for ever%s%.120s",
		s->name, entry && entry->about[0] ? ": " : "", entry ? entry->about : "");
}

static bool rule_freezes_empty(const struct subject *s, char *text, size_t cap)
{
	return s->locks && s->known && s->final == 0 &&
	       say(text, cap, "locks the word while it is empty: it stays 00000000 for ever");
}

static bool says_kind(
	const struct subject *s, enum word_kind kind, const char *what, char *text, size_t cap)
{
	return acts(s) && kind_of(s) == kind && say(text, cap, "%s %s", s->name, what);
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
	return says_kind(
		s, KIND_SECRET, "holds secrets of the chip's maker or of provisioning", text, cap);
}

static bool rule_reserved_word(const struct subject *s, char *text, size_t cap)
{
	return says_kind(s, KIND_RESERVED, "is reserved: no readable source says what it does",
		       text, cap) ||
	       says_kind(s, KIND_UNKNOWN, "is unknown: no readable source says what it does", text,
		       cap);
}

/* --- good to know
 * --------------------------------------------------------------------------------- */

static bool rule_already_so(const struct subject *s, char *text, size_t cap)
{
	return s->known && !acts(s) &&
	       say(text, cap, "already as asked: nothing is sent for this word");
}

static bool rule_only_write(const struct subject *s, char *text, size_t cap)
{
	return s->writes && s->known && s->value == 0 && is_written_once(s) &&
	       say(text, cap, "this first write is the only one the word will ever take");
}

static bool rule_freezes_bits(const struct subject *s, char *text, size_t cap)
{
	return s->locks && !is_written_once(s) && s->final != 0 &&
	       say(text, cap, "the lock holds for all 32 bits: those that are 0 stay 0 for ever");
}

static bool rule_sets_field(const struct subject *s, char *text, size_t cap)
{
	if (!s->writes || !s->known)
		return false;
	const struct chip *chip = s->context->chip;
	size_t used = 0, count = chip_word_field_count(chip, s->word);
	for (size_t i = 0; i < count && used < cap; i++) {
		const struct chip_field *field = chip_word_field(chip, s->word, i);
		if (field_value(field, s->value) == field_value(field, s->final))
			continue;
		char before[48], after[48];
		field_text(before, sizeof before, field, s->value);
		field_text(after, sizeof after, field, s->final);
		int n = snprintf(text + used, cap - used, "%s%s: %s -> %s", used ? "; " : "",
			field->name, before, after);
		used += n > 0 ? (size_t)n : 0;
	}
	return used > 0;
}

static bool rule_unconfirmed_word(const struct subject *s, char *text, size_t cap)
{
	const struct chip_entry *entry = chip_word(s->context->chip, s->word);
	return acts(s) && entry && !entry->confirmed &&
	       say(text, cap,
		       "what is said of this word is unconfirmed: no readable source was found");
}

static bool rule_unconfirmed_request(const struct subject *s, char *text, size_t cap)
{
	const struct chip_bank *bank = chip_bank_of(s->context->chip, s->word);
	const struct peer_bank *row = peer_bank(s->context->peer, bank ? bank->rule : BANK_ONCE);
	return acts(s) && row->writable && !row->confirmed &&
	       say(text, cap, "how this service treats the request is unconfirmed");
}

static bool rule_lock_may_wait(const struct rules_context *c, char *text, size_t cap)
{
	for (unsigned word = 0; word < c->image->word_count; word++)
		if (c->edits->word[word].locks & ~c->image->status[word] & WORD_STATUS_PERMANENT)
			return say(text, cap,
				"a permanent lock may show only after the board's reset: until"
				" then it counts as unproved (unconfirmed: no source settles it)");
	return false;
}

static bool rule_nothing_to_do(const struct rules_context *c, char *text, size_t cap)
{
	for (unsigned word = 0; word < IMAGE_MAX_WORDS; word++) {
		struct subject subject;
		if (makes_subject(&subject, c, word) && acts(&subject))
			return false;
	}
	return say(text, cap, "%s",
		edits_count(c->edits) == 0
			? "nothing is asked for"
			: "every word is already as asked: there is nothing to burn");
}

static const struct rule rules[] = {
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
	{"outside", SEVERITY_ERROR, CLASS_PASSING, rule_outside, NULL, "the chip has no such word"},
	{"outcome-unknown", SEVERITY_ERROR, CLASS_PASSING, rule_outcome_unknown, NULL,
		"an earlier commit ended without a known result"},
	{"value-unknown", SEVERITY_ERROR, CLASS_PASSING, rule_value_unknown, NULL,
		"a word that cannot be read back is not written"},
	{"clears-bit", SEVERITY_ERROR, CLASS_PASSING, rule_clears_bit, NULL,
		"a burnt bit cannot be cleared"},
	{"written-twice", SEVERITY_ERROR, CLASS_PASSING, rule_written_twice, NULL,
		"an upper word is written once only"},
	{"locked", SEVERITY_ERROR, CLASS_PASSING, rule_locked, NULL, "the word is locked for ever"},
	{"locked-until-reset", SEVERITY_ERROR, CLASS_PASSING, rule_locked_until_reset, NULL,
		"the word is locked until the board's reset"},
	{"sticky-ignored", SEVERITY_ERROR, CLASS_PASSING, rule_sticky_ignored, NULL,
		"the service ignores sticky locks"},
	{"life-cycle-and-lock", SEVERITY_ERROR, CLASS_ONE_WAY, rule_lifecycle_and_lock, NULL,
		"a life-cycle word is not written and locked in one plan"},
	{"nothing-to-do", SEVERITY_ERROR, CLASS_PASSING, NULL, rule_nothing_to_do,
		"nothing would be burnt"},
	{"closing", SEVERITY_WARNING, CLASS_ONE_WAY, NULL, rule_closing,
		"the device is closed for ever"},
	{"close-key-unlocked", SEVERITY_WARNING, CLASS_ONE_WAY, NULL, rule_close_key_unlocked,
		"the key hash is closed over without its locks"},
	{"one-way", SEVERITY_WARNING, CLASS_ONE_WAY, rule_one_way, NULL,
		"the security state changes for ever"},
	{"freezes-empty", SEVERITY_WARNING, CLASS_DANGEROUS, rule_freezes_empty, NULL,
		"an unprogrammed word is locked"},
	{"boot-config", SEVERITY_WARNING, CLASS_DANGEROUS, rule_boot_config, NULL,
		"boot or hardware configuration"},
	{"key-hash", SEVERITY_WARNING, CLASS_DANGEROUS, rule_key_hash, NULL, "public key hash"},
	{"factory-word", SEVERITY_WARNING, CLASS_DANGEROUS, rule_factory_word, NULL,
		"set by the chip's maker"},
	{"secret-word", SEVERITY_WARNING, CLASS_DANGEROUS, rule_secret_word, NULL, "holds secrets"},
	{"reserved-word", SEVERITY_WARNING, CLASS_DANGEROUS, rule_reserved_word, NULL,
		"reserved or unknown"},
	{"already-so", SEVERITY_NOTE, CLASS_PASSING, rule_already_so, NULL,
		"the word is already as asked"},
	{"only-write", SEVERITY_NOTE, CLASS_PASSING, rule_only_write, NULL,
		"the first write is the only one"},
	{"freezes-bits", SEVERITY_NOTE, CLASS_PASSING, rule_freezes_bits, NULL,
		"a lock holds for all bits of the word"},
	{"sets-field", SEVERITY_NOTE, CLASS_PASSING, rule_sets_field, NULL,
		"what the named fields become"},
	{"unconfirmed-word", SEVERITY_NOTE, CLASS_PASSING, rule_unconfirmed_word, NULL,
		"the map's word is unconfirmed"},
	{"unconfirmed-request", SEVERITY_NOTE, CLASS_PASSING, rule_unconfirmed_request, NULL,
		"the service's behaviour is unconfirmed"},
	{"lock-may-wait", SEVERITY_NOTE, CLASS_PASSING, NULL, rule_lock_may_wait,
		"a lock may show only after the reset"},
};
#define RULE_COUNT (sizeof rules / sizeof rules[0])

enum status remarks_add(struct remarks *out, const struct remark *remark, struct errbuf *err)
{
	if (out->count == out->capacity) {
		size_t capacity = out->capacity ? out->capacity * 2 : 16;
		struct remark *grown = realloc(out->items, capacity * sizeof *grown);
		if (!grown)
			return errbuf_set(err, ERR_MEMORY, "out of memory for remarks");
		out->items = grown;
		out->capacity = capacity;
	}
	out->items[out->count++] = *remark;
	return OK;
}

static enum status append(struct remarks *out, const struct rule *rule, int word, const char *text,
	struct errbuf *err)
{
	struct remark remark = {.rule = rule->name,
		.severity = rule->severity,
		.word = word,
		.danger = rule->danger};
	snprintf(remark.text, sizeof remark.text, "%s", text);
	return remarks_add(out, &remark, err);
}

/* An insertion sort keeps the order among equals. */
void remarks_sort(struct remarks *remarks)
{
	for (size_t i = 1; i < remarks->count; i++) {
		struct remark moving = remarks->items[i];
		size_t at = i;
		while (at > 0 && (remarks->items[at - 1].severity < moving.severity ||
					 (remarks->items[at - 1].severity == moving.severity &&
						 remarks->items[at - 1].word > moving.word))) {
			remarks->items[at] = remarks->items[at - 1];
			at--;
		}
		remarks->items[at] = moving;
	}
}

enum status rules_check_word(
	struct remarks *out, const struct rules_context *context, unsigned word, struct errbuf *err)
{
	assert(word < IMAGE_MAX_WORDS);
	struct subject subject;
	if (!makes_subject(&subject, context, word))
		return OK;
	for (size_t i = 0; i < RULE_COUNT; i++) {
		char text[sizeof((struct remark *)0)->text];
		if (!rules[i].of_word || !rules[i].of_word(&subject, text, sizeof text))
			continue;
		enum status status = append(out, &rules[i], (int)word, text, err);
		if (status != OK)
			return status;
	}
	return OK;
}

enum status rules_check(
	struct remarks *out, const struct rules_context *context, struct errbuf *err)
{
	for (size_t i = 0; i < RULE_COUNT; i++) {
		char text[sizeof((struct remark *)0)->text];
		if (!rules[i].of_plan || !rules[i].of_plan(context, text, sizeof text))
			continue;
		enum status status = append(out, &rules[i], -1, text, err);
		if (status != OK)
			return status;
	}
	for (unsigned word = 0; word < IMAGE_MAX_WORDS; word++) {
		enum status status = rules_check_word(out, context, word, err);
		if (status != OK)
			return status;
	}
	remarks_sort(out);
	return OK;
}

void remarks_free(struct remarks *remarks)
{
	free(remarks->items);
	*remarks = (struct remarks){0};
}

bool remarks_have_error(const struct remarks *remarks)
{
	for (size_t i = 0; i < remarks->count; i++)
		if (remarks->items[i].severity == SEVERITY_ERROR)
			return true;
	return false;
}

struct rule_description rules_describe(size_t index)
{
	if (index >= RULE_COUNT)
		return (struct rule_description){0};
	return (struct rule_description){
		rules[index].name, rules[index].severity, rules[index].about};
}

const char *severity_name(enum severity severity)
{
	static const char *const names[] = {"note", "warning", "error"};
	return names[severity];
}

const char *danger_class_name(enum danger_class danger)
{
	static const char *const names[] = {"passing", "irreversible", "dangerous", "one-way"};
	return names[danger];
}
