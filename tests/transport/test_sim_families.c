/* The silicon of each family, behind U-Boot: banks, factory keys, hidden words, closing. */
#include "tests/support/sim_partition.h"

#include "transport/sim_usb.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#define WRITE     0x80000000u
#define LOCK      0xC0000000u
#define SPOILT    0x00000001u
#define PERMANENT 0x40000000u
#define HIDDEN    0x3C000000u

static void test_sizes(void **state)
{
	static const struct {
		enum sim_family family;
		unsigned words;
		size_t uboot, prgfw;
	} rows[] = {
		{SIM_MP13, 96, 776, 776},
		{SIM_MP15, 96, 776, 776},
		{SIM_MP23, 384, 2952, 3080},
		{SIM_MP25, 384, 2952, 3080},
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct sim_board *board =
			sim_partition_empty_board(rows[i].family, SIM_SERVICE_UBOOT);
		assert_int_equal(sim_board_word_count(board), rows[i].words);
		assert_int_equal(sim_board_partition_size(board), rows[i].uboot);
		assert_true(sim_board_set_service(board, SIM_SERVICE_PRGFW));
		assert_int_equal(sim_board_partition_size(board), rows[i].prgfw);
		sim_board_free(board);
	}
}

static void test_prgfw_has_no_mp21(void **state)
{
	struct sim_board *board = sim_partition_empty_board(SIM_MP21, SIM_SERVICE_UBOOT);
	(void)state;
	assert_int_equal(sim_board_partition_size(board), 2952);
	assert_false(sim_board_set_service(board, SIM_SERVICE_PRGFW));
	assert_int_equal(sim_board_service(board), SIM_SERVICE_UBOOT);
	sim_board_free(board);
}

static void test_banks(void **state)
{
	static const struct {
		enum sim_family family;
		unsigned word;
		bool once;
	} rows[] = {
		{SIM_MP13, 31, false},
		{SIM_MP13, 32, true},
		{SIM_MP15, 31, false},
		{SIM_MP15, 32, true},
		{SIM_MP21, 127, false},
		{SIM_MP21, 128, true},
		{SIM_MP23, 127, false},
		{SIM_MP23, 128, true},
		{SIM_MP25, 127, false},
		{SIM_MP25, 128, true},
		{SIM_MP25, 255, true},
		{SIM_MP25, 256, true},
		{SIM_MP25, 367, true},
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct sim_board *board =
			sim_partition_empty_board(rows[i].family, SIM_SERVICE_UBOOT);
		assert_true(sim_partition_write(board, rows[i].word, 0xF0, WRITE));
		sim_partition_assert_reads(board, rows[i].word, 0xF0, 0);
		assert_true(sim_partition_write(board, rows[i].word, 0xF1, WRITE));
		sim_partition_assert_reads(
			board, rows[i].word, rows[i].once ? 0 : 0xF1, rows[i].once ? SPOILT : 0);
		sim_board_free(board);
	}
}

static void assert_closes(enum sim_family family, unsigned word, uint32_t value, bool closes)
{
	struct sim_board *board = sim_partition_empty_board(family, SIM_SERVICE_UBOOT);
	uint8_t bytes[2952];
	assert_true(sim_partition_write(board, word, value, WRITE));
	assert_false(sim_board_is_closed(board));
	sim_board_reset(board);
	assert_int_equal(sim_board_is_closed(board), closes);
	assert_int_equal(sim_board_otp_read(board, bytes), !closes);
	assert_false(sim_board_is_dead(board));
	sim_board_free(board);
}

static void test_closing(void **state)
{
	(void)state;
	assert_closes(SIM_MP15, 0, 0x40, true);
	assert_closes(SIM_MP15, 0, 0x3F, false);
	assert_closes(SIM_MP13, 0, 0x3F, true);
	assert_closes(SIM_MP13, 0, 0x17F, true);
	assert_closes(SIM_MP13, 0, 0x3FF, true);
	assert_closes(SIM_MP13, 0, 0x17, false);
	for (unsigned bit = 0; bit < 4; bit++)
		assert_closes(SIM_MP25, 18, 1u << bit, true);
	assert_closes(SIM_MP25, 18, 0xF0, false);
	assert_closes(SIM_MP25, 8, 0xFF, false);
	assert_closes(SIM_MP21, 18, 0xF, true);
	assert_closes(SIM_MP23, 18, 0xF, true);
}

/* Every value between open and closed that a half-done write could leave. */
static void test_a_half_closed_mp13_never_boots_again(void **state)
{
	static const uint32_t halves[] = {0x1F, 0x37, 0x57, 0x7F, 0xBF, 0x13F, 0x1FF, 0x2FF};
	(void)state;
	for (size_t i = 0; i < sizeof halves / sizeof halves[0]; i++) {
		struct sim_board *board = sim_partition_empty_board(SIM_MP13, SIM_SERVICE_UBOOT);
		struct sim_usb *usb = NULL;
		struct usb_link *link = NULL;
		struct errbuf err = {{0}};
		uint8_t bytes[776];
		assert_int_equal(sim_usb_create(&usb, board, &err), OK);
		assert_true(sim_partition_write(board, 0, halves[i], WRITE));
		assert_false(sim_board_is_dead(board));
		sim_partition_assert_reads(board, 0, halves[i] | 0x17, 0);
		sim_board_reset(board);
		assert_true(sim_board_is_dead(board));
		assert_false(sim_board_otp_read(board, bytes));
		assert_int_equal(sim_usb_open(&link, usb, &err), ERR_GONE);
		assert_true(sim_board_set_service(board, SIM_SERVICE_PRGFW));
		assert_false(sim_board_otp_read(board, bytes));
		sim_usb_free(usb);
		sim_board_free(board);
	}
}

/* Words that read as zero and are not: on MP21 four of them are among those that U-Boot shows. */
static void test_factory_keys_look_blank_and_spoil(void **state)
{
	struct sim_board *board = sim_partition_empty_board(SIM_MP21, SIM_SERVICE_UBOOT);
	(void)state;
	sim_partition_assert_reads(board, 363, 0, 0);
	sim_partition_assert_reads(board, 364, 0, 0);
	assert_int_equal(sim_board_fuses(board, 363), 0);
	assert_int_not_equal(sim_board_fuses(board, 364), 0);
	assert_true(sim_partition_write(board, 364, 1, WRITE));
	assert_true(sim_board_is_spoilt(board, 364));
	sim_partition_assert_reads(board, 364, 0, 0);
	sim_board_free(board);
	board = sim_partition_empty_board(SIM_MP25, SIM_SERVICE_UBOOT);
	assert_int_equal(sim_board_fuses(board, 367), 0);
	assert_int_not_equal(sim_board_fuses(board, 368), 0);
	assert_int_not_equal(sim_board_fuses(board, 383), 0);
	sim_board_free(board);
}

static void test_hidden_words(void **state)
{
	struct sim_board *board = sim_partition_empty_board(SIM_MP25, SIM_SERVICE_UBOOT);
	struct sim_partition read;
	struct sim_board *again = NULL;
	struct errbuf err = {{0}};
	(void)state;
	sim_board_hide_upper(board, true);
	sim_partition_assert_reads(board, 255, 0, 0);
	sim_partition_assert_reads(board, 256, 0, HIDDEN);
	sim_partition_assert_reads(board, 367, 0, HIDDEN);
	assert_false(sim_partition_write(board, 260, 5, WRITE));
	assert_false(sim_partition_write(board, 260, 0, LOCK));
	assert_int_equal(sim_board_fuses(board, 260), 0);
	assert_false(sim_board_is_locked(board, 260));
	/* Such a read makes such a board. */
	read = sim_partition_read(board);
	assert_int_equal(sim_board_from_partition(&again, read.bytes, 2952, &err), OK);
	assert_false(sim_partition_write(again, 260, 5, WRITE));
	sim_partition_assert_reads(again, 300, 0, HIDDEN);
	sim_board_free(again);
	sim_board_free(board);
}

static void test_bsec3_denies_a_sticky_locked_word(void **state)
{
	struct sim_partition p = sim_partition_empty(2);
	struct sim_board *board = NULL;
	struct errbuf err = {{0}};
	(void)state;
	sim_partition_put(&p, 50, 0, 0x08000000);
	assert_int_equal(sim_board_of_family(&board, SIM_MP25, p.bytes, 2952, &err), OK);
	p = sim_partition_empty(2);
	sim_partition_put(&p, 49, 1, WRITE);
	sim_partition_put(&p, 50, 2, WRITE);
	sim_partition_put(&p, 51, 4, WRITE);
	assert_false(sim_board_otp_write(board, p.bytes, 2952));
	assert_int_equal(sim_board_fuses(board, 49), 1);
	assert_int_equal(sim_board_fuses(board, 50), 0);
	assert_int_equal(sim_board_fuses(board, 51), 0);
	/* A lock is dropped by the BSEC and believed by the driver. */
	assert_true(sim_partition_write(board, 50, 0, LOCK));
	assert_false(sim_board_is_locked(board, 50));
	sim_partition_assert_reads(board, 50, 0, 0x48000000);
	sim_board_reset(board);
	sim_partition_assert_reads(board, 50, 0, 0x08000000);
	sim_board_free(board);
}

static void test_bsec3_loses_its_copy_when_programming_fails(void **state)
{
	struct sim_board *board = sim_partition_empty_board(SIM_MP25, SIM_SERVICE_UBOOT);
	(void)state;
	assert_true(sim_partition_write(board, 60, 0xFF, LOCK));
	sim_partition_assert_reads(board, 60, 0xFF, PERMANENT);
	assert_false(sim_partition_write(board, 60, 0x1FF, WRITE));
	assert_int_equal(sim_board_fuses(board, 60), 0xFF);
	sim_partition_assert_reads(board, 60, 0, PERMANENT);
	sim_board_reset(board);
	sim_partition_assert_reads(board, 60, 0xFF, PERMANENT);
	sim_board_free(board);
}

/* What is read under a sticky read lock is what was sent: no proof of anything. */
static void test_bsec3_echoes_under_a_read_lock(void **state)
{
	struct sim_board *board = NULL;
	struct errbuf err = {{0}};
	(void)state;
	assert_int_equal(sim_board_demo(&board, SIM_MP25, &err), OK);
	sim_board_set_word_fault(board, 360, SIM_WORD_IGNORES);
	sim_partition_assert_reads(board, 360, 0, 0x30000000);
	assert_true(sim_partition_write(board, 360, 0x12345678, WRITE));
	sim_partition_assert_reads(board, 360, 0x12345678, 0x30000000);
	assert_int_equal(sim_board_fuses(board, 360), 0);
	sim_board_reset(board);
	sim_partition_assert_reads(board, 360, 0, 0x30000000);
	sim_board_free(board);
}

static void test_the_part_number_tells_the_family(void **state)
{
	static const struct {
		uint32_t part;
		enum sim_family family;
	} small[] = {{0x8000, SIM_MP15}, {0x8001, SIM_MP15}, {0xA4, SIM_MP15}, {0x6C8, SIM_MP13},
		{0xC1, SIM_MP13}, {0x800, SIM_MP13}, {0xEC9, SIM_MP13}},
	  large[] = {{0, SIM_MP25}, {0x2000, SIM_MP25}, {0x80082000, SIM_MP25}, {0x82182, SIM_MP23},
		  {0xC00B3FEF, SIM_MP23}, {0x3300D, SIM_MP21}, {0xC0033E0D, SIM_MP21}};
	struct errbuf err = {{0}};
	(void)state;
	for (size_t i = 0; i < sizeof small / sizeof small[0]; i++) {
		struct sim_partition p = sim_partition_empty(2);
		struct sim_board *board = NULL;
		sim_partition_put(&p, 1, small[i].part, 0);
		assert_int_equal(sim_board_from_partition(&board, p.bytes, 776, &err), OK);
		assert_int_equal(sim_board_family(board), small[i].family);
		sim_board_free(board);
	}
	for (size_t i = 0; i < sizeof large / sizeof large[0]; i++) {
		struct sim_partition p = sim_partition_empty(3);
		struct sim_board *board = NULL;
		sim_partition_put(&p, 9, large[i].part, 0);
		assert_int_equal(sim_board_from_partition(&board, p.bytes, 3112, &err), OK);
		assert_int_equal(sim_board_family(board), large[i].family);
		sim_board_free(board);
	}
}

static void test_versions_go_with_lengths(void **state)
{
	struct sim_partition v2 = sim_partition_empty(2), v3 = sim_partition_empty(3);
	struct sim_board *board = NULL;
	struct errbuf err = {{0}};
	(void)state;
	assert_int_equal(sim_board_from_partition(&board, v3.bytes, 2952, &err), ERR_FORMAT);
	assert_int_equal(sim_board_from_partition(&board, v2.bytes, 3080, &err), ERR_FORMAT);
	assert_int_equal(sim_board_from_partition(&board, v3.bytes, 776, &err), ERR_FORMAT);
	assert_int_equal(sim_board_of_family(&board, SIM_MP25, v2.bytes, 776, &err), ERR_FORMAT);
	assert_int_equal(sim_board_of_family(&board, SIM_MP13, v2.bytes, 2952, &err), ERR_FORMAT);
	assert_null(board);
}

static void test_big_boards_are_saved_and_restored(void **state)
{
	struct sim_board *board = sim_partition_empty_board(SIM_MP25, SIM_SERVICE_UBOOT);
	struct sim_board *same = sim_partition_empty_board(SIM_MP25, SIM_SERVICE_UBOOT);
	struct sim_board *sister = sim_partition_empty_board(SIM_MP23, SIM_SERVICE_UBOOT);
	char text[SIM_BOARD_SAVE_CAPACITY];
	struct errbuf err = {{0}};
	size_t length;
	(void)state;
	assert_true(sim_partition_write(board, 300, 0xABCD, LOCK));
	length = sim_board_save(board, text);
	assert_int_equal(length, strlen(text));
	assert_int_equal(sim_board_restore(same, text, length, &err), OK);
	sim_partition_assert_reads(same, 300, 0xABCD, PERMANENT);
	assert_int_equal(sim_board_restore(sister, text, length, &err), ERR_FORMAT);
	assert_non_null(strstr(err.text, "another image"));
	sim_board_free(board);
	sim_board_free(same);
	sim_board_free(sister);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_prgfw_has_no_mp21),
		cmocka_unit_test(test_banks),
		cmocka_unit_test(test_closing),
		cmocka_unit_test(test_a_half_closed_mp13_never_boots_again),
		cmocka_unit_test(test_factory_keys_look_blank_and_spoil),
		cmocka_unit_test(test_hidden_words),
		cmocka_unit_test(test_bsec3_denies_a_sticky_locked_word),
		cmocka_unit_test(test_bsec3_loses_its_copy_when_programming_fails),
		cmocka_unit_test(test_bsec3_echoes_under_a_read_lock),
		cmocka_unit_test(test_the_part_number_tells_the_family),
		cmocka_unit_test(test_versions_go_with_lengths),
		cmocka_unit_test(test_big_boards_are_saved_and_restored),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
