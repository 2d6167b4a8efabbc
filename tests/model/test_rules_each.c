/*
 * Each rule by a draft that trips it, and by the same draft mended, which does not: one row a rule,
 * and no rule without a row. What the remarks say, and finer cases, stand in the other tests of
 * rules.
 */
#include "tests/support/scene.h"

#include "src/word_status.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#define P  WORD_STATUS_PERMANENT
#define SP WORD_STATUS_STICKY_PROGRAM
#define SR WORD_STATUS_STICKY_READ

enum op {
	END,
	IS,      /* what the words hold */
	HAS,     /* their status */
	SET,     /* the value that is asked for */
	LOCK,    /* the locks */
	DROP,    /* nothing is asked of the words any more */
	CLOSE,   /* what closes the device */
	UNENDED, /* an earlier commit of the words has no known end */
	STATE,
	VERSION,
	PEER,
	LOOKS, /* the session can only look */
	NOBODY /* the board has no identity */
};

struct step {
	enum op op;
	unsigned first, last;
	uint32_t value;
};
#define STEPS 3

static const struct row {
	const char *rule;
	int on;
	const char *chip;
	enum peer peer;
	struct step trips[STEPS], mended[STEPS];
} rows[] = {
	{"view-only", -1, "stm32mp15", PEER_UBOOT, {{SET, 70, 70, 1}, {LOOKS, 0, 0, 1}},
		{{LOOKS, 0, 0, 0}}},
	{"no-identity", -1, "stm32mp15", PEER_UBOOT, {{SET, 70, 70, 1}, {NOBODY, 0, 0, 1}},
		{{NOBODY, 0, 0, 0}}},
	{"unknown-service", -1, "stm32mp15", PEER_UBOOT,
		{{SET, 70, 70, 1}, {PEER, 0, 0, PEER_UNKNOWN}}, {{PEER, 0, 0, PEER_UBOOT}}},
	{"closed", -1, "stm32mp15", PEER_UBOOT, {{SET, 70, 70, 1}, {STATE, 0, 0, 1}},
		{{STATE, 0, 0, 0}}},
	{"structure-1", -1, "stm32mp15", PEER_UBOOT, {{SET, 70, 70, 1}, {VERSION, 0, 0, 1}},
		{{VERSION, 0, 0, 2}}},
	{"close-set-incomplete", -1, "stm32mp25", PEER_UBOOT, {{SET, 8, 8, 0xFF}},
		{{SET, 18, 18, 0xFF}, {SET, 124, 124, 0x100000}}},
	{"close-without-key", -1, "stm32mp25", PEER_UBOOT, {{CLOSE, 0, 0, 0}},
		{{IS, 144, 151, 0x5A}}},
	{"close-no-secure-boot", -1, "stm32mp25", PEER_UBOOT,
		{{IS, 9, 9, 0x40002E00}, {CLOSE, 0, 0, 0}}, {{IS, 9, 9, 0x2000}}},
	{"nothing-to-do", -1, "stm32mp15", PEER_UBOOT, {{END, 0, 0, 0}}, {{SET, 70, 70, 1}}},
	{"closing", -1, "stm32mp15", PEER_UBOOT, {{CLOSE, 0, 0, 0}},
		{{DROP, 0, 0, 0}, {SET, 70, 70, 1}}},
	{"closed-by-words", -1, "stm32mp15", PEER_UBOOT, {{IS, 0, 0, 0x57}, {SET, 70, 70, 1}},
		{{IS, 0, 0, 0x17}}},
	{"close-half-done", -1, "stm32mp25", PEER_UBOOT, {{CLOSE, 0, 0, 0}},
		{{DROP, 8, 8, 0}, {DROP, 18, 18, 0}, {DROP, 124, 124, 0}}},
	{"close-key-unlocked", -1, "stm32mp15", PEER_UBOOT, {{IS, 24, 31, 7}, {CLOSE, 0, 0, 0}},
		{{HAS, 24, 31, P}}},
	{"lock-may-wait", -1, "stm32mp15", PEER_UBOOT, {{LOCK, 70, 70, P}},
		{{LOCK, 70, 70, 0}, {SET, 70, 70, 1}}},
	{"outside", 96, "stm32mp15", PEER_UBOOT, {{SET, 96, 96, 1}},
		{{DROP, 96, 96, 0}, {SET, 95, 95, 1}}},
	{"outcome-unknown", 70, "stm32mp15", PEER_UBOOT, {{SET, 70, 70, 1}, {UNENDED, 70, 70, 1}},
		{{UNENDED, 70, 70, 0}}},
	{"value-unknown", 70, "stm32mp15", PEER_UBOOT, {{SET, 70, 70, 1}, {HAS, 70, 70, SR}},
		{{HAS, 70, 70, 0}}},
	{"clears-bit", 9, "stm32mp15", PEER_UBOOT, {{IS, 9, 9, 8}, {SET, 9, 9, 4}},
		{{SET, 9, 9, 0xC}}},
	{"written-twice", 70, "stm32mp15", PEER_UBOOT, {{IS, 70, 70, 0xF0}, {SET, 70, 70, 0xF1}},
		{{IS, 70, 70, 0}}},
	{"locked", 70, "stm32mp15", PEER_UBOOT, {{HAS, 70, 70, P}, {SET, 70, 70, 1}},
		{{HAS, 70, 70, 0}}},
	{"locked-until-reset", 70, "stm32mp15", PEER_UBOOT, {{HAS, 70, 70, SP}, {SET, 70, 70, 1}},
		{{HAS, 70, 70, 0}}},
	{"sticky-ignored", 70, "stm32mp15", PEER_UBOOT, {{LOCK, 70, 70, SP}},
		{{PEER, 0, 0, PEER_PRGFW}}},
	{"sticky-unseen", 70, "stm32mp25", PEER_PRGFW, {{LOCK, 70, 70, SP}}, {{LOCK, 70, 70, SR}}},
	{"life-cycle-and-lock", 4, "stm32mp15", PEER_UBOOT, {{SET, 4, 4, 1}, {LOCK, 4, 4, P}},
		{{LOCK, 4, 4, 0}}},
	{"never-written", 370, "stm32mp25", PEER_PRGFW, {{SET, 370, 370, 1}},
		{{DROP, 370, 370, 0}, {SET, 367, 367, 1}}},
	{"maybe-hidden", 300, "stm32mp25", PEER_PRGFW, {{SET, 300, 300, 1}}, {{IS, 301, 301, 5}}},
	{"illegal-mode", 0, "stm32mp13", PEER_UBOOT, {{SET, 0, 0, 0x37}}, {{SET, 0, 0, 0x3F}}},
	{"one-way", 4, "stm32mp15", PEER_UBOOT, {{SET, 4, 4, 1}},
		{{DROP, 4, 4, 0}, {SET, 9, 9, 1}}},
	{"freezes-empty", 70, "stm32mp15", PEER_UBOOT, {{LOCK, 70, 70, P}}, {{IS, 70, 70, 5}}},
	{"boot-config", 9, "stm32mp15", PEER_UBOOT, {{SET, 9, 9, 1}}, {{IS, 9, 9, 1}}},
	{"key-hash", 24, "stm32mp15", PEER_UBOOT, {{SET, 24, 24, 1}}, {{IS, 24, 24, 1}}},
	{"factory-word", 20, "stm32mp15", PEER_UBOOT, {{SET, 20, 20, 1}}, {{IS, 20, 20, 1}}},
	{"secret-word", 40, "stm32mp15", PEER_UBOOT, {{SET, 40, 40, 1}}, {{IS, 40, 40, 1}}},
	{"reserved-word", 10, "stm32mp15", PEER_UBOOT, {{SET, 10, 10, 1}}, {{IS, 10, 10, 1}}},
	{"customer-unconfirmed", 300, "stm32mp25", PEER_UBOOT, {{SET, 300, 300, 1}},
		{{IS, 300, 300, 1}}},
	{"already-so", 70, "stm32mp15", PEER_UBOOT, {{IS, 70, 70, 5}, {SET, 70, 70, 5}},
		{{IS, 70, 70, 0}}},
	{"only-write", 70, "stm32mp15", PEER_UBOOT, {{SET, 70, 70, 1}}, {{IS, 70, 70, 1}}},
	{"freezes-bits", 9, "stm32mp15", PEER_UBOOT, {{IS, 9, 9, 8}, {LOCK, 9, 9, P}},
		{{LOCK, 9, 9, 0}, {SET, 9, 9, 0xC}}},
	{"sets-field", 9, "stm32mp15", PEER_UBOOT, {{SET, 9, 9, 0x80000000}},
		{{IS, 9, 9, 0x80000000}}},
	{"locks-untold", 70, "stm32mp25", PEER_PRGFW, {{SET, 70, 70, 1}},
		{{PEER, 0, 0, PEER_UBOOT}}},
	{"unconfirmed-word", 10, "stm32mp15", PEER_UBOOT, {{SET, 10, 10, 1}}, {{IS, 10, 10, 1}}},
	{"unconfirmed-request", 70, "stm32mp25", PEER_UBOOT, {{SET, 70, 70, 1}},
		{{PEER, 0, 0, PEER_PRGFW}}},
	{"no-boot-source", 3, "stm32mp15", PEER_UBOOT, {{SET, 3, 3, 0x7F0000}},
		{{SET, 3, 3, 0x5F0000}}},
	{"value-incomplete", 144, "stm32mp25", PEER_UBOOT, {{SET, 144, 150, 7}},
		{{SET, 151, 151, 7}}},
	{"value-trivial", 144, "stm32mp25", PEER_UBOOT, {{SET, 144, 151, UINT32_MAX}},
		{{SET, 151, 151, 7}}},
	{"locked-in-part", 24, "stm32mp15", PEER_UBOOT, {{IS, 24, 31, 7}, {LOCK, 24, 30, P}},
		{{LOCK, 31, 31, P}}},
	{"lock-before-value", 24, "stm32mp15", PEER_UBOOT, {{IS, 25, 31, 7}, {LOCK, 24, 24, P}},
		{{SET, 24, 24, 7}}},
	{"mac-group", 57, "stm32mp15", PEER_UBOOT,
		{{SET, 57, 57, 0x42E18001}, {SET, 58, 58, 0xE448}}, {{SET, 57, 57, 0x42E18000}}},
	{"mac-half", 57, "stm32mp15", PEER_UBOOT, {{SET, 57, 57, 0x42E18000}},
		{{SET, 58, 58, 0xE448}}},
	{"mac-empty", 57, "stm32mp15", PEER_UBOOT, {{LOCK, 57, 58, P}}, {{IS, 57, 57, 0x42E18000}}},
	{"anti-rollback", 4, "stm32mp15", PEER_UBOOT, {{SET, 4, 4, 1}}, {{IS, 4, 4, 1}}},
	{"key2-without-hash", 17, "stm32mp25", PEER_UBOOT, {{SET, 17, 17, 0x100}},
		{{IS, 152, 159, 7}}},
	{"no-recovery", 3, "stm32mp15", PEER_UBOOT, {{SET, 3, 3, 0x300000}},
		{{SET, 3, 3, 0x100000}}},
	{"pad-voltage", 18, "stm32mp15", PEER_UBOOT, {{SET, 18, 18, 0x2000}},
		{{IS, 18, 18, 0x2000}}},
};
#define ROWS (sizeof rows / sizeof rows[0])

static void step_on_word(struct scene *scene, const struct step *step, unsigned word)
{
	switch (step->op) {
	case IS: scene->image.value[word] = step->value; break;
	case HAS: scene->image.status[word] = step->value; break;
	case SET: scene_set(scene, word, step->value); break;
	case LOCK: scene->edits.word[word].locks = step->value; break;
	case DROP: scene->edits.word[word] = (struct edit){0}; break;
	case UNENDED: scene->unended[word] = step->value != 0; break;
	case CLOSE: scene_close(scene); break;
	case STATE: scene->image.state = step->value; break;
	case VERSION: scene->image.version = step->value; break;
	case PEER: scene->peer = (enum peer)step->value; break;
	case LOOKS: scene->view_only = step->value != 0; break;
	case NOBODY: scene->no_identity = step->value != 0; break;
	case END: break;
	}
}

static void go(struct scene *scene, const struct step steps[STEPS])
{
	for (size_t i = 0; i < STEPS; i++)
		for (unsigned word = steps[i].first; word <= steps[i].last; word++)
			step_on_word(scene, &steps[i], word);
}

static void test_each_rule_trips_and_is_mended(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS; i++) {
		struct scene *scene = scene_builtin(rows[i].chip, rows[i].peer);
		go(scene, rows[i].trips);
		if (!scene_remark(scene, rows[i].rule, rows[i].on))
			fail_msg("'%s' does not trip", rows[i].rule);
		go(scene, rows[i].mended);
		if (scene_remark(scene, rows[i].rule, rows[i].on))
			fail_msg("'%s' trips after it was mended", rows[i].rule);
		scene_free(scene);
	}
}

static void test_no_rule_is_without_a_row(void **state)
{
	(void)state;
	size_t count = 0;
	for (; rules_describe(count).name; count++) {
		bool found = false;
		for (size_t i = 0; i < ROWS; i++)
			found |= strcmp(rows[i].rule, rules_describe(count).name) == 0;
		if (!found)
			fail_msg("no row for '%s'", rules_describe(count).name);
	}
	assert_int_equal(count, ROWS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_rule_trips_and_is_mended),
		cmocka_unit_test(test_no_rule_is_without_a_row),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
