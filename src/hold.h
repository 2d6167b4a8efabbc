/*
 * One otpedit at a time for each way in to a board and for each board: locks in the state folder.
 */
#ifndef OTPEDIT_SRC_HOLD_H
#define OTPEDIT_SRC_HOLD_H

#include "src/errbuf.h"
#include "src/journal.h"

/*
 * By the physical way in (struct device_info.port): before it is known who is there. ERR_BUSY names
 * the process that holds it. *lock is a handle for store_unlock().
 */
enum status hold_port(
	int *lock, const struct journal *journal, const char *port, struct errbuf *err);

/* By identity: whatever way another process took to the same board. */
enum status hold_board(
	int *lock, const struct journal *journal, const char *board, struct errbuf *err);

#endif
