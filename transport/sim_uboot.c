/* U-Boot's stm32prog on USB: the DFU state machine of f_dfu.c. */
#include "transport/sim_gadget.h"

#include <stdio.h>

#define TRANSFER_SIZE 4096u

static void boot(struct sim_gadget *gadget)
{
	struct sim_uboot *uboot = &gadget->uboot;
	unsigned count = 0;

	uboot->entities[count++].kind = SIM_ENTITY_LAYOUT;
	uboot->entities[count++].kind = SIM_ENTITY_PHASE;
	if (!sim_board_is_closed(gadget->board)) {
		uboot->entities[count++].kind = SIM_ENTITY_OTP;
	}
	/* The recorded STM32MP13 configuration has no driver for one. */
	if (sim_board_family(gadget->board) != SIM_MP13) {
		uboot->entities[count++].kind = SIM_ENTITY_PMIC;
	}
	uboot->entity_count = count;
	uboot->program.otp_size = sim_board_partition_size(gadget->board);
}

/* SET_INTERFACE leads to dfuIDLE from every state, whatever the number. */
static bool select_alternate(struct sim_gadget *gadget, unsigned alternate)
{
	gadget->alternate = alternate;
	gadget->state = SIM_DFU_IDLE;
	gadget->status = SIM_STATUS_OK;
	return true;
}

static void configure(struct sim_gadget *gadget)
{
	select_alternate(gadget, 0);
}

static struct sim_entity *entity_in_use(struct sim_gadget *gadget)
{
	return sim_entity_of(&gadget->uboot, gadget->alternate);
}

/* What f_dfu.c does with a request that does not fit the state. */
static void refuse(struct sim_gadget *gadget, struct sim_answer *answer)
{
	gadget->state = SIM_DFU_ERROR;
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
	struct sim_entity *entity = entity_in_use(gadget);

	if (!sim_entity_write(&gadget->uboot.program, entity, bytes, length, block)) {
		gadget->status = SIM_STATUS_UNKNOWN;
		gadget->state = SIM_DFU_ERROR;
	}
}

static void complete_flush(struct sim_gadget *gadget)
{
	sim_entity_flush(&gadget->uboot.program, gadget->board, entity_in_use(gadget));
}

static void complete(struct sim_gadget *gadget)
{
	if (gadget->uboot.broken_download) {
		gadget->uboot.broken_download = false;
		complete_download(gadget, NULL, 0, gadget->uboot.broken_block);
	}
	if (gadget->uboot.broken_flush) {
		gadget->uboot.broken_flush = false;
		complete_flush(gadget);
	}
}

static void download(
	struct sim_gadget *gadget, struct sim_answer *answer, const struct sim_request *request)
{
	struct sim_entity *entity = entity_in_use(gadget);

	if (entity == NULL) {
		crash(gadget, answer);
		return;
	}
	if (entity->kind != SIM_ENTITY_OTP) {
		gadget->strays++;
		refuse(gadget, answer);
		return;
	}
	gadget->state = request->length == 0 ? SIM_MANIFEST_SYNC : SIM_DNLOAD_SYNC;
	sim_gadget_acknowledge(answer);
	if (request->broken && request->length != 0) {
		gadget->uboot.broken_download = true;
		gadget->uboot.broken_block = request->value;
	} else {
		complete_download(gadget, request->out, request->length, request->value);
	}
}

/* The gadget fills its whole buffer, whatever the host asked for. */
static void upload(struct sim_gadget *gadget, struct sim_answer *answer,
	const struct sim_request *request, uint16_t block)
{
	struct sim_entity *entity = entity_in_use(gadget);
	int length;

	if (entity == NULL) {
		crash(gadget, answer);
		return;
	}
	gadget->state = SIM_UPLOAD_IDLE;
	length = sim_entity_read(
		&gadget->uboot.program, gadget->board, entity, answer->data, TRANSFER_SIZE, block);
	if (length < 0) {
		answer->end = SIM_USB_STALL;
		return;
	}
	answer->end = SIM_USB_DATA;
	answer->length = (size_t)length;
	if (answer->length < request->length) {
		gadget->state = SIM_DFU_IDLE;
	}
}

/* GETSTATUS moves the machine on; in dfuMANIFEST-SYNC it sets the burn off, behind its answer. */
static void get_status(
	struct sim_gadget *gadget, struct sim_answer *answer, const struct sim_request *request)
{
	switch (gadget->state) {
	case SIM_DNLOAD_SYNC: gadget->state = SIM_DNLOAD_IDLE; break;
	case SIM_MANIFEST: gadget->state = SIM_DFU_IDLE; break;
	case SIM_MANIFEST_SYNC:
		gadget->state = SIM_MANIFEST;
		sim_gadget_answer_status(gadget, answer, 0);
		if (request->broken) {
			gadget->uboot.broken_flush = true;
		} else {
			complete_flush(gadget);
		}
		return;
	default: break;
	}
	sim_gadget_answer_status(gadget, answer, 0);
}

static void in_idle(
	struct sim_gadget *gadget, struct sim_answer *answer, const struct sim_request *request)
{
	switch (request->code) {
	case SIM_DNLOAD:
		if (request->length == 0) {
			refuse(gadget, answer);
		} else {
			download(gadget, answer, request);
		}
		break;
	case SIM_UPLOAD: upload(gadget, answer, request, 0); break;
	case SIM_ABORT: sim_gadget_acknowledge(answer); break;
	case SIM_DETACH:
		gadget->presence = SIM_LEFT;
		sim_gadget_acknowledge(answer);
		break;
	default: refuse(gadget, answer); break;
	}
}

static void in_download_idle(
	struct sim_gadget *gadget, struct sim_answer *answer, const struct sim_request *request)
{
	switch (request->code) {
	case SIM_DNLOAD: download(gadget, answer, request); break;
	case SIM_ABORT:
		gadget->state = SIM_DFU_IDLE;
		sim_gadget_acknowledge(answer);
		break;
	default: refuse(gadget, answer); break;
	}
}

static void in_upload_idle(
	struct sim_gadget *gadget, struct sim_answer *answer, const struct sim_request *request)
{
	switch (request->code) {
	case SIM_UPLOAD: upload(gadget, answer, request, request->value); break;
	case SIM_ABORT:
		gadget->state = SIM_DFU_IDLE;
		sim_gadget_acknowledge(answer);
		break;
	default: refuse(gadget, answer); break;
	}
}

static void in_error(
	struct sim_gadget *gadget, struct sim_answer *answer, const struct sim_request *request)
{
	if (request->code != SIM_CLRSTATUS) {
		refuse(gadget, answer);
		return;
	}
	gadget->state = SIM_DFU_IDLE;
	gadget->status = SIM_STATUS_OK;
	sim_gadget_acknowledge(answer);
}

static void handle(
	struct sim_gadget *gadget, struct sim_answer *answer, const struct sim_request *request)
{
	if (request->code == SIM_GETSTATUS) {
		get_status(gadget, answer, request);
		return;
	}
	if (request->code == SIM_GETSTATE) {
		sim_gadget_answer_state(gadget, answer);
		return;
	}
	switch (gadget->state) {
	case SIM_DFU_IDLE: in_idle(gadget, answer, request); break;
	case SIM_DNLOAD_IDLE: in_download_idle(gadget, answer, request); break;
	case SIM_UPLOAD_IDLE: in_upload_idle(gadget, answer, request); break;
	case SIM_DFU_ERROR: in_error(gadget, answer, request); break;
	default: refuse(gadget, answer); break;
	}
}

static void product(const struct sim_gadget *gadget, char *out, size_t capacity)
{
	const struct sim_board *board = gadget->board;
	char part[16];

	sim_board_part_name(board, part, sizeof part);
	snprintf(out, capacity,
		"USB download gadget@Device ID /0x%lX, @Revision ID /0x%lX, "
		"@Name /STM32MP%s Rev.%s,",
		(unsigned long)sim_board_device_id(board),
		(unsigned long)sim_board_revision_id(board), part, sim_board_revision_name(board));
}

static bool name(const struct sim_gadget *gadget, unsigned alternate, char *out, size_t capacity)
{
	if (alternate >= gadget->uboot.entity_count) {
		return false;
	}
	sim_entity_name(&gadget->uboot.program, &gadget->uboot.entities[alternate], out, capacity);
	return true;
}

const struct sim_dialect sim_dialect_uboot = {
	.transfer_size = TRANSFER_SIZE,
	.first_name = 5,
	.texts = {[1] = "STMicroelectronics"},
	.boot = boot,
	.configure = configure,
	.select = select_alternate,
	.complete = complete,
	.request = handle,
	.product = product,
	.name = name,
};
