/*
 * U-Boot's stm32prog over DFU. Recorded from its device code (6073c36):
 * - In dfuMANIFEST-SYNC a GETSTATUS sets a prepared burn off.
 * - SET_INTERFACE forces dfuIDLE from any state, but what a broken-off write left in the board's
 *   bookkeeping stays, and a DNLOAD of the block number expected next would go on with it. So
 *   before a write that is cleaned away: a DNLOAD of block FFFF, one byte long, is refused for its
 *   number, and the refusal clears everything; then CLRSTATUS. It can arm nothing. The same frees
 *   an alternate that a failed read has wedged.
 * - UPLOAD asks for exactly wTransferSize, or the device answers with more than was asked.
 *
 * The burn is a DNLOAD without data and the GETSTATUS after it. Which failure of it is certain:
 * - Any before the DNLOAD: nothing was burnt.
 * - The DNLOAD is stalled: refused, nothing was burnt. It times out or ends oddly: the board may
 *   be armed, but burns only at a GETSTATUS, which is not sent: certain. dfu_unstage() disarms it.
 * - The GETSTATUS fails or answers anything but dfuMANIFEST: ERR_UNCERTAIN. A timeout does not show
 *   whether the board saw it, and U-Boot burns even when the answer was never fetched.
 * - Any after that: ERR_UNCERTAIN.
 * It may say that it is idle before the burn has run; it answers the next UPLOAD only after it.
 */
#include "transport/dfu_dialect.h"

#include "transport/dfu_request.h"
#include "transport/dfu_state.h"

#include <assert.h>
#include <string.h>

#define TRANSFER_SIZE_MAX 4096u
/* No partition is that long, so no entity ever expects this number. */
#define BAD_BLOCK        0xFFFFu
#define PHASE_HEADER     9u /* phase, address, offset */
#define PHASE_WITH_ERROR 0xFFu

static enum status ask_complaint(struct dfu *dfu, char *text, size_t capacity, struct errbuf *err);

/* --- cleaning */

/* From dfuIDLE on the OTP alternate, back to it. */
static enum status clean(struct dfu *dfu, struct errbuf *err)
{
	static const uint8_t byte = 0;
	struct dfu_answer answer = {0};
	bool stalled = false;
	assert(dfu->peer->cleans_by_bad_block);
	dfu->writing = true;
	enum status status = dfu_download(dfu->link, BAD_BLOCK, &byte, 1, &stalled, err);
	if (status == OK && stalled)
		status = errbuf_set(err, ERR_LINK, "the board refused the clean-up");
	if (status == OK)
		status = dfu_get_status(&answer, dfu->link, DFU_ORDINARY_MS, err);
	if (status == OK && answer.state != DFU_ERROR)
		status = errbuf_set(err, ERR_LINK, "the clean-up led to %s instead of dfuERROR",
			dfu_state_name(answer.state));
	if (status == OK)
		status = dfu_clear_status(dfu->link, err);
	if (status == OK)
		status = dfu_expect_idle(dfu, err);
	if (status != OK)
		return errbuf_prefix(
			err, status, "what a broken-off transfer left cannot be cleaned away");
	dfu->writing = false;
	return OK;
}

/* --- reading */

/* One ABORT ends a transfer that the device holds open. */
static enum status end_upload(struct dfu *dfu, struct errbuf *err)
{
	struct dfu_answer answer = {0};
	bool stalled = false;
	enum status status = dfu_get_status(&answer, dfu->link, DFU_ORDINARY_MS, err);
	if (status != OK)
		return status;
	if (answer.state == DFU_IDLE && answer.status == 0)
		return OK;
	if (answer.state != DFU_UPLOAD_IDLE || answer.status != 0)
		return errbuf_set(err, ERR_LINK, "the read ended in state %s, status %02X",
			dfu_state_name(answer.state), answer.status);
	status = dfu_abort(dfu->link, &stalled, err);
	return status == OK ? dfu_expect_idle(dfu, err) : status;
}

/* Uploads until a block is short. *refused: the board stalled a block. `out` NULL: thrown away. */
static enum status upload_all(struct dfu *dfu, uint8_t *out, size_t capacity, size_t *length,
	bool *refused, struct errbuf *err)
{
	uint8_t block[TRANSFER_SIZE_MAX];
	uint16_t size = dfu->description.transfer_size, got;
	assert(size > 0 && size <= sizeof block);
	*length = 0;
	for (uint16_t number = 0;; number++) {
		enum status status = dfu_upload(&got, block, size, dfu->link, number, refused, err);
		if (status != OK || *refused)
			return status;
		if (got > capacity - *length)
			return errbuf_set(
				err, ERR_LINK, "the board sends more than %zu bytes", capacity);
		if (out)
			memcpy(out + *length, block, got);
		*length += got;
		if (got < size)
			return end_upload(dfu, err);
	}
}

static enum status read_otp(
	struct dfu *dfu, uint8_t *out, size_t capacity, size_t *length, struct errbuf *err)
{
	bool refused;
	enum status status = upload_all(dfu, out, capacity, length, &refused, err);
	if (status == OK && refused) {
		/* A broken-off write or an earlier failure keeps every read from starting. */
		status = dfu_enter(dfu, dfu->otp_alternate, err);
		if (status == OK)
			status = clean(dfu, err);
		if (status == OK)
			status = upload_all(dfu, out, capacity, length, &refused, err);
	}
	if (status == OK && refused) {
		char why[128] = "";
		struct errbuf ignored = {0};
		ask_complaint(dfu, why, sizeof why, &ignored);
		return errbuf_set(err, ERR_LINK,
			"the board refuses to read its fuses%s%s%s: reset it and start stm32prog "
			"again",
			why[0] ? " ('" : "", why, why[0] ? "')" : "");
	}
	if (status == OK && *length != dfu->otp.size)
		return errbuf_set(err, ERR_LINK,
			"the board sent %zu bytes of OTP, and announces %zu", *length,
			dfu->otp.size);
	if (status == OK)
		dfu->armed = false; /* the copy in the board's RAM is one of the fuses now */
	return status;
}

static enum status enter_and_read(
	struct dfu *dfu, uint8_t *out, size_t capacity, size_t *length, struct errbuf *err)
{
	enum status status = dfu_enter(dfu, dfu->otp_alternate, err);
	return status == OK ? read_otp(dfu, out, capacity, length, err) : status;
}

/* --- staging */

static enum status await_block(struct dfu *dfu, struct errbuf *err)
{
	unsigned waited_ms = 0;
	for (unsigned round = 0; round < DFU_MAX_ROUNDS; round++) {
		struct dfu_answer answer;
		enum status status = dfu_get_status(&answer, dfu->link, DFU_ORDINARY_MS, err);
		if (status != OK)
			return status;
		if (answer.state == DFU_DNLOAD_IDLE && answer.status == 0)
			return OK;
		bool is_busy = answer.state == DFU_DNLOAD_SYNC || answer.state == DFU_DNBUSY;
		if (!is_busy || answer.status != 0)
			return errbuf_set(err, ERR_LINK,
				"the board did not take the request: state %s, status %02X",
				dfu_state_name(answer.state), answer.status);
		if (!dfu_pause(dfu->link, answer.poll_ms, &waited_ms))
			break;
	}
	return errbuf_set(err, ERR_TIMEOUT, "the board never finished taking the request");
}

static enum status send_blocks(
	struct dfu *dfu, const uint8_t *request, size_t length, struct errbuf *err)
{
	uint16_t size = dfu->description.transfer_size;
	assert(size > 0 && size <= TRANSFER_SIZE_MAX && length / size < BAD_BLOCK - 1);
	dfu->writing = true;
	dfu->next_block = 0;
	for (size_t at = 0; at < length; at += size) {
		bool stalled;
		uint16_t part = (uint16_t)(length - at < size ? length - at : size);
		enum status status =
			dfu_download(dfu->link, dfu->next_block, request + at, part, &stalled, err);
		if (status == OK && stalled)
			status = errbuf_set(err, ERR_LINK, "the board refused the request");
		if (status == OK)
			status = await_block(dfu, err);
		if (status != OK)
			return status;
		dfu->next_block++;
	}
	return OK;
}

static enum status stage(struct dfu *dfu, const uint8_t *request, size_t length, struct errbuf *err)
{
	enum status status = dfu_enter(dfu, dfu->otp_alternate, err);
	if (status == OK)
		status = clean(dfu, err);
	if (status == OK)
		status = send_blocks(dfu, request, length, err);
	return status;
}

static enum status unstage(struct dfu *dfu, struct errbuf *err)
{
	size_t length;
	enum status status = dfu_enter(dfu, dfu->otp_alternate, err);
	if (status == OK)
		status = clean(dfu, err);
	/* An empty block moves the request on to where cleaning does not reach: a read writes the
	 * fuses over it. */
	if (status == OK)
		status = read_otp(dfu, NULL, dfu->otp.size, &length, err);
	return status;
}

/* --- the burn */

static enum status burn(struct dfu *dfu, struct errbuf *err)
{
	struct dfu_answer answer = {0};
	bool stalled = false;
	dfu->armed = true;
	dfu->waits = true;
	enum status status = dfu_download(dfu->link, dfu->next_block, NULL, 0, &stalled, err);
	if (status == OK && stalled)
		status = errbuf_set(err, ERR_LINK, "the board refused to end the download");
	if (status != OK)
		return errbuf_prefix(err, status, "the burn was not triggered");
	/* ------------------------------ point of no return ------------------------------ */
	dfu->waits = false;
	status = dfu_get_status(&answer, dfu->link, DFU_BURN_MS, err);
	if (status != OK)
		return dfu_uncertain(err);
	if (answer.state != DFU_MANIFEST || answer.status != 0) {
		errbuf_set(err, ERR_UNCERTAIN,
			"the board answered with state %s, status %02X instead of dfuMANIFEST",
			dfu_state_name(answer.state), answer.status);
		return dfu_uncertain(err);
	}
	if (dfu_await_burn(dfu, err) != OK)
		return dfu_uncertain(err);
	dfu->armed = false;
	dfu->writing = false;
	return OK;
}

/* --- the complaint */

static void copy_printable(char *out, size_t capacity, const uint8_t *bytes, size_t length)
{
	size_t used = 0;
	for (size_t i = 0; i < length && bytes[i] != 0 && used + 1 < capacity; i++)
		out[used++] = bytes[i] >= 0x20 && bytes[i] < 0x7F ? (char)bytes[i] : '?';
	out[used] = '\0';
}

static enum status ask_complaint(struct dfu *dfu, char *text, size_t capacity, struct errbuf *err)
{
	uint8_t bytes[PHASE_HEADER + 512];
	size_t length = 0;
	bool refused = false;
	assert(capacity > 0);
	text[0] = '\0';
	if (dfu->phase_alternate < 0)
		return errbuf_set(
			err, ERR_UNSUPPORTED, "the board offers no way to ask for its messages");
	enum status status = dfu_enter(dfu, dfu->phase_alternate, err);
	if (status == OK)
		status = upload_all(dfu, bytes, sizeof bytes, &length, &refused, err);
	if (status != OK)
		return status;
	if (refused || length < PHASE_HEADER)
		return errbuf_set(err, ERR_LINK, "the board does not tell its phase");
	/* In any other phase one more byte follows that is no text. */
	if (bytes[0] == PHASE_WITH_ERROR)
		copy_printable(text, capacity, bytes + PHASE_HEADER, length - PHASE_HEADER);
	return OK;
}

const struct dfu_dialect dfu_dialect_uboot = {
	.read = enter_and_read,
	.stage = stage,
	.unstage = unstage,
	.burn = burn,
	.complaint = ask_complaint,
};
