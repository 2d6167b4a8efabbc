/* Typing is told from pasting, and nobody who types is locked out. */
#include "ui/screen/phrase.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#define WANTED "burn 70 on 3330"

/* Types a text with so many milliseconds between the keys; returns the time after the last. */
static long long types(struct phrase *phrase, const char *text, long long from, long long gap)
{
	for (; *text; text++, from += gap)
		phrase_type(phrase, (unsigned char)*text, from);
	return from;
}

static void test_typed(void **state)
{
	(void)state;
	struct phrase phrase = {0};
	long long now = types(&phrase, WANTED, 1000, 100);
	assert_true(phrase_enter(&phrase, WANTED, now));
}

static void test_fast_fingers(void **state)
{
	(void)state;
	struct phrase phrase = {0};
	long long now = types(&phrase, WANTED, 1000, PHRASE_GAP_MS);
	assert_string_equal(phrase.text, WANTED);
	assert_true(phrase_enter(&phrase, WANTED, now));
}

static void test_wrong_or_unfinished(void **state)
{
	(void)state;
	static const char *const wrong[] = {"burn 70 on 3331", "burn 70 on 333", "BURN 70 on 3330",
		"burn 70 on 3330 ", " burn 70 on 3330", ""};
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		struct phrase phrase = {0};
		long long now = types(&phrase, wrong[i], 1000, 100);
		assert_false(phrase_enter(&phrase, WANTED, now));
	}
	/* No plan has an empty phrase: one that has, by mistake, is not confirmed by Enter alone.
	 */
	struct phrase phrase = {0};
	assert_false(phrase_enter(&phrase, "", 1000));
}

static void test_burst_is_a_paste(void **state)
{
	(void)state;
	struct phrase phrase = {0};
	long long now = types(&phrase, WANTED, 1000, 0);
	assert_string_equal(phrase.text, "");
	assert_true(phrase.dropped);
	assert_false(phrase_enter(&phrase, WANTED, now));
	assert_false(phrase_enter(&phrase, WANTED, now + 1000));
	/* Serial consoles deliver a paste with a gap between the characters, a millisecond here. */
	types(&phrase, WANTED, 3000, 1);
	assert_string_equal(phrase.text, "");
	/* And typing goes on as if nothing had been. */
	now = types(&phrase, WANTED, 5000, 80);
	assert_true(phrase_enter(&phrase, WANTED, now));
}

static void test_paste_keeps_what_was_typed(void **state)
{
	(void)state;
	struct phrase phrase = {0};
	types(&phrase, "burn 70 ", 1000, 100);
	types(&phrase, "on 3330 and more", 3000, 0);
	assert_string_equal(phrase.text, "burn 70 ");
	assert_true(phrase.dropped);
	long long now = types(&phrase, "on 3330", 5000, 100);
	assert_false(phrase.dropped);
	assert_true(phrase_enter(&phrase, WANTED, now));
}

static void test_slow_network_brings_keys_together(void **state)
{
	(void)state;
	/* Ten keys a second over a link that stops for half a second now and then. */
	struct phrase phrase = {0};
	types(&phrase, "burn", 1000, 100);
	types(&phrase, " 70 ", 1900, 0);
	types(&phrase, "o", 2000, 0);
	long long now = types(&phrase, "n 3330", 2600, 0);
	assert_string_equal(phrase.text, WANTED);
	assert_false(phrase_enter(&phrase, WANTED, now)); /* Enter in the same piece: not yet */
	assert_true(phrase_enter(&phrase, WANTED, now + 200));
}

static void test_bracketed_paste(void **state)
{
	(void)state;
	struct phrase phrase = {0};
	types(&phrase, "burn 70 on ", 1000, 100);
	phrase_paste(&phrase, true, 4000);
	types(&phrase, "3330", 4000, 100); /* slow, but between the markers */
	assert_false(phrase_enter(&phrase, WANTED, 4500));
	phrase_erase(&phrase, 4600);
	phrase_paste(&phrase, false, 4700);
	assert_true(phrase.dropped);
	assert_string_equal(phrase.text, "burn 70 on ");
	long long now = types(&phrase, "3330", 5000, 100);
	assert_false(phrase.dropped);
	assert_true(phrase_enter(&phrase, WANTED, now));
}

static void test_paste_without_an_end(void **state)
{
	(void)state;
	struct phrase phrase = {0};
	phrase_paste(&phrase, true, 1000);
	types(&phrase, "burn", 1000, 0);
	long long now = types(&phrase, WANTED, 1000 + PHRASE_PASTE_SILENCE_MS, 100);
	assert_true(phrase_enter(&phrase, WANTED, now));
}

static void test_pasted_line_does_not_end_itself(void **state)
{
	(void)state;
	struct phrase phrase = {0};
	types(&phrase, "burn 70 on 33", 1000, 100);
	types(&phrase, "30", 4000, 0);
	assert_string_equal(phrase.text, WANTED);
	assert_false(phrase_enter(&phrase, WANTED, 4000));
}

static void test_backspace_and_clear(void **state)
{
	(void)state;
	struct phrase phrase = {0};
	types(&phrase, "burn 71", 1000, 100);
	phrase_erase(&phrase, 2000);
	long long now = types(&phrase, "0 on 3330", 2100, 100);
	assert_true(phrase_enter(&phrase, WANTED, now));
	phrase_clear(&phrase);
	assert_string_equal(phrase.text, "");
	assert_false(phrase_enter(&phrase, WANTED, now + 500));
	phrase_erase(&phrase, now + 600); /* of nothing */
	assert_string_equal(phrase.text, "");
}

static void test_only_plain_characters_and_no_overflow(void **state)
{
	(void)state;
	struct phrase phrase = {0};
	phrase_type(&phrase, 0xE9, 1000);
	phrase_type(&phrase, 0x1F525, 1100);
	phrase_type(&phrase, '\t', 1200);
	assert_string_equal(phrase.text, "");
	for (int i = 0; i < 500; i++)
		phrase_type(&phrase, 'x', 2000 + i * 50);
	assert_int_equal(phrase.length, CONFIRM_PHRASE_MAX - 1);
	assert_int_equal(phrase.text[CONFIRM_PHRASE_MAX - 1], '\0');
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_typed),
		cmocka_unit_test(test_fast_fingers),
		cmocka_unit_test(test_wrong_or_unfinished),
		cmocka_unit_test(test_burst_is_a_paste),
		cmocka_unit_test(test_paste_keeps_what_was_typed),
		cmocka_unit_test(test_slow_network_brings_keys_together),
		cmocka_unit_test(test_bracketed_paste),
		cmocka_unit_test(test_paste_without_an_end),
		cmocka_unit_test(test_pasted_line_does_not_end_itself),
		cmocka_unit_test(test_backspace_and_clear),
		cmocka_unit_test(test_only_plain_characters_and_no_overflow),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
