/* Any text as a plan file: refused with a line, or the same edits again from what they are saved
 * as. */
#include "src/plan_file.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require_the_same_edits(
	const struct edits *edits, const struct image *image, const struct chip *chip)
{
	struct plan_file file;
	struct errbuf err = {0};
	struct edits *again = calloc(1, sizeof *again);
	char *text;
	if (!again || plan_file_format(&text, edits, chip, NULL, NULL, &err) != OK ||
		plan_file_parse(&file, text, "again.plan", &err) != OK ||
		plan_file_edits(again, &file, image, chip, "", true, &err) != OK ||
		memcmp(edits, again, sizeof *again) != 0)
		abort();
	plan_file_free(&file);
	free(text);
	free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct chip *chip; /* the same for every text */
	struct plan_file file;
	struct errbuf err = {0};
	struct image image = {.version = 2, .word_count = 96};
	struct edits *edits = calloc(1, sizeof *edits);
	char *text = malloc(size + 1);
	if (!edits || !text || (!chip && chip_load(&chip, "stm32mp15", &err) != OK))
		abort();
	if (size > 0)
		memcpy(text, data, size);
	text[size] = '\0';
	if (plan_file_parse(&file, text, "fuzz.plan", &err) == OK) {
		if (plan_file_edits(edits, &file, &image, chip, "", true, &err) == OK)
			require_the_same_edits(edits, &image, chip);
		plan_file_free(&file);
	} else if (err.text[0] == '\0') {
		abort();
	}
	free(edits);
	free(text);
	return 0;
}
