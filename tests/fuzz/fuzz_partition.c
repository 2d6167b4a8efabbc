/* Any bytes as an OTP partition: refused with a reason, or formatted to the same bytes again. */
#include "src/partition.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What was parsed stands at the front of the bytes, with nothing but zeros behind it. */
static void require_the_same_bytes(const struct image *image, const uint8_t *data, size_t size)
{
	uint8_t back[PARTITION_MAX_BYTES];
	size_t length;
	struct errbuf err = {0};
	if (partition_format(back, sizeof back, &length, image, &err) != OK || length > size ||
		memcmp(back, data, length) != 0)
		abort();
	for (size_t i = length; i < size; i++)
		if (data[i] != 0)
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct image strict, any;
	struct errbuf err = {0}, any_err = {0};
	enum status status = partition_parse(&strict, data, size, &err);
	enum status any_status = partition_parse_any(&any, data, size, &any_err);
	if ((status == OK && any_status != OK) || (status != OK && err.text[0] == '\0') ||
		(any_status != OK && any_err.text[0] == '\0'))
		abort();
	if (status == OK)
		require_the_same_bytes(&strict, data, size);
	if (any_status == OK)
		require_the_same_bytes(&any, data, size);
	return 0;
}
