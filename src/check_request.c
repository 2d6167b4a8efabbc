#include "src/check_parts.h"

#include "src/field.h"
#include "src/plan.h"
#include "src/word_status.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* As many statuses without a request as no slip of the hand explains: they come from a read. */
#define ECHO_LEAST 8

/* One word of a request. */
struct asked {
	const struct chip *chip;  /* NULL: not known */
	const struct session *on; /* NULL: none, or of another size */
	unsigned word;
	uint32_t value, status;
	char name[80]; /* "word 9 (NAND)" is said elsewhere; this is "NAND" or "" */
};

static unsigned count_bits(uint32_t bits)
{
	unsigned count = 0;
	for (; bits; bits &= bits - 1)
		count++;
	return count;
}

/* "bits 14 and 15", "bit 7". */
static void bits_text(char *out, size_t cap, uint32_t bits)
{
	size_t used = (size_t)snprintf(out, cap, "%s ", count_bits(bits) == 1 ? "bit" : "bits");
	for (unsigned bit = 0; bit < 32 && used < cap; bit++) {
		if (!(bits >> bit & 1))
			continue;
		uint32_t rest = bit == 31 ? 0 : bits >> (bit + 1);
		uint32_t before = bits & ((UINT32_C(1) << bit) - 1);
		int n = snprintf(out + used, cap - used, "%s%u",
			!before ? ""
			: rest  ? ", "
				: " and ",
			bit);
		used += n > 0 ? (size_t)n : 0;
	}
}

/* --- the status of one word / --- */

static enum status check_bits(struct check *out, const struct asked *asked, struct errbuf *err)
{
	char bits[160];
	uint32_t status = asked->status, swapped = status << 16 | status >> 16;
	uint32_t reserved = status & WORD_STATUS_RESERVED;
	uint32_t told = status & (WORD_STATUS_READ_ERROR | WORD_STATUS_LOCK_ERROR);
	enum status done = OK;
	if (reserved) {
		char hint[96] = "";
		if (swapped & WORD_STATUS_UPDATE && !(swapped & WORD_STATUS_RESERVED))
			snprintf(hint, sizeof hint,
				"; with its half-words swapped it would be %08X",
				(unsigned)swapped);
		bits_text(bits, sizeof bits, reserved);
		done = check_say(out, err, SEVERITY_ERROR, "reserved-bits", (int)asked->word,
			"status %08X sets reserved %s, which no request may%s", (unsigned)status,
			bits, hint);
	}
	if (done == OK && told) {
		bits_text(bits, sizeof bits, told);
		done = check_say(out, err, SEVERITY_ERROR, "read-bits", (int)asked->word,
			"status %08X sets %s, which only a read reports: it cannot be asked for",
			(unsigned)status, bits);
	}
	return done;
}

static enum status check_no_request(
	struct check *out, const struct asked *asked, bool echoed, struct errbuf *err)
{
	if (asked->status == 0)
		return asked->value == 0 ? OK
					 : check_say(out, err, SEVERITY_WARNING,
						   "no-update-request", (int)asked->word,
						   "value %08X stands there, but the status is 0: "
						   "the board would"
						   " leave the word alone",
						   (unsigned)asked->value);
	if (echoed && !(asked->status & ~WORD_STATUS_LOCKS))
		return OK; /* said once for all of them */
	return check_say(out, err, SEVERITY_ERROR, "no-update-request", (int)asked->word,
		"the update request (bit 31) is missing from status %08X: the board would leave"
		" the word alone and report no error; value %08X would not be burnt",
		(unsigned)asked->status, (unsigned)asked->value);
}

/* --- what one word asks for / --- */

static const char *kind_text(const struct asked *asked)
{
	const struct chip_entry *entry = asked->chip ? chip_word(asked->chip, asked->word) : NULL;
	switch (entry ? entry->kind : KIND_UNKNOWN) {
	case KIND_LIFECYCLE: return "life cycle";
	case KIND_ID: return "factory identity";
	case KIND_CONFIG: return "boot or hardware configuration";
	case KIND_HASH: return "public key hash";
	case KIND_SECRET: return "secret";
	case KIND_KEY: return "secret key";
	case KIND_CALIB: return "factory calibration";
	case KIND_MAC: return "MAC address";
	case KIND_BOARD_ID: return "board identity";
	case KIND_USER: return "customer word";
	case KIND_RESERVED: return "reserved";
	case KIND_UNKNOWN: break;
	}
	return "unknown word";
}

static enum status explain(struct check *out, const struct asked *asked, struct errbuf *err)
{
	uint32_t locks = asked->status & WORD_STATUS_LOCKS;
	enum danger_class class = CLASS_DANGEROUS;
	if (asked->chip)
		class = plan_word_class(asked->chip, asked->word, asked->value, locks);
	char what[96];
	bool forever = locks & WORD_STATUS_PERMANENT;
	if (asked->value)
		snprintf(what, sizeof what, "writes value %08X%s", (unsigned)asked->value,
			forever ? ", then locks the word for ever" : "");
	else
		snprintf(what, sizeof what, "%s",
			forever ? "locks the word for ever, its value left as it is"
			: locks ? "locks the word until the reset"
				: "asks for nothing: no value and no lock");
	return check_say(out, err, class >= CLASS_DANGEROUS ? SEVERITY_WARNING : SEVERITY_NOTE,
		"asks", (int)asked->word, "%s%s%s (%s: %s)", asked->name,
		asked->name[0] ? ": " : "", what, kind_text(asked), danger_class_name(class));
}

static enum status explain_fields(struct check *out, const struct asked *asked, struct errbuf *err)
{
	char text[sizeof((struct remark *)0)->text];
	size_t used = 0, count = asked->chip ? chip_word_field_count(asked->chip, asked->word) : 0;
	for (size_t i = 0; i < count && used < sizeof text; i++) {
		const struct chip_field *field = chip_word_field(asked->chip, asked->word, i);
		char value[48];
		if (field_value(field, asked->value) == 0)
			continue;
		field_text(value, sizeof value, field, asked->value);
		int n = snprintf(text + used, sizeof text - used, "%s%s = %s", used ? "; " : "",
			field->name, value);
		used += n > 0 ? (size_t)n : 0;
	}
	return used == 0 ? OK
			 : check_say(out, err, SEVERITY_NOTE, "sets-field", (int)asked->word, "%s",
				   text);
}

static enum status check_lock(struct check *out, const struct asked *asked, struct errbuf *err)
{
	if (!(asked->status & WORD_STATUS_PERMANENT))
		return OK;
	if (asked->value)
		return check_say(out, err, SEVERITY_WARNING, "value-and-lock", (int)asked->word,
			"value and lock in one request: the board locks right after programming, so"
			" a word that was programmed badly stays so; send the lock on its own, "
			"after"
			" the value is proved");
	if (asked->on)
		return OK; /* the rules know whether it is empty */
	return check_say(out, err, SEVERITY_WARNING, "lock-on-zero", (int)asked->word,
		"locks the word as it is: if its fuses are still empty, it stays 00000000 for"
		" ever");
}

static enum status check_word(
	struct check *out, const struct asked *asked, bool echoed, struct errbuf *err)
{
	enum status status = check_bits(out, asked, err);
	if (status == OK && !(asked->status & WORD_STATUS_UPDATE))
		return check_no_request(out, asked, echoed, err);
	if (status == OK)
		status = explain(out, asked, err);
	if (status == OK)
		status = explain_fields(out, asked, err);
	if (status == OK)
		status = check_lock(out, asked, err);
	if (status == OK && asked->status & WORD_STATUS_STICKY_LOCKS)
		status = check_say(out, err, SEVERITY_WARNING, "sticky-locks", (int)asked->word,
			"asks for locks until the reset (bits 27 to 29): U-Boot's service ignores"
			" them");
	return status;
}

/* --- the request as a whole / --- */

static enum status check_head(struct check *out, const struct image *request, struct errbuf *err)
{
	enum status status = OK;
	unsigned right = request->word_count == 384 ? 3 : 2;
	if (request->version != right)
		status = check_say(out, err, SEVERITY_ERROR, "version", -1,
			"the structure's version is %u: requests of %u words have version %u",
			(unsigned)request->version, request->word_count, right);
	if (status == OK && request->state != 0)
		status = check_say(out, err, SEVERITY_ERROR, "state", -1,
			"the global state is %08X: it is only read, a request has 0 there",
			(unsigned)request->state);
	return status;
}

static enum status check_echo(
	struct check *out, unsigned asking, unsigned echoed, unsigned words, struct errbuf *err)
{
	if (asking == 0 && echoed < ECHO_LEAST)
		return check_say(out, err, SEVERITY_ERROR, "nothing-to-do", -1,
			"no word carries the update request (bit 31): the board would do nothing");
	if (asking == words)
		return check_say(out, err, SEVERITY_ERROR, "echo", -1,
			"every word carries the update request, as if an image that was read were"
			" sent back: every value would be burnt and every lock asked for again");
	if (echoed >= ECHO_LEAST)
		return check_say(out, err, SEVERITY_ERROR, "echo", -1,
			"%u words carry locks without the update request (bit 31), as in an image"
			" that was read: a request has status 0 where nothing is asked",
			echoed);
	return OK;
}

/* What the rules say against these edits on that board or image. */
static enum status check_rules(struct check *out, const struct image *request,
	const struct session *on, struct errbuf *err)
{
	struct edits *edits = calloc(1, sizeof *edits);
	if (!edits)
		return errbuf_set(err, ERR_MEMORY, "out of memory for a check");
	for (unsigned word = 0; word < request->word_count; word++) {
		struct edit *edit = &edits->word[word];
		if (!(request->status[word] & WORD_STATUS_UPDATE))
			continue;
		edit->locks = request->status[word] & WORD_STATUS_LOCKS;
		edit->value = request->value[word];
		edit->sets_value = edit->value != 0;
		/* A request adds bits to what a bitwise word holds; an edit names its final value.
		 */
		const struct chip_bank *bank = chip_bank_of(on->chip, word);
		if (edit->sets_value && bank && bank->rule == BANK_BITS &&
			image_value_is_known(&on->image, word))
			edit->value |= on->image.value[word];
	}
	struct plan *plan = NULL;
	enum status status = session_plan(&plan, on, edits, err);
	if (status == OK)
		status = check_take(out, &plan->remarks, err);
	plan_free(plan);
	free(edits);
	return status;
}

enum status check_request(struct check *out, const struct image *request, const struct chip *chip,
	const struct session *on, struct errbuf *err)
{
	unsigned asking = 0, echoed = 0;
	for (unsigned word = 0; word < request->word_count; word++) {
		uint32_t bits = request->status[word];
		asking += bits & WORD_STATUS_UPDATE ? 1 : 0;
		echoed += bits && !(bits & ~WORD_STATUS_LOCKS) ? 1 : 0;
	}
	bool fits = on && on->image.word_count == request->word_count;
	enum status status = check_head(out, request, err);
	if (status == OK)
		status = check_echo(out, asking, echoed, request->word_count, err);
	if (status == OK && on && !fits)
		status = check_say(out, err, SEVERITY_ERROR, "other-chip", -1,
			"the request has %u words, '%.100s' has %u", request->word_count,
			on->source_text, on->image.word_count);
	for (unsigned word = 0; status == OK && word < request->word_count; word++) {
		struct asked asked = {.chip = chip,
			.on = fits ? on : NULL,
			.word = word,
			.value = request->value[word],
			.status = request->status[word]};
		if (asked.value == 0 && asked.status == 0)
			continue;
		if (chip)
			chip_word_name(asked.name, sizeof asked.name, chip, word);
		status = check_word(out, &asked, echoed >= ECHO_LEAST, err);
	}
	return status == OK && fits && asking ? check_rules(out, request, on, err) : status;
}
