/*
 * Keys of a person's own, from the file 'keys' in the configuration folder:
 *
 *   [grid]
 *   edit = i F4         ; the action and its keys there, in place of the built-in ones
 *   close-device = none
 *
 * What keeps hands from burning by accident stays: Enter, Esc and ^C mean the same everywhere, no
 * key has two meanings in a view, what arms, commits or closes is on no key that is pressed
 * blindly, and where text is typed nothing changes.
 */
#ifndef OTPEDIT_UI_SCREEN_KEYMAP_FILE_H
#define OTPEDIT_UI_SCREEN_KEYMAP_FILE_H

#include "src/errbuf.h"
#include "ui/screen/keymap.h"
#include "ui/settings.h"

/* Changes *out, which holds the built-in keys. ERR_FORMAT with file and line; *out is as it was
 * then: half a file is none. */
enum status keymap_parse(
	struct keymap *out, const char *text, size_t length, const char *name, struct errbuf *err);

/* The same from a file; one that is not there changes nothing. `config_folder` may be "". */
enum status keymap_load(struct keymap *out, const char *config_folder, struct errbuf *err);

/* The same from the file that the settings name, which has to be there; else from 'keys'. */
enum status keymap_load_settled(struct keymap *out, const struct settings *settings,
	const char *config_folder, struct errbuf *err);

#endif
