/* Which family an image is of, without reading chip maps for each. */
#include "src/survey_parts.h"

#include "src/board_status_parts.h"
#include "src/chip_find.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_SIGNS     16 /* words that any family's part number or package lies in */
#define MAX_SIGHTINGS 64 /* kinds of images that are remembered */

/* What of an image decides its family (chip_find.h), and what was decided. */
struct sighting {
	uint32_t version;
	unsigned word_count;
	uint32_t known; /* bit i: sign i can be told */
	uint32_t value[MAX_SIGNS];
	size_t family;
};

struct survey_finder {
	size_t sign_count;
	unsigned signs[MAX_SIGNS];
	size_t count;
	struct sighting sightings[MAX_SIGHTINGS];
};

static bool add_sign(struct survey_finder *finder, unsigned word)
{
	for (size_t i = 0; i < finder->sign_count; i++)
		if (finder->signs[i] == word)
			return true;
	if (finder->sign_count == MAX_SIGNS)
		return false;
	finder->signs[finder->sign_count++] = word;
	return true;
}

enum status survey_finder_new(struct survey_finder **out, struct errbuf *err)
{
	struct survey_finder *finder = calloc(1, sizeof *finder);
	enum status status =
		finder ? OK : errbuf_set(err, ERR_MEMORY, "out of memory for a survey");
	for (size_t i = 0; status == OK && chip_builtin_name(i); i++) {
		struct chip *chip;
		status = chip_load(&chip, chip_builtin_name(i), err);
		for (size_t j = 0; status == OK && j < chip->field_count; j++) {
			const struct chip_field *field = &chip->fields[j];
			bool is_sign = strcmp(field->name, "RPN") == 0 ||
				       strcmp(field->name, "package") == 0;
			if (is_sign && !add_sign(finder, field->first_word))
				status = errbuf_set(err, ERR_FORMAT,
					"the chip maps know too many places for part numbers");
		}
		if (status == OK)
			chip_free(chip);
	}
	if (status != OK) {
		free(finder);
		return status;
	}
	*out = finder;
	return OK;
}

void survey_finder_free(struct survey_finder *finder)
{
	free(finder);
}

static struct sighting look(const struct survey_finder *finder, const struct image *image)
{
	struct sighting seen = {.version = image->version, .word_count = image->word_count};
	for (size_t i = 0; i < finder->sign_count; i++)
		if (image_value_is_known(image, finder->signs[i])) {
			seen.known |= UINT32_C(1) << i;
			seen.value[i] = image->value[finder->signs[i]];
		}
	return seen;
}

static bool is_like(const struct sighting *a, const struct sighting *b)
{
	return a->version == b->version && a->word_count == b->word_count && a->known == b->known &&
	       memcmp(a->value, b->value, sizeof a->value) == 0;
}

static bool is_of(const struct survey_family *family, const struct chip *chip)
{
	return strcmp(family->chip->name, chip->name) == 0 &&
	       (!chip->is_plain || family->chip->word_count == chip->word_count);
}

static enum status new_family(struct survey *survey, struct chip_answer *answer, struct errbuf *err)
{
	struct survey_family *room = survey_room(survey->families, &survey->family_capacity,
		survey->family_count, sizeof *room, err);
	struct survey_word *words = calloc(IMAGE_MAX_WORDS, sizeof *words);
	if (room)
		survey->families = room;
	if (!room || !words) {
		free(words);
		return errbuf_set(err, ERR_MEMORY, "out of memory for a survey");
	}
	struct survey_family *family = &room[survey->family_count++];
	*family = (struct survey_family){
		.chip = answer->chip, .words = words, .life = status_life_field(answer->chip)};
	snprintf(family->remark, sizeof family->remark, "%s",
		answer->remark[0] ? answer->remark : answer->overlay_error);
	for (unsigned word = 0; word < IMAGE_MAX_WORDS; word++) {
		const struct chip_entry *entry = chip_word(answer->chip, word);
		family->is_key[word] =
			entry && (entry->kind == KIND_HASH || entry->kind == KIND_KEY);
	}
	answer->chip = NULL;
	return OK;
}

static enum status find(
	size_t *out, struct survey *survey, const struct image *image, struct errbuf *err)
{
	struct chip_question question = {
		.name = survey->chip, .image = image, .overlays = survey->overlays};
	struct chip_answer answer;
	enum status status = chip_find(&answer, &question, err);
	if (status != OK)
		return status;
	*out = 0;
	while (*out < survey->family_count && !is_of(&survey->families[*out], answer.chip))
		++*out;
	if (*out == survey->family_count)
		status = new_family(survey, &answer, err);
	chip_free(answer.chip);
	return status;
}

enum status survey_family_of(
	size_t *out, struct survey *survey, const struct image *image, struct errbuf *err)
{
	struct survey_finder *finder = survey->finder;
	struct sighting seen = look(finder, image);
	for (size_t i = 0; i < finder->count; i++)
		if (is_like(&finder->sightings[i], &seen)) {
			*out = finder->sightings[i].family;
			return OK;
		}
	enum status status = find(out, survey, image, err);
	if (status == OK && finder->count < MAX_SIGHTINGS) {
		seen.family = *out;
		finder->sightings[finder->count++] = seen;
	}
	return status;
}
