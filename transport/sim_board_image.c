/* What a starting image says: which lengths and versions there are, and what its bits count as. */
#include "transport/sim_board_inside.h"

#define STATE_MASK 0x3u /* 0 open, 1 closed, 3 invalid */

enum { VERSION_2 = 2, VERSION_3 = 3, LIFE_CYCLE_WORD = 18 };

#define MP2_V2_SIZE 2952u
#define MP2_V3_SIZE 3080u
#define DIGEST_SIZE 32u

unsigned sim_board_image_words(const struct sim_silicon *silicon, const uint8_t *bytes)
{
	return sim_load(bytes + SIM_OFFSET_VERSION) == VERSION_3 ? silicon->words
								 : silicon->uboot_words;
}

static enum status check_padding(const uint8_t *bytes, size_t length, struct errbuf *err)
{
	for (size_t i = SIM_MP1_SIZE; i < length; i++) {
		if (bytes[i] != 0) {
			return errbuf_set(err, ERR_FORMAT,
				"byte %zu, after the 776 of the partition, is not zero", i);
		}
	}
	return OK;
}

static enum status check_size(
	const struct sim_silicon *silicon, const uint8_t *bytes, size_t length, struct errbuf *err)
{
	bool is_v3 =
		silicon->is_mp2 && (length == MP2_V3_SIZE || length == MP2_V3_SIZE + DIGEST_SIZE);
	bool fits = silicon->is_mp2 ? is_v3 || length == MP2_V2_SIZE
				    : length == SIM_MP1_SIZE || length == SIM_MP1_PADDED;
	uint32_t version;

	if (!fits) {
		return errbuf_set(err, ERR_FORMAT,
			"a simulated %s starts from %s bytes, these are %zu; give it a partition "
			"as a board gave it",
			silicon->name, silicon->is_mp2 ? "2952, 3080 or 3112" : "776", length);
	}
	version = sim_load(bytes + SIM_OFFSET_VERSION);
	if (version != (is_v3 ? VERSION_3 : VERSION_2)) {
		return errbuf_set(err, ERR_FORMAT,
			"partition version %lu: a simulated board starts from version %d of this "
			"length",
			(unsigned long)version, is_v3 ? VERSION_3 : VERSION_2);
	}
	return silicon->is_mp2 ? OK : check_padding(bytes, length, err);
}

enum status sim_board_check_image(
	enum sim_family family, const uint8_t *bytes, size_t length, struct errbuf *err)
{
	const struct sim_silicon *silicon = sim_silicon(family);
	enum status result = check_size(silicon, bytes, length, err);

	for (unsigned i = 0; result == OK && i < sim_board_image_words(silicon, bytes); i++) {
		uint32_t status = sim_load(bytes + sim_word_offset(i) + 4);

		if ((status & SIM_REQUEST) != 0) {
			result = errbuf_set(err, ERR_FORMAT,
				"word %u carries a write request: a simulated board starts from a "
				"partition as it was read",
				i);
		} else if ((status & SIM_RESERVED) != 0) {
			result = errbuf_set(err, ERR_FORMAT,
				"word %u has status %08lX with reserved bits set: no board answers "
				"so",
				i, (unsigned long)status);
		}
	}
	return result;
}

static bool hides_upper(const struct sim_silicon *silicon, const uint8_t *bytes)
{
	unsigned count = sim_board_image_words(silicon, bytes);

	if (!silicon->is_mp2 || count != silicon->uboot_words) {
		return false;
	}
	for (unsigned i = silicon->upper_from; i < count; i++) {
		if (sim_load(bytes + sim_word_offset(i) + 4) != SIM_HIDDEN) {
			return false;
		}
	}
	return true;
}

static void take_word(struct sim_board *board, unsigned index, uint32_t value, uint32_t status)
{
	struct sim_word *word = &board->words[index];
	bool read_locked = (status & SIM_STICKY_READ) != 0;

	word->spoilt = (status & SIM_UNREADABLE) != 0;
	word->fuses = word->spoilt ? 0 : value;
	word->locked = (status & SIM_PERMANENT) != 0;
	word->shown = status & (SIM_LOCK_ERROR | SIM_STICKY);
	word->hidden = read_locked && (board->silicon->is_mp2 || word->fuses == 0);
}

/* What is behind the words that no firmware sees. The value is invented. */
static void fill_factory_key(struct sim_board *board)
{
	for (unsigned i = board->silicon->zero_from; i < board->silicon->words; i++) {
		board->words[i].fuses = 0x5EC00000u + i;
		board->words[i].spoilt = false;
	}
}

void sim_board_take_image(struct sim_board *board, const uint8_t *bytes)
{
	const struct sim_silicon *silicon = board->silicon;
	unsigned count = sim_board_image_words(silicon, bytes);

	board->upper_hidden = hides_upper(silicon, bytes);
	for (unsigned i = 0; i < count; i++) {
		bool nothing_said = sim_board_hides(board, i);

		take_word(board, i, sim_load(bytes + sim_word_offset(i)),
			nothing_said ? 0 : sim_load(bytes + sim_word_offset(i) + 4));
	}
	fill_factory_key(board);
	/* The shadow copy of the life cycle cannot be emptied. */
	board->words[0].hidden = false;
	if (silicon->is_mp2) {
		board->words[LIFE_CYCLE_WORD].hidden = false;
	}
	board->origin = sim_board_checksum(bytes, sim_word_offset(count));
	if (board->family != SIM_MP15) {
		board->origin ^= sim_board_checksum(silicon->name, sizeof "stm32mpXX" - 1);
	}
	board->born_closed = (sim_load(bytes + SIM_OFFSET_STATE) & STATE_MASK) != 0;
}
