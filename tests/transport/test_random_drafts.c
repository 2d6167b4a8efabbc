/*
 * Two witnesses that share no code: what a plan predicts is held against what simulated fuses do,
 * on random boards and random drafts, for every family behind every service it has.
 */
#include "tests/support/sim_partition.h"

#include "src/chip.h"
#include "src/partition.h"
#include "src/plan.h"
#include "src/word_status.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

/* Numbers of the silicon as this test knows them, so that drafts touch every kind of word. */
struct numbers {
	unsigned lower; /* bitwise words */
	unsigned key;   /* the first of the eight words of the key hash */
	unsigned life_cycle;
	uint32_t modes[3]; /* whole ones and half ones */
	struct {
		unsigned word;
		uint32_t bits;
	} set[3]; /* what closes it: U-Boot's stm32key */
};

static const struct numbers mp13 = {32, 24, 0, {0x3F, 0x1F, 0x17F}, {{0, 0x3F}}};
static const struct numbers mp15 = {32, 24, 0, {0x40, 0x57, 0x3F}, {{0, 0x40}}};
static const struct numbers mp21 = {
	128, 152, 18, {0xFF, 0xF, 0x1}, {{8, 0xFF}, {18, 0xFF}, {124, 0x100000}}};
static const struct numbers mp25 = {
	128, 144, 18, {0xFF, 0xF, 0x1}, {{8, 0xFF}, {18, 0xFF}, {124, 0x100000}}};

struct setting {
	const char *chip;
	enum sim_family family;
	enum sim_service service;
	enum peer peer;
	unsigned words; /* all that the service shows */
	const struct numbers *numbers;
};

static const struct setting settings[] = {
	{"stm32mp13", SIM_MP13, SIM_SERVICE_UBOOT, PEER_UBOOT, 96, &mp13},
	{"stm32mp13", SIM_MP13, SIM_SERVICE_PRGFW, PEER_PRGFW, 96, &mp13},
	{"stm32mp15", SIM_MP15, SIM_SERVICE_UBOOT, PEER_UBOOT, 96, &mp15},
	{"stm32mp15", SIM_MP15, SIM_SERVICE_PRGFW, PEER_PRGFW, 96, &mp15},
	{"stm32mp21", SIM_MP21, SIM_SERVICE_UBOOT, PEER_UBOOT, 368, &mp21},
	{"stm32mp23", SIM_MP23, SIM_SERVICE_UBOOT, PEER_UBOOT, 368, &mp25},
	{"stm32mp23", SIM_MP23, SIM_SERVICE_PRGFW, PEER_PRGFW, 384, &mp25},
	{"stm32mp25", SIM_MP25, SIM_SERVICE_UBOOT, PEER_UBOOT, 368, &mp25},
	{"stm32mp25", SIM_MP25, SIM_SERVICE_PRGFW, PEER_PRGFW, 384, &mp25},
};

/* A small generator of our own, so that a seed means the same everywhere. */
static uint32_t seed;

static uint32_t next_random(void)
{
	seed = seed * 1664525u + 1013904223u;
	return seed >> 8;
}

static uint32_t random_word(void)
{
	return next_random() << 12 ^ next_random();
}

static bool one_in(unsigned n)
{
	return next_random() % n == 0;
}

/* --- boards */

static const uint32_t odd_statuses[] = {0x40000000, 0x40000000, 0x08000000, 0x10000000, 0x20000000,
	0x30000000, 0x58000000, 0x78000000, 0x04000000, 0x00000001};

static bool says_who_it_is(const struct setting *setting, unsigned word)
{
	bool mp2 = setting->words > 96;
	return word == setting->numbers->life_cycle ||
	       (mp2 ? word == 9 || word == 122 || (word >= 5 && word <= 7)
		    : word <= 1 || word == 16 || (word >= 13 && word <= 15));
}

/* A whole key hash, locked now and then, and every closing word as it is on an open board. */
static void make_closable(struct sim_partition *p, const struct setting *setting)
{
	for (unsigned word = setting->numbers->key; word < setting->numbers->key + 8; word++)
		sim_partition_put(p, word, random_word() | 1, one_in(16) ? 0 : 0x40000000);
	for (size_t i = 0; i < 3 && setting->numbers->set[i].bits != 0; i++)
		sim_partition_put(
			p, setting->numbers->set[i].word, setting->words == 96 ? 0x17 : 0, 0);
}

/* The built-in board with a few dozen words that hold something, or are locked, or are broken. */
static struct sim_board *random_board(const struct setting *setting, bool closable)
{
	struct sim_board *demo = NULL, *board = NULL;
	struct errbuf err = {{0}};
	assert_int_equal(sim_board_demo(&demo, setting->family, &err), OK);
	bool mp2 = setting->words > 96;
	struct sim_partition p = sim_partition_read(demo);
	size_t size = sim_board_partition_size(demo);
	unsigned count = mp2 ? 368 : 96;
	for (unsigned i = 0; i < count / 3; i++) {
		unsigned word = next_random() % count;
		if (says_who_it_is(setting, word))
			continue;
		uint32_t status = one_in(3) ? odd_statuses[next_random() % 10] : 0;
		/* This service never shows the sticky programming lock, so nobody can predict it.
		 */
		if (mp2 && setting->service == SIM_SERVICE_PRGFW)
			status &= ~0x08000000u;
		bool empty =
			status == 0x00000001 || one_in(4) || (mp2 && (status & 0x20000000) != 0);
		sim_partition_put(&p, word, empty ? 0 : random_word(), status);
	}
	if (closable)
		make_closable(&p, setting);
	assert_int_equal(sim_board_of_family(&board, setting->family, p.bytes, size, &err), OK);
	assert_true(sim_board_set_service(board, setting->service));
	sim_board_hide_upper(board, one_in(8));
	sim_board_free(demo);
	return board;
}

/* --- drafts */

static uint32_t random_locks(void)
{
	static const uint32_t locks[] = {0, 0, 0, 0, 0x40000000, 0x40000000, 0x40000000, 0x08000000,
		0x10000000, 0x20000000, 0x68000000, 0x50000000};
	return locks[next_random() % 12];
}

static void random_edits(
	struct edits *edits, const struct setting *setting, const struct image *image)
{
	*edits = (struct edits){0};
	for (unsigned i = 1 + next_random() % 6 / 3; i > 0; i--) {
		unsigned word =
			one_in(24) ? setting->numbers->life_cycle : next_random() % setting->words;
		struct edit *edit = &edits->word[word];
		uint32_t value = one_in(4) ? image->value[word] : random_word();
		/* Bits are only added, which a word that is written once must not take either. */
		if (!one_in(word < setting->numbers->lower ? 8 : 2))
			value |= image->value[word];
		if (word == setting->numbers->life_cycle)
			value = setting->numbers->modes[next_random() % 3] | image->value[word];
		edit->sets_value = !one_in(3);
		edit->value = edit->sets_value ? value : 0;
		edit->locks = random_locks();
		if (setting->peer == PEER_UBOOT && !one_in(16))
			edit->locks &= 0x40000000; /* it takes no others */
		edit->closes =
			edit->sets_value && word == setting->numbers->life_cycle && one_in(2);
	}
}

/* What "close" asks for. */
static void closing_edits(struct edits *edits, const struct setting *setting)
{
	*edits = (struct edits){0};
	for (size_t i = 0; i < 3 && setting->numbers->set[i].bits != 0; i++)
		edits->word[setting->numbers->set[i].word] = (struct edit){
			.sets_value = true, .closes = true, .value = setting->numbers->set[i].bits};
}

/* --- the comparison */

/* What stands in the fuses, past every lock and copy. */
struct truth {
	uint32_t fuses[IMAGE_MAX_WORDS];
	bool locked[IMAGE_MAX_WORDS], spoilt[IMAGE_MAX_WORDS];
};

static void look(struct truth *out, const struct sim_board *board)
{
	for (unsigned word = 0; word < sim_board_word_count(board); word++) {
		out->fuses[word] = sim_board_fuses(board, word);
		out->locked[word] = sim_board_is_locked(board, word);
		out->spoilt[word] = sim_board_is_spoilt(board, word);
	}
}

static bool read_image(struct image *out, struct sim_board *board)
{
	struct sim_partition p;
	struct errbuf err = {{0}};
	if (!sim_board_otp_read(board, p.bytes))
		return false;
	if (partition_parse(out, p.bytes, sim_board_partition_size(board), &err) != OK)
		fail_msg("%s", err.text);
	return true;
}

#define CHECK(condition, word)                                                                     \
	do {                                                                                       \
		if (!(condition))                                                                  \
			fail_msg("%s, service %d, seed %u, pass %zu, word %u: " #condition,        \
				setting->chip, (int)setting->service, started, number,             \
				(unsigned)(word));                                                 \
	} while (0)

/* What a pass asked for is in the fuses, and nothing else is. */
static void check_fuses(const struct setting *setting, uint32_t started, size_t number,
	const struct plan_pass *pass, const struct truth *before, const struct sim_board *board)
{
	struct truth now;
	size_t next = 0;
	look(&now, board);
	for (unsigned word = 0; word < sim_board_word_count(board); word++) {
		bool asked = next < pass->change_count && pass->changes[next].word == word;
		const struct plan_change *change = asked ? &pass->changes[next++] : NULL;
		bool locks = asked && (change->request_status & WORD_STATUS_PERMANENT);
		uint32_t adds = asked ? change->request_value : 0;
		CHECK(now.fuses[word] == (before->fuses[word] | adds), word);
		CHECK(now.locked[word] == (before->locked[word] || locks), word);
		CHECK(now.spoilt[word] == before->spoilt[word], word);
		if (asked && change->after_known)
			CHECK(now.fuses[word] == change->after_value, word);
	}
}

static void check_image(const struct setting *setting, uint32_t started, size_t number,
	const struct image *predicted, const struct image *read)
{
	CHECK(read->version == predicted->version && read->word_count == predicted->word_count, 0);
	for (unsigned word = 0; word < read->word_count; word++) {
		CHECK(read->status[word] == predicted->status[word], word);
		if (image_value_is_known(predicted, word))
			CHECK(read->value[word] == predicted->value[word], word);
	}
}

static void carry_out(const struct setting *setting, uint32_t started, const struct plan *plan,
	struct sim_board *board)
{
	for (size_t number = 0; number < plan->pass_count; number++) {
		const struct plan_pass *pass = &plan->passes[number];
		struct truth before;
		struct image read;
		look(&before, board);
		CHECK(pass->request_length == sim_board_partition_size(board), 0);
		CHECK(sim_board_otp_write(board, pass->request, pass->request_length), 0);
		check_fuses(setting, started, number, pass, &before, board);
		CHECK(read_image(&read, board), 0);
		check_image(setting, started, number, &pass->predicted, &read);
	}
	/* Nothing that may be burnt ends a board. */
	size_t number = plan->pass_count;
	sim_board_reset(board);
	CHECK(!sim_board_is_dead(board), 0);
}

struct counts {
	unsigned burnt, refused, locks, closed;
};

static void one_draft(struct counts *counts, const struct setting *setting, const struct chip *chip)
{
	uint32_t started = seed;
	bool closing = one_in(16);
	struct sim_board *board = random_board(setting, closing);
	struct image image;
	struct edits edits;
	struct plan *plan = NULL;
	struct errbuf err = {{0}};
	const struct plan_context context = {.chip = chip,
		.peer = setting->peer,
		.source_class = SOURCE_SIMULATED,
		.board = "some board"};
	assert_true(read_image(&image, board));
	if (closing)
		closing_edits(&edits, setting);
	else
		random_edits(&edits, setting, &image);
	assert_int_equal(plan_make(&plan, &edits, &image, &context, &err), OK);
	if (plan->refused) {
		counts->refused++;
	} else if (plan->pass_count > 0) {
		carry_out(setting, started, plan, board);
		counts->burnt++;
		for (size_t i = 0; i < plan->pass_count; i++)
			counts->locks += plan->passes[i].kind == PASS_LOCKS;
		counts->closed += closing;
		if (closing)
			assert_true(sim_board_is_closed(board));
	}
	plan_free(plan);
	sim_board_free(board);
}

#define DRAFTS 2000

static void plans_predict_what_fuses_do(void **state)
{
	const struct setting *setting = *state;
	struct counts counts = {0};
	struct chip *chip = NULL;
	struct errbuf err = {{0}};
	if (chip_load(&chip, setting->chip, &err) != OK)
		fail_msg("%s", err.text);
	seed = 1;
	for (unsigned i = 0; i < DRAFTS; i++)
		one_draft(&counts, setting, chip);
	chip_free(chip);
	print_message("%s, service %d: %u burnt, %u refused, %u with locks, %u closed\n",
		setting->chip, (int)setting->service, counts.burnt, counts.refused, counts.locks,
		counts.closed);
	assert_true(counts.burnt >= DRAFTS / 20);
	assert_true(counts.refused >= DRAFTS / 10);
	assert_true(counts.locks >= DRAFTS / 40);
	assert_true(counts.closed >= DRAFTS / 40);
}

/* Every value that word 0 of an MP13 could be given: what is not refused leaves a board alive. */
static void no_plan_half_closes_an_mp13(void **state)
{
	(void)state;
	struct chip *chip = NULL;
	struct errbuf err = {{0}};
	unsigned closed = 0;
	assert_int_equal(chip_load(&chip, "stm32mp13", &err), OK);
	for (unsigned i = 0; i < 4 * 1024; i++) {
		const struct setting *setting = &settings[i & 1]; /* both services */
		seed = 1;
		struct sim_board *board = random_board(setting, true);
		struct image image;
		struct edits edits = {0};
		struct plan *plan = NULL;
		const struct plan_context context = {.chip = chip,
			.peer = setting->peer,
			.source_class = SOURCE_SIMULATED,
			.board = "some board"};
		assert_true(read_image(&image, board));
		edits.word[0] =
			(struct edit){.sets_value = true, .closes = (i & 2) != 0, .value = i >> 2};
		assert_int_equal(plan_make(&plan, &edits, &image, &context, &err), OK);
		if (!plan->refused) {
			carry_out(setting, i >> 2, plan, board);
			closed += sim_board_is_closed(board);
		}
		plan_free(plan);
		sim_board_free(board);
	}
	chip_free(chip);
	assert_true(closed > 0);
}

int main(void)
{
	struct CMUnitTest tests[sizeof settings / sizeof settings[0] + 1];
	struct setting rows[sizeof settings / sizeof settings[0]];
	size_t count = sizeof settings / sizeof settings[0];
	memcpy(rows, settings, sizeof rows);
	tests[count] = (struct CMUnitTest)cmocka_unit_test(no_plan_half_closes_an_mp13);
	for (size_t i = 0; i < count; i++)
		tests[i] = (struct CMUnitTest){.name = rows[i].chip,
			.test_func = plans_predict_what_fuses_do,
			.initial_state = &rows[i]};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
