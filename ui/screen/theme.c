#include "ui/screen/theme.h"

#include "src/embedded.h"
#include "src/keyfile.h"
#include "src/store.h"

#include <ncurses.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern const struct embedded builtin_themes[];

static const char *const role_names[] = {
#define X(identifier, name) name,
	THEME_ROLES(X)
#undef X
};

static const struct {
	const char *name;
	int color;
} color_names[] = {{"default", THEME_DEFAULT_COLOR}, {"black", 0}, {"red", 1}, {"green", 2},
	{"yellow", 3}, {"blue", 4}, {"magenta", 5}, {"cyan", 6}, {"white", 7}, {"bright-black", 8},
	{"bright-red", 9}, {"bright-green", 10}, {"bright-yellow", 11}, {"bright-blue", 12},
	{"bright-magenta", 13}, {"bright-cyan", 14}, {"bright-white", 15}};

/* What xterm shows for the sixteen, to find the nearest one. */
static const int sixteen[] = {0x000000, 0xCD0000, 0x00CD00, 0xCDCD00, 0x0000EE, 0xCD00CD, 0x00CDCD,
	0xE5E5E5, 0x7F7F7F, 0xFF0000, 0x00FF00, 0xFFFF00, 0x5C5CFF, 0xFF00FF, 0x00FFFF, 0xFFFFFF};

const char *role_name(enum role role)
{
	return role_names[role];
}

/* --- reading a theme --- */

struct reading {
	struct theme *theme;
	bool in_styles, has_name;
	bool seen[ROLE_COUNT];
};

static bool color_of(int *out, const char *word)
{
	for (size_t i = 0; i < sizeof color_names / sizeof color_names[0]; i++)
		if (strcmp(word, color_names[i].name) == 0) {
			*out = color_names[i].color;
			return true;
		}
	if (word[0] != '#' || strlen(word) != 7 || strspn(word + 1, "0123456789abcdefABCDEF") != 6)
		return false;
	*out = (int)strtol(word + 1, NULL, 16) | THEME_RGB;
	return true;
}

static bool attribute_of(struct style *style, const char *word)
{
	const struct {
		const char *name;
		bool *flag;
	} flags[] = {{"bold", &style->bold}, {"dim", &style->dim}, {"underline", &style->underline},
		{"reverse", &style->reverse}};
	for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++)
		if (strcmp(word, flags[i].name) == 0)
			return *flags[i].flag = true;
	return false;
}

static enum status parse_style(struct style *out, const char *value, struct errbuf *err)
{
	struct style style = {.foreground = THEME_DEFAULT_COLOR, .background = THEME_DEFAULT_COLOR};
	char copy[128], *rest = copy;
	bool background = false, has_foreground = false;
	if (strlen(value) >= sizeof copy)
		return errbuf_set(err, ERR_FORMAT, "the style is too long");
	strcpy(copy, value);
	for (char *word; (word = strtok_r(rest, " \t", &rest)) != NULL;) {
		int color;
		if (!background && strcmp(word, "on") == 0) {
			background = true;
			continue;
		}
		if (!background && strcmp(word, "plain") == 0)
			continue;
		if (!background && attribute_of(&style, word))
			continue;
		if (!color_of(&color, word) || (!background && has_foreground))
			return errbuf_set(err, ERR_FORMAT,
				"'%s' is neither a colour nor bold, dim, underline, reverse or "
				"plain",
				word);
		if (background)
			style.background = color;
		else
			style.foreground = color;
		has_foreground = true;
	}
	*out = style;
	return OK;
}

static enum status begin_section(
	const char *section, unsigned line, void *payload, struct errbuf *err)
{
	(void)line;
	struct reading *reading = payload;
	reading->in_styles = strcmp(section, "styles") == 0;
	if (!reading->in_styles && strcmp(section, "theme") != 0)
		return errbuf_set(
			err, ERR_FORMAT, "unknown section [%s]; known are theme, styles", section);
	return OK;
}

static enum status take_key(const char *key, const char *value, unsigned line, bool continued,
	void *payload, struct errbuf *err)
{
	(void)line;
	(void)continued;
	struct reading *reading = payload;
	if (!reading->in_styles) {
		if (strcmp(key, "name") != 0)
			return errbuf_set(err, ERR_FORMAT, "unknown key '%s'; known is name", key);
		reading->has_name = true;
		snprintf(reading->theme->name, sizeof reading->theme->name, "%s", value);
		return OK;
	}
	for (int role = 0; role < ROLE_COUNT; role++) {
		if (strcmp(key, role_names[role]) != 0)
			continue;
		if (reading->seen[role])
			return errbuf_set(err, ERR_FORMAT, "a second style for '%s'", key);
		reading->seen[role] = true;
		return parse_style(&reading->theme->styles[role], value, err);
	}
	return errbuf_set(err, ERR_FORMAT, "unknown role '%s'", key);
}

static enum status end_section(void *payload, struct errbuf *err)
{
	(void)payload;
	(void)err;
	return OK;
}

enum status theme_parse(
	struct theme *out, const char *text, size_t length, const char *name, struct errbuf *err)
{
	static const struct keyfile_handler handler = {begin_section, take_key, end_section};
	*out = (struct theme){.name = ""};
	struct reading reading = {.theme = out};
	enum status status = keyfile_parse(text, length, name, &handler, &reading, err);
	if (status != OK)
		return status;
	if (!reading.has_name)
		return errbuf_set(err, ERR_FORMAT, "'%s': the theme has no name", name);
	for (int role = 0; role < ROLE_COUNT; role++)
		if (!reading.seen[role])
			return errbuf_set(err, ERR_FORMAT, "'%s': there is no style for '%s'", name,
				role_names[role]);
	return OK;
}

static enum status load_own(struct theme *out, const char *path, struct errbuf *err)
{
	uint8_t *text;
	size_t length;
	enum status status = store_read(&text, &length, path, 64 * 1024, err);
	if (status != OK)
		return status;
	status = theme_parse(out, (const char *)text, length, path, err);
	free(text);
	return status;
}

enum status theme_load(
	struct theme *out, const char *name, const char *config_folder, struct errbuf *err)
{
	char path[STORE_PATH_MAX], file[80];
	if (strlen(name) > 40 || strchr(name, '/'))
		return errbuf_set(err, ERR_USAGE, "'%.40s' is no theme's name", name);
	snprintf(file, sizeof file, "themes/%s.theme", name);
	if (config_folder[0] && store_join(path, config_folder, file, err) == OK &&
		store_exists(path))
		return load_own(out, path, err);
	for (const struct embedded *theme = builtin_themes; theme->name; theme++)
		if (strcmp(theme->name, name) == 0)
			return theme_parse(
				out, (const char *)theme->data, theme->length, name, err);
	return errbuf_set(err, ERR_USAGE, "there is no theme '%s'", name);
}

/* --- colours --- */

static int distance(int a, int b)
{
	int sum = 0;
	for (int shift = 0; shift <= 16; shift += 8) {
		int difference = (a >> shift & 0xFF) - (b >> shift & 0xFF);
		sum += difference * difference;
	}
	return sum;
}

static int nearest(int rgb, const int *palette, int count)
{
	int best = 0;
	for (int i = 1; i < count; i++)
		if (distance(rgb, palette[i]) < distance(rgb, palette[best]))
			best = i;
	return best;
}

/* Of the 6x6x6 cube and the 24 greys above the sixteen. */
static int nearest_256(int rgb)
{
	int palette[240];
	static const int levels[] = {0, 95, 135, 175, 215, 255};
	for (int i = 0; i < 216; i++)
		palette[i] = levels[i / 36] << 16 | levels[i / 6 % 6] << 8 | levels[i % 6];
	for (int i = 0; i < 24; i++)
		palette[216 + i] = (8 + 10 * i) * 0x010101;
	return 16 + nearest(rgb, palette, 240);
}

int theme_reduce(int color, int count)
{
	if (color == THEME_DEFAULT_COLOR || count < 8)
		return THEME_DEFAULT_COLOR;
	if (color & THEME_RGB) {
		int rgb = color & 0xFFFFFF;
		if (count >= 256)
			return nearest_256(rgb);
		return nearest(rgb, sixteen, count >= 16 ? 16 : 8);
	}
	/* The dark grey of sixteen would vanish as black. */
	if (count < 16 && color == 8)
		return 7;
	return count < 16 && color > 8 ? color - 8 : color;
}

void theme_apply(struct theme *theme, int colors)
{
	for (int role = 0; role < ROLE_COUNT; role++) {
		const struct style *style = &theme->styles[role];
		attr_t attributes = (style->bold ? A_BOLD : 0) | (style->dim ? A_DIM : 0) |
				    (style->underline ? A_UNDERLINE : 0) |
				    (style->reverse ? A_REVERSE : 0);
		int foreground = theme_reduce(style->foreground, colors);
		int background = theme_reduce(style->background, colors);
		bool plain = foreground == THEME_DEFAULT_COLOR && background == THEME_DEFAULT_COLOR;
		/* A pair for each role: 16 of them, and every terminal with colours has 64. */
		if (!plain &&
			init_pair((short)(role + 1), (short)foreground, (short)background) == OK)
			attributes |= (attr_t)COLOR_PAIR(role + 1);
		theme->attributes[role] = attributes;
	}
}
