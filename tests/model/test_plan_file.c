/* Plan files: what they are bound to, what they say when wrong, and that saving loses nothing. */
#include "src/plan_file.h"
#include "src/staging.h"
#include "src/store.h"
#include "src/word_status.h"

#include "tests/support/fixtures.h"
#include "tests/support/scratch.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BOARD "00410032-33385116-34383330"

static struct chip *chip;
static struct image plain;
static char digest[IMAGE_DIGEST_LENGTH + 1];

static int load(void **state)
{
	(void)state;
	chip = fixture_chip();
	fixture_plain(&plain);
	image_digest(digest, &plain);
	return 0;
}

static int unload(void **state)
{
	(void)state;
	chip_free(chip);
	return 0;
}

static void parse(struct plan_file *file, const char *text)
{
	struct errbuf err = {0};
	if (plan_file_parse(file, text, "p", &err) != OK)
		fail_msg("%s", err.text);
}

static void refuse_text(const char *text, const char *message)
{
	struct plan_file file;
	struct errbuf err = {0};
	assert_int_equal(plan_file_parse(&file, text, "p", &err), ERR_USAGE);
	if (!strstr(err.text, message))
		fail_msg("\"%s\" does not say \"%s\"", err.text, message);
	assert_null(file.statements);
	assert_int_equal(file.count, 0);
}

/* Parses and applies on the plain image. */
static enum status edits_of(struct edits *out, const char *text, const char *board,
	bool ignore_snapshot, struct errbuf *err)
{
	struct plan_file file;
	parse(&file, text);
	enum status status = plan_file_edits(out, &file, &plain, chip, board, ignore_snapshot, err);
	plan_file_free(&file);
	return status;
}

static void refuse_edits(
	const char *text, const char *board, enum status expected, const char *message)
{
	struct edits edits = {0}, nothing = {0};
	struct errbuf err = {0};
	assert_int_equal(edits_of(&edits, text, board, false, &err), expected);
	if (!strstr(err.text, message))
		fail_msg("\"%s\" does not say \"%s\"", err.text, message);
	assert_memory_equal(&edits, &nothing, sizeof edits);
}

static void a_plan_is_read_whole(void **state)
{
	(void)state;
	struct plan_file file;
	parse(&file, "# board 42: serial text and lock\n"
		     "chip     stm32mp15\n"
		     "board    " BOARD "    # the one on the left\n"
		     "snapshot 9F2C0011\n"
		     "\n"
		     "write word=70 value=0x42E18000\n"
		     "write word=71 value=text:A042\n"
		     "lock  word=70-71\n"
		     "fwrite word=80 file:serial.bin lock\n"
		     "close");
	assert_string_equal(file.name, "p");
	assert_string_equal(file.chip, "stm32mp15");
	assert_string_equal(file.board, BOARD);
	assert_string_equal(file.snapshot, "9f2c0011");
	assert_int_equal(file.count, 5);
	static const enum verb verbs[] = {
		VERB_WRITE, VERB_WRITE, VERB_LOCK, VERB_FWRITE, VERB_CLOSE};
	for (unsigned i = 0; i < 5; i++) {
		assert_int_equal(file.statements[i].verb, verbs[i]);
		assert_int_equal(file.statements[i].line, 6 + i);
	}
	assert_string_equal(file.statements[1].assignments[0].text, "A042");
	plan_file_free(&file);
}

static void windows_files_are_taken(void **state)
{
	(void)state;
	struct plan_file file;
	parse(&file, "\xEF\xBB\xBF"
		     "chip stm32mp15\r\n\r\nwrite word=70 value=text:A\r\n# end\r\n");
	assert_string_equal(file.chip, "stm32mp15");
	assert_int_equal(file.count, 1);
	assert_int_equal(file.statements[0].line, 3);
	assert_string_equal(file.statements[0].assignments[0].text, "A");
	plan_file_free(&file);
	/* Lines that end in CR alone would be one comment. */
	refuse_text("# one\rwrite word=70 value=1\r", "'p' line 1: there is a control character");
}

static void an_empty_plan_asks_for_nothing(void **state)
{
	(void)state;
	struct edits edits;
	struct errbuf err = {0};
	assert_int_equal(edits_of(&edits, "", BOARD, false, &err), OK);
	assert_int_equal(edits_count(&edits), 0);
}

static void wrong_lines_are_named(void **state)
{
	(void)state;
	refuse_text("chip stm32mp15\n\nburn word=1\n", "'p' line 3: 'burn' is not understood");
	refuse_text("chip stm32mp15\nchip stm32mp15\n", "'p' line 2: a second 'chip' line");
	refuse_text("board " BOARD "\nboard " BOARD "\n", "line 2: a second 'board' line");
	refuse_text("snapshot 00000000\nsnapshot 00000000\n", "line 2: a second 'snapshot' line");
	refuse_text("write word=70 value=1\nlock word=70 value=1\n", "line 2: 'lock' takes no");
}

static void headers_have_one_form(void **state)
{
	(void)state;
	static const char *const boards[] = {"00410032-33385116-3438333",
		"00410032-33385116-343833300", "0041003233385116-34383330", "42",
		"serial:", "00410032_33385116_34383330", "0041003G-33385116-34383330"};
	char text[128];
	for (size_t i = 0; i < sizeof boards / sizeof boards[0]; i++) {
		snprintf(text, sizeof text, "board %s\n", boards[i]);
		refuse_text(text, "is not a board");
	}
	/* An empty name would bind the plan to no board at all. */
	refuse_text("board \"\"\n", "not empty");
	refuse_text("snapshot 0000000\n", "8 to 64 hex digits");
	refuse_text("snapshot 0000000g\n", "8 to 64 hex digits");
	snprintf(text, sizeof text, "snapshot %064d0\n", 0);
	refuse_text(text, "too long for 'snapshot'");
	snprintf(text, sizeof text, "board serial:%057d\n", 0);
	refuse_text(text, "too long for 'board'");
	struct plan_file file;
	parse(&file, "board abcdef01-23456789-abcdef01\n");
	assert_string_equal(file.board, "ABCDEF01-23456789-ABCDEF01");
	plan_file_free(&file);
	parse(&file, "board \"serial:Lab 7 #2\"\n");
	assert_string_equal(file.board, "serial:Lab 7 #2");
	plan_file_free(&file);
}

static void foreign_plans_are_refused(void **state)
{
	(void)state;
	struct edits edits;
	struct errbuf err = {0};
	assert_int_equal(
		edits_of(&edits, "board " BOARD "\nwrite word=70 value=1\n", BOARD, false, &err),
		OK);
	refuse_edits("board " BOARD "\nwrite word=70 value=1\n", "00410032-33385116-34383331",
		ERR_REFUSED, "foreign");
	refuse_edits("board " BOARD "\nwrite word=70 value=1\n", "", ERR_REFUSED,
		"one without identity");
	refuse_edits("board serial:1\nwrite word=70 value=1\n", BOARD, ERR_REFUSED, "foreign");
	refuse_edits("chip stm32mp13\nwrite word=70 value=1\n", BOARD, ERR_REFUSED, "foreign");
	refuse_edits("chip stm32mp1\nwrite word=70 value=1\n", BOARD, ERR_REFUSED, "foreign");
}

static void stale_plans_are_refused(void **state)
{
	(void)state;
	char text[160];
	struct edits edits;
	struct errbuf err = {0};
	snprintf(text, sizeof text, "snapshot %s\nwrite word=70 value=1\n", digest);
	assert_int_equal(edits_of(&edits, text, BOARD, false, &err), OK);
	snprintf(text, sizeof text, "snapshot %.8s\nwrite word=70 value=1\n", digest);
	assert_int_equal(edits_of(&edits, text, BOARD, false, &err), OK);
	/* The last digit differs. */
	snprintf(text, sizeof text, "snapshot %.63s%c\nwrite word=70 value=1\n", digest,
		digest[63] == '0' ? '1' : '0');
	refuse_edits(text, BOARD, ERR_REFUSED, "stale");
	assert_int_equal(edits_of(&edits, text, BOARD, true, &err), OK);
	assert_int_equal(edits.word[70].value, 1);
	/* verify looks past the snapshot, not past the board. */
	strcat(text, "board " BOARD "\n");
	assert_int_equal(
		edits_of(&edits, text, "00410032-33385116-34383331", true, &err), ERR_REFUSED);
}

static void lines_merge_or_name_each_other(void **state)
{
	(void)state;
	struct edits edits;
	struct errbuf err = {0};
	assert_int_equal(
		edits_of(&edits, "lock word=70-71\nwrite word=70 value=5\nwrite word=70 value=5\n",
			BOARD, false, &err),
		OK);
	assert_int_equal(edits.word[70].value, 5);
	assert_int_equal(edits.word[70].locks, WORD_STATUS_PERMANENT);
	assert_false(edits.word[71].sets_value);
	refuse_edits("# x\nwrite word=70 value=5\n\nwrite word=60-71 value=6\n", BOARD, ERR_USAGE,
		"'p' line 4: word 70 gets two different values, in line 2 and in line 4");
	refuse_edits("close\nwrite word=0 value=0x57\n", BOARD, ERR_USAGE,
		"word 0 gets both 'close' and a value, in line 1 and in line 2");
	refuse_edits("lock word=0\nlock word=96\n", BOARD, ERR_USAGE,
		"'p' line 2: there is no word 96: STM32MP15x has words 0 to 95");
}

static void files_with_zero_bytes_or_too_long_are_refused(void **state)
{
	(void)state;
	char folder[SCRATCH_MAX], path[SCRATCH_MAX + 16];
	struct plan_file file;
	struct errbuf err = {0};
	scratch_make(folder);
	snprintf(path, sizeof path, "%s/a.plan", folder);
	static const char zero[] = "lock word=70\n\0write word=71 value=1\n";
	assert_int_equal(store_save(path, zero, sizeof zero - 1, &err), OK);
	assert_int_equal(plan_file_read(&file, path, &err), ERR_USAGE);
	assert_non_null(strstr(err.text, "zero bytes"));
	assert_null(file.statements);

	errbuf_clear(&err);
	char *big = malloc(PLAN_FILE_LIMIT + 1);
	assert_non_null(big);
	memset(big, '\n', PLAN_FILE_LIMIT + 1);
	assert_int_equal(store_save(path, big, PLAN_FILE_LIMIT + 1, &err), OK);
	assert_int_equal(plan_file_read(&file, path, &err), ERR_FILE);
	errbuf_clear(&err);
	assert_int_equal(store_save(path, big, PLAN_FILE_LIMIT, &err), OK);
	assert_int_equal(plan_file_read(&file, path, &err), OK);
	plan_file_free(&file);
	free(big);

	assert_int_equal(plan_file_read(&file, folder, &err), ERR_FILE);
	scratch_remove(folder);
}

static void a_plan_has_so_many_lines(void **state)
{
	(void)state;
	static const char line[] = "lock word=70\n";
	size_t length = sizeof line - 1;
	char *text = malloc(length * 1025 + 1);
	assert_non_null(text);
	for (size_t i = 0; i < 1025; i++)
		memcpy(text + i * length, line, length + 1);
	refuse_text(text, "'p' line 1025: more than 1024 lines");
	text[length * 1024] = '\0';
	struct plan_file file;
	parse(&file, text);
	assert_int_equal(file.count, 1024);
	assert_int_equal(file.statements[1023].line, 1024);
	plan_file_free(&file);
	free(text);
}

/* --- writing --- */

static char *format(const struct edits *edits, const char *board, const char *snapshot)
{
	char *text = NULL;
	struct errbuf err = {0};
	if (plan_file_format(&text, edits, chip, board, snapshot, &err) != OK)
		fail_msg("%s", err.text);
	return text;
}

static void plans_are_written_for_people(void **state)
{
	(void)state;
	struct edits edits = {0};
	edits.word[0] = (struct edit){
		.sets_value = true, .closes = true, .value = 0x40, .locks = WORD_STATUS_PERMANENT};
	for (unsigned word = 24; word <= 31; word++)
		edits.word[word].locks = WORD_STATUS_PERMANENT;
	edits.word[32].locks = WORD_STATUS_STICKY_READ | WORD_STATUS_PERMANENT;
	edits.word[33].locks = WORD_STATUS_STICKY_PROGRAM;
	edits.word[34].locks = WORD_STATUS_STICKY_PROGRAM;
	edits.word[70] = (struct edit){
		.sets_value = true, .value = 0x42E18000, .locks = WORD_STATUS_PERMANENT};
	edits.word[71] = (struct edit){.sets_value = true, .value = 0};
	char *text = format(&edits, BOARD, "9f2c0011");
	assert_string_equal(text, "chip stm32mp15\n"
				  "board " BOARD "\n"
				  "snapshot 9f2c0011\n"
				  "close\n"
				  "lock word=0\n"
				  "lock word=24-31\n"
				  "lock word=32 sticky-read lock\n"
				  "lock word=33-34 sticky-program\n"
				  "write word=70 value=0x42E18000 lock\n"
				  "write word=71 value=0x00000000\n");
	free(text);
	struct edits nothing = {0};
	text = format(&nothing, NULL, NULL);
	assert_string_equal(text, "chip stm32mp15\n");
	free(text);
	text = format(&nothing, "", NULL);
	assert_string_equal(text, "chip stm32mp15\n");
	free(text);
}

static void a_board_survives_in_quotes(void **state)
{
	(void)state;
	struct edits nothing = {0};
	char *text = format(&nothing, "serial:Lab 7 #2", NULL);
	struct plan_file file;
	parse(&file, text);
	assert_string_equal(file.board, "serial:Lab 7 #2");
	plan_file_free(&file);
	free(text);
	static const char *const bad[] = {"serial:\"1\"", "serial:1\nclose", "serial:\x1B[2J"};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct errbuf err = {0};
		assert_int_equal(
			plan_file_format(&text, &nothing, chip, bad[i], NULL, &err), ERR_REFUSED);
		assert_null(text);
		assert_true(err.text[0] != '\0');
	}
}

/* A small generator, so that a failure comes back. */
static uint32_t next(uint32_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 17;
	*seed ^= *seed << 5;
	return *seed;
}

static void random_edits(struct edits *out, uint32_t *seed)
{
	static const uint32_t locks[] = {0, 0, WORD_STATUS_PERMANENT, WORD_STATUS_PERMANENT,
		WORD_STATUS_STICKY_PROGRAM, WORD_STATUS_STICKY_WRITE | WORD_STATUS_PERMANENT,
		WORD_STATUS_LOCKS};
	*out = (struct edits){0};
	uint32_t density = 1 + next(seed) % 4;
	for (unsigned word = 0; word < 96; word++) {
		struct edit *edit = &out->word[word];
		/* Runs of the same lock are common, and what ranges are made of. */
		if (word > 1 && next(seed) % 2)
			edit->locks = out->word[word - 1].locks;
		else
			edit->locks = locks[next(seed) % (sizeof locks / sizeof locks[0])];
		edit->sets_value = next(seed) % density == 0;
		edit->value = edit->sets_value ? next(seed) >> next(seed) % 32 : 0;
	}
	if (next(seed) % 3 == 0) {
		out->word[0].sets_value = out->word[0].closes = true;
		out->word[0].value = 0x40;
	}
}

static void saving_loses_nothing(void **state)
{
	(void)state;
	uint32_t seed = 0x5EED;
	for (unsigned round = 0; round < 300; round++) {
		struct edits edits, back;
		struct errbuf err = {0};
		random_edits(&edits, &seed);
		char *text = format(&edits, BOARD, digest);
		if (edits_of(&back, text, BOARD, false, &err) != OK)
			fail_msg("%s in:\n%s", err.text, text);
		for (unsigned word = 0; word < IMAGE_MAX_WORDS; word++) {
			const struct edit *a = &edits.word[word], *b = &back.word[word];
			if (a->sets_value != b->sets_value || a->closes != b->closes ||
				a->value != b->value || a->locks != b->locks)
				fail_msg("round %u: word %u differs in:\n%s", round, word, text);
		}
		free(text);
	}
}

/* Either it is taken, or there is a reason; ASan and UBSan look on. */
static void swallow(const char *text)
{
	struct plan_file file;
	struct edits edits = {0};
	struct errbuf err = {0};
	enum status status = plan_file_parse(&file, text, "p", &err);
	if (status == OK) {
		assert_string_equal(err.text, "");
		status = plan_file_edits(&edits, &file, &plain, chip, BOARD, false, &err);
		plan_file_free(&file);
	}
	if (status == OK) {
		assert_string_equal(err.text, "");
		for (unsigned word = 96; word < IMAGE_MAX_WORDS; word++)
			assert_true(edit_is_empty(&edits.word[word]));
	} else {
		assert_true(err.text[0] != '\0');
		assert_int_equal(edits_count(&edits), 0);
	}
}

static void rubbish_is_taken_or_explained(void **state)
{
	(void)state;
	uint32_t seed = 0xBADF00D;
	char text[600];
	for (unsigned round = 0; round < 3000; round++) {
		size_t length = next(&seed) % (sizeof text - 1);
		for (size_t i = 0; i < length; i++)
			text[i] = (char)(1 + next(&seed) % 255);
		text[length] = '\0';
		swallow(text);
	}
}

static void spoilt_plans_are_taken_or_explained(void **state)
{
	(void)state;
	static const char good[] = "chip stm32mp15\nboard " BOARD "\n"
				   "write word=70 value=0x42E18000 lock\n"
				   "write word=71-72 value=bits:6,8-9 word=73 value=\"text:A 0\"\n"
				   "write word=57 value=mac:00:80:e1:42:48:e4 sticky-write\n"
				   "lock word=80-83\nlock word=90 sticky-program\nclose\n";
	uint32_t seed = 0xF00DF00D;
	for (unsigned round = 0; round < 4000; round++) {
		char text[2 * sizeof good] = "";
		memcpy(text, good, sizeof good);
		for (unsigned times = 1 + next(&seed) % 4; times > 0; times--) {
			size_t length = strlen(text), at = next(&seed) % (length + 1);
			switch (next(&seed) % 4) {
			case 0: text[at] = (char)(next(&seed) % 256); break; /* may cut it off */
			case 1: memmove(text + at, text + at + (at < length), length - at); break;
			case 2:
				if (length + 2 < sizeof text) {
					memmove(text + at + 1, text + at, length - at + 1);
					text[at] = good[next(&seed) % (sizeof good - 1)];
				}
				break;
			default:
				if (at > 0 && at < length)
					text[at - 1] = text[at];
				break;
			}
			text[sizeof text - 1] = '\0';
			text[length + 1] = '\0';
		}
		swallow(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_plan_is_read_whole),
		cmocka_unit_test(windows_files_are_taken),
		cmocka_unit_test(an_empty_plan_asks_for_nothing),
		cmocka_unit_test(wrong_lines_are_named),
		cmocka_unit_test(headers_have_one_form),
		cmocka_unit_test(foreign_plans_are_refused),
		cmocka_unit_test(stale_plans_are_refused),
		cmocka_unit_test(lines_merge_or_name_each_other),
		cmocka_unit_test(files_with_zero_bytes_or_too_long_are_refused),
		cmocka_unit_test(a_plan_has_so_many_lines),
		cmocka_unit_test(plans_are_written_for_people),
		cmocka_unit_test(a_board_survives_in_quotes),
		cmocka_unit_test(saving_loses_nothing),
		cmocka_unit_test(rubbish_is_taken_or_explained),
		cmocka_unit_test(spoilt_plans_are_taken_or_explained),
	};
	return cmocka_run_group_tests(tests, load, unload);
}
