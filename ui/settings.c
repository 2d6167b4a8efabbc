#include "ui/settings.h"

#include "src/clean_text.h"
#include "src/grammar.h"
#include "src/keyfile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SECTION  "settings"
#define FILE_MAX (64 * 1024)

static enum status take_text(char out[SETTINGS_TEXT_MAX], const char *value, struct errbuf *err)
{
	if (strlen(value) >= SETTINGS_TEXT_MAX)
		return errbuf_set(
			err, ERR_FORMAT, "a value has at most %d bytes", SETTINGS_TEXT_MAX - 1);
	if (!clean_text_is_clean(value, strlen(value)))
		return errbuf_set(err, ERR_FORMAT, "there are bytes in it that cannot be shown");
	strcpy(out, value);
	return OK;
}

static enum status take_theme(struct settings *out, const char *value, struct errbuf *err)
{
	return take_text(out->theme, value, err);
}

static enum status take_keys(struct settings *out, const char *value, struct errbuf *err)
{
	return take_text(out->keys, value, err);
}

static enum status take_source(struct settings *out, const char *value, struct errbuf *err)
{
	if (strcmp(value, "ask") != 0)
		return take_text(out->source, value, err);
	out->source[0] = '\0';
	return OK;
}

static enum status take_live(struct settings *out, const char *value, struct errbuf *err)
{
	uint32_t seconds;
	struct errbuf ignored = {0};
	if (strcmp(value, "off") == 0) {
		out->live_off = true;
		return OK;
	}
	if (grammar_number(&seconds, value, SETTINGS_LIVE_MAX, &ignored) != OK || seconds == 0)
		return errbuf_set(err, ERR_FORMAT,
			"'live = %.40s': expected seconds from 1 to %d, or 'off'", value,
			SETTINGS_LIVE_MAX);
	out->live_seconds = seconds;
	return OK;
}

/* One of two words, the second of which makes it true. */
static enum status take_either(bool *out, const char *name, const char *value,
	const char *const words[2], struct errbuf *err)
{
	for (int i = 0; i < 2; i++)
		if (strcmp(value, words[i]) == 0) {
			*out = i == 1;
			return OK;
		}
	return errbuf_set(err, ERR_FORMAT, "'%s = %.40s': expected '%s' or '%s'", name, value,
		words[0], words[1]);
}

static enum status take_confirm(struct settings *out, const char *value, struct errbuf *err)
{
	static const char *const words[2] = {"built-in", "terminal"};
	return take_either(&out->at_terminal, "confirm", value, words, err);
}

static enum status take_read_only(struct settings *out, const char *value, struct errbuf *err)
{
	static const char *const words[2] = {"no", "yes"};
	return take_either(&out->read_only, "read-only", value, words, err);
}

static const struct {
	const char *name, *about;
	enum status (*take)(struct settings *out, const char *value, struct errbuf *err);
} rows[SETTING_COUNT] = {
	[SETTING_THEME] = {"theme", "the screen's colours", take_theme},
	[SETTING_KEYS] = {"keys", "the file with keys of one's own", take_keys},
	[SETTING_SOURCE] = {"source", "what 'otpedit' alone opens", take_source},
	[SETTING_LIVE] = {"live", "seconds between reads by itself", take_live},
	[SETTING_CONFIRM] = {"confirm", "how a burn is confirmed", take_confirm},
	[SETTING_READ_ONLY] = {"read-only", "whether nothing can be burnt at all", take_read_only},
};

const char *setting_name(enum setting setting)
{
	return rows[setting].name;
}

const char *setting_about(enum setting setting)
{
	return rows[setting].about;
}

static enum status begin_section(
	const char *section, unsigned line, void *payload, struct errbuf *err)
{
	(void)line;
	(void)payload;
	if (strcmp(section, SECTION) == 0)
		return OK;
	return errbuf_set(
		err, ERR_FORMAT, "unknown section [%.40s]; there is [" SECTION "]", section);
}

static enum status take_key(const char *key, const char *value, unsigned line, bool continued,
	void *payload, struct errbuf *err)
{
	struct settings *settings = payload;
	char known[160] = "";
	for (int i = 0; i < SETTING_COUNT; i++) {
		size_t used = strlen(known);
		snprintf(known + used, sizeof known - used, "%s%s", used > 0 ? ", " : "",
			rows[i].name);
		if (strcmp(key, rows[i].name) != 0)
			continue;
		if (settings->lines[i] != 0)
			return errbuf_set(err, ERR_FORMAT, "a second line for '%s'", key);
		if (continued)
			return errbuf_set(err, ERR_FORMAT, "'%s' takes one line", key);
		settings->lines[i] = line;
		return rows[i].take(settings, value, err);
	}
	return errbuf_set(err, ERR_FORMAT, "unknown setting '%.40s'; known are %s", key, known);
}

static enum status end_section(void *payload, struct errbuf *err)
{
	(void)payload;
	(void)err;
	return OK;
}

enum status settings_parse(
	struct settings *out, const char *text, size_t length, const char *name, struct errbuf *err)
{
	static const struct keyfile_handler handler = {begin_section, take_key, end_section};
	struct settings *read = calloc(1, sizeof *read);
	if (!read)
		return errbuf_set(err, ERR_MEMORY, "out of memory for the settings");
	enum status status = keyfile_parse(text, length, name, &handler, read, err);
	memcpy(read->path, out->path, sizeof read->path);
	if (status == OK)
		*out = *read;
	free(read);
	return status;
}

enum status settings_load(struct settings *out, const char *config_folder, struct errbuf *err)
{
	uint8_t *text;
	size_t length;
	memset(out, 0, sizeof *out);
	if (!config_folder[0])
		return OK;
	enum status status = store_join(out->path, config_folder, "config", err);
	if (status != OK || !store_exists(out->path))
		return status;
	status = store_read(&text, &length, out->path, FILE_MAX, err);
	if (status != OK)
		return status;
	status = settings_parse(out, (const char *)text, length, out->path, err);
	free(text);
	return status;
}

bool settings_key_file(
	char out[STORE_PATH_MAX], const struct settings *settings, const char *config_folder)
{
	struct errbuf ignored = {0};
	const char *name = settings->keys[0] ? settings->keys : "keys";
	if (name[0] != '/')
		return config_folder[0] && store_join(out, config_folder, name, &ignored) == OK;
	snprintf(out, STORE_PATH_MAX, "%s", name);
	return true;
}
