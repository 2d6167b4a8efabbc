#include "src/stm32_image.h"

#include "src/partition.h"

#include <string.h>

#define V1_LENGTH      256u
#define V2_BASE        128u
#define V2_EXTRA_LIMIT 4096u /* the ROM code's own is not public; real ones have 384 */
#define NO_SIGNATURE   0x1u  /* v1: option flags, bit 0 */
#define SIGNED_HEADER  0x1u  /* v2: extension flags */
#define ENCRYPTED      0x2u

enum offset {
	AT_SIGNATURE = 4,
	AT_CHECKSUM = 68,
	AT_MINOR = 73,
	AT_MAJOR = 74,
	AT_LENGTH = 76,
	AT_ENTRY = 80,
	AT_LOAD = 88,
	AT_VERSION = 96,
	AT_FLAGS = 100,
	AT_V2_EXTRA = 104,
	AT_V2_TYPE = 108,
	AT_V1_TYPE = 255
};

bool stm32_image_is(const uint8_t *bytes, size_t length)
{
	return length >= 4 && memcmp(bytes, "STM2", 4) == 0;
}

static bool any_set(const uint8_t *bytes, size_t length)
{
	uint8_t all = 0;
	for (size_t i = 0; i < length; i++)
		all |= bytes[i];
	return all != 0;
}

static enum status take_v1(struct stm32_image *out, const uint8_t *bytes)
{
	out->header_length = V1_LENGTH;
	out->type = bytes[AT_V1_TYPE];
	out->asks_signature = (out->flags & NO_SIGNATURE) == 0;
	return OK;
}

static enum status take_v2(struct stm32_image *out, const uint8_t *bytes, struct errbuf *err)
{
	uint32_t extra = bytes_to_word(bytes + AT_V2_EXTRA);
	out->type = bytes_to_word(bytes + AT_V2_TYPE);
	out->asks_signature = (out->flags & SIGNED_HEADER) != 0;
	out->is_encrypted = (out->flags & ENCRYPTED) != 0;
	if (extra > V2_EXTRA_LIMIT)
		return errbuf_set(err, ERR_FORMAT,
			"its STM32 header tells of %lu bytes of extension headers: it is damaged",
			(unsigned long)extra);
	out->header_length = V2_BASE + extra;
	return OK;
}

static enum status take_header(
	struct stm32_image *out, const uint8_t *bytes, size_t length, struct errbuf *err)
{
	if (!stm32_image_is(bytes, length))
		return errbuf_set(err, ERR_FORMAT,
			"it has no STM32 header: the ROM code starts nothing without one");
	if (length < V1_LENGTH)
		return errbuf_set(err, ERR_FORMAT,
			"it breaks off in its STM32 header: %zu bytes are left of it", length);
	out->major = bytes[AT_MAJOR];
	out->minor = bytes[AT_MINOR];
	out->length = bytes_to_word(bytes + AT_LENGTH);
	out->entry = bytes_to_word(bytes + AT_ENTRY);
	out->load = bytes_to_word(bytes + AT_LOAD);
	out->image_version = bytes_to_word(bytes + AT_VERSION);
	out->flags = bytes_to_word(bytes + AT_FLAGS);
	if (out->major == 1)
		return take_v1(out, bytes);
	if (out->major == 2)
		return take_v2(out, bytes, err);
	return errbuf_set(err, ERR_FORMAT,
		"its STM32 header has version %u.%u: versions 1 and 2 are known", out->major,
		out->minor);
}

/* The board tests the same, after it has all of it. */
static enum status check_payload(
	struct stm32_image *out, const uint8_t *bytes, size_t length, struct errbuf *err)
{
	uint32_t told = bytes_to_word(bytes + AT_CHECKSUM);
	if (out->length == 0)
		return errbuf_set(
			err, ERR_FORMAT, "its STM32 header tells of no payload: it is damaged");
	if (length < out->header_length || length - out->header_length < out->length)
		return errbuf_set(err, ERR_FORMAT,
			"it breaks off: %zu bytes, where its STM32 header tells of %zu", length,
			out->header_length + out->length);
	for (size_t i = 0; i < out->length; i++)
		out->checksum += bytes[out->header_length + i];
	if (out->checksum != told)
		return errbuf_set(err, ERR_FORMAT,
			"its checksum is %08lX, where its STM32 header tells %08lX: it is damaged",
			(unsigned long)out->checksum, (unsigned long)told);
	return OK;
}

enum status stm32_image_parse(
	struct stm32_image *out, const uint8_t *bytes, size_t length, struct errbuf *err)
{
	*out = (struct stm32_image){0};
	enum status status = take_header(out, bytes, length, err);
	if (status == OK)
		status = check_payload(out, bytes, length, err);
	if (status == OK)
		out->is_signed = out->asks_signature &&
				 any_set(bytes + AT_SIGNATURE, AT_CHECKSUM - AT_SIGNATURE);
	return status;
}

const char *stm32_image_type_name(unsigned type)
{
	static const struct {
		unsigned first, last;
		const char *name;
	} names[] = {
		{0x00, 0x00, "U-Boot"},
		{0x10, 0x1F, "TF-A"},
		{0x20, 0x2F, "OP-TEE"},
		{0x30, 0x30, "firmware of the Cortex-M"},
	};
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (type >= names[i].first && type <= names[i].last)
			return names[i].name;
	return "firmware of an unknown type";
}
