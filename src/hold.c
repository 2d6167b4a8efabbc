#include "src/hold.h"

#include "src/store.h"

#include <stdio.h>
#include <string.h>

static enum status hold(
	int *lock, const struct journal *journal, const char *name, struct errbuf *err)
{
	char folder[STORE_PATH_MAX], path[STORE_PATH_MAX];
	enum status status = store_join(folder, journal->folder, "locks", err);
	if (status == OK)
		status = store_make_state_folder(folder, err);
	if (status == OK)
		status = store_join(path, folder, name, err);
	return status == OK ? store_lock(lock, path, err) : status;
}

enum status hold_port(
	int *lock, const struct journal *journal, const char *port, struct errbuf *err)
{
	char digest[65], name[80];
	store_sha256_hex(digest, port, strlen(port));
	snprintf(name, sizeof name, "port-%.32s", digest);
	return hold(lock, journal, name, err);
}

enum status hold_board(
	int *lock, const struct journal *journal, const char *board, struct errbuf *err)
{
	char folder[80];
	journal_board_folder(folder, sizeof folder, journal, board);
	return hold(lock, journal, strchr(folder, '/') + 1, err);
}
