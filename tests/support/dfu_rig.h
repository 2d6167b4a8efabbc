/*
 * A DFU session on a simulated board, with every exchange seen, counted and open to faults.
 *
 * Each call that a test expects to succeed fails the test when it does not.
 */
#ifndef OTPEDIT_TESTS_DFU_RIG_H
#define OTPEDIT_TESTS_DFU_RIG_H

#include "transport/dfu.h"
#include "transport/fault.h"
#include "transport/sim_board.h"
#include "transport/sim_usb.h"

#include <stdbool.h>
#include <stdint.h>

#define PARTITION 776u
#define ALT_PHASE 1u
#define ALT_OTP   2u
#define OURS      60u /* the word our requests burn */
#define THEIRS    61u /* the word of a request that somebody else left behind */
#define VALUE     0x5Au

/* bRequest */
enum { DNLOAD = 1, UPLOAD, GETSTATUS, CLRSTATUS, GETSTATE, ABORT };

struct dfu_rig {
	struct sim_board *board;
	struct sim_usb *usb;
	struct usb_link *link; /* with faults */
	struct dfu dfu;
	struct errbuf err;
	char log[1024];        /* exchanges, as "state select2 status upload0:4096" */
	unsigned empty_blocks; /* DNLOADs without data */
	unsigned triggers;     /* GETSTATUS right after one */
	bool after_empty;
};

/* Notes an exchange in the rig; for links that a test makes by itself. */
void dfu_rig_look(const struct fault_exchange *exchange, void *payload);

/* A link to a board, which is the rig's from now on; nothing is sent. */
void dfu_rig_take(struct dfu_rig *rig, struct sim_board *board);
/* The same with a blank board. */
void dfu_rig_make(struct dfu_rig *rig);
/* The same, and a session. */
void dfu_rig_open(struct dfu_rig *rig);
void dfu_rig_free(struct dfu_rig *rig);

/* The program ended, and another one opens the same board. */
enum status dfu_rig_open_again(struct dfu_rig *rig);

/* Empties log and error. */
void dfu_rig_forget(struct dfu_rig *rig);
void dfu_rig_assert_ok(struct dfu_rig *rig, enum status status);

/* A request that writes VALUE to a word. */
void dfu_rig_fill_request(uint8_t request[PARTITION], unsigned word);

enum status dfu_rig_stage(struct dfu_rig *rig, unsigned word);
enum status dfu_rig_burn(struct dfu_rig *rig);
enum status dfu_rig_unstage(struct dfu_rig *rig);
enum status dfu_rig_read(struct dfu_rig *rig, uint8_t out[PARTITION], size_t *length);

/* A read that works, and shows these fuses in our word and the other. */
void dfu_rig_assert_reads(struct dfu_rig *rig, unsigned ours, unsigned theirs);
/* Another program finds the board in this state, and its opening sends GETSTATE alone. */
void dfu_rig_assert_attach_refuses(struct dfu_rig *rig, uint8_t state);

/* Programming pulses over all words. */
unsigned dfu_rig_pulses(const struct dfu_rig *rig);

/* Raw requests, as other programs send them. */
enum usb_outcome dfu_rig_raw(
	struct dfu_rig *rig, uint8_t request, uint16_t value, uint8_t *data, uint16_t length);
void dfu_rig_raw_select(struct dfu_rig *rig, unsigned number);
uint8_t dfu_rig_raw_state(struct dfu_rig *rig);
void dfu_rig_raw_status(struct dfu_rig *rig);
/* A request for the other word in one block, without the GETSTATUS after it. */
void dfu_rig_raw_stage(struct dfu_rig *rig);

#endif
