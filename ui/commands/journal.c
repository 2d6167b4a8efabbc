/* journal: what was burnt, on real and on simulated boards, and how it ended. */
#include "src/report_journal.h"
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

/* The id of the entry that people call by this name; "" when there is none. */
static enum status find_id(char id[JOURNAL_ID_MAX], const struct journal *journal, const char *only,
	struct errbuf *err)
{
	struct journal_entry *entries = NULL;
	size_t count, damaged;
	id[0] = '\0';
	enum status status = journal_read(&entries, &count, &damaged, JOURNAL_ALL, journal, err);
	for (size_t i = 0; status == OK && i < count; i++) {
		char name[REPORT_JOURNAL_NAME];
		report_journal_name(name, journal->source_class, i);
		if (strcmp(name, only) == 0)
			memcpy(id, entries[i].intent.id, JOURNAL_ID_MAX);
	}
	free(entries);
	return status;
}

/* Adds the records of this id, an intent and what became of it, or all: "id" NULL. */
static bool add_records(json_t *all, const json_t *records, const char *id)
{
	bool good = true;
	for (size_t i = 0; i < json_array_size(records); i++) {
		json_t *record = json_array_get(records, i);
		const char *own = json_string_value(json_object_get(record, "id"));
		const char *intent = json_string_value(json_object_get(record, "intent"));
		bool wanted =
			!id || (own && strcmp(own, id) == 0) || (intent && strcmp(intent, id) == 0);
		good = good && (!wanted || json_array_append(all, record) == 0);
	}
	return good;
}

/* Adds a journal's records to the list. */
static enum status take_records(json_t *all, const struct environment *env,
	const struct journal *journal, const char *only, struct errbuf *err)
{
	char *text, id[JOURNAL_ID_MAX];
	size_t damaged;
	enum status status = only ? find_id(id, journal, only, err) : OK;
	if (status == OK)
		status = journal_records_json(&text, &damaged, journal, err);
	if (status != OK)
		return status;
	tell_damage(env, journal, damaged);
	json_t *list = json_loads(text, 0, NULL);
	free(text);
	if (list && !env->reveal)
		report_journal_mask(list);
	bool taken = list && add_records(all, list, only ? id : NULL);
	json_decref(list);
	return taken ? OK : errbuf_set(err, ERR_MEMORY, "out of memory for the journal");
}

/* One list of the records of both journals. */
static enum status print_json(const struct environment *env,
	const struct journal journals[CLASS_COUNT], const char *only, struct errbuf *err)
{
	json_t *all = json_array();
	enum status status = OK;
	for (size_t i = 0; status == OK && i < CLASS_COUNT; i++)
		status = take_records(all, env, &journals[i], only, err);
	if (status == OK && only && json_array_size(all) == 0)
		status = errbuf_set(err, ERR_USAGE,
			"the journal has no entry '%s': 'otpedit journal list' shows their names",
			only);
	char *text = status == OK ? json_dumps(all, JSON_INDENT(1)) : NULL;
	json_decref(all);
	if (status == OK && !text)
		status = errbuf_set(err, ERR_MEMORY, "out of memory for the journal");
	if (text) {
		fputs(text, env->out);
		fputs("\n", env->out);
		free(text);
	}
	return status;
}

static enum status print_report(const struct environment *env, enum report_format format,
	const struct journal journals[CLASS_COUNT], const char *only, struct errbuf *err)
{
	struct report_journal reports[CLASS_COUNT] = {0};
	struct journal_entry *entries[CLASS_COUNT] = {NULL};
	enum status status = OK;
	char *text = NULL;
	for (size_t i = 0; status == OK && i < CLASS_COUNT; i++) {
		reports[i].source_class = classes[i];
		status = journal_read(&entries[i], &reports[i].count, &reports[i].damaged,
			JOURNAL_ALL, &journals[i], err);
		reports[i].entries = entries[i];
		if (status == OK)
			tell_damage(env, &journals[i], reports[i].damaged);
	}
	if (status == OK)
		status =
			report_journal(&text, format, reports, CLASS_COUNT, only, env->reveal, err);
	if (status == OK)
		talk_print(env, text);
	for (size_t i = 0; i < CLASS_COUNT; i++)
		free(entries[i]);
	return status;
}

/* "list", or "show NAME". */
static enum status find_entry(
	const char **only, const struct invocation *invocation, struct errbuf *err)
{
	const char *verb = invocation->operand_count ? invocation->operands[0] : "list";
	bool is_show = strcmp(verb, "show") == 0;
	*only = is_show && invocation->operand_count == 2 ? invocation->operands[1] : NULL;
	if (!is_show && strcmp(verb, "list") != 0)
		return errbuf_set(err, ERR_USAGE,
			"'journal %s' is not known: expected 'list' or 'show ENTRY'", verb);
	if (is_show && !*only)
		return errbuf_set(err, ERR_USAGE,
			"'journal show' needs an entry: 'otpedit journal list' shows their names");
	if (!is_show && invocation->operand_count == 2)
		return errbuf_set(err, ERR_USAGE, "'%s' is one word too many for 'journal list'",
			invocation->operands[1]);
	return OK;
}

enum exit_status command_journal(const struct environment *env, const struct invocation *invocation)
{
	struct errbuf err = {0};
	struct journal journals[CLASS_COUNT];
	enum report_format format = invocation_format(invocation);
	const char *only;
	enum status status = find_entry(&only, invocation, &err);
	if (status == OK && !env->session.source.state_folder)
		status = errbuf_set(&err, ERR_FILE, "there is no state folder, so no journal");
	for (size_t i = 0; status == OK && i < CLASS_COUNT; i++)
		status = journal_open(&journals[i], env->state_folder, classes[i], &err);
	if (status == OK)
		status = format == REPORT_JSON ? print_json(env, journals, only, &err)
					       : print_report(env, format, journals, only, &err);
	return status == OK ? talk_end(env, EXIT_DONE, false) : talk_fail(env, status, &err);
}
