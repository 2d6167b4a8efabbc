#include "tests/support/kinds.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const char more_kinds[] =
	"test-16color|sixteen colours,\n"
	"\tcolors#16, pairs#0x100,\n"
	"\tsetab=\\E[%?%p1%{8}%<%t%p1%{40}%+%e%p1%{92}%+%;%dm,\n"
	"\tsetaf=\\E[%?%p1%{8}%<%t%p1%{30}%+%e%p1%{82}%+%;%dm,\n"
	"\tuse=xterm-256color,\n"
	"test-direct|all RGB colours,\n"
	"\tRGB,\n"
	"\tcolors#0x1000000, pairs#0x7FFF,\n"
	"\tsetab=\\E[%?%p1%{8}%<%t4%p1%d%e48;2;%p1%{65536}%/%d;%p1%{256}%/%{255}%&%d"
	";%p1%{255}%&%d%;m,\n"
	"\tsetaf=\\E[%?%p1%{8}%<%t3%p1%d%e38;2;%p1%{65536}%/%d;%p1%{256}%/%{255}%&%d"
	";%p1%{255}%&%d%;m,\n"
	"\tinitc@, ccc@,\n"
	"\tuse=xterm-256color,\n";

static void run_tic(const char *path, const char *folder)
{
	int status;
	pid_t child = fork();
	if (child == 0) {
		execlp("tic", "tic", "-x", "-o", folder, path, (char *)NULL);
		_exit(127);
	}
	assert_true(child > 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

void kinds_compile(const char *folder)
{
	char path[600];
	(void)mkdir(folder, 0700);
	snprintf(path, sizeof path, "%s/kinds.ti", folder);
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	fputs(more_kinds, file);
	fclose(file);
	run_tic(path, folder);
}
