/*
 * The boot stages on USB: the ROM code and TF-A, with the DFU state machine of TF-A's usb_dfu.c and
 * the phases of sim_boot. The ROM code's machine is not published; TF-A of MP15 takes its
 * enumeration over in the middle, and dfu-util's logs look the same, so it is taken for the same
 * one. How the ROM code shows that it refuses an image is decided here: dfuERROR, with errFILE for
 * one that is not for this chip, errVERIFY for one that is damaged or not authentic.
 *
 * Things to know, all of them TF-A's:
 * - A GETSTATUS after DNLOAD says dfuDNLOAD-SYNC, and only the next one dfuDNLOAD-IDLE.
 * - SET_INTERFACE changes the alternate and nothing of the state.
 * - DNLOAD for another phase than the current one stalls, and phase is FF from then on.
 * - A FIP that is none stalls the DNLOAD that ends it. State and status say nothing of that; phase
 *   FF does, with a text, whose last letter is cut off.
 * - CLRSTATUS outside dfuERROR leads into it, and does not stall.
 */
#include "transport/sim_gadget.h"

#include <stdio.h>
#include <string.h>

#define TRANSFER_SIZE  1024u
#define DETACH_TIMEOUT 255u
#define MANIFEST_MS    1u
#define NO_PHASE       0xFFu
#define COMMAND        0xF1u

struct alternate {
	uint8_t phase; /* NO_PHASE: none that is ever asked for here */
	const char *name;
};

/* The ROM code's and TF-A's have the same names on MP15. */
static const struct alternate mp15_rom[] = {
	{NO_PHASE, "@Partition0 /0x00/1*256Ke"},
	{SIM_PHASE_FSBL, "@FSBL /0x01/1*1Me"},
	{NO_PHASE, "@Partition2 /0x02/1*1Me"},
	{NO_PHASE, "@Partition3 /0x03/1*16Me"},
	{NO_PHASE, "@Partition4 /0x04/1*16Me"},
	{COMMAND, "@virtual /0xF1/1*512Ba"},
	{0, NULL},
};
static const struct alternate mp15_tfa[] = {
	{SIM_PHASE_LAYOUT, "@Partition0 /0x00/1*256Ke"},
	{NO_PHASE, "@FSBL /0x01/1*1Me"},
	{NO_PHASE, "@Partition2 /0x02/1*1Me"},
	{SIM_PHASE_SSBL, "@Partition3 /0x03/1*16Me"},
	{NO_PHASE, "@Partition4 /0x04/1*16Me"},
	{COMMAND, "@virtual /0xF1/1*512Ba"},
	{0, NULL},
};
static const struct alternate mp13_rom[] = {
	{SIM_PHASE_FSBL, "@FSBL /0x01/1*128Ke"},
	{COMMAND, "@virtual /0xF1/1*512Ba"},
	{0, NULL},
};
static const struct alternate mp13_tfa[] = {
	{SIM_PHASE_SSBL, "@SSBL /0x03/1*16Me"},
	{COMMAND, "@virtual /0xF1/1*512Ba"},
	{0, NULL},
};
static const struct alternate mp2_rom[] = {
	{SIM_PHASE_FSBL, "@FSBL /0x01/1*256Ke"},
	{COMMAND, "@virtual /0xF1/1*512Ba"},
	{0, NULL},
};
static const struct alternate mp2_tfa[] = {
	{SIM_PHASE_DDR, "@DDR FIP /0x02/1*32Ke"},
	{SIM_PHASE_SSBL, "@FIP /0x03/1*16Me"},
	{COMMAND, "@virtual /0xF1/1*512Ba"},
	{0, NULL},
};

static bool is_rom(const struct sim_gadget *gadget)
{
	return gadget->dialect == &sim_dialect_rom;
}

static const struct alternate *alternates(const struct sim_gadget *gadget)
{
	switch (sim_board_family(gadget->board)) {
	case SIM_MP13: return is_rom(gadget) ? mp13_rom : mp13_tfa;
	case SIM_MP15: return is_rom(gadget) ? mp15_rom : mp15_tfa;
	default: return is_rom(gadget) ? mp2_rom : mp2_tfa;
	}
}

static uint8_t phase_of(const struct sim_gadget *gadget)
{
	const struct alternate *row = alternates(gadget);

	for (unsigned i = 0; row[i].name != NULL; i++) {
		if (i == gadget->alternate) {
			return row[i].phase;
		}
	}
	return NO_PHASE;
}

static void boot(struct sim_gadget *gadget)
{
	gadget->state = SIM_DFU_IDLE;
	gadget->status = SIM_STATUS_OK;
}

static void configure(struct sim_gadget *gadget)
{
	gadget->alternate = 0;
}

static bool select_alternate(struct sim_gadget *gadget, unsigned alternate)
{
	gadget->alternate = alternate;
	return true;
}

/* --- requests */

/* The answer stalls; the state stays. */
static void stall(struct sim_answer *answer)
{
	answer->end = SIM_USB_STALL;
}

/* The data stage that the host broke off: nothing of it counts. */
static void download(
	struct sim_gadget *gadget, struct sim_answer *answer, const struct sim_request *request)
{
	struct sim_board *board = gadget->board;
	unsigned programs = sim_boot_count(board);
	char text[64];

	if (gadget->state != SIM_DFU_IDLE && gadget->state != SIM_DNLOAD_IDLE) {
		stall(answer);
		return;
	}
	if (phase_of(gadget) == NO_PHASE || phase_of(gadget) != sim_boot_phase(board) ||
		sim_boot_is_complete(board)) {
		gadget->strays++;
		snprintf(text, sizeof text, "phase ID :%u, alternate %u, address %x\n",
			(unsigned)sim_boot_phase(board), gadget->alternate,
			(unsigned)sim_boot_address(board));
		sim_boot_fail(board, is_rom(gadget) ? "" : text);
		stall(answer);
		return;
	}
	if (!request->broken && !sim_boot_take(board, request->out, request->length)) {
		stall(answer);
		return;
	}
	if (sim_boot_count(board) != programs) {
		answer->end = SIM_USB_GONE;
		return;
	}
	gadget->state = SIM_DNLOAD_SYNC;
	sim_gadget_acknowledge(answer);
}

static void refuse_image(struct sim_gadget *gadget, struct sim_answer *answer)
{
	enum sim_boot_verdict verdict = sim_boot_verdict(gadget->board);

	if (!is_rom(gadget)) {
		gadget->state = SIM_MANIFEST_SYNC;
		stall(answer);
		return;
	}
	gadget->state = SIM_DFU_ERROR;
	gadget->status = verdict == SIM_BOOT_NO_HEADER || verdict == SIM_BOOT_OTHER_VERSION ||
					 verdict == SIM_BOOT_TOO_LARGE
				 ? SIM_STATUS_FILE
				 : SIM_STATUS_VERIFY;
	sim_gadget_acknowledge(answer);
}

static void end_download(struct sim_gadget *gadget, struct sim_answer *answer)
{
	if (gadget->state != SIM_DNLOAD_IDLE || phase_of(gadget) != sim_boot_phase(gadget->board)) {
		stall(answer);
		return;
	}
	if (!sim_boot_finish(gadget->board)) {
		refuse_image(gadget, answer);
		return;
	}
	gadget->state = SIM_MANIFEST_SYNC;
	sim_gadget_acknowledge(answer);
}

static uint8_t *append_number(uint8_t *at, uint32_t number)
{
	for (unsigned i = 0; i < 4; i++) {
		*at++ = (uint8_t)(number >> (8 * i));
	}
	return at;
}

/* Phase, address, an offset that is always 0; then whether to detach, or what went wrong. */
static size_t write_phase(const struct sim_gadget *gadget, uint8_t *out)
{
	const struct sim_board *board = gadget->board;
	const char *error = sim_boot_error(board);
	uint8_t *at = out;

	*at++ = sim_boot_phase(board);
	at = append_number(at, sim_boot_address(board));
	at = append_number(at, 0);
	if (sim_boot_is_complete(board)) {
		*at++ = 1;
	} else if (sim_boot_phase(board) == SIM_PHASE_ERROR && error[0] != '\0') {
		memcpy(at, error, strlen(error) - 1);
		at += strlen(error) - 1;
	}
	return (size_t)(at - out);
}

static void upload(
	struct sim_gadget *gadget, struct sim_answer *answer, const struct sim_request *request)
{
	if (gadget->state != SIM_DFU_IDLE && gadget->state != SIM_UPLOAD_IDLE) {
		stall(answer);
		return;
	}
	if (phase_of(gadget) != COMMAND) {
		gadget->strays++;
		sim_boot_fail(gadget->board, is_rom(gadget) ? "" : "phase ID\n");
		gadget->state = SIM_DFU_ERROR;
		gadget->status = SIM_STATUS_STALLED;
		stall(answer);
		return;
	}
	answer->length = write_phase(gadget, answer->data);
	answer->end = SIM_USB_DATA;
	gadget->state = request->length > answer->length ? SIM_DFU_IDLE : SIM_UPLOAD_IDLE;
}

static bool starts_by_itself(const struct sim_gadget *gadget)
{
	return is_rom(gadget) && sim_board_family(gadget->board) == SIM_MP15;
}

static void get_status(struct sim_gadget *gadget, struct sim_answer *answer)
{
	if (gadget->state == SIM_MANIFEST_SYNC) {
		gadget->state = SIM_MANIFEST;
		sim_gadget_answer_status(gadget, answer, MANIFEST_MS);
		gadget->state = SIM_DFU_IDLE;
		if (starts_by_itself(gadget) && sim_boot_is_complete(gadget->board)) {
			sim_boot_go(gadget->board);
		}
		return;
	}
	sim_gadget_answer_status(gadget, answer, 0);
	if (gadget->state == SIM_DNLOAD_SYNC) {
		gadget->state = SIM_DNLOAD_IDLE;
	}
}

static void clear_status(struct sim_gadget *gadget, struct sim_answer *answer)
{
	bool was_error = gadget->state == SIM_DFU_ERROR;

	gadget->state = was_error ? SIM_DFU_IDLE : SIM_DFU_ERROR;
	gadget->status = was_error ? SIM_STATUS_OK : SIM_STATUS_UNKNOWN;
	sim_gadget_acknowledge(answer);
}

static void abort_transfer(struct sim_gadget *gadget, struct sim_answer *answer)
{
	if (gadget->state != SIM_DFU_ERROR) {
		gadget->state = SIM_DFU_IDLE;
		gadget->status = SIM_STATUS_OK;
	}
	sim_gadget_acknowledge(answer);
}

/* The request is answered, and then the stage ends. */
static void detach(struct sim_gadget *gadget, struct sim_answer *answer)
{
	abort_transfer(gadget, answer);
	if (!sim_boot_is_complete(gadget->board)) {
		gadget->strays++;
	}
	sim_boot_go(gadget->board);
}

static void handle(
	struct sim_gadget *gadget, struct sim_answer *answer, const struct sim_request *request)
{
	switch (request->code) {
	case SIM_DETACH: detach(gadget, answer); break;
	case SIM_DNLOAD:
		if (request->length > 0) {
			download(gadget, answer, request);
		} else {
			end_download(gadget, answer);
		}
		break;
	case SIM_UPLOAD: upload(gadget, answer, request); break;
	case SIM_GETSTATUS: get_status(gadget, answer); break;
	case SIM_CLRSTATUS: clear_status(gadget, answer); break;
	case SIM_GETSTATE: sim_gadget_answer_state(gadget, answer); break;
	case SIM_ABORT: abort_transfer(gadget, answer); break;
	default: stall(answer); break;
	}
}

/* --- texts */

/* The revision that the ROM code shows is none of U-Boot's: 0000 and 2000 are from logs, and that
 * MP13 shows the chip's is so in one. */
static void rom_product(const struct sim_gadget *gadget, char *out, size_t capacity)
{
	const struct sim_board *board = gadget->board;
	uint32_t revision = 0x2000;

	if (sim_board_family(board) == SIM_MP15) {
		revision = 0;
	} else if (sim_board_family(board) == SIM_MP13) {
		revision = sim_board_revision_id(board);
	}
	snprintf(out, capacity, "DFU in HS Mode @Device ID /0x%03X, @Revision ID /0x%04X",
		(unsigned)sim_board_device_id(board), (unsigned)revision);
}

static void tfa_product(const struct sim_gadget *gadget, char *out, size_t capacity)
{
	const struct sim_board *board = gadget->board;
	char part[16];

	sim_board_part_name(board, part, sizeof part);
	snprintf(out, capacity,
		"DFU @Device ID /0x%03X, @Revision ID /0x%04X, @Name /STM32MP%s Rev.%s,",
		(unsigned)sim_board_device_id(board), (unsigned)sim_board_revision_id(board), part,
		sim_board_revision_name(board));
}

static bool name(const struct sim_gadget *gadget, unsigned alternate, char *out, size_t capacity)
{
	const struct alternate *row = alternates(gadget);

	for (unsigned i = 0; row[i].name != NULL; i++) {
		if (i == alternate) {
			snprintf(out, capacity, "%s", row[i].name);
			return true;
		}
	}
	return false;
}

#define IN_COMMON                                                                                  \
	.transfer_size = TRANSFER_SIZE, .detach_timeout = DETACH_TIMEOUT, .first_name = 6,         \
	.texts = {[1] = "STMicroelectronics", [4] = "DFU Config", [5] = "DFU Interface"},          \
	.boot = boot, .configure = configure, .select = select_alternate, .request = handle,       \
	.name = name

const struct sim_dialect sim_dialect_rom = {IN_COMMON, .product = rom_product};
const struct sim_dialect sim_dialect_tfa = {IN_COMMON, .product = tfa_product};
