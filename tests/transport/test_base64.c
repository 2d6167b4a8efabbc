/* Base64 there and back: RFC 4648's own examples, libcrypto's encoder, and what is none. */
#include "transport/base64.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <openssl/evp.h>

#include <string.h>

/* RFC 4648, section 10. */
static const struct {
	const char *bytes, *text;
} examples[] = {{"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foob", "Zm9vYg=="},
	{"fooba", "Zm9vYmE="}, {"foobar", "Zm9vYmFy"}};

static void test_examples(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
		size_t length = strlen(examples[i].bytes), back_length;
		char text[16] = {0};
		uint8_t back[16];
		assert_int_equal(BASE64_LENGTH(length), strlen(examples[i].text));
		base64_encode(text, (const uint8_t *)examples[i].bytes, length);
		assert_string_equal(text, examples[i].text);
		assert_true(base64_decode(back, &back_length, text, strlen(text)));
		assert_int_equal(back_length, length);
		assert_memory_equal(back, examples[i].bytes, length);
	}
}

static void test_every_length_as_libcrypto_has_it(void **state)
{
	(void)state;
	uint8_t bytes[200], back[sizeof bytes + 3];
	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = (uint8_t)(i * 167 + 89);
	for (size_t length = 1; length <= sizeof bytes; length++) {
		unsigned char theirs[BASE64_LENGTH(sizeof bytes) + 1];
		char ours[BASE64_LENGTH(sizeof bytes)];
		int count = EVP_EncodeBlock(theirs, bytes, (int)length);
		assert_int_equal(BASE64_LENGTH(length), count);
		base64_encode(ours, bytes, length);
		assert_memory_equal(ours, theirs, BASE64_LENGTH(length));
		size_t back_length;
		assert_true(base64_decode(back, &back_length, ours, BASE64_LENGTH(length)));
		assert_int_equal(back_length, length);
		assert_memory_equal(back, bytes, length);
	}
}

static void test_refuses_what_is_none(void **state)
{
	(void)state;
	static const char *const wrong[] = {"Z", "Zm9", "Zm9vY", "Zm9-", "Zm 9",
		"Z===", "====", "=m9v", "Zg==Zm9v", "Zm8=Zm9v", "Zg=v", "Zh==", "Zm9=", "Zm9\n"};
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		uint8_t out[16];
		size_t length;
		if (base64_decode(out, &length, wrong[i], strlen(wrong[i])))
			fail_msg("'%s' was taken", wrong[i]);
	}
	uint8_t out[16];
	size_t length;
	assert_false(base64_decode(out, &length, "Zm\0v", 4));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_examples),
		cmocka_unit_test(test_every_length_as_libcrypto_has_it),
		cmocka_unit_test(test_refuses_what_is_none)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
