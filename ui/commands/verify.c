/* verify: whether a plan's effect is there, whatever the board held when it was made. */
#include "src/staging.h"
#include "src/word_status.h"
#include "ui/commands/command.h"
#include "ui/commands/open.h"
#include "ui/commands/talk.h"

#include <stdlib.h>

/* What is missing of one edit, as a text; "" when nothing is. */
static void missing_text(char *out, size_t cap, const struct image *image, unsigned word,
	const struct edit *edit, bool masked)
{
	char locks[200];
	uint32_t value = image->value[word], lacking = edit->locks & ~image->status[word];
	out[0] = '\0';
	if (edit->sets_value && !image_value_is_known(image, word)) {
		/* A closed device is the proof that a hidden word cannot give. */
		if (!edit->closes || global_state_is_open(image->state))
			snprintf(out, cap, "its value cannot be read, so nothing is proved");
	} else if (edit->sets_value && !edit->closes && value != edit->value && masked) {
		snprintf(out, cap, "holds another value (a secret; --reveal shows it)");
	} else if (edit->sets_value && edit->closes && (edit->value & ~value)) {
		snprintf(out, cap, "holds %08X, without the bits %08X", (unsigned)value,
			(unsigned)(edit->value & ~value));
	} else if (edit->sets_value && !edit->closes && value != edit->value) {
		snprintf(out, cap, "holds %08X instead of %08X", (unsigned)value,
			(unsigned)edit->value);
	} else if (edit->locks && (image->status[word] & WORD_STATUS_LOCK_ERROR)) {
		snprintf(out, cap, "its locks cannot be read, so nothing is proved");
	} else if (lacking) {
		word_status_spell(locks, sizeof locks, lacking);
		snprintf(out, cap, "lacks %s", locks);
	}
}

static size_t print_words(
	const struct environment *env, const struct session *session, const struct edits *edits)
{
	size_t missing = 0;
	for (unsigned word = 0; word < session->image.word_count; word++) {
		const struct edit *edit = &edits->word[word];
		char text[300], name[64];
		if (edit_is_empty(edit))
			continue;
		bool masked = !env->reveal && chip_word_is_secret(session->chip, word);
		missing_text(text, sizeof text, &session->image, word, edit, masked);
		chip_word_name(name, sizeof name, session->chip, word);
		fprintf(env->out, "word %-3u %-21s %s%s\n", word, name,
			text[0] ? "NOT THERE: " : "as asked", text);
		missing += text[0] ? 1 : 0;
	}
	return missing;
}

static enum status read_edits(
	struct edits **out, const char *path, const struct session *session, struct errbuf *err)
{
	struct plan_file file;
	enum status status = plan_file_read(&file, path, err);
	if (status != OK)
		return status;
	*out = calloc(1, sizeof **out);
	status = *out ? plan_file_edits(*out, &file, &session->image, session->chip, session->board,
				true, err)
		      : errbuf_set(err, ERR_MEMORY, "out of memory for the plan");
	plan_file_free(&file);
	return status;
}

enum exit_status command_verify(const struct environment *env, const struct invocation *invocation)
{
	struct errbuf err = {0};
	struct session *session;
	struct edits *edits = NULL;
	size_t missing = 0;
	const char *on = invocation->value[OPTION_ON];
	enum status status =
		on ? open_readable(&session, env, on, &err)
		   : errbuf_set(&err, ERR_USAGE, "verify needs to know the board: --on SOURCE");
	if (status != OK)
		return talk_fail(env, status, &err);
	status = read_edits(&edits, invocation->operands[0], session, &err);
	if (status == OK && edits_count(edits) == 0)
		status = errbuf_set(
			&err, ERR_USAGE, "'%s' asks for nothing", invocation->operands[0]);
	if (status == OK)
		missing = print_words(env, session, edits);
	free(edits);
	session_close(session);
	if (status != OK)
		return talk_fail(env, status, &err);
	return talk_end(env, missing ? EXIT_DIFFERS : EXIT_DONE, false);
}
