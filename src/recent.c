#include "src/recent.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RECENT_FILE "recent"

static bool has(const struct recent *recent, const char *path)
{
	for (size_t i = 0; i < recent->count; i++)
		if (strcmp(recent->paths[i], path) == 0)
			return true;
	return false;
}

static void append(struct recent *recent, const char *path)
{
	bool fits = path[0] == '/' && strlen(path) < STORE_PATH_MAX;
	if (fits && recent->count < RECENT_MAX && !has(recent, path))
		snprintf(recent->paths[recent->count++], STORE_PATH_MAX, "%s", path);
}

/* With what is no longer there: it may only be on a disk that is not mounted now. */
static void load_all(struct recent *out, const char *state_folder)
{
	char path[STORE_PATH_MAX];
	uint8_t *bytes;
	size_t length;
	struct errbuf ignored = {0};
	out->count = 0;
	if (!state_folder || store_join(path, state_folder, RECENT_FILE, &ignored) != OK ||
		store_read(&bytes, &length, path, RECENT_MAX * STORE_PATH_MAX, &ignored) != OK)
		return;
	for (char *line = (char *)bytes, *end; (end = strchr(line, '\n')) != NULL; line = end + 1) {
		*end = '\0';
		append(out, line);
	}
	free(bytes);
}

void recent_load(struct recent *out, const char *state_folder)
{
	size_t kept = 0;
	load_all(out, state_folder);
	for (size_t i = 0; i < out->count; i++) {
		if (!store_exists(out->paths[i]))
			continue;
		if (kept != i)
			memcpy(out->paths[kept], out->paths[i], STORE_PATH_MAX);
		kept++;
	}
	out->count = kept;
}

static enum status save(const struct recent *recent, const char *state_folder, struct errbuf *err)
{
	const size_t capacity = RECENT_MAX * (STORE_PATH_MAX + 1) + 1;
	char path[STORE_PATH_MAX], *text = malloc(capacity);
	size_t used = 0;
	enum status status =
		text ? OK : errbuf_set(err, ERR_MEMORY, "out of memory for the list of images");
	for (size_t i = 0; status == OK && i < recent->count; i++)
		used += (size_t)snprintf(text + used, capacity - used, "%s\n", recent->paths[i]);
	if (status == OK)
		status = store_make_state_folder(state_folder, err);
	if (status == OK)
		status = store_join(path, state_folder, RECENT_FILE, err);
	if (status == OK)
		status = store_keep(path, text, used, err);
	free(text);
	return status;
}

enum status recent_add(const char *state_folder, const char *path, struct errbuf *err)
{
	if (!state_folder)
		return errbuf_set(err, ERR_FILE, "there is no state folder");
	char *full = realpath(path, NULL);
	if (!full)
		return errbuf_set(err, ERR_FILE, "'%s': %s", path, strerror(errno));
	struct recent *before = malloc(2 * sizeof *before);
	enum status status =
		before ? OK : errbuf_set(err, ERR_MEMORY, "out of memory for the list of images");
	/* A line each: a name that holds a line break cannot be kept. */
	if (status == OK && strchr(full, '\n'))
		status = errbuf_set(err, ERR_FILE, "a name with a line break is not kept");
	if (status == OK) {
		struct recent *now = before + 1;
		load_all(before, state_folder);
		now->count = 0;
		append(now, full);
		for (size_t i = 0; i < before->count; i++)
			append(now, before->paths[i]);
		status = save(now, state_folder, err);
	}
	free(before);
	free(full);
	return status;
}
