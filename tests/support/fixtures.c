#include "tests/support/fixtures.h"

#include "src/word_status.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

void fixture_plain(struct image *out)
{
	*out = (struct image){.version = 2, .word_count = 96};
	out->value[0] = 0x17;
	out->value[13] = 0x00410032;
	out->value[14] = 0x33385116;
	out->value[15] = 0x34383330;
	out->value[16] = 0x10000000; /* package AC: no other family has it there */
	for (unsigned word = 13; word <= 15; word++)
		out->status[word] = WORD_STATUS_PERMANENT;
}

void fixture_closable(struct image *out)
{
	fixture_plain(out);
	for (unsigned word = 24; word <= 31; word++) {
		out->value[word] = 0xA5000000u + word;
		out->status[word] = WORD_STATUS_PERMANENT;
	}
}

struct chip *fixture_chip(void)
{
	struct chip *chip = NULL;
	struct errbuf err = {0};
	if (chip_load(&chip, "stm32mp15", &err) != OK)
		fail_msg("%s", err.text);
	return chip;
}

struct plan *fixture_plan(
	const struct edits *edits, const struct image *image, const struct chip *chip)
{
	struct plan_context context = {.chip = chip,
		.peer = PEER_UBOOT,
		.source_class = SOURCE_SIMULATED,
		.board = "00410032-33385116-34383330"};
	struct plan *plan = NULL;
	struct errbuf err = {0};
	if (plan_make(&plan, edits, image, &context, &err) != OK)
		fail_msg("%s", err.text);
	return plan;
}

bool fixture_has_remark(const struct plan *plan, const char *rule, int word)
{
	for (size_t i = 0; i < plan->remarks.count; i++)
		if (strcmp(plan->remarks.items[i].rule, rule) == 0 &&
			plan->remarks.items[i].word == word)
			return true;
	return false;
}
