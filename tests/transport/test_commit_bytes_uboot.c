/*
 * Commits over a serial line to U-Boot, with every single byte of them lost, damaged,
 * doubled, of wrong parity, to the board and from it: what the program then says must be what
 * the fuses are, or that it does not know; and after a power cycle it knows.
 */
#include "tests/support/uart_bench.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

static const struct uart_kind kind = {SIM_MP15, SIM_SERVICE_UBOOT, 70, 0x00000A05, false};

static void spoil(enum sim_noise_kind noise, enum sim_noise_way way)
{
	struct uart_tally tally;
	unsigned bytes;
	uart_bench_spoil_bytes(&tally, &bytes, &kind, noise, way);
	/* The bytes of the partition alone: four reads from the board, one write to it. */
	assert_true(bytes > (way == SIM_NOISE_TO_BOARD ? 776 : 4 * 776));
	assert_true(tally.verified > 776 / UART_BENCH_STEP);
	/* A Start that did not arrive as it was sent; what comes back of it proves nothing. */
	assert_int_equal(tally.unknown, 0);
	if (way == SIM_NOISE_TO_BOARD && UART_BENCH_STEP == 1)
		assert_true(tally.refused > 0 && tally.not_triggered > 0);
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

static void test_wrong_parity(void **state)
{
	(void)state;
	spoil(SIM_NOISE_PARITY, SIM_NOISE_TO_BOARD);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lost),
		cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_doubled),
		cmocka_unit_test(test_wrong_parity),
	};
	return cmocka_run_group_tests_name("every byte of a commit (U-Boot)", tests, NULL, NULL);
}
