#include "ui/screen/looks.h"

#include "src/store.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REMEMBERED "theme" /* in the state folder: a name and a line's end */

static void name_it(struct looks *looks, const char *name)
{
	snprintf(looks->name, sizeof looks->name, "%s", name);
}

enum status looks_load(struct looks *out, const struct environment *environment, struct errbuf *err)
{
	const struct settings *settings = &environment->settings;
	const char *name = environment->theme ? environment->theme : settings->theme;
	*out = (struct looks){.colors = 0};
	if (!name[0] && !environment->theme)
		return OK;
	name_it(out, name);
	enum status status = theme_load(&out->theme, name, environment->config_folder, err);
	if (status != OK && !environment->theme)
		status = errbuf_prefix(err, ERR_FORMAT, "'%s' line %u", settings->path,
			settings->lines[SETTING_THEME]);
	return status;
}

/* --- the one that was chosen last --- */

static bool remembered_path(char path[STORE_PATH_MAX], const struct environment *environment)
{
	struct errbuf ignored = {0};
	const char *folder = environment->state_folder;
	return folder[0] && store_join(path, folder, REMEMBERED, &ignored) == OK;
}

bool looks_remembered(char name[THEME_NAME_MAX + 1], const struct environment *environment)
{
	char path[STORE_PATH_MAX];
	uint8_t *bytes;
	size_t length;
	struct errbuf ignored = {0};
	if (!remembered_path(path, environment) || !store_exists(path) ||
		store_read(&bytes, &length, path, THEME_NAME_MAX + 1, &ignored) != OK)
		return false;
	snprintf(
		name, THEME_NAME_MAX + 1, "%.*s", (int)strcspn((char *)bytes, "\n"), (char *)bytes);
	free(bytes);
	return name[0] != '\0';
}

static void remember(const struct looks *looks, const struct app *app)
{
	char path[STORE_PATH_MAX], line[THEME_NAME_MAX + 2];
	struct errbuf ignored = {0};
	snprintf(line, sizeof line, "%s\n", looks->name);
	if (remembered_path(path, app->environment) &&
		store_make_folder(app->environment->state_folder, &ignored) == OK)
		(void)store_keep(path, line, strlen(line), &ignored);
}

/* --- wearing one --- */

static void wear_builtin(struct looks *looks, const char *name)
{
	struct errbuf err = {0};
	enum status status = theme_load_builtin(&looks->theme, name, &err);
	assert(status == OK);
	(void)status;
	name_it(looks, name);
}

void looks_begin(struct looks *looks, struct app *app, int colors)
{
	char name[THEME_NAME_MAX + 1];
	struct errbuf err = {0};
	looks->colors = colors;
	if (colors == 0 || !looks->name[0]) {
		if (colors == 0)
			name_it(looks, "mono");
		else
			name_it(looks, looks_remembered(name, app->environment) ? name : "default");
		if (theme_load(&looks->theme, looks->name, app->environment->config_folder, &err) !=
			OK) {
			app_complain(app, "the built-in theme is used", &err);
			wear_builtin(looks, colors == 0 ? "mono" : "default");
		}
	}
	theme_apply(&looks->theme, colors);
}

/* The name behind this one; the first behind the last. */
static const char *next_name(const struct theme_names *names, const char *name)
{
	for (size_t i = 0; i < names->count; i++)
		if (strcmp(names->names[i], name) > 0)
			return names->names[i];
	return names->names[0];
}

static bool wears_none(const struct looks *looks, struct app *app)
{
	if (looks->colors == 0)
		app_say(app, TONE_PLAIN, "there are no colours here: the theme is mono");
	return looks->colors == 0;
}

static bool wear(struct looks *looks, struct app *app, const char *name)
{
	struct theme theme;
	struct errbuf err = {0};
	if (theme_load(&theme, name, app->environment->config_folder, &err) != OK) {
		app_say(app, TONE_WARNING, "not used: %s", err.text);
		return false;
	}
	looks->theme = theme;
	theme_apply(&looks->theme, looks->colors);
	app->redraw = true;
	name_it(looks, name);
	remember(looks, app);
	app_say(app, TONE_PLAIN, "theme %s, from now on", looks->name);
	return true;
}

void looks_next(struct looks *looks, struct app *app)
{
	struct theme_names names;
	char next[THEME_NAME_MAX + 1];
	if (wears_none(looks, app))
		return;
	theme_names(&names, app->environment->config_folder);
	snprintf(next, sizeof next, "%s", next_name(&names, looks->name));
	/* Also when it cannot be used: pressed again, the key leads to the one behind it. */
	if (!wear(looks, app, next))
		name_it(looks, next);
}

void looks_take(struct looks *looks, struct app *app, const char *name)
{
	if (!wears_none(looks, app))
		wear(looks, app, name);
}
