/*
 * Commits over a serial line to STM32PRGFW-UTIL, with every single byte of them lost, damaged,
 * doubled, to the board and from it: what the program then says must be what
 * the fuses are, or that it does not know; and after a power cycle it knows.
 */
#include "tests/support/uart_bench.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

static const struct uart_kind kind = {SIM_MP15, SIM_SERVICE_PRGFW, 70, 0x00000A05, false};

static void spoil(enum sim_noise_kind noise, enum sim_noise_way way)
{
	struct uart_tally tally;
	unsigned bytes;
	uart_bench_spoil_bytes(&tally, &bytes, &kind, noise, way);
	/* The bytes of the partition alone: four reads from the board, one write to it. */
	assert_true(bytes > (way == SIM_NOISE_TO_BOARD ? 776 : 4 * 776));
	assert_true(tally.verified > 776 / UART_BENCH_STEP);
	/* Once the last packet was begun and goes unanswered, nobody may ask any more. */
	if (UART_BENCH_STEP == 1 && (way == SIM_NOISE_TO_BOARD || noise != SIM_NOISE_DOUBLE))
		assert_true(tally.unknown > 0 && tally.not_triggered > 0);
}

static void test_lost(void **state)
{
	(void)state;
	spoil(SIM_NOISE_DROP, SIM_NOISE_TO_BOARD);
	spoil(SIM_NOISE_DROP, SIM_NOISE_FROM_BOARD);
}

static void test_damaged(void **state)
{
	(void)state;
	spoil(SIM_NOISE_FLIP, SIM_NOISE_TO_BOARD);
	spoil(SIM_NOISE_FLIP, SIM_NOISE_FROM_BOARD);
}

static void test_doubled(void **state)
{
	(void)state;
	spoil(SIM_NOISE_DOUBLE, SIM_NOISE_TO_BOARD);
	spoil(SIM_NOISE_DOUBLE, SIM_NOISE_FROM_BOARD);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lost),
		cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_doubled),
	};
	return cmocka_run_group_tests_name(
		"every byte of a commit (STM32PRGFW-UTIL)", tests, NULL, NULL);
}
