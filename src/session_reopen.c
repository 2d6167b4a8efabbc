/* A board that was lost, and is back. */
#include "src/session.h"

#include <string.h>

static enum status check_same(
	const struct session *lost, const struct session *found, struct errbuf *err)
{
	const char *link = found->info.link;
	if (lost->board[0] == '\0')
		return errbuf_set(err, ERR_REFUSED,
			"nothing tells whether the board at %s is the one that was lost: start "
			"again with it",
			link);
	if (strcmp(lost->board, found->board) != 0)
		return errbuf_set(err, ERR_REFUSED,
			"the board at %s is another one: '%s' instead of '%s'", link, found->board,
			lost->board);
	if (strcmp(lost->info.serial, found->info.serial) != 0 ||
		lost->info.source_class != found->info.source_class)
		return errbuf_set(err, ERR_REFUSED,
			"the board at %s has the serial number '%s' instead of '%s'", link,
			found->info.serial, lost->info.serial);
	if (strcmp(lost->chip->name, found->chip->name) != 0 ||
		(lost->has_image && !found->has_image))
		return errbuf_set(err, ERR_REFUSED,
			"the board at %s does not show the same chip's OTP any more: start again "
			"with it",
			link);
	if (strcmp(lost->chip->digest, found->chip->digest) != 0)
		return errbuf_set(err, ERR_REFUSED,
			"your own names of words were changed meanwhile: start again with them");
	return OK;
}

/* Plans, and copies of the session, go on using the map they were made with. */
static void keep_chip(struct session *lost, struct session *found)
{
	chip_free(found->chip);
	found->chip = lost->chip;
	lost->chip = NULL;
}

enum status session_reopen(struct session **session, const char *source,
	const struct session_options *options, struct errbuf *err)
{
	struct session *lost = *session, *found;
	struct session_options again = *options;
	/* What was burnt since the start stays burnt. */
	again.source.fresh = false;
	enum status status = session_open(&found, source, &again, err);
	if (status != OK)
		return status;
	status = check_same(lost, found, err);
	if (status != OK) {
		session_close(found);
		return status;
	}
	bool proved = found->power_proved || options->powered;
	for (unsigned word = 0; !proved && word < IMAGE_MAX_WORDS; word++)
		found->untouchable[word] |= lost->untouchable[word];
	keep_chip(lost, found);
	session_close(lost);
	*session = found;
	return OK;
}
