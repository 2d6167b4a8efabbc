/* config: what is settled, and where that comes from, as a file of settings. */
#include "ui/commands/command.h"
#include "ui/commands/talk.h"
#include "ui/screen/looks.h"
#include "ui/screen/worker.h"

#include <stdlib.h>
#include <string.h>

#define VALUE_COLUMN 14

static void print_origin(const struct environment *env, enum setting setting, bool by_option)
{
	if (by_option)
		fprintf(env->out, "--%s\n", setting_name(setting));
	else if (env->settings.lines[setting] > 0)
		fprintf(env->out, "line %u of the file\n", env->settings.lines[setting]);
	else
		fputs("built in\n", env->out);
}

static void print_setting(
	const struct environment *env, enum setting setting, const char *value, bool by_option)
{
	fprintf(env->out, "%-9s = %-*s ; %s: ", setting_name(setting), VALUE_COLUMN, value,
		setting_about(setting));
	print_origin(env, setting, by_option);
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
	fprintf(env->out, "%-9s = %-*s ; %s: chosen in the screen last\n",
		setting_name(SETTING_THEME), VALUE_COLUMN, last, setting_about(SETTING_THEME));
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

static void print_place(const struct environment *env, const char *what, const char *path)
{
	fprintf(env->out, "; %-22s %s%s\n", what, path, store_exists(path) ? "" : " (not there)");
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
	fprintf(env->out, "; What is settled. A file like this, or a part of it, is\n; %s%s\n\n",
		path[0] ? path : "~/.config/otpedit/config",
		path[0] && store_exists(path) ? "" : " (not there)");
	fputs("[settings]\n", env->out);
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
