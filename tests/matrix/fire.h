/*
 * The commit under fire: one simulated board behind one of the links' real code, one fault at one
 * exchange of a commit, and what has to hold afterwards whatever happened. What does not is noted
 * and counted; nothing here fails by itself.
 */
#ifndef OTPEDIT_TESTS_MATRIX_FIRE_H
#define OTPEDIT_TESTS_MATRIX_FIRE_H

#include <stdbool.h>
#include <stddef.h>

/* The last is 'sim:FILE', a board that the program itself keeps on disk. */
enum fire_link { FIRE_USB_UBOOT, FIRE_USB_PRGFW, FIRE_UART_UBOOT, FIRE_UART_PRGFW, FIRE_SIMULATED };
#define FIRE_LINKS 5

enum fire_fault {
	FIRE_LOST,       /* timeout: the board never sees it; no answer */
	FIRE_UNANSWERED, /* timeout: the board does it; no answer */
	FIRE_REFUSED,    /* a NACK for something it has not seen; USB: a status that says error */
	FIRE_STALLED,    /* a stall, or an ABORT; the board never sees it */
	FIRE_SHORT,      /* half of the answer, or none of its first byte */
	FIRE_OVERLONG,   /* more than was asked for */
	FIRE_GARBAGE,    /* other bytes than the board sent */
	FIRE_DOUBLED,    /* the first byte of the answer twice */
	FIRE_GONE,       /* unplugged before it */
	FIRE_GONE_AFTER, /* unplugged after it */
	FIRE_ELSEWHERE,  /* unplugged, and plugged in at another port */
	FIRE_OTHER,      /* unplugged, and another board of the kind in its place */
	FIRE_RESET,      /* the board starts anew */
	FIRE_POWER,      /* its power fails and comes back */
	FIRE_DISK,       /* from there on no file reaches the disk */
	/* From here on it is the program itself, 'apply', in a process of its own. */
	FIRE_KILLED, /* SIGKILL before it */
	FIRE_KILLED_AFTER,
	FIRE_HOST_POWER, /* killed, and what had not been told to reach the disk is lost */
	FIRE_TERMINATED, /* SIGTERM: a person stops the commit */
	FIRE_SUSPENDED   /* SIGSTOP, SIGCONT, and half a minute in between */
};
#define FIRE_FAULTS 20

/* Of the silicon: true of the whole commit, whatever the exchange. */
enum fire_silicon {
	FIRE_SOUND,
	FIRE_LIES,        /* says OK and burns nothing */
	FIRE_BURNS_LATE,  /* says OK and burns before the next read but one */
	FIRE_TAKES_NONE,  /* stops at the first word, with an error */
	FIRE_TAKES_FIRST, /* stops behind the first word, with an error */
	FIRE_TAKES_HALF,  /* half of the bits of a word */
	FIRE_SPOILS,      /* leaves the second word unreadable for good */
	FIRE_LOCK_FAILS,  /* burns the value; the lock ends in an error */
	FIRE_CUTS_POWER,  /* power fails in front of the second word */
	FIRE_LOCKS_LATE   /* a permanent lock shows after the next reset only */
};
#define FIRE_SILICONS 10

struct fire_case {
	enum fire_link link;
	enum fire_silicon silicon;
	enum fire_fault fault;
	unsigned at; /* the exchange from the beginning of the commit, from 1; 0: no fault */
	/* A second one, so many exchanges later; 0: none. Neither is of the process. */
	enum fire_fault then;
	unsigned then_after;
};

#define FIRE_NEVER          1000000u /* an exchange that no commit comes to */
#define FIRE_BURNS_MAX      4
#define FIRE_VIOLATIONS_MAX 8
#define FIRE_INVARIANTS     14 /* numbered from 1 */

struct fire_outcome {
	bool did_apply;     /* the commit came to that exchange */
	unsigned exchanges; /* of the commit that the fault is counted in */
	/* At which of them a request reached the firmware. */
	size_t burn_count;
	unsigned burns[FIRE_BURNS_MAX];
	bool was_triggered;
	const char *verdict; /* "VERIFIED", "refused before", "killed" … */
	size_t violation_count;
	char violations[FIRE_VIOLATIONS_MAX][200];
	/* By invariant: how often it was looked at, and did not hold. */
	unsigned checked[FIRE_INVARIANTS + 1], violated[FIRE_INVARIANTS + 1];
};

const char *fire_link_name(enum fire_link link);
const char *fire_fault_name(enum fire_fault fault);
const char *fire_silicon_name(enum fire_silicon silicon);

/* Whether it is the program in a process of its own that meets it. */
bool fire_is_of_process(enum fire_fault fault);

/* Why there is no such fault on this link; NULL: there is. */
const char *fire_why_not(enum fire_link link, enum fire_fault fault);

/* What an invariant says in short, and which other tests hold it, by ctest's names; "" where none
 * is needed. */
const char *fire_invariant(unsigned number, const char **elsewhere);

/* Makes a board, commits on it with this fault, and looks at what came of it: at once, after
 * another start of the program, and after a power cycle. One at a time. */
void fire_run(struct fire_outcome *out, const struct fire_case *which);

#endif
