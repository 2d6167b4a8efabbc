/* Rehearsals on a twin: what they show, and that nothing of them reaches the board or its records.
 */
#include "src/rehearsal.h"

#include "src/identity.h"
#include "src/store.h"
#include "src/word_status.h"
#include "tests/support/demo_session.h"
#include "tests/support/fake_device.h"
#include "tests/support/fixtures.h"
#include "tests/support/scratch.h"
#include "transport/source.h"

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
#define VALUE UINT32_C(0x12345678)

static struct fake_device board; /* a real one, as far as its session knows */
static char folder[SCRATCH_MAX];
static struct edits edits;

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

static struct session_options options_of(void)
{
	static const struct source_ops *sources[16];
	size_t count = 0;
	sources[count++] = &fake_source;
	for (size_t i = 0; source_table[i] && count < 15; i++)
		sources[count++] = source_table[i];
	sources[count] = NULL;
	return (struct session_options){.sources = sources, .source = {.state_folder = folder}};
}

static int set_up(void **state)
{
	struct image image;
	(void)state;
	scratch_make(folder);
	fixture_plain(&image);
	fake_device_init(&board, &image);
	board.info.source_class = SOURCE_REAL;
	board.info.is_checked = true;
	memset(&edits, 0, sizeof edits);
	edits.word[70] = (struct edit){.sets_value = true, .value = VALUE, .locks = P};
	edits.word[71] = (struct edit){.sets_value = true, .value = 5};
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	scratch_remove(folder);
	return 0;
}

static struct session *open_as(const char *source)
{
	struct session_options options = options_of();
	struct session *session;
	struct errbuf err = {0};
	if (session_open(&session, source, &options, &err) != OK)
		fail_msg("%s", err.text);
	return session;
}

static struct rehearsal *rehearse(const struct session *session, const char *fault)
{
	struct session_options options = options_of();
	struct rehearsal *out = NULL;
	struct errbuf err = {0};
	if (rehearsal_run(&out, session, &edits, fault, &options, NULL, &err) != OK)
		fail_msg("%s", err.text);
	return out;
}

static void refuses(
	const struct session *session, const char *fault, enum status expected, const char *text)
{
	struct session_options options = options_of();
	struct rehearsal *out = NULL;
	struct errbuf err = {0};
	enum status status = rehearsal_run(&out, session, &edits, fault, &options, NULL, &err);
	if (status != expected || !strstr(err.text, text))
		fail_msg("%s: '%s'", status_name(status), err.text);
}

static size_t entries_of(enum source_class source_class)
{
	struct journal journal;
	struct journal_entry *list = NULL;
	size_t count = 0, damaged = 0;
	struct errbuf err = {0};
	assert_int_equal(journal_open(&journal, folder, source_class, &err), OK);
	assert_int_equal(journal_read(&list, &count, &damaged, JOURNAL_ALL, &journal, &err), OK);
	free(list);
	return count;
}

static void the_twin_does_as_predicted(void **state)
{
	(void)state;
	struct session *session = open_as("fake");
	struct rehearsal *out = rehearse(session, "");
	assert_int_equal(out->status, OK);
	assert_int_equal(out->result.verdict, COMMIT_VERIFIED);
	assert_int_equal(rehearsal_count_differences(out), 0);
	assert_int_equal(out->found.value[70], VALUE);
	assert_int_equal(out->found.status[70], P);
	assert_int_equal(out->predicted.value[70], VALUE);
	assert_int_equal(out->before.value[70], 0);
	assert_int_equal(out->start, REHEARSAL_OFFERS_OTP);
	assert_int_equal(out->unlike_count, 0);
	free(out);
	session_close(session);
}

/* The board is not even asked for, and nothing it has is changed. */
static void nothing_reaches_the_board(void **state)
{
	(void)state;
	static const char *const faults[] = {"", "cuts-power:71"};
	struct session *session = open_as("fake");
	struct errbuf err = {0};
	assert_int_equal(arming_arm(&session->arming, session->board, &err), OK);
	struct image before = session->image;
	char order[sizeof board.order];
	memcpy(order, board.order, sizeof order);
	for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
		free(rehearse(session, faults[i]));
		assert_string_equal(board.order, order);
		assert_true(arming_allows(&session->arming, BOARD));
		assert_memory_equal(&session->image, &before, sizeof before);
		assert_false(session->is_lost);
	}
	assert_int_equal(entries_of(SOURCE_REAL), 0);
	assert_int_equal(entries_of(SOURCE_SIMULATED), 0);
	session_close(session);
	/* What the next start finds is not a word about it. */
	session = open_as("fake");
	assert_int_equal(session->news_count, 0);
	assert_false(session->follow_up.found);
	session_close(session);
}

static void its_confirmation_is_good_for_nothing_else(void **state)
{
	(void)state;
	struct session *session = open_as("fake");
	struct plan *plan;
	struct confirmation confirmation = {0};
	struct errbuf err = {0};
	struct rehearsal *out = rehearse(session, "");
	assert_int_equal(session_plan(&plan, session, &edits, &err), OK);
	assert_string_equal(out->prediction, plan->fingerprint);
	assert_string_not_equal(out->fingerprint, plan->fingerprint);
	assert_int_equal(arming_arm(&session->arming, session->board, &err), OK);
	assert_int_equal(
		confirm_rehearsal(&confirmation, plan, &session->arming, &err), ERR_REFUSED);
	assert_false(confirmation_holds(&confirmation, plan));
	/* Not even with the board's own fingerprint put into it. */
	confirmation.rehearsed = true;
	memcpy(confirmation.fingerprint, plan->fingerprint, sizeof confirmation.fingerprint);
	snprintf(confirmation.board, sizeof confirmation.board, "%s", plan->board);
	assert_false(confirmation_holds(&confirmation, plan));
	confirmation.typed = true;
	assert_false(confirmation_holds(&confirmation, plan));
	struct commit_result *result = calloc(1, sizeof *result);
	assert_int_equal(
		session_commit(result, session, plan, &confirmation, NULL, &err), ERR_REFUSED);
	assert_int_equal(board.calls[FAKE_STAGE] + board.calls[FAKE_BURN], 0);
	free(result);
	free(out);
	plan_free(plan);
	session_close(session);
}

static const struct {
	const char *fault;
	enum commit_verdict verdict;
	size_t differences;
} cases[] = {
	{"", COMMIT_VERIFIED, 0},
	{"locks=reset", COMMIT_LOCKS_UNPROVED, 0},
	{"lies", COMMIT_REFUSED, 2},
	{"late", COMMIT_REFUSED, 2},
	{"fails:71", COMMIT_PARTIAL, 2}, /* the lock of the first is not reached either */
	{"half:70", COMMIT_PARTIAL, 1},
	{"spoils:71", COMMIT_PARTIAL, 2},
	{"ignores:71", COMMIT_PARTIAL, 2},
	{"lock-fails:70", COMMIT_LOCKS_UNPROVED, 1},
	{"cuts-power:71", COMMIT_UNKNOWN, 2},
};

static void the_twin_goes_wrong_as_asked(void **state)
{
	(void)state;
	struct session *session = open_as("fake");
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct rehearsal *out = rehearse(session, cases[i].fault);
		if (out->result.verdict != cases[i].verdict ||
			rehearsal_count_differences(out) != cases[i].differences)
			fail_msg("%s: %s, %zu words differ", cases[i].fault,
				commit_verdict_text(out->result.verdict),
				rehearsal_count_differences(out));
		free(out);
	}
	session_close(session);
}

static void every_fault_of_the_table_is_tried(void **state)
{
	(void)state;
	size_t i = 0;
	for (; rehearsal_faults[i].name; i++) {
		const struct rehearsal_fault *row = &rehearsal_faults[i];
		assert_true(i < sizeof cases / sizeof cases[0]);
		assert_int_equal(strncmp(cases[i].fault, row->name, strlen(row->name)), 0);
		assert_int_equal(strlen(cases[i].fault) > strlen(row->name), row->of_word);
	}
	assert_int_equal(i, sizeof cases / sizeof cases[0]);
}

/* Over a serial line, and behind the other service, as the board is. */
static void the_twin_is_behind_the_same_service(void **state)
{
	static const char *const sources[] = {"demo:stm32mp25,peer=prgfw", "demo:stm32mp13,uart",
		"demo:stm32mp15,uart,peer=prgfw", "demo:stm32mp21"};
	(void)state;
	memset(&edits, 0, sizeof edits);
	edits.word[90] = (struct edit){.sets_value = true, .value = 5};
	for (size_t i = 0; i < sizeof sources / sizeof sources[0]; i++) {
		struct session *session = open_as(sources[i]);
		struct rehearsal *out = rehearse(session, "");
		if (out->status != OK)
			fail_msg("%s: %s", sources[i], out->error.text);
		assert_int_equal(out->result.verdict, COMMIT_VERIFIED);
		assert_int_equal(rehearsal_count_differences(out), 0);
		assert_int_equal(out->unlike_count, 0);
		assert_string_equal(out->peer, session->info.peer_text);
		free(out);
		/* The board it is a twin of is simulated itself, and another one. */
		assert_int_equal(session->image.value[90], 0);
		session_close(session);
		session = open_as(sources[i]);
		assert_int_equal(session->image.value[90], 0);
		session_close(session);
	}
}

static void a_closed_twin_offers_no_otp(void **state)
{
	(void)state;
	struct image image;
	fixture_closable(&image);
	fake_device_init(&board, &image);
	board.info.source_class = SOURCE_REAL;
	board.info.is_checked = true;
	memset(&edits, 0, sizeof edits);
	edits.word[0] = (struct edit){.sets_value = true, .closes = true, .value = 0x40};
	struct session *session = open_as("fake");
	struct rehearsal *out = rehearse(session, "");
	assert_int_equal(out->result.verdict, COMMIT_VERIFIED);
	assert_int_equal(out->start, REHEARSAL_WITHOUT_OTP);
	free(out);
	session_close(session);
}

static void what_the_board_would_refuse_is_not_rehearsed(void **state)
{
	(void)state;
	struct session *session = open_as("fake");
	edits.word[13] = (struct edit){.sets_value = true, .value = 0};
	refuses(session, "", ERR_REFUSED, "refused on the board by the rule");
	memset(&edits, 0, sizeof edits);
	refuses(session, "", ERR_REFUSED, "");
	edits.word[70] = (struct edit){.sets_value = true, .value = 5};
	session->untouchable[70] = true;
	refuses(session, "", ERR_REFUSED, "refused on the board by the rule");
	session->untouchable[70] = false;
	refuses(session, "nonsense", ERR_USAGE, "fault 'nonsense' is not known");
	refuses(session, "lies,uart", ERR_USAGE, "is not known");
	refuses(session, "half:70,fault=lies", ERR_USAGE, "is not known");
	refuses(session, "half:96", ERR_USAGE, "has no word 96");
	session_close(session);
}

static void one_rehearsal_at_a_time(void **state)
{
	(void)state;
	char path[STORE_PATH_MAX];
	struct errbuf err = {0};
	int lock;
	struct session *session = open_as("fake");
	free(rehearse(session, ""));
	snprintf(path, sizeof path, "%s/rehearsal/lock", folder);
	assert_int_equal(store_lock(&lock, path, &err), OK);
	refuses(session, "", ERR_BUSY, "");
	store_unlock(lock);
	session_close(session);
}

/* One after the other, each is the first: what a twin did is not done on the next. */
static void each_twin_is_a_new_one(void **state)
{
	(void)state;
	struct session *session = open_as("fake");
	free(rehearse(session, "cuts-power:71"));
	struct rehearsal *out = rehearse(session, "");
	assert_int_equal(out->result.verdict, COMMIT_VERIFIED);
	/* And no copy of the board's words is left, whatever came of it. */
	char path[STORE_PATH_MAX];
	refuses(session, "half:96", ERR_USAGE, "has no word 96");
	snprintf(path, sizeof path, "%s/rehearsal/twin.bin", folder);
	assert_false(store_exists(path));
	free(out);
	session_close(session);
}

static void without_a_board_an_image_will_do(void **state)
{
	(void)state;
	struct session *session = open_as(TEST_DATA "/stm32mp157c-read.bin");
	struct rehearsal *out = rehearse(session, "");
	assert_int_equal(out->result.verdict, COMMIT_VERIFIED);
	assert_int_equal(rehearsal_count_differences(out), 0);
	free(out);
	session_close(session);
}

int main(void)
{
#define test(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		test(the_twin_does_as_predicted),
		test(nothing_reaches_the_board),
		test(its_confirmation_is_good_for_nothing_else),
		test(the_twin_goes_wrong_as_asked),
		test(every_fault_of_the_table_is_tried),
		test(the_twin_is_behind_the_same_service),
		test(a_closed_twin_offers_no_otp),
		test(what_the_board_would_refuse_is_not_rehearsed),
		test(one_rehearsal_at_a_time),
		test(each_twin_is_a_new_one),
		test(without_a_board_an_image_will_do),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
