#include "src/history.h"

#include "src/clean_text.h"
#include "src/store.h"
#include "src/wipe.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void history_free(struct history *history)
{
	for (size_t i = 0; i < history->count; i++)
		wipe_free_text(history->lines[i].text);
	*history = (struct history){0};
}

static void drop(struct history *history, size_t index)
{
	wipe_free_text(history->lines[index].text);
	history->count--;
	memmove(&history->lines[index], &history->lines[index + 1],
		(history->count - index) * sizeof history->lines[0]);
}

static bool can_be_kept(const char *line)
{
	size_t length = strlen(line);
	return length > 0 && length <= HISTORY_LINE_MAX && clean_text_is_clean(line, length);
}

static void add(struct history *history, const struct history_line *line)
{
	char *text = can_be_kept(line->text) ? malloc(strlen(line->text) + 1) : NULL;
	if (!text)
		return;
	strcpy(text, line->text);
	for (size_t i = history->count; i-- > 0;)
		if (strcmp(history->lines[i].text, text) == 0)
			drop(history, i);
	if (history->count == HISTORY_MAX)
		drop(history, 0);
	history->lines[history->count++] = (struct history_line){text, line->fresh, line->quiet};
}

void history_add(struct history *history, const char *line, bool quiet)
{
	char text[HISTORY_LINE_MAX + 2];
	snprintf(text, sizeof text, "%s", line);
	add(history, &(struct history_line){text, true, quiet});
}

void history_hush(struct history *history)
{
	for (size_t i = history->count; i-- > 0;)
		if (history->lines[i].quiet)
			drop(history, i);
}

void history_load(struct history *out, const char *state_folder, const char *name)
{
	char path[STORE_PATH_MAX];
	uint8_t *bytes;
	size_t length;
	struct errbuf ignored = {0};
	*out = (struct history){0};
	if (!state_folder || store_join(path, state_folder, name, &ignored) != OK ||
		store_read(&bytes, &length, path, 2 * HISTORY_MAX * (HISTORY_LINE_MAX + 1),
			&ignored) != OK)
		return;
	for (char *line = (char *)bytes, *end; (end = strchr(line, '\n')) != NULL; line = end + 1) {
		*end = '\0';
		add(out, &(struct history_line){line, false, false});
	}
	wipe_free(bytes, length);
}

static enum status write_all(const struct history *history, const char *state_folder,
	const char *name, struct errbuf *err)
{
	const size_t capacity = HISTORY_MAX * (HISTORY_LINE_MAX + 1) + 1;
	char path[STORE_PATH_MAX], *text = malloc(capacity);
	size_t used = 0;
	enum status status =
		text ? OK : errbuf_set(err, ERR_MEMORY, "out of memory for the lines typed");
	for (size_t i = 0; status == OK && i < history->count; i++)
		used += (size_t)snprintf(
			text + used, capacity - used, "%s\n", history->lines[i].text);
	if (status == OK)
		status = store_make_state_folder(state_folder, err);
	if (status == OK)
		status = store_join(path, state_folder, name, err);
	if (status == OK)
		status = store_keep(path, text, used, err);
	free(text);
	return status;
}

enum status history_save(const struct history *history, const char *state_folder, const char *name,
	struct errbuf *err)
{
	struct history all;
	bool any = false;
	for (size_t i = 0; i < history->count; i++)
		any |= history->lines[i].fresh && !history->lines[i].quiet;
	if (!any)
		return OK;
	if (!state_folder)
		return errbuf_set(err, ERR_FILE, "there is no state folder");
	history_load(&all, state_folder, name);
	for (size_t i = 0; i < history->count; i++)
		if (history->lines[i].fresh && !history->lines[i].quiet)
			add(&all, &history->lines[i]);
	enum status status = write_all(&all, state_folder, name, err);
	history_free(&all);
	return status;
}
