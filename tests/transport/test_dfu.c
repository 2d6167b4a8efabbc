#include "transport/dfu.h"

#include "transport/fault.h"
#include "transport/sim_board.h"
#include "transport/sim_usb.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#define PARTITION 776u
#define ALT_PHASE 1u
#define ALT_OTP   2u
#define OURS      60u /* the word our requests burn */
#define THEIRS    61u /* the word of a request that somebody else left behind */
#define VALUE     0x5Au

enum { DNLOAD = 1, UPLOAD, GETSTATUS, CLRSTATUS, GETSTATE, ABORT };

struct rig {
	struct sim_board *board;
	struct sim_usb *usb;
	struct usb_link *link; /* with faults */
	struct dfu dfu;
	struct errbuf err;
	char log[1024];        /* exchanges, as "state select2 status upload0:4096" */
	unsigned empty_blocks; /* DNLOADs without data */
	unsigned triggers;     /* GETSTATUS right after one */
	bool after_empty;
};

static void look(const struct fault_exchange *exchange, void *payload)
{
	static const char *const names[] = {
		"detach", "down", "up", "status", "clear", "state", "abort"};
	struct rig *rig = payload;
	size_t used = strlen(rig->log);
	char *at = rig->log + used;
	size_t room = sizeof rig->log - used;
	bool is_empty =
		!exchange->is_select && exchange->request == DNLOAD && exchange->length == 0;
	const char *gap = used > 0 ? " " : "";
	if (exchange->is_select)
		snprintf(at, room, "%sselect%u", gap, exchange->value);
	else if (exchange->request == DNLOAD || exchange->request == UPLOAD)
		snprintf(at, room, "%s%s%u:%u", gap, names[exchange->request], exchange->value,
			exchange->length);
	else
		snprintf(at, room, "%s%s", gap, names[exchange->request]);
	rig->triggers += rig->after_empty && !exchange->is_select && exchange->request == GETSTATUS;
	rig->empty_blocks += is_empty;
	rig->after_empty = is_empty;
}

static void set_up_with(struct rig *rig, unsigned seed)
{
	struct usb_link *inner;
	struct fault_options options = {
		.look = look, .payload = rig, .seed = seed, .last_kind = FAULT_KINDS - 1};
	memset(rig, 0, sizeof *rig);
	assert_int_equal(sim_board_blank(&rig->board, &rig->err), OK);
	assert_int_equal(sim_usb_create(&rig->usb, rig->board, &rig->err), OK);
	assert_int_equal(sim_usb_open(&inner, rig->usb, &rig->err), OK);
	assert_int_equal(fault_open(&rig->link, inner, &options, &rig->err), OK);
}

static void forget_log(struct rig *rig)
{
	rig->log[0] = '\0';
	errbuf_clear(&rig->err);
}

static void assert_ok(struct rig *rig, enum status status)
{
	if (status != OK)
		fail_msg("failed with '%s': %s (after: %s)", status_name(status), rig->err.text,
			rig->log);
}

static void set_up(struct rig *rig)
{
	set_up_with(rig, 0);
	assert_ok(rig, dfu_attach(&rig->dfu, rig->link, &rig->err));
	assert_string_equal(rig->log, "state");
	forget_log(rig);
}

static void tear_down(struct rig *rig)
{
	rig->link->ops->close(rig->link);
	sim_usb_free(rig->usb);
	sim_board_free(rig->board);
}

/* The program ended, and another one opens the same board. */
static enum status open_again(struct rig *rig)
{
	struct usb_link *inner;
	struct fault_options options = {.look = look, .payload = rig};
	rig->link->ops->close(rig->link);
	forget_log(rig);
	assert_int_equal(sim_usb_open(&inner, rig->usb, &rig->err), OK);
	assert_int_equal(fault_open(&rig->link, inner, &options, &rig->err), OK);
	return dfu_attach(&rig->dfu, rig->link, &rig->err);
}

static void fill_request(uint8_t request[PARTITION], unsigned word)
{
	memset(request, 0, PARTITION);
	request[0] = 2;
	request[8 + 8 * (size_t)word] = VALUE;
	request[15 + 8 * (size_t)word] = 0x80;
}

static enum status stage(struct rig *rig, unsigned word)
{
	uint8_t request[PARTITION];
	errbuf_clear(&rig->err);
	fill_request(request, word);
	return dfu_stage(&rig->dfu, request, PARTITION, &rig->err);
}

static enum status burn(struct rig *rig)
{
	errbuf_clear(&rig->err);
	return dfu_burn(&rig->dfu, &rig->err);
}

static enum status unstage(struct rig *rig)
{
	errbuf_clear(&rig->err);
	return dfu_unstage(&rig->dfu, &rig->err);
}

static enum status read_partition(struct rig *rig, uint8_t out[PARTITION], size_t *length)
{
	errbuf_clear(&rig->err);
	return dfu_read(&rig->dfu, out, PARTITION, length, &rig->err);
}

/* A read that works, and shows these fuses in our word and the other. */
static void assert_reads(struct rig *rig, unsigned ours, unsigned theirs)
{
	uint8_t partition[PARTITION];
	size_t length = 0;
	assert_ok(rig, read_partition(rig, partition, &length));
	assert_int_equal(length, PARTITION);
	assert_int_equal(partition[0], 2);
	assert_int_equal(partition[8 + 8 * OURS], ours);
	assert_int_equal(partition[8 + 8 * THEIRS], theirs);
}

static unsigned all_pulses(const struct rig *rig)
{
	unsigned sum = 0;
	for (unsigned word = 0; word < SIM_BOARD_WORDS; word++)
		sum += sim_board_pulses(rig->board, word);
	return sum;
}

/* --- raw requests, as other programs send them */

static enum usb_outcome raw(
	struct rig *rig, uint8_t request, uint16_t value, uint8_t *data, uint16_t length)
{
	bool in = request == UPLOAD || request == GETSTATUS || request == GETSTATE;
	uint16_t actual;
	enum usb_outcome outcome = USB_STALLED;
	errbuf_clear(&rig->err);
	assert_ok(rig, rig->link->ops->control(rig->link, in ? 0xA1 : 0x21, request, value, data,
			       length, 1000, &actual, &outcome, &rig->err));
	return outcome;
}

static void raw_select(struct rig *rig, unsigned number)
{
	enum usb_outcome outcome;
	assert_ok(rig, rig->link->ops->set_alternate(rig->link, number, &outcome, &rig->err));
	assert_int_equal(outcome, USB_DONE);
}

static uint8_t raw_state(struct rig *rig)
{
	uint8_t state = 0xFF;
	assert_int_equal(raw(rig, GETSTATE, 0, &state, 1), USB_DONE);
	return state;
}

static void raw_status(struct rig *rig)
{
	uint8_t answer[6];
	assert_int_equal(raw(rig, GETSTATUS, 0, answer, 6), USB_DONE);
}

/* Sends a request for the other word, in one block. */
static void raw_stage(struct rig *rig)
{
	uint8_t request[PARTITION];
	fill_request(request, THEIRS);
	raw_select(rig, ALT_OTP);
	assert_int_equal(raw(rig, DNLOAD, 0, request, PARTITION), USB_DONE);
}

/* --- the plain ways; orders written down from the protocol's description */

static void test_attach_asks_for_the_state_only(void **state)
{
	struct rig rig;
	(void)state;
	set_up(&rig);
	assert_int_equal(rig.dfu.otp_alternate, ALT_OTP);
	assert_int_equal(rig.dfu.otp.size, PARTITION);
	assert_int_equal(rig.dfu.phase_alternate, ALT_PHASE);
	assert_int_equal(rig.dfu.peer->peer, PEER_UBOOT);
	assert_int_equal(fault_count(rig.link), 1);
	tear_down(&rig);
}

static void test_read(void **state)
{
	struct rig rig;
	uint8_t expected[PARTITION], partition[PARTITION];
	size_t length;
	(void)state;
	set_up(&rig);
	assert_true(sim_board_otp_read(rig.board, expected));
	assert_ok(&rig, read_partition(&rig, partition, &length));
	assert_int_equal(length, PARTITION);
	assert_memory_equal(partition, expected, PARTITION);
	assert_string_equal(rig.log, "state select2 status up0:4096 status");
	tear_down(&rig);
}

static void test_stage_and_burn(void **state)
{
	struct rig rig;
	(void)state;
	set_up(&rig);
	assert_ok(&rig, stage(&rig, OURS));
	assert_string_equal(rig.log, "state select2 status down65535:1 status clear status "
				     "down0:776 status");
	assert_int_equal(all_pulses(&rig), 0);
	forget_log(&rig);
	unsigned long before = sim_usb_clock_ms(rig.usb);
	assert_ok(&rig, burn(&rig));
	assert_string_equal(rig.log, "down1:0 status status");
	assert_true(sim_usb_clock_ms(rig.usb) - before >= 1000);
	assert_int_equal(all_pulses(&rig), 1);
	assert_int_equal(sim_board_fuses(rig.board, OURS), VALUE);
	/* Once is once. */
	forget_log(&rig);
	assert_int_equal(burn(&rig), ERR_REFUSED);
	assert_string_equal(rig.log, "");
	assert_reads(&rig, VALUE, 0);
	assert_int_equal(all_pulses(&rig), 1);
	assert_int_equal(sim_usb_stray_count(rig.usb), 0);
	tear_down(&rig);
}

static void test_unstage(void **state)
{
	struct rig rig;
	(void)state;
	set_up(&rig);
	assert_ok(&rig, stage(&rig, OURS));
	forget_log(&rig);
	assert_ok(&rig, unstage(&rig));
	assert_string_equal(
		rig.log, "state select2 status down65535:1 status clear status up0:4096 status");
	assert_int_equal(burn(&rig), ERR_REFUSED);
	/* Going on with the next block number, as another program might, finds nothing. */
	uint8_t rest[8] = {0};
	raw_select(&rig, ALT_OTP);
	assert_int_equal(raw(&rig, DNLOAD, 1, rest, sizeof rest), USB_DONE);
	raw_status(&rig);
	assert_int_equal(raw_state(&rig), 10);
	assert_int_equal(all_pulses(&rig), 0);
	tear_down(&rig);
}

static void test_nothing_staged_nothing_burnt(void **state)
{
	struct rig rig;
	uint8_t partition[PARTITION];
	char text[32];
	size_t length;
	(void)state;
	set_up(&rig);
	assert_int_equal(burn(&rig), ERR_REFUSED);
	assert_ok(&rig, stage(&rig, OURS));
	assert_ok(&rig, read_partition(&rig, partition, &length));
	assert_int_equal(burn(&rig), ERR_REFUSED);
	assert_ok(&rig, stage(&rig, OURS));
	assert_ok(&rig, dfu_complaint(&rig.dfu, text, sizeof text, &rig.err));
	assert_int_equal(burn(&rig), ERR_REFUSED);
	assert_int_equal(rig.empty_blocks, 0);
	assert_int_equal(all_pulses(&rig), 0);
	tear_down(&rig);
}

static void test_requests_of_another_length(void **state)
{
	static const size_t lengths[] = {0, 1, 88, 775, 777, 1024};
	struct rig rig;
	uint8_t request[1024];
	(void)state;
	set_up(&rig);
	memset(request, 0, sizeof request);
	fill_request(request, OURS);
	for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
		errbuf_clear(&rig.err);
		assert_int_equal(dfu_stage(&rig.dfu, request, lengths[i], &rig.err), ERR_REFUSED);
		assert_int_equal(burn(&rig), ERR_REFUSED);
	}
	assert_string_equal(rig.log, "");
	tear_down(&rig);
}

static void test_complaint(void **state)
{
	struct rig rig;
	char text[64] = "old";
	(void)state;
	set_up(&rig);
	assert_ok(&rig, dfu_complaint(&rig.dfu, text, sizeof text, &rig.err));
	assert_string_equal(rig.log, "state select1 status up0:4096 status");
	assert_string_equal(text, "");
	sim_board_set_word_fault(rig.board, OURS, SIM_WORD_FAILS);
	assert_ok(&rig, stage(&rig, OURS));
	/* The board says OK to a burn that failed. */
	assert_ok(&rig, burn(&rig));
	assert_ok(&rig, dfu_complaint(&rig.dfu, text, sizeof text, &rig.err));
	assert_string_equal(text, "OTP write issue -5");
	char tiny[4];
	assert_ok(&rig, dfu_complaint(&rig.dfu, tiny, sizeof tiny, &rig.err));
	assert_string_equal(tiny, "OTP");
	tear_down(&rig);
}

static void test_too_small_for_what_comes(void **state)
{
	struct rig rig;
	uint8_t small[PARTITION - 1];
	size_t length;
	(void)state;
	set_up(&rig);
	assert_int_equal(dfu_read(&rig.dfu, small, sizeof small, &length, &rig.err), ERR_LINK);
	assert_reads(&rig, 0, 0);
	tear_down(&rig);
}

/* --- reads that fail */

static unsigned count_of(const char *log, const char *word)
{
	unsigned count = 0;
	for (const char *at = log; (at = strstr(at, word)); at += strlen(word))
		count++;
	return count;
}

static void test_failed_read_and_wedge(void **state)
{
	struct rig rig;
	uint8_t partition[PARTITION];
	size_t length;
	(void)state;
	set_up(&rig);
	sim_board_set_faults(rig.board, (struct sim_faults){.read_fails = true});
	assert_int_equal(read_partition(&rig, partition, &length), ERR_LINK);
	assert_non_null(strstr(rig.err.text, "OTP read issue -5"));
	/* Two tries, one clean-up, then the question why. */
	assert_int_equal(count_of(rig.log, "select2"), 2);
	assert_int_equal(count_of(rig.log, "down65535:1"), 1);
	assert_int_equal(count_of(rig.log, "up0:4096"), 3);
	assert_int_equal(count_of(rig.log, "down"), 1);
	/* The board recovers; the wedge is cleaned away without a reset. */
	sim_board_set_faults(rig.board, (struct sim_faults){0});
	assert_reads(&rig, 0, 0);
	assert_int_equal(all_pulses(&rig), 0);
	tear_down(&rig);
}

/* --- what other programs left */

enum leftover {
	LEFT_IN_DNLOAD_IDLE,
	LEFT_AFTER_ABORT,
	LEFT_AFTER_SELECT,
	LEFT_AFTER_BUS_RESET,
	LEFT_AFTER_ERROR,
	LEFT_HALF_A_BLOCK,
	LEFTOVERS
};

static void leave_behind(struct rig *rig, enum leftover what)
{
	uint8_t byte = 0;
	if (what == LEFT_HALF_A_BLOCK) {
		uint8_t request[PARTITION];
		uint16_t actual;
		enum usb_outcome outcome;
		fill_request(request, THEIRS);
		raw_select(rig, ALT_OTP);
		sim_usb_break_off_next(rig->usb);
		assert_int_equal(rig->link->ops->control(rig->link, 0x21, DNLOAD, 0, request,
					 PARTITION, 1000, &actual, &outcome, &rig->err),
			ERR_TIMEOUT);
		raw_status(rig);
		return;
	}
	raw_stage(rig);
	raw_status(rig);
	switch (what) {
	case LEFT_AFTER_ABORT: assert_int_equal(raw(rig, ABORT, 0, NULL, 0), USB_DONE); break;
	case LEFT_AFTER_SELECT: raw_select(rig, ALT_OTP); break;
	case LEFT_AFTER_BUS_RESET: sim_usb_bus_reset(rig->usb); break;
	case LEFT_AFTER_ERROR:
		assert_int_equal(raw(rig, CLRSTATUS, 0, &byte, 0), USB_STALLED);
		assert_int_equal(raw_state(rig), 10);
		break;
	default: break;
	}
}

static void test_leftovers_are_never_burnt(void **state)
{
	(void)state;
	for (unsigned what = 0; what < LEFTOVERS; what++) {
		struct rig rig;
		set_up(&rig);
		leave_behind(&rig, (enum leftover)what);
		assert_ok(&rig, open_again(&rig));
		assert_string_equal(rig.log, "state");
		assert_reads(&rig, 0, 0);
		tear_down(&rig);

		set_up(&rig);
		leave_behind(&rig, (enum leftover)what);
		assert_ok(&rig, open_again(&rig));
		assert_ok(&rig, unstage(&rig));
		assert_reads(&rig, 0, 0);
		tear_down(&rig);

		set_up(&rig);
		leave_behind(&rig, (enum leftover)what);
		assert_ok(&rig, open_again(&rig));
		assert_ok(&rig, stage(&rig, OURS));
		assert_ok(&rig, unstage(&rig));
		assert_ok(&rig, stage(&rig, OURS));
		assert_ok(&rig, burn(&rig));
		assert_reads(&rig, VALUE, 0);
		assert_int_equal(sim_board_pulses(rig.board, OURS), 1);
		assert_int_equal(all_pulses(&rig), 1);
		tear_down(&rig);
	}
}

static void assert_attach_refuses(struct rig *rig, uint8_t state)
{
	assert_int_equal(open_again(rig), ERR_LINK);
	assert_non_null(strstr(rig->err.text, "power-cycle"));
	/* Nothing but GETSTATE was sent, and nothing moved. */
	assert_string_equal(rig->log, "state");
	assert_int_equal(raw_state(rig), state);
}

static void test_armed_by_somebody_else(void **state)
{
	struct rig rig;
	(void)state;
	set_up(&rig);
	raw_stage(&rig);
	assert_attach_refuses(&rig, 3);
	raw_status(&rig);
	assert_int_equal(raw(&rig, DNLOAD, 1, NULL, 0), USB_DONE);
	assert_attach_refuses(&rig, 6);
	assert_int_equal(all_pulses(&rig), 0);
	/* Powered up anew, it is a board like any other. */
	sim_usb_board_reset(rig.usb);
	assert_ok(&rig, open_again(&rig));
	assert_reads(&rig, 0, 0);
	assert_int_equal(all_pulses(&rig), 0);
	tear_down(&rig);
}

static void test_burning_for_somebody_else(void **state)
{
	struct rig rig;
	(void)state;
	set_up(&rig);
	raw_stage(&rig);
	raw_status(&rig);
	assert_int_equal(raw(&rig, DNLOAD, 1, NULL, 0), USB_DONE);
	raw_status(&rig);
	assert_attach_refuses(&rig, 7);
	tear_down(&rig);
}

/* Somebody arms the board while we hold it: our session is not the one that did it. */
static void test_armed_behind_our_back(void **state)
{
	struct rig rig;
	uint8_t partition[PARTITION];
	size_t length;
	(void)state;
	set_up(&rig);
	raw_stage(&rig);
	raw_status(&rig);
	assert_int_equal(raw(&rig, DNLOAD, 1, NULL, 0), USB_DONE);
	forget_log(&rig);
	assert_int_equal(read_partition(&rig, partition, &length), ERR_LINK);
	assert_int_equal(stage(&rig, OURS), ERR_LINK);
	assert_int_equal(unstage(&rig), ERR_LINK);
	assert_string_equal(rig.log, "state state state");
	assert_int_equal(all_pulses(&rig), 0);
	tear_down(&rig);
}

/* --- a fault at every exchange */

static bool is_gone(enum fault_kind kind)
{
	return kind == FAULT_GONE || kind == FAULT_GONE_AFTER;
}

static void test_faults_at_attach(void **state)
{
	(void)state;
	for (unsigned kind = 0; kind < FAULT_KINDS; kind++) {
		struct rig rig;
		set_up_with(&rig, 0);
		fault_plan(rig.link, 1, (enum fault_kind)kind);
		enum status status = dfu_attach(&rig.dfu, rig.link, &rig.err);
		assert_int_equal(fault_hits(rig.link), 1);
		assert_int_not_equal(status, OK);
		assert_int_not_equal(status, ERR_UNCERTAIN);
		assert_true(rig.err.text[0] != '\0');
		tear_down(&rig);
	}
}

static void fault_in_read(enum fault_kind kind, unsigned at)
{
	struct rig rig;
	uint8_t expected[PARTITION], partition[PARTITION];
	size_t length = 0;
	set_up(&rig);
	assert_true(sim_board_otp_read(rig.board, expected));
	fault_plan(rig.link, at, kind);
	enum status status = read_partition(&rig, partition, &length);
	assert_int_not_equal(status, ERR_UNCERTAIN);
	if (fault_hits(rig.link) == 0)
		assert_int_equal(status, OK);
	/* Bytes changed on the wire cannot be told here: that is why boards are read twice. */
	bool is_changed = kind == FAULT_GARBAGE && at == 4;
	if (status == OK && !is_changed)
		assert_memory_equal(partition, expected, PARTITION);
	if (status == OK)
		assert_int_equal(length, PARTITION);
	else
		assert_true(rig.err.text[0] != '\0');
	if (!is_gone(kind))
		assert_reads(&rig, 0, 0);
	assert_ok(&rig, open_again(&rig));
	assert_reads(&rig, 0, 0);
	assert_int_equal(rig.empty_blocks, 0);
	assert_int_equal(all_pulses(&rig), 0);
	tear_down(&rig);
}

static void test_faults_in_read(void **state)
{
	(void)state;
	for (unsigned kind = 0; kind < FAULT_KINDS; kind++)
		for (unsigned at = 1; at <= 5; at++)
			fault_in_read((enum fault_kind)kind, at);
}

static void fault_in_stage(enum fault_kind kind, unsigned at)
{
	struct rig rig;
	set_up(&rig);
	fault_plan(rig.link, at, kind);
	enum status status = stage(&rig, OURS);
	assert_int_not_equal(status, ERR_UNCERTAIN);
	if (fault_hits(rig.link) == 0)
		assert_int_equal(status, OK);
	if (status != OK) {
		assert_true(rig.err.text[0] != '\0');
		assert_int_equal(burn(&rig), ERR_REFUSED);
	}
	if (!is_gone(kind)) {
		assert_ok(&rig, unstage(&rig));
		assert_int_equal(burn(&rig), ERR_REFUSED);
		assert_reads(&rig, 0, 0);
		/* All over again, for good. */
		assert_int_equal(rig.empty_blocks, 0);
		assert_ok(&rig, stage(&rig, OURS));
		assert_ok(&rig, burn(&rig));
		assert_reads(&rig, VALUE, 0);
		assert_int_equal(all_pulses(&rig), 1);
	} else {
		assert_int_equal(rig.empty_blocks, 0);
		assert_int_equal(all_pulses(&rig), 0);
	}
	tear_down(&rig);
}

static void test_faults_in_stage(void **state)
{
	(void)state;
	for (unsigned kind = 0; kind < FAULT_KINDS; kind++)
		for (unsigned at = 1; at <= 9; at++)
			fault_in_stage((enum fault_kind)kind, at);
}

static void test_faults_in_unstage(void **state)
{
	(void)state;
	for (unsigned kind = 0; kind < FAULT_KINDS; kind++)
		for (unsigned at = 1; at <= 9; at++) {
			struct rig rig;
			set_up(&rig);
			assert_ok(&rig, stage(&rig, OURS));
			fault_plan(rig.link, at, (enum fault_kind)kind);
			assert_int_not_equal(unstage(&rig), ERR_UNCERTAIN);
			assert_int_equal(burn(&rig), ERR_REFUSED);
			if (!is_gone((enum fault_kind)kind)) {
				assert_ok(&rig, unstage(&rig));
				assert_reads(&rig, 0, 0);
			}
			assert_int_equal(rig.empty_blocks, 0);
			assert_int_equal(all_pulses(&rig), 0);
			tear_down(&rig);
		}
}

/* Another program sends an empty block 0 and goes on to the trigger: U-Boot then burns whatever
 * its copy of the partition holds. */
static void provoke(struct rig *rig)
{
	uint8_t request[PARTITION];
	uint16_t actual;
	enum usb_outcome outcome;
	fill_request(request, THEIRS);
	raw_select(rig, ALT_OTP);
	sim_usb_break_off_next(rig->usb);
	assert_int_equal(rig->link->ops->control(rig->link, 0x21, DNLOAD, 0, request, PARTITION,
				 1000, &actual, &outcome, &rig->err),
		ERR_TIMEOUT);
	raw_status(rig);
	assert_int_equal(raw(rig, DNLOAD, 1, NULL, 0), USB_DONE);
	raw_status(rig);
}

/* The empty block itself fails: certain, and it can be taken back. */
static void test_faults_before_the_trigger(void **state)
{
	(void)state;
	for (unsigned kind = 0; kind < FAULT_KINDS; kind++) {
		struct rig rig;
		set_up(&rig);
		assert_ok(&rig, stage(&rig, OURS));
		fault_plan(rig.link, 1, (enum fault_kind)kind);
		enum status status = burn(&rig);
		if (kind == FAULT_SHORT || kind == FAULT_GARBAGE) {
			/* Without data there is nothing to lose or to change. */
			assert_int_equal(fault_hits(rig.link), 0);
			assert_int_equal(status, OK);
			tear_down(&rig);
			continue;
		}
		assert_int_equal(fault_hits(rig.link), 1);
		assert_int_not_equal(status, OK);
		assert_int_not_equal(status, ERR_UNCERTAIN);
		assert_non_null(strstr(rig.err.text, "not triggered"));
		assert_int_equal(rig.empty_blocks, 1);
		assert_int_equal(rig.triggers, 0);
		assert_int_equal(burn(&rig), ERR_REFUSED);
		assert_int_equal(rig.empty_blocks, 1);
		if (!is_gone((enum fault_kind)kind)) {
			assert_ok(&rig, unstage(&rig));
			assert_int_equal(raw_state(&rig), 2);
			provoke(&rig);
			assert_int_equal(all_pulses(&rig), 0);
		}
		assert_int_equal(all_pulses(&rig), 0);
		tear_down(&rig);
	}
}

/* From the trigger on: uncertain, sent once, and the re-read tells. */
static void fault_after_trigger(enum fault_kind kind, unsigned at)
{
	struct rig rig;
	bool is_unseen =
		at == 2 && (kind == FAULT_LOST || kind == FAULT_STALL || kind == FAULT_GONE);
	unsigned burnt = is_unseen ? 0 : 1;
	set_up(&rig);
	assert_ok(&rig, stage(&rig, OURS));
	fault_plan(rig.link, at, kind);
	assert_int_equal(burn(&rig), ERR_UNCERTAIN);
	assert_int_equal(fault_hits(rig.link), 1);
	assert_non_null(strstr(rig.err.text, "may have been triggered"));
	assert_int_equal(sim_board_pulses(rig.board, OURS), burnt);
	assert_int_equal(burn(&rig), ERR_REFUSED);
	if (!is_gone(kind)) {
		assert_reads(&rig, burnt ? VALUE : 0, 0);
		assert_reads(&rig, burnt ? VALUE : 0, 0);
	}
	/* Looking did not burn what the trigger had missed. */
	assert_int_equal(all_pulses(&rig), burnt);
	assert_int_equal(rig.empty_blocks, 1);
	assert_int_equal(rig.triggers, 1);
	if (!is_gone(kind)) {
		provoke(&rig);
		assert_int_equal(all_pulses(&rig), burnt);
	}
	tear_down(&rig);
}

static void test_faults_from_the_trigger_on(void **state)
{
	(void)state;
	for (unsigned kind = 0; kind < FAULT_KINDS; kind++)
		for (unsigned at = 2; at <= 3; at++)
			fault_after_trigger((enum fault_kind)kind, at);
}

/* The host dies between the empty block and the trigger; the next program must not finish it. */
static void test_program_dies_while_armed(void **state)
{
	struct rig rig;
	(void)state;
	set_up(&rig);
	assert_ok(&rig, stage(&rig, OURS));
	fault_plan(rig.link, 2, FAULT_GONE);
	assert_int_equal(burn(&rig), ERR_UNCERTAIN);
	assert_attach_refuses(&rig, 6);
	assert_int_equal(all_pulses(&rig), 0);
	tear_down(&rig);
}

static void test_board_dies_while_burning(void **state)
{
	struct rig rig;
	(void)state;
	set_up(&rig);
	sim_board_set_word_fault(rig.board, OURS, SIM_WORD_CUTS_POWER);
	assert_ok(&rig, stage(&rig, OURS));
	assert_int_equal(burn(&rig), ERR_UNCERTAIN);
	assert_int_equal(rig.triggers, 1);
	assert_int_equal(all_pulses(&rig), 0);
	tear_down(&rig);
}

static void test_board_is_reset_before_the_burn(void **state)
{
	struct rig rig;
	(void)state;
	set_up(&rig);
	assert_ok(&rig, stage(&rig, OURS));
	sim_usb_board_reset(rig.usb);
	assert_int_equal(burn(&rig), ERR_GONE);
	assert_int_equal(unstage(&rig), ERR_GONE);
	assert_ok(&rig, open_again(&rig));
	assert_reads(&rig, 0, 0);
	assert_int_equal(all_pulses(&rig), 0);
	tear_down(&rig);
}

/* The bus was reset: what was staged stays in the board, but an empty block is refused. */
static void test_bus_is_reset_before_the_burn(void **state)
{
	struct rig rig;
	(void)state;
	set_up(&rig);
	assert_ok(&rig, stage(&rig, OURS));
	sim_usb_bus_reset(rig.usb);
	enum status status = burn(&rig);
	assert_int_not_equal(status, OK);
	assert_int_not_equal(status, ERR_UNCERTAIN);
	assert_int_equal(rig.triggers, 0);
	assert_ok(&rig, unstage(&rig));
	assert_reads(&rig, 0, 0);
	assert_int_equal(all_pulses(&rig), 0);
	tear_down(&rig);
}

/* Whatever happens at random: at most one pulse a trigger, and none where the burn says so. */
static void test_random_faults(void **state)
{
	unsigned burns = 0, uncertain = 0;
	(void)state;
	for (unsigned seed = 1; seed <= 400; seed++) {
		struct rig rig;
		struct usb_link *inner;
		struct fault_options options = {.look = look,
			.seed = seed * 2654435761u | 1u,
			.permille = 60,
			.last_kind = FAULT_GARBAGE};
		set_up_with(&rig, 0);
		rig.link->ops->close(rig.link);
		options.payload = &rig;
		assert_int_equal(sim_usb_open(&inner, rig.usb, &rig.err), OK);
		assert_int_equal(fault_open(&rig.link, inner, &options, &rig.err), OK);
		enum status status = dfu_attach(&rig.dfu, rig.link, &rig.err);
		for (unsigned round = 0; status == OK && round < 4; round++) {
			uint8_t partition[PARTITION];
			size_t length;
			unsigned before = all_pulses(&rig);
			rig.log[0] = '\0';
			assert_int_not_equal(
				read_partition(&rig, partition, &length), ERR_UNCERTAIN);
			enum status staged = stage(&rig, OURS + round);
			assert_int_not_equal(staged, ERR_UNCERTAIN);
			assert_int_equal(all_pulses(&rig), before);
			unsigned sent = rig.triggers;
			enum status burnt = burn(&rig);
			if (burnt == OK)
				assert_int_equal(all_pulses(&rig), before + 1);
			else if (burnt != ERR_UNCERTAIN)
				assert_int_equal(all_pulses(&rig), before);
			burns += burnt == OK;
			uncertain += burnt == ERR_UNCERTAIN;
			assert_true(rig.triggers - sent <= 1);
			unsigned after = all_pulses(&rig);
			assert_true(after - before <= 1);
			unstage(&rig);
			assert_int_equal(all_pulses(&rig), after);
		}
		fault_calm(rig.link);
		if (status == OK) {
			uint8_t partition[PARTITION];
			size_t length;
			unsigned before = all_pulses(&rig);
			assert_ok(&rig, read_partition(&rig, partition, &length));
			assert_int_equal(all_pulses(&rig), before);
		}
		assert_int_equal(sim_usb_stray_count(rig.usb), 0);
		tear_down(&rig);
	}
	/* Else this proves nothing. */
	assert_true(burns > 100);
	assert_true(uncertain > 50);
}

/* --- a board that answers oddly: what describe() and GETSTATUS say is put in its mouth */

struct mouth {
	struct usb_link link;
	struct usb_link *inner;
	struct usb_description description;
	bool speaks;   /* GETSTATUS is answered from here */
	unsigned skip; /* after so many true answers */
	uint8_t answer[6];
	uint8_t state; /* GETSTATE is answered with it; 0xFF: truly */
	unsigned statuses;
	unsigned longest_pause, shortest_pause;
};

static struct mouth *as_mouth(struct usb_link *link)
{
	return (struct mouth *)link;
}

static enum status mouth_describe(
	struct usb_link *link, struct usb_description *out, struct errbuf *err)
{
	(void)err;
	*out = as_mouth(link)->description;
	return OK;
}

static enum status mouth_set_alternate(
	struct usb_link *link, unsigned number, enum usb_outcome *outcome, struct errbuf *err)
{
	struct usb_link *inner = as_mouth(link)->inner;
	return inner->ops->set_alternate(inner, number, outcome, err);
}

static enum status mouth_control(struct usb_link *link, uint8_t type, uint8_t request,
	uint16_t value, uint8_t *data, uint16_t length, unsigned timeout_ms, uint16_t *actual,
	enum usb_outcome *outcome, struct errbuf *err)
{
	struct mouth *mouth = as_mouth(link);
	enum status status = mouth->inner->ops->control(
		mouth->inner, type, request, value, data, length, timeout_ms, actual, outcome, err);
	if (request == GETSTATE && mouth->state != 0xFF)
		data[0] = mouth->state;
	if (request != GETSTATUS || !mouth->speaks)
		return status;
	if (mouth->skip > 0) {
		mouth->skip--;
		return status;
	}
	mouth->statuses++;
	memcpy(data, mouth->answer, 6);
	return status;
}

static void mouth_pause(struct usb_link *link, unsigned milliseconds)
{
	struct mouth *mouth = as_mouth(link);
	if (milliseconds > mouth->longest_pause)
		mouth->longest_pause = milliseconds;
	if (milliseconds < mouth->shortest_pause)
		mouth->shortest_pause = milliseconds;
}

static const struct usb_ops mouth_ops = {
	.describe = mouth_describe,
	.set_alternate = mouth_set_alternate,
	.control = mouth_control,
	.pause = mouth_pause,
};

static void set_up_mouth(struct mouth *mouth, struct rig *rig)
{
	set_up_with(rig, 0);
	memset(mouth, 0, sizeof *mouth);
	mouth->link.ops = &mouth_ops;
	mouth->inner = rig->link;
	mouth->state = 0xFF;
	mouth->shortest_pause = 1000000;
	assert_ok(rig, rig->link->ops->describe(rig->link, &mouth->description, &rig->err));
}

static void attach_mouth(struct mouth *mouth, struct rig *rig)
{
	assert_ok(rig, dfu_attach(&rig->dfu, &mouth->link, &rig->err));
}

static void speak(struct mouth *mouth, unsigned skip, uint8_t status, uint8_t state, uint32_t poll)
{
	const uint8_t answer[6] = {
		status, (uint8_t)poll, (uint8_t)(poll >> 8), (uint8_t)(poll >> 16), state, 0};
	memcpy(mouth->answer, answer, 6);
	mouth->speaks = true;
	mouth->skip = skip;
	mouth->statuses = 0;
}

static void test_waiting_has_bounds(void **state)
{
	struct rig rig;
	struct mouth mouth;
	(void)state;
	set_up_mouth(&mouth, &rig);
	attach_mouth(&mouth, &rig);
	/* Busy for ever while taking the request: 3 true answers come before. */
	speak(&mouth, 3, 0, 4, 0);
	assert_int_equal(stage(&rig, OURS), ERR_TIMEOUT);
	assert_true(mouth.statuses > 1);
	assert_true(mouth.statuses <= 100);
	assert_true(mouth.shortest_pause >= 5);
	mouth.speaks = false;
	assert_ok(&rig, unstage(&rig));
	/* Burning for ever, and asking for four hours between two questions. */
	assert_ok(&rig, stage(&rig, OURS));
	speak(&mouth, 0, 0, 7, 0xFFFFFF);
	assert_int_equal(burn(&rig), ERR_UNCERTAIN);
	assert_true(mouth.statuses <= 100);
	assert_true(mouth.longest_pause <= 60000);
	assert_int_equal(sim_board_pulses(rig.board, OURS), 1);
	tear_down(&rig);
}

/* After the trigger a board that is not in dfuMANIFEST is not asked again. */
static void test_odd_answers_to_the_trigger(void **state)
{
	static const uint8_t states[] = {0, 1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 0xFF};
	(void)state;
	for (size_t i = 0; i < sizeof states; i++) {
		struct rig rig;
		struct mouth mouth;
		set_up_mouth(&mouth, &rig);
		attach_mouth(&mouth, &rig);
		assert_ok(&rig, stage(&rig, OURS));
		speak(&mouth, 0, 0, states[i], 0);
		assert_int_equal(burn(&rig), ERR_UNCERTAIN);
		assert_int_equal(mouth.statuses, 1);
		tear_down(&rig);

		/* The same one answer later, where dfuIDLE is the good end. */
		set_up_mouth(&mouth, &rig);
		attach_mouth(&mouth, &rig);
		assert_ok(&rig, stage(&rig, OURS));
		speak(&mouth, 1, 0, states[i], 0);
		assert_int_equal(burn(&rig), states[i] == 2 ? OK : ERR_UNCERTAIN);
		assert_int_equal(mouth.statuses, 1);
		tear_down(&rig);
	}
}

static void test_odd_states_at_attach(void **state)
{
	(void)state;
	for (unsigned answer = 0; answer < 256; answer++) {
		struct rig rig;
		struct mouth mouth;
		bool is_good = answer == 2 || answer == 5 || answer == 9 || answer == 10;
		if (answer == 0xFF)
			continue; /* the mouth's word for "truly" */
		set_up_mouth(&mouth, &rig);
		mouth.state = (uint8_t)answer;
		assert_int_equal(
			dfu_attach(&rig.dfu, &mouth.link, &rig.err), is_good ? OK : ERR_LINK);
		assert_string_equal(rig.log, "state");
		tear_down(&rig);
	}
}

/* --- descriptors */

static void name_alternate(struct mouth *mouth, size_t index, const char *name)
{
	snprintf(mouth->description.alternates[index].name,
		sizeof mouth->description.alternates[index].name, "%s", name);
}

static void test_otp_is_found_by_its_name(void **state)
{
	struct rig rig;
	struct mouth mouth;
	(void)state;
	/* Elsewhere in the list, under a number of its own. */
	set_up_mouth(&mouth, &rig);
	name_alternate(&mouth, 0, "@OTP /0xF2/1*776Be");
	name_alternate(&mouth, 2, "@FlashLayout/0x00/1*256Ke");
	mouth.description.alternates[0].number = 2;
	mouth.description.alternates[2].number = 0;
	attach_mouth(&mouth, &rig);
	assert_int_equal(rig.dfu.otp_alternate, 2);
	assert_reads(&rig, 0, 0);
	tear_down(&rig);

	/* Names that are not it: nothing is selected, nothing sent. */
	static const char *const others[] = {"OTP", "@OTP/0xf1/1*776Be", "@PMIC/0xf2/1*776Be",
		"@OTP", "OTP/0xf2/1*776Be", "@OTP/0xf2/1*776B", ""};
	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
		uint8_t partition[PARTITION];
		size_t length;
		set_up_mouth(&mouth, &rig);
		name_alternate(&mouth, 2, others[i]);
		name_alternate(&mouth, 1, "@virtual/0xf3/1*512Be");
		attach_mouth(&mouth, &rig);
		assert_int_equal(rig.dfu.otp_alternate, -1);
		forget_log(&rig);
		assert_int_equal(read_partition(&rig, partition, &length), ERR_UNSUPPORTED);
		assert_int_equal(stage(&rig, OURS), ERR_UNSUPPORTED);
		assert_int_equal(unstage(&rig), ERR_UNSUPPORTED);
		assert_int_equal(burn(&rig), ERR_REFUSED);
		assert_string_equal(rig.log, "");
		tear_down(&rig);
	}
	set_up_mouth(&mouth, &rig);
	name_alternate(&mouth, 0, "@OTP/0xf2/1*776Be");
	assert_int_equal(dfu_attach(&rig.dfu, &mouth.link, &rig.err), ERR_UNSUPPORTED);
	tear_down(&rig);
}

static void test_announced_size_must_be_true(void **state)
{
	struct rig rig;
	struct mouth mouth;
	uint8_t partition[4096];
	size_t length;
	(void)state;
	set_up_mouth(&mouth, &rig);
	name_alternate(&mouth, 2, "@OTP/0xf2/1*2952Be");
	attach_mouth(&mouth, &rig);
	assert_int_equal(
		dfu_read(&rig.dfu, partition, sizeof partition, &length, &rig.err), ERR_LINK);
	assert_non_null(strstr(rig.err.text, "776"));
	tear_down(&rig);
}

static void test_other_dfu_devices(void **state)
{
	struct rig rig;
	struct mouth mouth;
	uint8_t partition[PARTITION];
	size_t length;
	char text[32];
	(void)state;
	/* An STM32 microcontroller speaks DfuSe under the same numbers. */
	set_up_mouth(&mouth, &rig);
	mouth.description.dfu_version = 0x011A;
	assert_int_equal(dfu_attach(&rig.dfu, &mouth.link, &rig.err), ERR_UNSUPPORTED);
	assert_string_equal(rig.log, "");
	tear_down(&rig);
	/* The FFFF block that cleans U-Boot is dangerous on STM32PRGFW-UTIL. */
	set_up_mouth(&mouth, &rig);
	mouth.description.transfer_size = 1024;
	snprintf(mouth.description.product_text, sizeof mouth.description.product_text,
		"USB download gadget@Device ID /0x500, @Revision ID /0x2000");
	attach_mouth(&mouth, &rig);
	assert_int_equal(rig.dfu.peer->peer, PEER_PRGFW);
	forget_log(&rig);
	assert_int_equal(read_partition(&rig, partition, &length), ERR_UNSUPPORTED);
	assert_int_equal(stage(&rig, OURS), ERR_UNSUPPORTED);
	assert_int_equal(unstage(&rig), ERR_UNSUPPORTED);
	assert_int_equal(dfu_complaint(&rig.dfu, text, sizeof text, &rig.err), ERR_UNSUPPORTED);
	assert_string_equal(rig.log, "");
	tear_down(&rig);
}

static void test_names(void **state)
{
	static const struct {
		const char *text, *name;
		unsigned id;
		size_t size;
		bool is_otp;
	} good[] = {
		{"@OTP/0xf2/1*776Be", "OTP", 0xF2, 776, true},
		{"@OTP /0xF2/1*776Be", "OTP", 0xF2, 776, true},
		{"@OTP /0xF2/1*3080Be", "OTP", 0xF2, 3080, true},
		{"@ my otp words / 0xf2/1*2952Be", "my otp words", 0xF2, 2952, true},
		{"@FlashLayout/0x00/1*256Ke", "FlashLayout", 0, 262144, false},
		{"@virtual /0xF1/1*512Be", "virtual", 0xF1, 512, false},
		{"@PMIC /0xF4/1*08Be", "PMIC", 0xF4, 8, false},
		{"@FSBL-APP /0x04/1*64Me", "FSBL-APP", 4, 67108864, false},
		{"@OTP/0x10/1*776Be", "OTP", 0x10, 776, false},
		{"@X/0xf2/2*16 e", "X", 0xF2, 32, false},
	};
	static const char *const bad[] = {"", "@", "OTP", "@OTP", "@OTP/", "@OTP/0xf2",
		"@OTP/0xf2/", "@OTP/f2/1*776Be", "@OTP/0x/1*776Be", "@OTP/0x1f2/1*776Be",
		"@OTP/0xf2/1*776", "@OTP/0xf2/1*776B", "@OTP/0xf2/1*776Bh", "@OTP/0xf2/1*776Be,",
		"@OTP/0xf2/*776Be", "@OTP/0xf2/1*Be", "@OTP/0xf2/-1*776Be", " @OTP/0xf2/1*776Be",
		"@OTP/0xf2/1*99999999999Be", "@OTP/0xf2/99999999*999999Me",
		"@a name that is longer than any that was ever seen/0xf2/1*776Be"};
	struct dfu_name name;
	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
		if (!dfu_name_parse(&name, good[i].text))
			fail_msg("'%s' is not understood", good[i].text);
		assert_string_equal(name.text, good[i].name);
		assert_int_equal(name.id, good[i].id);
		assert_int_equal(name.size, good[i].size);
		assert_int_equal(dfu_name_is_otp(&name), good[i].is_otp);
	}
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		if (dfu_name_parse(&name, bad[i]))
			fail_msg("'%s' is taken for a name", bad[i]);
}

static void test_peers(void **state)
{
	static const struct {
		const char *product;
		uint16_t size;
		enum peer peer;
		uint32_t device_id;
	} rows[] = {
		{"USB download gadget@Device ID /0x500, @Revision ID /0x2001, @Name "
		 "/STM32MP157FAC Rev.Z,",
			4096, PEER_UBOOT, 0x500},
		{"USB download gadget@Device ID /0x500, @Revision ID /0x2000", 1024, PEER_PRGFW,
			0x500},
		{"USB download gadget@Device ID /0x500, @Revision ID /0x2000", 4096, PEER_UNKNOWN,
			0x500},
		{"DFU @Device ID /0x501, @Revision ID /0x1001, @Name /STM32MP135F,", 1024,
			PEER_UNKNOWN, 0x501},
		{"DFU in HS Mode @Device ID /0x500, @Revision ID /0x0000", 1024, PEER_UNKNOWN,
			0x500},
		{"Bluetooth", 4096, PEER_UNKNOWN, 0},
		{"", 0, PEER_UNKNOWN, 0},
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct usb_description description = {.transfer_size = rows[i].size};
		snprintf(description.product_text, sizeof description.product_text, "%s",
			rows[i].product);
		assert_int_equal(peer_usb_recognise(&description)->peer, rows[i].peer);
		assert_int_equal(peer_usb_device_id(&description), rows[i].device_id);
		assert_int_equal(peer_usb_recognise(&description)->cleans_by_bad_block,
			rows[i].peer == PEER_UBOOT);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_attach_asks_for_the_state_only),
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_stage_and_burn),
		cmocka_unit_test(test_unstage),
		cmocka_unit_test(test_nothing_staged_nothing_burnt),
		cmocka_unit_test(test_requests_of_another_length),
		cmocka_unit_test(test_complaint),
		cmocka_unit_test(test_too_small_for_what_comes),
		cmocka_unit_test(test_failed_read_and_wedge),
		cmocka_unit_test(test_leftovers_are_never_burnt),
		cmocka_unit_test(test_armed_by_somebody_else),
		cmocka_unit_test(test_burning_for_somebody_else),
		cmocka_unit_test(test_armed_behind_our_back),
		cmocka_unit_test(test_faults_at_attach),
		cmocka_unit_test(test_faults_in_read),
		cmocka_unit_test(test_faults_in_stage),
		cmocka_unit_test(test_faults_in_unstage),
		cmocka_unit_test(test_faults_before_the_trigger),
		cmocka_unit_test(test_faults_from_the_trigger_on),
		cmocka_unit_test(test_program_dies_while_armed),
		cmocka_unit_test(test_board_dies_while_burning),
		cmocka_unit_test(test_board_is_reset_before_the_burn),
		cmocka_unit_test(test_bus_is_reset_before_the_burn),
		cmocka_unit_test(test_random_faults),
		cmocka_unit_test(test_waiting_has_bounds),
		cmocka_unit_test(test_odd_answers_to_the_trigger),
		cmocka_unit_test(test_odd_states_at_attach),
		cmocka_unit_test(test_otp_is_found_by_its_name),
		cmocka_unit_test(test_announced_size_must_be_true),
		cmocka_unit_test(test_other_dfu_devices),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_peers),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
