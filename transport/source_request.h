/*
 * Which simulated board the user asked for: "demo:blank,locks=reset", taken apart. The forms are
 * those of transport/source_sim.h.
 */
#ifndef OTPEDIT_TRANSPORT_SOURCE_REQUEST_H
#define OTPEDIT_TRANSPORT_SOURCE_REQUEST_H

#include "src/errbuf.h"
#include "src/store.h"
#include "transport/sim_board.h"

enum source_request_kind { SOURCE_REQUEST_DEMO, SOURCE_REQUEST_BLANK, SOURCE_REQUEST_FILE };

struct source_request {
	enum source_request_kind kind;
	char path[STORE_PATH_MAX]; /* of a SOURCE_REQUEST_FILE */
	enum sim_locks locks;
};

/* ERR_USAGE where a board or an option is not known, naming those that are. */
enum status source_request_parse(struct source_request *out, const char *text, struct errbuf *err);

#endif
