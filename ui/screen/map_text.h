/*
 * The whole OTP at a glance: one sign a word, and how many words have each sign. Without curses.
 */
#ifndef OTPEDIT_UI_SCREEN_MAP_TEXT_H
#define OTPEDIT_UI_SCREEN_MAP_TEXT_H

#include "ui/screen/app.h"
#include "ui/screen/theme.h"

/* What stands out most about a word wins: the first of these that holds. */
enum map_state {
	MAP_INVALID, /* value or lock state could not be read */
	MAP_STAGED,  /* a value is staged */
	MAP_LOCKING, /* a lock is staged, and no value */
	MAP_CHANGED, /* since the last read */
	MAP_UNKNOWN, /* a shadow copy */
	MAP_LOCKED,  /* permanently */
	MAP_STICKY,  /* locked until reset */
	MAP_BURNT,   /* some bit is 1, and nothing locked */
	MAP_EMPTY,   /* reads as 0, and nothing locked */
	MAP_STATES
};

struct map_sign {
	char sign;
	enum role role;
	const char *text; /* what it means, for the words that have it */
};

enum map_state map_state_of(const struct app *app, unsigned word);
struct map_sign map_sign(enum map_state state);

/* How many words are in each state. */
void map_count(unsigned out[MAP_STATES], const struct app *app);

/* Words in a row of the map: so many that all rows fit a common screen. */
unsigned map_per_row(unsigned word_count);

#endif
