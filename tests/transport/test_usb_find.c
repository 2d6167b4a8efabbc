/* What a device in DFU mode says of itself, and what is made of it. */
#include "transport/usb_find.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

static struct usb_description description_of(const char *product, uint16_t version,
	uint16_t transfer_size, const char *const alternates[])
{
	struct usb_description out = {.vendor = 0x0483,
		.product = 0xDF11,
		.serial = "003D00203338511434383330",
		.path = "1-5.4",
		.dfu_version = version,
		.transfer_size = transfer_size};
	snprintf(out.product_text, sizeof out.product_text, "%s", product);
	for (; alternates[out.alternate_count]; out.alternate_count++) {
		struct usb_alternate *alternate = &out.alternates[out.alternate_count];
		alternate->number = (unsigned)out.alternate_count;
		snprintf(alternate->name, sizeof alternate->name, "%s",
			alternates[out.alternate_count]);
	}
	return out;
}

#define UBOOT_PRODUCT                                                                              \
	"USB download gadget@Device ID /0x500, @Revision ID /0x2001, @Name /STM32MP157CAC Rev.Z,"
#define PRGFW_PRODUCT "USB download gadget@Device ID /0x505, @Revision ID /0x1000"

/* Texts as the firmware has them; of the microcontroller as ST's AN2606 readers see them. */
static const struct {
	const char *product;
	uint16_t version, transfer_size;
	const char *alternates[6];
	const char *stage;
	bool is_board, offers_otp;
	const char *remark; /* part of it; "" where there is none */
} rows[] = {
	{UBOOT_PRODUCT, 0x0110, 4096,
		{"@FlashLayout/0x00/1*256Ke", "@virtual/0xf1/1*512Be", "@OTP/0xf2/1*776Be",
			"@PMIC/0xf4/1*8Be"},
		"U-Boot stm32prog", true, true, ""},
	{UBOOT_PRODUCT, 0x0110, 4096, {"@FlashLayout/0x00/1*256Ke", "@virtual/0xf1/1*512Be"},
		"U-Boot stm32prog", true, false, "CONFIG_CMD_STM32PROG_OTP"},
	/* One refused to tell its name. */
	{UBOOT_PRODUCT, 0x0110, 4096, {"@FlashLayout/0x00/1*256Ke", "@virtual/0xf1/1*512Be", ""},
		"U-Boot stm32prog", true, false, "does not tell the names"},
	{PRGFW_PRODUCT, 0x0110, 1024,
		{"@Flashlayout /0x00/1*1Ke", "@virtual /0xF1/1*512Be", "@OTP /0xF2/1*3080Be"},
		"STM32PRGFW-UTIL", true, true, ""},
	{"DFU in HS Mode @Device ID /0x500, @Revision ID /0x0000", 0x0110, 1024,
		{"@Partition0 /0x00/1*256Ke", "@FSBL /0x01/1*1Me"}, "ROM code", true, false,
		"still in its ROM code"},
	{"DFU in FS Mode @Device ID /0x501, @Revision ID /0x0000", 0x0110, 1024,
		{"@FSBL /0x01/1*128Ke"}, "ROM code", true, false, "otpedit boot"},
	{"DFU @Device ID /0x501, @Revision ID /0x1001, @Name /STM32MP135F,", 0x0110, 1024,
		{"@SSBL /0x03/1*16Me", "@virtual /0xF1/1*512Ba"}, "TF-A", true, false,
		"still in TF-A"},
	{"STM32  BOOTLOADER", 0x011A, 2048,
		{"@Internal Flash  /0x08000000/04*016Kg", "@OTP Memory /0x1FFF7800/01*512 e"},
		"STM32 microcontroller in DfuSe mode", false, false, "not an STM32MP"},
	/* The plain alternate of U-Boot's ordinary command is never taken for the partition. */
	{"USB download gadget", 0x0110, 4096, {"OTP", "PMIC"}, "U-Boot dfu command", true, false,
		"does not show locks"},
	{"USB download gadget", 0x0110, 4096, {"uImage ram"}, "other DFU device", false, false,
		"does not look like an STM32MP"},
	{"Sound card", 0x0110, 64, {"Firmware"}, "other DFU device", false, false,
		"does not look like an STM32MP"},
	{"Sound card", 0x0110, 64, {"OTP"}, "other DFU device", false, false, ""},
	{"Something", 0x0110, 512, {"@OTP/0xf2/1*776Be"}, "unknown service", true, true,
		"neither U-Boot's stm32prog nor STM32PRGFW-UTIL"},
	{"Something @Device ID /0x503", 0x0110, 512, {"@FSBL /0x01/1*128Ke"}, "unknown service",
		true, false, "not known"},
	{UBOOT_PRODUCT, 0x0110, 4096, {"@OTP/0xf2/1*776Be", "@OTP /0xF2/1*776Be"},
		"U-Boot stm32prog", true, false, "twice"},
	{"", 0, 0, {NULL}, "other DFU device", false, false, ""},
};

static void test_stages(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct found_board found;
		struct usb_description description = description_of(rows[i].product,
			rows[i].version, rows[i].transfer_size, rows[i].alternates);
		usb_find_tell(&found, &description);
		assert_string_equal(found.stage, rows[i].stage);
		assert_int_equal(found.offers_otp, rows[i].offers_otp);
		assert_int_equal(usb_find_is_board(&description), rows[i].is_board);
		assert_non_null(strstr(found.remark, rows[i].remark));
		/* Whose OTP cannot be reached is told why. */
		if (!found.offers_otp)
			assert_string_not_equal(found.remark, "");
		assert_string_equal(found.source, "dfu:path=1-5.4");
		assert_string_equal(found.link, "usb");
		assert_string_equal(found.path, "1-5.4");
		assert_string_equal(found.serial, "003D00203338511434383330");
		assert_string_equal(found.product, rows[i].product);
	}
}

/* Numbers of vendor and product tell nothing either way. */
static void test_numbers_do_not_count(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct found_board found;
		struct usb_description description = description_of(rows[i].product,
			rows[i].version, rows[i].transfer_size, rows[i].alternates);
		description.vendor = 0x1234;
		description.product = 0x5678;
		usb_find_tell(&found, &description);
		assert_string_equal(found.stage, rows[i].stage);
		assert_int_equal(found.offers_otp, rows[i].offers_otp);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stages),
		cmocka_unit_test(test_numbers_do_not_count),
	};
	return cmocka_run_group_tests_name("finding boards", tests, NULL, NULL);
}
