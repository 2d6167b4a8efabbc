/*
 * A simulated board that starts in its ROM code, on USB, request by request: what it shows, what it
 * takes and refuses, and what follows. Written from the sources that sim_boot.h and sim_stages.c
 * name, and asked by no code of ours.
 */
#include "tests/support/boot_images.h"
#include "transport/sim_boot.h"
#include "transport/sim_usb.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#define BLOCK 1024u
#define MIB   ((size_t)1024 * 1024)

enum { DETACH, DNLOAD, UPLOAD, GETSTATUS, CLRSTATUS, GETSTATE, ABORT };

struct rig {
	struct sim_board *board;
	struct sim_usb *usb;
	struct usb_link *link;
	struct errbuf err;
};

static void open_link(struct rig *rig)
{
	assert_int_equal(sim_usb_open(&rig->link, rig->usb, &rig->err), OK);
}

static void set_up(struct rig *rig, enum sim_family family)
{
	memset(rig, 0, sizeof *rig);
	assert_int_equal(sim_board_demo(&rig->board, family, &rig->err), OK);
	sim_boot_enter(rig->board, SIM_BOOT_ROM);
	assert_int_equal(sim_usb_create(&rig->usb, rig->board, &rig->err), OK);
	open_link(rig);
}

static void tear_down(struct rig *rig)
{
	rig->link->ops->close(rig->link);
	sim_usb_free(rig->usb);
	sim_board_free(rig->board);
}

static void open_again(struct rig *rig)
{
	rig->link->ops->close(rig->link);
	open_link(rig);
}

static enum status control(struct rig *rig, uint8_t request, uint16_t value, const uint8_t *data,
	uint16_t length, uint8_t *answer, uint16_t *actual, enum usb_outcome *outcome)
{
	bool in = request == UPLOAD || request == GETSTATUS || request == GETSTATE;
	uint8_t bytes[BLOCK] = {0};
	errbuf_clear(&rig->err);
	if (data)
		memcpy(bytes, data, length);
	enum status status = rig->link->ops->control(rig->link, in ? 0xA1 : 0x21, request, value,
		bytes, length, 1000, actual, outcome, &rig->err);
	if (answer)
		memcpy(answer, bytes, *actual);
	return status;
}

static enum usb_outcome send(
	struct rig *rig, uint8_t request, uint16_t value, const uint8_t *data, size_t length)
{
	uint16_t actual;
	enum usb_outcome outcome;
	assert_int_equal(
		control(rig, request, value, data, (uint16_t)length, NULL, &actual, &outcome), OK);
	return outcome;
}

static void select_alternate(struct rig *rig, unsigned number)
{
	enum usb_outcome outcome;
	assert_int_equal(rig->link->ops->set_alternate(rig->link, number, &outcome, &rig->err), OK);
	assert_int_equal(outcome, USB_DONE);
}

static void expect_status(struct rig *rig, uint8_t dfu_status, uint8_t poll, uint8_t state)
{
	const uint8_t expected[6] = {dfu_status, poll, 0, 0, state, 0};
	uint8_t answer[BLOCK];
	uint16_t actual;
	enum usb_outcome outcome;
	assert_int_equal(control(rig, GETSTATUS, 0, NULL, 6, answer, &actual, &outcome), OK);
	assert_int_equal(outcome, USB_DONE);
	assert_int_equal(actual, 6);
	assert_memory_equal(answer, expected, 6);
}

/* What the virtual alternate says. */
static void expect_phase(struct rig *rig, unsigned alternate, const char *bytes, size_t length)
{
	uint8_t answer[BLOCK];
	uint16_t actual;
	enum usb_outcome outcome;
	select_alternate(rig, alternate);
	assert_int_equal(control(rig, UPLOAD, 0, NULL, 512, answer, &actual, &outcome), OK);
	assert_int_equal(outcome, USB_DONE);
	assert_int_equal(actual, length);
	assert_memory_equal(answer, bytes, length);
	expect_status(rig, 0, 0, 2);
}
#define EXPECT_PHASE(rig, alternate, bytes) expect_phase(rig, alternate, bytes, sizeof(bytes) - 1)

/* All blocks, and the one without data that ends them. */
static enum usb_outcome download(
	struct rig *rig, unsigned alternate, const struct boot_image *image)
{
	uint16_t block = 0;
	select_alternate(rig, alternate);
	expect_status(rig, 0, 0, 2);
	for (size_t at = 0; at < image->length; at += BLOCK, block++) {
		size_t left = image->length - at;
		assert_int_equal(
			send(rig, DNLOAD, block, image->bytes + at, left < BLOCK ? left : BLOCK),
			USB_DONE);
		expect_status(rig, 0, 0, 3);
		expect_status(rig, 0, 0, 5);
	}
	return send(rig, DNLOAD, block, NULL, 0);
}

static void load(struct rig *rig, unsigned alternate, const struct boot_image *image)
{
	assert_int_equal(download(rig, alternate, image), USB_DONE);
	expect_status(rig, 0, 1, 7);
	expect_status(rig, 0, 0, 2);
}

/* The board leaves, and is there again as something else. */
static void detach(struct rig *rig)
{
	unsigned before = sim_usb_enumeration(rig->usb);
	assert_int_equal(send(rig, DETACH, 1000, NULL, 0), USB_DONE);
	assert_int_equal(sim_usb_enumeration(rig->usb), before + 1);
	open_again(rig);
}

static void expect_received(
	const struct sim_board *board, unsigned phase, const struct boot_image *image)
{
	size_t length;
	const uint8_t *bytes = sim_boot_received(board, phase, &length);
	assert_int_equal(length, image->length);
	assert_memory_equal(bytes, image->bytes, length);
}

static void expect_shown(struct rig *rig, const char *product, const char *const *names)
{
	struct usb_description shown;
	char serial[SIM_BOARD_SERIAL_SIZE];
	unsigned count = 0;
	sim_board_serial(rig->board, serial);
	assert_int_equal(rig->link->ops->describe(rig->link, &shown, &rig->err), OK);
	assert_int_equal(shown.vendor, 0x0483);
	assert_int_equal(shown.product, 0xDF11);
	assert_int_equal(shown.dfu_version, 0x0110);
	assert_int_equal(shown.dfu_attributes, 0x0F);
	assert_int_equal(shown.transfer_size, 1024);
	assert_string_equal(shown.serial, serial);
	assert_string_equal(shown.product_text, product);
	for (; names[count]; count++)
		assert_string_equal(shown.alternates[count].name, names[count]);
	assert_int_equal(shown.alternate_count, count);
}

static void expect_uboot(struct rig *rig)
{
	struct usb_description shown;
	assert_int_equal(sim_boot_stage(rig->board), SIM_BOOT_SERVICE);
	assert_int_equal(sim_board_service(rig->board), SIM_SERVICE_UBOOT);
	assert_int_equal(rig->link->ops->describe(rig->link, &shown, &rig->err), OK);
	assert_string_equal(shown.alternates[0].name, "@FlashLayout/0x00/1*256Ke");
	assert_int_equal(shown.transfer_size, 4096);
}

static const char *const mp15_names[] = {"@Partition0 /0x00/1*256Ke", "@FSBL /0x01/1*1Me",
	"@Partition2 /0x02/1*1Me", "@Partition3 /0x03/1*16Me", "@Partition4 /0x04/1*16Me",
	"@virtual /0xF1/1*512Ba", NULL};

/* The ROM code starts TF-A by itself, which keeps the enumeration; the FIP is started by DETACH. */
static void test_mp15_boots(void **state)
{
	struct rig rig;
	struct boot_image fsbl = boot_image_fsbl(SIM_MP15, 240000, NULL);
	struct boot_image fip = boot_image_fip(MIB);
	(void)state;
	set_up(&rig, SIM_MP15);
	expect_shown(&rig, "DFU in HS Mode @Device ID /0x500, @Revision ID /0x0000", mp15_names);
	EXPECT_PHASE(&rig, 5, "\x01\x00\x24\xFC\x2F\0\0\0\0");
	unsigned enumeration = sim_usb_enumeration(rig.usb);
	load(&rig, 1, &fsbl);
	assert_int_equal(sim_usb_enumeration(rig.usb), enumeration);
	assert_int_equal(sim_boot_stage(rig.board), SIM_BOOT_TFA);
	expect_shown(&rig,
		"DFU @Device ID /0x500, @Revision ID /0x2001, @Name /STM32MP157CAC Rev.Z,",
		mp15_names);
	EXPECT_PHASE(&rig, 5, "\x03\x00\x00\x00\xC7\0\0\0\0");
	load(&rig, 3, &fip);
	EXPECT_PHASE(&rig, 5, "\x00\xFF\xFF\xFF\xFF\0\0\0\0\x01");
	detach(&rig);
	expect_uboot(&rig);
	expect_received(rig.board, 1, &fsbl);
	expect_received(rig.board, 3, &fip);
	assert_int_equal(sim_boot_accepted(rig.board, 1), 1);
	assert_int_equal(sim_boot_accepted(rig.board, 3), 1);
	assert_int_equal(sim_usb_stray_count(rig.usb), 0);
	tear_down(&rig);
	boot_image_free(&fsbl);
	boot_image_free(&fip);
}

/* The ROM code waits for DETACH, and the board leaves the bus each time. */
static void test_mp13_boots(void **state)
{
	static const char *const rom[] = {"@FSBL /0x01/1*128Ke", "@virtual /0xF1/1*512Ba", NULL};
	static const char *const tfa[] = {"@SSBL /0x03/1*16Me", "@virtual /0xF1/1*512Ba", NULL};
	struct rig rig;
	struct boot_image fsbl = boot_image_fsbl(SIM_MP13, 80382, NULL);
	struct boot_image fip = boot_image_fip(20000);
	(void)state;
	set_up(&rig, SIM_MP13);
	expect_shown(&rig, "DFU in HS Mode @Device ID /0x501, @Revision ID /0x1001", rom);
	EXPECT_PHASE(&rig, 1, "\x01\x00\xFE\xFD\x2F\0\0\0\0");
	load(&rig, 0, &fsbl);
	EXPECT_PHASE(&rig, 1, "\x00\xFF\xFF\xFF\xFF\0\0\0\0\x01");
	detach(&rig);
	expect_shown(&rig, "DFU @Device ID /0x501, @Revision ID /0x1001, @Name /STM32MP135F Rev.Z,",
		tfa);
	load(&rig, 0, &fip);
	detach(&rig);
	expect_uboot(&rig);
	expect_received(rig.board, 1, &fsbl);
	expect_received(rig.board, 3, &fip);
	tear_down(&rig);
	boot_image_free(&fsbl);
	boot_image_free(&fip);
}

/* The DDR's firmware comes first, in a FIP of its own, after which TF-A enumerates again. */
static void test_mp25_boots(void **state)
{
	static const char *const rom[] = {"@FSBL /0x01/1*256Ke", "@virtual /0xF1/1*512Ba", NULL};
	static const char *const tfa[] = {
		"@DDR FIP /0x02/1*32Ke", "@FIP /0x03/1*16Me", "@virtual /0xF1/1*512Ba", NULL};
	struct rig rig;
	struct boot_image fsbl = boot_image_fsbl(SIM_MP25, 200000, NULL);
	struct boot_image ddr = boot_image_fip(30000), fip = boot_image_fip(50000);
	(void)state;
	set_up(&rig, SIM_MP25);
	expect_shown(&rig, "DFU in HS Mode @Device ID /0x505, @Revision ID /0x2000", rom);
	load(&rig, 0, &fsbl);
	detach(&rig);
	expect_shown(&rig,
		"DFU @Device ID /0x505, @Revision ID /0x2000, @Name /STM32MP257FAI Rev.B,", tfa);
	EXPECT_PHASE(&rig, 2, "\x02\x00\x00\x00\x87\0\0\0\0");
	load(&rig, 0, &ddr);
	EXPECT_PHASE(&rig, 2, "\x00\xFF\xFF\xFF\xFF\0\0\0\0\x01");
	detach(&rig);
	EXPECT_PHASE(&rig, 2, "\x03\x00\x00\x00\x87\0\0\0\0");
	load(&rig, 1, &fip);
	detach(&rig);
	expect_uboot(&rig);
	expect_received(rig.board, 2, &ddr);
	expect_received(rig.board, 3, &fip);
	tear_down(&rig);
	boot_image_free(&fsbl);
	boot_image_free(&ddr);
	boot_image_free(&fip);
}

/* One image, and the board comes back with the OTP. */
static void test_prgfw_boots(void **state)
{
	static const enum sim_family families[] = {SIM_MP13, SIM_MP15, SIM_MP25};
	(void)state;
	for (size_t i = 0; i < sizeof families / sizeof families[0]; i++) {
		struct rig rig;
		struct usb_description shown;
		struct boot_image image =
			boot_image_fsbl(families[i], 100000, "@FSBL-EXT /0x03/1*70Ke");
		set_up(&rig, families[i]);
		assert_int_equal(download(&rig, families[i] == SIM_MP15 ? 1 : 0, &image), USB_DONE);
		expect_status(&rig, 0, 1, 7);
		if (families[i] != SIM_MP15)
			assert_int_equal(send(&rig, DETACH, 1000, NULL, 0), USB_DONE);
		open_again(&rig);
		assert_int_equal(sim_board_service(rig.board), SIM_SERVICE_PRGFW);
		assert_int_equal(rig.link->ops->describe(rig.link, &shown, &rig.err), OK);
		assert_memory_equal(shown.alternates[4].name, "@OTP /0xF2/", 11);
		expect_received(rig.board, 1, &image);
		tear_down(&rig);
		boot_image_free(&image);
	}
}

/* TF-A of ST's first releases wants the FlashLayout before the FIP, without a DETACH between. */
static void test_layout_first(void **state)
{
	const struct sim_boot_options options = {.layout_first = true};
	struct rig rig;
	struct boot_image fsbl = boot_image_fsbl(SIM_MP15, 3000, NULL);
	struct boot_image layout = boot_image_fsbl(SIM_MP15, 600, NULL);
	struct boot_image fip = boot_image_fip(3000);
	(void)state;
	set_up(&rig, SIM_MP15);
	sim_boot_set_options(rig.board, &options);
	load(&rig, 1, &fsbl);
	EXPECT_PHASE(&rig, 5, "\x00\x00\x00\x00\xC7\0\0\0\0");
	load(&rig, 0, &layout);
	EXPECT_PHASE(&rig, 5, "\x03\x00\x00\x00\xC7\0\0\0\0");
	load(&rig, 3, &fip);
	detach(&rig);
	expect_uboot(&rig);
	expect_received(rig.board, 0, &layout);
	tear_down(&rig);
	boot_image_free(&fsbl);
	boot_image_free(&layout);
	boot_image_free(&fip);
}

/* --- what the ROM code refuses */

/* A board whose fuses are these before it is reset into its ROM code. */
static void set_up_burnt(struct rig *rig, enum sim_family family, unsigned word, uint32_t value)
{
	uint8_t request[SIM_BOARD_PARTITION_MAX] = {0};
	set_up(rig, family);
	if (value == 0)
		return;
	sim_boot_enter(rig->board, SIM_BOOT_SERVICE);
	request[0] = 2;
	for (unsigned i = 0; i < 4; i++)
		request[8 + 8 * word + i] = (uint8_t)(value >> (8 * i));
	request[15 + 8 * word] = 0x80;
	assert_true(sim_board_otp_write(rig->board, request, sim_board_partition_size(rig->board)));
	sim_boot_enter(rig->board, SIM_BOOT_ROM);
}

/* By the word and bits that its documentation names. */
static void close_device(struct rig *rig)
{
	enum sim_family family = sim_board_family(rig->board);
	bool is_mp1 = family == SIM_MP13 || family == SIM_MP15;
	uint8_t request[SIM_BOARD_PARTITION_MAX] = {2};
	size_t word = is_mp1 ? 0 : 18;
	sim_boot_enter(rig->board, SIM_BOOT_SERVICE);
	request[8 + 8 * word] = family == SIM_MP15 ? 0x40 : family == SIM_MP13 ? 0x3F : 0x01;
	request[15 + 8 * word] = 0x80;
	assert_true(sim_board_otp_write(rig->board, request, sim_board_partition_size(rig->board)));
	sim_boot_enter(rig->board, SIM_BOOT_ROM);
	sim_board_reset(rig->board);
	open_again(rig);
	assert_true(sim_board_is_closed(rig->board));
}

static void expect_refused(struct rig *rig, struct boot_image *image, enum sim_boot_verdict verdict,
	uint8_t dfu_status)
{
	bool is_mp15 = sim_board_family(rig->board) == SIM_MP15;
	assert_int_equal(download(rig, is_mp15 ? 1 : 0, image), USB_DONE);
	expect_status(rig, dfu_status, 0, 10);
	assert_int_equal(sim_boot_verdict(rig->board), verdict);
	assert_int_equal(sim_boot_stage(rig->board), SIM_BOOT_ROM);
	assert_int_equal(send(rig, CLRSTATUS, 0, NULL, 0), USB_DONE);
	expect_status(rig, 0, 0, 2);
	EXPECT_PHASE(rig, is_mp15 ? 5 : 1, "\xFF\xFF\xFF\xFF\xFF\0\0\0\0");
	/* And nothing more is taken, before a reset. */
	select_alternate(rig, is_mp15 ? 1 : 0);
	assert_int_equal(send(rig, DNLOAD, 0, image->bytes, BLOCK), USB_STALLED);
	sim_usb_board_reset(rig->usb);
	open_again(rig);
	assert_int_equal(sim_boot_phase(rig->board), 1);
	boot_image_free(image);
}

static void expect_refused_by(enum sim_family family, struct boot_image *image,
	enum sim_boot_verdict verdict, uint8_t dfu_status)
{
	struct rig rig;
	set_up(&rig, family);
	expect_refused(&rig, image, verdict, dfu_status);
	tear_down(&rig);
}

static void test_rom_refuses(void **state)
{
	struct boot_image image;
	(void)state;
	image = boot_image_fsbl(SIM_MP15, 5000, NULL);
	image.bytes[0] = 'X';
	expect_refused_by(SIM_MP15, &image, SIM_BOOT_NO_HEADER, 0x02);
	/* An MP15 has no use for the header of its sisters, nor they for its. */
	image = boot_image_fsbl(SIM_MP13, 5000, NULL);
	expect_refused_by(SIM_MP15, &image, SIM_BOOT_OTHER_VERSION, 0x02);
	image = boot_image_fsbl(SIM_MP15, 5000, NULL);
	expect_refused_by(SIM_MP13, &image, SIM_BOOT_OTHER_VERSION, 0x02);
	image = boot_image_fsbl(SIM_MP25, 5000, NULL);
	expect_refused_by(SIM_MP13, &image, SIM_BOOT_OTHER_VERSION, 0x02);
	image = boot_image_fsbl(SIM_MP13, 5000, NULL);
	expect_refused_by(SIM_MP25, &image, SIM_BOOT_OTHER_VERSION, 0x02);
	/* 247 KiB and a byte. */
	image = boot_image_fsbl(SIM_MP15, 5000, NULL);
	boot_image_put(&image, 76, 247 * 1024 + 1);
	expect_refused_by(SIM_MP15, &image, SIM_BOOT_TOO_LARGE, 0x02);
	/* Cut off, and with a byte changed. */
	image = boot_image_fsbl(SIM_MP15, 5000, NULL);
	image.length--;
	expect_refused_by(SIM_MP15, &image, SIM_BOOT_OTHER_LENGTH, 0x07);
	/* Extensions of the header that are longer than the file. */
	image = boot_image_fsbl(SIM_MP13, 5000, NULL);
	boot_image_put(&image, 104, 0xFFFFFFFF);
	expect_refused_by(SIM_MP13, &image, SIM_BOOT_OTHER_LENGTH, 0x07);
	image = boot_image_fsbl(SIM_MP25, 5000, NULL);
	image.bytes[4000] ^= 1;
	expect_refused_by(SIM_MP25, &image, SIM_BOOT_OTHER_CHECKSUM, 0x07);
}

/* More than there is room for is stalled where it begins. */
static void test_rom_has_no_room(void **state)
{
	struct rig rig;
	uint8_t block[BLOCK] = {0};
	(void)state;
	set_up(&rig, SIM_MP15);
	select_alternate(&rig, 1);
	for (uint16_t i = 0; i < 247; i++) {
		assert_int_equal(send(&rig, DNLOAD, i, block, BLOCK), USB_DONE);
		expect_status(&rig, 0, 0, 3);
		expect_status(&rig, 0, 0, 5);
	}
	assert_int_equal(send(&rig, DNLOAD, 247, block, 257), USB_STALLED);
	assert_int_equal(send(&rig, DNLOAD, 247, block, 256), USB_DONE);
	tear_down(&rig);
}

/* A closed device wants a signature, and no older firmware than it has seen. On STM32MP1 the
 * counter is how many low bits are set, on STM32MP2 the place of the highest one. */
static void test_closed_device(void **state)
{
	static const struct {
		enum sim_family family;
		unsigned word;
		uint32_t counter;
	} rows[] = {
		{SIM_MP13, 4, 0x7},
		{SIM_MP15, 4, 0x7},
		{SIM_MP25, 12, 0x4},
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		enum sim_family family = rows[i].family;
		struct rig rig;
		struct boot_image image;
		set_up_burnt(&rig, family, rows[i].word, rows[i].counter);
		close_device(&rig);
		image = boot_image_fsbl(family, 5000, NULL);
		boot_image_set_version(&image, 3);
		expect_refused(&rig, &image, SIM_BOOT_UNSIGNED, 0x07);
		/* It says that it is signed, and is not. */
		image = boot_image_fsbl(family, 5000, NULL);
		boot_image_set_version(&image, 3);
		boot_image_sign(&image);
		memset(image.bytes + 4, 0, 64);
		expect_refused(&rig, &image, SIM_BOOT_UNSIGNED, 0x07);
		image = boot_image_fsbl(family, 5000, NULL);
		boot_image_set_version(&image, 2);
		boot_image_sign(&image);
		expect_refused(&rig, &image, SIM_BOOT_OLD, 0x07);
		image = boot_image_fsbl(family, 5000, NULL);
		boot_image_set_version(&image, 3);
		boot_image_sign(&image);
		load(&rig, family == SIM_MP15 ? 1 : 0, &image);
		assert_int_equal(sim_boot_verdict(rig.board), SIM_BOOT_ACCEPTED);
		boot_image_free(&image);
		tear_down(&rig);
	}
}

/* --- the monotonic counter */

static void boot_mp15(struct rig *rig, uint32_t version)
{
	struct boot_image fsbl = boot_image_fsbl(SIM_MP15, 3000, NULL);
	struct boot_image fip = boot_image_fip(3000);
	boot_image_set_version(&fsbl, version);
	load(rig, 1, &fsbl);
	load(rig, 3, &fip);
	assert_int_equal(sim_board_pulses(rig->board, 4), 0);
	detach(rig);
	expect_uboot(rig);
	boot_image_free(&fsbl);
	boot_image_free(&fip);
}

static void test_counter_is_raised(void **state)
{
	static const struct {
		enum sim_rollback rollback;
		uint32_t before, version, after;
	} rows[] = {
		{SIM_ROLLBACK_ALWAYS, 0, 0, 0},
		{SIM_ROLLBACK_ALWAYS, 0, 1, 0x1},
		{SIM_ROLLBACK_ALWAYS, 0x1, 4, 0xF},
		{SIM_ROLLBACK_ALWAYS, 0x7, 2, 0x7},
		{SIM_ROLLBACK_ALWAYS, 0, 32, 0xFFFFFFFF},
		{SIM_ROLLBACK_NEVER, 0, 3, 0},
		{SIM_ROLLBACK_WHEN_CLOSED, 0, 3, 0},
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct rig rig;
		const struct sim_boot_options options = {.rollback = rows[i].rollback};
		unsigned pulses;
		set_up_burnt(&rig, SIM_MP15, 4, rows[i].before);
		open_again(&rig);
		sim_boot_set_options(rig.board, &options);
		pulses = sim_board_pulses(rig.board, 4);
		struct boot_image fsbl = boot_image_fsbl(SIM_MP15, 3000, NULL);
		struct boot_image fip = boot_image_fip(3000);
		boot_image_set_version(&fsbl, rows[i].version);
		load(&rig, 1, &fsbl);
		load(&rig, 3, &fip);
		assert_int_equal(sim_board_pulses(rig.board, 4), pulses);
		detach(&rig);
		expect_uboot(&rig);
		assert_int_equal(sim_board_fuses(rig.board, 4), rows[i].after);
		assert_int_equal(
			sim_board_pulses(rig.board, 4) - pulses, rows[i].after != rows[i].before);
		tear_down(&rig);
		boot_image_free(&fsbl);
		boot_image_free(&fip);
	}
}

/* STM32PRGFW-UTIL and the other families leave it alone. */
static void test_counter_is_left_alone(void **state)
{
	struct rig rig;
	struct boot_image image = boot_image_fsbl(SIM_MP15, 3000, "@FSBL-EXT");
	(void)state;
	set_up(&rig, SIM_MP15);
	boot_image_set_version(&image, 5);
	assert_int_equal(download(&rig, 1, &image), USB_DONE);
	expect_status(&rig, 0, 1, 7);
	assert_int_equal(sim_boot_stage(rig.board), SIM_BOOT_SERVICE);
	assert_int_equal(sim_board_fuses(rig.board, 4), 0);
	tear_down(&rig);
	boot_image_free(&image);
}

/* --- what a host may do wrong, and what the board may */

static void load_tfa(struct rig *rig)
{
	struct boot_image fsbl = boot_image_fsbl(SIM_MP15, 3000, NULL);
	load(rig, 1, &fsbl);
	boot_image_free(&fsbl);
	assert_int_equal(sim_boot_stage(rig->board), SIM_BOOT_TFA);
}

/* A FIP that is none stalls the end of its download, and only the phase tells more. */
static void test_tfa_refuses_a_fip(void **state)
{
	struct rig rig;
	struct boot_image fip = boot_image_fip(3000);
	(void)state;
	set_up(&rig, SIM_MP15);
	load_tfa(&rig);
	fip.bytes[0] ^= 1;
	assert_int_equal(download(&rig, 3, &fip), USB_STALLED);
	expect_status(&rig, 0, 1, 7);
	expect_status(&rig, 0, 0, 2);
	EXPECT_PHASE(&rig, 5,
		"\xFF\xFF\xFF\xFF\xFF\0\0\0\0"
		"FIP Header check failed for phase 3");
	assert_int_equal(sim_boot_verdict(rig.board), SIM_BOOT_NO_HEADER);
	tear_down(&rig);
	boot_image_free(&fip);
}

static void test_other_alternates(void **state)
{
	struct rig rig;
	uint8_t block[BLOCK] = {0};
	(void)state;
	set_up(&rig, SIM_MP15);
	load_tfa(&rig);
	select_alternate(&rig, 1);
	assert_int_equal(send(&rig, DNLOAD, 0, block, BLOCK), USB_STALLED);
	expect_status(&rig, 0, 0, 2);
	EXPECT_PHASE(&rig, 5,
		"\xFF\xFF\xFF\xFF\xFF\0\0\0\0"
		"phase ID :3, alternate 1, address c7000000");
	assert_int_equal(sim_usb_stray_count(rig.usb), 1);
	tear_down(&rig);
}

/* Out of turn in the state machine: CLRSTATUS leads into an error, and out of it. */
static void test_state_machine(void **state)
{
	struct rig rig;
	uint8_t block[BLOCK] = {0};
	(void)state;
	set_up(&rig, SIM_MP13);
	assert_int_equal(send(&rig, CLRSTATUS, 0, NULL, 0), USB_DONE);
	expect_status(&rig, 0x0E, 0, 10);
	assert_int_equal(send(&rig, CLRSTATUS, 0, NULL, 0), USB_DONE);
	expect_status(&rig, 0, 0, 2);
	assert_int_equal(send(&rig, DNLOAD, 0, NULL, 0), USB_STALLED);
	assert_int_equal(send(&rig, DNLOAD, 0, block, BLOCK), USB_DONE);
	assert_int_equal(send(&rig, DNLOAD, 1, block, BLOCK), USB_STALLED);
	expect_status(&rig, 0, 0, 3);
	/* Another alternate changes nothing of that. */
	select_alternate(&rig, 1);
	expect_status(&rig, 0, 0, 5);
	assert_int_equal(send(&rig, ABORT, 0, NULL, 0), USB_DONE);
	expect_status(&rig, 0, 0, 2);
	tear_down(&rig);
}

/* DETACH before there is anything to start. */
static void test_early_detach(void **state)
{
	struct rig rig;
	(void)state;
	set_up(&rig, SIM_MP13);
	assert_int_equal(send(&rig, DETACH, 1000, NULL, 0), USB_DONE);
	assert_int_equal(sim_boot_stage(rig.board), SIM_BOOT_LOST);
	assert_false(sim_usb_is_on_bus(rig.usb));
	rig.link->ops->close(rig.link);
	assert_int_equal(sim_usb_open(&rig.link, rig.usb, &rig.err), ERR_GONE);
	sim_usb_board_reset(rig.usb);
	open_link(&rig);
	assert_int_equal(sim_boot_stage(rig.board), SIM_BOOT_ROM);
	tear_down(&rig);
}

static void test_resets_half_way(void **state)
{
	const struct sim_boot_options options = {.reset_phase = 3, .reset_at = 2 * BLOCK};
	struct rig rig;
	uint8_t block[BLOCK] = {0};
	uint16_t actual;
	enum usb_outcome outcome;
	size_t length;
	(void)state;
	set_up(&rig, SIM_MP15);
	load_tfa(&rig);
	sim_boot_set_options(rig.board, &options);
	select_alternate(&rig, 3);
	assert_int_equal(send(&rig, DNLOAD, 0, block, BLOCK), USB_DONE);
	expect_status(&rig, 0, 0, 3);
	expect_status(&rig, 0, 0, 5);
	assert_int_equal(control(&rig, DNLOAD, 1, block, BLOCK, NULL, &actual, &outcome), ERR_GONE);
	open_again(&rig);
	assert_int_equal(sim_boot_stage(rig.board), SIM_BOOT_ROM);
	assert_non_null(sim_boot_received(rig.board, 3, &length));
	assert_int_equal(length, 2 * BLOCK);
	assert_int_equal(sim_boot_accepted(rig.board, 3), 0);
	/* Once: the second time it boots. */
	boot_mp15(&rig, 0);
	tear_down(&rig);
}

static void test_never_comes_back(void **state)
{
	const struct sim_boot_options options = {.lost_after = SIM_BOOT_ROM};
	struct rig rig;
	struct boot_image fsbl = boot_image_fsbl(SIM_MP13, 3000, NULL);
	(void)state;
	set_up(&rig, SIM_MP13);
	sim_boot_set_options(rig.board, &options);
	load(&rig, 0, &fsbl);
	assert_int_equal(send(&rig, DETACH, 1000, NULL, 0), USB_DONE);
	assert_false(sim_usb_is_on_bus(rig.usb));
	sim_usb_board_reset(rig.usb);
	open_again(&rig);
	tear_down(&rig);
	boot_image_free(&fsbl);
}

static void test_phase_ends_with_a_text(void **state)
{
	const struct sim_boot_options options = {
		.fail_phase = 3, .fail_text = "DDR is not what it was\n"};
	struct rig rig;
	struct boot_image fip = boot_image_fip(3000);
	(void)state;
	set_up(&rig, SIM_MP15);
	sim_boot_set_options(rig.board, &options);
	load_tfa(&rig);
	assert_int_equal(download(&rig, 3, &fip), USB_STALLED);
	expect_status(&rig, 0, 1, 7);
	expect_status(&rig, 0, 0, 2);
	EXPECT_PHASE(&rig, 5,
		"\xFF\xFF\xFF\xFF\xFF\0\0\0\0"
		"DDR is not what it was");
	tear_down(&rig);
	boot_image_free(&fip);
}

static void test_takes_its_time(void **state)
{
	const struct sim_boot_options options = {.looks_away = 3};
	struct rig rig;
	struct boot_image fsbl = boot_image_fsbl(SIM_MP13, 3000, NULL);
	(void)state;
	set_up(&rig, SIM_MP13);
	sim_boot_set_options(rig.board, &options);
	load(&rig, 0, &fsbl);
	assert_int_equal(send(&rig, DETACH, 1000, NULL, 0), USB_DONE);
	rig.link->ops->close(rig.link);
	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(sim_usb_open(&rig.link, rig.usb, &rig.err), ERR_GONE);
	open_link(&rig);
	assert_int_equal(sim_boot_stage(rig.board), SIM_BOOT_TFA);
	tear_down(&rig);
	boot_image_free(&fsbl);
}

/* A TF-A that keeps the ROM code's enumeration is another device only after a bus reset. */
static void test_mp25_stays(void **state)
{
	const struct sim_boot_options options = {.handover = SIM_HANDOVER_STAYS};
	struct rig rig;
	struct boot_image fsbl = boot_image_fsbl(SIM_MP25, 3000, NULL);
	(void)state;
	set_up(&rig, SIM_MP25);
	sim_boot_set_options(rig.board, &options);
	load(&rig, 0, &fsbl);
	unsigned before = sim_usb_enumeration(rig.usb);
	assert_int_equal(send(&rig, DETACH, 1000, NULL, 0), USB_DONE);
	assert_int_equal(sim_usb_enumeration(rig.usb), before);
	expect_status(&rig, 0, 0, 2);
	sim_usb_bus_reset(rig.usb);
	assert_int_equal(sim_usb_enumeration(rig.usb), before + 1);
	open_again(&rig);
	EXPECT_PHASE(&rig, 2, "\x02\x00\x00\x00\x87\0\0\0\0");
	tear_down(&rig);
	boot_image_free(&fsbl);
}

static void test_orders(void **state)
{
	static const char *const wrong[][2] = {
		{"lost", ""},
		{"lost", "u-boot"},
		{"fails", "4"},
		{"fails", "3x"},
		{"fails", "-1"},
		{"resets", "3"},
		{"resets", "3@"},
		{"resets", "3@0"},
		{"resets", "3@5x"},
		{"rollback", "often"},
		{"layout", "1"},
		{"explodes", ""},
		{"", ""},
	};
	struct rig rig;
	(void)state;
	set_up(&rig, SIM_MP15);
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		assert_false(sim_boot_order(rig.board, wrong[i][0], wrong[i][1]));
		assert_int_equal(sim_boot_options(rig.board)->lost_after, SIM_BOOT_SERVICE);
		assert_null(sim_boot_options(rig.board)->fail_text);
		assert_int_equal(sim_boot_options(rig.board)->reset_at, 0);
		assert_false(sim_boot_options(rig.board)->layout_first);
	}
	assert_true(sim_boot_order(rig.board, "layout", ""));
	assert_true(sim_boot_order(rig.board, "speaks", ""));
	assert_true(sim_boot_order(rig.board, "stays", ""));
	assert_true(sim_boot_order(rig.board, "rollback", "closed"));
	assert_true(sim_boot_order(rig.board, "resets", "1@4096"));
	assert_true(sim_boot_order(rig.board, "fails", "3"));
	assert_true(sim_boot_order(rig.board, "lost", "tf-a"));
	const struct sim_boot_options *options = sim_boot_options(rig.board);
	assert_true(options->layout_first && options->speaks);
	assert_int_equal(options->handover, SIM_HANDOVER_STAYS);
	assert_int_equal(options->rollback, SIM_ROLLBACK_WHEN_CLOSED);
	assert_int_equal(options->reset_phase, 1);
	assert_int_equal(options->reset_at, 4096);
	assert_int_equal(options->fail_phase, 3);
	assert_string_equal(options->fail_text, "as ordered\n");
	assert_int_equal(options->lost_after, SIM_BOOT_TFA);
	tear_down(&rig);
}

/* --- whatever a host sends */

static uint32_t next(uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 8;
}

/* A SETUP of which most make sense. */
static void make_setup(uint8_t setup[8], uint32_t *seed)
{
	static const uint16_t lengths[] = {0, 1, 6, 9, 64, 512, 1024, 1025, 4096};
	uint16_t length = lengths[next(seed) % (sizeof lengths / sizeof lengths[0])];
	bool is_standard = next(seed) % 4 == 0;
	uint8_t code = (uint8_t)(next(seed) % 8);
	bool in = code == UPLOAD || code == GETSTATUS || code == GETSTATE;
	setup[0] = is_standard ? 0x01 : in ? 0xA1 : 0x21;
	setup[1] = is_standard ? 0x0B : code;
	setup[2] = (uint8_t)(next(seed) % 8);
	setup[3] = next(seed) % 16 == 0;
	setup[4] = setup[5] = 0;
	setup[6] = (uint8_t)length;
	setup[7] = (uint8_t)(length >> 8);
	if (next(seed) % 64 == 0)
		setup[next(seed) % 8] = (uint8_t)next(seed);
}

/* Nothing is burnt, nothing is started, and after a reset the ROM code is there as it was. */
static void test_random_requests(void **state)
{
	static const enum sim_boot_stage stages[] = {SIM_BOOT_ROM, SIM_BOOT_TFA};
	(void)state;
	for (unsigned i = 0; i < 10; i++) {
		static uint8_t data[65536];
		struct rig rig;
		uint32_t seed = i;
		uint16_t actual;
		set_up(&rig, (enum sim_family)(i % 5));
		for (unsigned sent = 0; sent < 20000; sent++) {
			uint8_t setup[8];
			make_setup(setup, &seed);
			if (sim_usb_transfer(rig.usb, setup, data, &actual) == SIM_USB_GONE)
				sim_boot_enter(rig.board, stages[i / 5]);
			assert_int_not_equal(sim_boot_stage(rig.board), SIM_BOOT_SERVICE);
		}
		for (unsigned word = 0; word < sim_board_word_count(rig.board); word++)
			assert_int_equal(sim_board_pulses(rig.board, word), 0);
		sim_usb_board_reset(rig.usb);
		open_again(&rig);
		assert_int_equal(sim_boot_phase(rig.board), 1);
		expect_status(&rig, 0, 0, 2);
		tear_down(&rig);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mp15_boots),
		cmocka_unit_test(test_mp13_boots),
		cmocka_unit_test(test_mp25_boots),
		cmocka_unit_test(test_prgfw_boots),
		cmocka_unit_test(test_layout_first),
		cmocka_unit_test(test_rom_refuses),
		cmocka_unit_test(test_rom_has_no_room),
		cmocka_unit_test(test_closed_device),
		cmocka_unit_test(test_counter_is_raised),
		cmocka_unit_test(test_counter_is_left_alone),
		cmocka_unit_test(test_tfa_refuses_a_fip),
		cmocka_unit_test(test_other_alternates),
		cmocka_unit_test(test_state_machine),
		cmocka_unit_test(test_early_detach),
		cmocka_unit_test(test_resets_half_way),
		cmocka_unit_test(test_never_comes_back),
		cmocka_unit_test(test_phase_ends_with_a_text),
		cmocka_unit_test(test_takes_its_time),
		cmocka_unit_test(test_mp25_stays),
		cmocka_unit_test(test_orders),
		cmocka_unit_test(test_random_requests),
	};
	return cmocka_run_group_tests_name("boot stages on USB", tests, NULL, NULL);
}
