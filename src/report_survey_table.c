/* A survey as rows, for CSV and Markdown: one table, what there is no column for stays empty. */
#include "src/report_survey_parts.h"

#include <stdio.h>

enum {
	RECORD,
	FAMILY,
	ID,
	NAME,
	FILE_NAME,
	BOARD,
	VALUE,
	LOCKED,
	IMAGES,
	DISTINCT,
	UNLOCKED,
	TEXT,
	CELLS
};

struct table {
	FILE *out;
	enum report_format format;
	const struct survey *survey;
	bool reveal;
};

static void put(const struct table *table, const char *const cells[CELLS])
{
	const char *row[CELLS];
	for (size_t i = 0; i < CELLS; i++)
		row[i] = cells[i] ? cells[i] : "";
	report_row(table->out, table->format, CELLS, row);
}

static void put_word(const struct table *table, const struct survey_family *family, unsigned word)
{
	const struct survey_word *counts = &family->words[word];
	char id[16], name[64], value[SURVEY_TEXT_MAX], images[16], unlocked[16];
	char distinct[SURVEY_TEXT_MAX];
	if (counts->images == 0)
		return;
	const struct survey_value *most = survey_most_common(counts);
	snprintf(id, sizeof id, "%u", word);
	chip_word_name(name, sizeof name, family->chip, word);
	survey_value_text(value, family, word, most, table->reveal);
	snprintf(images, sizeof images, "%u", (unsigned)most->images);
	snprintf(unlocked, sizeof unlocked, "%u", (unsigned)counts->unlocked);
	survey_distinct_text(distinct, counts);
	put(table, (const char *const[CELLS]){[RECORD] = "word",
			   [FAMILY] = family->chip->name,
			   [ID] = id,
			   [NAME] = name,
			   [VALUE] = value,
			   [LOCKED] = most->locked ? "yes" : "no",
			   [IMAGES] = images,
			   [DISTINCT] = distinct,
			   [UNLOCKED] = counts->unlocked ? unlocked : NULL,
			   [TEXT] = survey_is_same(counts) ? "same" : "differs"});
}

static void put_image(const struct table *table, const struct survey_image *image)
{
	char board[SURVEY_TEXT_MAX], unlocked[16];
	survey_id_text(board, image);
	snprintf(unlocked, sizeof unlocked, "%u", image->unlocked);
	put(table, (const char *const[CELLS]){[RECORD] = "board",
			   [FAMILY] = table->survey->families[image->family].chip->name,
			   [FILE_NAME] = image->path,
			   [BOARD] = board,
			   [UNLOCKED] = image->unlocked ? unlocked : NULL,
			   [TEXT] = survey_life_name(image->life)});
}

static void put_outlier(const struct table *table, const struct survey_outlier *outlier)
{
	const struct survey_image *image = &table->survey->images[outlier->image];
	const struct survey_family *family = &table->survey->families[image->family];
	char id[16], name[64], value[SURVEY_TEXT_MAX], board[SURVEY_TEXT_MAX];
	snprintf(id, sizeof id, "%u", outlier->word);
	chip_word_name(name, sizeof name, family->chip, outlier->word);
	survey_value_text(value, family, outlier->word, outlier->value, table->reveal);
	survey_id_text(board, image);
	put(table, (const char *const[CELLS]){[RECORD] = "outlier",
			   [FAMILY] = family->chip->name,
			   [ID] = id,
			   [NAME] = name,
			   [FILE_NAME] = image->path,
			   [BOARD] = board,
			   [VALUE] = value,
			   [LOCKED] = outlier->value->locked ? "yes" : "no"});
}

static void put_twins(const struct table *table, const struct survey_twins *twins)
{
	char what[SURVEY_TEXT_MAX], board[SURVEY_TEXT_MAX];
	survey_twins_text(what, twins);
	for (size_t i = 0; i < twins->count; i++) {
		const struct survey_image *image = &table->survey->images[twins->image[i]];
		survey_id_text(board, image);
		put(table, (const char *const[CELLS]){[RECORD] = twins->is_mac ? "mac" : "id",
				   [FAMILY] = table->survey->families[image->family].chip->name,
				   [FILE_NAME] = image->path,
				   [BOARD] = board,
				   [VALUE] = what,
				   [TEXT] = survey_verdict_name(twins->verdict)});
	}
}

void report_print_survey_table(
	FILE *out, enum report_format format, const struct survey *survey, bool reveal)
{
	static const char *const heads[CELLS] = {"record", "family", "id", "name", "file", "board",
		"value", "locked", "images", "distinct", "unlocked", "text"};
	struct table table = {out, format, survey, reveal};
	report_head(out, format, CELLS, heads);
	for (size_t i = 0; i < survey->family_count; i++)
		for (unsigned word = 0; word < survey->families[i].word_count; word++)
			put_word(&table, &survey->families[i], word);
	for (size_t i = 0; i < survey->image_count; i++)
		put_image(&table, &survey->images[i]);
	for (size_t i = 0; i < survey->outlier_count; i++)
		put_outlier(&table, &survey->outliers[i]);
	for (size_t i = 0; i < survey->twins_count; i++)
		put_twins(&table, &survey->twins[i]);
	for (size_t i = 0; i < survey->unreadable_count; i++)
		put(&table, (const char *const[CELLS]){[RECORD] = "unreadable",
				    [FILE_NAME] = survey->unreadable[i].path,
				    [TEXT] = survey->unreadable[i].reason});
}
