/*
 * What a host has to bear that neither the simulated board nor the recordings show: U-Boot before
 * v2022.04, whose read ends in dfuUPLOAD-IDLE; and boards that ask for patience, or for too much,
 * or announce what cannot be.
 */
#include "transport/dfu.h"

#include "tests/support/dfu_rig.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#define DFU_UPLOAD_IDLE 9

/* A link around another whose answers are changed on their way. */
struct odd {
	struct usb_link link;
	struct usb_link *inner;
	bool is_old, holds_upload; /* a short UPLOAD leads to dfuUPLOAD-IDLE, and we are there */
	unsigned skip, speak;      /* after so many GETSTATUS, so many have this answer */
	uint8_t answer[6];
	unsigned pauses, longest_pause, shortest_pause;
	unsigned long paused;
};

static struct odd *as_odd(struct usb_link *link)
{
	return (struct odd *)link;
}

static enum status odd_describe(
	struct usb_link *link, struct usb_description *out, struct errbuf *err)
{
	struct usb_link *inner = as_odd(link)->inner;
	return inner->ops->describe(inner, out, err);
}

static enum status odd_set_alternate(
	struct usb_link *link, unsigned number, enum usb_outcome *outcome, struct errbuf *err)
{
	struct odd *odd = as_odd(link);
	odd->holds_upload = false;
	return odd->inner->ops->set_alternate(odd->inner, number, outcome, err);
}

static void change_status(struct odd *odd, uint8_t *answer)
{
	if (odd->holds_upload)
		answer[4] = DFU_UPLOAD_IDLE;
	if (odd->skip > 0) {
		odd->skip--;
	} else if (odd->speak > 0) {
		odd->speak--;
		memcpy(answer, odd->answer, 6);
	}
}

static enum status odd_control(struct usb_link *link, uint8_t type, uint8_t request, uint16_t value,
	uint8_t *data, uint16_t length, unsigned timeout_ms, uint16_t *actual,
	enum usb_outcome *outcome, struct errbuf *err)
{
	struct odd *odd = as_odd(link);
	enum status status = odd->inner->ops->control(
		odd->inner, type, request, value, data, length, timeout_ms, actual, outcome, err);
	if (status != OK || *outcome != USB_DONE)
		return status;
	if (request == UPLOAD && *actual < length)
		odd->holds_upload = odd->is_old;
	else if (request == ABORT)
		odd->holds_upload = false;
	else if (request == GETSTATE && odd->holds_upload)
		data[0] = DFU_UPLOAD_IDLE;
	else if (request == GETSTATUS)
		change_status(odd, data);
	return OK;
}

static void odd_pause(struct usb_link *link, unsigned milliseconds)
{
	struct odd *odd = as_odd(link);
	odd->pauses++;
	odd->paused += milliseconds;
	if (milliseconds > odd->longest_pause)
		odd->longest_pause = milliseconds;
	if (milliseconds < odd->shortest_pause)
		odd->shortest_pause = milliseconds;
}

static const struct usb_ops odd_ops = {
	.describe = odd_describe,
	.set_alternate = odd_set_alternate,
	.control = odd_control,
	.pause = odd_pause,
};

static void set_up(struct odd *odd, struct dfu_rig *rig, enum sim_service service)
{
	struct sim_board *board;
	struct errbuf err = {0};
	assert_int_equal(sim_board_blank(&board, &err), OK);
	assert_true(sim_board_set_service(board, service));
	dfu_rig_take(rig, board);
	memset(odd, 0, sizeof *odd);
	odd->link.ops = &odd_ops;
	odd->inner = rig->link;
	odd->shortest_pause = 1000000;
	dfu_rig_assert_ok(rig, dfu_attach(&rig->dfu, &odd->link, &rig->err));
	dfu_rig_forget(rig);
}

/* The next GETSTATUS but `skip`, and those behind it, `count` in all, are answered with this. */
static void speak(struct odd *odd, unsigned skip, unsigned count, uint8_t state, uint32_t poll)
{
	const uint8_t answer[6] = {
		0, (uint8_t)poll, (uint8_t)(poll >> 8), (uint8_t)(poll >> 16), state, 0};
	memcpy(odd->answer, answer, 6);
	odd->skip = skip;
	odd->speak = count;
	odd->pauses = 0;
	odd->paused = 0;
	odd->longest_pause = 0;
	odd->shortest_pause = 1000000;
}

/* U-Boot f_dfu.c before v2022.04: the state stays dfuUPLOAD-IDLE behind a short block. */
static void test_old_uboot(void **state)
{
	struct dfu_rig rig;
	struct odd odd;
	char text[64];
	(void)state;
	set_up(&odd, &rig, SIM_SERVICE_UBOOT);
	odd.is_old = true;
	dfu_rig_assert_reads(&rig, 0, 0);
	assert_string_equal(rig.log, "state select2 status up0:4096 status abort status");
	dfu_rig_forget(&rig);
	dfu_rig_assert_ok(&rig, dfu_complaint(&rig.dfu, text, sizeof text, &rig.err));
	assert_string_equal(text, "");
	assert_string_equal(rig.log, "state select1 status up0:4096 status abort status");
	dfu_rig_assert_ok(&rig, dfu_rig_stage(&rig, OURS));
	dfu_rig_assert_ok(&rig, dfu_rig_burn(&rig));
	dfu_rig_assert_reads(&rig, VALUE, 0);
	dfu_rig_assert_ok(&rig, dfu_rig_stage(&rig, THEIRS));
	dfu_rig_assert_ok(&rig, dfu_rig_unstage(&rig));
	dfu_rig_assert_reads(&rig, VALUE, 0);
	assert_int_equal(dfu_rig_pulses(&rig), 1);
	dfu_rig_free(&rig);
}

/* Another program was cut off behind its read. */
static void test_old_uboot_left_by_others(void **state)
{
	struct dfu_rig rig;
	struct odd odd;
	(void)state;
	set_up(&odd, &rig, SIM_SERVICE_UBOOT);
	odd.is_old = true;
	odd.holds_upload = true;
	dfu_rig_assert_ok(&rig, dfu_attach(&rig.dfu, &odd.link, &rig.err));
	dfu_rig_assert_reads(&rig, 0, 0);
	dfu_rig_free(&rig);
}

/* How long a board asks to be left alone is heeded, from 5 ms to 5 s. */
static void test_waits_as_asked(void **state)
{
	static const struct {
		uint32_t asked;
		unsigned waits;
	} rows[] = {{0, 5}, {4, 5}, {5, 5}, {70, 70}, {0x0102, 258}, {5000, 5000}, {5001, 5000},
		{0x010000, 5000}, {0xFFFFFF, 5000}};
	const enum sim_service *service = *state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct dfu_rig rig;
		struct odd odd;
		set_up(&odd, &rig, *service);
		if (*service == SIM_SERVICE_UBOOT) {
			/* the selecting, two of the clean-up; then the block is still worked off */
			speak(&odd, 3, 1, 4, rows[i].asked);
			dfu_rig_assert_ok(&rig, dfu_rig_stage(&rig, OURS));
			assert_int_equal(odd.pauses, 1);
			assert_int_equal(odd.paused, rows[i].waits);
			/* and in dfuMANIFEST, behind the one second that every burn is left alone
			 */
			speak(&odd, 1, 1, 7, rows[i].asked);
			dfu_rig_assert_ok(&rig, dfu_rig_burn(&rig));
			assert_int_equal(odd.pauses, 2);
			assert_int_equal(odd.paused, 1000 + rows[i].waits);
		} else {
			dfu_rig_assert_ok(&rig, dfu_rig_stage(&rig, OURS));
			speak(&odd, 0, 1, 4, rows[i].asked);
			dfu_rig_assert_ok(&rig, dfu_rig_burn(&rig));
			assert_int_equal(odd.pauses, 1);
			assert_int_equal(odd.paused, rows[i].waits);
		}
		assert_int_equal(sim_board_pulses(rig.board, OURS), 1);
		dfu_rig_free(&rig);
	}
}

/* A board that is busy for ever is not waited for for ever, and nothing is claimed of the burn. */
static void test_prgfw_waiting_has_bounds(void **state)
{
	struct dfu_rig rig;
	struct odd odd;
	(void)state;
	set_up(&odd, &rig, SIM_SERVICE_PRGFW);
	dfu_rig_assert_ok(&rig, dfu_rig_stage(&rig, OURS));
	speak(&odd, 0, 100000, 4, 0);
	assert_int_equal(dfu_rig_burn(&rig), ERR_UNCERTAIN);
	assert_int_equal(odd.longest_pause, 5);
	assert_int_equal(odd.shortest_pause, 5);
	assert_true(odd.pauses > 1 && odd.pauses <= 100);
	speak(&odd, 0, 0, 0, 0);
	dfu_rig_assert_ok(&rig, dfu_rig_unstage(&rig));
	dfu_rig_assert_reads(&rig, VALUE, 0);
	assert_int_equal(dfu_rig_pulses(&rig), 1);

	dfu_rig_assert_ok(&rig, dfu_rig_stage(&rig, THEIRS));
	speak(&odd, 1, 100000, 3, 0xFFFFFF);
	assert_int_equal(dfu_rig_burn(&rig), ERR_UNCERTAIN);
	assert_int_equal(odd.longest_pause, 5000);
	assert_true(odd.pauses > 1 && odd.pauses <= 100);
	assert_in_range(odd.paused, 30000, 60000);
	dfu_rig_free(&rig);
}

static void test_uboot_waiting_has_bounds(void **state)
{
	struct dfu_rig rig;
	struct odd odd;
	(void)state;
	set_up(&odd, &rig, SIM_SERVICE_UBOOT);
	speak(&odd, 3, 100000, 4, 0xFFFFFF);
	assert_int_equal(dfu_rig_stage(&rig, OURS), ERR_TIMEOUT);
	assert_in_range(odd.paused, 30000, 60000);
	speak(&odd, 0, 0, 0, 0);
	dfu_rig_assert_ok(&rig, dfu_rig_unstage(&rig));
	dfu_rig_assert_ok(&rig, dfu_rig_stage(&rig, THEIRS));
	speak(&odd, 1, 100000, 7, 0xFFFFFF);
	assert_int_equal(dfu_rig_burn(&rig), ERR_UNCERTAIN);
	assert_in_range(odd.paused, 30000, 60000);
	dfu_rig_free(&rig);
}

/* Sizes that no partition has, from a name that is well-formed: nothing is sent for them. */
static void test_sizes(void **state)
{
	static const size_t sizes[] = {0, 1, 7, 8, 9, 15, 17, 775, 777, 780};
	const enum sim_service *service = *state;
	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		uint8_t bytes[PARTITION] = {0};
		struct dfu_rig rig;
		struct odd odd;
		size_t length;
		set_up(&odd, &rig, *service);
		rig.dfu.otp.size = sizes[i];
		assert_int_equal(dfu_rig_read(&rig, bytes, &length), ERR_LINK);
		assert_non_null(strstr(rig.err.text, "no partition has"));
		assert_int_equal(dfu_stage(&rig.dfu, bytes, sizes[i], &rig.err), ERR_LINK);
		assert_int_equal(dfu_rig_unstage(&rig), ERR_LINK);
		assert_int_equal(dfu_rig_burn(&rig), ERR_REFUSED);
		assert_string_equal(rig.log, "");
		dfu_rig_free(&rig);
	}
}

int main(void)
{
	static enum sim_service uboot = SIM_SERVICE_UBOOT, prgfw = SIM_SERVICE_PRGFW;
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_old_uboot),
		cmocka_unit_test(test_old_uboot_left_by_others),
		cmocka_unit_test_prestate(test_waits_as_asked, &uboot),
		cmocka_unit_test_prestate(test_waits_as_asked, &prgfw),
		cmocka_unit_test(test_prgfw_waiting_has_bounds),
		cmocka_unit_test(test_uboot_waiting_has_bounds),
		cmocka_unit_test_prestate(test_sizes, &uboot),
		cmocka_unit_test_prestate(test_sizes, &prgfw),
	};
	return cmocka_run_group_tests_name("dfu_protocol", tests, NULL, NULL);
}
