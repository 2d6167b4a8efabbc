#include "src/finder.h"

#include <stdlib.h>
#include <string.h>

/* Lists of devices come in any order: people want the same each time. */
static int compare(const void *a, const void *b)
{
	const struct found_board *first = a, *second = b;
	int link = strcmp(first->link, second->link);
	return link != 0 ? link : strcmp(first->path, second->path);
}

enum status finder_list(
	struct found_boards *out, const struct source_ops *const *sources, struct errbuf *err)
{
	struct found_boards *some = malloc(sizeof *some);
	enum status status =
		some ? OK : errbuf_set(err, ERR_MEMORY, "out of memory for the list of boards");
	out->count = 0;
	for (size_t i = 0; status == OK && sources[i]; i++) {
		if (!sources[i]->list)
			continue;
		status = sources[i]->list(some, err);
		for (size_t k = 0; status == OK && k < some->count; k++)
			if (out->count < FOUND_BOARDS_MAX)
				out->boards[out->count++] = some->boards[k];
	}
	free(some);
	qsort(out->boards, out->count, sizeof out->boards[0], compare);
	return status;
}

void finder_watch(struct finder *finder, const struct source_ops *const *sources)
{
	struct errbuf ignored = {0};
	if (finder->count > 0)
		return;
	for (size_t i = 0; sources[i] && finder->count < FINDER_MAX_WATCHES; i++)
		if (sources[i]->watch &&
			sources[i]->watch(&finder->watches[finder->count], &ignored) == OK)
			finder->count++;
}

bool finder_changed(struct finder *finder)
{
	bool changed = false;
	/* All are asked: each forgets what it has told. */
	for (size_t i = 0; i < finder->count; i++)
		changed |= finder->watches[i]->ops->changed(finder->watches[i]);
	return changed;
}

void finder_close(struct finder *finder)
{
	for (size_t i = 0; i < finder->count; i++)
		finder->watches[i]->ops->close(finder->watches[i]);
	finder->count = 0;
}
