#include "src/session.h"

#include "src/admission.h"
#include "src/chip_find.h"
#include "src/finder.h"
#include "src/hold.h"
#include "src/identity.h"
#include "src/image_text.h"
#include "src/partition.h"
#include "src/recovery.h"
#include "src/store.h"
#include "src/wipe.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct source_ops *find_source(
	const struct source_ops *const *sources, const char *text)
{
	for (size_t i = 0; sources && sources[i]; i++)
		if (sources[i]->claims(text))
			return sources[i];
	return NULL;
}

/* --- which chip --- */

/* `image` NULL: not read, as the board offers no OTP. */
static enum status find_chip(struct session *session, const struct session_options *options,
	const struct image *image, struct errbuf *err)
{
	struct chip_question question = {.name = options ? options->chip : NULL,
		.device_id = session->info.device_id,
		.image = image,
		.overlays = options ? options->overlays : NULL};
	struct chip_answer answer;
	enum status status = chip_find(&answer, &question, err);
	if (status != OK)
		return status;
	session->chip = answer.chip;
	/* A sign is enough to show a file by, never to burn a board by. */
	session->view_only = answer.is_forced || answer.chip->is_plain ||
			     (answer.is_doubtful && session->device) ||
			     (image && image->version == 1);
	if (answer.remark[0])
		session_tell(session, session->view_only ? SEVERITY_WARNING : SEVERITY_NOTE, "%s",
			answer.remark);
	if (answer.overlay_error[0])
		session_tell(session, SEVERITY_WARNING, "%s", answer.overlay_error);
	if (image && image->version == 1)
		session_tell(session, SEVERITY_NOTE,
			"structure version 1 can only be looked at: it has no request for a single "
			"word, so writing it back would program words again");
	return OK;
}

/* --- an image file --- */

/* What cannot be opened as a sound image may still be looked at. */
static void tell_of_plain(const uint8_t *bytes, size_t length, struct errbuf *err)
{
	struct image *image = malloc(sizeof *image);
	struct image_origin origin;
	struct errbuf ignored = {0}, said = *err;
	if (image && image_from_bytes(image, &origin, bytes, length, true, &ignored) == OK) {
		errbuf_clear(err);
		errbuf_set(err, ERR_FORMAT, "%s; '--chip plain' shows its words all the same",
			said.text);
	}
	free(image);
}

static enum status read_file(struct session *session, const char *chip, struct errbuf *err)
{
	uint8_t *bytes;
	size_t length;
	struct image_origin origin;
	enum status status =
		store_read(&bytes, &length, session->source_text, IMAGE_TEXT_MAX_BYTES, err);
	if (status != OK)
		return status;
	bool any = chip && strcmp(chip, CHIP_PLAIN_NAME) == 0;
	status = image_from_bytes(&session->image, &origin, bytes, length, any, err);
	if (status == ERR_FORMAT && !any)
		tell_of_plain(bytes, length, err);
	wipe_free(bytes, length);
	bool first = session->info.link[0] == '\0';
	session->has_image = status == OK;
	if (status != OK)
		return errbuf_prefix(err, status, "'%s'", session->source_text);
	snprintf(session->info.link, sizeof session->info.link, "%s",
		origin.kind ? origin.kind : "file");
	if (first && origin.remark[0])
		session_tell(session, SEVERITY_WARNING, "%s", origin.remark);
	return OK;
}

static enum status open_file(
	struct session *session, const struct session_options *options, struct errbuf *err)
{
	if (!store_exists(session->source_text))
		return errbuf_set(err, ERR_FILE,
			"there is no file '%.200s', and no board is reached by that name: a saved "
			"image, or 'demo',"
			" 'demo:blank', 'demo:stm32mp25', 'sim:FILE'",
			session->source_text);
	enum status status = read_file(session, options->chip, err);
	/* Offline, plans are made as the most common service would take them, and burnt nowhere. */
	session->info.peer = PEER_UBOOT;
	session->info.source_class = SOURCE_FILE;
	snprintf(session->info.source, sizeof session->info.source, "%.250s", session->source_text);
	if (status == OK)
		status = find_chip(session, options, &session->image, err);
	if (status == OK && session->image.digest == IMAGE_DIGEST_WRONG)
		session_tell(session, SEVERITY_WARNING,
			"the file's SHA-256 is not that of its words: some of it was changed");
	if (status == OK)
		identity_of(session->board, session->chip, &session->image, NULL);
	return status;
}

/* --- a board --- */

static enum status lock_board(struct session *session, struct errbuf *err)
{
	if (session->board[0] == '\0' || !session->journal_usable)
		return OK;
	enum status status = hold_board(&session->lock, &session->journal, session->board, err);
	if (status == OK)
		journal_sweep(&session->journal, session->board);
	return status;
}

/* Says what changed since this program saw the board last, and remembers how it is now. */
static enum status compare_with_last(struct session *session, struct errbuf *err)
{
	struct image last;
	bool found;
	struct errbuf ignored = {0};
	enum status status =
		journal_last_image(&last, &found, &session->journal, session->board, &ignored);
	if (status != OK)
		session_tell(session, SEVERITY_NOTE,
			"the board's last image cannot be compared: %s", ignored.text);
	unsigned changed = 0, first = 0, words = session->image.word_count;
	/* Services do not show the same locks: only values compare between two of them. */
	bool other = found && (last.version != session->image.version || last.word_count != words);
	if (other && last.word_count < words)
		words = last.word_count;
	for (unsigned word = 0; found && word < words; word++) {
		bool known = image_value_is_known(&session->image, word) &&
			     image_value_is_known(&last, word);
		bool same = (other || last.status[word] == session->image.status[word]) &&
			    (!known || last.value[word] == session->image.value[word]);
		if (!same && changed++ == 0)
			first = word;
	}
	if (changed > 0)
		session_tell(session, SEVERITY_NOTE,
			"%u word%s changed since this board was last seen here; the first is word "
			"%u",
			changed, changed == 1 ? " has" : "s have", first);
	return journal_save_image(&session->journal, session->board, &session->image, err);
}

static void open_journal(struct session *session, const char *state_folder)
{
	struct errbuf err = {0};
	enum status status = state_folder ? journal_open(&session->journal, state_folder,
						    session->info.source_class, &err)
					  : errbuf_set(&err, ERR_FILE, "there is no state folder");
	session->journal_usable = status == OK;
	if (session->info.source_class == SOURCE_SIMULATED)
		snprintf(session->journal.twin, sizeof session->journal.twin, "%s",
			session->info.port);
	if (status != OK)
		session_tell(session, SEVERITY_WARNING,
			"no journal can be kept, so nothing can be burnt: %s", err.text);
}

/* The journal's own troubles do not keep a person from looking at the board. */
static void look_back(struct session *session)
{
	struct errbuf err = {0};
	if (!session->journal_usable)
		return;
	enum status status = recovery_examine(session, &err);
	if (status == OK && session->has_image && session->board[0])
		status = compare_with_last(session, &err);
	if (status == OK)
		status = follow_up_make(&session->follow_up, session, &err);
	if (status == OK)
		return;
	session->journal_usable = false;
	session_tell(session, SEVERITY_WARNING,
		"no journal can be kept, so nothing can be burnt: %s", err.text);
}

/*
 * Once is enough to look at a board where the link finds damage itself: a commit reads twice again,
 * and refuses a plan made over anything else. What an earlier commit left open is judged by two.
 */
static bool may_read_once(const struct session *session)
{
	struct journal_entry *entries = NULL;
	struct errbuf ignored = {0};
	size_t count = 0, damaged = 0;
	if (!session->info.is_checked)
		return false;
	if (!session->journal_usable)
		return true;
	enum status status = journal_read(
		&entries, &count, &damaged, JOURNAL_OPEN_ONLY, &session->journal, &ignored);
	free(entries);
	return status == OK && count == 0;
}

static enum status read_board(struct session *session, const struct session_options *options,
	const struct job *job, struct errbuf *err)
{
	struct image fresh;
	bool is_opening = options != NULL;
	enum status status = is_opening && may_read_once(session)
				     ? commit_read_once(&fresh, session->device, job, err)
				     : commit_read_twice(&fresh, session->device, 1, job, err);
	if (status != OK)
		return status;
	if (!session->chip)
		status = find_chip(session, options, &fresh, err);
	char board[IDENTITY_MAX] = "";
	if (status == OK)
		identity_of(board, session->chip, &fresh, &session->info);
	if (status == OK && session->board[0] && strcmp(board, session->board) != 0)
		status = errbuf_set(err, ERR_REFUSED, "another board answers: '%s' instead of '%s'",
			board, session->board);
	if (status != OK)
		return status;
	snprintf(session->board, sizeof session->board, "%s", board);
	session->image = fresh;
	session->has_image = true;
	return OK;
}

struct opening {
	struct session *session;
	const struct session_options *options;
	bool has_journal;
};

/* Before anything is sent to a real board: the way in to it is ours, and open. */
static enum status admit(const struct device_info *about, void *payload, struct errbuf *err)
{
	struct opening *opening = payload;
	struct session *session = opening->session;
	session->info = *about;
	open_journal(session, opening->options->source.state_folder);
	opening->has_journal = true;
	if (!session->journal_usable)
		return OK;
	enum status status = hold_port(&session->port_lock, &session->journal, about->port, err);
	return status == OK ? admission_check(&session->journal, about, session->powered, err)
			    : status;
}

static enum status open_board(
	struct session *session, const struct session_options *options, struct errbuf *err)
{
	struct opening opening = {session, options, false};
	struct source_options asking = options->source;
	asking.admit = admit;
	asking.payload = &opening;
	asking.job = options->job;
	session->powered = options->powered;
	enum status status =
		session->source->open(&session->device, session->source_text, &asking, err);
	if (status != OK)
		return status;
	status = session->device->ops->identify(session->device, &session->info, NULL, err);
	if (status != OK)
		return status;
	session->power_proved = session->info.fresh_power;
	if (!opening.has_journal)
		open_journal(session, options->source.state_folder);
	if (session->info.otp_offered) {
		status = read_board(session, options, options->job, err);
		if (status != OK)
			return status;
	} else {
		status = find_chip(session, options, NULL, err);
		if (status != OK)
			return status;
		snprintf(session->board, sizeof session->board, "serial:%.55s",
			session->info.serial);
		session_tell(session, SEVERITY_WARNING, "the board offers no OTP partition: %s",
			session->info.without_otp[0] ? session->info.without_otp
						     : "it is closed, or its service was built "
						       "without");
	}
	struct errbuf shared = {0};
	if (identity_is_serial(session->board) &&
		finder_check_alone(session->source, &session->info, &shared) != OK)
		session_tell(session, SEVERITY_WARNING, "nothing can be burnt: %s", shared.text);
	status = lock_board(session, err);
	if (status != OK)
		return status;
	look_back(session);
	session->powered = NULL;
	return OK;
}

enum status session_open(struct session **out, const char *source,
	const struct session_options *options, struct errbuf *err)
{
	struct session *session = calloc(1, sizeof *session);
	if (!session)
		return errbuf_set(err, ERR_MEMORY, "out of memory for a session");
	session->lock = -1;
	session->port_lock = -1;
	session->arming.read_only = options->read_only;
	enum status status = OK;
	if (strlen(source) >= sizeof session->source_text)
		status = errbuf_set(err, ERR_USAGE, "the source's name is too long");
	snprintf(session->source_text, sizeof session->source_text, "%s", source);
	session->source = find_source(options->sources, source);
	if (status == OK)
		status = session->source ? open_board(session, options, err)
					 : open_file(session, options, err);
	if (status != OK) {
		session_close(session);
		return status;
	}
	*out = session;
	return OK;
}

static void let_go(struct session *session)
{
	if (session->device)
		session->device->ops->close(session->device);
	if (session->lock >= 0)
		store_unlock(session->lock);
	if (session->port_lock >= 0)
		store_unlock(session->port_lock);
	session->device = NULL;
	session->lock = -1;
	session->port_lock = -1;
}

void session_lose(struct session *session)
{
	let_go(session);
	session->is_lost = true;
	arming_disarm(&session->arming);
}

/* Whether the board may be spoken to. */
static enum status check_way(const struct session *session, struct errbuf *err)
{
	if (session->is_lost)
		return errbuf_set(err, ERR_GONE, "the board was lost: nothing was sent to it");
	if (session->is_shut)
		return errbuf_set(err, ERR_REFUSED,
			"the end of a commit is not known: nothing is sent to the board before its "
			"power was off ('otpedit reset' shows how)");
	return OK;
}

void session_close(struct session *session)
{
	if (!session)
		return;
	let_go(session);
	chip_free(session->chip);
	free(session->recovered);
	wipe(session, sizeof *session);
	free(session);
	wipe_stack();
}

enum status session_refresh(struct session *session, const struct job *job, struct errbuf *err)
{
	enum status status = check_way(session, err);
	if (status != OK)
		return status;
	if (!session->device)
		return read_file(session, session->chip->name, err);
	if (!session->has_image)
		return errbuf_set(
			err, ERR_UNSUPPORTED, "the board offers no OTP partition to read");
	return read_board(session, NULL, job, err);
}

enum status session_restart(struct session *session, const struct job *job, struct errbuf *err)
{
	if (session->is_lost)
		return errbuf_set(err, ERR_GONE, "the board was lost: nothing was sent to it");
	if (!session->device || !session->device->ops->restart)
		return errbuf_set(err, ERR_UNSUPPORTED,
			"this board cannot be reset from here: 'otpedit reset %.100s' shows how to "
			"power-cycle it by hand",
			session->info.source);
	arming_disarm(&session->arming);
	enum status status = session->device->ops->restart(session->device, job, err);
	if (status == OK)
		status = session->device->ops->identify(session->device, &session->info, job, err);
	if (status != OK)
		return status;
	session->power_proved = true;
	session->is_shut = false;
	session->news_count = 0;
	session->has_image = false;
	session->image = (struct image){0}; /* what was read before says nothing any more */
	if (session->info.otp_offered)
		status = read_board(session, NULL, job, err);
	else
		session_tell(session, SEVERITY_WARNING,
			"the board offers no OTP partition any more: %s",
			session->info.without_otp[0] ? session->info.without_otp
						     : "a closed device does that");
	if (status == OK)
		look_back(session);
	return status;
}

/* --- plans --- */

enum status session_plan(struct plan **out, const struct session *session,
	const struct edits *edits, struct errbuf *err)
{
	if (!session->has_image)
		return errbuf_set(err, ERR_REFUSED, "nothing was read, so nothing can be planned");
	struct plan_context context = {.chip = session->chip,
		.peer = session->info.peer,
		.source_class = session->info.source_class,
		.board = session->board,
		.twin = session->journal.twin,
		.view_only = session->view_only,
		.untouchable = session->untouchable};
	return plan_make(out, edits, &session->image, &context, err);
}

enum status session_check_word(struct remarks *out, const struct session *session,
	const struct edits *edits, unsigned word, struct errbuf *err)
{
	struct rules_context context = {.edits = edits,
		.image = &session->image,
		.chip = session->chip,
		.peer = session->info.peer,
		.has_identity = session->board[0] != '\0',
		.view_only = session->view_only,
		.untouchable = session->untouchable};
	return rules_check_word(out, &context, word, err);
}

enum status session_commit(struct commit_result *result, struct session *session,
	const struct plan *plan, const struct confirmation *confirmation, const struct job *job,
	struct errbuf *err)
{
	*result = (struct commit_result){.verdict = COMMIT_REFUSED};
	enum status status = check_way(session, err);
	if (status != OK) {
		arming_disarm(&session->arming);
		return status;
	}
	if (!session->device || session->view_only || !session->journal_usable) {
		arming_disarm(&session->arming);
		return !session->device || session->view_only
			       ? errbuf_set(err, ERR_REFUSED,
					 "this session can only look: nothing was burnt")
			       : errbuf_set(err, ERR_FILE,
					 "no journal can be kept, so nothing was burnt: see to the "
					 "state folder");
	}
	if (identity_is_serial(session->board))
		status = finder_check_alone(session->source, &session->info, err);
	if (status != OK) {
		arming_disarm(&session->arming);
		return status;
	}
	status = commit_run(result, plan, confirmation, &session->arming, session->device,
		&session->journal, job, err);
	if (result->has_after)
		session->image = result->after;
	struct errbuf ignored = {0};
	session->is_shut = admission_check(&session->journal, &session->info, NULL, &ignored) != OK;
	if (!result->triggered)
		return status;
	session->power_proved = false;
	for (unsigned word = 0; result->verdict == COMMIT_UNKNOWN && word < IMAGE_MAX_WORDS; word++)
		if (!edit_is_empty(&plan->edits.word[word]))
			session->untouchable[word] = true;
	errbuf_clear(&ignored);
	(void)follow_up_make(&session->follow_up, session, &ignored);
	return status;
}
