/* What may be typed, and what is said about the rest. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "src/grammar.h"
#include "src/image.h"
#include "src/word_status.h"

#include <stdio.h>
#include <string.h>

static struct statement parsed;

static enum status parse(struct errbuf *err, const char *text)
{
	errbuf_clear(err);
	return grammar_parse_line(&parsed, text, 7, err);
}

static void test_numbers(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		uint32_t maximum, number;
	} good[] = {
		{"0", 0, 0},
		{"95", 95, 95},
		{"10", 100, 10},
		{"0x0", 5, 0},
		{"0X1f", 100, 31},
		{"0xFFFFFFFF", UINT32_MAX, UINT32_MAX},
		{"4294967295", UINT32_MAX, UINT32_MAX},
		{"0x00000000000000001", 1, 1},
	};
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
		struct errbuf err = {0};
		uint32_t number = 12345;
		assert_int_equal(grammar_number(&number, good[i].text, good[i].maximum, &err), OK);
		assert_int_equal(number, good[i].number);
	}
	static const struct {
		const char *text;
		uint32_t maximum;
		const char *message;
	} bad[] = {
		{"", 9, "'' is not a number: decimal or 0x hex, without sign, is wanted"},
		{"-1", 9, "'-1' is not a number: decimal or 0x hex, without sign, is wanted"},
		{"+1", 9, "'+1' is not a number: decimal or 0x hex, without sign, is wanted"},
		{" 1", 9, "' 1' is not a number: decimal or 0x hex, without sign, is wanted"},
		{"1 ", 9, "'1 ' is not a number: decimal or 0x hex, without sign, is wanted"},
		{"0x", 9, "'0x' is not a number: decimal or 0x hex, without sign, is wanted"},
		{"1f", 99, "'1f' is not a number: decimal or 0x hex, without sign, is wanted"},
		{"0b1", 9, "'0b1' is not a number: decimal or 0x hex, without sign, is wanted"},
		{"1.0", 9, "'1.0' is not a number: decimal or 0x hex, without sign, is wanted"},
		{"10", 9, "10 is too large: at most 9"},
		/* From a hex dump it would mean 64, by the rule for decimal 40. */
		{"00000040", UINT32_MAX,
			"'00000040' could be hex or decimal: write hex with 0x, decimal without "
			"leading zeros"},
		{"00", 9,
			"'00' could be hex or decimal: write hex with 0x, decimal without leading "
			"zeros"},
		{"4294967296", UINT32_MAX, "'4294967296' does not fit in 32 bits"},
		{"0x100000000", UINT32_MAX, "'0x100000000' does not fit in 32 bits"},
		{"99999999999999999999999999", 9,
			"'99999999999999999999999999' does not fit in 32 bits"},
	};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct errbuf err = {0};
		uint32_t number = 12345;
		assert_int_equal(
			grammar_number(&number, bad[i].text, bad[i].maximum, &err), ERR_USAGE);
		assert_string_equal(err.text, bad[i].message);
		assert_int_equal(number, 12345);
	}
}

static void test_ranges(void **state)
{
	(void)state;
	struct errbuf err = {0};
	unsigned first, last;
	assert_int_equal(grammar_range(&first, &last, "24-31", 95, &err), OK);
	assert_int_equal(first, 24);
	assert_int_equal(last, 31);
	assert_int_equal(grammar_range(&first, &last, "0x5F", 95, &err), OK);
	assert_int_equal(first, 95);
	assert_int_equal(last, 95);
	assert_int_equal(grammar_range(&first, &last, "7-7", 95, &err), OK);
	static const struct {
		const char *text, *message;
	} bad[] = {
		{"31-24", "the range '31-24' runs backwards"},
		{"90-96", "96 is too large: at most 95"},
		{"-5", "'' is not a number: decimal or 0x hex, without sign, is wanted"},
		{"5-", "'' is not a number: decimal or 0x hex, without sign, is wanted"},
		{"1-2-3", "'2-3' is not a number: decimal or 0x hex, without sign, is wanted"},
		{"1,2", "'1,2' is not a number: decimal or 0x hex, without sign, is wanted"},
	};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		errbuf_clear(&err);
		assert_int_equal(grammar_range(&first, &last, bad[i].text, 95, &err), ERR_USAGE);
		assert_string_equal(err.text, bad[i].message);
	}
}

static void test_good_lines(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		enum verb verb;
		size_t count;
		/* the last group */
		unsigned first, last;
		bool is_range;
		enum value_kind kind;
		uint32_t number, locks;
		const char *value_text;
	} good[] = {
		{"", VERB_NOTHING, 0, 0, 0, false, VALUE_NONE, 0, 0, ""},
		{" \t ", VERB_NOTHING, 0, 0, 0, false, VALUE_NONE, 0, 0, ""},
		{"# write word=1 value=1", VERB_NOTHING, 0, 0, 0, false, VALUE_NONE, 0, 0, ""},
		{"write word=70 value=0x42E18000 # serial", VERB_WRITE, 1, 70, 70, false,
			VALUE_NUMBER, 0x42E18000, 0, ""},
		{"write word=70 value=0x42E18000 lock", VERB_WRITE, 1, 70, 70, false, VALUE_NUMBER,
			0x42E18000, 0x40000000, ""},
		{"write word=70 lock value=1", VERB_WRITE, 1, 70, 70, false, VALUE_NUMBER, 1,
			0x40000000, ""},
		{"write\tword=70-71\tvalue=3", VERB_WRITE, 1, 70, 71, true, VALUE_NUMBER, 3, 0, ""},
		{"write word=1 value=1 word=2 value=bits:6,8-9", VERB_WRITE, 2, 2, 2, false,
			VALUE_BITS, 0x340, 0, "6,8-9"},
		{"write word=2 value=bits:0-31", VERB_WRITE, 1, 2, 2, false, VALUE_BITS, 0xFFFFFFFF,
			0, "0-31"},
		{"write word=71 value=text:A042", VERB_WRITE, 1, 71, 71, false, VALUE_TEXT, 0, 0,
			"A042"},
		{"write word=71 \"value=text:A 042 #1\" lock", VERB_WRITE, 1, 71, 71, false,
			VALUE_TEXT, 0, 0x40000000, "A 042 #1"},
		{"write word=71 value=\"text:A 042\"", VERB_WRITE, 1, 71, 71, false, VALUE_TEXT, 0,
			0, "A 042"},
		/* Nothing typed is dropped: a '#' inside a word belongs to it. */
		{"write word=71 value=text:A#42", VERB_WRITE, 1, 71, 71, false, VALUE_TEXT, 0, 0,
			"A#42"},
		{"write word=57 value=mac:00:80:e1:42:48:e4", VERB_WRITE, 1, 57, 57, false,
			VALUE_MAC, 0, 0, "00:80:e1:42:48:e4"},
		{"write word=24 value=pem:key.pem", VERB_WRITE, 1, 24, 24, false, VALUE_PEM, 0, 0,
			"key.pem"},
		{"write word=24 value=keyhash:k.bin", VERB_WRITE, 1, 24, 24, false, VALUE_KEY_HASH,
			0, 0, "k.bin"},
		{"write word=60 value=hex:a.hex", VERB_WRITE, 1, 60, 60, false, VALUE_HEX, 0, 0,
			"a.hex"},
		{"write word=24 value=file:a.bin", VERB_WRITE, 1, 24, 24, false, VALUE_FILE, 0, 0,
			"a.bin"},
		{"fwrite word=80 file:serial.bin lock", VERB_FWRITE, 1, 80, 80, false, VALUE_FILE,
			0, 0x40000000, "serial.bin"},
		{"lock word=70-71", VERB_LOCK, 1, 70, 71, true, VALUE_NONE, 0, 0x40000000, ""},
		{"lock word=70 lock", VERB_LOCK, 1, 70, 70, false, VALUE_NONE, 0, 0x40000000, ""},
		{"lock word=70 word=72", VERB_LOCK, 2, 72, 72, false, VALUE_NONE, 0, 0x40000000,
			""},
		{"lock word=9 sticky-read", VERB_LOCK, 1, 9, 9, false, VALUE_NONE, 0, 0x20000000,
			""},
		{"lock word=9 sticky-write sticky-program lock", VERB_LOCK, 1, 9, 9, false,
			VALUE_NONE, 0, 0x58000000, ""},
		{"close", VERB_CLOSE, 0, 0, 0, false, VALUE_NONE, 0, 0, ""},
	};
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
		struct errbuf err = {0};
		if (parse(&err, good[i].text) != OK)
			fail_msg("'%s': %s", good[i].text, err.text);
		assert_int_equal(parsed.verb, good[i].verb);
		assert_int_equal(parsed.count, good[i].count);
		assert_int_equal(parsed.line, 7);
		if (parsed.count == 0)
			continue;
		const struct assignment *group = &parsed.assignments[parsed.count - 1];
		assert_int_equal(group->first, good[i].first);
		assert_int_equal(group->last, good[i].last);
		assert_int_equal(group->is_range, good[i].is_range);
		assert_int_equal(group->kind, good[i].kind);
		assert_int_equal(group->number, good[i].number);
		assert_int_equal(group->locks, good[i].locks);
		assert_string_equal(group->text, good[i].value_text);
	}
}

static void test_headers(void **state)
{
	(void)state;
	struct errbuf err = {0};
	assert_int_equal(parse(&err, "chip     stm32mp15"), OK);
	assert_int_equal(parsed.verb, VERB_CHIP);
	assert_string_equal(parsed.argument, "stm32mp15");
	assert_int_equal(parse(&err, "board 00410032-33385116-34383330 # 42"), OK);
	assert_int_equal(parsed.verb, VERB_BOARD);
	assert_string_equal(parsed.argument, "00410032-33385116-34383330");
	assert_int_equal(parse(&err, "snapshot 9f2c0011"), OK);
	assert_int_equal(parsed.verb, VERB_SNAPSHOT);
	assert_string_equal(parsed.argument, "9f2c0011");
}

/* Each says the word at fault, and what would be right. */
static void test_bad_lines(void **state)
{
	(void)state;
	static const struct {
		const char *text, *message;
	} bad[] = {
		{"wirte word=1 value=1", "'wirte'"},
		{"WRITE word=1 value=1", "'WRITE'"},
		{"write", "'write' needs word=N"},
		{"write word=70", "'write word=70' needs a value"},
		{"write word=70 lock", "'write word=70' needs a value"},
		{"write word=70 value=1 word=71", "'write word=71' needs a value"},
		{"write word=70 value=", "'' is not a number"},
		{"write word=70 value=1 value=2", "second value for word 70"},
		{"write word=70 value=1 value=1", "second value for word 70"},
		{"write word=70 value=bits:", "nothing follows 'bits:'"},
		{"write word=70 value=bits:32", "bits: 32 is too large: at most 31"},
		{"write word=70 value=bits:3,", "bits: '' is not a number"},
		{"write word=70 value=text:", "nothing follows 'text:'"},
		{"write word=70 value=tex:A", "'tex:A' is not a number"},
		{"write word=384 value=1", "384 is too large: at most 383"},
		{"write word= value=1", "'' is not a number"},
		{"write word=70 value=1 locked", "'locked' is not understood"},
		{"write word=70 value=1 --lock", "'--lock' is not understood"},
		{"write value=1 word=70", "'value=1' needs a 'word=' before it"},
		{"write lock word=70 value=1", "'lock' needs a 'word=' before it"},
		{"write word=70 0x12345678", "'0x12345678' is not understood"},
		{"write word =70 value=1", "'word' is not understood"},
		{"write word=70 value=0x5#6", "'0x5#6' is not a number"},
		{"lock", "'lock' needs word=N"},
		{"lock 70", "'70' is not understood"},
		{"lock word=70 value=1", "'lock' takes no value: use 'write' for 'value=1'"},
		/* Would the first one be locked for ever? */
		{"lock word=70 word=71 sticky-read", "name the lock of each word, or of none"},
		{"fwrite word=80 value=5", "'fwrite word=80' needs file:F"},
		{"fwrite word=80", "'fwrite word=80' needs a value"},
		{"fwrite word=80 file:", "nothing follows 'file:'"},
		{"close word=0", "'close' stands alone: 'word=0' is too much"},
		{"chip", "'chip' takes exactly one word"},
		{"board a b", "'board' takes exactly one word"},
		{"write word=70 value=\"text:A", "a '\"' has no second one"},
		{"write word=07 value=1", "'07' could be hex or decimal"},
		{"board \"\"", "'board' takes a word that is not empty"},
		{"snapshot \"\"", "'snapshot' takes a word that is not empty"},
		/* A line end of another kind must not let a comment swallow what is below it. */
		{"# serial\rwrite word=70 value=1", "a control character, 0x0D"},
		{"write word=70\vvalue=1", "a control character, 0x0B"},
		{"write word=70 value=\"text:\x1B[2J\"", "a control character, 0x1B"},
		{"close\n\n", "a control character, 0x0A"},
	};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct errbuf err = {0};
		if (parse(&err, bad[i].text) != ERR_USAGE)
			fail_msg("'%s' was taken", bad[i].text);
		if (!strstr(err.text, bad[i].message))
			fail_msg("'%s': \"%s\" does not say \"%s\"", bad[i].text, err.text,
				bad[i].message);
	}
}

static void test_limits(void **state)
{
	(void)state;
	struct errbuf err = {0};
	char line[8000] = "lock";
	for (size_t i = 0; i < STATEMENT_MAX_ASSIGNMENTS; i++)
		strcat(line, " word=1");
	assert_int_equal(parse(&err, line), OK);
	assert_int_equal(parsed.count, 64);
	strcat(line, " word=1");
	assert_int_equal(parse(&err, line), ERR_USAGE);
	assert_non_null(strstr(err.text, "more than 64 groups"));

	memset(line, 'a', sizeof line);
	line[4097] = '\0';
	assert_int_equal(parse(&err, line), ERR_USAGE);
	assert_non_null(strstr(err.text, "more than 4096 characters"));
	line[4096] = '\0';
	assert_int_equal(parse(&err, line), ERR_USAGE);
	assert_non_null(strstr(err.text, "too long"));

	line[0] = '\0';
	for (size_t i = 0; i < 300; i++)
		strcat(line, "x ");
	assert_int_equal(parse(&err, line), ERR_USAGE);
	assert_non_null(strstr(err.text, "more than 256 words"));
}

/* Words that a shell has split are taken as they are: blanks, quotes and '#' are the text's own. */
static void test_shell_words(void **state)
{
	(void)state;
	struct errbuf err = {0};
	const char *const words[] = {"write", "word=70", "value=text:A \"#1\""};
	assert_int_equal(grammar_parse_words(&parsed, 3, words, &err), OK);
	assert_string_equal(parsed.assignments[0].text, "A \"#1\"");
	const char *const escape[] = {"write", "word=70", "value=text:A\nB"};
	assert_int_equal(grammar_parse_words(&parsed, 3, escape, &err), ERR_USAGE);
	assert_non_null(strstr(err.text, "a control character, 0x0A"));
	errbuf_clear(&err);
	const char *const nothing[] = {""};
	assert_int_equal(grammar_parse_words(&parsed, 1, nothing, &err), ERR_USAGE);
}

static void test_completion(void **state)
{
	(void)state;
	const char *out[16];
	assert_int_equal(grammar_complete(out, 16, "w"), 1);
	assert_string_equal(out[0], "write");
	assert_int_equal(grammar_complete(out, 16, "write wo"), 1);
	assert_string_equal(out[0], "word=");
	assert_int_equal(grammar_complete(out, 16, "lock word=1 sticky-"), 3);
	assert_int_equal(grammar_complete(out, 2, "lock word=1 sticky-"), 2);
	assert_int_equal(grammar_complete(out, 16, "zz"), 0);
	/* Only what the verb takes. */
	assert_int_equal(grammar_complete(out, 16, "lock word=1 value"), 0);
	assert_int_equal(grammar_complete(out, 16, "  fwrite word=1 f"), 1);
	assert_string_equal(out[0], "file:");
	assert_int_equal(grammar_complete(out, 16, "write word=1\tvalue=m"), 1);
	assert_string_equal(out[0], "value=mac:");
	assert_int_equal(grammar_complete(out, 16, "close "), 0);
	assert_int_equal(grammar_complete(out, 16, "wri word"), 0);
	assert_int_equal(grammar_complete(out, 16, ""), 7);
}

static void test_line_ends(void **state)
{
	(void)state;
	static const char *const ends[] = {"", "\n", "\r\n", "\r"};
	for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
		struct errbuf err = {0};
		char line[64];
		snprintf(line, sizeof line, "write word=70 value=text:A%s", ends[i]);
		assert_int_equal(parse(&err, line), OK);
		assert_string_equal(parsed.assignments[0].text, "A");
	}
}

/* However long the word at fault, the reason is still told. */
static void test_long_words(void **state)
{
	(void)state;
	static const struct {
		const char *begin, *message;
	} lines[] = {{"write word=70 value=", "is not a number"},
		{"write word=70 value=1 ", "is not understood"}, {"close ", "is too much"}};
	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
		struct errbuf err = {0};
		char line[1200] = "";
		strcat(line, lines[i].begin);
		memset(line + strlen(lines[i].begin), 'z', 900);
		assert_int_equal(parse(&err, line), ERR_USAGE);
		assert_non_null(strstr(err.text, lines[i].message));
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

static void test_rubbish(void **state)
{
	(void)state;
	static const char *const pieces[] = {"write", "lock",
		"word=", "value=", "bits:", "file:", "text:", "\"", "#", " ", " ", "70", "-", "0x",
		",", "chip", "close", "\x80", "=", "sticky-read"};
	uint32_t seed = 20240611;
	for (unsigned round = 0; round < 100000; round++) {
		char line[400] = "";
		unsigned count = next(&seed) % 20;
		for (unsigned i = 0; i < count; i++)
			if (next(&seed) % 8)
				strcat(line,
					pieces[next(&seed) % (sizeof pieces / sizeof pieces[0])]);
			else
				strcat(line, (char[]){(char)(1 + next(&seed) % 255), '\0'});
		struct errbuf err = {0};
		enum status status = parse(&err, line);
		if (status == OK) {
			assert_string_equal(err.text, "");
			assert_true(parsed.count <= STATEMENT_MAX_ASSIGNMENTS);
			for (size_t i = 0; i < parsed.count; i++) {
				assert_true(
					parsed.assignments[i].first <= parsed.assignments[i].last);
				assert_true(parsed.assignments[i].last < IMAGE_MAX_WORDS);
			}
		} else {
			assert_int_equal(status, ERR_USAGE);
			assert_true(err.text[0] != '\0');
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_ranges),
		cmocka_unit_test(test_good_lines),
		cmocka_unit_test(test_headers),
		cmocka_unit_test(test_bad_lines),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_shell_words),
		cmocka_unit_test(test_completion),
		cmocka_unit_test(test_line_ends),
		cmocka_unit_test(test_long_words),
		cmocka_unit_test(test_rubbish),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
