#include "transport/peer_usb.h"

#include <stddef.h>
#include <string.h>

/* The first row that fits holds. */
static const struct peer_usb rows[] = {
	{
		.peer = PEER_UNKNOWN,
		.name = "ROM code",
		.starts = "DFU in ",
		.without_otp = "the ROM code has none: load the programming service first",
	},
	{
		.peer = PEER_UNKNOWN,
		.name = "TF-A",
		.starts = "DFU @Device ID",
		.without_otp = "TF-A has none: load U-Boot's stm32prog first",
	},
	{
		.peer = PEER_UBOOT,
		.name = "U-Boot stm32prog",
		.contains = "@Name",
		.transfer_size = 4096,
		.cleans_by_bad_block = true,
		.without_otp = "the device is closed, or U-Boot was built without OTP access",
	},
	{
		.peer = PEER_PRGFW,
		.name = "STM32PRGFW-UTIL",
		.starts = "USB download gadget@Device ID",
		.lacks = "@Name",
		.lists = "@OTP /0xF2/",
		.transfer_size = 1024,
		.without_otp = "this build of it offers none",
	},
	{
		.peer = PEER_UNKNOWN,
		.name = "unknown service",
		.without_otp = "start U-Boot's stm32prog on the board first",
	},
};

static bool lists(const struct usb_description *description, const char *beginning)
{
	for (size_t i = 0; i < description->alternate_count; i++)
		if (strncmp(description->alternates[i].name, beginning, strlen(beginning)) == 0)
			return true;
	return false;
}

static bool fits(const struct peer_usb *row, const struct usb_description *description)
{
	const char *text = description->product_text;
	if (row->starts && strncmp(text, row->starts, strlen(row->starts)) != 0)
		return false;
	if (row->contains && !strstr(text, row->contains))
		return false;
	if (row->lacks && strstr(text, row->lacks))
		return false;
	if (row->lists && !lists(description, row->lists))
		return false;
	return row->transfer_size == 0 || row->transfer_size == description->transfer_size;
}

const struct peer_usb *peer_usb_recognise(const struct usb_description *description)
{
	size_t last = sizeof rows / sizeof rows[0] - 1;
	for (size_t i = 0; i < last; i++)
		if (fits(&rows[i], description))
			return &rows[i];
	return &rows[last];
}

uint32_t peer_usb_device_id(const struct usb_description *description)
{
	static const char label[] = "@Device ID /0x";
	static const char digits[] = "0123456789abcdef";
	const char *at = strstr(description->product_text, label);
	uint32_t id = 0;
	if (!at)
		return 0;
	at += sizeof label - 1;
	for (unsigned i = 0; i < 8 && at[i] != '\0'; i++) {
		char c = at[i] >= 'A' && at[i] <= 'F' ? (char)(at[i] - 'A' + 'a') : at[i];
		const char *digit = strchr(digits, c);
		if (!digit)
			break;
		id = id << 4 | (uint32_t)(digit - digits);
	}
	return id;
}
