#include "src/rehearsal.h"

#include "src/partition.h"
#include "src/store.h"
#include "src/word_status.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SIMULATED  "sim"
#define IMAGE_NAME "twin.bin"

const struct rehearsal_fault rehearsal_faults[] = {
	{"", false, "nothing goes wrong"},
	{"locks=reset", false, "permanent locks show only after the reset"},
	{"lies", false, "the board says OK and burns nothing"},
	{"late", false, "the board says OK and burns only later"},
	{"fails:", true, "word %u ends the write with an error"},
	{"half:", true, "only half of word %u burns"},
	{"spoils:", true, "word %u cannot be read any more (ECC)"},
	{"ignores:", true, "word %u takes nothing"},
	{"lock-fails:", true, "word %u takes its value and no lock"},
	{"cuts-power:", true, "the power fails just before word %u"},
	{NULL, false, NULL},
};

/* What one rehearsal goes along with. */
struct stage {
	const struct session *board;
	const struct edits *edits;
	const struct job *job;
	struct rehearsal *out;
	/* No way but to simulated boards: one row, and the end. */
	const struct source_ops *sources[2];
	struct session_options options;
	char folder[STORE_PATH_MAX];
	char source[STORE_PATH_MAX + 160];
	int lock;
};

/* --- the twin's place */

static enum status find_simulated(
	struct stage *stage, const struct source_ops *const *sources, struct errbuf *err)
{
	for (size_t i = 0; sources && sources[i]; i++)
		if (strcmp(sources[i]->name, SIMULATED) == 0)
			stage->sources[0] = sources[i];
	return stage->sources[0] ? OK
				 : errbuf_set(err, ERR_UNSUPPORTED,
					   "there are no simulated boards to rehearse on");
}

/* What an earlier rehearsal left says nothing of this one. */
static enum status clear_journal(struct stage *stage, struct errbuf *err)
{
	char simulated[STORE_PATH_MAX], path[STORE_PATH_MAX];
	enum status status = store_join(simulated, stage->folder, "simulated", err);
	if (status == OK)
		status = store_join(path, simulated, "journal.jsonl", err);
	if (status == OK)
		status = store_remove(path, err);
	snprintf(stage->out->folder, sizeof stage->out->folder, "%s", simulated);
	return status;
}

static enum status claim_place(struct stage *stage, const char *state_folder, struct errbuf *err)
{
	char path[STORE_PATH_MAX];
	if (!state_folder)
		return errbuf_set(err, ERR_FILE,
			"there is no state folder, so there is no place for a rehearsal");
	enum status status = store_join(stage->folder, state_folder, "rehearsal", err);
	if (status == OK)
		status = store_make_state_folder(stage->folder, err);
	if (status == OK)
		status = store_join(path, stage->folder, "lock", err);
	if (status == OK)
		status = store_lock(&stage->lock, path, err);
	return status == OK ? clear_journal(stage, err) : status;
}

static void leave_place(const struct stage *stage)
{
	char path[STORE_PATH_MAX];
	struct errbuf ignored = {0};
	if (stage->lock < 0)
		return;
	if (store_join(path, stage->folder, IMAGE_NAME, &ignored) == OK)
		(void)store_remove(path, &ignored);
	store_unlock(stage->lock);
}

/* --- the twin */

static enum status save_image(char path[STORE_PATH_MAX], struct stage *stage, struct errbuf *err)
{
	uint8_t bytes[PARTITION_MAX_BYTES];
	size_t length;
	enum status status =
		partition_format(bytes, sizeof bytes, &length, &stage->board->image, err);
	if (status == OK)
		status = store_join(path, stage->folder, IMAGE_NAME, err);
	return status == OK ? store_save(path, bytes, length, err) : status;
}

/* Commas part what simulated boards are told. */
static enum status name_twin(struct stage *stage, const char *fault, struct errbuf *err)
{
	const struct session *board = stage->board;
	bool locks = strcmp(fault, "locks=reset") == 0;
	char path[STORE_PATH_MAX];
	if (strchr(fault, ',') || strchr(fault, '='))
		if (!locks)
			return errbuf_set(err, ERR_USAGE, "fault '%.60s' is not known", fault);
	enum status status = save_image(path, stage, err);
	if (status != OK)
		return status;
	if (strchr(path, ','))
		return errbuf_set(err, ERR_FILE,
			"the state folder has a comma in its path, which the name of a simulated "
			"board cannot have: set XDG_STATE_HOME");
	snprintf(stage->source, sizeof stage->source, SIMULATED ":%s,chip=%s,peer=%s%s%s%.60s",
		path, board->chip->name, board->info.peer == PEER_PRGFW ? "prgfw" : "uboot",
		board->source && !board->info.is_checked ? ",uart" : "",
		fault[0] == '\0' ? ""
		: locks          ? ","
				 : ",fault=",
		fault);
	return OK;
}

static enum status open_twin(
	struct session **twin, struct stage *stage, bool fresh, struct errbuf *err)
{
	stage->options = (struct session_options){.sources = stage->sources,
		.job = stage->job,
		.source = {.fresh = fresh, .state_folder = stage->folder}};
	enum status status = session_open(twin, stage->source, &stage->options, err);
	if (status != OK)
		return status;
	if ((*twin)->info.source_class == SOURCE_SIMULATED && (*twin)->journal_usable)
		return OK;
	session_close(*twin);
	*twin = NULL;
	return errbuf_set(err, ERR_FILE, "the twin can keep no journal, so nothing was rehearsed");
}

/* Whether it is the board's likeness in what a plan hangs on. */
static enum status compare_twin(struct stage *stage, const struct session *twin, struct errbuf *err)
{
	const struct session *board = stage->board;
	struct rehearsal *out = stage->out;
	if (!twin->has_image || strcmp(twin->board, board->board) != 0 ||
		strcmp(twin->chip->name, board->chip->name) != 0)
		return errbuf_set(err, ERR_UNSUPPORTED,
			"no twin can be made of this board: it would not be taken for the same");
	for (unsigned word = 0; word < board->image.word_count; word++) {
		bool known = image_value_is_known(&board->image, word);
		if (word < twin->image.word_count &&
			twin->image.status[word] == board->image.status[word] &&
			(!known || twin->image.value[word] == board->image.value[word]))
			continue;
		if (out->unlike_count++ == 0)
			out->unlike_first = word;
	}
	return OK;
}

/* --- the plan */

static enum status first_refusal(const struct plan *plan, const char *where, struct errbuf *err)
{
	for (size_t i = 0; i < plan->remarks.count; i++)
		if (plan->remarks.items[i].severity == SEVERITY_ERROR)
			return errbuf_set(err, ERR_REFUSED,
				"refused on %s by the rule '%s': %.300s", where,
				plan->remarks.items[i].rule, plan->remarks.items[i].text);
	return plan->refused || plan->pass_count == 0
		       ? errbuf_set(err, ERR_REFUSED, "there is nothing to burn on %s", where)
		       : OK;
}

/* What is predicted for the board itself. */
static enum status predict(struct stage *stage, struct errbuf *err)
{
	const struct session *board = stage->board;
	struct rehearsal *out = stage->out;
	struct plan *plan;
	enum status status = session_plan(&plan, board, stage->edits, err);
	if (status != OK)
		return status;
	status = first_refusal(plan, board->source ? "the board" : "the image", err);
	for (unsigned word = 0; word < IMAGE_MAX_WORDS; word++)
		out->asked[word] = !edit_is_empty(&stage->edits->word[word]);
	out->before = board->image;
	out->predicted = plan->predicted;
	memcpy(out->prediction, plan->fingerprint, sizeof out->prediction);
	snprintf(out->chip, sizeof out->chip, "%s", board->chip->name);
	snprintf(out->board, sizeof out->board, "%s", board->board);
	plan_free(plan);
	return status;
}

static enum status commit_on(struct stage *stage, struct session *twin, struct errbuf *err)
{
	struct rehearsal *out = stage->out;
	struct confirmation confirmation;
	struct plan *plan;
	enum status status = session_plan(&plan, twin, stage->edits, err);
	if (status != OK)
		return status;
	memcpy(out->fingerprint, plan->fingerprint, sizeof out->fingerprint);
	status = first_refusal(plan, "the twin", err);
	if (status == OK)
		status = arming_arm(&twin->arming, twin->board, err);
	if (status == OK)
		status = confirm_rehearsal(&confirmation, plan, &twin->arming, err);
	if (status == OK)
		out->status = session_commit(
			&out->result, twin, plan, &confirmation, stage->job, &out->error);
	if (out->result.has_after) {
		out->found = out->result.after;
		out->has_found = true;
	}
	plan_free(plan);
	return status;
}

/* --- afterwards */

static void remove_files(const char *folder)
{
	struct store_list list = {0};
	struct errbuf ignored = {0};
	if (store_list(&list, folder, &ignored) == OK)
		for (size_t i = 0; i < list.count; i++)
			(void)store_remove(list.paths[i], &ignored);
	store_list_free(&list);
}

/* What the board's words are is in its own images: copies of them, secrets too, are left nowhere.
 * The journal stays until the next rehearsal. */
static void clear_images(const struct session *twin)
{
	char relative[160], path[STORE_PATH_MAX];
	struct errbuf ignored = {0};
	journal_board_folder(relative, sizeof relative, &twin->journal, twin->board);
	if (store_join(path, twin->journal.folder, relative, &ignored) == OK)
		remove_files(path);
	snprintf(relative, sizeof relative, "boards/%.120s/fuses", twin->info.port);
	if (store_join(path, twin->journal.folder, relative, &ignored) == OK)
		(void)store_remove(path, &ignored);
}

/* Its power was off meanwhile: locks show that did not, and a closed one is closed. Sticky locks
 * went with the power; what the read right after the burn showed of them stands. */
static void take_restarted(struct rehearsal *out, const struct image *image)
{
	if (!out->has_found) {
		out->found = *image;
		out->has_found = true;
		return;
	}
	for (unsigned word = 0; word < image->word_count && word < out->found.word_count; word++)
		out->found.status[word] |= image->status[word] & WORD_STATUS_PERMANENT;
}

static void start_again(struct stage *stage)
{
	struct rehearsal *out = stage->out;
	struct session *again = NULL;
	struct errbuf err = {0};
	if (out->status != OK || !out->result.triggered)
		return;
	if (open_twin(&again, stage, false, &err) != OK) {
		out->start = REHEARSAL_IS_DEAD;
		snprintf(out->start_text, sizeof out->start_text, "%s", err.text);
		return;
	}
	out->start = again->has_image ? REHEARSAL_OFFERS_OTP : REHEARSAL_WITHOUT_OTP;
	if (again->has_image)
		take_restarted(out, &again->image);
	session_close(again);
}

bool rehearsal_agrees(const struct rehearsal *rehearsal, unsigned word)
{
	const struct image *found = &rehearsal->found, *predicted = &rehearsal->predicted;
	if (!rehearsal->has_found || word >= found->word_count || word >= predicted->word_count)
		return false;
	bool known = image_value_is_known(found, word) && image_value_is_known(predicted, word);
	return (found->status[word] | WORD_STATUS_UPDATE) ==
		       (predicted->status[word] | WORD_STATUS_UPDATE) &&
	       (!known || found->value[word] == predicted->value[word]);
}

size_t rehearsal_count_differences(const struct rehearsal *rehearsal)
{
	size_t count = 0;
	unsigned words = rehearsal->predicted.word_count;
	if (rehearsal->has_found && rehearsal->found.word_count < words)
		words = rehearsal->found.word_count;
	for (unsigned word = 0; word < words; word++)
		count += rehearsal_agrees(rehearsal, word) ? 0 : 1;
	return count;
}

static enum status run(struct stage *stage, const char *fault, const char *state_folder,
	const struct source_ops *const *sources, struct errbuf *err)
{
	struct session *twin = NULL;
	enum status status = predict(stage, err);
	if (status == OK)
		status = find_simulated(stage, sources, err);
	if (status == OK)
		status = claim_place(stage, state_folder, err);
	if (status == OK)
		status = name_twin(stage, fault, err);
	if (status == OK)
		status = open_twin(&twin, stage, true, err);
	if (status == OK)
		status = compare_twin(stage, twin, err);
	if (status == OK) {
		snprintf(stage->out->peer, sizeof stage->out->peer, "%s", twin->info.peer_text);
		status = commit_on(stage, twin, err);
	}
	if (twin)
		session_lose(twin);
	if (status == OK)
		start_again(stage);
	if (twin)
		clear_images(twin);
	session_close(twin);
	return status;
}

enum status rehearsal_run(struct rehearsal **out, const struct session *session,
	const struct edits *edits, const char *fault, const struct session_options *options,
	const struct job *job, struct errbuf *err)
{
	struct stage *stage = calloc(1, sizeof *stage);
	struct rehearsal *rehearsal = calloc(1, sizeof *rehearsal);
	enum status status = OK;
	if (!stage || !rehearsal)
		status = errbuf_set(err, ERR_MEMORY, "out of memory for a rehearsal");
	if (status == OK) {
		*stage = (struct stage){
			.board = session, .edits = edits, .job = job, .out = rehearsal, .lock = -1};
		snprintf(rehearsal->fault, sizeof rehearsal->fault, "%.60s", fault);
		status = run(stage, fault, options->source.state_folder, options->sources, err);
		leave_place(stage);
	}
	free(stage);
	if (status != OK) {
		free(rehearsal);
		return status;
	}
	*out = rehearsal;
	return OK;
}
