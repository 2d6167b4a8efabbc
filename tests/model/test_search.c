/* Finding words: what each term means, and that nothing hidden is found out by asking. */
#include "src/search.h"

#include "src/word_status.h"
#include "tests/support/fixtures.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

/* Words 13 to 15 hold the unique id and are locked, 0 holds 0x17, 16 a package; 40 to 55 (a
 * certificate) and 60 to 63 are secret, 57 and 58 the address, 64 to 95 the customer's. */
struct fixture {
	struct chip *chip;
	struct image image, before;
	struct edits edits;
	bool selected[IMAGE_MAX_WORDS];
	struct search_place place;
};

static int set_up(void **state)
{
	static struct fixture f;
	f = (struct fixture){.chip = fixture_chip()};
	fixture_plain(&f.image);
	f.place = (struct search_place){
		.chip = f.chip, .image = &f.image, .edits = &f.edits, .selected = f.selected};
	*state = &f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;
	chip_free(f->chip);
	return 0;
}

/* The words found, as "13 14 15". */
static const char *found(const struct fixture *f, const char *question)
{
	static char text[2000];
	struct search search;
	struct errbuf err = {0};
	size_t used = 0;
	if (search_parse(&search, question, &err) != OK)
		fail_msg("%s: %s", question, err.text);
	text[0] = '\0';
	for (unsigned word = 0; word < f->image.word_count; word++)
		if (search_matches(&search, &f->place, word))
			used += (size_t)snprintf(
				text + used, sizeof text - used, "%s%u", used ? " " : "", word);
	return text;
}

static void test_by_number(void **state)
{
	struct fixture *f = *state;
	assert_string_equal(found(f, "70"), "70");
	assert_string_equal(found(f, "0x46"), "70");
	assert_string_equal(found(f, "70-73"), "70 71 72 73");
	assert_string_equal(found(f, " 94-4000\t"), "94 95");
	assert_string_equal(found(f, "93-95 !94"), "93 95");
}

static void test_by_value(void **state)
{
	struct fixture *f = *state;
	f->image.value[70] = 0xDEADBEEF;
	f->image.value[71] = 0x0000BEEF;
	assert_string_equal(found(f, "=deadbeef"), "70");
	assert_string_equal(found(f, "=DEADBEEF"), "70");
	assert_string_equal(found(f, "=0xdeadbeef"), "70");
	assert_string_equal(found(f, "=beef"), "71");
	assert_string_equal(found(f, "=????beef"), "70 71");
	assert_string_equal(found(f, "=17"), "0");
}

static void test_by_what_is_staged(void **state)
{
	struct fixture *f = *state;
	assert_string_equal(found(f, "staged"), "");
	f->edits.word[80] = (struct edit){.sets_value = true, .value = 0xABCD1234};
	f->edits.word[81] = (struct edit){.locks = WORD_STATUS_PERMANENT};
	assert_string_equal(found(f, "staged"), "80 81");
	assert_string_equal(found(f, "=abcd1234"), "80");
	assert_string_equal(found(f, "80-83 !staged"), "82 83");
}

static void test_by_lock(void **state)
{
	struct fixture *f = *state;
	f->image.status[70] = WORD_STATUS_STICKY_READ;
	f->image.status[71] = WORD_STATUS_READ_ERROR;
	assert_string_equal(found(f, "lock=permanent"), "13 14 15");
	assert_string_equal(found(f, "lock=sticky-read"), "70");
	assert_string_equal(found(f, "lock=read-error"), "71");
	assert_string_equal(found(f, "lock=any"), "13 14 15 70");
	assert_string_equal(found(f, "69-72 lock=none"), "69 71 72");
	assert_string_equal(found(f, "69-72 !lock=none"), "70");
}

static void test_by_name_kind_and_field(void **state)
{
	struct fixture *f = *state;
	assert_string_equal(found(f, "kind=mac"), "57 58");
	assert_string_equal(found(f, "board_id"), "59");
	assert_string_equal(found(f, "Board-ID"), "59");
	assert_string_equal(found(f, "mac_byte_2"), "57");
	assert_string_equal(found(f, "\"board_id\" 59"), "59");
	assert_string_equal(found(f, "bank=upper 30-33"), "32 33");
	assert_string_equal(found(f, "no such thing"), "");
}

static void test_by_what_a_word_says(void **state)
{
	struct fixture *f = *state;
	assert_string_equal(found(f, "4100323338511634383330"), "13 14 15");
	assert_string_equal(found(f, "serial"), "13 14 15");
}

/* As openssl prints a hash; and a digit of a hidden one. */
static void test_by_the_value_of_several_words(void **state)
{
	struct fixture *f = *state;
	for (unsigned i = 0; i < 8; i++)
		f->image.value[24 + i] = 0xA0B1C2D0 + i;
	assert_string_equal(
		found(f, "a0b1c2d0a0b1c2d1a0b1c2d2a0b1c2d3a0b1c2d4a0b1c2d5a0b1c2d6a0b1c2d7"),
		"24 25 26 27 28 29 30 31");
	assert_string_equal(found(f, "d7a0"), "");
	assert_string_equal(found(f, "34383330"), "13 14 15");
	f->image.value[60] = 0xCAFEF00D;
	assert_string_equal(found(f, "60-63 cafe"), "");
	assert_string_equal(found(f, "60-63 0df0fe"), "");
}

static void test_by_change_and_choice(void **state)
{
	struct fixture *f = *state;
	assert_string_equal(found(f, "changed"), "");
	f->before = f->image;
	f->place.before = &f->before;
	f->image.value[72] = 1;
	f->image.status[73] = WORD_STATUS_PERMANENT;
	f->selected[73] = true;
	assert_string_equal(found(f, "changed"), "72 73");
	assert_string_equal(found(f, "selected"), "73");
	assert_string_equal(found(f, "changed !selected"), "72");
}

/* Each digit could be asked for in turn. */
static void test_what_is_masked_is_not_found(void **state)
{
	struct fixture *f = *state;
	f->image.value[60] = 0xCAFEF00D;
	assert_true(chip_word_is_secret(f->chip, 60));
	assert_string_equal(found(f, "=cafef00d"), "");
	assert_string_equal(found(f, "60 =????????"), "");
	assert_string_equal(found(f, "60 !=0"), "");
	assert_string_equal(found(f, "60 cafe"), "");
	f->place.reveal = true;
	assert_string_equal(found(f, "=cafef00d"), "60");
	assert_string_equal(found(f, "60 !=0"), "60");
}

static void test_rubbish_is_no_value(void **state)
{
	struct fixture *f = *state;
	f->image.value[70] = 0xCAFEF00D;
	f->image.status[70] = WORD_STATUS_READ_ERROR;
	assert_string_equal(found(f, "=cafef00d"), "");
}

static void test_what_is_no_question(void **state)
{
	(void)state;
	static const char *const wrong[][2] = {{"", "type what to find"},
		{"  ", "type what to find"}, {"\"\"", "type what to find"},
		{"!", "nothing follows '!'"}, {"=", "is no value"}, {"=xyz", "is no value"},
		{"=123456789", "is no value"}, {"=0x", "is no value"},
		{"lock=both", "'lock=both' is no lock"}, {"lock=update", "is no lock"},
		{"kind=cheese", "is no kind"},
		{"1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17", "more than 16 terms"},
		{"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
			"too long"}};
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		struct search search;
		struct errbuf err = {0};
		assert_int_equal(search_parse(&search, wrong[i][0], &err), ERR_USAGE);
		if (!strstr(err.text, wrong[i][1]))
			fail_msg("'%s': %s", wrong[i][0], err.text);
	}
}

static int next(
	const struct fixture *f, const char *question, unsigned word, bool backwards, bool *wrapped)
{
	struct search search;
	struct errbuf err = {0};
	assert_int_equal(search_parse(&search, question, &err), OK);
	return search_next(&search, &f->place, word, backwards, wrapped);
}

static void test_going_on_and_round(void **state)
{
	struct fixture *f = *state;
	bool wrapped;
	assert_int_equal(next(f, "lock=permanent", 0, false, &wrapped), 13);
	assert_false(wrapped);
	assert_int_equal(next(f, "lock=permanent", 13, false, &wrapped), 14);
	assert_int_equal(next(f, "lock=permanent", 15, false, &wrapped), 13);
	assert_true(wrapped);
	assert_int_equal(next(f, "lock=permanent", 13, true, &wrapped), 15);
	assert_true(wrapped);
	assert_int_equal(next(f, "lock=permanent", 95, true, &wrapped), 15);
	assert_false(wrapped);
	assert_int_equal(next(f, "70", 70, false, &wrapped), 70);
	assert_int_equal(next(f, "70", 70, true, &wrapped), 70);
	assert_int_equal(next(f, "nothing_like_it", 70, false, &wrapped), -1);
}

static void test_counting(void **state)
{
	struct fixture *f = *state;
	struct search search, nothing = {0};
	struct errbuf err = {0};
	unsigned below;
	assert_int_equal(search_parse(&search, "lock=permanent", &err), OK);
	assert_int_equal(search_count(&search, &f->place, 14, &below), 3);
	assert_int_equal(below, 1);
	assert_int_equal(search_count(&nothing, &f->place, 14, &below), 0);
}

/* Every word offered is understood, and no kind is forgotten. */
static void test_completion(void **state)
{
	(void)state;
	const char *words[40];
	struct search search;
	size_t kinds = search_complete(words, 40, "70 !kind=");
	for (size_t i = 0; i < kinds; i++) {
		struct errbuf err = {0};
		assert_int_equal(search_parse(&search, words[i], &err), OK);
		assert_string_equal(words[i] + 5, word_kind_name((enum word_kind)i));
	}
	assert_null(word_kind_name((enum word_kind)kinds));
	size_t locks = search_complete(words, 40, "lock=");
	assert_int_equal(locks, 8);
	for (size_t i = 0; i < locks; i++) {
		struct errbuf err = {0};
		assert_int_equal(search_parse(&search, words[i], &err), OK);
	}
	assert_int_equal(search_complete(words, 40, "lock=n"), 1);
	assert_string_equal(words[0], "lock=none");
	assert_int_equal(search_complete(words, 3, "lock="), 3);
	assert_int_equal(search_complete(words, 40, ""), 0);
	assert_int_equal(search_complete(words, 40, "zzz"), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {TEST(test_by_number), TEST(test_by_value),
		TEST(test_by_what_is_staged), TEST(test_by_lock), TEST(test_by_name_kind_and_field),
		TEST(test_by_what_a_word_says), TEST(test_by_the_value_of_several_words),
		TEST(test_by_change_and_choice), TEST(test_what_is_masked_is_not_found),
		TEST(test_rubbish_is_no_value), TEST(test_what_is_no_question),
		TEST(test_going_on_and_round), TEST(test_counting), TEST(test_completion)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
