/*
 * Which key asks for what, in which view: the one table behind the keys, the hint line and the
 * help. It begins as the built-in one.
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
	KEYS_COMPARE,
	KEYS_COMPARE_WITH,
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

/* One key of one context. */
struct key_binding {
	enum key_context context;
	int code; /* as in struct key */
	uint32_t character;
	char key[8]; /* as people call it: "PgDn", "^L" */
	enum action action;
	/* Short and common enough for the line below the grid: its short word there; else NULL. */
	const char *hint;
};

#define KEYMAP_MAX 400
struct keymap {
	struct key_binding bindings[KEYMAP_MAX];
	size_t count;
};

/* The built-in keys. */
void keymap_init(struct keymap *out);

enum action keymap_action(
	const struct keymap *keymap, enum key_context context, const struct key *key);

/* The name of the key that asks for an action in a context ("PgDn"); "" when none does. */
const char *keymap_key_name(
	const struct keymap *keymap, enum key_context context, enum action action);

/* The rows of a context, for hints and help, by index; NULL past the last. */
const struct key_binding *keymap_row(
	const struct keymap *keymap, enum key_context context, size_t index);

const char *key_context_name(enum key_context context); /* title in help */

#endif
