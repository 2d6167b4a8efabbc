/*
 * Random drafts over random boards of every family: whatever plan is not refused breaks none of the
 * silicon's laws. These are written here once more, as plain numbers, from Linux's stm32-romem.c,
 * U-Boot's cmd_stm32key.c, TF-A's stm32mp1_private.c and STM32PRGFW-UTIL's otp_util.c.
 */
#include "tests/support/scene.h"

#include "src/word_status.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

enum { DRAFTS = 600, EDITS = 3 };

static const struct family {
	const char *name;
	unsigned once_from, upper_from, key_first;
	unsigned rpn;
	uint32_t part;
} families[] = {
	{"stm32mp13", 32, 96, 24, 1, 0x000},
	{"stm32mp15", 32, 96, 24, 1, 0x00},
	{"stm32mp21", 128, 256, 152, 9, 0x0003300D},
	{"stm32mp23", 128, 256, 144, 9, 0x00082182},
	{"stm32mp25", 128, 256, 144, 9, 0x00002000},
};
#define FAMILIES (sizeof families / sizeof families[0])

static uint32_t seed;

static uint32_t any(uint32_t below)
{
	seed = seed * UINT32_C(1664525) + UINT32_C(1013904223);
	return (seed >> 8) % below;
}

static bool is_mp2(const struct family *family)
{
	return family->once_from == 128;
}

static bool belongs_to_the_chip(const struct family *family, unsigned word)
{
	if (strcmp(family->name, "stm32mp21") == 0)
		return (word >= 168 && word <= 179) || word >= 364;
	return word >= 368;
}

static uint32_t any_value(void)
{
	static const uint32_t values[] = {
		0, 1, 0x17, 0x37, 0x3F, 0x40, 0x57, 0xFF, 0x0F, 0x100000, 0x17F, UINT32_MAX};
	uint32_t pick = any(16);
	return pick < 12 ? values[pick] : any(0x10000) << 16 | any(0x10000);
}

/* Among them often the words that close a device, and its key. */
static unsigned any_word(const struct family *family, unsigned count)
{
	static const unsigned special[] = {0, 8, 18, 124};
	unsigned word = any(3) == 0   ? special[any(4)]
			: any(8) == 0 ? family->key_first + any(8)
				      : any(count);
	return word < count ? word : 0;
}

static void make_board(struct scene *scene, const struct family *family)
{
	static const uint32_t statuses[] = {WORD_STATUS_PERMANENT, WORD_STATUS_STICKY_PROGRAM,
		WORD_STATUS_STICKY_WRITE, WORD_STATUS_STICKY_READ, WORD_STATUS_READ_ERROR,
		WORD_STATUS_LOCK_ERROR};
	unsigned count = scene->image.word_count;
	bool upper_is_seen = any(2) == 0;
	for (unsigned word = 1; word < count; word++) {
		bool hidden = is_mp2(family) && word >= family->upper_from && !upper_is_seen;
		scene->image.value[word] = any(4) == 0 && !hidden ? any_value() : 0;
		scene->image.status[word] = any(6) == 0 ? statuses[any(6)] : 0;
	}
	scene->image.value[family->rpn] = family->part;
	scene->image.status[family->rpn] = 0;
	if (any(2) == 0) {
		scene_fill(scene, family->key_first, family->key_first + 7, 0x31000000);
		memset(&scene->image.status[family->key_first], 0,
			8 * sizeof scene->image.status[0]);
	}
	scene->image.value[8] = scene->image.value[18] = 0;
	if (is_mp2(family))
		scene->image.value[124] = any(2) == 0 ? 0 : 0x8001;
}

static void make_draft(struct scene *scene, const struct family *family)
{
	unsigned count = scene->image.word_count;
	if (any(5) == 0)
		scene_close(scene);
	for (int i = 0; i < EDITS; i++) {
		unsigned word = any_word(family, count);
		struct edit *edit = &scene->edits.word[word];
		if (!edit->closes && any(3) != 0)
			*edit = (struct edit){.sets_value = true, .value = any_value()};
		if (any(4) == 0)
			edit->locks |= WORD_STATUS_PERMANENT;
		if (any(12) == 0)
			edit->locks |= WORD_STATUS_STICKY_READ;
		if (any(2) == 0)
			break;
	}
}

static bool is_known(const struct scene *scene, unsigned word)
{
	return (scene->image.status[word] & (WORD_STATUS_READ_ERROR | WORD_STATUS_LOCK_ERROR |
						    WORD_STATUS_STICKY_READ)) == 0;
}

/* STM32PRGFW-UTIL shows hidden words as empty ones: a word that holds something tells. */
static bool is_shown(const struct scene *scene, const struct family *family)
{
	for (unsigned word = family->upper_from; word < scene->image.word_count; word++)
		if (!belongs_to_the_chip(family, word) && is_known(scene, word) &&
			scene->image.value[word] != 0)
			return true;
	return false;
}

static void hold_request(
	const struct scene *scene, const struct family *family, const struct plan_change *change)
{
	unsigned word = change->word;
	uint32_t now = scene->image.value[word], sent = change->request_value;
	assert_false(belongs_to_the_chip(family, word));
	assert_true(change->request_status & UINT32_C(0x80000000));
	assert_false(change->request_status & ~UINT32_C(0xF8000000));
	if (scene->peer == PEER_UBOOT)
		assert_false(change->request_status & UINT32_C(0x38000000));
	if (scene->peer == PEER_PRGFW && is_mp2(family) && word >= family->upper_from)
		assert_true(is_shown(scene, family));
	if (sent != 0 || change->request_status & UINT32_C(0x40000000))
		assert_false(scene->image.status[word] & WORD_STATUS_STICKY_PROGRAM);
	/* A value or a lock, never both and never neither. */
	assert_true((sent != 0) == ((change->request_status & UINT32_C(0x78000000)) == 0));
	if (!is_known(scene, word)) {
		assert_true(scene->edits.word[word].closes);
		assert_int_equal(scene->image.status[word], WORD_STATUS_STICKY_READ);
		assert_true(!is_mp2(family) && scene->peer == PEER_UBOOT);
		return;
	}
	if (sent == 0)
		return;
	assert_false(scene->image.status[word] & WORD_STATUS_PERMANENT);
	assert_int_equal(now & ~sent, 0);
	if (word >= family->once_from)
		assert_int_equal(now, 0);
}

static void hold_closing(
	const struct scene *scene, const struct family *family, const struct plan *plan)
{
	const struct image *before = &scene->image, *after = &plan->predicted;
	bool closes = false;
	if (is_mp2(family)) {
		const struct {
			unsigned word;
			uint32_t bits;
		} set[] = {{8, 0xFF}, {18, 0xFF}, {124, 0x100000}};
		for (size_t i = 0; i < 3; i++)
			closes |= (after->value[set[i].word] & ~before->value[set[i].word] &
					  set[i].bits) != 0;
		for (size_t i = 0; closes && i < 3; i++)
			assert_int_equal(after->value[set[i].word] & set[i].bits, set[i].bits);
	} else if (is_known(scene, 0)) {
		bool is_mp13 = strcmp(family->name, "stm32mp13") == 0;
		uint32_t bits = is_mp13 ? 0x28 : 0x40, mode = after->value[0] & 0x3FF;
		closes = (after->value[0] & ~before->value[0] & bits) != 0;
		if (is_mp13)
			assert_true(mode == 0x17 || mode == 0x3F || mode == 0x17F || mode == 0x3FF);
	} else {
		closes = scene->edits.word[0].closes;
	}
	if (!closes)
		return;
	assert_int_equal(plan->danger, CLASS_ONE_WAY);
	for (unsigned word = family->key_first; word < family->key_first + 8; word++)
		assert_int_not_equal(after->value[word], 0);
	assert_int_equal(plan->passes[plan->pass_count - 1].kind, PASS_LIFECYCLE);
}

/* Returns what was held: bit 0 the plan was not refused, bit 1 and it closes. */
static unsigned hold_one(const struct family *family, enum peer peer)
{
	struct scene *scene = scene_builtin(family->name, peer);
	make_board(scene, family);
	make_draft(scene, family);
	struct plan *plan = scene_plan(scene);
	unsigned held = plan->refused ? 0 : 1;
	for (size_t p = 0; !plan->refused && p < plan->pass_count; p++)
		for (size_t i = 0; i < plan->passes[p].change_count; i++)
			hold_request(scene, family, &plan->passes[p].changes[i]);
	if (!plan->refused) {
		hold_closing(scene, family, plan);
		held |= scene->edits.word[is_mp2(family) ? 18 : 0].closes ? 2u : 0;
	}
	plan_free(plan);
	scene_free(scene);
	return held;
}

static void test_no_accepted_plan_breaks_a_law(void **state)
{
	(void)state;
	static const enum peer peers[] = {PEER_UBOOT, PEER_PRGFW};
	seed = 20;
	for (size_t i = 0; i < 2 * FAMILIES; i++) {
		unsigned accepted = 0, closings = 0;
		for (int draft = 0; draft < DRAFTS; draft++) {
			unsigned held = hold_one(&families[i / 2], peers[i % 2]);
			accepted += held & 1;
			closings += held >> 1;
		}
		/* Else it would say nothing. */
		assert_in_range(accepted, DRAFTS / 10, DRAFTS);
		assert_in_range(closings, 1, DRAFTS);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_accepted_plan_breaks_a_law),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
