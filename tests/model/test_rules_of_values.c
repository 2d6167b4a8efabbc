/*
 * Rules about values of several words, boot options and closing, on maps written here by hand: each
 * rule has a draft that trips it and the same draft mended, which does not.
 */
#include "tests/support/fixtures.h"
#include "tests/support/scene.h"

#include "src/word_status.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define MP2_HEAD                                                                                   \
	"title = Made up\ndevice-id = 0x505\nwords = 384\nshort-words = 368\nunique-id = 5\n"      \
	"[bank lower]\nwords = 0-127\nrule = bits\n"                                               \
	"[bank middle]\nwords = 128-255\nrule = once\n"                                            \
	"[bank upper]\nwords = 256-367\nrule = once\nhidden = maybe\n"                             \
	"[bank own]\nwords = 368-383\nrule = never\n"
#define WORD(range, name, kind)                                                                    \
	"[word " range "]\nname = " name "\nkind = " kind "\ndanger = brick\nsource = here\n"
#define OPEN_WORD(range, name, kind, source)                                                       \
	"[word " range "]\nname = " name "\nkind = " kind "\ndanger = notice\nsource = " source "\n"

static const char mp25_text[] = "[chip]\nname = stm32mp25\n" MP2_HEAD WORD(
	"8", "W8", "lifecycle") WORD("9", "W9",
	"id") "bits 31:0 = RPN : 0x2000 STM32MP257C, 0x2E00 STM32MP257A\n" WORD("18", "W18",
	"lifecycle") OPEN_WORD("40-100", "MINE", "user", "here") OPEN_WORD("101", "PERHAPS", "user",
	"unconfirmed") WORD("124", "HCONF",
	"config") "bits 20 = disable_scan\nkind disable_scan = lifecycle\n"
		  "danger disable_scan = one-way\nbits 16 = hslv_vddio_b16\nbits 0 = iwdg\n" WORD(
			  "144-151", "KEY1", "hash") OPEN_WORD("247-249", "MAC", "mac", "here")
			  OPEN_WORD("268-331", "MY_UPPER", "user", "here")
				  WORD("360-363", "EDMK", "key");

static const char mp13_text[] =
	"[chip]\nname = stm32mp13\ntitle = Made up 13\ndevice-id = 0x501\nwords = 96\nunique-id = "
	"13\n"
	"[bank lower]\nwords = 0-31\nrule = bits\n[bank upper]\nwords = 32-95\nrule = once\n" WORD(
		"0", "MODE", "lifecycle") WORD("1", "W1",
		"id") "bits 11:0 = RPN : 0 STM32MP135C, 1 STM32MP135A\n" WORD("3", "BOOT",
		"config") "bits 19 = disable_sd_boot\nbits 20 = disable_uart_boot\n"
			  "bits 21 = disable_usb_boot\n" WORD("18", "HW",
				  "config") "bits 13 = PRODUCT_BELOW_2V5\n" WORD("24-31", "PKHTH",
				  "hash");

static struct chip *parse(const char *text)
{
	struct chip *chip = NULL;
	struct errbuf err = {0};
	if (chip_parse(&chip, text, strlen(text), "made-up", &err) != OK)
		fail_msg("%s", err.text);
	return chip;
}

static struct scene *scene_new(const char *chip_text, unsigned words)
{
	return scene_of(parse(chip_text), PEER_UBOOT, words);
}

static void test_a_key_hash_is_written_whole(void **state)
{
	(void)state;
	struct scene *scene = scene_new(mp25_text, 368);
	for (unsigned word = 144; word <= 150; word++)
		scene_set(scene, word, 0x11111111);
	scene_says(scene, "value-incomplete", 144, SEVERITY_WARNING, "1 of them still is empty");
	scene_silent(scene, "value-incomplete", 145); /* said once */
	scene_set(scene, 151, 0x11111111);
	scene_silent(scene, "value-incomplete", 144);
	scene_silent(scene, "value-trivial", 144);
	for (unsigned word = 144; word <= 151; word++)
		scene_set(scene, word, UINT32_MAX);
	scene_says(scene, "value-trivial", 144, SEVERITY_WARNING, "FFFFFFFF");
	scene_free(scene);
}

static void test_an_empty_key_that_is_locked(void **state)
{
	(void)state;
	struct scene *scene = scene_new(mp25_text, 368);
	scene_lock(scene, 360, 363);
	scene_says(scene, "value-trivial", 360, SEVERITY_WARNING, "00000000");
	scene_says(scene, "secret-word", 360, SEVERITY_WARNING, "secret key");
	scene->image.value[361] = 5;
	scene_silent(scene, "value-trivial", 360);
	scene_says(scene, "lock-before-value", 360, SEVERITY_WARNING, "locked while it is empty");
	scene_silent(scene, "lock-before-value", 361);
	scene_free(scene);
}

static void test_a_value_is_locked_whole(void **state)
{
	(void)state;
	struct scene *scene = scene_new(mp25_text, 368);
	scene_fill(scene, 144, 151, 0x200);
	scene_lock(scene, 144, 150);
	scene_says(scene, "locked-in-part", 144, SEVERITY_WARNING, "only 7 of 8 are locked");
	scene_lock(scene, 151, 151);
	scene_silent(scene, "locked-in-part", 144);
	/* One that was locked before counts. */
	scene->edits.word[151].locks = 0;
	scene->image.status[151] = WORD_STATUS_PERMANENT;
	scene_silent(scene, "locked-in-part", 144);
	scene_free(scene);
}

/* Three words hold two addresses, six bytes each, the lowest byte of the first word first. */
static void test_mac_addresses(void **state)
{
	(void)state;
	struct scene *scene = scene_new(mp25_text, 368);
	scene_set(scene, 247, 0x42E18000);
	scene_says(scene, "mac-half", 247, SEVERITY_WARNING, "MAC address 1");
	scene_set(scene, 248, 0x0000E448); /* 00:80:e1:42:48:e4 */
	scene_silent(scene, "mac-half", 247);
	scene_silent(scene, "mac-group", 247);
	scene_set(scene, 247, 0x42E18001);
	scene_says(scene, "mac-group", 247, SEVERITY_WARNING, "MAC address 1");
	scene_set(scene, 247, 0x42E18000);
	scene_set(scene, 248, 0x8000E448); /* the second begins 00:80 */
	scene_says(scene, "mac-half", 247, SEVERITY_WARNING, "MAC address 2");
	scene_set(scene, 249, 0xE54842E1);
	scene_silent(scene, "mac-half", 247);
	scene_set(scene, 248, 0x8001E448);
	scene_says(scene, "mac-group", 247, SEVERITY_WARNING, "MAC address 2");
	scene_free(scene);
}

static void test_boot_sources(void **state)
{
	(void)state;
	struct scene *scene = scene_new(mp13_text, 96);
	scene_set(scene, 3, UINT32_C(1) << 19 | UINT32_C(1) << 20);
	scene_silent(scene, "no-recovery", 3);
	scene_silent(scene, "no-boot-source", 3);
	scene_set(scene, 3, UINT32_C(3) << 20);
	scene_says(scene, "no-recovery", 3, SEVERITY_WARNING, "over USB and over UART");
	scene_silent(scene, "no-boot-source", 3);
	scene_set(scene, 3, UINT32_C(7) << 19);
	scene_says(scene, "no-boot-source", 3, SEVERITY_ERROR, "never starts again");
	/* What is off already counts. */
	scene->image.value[3] = UINT32_C(1) << 21;
	scene_set(scene, 3, UINT32_C(3) << 20);
	scene_says(scene, "no-recovery", 3, SEVERITY_WARNING, "never be reached");
	scene_free(scene);
}

static void test_pad_voltage(void **state)
{
	(void)state;
	struct scene *scene = scene_new(mp13_text, 96);
	scene_set(scene, 18, 1 << 13);
	scene_says(scene, "pad-voltage", 18, SEVERITY_WARNING, "PRODUCT_BELOW_2V5");
	scene->image.value[18] = 1 << 13;
	scene_set(scene, 18, 1 << 13 | 1);
	scene_silent(scene, "pad-voltage", 18);
	scene_free(scene);
	scene = scene_new(mp25_text, 368);
	scene_set(scene, 124, 1 << 16);
	scene_says(scene, "pad-voltage", 124, SEVERITY_WARNING, "hslv_vddio_b16");
	scene_set(scene, 124, 1);
	scene_silent(scene, "pad-voltage", 124);
	scene_free(scene);
}

/* TF-A panics at every mode of MP13's word 0 but 17, 3F, 17F and 3FF in bits 9:0. */
static void test_mp13_modes(void **state)
{
	(void)state;
	struct scene *scene = scene_new(mp13_text, 96);
	unsigned legal = 0;
	for (uint32_t mode = 0; mode <= 0x3FF; mode++) {
		scene->image.value[0] = 0;
		scene_set(scene, 0, 0xFFFF0000u | mode);
		bool is_legal = mode == 0x17 || mode == 0x3F || mode == 0x17F || mode == 0x3FF;
		legal += is_legal;
		if (is_legal)
			scene_silent(scene, "illegal-mode", 0);
		else
			scene_says(scene, "illegal-mode", 0, SEVERITY_ERROR, "never starts again");
	}
	assert_int_equal(legal, 4);
	/* Half of the closing pair over an open part: bit 5 alone, and bit 3 alone. */
	scene->image.value[0] = 0x17;
	scene_set(scene, 0, 0x37);
	scene_says(scene, "illegal-mode", 0, SEVERITY_ERROR, "037");
	scene_set(scene, 0, 0x1F);
	scene_says(scene, "illegal-mode", 0, SEVERITY_ERROR, "01F");
	scene_free(scene);
}

static void test_closing_mp13(void **state)
{
	(void)state;
	struct scene *scene = scene_new(mp13_text, 96);
	scene_fill(scene, 24, 31, 0x300);
	scene_close(scene);
	assert_int_equal(scene->edits.word[0].value, 0x3F);
	assert_int_equal(edits_count(&scene->edits), 1);
	scene_silent(scene, "illegal-mode", 0);
	scene_silent(scene, "close-set-incomplete", -1);
	scene_silent(scene, "close-without-key", -1);
	scene_silent(scene, "close-no-secure-boot", -1);
	scene_silent(scene, "close-half-done", -1);
	scene_says(scene, "closing", -1, SEVERITY_WARNING, "for ever");
	scene_says(scene, "close-key-unlocked", -1, SEVERITY_WARNING, "word 24");
	scene->image.value[30] = 0;
	scene_says(scene, "close-without-key", -1, SEVERITY_ERROR, "word 30");
	scene->image.value[1] = 1;
	scene_says(scene, "close-no-secure-boot", -1, SEVERITY_ERROR, "STM32MP135A");
	scene_free(scene);
}

/* U-Boot's stm32key close: word 8 FF, word 18 FF, word 124 bit 20. */
static void test_closing_mp25(void **state)
{
	(void)state;
	struct scene *scene = scene_new(mp25_text, 368);
	scene->image.value[9] = 0x2000;
	scene->image.value[18] = 0x1;
	scene->image.value[124] = 0x8001;
	scene_fill(scene, 144, 151, 0x300);
	for (unsigned word = 144; word <= 151; word++)
		scene->image.status[word] = WORD_STATUS_PERMANENT;
	scene_close(scene);
	assert_int_equal(edits_count(&scene->edits), 3);
	assert_int_equal(scene->edits.word[8].value, 0xFF);
	assert_int_equal(scene->edits.word[18].value, 0xFF);
	assert_int_equal(scene->edits.word[124].value, 0x00100000);
	scene_silent(scene, "close-set-incomplete", -1);
	scene_silent(scene, "close-without-key", -1);
	scene_silent(scene, "close-key-unlocked", -1);
	scene_silent(scene, "close-no-secure-boot", -1);
	scene_says(scene, "close-half-done", -1, SEVERITY_WARNING, "words 8, 18 and 124");
	/* One request, after all others, with what the words hold already beside the new bits. */
	struct plan *plan = fixture_plan(&scene->edits, &scene->image, scene->chip);
	assert_false(plan->refused);
	assert_int_equal(plan->danger, CLASS_ONE_WAY);
	assert_int_equal(plan->pass_count, 1);
	assert_int_equal(plan->passes[0].kind, PASS_LIFECYCLE);
	assert_int_equal(plan->passes[0].change_count, 3);
	assert_int_equal(plan->passes[0].changes[0].request_value, 0xFF);
	assert_int_equal(plan->passes[0].changes[1].request_value, 0xFF);
	assert_int_equal(plan->passes[0].changes[2].request_value, 0x00108001);
	assert_int_equal(plan->passes[0].request_length, 2952);
	plan_free(plan);
	/* A part of it is refused, be it one word or some bits of one. */
	scene->edits.word[124] = (struct edit){0};
	scene_says(scene, "close-set-incomplete", -1, SEVERITY_ERROR, "word 124");
	scene->image.value[124] |= 0x00100000;
	scene_silent(scene, "close-set-incomplete", -1);
	scene->edits.word[18].value = 0x0F;
	scene_says(scene, "close-set-incomplete", -1, SEVERITY_ERROR, "000000F0 of word 18");
	scene->image.value[9] = 0x2E00;
	scene_says(scene, "close-no-secure-boot", -1, SEVERITY_ERROR, "STM32MP257A");
	scene->image.value[151] = 0;
	scene_says(scene, "close-without-key", -1, SEVERITY_ERROR, "word 151");
	scene_free(scene);
}

static void test_words_nobody_writes(void **state)
{
	(void)state;
	struct scene *scene = scene_new(mp25_text, 384);
	scene->peer = PEER_PRGFW;
	for (unsigned word = 367; word < 384; word++) {
		scene_set(scene, word, 1);
		if (word >= 368)
			scene_says(scene, "never-written", (int)word, SEVERITY_ERROR, "no host");
		else
			scene_silent(scene, "never-written", (int)word);
	}
	scene_free(scene);
}

/* STM32PRGFW-UTIL shows hidden words as empty; OP-TEE marks them. */
static void test_a_bank_that_may_be_hidden(void **state)
{
	(void)state;
	struct scene *scene = scene_new(mp25_text, 384);
	scene->peer = PEER_PRGFW;
	scene_set(scene, 300, 0x1234);
	scene_says(scene, "maybe-hidden", 300, SEVERITY_ERROR, "upper bank");
	scene->image.value[290] = 7; /* a word of the bank is seen: it is not hidden */
	scene_silent(scene, "maybe-hidden", 300);
	scene->image.status[290] =
		WORD_STATUS_READ_ERROR; /* what cannot be trusted proves nothing */
	scene_says(scene, "maybe-hidden", 300, SEVERITY_ERROR, "upper bank");
	scene->peer = PEER_UBOOT;
	scene_silent(scene, "maybe-hidden", 300);
	scene->peer = PEER_PRGFW;
	scene_set(scene, 70, 1);
	scene_silent(scene, "maybe-hidden", 70);
	scene_free(scene);
}

/* On an MP2 STM32PRGFW-UTIL sets 27 to 29 and shows 29 alone; on an MP1 it shows all. */
static void test_sticky_locks_that_are_never_shown(void **state)
{
	(void)state;
	struct scene *scene = scene_new(mp25_text, 384);
	scene->peer = PEER_PRGFW;
	scene->edits.word[70].locks = WORD_STATUS_STICKY_PROGRAM;
	scene_says(scene, "sticky-unseen", 70, SEVERITY_ERROR, "never shows it");
	scene->edits.word[70].locks = WORD_STATUS_STICKY_WRITE | WORD_STATUS_PERMANENT;
	scene_says(scene, "sticky-unseen", 70, SEVERITY_ERROR, "never shows it");
	scene->edits.word[70].locks = WORD_STATUS_STICKY_READ | WORD_STATUS_PERMANENT;
	scene_silent(scene, "sticky-unseen", 70);
	scene->edits.word[70].locks = WORD_STATUS_STICKY_PROGRAM;
	scene->image.version = 2;
	scene_silent(scene, "sticky-unseen", 70);
	scene_free(scene);
}

static void test_locks_that_are_not_shown(void **state)
{
	(void)state;
	struct scene *scene = scene_new(mp25_text, 384);
	scene->peer = PEER_PRGFW;
	scene_set(scene, 70, 1);
	scene_says(scene, "locks-untold", 70, SEVERITY_NOTE, "STM32PRGFW-UTIL");
	scene->peer = PEER_UBOOT;
	scene_silent(scene, "locks-untold", 70);
	scene_free(scene);
}

static void test_customer_words_that_are_not_confirmed(void **state)
{
	(void)state;
	struct scene *scene = scene_new(mp25_text, 368);
	scene_set(scene, 101, 1);
	scene_set(scene, 100, 1);
	scene_says(scene, "customer-unconfirmed", 101, SEVERITY_WARNING, "not confirmed");
	scene_silent(scene, "customer-unconfirmed", 100);
	scene_free(scene);
}

static void test_structure_1_is_only_looked_at(void **state)
{
	(void)state;
	struct scene *scene = scene_new(mp13_text, 96);
	scene_set(scene, 70, 1);
	scene_silent(scene, "structure-1", -1);
	scene->image.version = 1;
	scene_says(scene, "structure-1", -1, SEVERITY_ERROR, "only looked at");
	scene_free(scene);
}

static void test_every_rule_says_what_to_do_instead(void **state)
{
	(void)state;
	struct rule_description rule;
	for (size_t i = 0; (rule = rules_describe(i)).name; i++) {
		assert_non_null(rule.instead);
		assert_non_null(rule.source);
		if (rule.severity != SEVERITY_NOTE && strcmp(rule.name, "nothing-to-do") != 0 &&
			rule.instead[0] == '\0')
			fail_msg("rule '%s' does not say what to do instead", rule.name);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_key_hash_is_written_whole),
		cmocka_unit_test(test_an_empty_key_that_is_locked),
		cmocka_unit_test(test_a_value_is_locked_whole),
		cmocka_unit_test(test_mac_addresses),
		cmocka_unit_test(test_boot_sources),
		cmocka_unit_test(test_pad_voltage),
		cmocka_unit_test(test_mp13_modes),
		cmocka_unit_test(test_closing_mp13),
		cmocka_unit_test(test_closing_mp25),
		cmocka_unit_test(test_words_nobody_writes),
		cmocka_unit_test(test_a_bank_that_may_be_hidden),
		cmocka_unit_test(test_sticky_locks_that_are_never_shown),
		cmocka_unit_test(test_locks_that_are_not_shown),
		cmocka_unit_test(test_customer_words_that_are_not_confirmed),
		cmocka_unit_test(test_structure_1_is_only_looked_at),
		cmocka_unit_test(test_every_rule_says_what_to_do_instead),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
