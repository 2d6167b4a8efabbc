/* Any text as a file of settings: none of them settles what is not within its bounds. */
#include "ui/settings.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void look_at_text(const char text[SETTINGS_TEXT_MAX], bool is_set)
{
	if (!memchr(text, '\0', SETTINGS_TEXT_MAX) || (text[0] && !is_set))
		abort();
	for (const char *at = text; *at; at++)
		if ((unsigned char)*at < ' ')
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct settings before, settings;
	struct errbuf err = {0};
	memset(&before, 0, sizeof before);
	strcpy(before.path, "here");
	settings = before;
	if (settings_parse(&settings, (const char *)data, size, "fuzz", &err) != OK) {
		if (err.text[0] == '\0' || memcmp(&settings, &before, sizeof before) != 0)
			abort();
		return 0;
	}
	look_at_text(settings.theme, settings.lines[SETTING_THEME] > 0);
	look_at_text(settings.keys, settings.lines[SETTING_KEYS] > 0);
	look_at_text(settings.source, settings.lines[SETTING_SOURCE] > 0);
	if (settings.live_seconds > SETTINGS_LIVE_MAX ||
		(settings.live_off && settings.live_seconds > 0) ||
		(settings.at_terminal && settings.lines[SETTING_CONFIRM] == 0) ||
		(settings.read_only && settings.lines[SETTING_READ_ONLY] == 0))
		abort();
	return 0;
}
