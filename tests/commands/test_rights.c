/* With whose rights the program runs, for whom its files are, and what it leaves of its memory. */
#include "tests/support/run_program.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define NOBODY 65534

static struct run_home home;

static int set_up(void **state)
{
	(void)state;
	run_home_make(&home);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	run_home_remove(&home);
	return 0;
}

static void copy_program(const char *path)
{
	char bytes[65536];
	ssize_t count;
	int from = open(OTPEDIT_PROGRAM, O_RDONLY);
	int to = open(path, O_WRONLY | O_CREAT | O_EXCL, 0700);
	assert_true(from >= 0 && to >= 0);
	while ((count = read(from, bytes, sizeof bytes)) > 0)
		assert_int_equal(write(to, bytes, (size_t)count), count);
	close(from);
	close(to);
}

/* Another user's rights for root, another group's for everybody who is in two; false: neither. */
static bool lend_rights(const char *path)
{
	gid_t groups[64];
	if (geteuid() == 0)
		return chown(path, NOBODY, (gid_t)-1) == 0 && chmod(path, 04755) == 0;
	int count = getgroups(64, groups);
	for (int i = 0; i < count; i++)
		if (groups[i] != getegid())
			return chown(path, (uid_t)-1, groups[i]) == 0 && chmod(path, 02755) == 0;
	return false;
}

static void test_borrowed_rights(void **state)
{
	const char *path = run_path(&home, "otpedit");
	struct run_result result;
	struct statvfs about;
	(void)state;
#ifdef __SANITIZE_ADDRESS__
	print_message("not done: the sanitizers do not run with lent rights\n");
	skip();
#endif
	copy_program(path);
	assert_int_equal(statvfs(path, &about), 0);
	if ((about.f_flag & ST_NOSUID) != 0 || !lend_rights(path)) {
		print_message("not done: no rights to lend here\n");
		skip();
	}
	run_program(&result, &home, path, NULL, (const char *const[]){"show", "demo", NULL});
	run_expect_exit(&result, 4);
	run_expect_err(&result, "setuid or setgid");
	assert_string_equal(result.out, "");
	run_free(&result);
	assert_int_equal(chmod(path, 0755), 0);
	run_program(&result, &home, path, NULL, (const char *const[]){"--version", NULL});
	run_expect_exit(&result, 0);
	run_free(&result);
}

/* Runs a few lines of shell with the program as $0, in the home. */
static void run_shell(struct run_result *result, const char *script)
{
	run_program(result, &home, "/bin/sh", NULL,
		(const char *const[]){"-c", script, OTPEDIT_PROGRAM, NULL});
	run_expect_exit(result, 0);
}

/* Files for their owner alone, and nothing that the owner cannot open again. */
static void test_modes_whatever_the_umask(void **state)
{
	static const char *const masks[] = {"0", "027", "0777"};
	(void)state;
	for (size_t i = 0; i < sizeof masks / sizeof masks[0]; i++) {
		struct run_result result;
		char script[512];
		snprintf(script, sizeof script,
			"rm -rf state *.bin *.trace; umask %s\n"
			"\"$0\" read demo -o a.bin --trace a.trace >&2 || exit 9\n"
			"find state *.bin *.trace -type f ! -perm 0600 -o -type d ! -perm 0700\n"
			"find state *.bin *.trace | wc -l",
			masks[i]);
		run_shell(&result, script);
		/* Nothing of another mode, and some to look at: folders, fuses, locks, images. */
		assert_int_equal(strspn(result.out, " 0123456789\n"), strlen(result.out));
		assert_true(strtol(result.out, NULL, 10) >= 8);
		run_free(&result);
	}
}

static void test_no_core_file(void **state)
{
	struct run_result result;
	(void)state;
	run_shell(&result, "\"$0\" serve demo --uart >ready & p=$!\n"
			   "until [ -s ready ] || grep -q -s ') Z' /proc/$p/stat; do :; done\n"
			   "sed -n 's/^Max core file size *//p' /proc/$p/limits\n"
			   "cat /proc/$p/coredump_filter\n"
			   "kill $p; wait $p; true");
	/* core(5): no file, and, where one is piped to a program, no page of our own. */
	run_expect_out(&result, "0                    0                    bytes");
	run_expect_out(&result, "\n00000000\n");
	run_free(&result);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_borrowed_rights, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_modes_whatever_the_umask, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_no_core_file, set_up, tear_down),
	};
	return cmocka_run_group_tests_name("rights", tests, NULL, NULL);
}
