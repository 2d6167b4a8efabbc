/* Bits, names and letters as the public sources name them (ST wiki, U-Boot and TF-A bsec.h). */
#include "src/word_status.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

static void test_letters(void **state)
{
	(void)state;
	static const struct {
		uint32_t status;
		const char *letters;
	} rows[] = {
		{0x00000000, "......"},
		{0x40000000, "P....."},
		{0x08000000, ".S...."},
		{0x10000000, "..W..."},
		{0x20000000, "...R.."},
		{0x04000000, "....E."},
		{0x00000001, ".....!"},
		{0x78000000, "PSWR.."},
		{0x30000000, "..WR.."},
		{0x80000000, "......"}, /* a request, not a lock */
		{0x0000C000, "......"}, /* reserved bits */
		{0xFFFFFFFF, "PSWRE!"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char letters[WORD_STATUS_LETTERS + 1];
		word_status_letters(letters, rows[i].status);
		assert_string_equal(letters, rows[i].letters);
	}
}

static void test_spelling(void **state)
{
	(void)state;
	static const struct {
		uint32_t status;
		const char *text;
	} rows[] = {
		{0x00000000, ""},
		{0x50000000, "[28] shadow write sticky lock; [30] permanent write lock"},
		{0x38000000, "[27] sticky programming lock; [28] shadow write sticky lock; "
			     "[29] shadow read sticky lock"},
		{0x00000001, "[0] value not valid"},
		{0x04000000, "[26] lock state not readable"},
		{0x80000000, "[31] update request"},
		{0x0000C000, "[14] reserved bit; [15] reserved bit"},
		{0x02000002, "[1] reserved bit; [25] reserved bit"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char text[256];
		word_status_spell(text, sizeof text, rows[i].status);
		assert_string_equal(text, rows[i].text);
	}
}

static void test_spelling_is_cut_at_every_capacity(void **state)
{
	(void)state;
	char whole[1024];
	word_status_spell(whole, sizeof whole, 0xFFFFFFFF);
	assert_true(strlen(whole) > 500);
	for (size_t cap = 0; cap <= strlen(whole) + 1; cap++) {
		char text[1024];
		memset(text, '#', sizeof text);
		word_status_spell(text, cap, 0xFFFFFFFF);
		assert_int_equal(text[cap], '#');
		if (cap == 0)
			continue;
		assert_int_equal(strlen(text), cap - 1);
		assert_memory_equal(text, whole, cap - 1);
	}
}

static void test_masks_follow_the_table(void **state)
{
	(void)state;
	uint32_t named = 0, locks = 0;
	for (const struct word_status_bit *row = word_status_bits; row->name != NULL; row++) {
		uint32_t mask = UINT32_C(1) << row->bit;
		assert_int_equal(named & mask, 0);
		assert_true(named < mask); /* ascending */
		assert_true(row->name[0] != '\0' && row->word[0] != '\0');
		named |= mask;
		if (row->is_lock)
			locks |= mask;
	}
	assert_int_equal(named, 0xFC000001);
	assert_int_equal(WORD_STATUS_RESERVED, 0x03FFFFFE);
	assert_int_equal(locks, 0x78000000);
	assert_int_equal(WORD_STATUS_LOCKS, 0x78000000);
	assert_int_equal(WORD_STATUS_UNTRUSTED, 0x24000001);
}

static void test_global_state(void **state)
{
	(void)state;
	static const struct {
		uint32_t state;
		const char *name;
		bool open;
	} rows[] = {
		{0, "secured-open", true},
		{1, "secured-closed", false},
		{2, "unknown", false},
		{3, "invalid", false},
		{0x80000100, "secured-open", true},
		{0x80000101, "secured-closed", false},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		assert_string_equal(global_state_name(rows[i].state), rows[i].name);
		assert_int_equal(global_state_is_open(rows[i].state), rows[i].open);
	}
	char text[256];
	global_state_remark(text, sizeof text, 3);
	assert_string_equal(text, "");
	global_state_remark(text, sizeof text, 0x100);
	assert_non_null(strstr(text, "bit 8"));
	assert_non_null(strstr(text, "unconfirmed"));
	assert_null(strstr(text, "bit 31"));
	global_state_remark(text, sizeof text, 0x80000000);
	assert_non_null(strstr(text, "bit 31"));
	assert_non_null(strstr(text, "unconfirmed"));
	global_state_remark(text, sizeof text, 0x00010004);
	assert_non_null(strstr(text, "0x00010004"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_letters),
		cmocka_unit_test(test_spelling),
		cmocka_unit_test(test_spelling_is_cut_at_every_capacity),
		cmocka_unit_test(test_masks_follow_the_table),
		cmocka_unit_test(test_global_state),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
