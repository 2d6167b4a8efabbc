/*
 * One simulated board on the simulated USB, and commits on it by the model over the real libusb,
 * for tests of what is told of a commit that something went wrong in.
 */
#ifndef OTPEDIT_TESTS_USB_COMMIT_RIG_H
#define OTPEDIT_TESTS_USB_COMMIT_RIG_H

#include "src/session.h"
#include "tests/support/run_program.h"
#include "tests/usb/mock_usb.h"
#include "transport/sim_board.h"

#include <stdbool.h>
#include <stdint.h>

/* A customer's word that is empty on the demo board, and what is asked of it. */
struct commit_kind {
	enum sim_family family;
	enum sim_service service;
	unsigned word;
	uint32_t value;
	bool locks; /* in a pass of its own */
};

struct commit_rig {
	struct commit_kind kind;
	UMockdevTestbed *testbed;
	struct sim_board *board;
	struct sim_usb *usb;
	struct mock_usb mock;
	struct run_home home;
	/* What a test sets, for a rig in a hurry: called after the first control transfer that
	 * found the board gone, and after every one. */
	void (*gone)(struct commit_rig *rig);
	void (*passed)(struct commit_rig *rig);
	const struct job *job; /* of the commits to come; NULL: nobody stops them */
	/* Of the last commit. */
	struct commit_result *result;
	enum status status;
	struct errbuf err;
	/* Of the last opening. */
	struct errbuf opening;
};

/* The board at port 4 of the hub, as device 5. */
void commit_rig_make(struct commit_rig *rig, const struct commit_kind *kind);
void commit_rig_remove(struct commit_rig *rig);

/*
 * For loops over every transfer: pauses on the board's behalf, which the simulated one does not
 * need, end at once, files are not waited for to reach the disk, and the transfer at which the
 * mock's first fault is due is given up after a few milliseconds where it gets no answer. Until the
 * rig is removed.
 */
void commit_rig_hurry(struct commit_rig *rig);

/* A session on 'dfu', NULL and why in rig->opening where it cannot be opened. */
struct session *commit_rig_open(struct commit_rig *rig);

/* Plans, arms, confirms, commits; rig->status, ->result and ->err tell. `fault` counts from the
 * first transfer of the commit; NULL: nothing goes wrong. */
void commit_rig_commit(
	struct commit_rig *rig, struct session *session, const struct mock_usb_fault *fault);

/* Entries of the journal of which nobody knows the end. */
size_t commit_rig_open_entries(struct commit_rig *rig);

/* What is told of each word is true of the silicon; the second: and so is the rest of what the last
 * commit told. */
void commit_rig_assert_true_results(
	const struct commit_rig *rig, const struct word_result *results, size_t count);
void commit_rig_assert_true(const struct commit_rig *rig);

/* Nothing at all happened to any fuse of this board. */
void commit_rig_assert_untouched(const struct sim_board *board);

#endif
