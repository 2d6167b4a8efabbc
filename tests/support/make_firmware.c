#include "tests/support/make_firmware.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void make_put_word(uint8_t *at, uint32_t value)
{
	for (unsigned i = 0; i < 4; i++)
		at[i] = (uint8_t)(value >> (8 * i));
}

/* Bytes that differ from place to place, so that a piece that is lost or doubled shows. */
static void fill(uint8_t *at, size_t length, uint32_t seed)
{
	uint32_t state = seed;
	for (size_t i = 0; i < length; i++) {
		state = state * 1664525u + 1013904223u;
		at[i] = (uint8_t)(state >> 24);
	}
}

static struct made make(size_t length)
{
	struct made made = {calloc(1, length), length};
	assert_non_null(made.bytes);
	return made;
}

void make_sum(struct made *image)
{
	size_t header = image->bytes[74] == 1 ? 256 : 512;
	uint32_t sum = 0;
	for (size_t i = header; i < image->length; i++)
		sum += image->bytes[i];
	make_put_word(image->bytes + 68, sum);
}

struct made make_stm32(uint32_t device_id, size_t payload, uint32_t version)
{
	size_t header = device_id == 0x500 ? 256 : 512;
	uint32_t entry = device_id == 0x500   ? 0x2FFC2500
			 : device_id == 0x501 ? 0x2FFE0000
					      : 0x0E000200;
	struct made image = make(header + payload);
	uint8_t *at = image.bytes;
	memcpy(at, "STM2", 4);
	at[74] = device_id == 0x500 ? 1 : 2;
	at[73] = device_id == 0x500 || device_id == 0x501 ? 0 : 2;
	make_put_word(at + 76, (uint32_t)payload);
	make_put_word(at + 80, entry);
	make_put_word(at + 88, entry);
	make_put_word(at + 96, version);
	if (device_id == 0x500) {
		make_put_word(at + 100, 1); /* no signature check asked for */
		make_put_word(at + 104, 1); /* P-256 */
		at[255] = 0x10;
	} else {
		make_put_word(at + 100, 0x80000000); /* padding */
		make_put_word(at + 104, 384);
		make_put_word(at + 108, 0x10);
		memcpy(at + 128, "ST\xFF\xFF", 4);
		make_put_word(at + 132, 384);
	}
	fill(at + header, payload, device_id + version);
	make_sum(&image);
	return image;
}

struct made make_prgfw(uint32_t device_id, size_t payload)
{
	static const char text[] = "@FSBL-EXT /0x03/1*70Ke";
	struct made image = make_stm32(device_id, payload, 0);
	assert_true(payload > sizeof text);
	memcpy(image.bytes + image.length - sizeof text, text, sizeof text);
	make_sum(&image);
	return image;
}

static const uint8_t bl32[16] = {0x05, 0xD0, 0xE1, 0x89, 0x53, 0xDC, 0x13, 0x47, 0x8D, 0x2B, 0x50,
	0x0A, 0x4B, 0x7A, 0x3E, 0x38};
static const uint8_t bl33[16] = {0xD6, 0xD0, 0xEE, 0xA7, 0xFC, 0xEA, 0xD5, 0x4B, 0x97, 0x82, 0x99,
	0x34, 0xF2, 0x34, 0xB6, 0xE4};
static const uint8_t other[16] = {0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99, 0xAA, 0xBB,
	0xCC, 0xDD, 0xEE, 0xFF, 0x01};

static void put_entry(uint8_t *at, const uint8_t *uuid, size_t offset, size_t size)
{
	if (uuid)
		memcpy(at, uuid, 16);
	make_put_word(at + 16, (uint32_t)offset);
	make_put_word(at + 24, (uint32_t)size);
}

static struct made make_parts(const uint8_t *const uuids[], size_t count, size_t part)
{
	size_t table = 16 + 40 * (count + 1);
	struct made fip = make(table + count * part);
	make_put_word(fip.bytes, 0xAA640001);
	make_put_word(fip.bytes + 4, 0x12345678);
	for (size_t i = 0; i <= count; i++)
		put_entry(fip.bytes + 16 + 40 * i, i < count ? uuids[i] : NULL, table + i * part,
			i < count ? part : 0);
	fill(fip.bytes + table, count * part, (uint32_t)part);
	return fip;
}

struct made make_fip(size_t part)
{
	const uint8_t *const uuids[] = {bl32, bl33};
	return make_parts(uuids, 2, part);
}

struct made make_ddr_fip(size_t part)
{
	const uint8_t *const uuids[] = {other};
	return make_parts(uuids, 1, part);
}

void make_save(const struct made *made, const char *folder, const char *name)
{
	char path[512];
	int length = snprintf(path, sizeof path, "%s/%s", folder, name);
	assert_true(length > 0 && (size_t)length < sizeof path);
	FILE *file = fopen(path, "wb");
	assert_non_null(file);
	assert_int_equal(fwrite(made->bytes, 1, made->length, file), made->length);
	assert_int_equal(fclose(file), 0);
}
