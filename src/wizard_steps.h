/*
 * The rows that guided operations are made of; for wizard.c and wizard_table.c only.
 */
#ifndef OTPEDIT_SRC_WIZARD_STEPS_H
#define OTPEDIT_SRC_WIZARD_STEPS_H

#include "src/wizard.h"

#include <stdint.h>

struct wizard_at { /* a run on a board */
	const struct wizard_run *run;
	const struct session *session;
};

struct wizard_step {
	const char *title, *about; /* NULL title: past the last */
	/* Whether it is asked at all; NULL: always. */
	bool (*applies)(const struct wizard_at *at);
	/* Fills the question's choices; NULL: typed. */
	void (*choices)(struct wizard_question *out, const struct wizard_at *at);
	/* What an empty answer stands for; NULL: nothing. */
	void (*suggest)(char *out, size_t cap, const struct wizard_at *at);
	/* What the text means; typed answers only. */
	enum status (*hear)(char *out, size_t cap, const struct wizard_at *at, const char *text,
		struct errbuf *err);
	/* Whether the answers up to this one make a line whose value can be had: for files. */
	bool proves;
};

/* The answer to a step, by its place in the table. */
const char *wizard_said(const struct wizard_at *at, size_t step);

#endif
