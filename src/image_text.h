/*
 * Images out of texts, such as logs pasted into a ticket: what the vendor's tool prints for
 * "-otp displ", and hex dumps of a saved OTP partition.
 *
 *   00 0x00000017 0x30000000  [28] ...      a row of "displ": word, value, status; '|' and ':' may
 *   79 | 0x00000000 | 0x00000000            stand between them
 *   00000000  02 00 00 00 ...  |....|       hexdump -C, hexdump, xxd, od -tx1 and their like:
 * offset in hex, octal or decimal, 1, 2, 4 or 8 bytes a group
 *
 * Lines may end in "\r\n" and hold colour sequences; lines of other kinds (prompts, banners, the
 * meaning of bits) are passed over. Nothing is guessed: a row with text in front of it, a word that
 * is missing or has two values, an offset that jumps, a dump cut short are errors that name the
 * line or the word. Text as PowerShell saves it (UTF-16 with its mark) is taken, too.
 */
#ifndef OTPEDIT_SRC_IMAGE_TEXT_H
#define OTPEDIT_SRC_IMAGE_TEXT_H

#include "src/errbuf.h"
#include "src/image.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define IMAGE_TEXT_MAX_BYTES (1024 * 1024) /* what a file of either kind may have */

/* Where an image came from and what that leaves open; all empty for the bytes of a partition. */
struct image_origin {
	const char *kind; /* "displayed text", "hex dump"; NULL: the partition itself */
	char remark[320]; /* one sentence for people, "" : none */
};

/* Whether the bytes are text with at least one row of either kind, whole or not. */
bool image_text_claims(const uint8_t *bytes, size_t length);

/*
 * The image in a text. ERR_FORMAT, with *out untouched, as said above and for a text that holds
 * neither or both kinds. A display says version and global state only sometimes: what it does not
 * say becomes version 2 (3 for 384 words) and GLOBAL_STATE_UNTOLD, and the remark says so. A dump
 * is the partition, so partition_parse() (or _any()) has the last word.
 */
enum status image_text_parse(struct image *out, struct image_origin *origin, const uint8_t *bytes,
	size_t length, bool any, struct errbuf *err);

/* The image in a file's bytes: a partition, or else a text. `any` as in partition_parse_any(). */
enum status image_from_bytes(struct image *out, struct image_origin *origin, const uint8_t *bytes,
	size_t length, bool any, struct errbuf *err);

#endif
