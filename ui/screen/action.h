/*
 * Everything a key can ask of the screen, once: the enum, its name for key files, and its help text
 * come from this one list, so no help line can be missing.
 */
#ifndef OTPEDIT_UI_SCREEN_ACTION_H
#define OTPEDIT_UI_SCREEN_ACTION_H

/* X(identifier, "name", "help, as in the list of keys") */
#define ACTIONS(X)                                                                                 \
	X(UP, "up", "up")                                                                          \
	X(DOWN, "down", "down")                                                                    \
	X(LEFT, "left", "left")                                                                    \
	X(RIGHT, "right", "right")                                                                 \
	X(PAGE_UP, "page-up", "a page up")                                                         \
	X(PAGE_DOWN, "page-down", "a page down")                                                   \
	X(FIRST, "first", "to the first")                                                          \
	X(LAST, "last", "to the last")                                                             \
	X(DETAIL, "detail", "all about this word")                                                 \
	X(LIST, "list", "the words one a line, or the grid again")                                 \
	X(MAP, "map", "all words at a glance, or the grid again")                                  \
	X(ASIDE, "aside", "what the word says beside the words, or the words alone")               \
	X(COMPARE, "compare", "compare with another image")                                        \
	X(TAKE, "take", "stage this word as it is there, value and permanent lock")                \
	X(TAKE_ALL, "take-all", "stage all words that can become what they are there")             \
	X(STATUS, "status", "the board on one page")                                               \
	X(JOURNAL, "journal", "what was burnt, and how it ended")                                  \
	X(ALL_BOARDS, "all-boards", "burns on all boards, or on this one")                         \
	X(EDIT, "edit", "edit the word as a hex value")                                            \
	X(BITS, "bits", "edit the word bit by bit")                                                \
	X(TOGGLE, "toggle", "choose this bit to become 1, or not")                                 \
	X(LOCK, "lock", "permanent lock: stage it, or take it back")                               \
	X(LOCKS, "locks", "choose among all locks")                                                \
	X(CLOSE_DEVICE, "close-device", "close the device for ever: stage it, or take it back")    \
	X(DROP, "drop", "take back what is staged for this word")                                  \
	X(UNDO, "undo", "undo")                                                                    \
	X(REDO, "redo", "redo")                                                                    \
	X(STAGED, "staged", "list what is staged")                                                 \
	X(SAVE_PLAN, "save-plan", "save what is staged as a plan file")                            \
	X(GUIDE, "guide", "guided operations; pressed twice: to the first word")                   \
	X(EXPORT, "export", "write what this view shows to a text file")                           \
	X(PREVIEW, "preview", "preview what would be burnt")                                       \
	X(ARM, "arm", "arm the session for burning, or disarm it")                                 \
	X(REHEARSE, "rehearse", "burn what is staged on a simulated twin of the board")            \
	X(COMMIT, "commit", "confirm and burn")                                                    \
	X(READ, "read", "read the board again")                                                    \
	X(LIVE, "live", "read the board again by itself, or stop that")                            \
	X(RESET, "reset", "reset the board")                                                       \
	X(NEWS, "news", "what earlier runs left on this board")                                    \
	X(FOLLOW_UP, "follow-up", "stage what is left of earlier commits")                         \
	X(FIND, "find", "find words: by number, name, =VALUE, lock=none ...")                      \
	X(FIND_NEXT, "find-next", "the next word that was asked for")                              \
	X(FIND_BEFORE, "find-before", "the one before it")                                         \
	X(PROMPT, "prompt", "type a command, such as: lock word=70-75")                            \
	X(SELECT, "select", "select this word, too, for what is staged next; or not")              \
	X(SELECT_RANGE, "select-range", "select all words from the one selected last to this")     \
	X(SELECT_FOUND, "select-found", "select all words that were asked for")                    \
	X(COMPLETE, "complete", "complete the word that is typed")                                 \
	X(ERASE_WORD, "erase-word", "erase the word before the cursor")                            \
	X(ERASE_START, "erase-start", "erase all before the cursor")                               \
	X(ERASE_REST, "erase-rest", "erase all behind the cursor")                                 \
	X(THEME, "theme", "other colours: the next theme")                                         \
	X(HELP, "help", "the keys of this view")                                                   \
	X(MOUSE, "mouse", "leave the mouse to the terminal, or take it again")                     \
	X(REDRAW, "redraw", "draw the screen anew")                                                \
	X(SUSPEND, "suspend", "suspend the program")                                               \
	X(ACCEPT, "accept", "take it")                                                             \
	X(BACK, "back", "leave; nothing is burnt by leaving")                                      \
	X(OPEN, "open", "close this, and choose something else to open")                           \
	X(QUIT, "quit", "quit")

enum action {
	ACTION_NONE,
#define X(identifier, name, help) ACTION_##identifier,
	ACTIONS(X)
#undef X
		ACTION_COUNT
};

/* Never NULL; "" for ACTION_NONE. */
const char *action_name(enum action action);
const char *action_help(enum action action);

#endif
