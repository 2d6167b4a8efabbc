/*
 * What earlier runs left without an end on this board, judged by a fresh read.
 *
 * A commit that died, or whose locks wait for a reset, has an entry in the journal that is still
 * open. With the board powered up anew and two equal reads, each of its words can be told; without
 * that it is only shown, and the words of a commit whose end nobody knows stay untouchable.
 */
#ifndef OTPEDIT_SRC_RECOVERY_H
#define OTPEDIT_SRC_RECOVERY_H

#include "src/session.h"

/*
 * Looks at every open entry of session->board, tells it in session->news, sets session->untouchable
 * and session->recovered, and closes the entries that can be closed. For a board that offers no OTP
 * any more (session->has_image is false) the entries are found by its serial, and what cannot be
 * proved is said so.
 */
enum status recovery_examine(struct session *session, struct errbuf *err);

/* Adds a line to session->news; the last place says that there is more. */
void session_tell(struct session *session, enum severity severity, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
