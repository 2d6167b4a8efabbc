/* Any text as a FlashLayout: refused with a reason, or phases in order, each with a file. */
#include "src/flash_layout.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct flash_layout layout;
	struct errbuf err = {0};
	if (flash_layout_parse(&layout, (const char *)data, size, &err) != OK) {
		if (err.text[0] == '\0')
			abort();
		return 0;
	}
	if (layout.count == 0 || layout.count > FLASH_LAYOUT_MAX_BOOT)
		abort();
	for (size_t i = 0; i < layout.count; i++)
		if (layout.entries[i].binary[0] == '\0' || layout.entries[i].phase == 0 ||
			(i > 0 && layout.entries[i].phase <= layout.entries[i - 1].phase))
			abort();
	return 0;
}
