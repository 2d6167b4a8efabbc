#include "src/identity.h"

#include <stdio.h>
#include <string.h>

bool identity_serial_tells(const char *serial)
{
	return strspn(serial, "0") != strlen(serial) && strspn(serial, "Ff") != strlen(serial);
}

#define SERIAL "serial:"

bool identity_is_serial(const char *identity)
{
	return strncmp(identity, SERIAL, strlen(SERIAL)) == 0;
}

void identity_of(char out[IDENTITY_MAX], const struct chip *chip, const struct image *image,
	const struct device_info *info)
{
	char unique[IMAGE_UID_LENGTH + 1] = "";
	out[0] = '\0';
	if (chip->has_unique_id && image_unique_id(unique, image, chip->unique_id))
		snprintf(out, IDENTITY_MAX, "%s", unique);
	else if (info && identity_serial_tells(info->serial))
		snprintf(out, IDENTITY_MAX, SERIAL "%.55s", info->serial);
}
