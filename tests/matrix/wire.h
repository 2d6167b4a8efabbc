/* The two kinds of links with a fault at one exchange; for fire.c. */
#ifndef OTPEDIT_TESTS_MATRIX_WIRE_H
#define OTPEDIT_TESTS_MATRIX_WIRE_H

#include "tests/matrix/fire.h"
#include "transport/link.h"
#include "transport/sim_board.h"
#include "transport/sim_uart.h"
#include "transport/sim_usb.h"

#include <stdint.h>

/* What lasts longer than one link. */
struct wire {
	struct sim_board *board; /* at the end of it now */
	struct sim_usb *usb;
	struct sim_uart *uart;
	struct sim_uart *other; /* that takes its place without the port being gone */
	enum fire_fault fault;
	unsigned at, exchanges; /* at: 0 for no fault any more */
	/* The one that follows, and how many exchanges later; 0: none. */
	enum fire_fault then;
	unsigned then_after;
	bool did_apply, is_gone, is_disk_full;
	/* What comes to the host before anything else, and how much it loses. */
	uint8_t pending[8];
	size_t pending_count, lost_count;
	bool is_mute;
	bool has_spoilt; /* the byte that the fault is about */
	uint64_t paused_ms;
};

/* All but *out is borrowed. */
enum status wire_open_usb(struct usb_link **out, struct wire *wire, struct errbuf *err);
enum status wire_open_stream(struct stream **out, struct wire *wire, struct errbuf *err);

#endif
