/*
 * Which key asks for what, in which view: the one table behind the keys, the hint line and the
 * help.
 */
#ifndef OTPEDIT_UI_SCREEN_KEYMAP_H
#define OTPEDIT_UI_SCREEN_KEYMAP_H

#include "ui/screen/action.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Where keys differ. A key is looked up in its context, then in the common one. */
enum key_context {
	KEYS_COMMON,
	KEYS_GRID,
	KEYS_PICKER,
	KEYS_EDIT, /* typing a value: characters belong to the entry */
	KEYS_BITS,
	KEYS_LOCKS,
	KEYS_STAGED,
	KEYS_PAGE, /* a text that scrolls */
	KEYS_PREVIEW,
	KEYS_CONFIRM, /* typing the phrase: characters belong to it */
	KEYS_PROGRESS,
	KEYS_POWER, /* typing what confirms a power cycle: characters belong to it */
	KEYS_QUIT,  /* the question before leaving staged edits */
	KEYS_CONTEXTS
};

/* One key as it came from the terminal. */
struct key {
	int code;           /* a curses KEY_ code or one of ours below; 0: a character */
	uint32_t character; /* when code is 0 */
	long long now_ms;   /* when it was read */
};

/* Codes of our own, above curses' range. */
enum { KEY_PASTE_BEGIN = 0x2001, KEY_PASTE_END };

enum action keymap_action(enum key_context context, const struct key *key);

/* The name of the key that asks for an action in a context ("PgDn"); "" when none does. */
const char *keymap_key_name(enum key_context context, enum action action);

/* The rows of a context, for help: false past the last. `in_hint`: short enough and common enough
 * for the line below the grid, whose short word is *hint. */
struct key_row {
	const char *key; /* "PgDn", "^L" */
	enum action action;
	const char *hint; /* NULL: not in the hint line */
};
bool keymap_row(struct key_row *out, enum key_context context, size_t index);

const char *key_context_name(enum key_context context); /* title in help */

#endif
