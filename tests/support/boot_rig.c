#include "tests/support/boot_rig.h"

#include "tests/support/make_firmware.h"
#include "transport/loader_uart.h"
#include "transport/loader_usb.h"
#include "transport/sim_stream.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- the bus --- */

static void count(const struct fault_exchange *exchange, void *payload)
{
	struct boot_rig *rig = payload;
	(void)exchange;
	rig->exchanges++;
}

static enum status bus_open(struct usb_link **out, struct usb_description *description,
	void *payload, struct errbuf *err)
{
	struct boot_rig *rig = payload;
	struct usb_link *inner;
	enum status status = sim_usb_open(&inner, rig->usb, err);
	if (status != OK)
		return status;
	rig->opened++;
	const struct fault_options options = {.look = count, .payload = rig};
	assert_int_equal(fault_open(out, inner, &options, err), OK);
	if (rig->fault_at > rig->exchanges)
		fault_plan(*out, rig->fault_at - rig->exchanges, rig->fault);
	else if (rig->fault_at > 0 && rig->fault_lasts)
		fault_plan(*out, 1, rig->fault);
	status = (*out)->ops->describe(*out, description, err);
	if (status != OK)
		(*out)->ops->close(*out);
	return status;
}

static void bus_pause(unsigned milliseconds, void *payload)
{
	struct boot_rig *rig = payload;
	rig->paused_ms += milliseconds;
}

/* --- the job --- */

static void progress(const char *stage, size_t done, size_t total, void *payload)
{
	struct boot_rig *rig = payload;
	assert_true(done <= total);
	rig->told++;
	snprintf(rig->last_stage, sizeof rig->last_stage, "%s", stage);
}

static bool cancelled(void *payload)
{
	struct boot_rig *rig = payload;
	rig->asked++;
	return rig->cancel_at > 0 && rig->asked >= rig->cancel_at;
}

/* --- the rig --- */

void boot_rig_make(struct boot_rig *rig, enum sim_family family, bool over_uart)
{
	memset(rig, 0, sizeof *rig);
	rig->family = family;
	rig->job = (struct job){progress, cancelled, rig};
	scratch_make(rig->folder);
	assert_int_equal(sim_board_demo(&rig->board, family, &rig->err), OK);
	rig->device_id = sim_board_device_id(rig->board);
	sim_boot_enter(rig->board, SIM_BOOT_ROM);
	if (over_uart)
		assert_int_equal(sim_uart_create(&rig->uart, rig->board, &rig->err), OK);
	else
		assert_int_equal(sim_usb_create(&rig->usb, rig->board, &rig->err), OK);
	boot_rig_give(rig, 2000);
}

static void close_loader(struct boot_rig *rig)
{
	if (rig->loader)
		rig->loader->ops->close(rig->loader);
	rig->loader = NULL;
}

void boot_rig_remove(struct boot_rig *rig)
{
	close_loader(rig);
	firmware_free(&rig->firmware);
	sim_usb_free(rig->usb);
	sim_uart_free(rig->uart);
	sim_board_free(rig->board);
	scratch_remove(rig->folder);
}

static void add(struct boot_rig *rig, unsigned phase, struct made made)
{
	char text[300];
	make_save(&made, rig->folder, "file");
	free(made.bytes);
	snprintf(text, sizeof text, "%u=%s/file", phase, rig->folder);
	if (firmware_add(&rig->firmware, text, &rig->err) != OK)
		fail_msg("%s", rig->err.text);
}

void boot_rig_give(struct boot_rig *rig, size_t size)
{
	size_t first = rig->device_id == 0x501 ? 120000 : 220000;
	firmware_free(&rig->firmware);
	add(rig, 1, make_stm32(rig->device_id, size ? size : first, 1));
	if (rig->device_id == 0x503 || rig->device_id == 0x505)
		add(rig, 2, make_ddr_fip(size ? size : 30000));
	add(rig, 3, make_fip(size ? size : 512u * 1024));
}

void boot_rig_give_prgfw(struct boot_rig *rig)
{
	firmware_free(&rig->firmware);
	add(rig, 1, make_prgfw(rig->device_id, 80000));
}

void boot_rig_drop(struct boot_rig *rig, unsigned phase)
{
	struct firmware *firmware = &rig->firmware;
	size_t kept = 0;
	for (size_t i = 0; i < firmware->count; i++)
		if (firmware->images[i]->phase == phase) {
			free(firmware->images[i]->bytes);
			free(firmware->images[i]);
		} else {
			firmware->images[kept++] = firmware->images[i];
		}
	firmware->count = kept;
}

void boot_rig_open(struct boot_rig *rig)
{
	enum status status;
	close_loader(rig);
	if (rig->usb) {
		const struct loader_usb_about about = {.source_class = SOURCE_SIMULATED,
			.source = "rig",
			.port = "rig",
			.bus = {bus_open, bus_pause, NULL, rig}};
		status = loader_usb_open(&rig->loader, &about, &rig->err);
	} else {
		const struct loader_uart_about about = {.source_class = SOURCE_SIMULATED,
			.source = "rig",
			.link = "rig",
			.port = "rig"};
		struct stream *stream;
		assert_int_equal(sim_stream_open(&stream, rig->uart, &rig->err), OK);
		status = loader_uart_open(&rig->loader, stream, &about, &rig->err);
	}
	if (status != OK)
		fail_msg("%s", rig->err.text);
}

enum status boot_rig_load(struct boot_rig *rig)
{
	errbuf_clear(&rig->err);
	if (!rig->loader)
		boot_rig_open(rig);
	return rig->loader->ops->load(
		rig->loader, &rig->report, &rig->firmware, &rig->job, &rig->err);
}

void boot_rig_assert_arrived(const struct boot_rig *rig)
{
	for (size_t i = 0; i < rig->firmware.count; i++) {
		const struct firmware_image *image = rig->firmware.images[i];
		size_t length;
		const uint8_t *got = sim_boot_received(rig->board, image->phase, &length);
		assert_int_equal(length, image->length);
		assert_memory_equal(got, image->bytes, length);
		assert_int_equal(sim_boot_accepted(rig->board, image->phase), 1);
	}
}
