/*
 * The fault matrix: commits over every link, with every fault at every exchange, and silicon that
 * does not do as it says. OTPEDIT_MATRIX=full in the environment of this test runs all; else a part
 * that a seed chooses, which covers every kind of fault on every link.
 */
#include "tests/matrix/fire.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Of the bounded run: each fault at the first exchange, and then at about each n-th. */
#define STRIDE       12u
#define LEAST_CASES  1000u
#define MOST_PRINTED 200u

struct tally {
	unsigned cases, violations, burnt;
};

static uint32_t seed = 1;
static unsigned printed;

static uint32_t draw(uint32_t below)
{
	seed = seed * UINT32_C(1664525) + UINT32_C(1013904223);
	return (seed >> 8) % below;
}

static bool is_full(void)
{
	const char *wish = getenv("OTPEDIT_MATRIX");
	return wish && strcmp(wish, "full") == 0;
}

static void tell(const struct fire_case *fire, const struct fire_outcome *outcome)
{
	for (size_t i = 0; i < outcome->violation_count && printed < MOST_PRINTED; i++, printed++)
		print_error("%s, %s, %s at %u (%s): %s\n", fire_link_name(fire->link),
			fire_silicon_name(fire->silicon), fire_fault_name(fire->fault), fire->at,
			outcome->verdict, outcome->violations[i]);
}

/* False once the commit is over before that exchange. */
static bool run_one(struct tally *tally, const struct fire_case *fire)
{
	struct fire_outcome outcome;
	fire_run(&outcome, fire);
	tell(fire, &outcome);
	tally->cases++;
	tally->burnt += outcome.was_triggered;
	tally->violations += (unsigned)outcome.violation_count;
	return outcome.did_apply;
}

static void run_fault(struct tally *tally, enum fire_link link, enum fire_silicon silicon,
	enum fire_fault fault, unsigned stride)
{
	struct fire_case fire = {.link = link, .silicon = silicon, .fault = fault, .at = 1};
	while (run_one(tally, &fire))
		fire.at += stride <= 1 ? 1 : 1 + draw(2 * stride - 1);
}

static void print_row(const char *name, const struct tally *tally)
{
	print_message("%-18s %6u cases %6u burnt %4u violations\n", name, tally->cases,
		tally->burnt, tally->violations);
}

static void add(struct tally *sum, const struct tally *some)
{
	sum->cases += some->cases;
	sum->burnt += some->burnt;
	sum->violations += some->violations;
}

/* Every fault on sound silicon. */
static void run_faults(struct tally *sum, enum fire_link link)
{
	unsigned stride = is_full() ? 1 : STRIDE;
	for (int fault = 0; fault < FIRE_FAULTS; fault++) {
		struct tally tally = {0};
		char name[64];
		if (!fire_applies(link, (enum fire_fault)fault))
			continue;
		run_fault(&tally, link, FIRE_SOUND, (enum fire_fault)fault, stride);
		snprintf(name, sizeof name, "  %s", fire_fault_name((enum fire_fault)fault));
		print_row(name, &tally);
		add(sum, &tally);
	}
}

/* Silicon that does not do as it says: alone, and with the link failing, too. */
static void run_silicons(struct tally *sum, enum fire_link link)
{
	static const enum fire_fault with[] = {FIRE_UNANSWERED, FIRE_GONE_AFTER, FIRE_KILLED_AFTER};
	for (int silicon = FIRE_SOUND; silicon < FIRE_SILICONS; silicon++) {
		struct tally tally = {0};
		char name[64];
		const struct fire_case alone = {
			.link = link, .silicon = (enum fire_silicon)silicon};
		(void)run_one(&tally, &alone);
		for (size_t i = 0; i < sizeof with / sizeof with[0]; i++)
			if (fire_applies(link, with[i]))
				run_fault(&tally, link, (enum fire_silicon)silicon, with[i],
					is_full() ? 1 : 3 * STRIDE);
		snprintf(name, sizeof name, "  %s", fire_silicon_name((enum fire_silicon)silicon));
		print_row(name, &tally);
		add(sum, &tally);
	}
}

static struct tally total;

static void run_link(void **state)
{
	enum fire_link link = *(const enum fire_link *)*state;
	struct tally sum = {0};
	print_message("%s\n", fire_link_name(link));
	run_faults(&sum, link);
	run_silicons(&sum, link);
	print_row(fire_link_name(link), &sum);
	add(&total, &sum);
	assert_int_equal(sum.violations, 0);
	assert_true(sum.burnt > 0 && sum.burnt < sum.cases);
}

static void test_summary(void **state)
{
	(void)state;
	print_row("all links", &total);
	assert_int_equal(total.violations, 0);
#ifndef __SANITIZE_ADDRESS__
	assert_true(total.cases >= LEAST_CASES);
#endif
}

int main(void)
{
	static const enum fire_link all[FIRE_LINKS] = {
		FIRE_USB_UBOOT, FIRE_USB_PRGFW, FIRE_UART_UBOOT, FIRE_UART_PRGFW};
	struct CMUnitTest tests[FIRE_LINKS + 1] = {{0}};
	for (unsigned i = 0; i < FIRE_LINKS; i++) {
		tests[i].name = fire_link_name(all[i]);
		tests[i].test_func = run_link;
		tests[i].initial_state = (void *)(uintptr_t)&all[i];
	}
	tests[FIRE_LINKS].name = "summary";
	tests[FIRE_LINKS].test_func = test_summary;
	return cmocka_run_group_tests_name("matrix", tests, NULL, NULL);
}
