/*
 * What main hands to every command and to the screen: how boards are reached, what the options that
 * hold for all of them say, and where output goes. Filled once, then only read.
 */
#ifndef OTPEDIT_UI_ENVIRONMENT_H
#define OTPEDIT_UI_ENVIRONMENT_H

#include "src/session.h"
#include "src/store.h"
#include "ui/settings.h"

#include <signal.h>
#include <stdbool.h>
#include <stdio.h>

enum color_choice { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

struct environment {
	/* Sources, --chip, --read-only, --fresh, --trace and the state folder, ready for
	 * session_open(). The state folder is NULL when there is none: then nothing can burn. */
	struct session_options session;
	bool reveal;              /* --reveal: secret words are shown */
	enum color_choice color;  /* --color; the default is COLOR_AUTO */
	const char *theme;        /* --theme; NULL: not given */
	struct settings settings; /* the file 'config'; options come first */
	char state_folder[STORE_PATH_MAX];
	char config_folder[STORE_PATH_MAX];      /* "" when there is none */
	char overlay_folder[STORE_PATH_MAX + 8]; /* the user's own names of words; "": none */
	FILE *out;                               /* results */
	FILE *messages;                          /* all else */
	/* Set by ^C, SIGTERM, SIGHUP and SIGQUIT, which end nothing by themselves: what is to be
	 * carried to its end (a burn) is, all else asks this and stops. The screen puts its own
	 * handlers in their place. */
	const volatile sig_atomic_t *stop;
};

#endif
