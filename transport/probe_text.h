/*
 * What a text from a serial line tells of who wrote it: prompts and messages that are known.
 */
#ifndef OTPEDIT_TRANSPORT_PROBE_TEXT_H
#define OTPEDIT_TRANSPORT_PROBE_TEXT_H

#include "src/probe.h"

#include <stddef.h>
#include <stdint.h>

/*
 * Who wrote these bytes; the end of them decides before what stands further up. PROBE_SILENCE for
 * none, PROBE_NOISE where they are no text. Escape sequences of terminals are looked through.
 */
enum probe_end probe_text_tell(const uint8_t *bytes, size_t length);

/* Whether they hold a frame of an SMP server with a right checksum (MCUboot serial_recovery.md:
 * 06 09, base64 of length, packet and CRC16, 0A). */
bool probe_text_is_smp(const uint8_t *bytes, size_t length);

/* What the first such frame tells of itself; "" for nothing that is known. */
void probe_text_tell_smp(char *out, size_t capacity, const uint8_t *bytes, size_t length);

/* The end of them for people: lines joined by " | ", what is no text as two hex digits each. */
void probe_text_show(char *out, size_t capacity, const uint8_t *bytes, size_t length);

#endif
