/*
 * The status of boards of every built-in family. Values and their meaning are from public sources:
 * modes of the STM32MP13 from TF-A stm32mp1_def.h; closing words and keys from U-Boot
 * cmd_stm32key.c; part numbers, revision and package from U-Boot sys_proto.h, stm32mp2x.c and
 * stm32.h; board ids from U-Boot cmd_stboard.c; addresses as U-Boot packs them from the lowest byte
 * of the first word up.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "src/board_status.h"
#include "src/word_status.h"

#include <string.h>

static struct chip *chip;
static struct image image;
static struct board_status board;

static int tear_down(void **state)
{
	(void)state;
	board_status_free(&board);
	chip_free(chip);
	chip = NULL;
	return 0;
}

/* An empty image of the family, all of which can be read. */
static void begin(const char *name)
{
	struct errbuf err = {0};
	chip_free(chip);
	chip = NULL;
	if (chip_load(&chip, name, &err) != OK)
		fail_msg("%s", err.text);
	image = (struct image){.version = 2, .word_count = chip->word_count};
}

static void make(void)
{
	struct errbuf err = {0};
	struct board_facts facts = {.chip = chip, .image = &image, .board = "x"};
	board_status_free(&board);
	assert_int_equal(board_status_make(&board, &facts, &err), OK);
}

static const struct status_line *find(const char *title, const char *name)
{
	for (size_t i = 0; i < board.count; i++)
		if (strcmp(board.lines[i].title, title) == 0 &&
			(!name || strcmp(board.lines[i].name, name) == 0))
			return &board.lines[i];
	return NULL;
}

static void expect(
	const char *title, const char *name, enum confidence confidence, const char *text)
{
	const struct status_line *line = find(title, name);
	if (!line)
		fail_msg("no line '%s' '%s'", title, name);
	assert_string_equal(line->text, text);
	assert_string_equal(confidence_name(line->confidence), confidence_name(confidence));
}

static bool stands_out(const char *part)
{
	for (size_t i = 0; i < board.count; i++)
		if (strcmp(board.lines[i].title, STATUS_STANDS_OUT) == 0 &&
			strstr(board.lines[i].text, part))
			return true;
	return false;
}

/* No family is without a line about any of these, and each map says what closes a device. */
static void test_every_family_has_every_line(void **state)
{
	(void)state;
	static const char *const titles[] = {"Part", "Revision", "Package", "Unique id", "Board id",
		"MAC", "State", "Life cycle", "Debug", "RMA", "Anti-rollback", "Boot", "Keys",
		"Customer", "Locks", STATUS_STANDS_OUT};
	for (size_t c = 0; chip_builtin_name(c); c++) {
		begin(chip_builtin_name(c));
		make();
		for (size_t i = 0; i < sizeof titles / sizeof titles[0]; i++)
			if (!find(titles[i], NULL))
				fail_msg("%s: no line '%s'", chip->name, titles[i]);
		assert_int_not_equal(find("Life cycle", NULL)->confidence, CONFIDENCE_NONE);
		assert_true(find("Anti-rollback", NULL)->first_word >= 0);
		assert_true(find("RMA", NULL)->first_word >= 0);
	}
}

static void test_mp13(void **state)
{
	(void)state;
	begin("stm32mp13");
	image.value[0] = 0x17F;
	image.value[1] = 0x0C0; /* 133C */
	image.value[4] = 0x7;
	image.value[57] = 0x42E18000;
	image.value[58] = 0x8000E448;
	image.value[59] = 0x010203E1;
	image.value[60] = 0x16351301;
	image.value[56] = 0x12345678;
	for (unsigned word = 24; word < 32; word++) {
		image.value[word] = 0x01020304;
		image.status[word] = WORD_STATUS_PERMANENT;
	}
	make();
	expect("Part", "", CONFIDENCE_CONFIRMED, "STM32MP133C, family STM32MP13x");
	expect("Life cycle", "", CONFIDENCE_CONFIRMED, "closed without boundary scan");
	expect("Anti-rollback", NULL, CONFIDENCE_CONFIRMED, "3");
	expect("MAC", "", CONFIDENCE_CONFIRMED, "00:80:e1:42:48:e4, 00:80:e1:03:02:01");
	expect("Board id", "", CONFIDENCE_CONFIRMED,
		"MB1635 variant 1.0 rev C BOM 1 (ST's coding)");
	expect("Keys", "PKHTH", CONFIDENCE_CONFIRMED, "programmed, locked");
	expect("RMA", NULL, CONFIDENCE_CONFIRMED, "set");
	assert_true(stands_out("its words say closed"));
	image.value[0] = 0x37; /* one of the two closing bits */
	make();
	expect("Life cycle", "", CONFIDENCE_CONFIRMED,
		"mode = 0x37 is no legal mode: firmware stops on it");
	assert_true(stands_out("no legal mode"));
	image.value[0] = 0x17;
	make();
	expect("Life cycle", "", CONFIDENCE_CONFIRMED, "open");
	assert_false(stands_out("words say"));
}

static void test_mp25(void **state)
{
	(void)state;
	begin("stm32mp25");
	image.value[5] = 0x00410032;
	image.value[6] = 0x33385116;
	image.value[7] = 0x34383330;
	image.value[9] = 0x00082000; /* 255C */
	image.value[12] = 0x3;
	image.value[102] = 0x10;
	image.value[122] = 3;
	image.value[246] = 0x19361101;
	image.value[247] = 0x42E18000;
	image.value[248] = 0x0000E448;
	for (unsigned word = 144; word < 152; word++) {
		image.value[word] = 0x01020304;
		image.status[word] = WORD_STATUS_PERMANENT;
	}
	make();
	expect("Part", "", CONFIDENCE_CONFIRMED, "STM32MP255C, family STM32MP25x");
	expect("Revision", "", CONFIDENCE_CONFIRMED, "2.0 B");
	expect("Package", "", CONFIDENCE_CONFIRMED, "AK VFBGA424");
	expect("Unique id", "", CONFIDENCE_CONFIRMED, "serial 004100323338511634383330");
	expect("Board id", "", CONFIDENCE_CONFIRMED,
		"MB1936 variant 1.0 rev A BOM 1 (ST's coding)");
	expect("MAC", "", CONFIDENCE_CONFIRMED, "00:80:e1:42:48:e4");
	expect("Life cycle", "", CONFIDENCE_CONFIRMED, "open");
	expect("Anti-rollback", NULL, CONFIDENCE_CONFIRMED, "2");
	expect("Keys", "OEM_KEY1_ROT_HASH", CONFIDENCE_CONFIRMED, "programmed, locked");
	expect("Keys", "EDMK1", CONFIDENCE_NONE, "empty or hidden, not locked");
	expect("Keys", "HWKEY", CONFIDENCE_NONE, "empty or hidden, not locked");
	expect("Debug", "debug_lock", CONFIDENCE_UNCONFIRMED, "0x0");
	expect("Boot", "", CONFIDENCE_NONE, "how sources are coded is not public; words set: none");
	expect("RMA", "OTP_HW_WORD3", CONFIDENCE_CONFIRMED, "nothing set");
	image.value[3] = 1; /* a password was tried */
	make();
	expect("RMA", "OTP_HW_WORD3", CONFIDENCE_CONFIRMED, "00000001");
}

static void test_mp25_closed(void **state)
{
	(void)state;
	begin("stm32mp25");
	image.state = 1;
	image.value[8] = 0xFF;
	image.value[18] = 0xFF;
	image.value[124] = UINT32_C(1) << 20;
	make();
	expect("Life cycle", "", CONFIDENCE_CONFIRMED, "closed");
	image.value[8] = 0;
	image.value[124] = 0;
	make();
	expect("Life cycle", "", CONFIDENCE_CONFIRMED,
		"closed, but not set: bootrom_close, disable_scan");
	/* Any of the four bits counts. */
	image.value[18] = 0x4;
	make();
	expect("Life cycle", "", CONFIDENCE_CONFIRMED,
		"closed, but not set: prov_done, bootrom_close, disable_scan");
	image.value[18] = 0xF0;
	image.state = 0;
	make();
	expect("Life cycle", "", CONFIDENCE_CONFIRMED, "open, but begun to be closed: prov_done");
}

/* Authenticated debug, and a key of which some words are out of the service's reach. */
static void test_mp21(void **state)
{
	(void)state;
	begin("stm32mp21");
	image.word_count = 368;
	image.value[9] = 0x0007301D; /* 213C */
	image.value[11] = 1;
	image.value[13] = 2;
	image.value[15] = 2;
	image.value[101] = 0xF;
	image.value[122] = 3;
	for (unsigned word = 238; word < 246; word++)
		image.value[word] = 0x01020304;
	make();
	expect("Part", "", CONFIDENCE_CONFIRMED, "STM32MP213C, family STM32MP21x");
	expect("Package", "", CONFIDENCE_CONFIRMED, "AN VFBGA273");
	expect("Debug", "ADAC_SOCMASK", CONFIDENCE_CONFIRMED, "0000000F");
	expect("Keys", "ADAC_ROTPKH", CONFIDENCE_CONFIRMED, "programmed, not locked");
	expect("Keys", "STM32ENCPRVKEY", CONFIDENCE_NONE, "empty or hidden");
	expect("Keys", "HWKEY", CONFIDENCE_NONE, "cannot be read");
	expect("Boot", "", CONFIDENCE_NONE,
		"how sources are coded is not public; words set: 11, 13, 15");
	assert_true(stands_out("ADAC_ROTPKH is programmed but not locked"));
	assert_true(stands_out("words 368-383 are out of the service's reach"));
}

#define TEST(name) cmocka_unit_test_teardown(name, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_every_family_has_every_line),
		TEST(test_mp13),
		TEST(test_mp21),
		TEST(test_mp25),
		TEST(test_mp25_closed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
