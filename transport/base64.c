#include "transport/base64.h"

#include <string.h>

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void base64_encode(char *out, const uint8_t *bytes, size_t length)
{
	for (size_t at = 0; at < length; at += 3) {
		size_t left = length - at;
		uint32_t group = (uint32_t)bytes[at] << 16;
		if (left > 1)
			group |= (uint32_t)bytes[at + 1] << 8;
		if (left > 2)
			group |= bytes[at + 2];
		*out++ = digits[group >> 18];
		*out++ = digits[group >> 12 & 63];
		*out++ = '=';
		*out++ = '=';
		if (left > 1)
			out[-2] = digits[group >> 6 & 63];
		if (left > 2)
			out[-1] = digits[group & 63];
	}
}

static bool take_digit(uint32_t *group, char digit)
{
	const char *place = digit ? strchr(digits, digit) : NULL;
	if (!place)
		return false;
	*group = *group << 6 | (uint32_t)(place - digits);
	return true;
}

bool base64_decode(uint8_t *out, size_t *out_length, const char *text, size_t length)
{
	*out_length = 0;
	if (length % 4 != 0)
		return false;
	for (size_t at = 0; at < length; at += 4) {
		size_t padding = 0;
		while (padding < 2 && at + 4 == length && text[length - 1 - padding] == '=')
			padding++;
		uint32_t group = 0;
		for (size_t i = 0; i < 4 - padding; i++)
			if (!take_digit(&group, text[at + i]))
				return false;
		group <<= 6 * padding;
		size_t count = 3 - padding;
		if (padding > 0 && group << (8 + 8 * count) != 0)
			return false;
		for (size_t i = 0; i < count; i++)
			out[(*out_length)++] = (uint8_t)(group >> (16 - 8 * i));
	}
	return true;
}
