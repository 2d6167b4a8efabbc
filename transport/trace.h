/*
 * Writes every exchange of a link down, one line each, for --trace:
 *
 *	# seconds request … -> how it ended
 *	0.000 GETSTATE 1 -> 1: 02
 *	0.001 SET_INTERFACE 2 -> ok
 *	0.002 DNLOAD block 0, 776: 0200… -> ok
 *	0.004 UPLOAD block 0, 4096 -> 776: 0200…
 *	0.005 ABORT -> stall
 *	0.006 > 12ED -> ok
 *	0.007 < 1 of 1 within 1000 ms: 79
 *
 * The first half of a line is on its way to the disk before the exchange begins, so that after a
 * crash the last line says what was being asked. The file holds the fuses' values: it is 0600 when
 * new.
 */
#ifndef OTPEDIT_TRANSPORT_TRACE_H
#define OTPEDIT_TRANSPORT_TRACE_H

#include "src/errbuf.h"
#include "transport/link.h"

/*
 * Puts itself around `inner`, which from then on belongs to *out and is closed with it; on failure
 * it stays the caller's. Lines are appended. ERR_FILE where the file is no plain file or cannot be
 * written. Later failures to write are not told: they must not stop a burn half-way.
 */
enum status trace_open(
	struct usb_link **out, struct usb_link *inner, const char *path, struct errbuf *err);

/* The same around a serial line: what was sent, what was waited for, what came. */
enum status trace_stream_open(
	struct stream **out, struct stream *inner, const char *path, struct errbuf *err);

#endif
