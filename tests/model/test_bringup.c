/* What has to hold before firmware is loaded into a board, and what is said when it ends. */
#include "src/bringup.h"

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

/* A board that does what it is told. */
static struct {
	struct loader loader;
	struct loader_view view;
	struct loader_report report;
	enum status end;
	const char *why;
	unsigned loaded, opened, closed;
	const char *twin; /* the serial number of another board; NULL: none */
} board;

static enum status look(
	struct loader *loader, struct loader_view *out, const struct job *job, struct errbuf *err)
{
	(void)loader;
	(void)job;
	(void)err;
	*out = board.view;
	return OK;
}

static enum status load(struct loader *loader, struct loader_report *out,
	const struct firmware *firmware, const struct job *job, struct errbuf *err)
{
	(void)loader;
	(void)firmware;
	(void)job;
	board.loaded++;
	*out = board.report;
	return board.end == OK ? OK : errbuf_set(err, board.end, "%s", board.why);
}

static void close_loader(struct loader *loader)
{
	(void)loader;
	board.closed++;
}

static const struct loader_ops loader_ops = {look, load, close_loader};

static bool claims(const char *text)
{
	return strcmp(text, "fake") == 0;
}

static enum status list(struct found_boards *out, struct errbuf *err)
{
	(void)err;
	memset(out, 0, sizeof *out);
	snprintf(out->boards[out->count].path, 32, "1-1");
	snprintf(out->boards[out->count].stage, 64, "ROM code");
	snprintf(out->boards[out->count++].serial, 64, "%s", board.view.serial);
	if (board.twin) {
		snprintf(out->boards[out->count].path, 32, "1-2");
		snprintf(out->boards[out->count].stage, 64, "ROM code");
		snprintf(out->boards[out->count++].serial, 64, "%s", board.twin);
	}
	return OK;
}

static enum status open_loader(struct loader **out, const char *text,
	const struct source_options *options, struct errbuf *err)
{
	struct device_info about = {.source_class = SOURCE_REAL};
	(void)text;
	snprintf(about.port, sizeof about.port, "1-1");
	enum status status = options->admit(&about, options->payload, err);
	if (status != OK)
		return status;
	board.loader.ops = &loader_ops;
	board.opened++;
	*out = &board.loader;
	return OK;
}

static const struct source_ops source = {
	.name = "fake", .claims = claims, .list = list, .open_loader = open_loader};
static const struct source_ops *const sources[] = {&source, NULL};

struct rig {
	char folder[SCRATCH_MAX];
	struct session_options options;
	struct bringup *bringup;
	struct confirmation confirmation;
	struct errbuf err;
};

static int set_up(void **state)
{
	struct rig *rig = calloc(1, sizeof *rig);
	assert_non_null(rig);
	scratch_make(rig->folder);
	rig->options.sources = sources;
	rig->options.source.state_folder = rig->folder;
	memset(&board, 0, sizeof board);
	board.view.device_id = 0x500;
	board.view.tells_phase = true;
	board.view.phase = 1;
	snprintf(board.view.serial, sizeof board.view.serial, "004100323338511634383330");
	snprintf(board.view.port, sizeof board.view.port, "1-1");
	snprintf(board.view.stage, sizeof board.view.stage, "ROM code");
	snprintf(board.view.source, sizeof board.view.source, "fake");
	*state = rig;
	return 0;
}

static int tear_down(void **state)
{
	struct rig *rig = *state;
	bringup_close(rig->bringup);
	scratch_remove(rig->folder);
	free(rig);
	return 0;
}

static void take_file(struct rig *rig, struct firmware *out, struct made made, const char *phase)
{
	char text[300];
	make_save(&made, rig->folder, "file");
	free(made.bytes);
	snprintf(text, sizeof text, "%s=%s/file", phase, rig->folder);
	assert_int_equal(firmware_add(out, text, &rig->err), OK);
}

static void open_with(struct rig *rig, uint32_t chip, uint32_t version)
{
	struct firmware firmware = {0};
	take_file(rig, &firmware, make_stm32(chip, 64, version), "1");
	take_file(rig, &firmware, make_fip(64), "3");
	bringup_close(rig->bringup);
	rig->bringup = NULL;
	if (bringup_open(&rig->bringup, "fake", &firmware, &rig->options, &rig->err) != OK)
		fail_msg("%s", rig->err.text);
}

static void confirm_all(struct rig *rig)
{
	const struct confirm_boot boot = bringup_confirm(rig->bringup);
	char phrase[CONFIRM_PHRASE_MAX];
	confirm_boot_phrase(phrase, &boot);
	assert_int_equal(bringup_arm(rig->bringup, &rig->err), OK);
	assert_int_equal(confirm_boot_typed(&rig->confirmation, &boot, phrase,
				 &rig->bringup->arming, &rig->err),
		OK);
}

static void expect_run(struct rig *rig, enum status wanted, const char *why)
{
	errbuf_clear(&rig->err);
	enum status status = bringup_run(rig->bringup, &rig->confirmation, NULL, &rig->err);
	if (status != wanted || !strstr(rig->err.text, why))
		fail_msg("%s instead of %s, and '%s' is not in: %s", status_name(status),
			status_name(wanted), why, rig->err.text);
}

static void loads_what_was_confirmed(void **state)
{
	struct rig *rig = *state;
	open_with(rig, 0x500, 2);
	assert_string_equal(rig->bringup->refusal, "");
	confirm_all(rig);
	expect_run(rig, OK, "");
	assert_int_equal(board.loaded, 1);
	/* It is over with the run. */
	expect_run(rig, ERR_REFUSED, "read-only until it is armed");
	assert_int_equal(board.loaded, 1);
}

static void the_phrase_names_version_and_board(void **state)
{
	struct rig *rig = *state;
	char phrase[CONFIRM_PHRASE_MAX];
	open_with(rig, 0x500, 2);
	struct confirm_boot boot = bringup_confirm(rig->bringup);
	confirm_boot_phrase(phrase, &boot);
	assert_string_equal(phrase, "boot version 2 on 3330");
	assert_int_equal(bringup_arm(rig->bringup, &rig->err), OK);
	const char *const wrong[] = {"", "y", "boot version 1 on 3330", "boot version 2 on 3331",
		"boot version 2 on 3330 "};
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		errbuf_clear(&rig->err);
		assert_int_equal(confirm_boot_typed(&rig->confirmation, &boot, wrong[i],
					 &rig->bringup->arming, &rig->err),
			ERR_REFUSED);
		expect_run(rig, ERR_REFUSED, "");
		assert_int_equal(bringup_arm(rig->bringup, &rig->err), OK);
	}
	assert_int_equal(board.loaded, 0);
	/* TF-A runs already; and a port where nothing tells the board. */
	board.view.phase = 3;
	board.view.serial[0] = '\0';
	snprintf(board.view.port, sizeof board.view.port, "/dev/ttyUSB0");
	open_with(rig, 0x500, 2);
	boot = bringup_confirm(rig->bringup);
	confirm_boot_phrase(phrase, &boot);
	assert_string_equal(phrase, "boot phase 3 on USB0");
}

static void nothing_unconfirmed_is_loaded(void **state)
{
	struct rig *rig = *state;
	struct confirm_boot boot;
	open_with(rig, 0x500, 0);
	expect_run(rig, ERR_REFUSED, "read-only until it is armed");
	assert_int_equal(bringup_arm(rig->bringup, &rig->err), OK);
	expect_run(rig, ERR_REFUSED, "were not confirmed for this board");
	/* By fingerprint: the right one, of these files. */
	open_with(rig, 0x500, 0);
	boot = bringup_confirm(rig->bringup);
	assert_int_equal(confirm_boot_fingerprint(&rig->confirmation, &boot, boot.fingerprint,
				 &rig->bringup->arming, &rig->err),
		ERR_REFUSED);
	assert_int_equal(bringup_arm(rig->bringup, &rig->err), OK);
	errbuf_clear(&rig->err);
	assert_int_equal(confirm_boot_fingerprint(&rig->confirmation, &boot, "0123456789abcdef",
				 &rig->bringup->arming, &rig->err),
		ERR_REFUSED);
	errbuf_clear(&rig->err);
	assert_int_equal(confirm_boot_fingerprint(&rig->confirmation, &boot, boot.fingerprint,
				 &rig->bringup->arming, &rig->err),
		OK);
	/* Other files, another board: another confirmation. */
	struct confirmation held = rig->confirmation;
	open_with(rig, 0x500, 1);
	assert_int_equal(bringup_arm(rig->bringup, &rig->err), OK);
	rig->confirmation = held;
	expect_run(rig, ERR_REFUSED, "were not confirmed for this board");
	snprintf(board.view.serial, sizeof board.view.serial, "004100323338511634383331");
	open_with(rig, 0x500, 0);
	assert_int_equal(bringup_arm(rig->bringup, &rig->err), OK);
	rig->confirmation = held;
	expect_run(rig, ERR_REFUSED, "were not confirmed for this board");
	assert_int_equal(board.loaded, 0);
}

static void a_read_only_run_loads_nothing(void **state)
{
	struct rig *rig = *state;
	rig->options.read_only = true;
	open_with(rig, 0x500, 0);
	assert_int_equal(bringup_arm(rig->bringup, &rig->err), ERR_REFUSED);
	const struct confirm_boot boot = bringup_confirm(rig->bringup);
	char phrase[CONFIRM_PHRASE_MAX];
	confirm_boot_phrase(phrase, &boot);
	errbuf_clear(&rig->err);
	assert_int_equal(confirm_boot_typed(&rig->confirmation, &boot, phrase,
				 &rig->bringup->arming, &rig->err),
		ERR_REFUSED);
	expect_run(rig, ERR_REFUSED, "");
	assert_int_equal(board.loaded, 0);
}

static void expect_refusal(struct rig *rig, const char *why)
{
	if (!strstr(rig->bringup->refusal, why))
		fail_msg("'%s' is not in: %s", why, rig->bringup->refusal);
	confirm_all(rig);
	expect_run(rig, ERR_REFUSED, why);
	assert_int_equal(board.loaded, 0);
}

static void what_does_not_fit_is_not_loaded(void **state)
{
	struct rig *rig = *state;
	open_with(rig, 0x501, 0);
	expect_refusal(rig, "is for another chip");
	board.view.device_id = 0x486;
	open_with(rig, 0x500, 0);
	expect_refusal(rig, "no STM32MP that can be brought up");
	board.view.device_id = 0x500;
	board.view.phase = 0xFF;
	snprintf(board.view.said, sizeof board.view.said, "no DDR");
	open_with(rig, 0x500, 0);
	expect_refusal(rig, "has given up, and said: no DDR");
	board.view.phase = 0;
	open_with(rig, 0x500, 0);
	expect_refusal(rig, "another tool has loaded, or asks for a FlashLayout");
	board.view.phase = 1;
	board.view.is_service = true;
	open_with(rig, 0x500, 0);
	expect_refusal(rig, "answers already");
	board.view.is_service = false;
	board.twin = board.view.serial;
	open_with(rig, 0x500, 0);
	expect_refusal(rig, "has the same: unplug that one");
	board.twin = NULL;
	struct firmware none = {0};
	open_with(rig, 0x500, 0);
	bringup_set_firmware(rig->bringup, &none);
	expect_refusal(rig, "no files were named");
}

/* What this program read of the board once counts: its word, and that it is closed. */
static void recalls_the_board(void **state)
{
	struct rig *rig = *state;
	struct journal journal;
	struct image *image = calloc(1, sizeof *image);
	assert_non_null(image);
	image->version = 2;
	image->word_count = 96;
	image->value[1] = 0x8000;
	image->value[4] = 0x3;
	assert_int_equal(journal_open(&journal, rig->folder, SOURCE_REAL, &rig->err), OK);
	assert_int_equal(
		journal_save_image(&journal, "00410032-33385116-34383330", image, &rig->err), OK);
	open_with(rig, 0x500, 2);
	assert_int_equal(rig->bringup->counter.word, 4);
	assert_true(rig->bringup->counter.is_known);
	assert_int_equal(rig->bringup->counter.value, 3);
	assert_false(rig->bringup->was_closed);
	assert_string_equal(rig->bringup->refusal, "");
	image->value[0] = 0x40;
	assert_int_equal(
		journal_save_image(&journal, "00410032-33385116-34383330", image, &rig->err), OK);
	open_with(rig, 0x500, 2);
	assert_true(rig->bringup->was_closed);
	expect_refusal(rig, "the device is closed, and");
	free(image);
}

static void says_whether_anything_may_be_burnt(void **state)
{
	struct rig *rig = *state;
	board.end = ERR_TIMEOUT;
	board.why = "it did not come back";
	open_with(rig, 0x500, 0);
	confirm_all(rig);
	expect_run(rig, ERR_TIMEOUT, "it did not come back; nothing was loaded, nothing was burnt");
	board.report.has_sent = true;
	confirm_all(rig);
	expect_run(rig, ERR_TIMEOUT, "nothing was started, nothing was burnt; reset the board");
	board.report.has_started = true;
	confirm_all(rig);
	expect_run(rig, ERR_UNCERTAIN, "may have raised the anti-rollback word");
	board.end = ERR_CANCELLED;
	confirm_all(rig);
	expect_run(rig, ERR_UNCERTAIN, "may have raised the anti-rollback word");
}

static void one_at_a_time(void **state)
{
	struct rig *rig = *state;
	struct bringup *second;
	struct firmware none = {0};
	open_with(rig, 0x500, 0);
	assert_int_equal(bringup_open(&second, "fake", &none, &rig->options, &rig->err), ERR_BUSY);
	bringup_close(rig->bringup);
	rig->bringup = NULL;
	errbuf_clear(&rig->err);
	assert_int_equal(bringup_open(&second, "demo.bin", &none, &rig->options, &rig->err),
		ERR_UNSUPPORTED);
	assert_int_equal(board.opened, board.closed);
	errbuf_clear(&rig->err);
	rig->options.source.state_folder = NULL;
	assert_int_equal(bringup_open(&second, "fake", &none, &rig->options, &rig->err), ERR_FILE);
}

static void note(const char *text, void *payload)
{
	char *all = payload;
	strcat(strcat(all, text), "\n");
}

static void tells_all_of_it(void **state)
{
	struct rig *rig = *state;
	char all[8192] = "";
	open_with(rig, 0x500, 2);
	bringup_tell(rig->bringup, note, all);
	const char *const parts[] = {"004100323338511634383330, STM32MP15x, device id 0x500",
		"ROM code, and asks for phase 1", "STM32 header 1.0, version 2, not signed",
		"FIP of 2 parts, OP-TEE, U-Boot",
		"anti-rollback, word 4: what it holds cannot be told",
		"version is 2: its word is 0x00000003",
		"! TF-A may raise the word to that, for ever", rig->bringup->fingerprint};
	for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
		if (!strstr(all, parts[i]))
			fail_msg("'%s' is not in:\n%s", parts[i], all);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(loads_what_was_confirmed),
		TEST(the_phrase_names_version_and_board),
		TEST(nothing_unconfirmed_is_loaded),
		TEST(a_read_only_run_loads_nothing),
		TEST(what_does_not_fit_is_not_loaded),
		TEST(recalls_the_board),
		TEST(says_whether_anything_may_be_burnt),
		TEST(one_at_a_time),
		TEST(tells_all_of_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
