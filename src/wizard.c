/* How a guided operation goes from question to question, and what comes of it. */
#include "src/wizard.h"

#include "src/grammar.h"
#include "src/staging.h"
#include "src/wizard_steps.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum status wizard_begin(struct wizard_run *out, const struct wizard *wizard,
	const struct session *session, unsigned word, struct errbuf *err)
{
	*out = (struct wizard_run){.wizard = wizard, .word = word};
	enum status status = wizard->suits ? wizard->suits(session, err) : OK;
	if (status != OK)
		return status;
	struct wizard_at at = {out, session};
	while (wizard->steps[out->step].title && wizard->steps[out->step].applies &&
		!wizard->steps[out->step].applies(&at))
		out->step++;
	return OK;
}

const char *wizard_said(const struct wizard_at *at, size_t step)
{
	return at->run->answers[step];
}

/* --- questions --- */

static const struct wizard_step *step_of(const struct wizard_run *run)
{
	const struct wizard_step *step = &run->wizard->steps[run->step];
	return step->title ? step : NULL;
}

static bool applies(const struct wizard_at *at, size_t step)
{
	const struct wizard_step *row = &at->run->wizard->steps[step];
	return !row->applies || row->applies(at);
}

bool wizard_question(
	struct wizard_question *out, const struct wizard_run *run, const struct session *session)
{
	const struct wizard_step *step = step_of(run);
	struct wizard_at at = {run, session};
	*out = (struct wizard_question){.number = 1};
	if (!step)
		return false;
	for (size_t i = 0; i < run->step; i++)
		out->number += applies(&at, i) ? 1 : 0;
	out->title = step->title;
	out->about = step->about;
	out->is_path = step->is_path;
	if (step->choices)
		step->choices(out, &at);
	if (step->suggest)
		step->suggest(out->suggestion, sizeof out->suggestion, &at);
	return true;
}

static enum status hear_choice(const struct wizard_question *question, const char *text, char *out,
	size_t cap, struct errbuf *err)
{
	for (size_t i = 0; i < question->choice_count; i++)
		if (strcmp(question->choices[i].answer, text) == 0) {
			snprintf(out, cap, "%s", question->choices[i].text);
			return OK;
		}
	return errbuf_set(err, ERR_USAGE, "'%.40s' is none of the choices", text);
}

enum status wizard_hear(char *out, size_t cap, const struct wizard_run *run,
	const struct session *session, const char *text, struct errbuf *err)
{
	struct wizard_question question;
	struct wizard_at at = {run, session};
	out[0] = '\0';
	if (!wizard_question(&question, run, session))
		return errbuf_set(err, ERR_USAGE, "all questions are answered");
	if (strlen(text) >= WIZARD_ANSWER_MAX)
		return errbuf_set(
			err, ERR_USAGE, "an answer has at most %d bytes", WIZARD_ANSWER_MAX - 1);
	if (question.choice_count > 0)
		return hear_choice(&question, text, out, cap, err);
	if (text[0] == '\0')
		text = question.suggestion;
	return step_of(run)->hear(out, cap, &at, text, err);
}

static void go_on(struct wizard_run *run, const struct session *session)
{
	struct wizard_at at = {run, session};
	do {
		run->step++;
		if (step_of(run))
			run->answers[run->step][0] = '\0';
	} while (step_of(run) && !applies(&at, run->step));
}

enum status wizard_answer(
	struct wizard_run *run, const struct session *session, const char *text, struct errbuf *err)
{
	struct wizard_question question;
	char heard[200];
	const struct wizard_step *step = step_of(run);
	enum status status = wizard_hear(heard, sizeof heard, run, session, text, err);
	if (status != OK)
		return status;
	wizard_question(&question, run, session);
	snprintf(run->answers[run->step], WIZARD_ANSWER_MAX, "%s",
		text[0] ? text : question.suggestion);
	if (step->proves) {
		struct edits *edits = malloc(sizeof *edits);
		status = edits ? wizard_edits(edits, run, session, false, err)
			       : errbuf_set(err, ERR_MEMORY, "out of memory for the answer");
		free(edits);
	}
	if (status == OK)
		go_on(run, session);
	else
		run->answers[run->step][0] = '\0';
	return status;
}

bool wizard_back(struct wizard_run *run, const struct session *session)
{
	struct wizard_at at = {run, session};
	for (size_t step = run->step; step > 0; step--)
		if (applies(&at, step - 1)) {
			run->step = step - 1;
			return true;
		}
	return false;
}

/* --- what comes of it / --- */

enum status wizard_line(char out[WIZARD_LINE_MAX], const struct wizard_run *run,
	const struct session *session, bool lock, struct errbuf *err)
{
	struct wizard_at at = {run, session};
	enum status status = run->wizard->spell(out, &at, err);
	size_t used = strlen(out);
	if (status == OK && lock && run->wizard->asks_lock)
		snprintf(out + used, WIZARD_LINE_MAX - used, " lock");
	return status;
}

enum status wizard_edits(struct edits *out, const struct wizard_run *run,
	const struct session *session, bool lock, struct errbuf *err)
{
	char line[WIZARD_LINE_MAX];
	struct statement *statement = malloc(sizeof *statement);
	*out = (struct edits){0};
	enum status status = statement ? wizard_line(line, run, session, lock, err)
				       : errbuf_set(err, ERR_MEMORY, "out of memory for the line");
	if (status == OK)
		status = grammar_parse_line(statement, line, 0, err);
	if (status == OK)
		status = staging_apply(out, NULL, statement, &session->image, session->chip, err);
	free(statement);
	return status;
}

enum status wizard_merge(struct edits *into, const struct edits *edits, struct errbuf *err)
{
	struct edits merged = *into;
	for (unsigned word = 0; word < IMAGE_MAX_WORDS; word++) {
		struct edit *edit = &merged.word[word];
		const struct edit *more = &edits->word[word];
		bool both = edit->sets_value && more->sets_value;
		if (both && (edit->value != more->value || edit->closes != more->closes))
			return errbuf_set(err, ERR_REFUSED,
				"word %u is staged already with another value: take that back "
				"first",
				word);
		if (more->sets_value) {
			edit->sets_value = true;
			edit->closes = more->closes;
			edit->value = more->value;
		}
		edit->locks |= more->locks;
	}
	*into = merged;
	return OK;
}
