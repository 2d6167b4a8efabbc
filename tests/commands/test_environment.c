/* Variables of the environment choose folders, colours and languages; no check hangs on one. */
#include "tests/support/run_program.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct run_home home;
static char fingerprint[17];

/* `setting` is "NAME=VALUE ..." or "-u NAME", as env(1) takes it. */
static void run_with(struct run_result *result, const char *setting, const char *words)
{
	char script[1024];
	snprintf(script, sizeof script, "exec env %s \"$0\" %s", setting, words);
	run_program(result, &home, "/bin/sh", NULL,
		(const char *const[]){"-c", script, OTPEDIT_PROGRAM, NULL});
}

static int set_up(void **state)
{
	struct run_result result;
	(void)state;
	run_home_make(&home);
	run_write_text(&home, "p.plan", "write word=70 value=0x12345678 lock\n");
	run_write_text(&home, "key.pem",
		"-----BEGIN PUBLIC KEY-----\n"
		"MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEaxfR8uEsQkf4vOblY6RA8ncDfYEt\n"
		"6zOg9KE5RdiYwpZP40Li/hp/m47n60p8D54WK84zV2sxXs7LtkBoN79R9Q==\n"
		"-----END PUBLIC KEY-----\n");
	/* A configuration of libcrypto under which it has no algorithms at all. */
	run_write_text(&home, "none.cnf",
		"openssl_conf = all\n[all]\nproviders = those\n[those]\nnull = it\n"
		"[it]\nactivate = 1\n");
	run_with(&result, "A=1", "preview p.plan --on demo");
	run_expect_exit(&result, 0);
	const char *at = strstr(result.out, "Fingerprint ");
	assert_non_null(at);
	assert_int_equal(sscanf(at, "Fingerprint %16[0-9a-f]", fingerprint), 1);
	run_free(&result);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	run_home_remove(&home);
	return 0;
}

static void expect_unburnt(void)
{
	struct run_result result;
	run_with(&result, "A=1", "show demo word=70");
	run_expect_exit(&result, 0);
	run_expect_out(&result, "00000000");
	run_expect_no_out(&result, "12345678");
	run_free(&result);
}

/* What ever is set: the same plan in the same words, and neither a wrong fingerprint nor a session
 * that only looks burns. */
static void test_nothing_weakens_a_check(void **state)
{
	static const char *const settings[] = {"OTPEDIT_YES=1 OTPEDIT_CONFIRM=1 OTPEDIT_ARMED=1",
		"TERM=dumb", "-u TERM", "TERM=../../etc/passwd", "TERMINFO=. LINES=-1 COLUMNS=0",
		"NO_COLOR=1", "LC_ALL=xx_YY LANG=tr_TR.UTF-8", "POSIXLY_CORRECT=1",
		"OPENSSL_CONF=none.cnf OPENSSL_MODULES=. OPENSSL_ENGINES=.",
		"LIBUSB_DEBUG=4 TMPDIR=/nowhere TZ=:p.plan", "XDG_CONFIG_HOME=/dev/null", "-u HOME",
		"CI=1 DEBIAN_FRONTEND=noninteractive"};
	char expected[64], wrong[96], looking[96];
	(void)state;
	snprintf(expected, sizeof expected, "Fingerprint %s", fingerprint);
	snprintf(wrong, sizeof wrong, "apply p.plan --on demo --confirm %.15s%c", fingerprint,
		fingerprint[15] == '0' ? '1' : '0');
	snprintf(looking, sizeof looking, "apply p.plan --on demo --read-only --confirm %s",
		fingerprint);
	for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++) {
		struct run_result result;
		run_with(&result, settings[i], "preview p.plan --on demo");
		run_expect_exit(&result, 0);
		run_expect_out(&result, expected);
		run_expect_out(&result, "IRREVERSIBLE");
		run_free(&result);
		run_with(&result, settings[i], i % 2 ? wrong : looking);
		run_expect_exit(&result, 4);
		run_expect_err(&result, "nothing was burnt");
		run_free(&result);
	}
	expect_unburnt();
}

/* Where no journal can be kept, nothing burns. */
static void test_no_folder_no_burn(void **state)
{
	static const char *const settings[] = {"XDG_STATE_HOME=/dev/null",
		"-u HOME -u XDG_STATE_HOME", "HOME=relative XDG_STATE_HOME=relative",
		"XDG_STATE_HOME=/proc/self/nowhere"};
	char apply[96];
	(void)state;
	snprintf(apply, sizeof apply, "apply p.plan --on demo --confirm %s", fingerprint);
	for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++) {
		struct run_result result;
		run_with(&result, settings[i], apply);
		run_expect_exit(&result, 6);
		run_expect_err(&result, "nothing was burnt");
		run_free(&result);
	}
	expect_unburnt();
}

/* A hash of a key is that of the key, whatever the computer's configuration of libcrypto says. */
static void test_hashes_by_no_configuration(void **state)
{
	struct run_result plain, other;
	(void)state;
	static const char *const words = "preview key.plan --on demo:blank";
	run_write_text(&home, "key.plan", "write word=24-31 value=pem:key.pem\n");
	run_with(&plain, "A=1", words);
	run_expect_exit(&plain, 0);
	run_expect_out(&plain, "word 31");
	run_with(&other, "OPENSSL_CONF=none.cnf", words);
	run_expect_exit(&other, 0);
	assert_string_equal(plain.out, other.out);
	run_free(&plain);
	run_free(&other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing_weakens_a_check),
		cmocka_unit_test(test_no_folder_no_burn),
		cmocka_unit_test(test_hashes_by_no_configuration),
	};
	return cmocka_run_group_tests_name("environment", tests, set_up, tear_down);
}
