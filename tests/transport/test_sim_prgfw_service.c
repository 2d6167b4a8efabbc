/*
 * STM32PRGFW-UTIL's secure side: what recordings of its own code say, on MP1 and on MP2. Values
 * are those of the recordings where they give one.
 */
#include "tests/support/sim_partition.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#define WRITE        0x80000000u
#define LOCK         0xC0000000u
#define SPOILT       0x00000001u
#define LOCK_ERROR   0x04000000u
#define STICKY_PROG  0x08000000u
#define STICKY_WRITE 0x10000000u
#define STICKY_READ  0x20000000u
#define PERMANENT    0x40000000u

static struct sim_board *mp15(void)
{
	return sim_partition_empty_board(SIM_MP15, SIM_SERVICE_PRGFW);
}

static struct sim_board *mp25(void)
{
	return sim_partition_empty_board(SIM_MP25, SIM_SERVICE_PRGFW);
}

/* --- both */

static void test_only_requests_count(void **state)
{
	struct sim_board *boards[] = {mp15(), mp25()};
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		assert_true(sim_partition_write(boards[i], 60, 0xFF, 0x78000000));
		sim_partition_assert_reads(boards[i], 60, 0, 0);
		assert_true(sim_partition_write(boards[i], 60, 0xFF, 0x83FFFFFF));
		sim_partition_assert_reads(boards[i], 60, 0xFF, 0);
		assert_true(sim_partition_write(boards[i], 60, 0, LOCK));
		sim_partition_assert_reads(boards[i], 60, 0xFF, PERMANENT);
		sim_board_free(boards[i]);
	}
}

static void test_version_is_not_looked_at(void **state)
{
	struct sim_partition p = sim_partition_empty(7);
	struct sim_board *board = mp25();
	(void)state;
	sim_partition_put(&p, 60, 1, WRITE);
	assert_false(sim_board_otp_write(board, p.bytes, 3079));
	assert_true(sim_board_otp_write(board, p.bytes, 3080));
	sim_partition_assert_reads(board, 60, 1, 0);
	sim_board_free(board);
}

static void test_sticky_locks_end_with_a_reset(void **state)
{
	struct sim_board *board = mp15();
	(void)state;
	assert_true(sim_partition_write(board, 60, 5, WRITE | STICKY_PROG | STICKY_WRITE));
	sim_partition_assert_reads(board, 60, 5, STICKY_PROG | STICKY_WRITE);
	sim_board_reset(board);
	sim_partition_assert_reads(board, 60, 5, 0);
	sim_board_free(board);
}

static void test_state(void **state)
{
	struct sim_board *board = mp15();
	struct sim_partition p;
	(void)state;
	/* MP1 never says closed, MP2 by the first of four bits alone; both answer when they are. */
	assert_true(sim_partition_write(board, 0, 0x40, WRITE));
	sim_board_reset(board);
	assert_true(sim_board_is_closed(board));
	p = sim_partition_read(board);
	assert_int_equal(sim_partition_state(&p), 0);
	sim_board_free(board);
	board = mp25();
	assert_true(sim_partition_write(board, 18, 2, WRITE));
	sim_board_reset(board);
	assert_true(sim_board_is_closed(board));
	p = sim_partition_read(board);
	assert_int_equal(sim_partition_state(&p), 0);
	assert_true(sim_partition_write(board, 18, 3, WRITE));
	p = sim_partition_read(board);
	assert_int_equal(sim_partition_state(&p), 1);
	sim_board_free(board);
}

/* --- MP1 */

static void test_mp1_refuses_to_take_bits_away(void **state)
{
	struct sim_board *board = mp15();
	(void)state;
	assert_true(sim_partition_write(board, 10, 0x00FF, WRITE));
	assert_true(sim_partition_write(board, 10, 0x0F00, WRITE));
	sim_partition_assert_reads(board, 10, 0x00FF, 0);
	assert_true(sim_partition_write(board, 10, 0x0FFF, WRITE));
	sim_partition_assert_reads(board, 10, 0x0FFF, 0);
	assert_int_equal(sim_board_pulses(board, 10), 2);
	sim_board_free(board);
}

static void test_mp1_programs_the_difference(void **state)
{
	struct sim_board *board = mp15();
	(void)state;
	assert_true(sim_partition_write(board, 70, 0xF0, WRITE));
	/* The same value: nothing is programmed. */
	assert_true(sim_partition_write(board, 70, 0xF0, WRITE));
	assert_int_equal(sim_board_pulses(board, 70), 1);
	/* More bits: a second write of a word with an ECC. */
	assert_true(sim_partition_write(board, 70, 0xF1, WRITE));
	sim_partition_assert_reads(board, 70, 0, SPOILT);
	sim_board_free(board);
}

static void test_mp1_programs_blindly_what_it_cannot_read(void **state)
{
	struct sim_board *board = mp15();
	(void)state;
	assert_true(sim_partition_write(board, 10, 1, WRITE | STICKY_READ));
	sim_partition_assert_reads(board, 10, 1, STICKY_READ);
	assert_true(sim_partition_write(board, 10, 0x12345678, WRITE));
	assert_int_equal(sim_board_fuses(board, 10), 0x12345679);
	sim_partition_assert_reads(board, 10, 1, STICKY_READ);
	sim_board_free(board);
}

static void test_mp1_stops_at_the_first_error(void **state)
{
	struct sim_partition p = sim_partition_empty(2);
	struct sim_board *board = mp15();
	(void)state;
	assert_true(sim_partition_write(board, 60, 5, LOCK));
	sim_partition_put(&p, 59, 1, WRITE);
	sim_partition_put(&p, 60, 5, LOCK); /* an echo */
	sim_partition_put(&p, 61, 2, WRITE);
	assert_true(sim_board_otp_write(board, p.bytes, 776));
	assert_int_equal(sim_board_fuses(board, 59), 1);
	assert_int_equal(sim_board_fuses(board, 61), 0);
	/* Locking what is locked is an error as well. */
	p = sim_partition_empty(2);
	sim_partition_put(&p, 60, 0, LOCK);
	sim_partition_put(&p, 61, 2, WRITE);
	assert_true(sim_board_otp_write(board, p.bytes, 776));
	assert_int_equal(sim_board_fuses(board, 61), 0);
	sim_board_free(board);
}

static void test_mp1_sticky_program_lock_is_an_error(void **state)
{
	struct sim_partition p = sim_partition_empty(2);
	struct sim_board *board = mp15();
	(void)state;
	assert_true(sim_partition_write(board, 60, 0, WRITE | STICKY_PROG));
	sim_partition_assert_reads(board, 60, 0, STICKY_PROG);
	sim_partition_put(&p, 60, 5, WRITE);
	sim_partition_put(&p, 61, 2, WRITE);
	assert_true(sim_board_otp_write(board, p.bytes, 776));
	assert_int_equal(sim_board_fuses(board, 60), 0);
	assert_int_equal(sim_board_fuses(board, 61), 0);
	sim_board_free(board);
}

/* An entry that asks for nothing ends the write if the last word could not be read before. */
static void test_mp1_stale_status(void **state)
{
	struct sim_partition p = sim_partition_empty(2);
	struct sim_board *board = mp15();
	(void)state;
	sim_partition_put(&p, 60, 0, WRITE);
	sim_partition_put(&p, 61, 2, WRITE);
	sim_board_set_word_fault(board, 95, SIM_WORD_READ_ERROR);
	sim_partition_assert_reads(board, 95, 0, SPOILT);
	assert_true(sim_board_otp_write(board, p.bytes, 776));
	assert_int_equal(sim_board_fuses(board, 61), 0);
	sim_board_set_word_fault(board, 95, SIM_WORD_SOUND);
	sim_partition_assert_reads(board, 95, 0, 0);
	assert_true(sim_board_otp_write(board, p.bytes, 776));
	assert_int_equal(sim_board_fuses(board, 61), 2);
	sim_board_free(board);
}

static void test_mp1_value_sticky_and_lock_in_order(void **state)
{
	struct sim_board *board = mp15();
	(void)state;
	assert_true(sim_partition_write(board, 60, 7, 0xE0000000));
	sim_partition_assert_reads(board, 60, 7, STICKY_READ | PERMANENT);
	/* A word with an error shows no locks at all. */
	sim_board_set_word_fault(board, 60, SIM_WORD_READ_ERROR);
	sim_partition_assert_reads(board, 60, 0, SPOILT);
	sim_board_free(board);
}

/* --- MP2 */

static void test_mp2_checks_nothing(void **state)
{
	struct sim_board *board = mp25();
	(void)state;
	assert_true(sim_partition_write(board, 40, 0x00FF, WRITE));
	assert_true(sim_partition_write(board, 40, 0x0F00, WRITE));
	sim_partition_assert_reads(board, 40, 0x0FFF, 0);
	assert_true(sim_partition_write(board, 180, 0xF0, WRITE));
	assert_true(sim_partition_write(board, 180, 0xF0, WRITE));
	sim_partition_assert_reads(board, 180, 0xF0, 0);
	assert_int_equal(sim_board_pulses(board, 180), 2);
	assert_true(sim_partition_write(board, 180, 0x0F, WRITE));
	sim_partition_assert_reads(board, 180, 0, SPOILT);
	sim_board_free(board);
}

/* One operation: what refuses the value keeps the lock away, and a bad value is frozen. */
static void test_mp2_value_and_lock_are_one(void **state)
{
	struct sim_board *board = mp25();
	(void)state;
	assert_true(sim_partition_write(board, 180, 5, LOCK));
	sim_partition_assert_reads(board, 180, 5, PERMANENT);
	sim_board_set_word_fault(board, 181, SIM_WORD_FAILS);
	assert_true(sim_partition_write(board, 181, 5, LOCK));
	sim_partition_assert_reads(board, 181, 0, 0);
	sim_board_set_word_fault(board, 182, SIM_WORD_SPOILS);
	assert_true(sim_partition_write(board, 182, 5, LOCK));
	assert_true(sim_board_is_spoilt(board, 182));
	assert_true(sim_board_is_locked(board, 182));
	/* Value 0 leaves the fuses, and freezes an empty word. */
	assert_true(sim_partition_write(board, 183, 0, LOCK));
	sim_partition_assert_reads(board, 183, 0, PERMANENT);
	sim_board_free(board);
}

static void test_mp2_passes_over_errors(void **state)
{
	struct sim_partition p = sim_partition_empty(3);
	struct sim_board *board = mp25();
	(void)state;
	assert_true(sim_partition_write(board, 180, 5, LOCK));
	sim_partition_put(&p, 180, 7, WRITE);
	sim_partition_put(&p, 181, 2, WRITE);
	sim_partition_put(&p, 380, 2, WRITE);
	assert_true(sim_board_otp_write(board, p.bytes, 3080));
	sim_partition_assert_reads(board, 180, 5, PERMANENT);
	sim_partition_assert_reads(board, 181, 2, 0);
	sim_partition_assert_reads(board, 380, 0, SPOILT);
	assert_int_equal(sim_board_pulses(board, 380), 0);
	sim_board_free(board);
}

static void test_mp2_shows_no_sticky_program_lock(void **state)
{
	struct sim_board *board = mp25();
	(void)state;
	assert_true(sim_partition_write(board, 40, 1, WRITE | STICKY_PROG | STICKY_WRITE));
	sim_partition_assert_reads(board, 40, 1, 0);
	assert_true(sim_partition_write(board, 40, 3, LOCK));
	sim_partition_assert_reads(board, 40, 1, 0);
	assert_false(sim_board_is_locked(board, 40));
	sim_board_free(board);
}

static void test_mp2_read_lock_shows_the_word_before(void **state)
{
	struct sim_board *board = mp25();
	(void)state;
	assert_true(sim_partition_write(board, 40, 0x1111, WRITE));
	assert_true(sim_partition_write(board, 41, 0x2222, 0xE0000000));
	sim_partition_assert_reads(board, 41, 0x1111, STICKY_READ);
	assert_int_equal(sim_board_fuses(board, 41), 0x2222);
	assert_true(sim_board_is_locked(board, 41));
	/* And the one before that when the word before has it, too. */
	assert_true(sim_partition_write(board, 42, 0x3333, WRITE | STICKY_READ));
	sim_partition_assert_reads(board, 42, 0x1111, STICKY_READ);
	/* Blind, as on MP1. */
	assert_true(sim_partition_write(board, 42, 0x12340000, WRITE));
	assert_int_equal(sim_board_fuses(board, 42), 0x12343333);
	sim_board_free(board);
}

static void test_mp2_words_that_look_blank(void **state)
{
	struct sim_board *board = mp25();
	(void)state;
	for (unsigned word = 368; word < 376; word++)
		sim_partition_assert_reads(board, word, 0, 0);
	for (unsigned word = 376; word < 384; word++)
		sim_partition_assert_reads(board, word, 0, SPOILT);
	assert_true(sim_partition_write(board, 370, 1, WRITE));
	assert_true(sim_board_is_spoilt(board, 370));
	sim_partition_assert_reads(board, 370, 0, 0);
	/* Hidden words have no mark, and are programmed all the same. */
	sim_board_hide_upper(board, true);
	sim_partition_assert_reads(board, 300, 0, 0);
	assert_true(sim_partition_write(board, 300, 0xAA, LOCK));
	sim_partition_assert_reads(board, 300, 0, 0);
	assert_int_equal(sim_board_fuses(board, 300), 0xAA);
	assert_true(sim_board_is_locked(board, 300));
	sim_board_free(board);
}

static void test_mp2_lock_error_keeps_the_value(void **state)
{
	struct sim_partition p = sim_partition_empty(3);
	struct sim_board *board = NULL;
	struct errbuf err = {{0}};
	(void)state;
	sim_partition_put(&p, 25, 0x77, LOCK_ERROR | PERMANENT);
	assert_int_equal(sim_board_of_family(&board, SIM_MP25, p.bytes, 3080, &err), OK);
	assert_true(sim_board_set_service(board, SIM_SERVICE_PRGFW));
	sim_partition_assert_reads(board, 25, 0x77, LOCK_ERROR);
	sim_board_free(board);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_only_requests_count),
		cmocka_unit_test(test_version_is_not_looked_at),
		cmocka_unit_test(test_sticky_locks_end_with_a_reset),
		cmocka_unit_test(test_state),
		cmocka_unit_test(test_mp1_refuses_to_take_bits_away),
		cmocka_unit_test(test_mp1_programs_the_difference),
		cmocka_unit_test(test_mp1_programs_blindly_what_it_cannot_read),
		cmocka_unit_test(test_mp1_stops_at_the_first_error),
		cmocka_unit_test(test_mp1_sticky_program_lock_is_an_error),
		cmocka_unit_test(test_mp1_stale_status),
		cmocka_unit_test(test_mp1_value_sticky_and_lock_in_order),
		cmocka_unit_test(test_mp2_checks_nothing),
		cmocka_unit_test(test_mp2_value_and_lock_are_one),
		cmocka_unit_test(test_mp2_passes_over_errors),
		cmocka_unit_test(test_mp2_shows_no_sticky_program_lock),
		cmocka_unit_test(test_mp2_read_lock_shows_the_word_before),
		cmocka_unit_test(test_mp2_words_that_look_blank),
		cmocka_unit_test(test_mp2_lock_error_keeps_the_value),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
