#include "transport/holders.h"

#include "src/clean_text.h"

#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_number(const char *text)
{
	return text[0] != '\0' && text[strspn(text, "0123456789")] == '\0';
}

/* A device is the same under every name, in a container, too. */
static bool is_same(const struct stat *a, const struct stat *b)
{
	if (S_ISCHR(a->st_mode) && S_ISCHR(b->st_mode))
		return a->st_rdev == b->st_rdev;
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/* Files of other users' processes cannot be listed: those have none for us. */
static bool has_open(const char *process, const struct stat *node)
{
	char path[64];
	struct stat seen;
	bool found = false;
	snprintf(path, sizeof path, "/proc/%.20s/fd", process);
	DIR *files = opendir(path);
	struct dirent *file;
	while (files && !found && (file = readdir(files)) != NULL)
		found = fstatat(dirfd(files), file->d_name, &seen, 0) == 0 && is_same(&seen, node);
	if (files)
		closedir(files);
	return found;
}

static void read_name(char *out, int capacity, const char *process)
{
	char path[64];
	snprintf(path, sizeof path, "/proc/%.20s/comm", process);
	FILE *file = fopen(path, "r");
	if (!file || !fgets(out, capacity, file))
		snprintf(out, (size_t)capacity, "a program");
	if (file)
		fclose(file);
	out[strcspn(out, "\n")] = '\0';
	clean_text_in_place(out);
}

void holders_of(char *out, size_t capacity, const char *path)
{
	char self[24], name[40];
	size_t used = 0;
	struct stat node;
	out[0] = '\0';
	if (stat(path, &node) != 0)
		return;
	snprintf(self, sizeof self, "%ld", (long)getpid());
	DIR *processes = opendir("/proc");
	struct dirent *process;
	while (processes && used < capacity && (process = readdir(processes)) != NULL) {
		const char *number = process->d_name;
		if (!is_number(number) || strcmp(number, self) == 0 || !has_open(number, &node))
			continue;
		read_name(name, sizeof name, number);
		int length = snprintf(out + used, capacity - used, "%s%s (process %.20s)",
			used > 0 ? ", " : "", name, number);
		used += length > 0 ? (size_t)length : 0;
	}
	if (processes)
		closedir(processes);
}
