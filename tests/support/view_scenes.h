/*
 * Each view with something to show, as keys and events lead to it, and what a person has to read
 * there.
 */
#ifndef OTPEDIT_TESTS_VIEW_SCENES_H
#define OTPEDIT_TESTS_VIEW_SCENES_H

#include "tests/support/drawn.h"
#include "tests/support/painted.h"

#include <stdbool.h>

#define SCENE_SENTENCES 6
#define SCENE_WARNINGS  3

struct scene_of_view {
	const char *name;
	void (*act)(struct drawn *f);
	/* What is said, over however many lines; and what stands out from plain text. */
	const char *sentences[SCENE_SENTENCES];
	const char *warnings[SCENE_WARNINGS];
	bool is_kept; /* a screen of it that was looked at is in tests/data/screens */
};

/* Ends with one without a name; the first is of the words. */
extern const struct scene_of_view scenes_of_views[];

/* In a folder of its own, with 96 words of which 13 to 15 are locked; drawn in this size. */
void scene_begin(const struct scene_of_view *scene, struct drawn *f, struct painted *painted,
	const unsigned size[2]);
void scene_end(void);

#endif
