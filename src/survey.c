#include "src/survey.h"

#include "src/board_status_parts.h"
#include "src/image_text.h"
#include "src/store.h"
#include "src/survey_parts.h"
#include "src/word_status.h"

#include <stdlib.h>
#include <string.h>

void *survey_room(void *items, size_t *capacity, size_t count, size_t size, struct errbuf *err)
{
	if (count < *capacity)
		return items;
	size_t wanted = *capacity ? 2 * *capacity : 4;
	void *room = realloc(items, wanted * size);
	if (room)
		*capacity = wanted;
	else
		errbuf_set(err, ERR_MEMORY, "out of memory for a survey");
	return room;
}

const char *survey_life_name(enum survey_life life)
{
	static const char *const names[] = {[SURVEY_OPEN] = "open",
		[SURVEY_CLOSED] = "closed",
		[SURVEY_ILLEGAL] = "no legal mode",
		[SURVEY_SAYS_OPEN] = "says open",
		[SURVEY_SAYS_CLOSED] = "says closed",
		[SURVEY_UNTOLD] = "cannot be told"};
	return names[life];
}

enum status survey_new(
	struct survey **out, const char *chip, const char *overlays, struct errbuf *err)
{
	struct survey *survey = calloc(1, sizeof *survey);
	if (!survey)
		return errbuf_set(err, ERR_MEMORY, "out of memory for a survey");
	survey->chip = chip;
	survey->overlays = overlays;
	enum status status = survey_finder_new(&survey->finder, err);
	if (status == OK)
		*out = survey;
	else
		survey_free(survey);
	return status;
}

void survey_free(struct survey *survey)
{
	if (!survey)
		return;
	for (size_t i = 0; i < survey->family_count; i++) {
		for (unsigned word = 0; word < IMAGE_MAX_WORDS; word++)
			survey_word_free(&survey->families[i].words[word]);
		free(survey->families[i].words);
		chip_free(survey->families[i].chip);
	}
	for (size_t i = 0; i < survey->image_count; i++)
		free(survey->images[i].path);
	for (size_t i = 0; i < survey->unreadable_count; i++) {
		free(survey->unreadable[i].path);
		free(survey->unreadable[i].reason);
	}
	for (size_t i = 0; i < survey->twins_count; i++)
		free(survey->twins[i].image);
	survey_finder_free(survey->finder);
	free(survey->families);
	free(survey->images);
	free(survey->unreadable);
	free(survey->macs);
	free(survey->outliers);
	free(survey->twins);
	free(survey);
}

/* --- one image -------------------------------------------------------------------------------- */

enum status survey_read(struct image *out, const char *path, struct errbuf *err)
{
	uint8_t *bytes;
	size_t length;
	enum status status = store_read(&bytes, &length, path, IMAGE_TEXT_MAX_BYTES, err);
	if (status != OK)
		return status;
	struct image_origin ignored;
	status = image_from_bytes(out, &ignored, bytes, length, false, err);
	free(bytes);
	return status;
}

/* Bits 1:0 of the global state: 0 open, 1 closed (word_status.h). */
static enum survey_life life_by_state(uint32_t state)
{
	switch (state & 3) {
	case 0: return SURVEY_SAYS_OPEN;
	case 1: return SURVEY_SAYS_CLOSED;
	default: return SURVEY_UNTOLD;
	}
}

static enum survey_life life_of(const struct survey_family *family, const struct image *image)
{
	struct board_facts facts = {.chip = family->chip, .image = image, .board = ""};
	switch (status_life_by(&facts, family->life)) {
	case LIFE_OPEN: return SURVEY_OPEN;
	case LIFE_CLOSED: return SURVEY_CLOSED;
	case LIFE_ILLEGAL: return SURVEY_ILLEGAL;
	case LIFE_UNKNOWN: break;
	}
	return life_by_state(image->state);
}

static void take_id(
	struct survey_image *row, const struct survey_family *family, const struct image *image)
{
	uint32_t any = 0, all = UINT32_MAX;
	for (unsigned i = 0; family->chip->has_unique_id && i < 3; i++) {
		unsigned word = family->chip->unique_id + i;
		row->id[i] = image_value_is_known(image, word) ? image->value[word] : 0;
		any |= row->id[i];
		all &= row->id[i];
		if (!image_value_is_known(image, word))
			return;
	}
	row->has_id = any != 0 && all != UINT32_MAX;
}

static enum status take_macs(struct survey *survey, const struct survey_family *family,
	const struct image *image, struct errbuf *err)
{
	for (size_t i = 0; i < family->chip->entry_count; i++) {
		const struct chip_entry *entry = &family->chip->entries[i];
		unsigned bytes = 4 * (entry->last - entry->first + 1);
		for (unsigned at = 0; entry->kind == KIND_MAC && at + VALUE_MAC_BYTES <= bytes;
			at += VALUE_MAC_BYTES) {
			struct survey_mac mac = {.image = (uint32_t)survey->image_count};
			if (!value_mac(mac.mac, entry, image, at))
				continue;
			struct survey_mac *room = survey_room(survey->macs, &survey->mac_capacity,
				survey->mac_count, sizeof *room, err);
			if (!room)
				return ERR_MEMORY;
			survey->macs = room;
			room[survey->mac_count++] = mac;
		}
	}
	return OK;
}

static enum status count_words(struct survey *survey, struct survey_family *family,
	struct survey_image *row, const struct image *image, struct errbuf *err)
{
	enum status status = OK;
	for (unsigned word = 0; status == OK && word < image->word_count; word++) {
		status = survey_count(
			&family->words[word], image, word, (uint32_t)survey->image_count, err);
		if (family->is_key[word] && image_value_is_known(image, word) &&
			image->value[word] != 0 &&
			(image->status[word] & WORD_STATUS_PERMANENT) == 0) {
			family->words[word].unlocked++;
			row->unlocked++;
		}
	}
	return status;
}

static enum status add_image(
	struct survey *survey, const char *path, const struct image *image, struct errbuf *err)
{
	struct survey_image row = {.state = image->state};
	enum status status = survey_family_of(&row.family, survey, image, err);
	if (status != OK)
		return status;
	struct survey_image *room = survey_room(
		survey->images, &survey->image_capacity, survey->image_count, sizeof *room, err);
	if (!room)
		return ERR_MEMORY;
	survey->images = room;
	struct survey_family *family = &survey->families[row.family];
	if (image->word_count > family->word_count)
		family->word_count = image->word_count;
	row.life = life_of(family, image);
	take_id(&row, family, image);
	status = take_macs(survey, family, image, err);
	if (status == OK)
		status = count_words(survey, family, &row, image, err);
	row.path = status == OK ? strdup(path) : NULL;
	if (!row.path)
		return errbuf_set(err, ERR_MEMORY, "out of memory for a survey");
	family->images++;
	family->boards++;
	family->lives[row.life]++;
	family->unlocked += row.unlocked != 0;
	survey->images[survey->image_count++] = row;
	return OK;
}

static enum status add_unreadable(
	struct survey *survey, const char *path, const char *reason, struct errbuf *err)
{
	struct survey_unreadable *room = survey_room(survey->unreadable,
		&survey->unreadable_capacity, survey->unreadable_count, sizeof *room, err);
	if (!room)
		return ERR_MEMORY;
	survey->unreadable = room;
	struct survey_unreadable row = {strdup(path), strdup(reason)};
	if (!row.path || !row.reason) {
		free(row.path);
		free(row.reason);
		return errbuf_set(err, ERR_MEMORY, "out of memory for a survey");
	}
	room[survey->unreadable_count++] = row;
	return OK;
}

enum status survey_add(
	struct survey *survey, const char *path, const char **reason, struct errbuf *err)
{
	struct image image;
	struct errbuf why = {0};
	*reason = NULL;
	enum status status = survey_read(&image, path, &why);
	if (status == OK)
		return add_image(survey, path, &image, err);
	if (status == ERR_MEMORY)
		return errbuf_set(err, status, "%s", why.text);
	status = add_unreadable(survey, path, why.text, err);
	if (status == OK)
		*reason = survey->unreadable[survey->unreadable_count - 1].reason;
	return status;
}

enum status survey_finish(struct survey *survey, struct errbuf *err)
{
	enum status status = survey_find_outliers(survey, err);
	return status == OK ? survey_find_twins(survey, err) : status;
}
