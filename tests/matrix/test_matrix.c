/*
 * The fault matrix: commits over every link, with every fault at every exchange, and silicon that
 * does not do as it says. OTPEDIT_MATRIX=full in the environment of this test runs all; else a part
 * that a seed chooses, which covers every kind of fault on every link. OTPEDIT_MATRIX=first ends
 * with the first violation.
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
#define STRIDE 18u
/* Two faults in one commit, at random. */
#define PAIRS        12u
#define PAIRS_FULL   600u
#define COMMIT       120u /* about how many exchanges a short one has */
#define LEAST_CASES  1500u
#define MOST_PRINTED 200u

struct tally {
	unsigned cases, violations, burnt;
};

static struct tally faults[FIRE_FAULTS][FIRE_LINKS], silicons[FIRE_SILICONS][FIRE_LINKS];
static struct tally twice[FIRE_LINKS], sums[FIRE_LINKS], total;
static unsigned checked[FIRE_INVARIANTS + 1], violated[FIRE_INVARIANTS + 1];

static uint32_t seed = 1;
static unsigned printed;

static uint32_t draw(uint32_t below)
{
	seed = seed * UINT32_C(1664525) + UINT32_C(1013904223);
	return (seed >> 8) % below;
}

static bool is_asked(const char *text)
{
	const char *wish = getenv("OTPEDIT_MATRIX");
	return wish && strcmp(wish, text) == 0;
}

static bool is_full(void)
{
	return is_asked("full");
}

static void tell(const struct fire_case *fire, const struct fire_outcome *outcome)
{
	char what[64] = "no fault", then[64] = "";
	if (fire->at != FIRE_NEVER)
		snprintf(what, sizeof what, "%s at %u", fire_fault_name(fire->fault), fire->at);
	if (fire->then_after > 0)
		snprintf(then, sizeof then, ", %s %u later", fire_fault_name(fire->then),
			fire->then_after);
	for (size_t i = 0; i < outcome->violation_count && printed < MOST_PRINTED; i++, printed++)
		print_error("%s, %s, %s%s (%s): %s\n", fire_link_name(fire->link),
			fire_silicon_name(fire->silicon), what, then, outcome->verdict,
			outcome->violations[i]);
}

static void add(struct tally *sum, const struct tally *some)
{
	sum->cases += some->cases;
	sum->burnt += some->burnt;
	sum->violations += some->violations;
}

static struct fire_outcome run_one(struct tally *tally, const struct fire_case *fire)
{
	struct fire_outcome outcome = {0};
	if (total.violations > 0 && is_asked("first"))
		return outcome;
	fire_run(&outcome, fire);
	tell(fire, &outcome);
	struct tally one = {.cases = 1, .burnt = outcome.was_triggered};
	for (unsigned i = 1; i <= FIRE_INVARIANTS; i++) {
		checked[i] += outcome.checked[i];
		violated[i] += outcome.violated[i];
		one.violations += outcome.violated[i];
	}
	add(tally, &one);
	add(&sums[fire->link], &one);
	add(&total, &one);
	return outcome;
}

/* A commit of three thousand bytes in chunks has three times as many exchanges. */
static unsigned stride_of(enum fire_link link)
{
	return is_full() ? 1 : link == FIRE_UART_PRGFW ? 2 * STRIDE : STRIDE;
}

/* The commit without a fault; of some faults it is counted in exchanges of their own. */
static struct fire_outcome run_whole(struct tally *tally, const struct fire_case *kind)
{
	struct fire_case fire = *kind;
	fire.at = FIRE_NEVER;
	return run_one(tally, &fire);
}

/* At every exchange, or at some, and at each burn and so many exchanges after it. */
static void run_fault(struct tally *tally, const struct fire_case *kind,
	const struct fire_outcome *whole, unsigned stride, unsigned after_burn)
{
	struct fire_case fire = *kind;
	for (fire.at = 1; fire.at <= whole->exchanges;
		fire.at += stride <= 1 ? 1 : 1 + draw(2 * stride - 1))
		(void)run_one(tally, &fire);
	for (size_t i = 0; stride > 1 && i < whole->burn_count; i++)
		for (fire.at = whole->burns[i]; fire.at <= whole->burns[i] + after_burn; fire.at++)
			(void)run_one(tally, &fire);
}

/* Every fault on sound silicon. */
static void run_faults(enum fire_link link)
{
	struct fire_case kind = {.link = link};
	const struct fire_outcome plain = run_whole(&faults[0][link], &kind);
	for (int fault = 0; fault < FIRE_FAULTS; fault++) {
		kind.fault = (enum fire_fault)fault;
		if (fire_why_not(link, kind.fault))
			continue;
		const struct fire_outcome whole =
			kind.fault == FIRE_REFUSED ? run_whole(&faults[fault][link], &kind) : plain;
		run_fault(&faults[fault][link], &kind, &whole, stride_of(link), 1);
	}
}

/* Silicon that does not do as it says: alone, and with the link failing, too. */
static void run_silicons(enum fire_link link)
{
	static const enum fire_fault with[] = {FIRE_UNANSWERED, FIRE_GONE_AFTER, FIRE_KILLED_AFTER};
	for (int silicon = FIRE_SOUND; silicon < FIRE_SILICONS; silicon++) {
		struct tally *tally = &silicons[silicon][link];
		struct fire_case kind = {.link = link, .silicon = (enum fire_silicon)silicon};
		const struct fire_outcome whole = run_whole(tally, &kind);
		for (size_t i = 0; i < sizeof with / sizeof with[0]; i++) {
			kind.fault = with[i];
			if (!fire_why_not(link, with[i]))
				run_fault(tally, &kind, &whole, is_full() ? 1 : 4 * stride_of(link),
					0);
		}
	}
}

static enum fire_fault draw_fault(enum fire_link link)
{
	for (;;) {
		enum fire_fault fault = (enum fire_fault)draw(FIRE_FAULTS);
		if (!fire_is_of_process(fault) && !fire_why_not(link, fault))
			return fault;
	}
}

/* A second fault soon after the first, or when what the first led to is nearly over. */
static void run_pairs(enum fire_link link)
{
	unsigned count = is_full() ? PAIRS_FULL : PAIRS;
	for (unsigned i = 0; i < count; i++) {
		const struct fire_case fire = {.link = link,
			.silicon = draw(2) ? FIRE_SOUND : (enum fire_silicon)draw(FIRE_SILICONS),
			.fault = draw_fault(link),
			.at = 1 + draw(COMMIT),
			.then = draw_fault(link),
			.then_after = 1 + draw(draw(2) ? 8 : COMMIT)};
		(void)run_one(&twice[link], &fire);
	}
}

static void run_link(void **state)
{
	enum fire_link link = *(const enum fire_link *)*state;
	run_faults(link);
	run_silicons(link);
	run_pairs(link);
	assert_int_equal(sums[link].violations, 0);
	assert_true(sums[link].burnt > 0 && sums[link].burnt < sums[link].cases);
}

/* --- the table */

static void print_cells(const char *name, const struct tally cells[FIRE_LINKS])
{
	char line[160];
	int used = snprintf(line, sizeof line, "%-18s", name);
	for (int link = 0; link < FIRE_LINKS; link++) {
		char cell[32] = "-";
		if (cells[link].cases > 0)
			snprintf(cell, sizeof cell, "%u/%u", cells[link].cases,
				cells[link].violations);
		used += snprintf(line + used, sizeof line - (size_t)used, " %12s", cell);
	}
	print_message("%s\n", line);
}

static void print_table(void)
{
	char line[160];
	int used = snprintf(line, sizeof line, "%-18s", "cases/violations");
	for (int link = 0; link < FIRE_LINKS; link++)
		used += snprintf(line + used, sizeof line - (size_t)used, " %12s",
			fire_link_name((enum fire_link)link));
	print_message("%s\n", line);
	for (int fault = 0; fault < FIRE_FAULTS; fault++)
		print_cells(fire_fault_name((enum fire_fault)fault), faults[fault]);
	for (int silicon = 0; silicon < FIRE_SILICONS; silicon++)
		print_cells(fire_silicon_name((enum fire_silicon)silicon), silicons[silicon]);
	print_cells("two faults", twice);
	print_cells("all", sums);
	for (int fault = 0; fault < FIRE_FAULTS; fault++)
		for (int link = 0; link < FIRE_LINKS; link++) {
			const char *why =
				fire_why_not((enum fire_link)link, (enum fire_fault)fault);
			if (why)
				print_message("no %s on %s: %s\n",
					fire_fault_name((enum fire_fault)fault),
					fire_link_name((enum fire_link)link), why);
		}
}

static void print_invariants(void)
{
	for (unsigned i = 1; i <= FIRE_INVARIANTS; i++) {
		const char *elsewhere, *text = fire_invariant(i, &elsewhere);
		char here[48] = "not here";
		if (checked[i] + violated[i] > 0)
			snprintf(here, sizeof here, "%u times, %u violations", checked[i],
				violated[i]);
		print_message(
			"%2u %s: %s%s%s\n", i, text, here, elsewhere[0] ? "; " : "", elsewhere);
	}
}

static void test_summary(void **state)
{
	(void)state;
	print_table();
	print_invariants();
	print_message("matrix: %u cases, %u burnt, %u violations\n", total.cases, total.burnt,
		total.violations);
	assert_int_equal(total.violations, 0);
	assert_true(total.cases >= LEAST_CASES);
	/* Each fault and each kind of silicon on each link, and each invariant somewhere. */
	for (int link = 0; link < FIRE_LINKS; link++) {
		for (int fault = 0; fault < FIRE_FAULTS; fault++)
			assert_int_equal(faults[fault][link].cases > 0,
				!fire_why_not((enum fire_link)link, (enum fire_fault)fault));
		for (int silicon = 0; silicon < FIRE_SILICONS; silicon++)
			assert_true(silicons[silicon][link].cases > 0);
	}
	for (unsigned i = 1; i <= FIRE_INVARIANTS; i++) {
		const char *elsewhere;
		(void)fire_invariant(i, &elsewhere);
		assert_true(checked[i] > 0 || elsewhere[0]);
	}
}

int main(void)
{
	static const enum fire_link all[FIRE_LINKS] = {
		FIRE_USB_UBOOT, FIRE_USB_PRGFW, FIRE_UART_UBOOT, FIRE_UART_PRGFW, FIRE_SIMULATED};
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
