/*
 * One word as the grid shows it: pure texts and roles, no drawing.
 */
#ifndef OTPEDIT_UI_SCREEN_ROWS_H
#define OTPEDIT_UI_SCREEN_ROWS_H

#include "ui/screen/app.h"
#include "ui/screen/theme.h"

struct cell {
	char value[9]; /* "12345678", "********" when masked, "????????" when it could not be read
			*/
	char mark;     /* '*' value staged, '~' changed since the last read, '?' shadow copy, ' ' */
	enum role role; /* of the value */
	char locks[12]; /* six letters, then "+P" for a lock that is staged */
	enum role locks_role;
};

struct cell rows_cell(const struct app *app, unsigned word);

/* Whether the word is not as it was one read earlier. */
bool rows_changed(const struct app *app, unsigned word);

/* What the letters mean, for help: ends with NULL. */
extern const char *const rows_legend[];

#endif
