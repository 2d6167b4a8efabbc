/*
 * Each guided operation by keys alone, on the blank built-in board: what it burnt is looked at with
 * "show --json", and for closing in the simulated fuses themselves. The board is an STM32MP157C
 * whose unique id ends in 4C415445; its words 57 to 95 are empty.
 */
#include "tests/support/run_program.h"
#include "tests/support/terminal.h"
#include "tests/support/typist.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BOARD "demo:blank"

/* RFC 6979 A.2.5; the hash was worked out with another program from the coordinates there. */
static const char p256_key[] = "-----BEGIN PUBLIC KEY-----\n"
			       "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEYP7UuiVanTHJYet0xjVtaMBJuJI7\n"
			       "Yfps5mliLmDyn7Z5A/4QCLi8maQa6elWKLxk8vGyDC1+n1F3o8KU1EYimQ==\n"
			       "-----END PUBLIC KEY-----\n";
/* The generator of RFC 5639's brainpoolP256t1. */
static const char t1_key[] = "-----BEGIN PUBLIC KEY-----\n"
			     "MFowFAYHKoZIzj0CAQYJKyQDAwIIAQEIA0IABKPo6zzBz+e3cyITsjplYUmvoULE\n"
			     "eq+8K3mhkVYuEwX0LZlsgjQ5xW1/eyLhRkRBfmm8tt450CcAHavo81slyb4=\n"
			     "-----END PUBLIC KEY-----\n";
static const char *const p256_hash[8] = {"0xD6C23E27", "0x44A840CB", "0x3A5A14B6", "0x554CCE7C",
	"0x070057C4", "0xE3298CB9", "0x3577DE68", "0x7EECE659"};

struct fixture {
	struct run_home home;
	struct terminal *terminal;
};

static int set_up(void **state)
{
	static struct fixture fixture;
	fixture = (struct fixture){0};
	run_home_make(&fixture.home);
	*state = &fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;
	terminal_free(fixture->terminal);
	run_home_remove(&fixture->home);
	return 0;
}

/* --- steps --- */

static struct terminal *opens(
	struct fixture *f, const char *source, unsigned columns, unsigned rows)
{
	const char *const argv[] = {OTPEDIT_PROGRAM, source, NULL};
	struct terminal_options options = {
		.columns = columns, .rows = rows, .folder = f->home.folder};
	terminal_free(f->terminal);
	f->terminal = terminal_start(&options, argv);
	terminal_expect_row(f->terminal, 0, "READ-ONLY");
	return f->terminal;
}

static struct terminal *begins_on(struct fixture *f, const char *source, const char *operation)
{
	struct terminal *t = opens(f, source, 80, 24);
	char chosen[80];
	snprintf(chosen, sizeof chosen, "> %s", operation);
	terminal_type(t, "g");
	terminal_expect(t, "What shall be done?");
	for (int i = 0; i < 10 && !terminal_shows(t, chosen); i++)
		terminal_key(t, TERMINAL_DOWN);
	terminal_expect(t, chosen);
	terminal_key(t, TERMINAL_ENTER);
	return t;
}

static struct terminal *begins(struct fixture *f, const char *operation)
{
	return begins_on(f, BOARD, operation);
}

static void answers(struct terminal *t, const char *question, const char *answer)
{
	terminal_expect(t, question);
	terminal_type(t, answer);
	terminal_key(t, TERMINAL_ENTER);
}

/* What can be made good is chosen at first; the lock is a choice of its own. */
static void locks_it_too(struct terminal *t)
{
	terminal_expect(t, "> write it, and leave it unlocked");
	terminal_key(t, TERMINAL_DOWN);
	terminal_expect(t, "> write it, and lock it for ever");
}

/* From the last screen to the end of the commit. `warnings`: how many are to be acknowledged. */
static void burns(struct terminal *t, unsigned warnings, const char *phrase, const char *verdict)
{
	terminal_expect(t, "This is what it comes to");
	terminal_key(t, TERMINAL_ENTER);
	terminal_expect(t, "Fingerprint");
	for (int page = 0; page < 60 && !terminal_shows(t, "is read-only: a arms"); page++)
		terminal_key(t, TERMINAL_PAGE_DOWN);
	terminal_type(t, "a");
	terminal_expect_row(t, 0, "ARMED");
	terminal_type(t, "c");
	terminal_expect(t, "nothing is burnt yet");
	const char *next = warnings > 0 ? "Acknowledge each warning" : "To burn, type exactly";
	for (int page = 0; page < 60 && !terminal_shows(t, next); page++)
		terminal_key(t, TERMINAL_PAGE_DOWN);
	terminal_expect(t, next);
	for (unsigned i = 1; i <= warnings; i++) {
		char number[2] = {(char)('0' + i), '\0'};
		terminal_type(t, number);
	}
	terminal_expect(t, "To burn, type exactly");
	terminal_expect(t, phrase);
	typist_confirm(t, phrase);
	terminal_expect(t, verdict);
	terminal_key(t, TERMINAL_ESCAPE);
	terminal_expect_row(t, 0, "READ-ONLY");
}

static void leaves(struct fixture *f)
{
	terminal_type(f->terminal, "q");
	assert_int_equal(terminal_wait_exit(f->terminal), 0);
}

/* --- what is on the board --- */

static json_t *shows_json_of(struct fixture *f, const char *source)
{
	struct run_result result;
	json_error_t error;
	run_words(&result, &f->home, "show", source, "--json");
	run_expect_exit(&result, 0);
	json_t *root = json_loads(result.out, 0, &error);
	run_free(&result);
	assert_non_null(root);
	return root;
}

static json_t *shows_json(struct fixture *f)
{
	return shows_json_of(f, BOARD);
}

static void assert_word(json_t *root, unsigned word, const char *value, bool locked)
{
	json_t *entry, *lock;
	size_t i, l;
	json_array_foreach(json_object_get(root, "words"), i, entry)
	{
		bool found = false;
		if (json_integer_value(json_object_get(entry, "id")) != word)
			continue;
		assert_string_equal(json_string_value(json_object_get(entry, "value")), value);
		json_array_foreach(json_object_get(entry, "locks"), l, lock) found |=
			strcmp(json_string_value(lock), "permanent") == 0;
		assert_int_equal(found, locked);
		return;
	}
	fail_msg("no word %u", word);
}

static void assert_one(struct fixture *f, unsigned word, const char *value, bool locked)
{
	json_t *root = shows_json(f);
	assert_word(root, word, value, locked);
	json_decref(root);
}

/* The line of a word in what the simulated board keeps: its fuses, and L where locked. */
static void assert_fuses(struct fixture *f, const char *board, const char *line)
{
	size_t length;
	char path[128];
	snprintf(path, sizeof path, "state/otpedit/simulated/boards/%s/fuses", board);
	char *text = run_read_file(&length, &f->home, path);
	if (!strstr(text, line))
		fail_msg("no '%s' in: %s", line, text);
	free(text);
}

/* --- the operations --- */

static void test_lock(void **state)
{
	struct fixture *f = *state;
	struct terminal *t = begins(f, "lock one word");
	answers(t, "Which word?", "70");
	/* An empty word: frozen for ever, and the preview asks for a yes to that. */
	terminal_expect(t, "lock word=70");
	burns(t, 1, "burn 70 on 5445", "VERIFIED");
	leaves(f);
	assert_one(f, 70, "0x00000000", true);
}

static void test_write_and_lock(void **state)
{
	struct fixture *f = *state;
	struct terminal *t = begins(f, "write and lock one word");
	answers(t, "Which word?", "0x46");
	answers(t, "Which value", "0xa042");
	terminal_expect(t, "070 USER              00000000  -> 0000A042 + permanent lock");
	burns(t, 0, "burn 70 on 5445", "VERIFIED");
	leaves(f);
	assert_one(f, 70, "0x0000A042", true);
}

static void test_mac(void **state)
{
	struct fixture *f = *state;
	struct terminal *t = begins(f, "MAC address");
	answers(t, "Which address?", "00:80:E1:42:48:E4");
	locks_it_too(t);
	burns(t, 0, "burn 57-58 on 5445", "VERIFIED");
	leaves(f);
	json_t *root = shows_json(f);
	assert_word(root, 57, "0x42E18000", true);
	assert_word(root, 58, "0x0000E448", true);
	json_decref(root);
}

/* Closed, and powered up anew: nobody offers its OTP any more. */
static void is_closed_after_the_reset(struct fixture *f, const char *source)
{
	struct terminal *t = f->terminal;
	struct run_result result;
	terminal_type(t, "B");
	terminal_expect(t, "offers no OTP partition any more");
	terminal_signal(t, SIGTERM);
	terminal_wait_exit(t);
	run_words(&result, &f->home, "show", source);
	run_expect_exit(&result, 3);
	run_expect_err(&result, "offers no OTP");
	run_free(&result);
}

static void test_key_hash_then_close(void **state)
{
	struct fixture *f = *state;
	run_write_text(&f->home, "my key.pem", p256_key);
	struct terminal *t = begins(f, "hash of the public key");
	terminal_expect(t, "What do you have?");
	terminal_expect(t, "> the public key itself");
	terminal_key(t, TERMINAL_ENTER);
	answers(t, "Which file?", "my key.pem");
	locks_it_too(t);
	terminal_expect(t, "024 PKH[0]            00000000  -> D6C23E27 + permanent lock");
	burns(t, 1, "burn 24-31 on 5445", "VERIFIED");
	leaves(f);
	json_t *root = shows_json(f);
	for (unsigned i = 0; i < 8; i++)
		assert_word(root, 24 + i, p256_hash[i], true);
	json_decref(root);

	t = begins(f, "close the device");
	terminal_expect(t, "[yes] every word of the public key hash is locked");
	terminal_expect(t, "[yes] the part has secure boot");
	terminal_expect(t, "[ ? ] firmware signed with this key");
	/* What word 0 shows is a shadow copy at every boot: only the reset proves it. */
	burns(t, 1, "for ever 4C415445", "UNPROVED");
	is_closed_after_the_reset(f, BOARD);
	/* Bit 6 beside the 17 of the factory. */
	assert_fuses(f, "demo-blank", "word 00 00000057 ");
}

/* Eight keys, of which seven are one and the last another; the hash of their table was worked out
 * with another program. */
static void test_eight_keys_then_close_mp13(void **state)
{
	struct fixture *f = *state;
	static const char source[] = "demo:stm32mp13";
	run_write_text(&f->home, "a", p256_key);
	run_write_text(&f->home, "b", t1_key);
	struct terminal *t = begins_on(f, source, "hash of the public key");
	terminal_expect(t, "> the eight public keys themselves");
	terminal_key(t, TERMINAL_ENTER);
	answers(t, "Which file?", "a,a,a,a,a,a,a,b");
	locks_it_too(t);
	terminal_expect(t, "-> E30E7CE6 + permanent lock");
	burns(t, 1, "burn 24-31 on 5445", "VERIFIED");
	leaves(f);
	json_t *root = shows_json_of(f, source);
	assert_word(root, 24, "0xE30E7CE6", true);
	assert_word(root, 31, "0x11238F6B", true);
	json_decref(root);
	t = begins_on(f, source, "close the device");
	burns(t, 1, "for ever 4C415445", "UNPROVED");
	is_closed_after_the_reset(f, source);
	assert_fuses(f, "demo-stm32mp13", "word 00 0000003F ");
}

/* Three words close it, in one request. */
static void test_hash_file_then_close_mp25(void **state)
{
	struct fixture *f = *state;
	static const char source[] = "demo:stm32mp25";
	uint8_t hash[32];
	for (unsigned i = 0; i < 32; i++)
		hash[i] = (uint8_t)(i + 1);
	run_write_file(&f->home, "hash.bin", hash, sizeof hash);
	struct terminal *t = begins_on(f, source, "hash of the public key");
	terminal_expect(t, "> OEM_KEY1_ROT_HASH, words 144 to 151");
	terminal_key(t, TERMINAL_ENTER);
	answers(t, "Which file?", "hash.bin");
	locks_it_too(t);
	terminal_expect(t, "-> 01020304 + permanent lock");
	burns(t, 1, "burn 144-151 on 5445", "VERIFIED");
	leaves(f);
	json_t *root = shows_json_of(f, source);
	assert_word(root, 144, "0x01020304", true);
	assert_word(root, 151, "0x1D1E1F20", true);
	json_decref(root);
	t = begins_on(f, source, "close the device");
	terminal_expect(t, "[yes] every word of the public key hash is locked");
	burns(t, 3, "for ever 4C415445", "VERIFIED");
	is_closed_after_the_reset(f, source);
	assert_fuses(f, "demo-stm32mp25", "word 08 000000FF ");
	assert_fuses(f, "demo-stm32mp25", "word 18 000000FF ");
	assert_fuses(f, "demo-stm32mp25", "word 124 00100000 ");
}

static void test_hash_file(void **state)
{
	struct fixture *f = *state;
	uint8_t hash[32];
	for (unsigned i = 0; i < 32; i++)
		hash[i] = (uint8_t)(i + 1);
	run_write_file(&f->home, "hash.bin", hash, sizeof hash);
	struct terminal *t = begins(f, "hash of the public key");
	terminal_expect(t, "What do you have?");
	terminal_key(t, TERMINAL_DOWN);
	terminal_expect(t, "> its hash, as the signing tool saves it");
	terminal_key(t, TERMINAL_ENTER);
	answers(t, "Which file?", "none.bin");
	terminal_expect(t, "'none.bin'");
	terminal_expect(t, "Which file?");
	for (int i = 0; i < 8; i++)
		terminal_key(t, TERMINAL_BACKSPACE);
	answers(t, "Which file?", "hash.bin");
	terminal_expect(t, "-> 01020304");
	assert_false(terminal_shows(t, "permanent lock"));
	burns(t, 1, "burn 24-31 on 5445", "VERIFIED");
	leaves(f);
	json_t *root = shows_json(f);
	assert_word(root, 24, "0x01020304", false);
	assert_word(root, 31, "0x1D1E1F20", false);
	json_decref(root);
}

static void test_board_id(void **state)
{
	struct fixture *f = *state;
	struct terminal *t = begins(f, "number of the board");
	terminal_expect(t, "> as ST codes it");
	terminal_key(t, TERMINAL_ENTER);
	answers(t, "Which board?", "1272");
	answers(t, "Which variant, as it is ordered?", "2");
	answers(t, "Which revision?", "c");
	answers(t, "Which variant of the finished good?", "0");
	answers(t, "Which bill of materials?", "1");
	locks_it_too(t);
	burns(t, 0, "burn 59 on 5445", "VERIFIED");
	leaves(f);
	assert_one(f, 59, "0x12722301", true);
}

static void test_text(void **state)
{
	struct fixture *f = *state;
	struct terminal *t = begins(f, "text in customer words");
	answers(t, "From which word on?", "80");
	answers(t, "Which text?", "A 042-7");
	locks_it_too(t);
	terminal_expect(t, "write word=80 \"value=text:A 042-7\" lock");
	burns(t, 0, "burn 80-81 on 5445", "VERIFIED");
	leaves(f);
	json_t *root = shows_json(f);
	assert_word(root, 80, "0x34302041", true);
	assert_word(root, 81, "0x00372D32", true);
	json_decref(root);
}

/* --- instead of burning --- */

static void test_saved_as_a_plan(void **state)
{
	struct fixture *f = *state;
	struct terminal *t = begins(f, "write and lock one word");
	size_t length;
	answers(t, "Which word?", "70");
	answers(t, "Which value", "12345678");
	terminal_expect(t, "This is what it comes to");
	terminal_type(t, "w");
	terminal_expect(t, "saved as otpedit-1.plan");
	for (int i = 0; i < 4; i++)
		terminal_key(t, TERMINAL_ESCAPE);
	terminal_expect(t, "nothing staged");
	leaves(f);
	char *text = run_read_file(&length, &f->home, "otpedit-1.plan");
	assert_non_null(strstr(text, "\nwrite word=70 value=0x12345678 lock\n"));
	free(text);
	assert_one(f, 70, "0x00000000", false);
}

static void test_closing_is_refused_without_a_key(void **state)
{
	struct fixture *f = *state;
	struct terminal *t = begins(f, "close the device");
	terminal_expect(t, "[NO ] word 24 of the public key hash is empty");
	terminal_expect(t, "Write and lock the key hash first");
	terminal_key(t, TERMINAL_ENTER);
	terminal_expect(t, "not staged");
	terminal_expect_gone(t, "Fingerprint");
	terminal_key(t, TERMINAL_ESCAPE);
	terminal_expect(t, "What shall be done?");
	terminal_key(t, TERMINAL_ESCAPE);
	terminal_expect(t, "nothing staged");
	leaves(f);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_lock),
		TEST(test_write_and_lock),
		TEST(test_mac),
		TEST(test_key_hash_then_close),
		TEST(test_eight_keys_then_close_mp13),
		TEST(test_hash_file_then_close_mp25),
		TEST(test_hash_file),
		TEST(test_board_id),
		TEST(test_text),
		TEST(test_saved_as_a_plan),
		TEST(test_closing_is_refused_without_a_key),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
