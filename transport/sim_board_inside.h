/* The inside of a simulated board, for sim_board*.c alone. */
#ifndef OTPEDIT_TRANSPORT_SIM_BOARD_INSIDE_H
#define OTPEDIT_TRANSPORT_SIM_BOARD_INSIDE_H

#include "transport/sim_board.h"

struct sim_word {
	/* What is fused. */
	uint32_t fuses;
	bool spoilt;
	bool locked;
	/* What the last boot saw of it. */
	uint32_t shadow;
	bool shadow_spoilt;
	bool shadow_locked;
	/* What the starting image says of every boot. */
	uint32_t shown; /* status bits 26 to 29 */
	bool hidden;
	/* The rig's. */
	enum sim_word_fault fault;
	unsigned pulses;
};

struct sim_board {
	struct sim_word words[SIM_BOARD_WORDS];
	uint32_t origin; /* checksum of the starting image */
	bool born_closed;
	bool powered;
	unsigned boot_count;
	enum sim_service service;
	enum sim_locks locks;
	struct sim_faults faults;
	unsigned reads_to_wait; /* until `late` is carried out; 0: nothing waits */
	uint8_t late[SIM_BOARD_PARTITION_SIZE];
	void (*changed)(struct sim_board *, void *payload);
	void *payload;
};

/* CRC-32 as in IEEE 802.3. */
uint32_t sim_board_checksum(const void *bytes, size_t length);

#endif
