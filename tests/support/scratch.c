#include "tests/support/scratch.h"

#include <errno.h>
#include <ftw.h>
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

void scratch_make(char out[SCRATCH_MAX])
{
	const char *parent = getenv("TMPDIR");
	/* Socket names and the like have to fit below it: a long TMPDIR is not used. */
	if (!parent || strlen(parent) > SCRATCH_MAX / 2)
		parent = "/tmp";
	snprintf(out, SCRATCH_MAX, "%s/otpedit-test-XXXXXX", parent);
	if (!mkdtemp(out))
		fail_msg("cannot make '%s': %s", out, strerror(errno));
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *where)
{
	(void)status;
	(void)type;
	(void)where;
	return remove(path);
}

void scratch_remove(const char *folder)
{
	if (folder[0] != '\0')
		nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}
