/* A partition under construction for a simulated board, read or request alike, byte by byte. */
#ifndef OTPEDIT_TESTS_SUPPORT_SIM_PARTITION_H
#define OTPEDIT_TESTS_SUPPORT_SIM_PARTITION_H

#include "transport/sim_board.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sim_partition {
	uint8_t bytes[3112];
};

struct sim_partition sim_partition_empty(uint32_t version);
void sim_partition_put(struct sim_partition *p, unsigned word, uint32_t value, uint32_t status);
uint32_t sim_partition_value(const struct sim_partition *p, unsigned word);
uint32_t sim_partition_status(const struct sim_partition *p, unsigned word);
uint32_t sim_partition_state(const struct sim_partition *p);

/* A board of the family whose fuses are all zero, but for the legal mode of an MP13. */
struct sim_board *sim_partition_empty_board(enum sim_family family, enum sim_service service);

/* One word in a request of its own. */
bool sim_partition_write(struct sim_board *board, unsigned word, uint32_t value, uint32_t status);

/* Reads the board, which must answer. */
struct sim_partition sim_partition_read(struct sim_board *board);

/* Reads, and holds one word against this. */
void sim_partition_assert_reads(
	struct sim_board *board, unsigned word, uint32_t value, uint32_t status);

#endif
