#include "transport/sim_board.h"

#include "transport/sim_board_inside.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define VERSION         2u /* of U-Boot's partition */
#define MP15_CLOSED_BIT 0x40u
/* The structure that the secure monitor fills: where the fuses stand in it, and its last word. */
#define VERSION_OF_MONITOR 1u
#define MONITOR_FIRST_WORD 44u
#define MONITOR_MAGIC      0x4F545031u
#define MP13_MODE_MASK     0x3FFu
#define MP2_CLOSED_MASK    0xFu
#define MP2_LIFE_CYCLE     18u

/* The modes of an MP13 that TF-A knows; with any other it panics. */
static const uint32_t mp13_modes[] = {0x017, 0x03F, 0x17F, 0x3FF};
#define MP13_OPEN 0x017u

static bool has_legal_mode(const struct sim_board *board)
{
	uint32_t mode = board->words[0].fuses & MP13_MODE_MASK;

	if (board->family != SIM_MP13) {
		return true;
	}
	for (size_t i = 0; i < sizeof mp13_modes / sizeof mp13_modes[0]; i++) {
		if (mode == mp13_modes[i]) {
			return true;
		}
	}
	return false;
}

static void boot(struct sim_board *board)
{
	for (unsigned i = 0; i < board->silicon->words; i++) {
		struct sim_word *word = &board->words[i];

		word->shadow = word->hidden ? 0 : word->fuses;
		word->shadow_spoilt = word->spoilt;
		word->shadow_locked = word->locked;
		word->sticky = 0;
		word->copy_lost = false;
		word->claimed_lock = false;
	}
	board->dead = !has_legal_mode(board);
	board->boot_count++;
	board->reads_to_wait = 0;
	board->last_access_failed = false;
	board->last_value = 0;
	sim_boot_restart(board);
}

enum status sim_board_of_family(struct sim_board **out, enum sim_family family,
	const uint8_t *bytes, size_t length, struct errbuf *err)
{
	enum status status = sim_board_check_image(family, bytes, length, err);
	struct sim_board *board;

	if (status != OK) {
		return status;
	}
	board = calloc(1, sizeof *board);
	if (board == NULL) {
		return errbuf_set(err, ERR_MEMORY, "no memory for a simulated board");
	}
	board->family = family;
	board->silicon = sim_silicon(family);
	sim_board_take_image(board, bytes);
	sim_board_power_up(board);
	*out = board;
	return OK;
}

enum status sim_board_from_partition(
	struct sim_board **out, const uint8_t *bytes, size_t length, struct errbuf *err)
{
	bool is_mp2 = length > SIM_MP1_PADDED;
	enum sim_family family = is_mp2 ? SIM_MP25 : SIM_MP15;
	enum status status = sim_board_check_image(family, bytes, length, err);

	if (status != OK) {
		return status;
	}
	family = sim_family_of_part(is_mp2, bytes + SIM_OFFSET_WORDS);
	return sim_board_of_family(out, family, bytes, length, err);
}

void sim_board_free(struct sim_board *board)
{
	if (board != NULL) {
		sim_boot_forget(board);
	}
	free(board);
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

bool sim_board_is_dead(const struct sim_board *board)
{
	return board->powered && board->dead;
}

bool sim_board_is_closed(const struct sim_board *board)
{
	if (board->born_closed) {
		return true;
	}
	switch (board->family) {
	case SIM_MP13:
		return !board->dead && (board->words[0].shadow & MP13_MODE_MASK) != MP13_OPEN;
	case SIM_MP15: return (board->words[0].shadow & MP15_CLOSED_BIT) != 0;
	default: return (board->words[MP2_LIFE_CYCLE].shadow & MP2_CLOSED_MASK) != 0;
	}
}

bool sim_board_set_service(struct sim_board *board, enum sim_service service)
{
	if (service == SIM_SERVICE_PRGFW && !board->silicon->has_prgfw) {
		return false;
	}
	board->service = service;
	if (board->powered) {
		boot(board);
	}
	return true;
}

enum sim_service sim_board_service(const struct sim_board *board)
{
	return board->service;
}

enum sim_family sim_board_family(const struct sim_board *board)
{
	return board->family;
}

unsigned sim_board_word_count(const struct sim_board *board)
{
	return board->silicon->words;
}

bool sim_board_set_monitor(struct sim_board *board, enum sim_monitor monitor)
{
	if (board->family != SIM_MP15) {
		return false;
	}
	board->monitor = monitor;
	return true;
}

static bool has_monitor(const struct sim_board *board)
{
	return board->service == SIM_SERVICE_UBOOT && board->monitor != SIM_MONITOR_NONE;
}

enum sim_monitor sim_board_monitor(const struct sim_board *board)
{
	return has_monitor(board) ? board->monitor : SIM_MONITOR_NONE;
}

size_t sim_board_partition_size(const struct sim_board *board)
{
	if (has_monitor(board)) {
		return SIM_BOARD_MONITOR_SIZE;
	}
	return sim_word_offset(board->service == SIM_SERVICE_UBOOT ? board->silicon->uboot_words
								   : board->silicon->words);
}

void sim_board_hide_upper(struct sim_board *board, bool hide)
{
	board->upper_hidden = hide && board->silicon->is_mp2;
}

static bool service_answers(const struct sim_board *board)
{
	bool refused = board->faults.service_refused ||
		       (board->service == SIM_SERVICE_UBOOT && sim_board_is_closed(board) &&
			       !has_monitor(board));

	return board->powered && !board->dead && !refused;
}

static bool carry_out(struct sim_board *board, const uint8_t *request)
{
	if (board->service == SIM_SERVICE_PRGFW) {
		sim_board_prgfw_write(board, request);
		return board->powered;
	}
	return sim_board_optee_write(board, request);
}

bool sim_board_otp_write(struct sim_board *board, const uint8_t *request, size_t length)
{
	size_t size = sim_board_partition_size(board);

	if (has_monitor(board)) {
		return service_answers(board) && length >= size &&
		       sim_load(request + SIM_OFFSET_VERSION) == VERSION_OF_MONITOR;
	}
	if (!service_answers(board) || length < size ||
		(board->service == SIM_SERVICE_UBOOT &&
			sim_load(request + SIM_OFFSET_VERSION) != VERSION)) {
		return false;
	}
	if (board->faults.lies) {
		return true;
	}
	if (board->faults.late != 0) {
		memcpy(board->late, request, size);
		board->reads_to_wait = board->faults.late;
		return true;
	}
	return carry_out(board, request);
}

/* Values and no locks, as its recordings have it. */
static void read_by_monitor(struct sim_board *board, uint8_t *out)
{
	memset(out, 0, SIM_BOARD_MONITOR_SIZE);
	sim_store(out + SIM_OFFSET_VERSION, VERSION_OF_MONITOR);
	for (unsigned i = 0; i < board->silicon->words; i++) {
		uint32_t value;

		sim_sense(board, i, &value);
		sim_store(out + 4 * (size_t)(MONITOR_FIRST_WORD + i), value);
	}
	sim_store(out + SIM_BOARD_MONITOR_SIZE - 4, MONITOR_MAGIC);
}

bool sim_board_otp_read(struct sim_board *board, uint8_t *out)
{
	if (!service_answers(board) || board->faults.read_fails) {
		return false;
	}
	if (board->reads_to_wait != 0 && --board->reads_to_wait == 0) {
		carry_out(board, board->late);
	}
	if (has_monitor(board)) {
		read_by_monitor(board, out);
	} else if (board->service == SIM_SERVICE_PRGFW) {
		sim_board_prgfw_read(board, out);
	} else {
		sim_board_optee_read(board, out);
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
	assert(word < board->silicon->words);
	board->words[word].fault = fault;
}

uint32_t sim_board_fuses(const struct sim_board *board, unsigned word)
{
	assert(word < board->silicon->words);
	return board->words[word].fuses;
}

bool sim_board_is_spoilt(const struct sim_board *board, unsigned word)
{
	assert(word < board->silicon->words);
	return board->words[word].spoilt;
}

bool sim_board_is_locked(const struct sim_board *board, unsigned word)
{
	assert(word < board->silicon->words);
	return board->words[word].locked;
}

unsigned sim_board_pulses(const struct sim_board *board, unsigned word)
{
	assert(word < board->silicon->words);
	return board->words[word].pulses;
}
