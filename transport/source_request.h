/*
 * Which simulated board the user asked for: "demo:blank,locks=reset", taken apart. The forms are
 * those of transport/source_sim.h.
 */
#ifndef OTPEDIT_TRANSPORT_SOURCE_REQUEST_H
#define OTPEDIT_TRANSPORT_SOURCE_REQUEST_H

#include "src/errbuf.h"
#include "src/store.h"
#include "transport/sim_board.h"
#include "transport/sim_boot.h"
#include "transport/sim_uart.h"

enum source_request_kind {
	SOURCE_REQUEST_DEMO,   /* the board that was once read */
	SOURCE_REQUEST_BLANK,  /* a virgin STM32MP157C */
	SOURCE_REQUEST_FAMILY, /* the built-in board of another family */
	SOURCE_REQUEST_FILE
};

struct source_request {
	enum source_request_kind kind;
	char path[STORE_PATH_MAX]; /* of a SOURCE_REQUEST_FILE */
	bool has_family;           /* of a SOURCE_REQUEST_FILE: the user named one */
	enum sim_family family;    /* where there is one */
	enum sim_service service;
	enum sim_locks locks;
	bool over_uart;
	enum sim_face face;        /* at the end of its serial line */
	enum sim_boot_stage stage; /* in which it begins when it gets its power */
	unsigned baud;             /* the speed of its line; 0: bytes take no time */
	struct sim_faults faults;
	enum sim_word_fault word_fault; /* SIM_WORD_SOUND: none */
	unsigned fault_word;
	bool gets_power; /* also where an earlier run has left it loaded; parsing says no */
};

/* ERR_USAGE where a board or an option is not known, naming those that are. */
enum status source_request_parse(struct source_request *out, const char *text, struct errbuf *err);

/* What a person may go on with where `typed` stands: struct source_ops, complete(). */
void source_request_complete(
	const char *typed, void (*offer)(const char *source, void *listener), void *listener);

#endif
