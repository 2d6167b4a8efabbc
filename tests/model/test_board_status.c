/* What is said about boards. The fixture's lines follow from stm32mp157c-display.txt and the
 * sources that the map names; the made-up chips have the life cycles of the other families: a mode
 * of four legal values (TF-A stm32mp1_def.h), and several words that close together (U-Boot
 * cmd_stm32key.c). */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "src/board_status.h"
#include "src/partition.h"
#include "src/store.h"
#include "src/word_status.h"
#include "tests/support/fixtures.h"

#include <stdlib.h>
#include <string.h>

static struct chip *chip;
static struct image image;
static struct board_facts facts;
static struct board_status board;

static const char modes[] =
	"[chip]\nname = m\ntitle = M\ndevice-id = 1\nwords = 8\n"
	"[bank all]\nwords = 0-7\nrule = bits\n"
	"[word 0]\nname = CFG\nkind = lifecycle\ndanger = one-way\nsource = here\n"
	"bits 9:0 = mode : 0x17 open, 0x3F closed, 0x17F closed without boundary scan\n"
	"[word 1]\nname = COUNT\nkind = config\ndanger = brick\nsource = here\n"
	"bits 15:0 = oem_monotonic_counter\nsource oem_monotonic_counter = unconfirmed\n"
	"[word 2-3]\nname = RMA_PASSWORD\nkind = secret\ndanger = one-way\nsource = unconfirmed\n"
	"[word 4-7]\nname = FORMAT\nkind = user\ndanger = notice\nsource = here\n";

static const char sets[] =
	"[chip]\nname = s\ntitle = S\ndevice-id = 1\nwords = 16\n"
	"[bank low]\nwords = 0-7\nrule = bits\n"
	"[bank high]\nwords = 8-15\nrule = once\nhidden = maybe\n"
	"[word 0]\nname = CLOSE\nkind = lifecycle\ndanger = one-way\nsource = here\n"
	"bits 3:0 = secure_boot\nbits 7:4 = prov_done\n"
	"bits 11:8 = debug_lock\nsource debug_lock = unconfirmed\n"
	"[word 1]\nname = HCONF\nkind = config\ndanger = brick\nsource = here\n"
	"bits 20 = disable_scan\n"
	"[word 2-3]\nname = HASH_A\nkind = hash\ndanger = brick\nsource = here\n"
	"[word 4-5]\nname = HASH_B\nkind = hash\ndanger = brick\nsource = here\n"
	"[word 6-7]\nname = BOOTCFG\nkind = config\ndanger = brick\nsource = here\n"
	"[word 8-11]\nname = KEY_A\nkind = key\ndanger = brick\nsource = here\n"
	"[word 12-15]\nname = KEY_B\nkind = key\ndanger = brick\nsource = here\n";

static void use_chip(const char *file)
{
	struct errbuf err = {0};
	chip_free(chip);
	chip = NULL;
	if (chip_parse(&chip, file, strlen(file), "t.chip", &err) != OK)
		fail_msg("%s", err.text);
	image = (struct image){.version = 3, .word_count = chip->word_count};
	facts.chip = chip;
}

static int set_up(void **state)
{
	(void)state;
	uint8_t *bytes;
	size_t length;
	struct errbuf err = {0};
	chip = fixture_chip();
	assert_int_equal(
		store_read(&bytes, &length, TEST_DATA "/stm32mp157c-read.bin", 4096, &err), OK);
	assert_int_equal(partition_parse(&image, bytes, length, &err), OK);
	free(bytes);
	facts = (struct board_facts){
		.chip = chip, .image = &image, .board = "00410032-33385116-34383330"};
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	board_status_free(&board);
	chip_free(chip);
	chip = NULL;
	return 0;
}

static void make(void)
{
	struct errbuf err = {0};
	board_status_free(&board);
	assert_int_equal(board_status_make(&board, &facts, &err), OK);
}

/* There is a line of this title, name and confidence with this text. */
static void expect_line(
	const char *title, const char *name, enum confidence confidence, const char *text)
{
	for (size_t i = 0; i < board.count; i++) {
		const struct status_line *line = &board.lines[i];
		if (strcmp(line->title, title) != 0 || strcmp(line->name, name) != 0)
			continue;
		if (line->confidence == confidence && strcmp(line->text, text) == 0)
			return;
		print_message("%s %s: %s, '%s'\n", title, name, confidence_name(line->confidence),
			line->text);
	}
	fail_msg("no line '%s' '%s' says '%s'", title, name, text);
}

static bool stands_out(const char *part)
{
	for (size_t i = 0; i < board.count; i++)
		if (strcmp(board.lines[i].title, STATUS_STANDS_OUT) == 0 &&
			strstr(board.lines[i].text, part))
			return true;
	return false;
}

static void test_the_fixture(void **state)
{
	(void)state;
	make();
	expect_line("Part", "", CONFIDENCE_CONFIRMED, "STM32MP157C, family STM32MP15x");
	expect_line("Revision", "", CONFIDENCE_NONE, "the map of this family has no field for it");
	expect_line("Package", "", CONFIDENCE_CONFIRMED, "AC TFBGA361");
	expect_line("Unique id", "", CONFIDENCE_CONFIRMED, "serial 004100323338511634383330");
	expect_line("Board id", "", CONFIDENCE_CONFIRMED,
		"MB1272 variant 2.0 rev C BOM 1 (ST's coding)");
	expect_line("MAC", "", CONFIDENCE_CONFIRMED, "00:80:e1:42:48:e4");
	expect_line(
		"State", "", CONFIDENCE_CONFIRMED, "secured-open (00000000), version 2, 96 words");
	expect_line("Life cycle", "", CONFIDENCE_NONE, "word 0 is a shadow copy, which reads open");
	expect_line("RMA", "RMA", CONFIDENCE_NONE, "cannot be read");
	expect_line("Anti-rollback", "MONOTONIC", CONFIDENCE_CONFIRMED, "0");
	expect_line(
		"Boot", "", CONFIDENCE_CONFIRMED, "first none, then none; disabled for ever: none");
	expect_line("Keys", "PKH", CONFIDENCE_CONFIRMED, "3 of 8 words set, 2 of 8 words locked");
	expect_line("Keys", "CHIP_CERT", CONFIDENCE_CONFIRMED, "programmed, locked");
	assert_true(stands_out("PKH is not whole (3 of 8 words)"));
	assert_true(stands_out("PKH is locked in part: 2 of 8 words"));
	assert_true(stands_out("words 92-93: locked for ever while empty"));
	assert_true(stands_out("words 0, 18, 32-39, 56: shadow copies"));
	assert_false(stands_out("MAC"));
	assert_false(stands_out("closed"));
	assert_false(stands_out("could not be read"));
}

/* Version 1 has no global state, and a number that the map has no name for says nothing. */
static void test_what_is_not_there(void **state)
{
	(void)state;
	image.version = 1;
	image.state = 2;
	image.value[16] = 0;
	make();
	expect_line("State", "", CONFIDENCE_NONE,
		"version 1 of the structure does not tell it; 96 words");
	assert_false(stands_out("the device says"));
	expect_line("Package", "", CONFIDENCE_NONE, "0 (unnamed)");
}

static void test_boot_sources(void **state)
{
	(void)state;
	/* eMMC (3), then SD (4); bits 20 and 21 take UART and USB away, bit 23 has no name. */
	image.value[3] = UINT32_C(3) << 27 | UINT32_C(4) << 24 | UINT32_C(0x00B00000);
	make();
	expect_line("Boot", "", CONFIDENCE_CONFIRMED,
		"first eMMC, then SD; disabled for ever: usb, uart, bit 23");
	image.status[3] = WORD_STATUS_READ_ERROR;
	make();
	expect_line("Boot", "", CONFIDENCE_NONE, "cannot be read");
	assert_true(stands_out("word 3: not valid"));
}

static void test_one_closing_bit(void **state)
{
	(void)state;
	image.status[0] = 0;
	make();
	expect_line("Life cycle", "", CONFIDENCE_CONFIRMED, "open");
	image.value[0] = 0x57;
	make();
	expect_line("Life cycle", "", CONFIDENCE_CONFIRMED, "closed");
	assert_true(stands_out("its words say closed"));
	image.state = 1;
	make();
	assert_true(stands_out("secured-closed"));
	assert_false(stands_out("its words say"));
	image.value[0] = 0x17;
	make();
	assert_true(stands_out("its words say open"));
}

static void test_anti_rollback(void **state)
{
	(void)state;
	image.value[4] = 0x1F;
	make();
	expect_line("Anti-rollback", "MONOTONIC", CONFIDENCE_CONFIRMED, "5");
	image.value[4] = 0xFFFFFFFF;
	make();
	expect_line("Anti-rollback", "MONOTONIC", CONFIDENCE_CONFIRMED, "32");
	image.value[4] = 0x10;
	make();
	expect_line("Anti-rollback", "MONOTONIC", CONFIDENCE_CONFIRMED,
		"5, with bits below it not set");
}

static void test_modes(void **state)
{
	(void)state;
	use_chip(modes);
	static const struct {
		uint32_t value;
		const char *text;
	} rows[] = {
		{0x17, "open"},
		{0x3F, "closed"},
		{0x17F, "closed without boundary scan"},
		{0x1F, "mode = 0x1F is no legal mode: firmware stops on it"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		image.value[0] = rows[i].value;
		make();
		expect_line("Life cycle", "", CONFIDENCE_CONFIRMED, rows[i].text);
	}
	assert_true(stands_out("no legal mode"));
	image.value[1] = 0xFFFF0003; /* the counter is in the low half */
	image.value[2] = 1;
	image.status[2] = image.status[3] = WORD_STATUS_PERMANENT;
	make();
	expect_line("Anti-rollback", "oem_monotonic_counter", CONFIDENCE_UNCONFIRMED, "2");
	expect_line("RMA", "RMA_PASSWORD", CONFIDENCE_UNCONFIRMED, "set, locked");
	expect_line("Debug", "", CONFIDENCE_NONE, "the map of this family has no word about it");
	expect_line("Unique id", "", CONFIDENCE_NONE, "the map of this family has none");
	for (size_t i = 0; i < board.count; i++)
		assert_string_not_equal(board.lines[i].name, "FORMAT");
}

static void test_several_words_that_close(void **state)
{
	(void)state;
	use_chip(sets);
	make();
	expect_line("Life cycle", "", CONFIDENCE_CONFIRMED, "open");
	image.value[0] = 0xFF;
	image.value[1] = UINT32_C(1) << 20;
	make();
	expect_line("Life cycle", "", CONFIDENCE_CONFIRMED, "closed");
	image.value[1] = 0;
	make();
	expect_line("Life cycle", "", CONFIDENCE_CONFIRMED, "closed, but not set: disable_scan");
	image.value[0] = 0x1F0;
	make();
	expect_line(
		"Life cycle", "", CONFIDENCE_CONFIRMED, "open, but begun to be closed: prov_done");
	expect_line("Debug", "debug_lock", CONFIDENCE_UNCONFIRMED, "0x1");
	expect_line("Debug", "disable_scan", CONFIDENCE_CONFIRMED, "0");
	expect_line("Boot", "", CONFIDENCE_NONE,
		"how sources are coded is not public; words set: none");
	image.value[7] = 5;
	make();
	expect_line(
		"Boot", "", CONFIDENCE_NONE, "how sources are coded is not public; words set: 7");
}

static void test_keys_and_the_hidden_bank(void **state)
{
	(void)state;
	use_chip(sets);
	image.value[2] = image.value[3] = 7;
	make();
	expect_line("Keys", "HASH_A", CONFIDENCE_CONFIRMED, "programmed, not locked");
	expect_line("Keys", "HASH_B", CONFIDENCE_CONFIRMED, "not programmed, not locked");
	expect_line("Keys", "KEY_A", CONFIDENCE_NONE, "empty or hidden, not locked");
	expect_line("Hidden bank", "", CONFIDENCE_NONE,
		"the high bank reads as empty: it may be hidden by firmware");
	assert_true(stands_out("HASH_A is programmed but not locked"));
	assert_false(stands_out("HASH_B"));
	for (unsigned word = 8; word < 16; word++)
		image.status[word] = 0x3C000000; /* what OP-TEE says of hidden words */
	make();
	expect_line("Keys", "KEY_B", CONFIDENCE_NONE, "cannot be read");
	expect_line("Hidden bank", "", CONFIDENCE_NONE,
		"the high bank is hidden: none of its words can be read");
	for (unsigned word = 8; word < 12; word++) {
		image.value[word] = 0x5EC2E700;
		image.status[word] = WORD_STATUS_PERMANENT;
	}
	make();
	expect_line("Keys", "KEY_A", CONFIDENCE_CONFIRMED, "programmed, locked");
	expect_line("Hidden bank", "", CONFIDENCE_CONFIRMED, "the high bank is not hidden");
	/* A service that reaches the first words only. */
	image.word_count = 8;
	make();
	expect_line("Keys", "KEY_A", CONFIDENCE_NONE, "cannot be read");
	assert_true(stands_out("words 8-15 are out of the service's reach"));
}

/* Three words hold two addresses; the first alone, locked, is nothing to look at. */
static void test_locked_addresses(void **state)
{
	(void)state;
	use_chip("[chip]\nname = a\ntitle = A\ndevice-id = 1\nwords = 3\n"
		 "[bank all]\nwords = 0-2\nrule = once\n"
		 "[word 0-2]\nname = MAC\nkind = mac\ndanger = notice\nsource = here\n");
	image.value[0] = 0x42E18000;
	image.value[1] = 0x0000E448;
	image.status[0] = image.status[1] = WORD_STATUS_PERMANENT;
	make();
	expect_line("MAC", "", CONFIDENCE_CONFIRMED, "00:80:e1:42:48:e4");
	assert_false(stands_out("MAC"));
	image.status[1] = 0;
	make();
	assert_true(stands_out("MAC is locked in part: 1 of 2 words"));
}

static void test_what_is_wrong_with_a_read(void **state)
{
	(void)state;
	facts.board = "";
	image.status[70] = WORD_STATUS_READ_ERROR;
	image.status[80] = image.status[81] = WORD_STATUS_LOCK_ERROR;
	image.status[85] = 0x80;
	image.status[1] = WORD_STATUS_READ_ERROR;
	image.value[57] = image.value[58] = 0;
	image.digest = IMAGE_DIGEST_WRONG;
	make();
	assert_true(stands_out("words 1, 70: not valid"));
	assert_true(stands_out("words 80-81: their locks could not be read"));
	assert_true(stands_out("word 85: reserved bits"));
	assert_true(stands_out("no MAC address is programmed"));
	assert_true(stands_out("nothing can be burnt on it"));
	assert_true(stands_out("SHA-256"));
	expect_line("Part", "", CONFIDENCE_NONE,
		"family STM32MP15x, but its part number cannot be read");
	expect_line("MAC", "", CONFIDENCE_CONFIRMED, "not programmed");
	image.status[1] = 0;
	image.value[1] = 0x77;
	make();
	expect_line("Part", "", CONFIDENCE_NONE,
		"family STM32MP15x, but the map does not know this part number (0x77)");
}

static void test_nothing_stands_out(void **state)
{
	(void)state;
	use_chip(sets);
	for (unsigned word = 8; word < 16; word++) {
		image.value[word] = 1;
		image.status[word] = WORD_STATUS_PERMANENT;
	}
	make();
	assert_true(stands_out("nothing"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_the_fixture),
		TEST(test_what_is_not_there),
		TEST(test_boot_sources),
		TEST(test_one_closing_bit),
		TEST(test_anti_rollback),
		TEST(test_modes),
		TEST(test_several_words_that_close),
		TEST(test_keys_and_the_hidden_bank),
		TEST(test_locked_addresses),
		TEST(test_what_is_wrong_with_a_read),
		TEST(test_nothing_stands_out),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
