/* The contract of the one path that burns, invariant by invariant, on a board that does what a test
 * says. */
#include "tests/support/fake_device.h"
#include "tests/support/fixtures.h"
#include "tests/support/scratch.h"

#include "src/commit.h"
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

#define BOARD "00410032-33385116-34383330"
#define P     WORD_STATUS_PERMANENT

/* One commit ready to run: write and lock word 70. */
struct scene {
	char folder[SCRATCH_MAX];
	struct chip *chip;
	struct image image;
	struct edits edits;
	struct fake_device fake;
	struct plan *plan;
	struct confirmation confirmation;
	struct arming arming;
	struct journal journal;
	struct commit_result *result;
	struct errbuf err;
};

static void confirm(struct scene *scene)
{
	bool acknowledged[64];
	char phrase[CONFIRM_PHRASE_MAX];
	memset(acknowledged, 1, sizeof acknowledged);
	struct errbuf err = {0};
	confirm_phrase(phrase, scene->plan);
	if (arming_arm(&scene->arming, BOARD, &err) != OK ||
		confirm_typed(&scene->confirmation, scene->plan, phrase, acknowledged,
			&scene->arming, &err) != OK)
		fail_msg("%s", err.text);
}

static void replan(struct scene *scene)
{
	plan_free(scene->plan);
	scene->plan = fixture_plan(&scene->edits, &scene->image, scene->chip);
	fake_device_init(&scene->fake, &scene->image);
	confirm(scene);
}

static int set_up(void **state)
{
	struct scene *scene = calloc(1, sizeof *scene);
	scratch_make(scene->folder);
	scene->chip = fixture_chip();
	fixture_plain(&scene->image);
	scene->edits.word[70] = (struct edit){.sets_value = true, .value = 0x12345678, .locks = P};
	scene->result = calloc(1, sizeof *scene->result);
	if (journal_open(&scene->journal, scene->folder, SOURCE_SIMULATED, &scene->err) != OK)
		fail_msg("%s", scene->err.text);
	replan(scene);
	*state = scene;
	return 0;
}

static int tear_down(void **state)
{
	struct scene *scene = *state;
	plan_free(scene->plan);
	chip_free(scene->chip);
	free(scene->result);
	scratch_remove(scene->folder);
	free(scene);
	return 0;
}

static enum status run(struct scene *scene)
{
	errbuf_clear(&scene->err);
	return commit_run(scene->result, scene->plan, &scene->confirmation, &scene->arming,
		&scene->fake.device, &scene->journal, NULL, &scene->err);
}

static struct journal_entry *entries(struct scene *scene, size_t *count)
{
	struct journal_entry *list = NULL;
	size_t damaged;
	struct errbuf err = {0};
	if (journal_read(&list, count, &damaged, JOURNAL_ALL, &scene->journal, &err) != OK)
		fail_msg("%s", err.text);
	assert_int_equal(damaged, 0);
	return list;
}

static void assert_nothing_burnt(struct scene *scene)
{
	assert_int_equal(scene->fake.calls[FAKE_BURN], 0);
	assert_false(scene->result->triggered);
	assert_true(image_equal(&scene->fake.fuses, &scene->image));
	assert_true(strlen(scene->err.text) > 0);
	assert_false(scene->arming.armed);
}

/* --- the plain way --- */

static void two_passes_are_proved_one_by_one(void **state)
{
	struct scene *scene = *state;
	assert_int_equal(run(scene), OK);
	assert_int_equal(scene->result->verdict, COMMIT_VERIFIED);
	assert_int_equal(scene->result->passes_done, 2);
	assert_int_equal(scene->fake.fuses.value[70], 0x12345678);
	assert_int_equal(scene->fake.fuses.status[70], P);
	/* Twice read, identified, complaint asked, staged, burnt, twice read: for each pass. */
	assert_string_equal(scene->fake.order, "rricsbrrrricsbrr");
	assert_false(scene->arming.armed);
	size_t count;
	struct journal_entry *list = entries(scene, &count);
	assert_int_equal(count, 2);
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(list[i].end, JOURNAL_CLOSED);
		assert_int_equal(list[i].verdict, COMMIT_VERIFIED);
		assert_string_equal(list[i].intent.board, BOARD);
		assert_int_equal(list[i].intent.words[0].word, 70);
	}
	free(list);
}

/* --- nothing burns without exactly this confirmation --- */

static void no_confirmation_no_burn(void **state)
{
	struct scene *scene = *state;
	scene->confirmation = (struct confirmation){0};
	assert_int_equal(run(scene), ERR_REFUSED);
	assert_nothing_burnt(scene);
	assert_int_equal(strlen(scene->fake.order), 0);
}

static void the_confirmation_of_another_plan_burns_nothing(void **state)
{
	struct scene *scene = *state;
	scene->edits.word[70].value = 0x12345679;
	struct plan *other = fixture_plan(&scene->edits, &scene->image, scene->chip);
	plan_free(scene->plan);
	scene->plan = other;
	assert_int_equal(run(scene), ERR_REFUSED);
	assert_nothing_burnt(scene);
}

static void a_plan_that_changed_after_it_was_confirmed_burns_nothing(void **state)
{
	struct scene *scene = *state;
	struct plan_pass *pass = &scene->plan->passes[0];
	struct errbuf err = {0};
	/* The change and the request that comes of it: nothing in the plan contradicts itself. */
	pass->changes[0].request_value = pass->changes[0].after_value = 0x12345679;
	assert_int_equal(plan_request(pass->request, sizeof pass->request, &pass->request_length,
				 &scene->image, pass->changes, pass->change_count, &err),
		OK);
	assert_int_equal(run(scene), ERR_REFUSED);
	assert_nothing_burnt(scene);
}

static void a_simulated_twin_is_not_burnt(void **state)
{
	struct scene *scene = *state;
	struct plan_context context = {.chip = scene->chip,
		.peer = PEER_UBOOT,
		.source_class = SOURCE_SIMULATED,
		.board = BOARD,
		.twin = "the other one"};
	plan_free(scene->plan);
	assert_int_equal(
		plan_make(&scene->plan, &scene->edits, &scene->image, &context, &scene->err), OK);
	confirm(scene);
	assert_int_equal(run(scene), ERR_REFUSED);
	assert_nothing_burnt(scene);
	assert_int_equal(scene->fake.calls[FAKE_STAGE], 0);
}

static void unarmed_burns_nothing(void **state)
{
	struct scene *scene = *state;
	arming_disarm(&scene->arming);
	assert_int_equal(run(scene), ERR_REFUSED);
	assert_nothing_burnt(scene);
}

static void a_second_commit_needs_arming_again(void **state)
{
	struct scene *scene = *state;
	assert_int_equal(run(scene), OK);
	unsigned burns = scene->fake.calls[FAKE_BURN];
	assert_int_equal(run(scene), ERR_REFUSED);
	assert_int_equal(scene->fake.calls[FAKE_BURN], burns);
}

/* --- the board is the confirmed one, and as it was --- */

static enum status another_board(
	struct fake_device *fake, enum fake_call call, unsigned nth, struct errbuf *err)
{
	(void)err;
	if (call == FAKE_READ && nth == 1)
		fake->fuses.value[15] = 0x34383331;
	return OK;
}

static void another_board_is_not_burnt(void **state)
{
	struct scene *scene = *state;
	scene->fake.hook = another_board;
	assert_int_equal(run(scene), ERR_REFUSED);
	assert_int_equal(scene->fake.calls[FAKE_BURN], 0);
	assert_int_equal(scene->fake.calls[FAKE_STAGE], 0);
	assert_non_null(strstr(scene->err.text, "34383331"));
}

static enum status changes_word_80(
	struct fake_device *fake, enum fake_call call, unsigned nth, struct errbuf *err)
{
	(void)err;
	if (call == FAKE_READ && nth == 1)
		fake->fuses.value[80] = 1;
	return OK;
}

static void a_board_that_changed_since_the_preview_is_not_burnt(void **state)
{
	struct scene *scene = *state;
	scene->fake.hook = changes_word_80;
	assert_int_equal(run(scene), ERR_REFUSED);
	assert_int_equal(scene->fake.calls[FAKE_STAGE], 0);
	assert_non_null(strstr(scene->err.text, "word 80"));
}

static enum status never_the_same(
	struct fake_device *fake, enum fake_call call, unsigned nth, struct errbuf *err)
{
	(void)err;
	if (call == FAKE_READ)
		fake->fuses.value[80] = nth;
	return OK;
}

static void two_reads_that_differ_burn_nothing(void **state)
{
	struct scene *scene = *state;
	scene->fake.hook = never_the_same;
	assert_int_equal(run(scene), ERR_LINK);
	assert_int_equal(scene->fake.calls[FAKE_STAGE], 0);
	assert_int_equal(scene->fake.calls[FAKE_BURN], 0);
}

static enum status other_service(
	struct fake_device *fake, enum fake_call call, unsigned nth, struct errbuf *err)
{
	(void)nth;
	(void)err;
	if (call == FAKE_IDENTIFY)
		fake->info.peer = PEER_PRGFW;
	return OK;
}

static void another_service_is_not_burnt_through(void **state)
{
	struct scene *scene = *state;
	scene->fake.hook = other_service;
	assert_int_equal(run(scene), ERR_REFUSED);
	assert_nothing_burnt(scene);
}

/* --- the intent is on disk before the burn --- */

static enum status counts_intents(
	struct fake_device *fake, enum fake_call call, unsigned nth, struct errbuf *err)
{
	(void)err;
	if (call != FAKE_STAGE && call != FAKE_BURN)
		return OK;
	struct scene *scene = fake->payload;
	size_t count;
	struct journal_entry *list = entries(scene, &count);
	assert_int_equal(count, nth);
	assert_int_equal(list[nth - 1].end, JOURNAL_NO_OUTCOME);
	assert_int_equal(list[nth - 1].intent.words[0].before_value, nth == 1 ? 0 : 0x12345678);
	free(list);
	return OK;
}

static void the_intent_is_on_disk_before_anything_is_staged(void **state)
{
	struct scene *scene = *state;
	scene->fake.hook = counts_intents;
	scene->fake.payload = scene;
	assert_int_equal(run(scene), OK);
	assert_int_equal(scene->result->verdict, COMMIT_VERIFIED);
}

static void a_journal_that_cannot_be_written_burns_nothing(void **state)
{
	struct scene *scene = *state;
	/* A folder stands where the journal should be: no permission games, so it holds for root,
	 * too. */
	char path[STORE_PATH_MAX];
	assert_int_equal(store_join(path, scene->journal.folder, "journal.jsonl", &scene->err), OK);
	assert_int_equal(store_make_folder(path, &scene->err), OK);
	assert_int_equal(run(scene), ERR_FILE);
	assert_nothing_burnt(scene);
	assert_int_equal(scene->fake.calls[FAKE_STAGE], 0);
}

static void words_of_an_unended_commit_are_left_alone(void **state)
{
	struct scene *scene = *state;
	struct journal_intent *intent = calloc(1, sizeof *intent);
	strcpy(intent->board, BOARD);
	intent->pass_count = 1;
	intent->word_count = 1;
	intent->words[0] = (struct journal_word){.word = 70};
	assert_int_equal(
		journal_write_intent(&scene->journal, intent, &scene->image, &scene->err), OK);
	assert_int_equal(run(scene), ERR_REFUSED);
	assert_nothing_burnt(scene);
	assert_non_null(strstr(scene->err.text, "word 70"));
	free(intent);
}

/* --- the answer is never trusted, and the burn never repeated --- */

static enum status lies(struct fake_device *fake, struct errbuf *err)
{
	(void)err;
	strcpy(fake->complaint, "OTP write issue -5");
	return OK;
}

static void an_ok_that_burnt_nothing_is_refused(void **state)
{
	struct scene *scene = *state;
	scene->fake.burn = lies;
	assert_int_equal(run(scene), OK);
	assert_int_equal(scene->result->verdict, COMMIT_REFUSED);
	assert_int_equal(scene->result->words[0].verdict, VERDICT_NOT_BURNT);
	assert_int_equal(scene->result->words[1].verdict, VERDICT_NOT_REACHED);
	assert_int_equal(scene->fake.calls[FAKE_BURN], 1);
	assert_string_equal(scene->result->complaint, "OTP write issue -5");
}

static void a_complaint_that_stood_before_is_no_news(void **state)
{
	struct scene *scene = *state;
	strcpy(scene->fake.complaint, "OTP write issue -5");
	scene->fake.burn = lies;
	assert_int_equal(run(scene), OK);
	assert_string_equal(scene->result->complaint, "");
}

static enum status burns_and_is_silent(struct fake_device *fake, struct errbuf *err)
{
	fake_device_apply(fake);
	return errbuf_set(err, ERR_UNCERTAIN, "no answer");
}

static void a_silent_burn_is_judged_by_the_re_read(void **state)
{
	struct scene *scene = *state;
	scene->fake.burn = burns_and_is_silent;
	assert_int_equal(run(scene), OK);
	assert_int_equal(scene->result->verdict, COMMIT_VERIFIED);
	assert_int_equal(scene->fake.calls[FAKE_BURN], 2);
}

static enum status never_sent(struct fake_device *fake, struct errbuf *err)
{
	(void)fake;
	return errbuf_set(err, ERR_GONE, "unplugged");
}

static void a_burn_that_was_never_sent_is_taken_back(void **state)
{
	struct scene *scene = *state;
	scene->fake.burn = never_sent;
	assert_int_equal(run(scene), ERR_GONE);
	assert_false(scene->result->triggered);
	assert_int_equal(scene->fake.calls[FAKE_UNSTAGE], 1);
	assert_int_equal(scene->fake.calls[FAKE_BURN], 1);
	assert_false(scene->fake.staged);
	size_t count;
	struct journal_entry *list = entries(scene, &count);
	assert_int_equal(count, 1);
	assert_int_equal(list[0].end, JOURNAL_CLOSED);
	assert_int_equal(list[0].results[0].verdict, VERDICT_NOT_BURNT);
	free(list);
}

static enum status burns_half(struct fake_device *fake, struct errbuf *err)
{
	(void)err;
	fake->fuses.value[70] = 0x00005678;
	fake->staged = false;
	return OK;
}

static void a_half_burnt_word_is_never_locked(void **state)
{
	struct scene *scene = *state;
	scene->fake.burn = burns_half;
	assert_int_equal(run(scene), OK);
	assert_int_equal(scene->result->verdict, COMMIT_PARTIAL);
	assert_int_equal(scene->result->words[0].verdict, VERDICT_PARTLY_SET);
	assert_int_equal(scene->fake.calls[FAKE_BURN], 1);
	assert_int_equal(scene->fake.fuses.status[70], 0);
}

static enum status spoils(struct fake_device *fake, struct errbuf *err)
{
	(void)err;
	fake->fuses.value[70] = 0;
	fake->fuses.status[70] = WORD_STATUS_READ_ERROR;
	return OK;
}

static void a_spoilt_word_is_named_so(void **state)
{
	struct scene *scene = *state;
	scene->fake.burn = spoils;
	assert_int_equal(run(scene), OK);
	assert_int_equal(scene->result->verdict, COMMIT_PARTIAL);
	assert_int_equal(scene->result->words[0].verdict, VERDICT_INVALID);
	assert_int_equal(scene->fake.calls[FAKE_BURN], 1);
}

static enum status burns_a_bystander(struct fake_device *fake, struct errbuf *err)
{
	(void)err;
	fake_device_apply(fake);
	fake->fuses.value[80] = 0x55;
	return OK;
}

static void a_bystander_that_changed_is_told(void **state)
{
	struct scene *scene = *state;
	scene->fake.burn = burns_a_bystander;
	assert_int_equal(run(scene), OK);
	assert_int_not_equal(scene->result->verdict, COMMIT_VERIFIED);
	assert_int_equal(scene->result->words[1].word, 80);
	assert_int_equal(scene->fake.calls[FAKE_BURN], 1);
}

static enum status hides_what_it_burnt(struct fake_device *fake, struct errbuf *err)
{
	(void)err;
	fake_device_apply(fake);
	fake->fuses.status[70] |= WORD_STATUS_LOCK_ERROR;
	return OK;
}

static void what_cannot_be_told_stays_open(void **state)
{
	struct scene *scene = *state;
	scene->fake.burn = hides_what_it_burnt;
	assert_int_equal(run(scene), OK);
	assert_int_equal(scene->result->verdict, COMMIT_UNKNOWN);
	assert_int_equal(scene->result->words[0].verdict, VERDICT_UNREADABLE);
	assert_int_equal(scene->fake.calls[FAKE_BURN], 1);
	size_t count;
	struct journal_entry *list = entries(scene, &count);
	assert_int_equal(count, 1);
	assert_int_equal(list[0].end, JOURNAL_NO_OUTCOME);
	free(list);
}

static enum status gone_after_the_burn(
	struct fake_device *fake, enum fake_call call, unsigned nth, struct errbuf *err)
{
	(void)nth;
	return call == FAKE_READ && fake->calls[FAKE_BURN] > 0
		       ? errbuf_set(err, ERR_GONE, "unplugged")
		       : OK;
}

static void an_unread_end_stays_open(void **state)
{
	struct scene *scene = *state;
	scene->fake.hook = gone_after_the_burn;
	assert_int_equal(run(scene), OK);
	assert_int_equal(scene->result->verdict, COMMIT_UNKNOWN);
	assert_true(scene->result->triggered);
	size_t count;
	struct journal_entry *list = entries(scene, &count);
	assert_int_equal(count, 1);
	assert_int_equal(list[0].end, JOURNAL_NO_OUTCOME);
	free(list);
}

/* --- locks / --- */

static enum status locks_show_later(struct fake_device *fake, struct errbuf *err)
{
	(void)err;
	uint32_t locks = fake->fuses.status[70];
	fake_device_apply(fake);
	fake->fuses.status[70] = locks;
	return OK;
}

static void a_lock_that_does_not_show_is_unproved(void **state)
{
	struct scene *scene = *state;
	scene->fake.burn = locks_show_later;
	assert_int_equal(run(scene), OK);
	assert_int_equal(scene->result->verdict, COMMIT_LOCKS_UNPROVED);
	size_t count;
	struct journal_entry *list = entries(scene, &count);
	assert_int_equal(count, 2);
	assert_int_equal(list[1].end, JOURNAL_PENDING_LOCKS);
	free(list);
}

static void an_unproved_lock_keeps_the_life_cycle_pass_back(void **state)
{
	struct scene *scene = *state;
	fixture_closable(&scene->image);
	scene->edits.word[0] = (struct edit){.sets_value = true, .closes = true, .value = 0x40};
	replan(scene);
	scene->fake.burn = locks_show_later;
	assert_int_equal(scene->plan->pass_count, 3);
	assert_int_equal(run(scene), OK);
	assert_int_equal(scene->result->verdict, COMMIT_PARTIAL);
	assert_int_equal(scene->fake.calls[FAKE_BURN], 2);
	assert_int_equal(scene->fake.fuses.value[0], 0x17);
	assert_int_equal(scene->result->words[2].verdict, VERDICT_NOT_REACHED);
}

static void closing_a_read_locked_word_is_unproved_until_reset(void **state)
{
	struct scene *scene = *state;
	fixture_closable(&scene->image);
	scene->image.status[0] = WORD_STATUS_STICKY_READ | WORD_STATUS_STICKY_WRITE;
	scene->edits = (struct edits){0};
	scene->edits.word[0] = (struct edit){.sets_value = true, .closes = true, .value = 0x40};
	replan(scene);
	assert_int_equal(run(scene), OK);
	assert_int_equal(scene->result->verdict, COMMIT_LOCKS_UNPROVED);
	assert_int_equal(scene->fake.request.value[0], 0x40);
	assert_int_equal(scene->result->words[0].verdict, VERDICT_LOCK_UNPROVED);
}

/* --- stopping in time --- */

static bool stop(void *payload)
{
	struct scene *scene = payload;
	return scene->fake.staged;
}

static void a_stop_before_the_burn_takes_the_request_back(void **state)
{
	struct scene *scene = *state;
	struct job job = {.cancelled = stop, .payload = scene};
	errbuf_clear(&scene->err);
	assert_int_equal(
		commit_run(scene->result, scene->plan, &scene->confirmation, &scene->arming,
			&scene->fake.device, &scene->journal, &job, &scene->err),
		ERR_CANCELLED);
	assert_nothing_burnt(scene);
	assert_int_equal(scene->fake.calls[FAKE_UNSTAGE], 1);
	assert_false(scene->fake.staged);
}

static enum status unstage_fails(
	struct fake_device *fake, enum fake_call call, unsigned nth, struct errbuf *err)
{
	(void)fake;
	(void)nth;
	return call == FAKE_UNSTAGE ? errbuf_set(err, ERR_LINK, "no answer") : OK;
}

static void what_cannot_be_taken_back_asks_for_a_power_cycle(void **state)
{
	struct scene *scene = *state;
	struct job job = {.cancelled = stop, .payload = scene};
	scene->fake.hook = unstage_fails;
	errbuf_clear(&scene->err);
	assert_int_equal(
		commit_run(scene->result, scene->plan, &scene->confirmation, &scene->arming,
			&scene->fake.device, &scene->journal, &job, &scene->err),
		ERR_CANCELLED);
	assert_non_null(strstr(scene->err.text, "power-cycle"));
	assert_int_equal(scene->fake.calls[FAKE_BURN], 0);
	size_t count;
	struct journal_entry *list = entries(scene, &count);
	assert_int_equal(count, 1);
	assert_int_equal(list[0].end, JOURNAL_NO_OUTCOME);
	free(list);
}

/* Fails the first stage, or that of the second pass, as a transport that was stopped does. */
static enum status stage_is_stopped(
	struct fake_device *fake, enum fake_call call, unsigned nth, struct errbuf *err)
{
	(void)nth;
	const unsigned *burns_before = fake->payload;
	return call == FAKE_STAGE && fake->calls[FAKE_BURN] == *burns_before
		       ? errbuf_set(err, ERR_CANCELLED, "stopped")
		       : OK;
}

static void what_was_burnt_before_a_stop_is_not_denied(void **state)
{
	struct scene *scene = *state;
	unsigned burns_before = 1;
	scene->fake.hook = stage_is_stopped;
	scene->fake.payload = &burns_before;
	assert_int_equal(run(scene), OK);
	assert_true(scene->result->triggered);
	assert_int_equal(scene->fake.fuses.value[70], 0x12345678);
	assert_string_equal(scene->result->next_step, "stopped; nothing more was burnt");
	burns_before = 0;
	replan(scene);
	scene->fake.hook = stage_is_stopped;
	scene->fake.payload = &burns_before;
	assert_int_equal(run(scene), ERR_CANCELLED);
	assert_string_equal(scene->err.text, "stopped; nothing was burnt");
	assert_nothing_burnt(scene);
}

int main(void)
{
#define test(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		test(two_passes_are_proved_one_by_one),
		test(no_confirmation_no_burn),
		test(the_confirmation_of_another_plan_burns_nothing),
		test(a_plan_that_changed_after_it_was_confirmed_burns_nothing),
		test(a_simulated_twin_is_not_burnt),
		test(unarmed_burns_nothing),
		test(a_second_commit_needs_arming_again),
		test(another_board_is_not_burnt),
		test(a_board_that_changed_since_the_preview_is_not_burnt),
		test(two_reads_that_differ_burn_nothing),
		test(another_service_is_not_burnt_through),
		test(the_intent_is_on_disk_before_anything_is_staged),
		test(a_journal_that_cannot_be_written_burns_nothing),
		test(words_of_an_unended_commit_are_left_alone),
		test(an_ok_that_burnt_nothing_is_refused),
		test(a_complaint_that_stood_before_is_no_news),
		test(a_silent_burn_is_judged_by_the_re_read),
		test(a_burn_that_was_never_sent_is_taken_back),
		test(a_half_burnt_word_is_never_locked),
		test(a_spoilt_word_is_named_so),
		test(a_bystander_that_changed_is_told),
		test(what_cannot_be_told_stays_open),
		test(an_unread_end_stays_open),
		test(a_lock_that_does_not_show_is_unproved),
		test(an_unproved_lock_keeps_the_life_cycle_pass_back),
		test(closing_a_read_locked_word_is_unproved_until_reset),
		test(a_stop_before_the_burn_takes_the_request_back),
		test(what_cannot_be_taken_back_asks_for_a_power_cycle),
		test(what_was_burnt_before_a_stop_is_not_denied),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
