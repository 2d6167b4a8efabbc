#include "ui/screen/remark_groups.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAME_MAX_LENGTH 64

/* The remark's text behind the word's own name, where it begins with that; sets `name` to it. */
static const char *behind_name(
	char name[NAME_MAX_LENGTH], const struct remark *remark, const struct chip *chip)
{
	name[0] = '\0';
	if (remark->word < 0)
		return remark->text;
	chip_word_name(name, NAME_MAX_LENGTH, chip, (unsigned)remark->word);
	size_t length = strlen(name);
	if (length > 0 && strncmp(remark->text, name, length) == 0)
		return remark->text + length;
	name[0] = '\0';
	return remark->text;
}

static bool continues(
	const struct remark *previous, const struct remark *next, const struct chip *chip)
{
	char name_a[NAME_MAX_LENGTH], name_b[NAME_MAX_LENGTH];
	if (previous->word < 0 || next->word != previous->word + 1 ||
		strcmp(previous->rule, next->rule) != 0 || previous->severity != next->severity)
		return false;
	const char *a = behind_name(name_a, previous, chip), *b = behind_name(name_b, next, chip);
	return (name_a[0] != '\0') == (name_b[0] != '\0') && strcmp(a, b) == 0;
}

static void say(struct remark_group *group, const struct remark *last, const struct chip *chip)
{
	char first_name[NAME_MAX_LENGTH], last_name[NAME_MAX_LENGTH];
	const char *text = behind_name(first_name, group->first, chip);
	behind_name(last_name, last, chip);
	if (group->first_word < 0)
		snprintf(group->text, sizeof group->text, "%s", group->first->text);
	else if (group->first_word == group->last_word)
		snprintf(group->text, sizeof group->text, "word %d: %s", group->first_word,
			group->first->text);
	else if (first_name[0] && strcmp(first_name, last_name) != 0)
		snprintf(group->text, sizeof group->text, "words %d to %d: %s to %s%s",
			group->first_word, group->last_word, first_name, last_name, text);
	else
		snprintf(group->text, sizeof group->text, "words %d to %d: %s", group->first_word,
			group->last_word, group->first->text);
}

bool remark_groups_make(
	struct remark_groups *out, const struct remarks *remarks, const struct chip *chip)
{
	*out = (struct remark_groups){.remark_count = remarks->count};
	if (remarks->count == 0)
		return true;
	out->items = calloc(remarks->count, sizeof *out->items);
	out->of_remark = malloc(remarks->count * sizeof *out->of_remark);
	if (!out->items || !out->of_remark)
		return false;
	const size_t none = remarks->count;
	for (size_t i = 0; i < remarks->count; i++)
		out->of_remark[i] = none;
	for (size_t i = 0; i < remarks->count; i++) {
		if (out->of_remark[i] != none)
			continue;
		struct remark_group *group = &out->items[out->count];
		const struct remark *last = &remarks->items[i];
		*group = (struct remark_group){.first = last, .first_word = last->word};
		out->of_remark[i] = out->count;
		/* Remarks on one word stand together, so those of the next words lie further on. */
		for (size_t k = i + 1; k < remarks->count; k++)
			if (out->of_remark[k] == none &&
				continues(last, &remarks->items[k], chip)) {
				last = &remarks->items[k];
				out->of_remark[k] = out->count;
			}
		group->last_word = last->word;
		say(group, last, chip);
		out->count++;
	}
	return true;
}

void remark_groups_free(struct remark_groups *groups)
{
	free(groups->items);
	free(groups->of_remark);
	*groups = (struct remark_groups){0};
}
