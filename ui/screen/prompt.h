/*
 * The line below the grid where a person types: what to find (/), or a command (:).
 */
#ifndef OTPEDIT_UI_SCREEN_PROMPT_H
#define OTPEDIT_UI_SCREEN_PROMPT_H

#include "src/history.h"
#include "src/search.h"
#include "ui/screen/text_line.h"

#include <stdbool.h>
#include <stddef.h>

struct app;

enum prompt_kind { PROMPT_FIND, PROMPT_COMMAND, PROMPT_KINDS };

struct prompt {
	enum prompt_kind kind;
	struct text_line line;
	unsigned origin; /* where the cursor stood when it was opened */
	bool cut;        /* a line has ended in what is being pasted: the rest is dropped */
	long long last_key_ms;

	/* Lines of before, by kind; read when first asked for. */
	struct history history[PROMPT_KINDS];
	bool is_loaded[PROMPT_KINDS];
	size_t at; /* which of them is shown; the count: what is being typed, kept meanwhile */
	struct text_line typed;

	/* What n and N look for. Zeroed: nothing yet. */
	struct search search;
	char searched[200];          /* as it was typed, for people */
	bool marks;                  /* what it finds is marked where words are shown, until Esc */
	bool found[IMAGE_MAX_WORDS]; /* what is marked now: prompt_mark() */
};

/* Opens the line over what is shown. */
void prompt_open(struct app *app, enum prompt_kind kind);

/* Frees what it holds, and before that, saves the lines of this run. */
void prompt_save(struct app *app);
void prompt_free(struct prompt *prompt);

/* Forgets what was typed for one board, where it may be a secret. */
void prompt_forget(struct prompt *prompt);

/* What can be searched now. */
struct search_place prompt_place(const struct app *app);

/* While a question is typed, the cursor goes to the first word found from where it stood. */
void prompt_look(struct app *app);

/* Notes what is to be marked: what is found by the question that is typed, else by the last one. */
void prompt_mark(struct app *app);

/* Takes the question that is typed; where it is none, or finds nothing, the line stays open. */
void prompt_find(struct app *app);

/* To the next word that is found, or the one before. */
void prompt_find_next(struct app *app, bool backwards);

/* Chooses all words that are found, besides those that are. */
void prompt_select_found(struct app *app);

#endif
