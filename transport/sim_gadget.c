/* What every service does with a SETUP: the standard requests, and handing on the others. */
#include "transport/sim_gadget.h"

#include <string.h>

#define REQUEST_SET_ADDRESS       0x0005u /* bmRequestType, bRequest */
#define REQUEST_SET_CONFIGURATION 0x0009u
#define REQUEST_SET_INTERFACE     0x010Bu
#define REQUEST_GET_INTERFACE     0x810Au
#define REQUEST_GET_DESCRIPTOR    0x8006u
#define REQUEST_GET_DESCRIPTOR_IF 0x8106u
#define CLASS_OUT                 0x21u
#define CLASS_IN                  0xA1u
#define NO_REQUEST                0xFFu

static const struct sim_dialect *dialect_of(const struct sim_board *board)
{
	switch (sim_boot_stage(board)) {
	case SIM_BOOT_ROM: return &sim_dialect_rom;
	case SIM_BOOT_TFA:
	case SIM_BOOT_LOST: return &sim_dialect_tfa;
	case SIM_BOOT_SERVICE: break;
	}
	return sim_board_service(board) == SIM_SERVICE_UBOOT ? &sim_dialect_uboot
							     : &sim_dialect_prgfw;
}

void sim_gadget_boot(struct sim_gadget *gadget, struct sim_board *board)
{
	unsigned strays = gadget->strays;

	memset(gadget, 0, sizeof *gadget);
	gadget->dialect = dialect_of(board);
	gadget->board = board;
	gadget->strays = strays;
	if (sim_boot_stage(board) == SIM_BOOT_LOST) {
		gadget->presence = SIM_LEFT;
	}
	gadget->dialect->boot(gadget);
	gadget->dialect->configure(gadget);
}

static void complete(struct sim_gadget *gadget)
{
	if (gadget->dialect->complete != NULL) {
		gadget->dialect->complete(gadget);
	}
}

void sim_gadget_bus_reset(struct sim_gadget *gadget)
{
	complete(gadget);
	gadget->dialect->configure(gadget);
}

void sim_gadget_acknowledge(struct sim_answer *answer)
{
	answer->end = SIM_USB_DATA;
	answer->length = 0;
}

void sim_gadget_answer_status(
	const struct sim_gadget *gadget, struct sim_answer *answer, uint8_t poll_ms)
{
	memset(answer->data, 0, 6);
	answer->data[0] = gadget->status;
	answer->data[1] = poll_ms;
	answer->data[4] = gadget->state;
	answer->end = SIM_USB_DATA;
	answer->length = 6;
}

void sim_gadget_answer_state(const struct sim_gadget *gadget, struct sim_answer *answer)
{
	answer->data[0] = gadget->state;
	answer->end = SIM_USB_DATA;
	answer->length = 1;
}

static void handle_standard(
	struct sim_gadget *gadget, struct sim_answer *answer, unsigned request, uint16_t value)
{
	switch (request) {
	case REQUEST_SET_ADDRESS: sim_gadget_acknowledge(answer); break;
	case REQUEST_SET_CONFIGURATION:
		gadget->dialect->configure(gadget);
		sim_gadget_acknowledge(answer);
		break;
	case REQUEST_SET_INTERFACE:
		if (gadget->dialect->select(gadget, value & 0xFFu)) {
			sim_gadget_acknowledge(answer);
		}
		break;
	case REQUEST_GET_INTERFACE:
		answer->end = SIM_USB_DATA;
		answer->length = 1;
		answer->data[0] = (uint8_t)gadget->alternate;
		break;
	case REQUEST_GET_DESCRIPTOR:
	case REQUEST_GET_DESCRIPTOR_IF:
		if (sim_gadget_descriptor(gadget, answer, value)) {
			answer->end = SIM_USB_DATA;
		}
		break;
	default: break;
	}
}

static bool has_direction(uint8_t type, uint8_t code)
{
	bool in = code == SIM_UPLOAD || code == SIM_GETSTATUS || code == SIM_GETSTATE;

	return type == (in ? CLASS_IN : CLASS_OUT);
}

void sim_gadget_setup(struct sim_gadget *gadget, struct sim_answer *answer, const uint8_t setup[8],
	const uint8_t *out, bool broken)
{
	const struct sim_request request = {
		.code = has_direction(setup[0], setup[1]) ? setup[1] : NO_REQUEST,
		.value = (uint16_t)(setup[2] | setup[3] << 8),
		.length = (uint16_t)(setup[6] | setup[7] << 8),
		.out = out,
		.broken = broken,
	};

	answer->end = SIM_USB_STALL;
	answer->length = 0;
	complete(gadget);
	if (setup[0] == CLASS_OUT || setup[0] == CLASS_IN) {
		gadget->dialect->request(gadget, answer, &request);
	} else {
		handle_standard(gadget, answer, (unsigned)setup[0] << 8 | setup[1], request.value);
	}
	if (answer->end == SIM_USB_DATA && answer->length > 0 && !broken &&
		gadget->dialect->fetched != NULL) {
		gadget->dialect->fetched(gadget, answer);
	}
}
