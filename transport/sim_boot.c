#include "transport/sim_boot.h"

#include "transport/sim_board_inside.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KIB               1024u
#define MONOTONIC_COUNTER 4u
#define COUNTER_BITS      32u
#define FIP_ROOM          ((size_t)32 * 1024 * KIB)

/* In which the families differ. */
struct chain {
	uint32_t rom_address, tfa_address;
	size_t fsbl_room; /* with its header */
	bool has_ddr_phase;
	bool keeps_the_bus; /* TF-A, of the ROM code */
};

/* Where TF-A loads to: DWL_BUFFER_BASE of its platforms. The ROM code of MP2: decided here. */
static const struct chain *chain_of(const struct sim_board *board)
{
	static const struct chain mp13 = {0x2FFDFE00, 0xC7000000, 128 * KIB + 512, false, false};
	static const struct chain mp15 = {0x2FFC2400, 0xC7000000, 247 * KIB + 256, false, true};
	static const struct chain mp2 = {0x0E002600, 0x87000000, 256 * KIB, true, false};

	switch (board->family) {
	case SIM_MP13: return &mp13;
	case SIM_MP15: return &mp15;
	default: return &mp2;
	}
}

/* --- phases */

static void expect_phase(struct sim_board *board, uint8_t phase)
{
	struct sim_boot *boot = &board->boot;

	boot->phase = phase;
	boot->is_begun = false;
	boot->is_complete = false;
	boot->address = sim_boot_base(board);
	boot->room = boot->stage == SIM_BOOT_ROM ? chain_of(board)->fsbl_room : FIP_ROOM;
}

static void begin_stage(struct sim_board *board, enum sim_boot_stage stage)
{
	struct sim_boot *boot = &board->boot;
	bool asks_layout = board->family == SIM_MP15 && boot->options.layout_first;

	boot->stage = stage;
	boot->count++;
	boot->kept_the_bus = false;
	boot->error[0] = '\0';
	if (stage == SIM_BOOT_ROM) {
		boot->version = 0;
		expect_phase(board, SIM_PHASE_FSBL);
	} else if (stage == SIM_BOOT_TFA && asks_layout) {
		expect_phase(board, SIM_PHASE_LAYOUT);
	} else if (stage == SIM_BOOT_TFA) {
		expect_phase(
			board, chain_of(board)->has_ddr_phase ? SIM_PHASE_DDR : SIM_PHASE_SSBL);
	}
}

void sim_boot_restart(struct sim_board *board)
{
	begin_stage(board, board->boot.is_serial ? SIM_BOOT_ROM : SIM_BOOT_SERVICE);
}

void sim_boot_enter(struct sim_board *board, enum sim_boot_stage stage)
{
	board->boot.is_serial = stage != SIM_BOOT_SERVICE;
	begin_stage(board, stage);
}

void sim_boot_assume_loaded(struct sim_board *board)
{
	board->boot.is_serial = true;
	begin_stage(board, SIM_BOOT_SERVICE);
}

enum sim_boot_stage sim_boot_stage(const struct sim_board *board)
{
	return board->boot.stage;
}

unsigned sim_boot_count(const struct sim_board *board)
{
	return board->boot.count;
}

bool sim_boot_kept_the_bus(const struct sim_board *board)
{
	return board->boot.kept_the_bus;
}

void sim_boot_set_options(struct sim_board *board, const struct sim_boot_options *options)
{
	board->boot.options = *options;
}

const struct sim_boot_options *sim_boot_options(const struct sim_board *board)
{
	return &board->boot.options;
}

uint8_t sim_boot_phase(const struct sim_board *board)
{
	return board->boot.phase;
}

uint32_t sim_boot_address(const struct sim_board *board)
{
	return board->boot.address;
}

uint32_t sim_boot_base(const struct sim_board *board)
{
	const struct chain *chain = chain_of(board);

	return board->boot.stage == SIM_BOOT_ROM ? chain->rom_address : chain->tfa_address;
}

uint32_t sim_boot_version(const struct sim_board *board)
{
	return board->boot.version;
}

size_t sim_boot_room(const struct sim_board *board)
{
	const struct sim_boot *boot = &board->boot;

	if (boot->phase >= SIM_BOOT_PHASES || boot->is_complete) {
		return 0;
	}
	return boot->room - (boot->is_begun ? boot->received[boot->phase].length : 0);
}

const char *sim_boot_error(const struct sim_board *board)
{
	return board->boot.error;
}

bool sim_boot_is_complete(const struct sim_board *board)
{
	return board->boot.is_complete;
}

bool sim_boot_leads_to_uboot(const struct sim_board *board)
{
	return board->boot.is_complete && board->boot.loaded == SIM_PHASE_SSBL;
}

enum sim_boot_verdict sim_boot_verdict(const struct sim_board *board)
{
	return board->boot.verdict;
}

/* --- what arrives */

const uint8_t *sim_boot_received(const struct sim_board *board, unsigned phase, size_t *length)
{
	assert(phase < SIM_BOOT_PHASES);
	*length = board->boot.received[phase].length;
	return board->boot.received[phase].bytes;
}

unsigned sim_boot_accepted(const struct sim_board *board, unsigned phase)
{
	assert(phase < SIM_BOOT_PHASES);
	return board->boot.received[phase].accepted;
}

static bool reserve(struct sim_received_phase *received, size_t length)
{
	size_t capacity = received->capacity == 0 ? 64 * (size_t)KIB : received->capacity;
	uint8_t *bytes;

	while (capacity < length) {
		capacity *= 2;
	}
	if (capacity == received->capacity) {
		return true;
	}
	bytes = realloc(received->bytes, capacity);
	if (bytes == NULL) {
		return false;
	}
	received->bytes = bytes;
	received->capacity = capacity;
	return true;
}

bool sim_boot_take(struct sim_board *board, const uint8_t *bytes, size_t length)
{
	struct sim_boot *boot = &board->boot;
	const struct sim_boot_options *options = &boot->options;
	struct sim_received_phase *received;

	if (length > sim_boot_room(board)) {
		return false;
	}
	received = &boot->received[boot->phase];
	if (!boot->is_begun) {
		boot->is_begun = true;
		received->length = 0;
	}
	if (!reserve(received, received->length + length)) {
		return false;
	}
	memcpy(received->bytes + received->length, bytes, length);
	received->length += length;
	boot->address += (uint32_t)length;
	if (options->reset_at != 0 && options->reset_phase == boot->phase &&
		received->length >= options->reset_at) {
		boot->options.reset_at = 0;
		sim_board_reset(board);
	}
	return true;
}

void sim_boot_fail(struct sim_board *board, const char *text)
{
	struct sim_boot *boot = &board->boot;

	if (boot->phase != SIM_PHASE_ERROR) {
		snprintf(boot->error, sizeof boot->error, "%s", text);
		boot->phase = SIM_PHASE_ERROR;
		boot->address = SIM_NO_ADDRESS;
		boot->is_complete = false;
	}
}

/* The phase was accepted: the next one, or the end of the stage. */
static void go_on(struct sim_board *board)
{
	struct sim_boot *boot = &board->boot;

	boot->received[boot->phase].accepted++;
	if (boot->stage == SIM_BOOT_TFA && boot->phase == SIM_PHASE_LAYOUT) {
		expect_phase(board, SIM_PHASE_SSBL);
		return;
	}
	boot->loaded = boot->phase;
	boot->phase = SIM_PHASE_LAYOUT;
	boot->address = SIM_NO_ADDRESS;
	boot->is_complete = true;
}

static enum sim_boot_verdict judge(struct sim_board *board)
{
	struct sim_boot *boot = &board->boot;
	const struct sim_received_phase *received = &boot->received[boot->phase];
	size_t length = boot->is_begun ? received->length : 0;

	if (boot->options.fail_text != NULL && boot->options.fail_phase == boot->phase) {
		return SIM_BOOT_AS_ORDERED;
	}
	if (boot->stage == SIM_BOOT_ROM) {
		return sim_boot_judge_fsbl(board, received->bytes, length);
	}
	return boot->phase == SIM_PHASE_LAYOUT ? SIM_BOOT_ACCEPTED
					       : sim_boot_judge_fip(received->bytes, length);
}

bool sim_boot_finish(struct sim_board *board)
{
	struct sim_boot *boot = &board->boot;
	char text[64] = "";

	if (boot->phase >= SIM_BOOT_PHASES || boot->is_complete) {
		return false;
	}
	boot->verdict = judge(board);
	if (boot->verdict == SIM_BOOT_ACCEPTED) {
		go_on(board);
		return true;
	}
	if (boot->verdict == SIM_BOOT_AS_ORDERED) {
		sim_boot_fail(board, boot->options.fail_text);
		return false;
	}
	if (boot->stage == SIM_BOOT_TFA) {
		snprintf(text, sizeof text, "FIP Header check failed for phase %u\n",
			(unsigned)boot->phase);
	}
	sim_boot_fail(board, text);
	return false;
}

/* --- what follows */

/* False: TF-A panics where it cannot be programmed. */
static bool raise_counter(struct sim_board *board)
{
	const struct sim_boot *boot = &board->boot;
	enum sim_rollback rollback = boot->options.rollback;
	uint32_t version = boot->version, wanted;

	if (board->family != SIM_MP15 || rollback == SIM_ROLLBACK_NEVER || version == 0 ||
		(rollback == SIM_ROLLBACK_WHEN_CLOSED && !sim_board_is_closed(board))) {
		return true;
	}
	wanted = version >= COUNTER_BITS ? UINT32_MAX : (UINT32_C(1) << version) - 1;
	if (board->words[MONOTONIC_COUNTER].fuses >= wanted) {
		return true;
	}
	return sim_program(board, MONOTONIC_COUNTER, wanted);
}

static void start_service(struct sim_board *board, enum sim_service service)
{
	if (service == SIM_SERVICE_PRGFW && !board->silicon->has_prgfw) {
		begin_stage(board, SIM_BOOT_LOST);
		return;
	}
	board->service = service;
	begin_stage(board, SIM_BOOT_SERVICE);
}

static void start_uboot(struct sim_board *board)
{
	if (raise_counter(board)) {
		start_service(board, SIM_SERVICE_UBOOT);
	} else {
		begin_stage(board, SIM_BOOT_LOST);
	}
}

static bool keeps_the_bus(const struct sim_board *board)
{
	switch (board->boot.options.handover) {
	case SIM_HANDOVER_STAYS: return true;
	case SIM_HANDOVER_LEAVES: return false;
	case SIM_HANDOVER_USUAL: break;
	}
	return chain_of(board)->keeps_the_bus;
}

static void start_fsbl(struct sim_board *board)
{
	struct sim_boot *boot = &board->boot;
	const struct sim_received_phase *received = &boot->received[SIM_PHASE_FSBL];

	boot->version = sim_boot_image_version(received->bytes);
	if (sim_boot_is_prgfw(received->bytes, received->length)) {
		start_service(board, SIM_SERVICE_PRGFW);
		return;
	}
	begin_stage(board, SIM_BOOT_TFA);
	boot->kept_the_bus = keeps_the_bus(board);
}

void sim_boot_go(struct sim_board *board)
{
	struct sim_boot *boot = &board->boot;
	bool is_lost = !boot->is_complete || (boot->options.lost_after != SIM_BOOT_SERVICE &&
						     boot->options.lost_after == boot->stage);

	if (is_lost) {
		begin_stage(board, SIM_BOOT_LOST);
	} else if (boot->stage == SIM_BOOT_ROM) {
		start_fsbl(board);
	} else if (boot->loaded == SIM_PHASE_DDR) {
		begin_stage(board, SIM_BOOT_TFA);
		expect_phase(board, SIM_PHASE_SSBL);
	} else {
		start_uboot(board);
	}
}

void sim_boot_forget(struct sim_board *board)
{
	for (unsigned i = 0; i < SIM_BOOT_PHASES; i++) {
		free(board->boot.received[i].bytes);
	}
}
