#include "tests/support/sim_partition.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

static void put(uint8_t *at, uint32_t value)
{
	at[0] = (uint8_t)value;
	at[1] = (uint8_t)(value >> 8);
	at[2] = (uint8_t)(value >> 16);
	at[3] = (uint8_t)(value >> 24);
}

static uint32_t get(const uint8_t *at)
{
	return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 |
	       (uint32_t)at[3] << 24;
}

struct sim_partition sim_partition_empty(uint32_t version)
{
	struct sim_partition p = {{0}};
	put(p.bytes, version);
	return p;
}

void sim_partition_put(struct sim_partition *p, unsigned word, uint32_t value, uint32_t status)
{
	put(p->bytes + 8 + 8 * (size_t)word, value);
	put(p->bytes + 12 + 8 * (size_t)word, status);
}

uint32_t sim_partition_value(const struct sim_partition *p, unsigned word)
{
	return get(p->bytes + 8 + 8 * (size_t)word);
}

uint32_t sim_partition_status(const struct sim_partition *p, unsigned word)
{
	return get(p->bytes + 12 + 8 * (size_t)word);
}

uint32_t sim_partition_state(const struct sim_partition *p)
{
	return get(p->bytes + 4);
}

static bool is_mp2(enum sim_family family)
{
	return family != SIM_MP13 && family != SIM_MP15;
}

struct sim_board *sim_partition_empty_board(enum sim_family family, enum sim_service service)
{
	struct sim_partition p = sim_partition_empty(is_mp2(family) ? 3 : 2);
	struct sim_board *board = NULL;
	struct errbuf err = {{0}};
	if (family == SIM_MP13)
		sim_partition_put(&p, 0, 0x17, 0);
	assert_int_equal(
		sim_board_of_family(&board, family, p.bytes, is_mp2(family) ? 3080 : 776, &err),
		OK);
	assert_true(sim_board_set_service(board, service));
	return board;
}

bool sim_partition_write(struct sim_board *board, unsigned word, uint32_t value, uint32_t status)
{
	bool v3 = is_mp2(sim_board_family(board)) && sim_board_service(board) == SIM_SERVICE_PRGFW;
	struct sim_partition p = sim_partition_empty(v3 ? 3 : 2);
	sim_partition_put(&p, word, value, status);
	return sim_board_otp_write(board, p.bytes, sim_board_partition_size(board));
}

struct sim_partition sim_partition_read(struct sim_board *board)
{
	struct sim_partition p;
	assert_true(sim_board_otp_read(board, p.bytes));
	return p;
}

void sim_partition_assert_reads(
	struct sim_board *board, unsigned word, uint32_t value, uint32_t status)
{
	struct sim_partition p = sim_partition_read(board);
	assert_int_equal(sim_partition_value(&p, word), value);
	assert_int_equal(sim_partition_status(&p, word), status);
}
