/*
 * A simulated board at the host's end of usbredir: QEMU plugs it into its guest, whose kernel
 * enumerates it and whose usbfs passes it on, as with a board on a cable.
 *
 * It runs in a thread of its own. What is asked of the board here is asked under its lock.
 */
#ifndef OTPEDIT_TESTS_VM_REDIR_BOARD_H
#define OTPEDIT_TESTS_VM_REDIR_BOARD_H

#include "transport/sim_usb.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct redir_board;

/*
 * Waits for QEMU at a socket of this path, which is made here and is short enough for one. Takes
 * the board over. Fails the running test where that cannot be.
 */
struct redir_board *redir_board_start(const char *path, struct sim_board *board, bool plugged);

/* QEMU has gone before, or goes without a device. NULL is allowed. */
void redir_board_stop(struct redir_board *redir);

/* The cable. A board stays powered and keeps what was staged, as one with a supply of its own. */
void redir_board_plug(struct redir_board *redir);
void redir_board_unplug(struct redir_board *redir);

/* Its power goes and comes back, and it starts as before; on the bus when it is plugged in next. */
void redir_board_power_cycle(struct redir_board *redir);

/* Which requests count: every class request, or the GETSTATUS after an empty download, behind which
 * U-Boot burns. */
enum redir_moment { REDIR_ANY_REQUEST, REDIR_BURN };

/* Pulls the cable at the n-th of them from now, 1 being the next: the board acts on it, and its
 * answer does not arrive. */
void redir_board_unplug_at(struct redir_board *redir, enum redir_moment moment, unsigned at);

bool redir_board_is_plugged(struct redir_board *redir);

/* Class requests that arrived since the start. */
unsigned redir_board_requests(struct redir_board *redir);

/* How often the guest has configured the device: plugged in so often, and enumerated. */
unsigned redir_board_configured(struct redir_board *redir);

/* What the silicon holds, told by itself. */
uint32_t redir_board_fuses(struct redir_board *redir, unsigned word);
bool redir_board_is_locked(struct redir_board *redir, unsigned word);

#endif
