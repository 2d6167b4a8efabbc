#include "transport/device_usb.h"

#include "transport/sim_board.h"
#include "transport/sim_usb.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PARTITION 776u

/* A link whose descriptors a test writes; all else goes to the simulated board. */
struct plate {
	struct usb_link link;
	struct usb_link *inner;
	struct usb_description *description; /* NULL: the board's own */
	unsigned *closed;
};

struct rig {
	struct sim_board *board;
	struct sim_usb *usb;
	struct usb_description description;
	bool forged;
	unsigned links_closed, devices_closed, restarts;
	bool restart_fails;
	struct device *device;
	struct errbuf err;
};

static struct plate *as_plate(struct usb_link *link)
{
	return (struct plate *)link;
}

static enum status plate_describe(
	struct usb_link *link, struct usb_description *out, struct errbuf *err)
{
	struct plate *plate = as_plate(link);
	if (!plate->description)
		return plate->inner->ops->describe(plate->inner, out, err);
	*out = *plate->description;
	return OK;
}

static enum status plate_set_alternate(
	struct usb_link *link, unsigned number, enum usb_outcome *outcome, struct errbuf *err)
{
	struct usb_link *inner = as_plate(link)->inner;
	return inner->ops->set_alternate(inner, number, outcome, err);
}

static enum status plate_control(struct usb_link *link, uint8_t type, uint8_t request,
	uint16_t value, uint8_t *data, uint16_t length, unsigned timeout_ms, uint16_t *actual,
	enum usb_outcome *outcome, struct errbuf *err)
{
	struct usb_link *inner = as_plate(link)->inner;
	return inner->ops->control(
		inner, type, request, value, data, length, timeout_ms, actual, outcome, err);
}

static void plate_pause(struct usb_link *link, unsigned milliseconds)
{
	struct usb_link *inner = as_plate(link)->inner;
	inner->ops->pause(inner, milliseconds);
}

static void plate_close(struct usb_link *link)
{
	struct plate *plate = as_plate(link);
	plate->inner->ops->close(plate->inner);
	(*plate->closed)++;
	free(plate);
}

static const struct usb_ops plate_ops = {
	.describe = plate_describe,
	.set_alternate = plate_set_alternate,
	.control = plate_control,
	.pause = plate_pause,
	.close = plate_close,
};

static enum status open_plate(struct usb_link **out, struct rig *rig, struct errbuf *err)
{
	struct plate *plate = calloc(1, sizeof *plate);
	assert_non_null(plate);
	enum status status = sim_usb_open(&plate->inner, rig->usb, err);
	if (status != OK) {
		free(plate);
		return status;
	}
	plate->link.ops = &plate_ops;
	plate->closed = &rig->links_closed;
	plate->description = rig->forged ? &rig->description : NULL;
	*out = &plate->link;
	return OK;
}

static enum status restart(struct usb_link **out, void *payload, struct errbuf *err)
{
	struct rig *rig = payload;
	rig->restarts++;
	/* The old link is closed before the board goes away under it. */
	assert_int_equal(rig->links_closed, rig->restarts);
	if (rig->restart_fails)
		return errbuf_set(err, ERR_TIMEOUT, "the board stays away");
	sim_usb_board_reset(rig->usb);
	return open_plate(out, rig, err);
}

static void closed(void *payload)
{
	struct rig *rig = payload;
	rig->devices_closed++;
}

static void make_board(struct rig *rig)
{
	struct usb_link *link;
	memset(rig, 0, sizeof *rig);
	assert_int_equal(sim_board_blank(&rig->board, &rig->err), OK);
	assert_int_equal(sim_usb_create(&rig->usb, rig->board, &rig->err), OK);
	assert_int_equal(sim_usb_open(&link, rig->usb, &rig->err), OK);
	assert_int_equal(link->ops->describe(link, &rig->description, &rig->err), OK);
	link->ops->close(link);
}

static enum status open_device(struct rig *rig, bool can_restart)
{
	struct usb_link *link = NULL;
	const struct device_usb_about about = {
		.source = "dfu:path=1-5.4",
		.source_class = SOURCE_REAL,
		.restart = can_restart ? restart : NULL,
		.closed = closed,
		.payload = rig,
	};
	errbuf_clear(&rig->err);
	assert_int_equal(open_plate(&link, rig, &rig->err), OK);
	return device_usb_open(&rig->device, link, &about, &rig->err);
}

static void set_up(struct rig *rig)
{
	make_board(rig);
	assert_int_equal(open_device(rig, true), OK);
}

static void free_board(struct rig *rig)
{
	sim_usb_free(rig->usb);
	sim_board_free(rig->board);
}

static void tear_down(struct rig *rig)
{
	rig->device->ops->close(rig->device);
	assert_int_equal(rig->devices_closed, 1);
	free_board(rig);
}

static enum status identify(struct rig *rig, struct device_info *info)
{
	errbuf_clear(&rig->err);
	return rig->device->ops->identify(rig->device, info, NULL, &rig->err);
}

static enum status read_partition(struct rig *rig, uint8_t out[PARTITION])
{
	size_t length;
	errbuf_clear(&rig->err);
	return rig->device->ops->read(rig->device, out, PARTITION, &length, NULL, &rig->err);
}

static enum status stage(struct rig *rig, unsigned word, const struct job *job)
{
	uint8_t request[PARTITION] = {2};
	request[8 + 8 * (size_t)word] = 1;
	request[15 + 8 * (size_t)word] = 0x80;
	errbuf_clear(&rig->err);
	return rig->device->ops->stage(rig->device, request, PARTITION, job, &rig->err);
}

static enum status burn(struct rig *rig)
{
	errbuf_clear(&rig->err);
	return rig->device->ops->burn(rig->device, NULL, &rig->err);
}

static void test_identify(void **state)
{
	struct rig rig;
	struct device_info info;
	(void)state;
	make_board(&rig);
	rig.forged = true;
	snprintf(rig.description.path, sizeof rig.description.path, "1-5.4");
	snprintf(rig.description.serial, sizeof rig.description.serial, "003300253338511634383330");
	assert_int_equal(open_device(&rig, false), OK);
	assert_int_equal(identify(&rig, &info), OK);
	assert_string_equal(info.source, "dfu:path=1-5.4");
	assert_string_equal(info.link, "usb 1-5.4");
	assert_string_equal(info.port, "1-5.4");
	assert_string_equal(info.serial, "003300253338511634383330");
	assert_non_null(strstr(info.product, "@Name /STM32MP157C"));
	assert_string_equal(info.peer_text, "U-Boot stm32prog");
	assert_int_equal(info.peer, PEER_UBOOT);
	assert_int_equal(info.source_class, SOURCE_REAL);
	assert_int_equal(info.device_id, 0x500);
	assert_true(info.otp_offered);
	assert_int_equal(info.partition_size, PARTITION);
	assert_false(info.fresh_power);
	assert_null(rig.device->ops->restart);
	tear_down(&rig);
}

static void test_identify_leaves_what_is_staged(void **state)
{
	struct rig rig;
	struct device_info info;
	(void)state;
	set_up(&rig);
	assert_int_equal(stage(&rig, 60, NULL), OK);
	assert_int_equal(identify(&rig, &info), OK);
	assert_int_equal(burn(&rig), OK);
	assert_int_equal(sim_board_fuses(rig.board, 60), 1);
	tear_down(&rig);
}

static void test_another_board_answers(void **state)
{
	struct rig rig;
	struct device_info info;
	(void)state;
	make_board(&rig);
	rig.forged = true;
	assert_int_equal(open_device(&rig, true), OK);
	assert_int_equal(identify(&rig, &info), OK);
	rig.description.serial[0] = 'X';
	assert_int_equal(identify(&rig, &info), ERR_GONE);
	rig.description.serial[0] = rig.description.serial[1];
	tear_down(&rig);

	/* The same board behind another program's alternates. */
	make_board(&rig);
	rig.forged = true;
	assert_int_equal(open_device(&rig, true), OK);
	assert_int_equal(identify(&rig, &info), OK);
	rig.description.alternate_count--;
	assert_int_equal(identify(&rig, &info), ERR_GONE);
	tear_down(&rig);
}

static void test_closed_board_offers_no_otp(void **state)
{
	struct rig rig;
	struct device_info info;
	uint8_t partition[PARTITION], request[PARTITION] = {2};
	(void)state;
	make_board(&rig);
	assert_int_equal(open_device(&rig, true), OK);
	/* Word 0 bit 6 closes an STM32MP15; it takes effect at the next boot. */
	request[8] = 0x40;
	request[15] = 0x80;
	assert_int_equal(
		rig.device->ops->stage(rig.device, request, PARTITION, NULL, &rig.err), OK);
	assert_int_equal(burn(&rig), OK);
	assert_int_equal(rig.device->ops->restart(rig.device, NULL, &rig.err), OK);
	assert_int_equal(identify(&rig, &info), OK);
	assert_false(info.otp_offered);
	assert_int_equal(info.partition_size, 0);
	assert_int_equal(read_partition(&rig, partition), ERR_UNSUPPORTED);
	assert_non_null(strstr(rig.err.text, "closed"));
	assert_int_equal(stage(&rig, 60, NULL), ERR_UNSUPPORTED);
	tear_down(&rig);
}

static void test_restart(void **state)
{
	struct rig rig;
	struct device_info info;
	uint8_t partition[PARTITION];
	(void)state;
	set_up(&rig);
	assert_int_equal(stage(&rig, 60, NULL), OK);
	assert_int_equal(rig.device->ops->restart(rig.device, NULL, &rig.err), OK);
	assert_int_equal(rig.restarts, 1);
	assert_int_equal(identify(&rig, &info), OK);
	assert_true(info.fresh_power);
	assert_int_equal(burn(&rig), ERR_REFUSED);
	assert_int_equal(read_partition(&rig, partition), OK);
	rig.restart_fails = true;
	assert_int_equal(rig.device->ops->restart(rig.device, NULL, &rig.err), ERR_TIMEOUT);
	/* Without a link every call says so, and closing still works. */
	char text[16];
	errbuf_clear(&rig.err);
	assert_int_equal(identify(&rig, &info), ERR_GONE);
	assert_int_equal(read_partition(&rig, partition), ERR_GONE);
	assert_int_equal(stage(&rig, 60, NULL), ERR_GONE);
	assert_int_equal(rig.device->ops->unstage(rig.device, NULL, &rig.err), ERR_GONE);
	assert_int_equal(burn(&rig), ERR_GONE);
	assert_int_equal(rig.device->ops->complaint(rig.device, text, sizeof text, NULL, &rig.err),
		ERR_GONE);
	tear_down(&rig);
	assert_int_equal(rig.links_closed, 2);
}

static void test_failed_open_closes_the_link(void **state)
{
	struct rig rig;
	(void)state;
	make_board(&rig);
	rig.forged = true;
	rig.description.dfu_version = 0x011A;
	assert_int_equal(open_device(&rig, true), ERR_UNSUPPORTED);
	assert_int_equal(rig.links_closed, 1);
	assert_int_equal(rig.devices_closed, 0);
	free_board(&rig);
}

struct watcher {
	bool cancel;
	unsigned calls;
	size_t done, total;
};

static void on_progress(const char *stage_name, size_t done, size_t total, void *payload)
{
	struct watcher *watcher = payload;
	assert_string_equal(stage_name, "read");
	watcher->calls++;
	watcher->done = done;
	watcher->total = total;
}

static bool is_cancelled(void *payload)
{
	return ((struct watcher *)payload)->cancel;
}

static void test_job(void **state)
{
	struct rig rig;
	struct watcher watcher = {0};
	const struct job job = {on_progress, is_cancelled, &watcher};
	uint8_t partition[PARTITION];
	size_t length;
	(void)state;
	set_up(&rig);
	assert_int_equal(
		rig.device->ops->read(rig.device, partition, PARTITION, &length, &job, &rig.err),
		OK);
	assert_int_equal(watcher.calls, 2);
	assert_int_equal(watcher.done, PARTITION);
	assert_int_equal(watcher.total, PARTITION);
	watcher.cancel = true;
	assert_int_equal(
		rig.device->ops->read(rig.device, partition, PARTITION, &length, &job, &rig.err),
		ERR_CANCELLED);
	assert_int_equal(stage(&rig, 60, &job), ERR_CANCELLED);
	assert_int_equal(burn(&rig), ERR_REFUSED);
	/* Taking back and burning are not asked about. */
	assert_int_equal(stage(&rig, 60, NULL), OK);
	assert_int_equal(rig.device->ops->burn(rig.device, &job, &rig.err), OK);
	errbuf_clear(&rig.err);
	assert_int_equal(rig.device->ops->unstage(rig.device, &job, &rig.err), OK);
	assert_int_equal(sim_board_pulses(rig.board, 60), 1);
	tear_down(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_identify),
		cmocka_unit_test(test_identify_leaves_what_is_staged),
		cmocka_unit_test(test_another_board_answers),
		cmocka_unit_test(test_closed_board_offers_no_otp),
		cmocka_unit_test(test_restart),
		cmocka_unit_test(test_failed_open_closes_the_link),
		cmocka_unit_test(test_job),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
