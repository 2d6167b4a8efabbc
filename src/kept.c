#include "src/kept.h"

#include "src/plan_file.h"
#include "src/wipe.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KEPT_FOLDER "staged"

enum status kept_path(char out[STORE_PATH_MAX], const char *state_folder,
	const struct session *session, struct errbuf *err)
{
	static const char *const classes[] = {
		[SOURCE_REAL] = "real", [SOURCE_SIMULATED] = "simulated", [SOURCE_FILE] = "file"};
	char folder[STORE_PATH_MAX], name[80], digest[65];
	if (!state_folder)
		return errbuf_set(err, ERR_FILE, "there is no state folder");
	bool is_file = session->info.source_class == SOURCE_FILE;
	char *full = is_file ? realpath(session->source_text, NULL) : NULL;
	const char *board = session->board[0] ? session->board : session->source_text;
	/* Identities and paths never become file names. */
	size_t capacity = STORE_PATH_MAX + sizeof session->journal.twin + 32;
	char *who = malloc(capacity);
	if (!who) {
		free(full);
		return errbuf_set(err, ERR_MEMORY, "out of memory for what is staged");
	}
	int length = snprintf(who, capacity, "%s\n%s\n%s", classes[session->info.source_class],
		session->journal.twin, is_file ? full ? full : session->source_text : board);
	store_sha256_hex(digest, who, (size_t)length < capacity ? (size_t)length : capacity - 1);
	free(who);
	free(full);
	snprintf(name, sizeof name, "%.32s.plan", digest);
	enum status status = store_join(folder, state_folder, KEPT_FOLDER, err);
	return status == OK ? store_join(out, folder, name, err) : status;
}

static enum status make_folder_of(const char *path, struct errbuf *err)
{
	char folder[STORE_PATH_MAX];
	const char *end = strrchr(path, '/');
	snprintf(folder, sizeof folder, "%.*s", end ? (int)(end - path) : 0, path);
	return store_make_state_folder(folder, err);
}

enum status kept_save(const char *path, const struct edits *edits, const struct session *session,
	struct errbuf *err)
{
	char *text = NULL;
	struct errbuf ignored = {0};
	if (edits_count(edits) == 0)
		return store_remove(path, err);
	/* Some names of boards cannot stand in a plan file: the file's own name holds them, too. */
	enum status status =
		plan_file_format(&text, edits, session->chip, session->board, NULL, &ignored);
	if (status != OK)
		status = plan_file_format(&text, edits, session->chip, NULL, NULL, err);
	if (status == OK)
		status = make_folder_of(path, err);
	if (status == OK)
		status = store_note(path, text, strlen(text), err);
	wipe_free_text(text);
	return status;
}

/* What the board shows already need not be asked for again. */
static void leave_out(struct edit *edit, const struct image *image, unsigned word)
{
	bool known = image_value_is_known(image, word);
	if (edit->closes)
		return;
	if (known && edit->sets_value && edit->value == image->value[word])
		edit->sets_value = false;
	edit->locks &= ~image->status[word];
}

enum status kept_load(
	struct edits *out, const char *path, const struct session *session, struct errbuf *err)
{
	struct plan_file file;
	*out = (struct edits){0};
	if (!store_exists(path) || !session->has_image)
		return OK;
	enum status status = plan_file_read(&file, path, err);
	if (status != OK)
		return status;
	status = plan_file_edits(
		out, &file, &session->image, session->chip, session->board, true, err);
	plan_file_free(&file);
	for (unsigned word = 0; status == OK && word < session->image.word_count; word++)
		leave_out(&out->word[word], &session->image, word);
	if (status != OK)
		*out = (struct edits){0};
	return status;
}
