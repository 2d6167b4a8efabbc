/*
 * STM32PRGFW-UTIL on USB: ST's DFU class with its state machine, and what the service does with
 * the data behind it.
 *
 * Sources: STM32PRGFW-UTIL v1.1.2 (2fb87a6): usbd_dfu.c, openbl_usb_cmd.c, usbd_desc.c; recordings
 * of that code (tests/data/transcripts/prgfw), which it is tested against. Things to know:
 * - A download waits until the data of an answer was fetched in dfuDNBUSY; then it is worked off
 *   before the status stage. The host fetches that data with GETSTATUS, but any other request
 *   with data in would do: so says the code, and no recording shows it.
 * - No failure ever shows.
 * - Not modelled, and stalled: a DNLOAD longer than wTransferSize. After DETACH the board stays
 *   away until it is reset. A FlashLayout is only looked at for what hangs the service.
 */
#include "transport/sim_gadget.h"

#include <sha256.h>

#include <stdio.h>
#include <string.h>

#define LAYOUT_HEADER 256u
#define NO_ADDRESS    0xFFFFFFFFu

/* Digest: SHA-256 over these words of the structure as big-endian numbers. */
#define HEADER_SIZE     8u
#define BYTES_PER_WORD  8u
#define WORDS_IN_DIGEST 376u

/* What differs from family to family. */
struct family {
	unsigned revision; /* as the recordings have it; no board of MP13 was recorded on USB */
	uint32_t layout_address; /* where a FlashLayout would be loaded */
	bool has_digest;
};

static const struct family *family_of(const struct sim_board *board)
{
	static const struct family mp13 = {0x1001, 0x2FFF6400, false};
	static const struct family mp15 = {0x2000, 0x2FFD6400, false};
	static const struct family mp2 = {0x1000, 0x2002E000, true};

	switch (sim_board_family(board)) {
	case SIM_MP13: return &mp13;
	case SIM_MP15: return &mp15;
	default: return &mp2;
	}
}

uint32_t sim_prgfw_layout_address(const struct sim_board *board)
{
	return family_of(board)->layout_address;
}

bool sim_prgfw_has_digest(const struct sim_board *board)
{
	return family_of(board)->has_digest;
}

static size_t partition_size(const struct sim_gadget *gadget)
{
	return sim_board_partition_size(gadget->board);
}

/* --- the structure */

void sim_prgfw_compute_digest(struct sim_prgfw *prgfw)
{
	uint8_t words[4 * WORDS_IN_DIGEST];
	SHA256_CTX context;
	size_t length = 0;

	for (unsigned word = 0; word < WORDS_IN_DIGEST; word++) {
		const uint8_t *value = prgfw->otp + HEADER_SIZE + BYTES_PER_WORD * (size_t)word;

		for (unsigned i = 4; i > 0; i--) {
			words[length++] = value[i - 1];
		}
	}
	SHA256Init(&context);
	SHA256Update(&context, words, length);
	SHA256Final(prgfw->digest, &context);
}

/* Only block 0 reads the fuses; the others show what it found. */
static void upload_otp(struct sim_gadget *gadget, uint16_t block, size_t length)
{
	struct sim_prgfw *prgfw = &gadget->prgfw;
	bool has_digest = family_of(gadget->board)->has_digest;
	size_t size = partition_size(gadget);
	size_t offset = (size_t)block * SIM_PRGFW_TRANSFER_SIZE;
	size_t part = 0;

	if (block == 0 && sim_board_otp_read(gadget->board, prgfw->otp) && has_digest) {
		sim_prgfw_compute_digest(prgfw);
	}
	if (offset < size) {
		part = size - offset < length ? size - offset : length;
		memcpy(prgfw->buffer, prgfw->otp + offset, part);
	}
	if (has_digest && offset + part >= size &&
		part + SIM_PRGFW_DIGEST_SIZE <= sizeof prgfw->buffer) {
		memcpy(prgfw->buffer + part, prgfw->digest, SIM_PRGFW_DIGEST_SIZE);
	}
}

/* How much of a block is sent: not past the end of the structure, but for blocks behind it. */
static size_t clip(const struct sim_gadget *gadget, uint16_t block, size_t length)
{
	size_t size = partition_size(gadget);
	size_t offset = (size_t)block * SIM_PRGFW_TRANSFER_SIZE;
	size_t limit = SIM_PRGFW_TRANSFER_SIZE;

	if (size < SIM_PRGFW_TRANSFER_SIZE) {
		limit = size;
	} else if (offset < size && size - offset < limit) {
		limit = size - offset;
	}
	return length < limit ? length : limit;
}

/* A block goes where its number says, and the one that reaches the last word burns. */
static void download_otp(struct sim_gadget *gadget)
{
	struct sim_prgfw *prgfw = &gadget->prgfw;
	size_t size = partition_size(gadget);
	size_t offset = (size_t)prgfw->block * SIM_PRGFW_TRANSFER_SIZE;
	size_t length = (prgfw->length + 3u) & ~(size_t)3;

	if (offset >= size) {
		gadget->strays++;
		return;
	}
	memcpy(prgfw->otp + offset, prgfw->buffer, size - offset < length ? size - offset : length);
	if (offset + length >= size) {
		sim_board_otp_write(gadget->board, prgfw->otp, size);
	}
}

/* --- the other alternates, of which a careful host keeps away */

static void append_address(uint8_t *at, uint32_t address)
{
	for (unsigned i = 0; i < 4; i++) {
		at[i] = (uint8_t)(address >> (8 * i));
	}
}

/* Every second read of it counts as a step taken. */
static void upload_command(struct sim_gadget *gadget)
{
	struct sim_prgfw *prgfw = &gadget->prgfw;
	bool is_done = prgfw->commands >= 2;

	prgfw->phase = is_done ? SIM_PRGFW_END : SIM_PRGFW_LAYOUT;
	prgfw->buffer[0] = is_done ? 0xFE : 0x00;
	append_address(
		prgfw->buffer + 1, is_done ? NO_ADDRESS : family_of(gadget->board)->layout_address);
	append_address(prgfw->buffer + 5, 0);
	prgfw->commands++;
}

/* A text ends at its first zero; a line end before it keeps the service busy for ever. */
static void download_layout(struct sim_gadget *gadget)
{
	const struct sim_prgfw *prgfw = &gadget->prgfw;

	for (size_t i = LAYOUT_HEADER; i < prgfw->length && prgfw->buffer[i] != 0; i++) {
		if (prgfw->buffer[i] == '\n') {
			gadget->presence = SIM_HUNG;
		}
	}
}

static void work_off_download(struct sim_gadget *gadget)
{
	switch (gadget->prgfw.phase) {
	case SIM_PRGFW_OTP: download_otp(gadget); return;
	case SIM_PRGFW_LAYOUT: download_layout(gadget); break;
	default: break;
	}
	gadget->strays++;
}

/* --- the state machine */

static void forget_transfer(struct sim_gadget *gadget)
{
	gadget->state = SIM_DFU_IDLE;
	gadget->status = SIM_STATUS_OK;
	gadget->prgfw.block = 0;
	gadget->prgfw.length = 0;
}

static void boot(struct sim_gadget *gadget)
{
	gadget->prgfw.phase = SIM_PRGFW_LAYOUT;
}

static void configure(struct sim_gadget *gadget)
{
	gadget->alternate = 0;
	forget_transfer(gadget);
}

static bool is_within(uint8_t state, const uint8_t *states, size_t count)
{
	return memchr(states, state, count) != NULL;
}

/* States that ABORT and DETACH leave. */
static bool can_be_left(uint8_t state)
{
	static const uint8_t states[] = {
		SIM_DFU_IDLE, SIM_DNLOAD_SYNC, SIM_DNLOAD_IDLE, SIM_MANIFEST_SYNC, SIM_UPLOAD_IDLE};

	return is_within(state, states, sizeof states);
}

static void download(
	struct sim_gadget *gadget, struct sim_answer *answer, const struct sim_request *request)
{
	static const uint8_t states[] = {SIM_DFU_IDLE, SIM_DNLOAD_IDLE};
	struct sim_prgfw *prgfw = &gadget->prgfw;

	if (!is_within(gadget->state, states, sizeof states)) {
		return;
	}
	if (request->length > SIM_PRGFW_TRANSFER_SIZE) {
		gadget->strays++;
		return;
	}
	sim_gadget_acknowledge(answer);
	if (request->length == 0) {
		prgfw->manifested = false;
		gadget->state = SIM_MANIFEST_SYNC;
		return;
	}
	gadget->strays += gadget->alternate != SIM_PRGFW_OTP;
	prgfw->block = request->value;
	prgfw->length = request->length;
	if (!request->broken) {
		memcpy(prgfw->buffer, request->out, request->length);
	}
	gadget->state = SIM_DNLOAD_SYNC;
}

static void upload(
	struct sim_gadget *gadget, struct sim_answer *answer, const struct sim_request *request)
{
	static const uint8_t states[] = {SIM_DFU_IDLE, SIM_UPLOAD_IDLE};
	struct sim_prgfw *prgfw = &gadget->prgfw;
	size_t length = request->length < SIM_PRGFW_TRANSFER_SIZE ? request->length
								  : SIM_PRGFW_TRANSFER_SIZE;

	if (length == 0) {
		gadget->state = SIM_DFU_IDLE;
		sim_gadget_acknowledge(answer);
		return;
	}
	if (!is_within(gadget->state, states, sizeof states)) {
		prgfw->block = 0;
		prgfw->length = 0;
		return;
	}
	gadget->state = SIM_UPLOAD_IDLE;
	prgfw->phase = (enum sim_prgfw_phase)gadget->alternate;
	if (prgfw->phase == SIM_PRGFW_OTP) {
		length = clip(gadget, request->value, length);
		upload_otp(gadget, request->value, length);
	} else {
		gadget->strays++;
	}
	if (prgfw->phase == SIM_PRGFW_COMMAND) {
		upload_command(gadget);
	}
	prgfw->block = request->value;
	prgfw->length = (uint16_t)length;
	memcpy(answer->data, prgfw->buffer, length);
	answer->length = length;
	answer->end = SIM_USB_DATA;
}

static void get_status(struct sim_gadget *gadget, struct sim_answer *answer)
{
	uint8_t poll_ms = 0;

	if (gadget->state == SIM_DNLOAD_SYNC) {
		gadget->state = gadget->prgfw.length != 0 ? SIM_DNLOAD_BUSY : SIM_DNLOAD_IDLE;
	} else if (gadget->state == SIM_MANIFEST_SYNC) {
		gadget->state = gadget->prgfw.manifested ? SIM_DFU_IDLE : SIM_MANIFEST;
	}
	if (gadget->state == SIM_MANIFEST) {
		poll_ms = 1;
	}
	sim_gadget_answer_status(gadget, answer, poll_ms);
}

/* Legal in dfuERROR; everywhere else it leads there, and is acknowledged all the same. */
static void clear_status(struct sim_gadget *gadget, struct sim_answer *answer)
{
	bool was_error = gadget->state == SIM_DFU_ERROR;

	gadget->state = was_error ? SIM_DFU_IDLE : SIM_DFU_ERROR;
	gadget->status = was_error ? SIM_STATUS_OK : SIM_STATUS_UNKNOWN;
	sim_gadget_acknowledge(answer);
}

static void abandon(struct sim_gadget *gadget, struct sim_answer *answer)
{
	if (can_be_left(gadget->state)) {
		forget_transfer(gadget);
	}
	sim_gadget_acknowledge(answer);
}

/* What does not fit the state is stalled and changes nothing. */
static void handle(
	struct sim_gadget *gadget, struct sim_answer *answer, const struct sim_request *request)
{
	switch (request->code) {
	case SIM_DETACH:
		abandon(gadget, answer);
		gadget->presence = SIM_LEFT;
		break;
	case SIM_DNLOAD: download(gadget, answer, request); break;
	case SIM_UPLOAD: upload(gadget, answer, request); break;
	case SIM_GETSTATUS: get_status(gadget, answer); break;
	case SIM_CLRSTATUS: clear_status(gadget, answer); break;
	case SIM_GETSTATE: sim_gadget_answer_state(gadget, answer); break;
	case SIM_ABORT: abandon(gadget, answer); break;
	default: break;
	}
}

static void fetched(struct sim_gadget *gadget, struct sim_answer *answer)
{
	if (gadget->state == SIM_MANIFEST) {
		gadget->prgfw.manifested = true;
		gadget->state = SIM_MANIFEST_SYNC;
		return;
	}
	if (gadget->state != SIM_DNLOAD_BUSY) {
		return;
	}
	work_off_download(gadget);
	gadget->prgfw.block = 0;
	gadget->prgfw.length = 0;
	gadget->state = SIM_DNLOAD_SYNC;
	/* The status stage of the request is missing where the board did not live to open it. */
	if (gadget->presence == SIM_HUNG) {
		answer->end = SIM_USB_SILENCE;
	} else if (!sim_board_is_powered(gadget->board)) {
		answer->end = SIM_USB_GONE;
	}
}

/* --- descriptors */

static void product(const struct sim_gadget *gadget, char *out, size_t capacity)
{
	snprintf(out, capacity, "USB download gadget@Device ID /0x%lX, @Revision ID /0x%X",
		(unsigned long)sim_board_device_id(gadget->board),
		family_of(gadget->board)->revision);
}

static bool name(const struct sim_gadget *gadget, unsigned alternate, char *out, size_t capacity)
{
	static const char *const names[] = {
		[SIM_PRGFW_LAYOUT] = "@Flashlayout /0x00/1*1Ke",
		[SIM_PRGFW_FSBL] = "@FSBL-EXT /0x03/1*70Ke",
		[SIM_PRGFW_EXTERNAL] = "@FSBL-APP /0x04/1*64Me",
		[SIM_PRGFW_COMMAND] = "@virtual /0xF1/1*512Be",
		[SIM_PRGFW_PMIC] = "@PMIC /0xF4/1*08Be",
	};

	if (alternate >= SIM_PRGFW_END) {
		return false;
	}
	if (alternate == SIM_PRGFW_OTP) {
		snprintf(out, capacity, "@OTP /0xF2/1*%zuBe", partition_size(gadget));
	} else {
		snprintf(out, capacity, "%s", names[alternate]);
	}
	return true;
}

/* Any state keeps: dfuERROR, too. */
static bool select_alternate(struct sim_gadget *gadget, unsigned alternate)
{
	if (alternate >= SIM_PRGFW_END) {
		return false;
	}
	gadget->alternate = alternate;
	return true;
}

const struct sim_dialect sim_dialect_prgfw = {
	.transfer_size = SIM_PRGFW_TRANSFER_SIZE,
	.detach_timeout = 255,
	.first_name = 6,
	.texts = {[1] = "STMicroelectronics", [4] = "DFU Config", [5] = "DFU Interface"},
	.boot = boot,
	.configure = configure,
	.select = select_alternate,
	.request = handle,
	.fetched = fetched,
	.product = product,
	.name = name,
};
