#include "src/recent.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RECENT_FILE  "recent"
#define SOURCES_FILE "sources"

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

static enum status save_text(const char *state_folder, const char *name, const char *text,
	size_t length, struct errbuf *err)
{
	char path[STORE_PATH_MAX];
	enum status status = store_make_state_folder(state_folder, err);
	if (status == OK)
		status = store_join(path, state_folder, name, err);
	return status == OK ? store_keep(path, text, length, err) : status;
}

static enum status save(const struct recent *recent, const char *state_folder, struct errbuf *err)
{
	const size_t capacity = RECENT_MAX * (STORE_PATH_MAX + 1) + 1;
	char *text = malloc(capacity);
	size_t used = 0;
	enum status status =
		text ? OK : errbuf_set(err, ERR_MEMORY, "out of memory for the list of images");
	for (size_t i = 0; status == OK && i < recent->count; i++)
		used += (size_t)snprintf(text + used, capacity - used, "%s\n", recent->paths[i]);
	if (status == OK)
		status = save_text(state_folder, RECENT_FILE, text, used, err);
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

/* --- boards, by the names they were opened by --- */

static const char *const classes[] = {"simulated ", "real "};

static void append_source(struct recent_sources *sources, bool is_real, const char *text)
{
	bool fits = text[0] && strlen(text) < STORE_PATH_MAX && !strchr(text, '\n');
	for (size_t i = 0; i < sources->count; i++)
		fits = fits && strcmp(sources->items[i].text, text) != 0;
	if (!fits || sources->count == RECENT_MAX)
		return;
	struct recent_source *item = &sources->items[sources->count++];
	item->is_real = is_real;
	memcpy(item->text, text, strlen(text) + 1);
}

void recent_sources_load(struct recent_sources *out, const char *state_folder)
{
	char path[STORE_PATH_MAX];
	uint8_t *bytes;
	size_t length;
	struct errbuf ignored = {0};
	out->count = 0;
	if (!state_folder || store_join(path, state_folder, SOURCES_FILE, &ignored) != OK ||
		store_read(&bytes, &length, path, RECENT_MAX * STORE_PATH_MAX, &ignored) != OK)
		return;
	for (char *line = (char *)bytes, *end; (end = strchr(line, '\n')) != NULL; line = end + 1) {
		*end = '\0';
		for (size_t class = 0; class < 2; class ++)
			if (strncmp(line, classes[class], strlen(classes[class])) == 0)
				append_source(out, class == 1, line + strlen(classes[class]));
	}
	free(bytes);
}

/* "sim:board.bin,uart" with the file's absolute path. */
static void name_fully(char out[STORE_PATH_MAX], const char *text)
{
	char name[STORE_PATH_MAX];
	const char *colon = strchr(text, ':'), *file = colon ? colon + 1 : text;
	size_t length = strcspn(file, ",");
	snprintf(name, sizeof name, "%.*s", (int)length, file);
	char *full = colon ? realpath(name, NULL) : NULL;
	int written = full ? snprintf(out, STORE_PATH_MAX, "%.*s%s%s", (int)(file - text), text,
				     full, file + length)
			   : 0;
	if (!full || written >= STORE_PATH_MAX || strchr(full, ','))
		snprintf(out, STORE_PATH_MAX, "%s", text);
	free(full);
}

static enum status save_sources(
	const struct recent_sources *sources, const char *state_folder, struct errbuf *err)
{
	char *text = NULL;
	size_t length = 0;
	FILE *out = open_memstream(&text, &length);
	for (size_t i = 0; out && i < sources->count; i++)
		fprintf(out, "%s%s\n", classes[sources->items[i].is_real ? 1 : 0],
			sources->items[i].text);
	bool written = out && fclose(out) == 0;
	enum status status = written ? save_text(state_folder, SOURCES_FILE, text, length, err)
				     : errbuf_set(err, ERR_MEMORY, "out of memory for the list");
	free(text);
	return status;
}

enum status recent_source_add(const char *state_folder, const char *text, bool is_real,
	bool names_file, struct errbuf *err)
{
	if (!state_folder)
		return errbuf_set(err, ERR_FILE, "there is no state folder");
	char full[STORE_PATH_MAX];
	struct recent_sources *before = malloc(2 * sizeof *before), *now = before + 1;
	if (!before)
		return errbuf_set(err, ERR_MEMORY, "out of memory for the list of boards");
	if (names_file)
		name_fully(full, text);
	else
		snprintf(full, sizeof full, "%s", text);
	recent_sources_load(before, state_folder);
	now->count = 0;
	append_source(now, is_real, full);
	for (size_t i = 0; i < before->count; i++)
		append_source(now, before->items[i].is_real, before->items[i].text);
	enum status status = save_sources(now, state_folder, err);
	free(before);
	return status;
}
