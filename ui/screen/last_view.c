#include "ui/screen/last_view.h"

#include "src/store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* In the state folder: the name of a shape, and "alone" behind it or not. */
#define REMEMBERED "view"
#define LINE_MAX   32

static const char *const names[] = {
	[SHAPE_GRID] = "grid", [SHAPE_LIST] = "list", [SHAPE_MAP] = "map"};

static bool path_of(char path[STORE_PATH_MAX], const struct app *app)
{
	struct errbuf ignored = {0};
	const char *folder = app->environment->session.source.state_folder;
	return folder && store_join(path, folder, REMEMBERED, &ignored) == OK;
}

static void format(char line[LINE_MAX], enum shape_id shape, bool alone)
{
	snprintf(line, LINE_MAX, "%s%s\n", names[shape], alone ? " alone" : "");
}

void last_view_load(struct app *app)
{
	char path[STORE_PATH_MAX], line[LINE_MAX];
	uint8_t *bytes;
	size_t length;
	struct errbuf ignored = {0};
	if (!path_of(path, app) || store_read(&bytes, &length, path, LINE_MAX, &ignored) != OK)
		return;
	for (size_t i = 0; i < 2 * (size_t)SHAPE_COUNT; i++) {
		format(line, (enum shape_id)(i / 2), i % 2 == 1);
		if (strcmp(line, (const char *)bytes) != 0)
			continue;
		app->shape = (enum shape_id)(i / 2);
		app->words_alone = i % 2 == 1;
	}
	free(bytes);
}

void last_view_save(const struct app *app)
{
	char path[STORE_PATH_MAX], line[LINE_MAX];
	struct errbuf ignored = {0};
	if (!app->session || !path_of(path, app))
		return;
	format(line, app->shape, app->words_alone);
	bool is_usual = app->shape == SHAPE_GRID && !app->words_alone;
	if (is_usual)
		(void)store_remove(path, &ignored);
	else if (store_make_state_folder(app->environment->session.source.state_folder, &ignored) ==
		 OK)
		(void)store_note(path, line, strlen(line), &ignored);
}
