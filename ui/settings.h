/*
 * What a person has settled once, in the file 'config' of the configuration folder:
 *
 *   [settings]
 *   theme     = gruvbox      ; as --theme, which comes first
 *   keys      = lab.keys     ; the key file, in the same folder unless it begins with '/'
 *   source    = dfu          ; what 'otpedit' alone opens; ask: asks
 *   live      = 5            ; seconds from one read by itself to the next; off: only when asked
 *   confirm   = terminal     ; nothing burns without a person at a terminal; or: built-in
 *   read-only = yes          ; as --read-only, for every run
 *
 * Nothing here makes burning easier than it is without the file. A file that cannot be understood
 * is an error, never passed over: it might be the one that says 'read-only'.
 */
#ifndef OTPEDIT_UI_SETTINGS_H
#define OTPEDIT_UI_SETTINGS_H

#include "src/errbuf.h"
#include "src/store.h"

#include <stdbool.h>

enum setting {
	SETTING_THEME,
	SETTING_KEYS,
	SETTING_SOURCE,
	SETTING_LIVE,
	SETTING_CONFIRM,
	SETTING_READ_ONLY
};
#define SETTING_COUNT (SETTING_READ_ONLY + 1)

#define SETTINGS_TEXT_MAX 256
#define SETTINGS_LIVE_MAX 3600 /* seconds */

/* Zeroed: no file. */
struct settings {
	char path[STORE_PATH_MAX];     /* of the file; "": there is no configuration folder */
	unsigned lines[SETTING_COUNT]; /* where in the file each stands; 0: it does not */
	char theme[SETTINGS_TEXT_MAX];
	char keys[SETTINGS_TEXT_MAX];
	char source[SETTINGS_TEXT_MAX]; /* "": asks */
	unsigned live_seconds;          /* 0: the built-in time */
	bool live_off;
	bool at_terminal; /* a confirmation is typed, or there is none */
	bool read_only;
};

/* "read-only", as the file names it; and one line about it. */
const char *setting_name(enum setting setting);
const char *setting_about(enum setting setting);

/* ERR_FORMAT with file and line; *out has no settings then, but its path. */
enum status settings_parse(struct settings *out, const char *text, size_t length, const char *name,
	struct errbuf *err);

/* The same from the file in `config_folder` ("": none); one that is not there settles nothing. */
enum status settings_load(struct settings *out, const char *config_folder, struct errbuf *err);

/* The key file that holds: the one that is named, else 'keys'. False: there is no folder for it. */
bool settings_key_file(
	char out[STORE_PATH_MAX], const struct settings *settings, const char *config_folder);

#endif
