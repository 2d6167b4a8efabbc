/* config: what is settled, and where that comes from, as a file of settings. */
#include "src/clean_text.h"
#include "src/keyfile.h"
#include "ui/commands/command.h"
#include "ui/commands/talk.h"
#include "ui/screen/looks.h"
#include "ui/screen/worker.h"

#include <stdlib.h>
#include <string.h>

#define VALUE_COLUMN 14

/* What is printed is to be read as such a file again: its lines are not longer than this. */
#define ROOM (KEYFILE_LINE_MAX - 80)

static void print_line(
	const struct environment *env, enum setting setting, const char *value, const char *origin)
{
	char clean[SETTINGS_TEXT_MAX];
	snprintf(clean, sizeof clean, "%s", value);
	clean_text_in_place(clean);
	bool fits = strlen(clean) < ROOM;
	if (!fits)
		fprintf(env->out, "; %s: %s\n", setting_about(setting), origin);
	fprintf(env->out, "%-9s = %-*s", setting_name(setting), VALUE_COLUMN, clean);
	if (fits)
		fprintf(env->out, " ; %s: %s", setting_about(setting), origin);
	fputc('\n', env->out);
}

static void print_setting(
	const struct environment *env, enum setting setting, const char *value, bool by_option)
{
	char origin[40] = "built in";
	if (by_option)
		snprintf(origin, sizeof origin, "--%s", setting_name(setting));
	else if (env->settings.lines[setting] > 0)
		snprintf(
			origin, sizeof origin, "line %u of the file", env->settings.lines[setting]);
	print_line(env, setting, value, origin);
}

/* --theme, the file, the screen's last one, or the default. */
static void print_theme(const struct environment *env)
{
	char last[THEME_NAME_MAX + 1];
	const char *settled = env->settings.theme;
	if (env->theme || settled[0] || !looks_remembered(last, env)) {
		const char *name = env->theme ? env->theme : settled[0] ? settled : "default";
		print_setting(env, SETTING_THEME, name, env->theme != NULL);
		return;
	}
	print_line(env, SETTING_THEME, last, "chosen in the screen last");
}

static void print_settings(const struct environment *env, const struct invocation *invocation)
{
	const struct settings *settings = &env->settings;
	char seconds[16];
	snprintf(seconds, sizeof seconds, "%u",
		settings->live_seconds > 0 ? settings->live_seconds : WORKER_LIVE_MS / 1000);
	print_theme(env);
	print_setting(env, SETTING_KEYS, settings->keys[0] ? settings->keys : "keys", false);
	print_setting(env, SETTING_SOURCE, settings->source[0] ? settings->source : "ask", false);
	print_setting(env, SETTING_LIVE, settings->live_off ? "off" : seconds, false);
	print_setting(env, SETTING_CONFIRM, settings->at_terminal ? "terminal" : "built-in", false);
	print_setting(env, SETTING_READ_ONLY, env->session.read_only ? "yes" : "no",
		invocation->given[OPTION_READ_ONLY]);
}

/* A path in a comment. */
static void print_path(const struct environment *env, const char *path)
{
	size_t length = strlen(path);
	talk_print_clean(env->out, path, length < ROOM ? length : ROOM);
	fprintf(env->out, "%s%s\n", length < ROOM ? "" : "...",
		store_exists(path) ? "" : " (not there)");
}

static void print_place(const struct environment *env, const char *what, const char *path)
{
	fprintf(env->out, "; %-22s ", what);
	print_path(env, path);
}

static void print_folder(
	const struct environment *env, const char *what, const char *folder, const char *name)
{
	char path[STORE_PATH_MAX];
	struct errbuf ignored = {0};
	if (folder[0] && store_join(path, folder, name, &ignored) == OK)
		print_place(env, what, path);
	else
		fprintf(env->out, "; %-22s none: there is no HOME\n", what);
}

enum exit_status command_config(const struct environment *env, const struct invocation *invocation)
{
	char keys[STORE_PATH_MAX];
	const char *no_color = getenv("NO_COLOR");
	const char *path = env->settings.path;
	fputs("; What is settled. A file like this, or a part of it, is\n; ", env->out);
	print_path(env, path[0] ? path : "~/.config/otpedit/config");
	fputs("\n[settings]\n", env->out);
	print_settings(env, invocation);
	fputs("\n; What has a place of its own:\n", env->out);
	if (settings_key_file(keys, &env->settings, env->config_folder))
		print_place(env, "keys", keys);
	print_folder(env, "themes of your own", env->config_folder, "themes");
	print_folder(env, "names of your own", env->config_folder, "chips");
	print_folder(env, "what was burnt", env->state_folder, "journal.jsonl");
	print_folder(env, "images before, after", env->state_folder, "boards");
	if (no_color && no_color[0])
		fputs("; NO_COLOR is set: no colours where --color is auto, and the theme is "
		      "mono\n",
			env->out);
	return talk_end(env, EXIT_DONE, false);
}
