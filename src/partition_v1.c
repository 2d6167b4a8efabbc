#include "src/partition_v1.h"

#include "src/word_status.h"

#include <stdbool.h>
#include <string.h>

enum { STATUS = 3, FIRST_VALUE = 44 };

#define STATUS_INVALID UINT32_C(0x4) /* BSEC_OTP_STATUS bit 2, as BSEC2 of STM32MP1 has it */

/* What a map of the structure says in terms of the later structures' status bits. */
static const struct {
	unsigned first; /* of three words, bit n of the map is word n */
	uint32_t status;
} maps[] = {
	{8, WORD_STATUS_READ_ERROR}, /* disturbed: the value came, but is not to be trusted */
	{14, WORD_STATUS_READ_ERROR},
	{20, WORD_STATUS_PERMANENT},
	{26, WORD_STATUS_STICKY_PROGRAM},
	{32, WORD_STATUS_STICKY_WRITE},
	{38, WORD_STATUS_STICKY_READ},
};

void partition_v1_parse(struct image *out, const uint8_t *bytes)
{
	memset(out, 0, sizeof *out);
	for (unsigned i = 0; i < IMAGE_V1_WORDS; i++)
		out->v1[i] = bytes_to_word(bytes + 4 * (size_t)i);
	out->version = 1;
	/* The structure does not tell open from closed: only "invalid" is known. */
	out->state = out->v1[STATUS] & STATUS_INVALID ? GLOBAL_STATE_INVALID : GLOBAL_STATE_UNTOLD;
	out->word_count = PARTITION_V1_WORDS;
	for (unsigned word = 0; word < PARTITION_V1_WORDS; word++) {
		out->value[word] = out->v1[FIRST_VALUE + word];
		for (size_t i = 0; i < sizeof maps / sizeof *maps; i++)
			if (out->v1[maps[i].first + word / 32] >> (word % 32) & 1)
				out->status[word] |= maps[i].status;
	}
}

void partition_v1_format(uint8_t *out, const struct image *image)
{
	for (unsigned i = 0; i < IMAGE_V1_WORDS; i++)
		word_to_bytes(out + 4 * (size_t)i, image->v1[i]);
}
