/*
 * The OTP partition ("partition 0xF2") as bytes: structure versions 1, 2 and 3.
 *
 * Versions 2 and 3 are little-endian words: version, global state, then value and status of each
 * word (U-Boot stm32prog.c, OP-TEE stm32mp_nvmem TA, STM32PRGFW-UTIL otp_util.h):
 *
 *   776 bytes   version 2, 96 words: STM32MP13 and MP15
 *   2952 bytes  version 2, 368 words: STM32MP2 through U-Boot
 *   3080 bytes  version 3, 384 words: STM32MP2 through STM32PRGFW-UTIL
 *   3112 bytes  the same with a SHA-256 behind it: over the values of words 0 to 375 only, each as
 *               its big-endian bytes (recorded from STM32PRGFW-UTIL v1.1.2, hash_util.c)
 *
 * Version 1 is 1024 bytes (U-Boot without OP-TEE on STM32MP15; ST's TF-A v2.4 bsec_svc.c, struct
 * otp_exchange): bit maps of locks and errors for all words, then the values. It has no request for
 * a single word, so sending it back programs words again: it is only ever looked at.
 */
#ifndef OTPEDIT_SRC_PARTITION_H
#define OTPEDIT_SRC_PARTITION_H

#include "src/errbuf.h"
#include "src/image.h"

#include <stddef.h>
#include <stdint.h>

#define PARTITION_V1_BYTES        1024u
#define PARTITION_V2_BYTES(words) (8u + 8u * (words)) /* version 3 without its digest, too */
#define PARTITION_DIGEST_BYTES    32u
#define PARTITION_MAX_BYTES       3112

/*
 * Parses what was read from a board or from a file: the sizes above. Zeros behind the structure up
 * to a length that tools and links are known to save are taken, too: 1024 for 776 bytes, 3328
 * (whole packets of 256) for 3112. Anything else, and a digest that does not fit the words, is
 * ERR_FORMAT with length, version and what was expected in the text; *out is then untouched.
 */
enum status partition_parse(
	struct image *out, const uint8_t *bytes, size_t length, struct errbuf *err);

/*
 * For looking at what partition_parse() refuses: also takes versions 2 and 3 of any whole number of
 * words up to 384 and a digest that does not fit (image->digest then says so). Nothing of that may
 * be sent to a board.
 */
enum status partition_parse_any(
	struct image *out, const uint8_t *bytes, size_t length, struct errbuf *err);

/* The bytes partition_format() makes of this image. */
size_t partition_size(const struct image *image);

/*
 * Formats an image: what was parsed gives the same bytes again, without zeros behind them.
 * ERR_FORMAT when cap is less than partition_size().
 */
enum status partition_format(
	uint8_t *out, size_t cap, size_t *length, const struct image *image, struct errbuf *err);

/* Bytes <-> words, the only two places that know the byte order. */
uint32_t bytes_to_word(const uint8_t bytes[4]);
void word_to_bytes(uint8_t out[4], uint32_t word);

#endif
