/* What is shown, and what is not. Expected lines are written by hand from the layout in
 * report_parts.h and the facts of the chip map. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "src/report.h"
#include "src/word_status.h"
#include "tests/support/fixtures.h"

#include <jansson.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct chip *chip;
static struct image image;
static struct report_image subject;
static char *text;

static int set_up(void **state)
{
	(void)state;
	chip = fixture_chip();
	fixture_plain(&image);
	image.status[0] = 0x30000000; /* shadow copy */
	image.value[1] = 0x00008000;
	image.value[57] = 0x42E18000;
	image.status[57] = 0x40000000;
	image.value[58] = 0x0000E448;
	image.value[45] = 0xCAFEF00D; /* a secret */
	image.value[70] = 0x11111111; /* rubbish behind an error bit */
	image.status[70] = 0x00000001;
	image.value[71] = 0x22222222;
	image.status[71] = 0x04000000;
	image.status[72] = 0x00000080;
	subject = (struct report_image){.source = "here", .chip = chip, .image = &image};
	text = NULL;
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	free(text);
	chip_free(chip);
	return 0;
}

static void show(enum report_format format)
{
	struct errbuf err = {0};
	free(text);
	text = NULL;
	assert_int_equal(report_show(&text, format, &subject, &err), OK);
	assert_int_equal(text[strlen(text) - 1], '\n');
}

static void expect(const char *part)
{
	if (!strstr(text, part))
		fail_msg("no '%s' in:\n%s", part, text);
}

static void expect_no(const char *part)
{
	if (strstr(text, part))
		fail_msg("'%s' is in:\n%s", part, text);
}

static void expect_narrow(void)
{
	for (const char *line = text; *line; line += strcspn(line, "\n") + 1)
		if (strcspn(line, "\n") > 80)
			fail_msg("wider than 80 columns: %.*s", (int)strcspn(line, "\n"), line);
}

static void test_text(void **state)
{
	(void)state;
	show(REPORT_TEXT);
	expect("here: STM32MP15x, structure version 2\nglobal state 00000000: secured-open\n");
	expect("\n   0  00000017? ..WR..  CFG0           lifecycle\n");
	expect("\n   1  00008000  ......  CFG1           id        fdis_tk, RPN STM32MP157C\n");
	expect("\n  10  00000000  ......  RSVD_10_12[0]* reserved\n");
	expect("\n  45  masked    ......  CHIP_CERT      secret\n");
	expect("\n  57  42E18000  P.....  MAC[0]         mac       MAC 00:80:e1:42:48:e4\n");
	expect("\n  70  ????????  .....!  USER           user\n");
	expect("\n  71  ????????  ....E.  USER           user\n");
	expect("\n  72  00000000  ......  USER           user      [7] reserved bit\n");
	expect("\nP         [30] permanent write lock\n");
	expect("\n?         a shadow copy");
	expect("\n????????  not known");
	expect("\nmasked    a secret");
	expect_no("CAFEF00D");
	expect_no("11111111");
	expect_no("22222222");
	expect_no("sticky programming"); /* no word has that lock */
	expect_narrow();
}

static void test_revealed(void **state)
{
	(void)state;
	subject.reveal = true;
	show(REPORT_TEXT);
	expect("\n  45  CAFEF00D  ......  CHIP_CERT      secret\n");
	expect_no("masked");
}

static void test_selected_words_and_fields(void **state)
{
	(void)state;
	bool selected[IMAGE_MAX_WORDS] = {[3] = true};
	image.value[3] = UINT32_C(4) << 27;
	subject.selected = selected;
	subject.fields = true;
	show(REPORT_TEXT);
	expect("\n   3  20000000  ......  BOOT           config    primary_boot_source SD\n");
	expect("\n        29:27  primary_boot_source        SD\n");
	expect("\n           21  disable_usb_boot           0\n");
	expect("\n          6:0  boot_misc*                 0x0\n");
	expect_no("CFG0");
	expect_no("a shadow copy");
	image.status[3] = WORD_STATUS_STICKY_READ;
	show(REPORT_TEXT);
	expect("\n        29:27  primary_boot_source        ?\n");
	expect_narrow();
}

static void test_state(void **state)
{
	(void)state;
	image.state = 0x80000101;
	show(REPORT_TEXT);
	expect("\nglobal state 80000101: secured-closed\n");
	expect("unconfirmed");
	expect_narrow();
}

static void test_digest(void **state)
{
	(void)state;
	image.version = 3;
	image.digest = IMAGE_DIGEST_VERIFIED;
	show(REPORT_TEXT);
	expect("here: STM32MP15x, structure version 3, digest verified\n");
	show(REPORT_JSON);
	expect("\"digest\": \"verified\"");
	image.digest = IMAGE_DIGEST_WRONG;
	show(REPORT_TEXT);
	expect("here: STM32MP15x, structure version 3, digest wrong\n");
}

static void test_version_1(void **state)
{
	(void)state;
	image.version = 1;
	show(REPORT_TEXT);
	expect("structure version 1\nglobal state: version 1 of the structure does not tell it\n");
	expect_no("secured");
}

/* A name is whatever somebody called a file. */
static void test_odd_source(void **state)
{
	(void)state;
	subject.source = "a\033[31m\nb";
	show(REPORT_TEXT);
	expect("a?[31m?b: STM32MP15x");
}

static void test_csv(void **state)
{
	(void)state;
	show(REPORT_CSV);
	assert_memory_equal(text, "id,value,status,locks,name,kind,text,confirmed\n", 47);
	expect("\n0,,0x30000000,sticky-write sticky-read,CFG0,lifecycle,,yes\n");
	expect("\n1,0x00008000,0x00000000,,CFG1,id,\"fdis_tk, RPN STM32MP157C\",yes\n");
	expect("\n10,0x00000000,0x00000000,,RSVD_10_12[0],reserved,,no\n");
	expect("\n45,masked,0x00000000,,CHIP_CERT,secret,,yes\n");
	expect("\n70,,0x00000001,read-error,USER,user,,yes\n");
	expect_no("CAFEF00D");
	expect_no("11111111");
}

static void test_markdown(void **state)
{
	(void)state;
	show(REPORT_MARKDOWN);
	expect("| 57 | 0x42E18000 | 0x40000000 | permanent | MAC\\[0\\] | mac | "
	       "MAC 00:80:e1:42:48:e4 | yes |\n");
	expect("\n| 10 | 0x00000000 | 0x00000000 |  | RSVD\\_10\\_12\\[0\\] | reserved |  | no "
	       "|\n");
	expect("| 45 | masked |");
	expect_no("CAFEF00D");
}

/* --- JSON ------------------------------------------------------------------------------------ */

static json_t *parse(void)
{
	json_error_t error;
	json_t *root = json_loads(text, JSON_REJECT_DUPLICATES, &error);
	if (!root)
		fail_msg("line %d: %s", error.line, error.text);
	return root;
}

static const char *string_of(const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);
	assert_true(json_is_string(value));
	return json_string_value(value);
}

/* The object has these keys, in any order, and no others. */
static void expect_keys(const json_t *object, size_t count, const char *const keys[])
{
	assert_true(json_is_object(object));
	for (size_t i = 0; i < count; i++)
		if (!json_object_get(object, keys[i]))
			fail_msg("no key '%s'", keys[i]);
	assert_int_equal(json_object_size(object), count);
}
#define EXPECT_KEYS(object, ...)                                                                   \
	expect_keys((object), sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *),         \
		(const char *const[]){__VA_ARGS__})

static void test_show_json(void **state)
{
	(void)state;
	show(REPORT_JSON);
	json_t *root = parse();
	EXPECT_KEYS(root, "source", "chip", "version", "digest", "state", "words", "values");
	assert_string_equal(string_of(root, "source"), "here");
	assert_string_equal(string_of(root, "chip"), "stm32mp15");
	assert_int_equal(json_integer_value(json_object_get(root, "version")), 2);
	assert_string_equal(string_of(root, "digest"), "none");
	const json_t *words = json_object_get(root, "words");
	assert_int_equal(json_array_size(words), 96);
	for (size_t i = 0; i < 96; i++) {
		const json_t *word = json_array_get(words, i);
		EXPECT_KEYS(word, "id", "value", "status", "locks", "name", "kind", "confirmed",
			"fields");
		assert_int_equal(json_integer_value(json_object_get(word, "id")), i);
		assert_int_equal(strlen(string_of(word, "status")), 10);
	}
	assert_true(json_is_null(json_object_get(json_array_get(words, 0), "value")));
	assert_true(json_is_null(json_object_get(json_array_get(words, 70), "value")));
	assert_string_equal(string_of(json_array_get(words, 45), "value"), "masked");
	const json_t *mac = json_array_get(words, 57);
	assert_string_equal(string_of(mac, "value"), "0x42E18000");
	assert_string_equal(string_of(mac, "status"), "0x40000000");
	assert_string_equal(string_of(mac, "name"), "MAC[0]");
	assert_string_equal(string_of(mac, "kind"), "mac");
	const json_t *locks = json_object_get(mac, "locks");
	assert_int_equal(json_array_size(locks), 1);
	assert_string_equal(json_string_value(json_array_get(locks, 0)), "permanent");
	const json_t *field = json_array_get(
		json_object_get(mac, "fields"), 4); /* the whole, then byte 3 to byte 0 */
	EXPECT_KEYS(field, "name", "bits", "value", "text", "confirmed");
	assert_string_equal(string_of(field, "name"), "mac_byte_0");
	assert_string_equal(string_of(field, "bits"), "7:0");
	assert_int_equal(json_integer_value(json_object_get(field, "value")), 0);
	assert_true(json_is_true(json_object_get(field, "confirmed")));
	assert_true(json_is_true(json_object_get(mac, "confirmed")));
	assert_true(json_is_false(json_object_get(json_array_get(words, 10), "confirmed")));
	/* The low bits of BOOT are the last of its fields. */
	const json_t *boot = json_object_get(json_array_get(words, 3), "fields");
	field = json_array_get(boot, json_array_size(boot) - 1);
	assert_string_equal(string_of(field, "name"), "boot_misc");
	assert_true(json_is_false(json_object_get(field, "confirmed")));
	json_decref(root);
	expect_no("CAFEF00D");
	expect_no("11111111");
}

static const json_t *whole_value(const json_t *root, json_int_t first)
{
	const json_t *values = json_object_get(root, "values");
	for (size_t i = 0; i < json_array_size(values); i++) {
		const json_t *row = json_array_get(values, i);
		EXPECT_KEYS(row, "first", "last", "name", "kind", "text", "confirmed");
		if (json_integer_value(json_object_get(row, "first")) == first)
			return row;
	}
	fail_msg("no value begins at word %d", (int)first);
	return NULL;
}

/* Unique id, addresses, hash and certificate are told as one, once, whatever words are shown. */
static void test_whole_values(void **state)
{
	(void)state;
	subject.fields = true;
	image.value[24] = 0x4E31BBCD;
	image.value[31] = 0x00000001;
	show(REPORT_TEXT);
	expect("\n  words 13-15  UID                        004100323338511634383330\n");
	expect("\n  words 57-58  MAC                        00:80:e1:42:48:e4\n");
	expect("\n  words 24-31  PKH\n               4e31bbcd"
	       "00000000000000000000000000000000000000000000000000000001\n  25  ");
	expect("\n  words 40-55  CHIP_CERT                  masked\n");
	expect_narrow();
	show(REPORT_JSON);
	json_t *root = parse();
	/* USER_HUK, too: a secret where OP-TEE keeps its key there. */
	assert_int_equal(json_array_size(json_object_get(root, "values")), 5);
	const json_t *row = whole_value(root, 13);
	assert_int_equal(json_integer_value(json_object_get(row, "last")), 15);
	assert_string_equal(string_of(row, "text"), "004100323338511634383330");
	assert_string_equal(string_of(row, "kind"), "id");
	assert_true(json_is_true(json_object_get(row, "confirmed")));
	assert_string_equal(string_of(whole_value(root, 40), "text"), "masked");
	json_decref(root);

	bool selected[IMAGE_MAX_WORDS] = {[58] = true, [25] = true};
	subject.selected = selected;
	image.status[26] = WORD_STATUS_STICKY_READ;
	image.value[57] = image.value[58] = 0;
	show(REPORT_TEXT);
	expect("\n  58  00000000  ......  MAC[1]         mac\n"
	       "  words 57-58  MAC                        not programmed\n");
	show(REPORT_JSON);
	root = parse();
	assert_int_equal(json_array_size(json_object_get(root, "values")), 2);
	assert_true(json_is_null(json_object_get(whole_value(root, 24), "text")));
	assert_string_equal(string_of(whole_value(root, 57), "text"), "");
	json_decref(root);
}

static void test_diff_reports(void **state)
{
	(void)state;
	struct image other = image;
	struct report_image b = {.source = "there", .chip = chip, .image = &other};
	struct diff diff;
	struct errbuf err = {0};
	diff_images(&diff, &image, &other);
	assert_int_equal(report_diff(&text, REPORT_TEXT, &diff, &subject, &b, &err), OK);
	assert_string_equal(text, "a: here\nb: there\nno difference\n");
	free(text);

	other.value[64] = 5;
	other.status[64] = 0x40000000;
	other.value[45] = 0xCAFEF00F; /* differs, but stays hidden */
	diff_images(&diff, &image, &other);
	assert_int_equal(report_diff(&text, REPORT_TEXT, &diff, &subject, &b, &err), OK);
	expect("word 45  CHIP_CERT\n    a  masked     no lock\n    b  masked     no lock\n");
	expect("word 64  USER\n    a  00000000   no lock\n"
	       "    b  00000005   [30] permanent write lock\n2 words differ\n");
	expect_no("CAFEF00");
	free(text);

	assert_int_equal(report_diff(&text, REPORT_JSON, &diff, &subject, &b, &err), OK);
	expect_no("CAFEF00");
	json_t *root = parse();
	EXPECT_KEYS(root, "equal", "words");
	assert_true(json_is_false(json_object_get(root, "equal")));
	const json_t *row = json_array_get(json_object_get(root, "words"), 1);
	EXPECT_KEYS(row, "id", "a", "b");
	assert_int_equal(json_integer_value(json_object_get(row, "id")), 64);
	EXPECT_KEYS(json_object_get(row, "a"), "value", "status", "locks");
	assert_string_equal(string_of(json_object_get(row, "b"), "value"), "0x00000005");
	json_decref(root);
}

static void test_diff_tables(void **state)
{
	(void)state;
	struct image other = image;
	struct report_image b = {.source = "there", .chip = chip, .image = &other};
	struct diff diff;
	struct errbuf err = {0};
	other.state = 1;
	other.value[45] = 0xCAFEF00F;
	other.value[64] = 5;
	other.status[64] = 0x40000000;
	other.status[65] = WORD_STATUS_READ_ERROR;
	diff_images(&diff, &image, &other);
	assert_int_equal(report_diff(&text, REPORT_CSV, &diff, &subject, &b, &err), OK);
	assert_string_equal(text, "id,name,value a,value b,status a,status b,locks a,locks b\n"
				  ",global state,0x00000000,0x00000001,,,,\n"
				  "45,CHIP_CERT,masked,masked,0x00000000,0x00000000,,\n"
				  "64,USER,0x00000000,0x00000005,0x00000000,0x40000000,,permanent\n"
				  "65,USER,0x00000000,,0x00000000,0x00000001,,read-error\n");
	free(text);
	assert_int_equal(report_diff(&text, REPORT_MARKDOWN, &diff, &subject, &b, &err), OK);
	expect("\n| 64 | USER | 0x00000000 | 0x00000005 | 0x00000000 | 0x40000000 |"
	       "  | permanent |\n");
	expect_no("CAFEF00");
	free(text);
	/* Revealed, and words and version that one side lacks. */
	other.word_count = 95;
	other.version = 3;
	subject.reveal = true;
	diff_images(&diff, &image, &other);
	assert_int_equal(report_diff(&text, REPORT_CSV, &diff, &subject, &b, &err), OK);
	expect("\n,structure version,2,3,,,,\n");
	expect("\n45,CHIP_CERT,0xCAFEF00D,masked,");
	expect("\n95,USER,0x00000000,,0x00000000,,,\n");
}

static void test_plan_tables(void **state)
{
	(void)state;
	struct errbuf err = {0};
	struct edits edits = {0};
	char whole[200];
	fixture_plain(&image);
	edits.word[64] =
		(struct edit){.sets_value = true, .value = 5, .locks = WORD_STATUS_PERMANENT};
	struct plan *plan = fixture_plan(&edits, &image, chip);
	assert_int_equal(report_plan(&text, REPORT_CSV, plan, &err), OK);
	snprintf(whole, sizeof whole,
		"id,name,record,pass,before,after,locks before,locks after,severity,rule,text\n"
		",,plan,,,,,,,,\"irreversible, board 00410032-33385116-34383330, fingerprint "
		"%s\"\n",
		plan->fingerprint);
	expect(whole);
	expect("\n64,USER,change,values,0x00000000,0x00000005,,,,,for ever\n"
	       "64,USER,change,locks,0x00000005,0x00000005,,permanent,,,for ever\n");
	expect("\n64,USER,remark,,,,,,note,only-write,");
	free(text);
	assert_int_equal(report_plan(&text, REPORT_MARKDOWN, plan, &err), OK);
	expect("\n| 64 | USER | change | locks | 0x00000005 | 0x00000005 |  | "
	       "permanent |  |  | for ever |\n");
	plan_free(plan);
}

static void test_plan_json(void **state)
{
	(void)state;
	struct errbuf err = {0};
	struct edits edits = {0};
	fixture_plain(&image);
	edits.word[64] =
		(struct edit){.sets_value = true, .value = 5, .locks = WORD_STATUS_PERMANENT};
	struct plan *plan = fixture_plan(&edits, &image, chip);
	assert_int_equal(report_plan_json(&text, plan, &err), OK);
	json_t *root = parse();
	EXPECT_KEYS(root, "chip", "board", "fingerprint", "danger", "passes", "remarks");
	assert_string_equal(string_of(root, "board"), "00410032-33385116-34383330");
	assert_int_equal(strlen(string_of(root, "fingerprint")), 16);
	assert_string_equal(string_of(root, "danger"), "irreversible");
	const json_t *passes = json_object_get(root, "passes");
	assert_int_equal(json_array_size(passes), 2);
	assert_string_equal(string_of(json_array_get(passes, 0), "name"), "values");
	assert_string_equal(string_of(json_array_get(passes, 1), "name"), "locks");
	const json_t *changes = json_object_get(json_array_get(passes, 0), "changes");
	assert_int_equal(json_array_size(changes), 1);
	const json_t *change = json_array_get(changes, 0);
	EXPECT_KEYS(change, "id", "before", "after", "irreversible");
	assert_int_equal(json_integer_value(json_object_get(change, "id")), 64);
	EXPECT_KEYS(json_object_get(change, "before"), "value", "locks");
	assert_string_equal(string_of(json_object_get(change, "before"), "value"), "0x00000000");
	assert_string_equal(string_of(json_object_get(change, "after"), "value"), "0x00000005");
	assert_true(json_is_true(json_object_get(change, "irreversible")));
	const json_t *remark = json_array_get(json_object_get(root, "remarks"), 0);
	EXPECT_KEYS(remark, "rule", "severity", "word", "text");
	json_decref(root);
	plan_free(plan);
}

static void test_check_json(void **state)
{
	(void)state;
	struct errbuf err = {0};
	struct check check = {.kind = CHECK_REQUEST, .ok = false};
	struct remark whole = {.rule = "state", .severity = SEVERITY_ERROR, .word = -1};
	struct remark one = {.rule = "reserved-bits", .severity = SEVERITY_WARNING, .word = 10};
	assert_int_equal(remarks_add(&check.remarks, &whole, &err), OK);
	assert_int_equal(remarks_add(&check.remarks, &one, &err), OK);
	assert_int_equal(report_check_json(&text, &check, &err), OK);
	remarks_free(&check.remarks);
	json_t *root = parse();
	EXPECT_KEYS(root, "kind", "ok", "remarks");
	assert_string_equal(string_of(root, "kind"), "request");
	assert_true(json_is_false(json_object_get(root, "ok")));
	const json_t *remarks = json_object_get(root, "remarks");
	assert_true(json_is_null(json_object_get(json_array_get(remarks, 0), "word")));
	assert_string_equal(string_of(json_array_get(remarks, 1), "severity"), "warning");
	assert_int_equal(
		json_integer_value(json_object_get(json_array_get(remarks, 1), "word")), 10);
	json_decref(root);
}

/* --- status ---------------------------------------------------------------------------------- */

static void test_status(void **state)
{
	(void)state;
	struct errbuf err = {0};
	struct session *session = calloc(1, sizeof *session);
	assert_non_null(session);
	strcpy(session->source_text, "here");
	strcpy(session->board, "00410032-33385116-34383330");
	session->chip = chip;
	image.value[16] = UINT32_C(2) << 27;
	image.value[24] = 0xA5A5A5A5;
	image.value[64] = 9;
	image.status[65] = WORD_STATUS_PERMANENT;
	session->image = image;
	assert_int_equal(report_status(&text, REPORT_TEXT, session, &err), OK);
	expect("here\nPart          confirmed      STM32MP157C, family STM32MP15x\n");
	expect("\nPackage       confirmed      AC TFBGA361\n");
	expect("\nUnique id     confirmed      serial 004100323338511634383330\n");
	expect("\nState         confirmed      secured-open (00000000), version 2, 96 words\n");
	expect("\nLife cycle    cannot be told word 0 is a shadow copy, which reads open\n");
	expect("\nMAC           confirmed      00:80:e1:42:48:e4\n");
	expect("\nKeys          confirmed      PKH: 1 of 8 words set, not locked\n"
	       "              confirmed      CHIP_CERT: 1 of 16 words set, not locked\n");
	/* Of 64 to 95: 64 is used, 65 locked; 70 and 71 are not known. */
	expect("\nCustomer      confirmed      32 words: 28 free, 1 used, 1 locked for ever\n");
	expect("\nStands out    PKH is not whole (1 of 8 words)");
	expect("\n              word 70: not valid");
	expect_no("CAFEF00D");
	expect_narrow();
	free(text);

	assert_int_equal(report_status(&text, REPORT_CSV, session, &err), OK);
	assert_memory_equal(text, "title,name,confidence,words,text\n", 33);
	expect("\nMAC,,confirmed,57-58,00:80:e1:42:48:e4\n");
	expect("\nKeys,PKH,confirmed,24-31,\"1 of 8 words set, not locked\"\n");
	expect_no("CAFEF00D");
	free(text);

	assert_int_equal(report_status(&text, REPORT_MARKDOWN, session, &err), OK);
	expect("\n| Package |  | confirmed | 16 | AC TFBGA361 |\n");
	free(text);

	assert_int_equal(report_status(&text, REPORT_JSON, session, &err), OK);
	json_t *root = parse();
	EXPECT_KEYS(root, "source", "chip", "board", "lines", "stands-out");
	assert_string_equal(string_of(root, "board"), "00410032-33385116-34383330");
	const json_t *lines = json_object_get(root, "lines");
	bool found = false;
	for (size_t i = 0; i < json_array_size(lines); i++) {
		const json_t *row = json_array_get(lines, i);
		EXPECT_KEYS(row, "title", "name", "confidence", "first", "last", "text");
		if (strcmp(string_of(row, "title"), "Life cycle") != 0)
			continue;
		found = true;
		assert_string_equal(string_of(row, "confidence"), "cannot be told");
		assert_int_equal(json_integer_value(json_object_get(row, "first")), 0);
		assert_true(json_is_null(json_object_get(row, "name")));
	}
	assert_true(found);
	assert_true(json_array_size(json_object_get(root, "stands-out")) >= 2);
	json_decref(root);
	expect_no("CAFEF00D");
	free(text);

	session->image.state = 0x00000101;
	session->board[0] = '\0';
	session->image.status[1] = WORD_STATUS_READ_ERROR;
	assert_int_equal(report_status(&text, REPORT_TEXT, session, &err), OK);
	expect("family STM32MP15x, but its part number cannot be");
	expect("\nState         confirmed      secured-closed (00000101), version 2");
	expect("\n                             8: ");
	expect("nothing can be burnt on it");
	expect_narrow();
	free(session);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_text),
		TEST(test_revealed),
		TEST(test_selected_words_and_fields),
		TEST(test_state),
		TEST(test_digest),
		TEST(test_version_1),
		TEST(test_odd_source),
		TEST(test_csv),
		TEST(test_markdown),
		TEST(test_show_json),
		TEST(test_whole_values),
		TEST(test_diff_reports),
		TEST(test_diff_tables),
		TEST(test_plan_tables),
		TEST(test_plan_json),
		TEST(test_check_json),
		TEST(test_status),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
