#include "transport/dfu.h"

#include "tests/support/dfu_rig.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

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

static void set_up_mouth(struct mouth *mouth, struct dfu_rig *rig)
{
	dfu_rig_make(rig);
	memset(mouth, 0, sizeof *mouth);
	mouth->link.ops = &mouth_ops;
	mouth->inner = rig->link;
	mouth->state = 0xFF;
	mouth->shortest_pause = 1000000;
	dfu_rig_assert_ok(rig, rig->link->ops->describe(rig->link, &mouth->description, &rig->err));
}

static void attach_mouth(struct mouth *mouth, struct dfu_rig *rig)
{
	dfu_rig_assert_ok(rig, dfu_attach(&rig->dfu, &mouth->link, &rig->err));
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
	struct dfu_rig rig;
	struct mouth mouth;
	(void)state;
	set_up_mouth(&mouth, &rig);
	attach_mouth(&mouth, &rig);
	/* Busy for ever while taking the request: 3 true answers come before. */
	speak(&mouth, 3, 0, 4, 0);
	assert_int_equal(dfu_rig_stage(&rig, OURS), ERR_TIMEOUT);
	assert_true(mouth.statuses > 1);
	assert_true(mouth.statuses <= 100);
	assert_true(mouth.shortest_pause >= 5);
	mouth.speaks = false;
	dfu_rig_assert_ok(&rig, dfu_rig_unstage(&rig));
	/* Burning for ever, and asking for four hours between two questions. */
	dfu_rig_assert_ok(&rig, dfu_rig_stage(&rig, OURS));
	speak(&mouth, 0, 0, 7, 0xFFFFFF);
	assert_int_equal(dfu_rig_burn(&rig), ERR_UNCERTAIN);
	assert_true(mouth.statuses <= 100);
	assert_true(mouth.longest_pause <= 60000);
	assert_int_equal(sim_board_pulses(rig.board, OURS), 1);
	dfu_rig_free(&rig);
}

/* After the trigger a board that is not in dfuMANIFEST is not asked again. */
static void test_odd_answers_to_the_trigger(void **state)
{
	static const uint8_t states[] = {0, 1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 0xFF};
	(void)state;
	for (size_t i = 0; i < sizeof states; i++) {
		struct dfu_rig rig;
		struct mouth mouth;
		set_up_mouth(&mouth, &rig);
		attach_mouth(&mouth, &rig);
		dfu_rig_assert_ok(&rig, dfu_rig_stage(&rig, OURS));
		speak(&mouth, 0, 0, states[i], 0);
		assert_int_equal(dfu_rig_burn(&rig), ERR_UNCERTAIN);
		assert_int_equal(mouth.statuses, 1);
		dfu_rig_free(&rig);

		/* The same one answer later, where dfuIDLE is the good end. */
		set_up_mouth(&mouth, &rig);
		attach_mouth(&mouth, &rig);
		dfu_rig_assert_ok(&rig, dfu_rig_stage(&rig, OURS));
		speak(&mouth, 1, 0, states[i], 0);
		assert_int_equal(dfu_rig_burn(&rig), states[i] == 2 ? OK : ERR_UNCERTAIN);
		assert_int_equal(mouth.statuses, 1);
		dfu_rig_free(&rig);
	}
}

static void test_odd_states_at_attach(void **state)
{
	(void)state;
	for (unsigned answer = 0; answer < 256; answer++) {
		struct dfu_rig rig;
		struct mouth mouth;
		bool is_good = answer == 2 || answer == 5 || answer == 9 || answer == 10;
		if (answer == 0xFF)
			continue; /* the mouth's word for "truly" */
		set_up_mouth(&mouth, &rig);
		mouth.state = (uint8_t)answer;
		assert_int_equal(
			dfu_attach(&rig.dfu, &mouth.link, &rig.err), is_good ? OK : ERR_LINK);
		assert_string_equal(rig.log, "state");
		dfu_rig_free(&rig);
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
	struct dfu_rig rig;
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
	dfu_rig_assert_reads(&rig, 0, 0);
	dfu_rig_free(&rig);

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
		dfu_rig_forget(&rig);
		assert_int_equal(dfu_rig_read(&rig, partition, &length), ERR_UNSUPPORTED);
		assert_int_equal(dfu_rig_stage(&rig, OURS), ERR_UNSUPPORTED);
		assert_int_equal(dfu_rig_unstage(&rig), ERR_UNSUPPORTED);
		assert_int_equal(dfu_rig_burn(&rig), ERR_REFUSED);
		assert_string_equal(rig.log, "");
		dfu_rig_free(&rig);
	}
	set_up_mouth(&mouth, &rig);
	name_alternate(&mouth, 0, "@OTP/0xf2/1*776Be");
	assert_int_equal(dfu_attach(&rig.dfu, &mouth.link, &rig.err), ERR_UNSUPPORTED);
	dfu_rig_free(&rig);
}

static void test_announced_size_must_be_true(void **state)
{
	struct dfu_rig rig;
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
	dfu_rig_free(&rig);
}

static void test_other_dfu_devices(void **state)
{
	static const char *const products[] = {
		"DFU @Device ID /0x501, @Revision ID /0x1001, @Name /STM32MP135F,",
		"USB download gadget@Device ID /0x500, @Revision ID /0x2000",
	};
	struct dfu_rig rig;
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
	dfu_rig_free(&rig);
	/* Whatever it lists, a service that is not known is not worked with: neither TF-A, nor one
	 * whose words are STM32PRGFW-UTIL's and whose partitions are named in another way. */
	for (size_t i = 0; i < sizeof products / sizeof products[0]; i++) {
		set_up_mouth(&mouth, &rig);
		mouth.description.transfer_size = 1024;
		snprintf(mouth.description.product_text, sizeof mouth.description.product_text,
			"%s", products[i]);
		attach_mouth(&mouth, &rig);
		assert_int_equal(rig.dfu.peer->peer, PEER_UNKNOWN);
		assert_true(rig.dfu.otp_alternate >= 0);
		assert_false(dfu_complains(&rig.dfu));
		dfu_rig_forget(&rig);
		assert_int_equal(dfu_rig_read(&rig, partition, &length), ERR_UNSUPPORTED);
		assert_int_equal(dfu_rig_stage(&rig, OURS), ERR_UNSUPPORTED);
		assert_int_equal(dfu_rig_burn(&rig), ERR_REFUSED);
		assert_int_equal(dfu_rig_unstage(&rig), ERR_UNSUPPORTED);
		assert_int_equal(
			dfu_complaint(&rig.dfu, text, sizeof text, &rig.err), ERR_UNSUPPORTED);
		assert_string_equal(rig.log, "");
		dfu_rig_free(&rig);
	}
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
		{"@OTP/0xf2/1*776 Be", "OTP", 0xF2, 776, true},
		{"@OTP Memory   /0xf2/01*1 Ke", "OTP Memory", 0xF2, 1024, true},
	};
	static const char *const bad[] = {"", "@", "OTP", "@OTP", "@OTP/", "@OTP/0xf2",
		"@OTP/0xf2/", "@OTP/f2/1*776Be", "@OTP/0x/1*776Be", "@OTP/0x1f2/1*776Be",
		"@OTP/0xf2/1*776", "@OTP/0xf2/1*776B", "@OTP/0xf2/1*776Bh", "@OTP/0xf2/1*776Be,",
		"@OTP/0xf2/1*776 Xe", "@OTP/0xf2/1*776 B e", "@OTP/0xf2/1*776 ", "@OTP/0xf2/*776Be",
		"@OTP/0xf2/1*Be", "@OTP/0xf2/-1*776Be", " @OTP/0xf2/1*776Be",
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
		const char *otp;
		enum peer peer;
		uint32_t device_id;
	} rows[] = {
		{"USB download gadget@Device ID /0x500, @Revision ID /0x2001, @Name "
		 "/STM32MP157FAC Rev.Z,",
			4096, "@OTP/0xf2/1*776Be", PEER_UBOOT, 0x500},
		{"USB download gadget@Device ID /0x500, @Revision ID /0x2000", 1024,
			"@OTP /0xF2/1*776Be", PEER_PRGFW, 0x500},
		{"USB download gadget@Device ID /0x505, @Revision ID /0x1000", 1024,
			"@OTP /0xF2/1*3080Be", PEER_PRGFW, 0x505},
		{"USB download gadget@Device ID /0x500, @Revision ID /0x2000", 1024,
			"@OTP/0xf2/1*776Be", PEER_UNKNOWN, 0x500},
		{"USB download gadget@Device ID /0x500, @Revision ID /0x2000", 4096,
			"@OTP /0xF2/1*776Be", PEER_UNKNOWN, 0x500},
		{"DFU @Device ID /0x501, @Revision ID /0x1001, @Name /STM32MP135F,", 1024,
			"@virtual /0xF1/1*512Ba", PEER_UNKNOWN, 0x501},
		{"DFU in HS Mode @Device ID /0x500, @Revision ID /0x0000", 1024,
			"@FSBL /0x01/1*1Me", PEER_UNKNOWN, 0x500},
		{"Bluetooth", 4096, "@OTP /0xF2/1*776Be", PEER_UNKNOWN, 0},
		{"", 0, "", PEER_UNKNOWN, 0},
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct usb_description description = {
			.dfu_version = 0x0110, .transfer_size = rows[i].size};
		snprintf(description.product_text, sizeof description.product_text, "%s",
			rows[i].product);
		description.alternate_count = 1;
		snprintf(description.alternates[0].name, sizeof description.alternates[0].name,
			"%s", rows[i].otp);
		assert_int_equal(peer_usb_recognise(&description)->peer, rows[i].peer);
		assert_int_equal(peer_usb_device_id(&description), rows[i].device_id);
		assert_int_equal(peer_usb_recognise(&description)->cleans_by_bad_block,
			rows[i].peer == PEER_UBOOT);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
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
