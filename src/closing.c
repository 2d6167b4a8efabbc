#include "src/closing.h"

#include <string.h>

#define U_BOOT "U-Boot arch/arm/mach-stm32mp/cmd_stm32key.c"

#define MP2_WORDS                                                                                  \
	3,                                                                                         \
	{                                                                                          \
		{8, 0xFF}, {18, 0xFF},                                                             \
		{                                                                                  \
			124, UINT32_C(1) << 20                                                     \
		}                                                                                  \
	}
#define MP2_HALF_DONE                                                                              \
	"a board that took only some of words 8, 18 and 124 may refuse unsigned firmware, still "  \
	"not count as secured, and give no way to burn the rest"

static const struct closing table[] = {
	{"stm32mp13", 1, {{0, 0x3F}}, 24, 31, {0, 0x28}, false, "", U_BOOT},
	{"stm32mp15", 1, {{0, 0x40}}, 24, 31, {0, 0x40}, false, "", U_BOOT},
	{"stm32mp21", MP2_WORDS, 152, 159, {18, 0x0F}, true, MP2_HALF_DONE, U_BOOT},
	{"stm32mp23", MP2_WORDS, 144, 151, {18, 0x0F}, true, MP2_HALF_DONE, U_BOOT},
	{"stm32mp25", MP2_WORDS, 144, 151, {18, 0x0F}, true, MP2_HALF_DONE, U_BOOT},
};

const struct closing *closing_of(const struct chip *chip)
{
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		if (strcmp(table[i].chip, chip->name) == 0)
			return &table[i];
	return NULL;
}

bool closing_has_word(const struct closing *closing, unsigned word)
{
	for (size_t i = 0; closing && i < closing->count; i++)
		if (closing->words[i].word == word)
			return true;
	return false;
}

bool closing_is_done(const struct closing *closing, const struct image *image)
{
	const struct closing_word *by = closing ? &closing->closed_by : NULL;
	if (!by || !image_value_is_known(image, by->word))
		return false;
	uint32_t set = image->value[by->word] & by->bits;
	return closing->any ? set != 0 : set == by->bits;
}

bool closing_is_legal_mode(const struct chip *chip, unsigned word, uint32_t value)
{
	static const uint32_t legal[] = {0x17, 0x3F, 0x17F, 0x3FF};
	if (word != 0 || strcmp(chip->name, "stm32mp13") != 0)
		return true;
	for (size_t i = 0; i < sizeof legal / sizeof *legal; i++)
		if ((value & 0x3FF) == legal[i])
			return true;
	return false;
}
