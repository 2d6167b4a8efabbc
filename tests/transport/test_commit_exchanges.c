/*
 * Commits over a serial line with another answer, none, text, an echo, noise without end, a reset
 * or the end of the port at every single exchange, before the board has got it or after: nothing
 * burns that was not asked for, and what the program says is what the fuses are.
 */
#include "tests/support/uart_bench.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

static const struct uart_kind kinds[] = {
	{SIM_MP15, SIM_SERVICE_UBOOT, 70, 0x00000A05, false},
	{SIM_MP15, SIM_SERVICE_PRGFW, 70, 0x00000A05, false},
	{SIM_MP15, SIM_SERVICE_UBOOT, 70, 0x00000A05, true},
	{SIM_MP15, SIM_SERVICE_PRGFW, 70, 0x00000A05, true},
};
#define KINDS (sizeof kinds / sizeof kinds[0])

/* Thirteen packets instead of four. */
static const struct uart_kind large[] = {
	{SIM_MP25, SIM_SERVICE_UBOOT, 300, 0x00000A05, false},
	{SIM_MP25, SIM_SERVICE_PRGFW, 300, 0x00000A05, true},
};

static void spoil_kind(
	const struct uart_kind *kind, enum uart_fault_kind fault, unsigned step, unsigned least)
{
	for (unsigned late = 0; late < 2; late++) {
		struct uart_tally tally;
		unsigned exchanges;
		uart_bench_spoil_exchanges(&tally, &exchanges, kind,
			(struct uart_fault){.kind = fault, .is_late = late != 0}, step);
		assert_true(exchanges > least);
		assert_true(tally.verified > 0);
	}
}

/* Four reads of four chunks of three, and a request of four packets. */
static void spoil(enum uart_fault_kind fault)
{
	for (size_t i = 0; i < KINDS; i++)
		spoil_kind(&kinds[i], fault, UART_BENCH_STEP, 48);
}

static void test_large(void **state)
{
	static const enum uart_fault_kind faults[] = {
		UART_NACK, UART_GARBAGE, UART_SILENCE, UART_RESET};
	(void)state;
	for (size_t i = 0; i < 2; i++)
		for (size_t k = 0; k < sizeof faults / sizeof faults[0]; k++)
			spoil_kind(&large[i], faults[k], 7 * UART_BENCH_STEP, 144);
}

#define FAULT(name, fault)                                                                         \
	static void name(void **state)                                                             \
	{                                                                                          \
		(void)state;                                                                       \
		spoil(fault);                                                                      \
	}

FAULT(test_nack, UART_NACK)
FAULT(test_abort, UART_ABORT)
FAULT(test_busy, UART_BUSY)
FAULT(test_garbage, UART_GARBAGE)
FAULT(test_silence, UART_SILENCE)
FAULT(test_echo, UART_ECHO)
FAULT(test_text, UART_TEXT)
FAULT(test_reset, UART_RESET)
FAULT(test_echoes, UART_ECHOES)
FAULT(test_babble, UART_BABBLE)
FAULT(test_gone, UART_GONE)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nack),
		cmocka_unit_test(test_abort),
		cmocka_unit_test(test_busy),
		cmocka_unit_test(test_garbage),
		cmocka_unit_test(test_silence),
		cmocka_unit_test(test_echo),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_reset),
		cmocka_unit_test(test_echoes),
		cmocka_unit_test(test_babble),
		cmocka_unit_test(test_gone),
		cmocka_unit_test(test_large),
	};
	return cmocka_run_group_tests_name("every exchange of a commit", tests, NULL, NULL);
}
