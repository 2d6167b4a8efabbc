/*
 * Where the DFU state machine of the board stands, and how it is brought to where it may be worked
 * with, without burning what somebody else prepared. U-Boot's, but for the refusal. For dfu*.c.
 */
#ifndef OTPEDIT_TRANSPORT_DFU_STATE_H
#define OTPEDIT_TRANSPORT_DFU_STATE_H

#include "src/errbuf.h"
#include "transport/dfu.h"
#include "transport/dfu_request.h"

/* What is said of a state in which nothing may be sent. Never OK. */
enum status dfu_refuse_state(enum dfu_state state, struct errbuf *err);

/* Asks with GETSTATUS: only where that can set nothing off. */
enum status dfu_expect_idle(struct dfu *dfu, struct errbuf *err);

/* Out of dfuMANIFEST, where the burn was set off before, to dfuIDLE. */
enum status dfu_await_burn(struct dfu *dfu, struct errbuf *err);

/* To dfuIDLE on an alternate that is listed, beginning with GETSTATE. */
enum status dfu_enter(struct dfu *dfu, int alternate, struct errbuf *err);

#endif
