/*
 * Which theme the screen wears: the one of --theme, else of the settings, else the one that was
 * chosen in the screen last, else the default; and always mono where there are no colours.
 */
#ifndef OTPEDIT_UI_SCREEN_LOOKS_H
#define OTPEDIT_UI_SCREEN_LOOKS_H

#include "ui/screen/app.h"
#include "ui/screen/theme.h"

struct looks {
	struct theme theme;
	char name[THEME_NAME_MAX + 1];
	int colors; /* of the terminal; 0: none */
};

/* What --theme asks for, if it does, before the terminal is touched: it has to be there. */
enum status looks_load(
	struct looks *out, const struct environment *environment, struct errbuf *err);

/* The one that was chosen in the screen last; false where none was. */
bool looks_remembered(char name[THEME_NAME_MAX + 1], const struct environment *environment);

/* Once the terminal is up. A theme that nobody asked for now and that cannot be used is told of,
 * and is no reason to show nothing. */
void looks_begin(struct looks *looks, struct app *app, int colors);

/* The next one there is, built-in or one's own; it is remembered for the next time. */
void looks_next(struct looks *looks, struct app *app);

/* The one of this name. What cannot be used leaves the theme as it is, and is told. */
void looks_take(struct looks *looks, struct app *app, const char *name);

#endif
