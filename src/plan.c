#include "src/plan.h"

#include "src/field.h"
#include "src/peer.h"
#include "src/store.h"
#include "src/word_status.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *pass_kind_name(enum pass_kind kind)
{
	static const char *const names[] = {"values", "locks", "sticky-read", "life-cycle"};
	return names[kind];
}

bool plan_word_is_lifecycle(const struct chip *chip, unsigned word, uint32_t changed_bits)
{
	const struct chip_entry *entry = chip_word(chip, word);
	const struct chip_bank *bank = chip_bank_of(chip, word);
	if (!entry)
		return !bank ||
		       bank->rule ==
			       BANK_BITS; /* a single bit of an unknown word may do anything */
	if (entry->kind == KIND_LIFECYCLE || chip_word_danger(chip, word) == DANGER_ONE_WAY)
		return true;
	size_t count = chip_word_field_count(chip, word);
	for (size_t i = 0; i < count; i++) {
		const struct chip_field *field = chip_word_field(chip, word, i);
		if (field_value(field, changed_bits) != 0 &&
			(field->kind == KIND_LIFECYCLE || field->danger == DANGER_ONE_WAY))
			return true;
	}
	return false;
}

enum danger_class plan_word_class(
	const struct chip *chip, unsigned word, uint32_t changed_bits, uint32_t locks)
{
	if (changed_bits == 0 && !(locks & WORD_STATUS_PERMANENT))
		return CLASS_PASSING;
	if (plan_word_is_lifecycle(chip, word, changed_bits))
		return CLASS_ONE_WAY;
	const struct chip_entry *entry = chip_word(chip, word);
	bool own = entry && (entry->kind == KIND_USER || entry->kind == KIND_MAC ||
				    entry->kind == KIND_BOARD_ID);
	return own && chip_word_danger(chip, word) < DANGER_BRICK ? CLASS_IRREVERSIBLE
								  : CLASS_DANGEROUS;
}

enum status plan_request(uint8_t *out, size_t cap, size_t *length, const struct image *image,
	const struct plan_change *changes, size_t count, struct errbuf *err)
{
	/* From zeros: a status of 0 leaves a word alone, whatever stands in its value. */
	struct image request = {.version = image->version, .word_count = image->word_count};
	for (size_t i = 0; i < count; i++) {
		assert(changes[i].word < image->word_count);
		request.value[changes[i].word] = changes[i].request_value;
		request.status[changes[i].word] = changes[i].request_status;
	}
	return partition_format(out, cap, length, &request, err);
}

/* What one pass asks of one word; false when it asks nothing. */
static bool asks(struct plan_change *out, enum pass_kind kind, const struct plan *plan,
	const struct image *now, unsigned word)
{
	const struct edit *edit = &plan->edits.word[word];
	bool known = image_value_is_known(now, word);
	uint32_t value = now->value[word], status = now->status[word];
	/* Current or wanted, on every peer: STM32PRGFW-UTIL takes a missing bit for one to clear. A
	 * close of what cannot be read sends its own bits only. A value of 0 is never sent:
	 * STM32PRGFW-UTIL may end the whole write at one (recorded). */
	uint32_t final = edit->value | (known ? value : 0);
	bool writes = edit->sets_value && final != (known ? value : 0);
	uint32_t changed = writes ? final & ~(known ? value : 0) : 0;
	uint32_t locks = edit->locks & ~status;
	bool lifecycle = plan_word_is_lifecycle(plan->chip, word, changed);
	const struct chip_bank *bank = chip_bank_of(plan->chip, word);
	const struct peer_bank *how =
		peer_bank(plan->peer, now->word_count, bank ? bank->rule : BANK_ONCE);

	*out = (struct plan_change){.word = word,
		.before_value = value,
		.before_status = status,
		.before_known = known,
		.after_value = value,
		.after_status = status,
		.after_known = known};
	bool takes_value = writes && lifecycle == (kind == PASS_LIFECYCLE) &&
			   (kind == PASS_VALUES || kind == PASS_LIFECYCLE);
	if (takes_value) {
		out->request_value = final;
		out->request_status = how->value_status;
		out->after_value = known ? value | final : value;
		out->irreversible = true;
		return true;
	}
	uint32_t taken = 0;
	if (kind == (lifecycle ? PASS_LIFECYCLE : PASS_LOCKS))
		taken = locks & ~WORD_STATUS_STICKY_READ;
	else if (kind == PASS_STICKY_READ)
		taken = locks & WORD_STATUS_STICKY_READ;
	if (!taken)
		return false;
	out->request_status = WORD_STATUS_UPDATE | (taken & WORD_STATUS_STICKY_LOCKS);
	if (taken & WORD_STATUS_PERMANENT) {
		out->request_status |= how->lock_status;
		out->irreversible = true;
	}
	out->after_status = peer_status_after(plan->peer, plan->snapshot.version, status, taken);
	out->after_known = known && !(taken & WORD_STATUS_STICKY_READ);
	return true;
}

static enum status add_pass(
	struct plan *plan, enum pass_kind kind, struct image *now, struct errbuf *err)
{
	struct plan_pass *pass = &plan->passes[plan->pass_count];
	*pass = (struct plan_pass){.kind = kind};
	struct image after = *now;
	for (unsigned word = 0; word < now->word_count; word++) {
		struct plan_change *change = &pass->changes[pass->change_count];
		if (edit_is_empty(&plan->edits.word[word]) || !asks(change, kind, plan, now, word))
			continue;
		after.value[word] = change->after_value;
		after.status[word] = change->after_status;
		pass->change_count++;
	}
	if (pass->change_count == 0)
		return OK;
	*now = after;
	pass->predicted = after;
	plan->pass_count++;
	return plan_request(pass->request, sizeof pass->request, &pass->request_length,
		&plan->snapshot, pass->changes, pass->change_count, err);
}

static enum danger_class worst_class(const struct plan *plan)
{
	enum danger_class worst = CLASS_PASSING;
	for (size_t p = 0; p < plan->pass_count; p++)
		for (size_t i = 0; i < plan->passes[p].change_count; i++) {
			const struct plan_change *change = &plan->passes[p].changes[i];
			uint32_t known_value = change->before_known ? change->before_value : 0;
			enum danger_class class = plan_word_class(plan->chip, change->word,
				change->request_value & ~known_value, change->request_status);
			if (class > worst)
				worst = class;
		}
	for (size_t i = 0; i < plan->remarks.count; i++)
		if (plan->remarks.items[i].severity != SEVERITY_NOTE &&
			plan->remarks.items[i].danger > worst)
			worst = plan->remarks.items[i].danger;
	return worst;
}

static enum status fingerprint(
	char out[PLAN_FINGERPRINT_LENGTH + 1], const struct plan *plan, struct errbuf *err)
{
	char digest[IMAGE_DIGEST_LENGTH + 1];
	image_digest(digest, &plan->snapshot);
	size_t cap = 1024 + PLAN_MAX_PASSES * (PARTITION_MAX_BYTES + 32);
	char *bytes = malloc(cap);
	if (!bytes)
		return errbuf_set(err, ERR_MEMORY, "out of memory for the plan's fingerprint");
	int text = snprintf(bytes, cap,
		"otpedit plan 1\nclass %d\npeer %s\nchip %s %s\nboard %s\ntwin %s\nsnapshot %s\n",
		(int)plan->source_class, peer_traits(plan->peer)->name, plan->chip->name,
		plan->chip->digest, plan->board, plan->twin, digest);
	assert(text > 0 && (size_t)text < 1024);
	size_t used = (size_t)text;
	for (size_t p = 0; p < plan->pass_count; p++) {
		const struct plan_pass *pass = &plan->passes[p];
		int head = snprintf(bytes + used, 32, "%s %zu\n", pass_kind_name(pass->kind),
			pass->request_length);
		used += (size_t)head;
		memcpy(bytes + used, pass->request, pass->request_length);
		used += pass->request_length;
	}
	char hex[65];
	store_sha256_hex(hex, bytes, used);
	free(bytes);
	memcpy(out, hex, PLAN_FINGERPRINT_LENGTH);
	out[PLAN_FINGERPRINT_LENGTH] = '\0';
	return OK;
}

bool plan_is_intact(const struct plan *plan)
{
	char now[PLAN_FINGERPRINT_LENGTH + 1] = "";
	struct errbuf ignored = {0};
	return fingerprint(now, plan, &ignored) == OK && strcmp(now, plan->fingerprint) == 0;
}

static enum status fill(struct plan *plan, const struct plan_context *context, struct errbuf *err)
{
	struct rules_context rules = {.edits = &plan->edits,
		.image = &plan->snapshot,
		.chip = plan->chip,
		.peer = plan->peer,
		.has_identity = plan->board[0] != '\0',
		.view_only = context->view_only,
		.untouchable = context->untouchable};
	enum status status = rules_check(&plan->remarks, &rules, err);
	if (status != OK)
		return status;
	plan->refused = remarks_have_error(&plan->remarks);
	struct image now = plan->snapshot;
	static const enum pass_kind order[] = {
		PASS_VALUES, PASS_LOCKS, PASS_STICKY_READ, PASS_LIFECYCLE};
	for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
		status = add_pass(plan, order[i], &now, err);
		if (status != OK)
			return status;
	}
	plan->predicted = now;
	plan->danger = worst_class(plan);
	return fingerprint(plan->fingerprint, plan, err);
}

enum status plan_make(struct plan **out, const struct edits *edits, const struct image *snapshot,
	const struct plan_context *context, struct errbuf *err)
{
	struct plan *plan = calloc(1, sizeof *plan);
	if (!plan)
		return errbuf_set(err, ERR_MEMORY, "out of memory for a plan");
	plan->chip = context->chip;
	plan->peer = context->peer;
	plan->source_class = context->source_class;
	snprintf(plan->board, sizeof plan->board, "%s", context->board);
	snprintf(plan->twin, sizeof plan->twin, "%s", context->twin ? context->twin : "");
	plan->edits = *edits;
	plan->snapshot = *snapshot;
	enum status status = fill(plan, context, err);
	if (status != OK) {
		plan_free(plan);
		return status;
	}
	*out = plan;
	return OK;
}

void plan_free(struct plan *plan)
{
	if (!plan)
		return;
	remarks_free(&plan->remarks);
	free(plan);
}
