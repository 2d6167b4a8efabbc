/* The files of a folder. */
#include "src/store.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

bool store_is_folder(const char *path)
{
	struct stat about;
	return stat(path, &about) == 0 && S_ISDIR(about.st_mode);
}

static bool is_wanted(DIR *stream, const char *name)
{
	struct stat about;
	return name[0] != '.' && fstatat(dirfd(stream), name, &about, AT_SYMLINK_NOFOLLOW) == 0 &&
	       S_ISREG(about.st_mode);
}

static enum status add(struct store_list *list, const char *path, struct errbuf *err)
{
	if (list->count == list->capacity) {
		size_t capacity = list->capacity ? 2 * list->capacity : 64;
		char **grown = realloc(list->paths, capacity * sizeof *grown);
		if (!grown)
			return errbuf_set(err, ERR_MEMORY, "out of memory for names of files");
		list->paths = grown;
		list->capacity = capacity;
	}
	list->paths[list->count] = strdup(path);
	if (!list->paths[list->count])
		return errbuf_set(err, ERR_MEMORY, "out of memory for names of files");
	list->count++;
	return OK;
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

enum status store_list(struct store_list *out, const char *folder, struct errbuf *err)
{
	char path[STORE_PATH_MAX];
	enum status status = OK;
	*out = (struct store_list){0};
	DIR *stream = opendir(folder);
	if (!stream)
		return errbuf_set(err, ERR_FILE, "cannot open '%s': %s", folder, strerror(errno));
	struct dirent *entry;
	errno = 0;
	while (status == OK && (entry = readdir(stream)) != NULL) {
		if (is_wanted(stream, entry->d_name)) {
			status = store_join(path, folder, entry->d_name, err);
			if (status == OK)
				status = add(out, path, err);
		}
		errno = 0;
	}
	if (status == OK && errno != 0)
		status = errbuf_set(err, ERR_FILE, "cannot read '%s': %s", folder, strerror(errno));
	closedir(stream);
	if (out->count > 0)
		qsort(out->paths, out->count, sizeof *out->paths, compare);
	return status;
}

static bool is_folder_in(DIR *stream, const char *name)
{
	struct stat about;
	return fstatat(dirfd(stream), name, &about, 0) == 0 && S_ISDIR(about.st_mode);
}

enum status store_names(
	struct store_list *out, const char *folder, const char *prefix, struct errbuf *err)
{
	enum status status = OK;
	size_t length = strlen(prefix);
	*out = (struct store_list){0};
	DIR *stream = opendir(folder[0] ? folder : ".");
	if (!stream)
		return errbuf_set(err, ERR_FILE, "cannot open '%s': %s", folder, strerror(errno));
	for (struct dirent *entry; status == OK && (entry = readdir(stream)) != NULL;) {
		char name[sizeof entry->d_name + 2];
		bool is_hidden = entry->d_name[0] == '.' && prefix[0] != '.';
		bool is_itself =
			strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
		if (is_hidden || is_itself || strncmp(entry->d_name, prefix, length) != 0)
			continue;
		snprintf(name, sizeof name, "%s%s", entry->d_name,
			is_folder_in(stream, entry->d_name) ? "/" : "");
		status = add(out, name, err);
	}
	closedir(stream);
	if (out->count > 0)
		qsort(out->paths, out->count, sizeof *out->paths, compare);
	return status;
}

void store_list_free(struct store_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(list->paths[i]);
	free(list->paths);
	*list = (struct store_list){0};
}
