#include "ui/screen/keymap_file.h"

#include "src/keyfile.h"
#include "src/store.h"

#include <ncurses.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_MAX (64 * 1024)

struct reading {
	struct keymap keymap;
	unsigned lines[KEYMAP_MAX]; /* of the file, for each binding; 0: built in */
	enum key_context context;
	bool seen[KEYS_CONTEXTS][ACTION_COUNT];
};

/* --- names of keys --- */

static const struct {
	const char *name;
	int code;
	uint32_t character;
} named_keys[] = {{"Space", 0, ' '}, {"Tab", 0, '\t'}, {"Semicolon", 0, ';'}, {"Up", KEY_UP, 0},
	{"Down", KEY_DOWN, 0}, {"Left", KEY_LEFT, 0}, {"Right", KEY_RIGHT, 0},
	{"PgUp", KEY_PPAGE, 0}, {"PgDn", KEY_NPAGE, 0}, {"Home", KEY_HOME, 0}, {"End", KEY_END, 0},
	{"Ins", KEY_IC, 0}, {"Del", KEY_DC, 0}};
#define NAMED_COUNT (sizeof named_keys / sizeof named_keys[0])

/* "F1" to "F12". */
static int function_key(const char *word)
{
	for (int number = 1; number <= 12; number++) {
		char name[8];
		snprintf(name, sizeof name, "F%d", number);
		if (strcmp(word, name) == 0)
			return KEY_F(number);
	}
	return 0;
}

static bool is_reserved(const struct key_binding *key)
{
	return key->code == 0 && (key->character == '\r' || key->character == '\n' ||
					 key->character == 27 || key->character == 3);
}

static enum status parse_key(struct key_binding *out, const char *word, struct errbuf *err)
{
	size_t length = strlen(word);
	out->code = function_key(word);
	out->character = 0;
	for (size_t i = 0; out->code == 0 && i < NAMED_COUNT; i++)
		if (strcmp(word, named_keys[i].name) == 0) {
			out->code = named_keys[i].code;
			out->character = named_keys[i].character;
		}
	if (length == 2 && word[0] == '^' && word[1] >= '@' && word[1] <= 'z')
		out->character = (uint32_t)word[1] & 0x1F;
	else if (length == 1 && word[0] > ' ' && word[0] < 127)
		out->character = (uint32_t)word[0];
	if (strcmp(word, "Enter") == 0 || strcmp(word, "Esc") == 0 || is_reserved(out))
		return errbuf_set(err, ERR_FORMAT,
			"'%s' cannot be chosen: Enter, Esc and ^C mean the same for everybody",
			word);
	if (out->code == 0 && out->character == 0)
		return errbuf_set(err, ERR_FORMAT,
			"'%s' is no key: letters and signs stand for themselves, others are called "
			"F1, ^R, PgDn, Space",
			word);
	if (out->code == 0 && out->character > ' ')
		snprintf(out->key, sizeof out->key, "%c", (char)out->character);
	else if (out->code == 0 && out->character < ' ' && out->character != '\t')
		snprintf(out->key, sizeof out->key, "^%c", (char)(out->character | 0x40));
	else
		snprintf(out->key, sizeof out->key, "%s", out->character == '\t' ? "Tab" : word);
	return OK;
}

/* --- putting keys in place of others --- */

/* Keys that stay beside those that a file gives an action: the reserved ones, and those that move
 * everywhere. */
static bool stays(const struct reading *reading, size_t at)
{
	const struct key_binding *binding = &reading->keymap.bindings[at];
	return is_reserved(binding) ||
	       (binding->context == KEYS_COMMON && binding->code != 0 && reading->lines[at] == 0);
}

static bool same_key(const struct key_binding *a, const struct key_binding *b)
{
	return a->code == b->code && a->character == b->character;
}

static void take_out(struct reading *reading, size_t at)
{
	struct keymap *keymap = &reading->keymap;
	size_t behind = --keymap->count - at;
	memmove(keymap->bindings + at, keymap->bindings + at + 1,
		behind * sizeof *keymap->bindings);
	memmove(reading->lines + at, reading->lines + at + 1, behind * sizeof *reading->lines);
}

/* One key more; nothing when it is there already. *at moves behind it. */
static enum status put_in(struct reading *reading, size_t *at, const struct key_binding *binding,
	unsigned line, struct errbuf *err)
{
	struct keymap *keymap = &reading->keymap;
	for (size_t i = 0; i < keymap->count; i++) {
		const struct key_binding *other = &keymap->bindings[i];
		if (other->context == binding->context && other->action == binding->action &&
			same_key(other, binding))
			return OK;
	}
	if (keymap->count == KEYMAP_MAX)
		return errbuf_set(err, ERR_FORMAT, "there are too many keys");
	size_t behind = keymap->count++ - *at;
	memmove(keymap->bindings + *at + 1, keymap->bindings + *at,
		behind * sizeof *keymap->bindings);
	memmove(reading->lines + *at + 1, reading->lines + *at, behind * sizeof *reading->lines);
	keymap->bindings[*at] = *binding;
	reading->lines[(*at)++] = line;
	return OK;
}

/* Takes the action's keys out, but for the fixed ones. *at is where they began, *model one of them:
 * its hint stays with the first of the new keys. False when it has no key there at all. */
static bool clear_keys(
	struct reading *reading, enum action action, size_t *at, struct key_binding *model)
{
	struct keymap *keymap = &reading->keymap;
	bool found = false;
	*at = 0;
	for (size_t i = 0; i < keymap->count;) {
		const struct key_binding *binding = &keymap->bindings[i];
		if (binding->context != reading->context || binding->action != action) {
			i++;
			continue;
		}
		if (!found) {
			*model = *binding;
			*at = i;
		}
		found = true;
		if (stays(reading, i))
			i++;
		else
			take_out(reading, i);
	}
	/* A fixed key that carries the hint keeps it. */
	const struct key_binding *left = &keymap->bindings[*at];
	if (found && *at < keymap->count && left->context == reading->context &&
		left->action == action && left->hint) {
		model->hint = NULL;
		++*at;
	}
	return found;
}

/* Where only fixed keys are left: they are hinted at then. */
static void keep_hint(struct reading *reading, enum action action, const char *hint)
{
	for (size_t i = 0; i < reading->keymap.count; i++) {
		struct key_binding *binding = &reading->keymap.bindings[i];
		if (binding->context == reading->context && binding->action == action &&
			!binding->hint) {
			binding->hint = hint;
			return;
		}
	}
}

/* --- what hands must not do by accident --- */

/* Pressed to scroll, to move, to go on: not to burn. */
static bool is_pressed_blindly(const struct key_binding *key)
{
	if (key->code == 0)
		return key->character == ' ' || key->character == '\t';
	return key->code < KEY_F(1) || key->code > KEY_F(12);
}

static enum status check_weight(const struct key_binding *binding, struct errbuf *err)
{
	bool heavy = binding->action == ACTION_ARM || binding->action == ACTION_COMMIT ||
		     binding->action == ACTION_CLOSE_DEVICE || binding->action == ACTION_RESET;
	if (heavy && is_pressed_blindly(binding))
		return errbuf_set(err, ERR_FORMAT,
			"'%s' takes a letter, a sign or a function key: '%s' is pressed without "
			"thinking",
			action_name(binding->action), binding->key);
	return OK;
}

/* Where text is typed, characters belong to it. */
static enum status check_typing(const struct key_binding *binding, struct errbuf *err)
{
	if (binding->context == KEYS_COMMON && binding->code == 0 && binding->character >= ' ')
		return errbuf_set(err, ERR_FORMAT,
			"'%s' is typed in places: everywhere only keys like F5 and ^L can be used",
			binding->key);
	return OK;
}

static bool is_letter(const struct key_binding *key)
{
	return key->code == 0 && ((key->character | 0x20) >= 'a' && (key->character | 0x20) <= 'z');
}

/* Whether Shift, held by mistake or forgotten, makes one of the other. */
static bool is_slip(const struct key_binding *a, const struct key_binding *b)
{
	return is_letter(a) && is_letter(b) && (a->character ^ b->character) == 0x20;
}

static enum status check_pair(
	const struct key_binding *key, const struct key_binding *other, struct errbuf *err)
{
	bool meet = key->context == other->context || other->context == KEYS_COMMON ||
		    key->context == KEYS_COMMON;
	bool closes = key->action == ACTION_CLOSE_DEVICE || other->action == ACTION_CLOSE_DEVICE;
	if (!meet || key->action == other->action)
		return OK;
	if (same_key(key, other))
		return errbuf_set(err, ERR_FORMAT,
			"'%s' is '%s' in [%s] already: give that another key, or none", key->key,
			action_name(other->action), key_context_word(other->context));
	if (closes && is_slip(key, other))
		return errbuf_set(err, ERR_FORMAT,
			"'%s' is a slip of the shift key away from '%s', which is '%s'", key->key,
			other->key, action_name(other->action));
	return OK;
}

static enum status check_all(const struct reading *reading, unsigned *line, struct errbuf *err)
{
	const struct keymap *keymap = &reading->keymap;
	enum status status = OK;
	for (size_t i = 0; status == OK && i < keymap->count; i++) {
		*line = reading->lines[i];
		if (*line == 0)
			continue;
		status = check_weight(&keymap->bindings[i], err);
		if (status == OK)
			status = check_typing(&keymap->bindings[i], err);
		for (size_t j = 0; status == OK && j < keymap->count; j++)
			if (i != j)
				status =
					check_pair(&keymap->bindings[i], &keymap->bindings[j], err);
	}
	return status;
}

/* --- the file --- */

static enum status begin_section(
	const char *section, unsigned line, void *payload, struct errbuf *err)
{
	(void)line;
	struct reading *reading = payload;
	char known[256] = "";
	for (int context = 0; context < KEYS_CONTEXTS; context++) {
		const char *word = key_context_word((enum key_context)context);
		bool is_open = key_context_is_open((enum key_context)context);
		reading->context = (enum key_context)context;
		if (strcmp(section, word) == 0 && is_open)
			return OK;
		if (strcmp(section, word) == 0)
			return errbuf_set(err, ERR_FORMAT,
				"the keys of [%s] are the same for everybody", word);
		size_t used = strlen(known);
		if (is_open)
			snprintf(known + used, sizeof known - used, "%s%s", used > 0 ? ", " : "",
				word);
	}
	return errbuf_set(err, ERR_FORMAT, "unknown section [%s]; known are %s", section, known);
}

static enum status find_action(enum action *out, const char *name, struct errbuf *err)
{
	for (int action = ACTION_NONE + 1; action < ACTION_COUNT; action++)
		if (strcmp(name, action_name((enum action)action)) == 0) {
			*out = (enum action)action;
			return OK;
		}
	return errbuf_set(err, ERR_FORMAT, "unknown action '%s'; otpedit-keys(5) lists them", name);
}

static enum status take_key(const char *key, const char *value, unsigned line, bool continued,
	void *payload, struct errbuf *err)
{
	(void)continued;
	struct reading *reading = payload;
	struct key_binding binding = {0};
	enum action action = (enum action)0;
	char copy[128], *rest = copy;
	size_t at;
	if (find_action(&action, key, err) != OK)
		return ERR_FORMAT;
	if (reading->seen[reading->context][action])
		return errbuf_set(err, ERR_FORMAT, "a second line for '%s'", key);
	reading->seen[reading->context][action] = true;
	if (!clear_keys(reading, action, &at, &binding))
		return errbuf_set(err, ERR_FORMAT, "'%s' means nothing in [%s]", key,
			key_context_word(reading->context));
	if (strcmp(value, "none") == 0) {
		keep_hint(reading, action, binding.hint);
		return OK;
	}
	if (strlen(value) >= sizeof copy)
		return errbuf_set(err, ERR_FORMAT, "that are too many keys for '%s'", key);
	strcpy(copy, value);
	enum status status = OK;
	for (char *word; status == OK && (word = strtok_r(rest, " \t", &rest)) != NULL;) {
		status = parse_key(&binding, word, err);
		if (status == OK)
			status = put_in(reading, &at, &binding, line, err);
		binding.hint = NULL;
	}
	return status;
}

static enum status end_section(void *payload, struct errbuf *err)
{
	(void)payload;
	(void)err;
	return OK;
}

enum status keymap_parse(
	struct keymap *out, const char *text, size_t length, const char *name, struct errbuf *err)
{
	static const struct keyfile_handler handler = {begin_section, take_key, end_section};
	unsigned line = 0;
	struct reading *reading = calloc(1, sizeof *reading);
	if (!reading)
		return errbuf_set(err, ERR_MEMORY, "out of memory for the keys");
	reading->keymap = *out;
	enum status status = keyfile_parse(text, length, name, &handler, reading, err);
	if (status == OK) {
		status = check_all(reading, &line, err);
		if (status != OK)
			errbuf_prefix(err, status, "'%s' line %u", name, line);
	}
	if (status == OK)
		*out = reading->keymap;
	free(reading);
	return status;
}

static enum status load_file(struct keymap *out, const char *path, struct errbuf *err)
{
	uint8_t *text;
	size_t length;
	enum status status = store_read(&text, &length, path, FILE_MAX, err);
	if (status != OK)
		return status;
	status = keymap_parse(out, (const char *)text, length, path, err);
	free(text);
	return status;
}

enum status keymap_load(struct keymap *out, const char *config_folder, struct errbuf *err)
{
	char path[STORE_PATH_MAX];
	if (!config_folder[0] || store_join(path, config_folder, "keys", err) != OK ||
		!store_exists(path))
		return OK;
	return load_file(out, path, err);
}

enum status keymap_load_settled(struct keymap *out, const struct settings *settings,
	const char *config_folder, struct errbuf *err)
{
	char path[STORE_PATH_MAX];
	if (!settings->keys[0] || !settings_key_file(path, settings, config_folder))
		return keymap_load(out, config_folder, err);
	return load_file(out, path, err);
}
