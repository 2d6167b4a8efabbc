#include "tests/support/boot_images.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define AT_SIGNATURE 4
#define AT_CHECKSUM  68
#define AT_VERSION   72
#define AT_LENGTH    76
#define AT_NUMBER    96
#define AT_FLAGS     100
#define AT_ALGORITHM 104 /* version 1; in version 2 the extensions' length stands there */

#define V1_SIZE  256u
#define V1_0     0x00010000u
#define V2_SIZE  512u
#define V2_0     0x00020000u
#define V2_2     0x00020200u
#define FIP_NAME 0xAA640001u

/* A pattern in which no two blocks of 1024 bytes are the same. */
static struct boot_image filled(size_t length)
{
	struct boot_image image = {malloc(length), length};
	uint32_t number = (uint32_t)length;
	assert(image.bytes);
	for (size_t i = 0; i < length; i++) {
		number = number * 1664525u + 1013904223u;
		image.bytes[i] = (uint8_t)(number >> 24);
	}
	return image;
}

void boot_image_put(struct boot_image *image, size_t offset, uint32_t value)
{
	assert(offset + 4 <= image->length);
	for (unsigned i = 0; i < 4; i++)
		image->bytes[offset + i] = (uint8_t)(value >> (8 * i));
}

static uint32_t sum_behind(const struct boot_image *image, size_t header)
{
	uint32_t sum = 0;
	for (size_t i = header; i < image->length; i++)
		sum += image->bytes[i];
	return sum;
}

struct boot_image boot_image_fsbl(enum sim_family family, size_t length, const char *text)
{
	struct boot_image image = filled(length);
	bool is_v1 = family == SIM_MP15;
	size_t header = is_v1 ? V1_SIZE : V2_SIZE;
	assert(length > header + 64);
	memset(image.bytes, 0, header);
	if (text)
		memcpy(image.bytes + length - 64, text, strlen(text) + 1);
	memcpy(image.bytes, "STM2", 4);
	boot_image_put(&image, AT_VERSION, is_v1 ? V1_0 : family == SIM_MP13 ? V2_0 : V2_2);
	boot_image_put(&image, AT_LENGTH, (uint32_t)(length - header));
	boot_image_put(&image, AT_CHECKSUM, sum_behind(&image, header));
	if (is_v1) {
		boot_image_put(&image, AT_FLAGS, 1); /* no signature */
		boot_image_put(&image, AT_ALGORITHM, 1);
		image.bytes[V1_SIZE - 1] = 0x10;
	} else {
		boot_image_put(&image, AT_FLAGS, 0x80000000); /* a padding extension follows */
		boot_image_put(&image, AT_ALGORITHM, 0x180);
		boot_image_put(&image, 108, 0x10);
		memcpy(image.bytes + 128, "ST\xFF\xFF", 4);
		boot_image_put(&image, 132, 0x180);
	}
	return image;
}

struct boot_image boot_image_fip(size_t length)
{
	struct boot_image image = filled(length);
	boot_image_put(&image, 0, FIP_NAME);
	boot_image_put(&image, 4, 0x12345678);
	memset(image.bytes + 8, 0, 8);
	return image;
}

void boot_image_sign(struct boot_image *image)
{
	bool is_v1 = image->bytes[AT_VERSION + 2] == 1;
	memset(image->bytes + AT_SIGNATURE, 0x5A, 64);
	boot_image_put(image, AT_FLAGS, is_v1 ? 0 : 0x80000001);
}

void boot_image_set_version(struct boot_image *image, uint32_t version)
{
	boot_image_put(image, AT_NUMBER, version);
}

void boot_image_free(struct boot_image *image)
{
	free(image->bytes);
	image->bytes = NULL;
}
