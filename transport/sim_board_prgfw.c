/* STM32PRGFW-UTIL's way to the fuses: otp_util.c above two quite different HALs. */
#include "transport/sim_board_inside.h"

enum { VERSION_MP1 = 2, VERSION_MP2 = 3, LIFE_CYCLE_WORD = 18 };

static bool has_flag(const struct sim_word *word, uint32_t flag)
{
	return (sim_word_flags(word) & flag) != 0;
}

static void set_sticky(struct sim_word *word, uint32_t locks)
{
	/* What is read from now on is the copy that the last read or reload has left. */
	if ((locks & SIM_STICKY_READ) != 0 && !has_flag(word, SIM_STICKY_READ)) {
		word->shadow = word->fuses;
		word->shadow_spoilt = word->spoilt;
	}
	word->sticky |= locks;
}

/* --- MP1 */

/* Programs what is missing. A word whose copy is locked cannot be looked at: all of it. */
static bool program_difference(struct sim_board *board, unsigned index, uint32_t value)
{
	const struct sim_word *word = &board->words[index];
	uint32_t now;

	if (word->locked || has_flag(word, SIM_STICKY_PROG)) {
		return false;
	}
	if (has_flag(word, SIM_STICKY_READ)) {
		return sim_program(board, index, value);
	}
	if (!sim_sense(board, index, &now) || (now & ~value) != 0) {
		return false;
	}
	return now == value || sim_program(board, index, now ^ value);
}

static bool lock_mp1(struct sim_board *board, unsigned index)
{
	return !board->words[index].locked && sim_lock(board, index);
}

static bool write_word_mp1(struct sim_board *board, unsigned index, uint32_t value, uint32_t status)
{
	uint32_t sticky = status & SIM_STICKY;
	bool permanent = (status & SIM_PERMANENT) != 0;

	if (value == 0 && sticky == 0 && !permanent) {
		return !board->last_access_failed;
	}
	if (value != 0 && !program_difference(board, index, value)) {
		return false;
	}
	set_sticky(&board->words[index], sticky);
	return !permanent || lock_mp1(board, index);
}

static void read_word_mp1(struct sim_board *board, unsigned index, uint8_t *out)
{
	const struct sim_word *word = &board->words[index];
	uint32_t flags = sim_word_flags(word);
	uint32_t value;
	bool readable = sim_sense(board, index, &value);

	if (has_flag(word, SIM_STICKY_READ)) {
		readable = word->fault != SIM_WORD_READ_ERROR && !word->shadow_spoilt;
		value = word->shadow;
	}
	if (!readable) {
		value = 0;
		flags = SIM_UNREADABLE;
	} else if ((flags & SIM_LOCK_ERROR) != 0) {
		flags = SIM_LOCK_ERROR;
	} else if (sim_lock_shows(board, word)) {
		flags |= SIM_PERMANENT;
	}
	board->last_access_failed = (flags & (SIM_UNREADABLE | SIM_LOCK_ERROR)) != 0;
	sim_store(out, value);
	sim_store(out + 4, flags);
}

/* --- MP2 */

/* Value and permanent lock in one operation. */
static void program_mp2(struct sim_board *board, unsigned index, uint32_t value, bool permanent)
{
	struct sim_word *word = &board->words[index];

	if (word->locked || has_flag(word, SIM_STICKY_PROG)) {
		return;
	}
	if (value != 0 && !sim_program(board, index, value)) {
		return;
	}
	if (permanent) {
		sim_lock(board, index);
	}
}

/* False: the write ends here. */
static bool write_word_mp2(struct sim_board *board, unsigned index, uint32_t value, uint32_t status)
{
	uint32_t sticky = status & SIM_STICKY;

	if (index >= board->silicon->unreadable_from) {
		return sticky == 0;
	}
	program_mp2(board, index, value, (status & SIM_PERMANENT) != 0);
	set_sticky(&board->words[index], sticky);
	return true;
}

static void read_word_mp2(struct sim_board *board, unsigned index, uint8_t *out)
{
	const struct sim_word *word = &board->words[index];
	uint32_t flags = 0;
	uint32_t value;

	if (index < board->silicon->unreadable_from && has_flag(word, SIM_STICKY_READ)) {
		value = board->last_value;
		flags = SIM_STICKY_READ;
	} else if (!sim_sense(board, index, &value)) {
		flags = SIM_UNREADABLE;
	} else if (sim_board_hides(board, index)) {
		value = 0;
		board->last_value = value;
	} else {
		board->last_value = value;
		if (has_flag(word, SIM_LOCK_ERROR)) {
			flags = SIM_LOCK_ERROR;
		} else if (sim_lock_shows(board, word)) {
			flags = SIM_PERMANENT;
		}
	}
	sim_store(out, value);
	sim_store(out + 4, flags);
}

/* --- both */

void sim_board_prgfw_write(struct sim_board *board, const uint8_t *request)
{
	for (unsigned i = 0; i < board->silicon->words; i++) {
		uint32_t value = sim_load(request + sim_word_offset(i));
		uint32_t status = sim_load(request + sim_word_offset(i) + 4);
		bool goes_on;

		if ((status & SIM_REQUEST) == 0) {
			continue;
		}
		if (sim_cuts_power(board, i)) {
			return;
		}
		goes_on = board->silicon->is_mp2 ? write_word_mp2(board, i, value, status)
						 : write_word_mp1(board, i, value, status);
		board->last_access_failed = !goes_on;
		if (!goes_on) {
			return;
		}
	}
}

static uint32_t global_state(const struct sim_board *board)
{
	uint32_t life_cycle;

	if (!board->silicon->is_mp2 || has_flag(&board->words[LIFE_CYCLE_WORD], SIM_STICKY_READ)) {
		return 0;
	}
	sim_sense(board, LIFE_CYCLE_WORD, &life_cycle);
	return life_cycle & 1u;
}

void sim_board_prgfw_read(struct sim_board *board, uint8_t *out)
{
	bool is_mp2 = board->silicon->is_mp2;

	sim_store(out + SIM_OFFSET_VERSION, is_mp2 ? VERSION_MP2 : VERSION_MP1);
	sim_store(out + SIM_OFFSET_STATE, global_state(board));
	for (unsigned i = 0; i < board->silicon->words; i++) {
		if (is_mp2) {
			read_word_mp2(board, i, out + sim_word_offset(i));
		} else {
			read_word_mp1(board, i, out + sim_word_offset(i));
		}
	}
}
