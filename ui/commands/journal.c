/* journal: what was burnt, on real and on simulated boards, and how it ended. */
#include "src/journal_brief.h"
#include "src/report_commit.h"
#include "src/report_journal.h"
#include "src/store.h"
#include "ui/commands/command.h"
#include "ui/commands/invocation.h"
#include "ui/commands/talk.h"

#include <jansson.h>

#include <stdlib.h>
#include <string.h>

static const enum source_class classes[] = {SOURCE_REAL, SOURCE_SIMULATED};
#define CLASS_COUNT (sizeof classes / sizeof classes[0])

static void tell_damage(
	const struct environment *env, const struct journal *journal, size_t damaged)
{
	if (damaged)
		talk_say(env, "%zu line%s of the journal in '%s' could not be understood", damaged,
			damaged == 1 ? "" : "s", journal->folder);
}

/* The entry that people call by this name, or by its id. */
struct chosen {
	const struct journal *journal; /* NULL: none */
	struct journal_brief *briefs;  /* owned: all of its journal */
	size_t count, index;
};

static bool choose(struct chosen *chosen, const char *only)
{
	for (size_t i = 0; i < chosen->count; i++) {
		char name[REPORT_JOURNAL_NAME];
		report_journal_name(name, chosen->journal->source_class, i);
		chosen->index = i;
		if (strcmp(name, only) == 0 || strcmp(chosen->briefs[i].id, only) == 0)
			return true;
	}
	return false;
}

/* chosen_free() in any case. */
static enum status find_chosen(struct chosen *chosen, const struct environment *env,
	const struct journal journals[CLASS_COUNT], const char *only, struct errbuf *err)
{
	enum status status = OK;
	for (size_t i = 0; status == OK && i < CLASS_COUNT; i++) {
		size_t damaged = 0;
		*chosen = (struct chosen){.journal = &journals[i]};
		status = journal_read_briefs(
			&chosen->briefs, &chosen->count, &damaged, &journals[i], err);
		if (status == OK)
			tell_damage(env, &journals[i], damaged);
		if (status == OK && choose(chosen, only))
			return OK;
		free(chosen->briefs);
		*chosen = (struct chosen){0};
	}
	return status != OK ? status
			    : errbuf_set(err, ERR_USAGE,
				      "the journal has no entry '%s': 'otpedit journal list' shows "
				      "their names",
				      only);
}

static void chosen_free(struct chosen *chosen)
{
	free(chosen->briefs);
}

/* Whether an entry is another pass of the chosen one's commit, or itself. */
static bool is_of_commit(const struct chosen *chosen, size_t index)
{
	return index == chosen->index ||
	       journal_brief_is_same_commit(&chosen->briefs[chosen->index], &chosen->briefs[index]);
}

/* Whether a record is an intent of one of the chosen entries, or what became of it. */
static bool is_wanted(const json_t *record, const struct chosen *chosen, bool whole_commit)
{
	const char *id = json_string_value(json_object_get(record, "id"));
	const char *intent = json_string_value(json_object_get(record, "intent"));
	for (size_t i = 0; i < chosen->count; i++) {
		const char *own = chosen->briefs[i].id;
		if (i != chosen->index && (!whole_commit || !is_of_commit(chosen, i)))
			continue;
		if ((id && strcmp(id, own) == 0) || (intent && strcmp(intent, own) == 0))
			return true;
	}
	return false;
}

/* Adds a journal's records to the list: those of the chosen entry, or all. */
static enum status take_records(json_t *all, const struct environment *env,
	const struct journal *journal, const struct chosen *chosen, bool whole_commit,
	struct errbuf *err)
{
	char *text;
	size_t damaged;
	enum status status = journal_records_json(&text, &damaged, journal, err);
	if (status != OK)
		return status;
	if (!chosen)
		tell_damage(env, journal, damaged);
	json_t *list = json_loads(text, 0, NULL);
	free(text);
	if (list && !env->reveal)
		report_journal_mask(list);
	bool good = list != NULL;
	for (size_t i = 0; good && i < json_array_size(list); i++) {
		json_t *record = json_array_get(list, i);
		if (!chosen || is_wanted(record, chosen, whole_commit))
			good = json_array_append(all, record) == 0;
	}
	json_decref(list);
	return good ? OK : errbuf_set(err, ERR_MEMORY, "out of memory for the journal");
}

/* A list as text; takes the list over. */
static enum status dump(char **out, json_t *list, struct errbuf *err)
{
	*out = json_dumps(list, JSON_INDENT(1));
	json_decref(list);
	return *out ? OK : errbuf_set(err, ERR_MEMORY, "out of memory for the journal");
}

/* One list of the records of both journals. */
static enum status list_json(char **out, const struct environment *env,
	const struct journal journals[CLASS_COUNT], struct errbuf *err)
{
	json_t *all = json_array();
	enum status status = OK;
	for (size_t i = 0; status == OK && i < CLASS_COUNT; i++)
		status = take_records(all, env, &journals[i], NULL, false, err);
	if (status == OK)
		return dump(out, all, err);
	json_decref(all);
	return status;
}

static enum status chosen_json(char **out, const struct environment *env,
	const struct chosen *chosen, bool whole_commit, struct errbuf *err)
{
	json_t *all = json_array();
	enum status status = take_records(all, env, chosen->journal, chosen, whole_commit, err);
	if (status == OK)
		return dump(out, all, err);
	json_decref(all);
	return status;
}

static enum status list_report(char **out, const struct environment *env, enum report_format format,
	const struct journal journals[CLASS_COUNT], struct errbuf *err)
{
	struct report_journal reports[CLASS_COUNT] = {0};
	struct journal_book books[CLASS_COUNT] = {0};
	enum status status = OK;
	for (size_t i = 0; status == OK && i < CLASS_COUNT; i++) {
		status = journal_book_read(&books[i], &journals[i], err);
		reports[i] = (struct report_journal){.source_class = classes[i],
			.book = &books[i],
			.count = books[i].count,
			.damaged = books[i].damaged};
		if (status == OK)
			tell_damage(env, &journals[i], reports[i].damaged);
	}
	if (status == OK)
		status = report_journal(out, format, reports, CLASS_COUNT, NULL, env->reveal, err);
	for (size_t i = 0; i < CLASS_COUNT; i++)
		journal_book_free(&books[i]);
	return status;
}

static enum status chosen_report(char **out, const struct environment *env,
	enum report_format format, const struct chosen *chosen, struct errbuf *err)
{
	struct journal_entry *entry = NULL;
	char name[REPORT_JOURNAL_NAME];
	enum status status =
		journal_read_entry(&entry, chosen->journal, &chosen->briefs[chosen->index], err);
	struct report_journal report = {.source_class = chosen->journal->source_class,
		.entries = entry,
		.count = 1,
		.first = chosen->index};
	report_journal_name(name, report.source_class, chosen->index);
	if (status == OK)
		status = report_journal(out, format, &report, 1, name, env->reveal, err);
	free(entry);
	return status;
}

/* --- export: one commit, all of its passes */

static enum status commit_report(
	char **out, const struct environment *env, const struct chosen *chosen, struct errbuf *err)
{
	struct report_commit_pass *passes = calloc(chosen->count + 1, sizeof *passes);
	struct report_commit commit = {.source_class = chosen->journal->source_class,
		.passes = passes,
		.reveal = env->reveal};
	enum status status =
		passes ? OK : errbuf_set(err, ERR_MEMORY, "out of memory for the journal");
	for (size_t i = 0; status == OK && i < chosen->count; i++) {
		struct report_commit_pass *pass = &passes[commit.count];
		if (!is_of_commit(chosen, i))
			continue;
		report_journal_name(pass->name, commit.source_class, i);
		status = journal_read_entry(&pass->entry, chosen->journal, &chosen->briefs[i], err);
		commit.count += status == OK ? 1 : 0;
	}
	if (status == OK)
		status = report_commit(out, &commit, err);
	for (size_t i = 0; i < commit.count; i++)
		free(passes[i].entry);
	free(passes);
	return status;
}

/* --- the command */

enum verb { VERB_LIST, VERB_SHOW, VERB_EXPORT };

static enum status check_words(
	enum verb verb, const struct invocation *invocation, struct errbuf *err)
{
	static const char *const names[] = {"list", "show", "export"};
	const char *name = names[verb];
	size_t wanted = verb == VERB_LIST ? 1 : 2;
	if (invocation->operand_count < wanted && verb != VERB_LIST)
		return errbuf_set(err, ERR_USAGE,
			"'journal %s' needs an entry: 'otpedit journal list' shows their names",
			name);
	if (invocation->operand_count > wanted)
		return errbuf_set(err, ERR_USAGE, "'%s' is one word too many for 'journal %s'",
			invocation->operands[wanted], name);
	if (verb == VERB_EXPORT && invocation->given[OPTION_CSV])
		return errbuf_set(err, ERR_USAGE,
			"'journal export' writes Markdown, or JSON with --json: 'journal show "
			"--csv' gives a table");
	if (verb != VERB_EXPORT && invocation->given[OPTION_OUTPUT])
		return errbuf_set(err, ERR_USAGE, "only 'journal export' saves to a file");
	return OK;
}

static enum status find_verb(
	enum verb *verb, const struct invocation *invocation, struct errbuf *err)
{
	const char *name = invocation->operand_count ? invocation->operands[0] : "list";
	if (strcmp(name, "list") == 0)
		*verb = VERB_LIST;
	else if (strcmp(name, "show") == 0)
		*verb = VERB_SHOW;
	else if (strcmp(name, "export") == 0)
		*verb = VERB_EXPORT;
	else
		return errbuf_set(err, ERR_USAGE,
			"'journal %s' is not known: expected 'list', 'show ENTRY' or 'export "
			"ENTRY'",
			name);
	return check_words(*verb, invocation, err);
}

static enum status make_text(char **out, const struct environment *env, enum verb verb,
	enum report_format format, const struct journal journals[CLASS_COUNT], const char *only,
	struct errbuf *err)
{
	if (verb == VERB_LIST)
		return format == REPORT_JSON ? list_json(out, env, journals, err)
					     : list_report(out, env, format, journals, err);
	struct chosen chosen = {0};
	enum status status = find_chosen(&chosen, env, journals, only, err);
	if (status == OK && format == REPORT_JSON)
		status = chosen_json(out, env, &chosen, verb == VERB_EXPORT, err);
	else if (status == OK && verb == VERB_EXPORT)
		status = commit_report(out, env, &chosen, err);
	else if (status == OK)
		status = chosen_report(out, env, format, &chosen, err);
	chosen_free(&chosen);
	return status;
}

/* Into a new file, or to standard output. */
static enum status give_out(const struct environment *env, const struct invocation *invocation,
	const char *text, struct errbuf *err)
{
	const char *path = invocation->value[OPTION_OUTPUT];
	size_t length = strlen(text);
	if (!path) {
		fputs(text, env->out);
		if (length > 0 && text[length - 1] != '\n')
			fputc('\n', env->out);
		return OK;
	}
	enum status status = store_create(path, text, length, err);
	if (status == OK)
		fprintf(env->out, "saved '%s'\n", path);
	return status;
}

enum exit_status command_journal(const struct environment *env, const struct invocation *invocation)
{
	struct errbuf err = {0};
	struct journal journals[CLASS_COUNT];
	enum verb verb = VERB_LIST;
	char *text = NULL;
	enum status status = find_verb(&verb, invocation, &err);
	if (status == OK && !env->session.source.state_folder)
		status = errbuf_set(&err, ERR_FILE, "there is no state folder, so no journal");
	for (size_t i = 0; status == OK && i < CLASS_COUNT; i++)
		status = journal_open(&journals[i], env->state_folder, classes[i], &err);
	if (status == OK)
		status = make_text(&text, env, verb, invocation_format(invocation), journals,
			verb == VERB_LIST ? NULL : invocation->operands[1], &err);
	if (status == OK)
		status = give_out(env, invocation, text, &err);
	free(text);
	return status == OK ? talk_end(env, EXIT_DONE, false) : talk_fail(env, status, &err);
}
