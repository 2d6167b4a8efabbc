#include "transport/peer_usb.h"

#include "transport/dfu_name.h"

#include <stddef.h>
#include <string.h>

#define LOAD_SERVICE                                                                               \
	"'otpedit boot' loads a service for OTP into it, U-Boot's or STM32PRGFW-UTIL, and so "     \
	"does "                                                                                    \
	"the screen when it is chosen there"

/* The first row that fits holds. */
static const struct peer_usb rows[] = {
	{
		/* AN3156: ST's microcontrollers, with the same vendor and product number. */
		.peer = PEER_UNKNOWN,
		.name = "STM32 microcontroller in DfuSe mode",
		.dfu_version = 0x011A,
		.without_otp = "it is an STM32 microcontroller, not an STM32MP",
	},
	{
		.peer = PEER_UNKNOWN,
		.name = "ROM code",
		.starts = "DFU in ",
		.shows_board = true,
		.is_board = true,
		.without_otp = "the board is still in its ROM code: " LOAD_SERVICE,
	},
	{
		.peer = PEER_UNKNOWN,
		.name = "TF-A",
		.starts = "DFU @Device ID",
		.is_board = true,
		.without_otp = "the board is still in TF-A, before U-Boot: " LOAD_SERVICE,
	},
	{
		.peer = PEER_UBOOT,
		.name = "U-Boot stm32prog",
		.contains = "@Name",
		.dfu_version = 0x0110,
		.transfer_size = 4096,
		.shows_board = true,
		.is_board = true,
		.cleans_by_bad_block = true,
		.without_otp =
			"either the device is closed, or OP-TEE runs without its service for OTP, "
			"or U-Boot was built without CONFIG_CMD_STM32PROG_OTP; the board does not "
			"say which, and nothing over this link opens a closed device",
	},
	{
		.peer = PEER_PRGFW,
		.name = "STM32PRGFW-UTIL",
		.starts = "USB download gadget@Device ID",
		.lacks = "@Name",
		.lists = "@OTP /0xF2/",
		.dfu_version = 0x0110,
		.transfer_size = 1024,
		.is_board = true,
		.without_otp = "this build of it offers none",
	},
	{
		/* U-Boot's ordinary command serves raw words, and junk for those it cannot read. */
		.peer = PEER_UNKNOWN,
		.name = "U-Boot dfu command",
		.starts = "USB download gadget",
		.lists = "OTP",
		.is_board = true,
		.without_otp = "U-Boot's 'dfu' command answers, whose plain 'OTP' does not show "
			       "locks: end it, and run 'stm32prog usb 0' there",
	},
	{
		.peer = PEER_UNKNOWN,
		.name = "unknown service",
		.shows_board = true,
		.is_board = true,
		.without_otp =
			"what runs on the board is not known: reset it, with its boot pins set "
			"to serial boot, then 'otpedit boot' loads a service for OTP",
	},
	{
		.peer = PEER_UNKNOWN,
		.name = "other DFU device",
		.without_otp = "it does not look like an STM32MP board",
	},
};

static bool lists(const struct usb_description *description, const char *beginning)
{
	for (size_t i = 0; i < description->alternate_count; i++)
		if (strncmp(description->alternates[i].name, beginning, strlen(beginning)) == 0)
			return true;
	return false;
}

static bool shows_board(const struct usb_description *description)
{
	struct dfu_name ignored;
	return peer_usb_device_id(description) != 0 ||
	       dfu_name_find(&ignored, description, DFU_ID_OTP) != -1;
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
	if (row->shows_board && !shows_board(description))
		return false;
	if (row->dfu_version != 0 && row->dfu_version != description->dfu_version)
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

const char *peer_usb_without_otp(const struct usb_description *description)
{
	const struct peer_usb *peer = peer_usb_recognise(description);
	if (peer->peer != PEER_UNKNOWN)
		for (size_t i = 0; i < description->alternate_count; i++)
			if (description->alternates[i].name[0] == '\0')
				return "it does not tell the names of all its partitions, and the "
				       "OTP may be one of those: try again, and if it stays so, "
				       "reset the board and start the service again";
	return peer->without_otp;
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
