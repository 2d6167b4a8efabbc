/*
 * Tables of what the host's own DFU code is held against: for each row one run over a recording, or
 * over one put together from stretches of several where the host goes another way than the
 * recorder did. What differs from the row fails the test.
 */
#ifndef OTPEDIT_TESTS_REPLAY_HOST_H
#define OTPEDIT_TESTS_REPLAY_HOST_H

#include "tests/support/replay_link.h"

#include "src/errbuf.h"

#include <stddef.h>
#include <stdint.h>

enum replay_act { ACT_NONE, ATTACH, READ, STAGE, BURN, UNSTAGE, COMPLAIN };

struct replay_step {
	enum replay_act act;
	enum status status;
	const char *says; /* in the error text, or the whole complaint; NULL: not looked at */
};

/* One word of a request; both as sent. */
struct replay_write {
	unsigned word;
	uint32_t value, status;
};

struct replay_row {
	const char *name;
	struct replay_leg legs[11];
	struct replay_step steps[8]; /* behind an ATTACH that works, or beginning with one */
	unsigned passed_over;        /* questions of the recorder's that the host does not ask */
	/* NULL: the host comes to the end. Else what it sends instead of request `at`; 0: the
	 * recordings end there. */
	const char *departs;
	unsigned at;
	const char *otp; /* name of the OTP alternate, where the enumeration is of another family */
	/* What STAGE asks for, in the words of a plan. None: what the recording has ahead, clipped
	 * to the partition, where no plan would ask for that. */
	struct replay_write writes[3];
};

/* Runs all, each as a test; and that each *.txt in the folder whose name has `mark` in it begins
 * some row. Returns as cmocka's groups do. */
int replay_rows(const struct replay_row *rows, size_t count, const char *group, const char *folder,
	const char *mark);

#endif
