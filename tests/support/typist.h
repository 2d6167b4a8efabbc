/* What a person does in the screen at 80 columns, key by key, and waits for on the way. */
#ifndef OTPEDIT_TESTS_SUPPORT_TYPIST_H
#define OTPEDIT_TESTS_SUPPORT_TYPIST_H

#include "tests/support/terminal.h"

/* From the words: goes to this one, stages this value of eight digits, and sees it staged alone. */
void typist_stage(struct terminal *terminal, unsigned word, const char *digits);

/* From the words: previews to the end, arms, and asks for the commit. Ends where the phrase is
 * asked for, or the first danger is to be acknowledged. */
void typist_ask_for_commit(struct terminal *terminal);

/* Types the phrase that is asked for, as often as it takes until Enter would burn. */
void typist_type_phrase(struct terminal *terminal, const char *phrase);

/* The same, and leaves that view with Enter. */
void typist_confirm(struct terminal *terminal, const char *phrase);

#endif
