/* Any line as a request, as a question for words and as the start of either: understood or refused
 * with a reason, and no question tells what is masked. */
#include "src/chip.h"
#include "src/grammar.h"
#include "src/search.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define COMPLETIONS 32

static void require(bool holds)
{
	if (!holds)
		abort();
}

static void as_request(const char *line)
{
	static struct statement statement;
	struct errbuf err = {0};
	const char *words[COMPLETIONS];
	if (grammar_parse_line(&statement, line, 1, &err) != OK) {
		require(err.text[0] != '\0');
	} else {
		require(statement.verb <= VERB_SNAPSHOT && statement.line == 1);
		require(statement.count <= STATEMENT_MAX_ASSIGNMENTS);
		for (size_t i = 0; i < statement.count; i++) {
			const struct assignment *one = &statement.assignments[i];
			require(one->first <= one->last && one->last < IMAGE_MAX_WORDS);
			require(memchr(one->text, '\0', sizeof one->text) != NULL);
		}
	}
	size_t count = grammar_complete(words, COMPLETIONS, line);
	for (size_t i = 0; i < count && i < COMPLETIONS; i++)
		require(words[i] && words[i][0]);
}

/* Two boards that differ in nothing but the values of secret words. */
static void make_boards(struct image boards[2], const struct chip *chip)
{
	for (unsigned i = 0; i < 2; i++) {
		boards[i] = (struct image){.version = 2, .word_count = chip->word_count};
		for (unsigned word = 0; word < chip->word_count; word++)
			boards[i].value[word] = 0x01020304u * (word % 40 + 1) +
						(chip_word_is_secret(chip, word) ? i * 0x1111u : 0);
	}
}

static void as_question(const char *line, const struct chip *chip, const struct image boards[2])
{
	static struct search search;
	struct errbuf err = {0};
	const char *words[COMPLETIONS];
	size_t count = search_complete(words, COMPLETIONS, line);
	for (size_t i = 0; i < count && i < COMPLETIONS; i++)
		require(words[i] && words[i][0]);
	if (search_parse(&search, line, &err) != OK) {
		require(err.text[0] != '\0');
		return;
	}
	require(search.count > 0 && search.count <= SEARCH_MAX_TERMS);
	const struct search_place a = {.chip = chip, .image = &boards[0]};
	const struct search_place b = {.chip = chip, .image = &boards[1]};
	unsigned below, found = 0;
	for (unsigned word = 0; word < chip->word_count; word++) {
		bool matches = search_matches(&search, &a, word);
		require(matches == search_matches(&search, &b, word));
		found += matches;
	}
	require(search_count(&search, &a, chip->word_count, &below) == found && below == found);
	int next = search_next(&search, &a, 7, false, NULL);
	require(found > 0 ? next >= 0 && search_matches(&search, &a, (unsigned)next) : next == -1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct chip *chip;
	static struct image boards[2];
	struct errbuf err = {0};
	if (!chip) {
		require(chip_load(&chip, "stm32mp15", &err) == OK);
		make_boards(boards, chip);
	}
	char *line = malloc(size + 1);
	require(line != NULL);
	if (size > 0)
		memcpy(line, data, size);
	line[size] = '\0';
	as_request(line);
	as_question(line, chip, boards);
	uint32_t number;
	unsigned first, last;
	require(grammar_number(&number, line, 383, &err) != OK || number <= 383);
	require(grammar_range(&first, &last, line, 383, &err) != OK ||
		(first <= last && last <= 383));
	free(line);
	return 0;
}
