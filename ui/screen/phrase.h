/*
 * The line on which a person types the confirming phrase, and how it tells typing from pasting.
 *
 * Pasted text is not taken. Two marks give a paste away:
 *  - the terminal's own markers around it (bracketed paste, where the terminal has it);
 *  - its pace: more than PHRASE_RUN_MAX characters, each within PHRASE_GAP_MS of the one before.
 *    Fingers do not do that; a terminal that sends a clipboard does nothing else. The whole run is
 *    dropped, what was typed before it stays.
 * A slow network can deliver a few honest keys in one piece: up to PHRASE_RUN_MAX of them pass, and
 * where more arrive at once only that run is lost and has to be typed again. Nothing is ever
 * locked. Enter counts only when it does not belong to a run, so that a pasted line cannot end
 * itself.
 *
 * Times are milliseconds of any clock that only goes forward, passed in by the caller.
 */
#ifndef OTPEDIT_UI_SCREEN_PHRASE_H
#define OTPEDIT_UI_SCREEN_PHRASE_H

#include "src/confirm.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PHRASE_RUN_MAX 6
#define PHRASE_GAP_MS  10
/* A paste whose end marker never comes counts as over after so long a silence. */
#define PHRASE_PASTE_SILENCE_MS 2000

struct phrase {
	char text[CONFIRM_PHRASE_MAX];
	size_t length;
	bool pasting;     /* between the terminal's markers */
	bool dropped;     /* something pasted was not taken since the last key that was */
	unsigned run;     /* characters in the run so far */
	size_t run_start; /* length before the run */
	bool any;         /* whether last_ms says anything */
	long long last_ms;
};

/* Empties it; a paste that is going on stays one. */
void phrase_clear(struct phrase *phrase);

/* The terminal's marker: a paste begins or ends. */
void phrase_paste(struct phrase *phrase, bool begins, long long now_ms);

/* A printable ASCII character was typed; any other is dropped, as no phrase holds one. */
void phrase_type(struct phrase *phrase, uint32_t character, long long now_ms);

/* Backspace. */
void phrase_erase(struct phrase *phrase, long long now_ms);

/* Enter: whether the phrase stands exactly as wanted and the key was pressed by a person. */
bool phrase_enter(struct phrase *phrase, const char *wanted, long long now_ms);

#endif
