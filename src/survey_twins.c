/* What images have in common that only one board may have: unique ids and addresses. */
#include "src/survey_parts.h"

#include "src/word_status.h"

#include <stdlib.h>
#include <string.h>

/* An id or an address, and whose it is. */
struct owned {
	uint32_t key[3];
	uint32_t image;
};

static int compare_owned(const void *a, const void *b)
{
	const struct owned *x = a, *y = b;
	for (size_t i = 0; i < 3; i++)
		if (x->key[i] != y->key[i])
			return x->key[i] < y->key[i] ? -1 : 1;
	return (x->image > y->image) - (x->image < y->image);
}

/* How many from the first on have its key. */
static size_t run_of(const struct owned *first, size_t left)
{
	size_t count = 1;
	while (count < left && memcmp(first->key, first[count].key, sizeof first->key) == 0)
		count++;
	return count;
}

/* --- can they be one board? ------------------------------------------------------------------- */

/* The fuses that are burnt: what a later state of the same board cannot have fewer of. */
static unsigned burnt(const struct image *image)
{
	unsigned count = 0;
	for (unsigned word = 0; word < image->word_count; word++) {
		uint32_t value = image_value_is_known(image, word) ? image->value[word] : 0;
		for (; value; value &= value - 1)
			count++;
		count += (image->status[word] & WORD_STATUS_PERMANENT) != 0;
	}
	return count;
}

/* Whether `later` can be what became of `earlier`; words that cannot be told prove nothing. */
static bool can_follow(
	bool *same, const struct chip *chip, const struct image *earlier, const struct image *later)
{
	for (unsigned word = 0; word < earlier->word_count && word < later->word_count; word++) {
		bool was_locked = (earlier->status[word] & WORD_STATUS_PERMANENT) != 0;
		bool is_locked = (later->status[word] & WORD_STATUS_PERMANENT) != 0;
		bool told = ((earlier->status[word] | later->status[word]) &
				    WORD_STATUS_LOCK_ERROR) == 0;
		if (told && was_locked != is_locked)
			*same = false;
		if (told && was_locked && !is_locked)
			return false;
		if (!image_value_is_known(earlier, word) || !image_value_is_known(later, word))
			continue;
		uint32_t before = earlier->value[word], after = later->value[word];
		if (before == after)
			continue;
		const struct chip_bank *bank = chip_bank_of(chip, word);
		*same = false;
		if ((before & ~after) || was_locked ||
			(bank && bank->rule == BANK_ONCE && before != 0))
			return false;
	}
	return true;
}

/* One image of a run, by how much of it is burnt. */
struct stage {
	unsigned burnt;
	size_t image;
};

static int compare_stages(const void *a, const void *b)
{
	const struct stage *x = a, *y = b;
	if (x->burnt != y->burnt)
		return x->burnt < y->burnt ? -1 : 1;
	return (x->image > y->image) - (x->image < y->image);
}

static enum status read_again(
	bool *readable, struct image *out, const char *path, struct errbuf *err)
{
	struct errbuf why = {0};
	enum status status = survey_read(out, path, &why);
	*readable = status == OK;
	return status == ERR_MEMORY ? errbuf_set(err, status, "%s", why.text) : OK;
}

/* Puts the images of a run in the order of their ages, and each beside the next. */
static enum status judge(struct survey_twins *twins, const struct survey *survey,
	struct stage *stages, struct errbuf *err)
{
	struct image images[2];
	bool readable = true, same = true;
	enum status status = OK;
	for (size_t i = 0; status == OK && readable && i < twins->count; i++) {
		status = read_again(
			&readable, &images[0], survey->images[twins->image[i]].path, err);
		if (status == OK && readable)
			stages[i] = (struct stage){burnt(&images[0]), twins->image[i]};
	}
	if (status == OK && readable)
		qsort(stages, twins->count, sizeof *stages, compare_stages);
	twins->verdict = SURVEY_SAME_BOARD;
	for (size_t i = 0; status == OK && readable && i < twins->count; i++) {
		const struct survey_image *row = &survey->images[stages[i].image];
		status = read_again(&readable, &images[i % 2], row->path, err);
		if (status == OK && readable && i > 0 &&
			(row->family != survey->images[stages[0].image].family ||
				!can_follow(&same, survey->families[row->family].chip,
					&images[(i + 1) % 2], &images[i % 2]))) {
			twins->verdict = SURVEY_CONTRADICTS;
			return OK;
		}
	}
	if (!readable)
		twins->verdict = SURVEY_CANNOT_TELL;
	else if (!same)
		twins->verdict = SURVEY_LATER;
	return status;
}

/* --- both lists ------------------------------------------------------------------------------- */

static enum status add_twins(struct survey_twins **out, struct survey *survey,
	const struct owned *run, size_t count, struct errbuf *err)
{
	struct survey_twins *room = survey_room(
		survey->twins, &survey->twins_capacity, survey->twins_count, sizeof *room, err);
	if (!room)
		return ERR_MEMORY;
	survey->twins = room;
	size_t *images = malloc(count * sizeof *images);
	if (!images)
		return errbuf_set(err, ERR_MEMORY, "out of memory for a survey");
	for (size_t i = 0; i < count; i++)
		images[i] = run[i].image;
	*out = &room[survey->twins_count++];
	**out = (struct survey_twins){.count = count, .image = images};
	return OK;
}

static enum status same_ids(
	struct survey *survey, const struct owned *run, size_t count, struct errbuf *err)
{
	struct survey_twins *twins;
	enum status status = add_twins(&twins, survey, run, count, err);
	if (status != OK)
		return status;
	memcpy(twins->id, run->key, sizeof twins->id);
	struct stage *stages = malloc(count * sizeof *stages);
	if (!stages)
		return errbuf_set(err, ERR_MEMORY, "out of memory for a survey");
	status = judge(twins, survey, stages, err);
	free(stages);
	for (size_t i = 1; i < count; i++)
		survey->families[survey->images[run[i].image].family].boards--;
	return status;
}

/* Whether all of them are one board, which may have its address in several images. */
static bool is_one_board(const struct survey *survey, const struct owned *run, size_t count)
{
	const struct survey_image *first = &survey->images[run->image];
	for (size_t i = 1; i < count; i++) {
		const struct survey_image *row = &survey->images[run[i].image];
		if (run[i].image != run->image &&
			(!first->has_id || !row->has_id ||
				memcmp(first->id, row->id, sizeof row->id) != 0))
			return false;
	}
	return true;
}

static enum status same_macs(
	struct survey *survey, const struct owned *run, size_t count, struct errbuf *err)
{
	struct survey_twins *twins;
	if (is_one_board(survey, run, count))
		return OK;
	enum status status = add_twins(&twins, survey, run, count, err);
	if (status != OK)
		return status;
	twins->verdict = SURVEY_SAME_MAC;
	twins->is_mac = true;
	for (size_t i = 0; i < VALUE_MAC_BYTES; i++)
		twins->mac[i] = (uint8_t)(run->key[i / 3] >> (16 - 8 * (i % 3)));
	return OK;
}

static enum status find_runs(struct survey *survey, struct owned *all, size_t count,
	enum status (*take)(struct survey *, const struct owned *, size_t, struct errbuf *),
	struct errbuf *err)
{
	enum status status = OK;
	if (count > 0)
		qsort(all, count, sizeof *all, compare_owned);
	for (size_t i = 0, run; status == OK && i < count; i += run) {
		run = run_of(&all[i], count - i);
		if (run > 1)
			status = take(survey, &all[i], run, err);
	}
	return status;
}

enum status survey_find_twins(struct survey *survey, struct errbuf *err)
{
	size_t most =
		survey->image_count > survey->mac_count ? survey->image_count : survey->mac_count;
	if (most == 0)
		return OK;
	struct owned *all = malloc(most * sizeof *all);
	if (!all)
		return errbuf_set(err, ERR_MEMORY, "out of memory for a survey");
	size_t count = 0;
	for (size_t i = 0; i < survey->image_count; i++) {
		const struct survey_image *row = &survey->images[i];
		if (!row->has_id)
			continue;
		all[count] = (struct owned){.image = (uint32_t)i};
		memcpy(all[count++].key, row->id, sizeof row->id);
	}
	enum status status = find_runs(survey, all, count, same_ids, err);
	for (size_t i = 0; i < survey->mac_count; i++) {
		const uint8_t *mac = survey->macs[i].mac;
		all[i] = (struct owned){.image = survey->macs[i].image};
		for (size_t j = 0; j < VALUE_MAC_BYTES; j++)
			all[i].key[j / 3] |= (uint32_t)mac[j] << (16 - 8 * (j % 3));
	}
	if (status == OK)
		status = find_runs(survey, all, survey->mac_count, same_macs, err);
	free(all);
	return status;
}
