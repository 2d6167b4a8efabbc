/* What has to be typed, and that nothing else will do. */
#include "tests/support/fixtures.h"

#include "src/confirm.h"
#include "src/word_status.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#define BOARD "00410032-33385116-34383330"

static struct chip *chip;
static struct image closable;
static struct arming armed;

static int load(void **state)
{
	(void)state;
	chip = fixture_chip();
	fixture_closable(&closable);
	struct errbuf err = {0};
	assert_int_equal(arming_arm(&armed, BOARD, &err), OK);
	return 0;
}

static int unload(void **state)
{
	(void)state;
	chip_free(chip);
	return 0;
}

static struct plan *plan_of(unsigned word, struct edit edit)
{
	struct edits edits = {0};
	edits.word[word] = edit;
	return fixture_plan(&edits, &closable, chip);
}

static struct plan *customer_plan(void)
{
	return plan_of(70, (struct edit){.sets_value = true, .value = 1});
}

static struct plan *nand_plan(void)
{
	return plan_of(9, (struct edit){.sets_value = true, .value = 1});
}

static struct plan *close_plan(void)
{
	return plan_of(0, (struct edit){.sets_value = true, .closes = true, .value = 0x40});
}

static void phrases_fit_the_danger(void **state)
{
	(void)state;
	char phrase[CONFIRM_PHRASE_MAX];
	struct plan *plan = customer_plan();
	confirm_phrase(phrase, plan);
	assert_string_equal(phrase, "burn 70 on 3330");
	plan_free(plan);
	plan = nand_plan();
	confirm_phrase(phrase, plan);
	assert_string_equal(phrase, "burn 9 on 3330");
	plan_free(plan);
	plan = close_plan();
	confirm_phrase(phrase, plan);
	assert_string_equal(phrase, "for ever 34383330");
	plan_free(plan);
	struct edits edits = {0};
	const unsigned words[] = {60, 61, 62, 70, 95};
	for (size_t i = 0; i < 5; i++)
		edits.word[words[i]] = (struct edit){.sets_value = true, .value = 1};
	plan = fixture_plan(&edits, &closable, chip);
	confirm_phrase(phrase, plan);
	assert_string_equal(phrase, "burn 60-62,70,95 on 3330");
	plan_free(plan);
}

static void only_the_exact_phrase_confirms(void **state)
{
	(void)state;
	struct plan *plan = customer_plan();
	struct confirmation confirmation;
	const char *const wrong[] = {"", "y", "burn 70 on 333", "burn 70 on 3330 ",
		" burn 70 on 3330", "Burn 70 on 3330", "burn 71 on 3330", "burn 70 on 3331"};
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		struct errbuf err = {0};
		assert_int_equal(confirm_typed(&confirmation, plan, wrong[i], NULL, &armed, &err),
			ERR_REFUSED);
		assert_false(confirmation_holds(&confirmation, plan));
		assert_non_null(strstr(err.text, "nothing was burnt"));
	}
	struct errbuf err = {0};
	assert_int_equal(
		confirm_typed(&confirmation, plan, "burn 70 on 3330", NULL, &armed, &err), OK);
	assert_true(confirmation_holds(&confirmation, plan));
	struct plan *other = nand_plan();
	assert_false(confirmation_holds(&confirmation, other));
	plan_free(other);
	plan_free(plan);
}

static void dangerous_plans_want_every_warning_acknowledged(void **state)
{
	(void)state;
	struct plan *plan = nand_plan();
	assert_int_equal(plan->danger, CLASS_DANGEROUS);
	struct confirmation confirmation;
	struct errbuf err = {0};
	bool acknowledged[64] = {false};
	assert_true(plan->remarks.count < 64);
	assert_int_equal(
		confirm_typed(&confirmation, plan, "burn 9 on 3330", acknowledged, &armed, &err),
		ERR_REFUSED);
	assert_non_null(strstr(err.text, "boot-config"));
	for (size_t i = 0; i < plan->remarks.count; i++)
		acknowledged[i] = plan->remarks.items[i].severity == SEVERITY_WARNING;
	errbuf_clear(&err);
	assert_int_equal(
		confirm_typed(&confirmation, plan, "burn 9 on 3330", acknowledged, &armed, &err),
		OK);
	plan_free(plan);
}

static void without_a_terminal_the_fingerprint_and_each_rule_are_quoted(void **state)
{
	(void)state;
	struct plan *plan = nand_plan();
	struct confirmation confirmation;
	struct errbuf err = {0};
	const char *const accepted[] = {"boot-config"};
	assert_int_equal(confirm_fingerprint(&confirmation, plan, "0123456789abcdef", accepted, 1,
				 &armed, &err),
		ERR_REFUSED);
	assert_non_null(strstr(err.text, plan->fingerprint));
	errbuf_clear(&err);
	assert_int_equal(
		confirm_fingerprint(&confirmation, plan, plan->fingerprint, NULL, 0, &armed, &err),
		ERR_REFUSED);
	assert_non_null(strstr(err.text, "--accept boot-config"));
	errbuf_clear(&err);
	assert_int_equal(confirm_fingerprint(
				 &confirmation, plan, plan->fingerprint, accepted, 1, &armed, &err),
		OK);
	assert_true(confirmation_holds(&confirmation, plan));
	plan_free(plan);
}

static void one_way_needs_a_terminal_always(void **state)
{
	(void)state;
	struct plan *plan = close_plan();
	struct confirmation confirmation;
	struct errbuf err = {0};
	const char *accepted[64];
	bool acknowledged[64] = {false};
	size_t count = plan->remarks.count;
	assert_true(count < 64);
	for (size_t i = 0; i < count; i++) {
		accepted[i] = plan->remarks.items[i].rule;
		acknowledged[i] = true;
	}
	assert_int_equal(confirm_fingerprint(&confirmation, plan, plan->fingerprint, accepted,
				 count, &armed, &err),
		ERR_REFUSED);
	assert_non_null(strstr(err.text, "terminal"));
	errbuf_clear(&err);
	assert_int_equal(
		confirm_typed(&confirmation, plan, "for ever 34383330", acknowledged, &armed, &err),
		OK);
	assert_true(confirmation_holds(&confirmation, plan));
	confirmation.typed = false;
	assert_false(confirmation_holds(&confirmation, plan));
	plan_free(plan);
}

static void unarmed_or_read_only_confirms_nothing(void **state)
{
	(void)state;
	struct plan *plan = customer_plan();
	struct confirmation confirmation;
	struct errbuf err = {0};
	struct arming arming = {0};
	assert_int_equal(confirm_typed(&confirmation, plan, "burn 70 on 3330", NULL, &arming, &err),
		ERR_REFUSED);
	arming.read_only = true;
	errbuf_clear(&err);
	assert_int_equal(arming_arm(&arming, BOARD, &err), ERR_REFUSED);
	assert_false(arming_allows(&arming, BOARD));
	arming.read_only = false;
	errbuf_clear(&err);
	assert_int_equal(arming_arm(&arming, "another-board", &err), OK);
	assert_false(arming_allows(&arming, BOARD));
	assert_int_equal(confirm_typed(&confirmation, plan, "burn 70 on 3330", NULL, &arming, &err),
		ERR_REFUSED);
	errbuf_clear(&err);
	assert_int_equal(arming_arm(&arming, "", &err), ERR_REFUSED);
	plan_free(plan);
}

static void refused_plans_are_confirmed_by_nothing(void **state)
{
	(void)state;
	struct plan *plan = plan_of(13, (struct edit){.sets_value = true, .value = 0x00410033});
	assert_true(plan->refused);
	struct confirmation confirmation;
	struct errbuf err = {0};
	char phrase[CONFIRM_PHRASE_MAX];
	confirm_phrase(phrase, plan);
	bool acknowledged[64];
	memset(acknowledged, 1, sizeof acknowledged);
	assert_int_equal(confirm_typed(&confirmation, plan, phrase, acknowledged, &armed, &err),
		ERR_REFUSED);
	errbuf_clear(&err);
	assert_int_equal(
		confirm_fingerprint(&confirmation, plan, plan->fingerprint, NULL, 0, &armed, &err),
		ERR_REFUSED);
	plan_free(plan);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(phrases_fit_the_danger),
		cmocka_unit_test(only_the_exact_phrase_confirms),
		cmocka_unit_test(dangerous_plans_want_every_warning_acknowledged),
		cmocka_unit_test(without_a_terminal_the_fingerprint_and_each_rule_are_quoted),
		cmocka_unit_test(one_way_needs_a_terminal_always),
		cmocka_unit_test(unarmed_or_read_only_confirms_nothing),
		cmocka_unit_test(refused_plans_are_confirmed_by_nothing),
	};
	return cmocka_run_group_tests(tests, load, unload);
}
