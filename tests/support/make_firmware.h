/*
 * Firmware files as the vendor's tools make them, of any size, for tests: laid out by hand after
 * TF-A's stm32image.c and firmware_image_package.h.
 */
#ifndef OTPEDIT_TESTS_SUPPORT_MAKE_FIRMWARE_H
#define OTPEDIT_TESTS_SUPPORT_MAKE_FIRMWARE_H

#include <stddef.h>
#include <stdint.h>

struct made {
	uint8_t *bytes; /* the caller frees */
	size_t length;
};

/* An image with an STM32 header: 0x500 gets version 1.0, 0x501 2.0, others 2.2. */
struct made make_stm32(uint32_t device_id, size_t payload, uint32_t version);

/* The same with the text by which simulated boards know STM32PRGFW-UTIL. */
struct made make_prgfw(uint32_t device_id, size_t payload);

/* A FIP with OP-TEE and U-Boot, so many bytes of each. */
struct made make_fip(size_t part);

/* A FIP as TF-A of STM32MP2 wants it for the DDR memory: one part, that is neither. */
struct made make_ddr_fip(size_t part);

/* Little-endian. */
void make_put_word(uint8_t *at, uint32_t value);

/* The checksum anew, after bytes of the payload were changed. */
void make_sum(struct made *image);

/* Saves it as "FOLDER/NAME". */
void make_save(const struct made *made, const char *folder, const char *name);

#endif
