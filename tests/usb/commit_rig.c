#include "tests/usb/commit_rig.h"

#include "src/word_status.h"
#include "tests/support/demo_session.h"
#include "transport/source.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <dlfcn.h>
#include <libusb-1.0/libusb.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define GIVES_UP_MS 10

/* --- time */

static struct commit_rig *hurried;

void commit_rig_hurry(struct commit_rig *rig)
{
	hurried = rig;
}

/* In place of the C library's. */
int clock_nanosleep(
	clockid_t clock, int flags, const struct timespec *wanted, struct timespec *left)
{
	struct timespec rest = *wanted;
	(void)clock;
	(void)left;
	if (!hurried || flags != 0)
		while (nanosleep(&rest, &rest) != 0)
			;
	return 0;
}

/* The same: nothing loses its power here but the board. */
int fsync(int file)
{
	return hurried ? 0 : fdatasync(file);
}

static bool goes_wrong_next(struct mock_usb *mock)
{
	g_mutex_lock(&mock->mutex);
	bool is_due = mock->fault_count > 0 && mock->faults[0].at == 1 && mock->faults[0].count > 0;
	g_mutex_unlock(&mock->mutex);
	return is_due;
}

static void tell(struct commit_rig *rig, int result)
{
	void (*gone)(struct commit_rig *) = rig->gone;
	if (gone && result == LIBUSB_ERROR_NO_DEVICE) {
		rig->gone = NULL;
		gone(rig);
	}
	if (rig->passed)
		rig->passed(rig);
}

typedef int control_transfer(libusb_device_handle *, uint8_t, uint8_t, uint16_t, uint16_t,
	unsigned char *, uint16_t, unsigned int);

/* In place of libusb's, which then does it. */
int libusb_control_transfer(libusb_device_handle *handle, uint8_t type, uint8_t request,
	uint16_t value, uint16_t index, unsigned char *data, uint16_t length, unsigned int timeout)
{
	static control_transfer *real;
	if (!real) {
		void *library = dlopen("libusb-1.0.so.0", RTLD_NOW);
		assert_non_null(library);
		void *found = dlsym(library, "libusb_control_transfer");
		assert_non_null(found);
		memcpy(&real, &found, sizeof real);
	}
	if (hurried && goes_wrong_next(&hurried->mock))
		timeout = GIVES_UP_MS;
	int result = real(handle, type, request, value, index, data, length, timeout);
	if (hurried)
		tell(hurried, result);
	return result;
}

/* --- the board */

void commit_rig_make(struct commit_rig *rig, const struct commit_kind *kind)
{
	memset(rig, 0, sizeof *rig);
	rig->kind = *kind;
	rig->testbed = umockdev_testbed_new();
	rig->result = calloc(1, sizeof *rig->result);
	assert_non_null(rig->result);
	run_home_make(&rig->home);
	assert_int_equal(sim_board_demo(&rig->board, kind->family, &rig->err), OK);
	assert_true(sim_board_set_service(rig->board, kind->service));
	assert_int_equal(sim_usb_create(&rig->usb, rig->board, &rig->err), OK);
	mock_usb_add_hubs(rig->testbed);
	mock_usb_start(&rig->mock, rig->testbed, rig->usb, 4, 5);
}

void commit_rig_remove(struct commit_rig *rig)
{
	hurried = NULL;
	mock_usb_stop(&rig->mock);
	g_object_unref(rig->testbed);
	sim_usb_free(rig->usb);
	sim_board_free(rig->board);
	run_home_remove(&rig->home);
	free(rig->result);
}

/* --- commits */

struct session *commit_rig_open(struct commit_rig *rig)
{
	const struct session_options options = {
		.sources = source_table, .source = {.state_folder = rig->home.folder}};
	struct session *session = NULL;
	errbuf_clear(&rig->opening);
	return session_open(&session, "dfu", &options, &rig->opening) == OK ? session : NULL;
}

void commit_rig_commit(
	struct commit_rig *rig, struct session *session, const struct mock_usb_fault *fault)
{
	struct edits *edits = calloc(1, sizeof *edits);
	struct plan *plan;
	assert_non_null(edits);
	edits->word[rig->kind.word] = (struct edit){.sets_value = true,
		.value = rig->kind.value,
		.locks = rig->kind.locks ? WORD_STATUS_PERMANENT : 0};
	errbuf_clear(&rig->err);
	memset(rig->result, 0, sizeof *rig->result);
	assert_int_equal(session_plan(&plan, session, edits, &rig->err), OK);
	if (fault)
		mock_usb_add_fault(&rig->mock, fault);
	rig->status = demo_session_try_job(rig->result, session, plan, rig->job, &rig->err);
	plan_free(plan);
	free(edits);
}

size_t commit_rig_open_entries(struct commit_rig *rig)
{
	struct journal journal;
	struct journal_entry *entries;
	size_t count, damaged, open = 0;
	struct errbuf err = {0};
	assert_int_equal(journal_open(&journal, rig->home.folder, SOURCE_REAL, &err), OK);
	assert_int_equal(
		journal_read(&entries, &count, &damaged, JOURNAL_OPEN_ONLY, &journal, &err), OK);
	assert_int_equal(damaged, 0);
	for (size_t i = 0; i < count; i++)
		open += entries[i].end == JOURNAL_NO_OUTCOME;
	free(entries);
	return open;
}

/* --- what was told */

static void assert_true_word(const struct commit_rig *rig, const struct word_result *told)
{
	uint32_t fuses = sim_board_fuses(rig->board, told->word);
	bool is_locked = sim_board_is_locked(rig->board, told->word);
	bool locks = told->pass == PASS_LOCKS;
	assert_int_equal(told->word, rig->kind.word);
	switch (told->verdict) {
	case VERDICT_AS_PLANNED:
		assert_int_equal(fuses, rig->kind.value);
		assert_true(is_locked || !locks);
		break;
	case VERDICT_NOT_BURNT:
	case VERDICT_NOT_REACHED: assert_true(locks ? !is_locked : fuses == 0); break;
	case VERDICT_PARTLY_SET:
		assert_int_equal(fuses & ~rig->kind.value, 0);
		assert_int_not_equal(fuses, 0);
		assert_int_not_equal(fuses, rig->kind.value);
		break;
	case VERDICT_LOCK_UNPROVED:
		assert_int_equal(fuses, rig->kind.value);
		assert_true(locks);
		break;
	case VERDICT_UNKNOWN: break;
	default: fail_msg("'%s' of a plain word", word_verdict_text(told->verdict));
	}
	if (told->found)
		assert_int_equal(told->found_value, fuses);
}

void commit_rig_assert_true_results(
	const struct commit_rig *rig, const struct word_result *results, size_t count)
{
	for (size_t i = 0; i < count; i++)
		assert_true_word(rig, &results[i]);
}

void commit_rig_assert_true(const struct commit_rig *rig)
{
	const struct commit_result *result = rig->result;
	unsigned word = rig->kind.word;
	assert_true(sim_board_pulses(rig->board, word) <= 1);
	commit_rig_assert_true_results(rig, result->words, result->word_count);
	if (!result->triggered) {
		assert_true(rig->status != OK && rig->status != ERR_UNCERTAIN);
		assert_non_null(strstr(rig->err.text, "nothing was burnt"));
		commit_rig_assert_untouched(rig->board);
		return;
	}
	assert_int_equal(rig->status, OK);
	assert_true(result->word_count > 0);
	if (result->verdict == COMMIT_VERIFIED) {
		assert_int_equal(sim_board_fuses(rig->board, word), rig->kind.value);
		assert_int_equal(sim_board_is_locked(rig->board, word), rig->kind.locks);
	}
	if (result->verdict == COMMIT_REFUSED)
		commit_rig_assert_untouched(rig->board);
}

void commit_rig_assert_untouched(const struct sim_board *board)
{
	for (unsigned word = 0; word < sim_board_word_count(board); word++)
		assert_int_equal(sim_board_pulses(board, word), 0);
}
