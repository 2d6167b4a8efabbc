/*
 * Guided one-off operations: a question at a time, and from the answers one line of the plan
 * grammar (grammar.h). No second way to a burn: what comes of it are edits, just as the line itself
 * would give them, and all else is up to rules, preview and confirmation.
 */
#ifndef OTPEDIT_SRC_WIZARD_H
#define OTPEDIT_SRC_WIZARD_H

#include "src/draft.h"
#include "src/errbuf.h"
#include "src/session.h"

#include <stdbool.h>
#include <stddef.h>

#define WIZARD_ANSWER_MAX  900  /* bytes of an answer, with its zero byte */
#define WIZARD_LINE_MAX    1024 /* bytes of the line, with its zero byte */
#define WIZARD_MAX_STEPS   8
#define WIZARD_MAX_CHOICES 16

struct wizard_at; /* wizard_steps.h */
struct wizard_step;

struct wizard {
	const char *name;  /* "write-lock", for programs and tests */
	const char *title; /* "write and lock one word" */
	const char *about; /* two sentences */
	bool asks_lock;    /* whether values are locked, too, is the person's choice at the end */
	bool closes;       /* what it asks for is the closing of the device */
	const struct wizard_step *steps; /* ends with a row without a question */
	/* Whether the board has what it is about; NULL: always. */
	enum status (*suits)(const struct session *session, struct errbuf *err);
	/* The line, without the lock that is the person's choice. */
	enum status (*spell)(
		char out[WIZARD_LINE_MAX], const struct wizard_at *at, struct errbuf *err);
};

/* The guided operations, by index; NULL past the last. */
const struct wizard *wizard_at(size_t index);

/* One of them at work: where it is, and what was answered. A value; nothing to free. */
struct wizard_run {
	const struct wizard *wizard;
	unsigned word; /* the word that the person looked at, for suggestions */
	size_t step;
	char answers[WIZARD_MAX_STEPS][WIZARD_ANSWER_MAX]; /* "" : not asked */
};

/* ERR_REFUSED where this board or chip has nothing it could be about. */
enum status wizard_begin(struct wizard_run *out, const struct wizard *wizard,
	const struct session *session, unsigned word, struct errbuf *err);

struct wizard_choice {
	char answer[24];
	char text[100];
};

struct wizard_question {
	unsigned number; /* from 1 up, of those that are asked */
	const char *title, *about;
	char suggestion[24]; /* what an empty answer stands for; "" : nothing */
	bool is_path;        /* names of files are typed, with commas between if several */
	size_t choice_count; /* 0: the answer is typed */
	struct wizard_choice choices[WIZARD_MAX_CHOICES];
};

/* False when all is answered: what is asked for can be looked at. */
bool wizard_question(
	struct wizard_question *out, const struct wizard_run *run, const struct session *session);

/*
 * What a text would mean as the answer to the question at hand, for people, while it is typed;
 * a failure says what is wrong with it. Opens no file.
 */
enum status wizard_hear(char *out, size_t cap, const struct wizard_run *run,
	const struct session *session, const char *text, struct errbuf *err);

/* Answers the question at hand, and goes on to the next. Files named are read, to see whether they
 * hold what is wanted. On failure the question stays. */
enum status wizard_answer(struct wizard_run *run, const struct session *session, const char *text,
	struct errbuf *err);

/* One question back; false at the first. */
bool wizard_back(struct wizard_run *run, const struct session *session);

/*
 * The line of the grammar that asks for the same, once all is answered; `lock` counts where
 * asks_lock. ERR_USAGE for a text that the grammar cannot spell.
 */
enum status wizard_line(char out[WIZARD_LINE_MAX], const struct wizard_run *run,
	const struct session *session, bool lock, struct errbuf *err);

/* What that line asks for on this board, and nothing else. Reads files. */
enum status wizard_edits(struct edits *out, const struct wizard_run *run,
	const struct session *session, bool lock, struct errbuf *err);

/* Adds edits to others. ERR_REFUSED, naming the word, where both set different values. */
enum status wizard_merge(struct edits *into, const struct edits *edits, struct errbuf *err);

#endif
