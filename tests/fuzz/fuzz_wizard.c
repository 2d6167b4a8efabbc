/* Any lines as the answers to a guided operation: each is taken or refused with a reason, and what
 * comes of them is a line of the grammar. */
#include "src/grammar.h"
#include "src/partition.h"
#include "src/wizard.h"
#include "tests/fuzz/folder.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define FAMILIES 3

static void require(bool holds)
{
	if (!holds)
		abort();
}

static struct session *open_image(const char *chip, uint32_t version, unsigned words)
{
	struct session *session;
	struct session_options options = {.chip = chip};
	struct image image = {.version = version, .word_count = words};
	uint8_t bytes[PARTITION_MAX_BYTES];
	size_t length;
	char path[256];
	struct errbuf err = {0};
	require(partition_format(bytes, sizeof bytes, &length, &image, &err) == OK);
	folder_put("image.bin", bytes, length);
	snprintf(path, sizeof path, "%s/image.bin", folder_path());
	require(session_open(&session, path, &options, &err) == OK);
	return session;
}

static void finish(const struct wizard_run *run, const struct session *session)
{
	static struct edits edits;
	static struct statement statement;
	char line[WIZARD_LINE_MAX];
	struct errbuf err = {0};
	for (int lock = 0; lock < 2; lock++) {
		errbuf_clear(&err);
		if (wizard_line(line, run, session, lock == 1, &err) != OK) {
			require(err.text[0] != '\0');
			continue;
		}
		require(grammar_parse_line(&statement, line, 0, &err) == OK);
		enum status status = wizard_edits(&edits, run, session, lock == 1, &err);
		require(status == OK || err.text[0] != '\0');
		for (unsigned word = session->image.word_count;
			status == OK && word < IMAGE_MAX_WORDS; word++)
			require(edit_is_empty(&edits.word[word]));
	}
}

static void answer_all(struct wizard_run *run, const struct session *session, char *text)
{
	static struct wizard_question question;
	for (unsigned i = 0; i < 20 && wizard_question(&question, run, session); i++) {
		char heard[200] = "";
		struct errbuf err = {0};
		char *end = strchr(text, '\n');
		if (end)
			*end = '\0';
		require(question.title && question.choice_count <= WIZARD_MAX_CHOICES);
		(void)wizard_hear(heard, sizeof heard, run, session, text, &err);
		require(memchr(heard, '\0', sizeof heard) != NULL);
		errbuf_clear(&err);
		if (strcmp(text, "<") == 0)
			(void)wizard_back(run, session);
		else if (wizard_answer(run, session, text, &err) != OK)
			require(err.text[0] != '\0');
		if (!end)
			break;
		text = end + 1;
	}
	if (!wizard_question(&question, run, session))
		finish(run, session);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct session *sessions[FAMILIES];
	struct errbuf err = {0};
	static struct wizard_run run;
	size_t count = 0;
	if (!sessions[0]) {
		sessions[0] = open_image("stm32mp15", 2, 96);
		sessions[1] = open_image("stm32mp13", 2, 96);
		sessions[2] = open_image("stm32mp25", 2, 368);
		folder_put("value.bin", (const uint8_t *)"1234", 4);
		require(chdir(folder_path()) == 0);
	}
	if (size < 3)
		return 0;
	while (wizard_at(count))
		count++;
	const struct session *session = sessions[data[0] % FAMILIES];
	const struct wizard *wizard = wizard_at(data[1] % count);
	if (wizard_begin(&run, wizard, session, data[2] % session->image.word_count, &err) != OK) {
		require(err.text[0] != '\0');
		return 0;
	}
	char *text = malloc(size - 2);
	require(text != NULL);
	memcpy(text, data + 3, size - 3);
	text[size - 3] = '\0';
	answer_all(&run, session, text);
	free(text);
	return 0;
}
