/* Any texts in a device's descriptors: it is told what it is, and no text leads astray. */
#include "src/partition.h"
#include "transport/dfu_name.h"
#include "transport/peer_usb.h"
#include "transport/usb_find.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

/* The next line, cut to fit. */
static void take_line(char *out, size_t capacity, const uint8_t **data, size_t *size)
{
	size_t length = 0;
	while (*size > 0 && **data != '\n') {
		if (length + 1 < capacity && **data != '\0')
			out[length++] = (char)**data;
		(*data)++;
		(*size)--;
	}
	out[length] = '\0';
	if (*size > 0) {
		(*data)++;
		(*size)--;
	}
}

static void require_name(const char *text)
{
	struct dfu_name name;
	if (!dfu_name_parse(&name, text))
		return;
	require(text[0] == '@');
	require(strchr(text, '/') != NULL);
	require(name.id <= 0xFF);
	require(strlen(name.text) < sizeof name.text);
	require(name.size <= (size_t)1 << 30);
}

/* What is offered can be selected, and read into a buffer for any board. */
static void require_the_one(
	const struct usb_description *description, unsigned number, const struct dfu_name *otp)
{
	unsigned count = 0;
	for (size_t i = 0; i < description->alternate_count; i++)
		if (description->alternates[i].number == number) {
			require(description->alternates[i].name[0] == '@');
			count++;
		}
	require(count == 1);
	require(otp->size >= 16 && otp->size <= PARTITION_MAX_BYTES && otp->size % 8 == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct usb_description description;
	struct found_board found;
	struct dfu_name otp;
	if (size < 4)
		return 0;
	memset(&description, 0, sizeof description);
	description.dfu_version = (uint16_t)(data[0] | data[1] << 8);
	description.transfer_size = (uint16_t)(data[2] | data[3] << 8);
	data += 4;
	size -= 4;
	snprintf(description.path, sizeof description.path, "1-5.4");
	take_line(description.product_text, sizeof description.product_text, &data, &size);
	take_line(description.serial, sizeof description.serial, &data, &size);
	while (size > 0 && description.alternate_count < USB_MAX_ALTERNATES) {
		struct usb_alternate *alternate =
			&description.alternates[description.alternate_count];
		take_line(alternate->name, sizeof alternate->name, &data, &size);
		/* Numbered one by one but where the name begins oddly. */
		unsigned first = (unsigned char)alternate->name[0];
		alternate->number =
			first > 0 && first < ' ' ? first : (unsigned)description.alternate_count;
		description.alternate_count++;
		require_name(alternate->name);
	}
	usb_find_tell(&found, &description);
	int alternate = dfu_name_find(&otp, &description, DFU_ID_OTP);
	require(found.stage[0] != '\0');
	require(found.offers_otp == (alternate >= 0 && usb_find_is_board(&description) &&
					    !dfu_name_objection(&description)));
	require(found.offers_otp || found.remark[0] != '\0');
	if (alternate >= 0)
		require(dfu_name_is_otp(&otp));
	if (found.offers_otp)
		require_the_one(&description, (unsigned)alternate, &otp);
	/* What is worked with is what is known in every respect. */
	enum peer peer = peer_usb_recognise(&description)->peer;
	if (peer != PEER_UNKNOWN)
		require(description.dfu_version == 0x0110 &&
			description.transfer_size == (peer == PEER_UBOOT ? 4096 : 1024));
	return 0;
}
