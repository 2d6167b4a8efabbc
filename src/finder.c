#include "src/finder.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Lists of devices come in any order: people want the same each time. */
static int compare(const void *a, const void *b)
{
	const struct found_board *first = a, *second = b;
	int link = strcmp(first->link, second->link);
	return link != 0 ? link : strcmp(first->path, second->path);
}

static int compare_ports(const void *a, const void *b)
{
	const struct found_port *first = a, *second = b;
	size_t lengths[] = {strlen(first->name), strlen(second->name)};
	/* ttyUSB10 after ttyUSB9. */
	if (lengths[0] != lengths[1])
		return lengths[0] < lengths[1] ? -1 : 1;
	return strcmp(first->name, second->name);
}

static enum status keep_first(
	enum status first, enum status status, const struct errbuf *why, struct errbuf *err)
{
	return first == OK && status != OK ? errbuf_set(err, status, "%s", why->text) : first;
}

enum status finder_list(
	struct found_boards *out, const struct source_ops *const *sources, struct errbuf *err)
{
	struct found_boards *some = malloc(sizeof *some);
	enum status first =
		some ? OK : errbuf_set(err, ERR_MEMORY, "out of memory for the list of boards");
	out->count = 0;
	for (size_t i = 0; some && sources[i]; i++) {
		struct errbuf why = {0};
		if (!sources[i]->list)
			continue;
		some->count = 0;
		first = keep_first(first, sources[i]->list(some, &why), &why, err);
		for (size_t k = 0; k < some->count && out->count < FOUND_BOARDS_MAX; k++)
			out->boards[out->count++] = some->boards[k];
	}
	free(some);
	qsort(out->boards, out->count, sizeof out->boards[0], compare);
	return first;
}

enum status finder_ports(
	struct found_ports *out, const struct source_ops *const *sources, struct errbuf *err)
{
	struct found_ports *some = malloc(sizeof *some);
	enum status first =
		some ? OK : errbuf_set(err, ERR_MEMORY, "out of memory for the list of ports");
	out->count = 0;
	for (size_t i = 0; some && sources[i]; i++) {
		struct errbuf why = {0};
		if (!sources[i]->ports)
			continue;
		some->count = 0;
		first = keep_first(first, sources[i]->ports(some, &why), &why, err);
		for (size_t k = 0; k < some->count && out->count < FOUND_PORTS_MAX; k++)
			out->port[out->count++] = some->port[k];
	}
	free(some);
	qsort(out->port, out->count, sizeof out->port[0], compare_ports);
	return first;
}

static enum status check_other(
	const struct found_board *other, const struct device_info *board, struct errbuf *err)
{
	if (strcmp(other->path, board->port) == 0)
		return OK;
	if (other->stage[0] == '\0')
		return errbuf_set(err, ERR_REFUSED,
			"the serial number '%s' is all that tells this board from others, and the "
			"one at %s %s cannot be looked at: unplug that one",
			board->serial, other->link, other->path);
	if (strcmp(other->serial, board->serial) == 0)
		return errbuf_set(err, ERR_REFUSED,
			"the serial number '%s' is all that tells this board from others, and the "
			"one at %s %s has the same: unplug that one",
			board->serial, other->link, other->path);
	return OK;
}

enum status finder_check_alone(
	const struct source_ops *source, const struct device_info *board, struct errbuf *err)
{
	if (!source->list)
		return OK;
	struct found_boards *found = malloc(sizeof *found);
	enum status status = found ? source->list(found, err)
				   : errbuf_set(err, ERR_MEMORY, "out of memory for boards");
	for (size_t i = 0; status == OK && i < found->count; i++)
		status = check_other(&found->boards[i], board, err);
	free(found);
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

bool finder_nodes_changed(struct finder *finder, const char *folder)
{
	struct stat now;
	if (stat(folder, &now) != 0)
		return false;
	bool changed = finder->nodes_known && (now.st_mtim.tv_sec != finder->nodes.tv_sec ||
						      now.st_mtim.tv_nsec != finder->nodes.tv_nsec);
	finder->nodes = now.st_mtim;
	finder->nodes_known = true;
	return changed;
}

void finder_close(struct finder *finder)
{
	for (size_t i = 0; i < finder->count; i++)
		finder->watches[i]->ops->close(finder->watches[i]);
	finder->count = 0;
}
