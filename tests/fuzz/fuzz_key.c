/* Any bytes as a public key: refused with a reason, or 32 bytes; asks nobody for a pass phrase. */
#include "src/import.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t out[IMPORT_MAX_BYTES];
	size_t length = 0;
	struct errbuf err = {0};
	if (size >= IMPORT_KEY_FILE_MAX)
		return 0;
	enum status status = import_pem_text(out, &length, data, size, "fuzz.pem", &err);
	if (status == OK ? length != IMPORT_HASH_BYTES : err.text[0] == '\0')
		abort();
	return 0;
}
