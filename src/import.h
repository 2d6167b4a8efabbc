/*
 * Values that people have as files, texts, addresses and keys, as bytes in the order they are known
 * by.
 */
#ifndef OTPEDIT_SRC_IMPORT_H
#define OTPEDIT_SRC_IMPORT_H

#include "src/errbuf.h"

#include <stddef.h>
#include <stdint.h>

#define IMPORT_MAX_BYTES 256 /* 64 words: more than any field of these chips has */

/* A whole file. Empty files and files over the limit are ERR_USAGE; unreadable ones ERR_FILE. */
enum status import_file(
	uint8_t out[IMPORT_MAX_BYTES], size_t *length, const char *path, struct errbuf *err);

/* The text's bytes, without a zero byte at the end. */
enum status import_text(
	uint8_t out[IMPORT_MAX_BYTES], size_t *length, const char *text, struct errbuf *err);

/* "00:80:e1:42:48:e4" or with '-': six bytes. Group addresses and all-zero ones are ERR_USAGE. */
enum status import_mac(
	uint8_t out[IMPORT_MAX_BYTES], size_t *length, const char *text, struct errbuf *err);

/*
 * What the hash words of an STM32MP15 hold for the ECDSA public key in a PEM file: SHA-256 over its
 * 64 bytes X then Y, both big-endian, without the leading 04 of the encoding (ST UM2542; TF-A
 * plat/st/common/stm32mp_crypto_lib.c, plat_convert_pk() with STM32MP_CRYPTO_ROM_LIB). Later
 * families hash a curve number in front of them, and then a table of such hashes: not made here.
 *
 * Only curves the ROM code checks are taken: NIST P-256 and brainpoolP256t1 (the same TF-A file,
 * OID_EC_GRP_BP256T1). The better known brainpoolP256r1 is another curve: ERR_USAGE, like all
 * others. One public key a file; ERR_FORMAT when there is none, or more. Never asks for a pass
 * phrase.
 */
enum status import_pem(
	uint8_t out[IMPORT_MAX_BYTES], size_t *length, const char *path, struct errbuf *err);

#endif
