/*
 * Images as boot stages take them, made from nothing: a STM32 header before bytes that mean
 * nothing, or the beginning of a FIP. Offsets are those of ST's wiki, "STM32 header for binary
 * files".
 */
#ifndef OTPEDIT_TESTS_SUPPORT_BOOT_IMAGES_H
#define OTPEDIT_TESTS_SUPPORT_BOOT_IMAGES_H

#include "transport/sim_board.h"

#include <stddef.h>
#include <stdint.h>

struct boot_image {
	uint8_t *bytes;
	size_t length;
};

/* A first stage for a board of this family, sound and unsigned, of so many bytes with its header,
 * which has 256 bytes on MP15 and 512 on the others. Where `text` is not NULL it is in the payload:
 * "@FSBL-EXT" makes it STM32PRGFW-UTIL for a simulated board. The caller frees it. */
struct boot_image boot_image_fsbl(enum sim_family family, size_t length, const char *text);

/* A FIP: its name, a serial number, and bytes. */
struct boot_image boot_image_fip(size_t length);

/* A little-endian word of it. */
void boot_image_put(struct boot_image *image, size_t offset, uint32_t value);

/* As a signing tool leaves it: flags, and a signature that is no signature. */
void boot_image_sign(struct boot_image *image);

/* The version that anti-rollback goes by. */
void boot_image_set_version(struct boot_image *image, uint32_t version);

void boot_image_free(struct boot_image *image);

#endif
