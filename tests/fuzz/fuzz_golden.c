/* Any golden image on any board: what is taken passes the rules, clears no bit, and comes back from
 * the plan file that it is written as. */
#include "src/golden.h"
#include "src/partition.h"
#include "src/plan_file.h"
#include "src/rules.h"
#include "tests/fuzz/folder.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define FAMILIES 3
#define DIFFERS  10 /* bytes of the input for a word that differs */

static void require(bool holds)
{
	if (!holds)
		abort();
}

static struct session *open_image(const char *chip, unsigned words)
{
	struct session *session;
	struct session_options options = {.chip = chip};
	struct image image = {.version = 2, .word_count = words};
	uint8_t bytes[PARTITION_MAX_BYTES];
	size_t length;
	char path[256];
	struct errbuf err = {0};
	require(partition_format(bytes, sizeof bytes, &length, &image, &err) == OK);
	folder_put("image.bin", bytes, length);
	snprintf(path, sizeof path, "%s/image.bin", folder_path());
	require(session_open(&session, path, &options, &err) == OK);
	return session;
}

/* Which of the two images, which word, its value, its status. */
static void take_word(struct image images[2], const uint8_t *at)
{
	struct image *image = &images[at[0] & 1];
	unsigned word = (at[0] >> 1 | (unsigned)at[1] << 7) % image->word_count;
	image->value[word] = (uint32_t)at[2] | (uint32_t)at[3] << 8 | (uint32_t)at[4] << 16 |
			     (uint32_t)at[5] << 24;
	image->status[word] = (uint32_t)at[6] | (uint32_t)at[7] << 8 | (uint32_t)at[8] << 16 |
			      (uint32_t)at[9] << 24;
}

static void look_at(const struct golden *golden, const struct session *board)
{
	static struct edits again;
	struct plan_file file;
	struct plan *plan;
	struct errbuf err = {0};
	char *text;
	require(golden->gap_count <= IMAGE_MAX_WORDS);
	for (unsigned word = 0; word < IMAGE_MAX_WORDS; word++) {
		const struct edit *edit = &golden->edits.word[word];
		if (edit->sets_value)
			require((board->image.value[word] & ~edit->value) == 0 &&
				!chip_word_is_secret(board->chip, word));
	}
	if (edits_count(&golden->edits) > 0) {
		require(session_plan(&plan, board, &golden->edits, &err) == OK);
		require(!plan->refused);
		plan_free(plan);
	}
	require(golden_format(&text, golden, board, "golden.bin", &err) == OK);
	require(plan_file_parse(&file, text, "again.plan", &err) == OK);
	memset(&again, 0, sizeof again);
	require(plan_file_edits(
			&again, &file, &board->image, board->chip, board->board, true, &err) == OK);
	for (unsigned word = 0; word < IMAGE_MAX_WORDS; word++)
		require(edit_equal(&again.word[word], &golden->edits.word[word]));
	plan_file_free(&file);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct session *sessions[FAMILIES];
	static struct image virgin[FAMILIES], images[2];
	static struct golden golden;
	struct errbuf err = {0};
	if (!sessions[0]) {
		sessions[0] = open_image("stm32mp15", 96);
		sessions[1] = open_image("stm32mp13", 96);
		sessions[2] = open_image("stm32mp25", 368);
		for (unsigned i = 0; i < FAMILIES; i++)
			virgin[i] = sessions[i]->image;
	}
	if (size < 1)
		return 0;
	unsigned family = (data[0] >> 1) % FAMILIES;
	struct session *board = sessions[family];
	images[0] = images[1] = virgin[family];
	for (size_t at = 1; at + DIFFERS <= size; at += DIFFERS)
		take_word(images, data + at);
	board->image = images[0];
	const struct golden_question question = {.golden = &images[1],
		.chip = board->chip,
		.board = board,
		.life_cycle = data[0] & 1};
	if (golden_make(&golden, &question, &err) == OK)
		look_at(&golden, board);
	else
		require(err.text[0] != '\0');
	return 0;
}
