/*
 * What is left of earlier commits on a board, as text: word by word before, as asked, as it is now,
 * and what can be done next.
 */
#ifndef OTPEDIT_SRC_REPORT_FOLLOW_UP_H
#define OTPEDIT_SRC_REPORT_FOLLOW_UP_H

#include "src/errbuf.h"
#include "src/session.h"

#include <stdbool.h>

/* Of session->follow_up, which has to be found. Values of secret words are masked unless `reveal`.
 * Its first line is a heading. malloc'd, the caller's. */
enum status report_follow_up(
	char **out, const struct session *session, bool reveal, struct errbuf *err);

/* The same for programs; with nothing left, "words" is empty. */
enum status report_follow_up_json(
	char **out, const struct session *session, bool reveal, struct errbuf *err);

/* "2 words can be asked for again, 1 waits for a power cycle, 1 is done." */
#define REPORT_FOLLOW_UP_SUM 200
void report_follow_up_sum(char out[REPORT_FOLLOW_UP_SUM], const struct follow_up *follow_up);

#endif
