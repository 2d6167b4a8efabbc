#include "tests/support/scene.h"

#include "src/staging.h"
#include "src/word_status.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

struct scene *scene_of(struct chip *chip, enum peer peer, unsigned words)
{
	struct scene *scene = calloc(1, sizeof *scene);
	assert_non_null(scene);
	scene->chip = chip;
	scene->peer = peer;
	scene->image.version = words == 384 ? 3 : 2;
	scene->image.word_count = words;
	scene->image.value[0] = 0x17;
	return scene;
}

struct scene *scene_builtin(const char *name, enum peer peer)
{
	struct chip *chip = NULL;
	struct errbuf err = {0};
	if (chip_load(&chip, name, &err) != OK)
		fail_msg("%s", err.text);
	bool is_short = peer == PEER_UBOOT && chip->short_word_count > 0;
	return scene_of(chip, peer, is_short ? chip->short_word_count : chip->word_count);
}

void scene_free(struct scene *scene)
{
	remarks_free(&scene->remarks);
	chip_free(scene->chip);
	free(scene);
}

const struct remark *scene_remark(struct scene *scene, const char *rule, int word)
{
	struct rules_context context = {.edits = &scene->edits,
		.image = &scene->image,
		.chip = scene->chip,
		.peer = scene->peer,
		.has_identity = !scene->no_identity,
		.view_only = scene->view_only,
		.untouchable = scene->unended};
	struct errbuf err = {0};
	remarks_free(&scene->remarks);
	assert_int_equal(rules_check(&scene->remarks, &context, &err), OK);
	for (size_t i = 0; i < scene->remarks.count; i++)
		if (strcmp(scene->remarks.items[i].rule, rule) == 0 &&
			scene->remarks.items[i].word == word)
			return &scene->remarks.items[i];
	return NULL;
}

void scene_says(
	struct scene *scene, const char *rule, int word, enum severity severity, const char *text)
{
	const struct remark *found = scene_remark(scene, rule, word);
	if (!found)
		fail_msg("%s: no remark '%s' on word %d", scene->chip->name, rule, word);
	assert_int_equal(found->severity, severity);
	if (!strstr(found->text, text))
		fail_msg("'%s' is not in: %s", text, found->text);
}

void scene_silent(struct scene *scene, const char *rule, int word)
{
	const struct remark *found = scene_remark(scene, rule, word);
	if (found)
		fail_msg("%s: a remark that should not be there: %s", scene->chip->name,
			found->text);
}

void scene_set(struct scene *scene, unsigned word, uint32_t value)
{
	scene->edits.word[word].sets_value = true;
	scene->edits.word[word].value = value;
}

void scene_lock(struct scene *scene, unsigned first, unsigned last)
{
	for (unsigned word = first; word <= last; word++)
		scene->edits.word[word].locks = WORD_STATUS_PERMANENT;
}

void scene_close(struct scene *scene)
{
	struct statement *statement = calloc(1, sizeof *statement);
	assert_non_null(statement);
	statement->verb = VERB_CLOSE;
	struct errbuf err = {0};
	assert_int_equal(
		staging_apply(&scene->edits, NULL, statement, &scene->image, scene->chip, &err),
		OK);
	free(statement);
}

void scene_fill(struct scene *scene, unsigned first, unsigned last, uint32_t value)
{
	for (unsigned word = first; word <= last; word++)
		scene->image.value[word] = value + word;
}

struct plan *scene_plan(struct scene *scene)
{
	struct plan_context context = {.chip = scene->chip,
		.peer = scene->peer,
		.source_class = SOURCE_SIMULATED,
		.board = "00410032-33385116-34383330"};
	struct plan *plan = NULL;
	struct errbuf err = {0};
	if (plan_make(&plan, &scene->edits, &scene->image, &context, &err) != OK)
		fail_msg("%s", err.text);
	return plan;
}
