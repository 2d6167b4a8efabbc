/* Headers of firmware that the ROM code starts, and packages that TF-A takes. */
#include "src/fip.h"
#include "src/stm32_image.h"

#include "tests/support/make_firmware.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

static void refuse_image(const struct made *made, size_t length, const char *why)
{
	struct stm32_image image;
	struct errbuf err = {0};
	assert_int_equal(stm32_image_parse(&image, made->bytes, length, &err), ERR_FORMAT);
	if (!strstr(err.text, why))
		fail_msg("'%s' is not in: %s", why, err.text);
}

static void takes_version_1(void **state)
{
	struct made made = make_stm32(0x500, 1000, 3);
	struct stm32_image image;
	struct errbuf err = {0};
	(void)state;
	assert_int_equal(stm32_image_parse(&image, made.bytes, made.length, &err), OK);
	assert_int_equal(image.major, 1);
	assert_int_equal(image.header_length, 256);
	assert_int_equal(image.length, 1000);
	assert_int_equal(image.entry, 0x2FFC2500);
	assert_int_equal(image.image_version, 3);
	assert_int_equal(image.type, 0x10);
	assert_false(image.asks_signature);
	assert_false(image.is_signed);
	free(made.bytes);
}

static void takes_version_2(void **state)
{
	struct made made = make_stm32(0x505, 1000, 7);
	struct stm32_image image;
	struct errbuf err = {0};
	(void)state;
	assert_int_equal(stm32_image_parse(&image, made.bytes, made.length, &err), OK);
	assert_int_equal(image.major, 2);
	assert_int_equal(image.minor, 2);
	assert_int_equal(image.header_length, 512);
	assert_int_equal(image.image_version, 7);
	assert_int_equal(image.type, 0x10);
	assert_false(image.is_encrypted);
	free(made.bytes);
}

/* Version 1 asks for the check with a bit that is clear, version 2 with one that is set. */
static void tells_signed_from_unsigned(void **state)
{
	(void)state;
	const uint32_t ids[] = {0x500, 0x501};
	for (size_t i = 0; i < 2; i++) {
		struct made made = make_stm32(ids[i], 64, 0);
		struct stm32_image image;
		struct errbuf err = {0};
		make_put_word(made.bytes + 100, i == 0 ? 0 : 0x80000003);
		assert_int_equal(stm32_image_parse(&image, made.bytes, made.length, &err), OK);
		assert_true(image.asks_signature);
		assert_false(image.is_signed);
		assert_int_equal(image.is_encrypted, i == 1);
		made.bytes[20] = 0x5A;
		assert_int_equal(stm32_image_parse(&image, made.bytes, made.length, &err), OK);
		assert_true(image.is_signed);
		free(made.bytes);
	}
}

static void refuses_every_cut(void **state)
{
	(void)state;
	const uint32_t ids[] = {0x500, 0x501, 0x505};
	for (size_t i = 0; i < 3; i++) {
		struct made made = make_stm32(ids[i], 40, 0);
		for (size_t length = 0; length < made.length; length++) {
			uint8_t *cut = malloc(length + 1); /* the sanitizer sees what is over it */
			struct made short_one = {realloc(cut, length ? length : 1), length};
			memcpy(short_one.bytes, made.bytes, length);
			refuse_image(&short_one, length,
				length < 4     ? "has no STM32 header"
				: length < 256 ? "breaks off in its STM32 header"
					       : "breaks off");
			free(short_one.bytes);
		}
		free(made.bytes);
	}
}

static void refuses_damage(void **state)
{
	struct made made = make_stm32(0x501, 100, 0);
	(void)state;
	made.bytes[600] ^= 1;
	refuse_image(&made, made.length, "its checksum is");
	made.bytes[600] ^= 1;
	made.bytes[74] = 3;
	refuse_image(&made, made.length, "version 3.0: versions 1 and 2 are known");
	made.bytes[74] = 2;
	make_put_word(made.bytes + 104, 0xFFFFFF80);
	refuse_image(&made, made.length, "of extension headers: it is damaged");
	make_put_word(made.bytes + 104, 384);
	make_put_word(made.bytes + 76, 0xFFFFFFFF);
	refuse_image(&made, made.length, "breaks off");
	make_put_word(made.bytes + 76, 0);
	refuse_image(&made, made.length, "no payload");
	made.bytes[0] = 'X';
	refuse_image(&made, made.length, "no STM32 header");
	free(made.bytes);
}

static void refuse_fip(const struct made *made, size_t length, const char *why)
{
	struct fip fip;
	struct errbuf err = {0};
	assert_int_equal(fip_parse(&fip, made->bytes, length, &err), ERR_FORMAT);
	if (!strstr(err.text, why))
		fail_msg("'%s' is not in: %s", why, err.text);
}

static void takes_a_fip(void **state)
{
	struct made made = make_fip(100), ddr = make_ddr_fip(50);
	struct fip fip;
	struct errbuf err = {0};
	(void)state;
	assert_int_equal(fip_parse(&fip, made.bytes, made.length, &err), OK);
	assert_int_equal(fip.count, 2);
	assert_int_equal(fip.entries[0].offset, 136);
	assert_int_equal(fip.entries[1].size, 100);
	assert_int_equal(fip.length, 336);
	assert_true(fip.holds_bl32 && fip.holds_bl33);
	assert_false(fip.holds_certs);
	assert_int_equal(fip_parse(&fip, ddr.bytes, ddr.length, &err), OK);
	assert_false(fip.holds_bl32 || fip.holds_bl33);
	free(made.bytes);
	free(ddr.bytes);
}

static void refuses_every_cut_of_a_fip(void **state)
{
	struct made made = make_fip(30);
	(void)state;
	for (size_t length = 0; length < made.length; length++) {
		struct made cut = {malloc(length ? length : 1), length};
		memcpy(cut.bytes, made.bytes, length);
		refuse_fip(&cut, length, length < 4 ? "it is no FIP" : "breaks off");
		free(cut.bytes);
	}
	free(made.bytes);
}

static void refuses_a_damaged_fip(void **state)
{
	struct made made = make_fip(30);
	(void)state;
	make_put_word(made.bytes + 4, 0);
	refuse_fip(&made, made.length, "without a serial number");
	make_put_word(made.bytes + 4, 1);
	make_put_word(made.bytes + 16 + 16, 20);
	refuse_fip(&made, made.length, "entry 1 lies over its table");
	make_put_word(made.bytes + 16 + 16, 150);
	refuse_fip(&made, made.length, "entries 1 and 2 lie over each other");
	make_put_word(made.bytes + 16 + 16, 136);
	make_put_word(made.bytes + 16 + 20, 1);
	refuse_fip(&made, made.length, "entry 1 ends behind the file");
	make_put_word(made.bytes + 16 + 20, 0);
	make_put_word(made.bytes + 16 + 28, 0xFFFFFFFF);
	refuse_fip(&made, made.length, "entry 1 ends behind the file");
	make_put_word(made.bytes + 16 + 28, 0);
	memcpy(made.bytes + 56, made.bytes + 16, 16);
	refuse_fip(&made, made.length, "entries 1 and 2 are the same thing");
	memset(made.bytes + 16, 0, 16);
	refuse_fip(&made, made.length, "without anything in it");
	free(made.bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_version_1),
		cmocka_unit_test(takes_version_2),
		cmocka_unit_test(tells_signed_from_unsigned),
		cmocka_unit_test(refuses_every_cut),
		cmocka_unit_test(refuses_damage),
		cmocka_unit_test(takes_a_fip),
		cmocka_unit_test(refuses_every_cut_of_a_fip),
		cmocka_unit_test(refuses_a_damaged_fip),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
