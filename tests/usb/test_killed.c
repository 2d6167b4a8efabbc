/*
 * The real program, killed at any transfer of a commit over the real libusb, and started again:
 * what it then says of each word is what the board's fuses are, before and after a power cycle, and
 * what it offers to ask for again is what is not there.
 *
 * At a few transfers; at all of them with OTPEDIT_KILLED=full.
 */
#include "src/power_cycle.h"
#include "src/session.h"
#include "tests/support/run_program.h"
#include "tests/support/terminal.h"
#include "tests/usb/mock_usb.h"
#include "transport/sim_board.h"
#include "transport/source.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORD           70
#define VALUE          UINT32_C(0x12345678)
#define MORE_THAN_EVER 400
#define LAST_TRANSFERS 4
#define RELEASE_MS     5000

/* The simulated board outlives the program, and its fuses are looked at past the program. */
static struct {
	UMockdevTestbed *testbed;
	struct sim_board *board;
	struct sim_usb *usb;
	struct mock_usb mock;
	struct run_home home;
	unsigned number; /* of its next address */
	/* The transfer at which the program is killed; 0: none. */
	volatile unsigned kill_at, passed;
	bool acts;     /* the board sees that transfer */
	bool is_dying; /* the program is not answered any more */
} rig;

static gboolean end_program(gpointer payload)
{
	pid_t child = run_child();
	(void)payload;
	assert_true(child > 0);
	kill(child, SIGKILL);
	return G_SOURCE_REMOVE;
}

/* Once it waits for its answer, asleep: umockdev takes it ill when somebody dies who just asks. */
static void end_program_soon(void)
{
	GSource *source = g_idle_source_new();
	g_source_set_callback(source, end_program, NULL, NULL);
	g_source_attach(source, g_main_context_get_thread_default());
	g_source_unref(source);
}

/* SET_INTERFACE is answered at once, whatever the board does. */
static bool waits_for_answer(const uint8_t setup[8])
{
	return setup[0] != 0x01 || setup[1] != 0x0B;
}

static enum sim_usb_end transfer(
	void *payload, const uint8_t setup[8], uint8_t *data, uint16_t *actual)
{
	bool is_due = rig.kill_at > 0 && ++rig.passed >= rig.kill_at && waits_for_answer(setup);
	if (rig.is_dying)
		return SIM_USB_SILENCE;
	enum sim_usb_end end = SIM_USB_SILENCE;
	if (!is_due || rig.acts)
		end = sim_usb_transfer(payload, setup, data, actual);
	if (!is_due)
		return end;
	rig.is_dying = true;
	end_program_soon();
	return SIM_USB_SILENCE;
}

static void make(enum sim_service service)
{
	struct errbuf err = {0};
	memset(&rig, 0, sizeof rig);
	rig.testbed = umockdev_testbed_new();
	run_home_make(&rig.home);
	assert_int_equal(sim_board_demo(&rig.board, SIM_MP15, &err), OK);
	assert_true(sim_board_set_service(rig.board, service));
	assert_int_equal(sim_usb_create(&rig.usb, rig.board, &err), OK);
	mock_usb_add_hubs(rig.testbed);
	rig.number = 5;
	mock_usb_start(&rig.mock, rig.testbed, rig.usb, 4, rig.number++);
	mock_usb_use_fifo(&rig.mock);
	rig.mock.device.transfer = transfer;
}

static void drop(void)
{
	mock_usb_stop(&rig.mock);
	g_object_unref(rig.testbed);
	sim_usb_free(rig.usb);
	sim_board_free(rig.board);
	run_home_remove(&rig.home);
}

/* --- the program */

/* The same for the same board. */
static void find_fingerprint(char out[17])
{
	struct run_result result;
	run_words(&result, &rig.home, "write", "dfu", "word=70", "value=0x12345678", "lock");
	const char *at = strstr(result.err, "--confirm ");
	assert_non_null(at);
	snprintf(out, 17, "%.16s", at + strlen("--confirm "));
	run_free(&result);
}

static int write_word(const char *fingerprint)
{
	struct run_result result;
	rig.passed = 0;
	run_words(&result, &rig.home, "write", "dfu", "word=70", "value=0x12345678", "lock",
		"--confirm", fingerprint);
	int exit_status = result.exit_status;
	run_free(&result);
	rig.kill_at = 0;
	rig.is_dying = false;
	for (unsigned i = 0; mock_usb_is_claimed(&rig.mock); i++) {
		assert_true(i < RELEASE_MS);
		g_usleep(1000);
	}
	return exit_status;
}

/* --- what is true, and what is said */

static bool is_there(void)
{
	return sim_board_fuses(rig.board, WORD) == VALUE && sim_board_is_locked(rig.board, WORD);
}

/* Passes whose end nobody knows. */
static size_t count_open(void)
{
	struct journal journal;
	struct journal_entry *entries;
	size_t count, damaged, open = 0;
	struct errbuf err = {0};
	assert_int_equal(
		journal_open(&journal, run_path(&rig.home, "state/otpedit"), SOURCE_REAL, &err),
		OK);
	assert_int_equal(
		journal_read(&entries, &count, &damaged, JOURNAL_OPEN_ONLY, &journal, &err), OK);
	for (size_t i = 0; i < count; i++)
		open += entries[i].end == JOURNAL_NO_OUTCOME ? 1 : 0;
	free(entries);
	return open;
}

/* The lines that tell of the word as it must be told, by the fuses alone. */
static void expect_truth(const struct run_result *result, bool is_open)
{
	char now[80];
	bool burnt = sim_board_fuses(rig.board, WORD) == VALUE;
	snprintf(now, sizeof now, "\n   now      %08X  %s\n",
		(unsigned)sim_board_fuses(rig.board, WORD),
		sim_board_is_locked(rig.board, WORD) ? "permanent" : "no lock");
	run_expect_out(result, now);
	if (is_open) {
		run_expect_out(result, "\n   next     wait: power-cycle the board");
		run_expect_exit(result, 1);
		return;
	}
	run_expect_exit(result, is_there() ? 0 : 1);
	run_expect_out(result,
		is_there() ? "\n   next     done\n" : "\n   next     can be asked for again\n");
	if (!burnt)
		run_expect_out(result, "word 70  USER                     not burnt\n");
	else if (is_there())
		run_expect_out(result, "word 70  USER                     as planned\n");
	else
		run_expect_no_out(result, "word 70  USER                     as planned\n");
}

/* Nothing is said only where there is nothing to say. */
static void expect_nothing_left(const struct run_result *result)
{
	run_expect_exit(result, 0);
	run_expect_out(result, "nothing is left of an earlier commit");
	assert_true(is_there() || (sim_board_fuses(rig.board, WORD) == 0 &&
					  !sim_board_is_locked(rig.board, WORD)));
}

static void expect_told(const struct run_result *result, bool is_open)
{
	if (strstr(result->out, "nothing is left"))
		expect_nothing_left(result);
	else
		expect_truth(result, is_open);
}

/* As it is found by the next start. */
static void look_at_once(enum sim_service service)
{
	struct run_result result;
	bool is_open = count_open() > 0;
	unsigned requests = rig.mock.class_requests;
	run_words(&result, &rig.home, "recover", "dfu");
	bool is_shut = service == SIM_SERVICE_PRGFW && is_open;
	if (is_shut) {
		run_expect_exit(&result, 4);
		run_expect_err(&result, "nothing is sent to it before its power was off");
		assert_int_equal(rig.mock.class_requests, requests);
	} else if (result.exit_status == 3 || result.exit_status == 4) {
		/* What it was killed in may burn with the next question. */
		run_expect_err(&result, "power-cycle");
		assert_true(is_open);
	} else {
		expect_told(&result, count_open() > 0);
	}
	run_free(&result);
}

/* A person takes its power away, and says so. */
static void power_cycle(void)
{
	const struct source_ops *source = NULL;
	struct power_cycle *cycle;
	struct session *session;
	struct errbuf err = {0};
	for (size_t i = 0; source_table[i]; i++)
		if (source_table[i]->claims("dfu"))
			source = source_table[i];
	struct session_options options = {.sources = source_table,
		.source = {.state_folder = run_path(&rig.home, "state/otpedit")}};
	char folder[512];
	snprintf(folder, sizeof folder, "%s", options.source.state_folder);
	options.source.state_folder = folder;
	assert_int_equal(power_cycle_begin(&cycle, source, "dfu", folder, &err), OK);
	mock_usb_unplug(&rig.mock);
	assert_int_equal(power_cycle_look(cycle, &err), OK);
	assert_int_equal(cycle->step, POWER_GONE);
	sim_board_power_down(rig.board);
	sim_board_power_up(rig.board);
	mock_usb_replug(&rig.mock, 4, rig.number++);
	assert_int_equal(power_cycle_look(cycle, &err), OK);
	assert_int_equal(cycle->step, POWER_BACK);
	assert_int_equal(power_cycle_confirm(cycle, power_cycle_words(cycle), &err), OK);
	options.powered = cycle;
	if (session_open(&session, cycle->board.source, &options, &err) != OK)
		fail_msg("%s", err.text);
	session_close(session);
	power_cycle_free(cycle);
	assert_int_equal(count_open(), 0);
}

/* True where something is left. */
static bool look_again(void)
{
	struct run_result result;
	run_words(&result, &rig.home, "recover", "dfu");
	expect_told(&result, false);
	bool is_left = result.exit_status != 0;
	run_free(&result);
	return is_left;
}

/* The same on the screen of the real program. */
static void look_on_the_screen(bool is_left)
{
	static char preload[4096], bed[4096];
	const char *const extra[] = {preload, bed, NULL};
	const char *const argv[] = {OTPEDIT_PROGRAM, "dfu", NULL};
	const struct terminal_options options = {
		.columns = 100, .rows = 40, .folder = rig.home.folder, .extra = extra};
	char now[80];
	snprintf(preload, sizeof preload, "LD_PRELOAD=%s", getenv("LD_PRELOAD"));
	snprintf(bed, sizeof bed, "UMOCKDEV_DIR=%s", getenv("UMOCKDEV_DIR"));
	struct terminal *t = terminal_start(&options, argv);
	terminal_expect_row(t, 0, "READ-ONLY");
	terminal_expect(t, "last read");
	terminal_type(t, "i");
	if (!is_left) {
		terminal_expect(t, "earlier runs left nothing to say");
	} else {
		snprintf(now, sizeof now, "   now     %08X  locks: none",
			(unsigned)sim_board_fuses(rig.board, WORD));
		terminal_expect(t, now);
		terminal_expect(t, "   next    can be asked for again");
		terminal_type(t, "f");
		terminal_expect(t, "1 word is staged");
	}
	terminal_free(t);
}

/* What is left is a plan like any other: carried out, all is there, and nothing was burnt twice. */
static void carry_out_the_rest(void)
{
	struct run_result result;
	char fingerprint[17];
	run_words(&result, &rig.home, "recover", "dfu", "-o", "rest.plan");
	bool has_rest = strstr(result.out, "saved 'rest.plan'") != NULL;
	run_free(&result);
	if (!has_rest)
		return;
	run_words(&result, &rig.home, "apply", "rest.plan", "--on", "dfu");
	const char *at = strstr(result.err, "--confirm ");
	assert_non_null(at);
	snprintf(fingerprint, sizeof fingerprint, "%.16s", at + strlen("--confirm "));
	run_free(&result);
	run_words(
		&result, &rig.home, "apply", "rest.plan", "--on", "dfu", "--confirm", fingerprint);
	run_expect_exit(&result, 0);
	run_free(&result);
	assert_true(is_there());
	assert_int_equal(sim_board_pulses(rig.board, WORD), 1);
}

/* --- at every transfer */

/* False once the whole commit took fewer transfers. */
static bool kill_at(enum sim_service service, const char *fingerprint, unsigned number, bool acts,
	bool on_the_screen)
{
	make(service);
	rig.kill_at = number;
	rig.acts = acts;
	int exit_status = write_word(fingerprint);
	bool was_killed = exit_status == 128 + SIGKILL;
	if (!was_killed)
		assert_int_equal(exit_status, 0);
	look_at_once(service);
	power_cycle();
	bool is_left = look_again();
	if (on_the_screen) {
		look_on_the_screen(is_left);
		carry_out_the_rest();
	}
	drop();
	return was_killed;
}

static void kill_everywhere(enum sim_service service)
{
	const char *wanted = getenv("OTPEDIT_KILLED");
	bool all = wanted && strcmp(wanted, "full") == 0;
	char fingerprint[17];
	make(service);
	find_fingerprint(fingerprint);
	rig.kill_at = MORE_THAN_EVER;
	assert_int_equal(write_word(fingerprint), 0);
	unsigned transfers = rig.passed;
	assert_true(transfers > 40 && transfers < MORE_THAN_EVER);
	drop();
	/* In the suite a few, before one transfer and behind another; U-Boot's burns take a second.
	 */
	unsigned step = all ? 1 : service == SIM_SERVICE_UBOOT ? 23 : 11;
	for (unsigned number = all ? 1 : 7, n = 0; number <= transfers; number += step, n++) {
		bool on_the_screen = all ? n % 5 == 0 : n % 2 == 1;
		/* The last ones let go of the board, and have no answer to wait for. */
		bool is_late = number + LAST_TRANSFERS > transfers;
		if (all || n % 2 == 0)
			assert_true(kill_at(service, fingerprint, number, false, on_the_screen) ||
				    is_late);
		if (all || n % 2 == 1)
			assert_true(kill_at(service, fingerprint, number, true, on_the_screen) ||
				    is_late);
	}
	assert_false(kill_at(service, fingerprint, transfers + 1, true, false));
}

static void test_killed_over_uboot(void **state)
{
	(void)state;
	kill_everywhere(SIM_SERVICE_UBOOT);
}

static void test_killed_over_prgfw(void **state)
{
	(void)state;
	kill_everywhere(SIM_SERVICE_PRGFW);
}

/* --- a commit that came to its end, but for a lock that only a reset shows */

static void recovers(int exit_status, const char *text)
{
	struct run_result result;
	run_words(&result, &rig.home, "recover", "dfu");
	run_expect_exit(&result, exit_status);
	run_expect_out(&result, text);
	run_free(&result);
}

/* Nobody has to say that it was reset: what shows is there. */
static void test_a_lock_waits_for_the_reset(void **state)
{
	char fingerprint[17];
	(void)state;
	make(SIM_SERVICE_PRGFW);
	sim_board_show_locks(rig.board, SIM_LOCKS_AT_RESET);
	find_fingerprint(fingerprint);
	assert_int_equal(write_word(fingerprint), 0);
	recovers(1,
		"\n   next     wait: the lock may be there and show only after the board's reset");
	/* The cable out and in is no reset. */
	mock_usb_replug(&rig.mock, 4, rig.number++);
	recovers(1, "\n   next     wait: the lock may be there");
	sim_board_power_down(rig.board);
	sim_board_power_up(rig.board);
	mock_usb_replug(&rig.mock, 4, rig.number++);
	recovers(0, "\n   next     done\n");
	recovers(0, "nothing is left of an earlier commit");
	assert_int_equal(sim_board_pulses(rig.board, WORD), 1);
	drop();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_killed_over_uboot),
		cmocka_unit_test(test_killed_over_prgfw),
		cmocka_unit_test(test_a_lock_waits_for_the_reset),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
