/* A board whose descriptors make no sense: refused with a reason, and nothing is sent to it. */
#include "tests/support/liar.h"
#include "transport/usb_find.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

static const enum sim_service services[] = {SIM_SERVICE_UBOOT, SIM_SERVICE_PRGFW};

#define SERVICES (sizeof services / sizeof services[0])

/* Neither read nor written. */
static void expect_useless(struct dfu_rig *rig)
{
	uint8_t partition[PARTITION];
	size_t length;
	assert_int_equal(dfu_rig_read(rig, partition, &length), ERR_UNSUPPORTED);
	assert_int_equal(dfu_rig_stage(rig, OURS), ERR_UNSUPPORTED);
	assert_int_equal(dfu_rig_unstage(rig), ERR_UNSUPPORTED);
	assert_int_equal(dfu_rig_burn(rig), ERR_REFUSED);
}

static void expect_refusal(struct liar *liar, const char *why)
{
	struct found_board found;
	assert_int_equal(liar_attach(liar), ERR_UNSUPPORTED);
	assert_non_null(strstr(liar->rig.err.text, why));
	/* Nothing was sent. */
	assert_string_equal(liar->rig.log, "");
	usb_find_tell(&found, &liar->description);
	assert_false(found.offers_otp);
	assert_non_null(strstr(found.remark, why));
	dfu_rig_free(&liar->rig);
}

static size_t find(const struct usb_description *description, const char *name)
{
	size_t i = 0;
	while (strncmp(description->alternates[i].name, name, strlen(name)) != 0)
		i++;
	return i;
}

static void test_lengths_of_otp(void **state)
{
	static const char *const sizes[] = {"1*0Be", "0*776Be", "1*8Be", "1*775Be", "1*3120Be",
		"1*64Ke", "1*1024Me", "1048576*1Ke"};
	struct liar liar;
	(void)state;
	for (size_t i = 0; i < SERVICES; i++)
		for (size_t j = 0; j < sizeof sizes / sizeof sizes[0]; j++) {
			liar_make(&liar, services[i]);
			char *name =
				liar.description.alternates[find(&liar.description, "@OTP")].name;
			snprintf(name, sizeof liar.description.alternates[0].name, "@OTP%s/%s",
				services[i] == SIM_SERVICE_PRGFW ? " /0xF2" : "/0xf2", sizes[j]);
			expect_refusal(&liar, "a length that no STM32MP has");
		}
}

static void test_numbers_of_alternates(void **state)
{
	struct liar liar;
	(void)state;
	for (size_t i = 0; i < SERVICES; i++) {
		liar_make(&liar, services[i]);
		size_t otp = find(&liar.description, "@OTP");
		liar.description.alternates[0].number = liar.description.alternates[otp].number;
		expect_refusal(&liar, "several partitions one number");
		/* The phase is asked after a burn: it is to be the right one, too. */
		liar_make(&liar, services[i]);
		size_t phase = find(&liar.description, "@virtual");
		liar.description.alternates[0].number = liar.description.alternates[phase].number;
		expect_refusal(&liar, "several partitions one number");
		liar_make(&liar, services[i]);
		liar.description.alternates[0] = liar.description.alternates[otp];
		expect_refusal(&liar, "the same partition twice");
	}
	/* As many as there is room for, and one that claims more. */
	liar_make(&liar, SIM_SERVICE_UBOOT);
	struct usb_alternate otp = liar.description.alternates[find(&liar.description, "@OTP")];
	for (unsigned i = 0; i < USB_MAX_ALTERNATES; i++) {
		struct usb_alternate *alternate = &liar.description.alternates[i];
		snprintf(alternate->name, sizeof alternate->name, "%s", "????????");
		alternate->number = i;
	}
	otp.number = 255;
	liar.description.alternates[USB_MAX_ALTERNATES - 1] = otp;
	liar.description.alternate_count = USB_MAX_ALTERNATES;
	dfu_rig_assert_ok(&liar.rig, liar_attach(&liar));
	assert_int_equal(liar.rig.dfu.otp_alternate, 255);
	liar.description.alternate_count++;
	assert_int_equal(liar_attach(&liar), ERR_LINK);
	liar.description.alternate_count = 0;
	dfu_rig_assert_ok(&liar.rig, liar_attach(&liar));
	expect_useless(&liar.rig);
	dfu_rig_free(&liar.rig);
}

static void test_transfer_sizes(void **state)
{
	static const uint16_t sizes[] = {0, 1, 8, 64, 1023, 1025, 2048, 4095, 4097, 0xFFFF};
	(void)state;
	for (size_t i = 0; i < SERVICES; i++)
		for (size_t j = 0; j < sizeof sizes / sizeof sizes[0]; j++) {
			struct liar liar;
			liar_make(&liar, services[i]);
			liar.description.transfer_size = sizes[j];
			dfu_rig_assert_ok(&liar.rig, liar_attach(&liar));
			expect_useless(&liar.rig);
			assert_string_equal(liar.rig.log, "state");
			dfu_rig_free(&liar.rig);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lengths_of_otp),
		cmocka_unit_test(test_numbers_of_alternates),
		cmocka_unit_test(test_transfer_sizes),
	};
	return cmocka_run_group_tests_name("descriptors that lie", tests, NULL, NULL);
}
