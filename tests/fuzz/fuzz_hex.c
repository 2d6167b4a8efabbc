/* Any text as an Intel HEX file: refused with a reason, or some bytes within the bound. */
#include "src/import.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t out[IMPORT_MAX_BYTES];
	size_t length = 0;
	struct errbuf err = {0};
	enum status status = import_hex_text(out, &length, data, size, "fuzz.hex", &err);
	if (status == OK && (length == 0 || length > sizeof out || 2 * length + 22 > size))
		abort();
	if (status != OK && err.text[0] == '\0')
		abort();
	return 0;
}
