/*
 * One board, one draft and the remarks on it, for tests of rules. What cannot be done fails the
 * test.
 */
#ifndef OTPEDIT_TESTS_SCENE_H
#define OTPEDIT_TESTS_SCENE_H

#include "src/chip.h"
#include "src/draft.h"
#include "src/image.h"
#include "src/plan.h"
#include "src/rules.h"

struct scene {
	struct chip *chip;
	enum peer peer;
	struct image image;
	struct edits edits;
	struct remarks remarks;
	bool no_identity, view_only;
	bool unended[IMAGE_MAX_WORDS]; /* of a commit whose end is not known */
};

/* Takes the chip over. Empty words, open; 17 in word 0; version 3 with 384 words, else 2. */
struct scene *scene_of(struct chip *chip, enum peer peer, unsigned words);

/* The same with a built-in map, and as many words as the service shows of it. */
struct scene *scene_builtin(const char *name, enum peer peer);
void scene_free(struct scene *scene);

/* The rule's remark on this word (-1: the plan as a whole); NULL when there is none. */
const struct remark *scene_remark(struct scene *scene, const char *rule, int word);
void scene_says(
	struct scene *scene, const char *rule, int word, enum severity severity, const char *text);
void scene_silent(struct scene *scene, const char *rule, int word);

/* Ask for a value, for permanent locks, for what `close` asks for. */
void scene_set(struct scene *scene, unsigned word, uint32_t value);
void scene_lock(struct scene *scene, unsigned first, unsigned last);
void scene_close(struct scene *scene);

/* Puts value + word into each of the image's words. */
void scene_fill(struct scene *scene, unsigned first, unsigned last, uint32_t value);

/* plan_free(). */
struct plan *scene_plan(struct scene *scene);

#endif
