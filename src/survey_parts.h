/*
 * Inside the survey: what its files share.
 */
#ifndef OTPEDIT_SRC_SURVEY_PARTS_H
#define OTPEDIT_SRC_SURVEY_PARTS_H

#include "src/survey.h"

/*
 * The items with room for one more behind `count` of `size` bytes each; NULL, and `err` set, when
 * there is none: the items then stay as they are.
 */
void *survey_room(void *items, size_t *capacity, size_t count, size_t size, struct errbuf *err);

/* Reads and parses a file; ERR_FILE, ERR_FORMAT, ERR_MEMORY. */
enum status survey_read(struct image *out, const char *path, struct errbuf *err);

/* Counts one word of an image. */
enum status survey_count(struct survey_word *word, const struct image *image, unsigned number,
	uint32_t image_index, struct errbuf *err);
void survey_word_free(struct survey_word *word);

/* The family of an image, a new one where it is the first; an index of survey->families. */
enum status survey_family_of(
	size_t *out, struct survey *survey, const struct image *image, struct errbuf *err);
enum status survey_finder_new(struct survey_finder **out, struct errbuf *err);
void survey_finder_free(struct survey_finder *finder);

enum status survey_find_outliers(struct survey *survey, struct errbuf *err);
enum status survey_find_twins(struct survey *survey, struct errbuf *err);

#endif
