/* The DFU state machine of U-Boot's f_dfu.c, and the standard requests around it. */
#include "transport/sim_gadget.h"

#include <string.h>

enum dfu_state {
	DFU_IDLE = 2,
	DNLOAD_SYNC = 3,
	DNLOAD_IDLE = 5,
	MANIFEST_SYNC = 6,
	MANIFEST = 7,
	UPLOAD_IDLE = 9,
	DFU_ERROR = 10
};

enum dfu_request {
	DFU_DETACH,
	DFU_DNLOAD,
	DFU_UPLOAD,
	DFU_GETSTATUS,
	DFU_CLRSTATUS,
	DFU_GETSTATE,
	DFU_ABORT
};

#define STATUS_OK      0x00u
#define STATUS_UNKNOWN 0x0Eu

#define REQUEST_SET_CONFIGURATION 0x0009u /* bmRequestType, bRequest */
#define REQUEST_SET_INTERFACE     0x010Bu
#define REQUEST_GET_INTERFACE     0x810Au
#define REQUEST_GET_DESCRIPTOR    0x8006u
#define REQUEST_GET_DESCRIPTOR_IF 0x8106u
#define CLASS_OUT                 0x21u
#define CLASS_IN                  0xA1u

/* One class request on its way through the state machine. */
struct request {
	uint8_t type;
	uint8_t code;
	uint16_t value;
	uint16_t length;
	const uint8_t *out;
	bool broken;
};

void sim_gadget_boot(struct sim_gadget *gadget, struct sim_board *board)
{
	unsigned strays = gadget->strays;
	unsigned count = 0;

	memset(gadget, 0, sizeof *gadget);
	gadget->board = board;
	gadget->strays = strays;
	gadget->entities[count++].kind = SIM_ENTITY_LAYOUT;
	gadget->entities[count++].kind = SIM_ENTITY_PHASE;
	if (!sim_board_is_closed(board)) {
		gadget->entities[count++].kind = SIM_ENTITY_OTP;
	}
	gadget->entities[count++].kind = SIM_ENTITY_PMIC;
	gadget->entity_count = count;
	sim_gadget_configure(gadget);
}

static void select_alternate(struct sim_gadget *gadget, unsigned alternate)
{
	gadget->alternate = alternate;
	gadget->state = DFU_IDLE;
	gadget->status = STATUS_OK;
}

void sim_gadget_configure(struct sim_gadget *gadget)
{
	select_alternate(gadget, 0);
}

static void acknowledge(struct sim_answer *answer)
{
	answer->end = SIM_USB_DATA;
	answer->length = 0;
}

/* What f_dfu.c does with a request that does not fit the state. */
static void refuse(struct sim_gadget *gadget, struct sim_answer *answer)
{
	gadget->state = DFU_ERROR;
	answer->end = SIM_USB_STALL;
}

static void crash(struct sim_gadget *gadget, struct sim_answer *answer)
{
	gadget->strays++;
	gadget->presence = SIM_CRASHED;
	answer->end = SIM_USB_GONE;
}

static void complete_download(
	struct sim_gadget *gadget, const uint8_t *bytes, size_t length, uint16_t block)
{
	struct sim_entity *entity = sim_gadget_entity(gadget, gadget->alternate);

	if (!sim_entity_write(gadget, entity, bytes, length, block)) {
		gadget->status = STATUS_UNKNOWN;
		gadget->state = DFU_ERROR;
	}
}

static void complete_flush(struct sim_gadget *gadget)
{
	sim_entity_flush(gadget, sim_gadget_entity(gadget, gadget->alternate));
}

void sim_gadget_complete(struct sim_gadget *gadget)
{
	if (gadget->broken_download) {
		gadget->broken_download = false;
		complete_download(gadget, NULL, 0, gadget->broken_block);
	}
	if (gadget->broken_flush) {
		gadget->broken_flush = false;
		complete_flush(gadget);
	}
}

static void download(
	struct sim_gadget *gadget, struct sim_answer *answer, const struct request *request)
{
	struct sim_entity *entity = sim_gadget_entity(gadget, gadget->alternate);

	if (entity == NULL) {
		crash(gadget, answer);
		return;
	}
	if (entity->kind != SIM_ENTITY_OTP) {
		gadget->strays++;
		refuse(gadget, answer);
		return;
	}
	gadget->state = request->length == 0 ? MANIFEST_SYNC : DNLOAD_SYNC;
	acknowledge(answer);
	if (request->broken && request->length != 0) {
		gadget->broken_download = true;
		gadget->broken_block = request->value;
	} else {
		complete_download(gadget, request->out, request->length, request->value);
	}
}

/* The gadget fills its whole buffer, whatever the host asked for. */
static void upload(struct sim_gadget *gadget, struct sim_answer *answer,
	const struct request *request, uint16_t block)
{
	struct sim_entity *entity = sim_gadget_entity(gadget, gadget->alternate);
	int length;

	if (entity == NULL) {
		crash(gadget, answer);
		return;
	}
	gadget->state = UPLOAD_IDLE;
	length = sim_entity_read(gadget, entity, answer->data, sizeof answer->data, block);
	if (length < 0) {
		answer->end = SIM_USB_STALL;
		return;
	}
	answer->end = SIM_USB_DATA;
	answer->length = (size_t)length;
	if (answer->length < request->length) {
		gadget->state = DFU_IDLE;
	}
}

static void answer_status(struct sim_gadget *gadget, struct sim_answer *answer)
{
	memset(answer->data, 0, 6);
	answer->data[0] = gadget->status;
	answer->data[4] = gadget->state;
	answer->end = SIM_USB_DATA;
	answer->length = 6;
}

/* GETSTATUS moves the machine on; in dfuMANIFEST-SYNC it sets the burn off, behind its answer. */
static void get_status(
	struct sim_gadget *gadget, struct sim_answer *answer, const struct request *request)
{
	switch (gadget->state) {
	case DNLOAD_SYNC: gadget->state = DNLOAD_IDLE; break;
	case MANIFEST: gadget->state = DFU_IDLE; break;
	case MANIFEST_SYNC:
		gadget->state = MANIFEST;
		answer_status(gadget, answer);
		if (request->broken) {
			gadget->broken_flush = true;
		} else {
			complete_flush(gadget);
		}
		return;
	default: break;
	}
	answer_status(gadget, answer);
}

static void get_state(const struct sim_gadget *gadget, struct sim_answer *answer)
{
	answer->data[0] = gadget->state;
	answer->end = SIM_USB_DATA;
	answer->length = 1;
}

static void in_idle(
	struct sim_gadget *gadget, struct sim_answer *answer, const struct request *request)
{
	switch (request->code) {
	case DFU_DNLOAD:
		if (request->length == 0) {
			refuse(gadget, answer);
		} else {
			download(gadget, answer, request);
		}
		break;
	case DFU_UPLOAD: upload(gadget, answer, request, 0); break;
	case DFU_ABORT: acknowledge(answer); break;
	case DFU_DETACH:
		gadget->presence = SIM_LEFT;
		acknowledge(answer);
		break;
	default: refuse(gadget, answer); break;
	}
}

static void in_download_idle(
	struct sim_gadget *gadget, struct sim_answer *answer, const struct request *request)
{
	switch (request->code) {
	case DFU_DNLOAD: download(gadget, answer, request); break;
	case DFU_ABORT:
		gadget->state = DFU_IDLE;
		acknowledge(answer);
		break;
	default: refuse(gadget, answer); break;
	}
}

static void in_upload_idle(
	struct sim_gadget *gadget, struct sim_answer *answer, const struct request *request)
{
	switch (request->code) {
	case DFU_UPLOAD: upload(gadget, answer, request, request->value); break;
	case DFU_ABORT:
		gadget->state = DFU_IDLE;
		acknowledge(answer);
		break;
	default: refuse(gadget, answer); break;
	}
}

static void in_error(
	struct sim_gadget *gadget, struct sim_answer *answer, const struct request *request)
{
	if (request->code != DFU_CLRSTATUS) {
		refuse(gadget, answer);
		return;
	}
	gadget->state = DFU_IDLE;
	gadget->status = STATUS_OK;
	acknowledge(answer);
}

static bool has_direction(const struct request *request)
{
	bool in = request->code == DFU_UPLOAD || request->code == DFU_GETSTATUS ||
		  request->code == DFU_GETSTATE;

	return request->type == (in ? CLASS_IN : CLASS_OUT);
}

static void handle_class(
	struct sim_gadget *gadget, struct sim_answer *answer, const struct request *request)
{
	if (!has_direction(request)) {
		refuse(gadget, answer);
		return;
	}
	if (request->code == DFU_GETSTATUS) {
		get_status(gadget, answer, request);
		return;
	}
	if (request->code == DFU_GETSTATE) {
		get_state(gadget, answer);
		return;
	}
	switch (gadget->state) {
	case DFU_IDLE: in_idle(gadget, answer, request); break;
	case DNLOAD_IDLE: in_download_idle(gadget, answer, request); break;
	case UPLOAD_IDLE: in_upload_idle(gadget, answer, request); break;
	case DFU_ERROR: in_error(gadget, answer, request); break;
	default: refuse(gadget, answer); break;
	}
}

static void handle_standard(
	struct sim_gadget *gadget, struct sim_answer *answer, unsigned request, uint16_t value)
{
	answer->end = SIM_USB_STALL;
	switch (request) {
	case REQUEST_SET_CONFIGURATION:
		sim_gadget_configure(gadget);
		acknowledge(answer);
		break;
	case REQUEST_SET_INTERFACE:
		select_alternate(gadget, value & 0xFFu);
		acknowledge(answer);
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

void sim_gadget_setup(struct sim_gadget *gadget, struct sim_answer *answer, const uint8_t setup[8],
	const uint8_t *out, bool broken)
{
	struct request request = {
		.type = setup[0],
		.code = setup[1],
		.value = (uint16_t)(setup[2] | setup[3] << 8),
		.length = (uint16_t)(setup[6] | setup[7] << 8),
		.out = out,
		.broken = broken,
	};

	answer->end = SIM_USB_STALL;
	answer->length = 0;
	sim_gadget_complete(gadget);
	if (request.type == CLASS_OUT || request.type == CLASS_IN) {
		handle_class(gadget, answer, &request);
	} else {
		handle_standard(
			gadget, answer, (unsigned)request.type << 8 | request.code, request.value);
	}
}
