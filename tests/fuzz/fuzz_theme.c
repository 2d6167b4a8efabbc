/* Any text as a theme: what is taken hides nothing, on no terminal. */
#include "ui/screen/theme.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void look_at(const struct theme *theme, int colors)
{
	struct theme shown = *theme;
	theme_reduce_all(&shown, colors);
	for (int role = 0; role < ROLE_COUNT; role++) {
		const struct style *style = &shown.styles[role];
		enum role other;
		if (theme_is_lost(&shown, (enum role)role, &other))
			abort();
		if (style->foreground == style->background &&
			style->foreground != THEME_DEFAULT_COLOR)
			abort();
		if (style->foreground < THEME_DEFAULT_COLOR ||
			style->background < THEME_DEFAULT_COLOR ||
			(colors > 0 &&
				(style->foreground >= colors || style->background >= colors)))
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const int counts[] = {0, 8, 16, 88, 256, 1 << 24};
	struct theme theme;
	struct errbuf err = {0};
	if (theme_parse(&theme, (const char *)data, size, "fuzz.theme", &err) != OK) {
		if (err.text[0] == '\0')
			abort();
		return 0;
	}
	for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++)
		look_at(&theme, counts[i]);
	return 0;
}
