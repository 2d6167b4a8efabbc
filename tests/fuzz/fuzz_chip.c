/* Any text as a chip file, and as a user's overlay over a built-in chip. */
#include "src/chip.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Everything the program asks of a map is there for every word. */
static void walk(const struct chip *chip)
{
	for (unsigned word = 0; word < chip->word_count; word++) {
		char name[64];
		if (!chip_bank_of(chip, word) || !chip_danger_name(chip_word_danger(chip, word)))
			abort();
		chip_word_name(name, sizeof name, chip, word);
		size_t count = chip_word_field_count(chip, word);
		for (size_t i = 0; i < count; i++) {
			const struct chip_field *field = chip_word_field(chip, word, i);
			if (!field || field->high > 31 || field->low > field->high)
				abort();
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct chip *chip;
	struct errbuf err = {0};
	enum status status = chip_parse(&chip, (const char *)data, size, "fuzz.chip", &err);
	if (status == OK) {
		walk(chip);
		chip_free(chip);
	} else if (err.text[0] == '\0') {
		abort();
	}
	errbuf_clear(&err);
	if (chip_load(&chip, "stm32mp15", &err) != OK)
		abort();
	status = chip_overlay(chip, (const char *)data, size, "fuzz.chip", &err);
	if (status != OK && err.text[0] == '\0')
		abort();
	/* Whatever it says: the bank, the kind of a factory word and its danger stay. */
	if (chip_word(chip, 0)->kind != KIND_LIFECYCLE ||
		chip_word_danger(chip, 0) != DANGER_ONE_WAY || chip->bank_count != 2 ||
		chip_word(chip, 70)->kind != KIND_USER)
		abort();
	walk(chip);
	chip_free(chip);
	return 0;
}
