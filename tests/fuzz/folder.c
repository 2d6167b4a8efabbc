#include "tests/fuzz/folder.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[128];

static int remove_one(const char *path, const struct stat *about, int type, struct FTW *where)
{
	(void)about;
	(void)type;
	(void)where;
	return remove(path);
}

static void remove_it(void)
{
	(void)nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

const char *folder_path(void)
{
	if (folder[0])
		return folder;
	const char *base = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
	snprintf(folder, sizeof folder, "%s/otpedit-fuzz-XXXXXX", base);
	if (!mkdtemp(folder) || atexit(remove_it) != 0)
		abort();
	return folder;
}

void folder_put(const char *name, const uint8_t *bytes, size_t length)
{
	char path[256];
	snprintf(path, sizeof path, "%s/%s", folder_path(), name);
	FILE *file = fopen(path, "wb");
	if (!file || fwrite(bytes, 1, length, file) != length || fclose(file) != 0)
		abort();
}
