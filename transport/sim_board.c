#include "transport/sim_board.h"

#include "transport/sim_board_inside.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* Layout of the partition: version, global state, then value and status of each word. */
enum { OFFSET_VERSION = 0, OFFSET_STATE = 4, OFFSET_WORDS = 8, BYTES_PER_WORD = 8 };
#define VERSION     2u
#define STATE_MASK  0x3u /* 0 open, 1 closed, 3 invalid */
#define PADDED_SIZE 1024u

/* Status bits. */
#define STATUS_UNREADABLE  0x00000001u
#define STATUS_RESERVED    0x03FFFFFEu
#define STATUS_STICKY_READ 0x20000000u
#define STATUS_PERMANENT   0x40000000u
#define STATUS_REQUEST     0x80000000u
#define STATUS_SHOWN       0x3C000000u /* 26 to 29: those that every boot sets again */
#define STATUS_STICKY_PROG 0x08000000u

#define FIRST_UPPER_WORD 32u
#define CLOSED_BIT       0x40u /* of word 0 */

static uint32_t load(const uint8_t *bytes)
{
	return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
	       (uint32_t)bytes[3] << 24;
}

static void store(uint8_t *bytes, uint32_t value)
{
	for (unsigned i = 0; i < 4; i++) {
		bytes[i] = (uint8_t)(value >> (8 * i));
	}
}

static size_t word_offset(unsigned word)
{
	return OFFSET_WORDS + (size_t)word * BYTES_PER_WORD;
}

static void tell_change(struct sim_board *board)
{
	if (board->changed != NULL) {
		board->changed(board, board->payload);
	}
}

static void boot(struct sim_board *board)
{
	for (unsigned i = 0; i < SIM_BOARD_WORDS; i++) {
		struct sim_word *word = &board->words[i];

		word->shadow = word->hidden ? 0 : word->fuses;
		word->shadow_spoilt = word->spoilt;
		word->shadow_locked = word->locked;
	}
	board->boot_count++;
	board->reads_to_wait = 0;
}

static enum status check_image(const uint8_t *bytes, size_t length, struct errbuf *err)
{
	if (length != SIM_BOARD_PARTITION_SIZE && length != PADDED_SIZE) {
		return errbuf_set(err, ERR_FORMAT,
			"a simulated board starts from 776 bytes, these are %zu; give it a "
			"partition read from an STM32MP15",
			length);
	}
	for (size_t i = SIM_BOARD_PARTITION_SIZE; i < length; i++) {
		if (bytes[i] != 0) {
			return errbuf_set(err, ERR_FORMAT,
				"byte %zu, after the 776 of the partition, is not zero", i);
		}
	}
	if (load(bytes + OFFSET_VERSION) != VERSION) {
		return errbuf_set(err, ERR_FORMAT,
			"partition version %lu: a simulated board starts from version 2",
			(unsigned long)load(bytes + OFFSET_VERSION));
	}
	for (unsigned i = 0; i < SIM_BOARD_WORDS; i++) {
		uint32_t status = load(bytes + word_offset(i) + 4);

		if ((status & STATUS_REQUEST) != 0) {
			return errbuf_set(err, ERR_FORMAT,
				"word %u carries a write request: a simulated board starts from a "
				"partition as it was read",
				i);
		}
		if ((status & STATUS_RESERVED) != 0) {
			return errbuf_set(err, ERR_FORMAT,
				"word %u has status %08lX with reserved bits set: no board answers "
				"so",
				i, (unsigned long)status);
		}
	}
	return OK;
}

static void take_word(struct sim_word *word, uint32_t value, uint32_t status)
{
	word->spoilt = (status & STATUS_UNREADABLE) != 0;
	word->fuses = word->spoilt ? 0 : value;
	word->locked = (status & STATUS_PERMANENT) != 0;
	word->shown = status & STATUS_SHOWN;
	word->hidden = (status & STATUS_STICKY_READ) != 0 && word->fuses == 0;
}

enum status sim_board_from_partition(
	struct sim_board **out, const uint8_t *bytes, size_t length, struct errbuf *err)
{
	enum status status = check_image(bytes, length, err);
	struct sim_board *board;

	if (status != OK) {
		return status;
	}
	board = calloc(1, sizeof *board);
	if (board == NULL) {
		return errbuf_set(err, ERR_MEMORY, "no memory for a simulated board");
	}
	for (unsigned i = 0; i < SIM_BOARD_WORDS; i++) {
		take_word(&board->words[i], load(bytes + word_offset(i)),
			load(bytes + word_offset(i) + 4));
	}
	board->words[0].hidden = false;
	board->origin = sim_board_checksum(bytes, SIM_BOARD_PARTITION_SIZE);
	board->born_closed = (load(bytes + OFFSET_STATE) & STATE_MASK) != 0;
	sim_board_power_up(board);
	*out = board;
	return OK;
}

void sim_board_free(struct sim_board *board)
{
	free(board);
}

void sim_board_set_service(struct sim_board *board, enum sim_service service)
{
	board->service = service;
}

enum sim_service sim_board_service(const struct sim_board *board)
{
	return board->service;
}

void sim_board_show_locks(struct sim_board *board, enum sim_locks when)
{
	board->locks = when;
}

void sim_board_power_down(struct sim_board *board)
{
	board->powered = false;
}

void sim_board_power_up(struct sim_board *board)
{
	board->powered = true;
	boot(board);
}

void sim_board_reset(struct sim_board *board)
{
	if (board->powered) {
		boot(board);
	}
}

bool sim_board_is_powered(const struct sim_board *board)
{
	return board->powered;
}

unsigned sim_board_boot_count(const struct sim_board *board)
{
	return board->boot_count;
}

bool sim_board_is_closed(const struct sim_board *board)
{
	return board->born_closed || (board->words[0].shadow & CLOSED_BIT) != 0;
}

static bool service_answers(const struct sim_board *board)
{
	return board->powered && !sim_board_is_closed(board) && !board->faults.service_refused;
}

static void read_word(const struct sim_board *board, const struct sim_word *word, uint8_t *out)
{
	bool from_shadow = (word->shown & STATUS_STICKY_READ) != 0;
	bool unreadable = word->fault == SIM_WORD_READ_ERROR ||
			  (from_shadow ? word->shadow_spoilt : word->spoilt);
	bool locked = board->locks == SIM_LOCKS_NOW ? word->locked : word->shadow_locked;
	uint32_t value = from_shadow ? word->shadow : word->fuses;

	store(out, unreadable ? 0 : value);
	store(out + 4, word->shown | (unreadable ? STATUS_UNREADABLE : 0) |
			       (locked ? STATUS_PERMANENT : 0));
}

/* One pulse at the fuses of a value. False: PROGFAIL. */
static bool program(struct sim_board *board, unsigned index, uint32_t value)
{
	struct sim_word *word = &board->words[index];
	bool upper = index >= FIRST_UPPER_WORD;
	struct sim_word before;

	if ((word->shown & STATUS_STICKY_PROG) != 0 || word->fault == SIM_WORD_IGNORES) {
		return true;
	}
	if (word->locked || word->fault == SIM_WORD_FAILS) {
		return false;
	}
	before = *word;
	word->pulses++;
	if (upper && before.fuses != 0 && before.fuses != value) {
		word->spoilt = true;
	}
	word->fuses |= word->fault == SIM_WORD_TAKES_HALF ? value & 0x0000FFFFu : value;
	if (word->fault == SIM_WORD_SPOILS || (upper && word->fault == SIM_WORD_TAKES_HALF)) {
		word->spoilt = true;
	}
	if (word->fuses != before.fuses || word->spoilt != before.spoilt) {
		tell_change(board);
	}
	return true;
}

static bool lock(struct sim_board *board, unsigned index)
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

/* The words of a request, upwards, to the first error. */
static bool carry_out(struct sim_board *board, const uint8_t *request)
{
	for (unsigned i = 0; i < SIM_BOARD_WORDS; i++) {
		uint32_t value = load(request + word_offset(i));
		uint32_t status = load(request + word_offset(i) + 4);

		if ((status & STATUS_REQUEST) == 0) {
			continue;
		}
		if (board->words[i].fault == SIM_WORD_CUTS_POWER) {
			sim_board_power_down(board);
			return false;
		}
		if (value != 0 && !program(board, i, value)) {
			return false;
		}
		if ((status & STATUS_PERMANENT) != 0 && !lock(board, i)) {
			return false;
		}
	}
	return true;
}

bool sim_board_otp_write(struct sim_board *board, const uint8_t *request, size_t length)
{
	if (!service_answers(board) || length < SIM_BOARD_PARTITION_SIZE ||
		load(request + OFFSET_VERSION) != VERSION) {
		return false;
	}
	if (board->faults.lies) {
		return true;
	}
	if (board->faults.late != 0) {
		memcpy(board->late, request, sizeof board->late);
		board->reads_to_wait = board->faults.late;
		return true;
	}
	return carry_out(board, request);
}

bool sim_board_otp_read(struct sim_board *board, uint8_t out[SIM_BOARD_PARTITION_SIZE])
{
	if (!service_answers(board) || board->faults.read_fails) {
		return false;
	}
	if (board->reads_to_wait != 0 && --board->reads_to_wait == 0) {
		carry_out(board, board->late);
	}
	store(out + OFFSET_VERSION, VERSION);
	store(out + OFFSET_STATE, 0);
	for (unsigned i = 0; i < SIM_BOARD_WORDS; i++) {
		read_word(board, &board->words[i], out + word_offset(i));
	}
	return true;
}

void sim_board_on_change(
	struct sim_board *board, void (*changed)(struct sim_board *, void *payload), void *payload)
{
	board->changed = changed;
	board->payload = payload;
}

void sim_board_set_faults(struct sim_board *board, struct sim_faults faults)
{
	board->faults = faults;
}

void sim_board_set_word_fault(struct sim_board *board, unsigned word, enum sim_word_fault fault)
{
	assert(word < SIM_BOARD_WORDS);
	board->words[word].fault = fault;
}

uint32_t sim_board_fuses(const struct sim_board *board, unsigned word)
{
	assert(word < SIM_BOARD_WORDS);
	return board->words[word].fuses;
}

bool sim_board_is_spoilt(const struct sim_board *board, unsigned word)
{
	assert(word < SIM_BOARD_WORDS);
	return board->words[word].spoilt;
}

bool sim_board_is_locked(const struct sim_board *board, unsigned word)
{
	assert(word < SIM_BOARD_WORDS);
	return board->words[word].locked;
}

unsigned sim_board_pulses(const struct sim_board *board, unsigned word)
{
	assert(word < SIM_BOARD_WORDS);
	return board->words[word].pulses;
}
