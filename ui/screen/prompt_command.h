/*
 * What can be typed behind ':': requests as in plan files, a few commands of its own, and the name
 * of everything that a key asks for.
 */
#ifndef OTPEDIT_UI_SCREEN_PROMPT_COMMAND_H
#define OTPEDIT_UI_SCREEN_PROMPT_COMMAND_H

#include "ui/screen/app.h"
#include "ui/screen/completion.h"

/*
 * Does what the line says. False: it could not be done, the reason is the message, and the line
 * stays to be mended. True: it was done in the view below, which is shown again or has given way to
 * another; the line is in the history.
 */
bool prompt_command_do(struct app *app);

/* How the words that are typed so far go on, for people; never NULL. */
const char *prompt_command_usage(const struct app *app);

void prompt_command_complete(struct completion *out, const struct app *app);

#endif
