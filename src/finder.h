/*
 * Boards that can be found through a table of sources, and whether any came or went.
 */
#ifndef OTPEDIT_SRC_FINDER_H
#define OTPEDIT_SRC_FINDER_H

#include "src/device.h"
#include "src/errbuf.h"

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

/* Every board and every port of every source that can list, as many as there is room for, boards by
 * link and path, ports by name; the first source that fails ends it. `sources` ends with NULL. */
enum status finder_list(
	struct found_boards *out, const struct source_ops *const *sources, struct errbuf *err);

/* The same of the ports that a board may be behind, by name. */
enum status finder_ports(
	struct found_ports *out, const struct source_ops *const *sources, struct errbuf *err);

/*
 * ERR_REFUSED unless the serial number of this board is known to be its alone among all that its
 * source finds: another one has it, too, or cannot be looked at. For boards that nothing else tells
 * apart.
 */
enum status finder_check_alone(
	const struct source_ops *source, const struct device_info *board, struct errbuf *err);

#define FINDER_MAX_WATCHES 8

/* Zeroed: watches nothing. For one thread at a time. */
struct finder {
	size_t count;
	struct source_watch *watches[FINDER_MAX_WATCHES]; /* owned: finder_close() */
	bool nodes_known;
	struct timespec nodes; /* when the folder of device nodes was changed last */
};

/* Watches all sources that can be watched; once is enough. A source where that fails is left out:
 * then its boards have to be looked for by hand. */
void finder_watch(struct finder *finder, const struct source_ops *const *sources);

/* Whether something was plugged in or out since it was asked last. Never waits, sends nothing. */
bool finder_changed(struct finder *finder);

/*
 * Whether device nodes came or went in this folder since it was asked last; false the first time.
 * Serial ports cannot be watched otherwise: to list them may open some. Looks at the folder alone.
 */
#define FINDER_NODES "/dev"
bool finder_nodes_changed(struct finder *finder, const char *folder);

void finder_close(struct finder *finder);

#endif
