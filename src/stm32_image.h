/*
 * The header in front of firmware that the ROM code of an STM32MP starts: versions 1 and 2.
 *
 * Sources: TF-A tools/stm32image/stm32image.c and boot_api.h of stm32mp1 and stm32mp2; U-Boot
 * tools/stm32image.c; ST wiki "STM32 header for binary files" and "STM32 MPU ROM code overview".
 * All numbers are little-endian; offsets in bytes:
 * 0 "STM2", 4 signature, 68 checksum (the sum of the payload's bytes), 72 version of the header
 * (byte 74 major, byte 73 minor), 76 length of the payload, 80 entry, 88 load address, 96 version
 * of the image, 100 flags; version 1: 255 type, 256 bytes in all; version 2: 104 length of the
 * headers behind the first 128 bytes, 108 type.
 */
#ifndef OTPEDIT_SRC_STM32_IMAGE_H
#define OTPEDIT_SRC_STM32_IMAGE_H

#include "src/errbuf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct stm32_image {
	unsigned major, minor;  /* of the header */
	size_t header_length;   /* bytes in front of the payload */
	uint32_t length;        /* bytes of payload */
	uint32_t checksum;      /* of the payload, as it was found to be */
	uint32_t entry, load;   /* addresses in the board's memory */
	uint32_t image_version; /* what the ROM code compares with the anti-rollback counter */
	uint32_t flags;         /* version 1: option flags; version 2: extension flags */
	unsigned type;          /* 0 U-Boot, 0x10-0x1F TF-A, 0x20-0x2F OP-TEE, 0x30 Cortex-M */
	bool asks_signature;    /* the ROM code is asked to check its signature */
	bool is_signed;         /* that, and its signature is not all zeros */
	bool is_encrypted;
};

/* Whether it begins as one does; nothing more is looked at. */
bool stm32_image_is(const uint8_t *bytes, size_t length);

/*
 * ERR_FORMAT: no header or half of one, an unknown version, lengths that make no sense, fewer bytes
 * than the header tells, a wrong checksum. Bytes behind the payload are let be.
 */
enum status stm32_image_parse(
	struct stm32_image *out, const uint8_t *bytes, size_t length, struct errbuf *err);

/* "TF-A", "OP-TEE"; what the type says it is, for people. */
const char *stm32_image_type_name(unsigned type);

#endif
