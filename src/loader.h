/*
 * What the model asks of a board that is not yet at a service for OTP: who is there, and to load
 * what it asks for. No code.
 *
 * Loading firmware can burn: TF-A of STM32MP15 raises the anti-rollback word by itself
 * (bl2_plat_setup.c, update_monotonic_counter()). src/bringup.c alone calls load(), once a person
 * has confirmed it.
 */
#ifndef OTPEDIT_SRC_LOADER_H
#define OTPEDIT_SRC_LOADER_H

#include "src/device.h"
#include "src/errbuf.h"
#include "src/firmware.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LOADER_SAID_MAX 256

/* A board as it is before anything is loaded. */
struct loader_view {
	char source[256]; /* what opens the service later: "dfu:serial=…" */
	char link[64];
	char port[128];
	char serial[64]; /* "" where the link gives none */
	char stage[64];  /* who answers: "ROM code", "TF-A" */
	enum source_class source_class;
	uint32_t device_id;
	bool is_service; /* a service for OTP runs already: nothing is to be loaded */
	bool tells_phase;
	unsigned phase; /* the one that it asks for; where it does not tell: by its stage */
	char said[LOADER_SAID_MAX]; /* its own words, where it has given up (PHASE_RESET); "" */
};

/* How far it came. Filled whatever load() returns. */
struct loader_report {
	char stage[64];             /* who answered last */
	unsigned phase;             /* that was at work last */
	size_t sent, total;         /* bytes of it */
	unsigned repeated;          /* packets that had to be sent again */
	bool has_sent;              /* any byte of any file */
	bool has_started;           /* the board may have run what was loaded */
	char said[LOADER_SAID_MAX]; /* the board's own words, where it gave up; "" */
};

struct loader;

struct loader_ops {
	/* Asks who is there and what it wants; changes nothing. */
	enum status (*look)(
		struct loader *, struct loader_view *out, const struct job *, struct errbuf *);
	/*
	 * Loads what the board asks for, phase by phase, until a service for OTP answers: only then
	 * OK. Every wait is bounded. Progress is told in stages "load …" with bytes and "wait …"
	 * with milliseconds.
	 */
	enum status (*load)(struct loader *, struct loader_report *out, const struct firmware *,
		const struct job *, struct errbuf *);
	void (*close)(struct loader *); /* once */
};

/* The first member of every kind of loader. */
struct loader {
	const struct loader_ops *ops;
};

#endif
