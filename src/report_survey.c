#include "src/report_survey.h"

#include "src/report_survey_parts.h"

#include <stdio.h>
#include <string.h>

#define LISTED 50 /* images of a family that the text lists */

void survey_value_text(char out[SURVEY_TEXT_MAX], const struct survey_family *family, unsigned word,
	const struct survey_value *value, bool reveal)
{
	if (!value->known)
		snprintf(out, SURVEY_TEXT_MAX, "unknown");
	else if (!reveal && value->value != 0 && chip_word_is_secret(family->chip, word))
		snprintf(out, SURVEY_TEXT_MAX, "masked");
	else
		snprintf(out, SURVEY_TEXT_MAX, "0x%08X", (unsigned)value->value);
}

static void id_text(char out[SURVEY_TEXT_MAX], const uint32_t id[3])
{
	snprintf(out, SURVEY_TEXT_MAX, "%08X-%08X-%08X", (unsigned)id[0], (unsigned)id[1],
		(unsigned)id[2]);
}

void survey_id_text(char out[SURVEY_TEXT_MAX], const struct survey_image *image)
{
	out[0] = '\0';
	if (image->has_id)
		id_text(out, image->id);
}

void survey_twins_text(char out[SURVEY_TEXT_MAX], const struct survey_twins *twins)
{
	const uint8_t *mac = twins->mac;
	if (twins->is_mac)
		snprintf(out, SURVEY_TEXT_MAX, "%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1],
			mac[2], mac[3], mac[4], mac[5]);
	else
		id_text(out, twins->id);
}

const char *survey_verdict_name(enum survey_verdict verdict)
{
	static const char *const names[] = {[SURVEY_SAME_BOARD] = "same",
		[SURVEY_LATER] = "later",
		[SURVEY_CONTRADICTS] = "contradicts",
		[SURVEY_CANNOT_TELL] = "cannot-tell",
		[SURVEY_SAME_MAC] = "same-mac"};
	return names[verdict];
}

void survey_distinct_text(char out[SURVEY_TEXT_MAX], const struct survey_word *word)
{
	snprintf(out, SURVEY_TEXT_MAX, "%s%u", word->others ? "more than " : "",
		(unsigned)word->count);
}

/* --- text ------------------------------------------------------------------------------------- */

/* "0-12, 16, 59-95" of the words that pass; "none". */
static void print_ranges(FILE *out, const struct survey_family *family, const char *title,
	bool pass(const struct survey_family *family, unsigned word))
{
	char text[2048] = "";
	size_t used = 0;
	unsigned count = 0;
	for (unsigned word = 0; word < family->word_count && used < sizeof text; word++) {
		unsigned first = word;
		if (!pass(family, word))
			continue;
		while (word + 1 < family->word_count && pass(family, word + 1))
			word++;
		count += word - first + 1;
		int n = snprintf(text + used, sizeof text - used, word > first ? "%s%u-%u" : "%s%u",
			used ? ", " : "", first, word);
		used += n > 0 ? (size_t)n : 0;
	}
	char line[2200];
	snprintf(line, sizeof line, "%u of %u words%s%s", count, family->word_count,
		count ? ": " : "", text);
	int column = fprintf(out, "%-17s", title);
	report_wrap(out, (unsigned)(column > 0 ? column : 0), 17, line);
}

static bool is_same(const struct survey_family *family, unsigned word)
{
	return survey_is_same(&family->words[word]);
}

static void print_differing(FILE *out, const struct survey_family *family, bool reveal)
{
	bool any = false;
	for (unsigned word = 0; word < family->word_count; word++) {
		const struct survey_word *counts = &family->words[word];
		char name[64], values[SURVEY_TEXT_MAX], common[SURVEY_TEXT_MAX];
		if (counts->count < 2)
			continue;
		const struct survey_value *most = survey_most_common(counts);
		if (!any)
			fprintf(out, "\nWords that differ:\nword  %-20s %-14s  %-10s  %-8s %s\n",
				"name", "values", "most often", "locked", "images");
		any = true;
		chip_word_name(name, sizeof name, family->chip, word);
		survey_distinct_text(values, counts);
		survey_value_text(common, family, word, most, reveal);
		fprintf(out, "%4u  %-20.20s %-14s  ", word, name, values);
		if (most->images < 2)
			fprintf(out, "%-10s\n", "all differ");
		else
			fprintf(out, "%-10s  %-8s %u\n", common, most->locked ? "locked" : "",
				(unsigned)most->images);
	}
}

/* A value that stands out and has more boards than are named. */
static void print_unnamed(FILE *out, const struct survey_family *family, bool reveal)
{
	for (unsigned word = 0; word < family->word_count; word++) {
		const struct survey_word *counts = &family->words[word];
		char text[SURVEY_TEXT_MAX];
		if (!survey_nearly_agrees(counts))
			continue;
		const struct survey_value *most = survey_most_common(counts);
		for (uint32_t i = 0; i < counts->count; i++) {
			const struct survey_value *value = &counts->values[i];
			if (value == most || value->images <= SURVEY_MAX_NAMED)
				continue;
			survey_value_text(text, family, word, value, reveal);
			fprintf(out, "%u more images have %s%s in word %u\n",
				(unsigned)(value->images - SURVEY_MAX_NAMED), text,
				value->locked ? ", locked," : "", word);
		}
		if (counts->others)
			fprintf(out, "%u more images have other values in word %u\n",
				(unsigned)counts->others, word);
	}
}

static void print_outlier(FILE *out, const struct survey *survey,
	const struct survey_outlier *outlier, bool new_image, bool reveal)
{
	const struct survey_family *family =
		&survey->families[survey->images[outlier->image].family];
	const struct survey_value *most = survey_most_common(&family->words[outlier->word]);
	char name[64], own[SURVEY_TEXT_MAX], common[SURVEY_TEXT_MAX];
	if (new_image) {
		report_name(out, survey->images[outlier->image].path);
		fputc('\n', out);
	}
	chip_word_name(name, sizeof name, family->chip, outlier->word);
	survey_value_text(own, family, outlier->word, outlier->value, reveal);
	survey_value_text(common, family, outlier->word, most, reveal);
	fprintf(out, "%6u  %-20.20s %s%s where %u have %s%s\n", outlier->word, name, own,
		outlier->value->locked ? " locked" : "", (unsigned)most->images, common,
		most->locked ? " locked" : "");
}

static void print_outliers(FILE *out, const struct survey *survey, size_t family, bool reveal)
{
	const struct survey_outlier *before = NULL;
	for (size_t i = 0; i < survey->outlier_count; i++) {
		const struct survey_outlier *outlier = &survey->outliers[i];
		if (survey->images[outlier->image].family != family)
			continue;
		if (!before)
			fprintf(out, "\nStanding out, where nearly all others agree:\n");
		print_outlier(
			out, survey, outlier, !before || before->image != outlier->image, reveal);
		before = outlier;
	}
	print_unnamed(out, &survey->families[family], reveal);
}

static enum survey_life usual_life(const struct survey_family *family)
{
	size_t most = 0;
	for (size_t life = 1; life < SURVEY_LIVES; life++)
		if (family->lives[life] > family->lives[most])
			most = life;
	return (enum survey_life)most;
}

static void print_image(FILE *out, const struct survey_image *image)
{
	char id[SURVEY_TEXT_MAX];
	survey_id_text(id, image);
	fprintf(out, "%-26s  %-14s  ", id[0] ? id : "without id", survey_life_name(image->life));
	report_name(out, image->path);
	if (image->unlocked)
		fprintf(out, " (%u key or hash word%s not locked)", image->unlocked,
			image->unlocked == 1 ? "" : "s");
	fputc('\n', out);
}

/* Of a big family only what is not as nearly all are. */
static void print_images(FILE *out, const struct survey *survey, size_t index)
{
	const struct survey_family *family = &survey->families[index];
	bool all = family->images <= LISTED, few_unlocked = family->unlocked * 10 <= family->images;
	enum survey_life usual = usual_life(family);
	size_t count = 0;
	for (size_t i = 0; i < survey->image_count; i++) {
		const struct survey_image *image = &survey->images[i];
		bool odd = image->life != usual || (image->unlocked && few_unlocked);
		if (image->family != index || (!all && !odd))
			continue;
		if (count == 0)
			fprintf(out, "\n%s:\n%-26s  %-14s  %s\n",
				all ? "Boards" : "Boards that are not as most are", "board",
				"life cycle", "file");
		if (count++ < LISTED)
			print_image(out, image);
	}
	if (count > LISTED)
		fprintf(out, "and %zu more: --csv and --json list all\n", count - LISTED);
}

static void print_unlocked(FILE *out, const struct survey_family *family)
{
	bool any = false;
	for (unsigned word = 0; word < family->word_count; word++) {
		char name[64];
		if (family->words[word].unlocked == 0)
			continue;
		if (!any)
			fprintf(out,
				"\nWords of keys and hashes that are written and not locked:\n");
		any = true;
		chip_word_name(name, sizeof name, family->chip, word);
		fprintf(out, "%4u  %-20.20s %u of %u images\n", word, name,
			(unsigned)family->words[word].unlocked,
			(unsigned)family->words[word].images);
	}
}

static void print_family(FILE *out, const struct survey *survey, size_t index, bool reveal)
{
	const struct survey_family *family = &survey->families[index];
	bool first = true;
	fprintf(out, "\n%s: %zu image%s of %zu board%s\n", family->chip->title, family->images,
		family->images == 1 ? "" : "s", family->boards, family->boards == 1 ? "" : "s");
	if (family->remark[0])
		report_wrap(out, 0, 0, family->remark);
	fprintf(out, "%-17s", "life cycle");
	for (size_t life = 0; life < SURVEY_LIVES; life++) {
		if (family->lives[life] == 0)
			continue;
		fprintf(out, "%s%zu %s", first ? "" : ", ", family->lives[life],
			survey_life_name((enum survey_life)life));
		first = false;
	}
	fputc('\n', out);
	print_ranges(out, family, "same everywhere", is_same);
	print_differing(out, family, reveal);
	print_outliers(out, survey, index, reveal);
	print_unlocked(out, family);
	print_images(out, survey, index);
}

static void print_twins(FILE *out, const struct survey *survey)
{
	static const char *const texts[] = {[SURVEY_SAME_BOARD] = "the same board, all fuses equal",
		[SURVEY_LATER] = "the same board, at different times",
		[SURVEY_CONTRADICTS] = "ALARM: one unique id, but not the fuses of one board",
		[SURVEY_CANNOT_TELL] = "not compared: a file could not be read again",
		[SURVEY_SAME_MAC] = "ALARM: one MAC address, different boards"};
	for (size_t i = 0; i < survey->twins_count; i++) {
		const struct survey_twins *twins = &survey->twins[i];
		char text[SURVEY_TEXT_MAX];
		survey_twins_text(text, twins);
		fprintf(out, "\n%s: %s\n", text, texts[twins->verdict]);
		for (size_t j = 0; j < twins->count; j++) {
			fputs("      ", out);
			report_name(out, survey->images[twins->image[j]].path);
			fputc('\n', out);
		}
	}
}

void report_print_survey(FILE *out, const struct survey *survey, bool reveal)
{
	fprintf(out, "%zu image%s", survey->image_count, survey->image_count == 1 ? "" : "s");
	if (survey->unreadable_count)
		fprintf(out, "; %zu file%s could not be read", survey->unreadable_count,
			survey->unreadable_count == 1 ? "" : "s");
	fputc('\n', out);
	for (size_t i = 0; i < survey->family_count; i++)
		print_family(out, survey, i, reveal);
	print_twins(out, survey);
}

enum status report_survey(char **out, enum report_format format, const struct survey *survey,
	bool reveal, struct errbuf *err)
{
	struct report_text text;
	if (format == REPORT_JSON)
		return report_survey_json(out, survey, reveal, err);
	enum status status = report_begin(&text, err);
	if (status != OK)
		return status;
	if (format == REPORT_TEXT)
		report_print_survey(text.stream, survey, reveal);
	else
		report_print_survey_table(text.stream, format, survey, reveal);
	return report_end(out, &text, err);
}
