/*
 * The OTP partition ("partition 0xF2") as bytes: structure version 2.
 *
 * Little-endian words: version, global state, then value and status of each word
 * (U-Boot stm32prog.c, STM32PRGFW-UTIL otp_util.h). 776 bytes for the 96 words of MP13 and MP15.
 */
#ifndef OTPEDIT_SRC_PARTITION_H
#define OTPEDIT_SRC_PARTITION_H

#include "src/errbuf.h"
#include "src/image.h"

#include <stddef.h>
#include <stdint.h>

#define PARTITION_MAX_BYTES       3112
#define PARTITION_V2_BYTES(words) (8u + 8u * (words))

/*
 * Parses what was read from a board or from a file. Takes 776 bytes of version 2, also when padded
 * with zeros to 1024 (some tools save the padding). Anything else is ERR_FORMAT with length,
 * version and what was expected in the text; *out is then untouched.
 */
enum status partition_parse(
	struct image *out, const uint8_t *bytes, size_t length, struct errbuf *err);

/* Formats an image; the length is PARTITION_V2_BYTES(image->word_count). ERR_FORMAT when cap is
 * less. */
enum status partition_format(
	uint8_t *out, size_t cap, size_t *length, const struct image *image, struct errbuf *err);

/* Bytes <-> words, the only two places that know the byte order. */
uint32_t bytes_to_word(const uint8_t bytes[4]);
void word_to_bytes(uint8_t out[4], uint32_t word);

#endif
