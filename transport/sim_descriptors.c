/* USB descriptors as U-Boot's DFU gadget on an STM32MP157C gives them. */
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

struct code {
	uint32_t code;
	const char *name;
};

/* Part number: word 1, bits 7 to 0 (U-Boot mach/sys_proto.h). */
static const struct code parts[] = {
	{0x00, "157C"},
	{0x01, "157A"},
	{0x24, "153C"},
	{0x25, "153A"},
	{0x2E, "151C"},
	{0x2F, "151A"},
	{0x80, "157F"},
	{0x81, "157D"},
	{0xA4, "153F"},
	{0xA5, "153D"},
	{0xAE, "151F"},
	{0xAF, "151D"},
};

/* Package: word 16, bits 29 to 27. */
static const struct code packages[] = {
	{4, "AA"},
	{3, "AB"},
	{2, "AC"},
	{1, "AD"},
};

static const char *name_of(
	const struct code *codes, size_t count, uint32_t code, const char *otherwise)
{
	for (size_t i = 0; i < count; i++) {
		if (codes[i].code == code) {
			return codes[i].name;
		}
	}
	return otherwise;
}

static void product_text(const struct sim_board *board, char *out, size_t capacity)
{
	uint32_t part = sim_board_fuses(board, 1) & 0xFF;
	uint32_t package = sim_board_fuses(board, 16) >> 27 & 7;

	snprintf(out, capacity,
		"USB download gadget@Device ID /0x500, @Revision ID /0x2001, "
		"@Name /STM32MP%s%s Rev.Z,",
		name_of(parts, sizeof parts / sizeof parts[0], part, "????"),
		name_of(packages, sizeof packages / sizeof packages[0], package, "??"));
}

bool sim_gadget_string(const struct sim_gadget *gadget, unsigned index, char *out, size_t capacity)
{
	const struct sim_board *board = gadget->board;

	switch (index) {
	case STRING_MAKER: snprintf(out, capacity, "STMicroelectronics"); return true;
	case SIM_USB_STRING_PRODUCT: product_text(board, out, capacity); return true;
	case SIM_USB_STRING_SERIAL:
		snprintf(out, capacity, "%08lX%08lX%08lX",
			(unsigned long)sim_board_fuses(board, 13),
			(unsigned long)sim_board_fuses(board, 14),
			(unsigned long)sim_board_fuses(board, 15));
		return true;
	default: break;
	}
	if (index < SIM_USB_STRING_ENTITIES ||
		index - SIM_USB_STRING_ENTITIES >= gadget->entity_count) {
		return false;
	}
	snprintf(out, capacity, "%s",
		sim_entity_name(&gadget->entities[index - SIM_USB_STRING_ENTITIES]));
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

static void functional_descriptor(struct sim_answer *answer)
{
	static const uint8_t bytes[] = {9, DFU_FUNCTIONAL, SIM_USB_ATTRIBUTES, 0, 0,
		LOW(SIM_USB_TRANSFER_SIZE), HIGH(SIM_USB_TRANSFER_SIZE), LOW(SIM_USB_DFU_VERSION),
		HIGH(SIM_USB_DFU_VERSION)};

	append(answer, bytes, sizeof bytes);
}

static void configuration_descriptor(const struct sim_gadget *gadget, struct sim_answer *answer)
{
	unsigned total = 9 + 9 * gadget->entity_count + 9;
	const uint8_t head[] = {
		9, CONFIGURATION, LOW(total), HIGH(total), 1, 1, SIM_USB_STRING_PRODUCT, 0xC0, 1};

	append(answer, head, sizeof head);
	for (unsigned i = 0; i < gadget->entity_count; i++) {
		const uint8_t interface[] = {
			9, 4, 0, (uint8_t)i, 0, 0xFE, 1, 2, (uint8_t)(SIM_USB_STRING_ENTITIES + i)};

		append(answer, interface, sizeof interface);
	}
	functional_descriptor(answer);
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
	case DFU_FUNCTIONAL: functional_descriptor(answer); return true;
	default: return false;
	}
}
