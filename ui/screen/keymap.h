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

/*
 * Where keys differ. A key is looked up in its context, then in the common one.
 * X(identifier, "name in key files", own keys may be chosen, "title in help")
 * Where text is typed, characters belong to it, and its few keys are the same for everybody.
 */
#define KEY_CONTEXTS(X)                                                                            \
	X(COMMON, "everywhere", true, "Everywhere")                                                \
	X(GRID, "grid", true, "The grid")                                                          \
	X(PICKER, "picker", true, "Choosing what to open")                                         \
	X(EDIT, "edit", false, "Editing a value")                                                  \
	X(BITS, "bits", true, "Editing bits")                                                      \
	X(LOCKS, "locks", true, "Locks")                                                           \
	X(STAGED, "staged", true, "What is staged")                                                \
	X(COMPARE, "compare", true, "Compared")                                                    \
	X(COMPARE_WITH, "compare-with", true, "Choosing what to compare with")                     \
	X(JOURNAL, "journal", true, "The journal")                                                 \
	X(PAGE, "text", true, "Texts")                                                             \
	X(REHEARSE, "rehearse", true, "A rehearsal")                                               \
	X(NEWS, "news", true, "What earlier runs left")                                            \
	X(PREVIEW, "preview", true, "The preview")                                                 \
	X(CONFIRM, "confirm", false, "Confirming")                                                 \
	X(PROGRESS, "progress", false, "While burning")                                            \
	X(POWER, "power", false, "A power cycle by hand")                                          \
	X(BOOT, "boot", false, "Bringing a board up")                                              \
	X(WIZARD, "guide", true, "Guided operations")                                              \
	X(WIZARD_ENTRY, "guide-entry", false, "Guided operations: typing")                         \
	X(LINE, "line", false, "Typing a line")                                                    \
	X(QUIT, "quit", true, "Leaving")                                                           \
	X(LEAVE, "leave", true, "Closing what is open")                                            \
	X(KEPT, "kept", true, "What an earlier run left")

enum key_context {
#define X(identifier, name, own, title) KEYS_##identifier,
	KEY_CONTEXTS(X)
#undef X
		KEYS_CONTEXTS
};

/* One key as it came from the terminal. */
struct key {
	int code;           /* a curses KEY_ code or one of ours below; 0: a character */
	uint32_t character; /* when code is 0 */
	long long now_ms;   /* when it was read */
	int row, column;    /* of the mouse */
};

/* Codes of our own, above curses' range. */
enum {
	KEY_PASTE_BEGIN = 0x2001,
	KEY_PASTE_END,
	KEY_CLICK,
	KEY_CLICK_MORE, /* with the control key held */
	KEY_WHEEL_UP,
	KEY_WHEEL_DOWN
};

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

/* For key files: the context's name there, and whether its keys may be a person's own. */
const char *key_context_word(enum key_context context);
bool key_context_is_open(enum key_context context);

#endif
