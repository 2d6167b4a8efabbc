/* What fuses do when they are read, programmed and locked: the same under every service. */
#include "transport/sim_board_inside.h"

uint32_t sim_load(const uint8_t *bytes)
{
	return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
	       (uint32_t)bytes[3] << 24;
}

void sim_store(uint8_t *bytes, uint32_t value)
{
	for (unsigned i = 0; i < 4; i++) {
		bytes[i] = (uint8_t)(value >> (8 * i));
	}
}

size_t sim_word_offset(unsigned word)
{
	return SIM_OFFSET_WORDS + (size_t)word * SIM_WORD_BYTES;
}

uint32_t sim_word_flags(const struct sim_word *word)
{
	return word->shown | word->sticky;
}

bool sim_board_hides(const struct sim_board *board, unsigned index)
{
	return board->upper_hidden && index >= board->silicon->upper_from;
}

bool sim_lock_shows(const struct sim_board *board, const struct sim_word *word)
{
	return word->claimed_lock ||
	       (board->locks == SIM_LOCKS_NOW ? word->locked : word->shadow_locked);
}

bool sim_sense(const struct sim_board *board, unsigned index, uint32_t *out)
{
	const struct sim_word *word = &board->words[index];

	*out = 0;
	if (word->fault == SIM_WORD_READ_ERROR || index >= board->silicon->unreadable_from) {
		return false;
	}
	if (index >= board->silicon->zero_from) {
		return true;
	}
	if (word->spoilt) {
		return false;
	}
	*out = word->fuses;
	return true;
}

static void tell_change(struct sim_board *board)
{
	if (board->changed != NULL) {
		board->changed(board, board->payload);
	}
}

bool sim_program(struct sim_board *board, unsigned index, uint32_t value)
{
	struct sim_word *word = &board->words[index];
	bool once = index >= board->silicon->once_from;
	struct sim_word before;

	if ((sim_word_flags(word) & SIM_STICKY_PROG) != 0 || word->fault == SIM_WORD_IGNORES) {
		return true;
	}
	if (word->locked || word->fault == SIM_WORD_FAILS) {
		return false;
	}
	before = *word;
	word->pulses++;
	if (once && before.fuses != 0 && before.fuses != value) {
		word->spoilt = true;
	}
	word->fuses |= word->fault == SIM_WORD_TAKES_HALF ? value & 0x0000FFFFu : value;
	if (word->fault == SIM_WORD_SPOILS || (once && word->fault == SIM_WORD_TAKES_HALF)) {
		word->spoilt = true;
	}
	if (word->fuses != before.fuses || word->spoilt != before.spoilt) {
		tell_change(board);
	}
	return true;
}

bool sim_lock(struct sim_board *board, unsigned index)
{
	struct sim_word *word = &board->words[index];

	if (word->fault == SIM_WORD_LOCK_FAILS) {
		return false;
	}
	if (!word->locked) {
		word->locked = true;
		tell_change(board);
	}
	return true;
}

bool sim_cuts_power(struct sim_board *board, unsigned index)
{
	if (board->words[index].fault != SIM_WORD_CUTS_POWER) {
		return false;
	}
	sim_board_power_down(board);
	return true;
}
