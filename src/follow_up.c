#include "src/follow_up.h"

#include "src/clean_text.h"
#include "src/journal_brief.h"
#include "src/session.h"
#include "src/word_status.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *follow_up_step_text(enum follow_up_step step)
{
	static const char *const texts[] = {[FOLLOW_UP_DONE] = "done",
		[FOLLOW_UP_AGAIN] = "can be asked for again",
		[FOLLOW_UP_WAIT] = "wait",
		[FOLLOW_UP_NEVER] = "not from here"};
	return texts[step];
}

size_t follow_up_count(const struct follow_up *follow_up, enum follow_up_step step)
{
	size_t count = 0;
	for (size_t i = 0; i < follow_up->word_count; i++)
		count += follow_up->words[i].step == step ? 1 : 0;
	return count;
}

/* --- the passes of one commit */

struct commit {
	size_t count;
	struct journal_entry *passes[PLAN_MAX_PASSES]; /* owned */
};

static void free_commit(struct commit *commit)
{
	for (size_t i = 0; i < commit->count; i++)
		free(commit->passes[i]);
	*commit = (struct commit){0};
}

/* What this opening found out is newer than the journal, where it could not be closed. */
static void take_fresh(struct journal_entry *entry, const struct session *session)
{
	for (size_t i = 0; i < session->recovered_count; i++)
		if (strcmp(session->recovered[i].intent.id, entry->intent.id) == 0)
			*entry = session->recovered[i];
}

static bool is_known_pass(const struct commit *commit, const struct journal_entry *entry)
{
	for (size_t i = 0; i < commit->count; i++)
		if (commit->passes[i]->intent.pass_index == entry->intent.pass_index)
			return true;
	return commit->count == PLAN_MAX_PASSES;
}

static enum status read_commit(struct commit *out, const struct session *session,
	const struct journal_brief *briefs, size_t count, const struct journal_brief *one,
	struct errbuf *err)
{
	enum status status = OK;
	for (size_t i = 0; status == OK && i < count; i++) {
		struct journal_entry *entry;
		if (!journal_brief_is_same_commit(&briefs[i], one))
			continue;
		status = journal_read_entry(&entry, &session->journal, &briefs[i], err);
		if (status != OK)
			break;
		/* A damaged journal may hold a pass twice. */
		if (is_known_pass(out, entry)) {
			free(entry);
			continue;
		}
		take_fresh(entry, session);
		out->passes[out->count++] = entry;
	}
	return status;
}

/* What the whole commit asked for; of entries of early versions, what its passes did. */
static void asked_by(struct edits *out, const struct commit *commit)
{
	*out = (struct edits){0};
	for (size_t p = 0; p < commit->count; p++) {
		const struct journal_intent *intent = &commit->passes[p]->intent;
		if (intent->has_plan) {
			*out = intent->plan;
			return;
		}
		for (size_t i = 0; i < intent->word_count; i++) {
			const struct journal_word *word = &intent->words[i];
			struct edit *edit = &out->word[word->word];
			if (word->request_value != 0) {
				edit->sets_value = true;
				edit->value = word->after_value;
			}
			edit->locks |= word->request_status & WORD_STATUS_LOCKS;
		}
	}
}

/* --- one word */

struct looking {
	struct follow_up *out;
	const struct session *session;
	const struct commit *commit;
};

static const struct journal_word *word_of(const struct journal_intent *intent, unsigned word)
{
	for (size_t i = 0; i < intent->word_count; i++)
		if (intent->words[i].word == word)
			return &intent->words[i];
	return NULL;
}

static enum word_verdict verdict_in(const struct journal_entry *entry, unsigned word)
{
	for (size_t i = 0; i < entry->result_count; i++)
		if (entry->results[i].word == word)
			return entry->results[i].verdict;
	return VERDICT_UNKNOWN;
}

/* What the journal says of the word, and what holds of its last pass with it. */
struct traces {
	bool is_begun, is_open, waits;
	uint32_t expected; /* the value it had after the last pass, as predicted */
	bool has_expected;
};

static struct traces trace(struct follow_up_word *line, const struct looking *looking)
{
	struct traces traces = {0};
	line->verdict = VERDICT_NOT_REACHED;
	for (size_t p = 0; p < looking->commit->count; p++) {
		const struct journal_entry *entry = looking->commit->passes[p];
		const struct journal_word *word = word_of(&entry->intent, line->word);
		if (!word)
			continue;
		if (!traces.is_begun) {
			line->has_before = word->before_known;
			line->before_value = word->before_value;
			line->before_status = word->before_status;
		}
		traces.is_begun = true;
		traces.is_open |= entry->end == JOURNAL_NO_OUTCOME;
		traces.waits |= entry->end == JOURNAL_PENDING_LOCKS;
		traces.has_expected = word->after_known;
		traces.expected = word->after_value;
		line->verdict = verdict_in(entry, line->word);
	}
	return traces;
}

static void set_step(struct follow_up_word *line, enum follow_up_step step, const char *text)
{
	line->step = step;
	snprintf(line->text, sizeof line->text, "%s", text);
}

/* What of the asked is not on the board. */
static struct edit missing(const struct follow_up_word *line)
{
	struct edit edit = line->asked;
	edit.locks &= ~line->now_status;
	if (edit.closes && (edit.value & ~line->now_value) == 0)
		edit = (struct edit){.locks = edit.locks};
	else if (!edit.closes && edit.sets_value && edit.value == line->now_value)
		edit.sets_value = false;
	if (!edit.sets_value)
		edit.value = 0;
	return edit;
}

/* What rules say may name values. */
static void refuse(
	struct follow_up_word *line, const struct looking *looking, const struct remark *remark)
{
	char name[96];
	bool secret = chip_word_is_secret(looking->session->chip, line->word);
	snprintf(name, sizeof name, "the rule '%.40s' stands against it", remark->rule);
	set_step(line, FOLLOW_UP_NEVER, secret ? name : remark->text);
}

static enum status ask_rules(struct follow_up_word *line, const struct looking *looking,
	const struct edit *edit, struct errbuf *err)
{
	struct edits *edits = calloc(1, sizeof *edits);
	struct remarks remarks = {0};
	if (!edits)
		return errbuf_set(err, ERR_MEMORY, "out of memory for what is left");
	edits->word[line->word] = *edit;
	enum status status = session_check_word(&remarks, looking->session, edits, line->word, err);
	free(edits);
	if (status == OK)
		set_step(line, FOLLOW_UP_AGAIN, "");
	for (size_t i = 0; status == OK && i < remarks.count; i++)
		if (remarks.items[i].severity == SEVERITY_ERROR) {
			refuse(line, looking, &remarks.items[i]);
			break;
		}
	remarks_free(&remarks);
	return status;
}

static enum status judge(
	struct follow_up_word *line, const struct looking *looking, struct errbuf *err)
{
	const struct session *session = looking->session;
	struct traces traces = trace(line, looking);
	line->has_now = session->has_image && line->word < session->image.word_count;
	if (!line->has_now) {
		set_step(line, traces.is_open ? FOLLOW_UP_WAIT : FOLLOW_UP_NEVER,
			"the board does not show the word now");
		return OK;
	}
	line->now_value = session->image.value[line->word];
	line->now_status = session->image.status[line->word];
	struct edit edit = missing(line);
	bool known = image_value_is_known(&session->image, line->word);
	if (session->untouchable[line->word] || traces.is_open)
		set_step(
			line, FOLLOW_UP_WAIT, "power-cycle the board, which settles what is burnt");
	else if (line->now_status & WORD_STATUS_READ_ERROR)
		set_step(line, FOLLOW_UP_NEVER,
			"the word cannot be read, and no write mends one that is spoilt");
	else if (!known && (edit.sets_value || edit.closes))
		set_step(line, FOLLOW_UP_NEVER, "what the word really holds cannot be read");
	else if (edit_is_empty(&edit))
		set_step(line, FOLLOW_UP_DONE, "");
	else if (traces.waits && !edit.sets_value && !edit.closes)
		set_step(line, FOLLOW_UP_WAIT,
			"the lock may be there and show only after the board's reset");
	else if (edit.closes)
		set_step(line, FOLLOW_UP_NEVER,
			"closing is begun anew, with all of what has to hold: 'otpedit close'");
	else if (!edit.sets_value && known && traces.has_expected &&
		 line->now_value != traces.expected)
		set_step(line, FOLLOW_UP_NEVER,
			"the word holds another value than the one that was to be locked");
	else
		return ask_rules(line, looking, &edit, err);
	return OK;
}

static enum status add_word(
	struct looking *looking, unsigned word, const struct edit *asked, struct errbuf *err)
{
	struct follow_up *out = looking->out;
	struct follow_up_word line = {.word = word, .asked = *asked};
	enum status status = judge(&line, looking, err);
	if (status != OK)
		return status;
	if (line.verdict == VERDICT_AS_PLANNED && line.step != FOLLOW_UP_DONE &&
		line.step != FOLLOW_UP_WAIT)
		line.verdict = VERDICT_NOT_REACHED;
	size_t at = out->word_count;
	while (at > 0 && out->words[at - 1].word > word)
		at--;
	memmove(&out->words[at + 1], &out->words[at],
		(out->word_count - at) * sizeof out->words[0]);
	out->words[at] = line;
	out->word_count++;
	if (line.step == FOLLOW_UP_AGAIN)
		out->edits.word[word] = missing(&line);
	return OK;
}

/* --- commits */

static bool is_listed(const struct follow_up *out, unsigned word)
{
	for (size_t i = 0; i < out->word_count; i++)
		if (out->words[i].word == word)
			return true;
	return false;
}

static bool was_open(const struct session *session, const struct journal_brief *brief)
{
	for (size_t i = 0; i < session->recovered_count; i++)
		if (strcmp(session->recovered[i].intent.id, brief->id) == 0)
			return true;
	return false;
}

/* Proved from its first pass to its last: what is otherwise now was changed since, and is not left
 * of it. */
static bool is_proved(const struct commit *commit)
{
	size_t proved = 0;
	for (size_t i = 0; i < commit->count; i++)
		proved += commit->passes[i]->has_verdict &&
					  commit->passes[i]->verdict == COMMIT_VERIFIED &&
					  commit->passes[i]->end == JOURNAL_CLOSED
				  ? 1
				  : 0;
	return commit->count > 0 && proved == commit->passes[0]->intent.pass_count;
}

/* What a later commit asked of a word counts, whatever an earlier one did. */
static enum status add_commit(struct looking *looking, struct errbuf *err)
{
	const struct commit *commit = looking->commit;
	struct follow_up *out = looking->out;
	struct edits *asked = malloc(sizeof *asked);
	enum status status = OK;
	if (!asked)
		return errbuf_set(err, ERR_MEMORY, "out of memory for what is left");
	asked_by(asked, commit);
	bool open = false;
	for (size_t i = 0; i < commit->count; i++)
		open |= commit->passes[i]->end != JOURNAL_CLOSED;
	for (unsigned word = 0; status == OK && word < IMAGE_MAX_WORDS; word++)
		if (!edit_is_empty(&asked->word[word]) && !is_listed(out, word))
			status = add_word(looking, word, &asked->word[word], err);
	free(asked);
	if (status != OK)
		return status;
	size_t at = out->commit_count++;
	snprintf(out->commits[at].id, sizeof out->commits[at].id, "%s",
		commit->passes[0]->intent.id);
	snprintf(out->commits[at].time, sizeof out->commits[at].time, "%s",
		commit->passes[0]->intent.time);
	clean_text_in_place(out->commits[at].time);
	out->commits[at].open = open;
	return OK;
}

static bool is_taken(const struct journal_brief *briefs, const size_t *taken, size_t count,
	const struct journal_brief *brief)
{
	for (size_t i = 0; i < count; i++)
		if (journal_brief_is_same_commit(&briefs[taken[i]], brief))
			return true;
	return false;
}

static bool is_of_board(const struct session *session, const struct journal_brief *brief)
{
	return strcmp(brief->board, session->board) == 0 &&
	       (session->journal.twin[0] == '\0' ||
		       strcmp(brief->port, session->journal.twin) == 0);
}

static enum status look(struct looking *looking, const struct journal_brief *briefs, size_t count,
	struct errbuf *err)
{
	const struct session *session = looking->session;
	size_t taken[FOLLOW_UP_COMMITS], taken_count = 0;
	bool was_unsettled = false, is_last = true;
	enum status status = OK;
	for (size_t i = count; status == OK && i > 0 && taken_count < FOLLOW_UP_COMMITS; i--) {
		const struct journal_brief *brief = &briefs[i - 1];
		bool opened_now = was_open(session, brief);
		if (!opened_now && !(is_last && is_of_board(session, brief)))
			continue;
		is_last = is_last && !is_of_board(session, brief);
		was_unsettled |= opened_now;
		if (is_taken(briefs, taken, taken_count, brief))
			continue;
		taken[taken_count++] = i - 1;
		struct commit commit = {0};
		status = read_commit(&commit, session, briefs, count, brief, err);
		looking->commit = &commit;
		if (status == OK && commit.count > 0 && (opened_now || !is_proved(&commit)))
			status = add_commit(looking, err);
		looking->commit = NULL;
		free_commit(&commit);
	}
	looking->out->found = was_unsettled || follow_up_count(looking->out, FOLLOW_UP_DONE) <
						       looking->out->word_count;
	return status;
}

enum status follow_up_make(struct follow_up *out, const struct session *session, struct errbuf *err)
{
	struct looking looking = {.out = out, .session = session};
	struct journal_brief *briefs = NULL;
	size_t count = 0, damaged = 0;
	memset(out, 0, sizeof *out);
	if (!session->device || !session->journal_usable || session->board[0] == '\0')
		return OK;
	enum status status = journal_read_briefs(&briefs, &count, &damaged, &session->journal, err);
	if (status == OK)
		status = look(&looking, briefs, count, err);
	free(briefs);
	return status;
}
