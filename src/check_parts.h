/*
 * Inside check.c and its parts: what looks at requests, and how remarks are made.
 */
#ifndef OTPEDIT_SRC_CHECK_PARTS_H
#define OTPEDIT_SRC_CHECK_PARTS_H

#include "src/check.h"

/* Appends a remark on a word; -1: on the file as a whole. */
enum status check_say(struct check *out, struct errbuf *err, enum severity severity,
	const char *rule, int word, const char *format, ...) __attribute__((format(printf, 6, 7)));

/* Appends copies of another list's remarks. */
enum status check_take(struct check *out, const struct remarks *remarks, struct errbuf *err);

/* A request, in the shape of an image. `chip` may be NULL: not known. */
enum status check_request(struct check *out, const struct image *request, const struct chip *chip,
	const struct session *on, struct errbuf *err);

#endif
