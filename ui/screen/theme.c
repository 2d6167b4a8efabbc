#include "ui/screen/theme.h"

#include "src/clean_text.h"
#include "src/embedded.h"
#include "src/keyfile.h"
#include "src/store.h"

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

const char *role_name(enum role role)
{
	return role_names[role];
}

/* --- reading a theme --- */

#define UNNAMED (-2) /* a colour that the style does not name: that of the text */

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
	struct style style = {.foreground = UNNAMED, .background = UNNAMED};
	int *color = &style.foreground;
	char copy[128], *rest = copy;
	if (strlen(value) >= sizeof copy)
		return errbuf_set(err, ERR_FORMAT, "the style is too long");
	strcpy(copy, value);
	for (char *word; (word = strtok_r(rest, " \t", &rest)) != NULL;) {
		bool background = color == &style.background;
		if (!background && strcmp(word, "on") == 0) {
			color = &style.background;
			continue;
		}
		if (!background && (strcmp(word, "plain") == 0 || attribute_of(&style, word)))
			continue;
		if (*color != UNNAMED || !color_of(color, word))
			return errbuf_set(err, ERR_FORMAT,
				"'%s' is neither a colour nor bold, dim, underline, reverse or "
				"plain%s",
				word, *color != UNNAMED ? ", and there is a colour already" : "");
	}
	if (color == &style.background && *color == UNNAMED)
		return errbuf_set(err, ERR_FORMAT, "there is no colour behind 'on'");
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

/* Colours that a style does not name are those of the text. */
static void take_over_text(struct theme *theme)
{
	struct style *text = &theme->styles[ROLE_TEXT];
	if (text->foreground == UNNAMED)
		text->foreground = THEME_DEFAULT_COLOR;
	if (text->background == UNNAMED)
		text->background = THEME_DEFAULT_COLOR;
	for (int role = 0; role < ROLE_COUNT; role++) {
		struct style *style = &theme->styles[role];
		if (style->foreground == UNNAMED)
			style->foreground = text->foreground;
		if (style->background == UNNAMED)
			style->background = text->background;
	}
}

/* A theme may be ugly. It may not hide what it is there to show. */
static enum status check_seen(const struct theme *theme, const char *name, struct errbuf *err)
{
	for (int role = 0; role < ROLE_COUNT; role++) {
		double contrast = theme_contrast(&theme->styles[role]);
		if (contrast != 0 && contrast < THEME_LEAST_CONTRAST)
			return errbuf_set(err, ERR_FORMAT,
				"'%s': '%s' cannot be read: its colour is too near to its "
				"background",
				name, role_names[role]);
		enum role other;
		if (theme_is_lost(theme, (enum role)role, &other))
			return errbuf_set(err, ERR_FORMAT,
				"'%s': '%s' looks like '%s': it must stand out", name,
				role_names[role], role_names[other]);
	}
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
	take_over_text(out);
	return check_seen(out, name, err);
}

/* --- which there are --- */

static void add_name(struct theme_names *out, const char *name, size_t length)
{
	size_t at = out->count;
	if (length == 0 || length > THEME_NAME_MAX || out->count == THEME_NAMES_MAX ||
		!clean_text_is_clean(name, length))
		return;
	for (size_t i = 0; i < out->count; i++)
		if (strncmp(out->names[i], name, length) == 0 && out->names[i][length] == '\0')
			return;
	while (at > 0 && strncmp(out->names[at - 1], name, length) > 0)
		at--;
	memmove(out->names[at + 1], out->names[at], (out->count - at) * sizeof out->names[0]);
	snprintf(out->names[at], sizeof out->names[at], "%.*s", (int)length, name);
	out->count++;
}

void theme_names(struct theme_names *out, const char *config_folder)
{
	char folder[STORE_PATH_MAX];
	struct store_list files = {0};
	struct errbuf ignored = {0};
	out->count = 0;
	for (const struct embedded *theme = builtin_themes; theme->name; theme++)
		add_name(out, theme->name, strlen(theme->name));
	if (!config_folder[0] || store_join(folder, config_folder, "themes", &ignored) != OK ||
		!store_is_folder(folder))
		return;
	if (store_list(&files, folder, &ignored) == OK)
		for (size_t i = 0; i < files.count; i++) {
			const char *name = strrchr(files.paths[i], '/') + 1;
			size_t length = strlen(name);
			if (length > 6 && strcmp(name + length - 6, ".theme") == 0)
				add_name(out, name, length - 6);
		}
	store_list_free(&files);
}

/* --- loading --- */

enum status theme_load_builtin(struct theme *out, const char *name, struct errbuf *err)
{
	for (const struct embedded *theme = builtin_themes; theme->name; theme++)
		if (strcmp(theme->name, name) == 0)
			return theme_parse(
				out, (const char *)theme->data, theme->length, name, err);
	return errbuf_set(err, ERR_USAGE, "there is no built-in theme '%s'", name);
}

static enum status none_of_that_name(
	const char *name, const char *config_folder, struct errbuf *err)
{
	struct theme_names names;
	char known[300] = "";
	theme_names(&names, config_folder);
	for (size_t i = 0; i < names.count; i++) {
		size_t used = strlen(known);
		snprintf(known + used, sizeof known - used, "%s%s", used > 0 ? ", " : "",
			names.names[i]);
	}
	return errbuf_set(err, ERR_USAGE, "there is no theme '%s': there are %s", name, known);
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
	if (strlen(name) > THEME_NAME_MAX || strchr(name, '/'))
		return errbuf_set(err, ERR_USAGE, "'%.40s' is no theme's name", name);
	snprintf(file, sizeof file, "themes/%s.theme", name);
	if (config_folder[0] && store_join(path, config_folder, file, err) == OK &&
		store_exists(path))
		return load_own(out, path, err);
	for (const struct embedded *theme = builtin_themes; theme->name; theme++)
		if (strcmp(theme->name, name) == 0)
			return theme_load_builtin(out, name, err);
	return none_of_that_name(name, config_folder, err);
}
