/*
 * The confirmation at a terminal, without the screen: every warning is acknowledged by its own key,
 * then the phrase is typed by hand.
 */
#ifndef OTPEDIT_UI_COMMANDS_CEREMONY_H
#define OTPEDIT_UI_COMMANDS_CEREMONY_H

#include "src/confirm.h"
#include "ui/environment.h"

/* Whether a person sits there: standard input, output and error are terminals. */
bool ceremony_is_possible(void);

/*
 * Asks on standard error, reads the terminal. Only what is typed from now on counts; pasted text is
 * not taken; nothing but the exact phrase ends it. ERR_CANCELLED on Escape, ^C, ^D and when the
 * terminal goes away. The terminal is left as it was.
 */
enum status ceremony_confirm(struct confirmation *out, const struct environment *env,
	const struct plan *plan, const struct arming *arming, struct errbuf *err);

/*
 * Asks for these words in the same way, after a question that ends in a line break. ERR_CANCELLED
 * as above, without a text.
 */
enum status ceremony_words(
	const struct environment *env, const char *question, const char *words, struct errbuf *err);

#endif
