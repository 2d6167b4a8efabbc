/*
 * The rules on the built-in maps of every family: a rule goes by names and kinds in a map, and a
 * map that words them otherwise would silence it. Word numbers and bits by hand from U-Boot's
 * cmd_stm32key.c, TF-A's stm32mp1_def.h and stm32mp2_def.h, and the vendor's mapping pages.
 */
#include "tests/support/fixtures.h"
#include "tests/support/scene.h"

#include "src/closing.h"
#include "src/word_status.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

static const struct family {
	const char *name;
	bool is_mp2;
	unsigned rpn, hash, counter, pads_word, pads_bit, mac, customer;
	uint32_t part_c, part_a;
} families[] = {
	{"stm32mp13", false, 1, 24, 4, 18, 13, 57, 70, 0x000, 0x001},
	{"stm32mp15", false, 1, 24, 4, 18, 13, 57, 70, 0x00, 0x01},
	{"stm32mp21", true, 9, 152, 12, 124, 16, 247, 220, 0x0003300D, 0x40033E0D},
	{"stm32mp23", true, 9, 144, 12, 124, 15, 247, 210, 0x00082182, 0x40082F82},
	{"stm32mp25", true, 9, 144, 12, 124, 16, 247, 210, 0x00002000, 0x40002E00},
};
#define FAMILIES (sizeof families / sizeof families[0])

/* A board with a whole, locked key hash on a part with secure boot. */
static struct scene *closable(const struct family *family, enum peer peer)
{
	struct scene *scene = scene_builtin(family->name, peer);
	scene->image.value[family->rpn] = family->part_c;
	scene_fill(scene, family->hash, family->hash + 7, 0x5A000000);
	for (unsigned word = family->hash; word <= family->hash + 7; word++)
		scene->image.status[word] = WORD_STATUS_PERMANENT;
	return scene;
}

static void test_every_built_in_map_is_tried(void **state)
{
	(void)state;
	size_t count = 0;
	for (; chip_builtin_name(count); count++) {
		bool found = false;
		for (size_t f = 0; f < FAMILIES; f++)
			found |= strcmp(families[f].name, chip_builtin_name(count)) == 0;
		if (!found)
			fail_msg("no row for %s", chip_builtin_name(count));
	}
	assert_int_equal(count, FAMILIES);
}

static void test_closing_is_one_last_request(void **state)
{
	(void)state;
	static const enum peer peers[] = {PEER_UBOOT, PEER_PRGFW};
	for (size_t i = 0; i < 2 * FAMILIES; i++) {
		const struct family *family = &families[i / 2];
		struct scene *scene = closable(family, peers[i % 2]);
		/* A part of the hash is in the plan itself: it goes first, then its lock. */
		scene->image.value[family->hash + 7] = 0;
		scene->image.status[family->hash + 7] = 0;
		scene_set(scene, family->hash + 7, 0x99);
		scene_lock(scene, family->hash + 7, family->hash + 7);
		scene_close(scene);
		struct plan *plan = scene_plan(scene);
		if (plan->refused)
			fail_msg("%s: %s", family->name, plan->remarks.items[0].text);
		assert_int_equal(plan->pass_count, 3);
		assert_int_equal(plan->passes[0].kind, PASS_VALUES);
		assert_int_equal(plan->passes[0].change_count, 1);
		assert_int_equal(plan->passes[1].kind, PASS_LOCKS);
		assert_int_equal(plan->passes[1].change_count, 1);
		const struct plan_pass *last = &plan->passes[2];
		assert_int_equal(last->kind, PASS_LIFECYCLE);
		assert_int_equal(plan->danger, CLASS_ONE_WAY);
		if (family->is_mp2) {
			assert_int_equal(last->change_count, 3);
			assert_int_equal(last->changes[0].word, 8);
			assert_int_equal(last->changes[0].request_value, 0xFF);
			assert_int_equal(last->changes[1].word, 18);
			assert_int_equal(last->changes[1].request_value, 0xFF);
			assert_int_equal(last->changes[2].word, 124);
			assert_int_equal(last->changes[2].request_value, 0x00100000);
		} else {
			assert_int_equal(last->change_count, 1);
			assert_int_equal(last->changes[0].word, 0);
			assert_int_equal(last->changes[0].request_value,
				strcmp(family->name, "stm32mp13") == 0 ? 0x3F : 0x57);
		}
		plan_free(plan);
		scene_free(scene);
	}
}

static void test_a_closing_needs_key_and_part(void **state)
{
	(void)state;
	for (size_t f = 0; f < FAMILIES; f++) {
		const struct family *family = &families[f];
		struct scene *scene = closable(family, PEER_UBOOT);
		scene_close(scene);
		scene_says(scene, "closing", -1, SEVERITY_WARNING, "for ever");
		scene_silent(scene, "close-without-key", -1);
		scene_silent(scene, "close-key-unlocked", -1);
		scene_silent(scene, "close-no-secure-boot", -1);
		scene->image.value[family->rpn] = family->part_a;
		scene_says(scene, "close-no-secure-boot", -1, SEVERITY_ERROR, "secure boot");
		scene->image.status[family->hash + 3] = 0;
		scene_says(scene, "close-key-unlocked", -1, SEVERITY_WARNING, "not locked");
		scene->image.value[family->hash + 3] = 0;
		scene_says(scene, "close-without-key", -1, SEVERITY_ERROR, "is empty");
		for (unsigned word = family->hash; word <= family->hash + 7; word++)
			scene->image.value[word] = UINT32_MAX;
		scene_says(scene, "close-without-key", -1, SEVERITY_ERROR, "nothing but ones");
		scene->image.value[family->hash + 7] = 1;
		scene_silent(scene, "close-without-key", -1);
		scene_free(scene);
	}
}

/* A read lock until reset goes before the life cycle: what then burnt could not be read back. */
static void test_no_lock_stands_before_a_life_cycle_value(void **state)
{
	(void)state;
	static const uint32_t locks[] = {
		WORD_STATUS_STICKY_READ, WORD_STATUS_STICKY_PROGRAM, WORD_STATUS_PERMANENT};
	for (size_t i = 0; i < 3 * FAMILIES; i++) {
		const struct family *family = &families[i / 3];
		struct scene *scene = scene_builtin(family->name, PEER_PRGFW);
		scene_set(scene, family->counter, scene->image.value[family->counter] | 1);
		scene_silent(scene, "life-cycle-and-lock", (int)family->counter);
		scene->edits.word[family->counter].locks = locks[i % 3];
		scene_says(scene, "life-cycle-and-lock", (int)family->counter, SEVERITY_ERROR,
			"not written and locked in one plan");
		scene_free(scene);
	}
}

/* One missing word or bit of STM32MP2's set, and any mode of STM32MP13's that is not whole. */
static void test_half_a_closing_is_refused(void **state)
{
	(void)state;
	static const struct {
		unsigned word;
		uint32_t bits;
	} set[] = {{8, 0xFF}, {18, 0x0F}, {18, 0xF0}, {124, UINT32_C(1) << 20}};
	for (size_t f = 0; f < FAMILIES; f++) {
		if (!families[f].is_mp2)
			continue;
		for (unsigned asked = 1; asked < 16; asked++) {
			struct scene *scene = closable(&families[f], PEER_UBOOT);
			for (size_t i = 0; i < 4; i++)
				if (asked & 1u << i)
					scene_set(scene, set[i].word,
						scene->edits.word[set[i].word].value | set[i].bits);
			struct plan *plan = scene_plan(scene);
			assert_int_equal(plan->refused, asked != 15);
			assert_int_equal(
				fixture_has_remark(plan, "close-set-incomplete", -1), asked != 15);
			plan_free(plan);
			scene_free(scene);
		}
	}
	struct scene *scene = closable(&families[0], PEER_UBOOT);
	scene_set(scene, 0, 0x37);
	scene_says(scene, "illegal-mode", 0, SEVERITY_ERROR, "037");
	scene_set(scene, 0, 0x3F);
	scene_silent(scene, "illegal-mode", 0);
	scene_free(scene);
}

/* Under a read lock alone, in a family that closes by one word, and over U-Boot alone. */
static void test_closing_what_cannot_be_seen(void **state)
{
	(void)state;
	static const struct {
		const char *chip;
		enum peer peer;
		uint32_t status;
		bool refused;
	} rows[] = {
		{"stm32mp15", PEER_UBOOT, WORD_STATUS_STICKY_READ, false},
		{"stm32mp15", PEER_UBOOT, WORD_STATUS_READ_ERROR, true},
		{"stm32mp15", PEER_UBOOT, WORD_STATUS_LOCK_ERROR, true},
		{"stm32mp15", PEER_PRGFW, WORD_STATUS_STICKY_READ, true},
		{"stm32mp13", PEER_UBOOT, WORD_STATUS_STICKY_READ, false},
		{"stm32mp13", PEER_UBOOT, WORD_STATUS_READ_ERROR, true},
		{"stm32mp13", PEER_PRGFW, WORD_STATUS_STICKY_READ, true},
		{"stm32mp25", PEER_UBOOT, WORD_STATUS_STICKY_READ, true},
		{"stm32mp25", PEER_PRGFW, WORD_STATUS_STICKY_READ, true},
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		for (size_t f = 0; f < FAMILIES; f++) {
			if (strcmp(families[f].name, rows[i].chip) != 0)
				continue;
			struct scene *scene = closable(&families[f], rows[i].peer);
			unsigned word = families[f].is_mp2 ? 18 : 0;
			scene_close(scene);
			scene_silent(scene, "value-unknown", (int)word);
			scene->image.status[word] = rows[i].status;
			if (rows[i].refused)
				scene_says(scene, "value-unknown", (int)word, SEVERITY_ERROR,
					"proved");
			else
				scene_silent(scene, "value-unknown", (int)word);
			scene_free(scene);
		}
}

/* A lock that goes before would hide what the closing is computed from. */
static void test_no_lock_goes_beside_a_closing(void **state)
{
	(void)state;
	static const uint32_t locks[] = {
		WORD_STATUS_STICKY_READ, WORD_STATUS_STICKY_PROGRAM, WORD_STATUS_PERMANENT};
	for (size_t i = 0; i < 3 * FAMILIES; i++) {
		const struct family *family = &families[i / 3];
		struct scene *scene = closable(family, PEER_PRGFW);
		int word = family->is_mp2 ? 18 : 0;
		scene_close(scene);
		scene_silent(scene, "life-cycle-and-lock", word);
		scene->edits.word[word].locks = locks[i % 3];
		scene_says(scene, "life-cycle-and-lock", word, SEVERITY_ERROR, "one plan");
		scene_free(scene);
	}
}

static void test_words_that_say_closed(void **state)
{
	(void)state;
	static const struct {
		size_t family;
		unsigned word;
		uint32_t open, closed;
	} rows[] = {{0, 0, 0x17, 0x3F}, {0, 0, 0x17, 0x17F}, {1, 0, 0x17, 0x57},
		{2, 18, 0xF0, 0x01}, {3, 18, 0xF00, 0x08}, {4, 18, 0xF0, 0x02}};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct scene *scene = scene_builtin(families[rows[i].family].name, PEER_PRGFW);
		scene_set(scene, 70, 1);
		scene->image.value[rows[i].word] = rows[i].open;
		scene_silent(scene, "closed-by-words", -1);
		scene->image.value[rows[i].word] = rows[i].closed;
		scene_says(
			scene, "closed-by-words", -1, SEVERITY_WARNING, "says that it is closed");
		scene->image.status[rows[i].word] = WORD_STATUS_STICKY_READ;
		scene_silent(scene, "closed-by-words", -1);
		scene_free(scene);
	}
}

static void test_counters_pads_and_macs(void **state)
{
	(void)state;
	for (size_t f = 0; f < FAMILIES; f++) {
		const struct family *family = &families[f];
		int counter = (int)family->counter, pads = (int)family->pads_word;
		int mac = (int)family->mac;
		struct scene *scene = scene_builtin(family->name, PEER_UBOOT);
		scene_set(scene, family->counter, 0x7);
		scene_says(scene, "anti-rollback", counter, SEVERITY_NOTE, "counter to 3");
		assert_null(strstr(scene_remark(scene, "anti-rollback", counter)->text, "not all"));
		scene_set(scene, family->counter, 0x5);
		scene_says(scene, "anti-rollback", counter, SEVERITY_NOTE, "not all set");
		scene_set(scene, family->counter + 1, 1);
		scene_silent(scene, "anti-rollback", counter + 1);
		scene->image.value[family->counter] = 0x5;
		scene_silent(scene, "anti-rollback", counter);

		scene_set(scene, family->pads_word, UINT32_C(1) << family->pads_bit);
		scene_says(scene, "pad-voltage", pads, SEVERITY_WARNING, "low voltage");
		scene_set(scene, family->pads_word, 8);
		scene_silent(scene, "pad-voltage", pads);

		scene_lock(scene, family->mac, family->mac + 1);
		scene_says(scene, "mac-empty", mac, SEVERITY_WARNING, "MAC address 1 is all zeros");
		scene_set(scene, family->mac, 0x42E18000);
		scene_set(scene, family->mac + 1, 0xE448);
		if (scene_remark(scene, "mac-empty", mac))
			assert_non_null(strstr(
				scene_remark(scene, "mac-empty", mac)->text, "MAC address 2"));
		scene_silent(scene, "mac-half", mac);
		scene_set(scene, family->mac, 0x42E18001);
		scene_says(scene, "mac-group", mac, SEVERITY_WARNING, "group");
		scene_free(scene);
	}
	/* STM32MP15's two words hold one address: no second one is missed there. */
	struct scene *scene = scene_builtin("stm32mp15", PEER_UBOOT);
	scene_set(scene, 57, 0x42E18000);
	scene_set(scene, 58, 0xE448);
	scene_lock(scene, 57, 58);
	scene_silent(scene, "mac-empty", 57);
	scene_free(scene);
}

static void test_boot_sources_of_stm32mp1(void **state)
{
	(void)state;
	for (size_t f = 0; f < 2; f++) {
		struct scene *scene = scene_builtin(families[f].name, PEER_UBOOT);
		scene_set(scene, 3, UINT32_C(0x5F) << 16);
		scene_silent(scene, "no-boot-source", 3);
		scene_silent(scene, "no-recovery", 3);
		scene_set(scene, 3, UINT32_C(0x30) << 16);
		scene_says(scene, "no-recovery", 3, SEVERITY_WARNING, "USB");
		scene_silent(scene, "no-boot-source", 3);
		scene_set(scene, 3, UINT32_C(0x7F) << 16);
		scene_says(scene, "no-boot-source", 3, SEVERITY_ERROR, "never starts");
		scene_free(scene);
	}
}

/* Enabled by an earlier plan: the rule about enabling it has nothing to say any more. */
static void test_closing_by_the_second_key(void **state)
{
	(void)state;
	for (size_t f = 0; f < FAMILIES; f++) {
		if (!families[f].is_mp2)
			continue;
		unsigned hash = families[f].hash + 8;
		struct scene *scene = closable(&families[f], PEER_UBOOT);
		scene_close(scene);
		scene_silent(scene, "close-without-key", -1);
		scene->image.value[17] |= 0x100;
		scene_says(scene, "close-without-key", -1, SEVERITY_ERROR, "second key");
		for (unsigned word = hash; word <= hash + 7; word++)
			scene->image.value[word] = 0x77000000 + word;
		scene_silent(scene, "close-without-key", -1);
		scene->image.value[hash + 7] = 0;
		scene_says(scene, "close-without-key", -1, SEVERITY_ERROR, "second key");
		scene_free(scene);
	}
}

static void test_the_second_key(void **state)
{
	(void)state;
	for (size_t f = 0; f < FAMILIES; f++) {
		if (!families[f].is_mp2)
			continue;
		struct scene *scene = scene_builtin(families[f].name, PEER_UBOOT);
		unsigned hash = families[f].hash + 8;
		scene_set(scene, 17, 0x100);
		scene_says(scene, "key2-without-hash", 17, SEVERITY_WARNING, "second key");
		scene_fill(scene, hash, hash + 7, 0x77000000);
		scene_silent(scene, "key2-without-hash", 17);
		scene->image.value[hash + 7] = 0;
		scene_says(scene, "key2-without-hash", 17, SEVERITY_WARNING, "second key");
		scene_set(scene, 17, 0x200);
		scene_silent(scene, "key2-without-hash", 17);
		scene_free(scene);
	}
}

/* Keys of the chip's maker and of the hardware: by number, whatever the service lets through. */
static void test_words_nobody_writes(void **state)
{
	(void)state;
	static const struct {
		const char *chip;
		unsigned first, last;
	} never[] = {{"stm32mp21", 168, 179}, {"stm32mp21", 364, 383}, {"stm32mp23", 368, 383},
		{"stm32mp25", 368, 383}};
	for (size_t i = 0; i < sizeof never / sizeof never[0]; i++) {
		struct scene *scene = scene_builtin(never[i].chip, PEER_PRGFW);
		for (unsigned word = never[i].first; word <= never[i].last; word++) {
			scene_lock(scene, word, word);
			scene_says(scene, "never-written", (int)word, SEVERITY_ERROR, "no host");
		}
		scene_set(scene, never[i].first - 1, 1);
		scene_silent(scene, "never-written", (int)never[i].first - 1);
		scene_free(scene);
	}
}

/* Where the Cortex-M33 boots first, TF-M takes the hashes of its keys from here. */
static void test_middle_words_of_tf_m(void **state)
{
	(void)state;
	static const struct {
		const char *chip;
		unsigned first, last;
	} rows[] = {{"stm32mp21", 188, 211}, {"stm32mp23", 184, 207}, {"stm32mp25", 184, 207}};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct scene *scene = scene_builtin(rows[i].chip, PEER_UBOOT);
		for (unsigned word = rows[i].first; word <= rows[i].last; word++) {
			assert_int_equal(plan_word_class(scene->chip, word, 1, 0), CLASS_DANGEROUS);
			scene_set(scene, word, 1);
			scene_says(scene, "key-hash", (int)word, SEVERITY_WARNING, "key hash");
		}
		scene_free(scene);
	}
}

/* On every service a value and its lock are two requests, the second with value 0. */
static void test_value_and_lock_on_every_service(void **state)
{
	(void)state;
	static const enum peer peers[] = {PEER_UBOOT, PEER_PRGFW};
	for (size_t i = 0; i < 2 * FAMILIES; i++) {
		const struct family *family = &families[i / 2];
		struct scene *scene = scene_builtin(family->name, peers[i % 2]);
		scene_set(scene, family->customer, 0x1234);
		scene_lock(scene, family->customer, family->customer);
		struct plan *plan = scene_plan(scene);
		assert_false(plan->refused);
		assert_int_equal(plan->pass_count, 2);
		assert_int_equal(plan->passes[0].changes[0].request_value, 0x1234);
		assert_int_equal(plan->passes[0].changes[0].request_status, 0x80000000);
		assert_int_equal(plan->passes[1].changes[0].request_value, 0);
		assert_int_equal(plan->passes[1].changes[0].request_status, 0xC0000000);
		/* U-Boot's path was recorded on STM32MP1 alone. */
		assert_int_equal(
			fixture_has_remark(plan, "unconfirmed-request", (int)family->customer),
			family->is_mp2 && peers[i % 2] == PEER_UBOOT);
		plan_free(plan);
		scene_free(scene);
	}
}

/* STM32PRGFW-UTIL may end the whole write at a request without value and lock. */
static void test_a_value_of_0_is_never_sent(void **state)
{
	(void)state;
	struct scene *scene = scene_builtin("stm32mp15", PEER_PRGFW);
	scene_set(scene, 70, 0);
	scene_set(scene, 71, 0);
	scene_set(scene, 72, 5);
	scene->image.status[71] = WORD_STATUS_READ_ERROR;
	struct plan *plan = scene_plan(scene);
	assert_int_equal(plan->pass_count, 1);
	assert_int_equal(plan->passes[0].change_count, 1);
	assert_int_equal(plan->passes[0].changes[0].word, 72);
	plan_free(plan);
	scene_free(scene);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_built_in_map_is_tried),
		cmocka_unit_test(test_closing_is_one_last_request),
		cmocka_unit_test(test_a_closing_needs_key_and_part),
		cmocka_unit_test(test_no_lock_stands_before_a_life_cycle_value),
		cmocka_unit_test(test_half_a_closing_is_refused),
		cmocka_unit_test(test_closing_what_cannot_be_seen),
		cmocka_unit_test(test_no_lock_goes_beside_a_closing),
		cmocka_unit_test(test_words_that_say_closed),
		cmocka_unit_test(test_counters_pads_and_macs),
		cmocka_unit_test(test_boot_sources_of_stm32mp1),
		cmocka_unit_test(test_closing_by_the_second_key),
		cmocka_unit_test(test_the_second_key),
		cmocka_unit_test(test_words_nobody_writes),
		cmocka_unit_test(test_middle_words_of_tf_m),
		cmocka_unit_test(test_value_and_lock_on_every_service),
		cmocka_unit_test(test_a_value_of_0_is_never_sent),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
