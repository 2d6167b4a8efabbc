/*
 * Guided operations without a screen: their questions, the line each comes to, and what is refused.
 * Where words lie is of the vendor's pages: MAC from 57 and the board's number in 59 (STM32MP15) or
 * 60 (STM32MP13), two addresses in three words on all but the STM32MP15.
 */
#include "src/wizard.h"

#include "src/closing_check.h"
#include "src/grammar.h"
#include "src/store.h"
#include "src/word_status.h"
#include "tests/support/scene.h"
#include "tests/support/scratch.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct session *session;
static struct wizard_run run;
static char folder[SCRATCH_MAX];

/* An empty board of the family, as its service shows it. */
static void use_family(const char *name, enum peer peer)
{
	struct scene *scene = scene_builtin(name, peer);
	if (session)
		chip_free(session->chip);
	free(session);
	session = calloc(1, sizeof *session);
	assert_non_null(session);
	session->image = scene->image;
	session->has_image = true;
	session->chip = scene->chip;
	session->info.peer = peer;
	snprintf(session->board, sizeof session->board, "00410032-33385116-34383330");
	scene->chip = NULL;
	scene_free(scene);
}

static int set_up(void **state)
{
	(void)state;
	scratch_make(folder);
	use_family("stm32mp15", PEER_UBOOT);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	chip_free(session->chip);
	free(session);
	session = NULL;
	scratch_remove(folder);
	return 0;
}

static const struct wizard *wizard_named(const char *name)
{
	const struct wizard *wizard;
	for (size_t i = 0; (wizard = wizard_at(i)) != NULL; i++)
		if (strcmp(wizard->name, name) == 0)
			return wizard;
	fail_msg("no wizard '%s'", name);
	return NULL;
}

static void begins(const char *name, unsigned word)
{
	struct errbuf err = {0};
	if (wizard_begin(&run, wizard_named(name), session, word, &err) != OK)
		fail_msg("%s", err.text);
}

static void answers(const char *text)
{
	struct errbuf err = {0};
	if (wizard_answer(&run, session, text, &err) != OK)
		fail_msg("'%s': %s", text, err.text);
}

/* The answer is not taken, for a reason that holds `part`, and the question stays. */
static void refuses(const char *text, const char *part)
{
	struct errbuf err = {0};
	size_t step = run.step;
	assert_int_not_equal(wizard_answer(&run, session, text, &err), OK);
	if (!strstr(err.text, part))
		fail_msg("'%s' is not in: %s", part, err.text);
	assert_int_equal(run.step, step);
}

static void expect_question(const char *part)
{
	struct wizard_question question;
	if (!wizard_question(&question, &run, session))
		fail_msg("all is answered before '%s'", part);
	if (!strstr(question.title, part))
		fail_msg("'%s' is not in: %s", part, question.title);
}

static void expect_line(bool lock, const char *line)
{
	struct wizard_question question;
	struct errbuf err = {0};
	char made[WIZARD_LINE_MAX];
	assert_false(wizard_question(&question, &run, session));
	if (wizard_line(made, &run, session, lock, &err) != OK)
		fail_msg("%s", err.text);
	assert_string_equal(made, line);
}

static struct edits edits_of(bool lock)
{
	struct edits edits;
	struct errbuf err = {0};
	if (wizard_edits(&edits, &run, session, lock, &err) != OK)
		fail_msg("%s", err.text);
	return edits;
}

static const char *put_file(const char *name, const void *bytes, size_t length)
{
	static char path[SCRATCH_MAX + 64];
	struct errbuf err = {0};
	snprintf(path, sizeof path, "%s/%s", folder, name);
	assert_int_equal(store_save(path, bytes, length, &err), OK);
	return path;
}

/* --- one by one --- */

static void test_lock_takes_the_word_looked_at(void **state)
{
	(void)state;
	session->image.status[71] = WORD_STATUS_PERMANENT;
	begins("lock", 70);
	refuses("96", "there is no word 96: the last one is 95");
	refuses("71", "locked for ever already");
	refuses("seventy", "not a number");
	refuses("070", "hex or decimal");
	answers("");
	expect_line(true, "lock word=70");
	/* The operation is the lock: there is no choice about it. */
	expect_line(false, "lock word=70");
	struct edits edits = edits_of(false);
	assert_int_equal(edits_count(&edits), 1);
	assert_false(edits.word[70].sets_value);
	assert_int_equal(edits.word[70].locks, WORD_STATUS_PERMANENT);
}

static void test_no_word_of_the_life_cycle_is_suggested(void **state)
{
	struct wizard_question question;
	(void)state;
	begins("lock", 0);
	assert_true(wizard_question(&question, &run, session));
	assert_string_equal(question.suggestion, "");
	refuses("", "type the number of a word");
	session->image.status[70] = WORD_STATUS_STICKY_READ;
	begins("write-lock", 70);
	refuses("", "type the number of a word");
}

static void test_write_and_lock(void **state)
{
	(void)state;
	begins("write-lock", 70);
	answers("0x46");
	refuses("", "hex digits");
	refuses("123456789", "hex digits");
	refuses("12 34", "hex digits");
	refuses("0x", "hex digits");
	answers("a042");
	expect_line(false, "write word=70 value=0x0000A042 lock");
	struct edits edits = edits_of(false);
	assert_int_equal(edits.word[70].value, 0xA042);
	assert_int_equal(edits.word[70].locks, WORD_STATUS_PERMANENT);
}

static void test_going_back_keeps_what_was_answered(void **state)
{
	(void)state;
	begins("write-lock", 70);
	answers("72");
	answers("1");
	assert_true(wizard_back(&run, session));
	expect_question("Which value");
	assert_string_equal(run.answers[1], "1");
	assert_true(wizard_back(&run, session));
	expect_question("Which word");
	assert_string_equal(run.answers[0], "72");
	assert_false(wizard_back(&run, session));
	answers("73");
	answers("2");
	expect_line(true, "write word=73 value=0x00000002 lock");
}

static void test_one_address_on_mp15(void **state)
{
	(void)state;
	begins("mac", 0);
	refuses("", "type an address");
	refuses("01:80:e1:42:48:e4", "group address");
	refuses("00:80:e1:42:48", "not an address");
	refuses("00:80:e1:42:48:e4,00:80:e1:42:48:e5", "one address at a time");
	answers("00-80-e1-42-48-e4");
	expect_line(false, "write word=57 value=mac:00-80-e1-42-48-e4");
	expect_line(true, "write word=57 value=mac:00-80-e1-42-48-e4 lock");
	struct edits edits = edits_of(true);
	assert_int_equal(edits_count(&edits), 2);
	assert_int_equal(edits.word[57].value, 0x42E18000);
	assert_int_equal(edits.word[58].value, 0x0000E448);
	assert_int_equal(edits.word[58].locks, WORD_STATUS_PERMANENT);
}

static void test_two_addresses_on_mp13(void **state)
{
	(void)state;
	use_family("stm32mp13", PEER_UBOOT);
	begins("mac", 0);
	answers("00:80:e1:42:48:e4");
	expect_question("second");
	answers("00:80:e1:42:48:e5");
	expect_line(false, "write word=57 value=mac:00:80:e1:42:48:e4,00:80:e1:42:48:e5");
	struct edits edits = edits_of(false);
	assert_int_equal(edits_count(&edits), 3);
	assert_int_equal(edits.word[57].value, 0x42E18000);
	assert_int_equal(edits.word[58].value, 0x8000E448);
	assert_int_equal(edits.word[59].value, 0xE54842E1);
	assert_true(wizard_back(&run, session));
	answers("");
	expect_line(false, "write word=57 value=mac:00:80:e1:42:48:e4");
}

static void test_board_number(void **state)
{
	(void)state;
	begins("board-id", 0);
	answers("st");
	refuses("12", "four digits");
	refuses("12A2", "four digits");
	refuses("0000", "no board");
	answers("MB1272");
	refuses("16", "at most 15");
	answers("2");
	refuses("P", "A to O");
	refuses("AB", "A to O");
	answers("c");
	answers("0");
	answers("1");
	expect_line(false, "write word=59 value=0x12722301");
	begins("board-id", 0);
	answers("hex");
	expect_question("Which number?");
	answers("cafe");
	expect_line(true, "write word=59 value=0x0000CAFE lock");
	/* One question back is the coding, not one that was never asked. */
	assert_true(wizard_back(&run, session));
	assert_true(wizard_back(&run, session));
	expect_question("How is the number coded?");
	answers("st");
	expect_question("Which board?");
}

static void test_text(void **state)
{
	struct wizard_question question;
	(void)state;
	/* Words 60 to 63 may hold a secret of OP-TEE's, word 64 is taken. */
	session->image.value[64] = 1;
	begins("text", 9);
	assert_true(wizard_question(&question, &run, session));
	assert_string_equal(question.suggestion, "65");
	refuses("9", "no customer word");
	answers("94");
	refuses("", "type the text");
	refuses("\"8\"", "cannot be taken");
	refuses("nine byte", "word 96");
	/* No answer can end its value and ask for more. */
	refuses("a\" lock word=9 \"", "cannot be taken");
	answers("8 bytes!");
	expect_line(true, "write word=94 \"value=text:8 bytes!\" lock");
	struct edits edits = edits_of(true);
	assert_int_equal(edits.word[94].value, 0x79622038);
	assert_int_equal(edits.word[95].value, 0x21736574);
}

/* --- keys --- */

static void test_hash_file(void **state)
{
	uint8_t hash[32];
	char line[WIZARD_LINE_MAX];
	(void)state;
	for (unsigned i = 0; i < 32; i++)
		hash[i] = (uint8_t)(0x10 + i);
	const char *path = put_file("h a s h.bin", hash, sizeof hash);
	begins("key-hash", 0);
	expect_question("What do you have?");
	answers("keyhash");
	refuses("", "file's name");
	refuses("nowhere.bin", "'nowhere.bin'");
	refuses("x\" word=9 \"value=1", "cannot be taken");
	answers(path);
	snprintf(line, sizeof line, "write word=24 \"value=keyhash:%s\" lock", path);
	expect_line(true, line);
	struct edits edits = edits_of(true);
	assert_int_equal(edits_count(&edits), 8);
	assert_int_equal(edits.word[24].value, 0x10111213);
	assert_int_equal(edits.word[31].value, 0x2C2D2E2F);
}

/* A file that is no key is told at its question, not at the end. */
static void test_file_that_is_no_key(void **state)
{
	(void)state;
	begins("key-hash", 0);
	answers("pem");
	refuses(put_file("x.pem", "no key", 6), "no PEM public key");
	begins("key-hash", 0);
	answers("keyhash");
	refuses(put_file("short.bin", "no hash", 7), "has 7 bytes");
}

static void test_hashes_of_mp25(void **state)
{
	struct wizard_question question;
	uint8_t hash[32] = {1};
	(void)state;
	use_family("stm32mp25", PEER_UBOOT);
	begins("key-hash", 0);
	assert_true(wizard_question(&question, &run, session));
	assert_string_equal(question.choices[0].answer, "144");
	assert_string_equal(question.choices[1].answer, "152");
	refuses("145", "none of the choices");
	answers("152");
	/* What this family hashes is not published: only the tool's own file is asked for. */
	expect_question("Which file?");
	answers(put_file("hash.bin", hash, sizeof hash));
	struct edits edits = edits_of(false);
	assert_int_equal(edits.word[152].value, 0x01000000);
	assert_true(edits.word[159].sets_value);
	assert_int_equal(edits_count(&edits), 8);
}

static void test_eight_keys_of_mp13(void **state)
{
	char heard[200];
	struct errbuf err = {0};
	(void)state;
	use_family("stm32mp13", PEER_UBOOT);
	begins("key-hash", 0);
	answers("pem");
	assert_int_equal(wizard_hear(heard, sizeof heard, &run, session, "a,b,c", &err), OK);
	assert_string_equal(heard, "3 of eight files");
	refuses("a,b,c", "a table of 8 keys");
}

/* --- closing --- */

static void test_close(void **state)
{
	(void)state;
	begins("close", 0);
	expect_line(true, "close");
	struct edits edits = edits_of(true);
	assert_int_equal(edits_count(&edits), 1);
	assert_true(edits.word[0].closes);
	assert_int_equal(edits.word[0].value, 0x40);
	assert_int_equal(edits.word[0].locks, 0);
}

static const struct closing_check *check_with(
	const struct closing_check checks[], size_t count, const char *part)
{
	for (size_t i = 0; i < count; i++)
		if (strstr(checks[i].text, part))
			return &checks[i];
	fail_msg("no condition says '%s'", part);
	return NULL;
}

static size_t checks_of(struct closing_check out[CLOSING_CHECKS_MAX], struct plan **plan)
{
	struct edits edits = edits_of(false);
	struct errbuf err = {0};
	assert_int_equal(session_plan(plan, session, &edits, &err), OK);
	return closing_checks(out, *plan);
}

static void test_conditions_of_closing(void **state)
{
	struct closing_check checks[CLOSING_CHECKS_MAX];
	struct plan *plan;
	(void)state;
	session->image.value[1] = 0x81; /* STM32MP157D: U-Boot sys_proto.h */
	begins("close", 0);
	size_t count = checks_of(checks, &plan);
	assert_int_equal(check_with(checks, count, "word 24 of the")->state, CLOSING_REFUSED);
	assert_int_equal(check_with(checks, count, "is not locked")->state, CLOSING_WARNS);
	assert_int_equal(check_with(checks, count, "still open")->state, CLOSING_HOLDS);
	assert_int_equal(check_with(checks, count, "nobody but you")->state, CLOSING_UNTOLD);
	assert_int_equal(check_with(checks, count, "secure boot")->state, CLOSING_REFUSED);
	assert_false(closing_is_allowed(checks, count));
	plan_free(plan);
	for (unsigned word = 24; word <= 31; word++) {
		session->image.value[word] = word;
		session->image.status[word] = WORD_STATUS_PERMANENT;
	}
	session->image.value[1] = 0; /* STM32MP157C: U-Boot sys_proto.h */
	count = checks_of(checks, &plan);
	assert_int_equal(check_with(checks, count, "every word of it")->state, CLOSING_HOLDS);
	assert_int_equal(check_with(checks, count, "is locked")->state, CLOSING_HOLDS);
	assert_int_equal(check_with(checks, count, "has secure boot")->state, CLOSING_HOLDS);
	assert_true(closing_is_allowed(checks, count));
	plan_free(plan);
}

/* --- chips that lack something --- */

static void test_what_an_unknown_chip_lacks(void **state)
{
	static const char *const lacking[] = {"mac", "key-hash", "board-id", "text", "close"};
	struct errbuf err = {0};
	(void)state;
	chip_free(session->chip);
	assert_int_equal(chip_plain(&session->chip, 96, &err), OK);
	for (size_t i = 0; i < sizeof lacking / sizeof *lacking; i++) {
		err = (struct errbuf){0};
		assert_int_equal(wizard_begin(&run, wizard_named(lacking[i]), session, 0, &err),
			ERR_REFUSED);
		assert_non_null(strstr(err.text, "not known"));
	}
	begins("lock", 0);
}

static void expect_refused(const char *name, const char *part)
{
	struct errbuf err = {0};
	assert_int_equal(wizard_begin(&run, wizard_named(name), session, 0, &err), ERR_REFUSED);
	if (!strstr(err.text, part))
		fail_msg("'%s' is not in: %s", part, err.text);
}

/* Told before anything is typed. */
static void test_what_was_written_already(void **state)
{
	struct wizard_question question;
	(void)state;
	session->image.value[58] = 1;
	expect_refused("mac", "word 58 of MAC holds a value already");
	session->image.status[59] = WORD_STATUS_PERMANENT;
	expect_refused("board-id", "word 59 of BOARD_ID is locked for ever");
	/* Words 24 to 31 take single bits at any time. */
	session->image.value[24] = 1;
	begins("key-hash", 0);
	session->image.status[31] = WORD_STATUS_PERMANENT;
	expect_refused("key-hash", "word 31 of PKH is locked for ever");
	use_family("stm32mp25", PEER_UBOOT);
	session->image.status[150] = WORD_STATUS_PERMANENT;
	begins("key-hash", 0);
	assert_true(wizard_question(&question, &run, session));
	assert_non_null(strstr(question.choices[0].text, "taken already"));
	assert_null(strstr(question.choices[1].text, "taken already"));
}

/* Every family has all of them, and each is named once. */
static void test_every_family_offers_all(void **state)
{
	static const char *const families[] = {
		"stm32mp13", "stm32mp15", "stm32mp21", "stm32mp23", "stm32mp25"};
	const struct wizard *wizard;
	(void)state;
	for (size_t f = 0; f < sizeof families / sizeof *families; f++) {
		use_family(families[f], PEER_PRGFW);
		for (size_t i = 0; (wizard = wizard_at(i)) != NULL; i++) {
			begins(wizard->name, 0);
			assert_ptr_equal(wizard_named(wizard->name), wizard);
		}
	}
}

/* --- beside what is staged --- */

static void test_merge(void **state)
{
	struct edits staged = {0}, more = {0}, before;
	struct errbuf err = {0};
	(void)state;
	staged.word[70] = (struct edit){.sets_value = true, .value = 1};
	more.word[70] = (struct edit){.sets_value = true, .value = 1, .locks = 1u << 30};
	more.word[71] = (struct edit){.locks = 1u << 30};
	assert_int_equal(wizard_merge(&staged, &more, &err), OK);
	assert_int_equal(staged.word[70].value, 1);
	assert_int_equal(staged.word[70].locks, 1u << 30);
	assert_int_equal(staged.word[71].locks, 1u << 30);
	before = staged;
	more.word[70].value = 2;
	more.word[72].locks = 1u << 30;
	assert_int_equal(wizard_merge(&staged, &more, &err), ERR_REFUSED);
	assert_non_null(strstr(err.text, "word 70"));
	assert_memory_equal(&staged, &before, sizeof staged);
	/* A close bit and a value of the same number are not the same. */
	more = (struct edits){0};
	more.word[70] = (struct edit){.sets_value = true, .closes = true, .value = 1};
	err = (struct errbuf){0};
	assert_int_equal(wizard_merge(&staged, &more, &err), ERR_REFUSED);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_lock_takes_the_word_looked_at),
		TEST(test_no_word_of_the_life_cycle_is_suggested),
		TEST(test_write_and_lock),
		TEST(test_going_back_keeps_what_was_answered),
		TEST(test_one_address_on_mp15),
		TEST(test_two_addresses_on_mp13),
		TEST(test_board_number),
		TEST(test_text),
		TEST(test_hash_file),
		TEST(test_file_that_is_no_key),
		TEST(test_hashes_of_mp25),
		TEST(test_eight_keys_of_mp13),
		TEST(test_close),
		TEST(test_conditions_of_closing),
		TEST(test_what_an_unknown_chip_lacks),
		TEST(test_what_was_written_already),
		TEST(test_every_family_offers_all),
		TEST(test_merge),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
