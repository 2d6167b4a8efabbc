/*
 * What is wrong with a file before it goes anywhere: an image as it was read, a write request, or
 * a plan file. Reads nothing but the bytes it is given (and the files that a plan names).
 */
#ifndef OTPEDIT_SRC_CHECK_H
#define OTPEDIT_SRC_CHECK_H

#include "src/errbuf.h"
#include "src/rules.h"
#include "src/session.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum check_kind { CHECK_ANY, CHECK_IMAGE, CHECK_REQUEST, CHECK_PLAN };

struct check {
	enum check_kind kind; /* what the file was taken for; never CHECK_ANY */
	bool ok;              /* no remark is an error */
	struct remarks remarks;
};

struct check_subject {
	const uint8_t *bytes; /* followed by a zero byte, as store_read() gives them */
	size_t length;
	const char *name;         /* of the file, for messages */
	enum check_kind kind;     /* CHECK_ANY: find out */
	const char *chip;         /* --chip; NULL: find out */
	const struct session *on; /* the board or image it is for; NULL: none */
};

/*
 * Text is a plan; a partition in which some word carries the update request (bit 31) is a request;
 * any other partition is an image. What is none of these is ERR_FORMAT. What is wrong with the
 * contents are remarks; their rules are those of rules.h and the ones described in check.c.
 * *out is the caller's: check_free(), also after a failure.
 */
enum status check_file(struct check *out, const struct check_subject *subject, struct errbuf *err);
void check_free(struct check *check);

const char *check_kind_name(enum check_kind kind); /* "image", "request", "plan" */

/* The kind of that name; false when there is none. */
bool check_kind_parse(enum check_kind *out, const char *name);

#endif
