/* The files that bring a board up: from where, for which phase, and for which chip. */
#include "src/firmware.h"
#include "src/flash_layout.h"

#include "tests/support/make_firmware.h"
#include "tests/support/scratch.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEAD "#Opt\tId\tName\tType\tIP\tOffset\tBinary\n"
#define FSBL "-\t0x01\tfsbl-boot\tBinary\tnone\t0x0\ttf-a.stm32\n"
#define FIP  "-\t0x03\tfip-boot\tFIP\tnone\t0x0\tfip.bin\n"
#define DISK                                                                                       \
	"P\t0x04\tfsbl1\tBinary\tmmc0\t0x00004400\tgone.stm32\n"                                   \
	"PED\t0x09\tfip-b\tFIP\tmmc0\t0x00504400\tnone\n"                                          \
	"P\t0x10\trootfs\tFileSystem\tmmc0\t0x00904400\trootfs.ext4\n"

static void take_layout(struct flash_layout *out, const char *text)
{
	struct errbuf err = {0};
	if (flash_layout_parse(out, text, strlen(text), &err) != OK)
		fail_msg("%s", err.text);
}

static void refuse_layout(const char *text, const char *why)
{
	struct flash_layout layout;
	struct errbuf err = {0};
	assert_int_equal(flash_layout_parse(&layout, text, strlen(text), &err), ERR_FORMAT);
	if (!strstr(err.text, why))
		fail_msg("'%s' is not in: %s", why, err.text);
}

static void takes_what_boots(void **state)
{
	struct flash_layout layout;
	(void)state;
	take_layout(&layout, HEAD FSBL FIP DISK);
	assert_int_equal(layout.count, 2);
	assert_int_equal(layout.ignored_count, 3);
	assert_int_equal(layout.entries[0].phase, 1);
	assert_string_equal(layout.entries[0].binary, "tf-a.stm32");
	assert_int_equal(layout.entries[1].phase, 3);
	assert_int_equal(layout.entries[1].line, 3);
	/* As STM32PRGFW-UTIL brings it: an option, a short id, no line break at the end. */
	take_layout(&layout, HEAD "P\t0x1\tfsbl-openbl\tBinary\tnone\t0x0\tutil.stm32");
	assert_int_equal(layout.count, 1);
	/* Line ends of another system, blank lines, comments, tabs to align, in any order. */
	take_layout(&layout, "# mine\r\n\r\n-\t3\t\tb\tFIP\t\tnone\t0x0\ta b.bin\r\n\t\n" FSBL);
	assert_int_equal(layout.count, 2);
	assert_string_equal(layout.entries[0].name, "fsbl-boot");
	assert_string_equal(layout.entries[1].binary, "a b.bin");
	take_layout(&layout, "#Opt\tId\tName\tType\tDevice\tOffset\tBinary\n" FSBL);
}

static void refuses_other_layouts(void **state)
{
	(void)state;
	refuse_layout("", "nothing to boot a board with");
	refuse_layout(HEAD DISK, "nothing to boot a board with");
	refuse_layout("#Opt\tId\tName\tColour\tIP\tOffset\tBinary\n" FSBL,
		"line 1: the columns are Opt, Id, Name, Type, IP, Offset, Binary, and not "
		"'Colour'");
	refuse_layout("#Opt\tId\tName\tType\tIP\tOffset\tBinary\tHash\n" FSBL, "and not 'Hash'");
	refuse_layout(HEAD "-\t0x01\tfsbl\tBinary\tnone\t0x0\n", "line 2 has fewer than the 7");
	refuse_layout(HEAD "-\t1\tfsbl\tBinary\tnone\t0x0\ta\tb\n", "line 2 has more than the 7");
	refuse_layout(HEAD "-\t1\tfsbl\tBinary\tnone\t0x0\ta\tb\tc\td\n", "has more than the 7");
	refuse_layout(HEAD "- 0x01 fsbl Binary none 0x0 tf-a.stm32\n", "which tabs part");
	refuse_layout(HEAD "X\t1\tfsbl\tBinary\tnone\t0x0\ta\n", "and not 'X'");
	refuse_layout(HEAD "-\tone\tfsbl\tBinary\tnone\t0x0\ta\n", "and not 'one'");
	refuse_layout(HEAD "-\t-1\tfsbl\tBinary\tnone\t0x0\ta\n", "and not '-1'");
	refuse_layout(HEAD "-\t1\tfsbl\tBinary\tnone\t0x0\t  \n", "no file is named for 'fsbl'");
	refuse_layout(HEAD "-\t0xF2\tfsbl\tBinary\tnone\t0x0\ta\n", "and not '0xF2'");
	refuse_layout(HEAD "-\t99999999999999999999\tx\tBinary\tnone\t0x0\ta\n", "and not '9999");
	refuse_layout(HEAD "-\t0x00\tx\tBinary\tnone\t0x0\ta\n", "no phase of a boot has the id");
	refuse_layout(HEAD "-\t0x10\tx\tBinary\tnone\t0x0\ta\n", "no phase of a boot has the id");
	refuse_layout(HEAD "-\t1\tfsbl\tBlob\tnone\t0x0\ta\n", "not a type of partition: 'Blob'");
	refuse_layout(HEAD "-\t1\tfsbl\tBinary\tnone\t0x0\tnone\n", "no file is named for 'fsbl'");
	refuse_layout(HEAD FSBL FIP FSBL, "lines 2 and 4 both name a file for phase 1");
	struct flash_layout layout;
	struct errbuf err = {0};
	assert_int_equal(flash_layout_parse(&layout, "-\0", 2, &err), ERR_FORMAT);
}

/* --- files --- */

struct rig {
	char folder[SCRATCH_MAX];
	struct firmware firmware;
	struct errbuf err;
};

static int set_up(void **state)
{
	struct rig *rig = calloc(1, sizeof *rig);
	assert_non_null(rig);
	scratch_make(rig->folder);
	*state = rig;
	return 0;
}

static int tear_down(void **state)
{
	struct rig *rig = *state;
	firmware_free(&rig->firmware);
	scratch_remove(rig->folder);
	free(rig);
	return 0;
}

static void save(struct rig *rig, struct made made, const char *name)
{
	make_save(&made, rig->folder, name);
	free(made.bytes);
}

static enum status add(struct rig *rig, const char *phase, const char *name)
{
	char text[300];
	errbuf_clear(&rig->err);
	snprintf(text, sizeof text, "%s%s/%s", phase, rig->folder, name);
	return firmware_add(&rig->firmware, text, &rig->err);
}

static void expect(struct rig *rig, enum status status, enum status wanted, const char *why)
{
	if (status != wanted || !strstr(rig->err.text, why))
		fail_msg("%s instead of %s, and '%s' is not in: %s", status_name(status),
			status_name(wanted), why, rig->err.text);
	errbuf_clear(&rig->err);
}

static void files_tell_their_phase(void **state)
{
	struct rig *rig = *state;
	save(rig, make_fip(64), "fip");
	save(rig, make_ddr_fip(64), "ddr");
	save(rig, make_stm32(0x505, 64, 0), "tf-a");
	assert_int_equal(add(rig, "", "fip"), OK);
	assert_int_equal(add(rig, "", "tf-a"), OK);
	assert_int_equal(add(rig, "", "ddr"), OK);
	assert_int_equal(rig->firmware.count, 3);
	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(rig->firmware.images[i]->phase, i + 1);
	assert_int_equal(firmware_check(&rig->firmware, 0x505, PHASE_FSBL, &rig->err), OK);
	expect(rig, add(rig, "", "fip"), ERR_USAGE, "phase 3 has a file already");
	expect(rig, add(rig, "4=", "fip"), ERR_USAGE, "'4' is no phase of a boot");
	expect(rig, add(rig, "0=", "fip"), ERR_USAGE, "'0' is no phase of a boot");
	expect(rig, add(rig, "", "none"), ERR_FILE, "none");
	save(rig, (struct made){calloc(1, 10), 10}, "zeros");
	expect(rig, add(rig, "2=", "zeros"), ERR_FORMAT, "neither a file with an STM32 header nor");
}

static void put_text(struct rig *rig, const char *name, const char *text)
{
	struct made made = {(uint8_t *)strdup(text), strlen(text)};
	save(rig, made, name);
}

static void layouts_name_files_beside_them(void **state)
{
	struct rig *rig = *state;
	char path[300];
	save(rig, make_stm32(0x500, 64, 0), "tf-a.stm32");
	put_text(rig, "layout.tsv", HEAD FSBL FIP DISK);
	snprintf(path, sizeof path, "%s/layout.tsv", rig->folder);
	expect(rig, firmware_add_layout(&rig->firmware, path, &rig->err), ERR_FILE,
		"line 3: there is no file 'fip.bin', neither in");
	firmware_free(&rig->firmware);
	save(rig, make_fip(64), "fip.bin");
	assert_int_equal(firmware_add_layout(&rig->firmware, path, &rig->err), OK);
	assert_int_equal(rig->firmware.ignored_count, 3);
	assert_int_equal(firmware_check(&rig->firmware, 0x500, PHASE_FSBL, &rig->err), OK);
	put_text(rig, "bad.tsv", HEAD "?\n");
	snprintf(path, sizeof path, "%s/bad.tsv", rig->folder);
	expect(rig, firmware_add_layout(&rig->firmware, path, &rig->err), ERR_FORMAT,
		"bad.tsv': line 2 has fewer");
}

/* Which chip takes whose first image: none but its own. */
static void an_image_fits_its_chip_alone(void **state)
{
	struct rig *rig = *state;
	const uint32_t ids[] = {0x500, 0x501, 0x505};
	for (size_t made = 0; made < 3; made++) {
		save(rig, make_stm32(ids[made], 64, 0), "image");
		assert_int_equal(add(rig, "", "image"), OK);
		for (size_t on = 0; on < 3; on++) {
			enum status status =
				firmware_check(&rig->firmware, ids[on], PHASE_FSBL, &rig->err);
			expect(rig, status, on == made ? OK : ERR_REFUSED,
				on == made ? "" : "is for another chip");
		}
		expect(rig, firmware_check(&rig->firmware, 0x486, PHASE_FSBL, &rig->err),
			ERR_REFUSED, "device id is 0x486");
		firmware_free(&rig->firmware);
	}
}

static void change_word(struct rig *rig, uint32_t id, size_t at, uint32_t value, const char *why)
{
	struct made made = make_stm32(id, 64, 0);
	make_put_word(made.bytes + at, value);
	save(rig, made, "image");
	assert_int_equal(add(rig, "1=", "image"), OK);
	expect(rig, firmware_check(&rig->firmware, id, PHASE_FSBL, &rig->err), ERR_REFUSED, why);
	firmware_free(&rig->firmware);
}

static void refuses_what_the_rom_would_not_start(void **state)
{
	struct rig *rig = *state;
	change_word(rig, 0x500, 80, 0xC0100000, "starts at C0100000, where an STM32MP15x has no");
	change_word(rig, 0x501, 80, 0x2FFC2500, "starts at 2FFC2500");
	change_word(rig, 0x501, 108, 0x20, "is OP-TEE (type 20)");
	change_word(rig, 0x505, 108, 0x30, "is firmware of the Cortex-M (type 30)");
	save(rig, make_stm32(0x501, 128 * 1024 + 1, 0), "big");
	assert_int_equal(add(rig, "", "big"), OK);
	expect(rig, firmware_check(&rig->firmware, 0x501, PHASE_FSBL, &rig->err), ERR_REFUSED,
		"is too big: 131073 bytes, where the ROM code of an STM32MP13x takes 131072");
	firmware_free(&rig->firmware);
	save(rig, make_fip(64), "fip");
	assert_int_equal(add(rig, "1=", "fip"), OK);
	expect(rig, firmware_check(&rig->firmware, 0x500, PHASE_FSBL, &rig->err), ERR_REFUSED,
		"is a FIP, and the ROM code starts none");
}

static void says_what_is_missing(void **state)
{
	struct rig *rig = *state;
	save(rig, make_fip(64), "fip");
	save(rig, make_ddr_fip(64), "ddr");
	save(rig, make_stm32(0x505, 64, 0), "tf-a");
	assert_int_equal(add(rig, "", "fip"), OK);
	expect(rig, firmware_check(&rig->firmware, 0x500, PHASE_FSBL, &rig->err), ERR_REFUSED,
		"the file for phase 1 is missing");
	/* TF-A runs already. */
	assert_int_equal(firmware_check(&rig->firmware, 0x500, PHASE_FIP, &rig->err), OK);
	assert_int_equal(add(rig, "", "tf-a"), OK);
	expect(rig, firmware_check(&rig->firmware, 0x505, PHASE_FSBL, &rig->err), ERR_REFUSED,
		"the file for phase 2 is missing");
	firmware_free(&rig->firmware);
	assert_int_equal(add(rig, "", "ddr"), OK);
	expect(rig, firmware_check(&rig->firmware, 0x500, PHASE_DDR, &rig->err), ERR_REFUSED,
		"an STM32MP15x has no phase 2");
	firmware_free(&rig->firmware);
	assert_int_equal(add(rig, "3=", "ddr"), OK);
	expect(rig, firmware_check(&rig->firmware, 0x500, PHASE_FIP, &rig->err), ERR_REFUSED,
		"holds no U-Boot");
	firmware_free(&rig->firmware);
	assert_int_equal(add(rig, "", "tf-a"), OK);
	assert_true(firmware_is_single(&rig->firmware));
	assert_int_equal(firmware_check(&rig->firmware, 0x505, PHASE_FSBL, &rig->err), OK);
}

static void a_closed_device_wants_a_signature(void **state)
{
	struct rig *rig = *state;
	struct made made = make_stm32(0x500, 64, 0);
	make_save(&made, rig->folder, "open");
	make_put_word(made.bytes + 100, 0);
	made.bytes[4] = 1;
	save(rig, made, "signed");
	assert_int_equal(add(rig, "", "open"), OK);
	expect(rig, firmware_check_signed(&rig->firmware, &rig->err), ERR_REFUSED,
		"the device is closed, and");
	firmware_free(&rig->firmware);
	assert_int_equal(add(rig, "", "signed"), OK);
	assert_int_equal(firmware_check_signed(&rig->firmware, &rig->err), OK);
}

static void tells_what_a_file_is(void **state)
{
	struct rig *rig = *state;
	char text[FIRMWARE_TEXT_MAX];
	save(rig, make_stm32(0x500, 64, 2), "tf-a");
	save(rig, make_fip(64), "fip");
	assert_int_equal(add(rig, "", "tf-a"), OK);
	assert_int_equal(add(rig, "", "fip"), OK);
	firmware_describe(text, rig->firmware.images[0]);
	assert_string_equal(text, "320 bytes, TF-A, STM32 header 1.0, version 2, not signed");
	firmware_describe(text, rig->firmware.images[1]);
	assert_string_equal(text, "264 bytes, FIP of 2 parts, OP-TEE, U-Boot");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_what_boots),
		cmocka_unit_test(refuses_other_layouts),
		cmocka_unit_test_setup_teardown(files_tell_their_phase, set_up, tear_down),
		cmocka_unit_test_setup_teardown(layouts_name_files_beside_them, set_up, tear_down),
		cmocka_unit_test_setup_teardown(an_image_fits_its_chip_alone, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			refuses_what_the_rom_would_not_start, set_up, tear_down),
		cmocka_unit_test_setup_teardown(says_what_is_missing, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_closed_device_wants_a_signature, set_up, tear_down),
		cmocka_unit_test_setup_teardown(tells_what_a_file_is, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
