/*
 * U-Boot's way to the fuses: the NVMEM TA, the BSEC PTA behind it, and OP-TEE's drivers: bsec2 on
 * MP1, and bsec3, which keeps a copy of every word and looks at locks first, on MP2.
 */
#include "transport/sim_board_inside.h"

#define VERSION 2u

static bool is_denied(const struct sim_board *board, unsigned index)
{
	return board->silicon->is_mp2 &&
	       (sim_board_hides(board, index) ||
		       (sim_word_flags(&board->words[index]) & SIM_STICKY_PROG) != 0);
}

static bool program(struct sim_board *board, unsigned index, uint32_t value)
{
	struct sim_word *word = &board->words[index];

	if (is_denied(board, index)) {
		return false;
	}
	if (!sim_program(board, index, value)) {
		word->copy_lost = board->silicon->is_mp2;
		return false;
	}
	if (board->silicon->is_mp2 && (sim_word_flags(word) & SIM_STICKY_READ) != 0) {
		word->shadow = value; /* the driver's copy takes what was sent */
	}
	return true;
}

static bool lock(struct sim_board *board, unsigned index)
{
	struct sim_word *word = &board->words[index];

	if (!board->silicon->is_mp2) {
		return sim_lock(board, index);
	}
	if (sim_board_hides(board, index)) {
		return false;
	}
	if ((sim_word_flags(word) & SIM_STICKY_PROG) != 0) {
		word->claimed_lock = true; /* the driver does not look, the BSEC drops it */
		return true;
	}
	return sim_lock(board, index);
}

bool sim_board_optee_write(struct sim_board *board, const uint8_t *request)
{
	for (unsigned i = 0; i < board->silicon->uboot_words; i++) {
		uint32_t value = sim_load(request + sim_word_offset(i));
		uint32_t status = sim_load(request + sim_word_offset(i) + 4);

		if ((status & SIM_REQUEST) == 0) {
			continue;
		}
		if (sim_cuts_power(board, i)) {
			return false;
		}
		if (value != 0 && !program(board, i, value)) {
			return false;
		}
		if ((status & SIM_PERMANENT) != 0 && !lock(board, i)) {
			return false;
		}
	}
	return true;
}

static void read_word(const struct sim_board *board, unsigned index, uint8_t *out)
{
	const struct sim_word *word = &board->words[index];
	bool from_shadow = (sim_word_flags(word) & SIM_STICKY_READ) != 0;
	uint32_t value;
	bool unreadable = !sim_sense(board, index, &value);

	if (from_shadow) {
		unreadable = word->fault == SIM_WORD_READ_ERROR || word->shadow_spoilt;
		value = word->shadow;
	}
	if (sim_board_hides(board, index)) {
		sim_store(out, 0);
		sim_store(out + 4, SIM_HIDDEN);
		return;
	}
	sim_store(out, unreadable || word->copy_lost ? 0 : value);
	sim_store(out + 4, sim_word_flags(word) | (unreadable ? SIM_UNREADABLE : 0) |
				   (sim_lock_shows(board, word) ? SIM_PERMANENT : 0));
}

void sim_board_optee_read(const struct sim_board *board, uint8_t *out)
{
	sim_store(out + SIM_OFFSET_VERSION, VERSION);
	sim_store(out + SIM_OFFSET_STATE, 0);
	for (unsigned i = 0; i < board->silicon->uboot_words; i++) {
		read_word(board, i, out + sim_word_offset(i));
	}
}
