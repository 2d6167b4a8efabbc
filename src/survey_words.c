/* What the words of all images hold: counts of values, bounded for each word. */
#include "src/survey_parts.h"

#include "src/word_status.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_SLOTS 16u /* a power of two, as every later count is */

static bool same(const struct survey_value *a, const struct survey_value *b)
{
	return a->value == b->value && a->known == b->known && a->locked == b->locked;
}

static uint32_t slot_of(const struct survey_word *word, const struct survey_value *value)
{
	uint32_t hash = value->value ^ (uint32_t)value->known << 30 ^ (uint32_t)value->locked << 31;
	hash *= UINT32_C(0x9E3779B1);
	hash ^= hash >> 15;
	uint32_t slot = hash & (word->slot_count - 1);
	while (word->slots[slot] && !same(&word->values[word->slots[slot] - 1], value))
		slot = (slot + 1) & (word->slot_count - 1);
	return slot;
}

/* At most a quarter of the slots is taken, so that looking for one ends at once. */
static enum status make_room(struct survey_word *word, struct errbuf *err)
{
	size_t capacity = word->capacity;
	struct survey_value *values =
		survey_room(word->values, &capacity, word->count, sizeof *word->values, err);
	if (!values)
		return ERR_MEMORY;
	word->values = values;
	word->capacity = (uint32_t)capacity;
	if (4 * (word->count + 1) <= word->slot_count)
		return OK;
	uint32_t slot_count = word->slot_count ? 4 * word->slot_count : FIRST_SLOTS;
	uint16_t *slots = calloc(slot_count, sizeof *slots);
	if (!slots)
		return errbuf_set(err, ERR_MEMORY, "out of memory for a survey");
	free(word->slots);
	word->slots = slots;
	word->slot_count = slot_count;
	for (uint32_t i = 0; i < word->count; i++)
		word->slots[slot_of(word, &word->values[i])] = (uint16_t)(i + 1);
	return OK;
}

/* The index of the value; word->count when it is one too many to be told apart. */
static enum status find(uint32_t *out, struct survey_word *word, const struct survey_value *value,
	struct errbuf *err)
{
	uint32_t slot = word->count > 0 ? slot_of(word, value) : 0;
	if (word->count > 0 && word->slots[slot]) {
		*out = word->slots[slot] - 1u;
		return OK;
	}
	*out = word->count;
	if (word->count == SURVEY_MAX_DISTINCT)
		return OK;
	enum status status = make_room(word, err);
	if (status != OK)
		return status;
	word->values[word->count] = *value;
	word->slots[slot_of(word, value)] = (uint16_t)(word->count + 1);
	word->count++;
	return OK;
}

static void count_image(struct survey_word *word, uint32_t at, uint32_t image_index)
{
	struct survey_value *value = &word->values[at];
	word->images++;
	word->last = at;
	if (value->images < SURVEY_MAX_NAMED)
		value->image[value->images] = image_index;
	value->images++;
}

/* Most words of a fleet are as on the board before: that has to be quick. */
enum status survey_count(struct survey_word *word, const struct image *image, unsigned number,
	uint32_t image_index, struct errbuf *err)
{
	bool known = image_value_is_known(image, number);
	bool locked = (image->status[number] & WORD_STATUS_PERMANENT) != 0;
	uint32_t value = known ? image->value[number] : 0;
	const struct survey_value *last = word->count > 0 ? &word->values[word->last] : NULL;
	if (last && last->value == value && last->known == known && last->locked == locked) {
		count_image(word, word->last, image_index);
		return OK;
	}
	struct survey_value wanted = {.value = value, .known = known, .locked = locked};
	uint32_t at;
	enum status status = find(&at, word, &wanted, err);
	if (status != OK)
		return status;
	if (at < word->count) {
		count_image(word, at, image_index);
		return OK;
	}
	word->images++;
	word->others++;
	return OK;
}

void survey_word_free(struct survey_word *word)
{
	free(word->values);
	free(word->slots);
}

const struct survey_value *survey_most_common(const struct survey_word *word)
{
	const struct survey_value *most = word->values;
	for (uint32_t i = 1; i < word->count; i++)
		if (word->values[i].images > most->images)
			most = &word->values[i];
	return most;
}

bool survey_is_same(const struct survey_word *word)
{
	return word->count == 1;
}

bool survey_nearly_agrees(const struct survey_word *word)
{
	if (word->count < 2)
		return false;
	uint32_t agree = survey_most_common(word)->images, tenth = word->images / 10;
	return agree >= 2 && word->images - agree <= (tenth > 1 ? tenth : 1);
}

/* --- who stands out --------------------------------------------------------------------------- */

static enum status add_outlier(
	struct survey *survey, const struct survey_outlier *outlier, struct errbuf *err)
{
	struct survey_outlier *room = survey_room(survey->outliers, &survey->outlier_capacity,
		survey->outlier_count, sizeof *room, err);
	if (!room)
		return ERR_MEMORY;
	survey->outliers = room;
	room[survey->outlier_count++] = *outlier;
	return OK;
}

static int compare_outliers(const void *a, const void *b)
{
	const struct survey_outlier *x = a, *y = b;
	if (x->image != y->image)
		return x->image < y->image ? -1 : 1;
	return (x->word > y->word) - (x->word < y->word);
}

static enum status outliers_of_word(
	struct survey *survey, const struct survey_word *word, unsigned number, struct errbuf *err)
{
	const struct survey_value *most = survey_most_common(word);
	for (uint32_t i = 0; i < word->count; i++) {
		const struct survey_value *value = &word->values[i];
		for (uint32_t j = 0; value != most && j < value->images && j < SURVEY_MAX_NAMED;
			j++) {
			struct survey_outlier outlier = {value->image[j], number, value};
			enum status status = add_outlier(survey, &outlier, err);
			if (status != OK)
				return status;
		}
	}
	return OK;
}

enum status survey_find_outliers(struct survey *survey, struct errbuf *err)
{
	enum status status = OK;
	for (size_t i = 0; i < survey->family_count; i++) {
		const struct survey_family *family = &survey->families[i];
		for (unsigned word = 0; status == OK && word < family->word_count; word++)
			if (survey_nearly_agrees(&family->words[word]))
				status = outliers_of_word(survey, &family->words[word], word, err);
	}
	if (survey->outlier_count > 0)
		qsort(survey->outliers, survey->outlier_count, sizeof *survey->outliers,
			compare_outliers);
	return status;
}
