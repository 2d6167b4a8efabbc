/*
 * A real board's power cycle, as far as it can be seen and as a person confirms it; what it settles
 * in the journal, and whose way is shut until then.
 */
#include "tests/support/fake_device.h"
#include "tests/support/fixtures.h"
#include "tests/support/scratch.h"

#include "src/admission.h"
#include "src/finder.h"
#include "src/power_cycle.h"
#include "src/session.h"
#include "src/store.h"
#include "src/word_status.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BOARD  "00410032-33385116-34383330"
#define SERIAL "004100323338511634383330"
#define OTHER  "0051A00153494D554C415445"
#define PRGFW  "STM32PRGFW-UTIL"

static char folder[SCRATCH_MAX];
static struct found_boards attached; /* what list() tells */
static enum status list_status;
static struct fake_device board;
static bool is_admitted; /* open() came as far as the board */

static bool fake_claims(const char *text)
{
	return strcmp(text, "real") == 0;
}

static enum status fake_open(struct device **out, const char *text,
	const struct source_options *options, struct errbuf *err)
{
	(void)text;
	is_admitted = false;
	enum status status = options->admit(&board.info, options->payload, err);
	if (status != OK)
		return status;
	is_admitted = true;
	*out = &board.device;
	return OK;
}

static enum status fake_list(struct found_boards *out, struct errbuf *err)
{
	*out = attached;
	return list_status == OK ? OK : errbuf_set(err, list_status, "cannot look");
}

static enum status fake_find(struct found_board *out, const char *text, struct errbuf *err)
{
	(void)text;
	if (attached.count == 0)
		return errbuf_set(err, ERR_GONE, "no board is there");
	*out = attached.boards[0];
	return OK;
}

static const struct source_ops fake_source = {.name = "real",
	.help = "a board for tests",
	.claims = fake_claims,
	.open = fake_open,
	.list = fake_list,
	.find = fake_find};
static const struct source_ops *const sources[] = {&fake_source, NULL};

static void attach(const char *path, const char *serial, const char *stage, enum peer peer)
{
	struct found_board *out = &attached.boards[attached.count++];
	*out = (struct found_board){.peer = peer, .offers_otp = peer != PEER_UNKNOWN};
	snprintf(out->source, sizeof out->source, "real");
	snprintf(out->link, sizeof out->link, "usb");
	snprintf(out->path, sizeof out->path, "%s", path);
	snprintf(out->serial, sizeof out->serial, "%s", serial);
	snprintf(out->stage, sizeof out->stage, "%s", stage);
}

static void detach_all(void)
{
	attached.count = 0;
}

static int set_up(void **state)
{
	(void)state;
	struct image image;
	scratch_make(folder);
	fixture_plain(&image);
	fake_device_init(&board, &image);
	board.info.source_class = SOURCE_REAL;
	board.info.peer = PEER_UBOOT;
	strcpy(board.info.source, "real");
	strcpy(board.info.port, "1-5.4");
	strcpy(board.info.serial, SERIAL);
	list_status = OK;
	detach_all();
	attach("1-5.4", SERIAL, "U-Boot stm32prog", PEER_UBOOT);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	scratch_remove(folder);
	return 0;
}

/* An intent as a run leaves it that is killed before its outcome; its id. */
static void leave_an_intent(char id[JOURNAL_ID_MAX], const char *peer, unsigned word)
{
	struct journal journal;
	struct errbuf err = {0};
	struct journal_intent *intent = calloc(1, sizeof *intent);
	assert_int_equal(journal_open(&journal, folder, SOURCE_REAL, &err), OK);
	strcpy(intent->board, BOARD);
	strcpy(intent->serial, board.info.serial);
	strcpy(intent->port, board.info.port);
	strcpy(intent->peer, peer);
	intent->pass_count = 1;
	intent->word_count = 1;
	intent->words[0] = (struct journal_word){.word = word,
		.before_known = true,
		.request_value = 1,
		.request_status = WORD_STATUS_UPDATE,
		.after_value = 1,
		.after_known = true};
	assert_int_equal(journal_write_intent(&journal, intent, &board.fuses, &err), OK);
	strcpy(id, intent->id);
	free(intent);
}

static size_t open_entries(void)
{
	struct journal journal;
	struct journal_entry *list = NULL;
	size_t count = 0, damaged = 0;
	struct errbuf err = {0};
	assert_int_equal(journal_open(&journal, folder, SOURCE_REAL, &err), OK);
	assert_int_equal(
		journal_read(&list, &count, &damaged, JOURNAL_OPEN_ONLY, &journal, &err), OK);
	free(list);
	return count;
}

static struct power_cycle *begin(void)
{
	struct power_cycle *cycle = NULL;
	struct errbuf err = {0};
	if (power_cycle_begin(&cycle, &fake_source, "real", folder, &err) != OK)
		fail_msg("%s", err.text);
	return cycle;
}

static void look(struct power_cycle *cycle, enum power_step expected)
{
	struct errbuf err = {0};
	assert_int_equal(power_cycle_look(cycle, &err), OK);
	assert_int_equal(cycle->step, expected);
}

static void confirm(struct power_cycle *cycle, enum status expected)
{
	struct errbuf err = {0};
	assert_int_equal(power_cycle_confirm(cycle, power_cycle_words(cycle), &err), expected);
}

static enum status open_board(struct session **out, const struct power_cycle *powered)
{
	struct session_options options = {
		.sources = sources, .powered = powered, .source = {.state_folder = folder}};
	struct errbuf err = {0};
	*out = NULL;
	return session_open(out, "real", &options, &err);
}

/* --- what is seen */

static void going_and_coming_is_seen_before_a_word_is_taken(void **state)
{
	(void)state;
	struct power_cycle *cycle = begin();
	assert_string_equal(power_cycle_words(cycle), "had no power 3330");
	look(cycle, POWER_STILL_ON);
	confirm(cycle, ERR_REFUSED);
	detach_all();
	look(cycle, POWER_GONE);
	confirm(cycle, ERR_REFUSED);
	attach("1-5.4", SERIAL, "ROM code", PEER_UNKNOWN);
	look(cycle, POWER_OTHER_STAGE);
	confirm(cycle, ERR_REFUSED);
	detach_all();
	look(cycle, POWER_GONE);
	attach("2-1", SERIAL, "U-Boot stm32prog", PEER_UBOOT);
	look(cycle, POWER_BACK);
	assert_string_equal(cycle->board.path, "2-1");
	struct errbuf err = {0};
	assert_int_equal(power_cycle_confirm(cycle, "had no power", &err), ERR_REFUSED);
	confirm(cycle, OK);
	power_cycle_free(cycle);
}

/* A board that is moved, or does not tell who it is, was not seen to go. */
static void what_may_be_the_board_is_not_gone(void **state)
{
	(void)state;
	struct power_cycle *cycle = begin();
	struct errbuf err = {0};
	detach_all();
	attach("1-5.4", "", "", PEER_UNKNOWN);
	look(cycle, POWER_STILL_ON);
	assert_true(cycle->is_unclear);
	detach_all();
	attach("1-5.2", SERIAL, "U-Boot stm32prog", PEER_UBOOT);
	look(cycle, POWER_STILL_ON);
	assert_false(cycle->is_unclear);
	list_status = ERR_LINK;
	detach_all();
	assert_int_equal(power_cycle_look(cycle, &err), ERR_LINK);
	assert_int_equal(cycle->step, POWER_STILL_ON);
	power_cycle_free(cycle);
}

static void another_board_is_not_taken_for_it(void **state)
{
	(void)state;
	struct power_cycle *cycle = begin();
	struct errbuf err = {0};
	detach_all();
	look(cycle, POWER_GONE);
	attach("1-5.4", OTHER, "U-Boot stm32prog", PEER_UBOOT);
	look(cycle, POWER_GONE);
	attach("1-5.1", SERIAL, "U-Boot stm32prog", PEER_UBOOT);
	attach("1-5.2", SERIAL, "U-Boot stm32prog", PEER_UBOOT);
	assert_int_equal(power_cycle_look(cycle, &err), ERR_REFUSED);
	confirm(cycle, ERR_REFUSED);
	power_cycle_free(cycle);
}

/* A serial number of zeros is every blank board's. */
static void a_board_without_serial_goes_by_its_place(void **state)
{
	(void)state;
	static const char zeros[] = "000000000000000000000000";
	detach_all();
	attach("1-5.4", zeros, "U-Boot stm32prog", PEER_UBOOT);
	struct power_cycle *cycle = begin();
	assert_string_equal(power_cycle_words(cycle), "had no power -5.4");
	detach_all();
	look(cycle, POWER_GONE);
	attach("1-5.3", zeros, "U-Boot stm32prog", PEER_UBOOT);
	look(cycle, POWER_GONE);
	attach("1-5.4", zeros, "U-Boot stm32prog", PEER_UBOOT);
	look(cycle, POWER_BACK);
	power_cycle_free(cycle);
}

/* A serial adapter stays: only the person knows. */
static void where_nothing_can_be_seen_the_word_is_all(void **state)
{
	(void)state;
	char early[JOURNAL_ID_MAX], late[JOURNAL_ID_MAX];
	struct session *session;
	struct errbuf err = {0};
	board.info.serial[0] = '\0';
	board.info.peer = PEER_PRGFW;
	strcpy(board.info.port, "/dev/ttyUSB0");
	leave_an_intent(early, PRGFW, 70);
	detach_all();
	attach("/dev/ttyUSB0", "", "", PEER_UNKNOWN);
	attached.boards[0].is_blind = true;
	struct power_cycle *cycle = begin();
	leave_an_intent(late, PRGFW, 71);
	assert_string_equal(power_cycle_words(cycle), "had no power USB0");
	look(cycle, POWER_BACK);
	assert_int_equal(power_cycle_confirm(cycle, "had no power", &err), ERR_REFUSED);
	assert_int_equal(open_board(&session, NULL), ERR_BUSY);
	confirm(cycle, OK);
	assert_true(power_cycle_covers(cycle, early, &board.info));
	assert_false(power_cycle_covers(cycle, late, &board.info));
	assert_int_equal(open_board(&session, cycle), ERR_REFUSED);
	power_cycle_free(cycle);
}

static void one_at_a_time(void **state)
{
	(void)state;
	struct power_cycle *cycle = begin(), *second = NULL;
	struct session *session;
	struct errbuf err = {0};
	assert_int_equal(power_cycle_begin(&second, &fake_source, "real", folder, &err), ERR_BUSY);
	assert_int_equal(open_board(&session, NULL), ERR_BUSY);
	assert_false(is_admitted);
	power_cycle_free(cycle);
	assert_int_equal(open_board(&session, NULL), OK);
	assert_int_equal(power_cycle_begin(&second, &fake_source, "real", folder, &err), ERR_BUSY);
	session_close(session);
}

/* --- what it settles */

static struct power_cycle *cycle_power(void)
{
	struct power_cycle *cycle = begin();
	detach_all();
	look(cycle, POWER_GONE);
	attach("1-5.4", board.info.serial, "U-Boot stm32prog", board.info.peer);
	look(cycle, POWER_BACK);
	confirm(cycle, OK);
	return cycle;
}

static void what_was_open_before_is_settled(void **state)
{
	(void)state;
	char id[JOURNAL_ID_MAX];
	struct session *session;
	leave_an_intent(id, "U-Boot stm32prog", 70);
	struct power_cycle *cycle = cycle_power();
	assert_int_equal(open_board(&session, cycle), OK);
	assert_false(session->untouchable[70]);
	assert_int_equal(session->recovered_count, 1);
	assert_int_equal(session->recovered[0].results[0].verdict, VERDICT_NOT_BURNT);
	session_close(session);
	power_cycle_free(cycle);
	assert_int_equal(open_entries(), 0);
}

/* Made by somebody who used the board after it came back: no power cycle is behind it. */
static void what_came_later_is_not_settled(void **state)
{
	(void)state;
	char early[JOURNAL_ID_MAX], late[JOURNAL_ID_MAX];
	struct session *session;
	leave_an_intent(early, "U-Boot stm32prog", 70);
	struct power_cycle *cycle = cycle_power();
	leave_an_intent(late, "U-Boot stm32prog", 71);
	assert_true(power_cycle_covers(cycle, early, &board.info));
	assert_false(power_cycle_covers(cycle, late, &board.info));
	assert_int_equal(open_board(&session, cycle), OK);
	assert_false(session->untouchable[70]);
	assert_true(session->untouchable[71]);
	session_close(session);
	power_cycle_free(cycle);
	assert_int_equal(open_entries(), 1);
}

static void it_speaks_for_its_own_board_only(void **state)
{
	(void)state;
	char id[JOURNAL_ID_MAX];
	leave_an_intent(id, "U-Boot stm32prog", 70);
	struct power_cycle *cycle = cycle_power();
	struct device_info other = board.info;
	strcpy(other.serial, OTHER);
	assert_false(power_cycle_covers(cycle, id, &other));
	other = board.info;
	other.source_class = SOURCE_SIMULATED;
	assert_false(power_cycle_covers(cycle, id, &other));
	cycle->is_confirmed = false;
	assert_false(power_cycle_covers(cycle, id, &board.info));
	power_cycle_free(cycle);
	assert_false(power_cycle_covers(NULL, id, &board.info));
}

/* A service that offers no OTP says nothing of what was burnt. */
static void without_an_otp_nothing_is_settled(void **state)
{
	(void)state;
	char id[JOURNAL_ID_MAX];
	struct session *session;
	leave_an_intent(id, "U-Boot stm32prog", 70);
	struct power_cycle *cycle = cycle_power();
	board.info.otp_offered = false;
	assert_int_equal(open_board(&session, cycle), OK);
	assert_true(session->untouchable[70]);
	session_close(session);
	power_cycle_free(cycle);
	assert_int_equal(open_entries(), 1);
}

/* --- whose way is shut */

static enum status ask(const char *port, const char *serial, enum peer peer)
{
	struct journal journal;
	struct errbuf err = {0};
	struct device_info about = {.source_class = SOURCE_REAL, .peer = peer};
	snprintf(about.port, sizeof about.port, "%s", port);
	snprintf(about.serial, sizeof about.serial, "%s", serial);
	assert_int_equal(journal_open(&journal, folder, SOURCE_REAL, &err), OK);
	return admission_check(&journal, &about, NULL, &err);
}

static void an_open_commit_over_one_buffer_shuts_the_way(void **state)
{
	(void)state;
	char id[JOURNAL_ID_MAX];
	struct session *session;
	assert_int_equal(ask("1-5.4", SERIAL, PEER_PRGFW), OK);
	leave_an_intent(id, PRGFW, 70);
	board.info.peer = PEER_PRGFW;
	/* By its port where the serial number says nothing, by its serial number at any port. */
	assert_int_equal(ask("1-5.4", SERIAL, PEER_PRGFW), ERR_REFUSED);
	assert_int_equal(ask("2-1", SERIAL, PEER_PRGFW), ERR_REFUSED);
	assert_int_equal(ask("1-5.4", "", PEER_PRGFW), ERR_REFUSED);
	assert_int_equal(ask("1-5.4", SERIAL, PEER_UBOOT), ERR_REFUSED);
	assert_int_equal(ask("1-5.4", OTHER, PEER_PRGFW), OK);
	assert_int_equal(ask("2-1", "", PEER_PRGFW), OK);
	assert_int_equal(open_board(&session, NULL), ERR_REFUSED);
	assert_false(is_admitted);
	struct power_cycle *cycle = cycle_power();
	assert_int_equal(open_board(&session, cycle), OK);
	session_close(session);
	power_cycle_free(cycle);
	assert_int_equal(ask("1-5.4", SERIAL, PEER_PRGFW), OK);
}

static void u_boot_may_be_read_meanwhile(void **state)
{
	(void)state;
	char id[JOURNAL_ID_MAX];
	leave_an_intent(id, "U-Boot stm32prog", 70);
	assert_int_equal(ask("1-5.4", SERIAL, PEER_UBOOT), OK);
	assert_int_equal(ask("1-5.4", SERIAL, PEER_PRGFW), OK);
}

/* --- a serial number that is not one board's alone */

static enum status commit_word_70(void)
{
	struct session *session;
	struct plan *plan = NULL;
	struct confirmation confirmation;
	struct errbuf err = {0};
	struct commit_result *result = calloc(1, sizeof *result);
	struct edits *edits = calloc(1, sizeof *edits);
	char phrase[CONFIRM_PHRASE_MAX];
	bool acknowledged[64];
	memset(acknowledged, 1, sizeof acknowledged);
	edits->word[70] = (struct edit){.sets_value = true, .value = 1};
	assert_int_equal(open_board(&session, NULL), OK);
	assert_int_equal(session_plan(&plan, session, edits, &err), OK);
	confirm_phrase(phrase, plan);
	assert_int_equal(arming_arm(&session->arming, session->board, &err), OK);
	assert_int_equal(
		confirm_typed(&confirmation, plan, phrase, acknowledged, &session->arming, &err),
		OK);
	enum status status = session_commit(result, session, plan, &confirmation, NULL, &err);
	assert_false(session->arming.armed);
	plan_free(plan);
	session_close(session);
	free(result);
	free(edits);
	return status;
}

static void a_shared_serial_number_is_no_identity(void **state)
{
	(void)state;
	board.fuses.value[13] = board.fuses.value[14] = board.fuses.value[15] = 0;
	attach("1-5.3", SERIAL, "U-Boot stm32prog", PEER_UBOOT);
	assert_int_equal(commit_word_70(), ERR_REFUSED);
	attached.count = 1;
	attach("1-5.3", "", "", PEER_UNKNOWN);
	assert_int_equal(commit_word_70(), ERR_REFUSED);
	list_status = ERR_LINK;
	assert_int_equal(commit_word_70(), ERR_LINK);
	list_status = OK;
	assert_int_equal(board.calls[FAKE_STAGE], 0);
	attached.count = 1;
	attach("1-5.3", OTHER, "U-Boot stm32prog", PEER_UBOOT);
	assert_int_equal(commit_word_70(), OK);
	assert_int_equal(board.calls[FAKE_BURN], 1);
}

/* The unique-id words tell it from any other. */
static void with_unique_id_words_another_may_share_it(void **state)
{
	(void)state;
	attach("1-5.3", SERIAL, "U-Boot stm32prog", PEER_UBOOT);
	assert_int_equal(commit_word_70(), OK);
	assert_int_equal(board.calls[FAKE_BURN], 1);
}

#define test(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(going_and_coming_is_seen_before_a_word_is_taken),
		test(what_may_be_the_board_is_not_gone),
		test(another_board_is_not_taken_for_it),
		test(a_board_without_serial_goes_by_its_place),
		test(where_nothing_can_be_seen_the_word_is_all),
		test(one_at_a_time),
		test(what_was_open_before_is_settled),
		test(what_came_later_is_not_settled),
		test(it_speaks_for_its_own_board_only),
		test(without_an_otp_nothing_is_settled),
		test(an_open_commit_over_one_buffer_shuts_the_way),
		test(u_boot_may_be_read_meanwhile),
		test(a_shared_serial_number_is_no_identity),
		test(with_unique_id_words_another_may_share_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
