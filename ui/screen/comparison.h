/*
 * What is open against another image: what there is to compare with, and what differs, as a text.
 * Without curses. "Here" is what is open, "there" the other one.
 */
#ifndef OTPEDIT_UI_SCREEN_COMPARISON_H
#define OTPEDIT_UI_SCREEN_COMPARISON_H

#include "src/errbuf.h"
#include "src/image.h"
#include "src/session.h"
#include "ui/screen/page.h"

#include <stdbool.h>
#include <stddef.h>

struct comparison {
	bool is_set; /* nothing to compare with was chosen yet, else */
	struct image there;
	bool secret[IMAGE_MAX_WORDS]; /* by the other image's map */
	char name[256];               /* of the other image, for people: fit to be shown */
	char chip[64];                /* its family's title; "" : the same as here */
	unsigned word;                /* the cursor stands on its difference, or the next one */
};

/* An image to compare with. */
struct comparison_choice {
	char *path;     /* owned; NULL: as it was one read earlier */
	char name[256]; /* for people */
	const char *group;
};

#define COMPARISON_CHOICES_MAX 48
struct comparison_choices {
	size_t count, chosen;
	bool is_cut; /* there are more images in this folder */
	struct comparison_choice items[COMPARISON_CHOICES_MAX];
};

/*
 * Looks for what there is: what was read before, where `has_before`; images that commits left of
 * this board, the newest first; images opened last; images in this folder. Never fails: what cannot
 * be looked at is left out.
 */
void comparison_choices_find(struct comparison_choices *out, const struct session *session,
	const char *state_folder, bool has_before);
void comparison_choices_free(struct comparison_choices *choices);

/* As a text; the chosen one stands on line *line. */
void comparison_choices_text(
	struct page *page, size_t *line, const struct comparison_choices *choices);

/* Reads the image of a file. On failure *out is as it was. */
enum status comparison_read(struct comparison *out, const char *path,
	const struct session_options *options, const struct session *session, struct errbuf *err);

/* Takes the image of an earlier read. */
void comparison_take(struct comparison *out, const struct image *before);

/* Moves the cursor by so many differences, as far as there are any. */
void comparison_move(struct comparison *comparison, const struct image *here, long by);

/*
 * All of it, laid out for the page's width; the difference under the cursor stands on lines *first
 * to *past - 1, and is told bit by bit and field by field. Values that may be secret are masked
 * unless `reveal`. Returns how many words differ.
 */
size_t comparison_text(struct page *page, size_t *first, size_t *past,
	const struct comparison *comparison, const struct session *session, bool reveal);

/* What would make the word here as it is there, or why nothing would: short. */
#define COMPARISON_WAY_MAX 40
struct diff_word;
enum tone comparison_way(char out[COMPARISON_WAY_MAX], const struct diff_word *word);

#endif
