/*
 * What carrying a typed command out and completing it share.
 */
#ifndef OTPEDIT_UI_SCREEN_PROMPT_PARTS_H
#define OTPEDIT_UI_SCREEN_PROMPT_PARTS_H

#include "ui/screen/app.h"

/* What stands behind a command. */
enum operand { OPERAND_STATEMENT, OPERAND_NUMBER, OPERAND_SEARCH, OPERAND_FILE, OPERAND_THEME };

struct prompt_row {
	const char *name;
	enum operand operand;
	const char *usage;
	bool (*run)(struct app *app, const char *rest); /* NULL: the grammar's */
};

/* Ends with a row whose name is NULL. */
extern const struct prompt_row prompt_rows[];

/* NULL when the word is no command of these. */
const struct prompt_row *prompt_row_of(const char *word, size_t length);

/* Whether a key asks for it in the view below: what was taken off the keys is not to be had. */
bool prompt_offers(const struct app *app, enum action action);

#endif
