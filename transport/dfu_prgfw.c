/*
 * STM32PRGFW-UTIL over DFU. Recorded from its device code (v1.1.2):
 * - It has one structure for reading and writing. An UPLOAD of block 0 reads the fuses into it,
 *   over what anybody staged; the later blocks show it.
 * - A download goes by the UPLOAD before it and not by the alternate: only after one of the OTP
 *   alternate is it taken for OTP. Its blocks are 1024 bytes and numbered from 0; other lengths
 *   and numbers put values into wrong words.
 * - The block that reaches the last word burns, inside the GETSTATUS after it: the answer's data
 *   comes first, the burn is next, the end of the transfer last. Until that GETSTATUS an ABORT
 *   backs out. No status ever tells a failure.
 * - SET_INTERFACE changes no state. CLRSTATUS anywhere but in dfuERROR leads there.
 *   So a failure of the last DNLOAD is certain, and any after it is not.
 * - The virtual alternate (F1) decides what a download is, so it is never touched.
 */
#include "transport/dfu_dialect.h"

#include "transport/dfu_request.h"
#include "transport/dfu_state.h"

#include <assert.h>
#include <string.h>

#define BLOCK DFU_PRGFW_BLOCK

static size_t block_length(const struct dfu *dfu, size_t number)
{
	size_t left = dfu->otp.size - number * BLOCK;
	return left < BLOCK ? left : BLOCK;
}

static size_t last_block(const struct dfu *dfu)
{
	return (dfu->otp.size - 1) / BLOCK;
}

/* --- states */

/* Asks with GETSTATE: where something of ours was not taken back, GETSTATUS would burn it. */
static enum status expect_idle(struct dfu *dfu, struct errbuf *err)
{
	enum dfu_state state;
	enum status status = dfu_get_state(&state, dfu->link, err);
	if (status == OK && state != DFU_IDLE)
		status = errbuf_set(err, ERR_LINK,
			"the board does not become idle: it stays in %s; power-cycle it before "
			"anything else talks to it",
			dfu_state_name(state));
	return status;
}

static enum status abandon(struct dfu *dfu, struct errbuf *err)
{
	bool stalled = false;
	enum status status = dfu_abort(dfu->link, &stalled, err);
	if (status == OK && stalled)
		status = errbuf_set(err, ERR_LINK, "the board refused to abort");
	return status == OK ? expect_idle(dfu, err) : status;
}

/* GETSTATUS until what was downloaded is worked off. The first one lets the board begin. */
static enum status await_block(struct dfu *dfu, unsigned timeout_ms, struct errbuf *err)
{
	unsigned waited_ms = 0;
	for (unsigned round = 0; round < DFU_MAX_ROUNDS; round++) {
		struct dfu_answer answer;
		enum status status = dfu_get_status(&answer, dfu->link, timeout_ms, err);
		if (status != OK)
			return status;
		if (round > 0 && answer.state == DFU_DNLOAD_IDLE && answer.status == 0)
			return OK;
		bool is_busy = answer.state == DFU_DNBUSY ||
			       (round > 0 && answer.state == DFU_DNLOAD_SYNC);
		if (!is_busy || answer.status != 0)
			return errbuf_set(err, ERR_LINK,
				"the board did not take the request: state %s, status %02X",
				dfu_state_name(answer.state), answer.status);
		if (!dfu_pause(dfu->link, answer.poll_ms, &waited_ms))
			break;
	}
	return errbuf_set(err, ERR_TIMEOUT, "the board never finished taking the request");
}

/* From the states that nothing can burn in, and from those that only our own request leads to. */
static enum status leave_state(struct dfu *dfu, enum dfu_state state, struct errbuf *err)
{
	enum status status;
	switch (state) {
	case DFU_IDLE: return OK;
	case DFU_DNLOAD_IDLE:
	case DFU_UPLOAD_IDLE: return abandon(dfu, err);
	case DFU_ERROR:
		status = dfu_clear_status(dfu->link, err);
		return status == OK ? expect_idle(dfu, err) : status;
	case DFU_DNLOAD_SYNC:
		return dfu->writing ? abandon(dfu, err) : dfu_refuse_state(state, err);
	case DFU_DNBUSY:
		/* Behind a trigger of ours whose answer got lost: it burns now, if it has not. */
		if (!dfu->armed)
			return dfu_refuse_state(state, err);
		return abandon(dfu, err);
	default: return dfu_refuse_state(state, err);
	}
}

/* To dfuIDLE on the OTP alternate. */
static enum status enter(struct dfu *dfu, struct errbuf *err)
{
	enum dfu_state state;
	enum status status = dfu_get_state(&state, dfu->link, err);
	if (status == OK)
		status = leave_state(dfu, state, err);
	return status == OK ? dfu_select(dfu->link, (unsigned)dfu->otp_alternate, err) : status;
}

/* --- reading */

static enum status upload_block(
	struct dfu *dfu, uint8_t out[BLOCK], size_t number, struct errbuf *err)
{
	uint16_t wanted = (uint16_t)block_length(dfu, number), got = 0;
	enum status status = dfu_upload(&got, out, wanted, dfu->link, (uint16_t)number, NULL, err);
	if (status == OK && got != wanted)
		status = errbuf_set(err, ERR_LINK,
			"the board sent %u bytes of OTP in block %zu, where %u were asked for", got,
			number, wanted);
	return status;
}

/* The fuses over what was staged, and from now on a download is one of OTP. */
static enum status wipe(struct dfu *dfu, struct errbuf *err)
{
	uint8_t block[BLOCK];
	enum status status = enter(dfu, err);
	if (status == OK)
		status = upload_block(dfu, block, 0, err);
	if (status == OK)
		status = abandon(dfu, err);
	if (status == OK) {
		dfu->writing = false;
		dfu->armed = false;
	}
	return status;
}

static enum status read_all(
	struct dfu *dfu, uint8_t *out, size_t capacity, size_t *length, struct errbuf *err)
{
	if (dfu->otp.size > capacity)
		return errbuf_set(err, ERR_LINK, "the board announces %zu bytes of OTP: too many",
			dfu->otp.size);
	enum status status = enter(dfu, err);
	for (size_t number = 0; status == OK && number <= last_block(dfu); number++) {
		uint8_t block[BLOCK];
		status = upload_block(dfu, block, number, err);
		if (status == OK)
			memcpy(out + number * BLOCK, block, block_length(dfu, number));
	}
	if (status == OK)
		status = abandon(dfu, err);
	if (status != OK)
		return status;
	*length = dfu->otp.size;
	dfu->writing = false;
	dfu->armed = false;
	return OK;
}

/* --- writing */

static enum status send_block(struct dfu *dfu, const uint8_t *bytes, size_t number,
	const char *refusal, struct errbuf *err)
{
	bool stalled = false;
	dfu->writing = true;
	enum status status = dfu_download(dfu->link, (uint16_t)number, bytes,
		(uint16_t)block_length(dfu, number), &stalled, err);
	return status == OK && stalled ? errbuf_set(err, ERR_LINK, "%s", refusal) : status;
}

/* All blocks but the last, which stays here. */
static enum status stage(struct dfu *dfu, const uint8_t *request, size_t length, struct errbuf *err)
{
	size_t last = last_block(dfu);
	assert(length == dfu->otp.size);
	enum status status = wipe(dfu, err);
	for (size_t number = 0; status == OK && number < last; number++) {
		status = send_block(dfu, request + number * BLOCK, number,
			"the board refused the request", err);
		if (status == OK)
			status = await_block(dfu, DFU_ORDINARY_MS, err);
	}
	if (status == OK)
		memcpy(dfu->last, request + last * BLOCK, length - last * BLOCK);
	return status;
}

static enum status burn(struct dfu *dfu, struct errbuf *err)
{
	enum status status = send_block(dfu, dfu->last, last_block(dfu),
		"the board refused the last block of the request", err);
	if (status != OK)
		return errbuf_prefix(err, status, "the burn was not triggered");
	/* ------------------------------ point of no return ------------------------------ */
	dfu->armed = true;
	if (await_block(dfu, DFU_BURN_MS, err) != OK || abandon(dfu, err) != OK)
		return dfu_uncertain(err);
	dfu->armed = false;
	dfu->writing = false;
	return OK;
}

const struct dfu_dialect dfu_dialect_prgfw = {
	.read = read_all,
	.stage = stage,
	.unstage = wipe,
	.burn = burn,
};
