/* Sessions: who the board is, what earlier runs left on it, and what may be burnt through them. */
#include "tests/support/fake_device.h"
#include "tests/support/fixtures.h"
#include "tests/support/scratch.h"

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
#include <sys/wait.h>
#include <unistd.h>

#define BOARD "00410032-33385116-34383330"
#define P     WORD_STATUS_PERMANENT

static struct fake_device board; /* what "fake" opens */
static char folder[SCRATCH_MAX];

static bool fake_claims(const char *text)
{
	return strcmp(text, "fake") == 0;
}

static enum status fake_open(struct device **out, const char *text,
	const struct source_options *options, struct errbuf *err)
{
	(void)text;
	(void)options;
	(void)err;
	*out = &board.device;
	return OK;
}

static const struct source_ops fake_source = {
	.name = "fake", .help = "a board for tests", .claims = fake_claims, .open = fake_open};
static const struct source_ops *const sources[] = {&fake_source, NULL};

static int set_up(void **state)
{
	(void)state;
	struct image image;
	scratch_make(folder);
	fixture_plain(&image);
	fake_device_init(&board, &image);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	scratch_remove(folder);
	return 0;
}

static struct session *open_with(const char *source, const char *chip)
{
	struct session_options options = {
		.sources = sources, .chip = chip, .source = {.state_folder = folder}};
	struct session *session = NULL;
	struct errbuf err = {0};
	if (session_open(&session, source, &options, &err) != OK)
		fail_msg("%s", err.text);
	return session;
}

static struct session *open_board(void)
{
	return open_with("fake", NULL);
}

static bool has_news(const struct session *session, const char *text)
{
	for (size_t i = 0; i < session->news_count; i++)
		if (strstr(session->news[i].text, text))
			return true;
	return false;
}

/* Plans, confirms and commits the edits; the verdict. */
static enum commit_verdict commit(struct session *session, const struct edits *edits)
{
	struct plan *plan = NULL;
	struct errbuf err = {0};
	struct confirmation confirmation;
	struct commit_result *result = calloc(1, sizeof *result);
	char phrase[CONFIRM_PHRASE_MAX];
	bool acknowledged[64];
	memset(acknowledged, 1, sizeof acknowledged);
	assert_int_equal(session_plan(&plan, session, edits, &err), OK);
	confirm_phrase(phrase, plan);
	if (arming_arm(&session->arming, session->board, &err) != OK ||
		confirm_typed(&confirmation, plan, phrase, acknowledged, &session->arming, &err) !=
			OK ||
		session_commit(result, session, plan, &confirmation, NULL, &err) != OK)
		fail_msg("%s", err.text);
	enum commit_verdict verdict = result->verdict;
	plan_free(plan);
	free(result);
	return verdict;
}

static size_t open_entries(void)
{
	struct journal journal;
	struct journal_entry *list = NULL;
	size_t count = 0, damaged = 0;
	struct errbuf err = {0};
	assert_int_equal(journal_open(&journal, folder, SOURCE_SIMULATED, &err), OK);
	assert_int_equal(
		journal_read(&list, &count, &damaged, JOURNAL_OPEN_ONLY, &journal, &err), OK);
	free(list);
	return count;
}

/* An intent as a run leaves it that is killed before its outcome. */
static void leave_an_intent(unsigned word, uint32_t value)
{
	struct journal journal;
	struct errbuf err = {0};
	struct journal_intent *intent = calloc(1, sizeof *intent);
	assert_int_equal(journal_open(&journal, folder, SOURCE_SIMULATED, &err), OK);
	strcpy(intent->board, BOARD);
	strcpy(intent->serial, board.info.serial);
	strcpy(intent->port, board.info.port);
	intent->pass_count = 1;
	intent->word_count = 1;
	intent->words[0] = (struct journal_word){.word = word,
		.before_known = true,
		.request_value = value,
		.request_status = WORD_STATUS_UPDATE,
		.after_value = value,
		.after_known = true};
	assert_int_equal(journal_write_intent(&journal, intent, &board.fuses, &err), OK);
	free(intent);
}

static void a_board_is_known_by_its_unique_id(void **state)
{
	(void)state;
	struct session *session = open_board();
	assert_string_equal(session->board, BOARD);
	assert_string_equal(session->chip->name, "stm32mp15");
	assert_false(session->arming.armed);
	assert_false(session->view_only);
	session_close(session);
}

static void a_board_without_unique_id_goes_by_its_serial(void **state)
{
	(void)state;
	board.fuses.value[13] = board.fuses.value[14] = board.fuses.value[15] = 0;
	struct session *session = open_board();
	assert_string_equal(session->board, "serial:004100323338511634383330");
	session_close(session);
	strcpy(board.info.serial, "000000000000000000000000");
	session = open_board();
	assert_string_equal(session->board, "");
	session_close(session);
	strcpy(board.info.serial, "FFFFFFFFFFFFFFFFFFFFFFFF");
	session = open_board();
	assert_string_equal(session->board, "");
	session_close(session);
	board.info.serial[0] = '\0';
	session = open_board();
	assert_string_equal(session->board, "");
	struct errbuf err = {0};
	assert_int_equal(arming_arm(&session->arming, session->board, &err), ERR_REFUSED);
	session_close(session);
}

static void a_forced_chip_only_looks(void **state)
{
	(void)state;
	board.info.device_id = 0x501;
	struct session *session = open_with("fake", "stm32mp15");
	assert_true(session->view_only);
	struct edits edits = {0};
	edits.word[70] = (struct edit){.sets_value = true, .value = 1};
	struct plan *plan = NULL;
	struct errbuf err = {0};
	assert_int_equal(session_plan(&plan, session, &edits, &err), OK);
	assert_true(plan->refused);
	plan_free(plan);
	session_close(session);
}

static void a_chip_forced_against_the_part_number_only_looks(void **state)
{
	(void)state;
	board.fuses.value[1] = 0x33; /* no part of the STM32MP15 family */
	struct session *session = open_with("fake", "stm32mp15");
	assert_true(session->view_only);
	session_close(session);
	board.fuses.value[1] = 0x24; /* STM32MP153C */
	session = open_with("fake", "stm32mp15");
	assert_false(session->view_only);
	session_close(session);
}

static void an_unknown_chip_is_not_guessed(void **state)
{
	(void)state;
	board.info.device_id = 0x999;
	struct session_options options = {.sources = sources, .source = {.state_folder = folder}};
	struct session *session = NULL;
	struct errbuf err = {0};
	assert_int_equal(session_open(&session, "fake", &options, &err), OK);
	assert_true(session->chip->is_plain);
	assert_true(session->view_only);
	assert_true(has_news(session, "no chip is known with device id 0x999 and 96 words"));
	struct edits edits = {0};
	edits.word[70] = (struct edit){.sets_value = true, .value = 1};
	struct plan *plan = NULL;
	assert_int_equal(session_plan(&plan, session, &edits, &err), OK);
	assert_true(plan->refused);
	plan_free(plan);
	session_close(session);
}

static void a_crash_after_the_burn_is_told_and_closed(void **state)
{
	(void)state;
	leave_an_intent(70, 0x12345678);
	board.fuses.value[70] = 0x12345678;
	board.info.fresh_power = true;
	struct session *session = open_board();
	assert_true(has_news(session, "word 70: as planned"));
	assert_false(session->untouchable[70]);
	assert_int_equal(session->recovered_count, 1);
	session_close(session);
	assert_int_equal(open_entries(), 0);
	session = open_board();
	assert_false(has_news(session, "word 70"));
	session_close(session);
}

static void a_crash_before_the_burn_is_told_and_closed(void **state)
{
	(void)state;
	leave_an_intent(70, 0x12345678);
	board.info.fresh_power = true;
	struct session *session = open_board();
	assert_true(has_news(session, "word 70: not burnt"));
	session_close(session);
	assert_int_equal(open_entries(), 0);
}

static void a_crash_half_way_is_told(void **state)
{
	(void)state;
	leave_an_intent(70, 0x12345678);
	board.fuses.value[70] = 0x00005678;
	board.info.fresh_power = true;
	struct session *session = open_board();
	assert_true(has_news(session, "word 70: partly set"));
	session_close(session);
}

static void without_a_power_cycle_the_words_stay_untouchable(void **state)
{
	(void)state;
	leave_an_intent(70, 0x12345678);
	struct session *session = open_board();
	assert_true(session->untouchable[70]);
	assert_false(session->untouchable[71]);
	assert_true(has_news(session, "power-cycle"));
	struct edits edits = {0};
	edits.word[70] = (struct edit){.sets_value = true, .value = 1};
	struct plan *plan = NULL;
	struct errbuf err = {0};
	assert_int_equal(session_plan(&plan, session, &edits, &err), OK);
	assert_true(fixture_has_remark(plan, "outcome-unknown", 70));
	plan_free(plan);
	session_close(session);
	assert_int_equal(open_entries(), 1);
}

/* A link that finds damage itself is believed once, but not where a word's end is to be judged. */
static void what_an_earlier_run_left_is_judged_by_two_reads(void **state)
{
	(void)state;
	board.info.is_checked = true;
	struct session *session = open_board();
	assert_int_equal(board.calls[FAKE_READ], 1);
	session_close(session);
	leave_an_intent(70, 0x12345678);
	board.calls[FAKE_READ] = 0;
	session = open_board();
	assert_true(board.calls[FAKE_READ] >= 2);
	session_close(session);
}

static void the_intent_of_another_board_is_none_of_ours(void **state)
{
	(void)state;
	leave_an_intent(70, 0x12345678);
	board.fuses.value[15] ^= 1;
	board.info.serial[0] = '\0';
	struct session *session = open_board();
	assert_int_equal(session->news_count, 0);
	session_close(session);
	assert_int_equal(open_entries(), 1);
}

static void the_intent_of_a_simulated_twin_is_none_of_ours(void **state)
{
	(void)state;
	leave_an_intent(70, 0x12345678);
	strcpy(board.info.port, "another simulated board of the same image");
	board.info.fresh_power = true;
	struct session *session = open_board();
	assert_int_equal(session->news_count, 0);
	session_close(session);
	assert_int_equal(open_entries(), 1);
}

static enum status lock_waits(struct fake_device *fake, struct errbuf *err)
{
	(void)err;
	uint32_t status = fake->fuses.status[70];
	fake_device_apply(fake);
	fake->fuses.status[70] = status;
	return OK;
}

static void a_lock_that_waits_for_the_reset_is_closed_by_it(void **state)
{
	(void)state;
	board.fuses.value[70] = 5;
	board.burn = lock_waits;
	struct session *session = open_board();
	struct edits edits = {0};
	edits.word[70].locks = P;
	assert_int_equal(commit(session, &edits), COMMIT_LOCKS_UNPROVED);
	session_close(session);
	assert_int_equal(open_entries(), 1);
	board.fuses.status[70] = P;
	board.info.fresh_power = true;
	session = open_board();
	assert_true(has_news(session, "word 70: as planned"));
	session_close(session);
	assert_int_equal(open_entries(), 0);
}

/* On a real board nobody can say that it was reset; what shows is there all the same. */
static void a_lock_that_shows_closes_its_entry(void **state)
{
	(void)state;
	board.fuses.value[70] = 5;
	board.burn = lock_waits;
	struct session *session = open_board();
	struct edits edits = {0};
	edits.word[70].locks = P;
	assert_int_equal(commit(session, &edits), COMMIT_LOCKS_UNPROVED);
	session_close(session);
	/* Read again without a reset, it waits. */
	session = open_board();
	assert_true(has_news(session, "power-cycle the board to be sure"));
	assert_false(session->untouchable[70]);
	session_close(session);
	assert_int_equal(open_entries(), 1);
	board.fuses.status[70] = P;
	session = open_board();
	assert_true(has_news(session, "the locks show now"));
	session_close(session);
	assert_int_equal(open_entries(), 0);
}

/* Its end was never known: what a read shows without a power cycle proves nothing. */
static void what_shows_does_not_close_a_crash(void **state)
{
	(void)state;
	leave_an_intent(70, 0x12345678);
	board.fuses.value[70] = 0x12345678;
	struct session *session = open_board();
	assert_true(session->untouchable[70]);
	session_close(session);
	assert_int_equal(open_entries(), 1);
}

static void a_lock_that_never_shows_is_told(void **state)
{
	(void)state;
	board.fuses.value[70] = 5;
	board.burn = lock_waits;
	struct session *session = open_board();
	struct edits edits = {0};
	edits.word[70].locks = P;
	assert_int_equal(commit(session, &edits), COMMIT_LOCKS_UNPROVED);
	session_close(session);
	board.info.fresh_power = true;
	session = open_board();
	assert_true(has_news(session, "word 70: not burnt"));
	session_close(session);
	assert_int_equal(open_entries(), 0);
}

static void a_closed_board_without_otp_cannot_be_proved(void **state)
{
	(void)state;
	struct image image;
	fixture_closable(&image);
	image.status[0] = WORD_STATUS_STICKY_READ;
	fake_device_init(&board, &image);
	struct session *session = open_board();
	struct edits edits = {0};
	edits.word[0] = (struct edit){.sets_value = true, .closes = true, .value = 0x40};
	assert_int_equal(commit(session, &edits), COMMIT_LOCKS_UNPROVED);
	session_close(session);
	board.info.otp_offered = false;
	board.info.fresh_power = true;
	session = open_board();
	assert_false(session->has_image);
	assert_true(has_news(session, "cannot be proved over this link"));
	session_close(session);
	assert_int_equal(open_entries(), 0);
}

static enum status dies_before_the_second_pass(
	struct fake_device *fake, enum fake_call call, unsigned nth, struct errbuf *err)
{
	(void)nth;
	return call == FAKE_STAGE && fake->calls[FAKE_BURN] == 1
		       ? errbuf_set(err, ERR_GONE, "unplugged")
	       : call == FAKE_READ && fake->calls[FAKE_STAGE] == 1 && fake->calls[FAKE_BURN] == 1 &&
			       fake->calls[FAKE_READ] > 6
		       ? errbuf_set(err, ERR_GONE, "unplugged")
		       : OK;
}

static void a_commit_that_ended_between_passes_is_told(void **state)
{
	(void)state;
	struct session *session = open_board();
	struct edits edits = {0};
	edits.word[70] = (struct edit){.sets_value = true, .value = 5, .locks = P};
	board.hook = dies_before_the_second_pass;
	assert_int_equal(commit(session, &edits), COMMIT_PARTIAL);
	assert_int_equal(board.calls[FAKE_BURN], 1);
	session_close(session);
	assert_int_equal(open_entries(), 1);
	board.hook = NULL;
	session = open_board();
	assert_true(has_news(session, "ended after pass 1 of 2"));
	assert_false(session->untouchable[70]);
	session_close(session);
	assert_int_equal(open_entries(), 0);
}

static void a_whole_commit_leaves_nothing_open(void **state)
{
	(void)state;
	struct session *session = open_board();
	struct edits edits = {0};
	edits.word[70] = (struct edit){.sets_value = true, .value = 5, .locks = P};
	assert_int_equal(commit(session, &edits), COMMIT_VERIFIED);
	session_close(session);
	assert_int_equal(open_entries(), 0);
}

static void what_changed_since_the_last_visit_is_told(void **state)
{
	(void)state;
	struct session *session = open_board();
	assert_int_equal(session->news_count, 0);
	session_close(session);
	board.fuses.value[80] = 1;
	session = open_board();
	assert_true(has_news(session, "the first is word 80"));
	session_close(session);
}

static void a_held_board_is_not_opened_twice(void **state)
{
	(void)state;
	struct session *session = open_board();
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		struct session_options options = {
			.sources = sources, .source = {.state_folder = folder}};
		struct session *second = NULL;
		struct errbuf err = {0};
		enum status status = session_open(&second, "fake", &options, &err);
		char pid[32];
		snprintf(pid, sizeof pid, "process %ld", (long)getppid());
		_exit(status == ERR_BUSY && strstr(err.text, pid) ? 0 : 1);
	}
	int end;
	assert_int_equal(waitpid(child, &end, 0), child);
	assert_int_equal(end, 0);
	session_close(session);
}

static void without_a_journal_one_can_look_but_not_burn(void **state)
{
	(void)state;
	char path[STORE_PATH_MAX];
	struct errbuf err = {0};
	assert_int_equal(store_join(path, folder, "simulated", &err), OK);
	assert_int_equal(
		store_save(path, "x", 1, &err), OK); /* a file where the folder should be */
	struct session *session = open_board();
	assert_false(session->journal_usable);
	assert_true(has_news(session, "no journal can be kept"));
	assert_int_equal(session->image.value[0], 0x17);
	struct edits edits = {0};
	edits.word[70] = (struct edit){.sets_value = true, .value = 1};
	struct plan *plan = NULL;
	struct confirmation confirmation;
	struct commit_result *result = calloc(1, sizeof *result);
	assert_int_equal(session_plan(&plan, session, &edits, &err), OK);
	assert_int_equal(arming_arm(&session->arming, session->board, &err), OK);
	assert_int_equal(
		confirm_typed(&confirmation, plan, "burn 70 on 3330", NULL, &session->arming, &err),
		OK);
	assert_int_equal(
		session_commit(result, session, plan, &confirmation, NULL, &err), ERR_FILE);
	assert_int_equal(board.calls[FAKE_BURN], 0);
	plan_free(plan);
	free(result);
	session_close(session);
}

static void an_image_file_opens_offline(void **state)
{
	(void)state;
	struct session *session = open_with(TEST_DATA "/stm32mp157c-read.bin", NULL);
	assert_null(session->device);
	assert_int_equal(session->info.source_class, SOURCE_FILE);
	assert_string_equal(session->board, BOARD);
	assert_int_equal(session->image.value[59], 0x12722301);
	session_close(session);
}

int main(void)
{
#define test(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		test(a_board_is_known_by_its_unique_id),
		test(a_board_without_unique_id_goes_by_its_serial),
		test(a_forced_chip_only_looks),
		test(a_chip_forced_against_the_part_number_only_looks),
		test(an_unknown_chip_is_not_guessed),
		test(a_crash_after_the_burn_is_told_and_closed),
		test(a_crash_before_the_burn_is_told_and_closed),
		test(a_crash_half_way_is_told),
		test(without_a_power_cycle_the_words_stay_untouchable),
		test(what_an_earlier_run_left_is_judged_by_two_reads),
		test(the_intent_of_another_board_is_none_of_ours),
		test(the_intent_of_a_simulated_twin_is_none_of_ours),
		test(a_lock_that_waits_for_the_reset_is_closed_by_it),
		test(a_lock_that_never_shows_is_told),
		test(a_lock_that_shows_closes_its_entry),
		test(what_shows_does_not_close_a_crash),
		test(a_closed_board_without_otp_cannot_be_proved),
		test(a_commit_that_ended_between_passes_is_told),
		test(a_whole_commit_leaves_nothing_open),
		test(what_changed_since_the_last_visit_is_told),
		test(a_held_board_is_not_opened_twice),
		test(without_a_journal_one_can_look_but_not_burn),
		test(an_image_file_opens_offline),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
