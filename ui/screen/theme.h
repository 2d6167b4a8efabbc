/*
 * Looks: what each role on the screen looks like, from a theme file.
 *
 *   [theme]
 *   name = mono
 *   [styles]
 *   danger = bold red        ; attributes, foreground, "on" background
 *
 * Colours: default, black, red, green, yellow, blue, magenta, cyan, white, bright-red …, or
 * #rrggbb, reduced to what the terminal has. Attributes: bold, dim, underline, reverse. A colour
 * that a style does not name is that of 'text', whose background fills the screen.
 *
 * What warns has to be seen: a theme where it looks like any text, or where something cannot be
 * read, is refused; and where a terminal with few colours would make it so, it stands out by an
 * attribute instead.
 */
#ifndef OTPEDIT_UI_SCREEN_THEME_H
#define OTPEDIT_UI_SCREEN_THEME_H

#include "src/errbuf.h"

#include <stdbool.h>
#include <stddef.h>

#define THEME_ROLES(X)                                                                             \
	X(TEXT, "text")                                                                            \
	X(FAINT, "faint")                                                                          \
	X(HEADING, "heading")                                                                      \
	X(FRAME, "frame")                                                                          \
	X(HEADER, "header")                                                                        \
	X(SELECTED, "selected")                                                                    \
	X(STAGED, "staged")                                                                        \
	X(CHANGED, "changed")                                                                      \
	X(LOCKED, "locked")                                                                        \
	X(UNKNOWN, "unknown")                                                                      \
	X(FOREVER, "forever")                                                                      \
	X(WARNING, "warning")                                                                      \
	X(DANGER, "danger")                                                                        \
	X(GOOD, "good")                                                                            \
	X(ARMED, "armed")                                                                          \
	X(KEY, "key")

enum role {
#define X(identifier, name) ROLE_##identifier,
	THEME_ROLES(X)
#undef X
		ROLE_COUNT
};

#define THEME_DEFAULT_COLOR (-1)

struct style {
	bool bold, dim, underline, reverse;
	int foreground, background; /* 0xRRGGBB | THEME_RGB, 0..15, or THEME_DEFAULT_COLOR */
};
#define THEME_RGB 0x1000000

struct theme {
	char name[32];
	struct style styles[ROLE_COUNT];
	unsigned attributes[ROLE_COUNT]; /* of curses, once theme_apply() was called */
};

/* Parses a theme file's text. Every role must be there; unknown roles, colours and attributes are
 * ERR_FORMAT with file and line, and so is a theme that hides something. */
enum status theme_parse(
	struct theme *out, const char *text, size_t length, const char *name, struct errbuf *err);

/* By name: the user's own in `config_folder`/themes ("" : none), then the built-in ones. */
enum status theme_load(
	struct theme *out, const char *name, const char *config_folder, struct errbuf *err);
enum status theme_load_builtin(struct theme *out, const char *name, struct errbuf *err);

#define THEME_NAME_MAX  40
#define THEME_NAMES_MAX 64
struct theme_names {
	char names[THEME_NAMES_MAX][THEME_NAME_MAX + 1];
	size_t count;
};

/* All there are, in the order of their bytes; whether they can be used shows when they are loaded.
 */
void theme_names(struct theme_names *out, const char *config_folder);

/* WCAG 2's contrast ratio of text in this style, 1 to 21; 0 where a colour is the terminal's own
 * and not known. */
double theme_contrast(const struct style *style);
#define THEME_LEAST_CONTRAST 2.0

/* Whether this role has to stand out and does not: *other is what it looks like. */
bool theme_is_lost(const struct theme *theme, enum role role, enum role *other);

/* The nearest colour that a terminal of `count` colours (8, 16, 256, or 1 << 24 where numbers are
 * RGB) has; THEME_DEFAULT_COLOR below 8. */
int theme_reduce(int color, int count);

/* The styles as a terminal of so many colours shows them: colours are its numbers, all can be read,
 * and what has to stand out does. */
void theme_reduce_all(struct theme *theme, int count);

/* Turns styles into curses attributes; `colors` is how many the terminal has and may use (0: none).
 * Curses must be up. */
void theme_apply(struct theme *theme, int colors);

/* A blank in the text's colours, to erase with. */
unsigned theme_blank(const struct theme *theme);

const char *role_name(enum role role);

#endif
