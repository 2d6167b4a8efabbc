#include "ui/screen/comparison.h"

#include "src/clean_text.h"
#include "src/diff.h"
#include "src/recent.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- what there is to compare with --- */

static const char group_read[] = "Read earlier";
static const char group_commits[] = "Left by commits on this board";
static const char group_recent[] = "Images used last";
static const char group_folder[] = "Images in this folder";

/* A long path loses its beginning: the end tells more. */
static void set_name(char out[256], const char *path)
{
	path += strncmp(path, "./", 2) == 0 ? 2 : 0;
	size_t length = strlen(path), cut = length > 200 ? length - 200 : 0;
	while (((unsigned char)path[cut] & 0xC0) == 0x80)
		cut++;
	snprintf(out, 256, "%s%s", cut > 0 ? "..." : "", path + cut);
	clean_text_in_place(out);
}

static bool add(struct comparison_choices *choices, const char *group, const char *path)
{
	struct comparison_choice *item = &choices->items[choices->count];
	if (choices->count == COMPARISON_CHOICES_MAX)
		return false;
	*item = (struct comparison_choice){.group = group, .path = path ? strdup(path) : NULL};
	if (path && !item->path)
		return false;
	set_name(item->name, path ? path : "as it was one read before the last");
	choices->count++;
	return true;
}

static bool has_end(const char *text, const char *end)
{
	size_t length = strlen(text), wanted = strlen(end);
	return length >= wanted && strcmp(text + length - wanted, end) == 0;
}

/* "20261121T135412Z-1a2b3c4d-before.bin" as people say it; what is named otherwise stays. */
static void name_of_commit(char out[256], const char *path)
{
	const char *name = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
	bool dated = strspn(name, "0123456789") == 8 && name[8] == 'T' &&
		     strspn(name + 9, "0123456789") == 6 && name[15] == 'Z';
	if (dated)
		snprintf(out, 256, "%s the commit of %.4s-%.2s-%.2s %.2s:%.2s:%.2s UTC",
			has_end(name, "-before.bin") ? "before" : "after", name, name + 4, name + 6,
			name + 9, name + 11, name + 13);
}

#define COMMITS_MAX 12

static void add_commits(struct comparison_choices *choices, const struct session *session)
{
	char relative[64], folder[STORE_PATH_MAX];
	struct store_list list;
	struct errbuf ignored = {0};
	if (!session->journal_usable || session->board[0] == '\0')
		return;
	journal_board_folder(relative, sizeof relative, &session->journal, session->board);
	if (store_join(folder, session->journal.folder, relative, &ignored) != OK)
		return;
	if (store_list(&list, folder, &ignored) == OK)
		for (size_t i = list.count, taken = 0; i > 0 && taken < COMMITS_MAX; i--) {
			const char *path = list.paths[i - 1];
			bool image = has_end(path, "-before.bin") || has_end(path, "-after.bin");
			if (!image || !add(choices, group_commits, path))
				continue;
			name_of_commit(choices->items[choices->count - 1].name, path);
			taken++;
		}
	store_list_free(&list);
}

static void add_recent(
	struct comparison_choices *choices, const struct session *session, const char *state_folder)
{
	struct recent *recent = malloc(sizeof *recent); /* too large for a stack */
	if (!recent)
		return;
	recent_load(recent, state_folder);
	for (size_t i = 0; i < recent->count; i++)
		if (strcmp(recent->paths[i], session->source_text) != 0)
			add(choices, group_recent, recent->paths[i]);
	free(recent);
}

/* Whether the file is in the list already, by another name of its folder. */
static bool is_listed(const struct comparison_choices *choices, const char *path)
{
	char *whole = realpath(path, NULL);
	bool listed = false;
	for (size_t i = 0; whole && i < choices->count; i++)
		listed |= choices->items[i].path && strcmp(choices->items[i].path, whole) == 0;
	free(whole);
	return listed;
}

static void add_folder(struct comparison_choices *choices)
{
	struct store_list list;
	struct errbuf ignored = {0};
	if (store_list(&list, ".", &ignored) == OK)
		for (size_t i = 0; i < list.count && !choices->is_cut; i++)
			choices->is_cut = has_end(list.paths[i], ".bin") &&
					  !is_listed(choices, list.paths[i]) &&
					  !add(choices, group_folder, list.paths[i]);
	store_list_free(&list);
}

void comparison_choices_find(struct comparison_choices *out, const struct session *session,
	const char *state_folder, bool has_before)
{
	*out = (struct comparison_choices){0};
	if (has_before)
		add(out, group_read, NULL);
	add_commits(out, session);
	add_recent(out, session, state_folder);
	add_folder(out);
}

void comparison_choices_free(struct comparison_choices *choices)
{
	for (size_t i = 0; i < choices->count; i++)
		free(choices->items[i].path);
	*choices = (struct comparison_choices){0};
}

void comparison_choices_text(
	struct page *page, size_t *line, const struct comparison_choices *choices)
{
	*line = 0;
	for (size_t i = 0; i < choices->count; i++) {
		const struct comparison_choice *item = &choices->items[i];
		bool chosen = i == choices->chosen;
		if (i == 0 || item->group != choices->items[i - 1].group) {
			if (i > 0)
				page_end(page);
			page_add(page, TONE_HEADING, "%s", item->group);
			page_end(page);
		}
		if (chosen)
			*line = page->line_count;
		page_add(page, chosen ? TONE_HEADING : TONE_PLAIN, "%s %s", chosen ? ">" : " ",
			item->name);
		page_end(page);
	}
	if (choices->is_cut)
		page_wrap(page, TONE_FAINT, 2, "  There are more images in this folder.");
	if (choices->count == 0)
		page_wrap(page, TONE_PLAIN, 0,
			"There is nothing to compare with: no image was used before, and no file "
			"in this folder ends in .bin. 'otpedit read' saves one.");
	page_end(page);
	page_wrap(page, TONE_FAINT, 0, "'diff IMAGE' at the prompt compares with any other image.");
}

/* --- taking an image --- */

enum status comparison_read(struct comparison *out, const char *path,
	const struct session_options *options, const struct session *session, struct errbuf *err)
{
	struct session *other;
	for (size_t i = 0; options->sources && options->sources[i]; i++)
		if (options->sources[i]->claims(path))
			return errbuf_set(err, ERR_USAGE,
				"'%.200s' is a board, and one is open at a time: save it with "
				"'otpedit read', and compare with the file",
				path);
	enum status status = session_open(&other, path, options, err);
	if (status != OK)
		return status;
	*out = (struct comparison){.is_set = true, .there = other->image, .word = out->word};
	set_name(out->name, path);
	if (strcmp(other->chip->name, session->chip->name) != 0)
		snprintf(out->chip, sizeof out->chip, "%s", other->chip->title);
	for (unsigned word = 0; word < IMAGE_MAX_WORDS; word++)
		out->secret[word] = chip_word_is_secret(other->chip, word);
	session_close(other);
	return OK;
}

void comparison_take(struct comparison *out, const struct image *before)
{
	*out = (struct comparison){.is_set = true, .there = *before, .word = out->word};
	snprintf(out->name, sizeof out->name, "as it was one read before the last");
}

/* --- moving --- */

void comparison_move(struct comparison *comparison, const struct image *here, long by)
{
	struct diff diff;
	diff_images(&diff, here, &comparison->there);
	size_t at = 0;
	while (at < diff.count && diff.words[at].word < comparison->word)
		at++;
	long to = (long)at + by;
	if (to >= (long)diff.count)
		to = (long)diff.count - 1;
	if (diff.count > 0)
		comparison->word = diff.words[to < 0 ? 0 : to].word;
}
