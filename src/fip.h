/*
 * The table of contents of a firmware image package (FIP), from which TF-A loads OP-TEE and U-Boot.
 *
 * Source: TF-A include/tools_share/firmware_image_package.h and docs/design/firmware-design.rst.
 * A header of 16 bytes (name AA640001, serial number, flags), then entries of 40 bytes (UUID,
 * offset, size, flags), the last with a UUID of zeros, whose offset is the end of the package.
 * Numbers are little-endian.
 */
#ifndef OTPEDIT_SRC_FIP_H
#define OTPEDIT_SRC_FIP_H

#include "src/errbuf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FIP_MAX_ENTRIES 64

struct fip_entry {
	uint8_t uuid[16];
	size_t offset, size; /* bytes; within the file */
};

struct fip {
	size_t count; /* without the last one, of zeros */
	struct fip_entry entries[FIP_MAX_ENTRIES];
	size_t length;    /* of the package; a file may be padded behind it */
	bool holds_bl33;  /* U-Boot, or what is started in its place */
	bool holds_bl32;  /* OP-TEE, or another secure payload */
	bool holds_certs; /* certificates of a trusted boot */
};

/* Whether it begins as one does; nothing more is looked at. */
bool fip_is(const uint8_t *bytes, size_t length);

/* ERR_FORMAT: no FIP, broken off, entries outside the file, over the table, or over each other. */
enum status fip_parse(struct fip *out, const uint8_t *bytes, size_t length, struct errbuf *err);

#endif
