/*
 * What the host may send in which state, watched at every exchange while things go wrong at random:
 * the device is asked for its state apart from the host, before the host's request reaches it.
 *
 * The laws: USB DFU 1.1 appendix A; U-Boot f_dfu.c and STM32PRGFW-UTIL as recorded.
 */
#include "transport/dfu.h"

#include "tests/support/dfu_rig.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#define SEEDS 300u

enum {
	IDLE = 2,
	DNLOAD_SYNC,
	DNBUSY,
	DNLOAD_IDLE,
	MANIFEST_SYNC,
	MANIFEST,
	UPLOAD_IDLE = 9,
	ERROR
};

struct service {
	enum sim_service service;
	unsigned otp, phase; /* alternates; there is no phase to read: the one of OTP */
	unsigned upload;     /* wLength of the one block */
	/* Where an ABORT is sent though the specification has none. On U-Boot it takes an armed
	 * burn back, and comes in dfuDNLOAD-SYNC, too, as long as one may be armed: a GETSTATUS
	 * would set it off, were the state another one. On STM32PRGFW-UTIL it takes a block back
	 * whose GETSTATUS has not come. */
	uint8_t aborts_in, aborts_in_too;
	bool selects_anywhere; /* SET_INTERFACE leads to dfuIDLE, and is used for that */
};

static const struct service uboot = {.service = SIM_SERVICE_UBOOT,
	.otp = 2,
	.phase = 1,
	.upload = 4096,
	.aborts_in = MANIFEST_SYNC,
	.aborts_in_too = DNLOAD_SYNC,
	.selects_anywhere = true};

static const struct service prgfw = {.service = SIM_SERVICE_PRGFW,
	.otp = 4,
	.phase = 4,
	.upload = PARTITION,
	.aborts_in = DNLOAD_SYNC,
	.aborts_in_too = DNBUSY};

struct watch {
	struct dfu_rig rig;
	const struct service *service;
	unsigned seen[ABORT + 1], selects;
	unsigned refused_uploads; /* UPLOADs of block 0 since the last call */
	bool may_burn;            /* the call is dfu_burn() */
};

static uint8_t ask(struct watch *watch, uint8_t type, uint8_t request)
{
	const uint8_t setup[8] = {type, request, 0, 0, 0, 0, 1, 0};
	uint8_t answer = 0xFF;
	uint16_t actual;
	assert_int_equal(sim_usb_transfer(watch->rig.usb, setup, &answer, &actual), SIM_USB_DATA);
	assert_int_equal(actual, 1);
	return answer;
}

static void look_at_select(const struct watch *watch, unsigned number, uint8_t state)
{
	const struct service *service = watch->service;
	assert_true(number == service->otp || number == service->phase);
	/* Never over a burn that somebody armed, nor in the midst of one. */
	if (service->selects_anywhere)
		assert_true(state == IDLE || state == DNLOAD_IDLE || state == UPLOAD_IDLE ||
			    state == ERROR);
	else
		assert_int_equal(state, IDLE);
}

static void look_at_download(
	struct watch *watch, const struct fault_exchange *exchange, uint8_t state)
{
	assert_int_equal(ask(watch, 0x81, 10), watch->service->otp);
	assert_true(state == IDLE || state == DNLOAD_IDLE);
	if (exchange->length == 0)
		assert_true(watch->may_burn && state == DNLOAD_IDLE);
	else
		assert_true(exchange->length == 1 || exchange->length == PARTITION);
	if (exchange->length == 1)
		assert_int_equal(exchange->value, 0xFFFF);
}

static void look_at_upload(
	struct watch *watch, const struct fault_exchange *exchange, uint8_t state)
{
	uint8_t alternate = ask(watch, 0x81, 10);
	assert_true(alternate == watch->service->otp || alternate == watch->service->phase);
	assert_true(state == IDLE || state == UPLOAD_IDLE);
	assert_int_equal(exchange->length, watch->service->upload);
	assert_int_equal(exchange->value, 0);
	/* A read that is refused is tried once more, and the complaint asked for. */
	assert_true(++watch->refused_uploads <= 3);
}

static void look(const struct fault_exchange *exchange, void *payload)
{
	struct watch *watch = payload;
	const struct service *service = watch->service;
	uint8_t state = ask(watch, 0xA1, GETSTATE);
	dfu_rig_look(exchange, &watch->rig);
	if (exchange->is_select) {
		watch->selects++;
		look_at_select(watch, exchange->value, state);
		return;
	}
	assert_in_range(exchange->request, DNLOAD, ABORT); /* no DETACH, nothing unknown */
	watch->seen[exchange->request]++;
	switch (exchange->request) {
	case DNLOAD: look_at_download(watch, exchange, state); break;
	case UPLOAD: look_at_upload(watch, exchange, state); break;
	case CLRSTATUS: assert_int_equal(state, ERROR); break;
	case GETSTATUS: assert_true(state != MANIFEST_SYNC || watch->may_burn); break;
	case ABORT:
		/* In dfuERROR it is refused and does nothing: a garbled answer may hide that state.
		 */
		assert_true(state == IDLE || state == DNLOAD_IDLE || state == UPLOAD_IDLE ||
			    state == ERROR || state == service->aborts_in ||
			    state == service->aborts_in_too);
		break;
	default: break;
	}
}

/* --- */

static void set_up(struct watch *watch, const struct service *service, unsigned seed)
{
	struct dfu_rig *rig = &watch->rig;
	struct sim_board *board;
	struct usb_link *inner;
	struct fault_options options = {.look = look,
		.payload = watch,
		.seed = seed * 2654435761u | 1u,
		.permille = 80,
		/* Lost, unanswered, stalled, short, too long. Not those that lie about the state.
		 */
		.last_kind = FAULT_OVERLONG};
	assert_int_equal(sim_board_blank(&board, &rig->err), OK);
	assert_true(sim_board_set_service(board, service->service));
	dfu_rig_take(rig, board);
	rig->link->ops->close(rig->link);
	watch->service = service;
	assert_int_equal(sim_usb_open(&inner, rig->usb, &rig->err), OK);
	assert_int_equal(fault_open(&rig->link, inner, &options, &rig->err), OK);
}

static void begin(struct watch *watch)
{
	watch->rig.log[0] = '\0';
	watch->refused_uploads = 0;
}

/* Another program clears a status that is none: an error, with both services. */
static void disturb(struct watch *watch)
{
	const uint8_t setup[8] = {0x21, CLRSTATUS};
	uint16_t actual;
	if (ask(watch, 0xA1, GETSTATE) == IDLE)
		(void)sim_usb_transfer(watch->rig.usb, setup, NULL, &actual);
}

static void use(struct watch *watch, unsigned round)
{
	struct dfu_rig *rig = &watch->rig;
	uint8_t partition[PARTITION];
	size_t length;
	char text[64];
	if (round == 2)
		disturb(watch);
	begin(watch);
	(void)dfu_rig_read(rig, partition, &length);
	begin(watch);
	(void)dfu_complaint(&rig->dfu, text, sizeof text, &rig->err);
	begin(watch);
	(void)dfu_rig_stage(rig, OURS + round);
	begin(watch);
	watch->may_burn = true;
	(void)dfu_rig_burn(rig);
	watch->may_burn = false;
	begin(watch);
	(void)dfu_rig_unstage(rig);
}

static void test_laws(void **state)
{
	const struct service *service = *state;
	unsigned seen[ABORT + 1] = {0}, pulses = 0;
	for (unsigned seed = 1; seed <= SEEDS; seed++) {
		struct watch watch;
		memset(&watch, 0, sizeof watch);
		set_up(&watch, service, seed);
		if (dfu_attach(&watch.rig.dfu, watch.rig.link, &watch.rig.err) == OK)
			for (unsigned round = 0; round < 4; round++)
				use(&watch, round);
		for (unsigned i = 0; i <= ABORT; i++)
			seen[i] += watch.seen[i];
		pulses += dfu_rig_pulses(&watch.rig);
		assert_int_equal(sim_usb_stray_count(watch.rig.usb), 0);
		dfu_rig_free(&watch.rig);
	}
	/* Else nothing was watched. */
	for (unsigned i = DNLOAD; i <= ABORT; i++)
		assert_true(seen[i] > 20);
	assert_true(pulses > SEEDS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_prestate(test_laws, (void *)(uintptr_t)&uboot),
		cmocka_unit_test_prestate(test_laws, (void *)(uintptr_t)&prgfw),
	};
	return cmocka_run_group_tests_name("dfu_laws", tests, NULL, NULL);
}
