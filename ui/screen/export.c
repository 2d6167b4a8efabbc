#include "ui/screen/export.h"

#include "src/clean_text.h"
#include "src/field.h"
#include "src/report.h"
#include "src/store.h"
#include "ui/screen/views.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define COLUMNS   80
#define NAMES_MAX 10000

/* --- what must not be written --- */

static bool is_secret(const struct app *app, unsigned word)
{
	return chip_word_is_secret(app->session->chip, word);
}

/* What came of a commit tells all values: it cannot be masked. */
static bool result_is_secret(const struct app *app)
{
	for (size_t i = 0; app->result && i < app->result->word_count; i++) {
		const struct word_result *word = &app->result->words[i];
		if (is_secret(app, word->word) &&
			(word->found_value | word->planned_value | word->before_value) != 0)
			return true;
	}
	return false;
}

/* Why this view is not written; NULL: nothing stands against it. */
static const char *hindrance(const struct app *app)
{
	if (app->view == VIEW_JOURNAL && app->journal.is_reading)
		return "the journal is still being read: nothing was written";
	if (app->view == VIEW_DETAIL && is_secret(app, app->selected) &&
		app_edit(app, app->selected)->sets_value)
		return "a value is staged for this word, which may be secret: nothing was written";
	if (app->view == VIEW_RESULT && result_is_secret(app))
		return "this holds values that may be secret, so nothing was written: 'otpedit "
		       "journal show' tells it with them masked";
	return NULL;
}

/* --- the text --- */

static void put_head(FILE *out, const struct app *app)
{
	const struct session *session = app->session;
	char when[40] = "", part[64] = "", line[512];
	time_t now = time(NULL);
	struct tm local;
	if (localtime_r(&now, &local))
		strftime(when, sizeof when, ", %Y-%m-%d %H:%M:%S", &local);
	if (session->has_image)
		field_part_number(part, sizeof part, session->chip, &session->image);
	snprintf(line, sizeof line, "otpedit %s%s: %.200s, %s%s%s", OTPEDIT_VERSION, when,
		session->source_text, part[0] ? part : session->chip->title,
		session->board[0] ? ", " : "", session->board);
	clean_text_in_place(line);
	fprintf(out, "%s\n\n", line);
}

static void put_page(FILE *out, const struct page *page)
{
	char line[4096];
	for (size_t i = 0; i < page->line_count; i++) {
		page_line_text(line, sizeof line, page, i);
		clean_text_in_place(line);
		size_t length = strlen(line);
		while (length > 0 && line[length - 1] == ' ')
			line[--length] = '\0';
		fprintf(out, "%s\n", line);
	}
}

static void put_staged(FILE *out, const struct app *app)
{
	const char *between = "\nStaged, and not burnt: word ";
	for (unsigned word = 0; word < IMAGE_MAX_WORDS; word++) {
		const struct edit *edit = app_edit(app, word);
		if (edit_is_empty(edit))
			continue;
		fprintf(out, "%s%u", between, word);
		if (edit->sets_value && is_secret(app, word))
			fputs(" (masked)", out);
		else if (edit->sets_value)
			fprintf(out, " = %08X", (unsigned)edit->value);
		if (edit->locks)
			fputs(" lock", out);
		between = ", ";
	}
	if (between[0] == ',')
		fputc('\n', out);
}

static enum status put_words(FILE *out, const struct app *app, struct errbuf *err)
{
	char *text;
	struct report_image subject = {.source = app->session->source_text,
		.chip = app->session->chip,
		.image = &app->session->image,
		.fields = true};
	enum status status = report_show(&text, REPORT_TEXT, &subject, err);
	if (status != OK)
		return status;
	fputs(text, out);
	free(text);
	put_staged(out, app);
	return OK;
}

static enum status put_view(FILE *out, struct app *app, struct errbuf *err)
{
	if (app->session)
		put_head(out, app);
	if (app->view == VIEW_GRID)
		return put_words(out, app, err);
	struct page page;
	size_t first, past;
	bool reveal = app->reveal;
	page_init(&page, COLUMNS);
	app->reveal = false;
	if (app->view == VIEW_COMPARE)
		comparison_text(&page, &first, &past, &app->comparison, app->session, false);
	else if (app->view == VIEW_PREVIEW)
		view_preview_text(&page, app, true);
	else if (app->view == VIEW_STAGED)
		view_staged_text(&page, app);
	else if (app->view == VIEW_JOURNAL)
		journal_list_text(&page, &first, &past, &app->journal, app->journal.count);
	else
		view_text_fill(&page, app);
	app->reveal = reveal;
	put_page(out, &page);
	bool whole = !page.incomplete, empty = page.line_count == 0;
	page_free(&page);
	if (!whole)
		return errbuf_set(err, ERR_MEMORY, "out of memory: nothing was written");
	return empty ? errbuf_set(err, ERR_UNSUPPORTED, "this view is not one to be written") : OK;
}

/* --- the file --- */

/* A new name each time: nothing is ever written over. */
static enum status save(char *name, size_t cap, const char *text, size_t length, struct errbuf *err)
{
	for (unsigned i = 1; i < NAMES_MAX; i++) {
		snprintf(name, cap, "otpedit-%u.txt", i);
		if (!store_exists(name))
			return store_create(name, text, length, err);
	}
	return errbuf_set(err, ERR_FILE, "there are too many files named otpedit-N.txt here");
}

void export_view(struct app *app)
{
	char *text = NULL, name[64];
	size_t length = 0;
	struct errbuf err = {0};
	const char *why = app->session ? hindrance(app) : NULL;
	if (why) {
		app_say(app, TONE_WARNING, "%s", why);
		return;
	}
	FILE *out = open_memstream(&text, &length);
	enum status status = out ? put_view(out, app, &err) : ERR_MEMORY;
	if (out && fclose(out) != 0)
		status = ERR_MEMORY;
	if (status == OK)
		status = save(name, sizeof name, text, length, &err);
	free(text);
	if (status == OK)
		app_say(app, TONE_GOOD, "written to %s in this folder%s", name,
			app->reveal ? "; secret words are masked there" : "");
	else
		app_say(app, TONE_ERROR, "%s", err.text[0] ? err.text : "out of memory");
}
