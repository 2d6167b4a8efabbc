#include "src/partition.h"

#include <assert.h>
#include <stdbool.h>
#include <string.h>

enum {
	VERSION = 2,
	WORDS = 96,
	BYTES = PARTITION_V2_BYTES(WORDS),
	PADDED = 1024, /* what some tools save: the buffer, not the partition */
	MP2_UBOOT_BYTES = PARTITION_V2_BYTES(368)
};

#define EXPECTED "expected structure version 2 with 96 words, 776 bytes"

uint32_t bytes_to_word(const uint8_t bytes[4])
{
	return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
	       (uint32_t)bytes[3] << 24;
}

void word_to_bytes(uint8_t out[4], uint32_t word)
{
	out[0] = (uint8_t)word;
	out[1] = (uint8_t)(word >> 8);
	out[2] = (uint8_t)(word >> 16);
	out[3] = (uint8_t)(word >> 24);
}

static enum status refuse(const uint8_t *bytes, size_t length, struct errbuf *err)
{
	if (length == 0)
		return errbuf_set(err, ERR_FORMAT, "empty (0 bytes, no version); " EXPECTED);
	if (length < 4)
		return errbuf_set(err, ERR_FORMAT,
			"only %zu bytes, too few to hold a structure version; " EXPECTED, length);
	unsigned version = bytes_to_word(bytes);
	if (version == 1)
		return errbuf_set(err, ERR_FORMAT,
			"%zu bytes of structure version 1 (U-Boot without OP-TEE, 1024 bytes), "
			"which "
			"this version of otpedit cannot open; " EXPECTED,
			length);
	if (version == 3)
		return errbuf_set(err, ERR_FORMAT,
			"%zu bytes of structure version 3 (STM32MP2), which this version of "
			"otpedit "
			"cannot open; " EXPECTED,
			length);
	if (version != VERSION)
		return errbuf_set(err, ERR_FORMAT,
			"not an OTP partition: %zu bytes that begin with version %u; " EXPECTED,
			length, version);
	if (length == MP2_UBOOT_BYTES)
		return errbuf_set(err, ERR_FORMAT,
			"%zu bytes of structure version 2 with 368 words (STM32MP2), which this "
			"version of otpedit cannot open; " EXPECTED,
			length);
	if (length == PADDED)
		return errbuf_set(err, ERR_FORMAT,
			"%zu bytes of structure version 2, but what follows byte 776 is not all "
			"zero; " EXPECTED ", alone or padded with zeros to 1024",
			length);
	return errbuf_set(err, ERR_FORMAT, "%s: %zu bytes of structure version 2; " EXPECTED,
		length < BYTES ? "too short" : "wrong length", length);
}

static bool all_zero(const uint8_t *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		if (bytes[i] != 0)
			return false;
	}
	return true;
}

static bool is_supported(const uint8_t *bytes, size_t length)
{
	if (length != BYTES && length != PADDED)
		return false;
	return bytes_to_word(bytes) == VERSION && all_zero(bytes + BYTES, length - BYTES);
}

enum status partition_parse(
	struct image *out, const uint8_t *bytes, size_t length, struct errbuf *err)
{
	if (!is_supported(bytes, length))
		return refuse(bytes, length, err);
	memset(out, 0, sizeof *out);
	out->version = VERSION;
	out->state = bytes_to_word(bytes + 4);
	out->word_count = WORDS;
	for (unsigned word = 0; word < WORDS; word++) {
		out->value[word] = bytes_to_word(bytes + 8 + 8 * word);
		out->status[word] = bytes_to_word(bytes + 12 + 8 * word);
	}
	return OK;
}

enum status partition_format(
	uint8_t *out, size_t cap, size_t *length, const struct image *image, struct errbuf *err)
{
	assert(image->word_count <= IMAGE_MAX_WORDS);
	size_t needed = PARTITION_V2_BYTES(image->word_count);
	if (cap < needed)
		return errbuf_set(err, ERR_FORMAT,
			"an OTP partition of %u words takes %zu bytes, there is room for %zu",
			image->word_count, needed, cap);
	word_to_bytes(out, image->version);
	word_to_bytes(out + 4, image->state);
	for (unsigned word = 0; word < image->word_count; word++) {
		word_to_bytes(out + 8 + 8 * word, image->value[word]);
		word_to_bytes(out + 12 + 8 * word, image->status[word]);
	}
	*length = needed;
	return OK;
}
