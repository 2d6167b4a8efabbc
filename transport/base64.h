/*
 * Base64 (RFC 4648, section 4), as firmware update over serial lines wraps its packets.
 */
#ifndef OTPEDIT_TRANSPORT_BASE64_H
#define OTPEDIT_TRANSPORT_BASE64_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The characters that `length` bytes take, padding included. */
#define BASE64_LENGTH(length) (((length) + 2) / 3 * 4)

/* Writes BASE64_LENGTH(length) characters, and no zero behind them. */
void base64_encode(char *out, const uint8_t *bytes, size_t length);

/*
 * The bytes of `length` characters, at most length / 4 * 3: *out_length of them. False for what is
 * no Base64: a length that is no multiple of four, other characters, padding that is not at the
 * end, and bits that are lost in it. `out` may have been written to then.
 */
bool base64_decode(uint8_t *out, size_t *out_length, const char *text, size_t length);

#endif
