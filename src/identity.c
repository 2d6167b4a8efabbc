#include "src/identity.h"

#include <stdio.h>

void identity_of(char out[IDENTITY_MAX], const struct chip *chip, const struct image *image,
	const struct device_info *info)
{
	char unique[IMAGE_UID_LENGTH + 1] = "";
	out[0] = '\0';
	if (chip->has_unique_id && image_unique_id(unique, image, chip->unique_id))
		snprintf(out, IDENTITY_MAX, "%s", unique);
	else if (info && info->serial[0])
		snprintf(out, IDENTITY_MAX, "serial:%.55s", info->serial);
}
