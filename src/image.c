#include "src/image.h"

#include "src/partition.h"
#include "src/store.h"
#include "src/word_status.h"

#include <assert.h>
#include <stdio.h>

bool image_value_is_known(const struct image *image, unsigned word)
{
	return word < image->word_count && (image->status[word] & WORD_STATUS_UNTRUSTED) == 0;
}

/* What comparisons and digests go by: a value that cannot be trusted says nothing. */
static uint32_t trusted_value(const struct image *image, unsigned word)
{
	return image_value_is_known(image, word) ? image->value[word] : 0;
}

static bool same_frame(const struct image *a, const struct image *b)
{
	return a->version == b->version && a->state == b->state && a->word_count == b->word_count;
}

bool image_equal(const struct image *a, const struct image *b)
{
	if (!same_frame(a, b))
		return false;
	for (unsigned word = 0; word < a->word_count; word++) {
		if (a->value[word] != b->value[word] || a->status[word] != b->status[word])
			return false;
	}
	return true;
}

bool image_same_fuses(const struct image *a, const struct image *b)
{
	return same_frame(a, b) && image_first_difference(a, b) == -1;
}

int image_first_difference(const struct image *a, const struct image *b)
{
	unsigned both = a->word_count < b->word_count ? a->word_count : b->word_count;
	for (unsigned word = 0; word < both; word++) {
		if (trusted_value(a, word) != trusted_value(b, word) ||
			a->status[word] != b->status[word])
			return (int)word;
	}
	return a->word_count == b->word_count ? -1 : (int)both;
}

void image_digest(char out[IMAGE_DIGEST_LENGTH + 1], const struct image *image)
{
	assert(image->word_count <= IMAGE_MAX_WORDS);
	uint8_t bytes[4 * (3 + 2 * IMAGE_MAX_WORDS)];
	word_to_bytes(bytes, image->version);
	word_to_bytes(bytes + 4, image->state);
	word_to_bytes(bytes + 8, image->word_count);
	size_t used = 12;
	for (unsigned word = 0; word < image->word_count; word++) {
		word_to_bytes(bytes + used, trusted_value(image, word));
		word_to_bytes(bytes + used + 4, image->status[word]);
		used += 8;
	}
	store_sha256_hex(out, bytes, used);
}

bool image_unique_id(char out[IMAGE_UID_LENGTH + 1], const struct image *image, unsigned first)
{
	out[0] = '\0';
	uint32_t any = 0, all = UINT32_MAX;
	for (unsigned i = 0; i < 3; i++) {
		if (first >= IMAGE_MAX_WORDS || !image_value_is_known(image, first + i))
			return false;
		any |= image->value[first + i];
		all &= image->value[first + i];
	}
	if (any == 0 || all == UINT32_MAX)
		return false;
	snprintf(out, IMAGE_UID_LENGTH + 1, "%08X-%08X-%08X", (unsigned)image->value[first],
		(unsigned)image->value[first + 1], (unsigned)image->value[first + 2]);
	return true;
}
