/* Any bytes as firmware with an STM32 header, and as a FIP: refused with a reason, or every length
 * within the bytes. */
#include "src/fip.h"
#include "src/stm32_image.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_fip(const uint8_t *data, size_t size)
{
	struct fip fip;
	struct errbuf err = {0};
	if (fip_parse(&fip, data, size, &err) != OK) {
		if (err.text[0] == '\0')
			abort();
		return;
	}
	if (fip.count == 0 || fip.count > FIP_MAX_ENTRIES || fip.length > size)
		abort();
	for (size_t i = 0; i < fip.count; i++)
		if (fip.entries[i].offset > size ||
			fip.entries[i].size > size - fip.entries[i].offset)
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct stm32_image image;
	struct errbuf err = {0};
	if (stm32_image_parse(&image, data, size, &err) != OK) {
		if (err.text[0] == '\0')
			abort();
	} else if (image.header_length > size || image.length > size - image.header_length ||
		   (image.is_signed && !image.asks_signature)) {
		abort();
	}
	check_fip(data, size);
	return 0;
}
