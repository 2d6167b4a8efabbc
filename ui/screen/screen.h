/*
 * The screen: opens a source in the worker, the one named or one chosen from a list, and runs until
 * the person leaves.
 */
#ifndef OTPEDIT_UI_SCREEN_SCREEN_H
#define OTPEDIT_UI_SCREEN_SCREEN_H

#include "ui/environment.h"

/* `source` NULL: what to open is asked. The exit status. Errors that keep it from starting go to
 * environment->messages. */
int screen_run(const struct environment *environment, const char *source);

#endif
