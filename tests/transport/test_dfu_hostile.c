/* A board that lies in its answers: each call ends, and what was not confirmed is not burnt. */
#include "transport/dfu.h"

#include "tests/support/liar.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#define EVER          1000000u
#define POSITIONS     8u
#define MAX_TRANSFERS 200u    /* of one call, whatever it is told */
#define MAX_PAUSED_MS 300000u /* of one call: 50 rounds of at most 5 s, and what comes around */
#define BAD_STATE     11u

static void begin(struct liar *liar, const struct lie *lie)
{
	liar->lie = *lie;
	liar->told = 0;
	liar->transfers = 0;
	liar->paused_ms = 0;
}

static void end(struct liar *liar, enum status status)
{
	liar->lie.count = 0;
	assert_true(liar->transfers <= MAX_TRANSFERS);
	assert_true(liar->paused_ms <= MAX_PAUSED_MS);
	if (status != OK)
		assert_string_not_equal(liar->rig.err.text, "");
}

/* --- what can be called without burning */

static enum status do_read(struct liar *liar)
{
	uint8_t partition[PARTITION];
	size_t length = 0;
	enum status status = dfu_rig_read(&liar->rig, partition, &length);
	if (status == OK)
		assert_int_equal(length, PARTITION);
	return status;
}

static enum status do_stage(struct liar *liar)
{
	return dfu_rig_stage(&liar->rig, OURS);
}

static enum status do_unstage(struct liar *liar)
{
	return dfu_rig_unstage(&liar->rig);
}

static enum status do_stage_and_unstage(struct liar *liar)
{
	unsigned from = liar->lie.from;
	liar->lie.from += EVER;
	dfu_rig_assert_ok(&liar->rig, do_stage(liar));
	liar->transfers = 0;
	liar->lie.from = from;
	return do_unstage(liar);
}

static enum status do_complain(struct liar *liar)
{
	char text[64];
	errbuf_clear(&liar->rig.err);
	return dfu_complaint(&liar->rig.dfu, text, sizeof text, &liar->rig.err);
}

static enum status (*const calls[])(struct liar *) = {
	do_read, do_stage, do_unstage, do_stage_and_unstage, do_complain};

#define CALLS (sizeof calls / sizeof calls[0])

/* A fresh board, this call of it with this lie. False where the lie was never told. */
static bool lie_in(enum sim_service service, size_t call, const struct lie *lie)
{
	struct liar liar;
	liar_make(&liar, service);
	dfu_rig_assert_ok(&liar.rig, liar_attach(&liar));
	begin(&liar, lie);
	enum status status = calls[call](&liar);
	bool was_told = liar.told > 0;
	end(&liar, status);
	assert_int_equal(dfu_rig_pulses(&liar.rig), 0);
	assert_int_equal(liar.rig.triggers, 0);
	/* It is honest again, and nothing of ours is left in it. */
	dfu_rig_assert_ok(&liar.rig, do_unstage(&liar));
	dfu_rig_assert_reads(&liar.rig, 0, 0);
	assert_int_equal(dfu_rig_pulses(&liar.rig), 0);
	dfu_rig_free(&liar.rig);
	return was_told;
}

/* At each place where such an answer is waited for: once, and from then on. */
static unsigned lie_everywhere(enum sim_service service, struct lie lie)
{
	unsigned told = 0;
	for (size_t call = 0; call < CALLS; call++)
		for (unsigned from = 1; from <= POSITIONS; from++) {
			lie.from = from;
			lie.count = 1;
			if (!lie_in(service, call, &lie))
				break;
			told++;
			lie.count = EVER;
			(void)lie_in(service, call, &lie);
		}
	return told;
}

static const enum sim_service services[] = {SIM_SERVICE_UBOOT, SIM_SERVICE_PRGFW};

#define SERVICES (sizeof services / sizeof services[0])

static void test_states(void **state)
{
	unsigned told = 0;
	(void)state;
	for (size_t i = 0; i < SERVICES; i++)
		for (unsigned lied = 0; lied <= BAD_STATE + 1; lied++) {
			uint8_t number = lied > BAD_STATE ? 0xFF : (uint8_t)lied;
			struct lie lie = {.request = GETSTATE, .answer = {number}, .length = 1};
			told += lie_everywhere(services[i], lie);
		}
	assert_true(told > 2 * (BAD_STATE + 1) * 4);
}

static void test_statuses(void **state)
{
	static const uint32_t polls[] = {0, 5001, 0xFFFFFF};
	static const uint8_t numbers[] = {0, 1, 0x0F, 0x10, 0xFF};
	unsigned told = 0;
	(void)state;
	for (unsigned lied = 0; lied <= BAD_STATE; lied++)
		for (size_t i = 0; i < 3 * sizeof numbers; i++) {
			uint32_t poll = polls[i % 3];
			struct lie lie = {.request = GETSTATUS,
				.answer = {numbers[i / 3], (uint8_t)poll, (uint8_t)(poll >> 8),
					(uint8_t)(poll >> 16), (uint8_t)lied, 0},
				.length = 6};
			told += lie_everywhere(SIM_SERVICE_UBOOT, lie);
		}
	assert_true(told > 500);
}

static void test_lengths_of_answers(void **state)
{
	unsigned told = 0;
	(void)state;
	for (size_t i = 0; i < SERVICES; i++)
		for (uint16_t length = 0; length <= 8; length++) {
			struct lie lie = {.request = GETSTATUS, .length = length};
			if (length != 6)
				told += lie_everywhere(services[i], lie);
			lie.request = GETSTATE;
			if (length != 1)
				told += lie_everywhere(services[i], lie);
		}
	assert_true(told > 100);
}

static void test_uploads(void **state)
{
	static const uint16_t lengths[] = {0, 1, 8, 775, 777, 1024, 1025, 4095, 4096, 4097, 0xFFFF};
	unsigned told = 0;
	(void)state;
	for (size_t i = 0; i < SERVICES; i++)
		for (size_t j = 0; j < sizeof lengths / sizeof lengths[0]; j++) {
			struct lie lie = {
				.request = UPLOAD, .answer = {0xA5}, .length = lengths[j]};
			struct liar liar;
			told += lie_everywhere(services[i], lie);
			/* Never taken for the fuses. */
			liar_make(&liar, services[i]);
			dfu_rig_assert_ok(&liar.rig, liar_attach(&liar));
			lie.from = 1;
			lie.count = EVER;
			begin(&liar, &lie);
			assert_int_equal(do_read(&liar), ERR_LINK);
			dfu_rig_free(&liar.rig);
		}
	assert_true(told > 50);
}

/* --- the burn */

static void burn_with(enum sim_service service, const struct lie *lie, unsigned *told)
{
	struct liar liar;
	liar_make(&liar, service);
	dfu_rig_assert_ok(&liar.rig, liar_attach(&liar));
	dfu_rig_assert_ok(&liar.rig, do_stage(&liar));
	begin(&liar, lie);
	enum status status = dfu_rig_burn(&liar.rig);
	*told += liar.told;
	end(&liar, status);
	/* The honest board behind it burns at the first question: which it saw. */
	assert_true(status == OK || status == ERR_UNCERTAIN);
	assert_int_equal(dfu_rig_pulses(&liar.rig), 1);
	/* Never a second time. */
	assert_int_equal(dfu_rig_burn(&liar.rig), ERR_REFUSED);
	dfu_rig_assert_ok(&liar.rig, do_unstage(&liar));
	dfu_rig_assert_reads(&liar.rig, VALUE, 0);
	assert_int_equal(dfu_rig_pulses(&liar.rig), 1);
	dfu_rig_free(&liar.rig);
}

static void test_burns(void **state)
{
	unsigned told = 0;
	(void)state;
	for (size_t i = 0; i < SERVICES; i++)
		for (unsigned from = 1; from <= 3; from++)
			for (unsigned lied = 0; lied <= BAD_STATE; lied++)
				for (uint16_t length = 0; length <= 6; length++) {
					struct lie lie = {.request = GETSTATUS,
						.from = from,
						.count = length % 2 ? 1 : EVER,
						.answer = {lied % 3 == 0, 0xFF, 0xFF, 0xFF,
							(uint8_t)lied, 0},
						.length = length};
					burn_with(services[i], &lie, &told);
				}
	assert_true(told > 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_states),
		cmocka_unit_test(test_statuses),
		cmocka_unit_test(test_lengths_of_answers),
		cmocka_unit_test(test_uploads),
		cmocka_unit_test(test_burns),
	};
	return cmocka_run_group_tests_name("boards that lie", tests, NULL, NULL);
}
