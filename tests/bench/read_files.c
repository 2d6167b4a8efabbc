/* read_files FOLDER: opens, reads to the end and closes each file in it, and nothing else. */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static char bytes[65536];

int main(int argc, char *argv[])
{
	char path[4096];
	DIR *folder = argc == 2 ? opendir(argv[1]) : NULL;
	struct dirent *entry;
	if (!folder)
		return 2;
	while ((entry = readdir(folder)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof path, "%s/%s", argv[1], entry->d_name);
		int file = open(path, O_RDONLY);
		if (file < 0)
			return 1;
		while (read(file, bytes, sizeof bytes) > 0)
			continue;
		close(file);
	}
	closedir(folder);
	return 0;
}
