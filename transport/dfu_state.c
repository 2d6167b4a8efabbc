#include "transport/dfu_state.h"

#include "transport/dfu_request.h"

#include <assert.h>

#define BURN_PAUSE_MS 1000u

#define POWER_CYCLE "power-cycle the board before anything else talks to it"

enum status dfu_refuse_state(enum dfu_state state, struct errbuf *err)
{
	if (state == DFU_APP_IDLE || state == DFU_APP_DETACH)
		return errbuf_set(err, ERR_LINK,
			"the board is not in DFU mode (%s): start U-Boot's stm32prog on it",
			dfu_state_name(state));
	return errbuf_set(err, ERR_LINK,
		"a write that was not finished waits in the board (%s), and going on could burn "
		"it: nothing was sent; " POWER_CYCLE,
		dfu_state_name(state));
}

enum status dfu_expect_idle(struct dfu *dfu, struct errbuf *err)
{
	struct dfu_answer answer;
	enum status status = dfu_get_status(&answer, dfu->link, DFU_ORDINARY_MS, err);
	if (status != OK)
		return status;
	if (answer.state != DFU_IDLE || answer.status != 0)
		return errbuf_set(err, ERR_LINK,
			"the board does not become idle: state %s, status %02X; " POWER_CYCLE,
			dfu_state_name(answer.state), answer.status);
	return OK;
}

/* Out of dfuMANIFEST, where the burn was set off before. */
enum status dfu_await_burn(struct dfu *dfu, struct errbuf *err)
{
	unsigned wait = BURN_PAUSE_MS, waited_ms = 0;
	for (unsigned round = 0; round < DFU_MAX_ROUNDS; round++) {
		struct dfu_answer answer;
		if (!dfu_pause(dfu->link, wait, &waited_ms))
			break;
		enum status status = dfu_get_status(&answer, dfu->link, DFU_BURN_MS, err);
		if (status != OK)
			return status;
		if (answer.state == DFU_IDLE && answer.status == 0)
			return OK;
		/* Anything else must not be asked for its status again: that is the trigger. */
		if (answer.state != DFU_MANIFEST)
			return errbuf_set(err, ERR_LINK,
				"state %s, status %02X came after dfuMANIFEST",
				dfu_state_name(answer.state), answer.status);
		wait = answer.poll_ms;
	}
	return errbuf_set(err, ERR_TIMEOUT, "the board stays in dfuMANIFEST");
}

/*
 * Our own empty block may have been taken, and the GETSTATUS after it was not. An ABORT is refused
 * then, and the refusal cancels the burn (recorded). It comes before all else whatever state the
 * board names, but for dfuERROR, where nothing is prepared and ABORT has no place; and no
 * GETSTATUS comes before the SET_INTERFACE.
 */
static enum status disarm(struct dfu *dfu, struct errbuf *err)
{
	bool stalled;
	enum dfu_state state;
	enum status status = dfu_get_state(&state, dfu->link, err);
	if (status == OK && state != DFU_ERROR) {
		status = dfu_abort(dfu->link, &stalled, err);
		if (status == OK)
			status = dfu_get_state(&state, dfu->link, err);
	}
	if (status == OK && state == DFU_ERROR)
		return dfu_clear_status(dfu->link, err);
	if (status == OK && state != DFU_IDLE)
		status = errbuf_set(err, ERR_LINK, "an ABORT left the board in %s; " POWER_CYCLE,
			dfu_state_name(state));
	return status;
}

/* Makes sure that nothing prepared can burn by what follows. From the states let through,
 * SET_INTERFACE leads to dfuIDLE. */
static enum status leave_state(struct dfu *dfu, enum dfu_state state, struct errbuf *err)
{
	struct dfu_answer answer;
	switch (state) {
	case DFU_IDLE:
	case DFU_DNLOAD_IDLE:
	case DFU_UPLOAD_IDLE:
	case DFU_ERROR: return OK;
	case DFU_DNLOAD_SYNC:
		return dfu->writing ? dfu_get_status(&answer, dfu->link, DFU_ORDINARY_MS, err)
				    : dfu_refuse_state(state, err);
	case DFU_MANIFEST_SYNC: return dfu->armed ? disarm(dfu, err) : dfu_refuse_state(state, err);
	case DFU_MANIFEST:
		return dfu->armed ? dfu_await_burn(dfu, err) : dfu_refuse_state(state, err);
	default: return dfu_refuse_state(state, err);
	}
}

/* To dfuIDLE on an alternate that is listed. */
enum status dfu_enter(struct dfu *dfu, int alternate, struct errbuf *err)
{
	enum dfu_state state = DFU_IDLE;
	assert(alternate >= 0);
	enum status status = dfu->waits ? disarm(dfu, err) : dfu_get_state(&state, dfu->link, err);
	if (status == OK)
		status = leave_state(dfu, state, err);
	if (status == OK)
		status = dfu_select(dfu->link, (unsigned)alternate, err);
	if (status == OK)
		status = dfu_expect_idle(dfu, err);
	if (status == OK)
		dfu->waits = false;
	return status;
}
