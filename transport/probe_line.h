/*
 * Finds out what is at the end of a serial line; the link side of src/probe.h.
 *
 * It listens first, without parity as consoles have it. Where it may send, it goes on until
 * something is known, each step being told before: the sync byte of the bootloader protocol with
 * even parity, and at most eight fillers (transport/boot_frame.h says why these); then an empty
 * command line for a console; then a question to an SMP server. The console comes before that,
 * because to a console the question is a line of nonsense.
 */
#ifndef OTPEDIT_TRANSPORT_PROBE_LINE_H
#define OTPEDIT_TRANSPORT_PROBE_LINE_H

#include "src/probe.h"
#include "transport/link.h"

/* Everything in *out but the port is filled. The line is at `baud`, whatever parity it has now; it
 * is left with even parity. ERR_CANCELLED where the host wanted to stop. */
enum status probe_line(struct probe_report *out, struct stream *stream, unsigned baud,
	const struct probe_host *host, struct errbuf *err);

#endif
