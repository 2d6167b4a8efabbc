#include "transport/dfu_name.h"

#include "src/partition.h"

#include <stdint.h>
#include <string.h>

#define SIZE_LIMIT ((size_t)1 << 30)
#define SMALLEST   16u /* bytes of a partition of one word */

static int digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

static void skip_blanks(const char **at)
{
	while (**at == ' ' || **at == '\t')
		(*at)++;
}

static bool take(const char **at, char c)
{
	if (**at != c)
		return false;
	(*at)++;
	return true;
}

static bool take_number(const char **at, size_t *out, size_t base, size_t limit)
{
	size_t value = 0;
	bool any = false;
	for (int digit; (digit = digit_value(**at)) >= 0 && (size_t)digit < base; (*at)++) {
		value = value * base + (size_t)digit;
		if (value > limit)
			return false;
		any = true;
	}
	*out = value;
	return any;
}

static bool take_text(const char **at, char *out, size_t capacity)
{
	size_t length = strcspn(*at, "/");
	const char *end = *at + length;
	if (*end == '\0' || length >= capacity)
		return false;
	memcpy(out, *at, length);
	while (length > 0 && (out[length - 1] == ' ' || out[length - 1] == '\t'))
		length--;
	out[length] = '\0';
	*at = end + 1;
	return true;
}

/* "776Be": the number, its unit, and a letter for what may be done there. */
static bool take_size(const char **at, size_t *out, size_t count)
{
	size_t size, unit;
	if (!take_number(at, &size, 10, SIZE_LIMIT))
		return false;
	/* A blank is a unit, too: bytes. In front of a letter that is one it is none. */
	if (**at == ' ' && (*at)[1] >= 'A' && (*at)[1] <= 'Z')
		skip_blanks(at);
	switch (**at) {
	case ' ':
	case 'B': unit = 1; break;
	case 'K': unit = 1024; break;
	case 'M': unit = (size_t)1024 * 1024; break;
	default: return false;
	}
	(*at)++;
	if (**at < 'a' || **at > 'g' || (*at)[1] != '\0')
		return false;
	if (count != 0 && size > SIZE_LIMIT / unit / count)
		return false;
	*out = count * size * unit;
	return true;
}

bool dfu_name_parse(struct dfu_name *out, const char *text)
{
	const char *at = text;
	size_t id, count;
	memset(out, 0, sizeof *out);
	if (!take(&at, '@'))
		return false;
	skip_blanks(&at);
	if (!take_text(&at, out->text, sizeof out->text))
		return false;
	skip_blanks(&at);
	if (!take(&at, '0') || !take(&at, 'x') || !take_number(&at, &id, 16, 0xFF))
		return false;
	out->id = (unsigned)id;
	skip_blanks(&at);
	if (!take(&at, '/') || !take_number(&at, &count, 10, SIZE_LIMIT) || !take(&at, '*'))
		return false;
	skip_blanks(&at);
	return take_size(&at, &out->size, count);
}

static char upper(char c)
{
	return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

bool dfu_name_is_otp(const struct dfu_name *name)
{
	if (name->id != DFU_ID_OTP)
		return false;
	for (const char *at = name->text; at[0] != '\0' && at[1] != '\0' && at[2] != '\0'; at++)
		if (upper(at[0]) == 'O' && upper(at[1]) == 'T' && upper(at[2]) == 'P')
			return true;
	return false;
}

int dfu_name_find(struct dfu_name *out, const struct usb_description *description, unsigned id)
{
	int found = -1;
	for (size_t i = 0; i < description->alternate_count; i++) {
		struct dfu_name name;
		const struct usb_alternate *alternate = &description->alternates[i];
		if (!dfu_name_parse(&name, alternate->name) || name.id != id)
			continue;
		if (id == DFU_ID_OTP && !dfu_name_is_otp(&name))
			continue;
		if (found != -1)
			return -2;
		found = (int)alternate->number;
		*out = name;
	}
	return found;
}

static bool shares_number(const struct usb_description *description, int number)
{
	unsigned count = 0;
	for (size_t i = 0; i < description->alternate_count; i++)
		count += (int)description->alternates[i].number == number;
	return count > 1;
}

const char *dfu_name_objection(const struct usb_description *description)
{
	struct dfu_name otp, ignored;
	int otp_number = dfu_name_find(&otp, description, DFU_ID_OTP);
	int phase_number = dfu_name_find(&ignored, description, DFU_ID_PHASE);
	if (otp_number < -1 || phase_number < -1)
		return "lists the same partition twice: it cannot be told which is meant";
	if (shares_number(description, otp_number) || shares_number(description, phase_number))
		return "gives several partitions one number: it cannot be told which is meant";
	/* Version and state, then two words for each of them. */
	if (otp_number >= 0 &&
		(otp.size < SMALLEST || otp.size > PARTITION_MAX_BYTES || otp.size % 8 != 0))
		return "announces an OTP partition of a length that no STM32MP has";
	return NULL;
}
