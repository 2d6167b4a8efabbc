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
 * SHA-256 over the 64 bytes X then Y of the ECDSA public key in a PEM file: what the ROM code
 * compares with the hash words. The curve must be one the ROM knows, NIST P-256 or brainpoolP256r1
 * (TF-A boot_api.h: a 64-byte public key and the two curves in the image header). That the hash is
 * taken over just these 64 bytes is unconfirmed: it follows from the header's layout; no readable
 * source spells it out.
 */
enum status import_pem(
	uint8_t out[IMPORT_MAX_BYTES], size_t *length, const char *path, struct errbuf *err);

#endif
