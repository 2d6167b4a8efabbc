/* keys: what the keys of the screen are, as a key file. */
#include "ui/commands/command.h"
#include "ui/commands/talk.h"
#include "ui/screen/keymap_file.h"

#include <string.h>

/* Enter, Esc and ^C mean the same for everybody: a file cannot name them. */
static bool can_be_named(const struct key_binding *binding)
{
	return strcmp(binding->key, "Enter") != 0 && strcmp(binding->key, "Esc") != 0;
}

static bool came_before(const struct keymap *keymap, enum key_context context, size_t index)
{
	enum action action = keymap_row(keymap, context, index)->action;
	for (size_t i = 0; i < index; i++)
		if (keymap_row(keymap, context, i)->action == action)
			return true;
	return false;
}

static void print_action(
	FILE *out, const struct keymap *keymap, enum key_context context, enum action action)
{
	const struct key_binding *row;
	char keys[256] = "";
	const char *fixed = NULL;
	size_t used = 0;
	for (size_t i = 0; (row = keymap_row(keymap, context, i)) != NULL; i++) {
		const char *name = strcmp(row->key, ";") == 0 ? "Semicolon" : row->key;
		if (row->action == action && !can_be_named(row))
			fixed = row->key;
		else if (row->action == action && used < sizeof keys)
			used += (size_t)snprintf(
				keys + used, sizeof keys - used, "%s%s", used > 0 ? " " : "", name);
	}
	fprintf(out, "%-13s = %-9s ; %s%s%s\n", action_name(action), used > 0 ? keys : "none",
		fixed ? fixed : "", fixed ? ", always: " : "", action_help(action));
}

enum exit_status command_keys(const struct environment *env, const struct invocation *invocation)
{
	static struct keymap keymap;
	struct errbuf err = {0};
	(void)invocation;
	keymap_init(&keymap);
	char path[STORE_PATH_MAX];
	enum status status = keymap_load_settled(&keymap, &env->settings, env->config_folder, &err);
	if (status != OK)
		return talk_fail(env, status, &err);
	fprintf(env->out, "; The keys of the screen. A file like this, or a part of it, is %s.\n",
		settings_key_file(path, &env->settings, env->config_folder)
			? path
			: "~/.config/otpedit/keys");
	for (int c = 0; c < KEYS_CONTEXTS; c++) {
		enum key_context context = (enum key_context)c;
		const struct key_binding *row;
		if (!key_context_is_open(context))
			continue;
		fprintf(env->out, "\n; %s\n[%s]\n", key_context_name(context),
			key_context_word(context));
		for (size_t i = 0; (row = keymap_row(&keymap, context, i)) != NULL; i++)
			if (!came_before(&keymap, context, i))
				print_action(env->out, &keymap, context, row->action);
	}
	return talk_end(env, EXIT_DONE, false);
}
