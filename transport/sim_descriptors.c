/* USB descriptors: the same for every service but for what its row says. */
#include "transport/sim_gadget.h"

#include <stdio.h>
#include <string.h>

#define LOW(value)  (uint8_t)((value)&0xFF)
#define HIGH(value) (uint8_t)((value) >> 8)

enum descriptor_type {
	DEVICE = 1,
	CONFIGURATION = 2,
	STRING = 3,
	QUALIFIER = 6,
	DFU_FUNCTIONAL = 0x21
};

enum { STRING_MAKER = 1 };

unsigned sim_gadget_alternates(const struct sim_gadget *gadget)
{
	char name[64];
	unsigned count = 0;

	while (gadget->dialect->name(gadget, count, name, sizeof name)) {
		count++;
	}
	return count;
}

bool sim_gadget_string(const struct sim_gadget *gadget, unsigned index, char *out, size_t capacity)
{
	const struct sim_dialect *dialect = gadget->dialect;
	char serial[SIM_BOARD_SERIAL_SIZE];

	if (index == SIM_USB_STRING_PRODUCT) {
		dialect->product(gadget, out, capacity);
	} else if (index == SIM_USB_STRING_SERIAL) {
		sim_board_serial(gadget->board, serial);
		snprintf(out, capacity, "%s", serial);
	} else if (index >= dialect->first_name) {
		return dialect->name(gadget, index - dialect->first_name, out, capacity);
	} else if (dialect->texts[index] != NULL) {
		snprintf(out, capacity, "%s", dialect->texts[index]);
	} else {
		return false;
	}
	return true;
}

static void append(struct sim_answer *answer, const uint8_t *bytes, size_t length)
{
	memcpy(answer->data + answer->length, bytes, length);
	answer->length += length;
}

static void device_descriptor(struct sim_answer *answer)
{
	static const uint8_t bytes[] = {18, DEVICE, 0x00, 0x02, 0, 0, 0, 64, LOW(SIM_USB_VENDOR),
		HIGH(SIM_USB_VENDOR), LOW(SIM_USB_PRODUCT), HIGH(SIM_USB_PRODUCT),
		LOW(SIM_USB_RELEASE), HIGH(SIM_USB_RELEASE), STRING_MAKER, SIM_USB_STRING_PRODUCT,
		SIM_USB_STRING_SERIAL, 1};

	append(answer, bytes, sizeof bytes);
}

static void qualifier_descriptor(struct sim_answer *answer)
{
	static const uint8_t bytes[] = {10, QUALIFIER, 0x00, 0x02, 0, 0, 0, 64, 1, 0};

	append(answer, bytes, sizeof bytes);
}

static void functional_descriptor(const struct sim_dialect *dialect, struct sim_answer *answer)
{
	const uint8_t bytes[] = {9, DFU_FUNCTIONAL, SIM_USB_ATTRIBUTES,
		LOW(dialect->detach_timeout), HIGH(dialect->detach_timeout),
		LOW(dialect->transfer_size), HIGH(dialect->transfer_size), LOW(SIM_USB_DFU_VERSION),
		HIGH(SIM_USB_DFU_VERSION)};

	append(answer, bytes, sizeof bytes);
}

static void configuration_descriptor(const struct sim_gadget *gadget, struct sim_answer *answer)
{
	unsigned count = sim_gadget_alternates(gadget);
	unsigned total = 9 + 9 * count + 9;
	const uint8_t head[] = {
		9, CONFIGURATION, LOW(total), HIGH(total), 1, 1, SIM_USB_STRING_PRODUCT, 0xC0, 1};

	append(answer, head, sizeof head);
	for (unsigned i = 0; i < count; i++) {
		const uint8_t interface[] = {9, 4, 0, (uint8_t)i, 0, 0xFE, 1, 2,
			(uint8_t)(gadget->dialect->first_name + i)};

		append(answer, interface, sizeof interface);
	}
	functional_descriptor(gadget->dialect, answer);
}

static bool string_descriptor(
	const struct sim_gadget *gadget, struct sim_answer *answer, unsigned index)
{
	static const uint8_t languages[] = {4, STRING, 0x09, 0x04};
	char text[126];
	size_t length;

	if (index == 0) {
		append(answer, languages, sizeof languages);
		return true;
	}
	if (!sim_gadget_string(gadget, index, text, sizeof text)) {
		return false;
	}
	length = strlen(text);
	answer->data[0] = (uint8_t)(2 + 2 * length);
	answer->data[1] = STRING;
	for (size_t i = 0; i < length; i++) {
		answer->data[2 + 2 * i] = (uint8_t)text[i];
		answer->data[3 + 2 * i] = 0;
	}
	answer->length = 2 + 2 * length;
	return true;
}

bool sim_gadget_descriptor(
	const struct sim_gadget *gadget, struct sim_answer *answer, uint16_t value)
{
	answer->length = 0;
	switch (value >> 8) {
	case DEVICE: device_descriptor(answer); return true;
	case CONFIGURATION: configuration_descriptor(gadget, answer); return true;
	case STRING: return string_descriptor(gadget, answer, value & 0xFF);
	case QUALIFIER: qualifier_descriptor(answer); return true;
	case DFU_FUNCTIONAL: functional_descriptor(gadget->dialect, answer); return true;
	default: return false;
	}
}
