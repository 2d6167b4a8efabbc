/*
 * A simulated board behind /dev/ttyUSB0, an adapter that the real libserialport finds (mock_tty). A
 * thread of the test's process serves its line.
 */
#ifndef OTPEDIT_TESTS_SERIAL_LINE_RIG_H
#define OTPEDIT_TESTS_SERIAL_LINE_RIG_H

#include "tests/serial/mock_tty.h"
#include "tests/support/run_program.h"
#include "transport/sim_board.h"
#include "transport/sim_boot.h"
#include "transport/sim_pty.h"
#include "transport/sim_uart.h"

#include <pthread.h>
#include <stdatomic.h>

#define LINE_PORT   "/dev/ttyUSB0"
#define LINE_SOURCE "uart:/dev/ttyUSB0"

/* What every command says before it opens it. */
#define LINE_SAID                                                                                  \
	"otpedit: /dev/ttyUSB0 at 115200 baud, even parity: sends the sync byte 7F, then asks "    \
	"who answers\n"

struct line_rig {
	struct run_home home;
	struct sim_board *board;
	struct sim_uart *uart; /* the thread's until line_rig_unplug() */
	struct sim_pty *pty;
	UMockdevTestbed *testbed;
	pthread_t server;
	atomic_bool ends;
};

/* At so many baud; 0: as fast as it goes. */
void line_rig_plug_in(
	struct line_rig *rig, enum sim_family family, enum sim_service service, unsigned baud);

/* The same with a board in its ROM code, of which something is ordered: sim_boot_order(). NULL:
 * nothing. */
void line_rig_plug_in_rom(struct line_rig *rig, enum sim_family family, const char *order,
	const char *value, unsigned baud);

/* The adapter is pulled; the board stays, for looking at. May be left out. */
void line_rig_unplug(struct line_rig *rig);

void line_rig_clean_up(struct line_rig *rig);

#endif
