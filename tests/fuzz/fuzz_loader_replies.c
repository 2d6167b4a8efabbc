/*
 * A board that is brought up from its ROM code, over USB or its serial line, and whose answers go
 * wrong in any way: loading ends within so many exchanges and so long a wait, says why it failed,
 * burns nothing but what TF-A burns by itself, and never calls harmless what the board may have
 * started.
 */
#include "transport/loader_uart.h"
#include "transport/loader_usb.h"
#include "transport/sim_boot.h"
#include "transport/sim_stream.h"
#include "transport/sim_uart.h"
#include "transport/sim_usb.h"

#include "src/firmware.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MONOTONIC_COUNTER 4u
#define FILE_SIZE         1500u
#define MAX_EXCHANGES     20000u
#define MAX_WAIT_MS       900000u

struct rig {
	struct sim_board *board;
	struct sim_usb *usb;
	const uint8_t *data;
	size_t size;
	unsigned quiet; /* so much passes before the next harm */
	unsigned exchanges;
	uint64_t waited;
};

static void require(bool holds)
{
	if (!holds)
		abort();
}

static void count(struct rig *rig, unsigned waited_ms)
{
	rig->exchanges++;
	rig->waited += waited_ms;
	require(rig->exchanges < MAX_EXCHANGES && rig->waited < MAX_WAIT_MS);
}

/* Two bytes of the input: how far to the next harm, and which it is. 0: none. */
static uint8_t next_harm(struct rig *rig)
{
	if (rig->quiet > 0) {
		rig->quiet--;
		return 0;
	}
	if (rig->size < 2)
		return 0;
	uint8_t harm = rig->data[1];
	rig->quiet = rig->data[0];
	rig->data += 2;
	rig->size -= 2;
	return harm;
}

/* --- files */

static void put_word(uint8_t *at, uint32_t value)
{
	for (unsigned i = 0; i < 4; i++)
		at[i] = (uint8_t)(value >> (8 * i));
}

/* What the ROM codes of all families start, by its header; version 1. */
static void make_fsbl(uint8_t *bytes, enum sim_family family)
{
	bool is_v1 = family == SIM_MP15;
	size_t header = is_v1 ? 256 : 512;
	memset(bytes, 0, FILE_SIZE);
	memcpy(bytes, "STM2", 4);
	put_word(bytes + 72, is_v1 ? 0x00010000 : family == SIM_MP13 ? 0x00020000 : 0x00020200);
	put_word(bytes + 76, (uint32_t)(FILE_SIZE - header));
	put_word(bytes + 96, 1);
	put_word(bytes + 100, is_v1 ? 1 : 0x80000000);
	put_word(bytes + 104, is_v1 ? 1 : 0x180);
}

static void make_fip(uint8_t *bytes)
{
	memset(bytes, 0, FILE_SIZE);
	put_word(bytes, 0xAA640001);
	put_word(bytes + 4, 0x12345678);
}

/* One file for each phase that the family has. */
static void make_firmware(struct firmware *out, enum sim_family family)
{
	static struct firmware_image images[3];
	static uint8_t files[3][FILE_SIZE];
	bool is_mp1 = family == SIM_MP13 || family == SIM_MP15;
	memset(out, 0, sizeof *out);
	for (unsigned phase = PHASE_FSBL; phase <= PHASE_FIP; phase++) {
		struct firmware_image *image = &images[phase - 1];
		if (phase == PHASE_DDR && is_mp1)
			continue;
		image->phase = phase;
		image->kind = phase == PHASE_FSBL ? FIRMWARE_STM32 : FIRMWARE_FIP;
		image->bytes = files[phase - 1];
		image->length = FILE_SIZE;
		if (phase == PHASE_FSBL)
			make_fsbl(image->bytes, family);
		else
			make_fip(image->bytes);
		out->images[out->count++] = image;
	}
}

/* --- USB */

struct wire {
	struct usb_link link;
	struct usb_link *inner;
	struct rig *rig;
};

static struct wire *as_wire(struct usb_link *link)
{
	return (struct wire *)link;
}

static enum status wire_describe(
	struct usb_link *link, struct usb_description *out, struct errbuf *err)
{
	return as_wire(link)->inner->ops->describe(as_wire(link)->inner, out, err);
}

static enum status wire_set_alternate(
	struct usb_link *link, unsigned number, enum usb_outcome *outcome, struct errbuf *err)
{
	struct wire *wire = as_wire(link);
	count(wire->rig, 0);
	if (next_harm(wire->rig) == 1)
		return errbuf_set(err, ERR_LINK, "spoilt");
	return wire->inner->ops->set_alternate(wire->inner, number, outcome, err);
}

static enum status wire_control(struct usb_link *link, uint8_t request_type, uint8_t request,
	uint16_t value, uint8_t *data, uint16_t length, unsigned timeout_ms, uint16_t *actual,
	enum usb_outcome *outcome, struct errbuf *err)
{
	struct wire *wire = as_wire(link);
	uint8_t harm = next_harm(wire->rig);
	bool is_in = (request_type & 0x80) != 0;
	count(wire->rig, harm == 2 ? timeout_ms : 0);
	*actual = 0;
	if (harm == 1)
		return errbuf_set(err, ERR_LINK, "spoilt before");
	enum status status = wire->inner->ops->control(wire->inner, request_type, request, value,
		data, length, timeout_ms, actual, outcome, err);
	if (status != OK || harm == 0)
		return status;
	if (harm == 2)
		return errbuf_set(err, ERR_TIMEOUT, "spoilt behind");
	if (harm == 3)
		return errbuf_set(err, ERR_GONE, "spoilt for good");
	if (harm == 4) {
		*outcome = USB_STALLED;
		*actual = 0;
	} else if (is_in && *actual > 0) {
		if (harm < 32)
			*actual = (uint16_t)(harm < *actual ? harm : *actual);
		else
			data[harm % *actual] ^= harm;
	}
	return OK;
}

static void wire_pause(struct usb_link *link, unsigned milliseconds)
{
	count(as_wire(link)->rig, milliseconds);
}

static void wire_close(struct usb_link *link)
{
	as_wire(link)->inner->ops->close(as_wire(link)->inner);
	free(as_wire(link));
}

static const struct usb_ops wire_ops = {
	.describe = wire_describe,
	.set_alternate = wire_set_alternate,
	.control = wire_control,
	.pause = wire_pause,
	.close = wire_close,
};

static enum status bus_open(struct usb_link **out, struct usb_description *description,
	void *payload, struct errbuf *err)
{
	struct rig *rig = payload;
	struct wire *wire = malloc(sizeof *wire);
	require(wire != NULL);
	count(rig, 0);
	*wire = (struct wire){.link = {&wire_ops}, .rig = rig};
	enum status status = sim_usb_open(&wire->inner, rig->usb, err);
	if (status != OK) {
		free(wire);
		return status;
	}
	status = wire_describe(&wire->link, description, err);
	if (status != OK)
		wire_close(&wire->link);
	else
		*out = &wire->link;
	return status;
}

static void bus_pause(unsigned milliseconds, void *payload)
{
	count(payload, milliseconds);
}

/* --- a serial line */

struct line {
	struct stream stream;
	struct stream *inner;
	struct rig *rig;
};

static struct line *as_line(struct stream *stream)
{
	return (struct line *)stream;
}

static enum status line_describe(
	struct stream *stream, struct stream_description *out, struct errbuf *err)
{
	return as_line(stream)->inner->ops->describe(as_line(stream)->inner, out, err);
}

static enum status line_write(
	struct stream *stream, const uint8_t *bytes, size_t length, struct errbuf *err)
{
	struct line *line = as_line(stream);
	count(line->rig, 0);
	/* The first of them is lost, or there is one more. */
	uint8_t harm = next_harm(line->rig);
	if (harm == 1)
		return line->inner->ops->write(line->inner, bytes + 1, length - 1, err);
	if (harm == 2)
		(void)line->inner->ops->write(line->inner, &harm, 1, err);
	return line->inner->ops->write(line->inner, bytes, length, err);
}

static enum status line_read(struct stream *stream, uint8_t *out, size_t length,
	unsigned timeout_ms, size_t *actual, struct errbuf *err)
{
	struct line *line = as_line(stream);
	enum status status =
		line->inner->ops->read(line->inner, out, length, timeout_ms, actual, err);
	count(line->rig, *actual < length ? timeout_ms : 0);
	for (size_t i = 0; status == OK && i < *actual; i++) {
		uint8_t harm = next_harm(line->rig);
		if (harm == 1)
			*actual = i;
		else
			out[i] ^= harm;
	}
	return status;
}

static void line_pause(struct stream *stream, unsigned milliseconds)
{
	count(as_line(stream)->rig, milliseconds);
	as_line(stream)->inner->ops->pause(as_line(stream)->inner, milliseconds);
}

static void line_close(struct stream *stream)
{
	as_line(stream)->inner->ops->close(as_line(stream)->inner);
	free(as_line(stream));
}

static const struct stream_ops line_ops = {
	.describe = line_describe,
	.write = line_write,
	.read = line_read,
	.pause = line_pause,
	.close = line_close,
};

/* --- both */

static void check(const struct rig *rig, const struct loader_report *report, enum status status,
	const struct errbuf *err)
{
	require(status == OK || err->text[0] != '\0');
	for (unsigned phase = PHASE_FSBL; phase <= PHASE_FIP; phase++)
		require(sim_boot_accepted(rig->board, phase) == 0 || report->has_started);
	for (unsigned word = 0; word < sim_board_word_count(rig->board); word++)
		require(word == MONOTONIC_COUNTER || sim_board_pulses(rig->board, word) == 0);
	if (sim_board_pulses(rig->board, MONOTONIC_COUNTER) > 0)
		require(report->has_started);
	if (status == OK && rig->usb)
		require(sim_boot_stage(rig->board) == SIM_BOOT_SERVICE);
}

static void load(struct rig *rig, struct loader *loader, const struct firmware *firmware)
{
	struct loader_report report;
	struct loader_view view;
	struct errbuf err = {0};
	enum status status = loader->ops->look(loader, &view, NULL, &err);
	require(status == OK || err.text[0] != '\0');
	require(sim_boot_accepted(rig->board, PHASE_FSBL) == 0);
	errbuf_clear(&err);
	status = loader->ops->load(loader, &report, firmware, NULL, &err);
	check(rig, &report, status, &err);
	loader->ops->close(loader);
}

static void load_over_usb(struct rig *rig, const struct firmware *firmware)
{
	struct loader *loader;
	struct errbuf err = {0};
	const struct loader_usb_about about = {
		.source = "demo",
		.port = "demo",
		.bus = {.open = bus_open, .pause = bus_pause, .payload = rig},
	};
	require(sim_usb_create(&rig->usb, rig->board, &err) == OK);
	if (loader_usb_open(&loader, &about, &err) == OK)
		load(rig, loader, firmware);
	sim_usb_free(rig->usb);
}

static void load_over_uart(struct rig *rig, const struct firmware *firmware)
{
	struct sim_uart *uart = NULL;
	struct loader *loader;
	struct errbuf err = {0};
	struct line *line = malloc(sizeof *line);
	const struct loader_uart_about about = {.source = "demo", .link = "demo", .port = "demo"};
	require(line != NULL && sim_uart_create(&uart, rig->board, &err) == OK);
	*line = (struct line){.stream = {&line_ops}, .rig = rig};
	require(sim_stream_open(&line->inner, uart, &err) == OK);
	if (loader_uart_open(&loader, &line->stream, &about, &err) == OK)
		load(rig, loader, firmware);
	sim_uart_free(uart);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct firmware firmware;
	struct errbuf err = {0};
	struct rig rig = {0};
	if (size < 1)
		return 0;
	enum sim_family family = (enum sim_family)(data[0] / 2 % (SIM_MP25 + 1));
	rig.data = data + 1;
	rig.size = size - 1;
	require(sim_board_demo(&rig.board, family, &err) == OK);
	sim_boot_enter(rig.board, SIM_BOOT_ROM);
	make_firmware(&firmware, family);
	if (data[0] & 1)
		load_over_uart(&rig, &firmware);
	else
		load_over_usb(&rig, &firmware);
	sim_board_free(rig.board);
	return 0;
}
