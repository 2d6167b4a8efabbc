/*
 * A simulated board's serial line on a pseudo-terminal: any program can open its path and talk to
 * the board, as it would over a USB adapter. Time passes on the board as it does in the world.
 *
 * A pseudo-terminal has no parity and no speed: what the other end sets of them reaches nobody.
 */
#ifndef OTPEDIT_TRANSPORT_SIM_PTY_H
#define OTPEDIT_TRANSPORT_SIM_PTY_H

#include "src/errbuf.h"
#include "transport/sim_uart.h"

struct sim_pty;

/* Bytes take the time that they take at so many baud; 0: none. The line is borrowed, and outlives
 * it. The caller closes it. */
enum status sim_pty_open(
	struct sim_pty **out, struct sim_uart *uart, unsigned baud, struct errbuf *err);
void sim_pty_close(struct sim_pty *pty); /* NULL is allowed */

/* "/dev/pts/7" */
const char *sim_pty_path(const struct sim_pty *pty);

/* For about so long, what comes in goes to the board, and what it answers goes out; what nobody
 * reads is lost in the end, as on a wire. ERR_FILE where the pseudo-terminal fails. */
enum status sim_pty_serve(struct sim_pty *pty, unsigned milliseconds, struct errbuf *err);

#endif
