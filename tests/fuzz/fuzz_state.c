/* Any bytes as what the program keeps for itself from run to run: lines that were typed, names of
 * images, what is staged, a board's last image. */
#include "src/clean_text.h"
#include "src/history.h"
#include "src/kept.h"
#include "src/partition.h"
#include "src/recent.h"
#include "src/session.h"
#include "tests/fuzz/folder.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

static void as_history(const uint8_t *data, size_t size)
{
	struct history history = {0};
	folder_put("lines", data, size);
	history_load(&history, folder_path(), "lines");
	require(history.count <= HISTORY_MAX);
	for (size_t i = 0; i < history.count; i++) {
		const char *text = history.lines[i].text;
		require(text[0] && strlen(text) <= HISTORY_LINE_MAX);
		require(clean_text_is_clean(text, strlen(text)) && !history.lines[i].fresh);
	}
	history_free(&history);
}

static void as_recent(const uint8_t *data, size_t size)
{
	static struct recent recent;
	folder_put("recent", data, size);
	recent_load(&recent, folder_path());
	require(recent.count <= RECENT_MAX);
	for (size_t i = 0; i < recent.count; i++)
		require(recent.paths[i][0] == '/');
}

static struct session *open_image(void)
{
	struct session *session;
	struct session_options options = {0};
	struct image image = {.version = 2, .word_count = 96};
	uint8_t bytes[PARTITION_MAX_BYTES];
	size_t length;
	char path[256];
	struct errbuf err = {0};
	image.value[13] = 0x00410032;
	require(partition_format(bytes, sizeof bytes, &length, &image, &err) == OK);
	folder_put("image.bin", bytes, length);
	snprintf(path, sizeof path, "%s/image.bin", folder_path());
	options.chip = "stm32mp15";
	require(session_open(&session, path, &options, &err) == OK);
	return session;
}

/* What is taken for staged is what would be kept again. */
static void as_kept(const uint8_t *data, size_t size)
{
	static struct session *session;
	static struct edits edits, again;
	struct errbuf err = {0};
	char path[256];
	if (!session)
		session = open_image();
	folder_put("staged", data, size);
	snprintf(path, sizeof path, "%s/staged", folder_path());
	enum status status = kept_load(&edits, path, session, &err);
	require(status == OK || err.text[0] != '\0');
	if (status != OK || edits_count(&edits) == 0)
		return;
	require(kept_save(path, &edits, session, &err) == OK);
	require(kept_load(&again, path, session, &err) == OK);
	for (unsigned word = 0; word < IMAGE_MAX_WORDS; word++)
		require(edit_equal(&edits.word[word], &again.word[word]));
}

static void as_last_image(const uint8_t *data, size_t size)
{
	struct journal journal = {.source_class = SOURCE_REAL};
	struct image image;
	struct errbuf err = {0};
	char folder[64], name[96], path[STORE_PATH_MAX];
	bool found;
	snprintf(journal.folder, sizeof journal.folder, "%s", folder_path());
	journal_board_folder(folder, sizeof folder, &journal, "A");
	require(store_join(path, journal.folder, folder, &err) == OK);
	require(store_make_folder(path, &err) == OK);
	snprintf(name, sizeof name, "%s/last.bin", folder);
	folder_put(name, data, size);
	enum status status = journal_last_image(&image, &found, &journal, "A", &err);
	require((status == OK) == found && (status == OK || err.text[0] != '\0'));
	require(!found || image.word_count <= IMAGE_MAX_WORDS);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 1)
		return 0;
	switch (data[0] % 4) {
	case 0: as_history(data + 1, size - 1); break;
	case 1: as_recent(data + 1, size - 1); break;
	case 2: as_kept(data + 1, size - 1); break;
	case 3: as_last_image(data + 1, size - 1); break;
	}
	return 0;
}
