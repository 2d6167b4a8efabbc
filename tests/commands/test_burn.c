/*
 * Commands that burn, on the built-in board: a real read of an STM32MP157C. Its words 60 to 95 are
 * empty customer words, written once each; word 9 configures NAND; words 24 to 26 hold a key hash
 * that is not whole (27 to 31 are empty). Its unique id ends in 34383330.
 */
#include "tests/support/run_program.h"

#include <jansson.h>

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FIXTURE TEST_DATA "/stm32mp157c-read.bin"

static int set_up(void **state)
{
	struct run_home *home = malloc(sizeof *home);
	assert_non_null(home);
	run_home_make(home);
	run_write_text(home, "p.plan", "write word=70 value=0x12345678\nlock word=70\n");
	*state = home;
	return 0;
}

static int tear_down(void **state)
{
	run_home_remove(*state);
	free(*state);
	return 0;
}

/* The 16 hex digits after "Fingerprint". */
static void take_fingerprint(char out[17], const struct run_result *result)
{
	const char *at = strstr(result->out, "Fingerprint");
	if (!at)
		fail_msg("no fingerprint in: %s", result->out);
	at += strlen("Fingerprint");
	at += strspn(at, " ");
	assert_int_equal(strspn(at, "0123456789abcdef"), 16);
	memcpy(out, at, 16);
	out[16] = '\0';
}

static void preview(
	char fingerprint[17], const struct run_home *home, const char *plan, const char *source)
{
	struct run_result result;
	run_words(&result, home, "preview", plan, "--on", source);
	run_expect_exit(&result, 0);
	take_fingerprint(fingerprint, &result);
	run_free(&result);
}

/* One word of a source, as `show --json` gives it. */
static void expect_word(const struct run_home *home, const char *source, unsigned word,
	const char *value, const char *status)
{
	struct run_result result;
	char name[32];
	snprintf(name, sizeof name, "word=%u", word);
	run_words(&result, home, "show", source, name, "--json");
	run_expect_exit(&result, 0);
	json_t *root = json_loads(result.out, 0, NULL);
	json_t *row = json_array_get(json_object_get(root, "words"), 0);
	assert_int_equal(json_integer_value(json_object_get(row, "id")), word);
	assert_string_equal(json_string_value(json_object_get(row, "value")), value);
	assert_string_equal(json_string_value(json_object_get(row, "status")), status);
	json_decref(root);
	run_free(&result);
}

static json_t *preview_json(const struct run_home *home, const char *plan, const char *source)
{
	struct run_result result;
	run_words(&result, home, "preview", plan, "--on", source, "--json");
	json_t *root = json_loads(result.out, 0, NULL);
	if (!root)
		fail_msg("no JSON: %s%s", result.out, result.err);
	run_free(&result);
	return root;
}

/* --- preview ------------------------------------------------------------------------------------
 */

static void test_preview(void **state)
{
	struct run_home *home = *state;
	struct run_result result;
	char fingerprint[17];
	run_words(&result, home, "preview", "p.plan", "--on", "demo");
	run_expect_exit(&result, 0);
	run_expect_out(&result, "00410032-33385116-34383330");
	run_expect_out(&result, "Pass 1 of 2, values");
	run_expect_out(&result, "Pass 2 of 2, locks");
	run_expect_out(&result, "12345678");
	take_fingerprint(fingerprint, &result);
	run_free(&result);
	json_t *root = preview_json(home, "p.plan", "demo");
	assert_string_equal(json_string_value(json_object_get(root, "chip")), "stm32mp15");
	assert_string_equal(
		json_string_value(json_object_get(root, "board")), "00410032-33385116-34383330");
	assert_string_equal(json_string_value(json_object_get(root, "fingerprint")), fingerprint);
	assert_string_equal(json_string_value(json_object_get(root, "danger")), "irreversible");
	json_t *passes = json_object_get(root, "passes");
	assert_int_equal(json_array_size(passes), 2);
	static const char *const names[] = {"values", "locks"};
	for (size_t i = 0; i < 2; i++) {
		json_t *pass = json_array_get(passes, i);
		assert_string_equal(json_string_value(json_object_get(pass, "name")), names[i]);
		json_t *changes = json_object_get(pass, "changes");
		assert_int_equal(json_array_size(changes), 1);
		json_t *change = json_array_get(changes, 0);
		assert_int_equal(json_integer_value(json_object_get(change, "id")), 70);
		assert_true(json_is_true(json_object_get(change, "irreversible")));
		json_t *before = json_object_get(change, "before");
		json_t *after = json_object_get(change, "after");
		assert_string_equal(json_string_value(json_object_get(before, "value")),
			i == 0 ? "0x00000000" : "0x12345678");
		assert_string_equal(
			json_string_value(json_object_get(after, "value")), "0x12345678");
		assert_int_equal(json_array_size(json_object_get(before, "locks")), 0);
		assert_int_equal(json_array_size(json_object_get(after, "locks")), i);
	}
	json_decref(root);
	expect_word(home, "demo", 70, "0x00000000", "0x00000000");
}

static void test_refused_plan(void **state)
{
	struct run_home *home = *state;
	struct run_result result;
	/* Word 59 holds 12722301 and is locked for ever. */
	run_write_text(home, "bad.plan", "write word=59 value=0x12722303\n");
	run_words(&result, home, "preview", "bad.plan", "--on", "demo");
	run_expect_exit(&result, 4);
	run_expect_out(&result, "written-twice");
	run_expect_out(&result, "(locked)");
	run_free(&result);
	run_words(&result, home, "apply", "bad.plan", "--on", "demo", "--confirm",
		"0123456789abcdef");
	run_expect_exit(&result, 4);
	run_expect_err(&result, "'written-twice'");
	run_expect_err(&result, "nothing was burnt");
	run_free(&result);
}

/* --- apply --------------------------------------------------------------------------------------
 */

static void test_apply(void **state)
{
	struct run_home *home = *state;
	struct run_result result;
	char fingerprint[17];
	preview(fingerprint, home, "p.plan", "demo");
	run_words(&result, home, "apply", "p.plan", "--on", "demo", "--confirm", fingerprint);
	run_expect_exit(&result, 0);
	run_expect_out(&result, "VERIFIED");
	run_free(&result);
	expect_word(home, "demo", 70, "0x12345678", "0x40000000");

	run_words(&result, home, "write", "demo", "word=70", "value=0x12345679");
	run_expect_exit(&result, 4);
	run_expect_err(&result, "'written-twice'");
	run_expect_err(&result, "nothing was burnt");
	run_free(&result);
	expect_word(home, "demo", 70, "0x12345678", "0x40000000");

	run_words(&result, home, "journal", "list");
	run_expect_exit(&result, 0);
	run_expect_out(&result, "00410032-33385116-34383330");
	run_expect_out(&result, "values (1 of 2)");
	run_expect_out(&result, "locks (2 of 2)");
	run_expect_out(&result, "VERIFIED");
	run_free(&result);
	run_words(&result, home, "journal", "list", "--json");
	run_expect_exit(&result, 0);
	json_t *records = json_loads(result.out, 0, NULL);
	assert_int_equal(json_array_size(records), 4); /* two intents, two outcomes */
	json_decref(records);
	run_free(&result);
}

static void test_locks_that_wait_for_the_reset(void **state)
{
	struct run_home *home = *state;
	struct run_result result;
	char fingerprint[17];
	preview(fingerprint, home, "p.plan", "demo,locks=reset");
	run_words(&result, home, "apply", "p.plan", "--on", "demo,locks=reset", "--confirm",
		fingerprint);
	run_expect_exit(&result, 0);
	run_expect_out(&result, "LOCKS UNPROVED");
	run_expect_out(&result, "reset");
	run_free(&result);
	/* Each run powers the board up anew: the next one settles it, and says so. */
	run_words(&result, home, "show", "demo,locks=reset", "word=70");
	run_expect_exit(&result, 0);
	run_expect_err(&result, "word 70: as planned");
	run_free(&result);
	expect_word(home, "demo,locks=reset", 70, "0x12345678", "0x40000000");
	run_words(&result, home, "show", "demo,locks=reset", "word=70");
	assert_string_equal(result.err, "");
	run_free(&result);
}

static void test_wrong_fingerprint(void **state)
{
	struct run_home *home = *state;
	struct run_result result;
	char fingerprint[17], other[17];
	preview(fingerprint, home, "p.plan", "demo");
	memcpy(other, fingerprint, sizeof other);
	other[3] = other[3] == '0' ? '1' : '0';
	run_words(&result, home, "apply", "p.plan", "--on", "demo", "--confirm", other);
	run_expect_exit(&result, 4);
	run_expect_err(&result, "nothing was burnt");
	run_free(&result);
	/* It binds the board: the same plan on another one has another. */
	run_words(&result, home, "apply", "p.plan", "--on", "demo:blank", "--confirm", fingerprint);
	run_expect_exit(&result, 4);
	run_free(&result);
	/* --read-only takes burning away, confirmed or not. */
	run_words(&result, home, "apply", "p.plan", "--on", "demo", "--confirm", fingerprint,
		"--read-only");
	run_expect_exit(&result, 4);
	run_expect_err(&result, "read-only");
	run_free(&result);
	/* And without it nothing burns, and nobody is waited for. */
	run_words(&result, home, "apply", "p.plan", "--on", "demo");
	run_expect_exit(&result, 4);
	run_expect_err(&result, fingerprint);
	run_free(&result);
	expect_word(home, "demo", 70, "0x00000000", "0x00000000");
	expect_word(home, "demo:blank", 70, "0x00000000", "0x00000000");
}

static void test_dangerous(void **state)
{
	struct run_home *home = *state;
	struct run_result result;
	char fingerprint[17];
	run_write_text(home, "nand.plan", "write word=9 value=0x00080000\n");
	json_t *root = preview_json(home, "nand.plan", "demo");
	assert_string_equal(json_string_value(json_object_get(root, "danger")), "dangerous");
	json_t *remarks = json_object_get(root, "remarks");
	assert_string_equal(json_string_value(json_object_get(json_array_get(remarks, 0), "rule")),
		"boot-config");
	assert_string_equal(
		json_string_value(json_object_get(json_array_get(remarks, 0), "severity")),
		"warning");
	assert_int_equal(
		json_integer_value(json_object_get(json_array_get(remarks, 0), "word")), 9);
	json_decref(root);
	preview(fingerprint, home, "nand.plan", "demo");
	run_words(&result, home, "apply", "nand.plan", "--on", "demo", "--confirm", fingerprint);
	run_expect_exit(&result, 4);
	run_expect_err(&result, "--accept boot-config");
	run_free(&result);
	run_words(&result, home, "apply", "nand.plan", "--on", "demo", "--confirm", fingerprint,
		"--accept", "key-hash");
	run_expect_exit(&result, 4);
	run_free(&result);
	run_words(&result, home, "apply", "nand.plan", "--on", "demo", "--confirm", fingerprint,
		"--accept", "boot-konfig");
	run_expect_exit(&result, 2);
	run_expect_err(&result, "boot-konfig");
	run_free(&result);
	expect_word(home, "demo", 9, "0x00000000", "0x00000000");
	run_words(&result, home, "apply", "nand.plan", "--on", "demo", "--confirm", fingerprint,
		"--accept", "boot-config");
	run_expect_exit(&result, 0);
	run_free(&result);
	expect_word(home, "demo", 9, "0x00080000", "0x00000000");
}

/* What nobody could see is not burnt, though it was confirmed. */
static void test_preview_that_cannot_be_shown(void **state)
{
	struct run_home *home = *state;
	struct run_result result;
	char fingerprint[17];
	preview(fingerprint, home, "p.plan", "demo");
	run_words_to(&result, home, "/dev/full", "apply", "p.plan", "--on", "demo", "--confirm",
		fingerprint);
	run_expect_exit(&result, 6);
	run_expect_err(&result, "nothing was burnt");
	run_free(&result);
	expect_word(home, "demo", 70, "0x00000000", "0x00000000");
}

/* A report that nobody got: the burn is done, but that is not known to whoever asked. */
static void test_report_that_cannot_be_shown(void **state)
{
	struct run_home *home = *state;
	struct run_result result;
	char fingerprint[17];
	run_words(&result, home, "write", "demo", "word=64-91", "value=0x12345678", "lock");
	run_expect_exit(&result, 4);
	take_fingerprint(fingerprint, &result);
	size_t preview_length = strlen(result.out);
	run_free(&result);
	const char *const words[] = {"write", "demo", "word=64-91", "value=0x12345678", "lock",
		"--confirm", fingerprint, NULL};
	run_program_until(&result, home, OTPEDIT_PROGRAM, preview_length, words);
	run_expect_exit(&result, 5);
	run_expect_err(&result, "standard output cannot be written");
	run_expect_err(&result, "VERIFIED"); /* the report comes another way */
	run_free(&result);
	expect_word(home, "demo", 91, "0x12345678", "0x40000000");
}

static void test_state_folder_in_the_way(void **state)
{
	struct run_home *home = *state;
	struct run_result result;
	run_write_text(home, "state", "a file where the folder should be");
	run_words(
		&result, home, "apply", "p.plan", "--on", "demo", "--confirm", "0123456789abcdef");
	run_expect_exit(&result, 6);
	run_expect_err(&result, "state");
	run_free(&result);
	run_words(&result, home, "journal", "list");
	run_expect_exit(&result, 6);
	run_free(&result);
}

/* --- plans of one line --------------------------------------------------------------------------
 */

static void test_write_without_confirmation(void **state)
{
	struct run_home *home = *state;
	struct run_result result;
	char fingerprint[17];
	run_words(&result, home, "write", "demo", "word=72", "value=0x11");
	run_expect_exit(&result, 4);
	take_fingerprint(fingerprint, &result);
	run_expect_err(&result, fingerprint);
	run_expect_err(&result, "nothing was burnt");
	run_free(&result);
	expect_word(home, "demo", 72, "0x00000000", "0x00000000");
	run_words(
		&result, home, "write", "demo", "word=72", "value=0x11", "--confirm", fingerprint);
	run_expect_exit(&result, 0);
	run_free(&result);
	expect_word(home, "demo", 72, "0x00000011", "0x00000000");
	run_words(&result, home, "lock", "demo", "word=72");
	run_expect_exit(&result, 4);
	take_fingerprint(fingerprint, &result);
	run_free(&result);
	run_words(&result, home, "lock", "demo", "word=72", "--confirm", fingerprint);
	run_expect_exit(&result, 0);
	run_free(&result);
	expect_word(home, "demo", 72, "0x00000011", "0x40000000");
	/* An image only shows what would be. */
	run_words(&result, home, "write", FIXTURE, "word=72", "value=0x11");
	run_expect_exit(&result, 4);
	run_expect_err(&result, "image");
	run_free(&result);
}

static void test_fwrite(void **state)
{
	struct run_home *home = *state;
	struct run_result result;
	char fingerprint[17];
	static const char bytes[13] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13};
	run_write_file(home, "twelve", bytes, 12);
	run_write_file(home, "thirteen", bytes, 13);
	run_words(&result, home, "fwrite", "demo", "word=71", "file:thirteen");
	run_expect_exit(&result, 2);
	run_expect_err(&result, "13");
	run_free(&result);
	run_words(&result, home, "fwrite", "demo", "word=71", "file:nothing");
	run_expect_exit(&result, 6);
	run_expect_err(&result, "nothing");
	run_free(&result);
	run_words(&result, home, "fwrite", "demo", "word=71", "file:twelve");
	run_expect_exit(&result, 4);
	run_expect_out(&result, "word 71");
	run_expect_out(&result, "word 72");
	run_expect_out(&result, "word 73");
	run_expect_no_out(&result, "word 74");
	take_fingerprint(fingerprint, &result);
	run_free(&result);
	run_words(&result, home, "fwrite", "demo", "word=71", "file:twelve", "--confirm",
		fingerprint);
	run_expect_exit(&result, 0);
	run_free(&result);
	expect_word(home, "demo", 71, "0x04030201", "0x00000000");
	expect_word(home, "demo", 72, "0x08070605", "0x00000000");
	expect_word(home, "demo", 73, "0x0C0B0A09", "0x00000000");
}

/* Word 40 belongs to secrets of the chip's maker; here it is still empty. */
static void test_journal_masks_secrets(void **state)
{
	struct run_home *home = *state;
	struct run_result result;
	char fingerprint[17], bytes[1024];
	FILE *file = fopen(FIXTURE, "rb");
	assert_non_null(file);
	assert_int_equal(fread(bytes, 1, sizeof bytes, file), 776);
	fclose(file);
	memset(bytes + 8 + 8 * 40, 0, 8);
	run_write_file(home, "empty40.bin", bytes, 776);
	run_words(&result, home, "write", "sim:empty40.bin", "word=40", "value=0x5EC2E700");
	run_expect_exit(&result, 4);
	take_fingerprint(fingerprint, &result);
	run_free(&result);
	run_words(&result, home, "write", "sim:empty40.bin", "word=40", "value=0x5EC2E700",
		"--confirm", fingerprint, "--accept", "secret-word");
	run_expect_exit(&result, 0);
	run_free(&result);
	run_words(&result, home, "journal", "list");
	run_expect_exit(&result, 0);
	run_expect_out(&result, "word 40  asked masked");
	run_expect_no_out(&result, "5EC2E700");
	run_free(&result);
	static const char *const formats[] = {"--json", "--csv", "--markdown", "--color=never"};
	static const char *const views[][2] = {{"list", NULL}, {"show", "s1"}};
	for (size_t v = 0; v < 2; v++)
		for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
			run_words(&result, home, "journal", views[v][0], formats[i], views[v][1]);
			run_expect_exit(&result, 0);
			run_expect_out(&result, "masked");
			run_expect_no_out(&result, "5EC2E700");
			run_free(&result);
			run_words(&result, home, "journal", views[v][0], "--reveal", formats[i],
				views[v][1]);
			run_expect_exit(&result, 0);
			run_expect_out(&result, "5EC2E700");
			run_free(&result);
		}
	run_words(&result, home, "journal", "show", "s1");
	run_expect_out(&result, "\n     word 40  CHIP_CERT\n       before     00000000, no lock\n"
				"       asked      masked, ");
	run_expect_out(&result, "\n       result     as planned\n");
	run_free(&result);
	run_words(&result, home, "journal", "list", "--csv");
	run_expect_out(&result, "entry,class,time,board,pass,verdict,end,word,name,before,asked,"
				"asked status,found,found status,word verdict\ns1,simulated,");
	run_expect_out(&result, ",values,VERIFIED,,40,CHIP_CERT,0x00000000,masked,0x80000000,"
				"masked,0x00000000,as planned\n");
	run_free(&result);
	run_words(&result, home, "journal", "show", "s1", "--json");
	json_t *records = json_loads(result.out, 0, NULL);
	assert_int_equal(json_array_size(records), 2); /* an intent and its outcome */
	json_decref(records);
	run_free(&result);
	run_words(&result, home, "journal", "show", "1");
	run_expect_exit(&result, 2);
	run_expect_err(&result, "the journal has no entry '1'");
	run_free(&result);
	run_words(&result, home, "journal", "show", "2", "--json");
	run_expect_exit(&result, 2);
	run_free(&result);
	run_words(&result, home, "journal", "show");
	run_expect_exit(&result, 2);
	run_expect_err(&result, "needs an entry");
	run_free(&result);
	run_words(&result, home, "journal", "list", "s1");
	run_expect_exit(&result, 2);
	run_free(&result);
}

/* --- verify, request, close, reset --------------------------------------------------------------
 */

static void test_verify(void **state)
{
	struct run_home *home = *state;
	struct run_result result;
	char fingerprint[17];
	run_words(&result, home, "verify", "p.plan", "--on", "demo");
	run_expect_exit(&result, 1);
	run_expect_out(&result, "word 70");
	run_expect_out(&result, "NOT THERE");
	run_free(&result);
	preview(fingerprint, home, "p.plan", "demo");
	run_words(&result, home, "apply", "p.plan", "--on", "demo", "--confirm", fingerprint);
	run_expect_exit(&result, 0);
	run_free(&result);
	/* The snapshot is no matter of verify, the board is. */
	run_write_text(home, "old.plan",
		"snapshot 00000000000000000000000000000000\nwrite word=70 value=0x12345678 lock\n");
	run_words(&result, home, "verify", "old.plan", "--on", "demo");
	run_expect_exit(&result, 0);
	run_expect_out(&result, "as asked");
	run_free(&result);
	run_write_text(home, "other.plan",
		"board 00410032-33385116-34383331\nwrite word=70 value=0x12345678\n");
	run_words(&result, home, "verify", "other.plan", "--on", "demo");
	run_expect_exit(&result, 4);
	run_free(&result);
}

static void test_verify_keeps_a_secret(void **state)
{
	struct run_home *home = *state;
	struct run_result result;
	unsigned char image[776] = {2};
	image[8 + 8 * 32] = 0xAD; /* word 32 holds a secret of the chip's maker */
	image[8 + 8 * 32 + 1] = 0xDE;
	run_write_file(home, "board.bin", image, sizeof image);
	run_write_text(home, "secret.plan", "write word=32 value=0x0000FFFF\n");
	run_words(
		&result, home, "verify", "secret.plan", "--on", "board.bin", "--chip", "stm32mp15");
	run_expect_exit(&result, 1);
	run_expect_out(&result, "NOT THERE");
	run_expect_no_out(&result, "DEAD");
	run_free(&result);
	run_words(&result, home, "verify", "secret.plan", "--on", "board.bin", "--chip",
		"stm32mp15", "--reveal");
	run_expect_out(&result, "holds 0000DEAD instead of 0000FFFF");
	run_free(&result);
}

/* An image whose word 80 has a lock bit, and bit 26: the lock state could not be read. */
static void test_verify_of_unreadable_locks(void **state)
{
	struct run_home *home = *state;
	struct run_result result;
	unsigned char image[776] = {2};
	image[8 + 8 * 80 + 7] = 0x40;
	run_write_file(home, "board.bin", image, sizeof image);
	run_write_text(home, "lock.plan", "lock word=80\n");
	run_words(&result, home, "verify", "lock.plan", "--on", "board.bin");
	run_expect_exit(&result, 0);
	run_free(&result);
	image[8 + 8 * 80 + 7] = 0x44;
	run_write_file(home, "board.bin", image, sizeof image);
	run_words(&result, home, "verify", "lock.plan", "--on", "board.bin");
	run_expect_exit(&result, 1);
	run_expect_out(&result, "its locks cannot be read");
	run_free(&result);
}

/* 776 bytes of zeros but for the version and one word: value at 8 + 8 * 70, status after it. */
static void expect_request(
	const struct run_home *home, const char *name, const char value[4], const char status[4])
{
	char wanted[776] = {2};
	memcpy(wanted + 568, value, 4);
	memcpy(wanted + 572, status, 4);
	size_t length;
	char *bytes = run_read_file(&length, home, name);
	assert_int_equal(length, 776);
	assert_memory_equal(bytes, wanted, 776);
	free(bytes);
}

static void test_request(void **state)
{
	struct run_home *home = *state;
	struct run_result result;
	char fingerprint[17];
	preview(fingerprint, home, "p.plan", "demo");
	run_words(&result, home, "request", "p.plan", "--on", "demo", "-o", "out.bin");
	run_expect_exit(&result, 4);
	run_free(&result);
	assert_int_not_equal(access(run_path(home, "out.bin.values"), F_OK), 0);
	run_words(&result, home, "request", "p.plan", "--on", "demo", "--confirm", fingerprint,
		"-o", "out.bin");
	run_expect_exit(&result, 0);
	run_free(&result);
	expect_request(home, "out.bin.values", "\x78\x56\x34\x12", "\0\0\0\x80");
	expect_request(home, "out.bin.locks", "\0\0\0\0", "\0\0\0\xC0");
	assert_int_not_equal(access(run_path(home, "out.bin"), F_OK), 0);
	expect_word(home, "demo", 70, "0x00000000", "0x00000000");
	run_words(&result, home, "check", "out.bin.values", "--on", "demo");
	run_expect_exit(&result, 0);
	run_free(&result);

	run_write_text(home, "one.plan", "write word=70 value=0x12345678\n");
	preview(fingerprint, home, "one.plan", "demo");
	run_words(&result, home, "request", "one.plan", "--on", "demo", "--confirm", fingerprint,
		"-o", "one.bin");
	run_expect_exit(&result, 0);
	run_free(&result);
	expect_request(home, "one.bin", "\x78\x56\x34\x12", "\0\0\0\x80");

	/* Word 4 is the anti-rollback counter: life cycle. */
	run_write_text(home, "life.plan", "write word=4 value=1\n");
	run_words(&result, home, "request", "life.plan", "--on", "demo", "-o", "life.bin");
	run_expect_exit(&result, 4);
	run_expect_err(&result, "life-cycle");
	run_free(&result);
	assert_int_not_equal(access(run_path(home, "life.bin"), F_OK), 0);
}

static void test_close(void **state)
{
	struct run_home *home = *state;
	struct run_result result;
	run_words(&result, home, "close", "demo", "--confirm", "0123456789abcdef");
	run_expect_exit(&result, 4);
	run_expect_out(&result, "[yes] the part has secure boot");
	run_expect_out(&result, "[NO ] word 27 of the public key hash is empty");
	run_expect_out(&result, "[no ] word 26 of the public key hash is not locked");
	run_expect_out(&result, "CFG0");
	run_expect_err(&result, "'close-without-key'");
	run_free(&result);
	/* With a whole key hash it is still no matter for a script. */
	run_write_text(
		home, "key.plan", "write word=24-31 value=0xA5A5A5A5\nlock word=24-31\nclose\n");
	run_words(&result, home, "apply", "key.plan", "--on", "demo:blank", "--confirm",
		"0123456789abcdef");
	run_expect_exit(&result, 4);
	run_expect_err(&result, "terminal");
	run_free(&result);
}

static void test_reset(void **state)
{
	struct run_home *home = *state;
	struct run_result result;
	run_words(&result, home, "reset", "demo");
	run_expect_exit(&result, 0);
	run_expect_out(&result, "00410032-33385116-34383330");
	run_free(&result);
	run_words(&result, home, "reset", FIXTURE);
	run_expect_exit(&result, 2);
	run_free(&result);
}

static void test_fresh(void **state)
{
	struct run_home *home = *state;
	struct run_result result;
	char fingerprint[17];
	preview(fingerprint, home, "p.plan", "demo");
	run_words(&result, home, "apply", "p.plan", "--on", "demo", "--confirm", fingerprint);
	run_expect_exit(&result, 0);
	run_free(&result);
	run_words(&result, home, "verify", "p.plan", "--on", "demo", "--fresh");
	run_expect_exit(&result, 1);
	run_free(&result);
	expect_word(home, "demo", 70, "0x00000000", "0x00000000");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_preview, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_refused_plan, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_apply, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			test_locks_that_wait_for_the_reset, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_wrong_fingerprint, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_dangerous, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			test_preview_that_cannot_be_shown, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			test_report_that_cannot_be_shown, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_state_folder_in_the_way, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_write_without_confirmation, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_fwrite, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_journal_masks_secrets, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_verify, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_verify_keeps_a_secret, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_verify_of_unreadable_locks, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_request, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_close, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_reset, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_fresh, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
