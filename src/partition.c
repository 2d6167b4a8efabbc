#include "src/partition.h"

#include "src/partition_v1.h"
#include "src/store.h"

#include <assert.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* Structures that peers are known to give; `padded` is the length some tools save, zeros behind. */
struct shape {
	uint32_t version;
	unsigned words;
	bool digest;
	size_t bytes, padded;
};

static const struct shape shapes[] = {
	{1, PARTITION_V1_WORDS, false, PARTITION_V1_BYTES, 0},
	{2, 96, false, PARTITION_V2_BYTES(96), 1024},
	{2, 368, false, PARTITION_V2_BYTES(368), 0},
	{3, 384, false, PARTITION_V2_BYTES(384), 0},
	{3, 384, true, PARTITION_V2_BYTES(384) + PARTITION_DIGEST_BYTES, 3328},
};

#define DIGESTED_WORDS 376 /* words 376-383 are never readable and not in the digest */

#define EXPECTED                                                                                   \
	"expected version 1 of 1024 bytes, version 2 of 776 or 2952, or version 3 of 3080 or 3112"

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

static bool all_zero(const uint8_t *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		if (bytes[i] != 0)
			return false;
	}
	return true;
}

static const struct shape *find_shape(const uint8_t *bytes, size_t length)
{
	if (length < 4)
		return NULL;
	uint32_t version = bytes_to_word(bytes);
	for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
		const struct shape *shape = &shapes[i];
		if (shape->version != version)
			continue;
		if (length == shape->bytes ||
			(length == shape->padded &&
				all_zero(bytes + shape->bytes, length - shape->bytes)))
			return shape;
	}
	return NULL;
}

static enum status refuse(const uint8_t *bytes, size_t length, struct errbuf *err)
{
	if (length == 0)
		return errbuf_set(err, ERR_FORMAT, "empty (0 bytes, no version); " EXPECTED);
	if (length < 4)
		return errbuf_set(err, ERR_FORMAT,
			"only %zu bytes, too few to hold a structure version; " EXPECTED, length);
	unsigned version = bytes_to_word(bytes);
	size_t shortest = 0;
	for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
		const struct shape *shape = &shapes[i];
		if (shape->version != version)
			continue;
		if (length == shape->padded)
			return errbuf_set(err, ERR_FORMAT,
				"%zu bytes of structure version %u, but what follows byte %zu is "
				"not all zero; " EXPECTED ", alone or with zeros behind",
				length, version, shape->bytes);
		if (shortest == 0)
			shortest = shape->bytes;
	}
	if (shortest == 0)
		return errbuf_set(err, ERR_FORMAT,
			"not an OTP partition: %zu bytes that begin with version %u; " EXPECTED,
			length, version);
	return errbuf_set(err, ERR_FORMAT, "%s: %zu bytes of structure version %u; " EXPECTED,
		length < shortest ? "too short" : "wrong length", length, version);
}

static void digest_of_values(uint8_t out[PARTITION_DIGEST_BYTES], const struct image *image)
{
	uint8_t bytes[4 * DIGESTED_WORDS];
	for (unsigned word = 0; word < DIGESTED_WORDS; word++) {
		uint32_t value = image->value[word];
		for (unsigned i = 0; i < 4; i++)
			bytes[4 * word + i] = (uint8_t)(value >> (24 - 8 * i));
	}
	store_sha256(out, bytes, sizeof bytes);
}

static void parse_words(struct image *out, const uint8_t *bytes, unsigned words)
{
	memset(out, 0, sizeof *out);
	out->version = bytes_to_word(bytes);
	out->state = bytes_to_word(bytes + 4);
	out->word_count = words;
	for (unsigned word = 0; word < words; word++) {
		out->value[word] = bytes_to_word(bytes + 8 + 8 * word);
		out->status[word] = bytes_to_word(bytes + 12 + 8 * word);
	}
}

static void take_digest(struct image *image, const uint8_t *bytes)
{
	uint8_t right[PARTITION_DIGEST_BYTES];
	memcpy(image->sha256, bytes, sizeof image->sha256);
	digest_of_values(right, image);
	image->digest = memcmp(right, image->sha256, sizeof right) == 0 ? IMAGE_DIGEST_VERIFIED
									: IMAGE_DIGEST_WRONG;
}

static void parse_shape(struct image *out, const struct shape *shape, const uint8_t *bytes)
{
	if (shape->version == 1) {
		partition_v1_parse(out, bytes);
		return;
	}
	parse_words(out, bytes, shape->words);
	if (shape->digest)
		take_digest(out, bytes + PARTITION_V2_BYTES(shape->words));
}

enum status partition_parse(
	struct image *out, const uint8_t *bytes, size_t length, struct errbuf *err)
{
	const struct shape *shape = find_shape(bytes, length);
	if (!shape)
		return refuse(bytes, length, err);
	struct image image;
	parse_shape(&image, shape, bytes);
	if (image.digest == IMAGE_DIGEST_WRONG)
		return errbuf_set(err, ERR_FORMAT,
			"%zu bytes of structure version 3 whose SHA-256 is not that of the words 0"
			" to 375: some of it was changed on the way",
			length);
	*out = image;
	return OK;
}

/* Lengths of other versions are no odd lengths of this one: a flipped version must not open. */
static bool is_length_of_another_version(uint32_t version, size_t length)
{
	for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
		if (shapes[i].version != version &&
			(length == shapes[i].bytes || length == shapes[i].padded))
			return true;
	return false;
}

enum status partition_parse_any(
	struct image *out, const uint8_t *bytes, size_t length, struct errbuf *err)
{
	const struct shape *shape = find_shape(bytes, length);
	if (shape) {
		parse_shape(out, shape, bytes);
		return OK;
	}
	uint32_t version = length >= 4 ? bytes_to_word(bytes) : 0;
	if ((version != 2 && version != 3) || length % 8 != 0 || length < PARTITION_V2_BYTES(1) ||
		length > PARTITION_V2_BYTES(IMAGE_MAX_WORDS) ||
		is_length_of_another_version(version, length))
		return refuse(bytes, length, err);
	parse_words(out, bytes, (unsigned)(length / 8 - 1));
	return OK;
}

size_t partition_size(const struct image *image)
{
	assert(image->word_count <= IMAGE_MAX_WORDS);
	if (image->version == 1)
		return PARTITION_V1_BYTES;
	return PARTITION_V2_BYTES(image->word_count) +
	       (image->digest != IMAGE_DIGEST_NONE ? PARTITION_DIGEST_BYTES : 0);
}

enum status partition_format(
	uint8_t *out, size_t cap, size_t *length, const struct image *image, struct errbuf *err)
{
	size_t needed = partition_size(image);
	if (cap < needed)
		return errbuf_set(err, ERR_FORMAT,
			"an OTP partition of %u words takes %zu bytes, there is room for %zu",
			image->word_count, needed, cap);
	*length = needed;
	if (image->version == 1) {
		partition_v1_format(out, image);
		return OK;
	}
	word_to_bytes(out, image->version);
	word_to_bytes(out + 4, image->state);
	for (unsigned word = 0; word < image->word_count; word++) {
		word_to_bytes(out + 8 + 8 * word, image->value[word]);
		word_to_bytes(out + 12 + 8 * word, image->status[word]);
	}
	if (image->digest != IMAGE_DIGEST_NONE)
		memcpy(out + PARTITION_V2_BYTES(image->word_count), image->sha256,
			sizeof image->sha256);
	return OK;
}
