#include "src/errbuf.h"
#include "ui/screen/keymap.h"

#include <ncurses.h>
#include <string.h>

#define CONTROL(letter) ((uint32_t)(letter)&0x1F)

/* The first row of an action is the key that hints and help name first. */
static const struct key_binding builtin[] = {
	{KEYS_COMMON, 0, CONTROL('L'), "^L", ACTION_REDRAW, NULL},
	{KEYS_COMMON, 0, CONTROL('Z'), "^Z", ACTION_SUSPEND, NULL},
	{KEYS_COMMON, KEY_UP, 0, "Up", ACTION_UP, NULL},
	{KEYS_COMMON, KEY_DOWN, 0, "Down", ACTION_DOWN, NULL},
	{KEYS_COMMON, KEY_LEFT, 0, "Left", ACTION_LEFT, NULL},
	{KEYS_COMMON, KEY_RIGHT, 0, "Right", ACTION_RIGHT, NULL},
	{KEYS_COMMON, KEY_PPAGE, 0, "PgUp", ACTION_PAGE_UP, NULL},
	{KEYS_COMMON, KEY_NPAGE, 0, "PgDn", ACTION_PAGE_DOWN, NULL},
	{KEYS_COMMON, KEY_HOME, 0, "Home", ACTION_FIRST, NULL},
	{KEYS_COMMON, KEY_END, 0, "End", ACTION_LAST, NULL},

	/* In the hint line as far as there is room, in this order. */
	{KEYS_GRID, 0, 'e', "e", ACTION_EDIT, "edit"},
	{KEYS_GRID, 0, 'l', "l", ACTION_LOCK, "lock"},
	{KEYS_GRID, 0, 'p', "p", ACTION_PREVIEW, "preview"},
	{KEYS_GRID, 0, 'a', "a", ACTION_ARM, "arm"},
	{KEYS_GRID, 0, 'c', "c", ACTION_COMMIT, "commit"},
	{KEYS_GRID, 0, '?', "?", ACTION_HELP, "help"},
	{KEYS_GRID, 0, 'q', "q", ACTION_QUIT, "quit"},
	{KEYS_GRID, 0, 'g', "g", ACTION_GUIDE, "guide"},
	{KEYS_GRID, 0, '/', "/", ACTION_FIND, "find"},
	{KEYS_GRID, 0, 'u', "u", ACTION_UNDO, "undo"},
	{KEYS_GRID, 0, ':', ":", ACTION_PROMPT, "command"},
	{KEYS_GRID, 0, ' ', "Space", ACTION_SELECT, "select"},
	{KEYS_GRID, 0, 'r', "r", ACTION_READ, "read"},
	{KEYS_GRID, 0, 'v', "v", ACTION_STAGED, "list staged"},
	{KEYS_GRID, 0, 'b', "b", ACTION_BITS, "bits"},
	{KEYS_GRID, 0, 'L', "L", ACTION_LOCKS, "locks"},
	{KEYS_GRID, 0, 'x', "x", ACTION_DROP, "take back"},
	{KEYS_GRID, 0, 'w', "w", ACTION_SAVE_PLAN, "save plan"},
	{KEYS_GRID, 0, '\t', "Tab", ACTION_LIST, "list"},
	{KEYS_GRID, 0, 'D', "D", ACTION_ASIDE, NULL},
	{KEYS_GRID, 0, 'm', "m", ACTION_MAP, "map"},
	{KEYS_GRID, 0, 's', "s", ACTION_STATUS, "status"},
	{KEYS_GRID, 0, 'd', "d", ACTION_COMPARE, "compare"},
	{KEYS_GRID, 0, 'J', "J", ACTION_JOURNAL, "journal"},
	{KEYS_GRID, 0, 'T', "T", ACTION_THEME, NULL},
	{KEYS_GRID, 0, 'E', "E", ACTION_EXPORT, NULL},
	{KEYS_GRID, 0, CONTROL('R'), "^R", ACTION_REDO, NULL},
	{KEYS_GRID, 0, 'R', "R", ACTION_REHEARSE, NULL},
	{KEYS_GRID, 0, 'W', "W", ACTION_LIVE, NULL},
	{KEYS_GRID, 0, 'B', "B", ACTION_RESET, NULL},
	/* Far from the key that commits: no slip of the shift key may come near it. */
	{KEYS_GRID, 0, 'Z', "Z", ACTION_CLOSE_DEVICE, NULL},
	{KEYS_GRID, 0, 'M', "M", ACTION_MOUSE, NULL},
	{KEYS_GRID, 0, 'i', "i", ACTION_NEWS, NULL},
	{KEYS_GRID, 0, 'o', "o", ACTION_OPEN, "open other"},
	{KEYS_GRID, 0, '-', "-", ACTION_SELECT_RANGE, NULL},
	{KEYS_GRID, 0, '*', "*", ACTION_SELECT_FOUND, NULL},
	{KEYS_GRID, 0, 'n', "n", ACTION_FIND_NEXT, NULL},
	{KEYS_GRID, 0, 'N', "N", ACTION_FIND_BEFORE, NULL},
	{KEYS_GRID, 0, 27, "Esc", ACTION_BACK, NULL},
	{KEYS_GRID, 0, '\r', "Enter", ACTION_DETAIL, NULL},
	{KEYS_GRID, 0, 'k', "k", ACTION_UP, NULL},
	{KEYS_GRID, 0, 'j', "j", ACTION_DOWN, NULL},
	{KEYS_GRID, 0, 'h', "h", ACTION_LEFT, NULL},
	{KEYS_GRID, 0, 'G', "G", ACTION_LAST, NULL},

	{KEYS_PICKER, 0, '\r', "Enter", ACTION_ACCEPT, "open"},
	{KEYS_PICKER, 0, 'r', "r", ACTION_READ, "look again"},
	{KEYS_PICKER, 0, ':', ":", ACTION_PROMPT, "type a name"},
	{KEYS_PICKER, 0, '?', "?", ACTION_HELP, "help"},
	{KEYS_PICKER, 0, 'q', "q", ACTION_QUIT, "quit"},
	{KEYS_PICKER, 0, 'k', "k", ACTION_UP, NULL},
	{KEYS_PICKER, 0, 'j', "j", ACTION_DOWN, NULL},
	{KEYS_PICKER, 0, 'g', "g", ACTION_FIRST, NULL},
	{KEYS_PICKER, 0, 'G', "G", ACTION_LAST, NULL},

	{KEYS_EDIT, 0, '\r', "Enter", ACTION_ACCEPT, "stage"},
	{KEYS_EDIT, 0, 27, "Esc", ACTION_BACK, "leave"},

	{KEYS_BITS, 0, ' ', "Space", ACTION_TOGGLE, "choose this bit, or not"},
	{KEYS_BITS, 0, '\r', "Enter", ACTION_ACCEPT, "stage"},
	{KEYS_BITS, 0, 27, "Esc", ACTION_BACK, "leave"},
	{KEYS_BITS, 0, '?', "?", ACTION_HELP, "help"},
	{KEYS_BITS, 0, 'h', "h", ACTION_LEFT, NULL},
	{KEYS_BITS, 0, 'l', "l", ACTION_RIGHT, NULL},

	{KEYS_LOCKS, 0, ' ', "Space", ACTION_TOGGLE, "choose"},
	{KEYS_LOCKS, 0, '\r', "Enter", ACTION_ACCEPT, "stage"},
	{KEYS_LOCKS, 0, '?', "?", ACTION_HELP, "help"},
	{KEYS_LOCKS, 0, 27, "Esc", ACTION_BACK, "leave"},

	{KEYS_STAGED, 0, '\r', "Enter", ACTION_ACCEPT, "go to the word"},
	{KEYS_STAGED, 0, 'x', "x", ACTION_DROP, "take back"},
	{KEYS_STAGED, 0, 27, "Esc", ACTION_BACK, "leave"},
	{KEYS_STAGED, 0, 'u', "u", ACTION_UNDO, "undo"},
	{KEYS_STAGED, 0, 'p', "p", ACTION_PREVIEW, "preview"},
	{KEYS_STAGED, 0, '?', "?", ACTION_HELP, "help"},
	{KEYS_STAGED, 0, 'E', "E", ACTION_EXPORT, "to a file"},
	{KEYS_STAGED, 0, 'q', "q", ACTION_BACK, NULL},

	{KEYS_COMPARE, 0, '\r', "Enter", ACTION_ACCEPT, "go to the word"},
	{KEYS_COMPARE, 0, 's', "s", ACTION_TAKE, "stage as there"},
	{KEYS_COMPARE, 0, 'd', "d", ACTION_COMPARE, "with another"},
	{KEYS_COMPARE, 0, 27, "Esc", ACTION_BACK, "leave"},
	{KEYS_COMPARE, 0, 'E', "E", ACTION_EXPORT, "to a file"},
	{KEYS_COMPARE, 0, '?', "?", ACTION_HELP, "help"},
	{KEYS_COMPARE, 0, 'S', "S", ACTION_TAKE_ALL, NULL},
	{KEYS_COMPARE, 0, 'u', "u", ACTION_UNDO, NULL},
	{KEYS_COMPARE, 0, 'n', "n", ACTION_DOWN, NULL},
	{KEYS_COMPARE, 0, 'N', "N", ACTION_UP, NULL},
	{KEYS_COMPARE, 0, 'g', "g", ACTION_FIRST, NULL},
	{KEYS_COMPARE, 0, 'G', "G", ACTION_LAST, NULL},
	{KEYS_COMPARE, 0, 'j', "j", ACTION_DOWN, NULL},
	{KEYS_COMPARE, 0, 'k', "k", ACTION_UP, NULL},
	{KEYS_COMPARE, 0, 'q', "q", ACTION_BACK, NULL},

	{KEYS_COMPARE_WITH, 0, '\r', "Enter", ACTION_ACCEPT, "compare"},
	{KEYS_COMPARE_WITH, 0, 27, "Esc", ACTION_BACK, "leave"},
	{KEYS_COMPARE_WITH, 0, '?', "?", ACTION_HELP, "help"},
	{KEYS_COMPARE_WITH, 0, 'g', "g", ACTION_FIRST, NULL},
	{KEYS_COMPARE_WITH, 0, 'G', "G", ACTION_LAST, NULL},
	{KEYS_COMPARE_WITH, 0, 'j', "j", ACTION_DOWN, NULL},
	{KEYS_COMPARE_WITH, 0, 'k', "k", ACTION_UP, NULL},
	{KEYS_COMPARE_WITH, 0, 'q', "q", ACTION_BACK, NULL},

	{KEYS_JOURNAL, 0, '\r', "Enter", ACTION_ACCEPT, "all of it"},
	{KEYS_JOURNAL, 0, '\t', "Tab", ACTION_ALL_BOARDS, "all boards, or this one"},
	{KEYS_JOURNAL, 0, 27, "Esc", ACTION_BACK, "leave"},
	{KEYS_JOURNAL, 0, '?', "?", ACTION_HELP, "help"},
	{KEYS_JOURNAL, 0, 'E', "E", ACTION_EXPORT, "to a file"},
	{KEYS_JOURNAL, 0, 'j', "j", ACTION_DOWN, NULL},
	{KEYS_JOURNAL, 0, 'k', "k", ACTION_UP, NULL},
	{KEYS_JOURNAL, 0, 'g', "g", ACTION_FIRST, NULL},
	{KEYS_JOURNAL, 0, 'G', "G", ACTION_LAST, NULL},
	{KEYS_JOURNAL, 0, 'q', "q", ACTION_BACK, NULL},

	{KEYS_PAGE, 0, 27, "Esc", ACTION_BACK, "leave"},
	{KEYS_PAGE, 0, 'q', "q", ACTION_BACK, NULL},
	{KEYS_PAGE, 0, '\r', "Enter", ACTION_BACK, NULL},
	{KEYS_PAGE, 0, ' ', "Space", ACTION_PAGE_DOWN, "on"},
	{KEYS_PAGE, 0, '?', "?", ACTION_HELP, "help"},
	{KEYS_PAGE, 0, 'E', "E", ACTION_EXPORT, "to a file"},
	{KEYS_PAGE, 0, 'k', "k", ACTION_UP, NULL},
	{KEYS_PAGE, 0, 'j', "j", ACTION_DOWN, NULL},
	{KEYS_PAGE, 0, 'B', "B", ACTION_RESET, NULL},

	{KEYS_REHEARSE, 0, '\r', "Enter", ACTION_ACCEPT, "rehearse"},
	{KEYS_REHEARSE, 0, 27, "Esc", ACTION_BACK, "leave"},
	{KEYS_REHEARSE, 0, '?', "?", ACTION_HELP, "help"},
	{KEYS_REHEARSE, 0, 'j', "j", ACTION_DOWN, NULL},
	{KEYS_REHEARSE, 0, 'k', "k", ACTION_UP, NULL},
	{KEYS_REHEARSE, 0, 'q', "q", ACTION_BACK, NULL},

	{KEYS_NEWS, 0, 'f', "f", ACTION_FOLLOW_UP, "stage what is left"},
	{KEYS_NEWS, 0, 27, "Esc", ACTION_BACK, "leave"},
	{KEYS_NEWS, 0, ' ', "Space", ACTION_PAGE_DOWN, "on"},
	{KEYS_NEWS, 0, 'B', "B", ACTION_RESET, "power cycle"},
	{KEYS_NEWS, 0, '?', "?", ACTION_HELP, "help"},
	{KEYS_NEWS, 0, 'E', "E", ACTION_EXPORT, "to a file"},
	{KEYS_NEWS, 0, 'q', "q", ACTION_BACK, NULL},
	{KEYS_NEWS, 0, '\r', "Enter", ACTION_BACK, NULL},
	{KEYS_NEWS, 0, 'k', "k", ACTION_UP, NULL},
	{KEYS_NEWS, 0, 'j', "j", ACTION_DOWN, NULL},

	{KEYS_PREVIEW, 0, 'a', "a", ACTION_ARM, "arm"},
	{KEYS_PREVIEW, 0, 'c', "c", ACTION_COMMIT, "confirm and burn"},
	{KEYS_PREVIEW, 0, 27, "Esc", ACTION_BACK, "leave"},
	{KEYS_PREVIEW, 0, 'w', "w", ACTION_SAVE_PLAN, "save as a plan"},
	{KEYS_PREVIEW, 0, ' ', "Space", ACTION_PAGE_DOWN, "on"},
	{KEYS_PREVIEW, 0, 'E', "E", ACTION_EXPORT, "to a file"},
	{KEYS_PREVIEW, 0, '?', "?", ACTION_HELP, NULL},
	{KEYS_PREVIEW, 0, 'q', "q", ACTION_BACK, NULL},
	{KEYS_PREVIEW, 0, 'k', "k", ACTION_UP, NULL},
	{KEYS_PREVIEW, 0, 'j', "j", ACTION_DOWN, NULL},

	{KEYS_CONFIRM, 0, '\r', "Enter", ACTION_ACCEPT, "burn, once the phrase stands"},
	{KEYS_CONFIRM, 0, 27, "Esc", ACTION_BACK, "leave unburnt"},

	{KEYS_PROGRESS, 0, 27, "Esc", ACTION_BACK, "stop, before the burn"},

	{KEYS_POWER, 0, '\r', "Enter", ACTION_ACCEPT, "settle, once the words stand"},
	{KEYS_POWER, 0, 27, "Esc", ACTION_BACK, "leave unsettled"},

	{KEYS_BOOT, 0, '\r', "Enter", ACTION_ACCEPT, "go on"},
	{KEYS_BOOT, 0, 27, "Esc", ACTION_BACK, "back, or stop"},
	{KEYS_BOOT, 0, '\t', "Tab", ACTION_COMPLETE, NULL},
	{KEYS_BOOT, 0, CONTROL('W'), "^W", ACTION_ERASE_WORD, NULL},
	{KEYS_BOOT, 0, CONTROL('U'), "^U", ACTION_ERASE_START, NULL},
	{KEYS_BOOT, 0, CONTROL('K'), "^K", ACTION_ERASE_REST, NULL},
	{KEYS_BOOT, 0, CONTROL('A'), "^A", ACTION_FIRST, NULL},
	{KEYS_BOOT, 0, CONTROL('E'), "^E", ACTION_LAST, NULL},

	{KEYS_WIZARD, 0, '\r', "Enter", ACTION_ACCEPT, "go on"},
	{KEYS_WIZARD, 0, 27, "Esc", ACTION_BACK, "back"},
	{KEYS_WIZARD, 0, 'w', "w", ACTION_SAVE_PLAN, "save as a plan"},
	{KEYS_WIZARD, 0, '?', "?", ACTION_HELP, "help"},
	{KEYS_WIZARD, 0, 'k', "k", ACTION_UP, NULL},
	{KEYS_WIZARD, 0, 'j', "j", ACTION_DOWN, NULL},
	{KEYS_WIZARD, 0, 'g', "g", ACTION_GUIDE, NULL},
	{KEYS_WIZARD, 0, 'q', "q", ACTION_BACK, NULL},

	{KEYS_WIZARD_ENTRY, 0, '\r', "Enter", ACTION_ACCEPT, "go on"},
	{KEYS_WIZARD_ENTRY, 0, 27, "Esc", ACTION_BACK, "back"},
	{KEYS_WIZARD_ENTRY, 0, '\t', "Tab", ACTION_COMPLETE, NULL},
	{KEYS_WIZARD_ENTRY, 0, CONTROL('W'), "^W", ACTION_ERASE_WORD, NULL},
	{KEYS_WIZARD_ENTRY, 0, CONTROL('U'), "^U", ACTION_ERASE_START, NULL},
	{KEYS_WIZARD_ENTRY, 0, CONTROL('K'), "^K", ACTION_ERASE_REST, NULL},
	{KEYS_WIZARD_ENTRY, 0, CONTROL('A'), "^A", ACTION_FIRST, NULL},
	{KEYS_WIZARD_ENTRY, 0, CONTROL('E'), "^E", ACTION_LAST, NULL},

	{KEYS_LINE, 0, '\r', "Enter", ACTION_ACCEPT, "do it"},
	{KEYS_LINE, 0, 27, "Esc", ACTION_BACK, "leave"},
	{KEYS_LINE, 0, '\t', "Tab", ACTION_COMPLETE, "complete"},
	{KEYS_LINE, KEY_UP, 0, "Up", ACTION_UP, "earlier lines"},
	{KEYS_LINE, 0, CONTROL('W'), "^W", ACTION_ERASE_WORD, NULL},
	{KEYS_LINE, 0, CONTROL('U'), "^U", ACTION_ERASE_START, NULL},
	{KEYS_LINE, 0, CONTROL('K'), "^K", ACTION_ERASE_REST, NULL},
	{KEYS_LINE, 0, CONTROL('A'), "^A", ACTION_FIRST, NULL},
	{KEYS_LINE, 0, CONTROL('E'), "^E", ACTION_LAST, NULL},

	{KEYS_QUIT, 0, 'y', "y", ACTION_ACCEPT, "quit and drop it"},
	{KEYS_QUIT, 0, 'w', "w", ACTION_SAVE_PLAN, "save it as a plan"},
	{KEYS_QUIT, 0, 'n', "n", ACTION_BACK, "stay"},
	{KEYS_QUIT, 0, 27, "Esc", ACTION_BACK, NULL},

	{KEYS_LEAVE, 0, 'y', "y", ACTION_ACCEPT, "close it and choose another"},
	{KEYS_LEAVE, 0, 'w', "w", ACTION_SAVE_PLAN, "save what is staged as a plan"},
	{KEYS_LEAVE, 0, 'n', "n", ACTION_BACK, "stay"},
	{KEYS_LEAVE, 0, 27, "Esc", ACTION_BACK, NULL},
	{KEYS_LEAVE, 0, '?', "?", ACTION_HELP, "help"},

	{KEYS_KEPT, 0, 'y', "y", ACTION_ACCEPT, "stage it again"},
	{KEYS_KEPT, 0, 'n', "n", ACTION_DROP, "drop it"},
	{KEYS_KEPT, 0, 27, "Esc", ACTION_BACK, "leave it for later"},
	{KEYS_KEPT, 0, '?', "?", ACTION_HELP, "help"},
};
_Static_assert(sizeof builtin / sizeof builtin[0] < KEYMAP_MAX, "room for all built-in keys");

void keymap_init(struct keymap *out)
{
	out->count = sizeof builtin / sizeof builtin[0];
	memcpy(out->bindings, builtin, sizeof builtin);
}

const char *action_name(enum action action)
{
	static const char *const names[] = {"",
#define X(identifier, name, help) name,
		ACTIONS(X)
#undef X
	};
	return names[action];
}

const char *action_help(enum action action)
{
	static const char *const texts[] = {"",
#define X(identifier, name, help) help,
		ACTIONS(X)
#undef X
	};
	return texts[action];
}

static bool is_key(const struct key_binding *binding, const struct key *key)
{
	if (binding->code != 0)
		return key->code == binding->code;
	bool enter = binding->character == '\r' &&
		     (key->code == KEY_ENTER || (key->code == 0 && key->character == '\n'));
	return enter || (key->code == 0 && key->character == binding->character);
}

static enum action action_in(
	const struct keymap *keymap, enum key_context context, const struct key *key)
{
	for (size_t i = 0; i < keymap->count; i++)
		if (keymap->bindings[i].context == context && is_key(&keymap->bindings[i], key))
			return keymap->bindings[i].action;
	return ACTION_NONE;
}

enum action keymap_action(
	const struct keymap *keymap, enum key_context context, const struct key *key)
{
	enum action action = action_in(keymap, context, key);
	return action != ACTION_NONE ? action : action_in(keymap, KEYS_COMMON, key);
}

const char *keymap_key_name(
	const struct keymap *keymap, enum key_context context, enum action action)
{
	for (size_t i = 0; i < keymap->count; i++) {
		const struct key_binding *binding = &keymap->bindings[i];
		if (binding->action == action &&
			(binding->context == context || binding->context == KEYS_COMMON))
			return binding->key;
	}
	return "";
}

const struct key_binding *keymap_row(
	const struct keymap *keymap, enum key_context context, size_t index)
{
	for (size_t i = 0; i < keymap->count; i++)
		if (keymap->bindings[i].context == context && index-- == 0)
			return &keymap->bindings[i];
	return NULL;
}

static const struct {
	const char *word;
	bool is_open;
	const char *title;
} contexts[] = {
#define X(identifier, name, own, title) {name, own, title},
	KEY_CONTEXTS(X)
#undef X
};

const char *key_context_name(enum key_context context)
{
	return contexts[context].title;
}

const char *key_context_word(enum key_context context)
{
	return contexts[context].word;
}

bool key_context_is_open(enum key_context context)
{
	return contexts[context].is_open;
}
