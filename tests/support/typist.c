#include "tests/support/typist.h"

#include <stdio.h>

#define WORDS_IN_ROW 4

void typist_stage(struct terminal *terminal, unsigned word, const char *digits)
{
	char staged[64];
	snprintf(staged, sizeof staged, "1 staged:  %u=%s", word, digits);
	terminal_key(terminal, TERMINAL_HOME);
	for (unsigned row = 0; row < word / WORDS_IN_ROW; row++)
		terminal_key(terminal, TERMINAL_DOWN);
	for (unsigned column = 0; column < word % WORDS_IN_ROW; column++)
		terminal_key(terminal, TERMINAL_RIGHT);
	terminal_type(terminal, "e");
	terminal_expect(terminal, "stage");
	terminal_type(terminal, digits);
	terminal_key(terminal, TERMINAL_ENTER);
	terminal_expect(terminal, staged);
}

void typist_ask_for_commit(struct terminal *terminal)
{
	terminal_type(terminal, "p");
	terminal_expect(terminal, "Fingerprint");
	for (int page = 0; page < 40 && !terminal_shows(terminal, "Afterwards"); page++)
		terminal_key(terminal, TERMINAL_PAGE_DOWN);
	for (int page = 0; page < 40 && terminal_shows(terminal, "below"); page++)
		terminal_key(terminal, TERMINAL_PAGE_DOWN);
	terminal_type(terminal, "a");
	terminal_expect_row(terminal, 0, "ARMED");
	terminal_type(terminal, "c");
	terminal_expect(terminal, "nothing is burnt yet");
}

/* On a busy computer keys reach the program at once, as pasted ones do, and are not taken. */
void typist_type_phrase(struct terminal *terminal, const char *phrase)
{
	for (int i = 0; i < 20; i++) {
		terminal_type(terminal, phrase);
		if (terminal_shows(terminal, "Enter burns now"))
			return;
		for (const char *letter = phrase; *letter; letter++)
			terminal_key(terminal, TERMINAL_BACKSPACE);
	}
	terminal_type(terminal, phrase);
	terminal_expect(terminal, "Enter burns now");
}

/* So it is with Enter. Once it was taken it means nothing to the views that follow. */
void typist_confirm(struct terminal *terminal, const char *phrase)
{
	typist_type_phrase(terminal, phrase);
	for (int i = 0; i < 50 && terminal_shows(terminal, "nothing is burnt yet"); i++)
		terminal_key(terminal, TERMINAL_ENTER);
	terminal_expect_gone(terminal, "nothing is burnt yet");
}
