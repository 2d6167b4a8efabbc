#include "src/identity.h"

#include <stdio.h>
#include <string.h>

/* Made of unique-id words that nobody programmed: many boards have the same. */
static bool says_nothing(const char *serial)
{
	return strspn(serial, "0") == strlen(serial) || strspn(serial, "Ff") == strlen(serial);
}

void identity_of(char out[IDENTITY_MAX], const struct chip *chip, const struct image *image,
	const struct device_info *info)
{
	char unique[IMAGE_UID_LENGTH + 1] = "";
	out[0] = '\0';
	if (chip->has_unique_id && image_unique_id(unique, image, chip->unique_id))
		snprintf(out, IDENTITY_MAX, "%s", unique);
	else if (info && !says_nothing(info->serial))
		snprintf(out, IDENTITY_MAX, "serial:%.55s", info->serial);
}
