/*
 * The commit under fire: one simulated board behind one of the real links' code, one fault at one
 * exchange of a commit, and what has to hold afterwards whatever happened. What does not is noted
 * and counted; nothing here fails by itself.
 */
#ifndef OTPEDIT_TESTS_MATRIX_FIRE_H
#define OTPEDIT_TESTS_MATRIX_FIRE_H

#include <stdbool.h>
#include <stddef.h>

enum fire_link { FIRE_USB_UBOOT, FIRE_USB_PRGFW, FIRE_UART_UBOOT, FIRE_UART_PRGFW };
#define FIRE_LINKS 4

enum fire_fault {
	FIRE_LOST,       /* the board never sees it; no answer */
	FIRE_UNANSWERED, /* the board does it; no answer */
	FIRE_REFUSED,    /* a stall, or a NACK; the board never sees it */
	FIRE_SHORT,      /* half of the answer, or none of its first byte */
	FIRE_OVERLONG,   /* more than was asked for */
	FIRE_GARBAGE,    /* other bytes than the board sent */
	FIRE_DOUBLED,    /* the first byte of the answer twice; on USB there is no such thing */
	FIRE_GONE,       /* unplugged before it */
	FIRE_GONE_AFTER, /* unplugged after it */
	FIRE_ELSEWHERE,  /* unplugged, and plugged in at another port */
	FIRE_OTHER,      /* unplugged, and another board of the kind in its place */
	FIRE_RESET,      /* the board starts anew */
	FIRE_POWER,      /* its power fails and comes back */
	FIRE_KILLED,     /* the program is killed before it */
	FIRE_KILLED_AFTER,
	FIRE_STOPPED, /* a person stops the commit, as ^C and SIGTERM do */
	FIRE_DISK     /* from there on no file reaches the disk */
};
#define FIRE_FAULTS 17

/* Of the silicon: true of the whole commit, whatever the exchange. */
enum fire_silicon {
	FIRE_SOUND,
	FIRE_LIES,        /* says OK and burns nothing */
	FIRE_BURNS_LATE,  /* says OK and burns before the next read but one */
	FIRE_TAKES_FIRST, /* stops behind the first word, with an error */
	FIRE_TAKES_HALF,  /* half of the bits of a word */
	FIRE_CUTS_POWER   /* power fails in front of the second word */
};
#define FIRE_SILICONS 6

struct fire_case {
	enum fire_link link;
	enum fire_silicon silicon;
	enum fire_fault fault;
	unsigned at; /* the exchange from the beginning of the commit, from 1; 0: no fault */
};

#define FIRE_VIOLATIONS_MAX 8

struct fire_outcome {
	bool did_apply; /* the commit came to that exchange */
	bool was_triggered;
	const char *verdict; /* "VERIFIED", "refused before", "killed" … */
	size_t violation_count;
	char violations[FIRE_VIOLATIONS_MAX][160];
};

const char *fire_link_name(enum fire_link link);
const char *fire_fault_name(enum fire_fault fault);
const char *fire_silicon_name(enum fire_silicon silicon);

/* Whether there is such a thing on this link. */
bool fire_applies(enum fire_link link, enum fire_fault fault);

/* Makes a board, commits on it with this fault, and looks at what came of it: at once, after
 * another start of the program, and after a power cycle. One at a time. */
void fire_run(struct fire_outcome *out, const struct fire_case *fire);

#endif
