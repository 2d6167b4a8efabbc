/* Any text as a display or a hex dump: refused with a reason, or an image that is a partition. */
#include "src/image_text.h"
#include "src/partition.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require_a_partition(const struct image *image)
{
	uint8_t bytes[PARTITION_MAX_BYTES];
	size_t length;
	struct image again;
	struct errbuf err = {0};
	if (partition_format(bytes, sizeof bytes, &length, image, &err) != OK ||
		partition_parse(&again, bytes, length, &err) != OK || !image_equal(image, &again))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct image image, other;
	struct image_origin origin;
	struct errbuf err = {0}, other_err = {0};
	enum status status = image_text_parse(&image, &origin, data, size, false, &err);
	if (status == OK) {
		if (!origin.kind || !origin.remark[0] || !image_text_claims(data, size))
			abort();
		require_a_partition(&image);
	} else if (err.text[0] == '\0') {
		abort();
	}
	/* As a file's bytes a text is nothing else. */
	enum status as_file = image_from_bytes(&other, &origin, data, size, false, &other_err);
	if (status == OK && (as_file != OK || !image_equal(&image, &other)))
		abort();
	if (as_file != OK && other_err.text[0] == '\0')
		abort();
	return 0;
}
