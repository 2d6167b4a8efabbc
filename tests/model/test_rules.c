/* Silicon and safety rules, by hand from what is known of BSEC2 behind U-Boot. */
#include "tests/support/fixtures.h"

#include "src/word_status.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

static struct chip *chip;

static int load(void **state)
{
	(void)state;
	chip = fixture_chip();
	return 0;
}

static int unload(void **state)
{
	(void)state;
	chip_free(chip);
	return 0;
}

struct row {
	const char *what;
	unsigned word;
	uint32_t now, status;
	bool sets;
	uint32_t value, locks;
	const char *rule; /* the remark that must be there */
	bool refused;
};

#define P  WORD_STATUS_PERMANENT
#define SP WORD_STATUS_STICKY_PROGRAM
#define SW WORD_STATUS_STICKY_WRITE
#define SR WORD_STATUS_STICKY_READ

static const struct row rows[] = {
	{"a first write of a customer word", 70, 0, 0, true, 0x12345678, 0, "only-write", false},
	{"a second write that adds a bit", 70, 0xF0, 0, true, 0xF1, 0, "written-twice", true},
	{"a second write of another value", 70, 0xF0, 0, true, 0x1F1, 0, "written-twice", true},
	{"one burnt bit asked back to 0, upper", 70, 0xF0, 0, true, 0xE0, 0, "clears-bit", true},
	{"one burnt bit asked back to 0, lower", 9, 0x8, 0, true, 0x4, 0, "clears-bit", true},
	{"more bits in a lower word", 9, 0x8, 0, true, 0xC, 0, "boot-config", false},
	{"the same value again", 70, 0xF0, 0, true, 0xF0, 0, "already-so", true},
	{"the same value again in a locked word", 70, 0xF0, P, true, 0xF0, 0, "nothing-to-do",
		true},
	{"another value in a locked word", 70, 0, P, true, 0xF0, 0, "locked", true},
	{"a bit in a locked lower word", 9, 1, P, true, 3, 0, "locked", true},
	{"a value under the sticky programming lock", 70, 0, SP, true, 1, 0, "locked-until-reset",
		true},
	{"a lock under the sticky programming lock", 70, 1, SP, false, 0, P, "locked-until-reset",
		true},
	{"a value under the shadow write lock, which keeps no fuse", 70, 0, SW, true, 1, 0,
		"only-write", false},
	{"a value under the read lock", 70, 0, SR, true, 1, 0, "value-unknown", true},
	{"a lock under the read lock", 70, 1, SR, false, 0, P, "value-unknown", true},
	{"a value in a word in error", 70, 0, WORD_STATUS_READ_ERROR, true, 1, 0, "value-unknown",
		true},
	{"a value under a lock error", 70, 0, WORD_STATUS_LOCK_ERROR, true, 1, 0, "value-unknown",
		true},
	{"a lock of an empty word", 70, 0, 0, false, 0, P, "freezes-empty", false},
	{"a lock of a filled word", 70, 1, 0, false, 0, P, "lock-may-wait", false},
	{"a lock that is there already", 70, 1, P, false, 0, P, "already-so", true},
	{"a lock of a lower word", 9, 8, 0, false, 0, P, "freezes-bits", false},
	{"a sticky lock, which U-Boot ignores", 70, 1, 0, false, 0, SP, "sticky-ignored", true},
	{"a factory word", 20, 0, 0, true, 1, 0, "factory-word", false},
	{"a secret word", 40, 0, 0, true, 1, 0, "secret-word", false},
	{"a reserved word", 10, 0, 0, true, 1, 0, "reserved-word", false},
	{"a key hash word", 24, 0, 0, true, 1, 0, "key-hash", false},
	{"the anti-rollback counter", 4, 0, 0, true, 1, 0, "one-way", false},
	{"provisioning", 8, 0, 0, true, 0x100, 0, "one-way", false},
	{"a life-cycle word written and locked at once", 4, 0, 0, true, 1, P, "life-cycle-and-lock",
		true},
};

static void every_row(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const struct row *row = &rows[i];
		struct image image;
		fixture_plain(&image);
		image.value[row->word] = row->now;
		image.status[row->word] = row->status;
		struct edits edits = {0};
		edits.word[row->word] = (struct edit){
			.sets_value = row->sets, .value = row->value, .locks = row->locks};
		struct plan *plan = fixture_plan(&edits, &image, chip);
		bool there = fixture_has_remark(plan, row->rule, (int)row->word) ||
			     fixture_has_remark(plan, row->rule, -1);
		if (!there)
			print_error("%s: no remark '%s'\n", row->what, row->rule);
		if (plan->refused != row->refused)
			print_error("%s: refused is %d\n", row->what, plan->refused);
		assert_true(there);
		assert_int_equal(plan->refused, row->refused);
		plan_free(plan);
	}
}

static struct plan *closing_plan(const struct image *image, uint32_t lock_word_31)
{
	struct edits edits = {0};
	edits.word[0] = (struct edit){.sets_value = true, .closes = true, .value = 0x40};
	edits.word[31].locks = lock_word_31;
	return fixture_plan(&edits, image, chip);
}

static void closing_needs_the_whole_key_hash(void **state)
{
	(void)state;
	struct image image;
	fixture_closable(&image);
	struct plan *plan = closing_plan(&image, 0);
	assert_false(plan->refused);
	assert_true(fixture_has_remark(plan, "closing", -1));
	assert_false(fixture_has_remark(plan, "close-key-unlocked", -1));
	plan_free(plan);
	image.status[31] = 0;
	plan = closing_plan(&image, 0);
	assert_true(fixture_has_remark(plan, "close-key-unlocked", -1));
	plan_free(plan);
	plan = closing_plan(&image, P);
	assert_false(fixture_has_remark(plan, "close-key-unlocked", -1));
	plan_free(plan);
	image.value[31] = 0;
	plan = closing_plan(&image, 0);
	assert_true(plan->refused);
	assert_true(fixture_has_remark(plan, "close-without-key", -1));
	plan_free(plan);
}

static void closing_needs_a_part_with_secure_boot(void **state)
{
	(void)state;
	struct image image;
	fixture_closable(&image);
	image.value[1] = 0x01; /* STM32MP157A */
	struct plan *plan = closing_plan(&image, 0);
	assert_true(fixture_has_remark(plan, "close-no-secure-boot", -1));
	assert_true(plan->refused);
	plan_free(plan);
	image.value[1] = 0x80; /* STM32MP157F */
	plan = closing_plan(&image, 0);
	assert_false(plan->refused);
	plan_free(plan);
}

static void closing_by_a_plain_write_is_held_to_the_same(void **state)
{
	(void)state;
	struct image image;
	fixture_plain(&image);
	struct edits edits = {0};
	edits.word[0] = (struct edit){.sets_value = true, .value = 0x57};
	struct plan *plan = fixture_plan(&edits, &image, chip);
	assert_true(fixture_has_remark(plan, "close-without-key", -1));
	assert_int_equal(plan->danger, CLASS_ONE_WAY);
	plan_free(plan);
}

/* The counter's entry in the map is longer than a remark: it ends with a sentence, not in one. */
static void a_warning_is_never_cut_in_mid_sentence(void **state)
{
	(void)state;
	static const unsigned words[] = {4, 8};
	struct image image;
	fixture_plain(&image);
	for (size_t w = 0; w < sizeof words / sizeof words[0]; w++) {
		struct edits edits = {0};
		edits.word[words[w]] = (struct edit){.sets_value = true, .value = 1};
		struct plan *plan = fixture_plan(&edits, &image, chip);
		assert_true(fixture_has_remark(plan, "one-way", (int)words[w]));
		for (size_t i = 0; i < plan->remarks.count; i++) {
			const struct remark *remark = &plan->remarks.items[i];
			size_t length = strlen(remark->text);
			if (strcmp(remark->rule, "one-way") == 0 && remark->text[length - 1] != '.')
				fail_msg("'%s'", remark->text);
		}
		plan_free(plan);
	}
}

static void only_close_touches_a_read_locked_word(void **state)
{
	(void)state;
	struct image image;
	fixture_closable(&image);
	image.status[0] = SR | SW;
	struct plan *plan = closing_plan(&image, 0);
	assert_false(plan->refused);
	assert_int_equal(plan->passes[0].changes[0].request_value, 0x40);
	assert_false(plan->passes[0].changes[0].after_known);
	plan_free(plan);
	struct edits edits = {0};
	edits.word[0] = (struct edit){.sets_value = true, .value = 0x57};
	plan = fixture_plan(&edits, &image, chip);
	assert_true(fixture_has_remark(plan, "value-unknown", 0));
	plan_free(plan);
}

static void a_closed_or_nameless_board_takes_nothing(void **state)
{
	(void)state;
	struct image image;
	struct errbuf err = {0};
	struct edits edits = {0};
	fixture_plain(&image);
	edits.word[70] = (struct edit){.sets_value = true, .value = 1};
	struct plan_context context = {
		.chip = chip, .peer = PEER_UBOOT, .source_class = SOURCE_REAL, .board = ""};
	struct plan *plan;
	assert_int_equal(plan_make(&plan, &edits, &image, &context, &err), OK);
	assert_true(fixture_has_remark(plan, "no-identity", -1));
	plan_free(plan);
	context.board = "x";
	context.view_only = true;
	assert_int_equal(plan_make(&plan, &edits, &image, &context, &err), OK);
	assert_true(fixture_has_remark(plan, "view-only", -1));
	plan_free(plan);
	context.view_only = false;
	context.peer = PEER_UNKNOWN;
	assert_int_equal(plan_make(&plan, &edits, &image, &context, &err), OK);
	assert_true(fixture_has_remark(plan, "unknown-service", -1));
	plan_free(plan);
	context.peer = PEER_UBOOT;
	bool untouchable[IMAGE_MAX_WORDS] = {[70] = true};
	context.untouchable = untouchable;
	assert_int_equal(plan_make(&plan, &edits, &image, &context, &err), OK);
	assert_true(fixture_has_remark(plan, "outcome-unknown", 70));
	assert_true(plan->refused);
	plan_free(plan);
	context.untouchable = NULL;
	for (uint32_t global = 1; global <= 3; global++) {
		image.state = global;
		assert_int_equal(plan_make(&plan, &edits, &image, &context, &err), OK);
		assert_true(fixture_has_remark(plan, "closed", -1));
		plan_free(plan);
	}
}

static void life_cycle_words_share_no_request(void **state)
{
	(void)state;
	struct image image;
	fixture_closable(&image);
	image.value[4] = 1;
	struct edits edits = {0};
	edits.word[0] = (struct edit){.sets_value = true, .closes = true, .value = 0x40};
	struct plan *plan = fixture_plan(&edits, &image, chip);
	assert_false(plan->refused);
	plan_free(plan);
	edits.word[4].locks = P;
	plan = fixture_plan(&edits, &image, chip);
	assert_true(fixture_has_remark(plan, "life-cycle-and-lock", 4));
	assert_true(plan->refused);
	plan_free(plan);
	edits.word[0] = (struct edit){0};
	plan = fixture_plan(&edits, &image, chip);
	assert_false(plan->refused);
	plan_free(plan);
}

static void remarks_stand_worst_first(void **state)
{
	(void)state;
	struct image image;
	fixture_plain(&image);
	struct edits edits = {0};
	edits.word[70] = (struct edit){.sets_value = true, .value = 1};
	edits.word[71].locks = P;
	edits.word[72].locks = SP;
	struct plan *plan = fixture_plan(&edits, &image, chip);
	assert_true(plan->remarks.count >= 3);
	for (size_t i = 1; i < plan->remarks.count; i++)
		assert_true(plan->remarks.items[i - 1].severity >= plan->remarks.items[i].severity);
	plan_free(plan);
}

static void every_rule_describes_itself(void **state)
{
	(void)state;
	size_t count = 0;
	for (; rules_describe(count).name; count++) {
		assert_true(strlen(rules_describe(count).about) > 5);
		for (size_t other = 0; other < count; other++)
			assert_string_not_equal(
				rules_describe(other).name, rules_describe(count).name);
	}
	assert_true(count > 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_row),
		cmocka_unit_test(closing_needs_the_whole_key_hash),
		cmocka_unit_test(closing_needs_a_part_with_secure_boot),
		cmocka_unit_test(closing_by_a_plain_write_is_held_to_the_same),
		cmocka_unit_test(a_warning_is_never_cut_in_mid_sentence),
		cmocka_unit_test(only_close_touches_a_read_locked_word),
		cmocka_unit_test(a_closed_or_nameless_board_takes_nothing),
		cmocka_unit_test(life_cycle_words_share_no_request),
		cmocka_unit_test(remarks_stand_worst_first),
		cmocka_unit_test(every_rule_describes_itself),
	};
	return cmocka_run_group_tests(tests, load, unload);
}
