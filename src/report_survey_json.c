/* A survey as JSON. */
#include "src/report_survey_parts.h"

#include "src/clean_text.h"

#include <jansson.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* jansson passes a NULL on until it is put into something: that fails, and is noted here. */
struct builder {
	const struct survey *survey;
	bool reveal;
	bool failed;
};

static void put(struct builder *builder, json_t *object, const char *key, json_t *value)
{
	if (json_object_set_new(object, key, value) != 0)
		builder->failed = true;
}

static void append(struct builder *builder, json_t *list, json_t *value)
{
	if (json_array_append_new(list, value) != 0)
		builder->failed = true;
}

/* A file's name is bytes, JSON wants UTF-8: other bytes become '?'. */
static json_t *name_of(const char *name)
{
	json_t *text = json_string(name);
	if (text)
		return text;
	char *copy = strdup(name);
	if (!copy)
		return NULL;
	clean_text_in_place(copy);
	text = json_string(copy);
	free(copy);
	return text;
}

static json_t *value_of(struct builder *builder, const struct survey_family *family, unsigned word,
	const struct survey_value *value)
{
	char text[SURVEY_TEXT_MAX];
	survey_value_text(text, family, word, value, builder->reveal);
	return value->known ? json_string(text) : json_null();
}

static json_t *word_of(struct builder *builder, const struct survey_family *family, unsigned word)
{
	const struct survey_word *counts = &family->words[word];
	const struct survey_value *most = survey_most_common(counts);
	char name[64];
	chip_word_name(name, sizeof name, family->chip, word);
	json_t *row = json_object(), *common = json_object();
	put(builder, row, "id", json_integer(word));
	put(builder, row, "name", json_string(name));
	put(builder, row, "images", json_integer(counts->images));
	put(builder, row, "same", json_boolean(survey_is_same(counts)));
	put(builder, row, "distinct", json_integer(counts->count));
	put(builder, row, "more", json_boolean(counts->others != 0));
	put(builder, common, "value", value_of(builder, family, word, most));
	put(builder, common, "locked", json_boolean(most->locked));
	put(builder, common, "images", json_integer(most->images));
	put(builder, row, "most-common", common);
	put(builder, row, "unlocked", json_integer(counts->unlocked));
	return row;
}

static json_t *family_of(struct builder *builder, const struct survey_family *family)
{
	json_t *row = json_object(), *lives = json_object(), *words = json_array();
	put(builder, row, "chip", json_string(family->chip->name));
	put(builder, row, "images", json_integer((json_int_t)family->images));
	put(builder, row, "boards", json_integer((json_int_t)family->boards));
	for (size_t life = 0; life < SURVEY_LIVES; life++)
		put(builder, lives, survey_life_name((enum survey_life)life),
			json_integer((json_int_t)family->lives[life]));
	put(builder, row, "life-cycle", lives);
	put(builder, row, "remark", family->remark[0] ? json_string(family->remark) : json_null());
	for (unsigned word = 0; word < family->word_count; word++)
		if (family->words[word].images > 0)
			append(builder, words, word_of(builder, family, word));
	put(builder, row, "words", words);
	return row;
}

static json_t *image_of(struct builder *builder, const struct survey_image *image)
{
	char id[SURVEY_TEXT_MAX];
	json_t *row = json_object();
	survey_id_text(id, image);
	put(builder, row, "file", name_of(image->path));
	put(builder, row, "chip", json_string(builder->survey->families[image->family].chip->name));
	put(builder, row, "board", image->has_id ? json_string(id) : json_null());
	put(builder, row, "life-cycle", json_string(survey_life_name(image->life)));
	put(builder, row, "unlocked", json_integer(image->unlocked));
	return row;
}

static json_t *outlier_of(struct builder *builder, const struct survey_outlier *outlier)
{
	const struct survey_image *image = &builder->survey->images[outlier->image];
	const struct survey_family *family = &builder->survey->families[image->family];
	json_t *row = json_object();
	put(builder, row, "file", name_of(image->path));
	put(builder, row, "id", json_integer(outlier->word));
	put(builder, row, "value", value_of(builder, family, outlier->word, outlier->value));
	put(builder, row, "locked", json_boolean(outlier->value->locked));
	put(builder, row, "images", json_integer(outlier->value->images));
	return row;
}

static json_t *twins_of(struct builder *builder, const struct survey_twins *twins)
{
	char text[SURVEY_TEXT_MAX];
	json_t *row = json_object(), *files = json_array();
	survey_twins_text(text, twins);
	put(builder, row, twins->is_mac ? "mac" : "board", json_string(text));
	put(builder, row, "verdict", json_string(survey_verdict_name(twins->verdict)));
	for (size_t i = 0; i < twins->count; i++)
		append(builder, files, name_of(builder->survey->images[twins->image[i]].path));
	put(builder, row, "files", files);
	return row;
}

static json_t *unreadable_of(struct builder *builder, const struct survey_unreadable *file)
{
	json_t *row = json_object();
	put(builder, row, "file", name_of(file->path));
	put(builder, row, "reason", name_of(file->reason));
	return row;
}

static json_t *whole(struct builder *builder)
{
	const struct survey *survey = builder->survey;
	json_t *root = json_object(), *families = json_array(), *images = json_array();
	json_t *outliers = json_array(), *twins = json_array(), *unreadable = json_array();
	for (size_t i = 0; i < survey->family_count; i++)
		append(builder, families, family_of(builder, &survey->families[i]));
	for (size_t i = 0; i < survey->image_count; i++)
		append(builder, images, image_of(builder, &survey->images[i]));
	for (size_t i = 0; i < survey->outlier_count; i++)
		append(builder, outliers, outlier_of(builder, &survey->outliers[i]));
	for (size_t i = 0; i < survey->twins_count; i++)
		append(builder, twins, twins_of(builder, &survey->twins[i]));
	for (size_t i = 0; i < survey->unreadable_count; i++)
		append(builder, unreadable, unreadable_of(builder, &survey->unreadable[i]));
	put(builder, root, "families", families);
	put(builder, root, "images", images);
	put(builder, root, "stands-out", outliers);
	put(builder, root, "in-common", twins);
	put(builder, root, "unreadable", unreadable);
	return root;
}

enum status report_survey_json(
	char **out, const struct survey *survey, bool reveal, struct errbuf *err)
{
	struct builder builder = {.survey = survey, .reveal = reveal};
	json_t *root = whole(&builder);
	char *text = builder.failed ? NULL : json_dumps(root, JSON_INDENT(1));
	json_decref(root);
	size_t length = text ? strlen(text) : 0;
	char *line = text ? realloc(text, length + 2) : NULL;
	if (!line) {
		free(text);
		return errbuf_set(err, ERR_MEMORY, "out of memory for JSON");
	}
	memcpy(line + length, "\n", 2);
	*out = line;
	return OK;
}
