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

/* "00:80:e1:42:48:e4" or with '-': six bytes each, several with commas between. Group addresses and
 * all-zero ones are ERR_USAGE. */
enum status import_mac(
	uint8_t out[IMPORT_MAX_BYTES], size_t *length, const char *text, struct errbuf *err);

/*
 * An Intel HEX file's data, bytes as they stand. The word it is written to decides the place: its
 * addresses only have to run on without a gap. Strict: records 00 to 05 with right length and
 * checksum, one end record, nothing behind it, no more bytes than are taken at once. ERR_FORMAT
 * names the line.
 */
enum status import_hex(
	uint8_t out[IMPORT_MAX_BYTES], size_t *length, const char *path, struct errbuf *err);

/* The same for a text in memory; `name` stands in messages. */
enum status import_hex_text(uint8_t out[IMPORT_MAX_BYTES], size_t *length, const uint8_t *text,
	size_t size, const char *name, struct errbuf *err);

#define IMPORT_HASH_BYTES 32

/* The signing tool's binary key hash file: 32 bytes, first byte first. Others are ERR_FORMAT. */
enum status import_key_hash(
	uint8_t out[IMPORT_MAX_BYTES], size_t *length, const char *path, struct errbuf *err);

#define IMPORT_KEY_FILE_MAX (64 * 1024)

/*
 * What the hash words of an STM32MP15 hold for the ECDSA public key in a PEM or DER file: SHA-256
 * over its 64 bytes X then Y, both big-endian, without the leading 04 of the encoding (ST UM2542;
 * TF-A plat/st/common/stm32mp_crypto_lib.c, crypto_convert_pk() with STM32MP_CRYPTO_ROM_LIB).
 *
 * Only curves the ROM code checks are taken: NIST P-256 and brainpoolP256t1 (the same TF-A file,
 * OID_EC_GRP_BP256T1). The better known brainpoolP256r1 is another curve: ERR_USAGE, like all
 * others. One public key a file; ERR_FORMAT when there is none, or more. Never asks for a pass
 * phrase.
 */
enum status import_pem(
	uint8_t out[IMPORT_MAX_BYTES], size_t *length, const char *path, struct errbuf *err);

/* The same for a file's bytes in memory, less than IMPORT_KEY_FILE_MAX; `name` stands in messages.
 */
enum status import_pem_text(uint8_t out[IMPORT_MAX_BYTES], size_t *length, const uint8_t *text,
	size_t size, const char *name, struct errbuf *err);

#define IMPORT_TABLE_KEYS 8

/*
 * What the hash words of an STM32MP13 hold for eight such files, "a.pem,b.pem,…" in the order of
 * the table in signed images: SHA-256 over the eight hashes, each of them SHA-256 over the curve's
 * number as a little-endian word (1 for P-256, 2 for brainpoolP256t1), X and Y (TF-A: the other
 * crypto_convert_pk(), and get_rotpk_hash() of plat/st/common/stm32mp_trusted_boot.c; confirmed
 * against ST's own tool at community.st.com, "PKHTH calculation from public key hashes"). Another
 * count is ERR_USAGE.
 */
enum status import_pem_table(
	uint8_t out[IMPORT_MAX_BYTES], size_t *length, const char *paths, struct errbuf *err);

#endif
