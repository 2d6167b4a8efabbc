/*
 * How a function says that it failed: a status, and one line of text in a buffer the caller owns.
 *
 * The text is lower case, cause first, subjects in 'quotes', without a full stop; it says what
 * happened and, where it is not plain, what to do next. The text of the first failure stays:
 * a later errbuf_set() on a filled buffer changes nothing, so callers simply pass failures on.
 */
#ifndef OTPEDIT_SRC_ERRBUF_H
#define OTPEDIT_SRC_ERRBUF_H

#include <stdarg.h>

enum status {
	OK = 0,
	ERR_USAGE = -1,   /* words typed or written in a plan make no sense */
	ERR_FORMAT = -2,  /* the bytes of a file or of a reply are not what they should be */
	ERR_FILE = -3,    /* file, disk or state folder */
	ERR_MEMORY = -4,  /* out of memory */
	ERR_LINK = -5,    /* the board or the link to it; nothing was burnt */
	ERR_TIMEOUT = -6, /* no answer in time; nothing was burnt */
	ERR_BUSY = -7,    /* somebody else holds the board */
	ERR_GONE = -8,    /* the board is no longer there; nothing was burnt */
	ERR_REFUSED =
		-9, /* a rule or a missing confirmation stands against it; nothing was burnt */
	ERR_CANCELLED = -10,  /* the person stopped it in time; nothing was burnt */
	ERR_UNCERTAIN = -11,  /* the burn may have been triggered: only a re-read can tell */
	ERR_UNSUPPORTED = -12 /* this peer or link cannot do it */
};

#define ERRBUF_CAPACITY 512

struct errbuf {
	char text[ERRBUF_CAPACITY]; /* empty: no failure yet */
};

/* Empties the buffer. A buffer initialised with {0} is empty, too. */
void errbuf_clear(struct errbuf *err);

/*
 * Notes a failure and returns `status`, so that "return errbuf_set(err, ERR_FILE, …)" reads well.
 * Leaves a text that is already there as it is. `err` is never NULL.
 */
enum status errbuf_set(struct errbuf *err, enum status status, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Puts "prefix: " in front of the text that is there: where the failure happened. Returns `status`.
 */
enum status errbuf_prefix(struct errbuf *err, enum status status, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* A short name of the status for logs and JSON ("refused"); never NULL. */
const char *status_name(enum status status);

#endif
