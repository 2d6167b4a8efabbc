/*
 * Wrong input at the keyboard, with another worker in place of the one that talks to boards: this
 * program defines all of worker.h itself. It counts what it is asked to burn. Random keys never
 * stage what the rules refuse and never burn; and of all ways to leave out a step of the ceremony,
 * none ends in a burn.
 */
#include "tests/support/fixtures.h"
#include "tests/support/scratch.h"
#include "ui/screen/draw.h"
#include "ui/screen/view.h"

#include "src/word_status.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BOARD  "00410032-33385116-34383330"
#define ESCAPE 27

/* --- the worker --- */

struct worker {
	bool busy;
	enum worker_job job;
	unsigned burns;
};

struct worker *worker_start(const char *source, const struct session_options *options)
{
	(void)source;
	(void)options;
	return NULL;
}

int worker_fd(const struct worker *worker)
{
	(void)worker;
	return -1;
}

bool worker_next(struct worker *worker, struct worker_event *out)
{
	(void)worker;
	(void)out;
	return false;
}

bool worker_is_busy(const struct worker *worker)
{
	return worker->busy;
}

static bool begins(struct worker *worker, enum worker_job job)
{
	if (worker->busy)
		return false;
	worker->busy = true;
	worker->job = job;
	return true;
}

bool worker_open(struct worker *worker, const char *source)
{
	(void)source;
	return begins(worker, JOB_OPEN);
}

bool worker_look(struct worker *worker)
{
	return begins(worker, JOB_LOOK);
}

void worker_live(struct worker *worker, bool on)
{
	(void)worker;
	(void)on;
}

bool worker_reopen(struct worker *worker)
{
	return begins(worker, JOB_REOPEN);
}

bool worker_read(struct worker *worker)
{
	return begins(worker, JOB_READ);
}

bool worker_reset(struct worker *worker)
{
	return begins(worker, JOB_RESET);
}

bool worker_power(struct worker *worker)
{
	return begins(worker, JOB_POWER);
}

bool worker_settle(struct worker *worker, const char *words)
{
	(void)words;
	return begins(worker, JOB_SETTLE);
}

bool worker_power_end(struct worker *worker)
{
	return begins(worker, JOB_POWER_END);
}

/* It is beyond its ROM code. */
bool worker_boot_look(struct worker *worker, const char *source, const char *files)
{
	(void)worker;
	(void)source;
	(void)files;
	return false;
}

bool worker_boot(struct worker *worker, const char *words)
{
	(void)worker;
	(void)words;
	return false;
}

bool worker_boot_end(struct worker *worker)
{
	(void)worker;
	return false;
}

bool worker_commit(struct worker *worker, const struct plan *plan,
	const struct confirmation *confirmation, const struct arming *arming)
{
	assert_false(plan->refused);
	assert_true(arming_allows(arming, BOARD));
	assert_true(confirmation_holds(confirmation, plan));
	worker->burns++;
	return begins(worker, JOB_COMMIT);
}

/* This board is neither given up for another one, nor is its journal read. */
bool worker_close(struct worker *worker)
{
	(void)worker;
	return false;
}

bool worker_read_journal(struct worker *worker, const struct journal_wanted *wanted)
{
	(void)worker;
	(void)wanted;
	return false;
}

/* Nothing of this is rehearsed, or read by itself. */
bool worker_rehearse(struct worker *worker, const struct edits *edits, const char *fault)
{
	(void)worker;
	(void)edits;
	(void)fault;
	return false;
}

void worker_live_every(struct worker *worker, unsigned milliseconds)
{
	(void)worker;
	(void)milliseconds;
}

void worker_cancel(struct worker *worker)
{
	(void)worker;
}

void worker_leave(struct worker *worker)
{
	(void)worker;
}

void worker_stop(struct worker *worker)
{
	(void)worker;
}

/* --- a board that is there, and a screen that nobody sees --- */

struct fixture {
	FILE *null;
	SCREEN *screen;
	char folder[SCRATCH_MAX], back[400];
	struct environment environment;
	struct worker worker;
	struct app app;
	struct theme theme;
	struct chip *chip;
	long long now;
	uint32_t seed;
};

/* Words in every state that the rules look at, among those that may be written. */
static struct session *new_session(struct chip *chip)
{
	static const uint32_t states[] = {WORD_STATUS_PERMANENT, WORD_STATUS_STICKY_PROGRAM,
		WORD_STATUS_STICKY_WRITE, WORD_STATUS_STICKY_READ, WORD_STATUS_READ_ERROR,
		WORD_STATUS_LOCK_ERROR};
	struct session *session = calloc(1, sizeof *session);
	assert_non_null(session);
	fixture_plain(&session->image);
	for (unsigned i = 0; i < sizeof states / sizeof states[0]; i++)
		session->image.status[61 + 2 * i] = states[i];
	session->image.value[80] = 0x12345678;
	session->has_image = true;
	session->chip = chip;
	session->journal_usable = true;
	session->info.peer = PEER_UBOOT;
	session->info.source_class = SOURCE_SIMULATED;
	snprintf(session->board, sizeof session->board, BOARD);
	return session;
}

static void starts(struct fixture *f)
{
	assert_true(app_init(&f->app, &f->environment));
	f->worker = (struct worker){.busy = false};
	f->app.worker = &f->worker;
	f->app.session = new_session(f->chip);
	f->app.link = LINK_UP;
	draw_screen(&f->app, stdscr, &f->theme);
}

static int set_up(void **state)
{
	static struct fixture f;
	struct errbuf err = {0};
	setlocale(LC_ALL, "C.UTF-8");
	f = (struct fixture){.now = 1000};
	scratch_make(f.folder); /* for the plans that random keys save */
	assert_non_null(getcwd(f.back, sizeof f.back));
	assert_int_equal(chdir(f.folder), 0);
	f.null = fopen("/dev/null", "r+");
	f.screen = newterm("xterm", f.null, f.null);
	assert_non_null(f.screen);
	assert_int_equal(theme_load(&f.theme, "mono", "", &err), OK);
	theme_apply(&f.theme, 0);
	f.chip = fixture_chip();
	*state = &f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;
	chip_free(f->chip);
	endwin();
	delscreen(f->screen);
	fclose(f->null);
	assert_int_equal(chdir(f->back), 0);
	scratch_remove(f->folder);
	return 0;
}

static void presses(struct fixture *f, int code, uint32_t character)
{
	struct key key = {.code = code, .character = character, .now_ms = f->now += 100};
	app_key(&f->app, &key);
	draw_screen(&f->app, stdscr, &f->theme);
}

static void types(struct fixture *f, const char *text)
{
	for (; *text; text++)
		presses(f, 0, (unsigned char)*text);
}

static void resizes(struct fixture *f, int rows, int columns)
{
	resizeterm(rows, columns);
	draw_screen(&f->app, stdscr, &f->theme);
}

/* --- random keys --- */

#define ROUNDS         8
#define KEYS_PER_ROUND 1500

static uint32_t any(struct fixture *f, uint32_t below)
{
	f->seed = f->seed * 1664525u + 1013904223u;
	return (f->seed >> 8) % below;
}

static void presses_something(struct fixture *f)
{
	static const int codes[] = {KEY_UP, KEY_DOWN, KEY_LEFT, KEY_RIGHT, KEY_PPAGE, KEY_NPAGE,
		KEY_HOME, KEY_END, KEY_ENTER, KEY_BACKSPACE, KEY_DC, KEY_F(1), KEY_PASTE_BEGIN,
		KEY_PASTE_END, KEY_RESIZE, KEY_MOUSE};
	static const char often[] = "ebllLLxuvpacpac 12y\r\r\r\033\033jkG";
	static const uint32_t strange[] = {0, 3, 12, 18, 26, 127, 0x80, 0xE9, 0x202E, 0x10FFFF};
	switch (any(f, 8)) {
	case 0:
	case 1: presses(f, codes[any(f, sizeof codes / sizeof codes[0])], 0); break;
	case 2: presses(f, 0, ' ' + any(f, 95)); break;
	case 3: presses(f, 0, strange[any(f, sizeof strange / sizeof strange[0])]); break;
	default: presses(f, 0, (unsigned char)often[any(f, sizeof often - 1)]); break;
	}
}

/* What the worker began comes to an end some keys later, well or not. */
static void worker_answers(struct fixture *f)
{
	struct worker_event event = {.kind = any(f, 3) ? EVENT_DONE : EVENT_FAILED,
		.job = f->worker.job,
		.status = ERR_REFUSED,
		.session = new_session(f->chip)};
	f->worker.busy = false;
	snprintf(event.error.text, sizeof event.error.text, "the board did not answer");
	app_event(&f->app, &event);
	f->app.link = LINK_UP; /* this board has no device, and is none of a file */
}

/* The board goes, something is said of it, the board comes back: arming never outlives that. While
 * a commit is at work the worker tells none of this. */
static void the_board_goes_or_comes(struct fixture *f)
{
	bool lost = f->app.link == LINK_LOST;
	struct worker_event event = {
		.kind = lost && any(f, 2) ? EVENT_BACK : EVENT_LOST, .status = ERR_GONE};
	snprintf(event.error.text, sizeof event.error.text, "the board is gone");
	if (f->worker.busy)
		return;
	if (event.kind == EVENT_BACK)
		event.session = new_session(f->chip);
	app_event(&f->app, &event);
	if (event.kind == EVENT_BACK)
		f->app.link = LINK_UP;
	draw_screen(&f->app, stdscr, &f->theme);
	assert_false(f->app.session->arming.armed);
	assert_int_not_equal(f->app.view, VIEW_PREVIEW);
	assert_int_not_equal(f->app.view, VIEW_CONFIRM);
}

static void nothing_refused_is_staged(struct fixture *f)
{
	for (unsigned word = 0; word < IMAGE_MAX_WORDS; word++) {
		struct remarks remarks = {0};
		struct errbuf err = {0};
		if (edit_is_empty(app_edit(&f->app, word)))
			continue;
		assert_int_equal(session_check_word(&remarks, f->app.session,
					 draft_edits(f->app.draft), word, &err),
			OK);
		for (size_t i = 0; i < remarks.count; i++)
			if (remarks.items[i].severity == SEVERITY_ERROR)
				fail_msg(
					"word %u is staged though %s", word, remarks.items[i].text);
		remarks_free(&remarks);
	}
}

static void test_random_keys_stage_nothing_refused_and_burn_nothing(void **state)
{
	struct fixture *f = *state;
	static const int sizes[][2] = {{24, 80}, {16, 60}, {40, 120}, {10, 40}, {60, 200}, {1, 1}};
	unsigned staged = 0, visits[VIEW_COUNT] = {0};
	for (unsigned round = 0; round < ROUNDS; round++) {
		starts(f);
		f->seed = round * 7919u + 1;
		for (unsigned i = 0; i < KEYS_PER_ROUND; i++) {
			presses_something(f);
			visits[f->app.view]++;
			f->app.quit = f->app.quit && f->app.view == VIEW_PROGRESS;
			if (any(f, 30) == 0) {
				const int *size = sizes[any(f, 6)];
				resizes(f, size[0], size[1]);
			}
			if (f->worker.busy && any(f, 5) == 0)
				worker_answers(f);
			if (any(f, 60) == 0)
				the_board_goes_or_comes(f);
			if (f->app.link == LINK_LOST)
				assert_false(f->app.session->arming.armed);
			if (i % 10 == 0)
				nothing_refused_is_staged(f);
			staged += edits_count(draft_edits(f->app.draft)) > 0;
			if (f->worker.burns > 0)
				fail_msg("round %u burnt after %u keys", round, i);
		}
		app_free(&f->app);
	}
	/* The keys got about: a monkey that stays in the grid proves nothing. */
	assert_true(staged > 0);
	assert_true(visits[VIEW_EDIT] && visits[VIEW_BITS] && visits[VIEW_LOCKS] &&
		    visits[VIEW_STAGED] && visits[VIEW_PREVIEW] && visits[VIEW_CONFIRM] &&
		    visits[VIEW_QUIT] && visits[VIEW_HELP] && visits[VIEW_DETAIL] &&
		    visits[VIEW_LOST]);
}

/* --- the ceremony with steps left out --- */

enum step {
	SEE_PREVIEW = 1,
	ARM = 2,
	SEE_WARNINGS = 4,
	ACKNOWLEDGE = 8,
	TYPE_RIGHT = 16,
	BY_HAND = 32,
	SAME_SIZE = 64,
	NO_ESCAPE = 128,
	ALL_STEPS = 255
};

static void pages_down(struct fixture *f)
{
	for (int i = 0; i < 20; i++)
		presses(f, KEY_NPAGE, 0);
}

static void type_phrase(struct fixture *f, unsigned steps)
{
	char phrase[CONFIRM_PHRASE_MAX];
	snprintf(phrase, sizeof phrase, "%s",
		f->app.confirm_open ? f->app.confirm.wanted : "burn everything");
	if (!(steps & TYPE_RIGHT))
		phrase[strlen(phrase) - 1] ^= 1;
	if (!(steps & BY_HAND))
		presses(f, KEY_PASTE_BEGIN, 0);
	types(f, phrase);
	if (!(steps & BY_HAND))
		presses(f, KEY_PASTE_END, 0);
}

/* Word 4 is the counter against rollback: one warning to acknowledge. */
static void goes_through(struct fixture *f, unsigned steps)
{
	resizes(f, LAYOUT_MIN_ROWS, LAYOUT_MIN_COLUMNS);
	f->app.selected = 4;
	types(f, "e1\rp");
	assert_int_equal(f->app.view, VIEW_PREVIEW);
	assert_false(f->app.all_seen);
	if (steps & SEE_PREVIEW)
		pages_down(f);
	if (steps & ARM)
		types(f, "a");
	types(f, "c");
	if (steps & SEE_WARNINGS)
		pages_down(f);
	if (steps & ACKNOWLEDGE)
		presses(f, 0, '1');
	/* Its first line had been scrolled away: the key showed it, and now takes it. */
	if (steps & ACKNOWLEDGE && f->app.confirm_open &&
		confirm_dialog_stage(&f->app.confirm) == CONFIRM_ACKNOWLEDGE)
		presses(f, 0, '1');
	type_phrase(f, steps);
	if (!(steps & SAME_SIZE))
		resizes(f, 24, 80);
	if (!(steps & NO_ESCAPE))
		presses(f, 0, ESCAPE);
	types(f, "\r");
}

static void test_no_step_of_the_ceremony_can_be_left_out(void **state)
{
	struct fixture *f = *state;
	for (unsigned steps = 0; steps <= ALL_STEPS; steps++) {
		starts(f);
		goes_through(f, steps);
		if (f->worker.burns != (steps == ALL_STEPS))
			fail_msg("with steps %02x it burnt %u times", steps, f->worker.burns);
		app_free(&f->app);
	}
}

/* Whatever is pressed while it burns, and however often Enter was: once is once. */
static void test_one_ceremony_burns_once(void **state)
{
	struct fixture *f = *state;
	starts(f);
	goes_through(f, ALL_STEPS);
	assert_int_equal(f->worker.burns, 1);
	assert_int_equal(f->app.view, VIEW_PROGRESS);
	assert_false(f->app.session->arming.armed);
	types(f, "\r\r\rcapc\r1");
	f->seed = 5;
	for (unsigned i = 0; i < KEYS_PER_ROUND; i++)
		presses_something(f);
	assert_int_equal(f->worker.burns, 1);
	assert_int_equal(f->app.view, VIEW_PROGRESS);
	app_free(&f->app);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_random_keys_stage_nothing_refused_and_burn_nothing),
		TEST(test_no_step_of_the_ceremony_can_be_left_out),
		TEST(test_one_ceremony_burns_once)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
