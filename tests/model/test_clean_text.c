#include "src/clean_text.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static const struct {
	const char *text, *clean;
} cases[] = {
	{"", ""},
	{"board 42.bin", "board 42.bin"},
	{"a\033[31m\n\t\x7F", "a?[31m???"},
	{"\xC3\xBC \xE2\x82\xAC \xF0\x9F\x94\xA5", "\xC3\xBC \xE2\x82\xAC \xF0\x9F\x94\xA5"},
	{"\xC2\x9B"
	 "31m",
		"?31m"}, /* U+009B begins a control sequence, too */
	{"\x9B"
	 "31m",
		"?31m"}, /* the same in an 8-bit coding */
	{"a\xE2\x80\xAE"
	 "b",
		"a?b"}, /* U+202E turns what follows round */
	{"a\xE2\x81\xA6"
	 "b\xE2\x80\xA8",
		"a?b?"},              /* U+2066, U+2028 */
	{"\xC0\x8A", "??"},           /* a line feed in two bytes */
	{"\xED\xA0\x80", "???"},      /* a surrogate */
	{"\xF4\x90\x80\x80", "????"}, /* beyond the last one */
	{"ab\xE2\x82", "ab??"},       /* cut off */
	{"\xFF\xFE", "??"},
};

static void test_each_case_both_ways(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char copy[64], *put = NULL;
		size_t length = 0;
		snprintf(copy, sizeof copy, "%s", cases[i].text);
		clean_text_in_place(copy);
		assert_string_equal(copy, cases[i].clean);
		FILE *out = open_memstream(&put, &length);
		assert_non_null(out);
		clean_text_put(out, cases[i].text, strlen(cases[i].text));
		assert_int_equal(fclose(out), 0);
		assert_string_equal(put, cases[i].clean);
		assert_int_equal(clean_text_is_clean(cases[i].text, strlen(cases[i].text)),
			strcmp(cases[i].text, cases[i].clean) == 0);
		free(put);
	}
}

/* The length is the caller's: a byte of zero is one to hide, and no more is read. */
static void test_a_length_holds(void **state)
{
	(void)state;
	char *put = NULL;
	size_t length = 0;
	FILE *out = open_memstream(&put, &length);
	assert_non_null(out);
	clean_text_put(out, "a\0b\xC3\xBC", 4);
	assert_int_equal(fclose(out), 0);
	assert_string_equal(put, "a?b?");
	free(put);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_case_both_ways),
		cmocka_unit_test(test_a_length_holds),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
