#include "src/author.h"

#include <pwd.h>
#include <stdio.h>
#include <unistd.h>

void author_user(char *out, size_t cap)
{
	char buffer[4096];
	struct passwd entry, *found = NULL;
	if (getpwuid_r(getuid(), &entry, buffer, sizeof buffer, &found) == 0 && found)
		snprintf(out, cap, "%s", entry.pw_name);
	else
		snprintf(out, cap, "user %lu", (unsigned long)getuid());
}

void author_host(char *out, size_t cap)
{
	if (gethostname(out, cap) != 0)
		out[0] = '\0';
	out[cap - 1] = '\0';
}

const char *author_tool(void)
{
	return "otpedit " OTPEDIT_VERSION;
}
