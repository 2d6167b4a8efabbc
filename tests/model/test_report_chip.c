/* Maps of chips, printed. Expected lines are written by hand from a small chip file below. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "src/report_chip.h"

#include <jansson.h>

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char map[] =
	"[chip]\nname = small\ntitle = Small one\ndevice-id = 0x123, 0x45\n"
	"words = 12\nshort-words = 10\nunique-id = 1\n"
	"[bank low]\nwords = 0-5\nrule = bits\n"
	"[bank high]\nwords = 6-9\nrule = once\nhidden = maybe\n"
	"[bank top]\nwords = 10-11\nrule = never\n"
	"[word 0]\nname = PART\nkind = id\ndanger = brick\nsource = a book\n"
	"bits 31:0 = RPN : 0x20 ZED, 0x10 ALF\n"
	"[word 1-3]\nname = UID\nkind = id\ndanger = notice\nsource = a book\n"
	"[word 4]\nname = LIFE\nkind = lifecycle\ndanger = one-way\n"
	"source = a book\nabout = Open or closed.\n"
	"bits 8 = guess\nsource guess = unconfirmed\nkind guess = reserved\n"
	"danger guess = brick\nabout guess = Perhaps.\n"
	"bits 1:0 = closed : 0 open, 1 closed, 2 closed, 3 closed\n"
	"[word 7-11]\nname = MINE\nkind = user\ndanger = notice\n"
	"source = unconfirmed\nbits 7:0 of 9 = low\n"
	"[word 8-9]\nname = HASH\nkind = hash\ndanger = brick\norder = big-endian\n"
	"source = a book\n";

static char *text;
static struct chip *chip;

static int set_up(void **state)
{
	(void)state;
	struct errbuf err = {0};
	if (chip_parse(&chip, map, sizeof map - 1, "small.chip", &err) != OK)
		fail_msg("%s", err.text);
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

static void report(enum report_format format, const struct chip *subject)
{
	struct errbuf err = {0};
	free(text);
	text = NULL;
	assert_int_equal(report_chip(&text, format, subject, &err), OK);
	assert_int_equal(text[strlen(text) - 1], '\n');
}

static void expect(const char *part)
{
	if (!strstr(text, part))
		fail_msg("no '%s' in:\n%s", part, text);
}

static void test_the_top(void **state)
{
	(void)state;
	report(REPORT_TEXT, chip);
	expect("small: Small one, 12 words, built-in\n"
	       "device id  0x123,0x045\n"
	       "words      services that reach only the first of them show 10\n"
	       "unique id  words 1-3\n"
	       "parts      ALF, ZED\n"
	       "banks        0-5    low     bits   ");
	expect("\n             6-9    high    once   ");
	expect("may be hidden");
	expect("\n            10-11   top     never  ");
}

static void test_rows(void **state)
{
	(void)state;
	report(REPORT_TEXT, chip);
	expect("\n0        PART                     id        brick   bits  confirmed\n"
	       "     31:0  RPN                       0x00000010 = ALF, 0x00000020 = ZED\n"
	       "1-3      UID                      id        notice  bits  confirmed\n"
	       "4        LIFE                     lifecycle one-way bits  confirmed\n"
	       "    Open or closed.\n"
	       "        8  guess*                    (reserved, brick) Perhaps.\n"
	       "      1:0  closed                    0 = open, 1-3 = closed\n");
	/* Nothing is said of words 5 and 6, and still they have a row. */
	expect("\n5-6      -                        unknown   brick   mixed unconfirmed\n"
	       "7-11     MINE                     user      notice  mixed unconfirmed\n"
	       "8-9      HASH                     hash      brick   once  confirmed\n"
	       "    File bytes go in big-endian: 01 02 03 04 is the word 01020304.\n"
	       "        7:0 of 9  low*               (user, notice)\n\n");
	expect("\n*    no public source");
	expect("\nWhere rows overlap");
	expect("\n(…)  a field's own");
}

/* Names of values stay whole where a line can hold them. */
static void test_long_names_of_values(void **state)
{
	(void)state;
	struct chip *wordy = NULL;
	struct errbuf err = {0};
	static const char file[] =
		"[chip]\nname = w\ntitle = W\ndevice-id = 1\nwords = 1\n"
		"[bank all]\nwords = 0\nrule = bits\n"
		"[word 0]\nname = W\nkind = config\ndanger = brick\nsource = here\n"
		"bits 1:0 = where : 0 from the first of two, 1 from the second of two,\n"
		"\t2 from somewhere else that takes a long time to say in a few words\n";
	assert_int_equal(chip_parse(&wordy, file, sizeof file - 1, "w.chip", &err), OK);
	report(REPORT_TEXT, wordy);
	chip_free(wordy);
	expect("      1:0  where                     0 = from the first of two,\n"
	       "                                     1 = from the second of two, 2 = from\n"
	       "                                     somewhere else that takes a long time to\n"
	       "                                     say in a few words\n");
}

static void test_what_does_not_arise_is_not_explained(void **state)
{
	(void)state;
	struct chip *plain = NULL;
	struct errbuf err = {0};
	static const char bare[] = "[chip]\nname = bare\ntitle = Bare\ndevice-id = 1\nwords = 2\n"
				   "[bank all]\nwords = 0-1\nrule = bits\n";
	assert_int_equal(chip_parse(&plain, bare, sizeof bare - 1, "bare.chip", &err), OK);
	report(REPORT_TEXT, plain);
	chip_free(plain);
	expect("\nparts      none is known\n");
	expect("\n0-1      -                        unknown   brick   bits  unconfirmed\n");
	assert_null(strstr(text, "overlap"));
	assert_null(strstr(text, "no public source"));
	assert_null(strstr(text, "unique id"));
	assert_null(strstr(text, "(…)"));
}

static void test_names_of_the_user(void **state)
{
	(void)state;
	struct errbuf err = {0};
	static const char overlay[] = "[chip]\nname = small\n"
				      "[word 7]\nname = SERIAL\nabout = Our number.\n";
	if (chip_overlay(chip, overlay, sizeof overlay - 1, "small.chip", &err) != OK)
		fail_msg("%s", err.text);
	report(REPORT_TEXT, chip);
	expect("small: Small one, 12 words, built-in, with your names\n");
	expect("\n7        SERIAL                   user      notice  once  yours\n"
	       "    Our number.\n");
	assert_null(strstr(text, " none ")); /* no overlay lowers a danger */
	report(REPORT_JSON, chip);
	expect("\"overlay\": true");
}

static json_t *parsed(void)
{
	json_t *root = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(root);
	return root;
}

static const char *text_of(const json_t *object, const char *key)
{
	const char *value = json_string_value(json_object_get(object, key));
	assert_non_null(value);
	return value;
}

static long long number_of(const json_t *object, const char *key)
{
	assert_true(json_is_integer(json_object_get(object, key)));
	return json_integer_value(json_object_get(object, key));
}

static void test_json(void **state)
{
	(void)state;
	report(REPORT_JSON, chip);
	json_t *root = parsed();
	assert_string_equal(text_of(root, "name"), "small");
	assert_string_equal(text_of(root, "title"), "Small one");
	assert_string_equal(
		json_string_value(json_array_get(json_object_get(root, "device-ids"), 1)), "0x045");
	assert_int_equal(number_of(root, "words"), 12);
	assert_int_equal(number_of(root, "short-words"), 10);
	assert_int_equal(number_of(root, "unique-id"), 1);
	assert_true(json_is_false(json_object_get(root, "overlay")));
	assert_string_equal(
		json_string_value(json_array_get(json_object_get(root, "parts"), 0)), "ALF");
	json_t *high = json_array_get(json_object_get(root, "banks"), 1);
	assert_string_equal(text_of(high, "name"), "high");
	assert_string_equal(text_of(high, "rule"), "once");
	assert_true(json_is_true(json_object_get(high, "may-be-hidden")));
	json_t *entries = json_object_get(root, "entries");
	assert_int_equal(json_array_size(entries), 6);
	json_t *life = json_array_get(entries, 2);
	assert_int_equal(number_of(life, "first"), 4);
	assert_string_equal(text_of(life, "danger"), "one-way");
	json_t *guess = json_array_get(json_object_get(life, "fields"), 0);
	assert_string_equal(text_of(guess, "bits"), "8:8");
	assert_string_equal(text_of(guess, "source"), "unconfirmed");
	assert_true(json_is_false(json_object_get(guess, "confirmed")));
	json_t *closed = json_array_get(json_object_get(life, "fields"), 1);
	assert_string_equal(text_of(closed, "source"), "a book");
	json_t *value = json_array_get(json_object_get(closed, "values"), 3);
	assert_int_equal(number_of(value, "value"), 3);
	assert_string_equal(text_of(value, "text"), "closed");
	json_t *gap = json_array_get(entries, 3);
	assert_string_equal(text_of(gap, "name"), "");
	assert_string_equal(text_of(gap, "kind"), "unknown");
	json_t *hash = json_array_get(entries, 5);
	assert_string_equal(text_of(hash, "order"), "big-endian");
	assert_string_equal(text_of(hash, "rule"), "once");
	json_decref(root);
}

/* A row's words: "144-151" or "8". */
static void mark(bool *there, const char *line)
{
	char *end;
	unsigned long first = strtoul(line, &end, 10);
	unsigned long last = *end == '-' ? strtoul(end + 1, &end, 10) : first;
	assert_int_equal(*end, ' ');
	for (unsigned long word = first; word <= last; word++)
		there[word] = true;
}

/* Columns of a terminal: bytes that continue a UTF-8 character take none. */
static size_t width_of(const char *line)
{
	size_t width = 0;
	for (; *line && *line != '\n'; line++)
		width += ((unsigned char)*line & 0xC0) != 0x80;
	return width;
}

static void test_every_builtin_map_is_whole(void **state)
{
	(void)state;
	size_t count = 0;
	for (const char *name; (name = chip_builtin_name(count)) != NULL; count++) {
		struct chip *one = NULL;
		struct errbuf err = {0};
		bool there[384] = {false};
		assert_int_equal(chip_load(&one, name, &err), OK);
		report(REPORT_TEXT, one);
		for (const char *line = text; *line; line += strcspn(line, "\n") + 1) {
			if (width_of(line) > 80)
				fail_msg("%s: wider than 80 columns: %.*s", name,
					(int)strcspn(line, "\n"), line);
			if (isdigit((unsigned char)line[0]))
				mark(there, line);
		}
		for (unsigned word = 0; word < one->word_count; word++)
			if (!there[word])
				fail_msg("%s: word %u has no row", name, word);
		report(REPORT_JSON, one);
		json_t *root = parsed();
		size_t fields = 0, index;
		json_t *entry;
		json_array_foreach(json_object_get(root, "entries"), index, entry) fields +=
			json_array_size(json_object_get(entry, "fields"));
		assert_int_equal(fields, one->field_count);
		assert_int_equal(index, one->entry_count);
		json_decref(root);
		chip_free(one);
	}
	assert_true(count > 1);
}

static void test_list(void **state)
{
	(void)state;
	const struct chip *chips[] = {chip, chip};
	struct errbuf err = {0};
	assert_int_equal(report_chips(&text, REPORT_TEXT, chips, 2, &err), OK);
	expect("\nsmall        Small one      0x123,0x045     12  built-in\n"
	       "    parts: ALF, ZED\nsmall ");
	free(text);
	assert_int_equal(report_chips(&text, REPORT_JSON, chips, 2, &err), OK);
	json_t *root = parsed(), *list = json_object_get(root, "chips");
	assert_int_equal(json_array_size(list), 2);
	assert_string_equal(text_of(json_array_get(list, 1), "name"), "small");
	json_decref(root);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_the_top, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_rows, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_long_names_of_values, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			test_what_does_not_arise_is_not_explained, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_names_of_the_user, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_json, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_every_builtin_map_is_whole, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_list, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
