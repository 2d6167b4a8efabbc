/* journal list: what was burnt, on real and on simulated boards, and how it ended. */
#include "src/journal.h"
#include "ui/commands/command.h"
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

/* One list of the records of both journals. */
static enum status print_json(const struct environment *env,
	const struct journal journals[CLASS_COUNT], struct errbuf *err)
{
	json_t *all = json_array();
	enum status status = OK;
	for (size_t i = 0; status == OK && i < CLASS_COUNT; i++) {
		char *text;
		size_t damaged;
		status = journal_records_json(&text, &damaged, &journals[i], err);
		if (status != OK)
			break;
		tell_damage(env, &journals[i], damaged);
		json_t *list = json_loads(text, 0, NULL);
		free(text);
		if (!list || json_array_extend(all, list) != 0)
			status = errbuf_set(err, ERR_MEMORY, "out of memory for the journal");
		json_decref(list);
	}
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

static const char *end_text(const struct journal_entry *entry)
{
	switch (entry->end) {
	case JOURNAL_NO_OUTCOME: return "no known end";
	case JOURNAL_PENDING_LOCKS: return "waits for the reset";
	case JOURNAL_MORE_PASSES: return "ended before its next pass";
	case JOURNAL_CLOSED: break;
	}
	return "";
}

/* What was asked of a word; secrets are masked, and so is all of an unknown chip. */
static void asked_text(char *out, size_t cap, const struct environment *env,
	const struct chip *chip, const struct journal_word *word)
{
	if (env->reveal || word->request_value == 0 ||
		(chip && !chip_word_is_secret(chip, word->word)))
		snprintf(out, cap, "%08X", (unsigned)word->request_value);
	else
		snprintf(out, cap, "masked");
}

/* The chip of the entry before is most often this one's, too. */
static const struct chip *chip_of(struct chip **last, const struct journal_entry *entry)
{
	struct errbuf ignored = {0};
	if (*last && strcmp((*last)->name, entry->intent.chip) == 0)
		return *last;
	chip_free(*last);
	if (chip_load(last, entry->intent.chip, &ignored) != OK)
		*last = NULL;
	return *last;
}

static void print_entry(
	const struct environment *env, const struct journal_entry *entry, const struct chip *chip)
{
	const struct journal_intent *intent = &entry->intent;
	const char *end = end_text(entry);
	/* What stands in the file may hold anything, escape sequences too. */
	talk_print_clean(env->out, intent->time, strlen(intent->time));
	fputs("  ", env->out);
	talk_print_clean(env->out, intent->board, strlen(intent->board));
	fprintf(env->out, "  %s (%u of %u)  %s%s%s\n", pass_kind_name(intent->pass),
		intent->pass_index + 1, intent->pass_count,
		entry->has_verdict ? commit_verdict_text(entry->verdict) : "",
		entry->has_verdict && end[0] ? ", " : "", end);
	for (size_t i = 0; i < intent->word_count; i++) {
		const struct journal_word *word = &intent->words[i];
		const char *verdict = "unknown";
		for (size_t j = 0; j < entry->result_count; j++)
			if (entry->results[j].word == word->word)
				verdict = word_verdict_text(entry->results[j].verdict);
		char asked[16];
		asked_text(asked, sizeof asked, env, chip, word);
		fprintf(env->out, "    word %-3u asked %s, status %08X: %s\n", word->word, asked,
			(unsigned)word->request_status, verdict);
	}
}

static enum status print_text(const struct environment *env,
	const struct journal journals[CLASS_COUNT], struct errbuf *err)
{
	static const char *const titles[CLASS_COUNT] = {"Real boards", "Simulated boards"};
	for (size_t i = 0; i < CLASS_COUNT; i++) {
		struct journal_entry *entries = NULL;
		size_t count = 0, damaged = 0;
		enum status status =
			journal_read(&entries, &count, &damaged, JOURNAL_ALL, &journals[i], err);
		if (status != OK)
			return status;
		fprintf(env->out, "%s: %s\n", titles[i],
			count     ? ""
			: damaged ? "no entry can be read"
				  : "nothing was burnt from here");
		struct chip *chip = NULL;
		for (size_t e = 0; e < count; e++)
			print_entry(env, &entries[e], chip_of(&chip, &entries[e]));
		chip_free(chip);
		free(entries);
		tell_damage(env, &journals[i], damaged);
	}
	return OK;
}

enum exit_status command_journal(const struct environment *env, const struct invocation *invocation)
{
	struct errbuf err = {0};
	struct journal journals[CLASS_COUNT];
	enum status status = OK;
	if (invocation->operand_count && strcmp(invocation->operands[0], "list") != 0)
		status = errbuf_set(&err, ERR_USAGE, "'journal %s' is not known: expected 'list'",
			invocation->operands[0]);
	else if (!env->session.source.state_folder)
		status = errbuf_set(&err, ERR_FILE, "there is no state folder, so no journal");
	for (size_t i = 0; status == OK && i < CLASS_COUNT; i++)
		status = journal_open(&journals[i], env->state_folder, classes[i], &err);
	if (status == OK)
		status = invocation->given[OPTION_JSON] ? print_json(env, journals, &err)
							: print_text(env, journals, &err);
	return status == OK ? talk_end(env, EXIT_DONE, false) : talk_fail(env, status, &err);
}
