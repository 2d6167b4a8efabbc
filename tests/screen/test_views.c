/* The whole screen, drawn without a terminal: what a person would read after these keys. */
#include "tests/support/fixtures.h"
#include "ui/screen/draw.h"
#include "ui/screen/keymap_file.h"
#include "ui/screen/views.h"

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

#define BOARD "00410032-33385116-34383330"

struct fixture {
	FILE *null;
	SCREEN *screen;
	struct environment environment;
	struct app app;
	struct theme theme;
	long long now;
};

/* The app owns its session by free(), so the chip is the test's. */
static struct chip *chip;

static struct session *new_session(void)
{
	struct session *session = calloc(1, sizeof *session);
	assert_non_null(session);
	fixture_plain(&session->image);
	session->has_image = true;
	session->chip = chip;
	session->journal_usable = true;
	session->info.peer = PEER_UBOOT;
	session->info.source_class = SOURCE_SIMULATED;
	snprintf(session->board, sizeof session->board, BOARD);
	snprintf(session->source_text, sizeof session->source_text, "demo");
	return session;
}

static int set_up(void **state)
{
	static struct fixture f;
	struct errbuf err = {0};
	setlocale(LC_ALL, "C.UTF-8");
	f = (struct fixture){.now = 1000};
	use_env(FALSE); /* 80 by 24, whatever runs the tests */
	f.null = fopen("/dev/null", "r+");
	f.screen = newterm("xterm", f.null, f.null);
	assert_non_null(f.screen);
	assert_true(app_init(&f.app, &f.environment));
	assert_int_equal(theme_load(&f.theme, "mono", "", &err), OK);
	theme_apply(&f.theme, 0);
	chip = fixture_chip();
	f.app.session = new_session();
	f.app.link = LINK_UP;
	resizeterm(24, 80);
	draw_screen(&f.app, stdscr, &f.theme);
	*state = &f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;
	app_free(&f->app);
	chip_free(chip);
	endwin();
	delscreen(f->screen);
	fclose(f->null);
	return 0;
}

/* --- steps and looks --- */

static void draws(struct fixture *f)
{
	draw_screen(&f->app, stdscr, &f->theme);
}

static void presses(struct fixture *f, int code, uint32_t character)
{
	struct key key = {.code = code, .character = character, .now_ms = f->now += 100};
	app_key(&f->app, &key);
	draws(f);
}

static void types(struct fixture *f, const char *text)
{
	for (; *text; text++)
		presses(f, 0, (unsigned char)*text);
}

static void goes_to(struct fixture *f, unsigned word)
{
	f->app.selected = word;
	draws(f);
}

static int row_of(const char *text)
{
	char row[1200];
	for (int i = 0; i < LINES; i++) {
		mvwinnstr(stdscr, i, 0, row, sizeof row - 1);
		if (strstr(row, text))
			return i;
	}
	return -1;
}

static void expect(const char *text)
{
	char row[1200];
	if (row_of(text) >= 0)
		return;
	for (int i = 0; i < LINES; i++) {
		mvwinnstr(stdscr, i, 0, row, sizeof row - 1);
		print_message("|%s\n", row);
	}
	fail_msg("the screen does not show '%s'", text);
}

static void expect_not(const char *text)
{
	if (row_of(text) >= 0)
		fail_msg("the screen shows '%s'", text);
}

#define ESCAPE    27
#define CONTROL_C 3

/* --- the frame of it all --- */

static void test_header_says_what_matters(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(row_of("READ-ONLY"), 0);
	assert_int_equal(row_of("STM32MP15"), 0);
	assert_int_equal(row_of("staged 0"), 0);
	assert_int_equal(row_of("34383330"), 0);
	types(f, "a");
	assert_int_equal(row_of(" ARMED "), 0);
	types(f, "a");
	assert_int_equal(row_of("READ-ONLY"), 0);
	f->app.link = LINK_LOST;
	draws(f);
	assert_int_equal(row_of("lost"), 0);
}

/* A long name must not push out which board it is. */
static void test_header_names_the_board(void **state)
{
	struct fixture *f = *state;
	snprintf(f->app.session->source_text, sizeof f->app.session->source_text,
		"dfu:serial=004100323338511634383330,path=1-5.4.4");
	draws(f);
	assert_int_equal(row_of("UID ..34383330"), 0);
	snprintf(f->app.session->board, sizeof f->app.session->board, "serial:ABCDEFGH12345678");
	draws(f);
	assert_int_equal(row_of("serial ..12345678"), 0);
}

/* ARMED and READ-ONLY are the last that may be missing. */
static void test_header_on_the_smallest_screen(void **state)
{
	struct fixture *f = *state;
	resizeterm(LAYOUT_MIN_ROWS, LAYOUT_MIN_COLUMNS);
	draws(f);
	assert_int_equal(row_of("READ-ONLY"), 0);
	assert_int_equal(row_of("UID ..34383330"), 0);
	expect("nothing staged");
	types(f, "a");
	assert_int_equal(row_of("ARMED"), 0);
	/* The grid has it all, so the word's name stands below until a message comes. */
	goes_to(f, 12);
	f->now += APP_READ_MS;
	presses(f, KEY_RIGHT, 0);
	assert_int_equal(row_of("word 13, "), LINES - 2);
}

/* Typing against a lock is told to be useless before it begins. */
static void test_words_that_take_no_value_say_so_at_once(void **state)
{
	struct fixture *f = *state;
	static const char keys[] = "eb";
	goes_to(f, 13);
	for (size_t i = 0; i < 2; i++) {
		presses(f, 0, (unsigned char)keys[i]);
		expect("locked for ever: no value will be taken");
		presses(f, 0, ESCAPE);
		f->app.session->image.status[70] = WORD_STATUS_STICKY_READ;
		goes_to(f, 70);
		presses(f, 0, (unsigned char)keys[i]);
		expect("cannot be read: no value will be taken");
		presses(f, 0, ESCAPE);
		f->app.session->image.status[70] = WORD_STATUS_STICKY_PROGRAM;
		presses(f, 0, (unsigned char)keys[i]);
		expect("until the board's reset: no value will be taken");
		presses(f, 0, ESCAPE);
		f->app.session->image.status[70] = 0;
		presses(f, 0, (unsigned char)keys[i]);
		expect_not("no value will be taken");
		presses(f, 0, ESCAPE);
		goes_to(f, 13);
	}
}

/* On the narrowest screen why an edit is refused is read whole, while typing and after Enter. */
static void test_reasons_fit_the_smallest_screen(void **state)
{
	struct fixture *f = *state;
	resizeterm(LAYOUT_MIN_ROWS, LAYOUT_MIN_COLUMNS);
	f->app.session->image.status[0] = WORD_STATUS_STICKY_READ;
	goes_to(f, 0);
	types(f, "e10");
	expect("0x10______  is 0x00000010");
	expect("refused: the word is read-locked");
	expect("not be proved");
	expect(" below "); /* the warnings, which wait for the preview */
	types(f, "\r");
	assert_int_equal(row_of("not staged: word 0"), LINES - 4);
	assert_int_equal(row_of("could not be proved"), LINES - 2);
}

/* A text that goes on below says so. */
static void test_texts_say_that_they_go_on(void **state)
{
	struct fixture *f = *state;
	types(f, "?");
	assert_true(row_of(" more lines below ") > 0);
	presses(f, KEY_END, 0);
	expect_not(" below ");
}

/* Where the cursor is not, the lock stands in the same column. */
static void test_locks_stand_in_a_column(void **state)
{
	struct fixture *f = *state;
	goes_to(f, 70);
	types(f, "L");
	expect("> [ ] permanent write lock");
	expect("  [ ] shadow read sticky lock");
	presses(f, KEY_DOWN, 0);
	expect("  [ ] permanent write lock");
	expect("> [ ] shadow read sticky lock");
	/* All that is said about them fits the narrowest screen. */
	resizeterm(LAYOUT_MIN_ROWS, LAYOUT_MIN_COLUMNS);
	draws(f);
	expect("programmed again.");
	expect("one can be asked for");
	expect_not(" below ");
}

static void test_an_image_file_is_offline(void **state)
{
	struct fixture *f = *state;
	f->app.link = LINK_OFFLINE;
	draws(f);
	assert_int_equal(row_of("OFFLINE"), 0);
	types(f, "a");
	expect("nothing to arm");
	expect_not("ARMED");
	goes_to(f, 70);
	types(f, "l");
	expect("lock 70");
}

static void test_too_small(void **state)
{
	struct fixture *f = *state;
	resizeterm(10, 40);
	draws(f);
	expect("60x16 needed");
	types(f, "l");
	assert_int_equal(edits_count(draft_edits(f->app.draft)), 0);
	resizeterm(24, 80);
	draws(f);
	expect("READ-ONLY");
}

/* Every view at every size: within the screen, and with its way out in the last row. */
static void test_all_views_at_all_sizes(void **state)
{
	struct fixture *f = *state;
	static const int sizes[][2] = {{16, 60}, {24, 80}, {40, 120}, {60, 220}};
	static const enum view_id views[] = {VIEW_GRID, VIEW_DETAIL, VIEW_EDIT, VIEW_BITS,
		VIEW_LOCKS, VIEW_STAGED, VIEW_PREVIEW, VIEW_CONFIRM, VIEW_PROGRESS, VIEW_NEWS,
		VIEW_HELP, VIEW_QUIT};
	goes_to(f, 70);
	types(f, "l");
	assert_true(app_plan(&f->app));
	confirm_dialog_open(&f->app.confirm, f->app.plan);
	f->app.confirm_open = true;
	for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++)
		for (size_t v = 0; v < sizeof views / sizeof views[0]; v++) {
			resizeterm(sizes[s][0], sizes[s][1]);
			f->app.view = VIEW_GRID;
			app_show(&f->app, views[v]);
			draws(f);
			char last[1200];
			expect(view_of(views[v])->title);
			const char *way = views[v] == VIEW_GRID       ? "help"
					  : views[v] == VIEW_PROGRESS ? "stop"
					  : views[v] == VIEW_QUIT     ? "stay"
								      : "leave";
			mvwinnstr(stdscr, LINES - 1, 0, last, sizeof last - 1);
			if (!strstr(last, way))
				fail_msg("'%s', %d columns: '%s' is not in the last row",
					view_of(views[v])->title, sizes[s][1], way);
		}
}

static void test_hardware_cursor_is_on_the_word(void **state)
{
	struct fixture *f = *state;
	char value[9];
	goes_to(f, 13);
	assert_int_equal(mvinnstr(getcury(stdscr), getcurx(stdscr), value, 8), 8);
	assert_string_equal(value, "00410032");
}

/* --- editing --- */

static void test_hex_value(void **state)
{
	struct fixture *f = *state;
	goes_to(f, 70);
	types(f, "e12345678");
	expect("0x12345678");
	expect("new");
	expect("only one the word will ever take");
	assert_int_equal(edits_count(draft_edits(f->app.draft)), 0);
	types(f, "\r");
	expect("12345678*");
	assert_int_equal(row_of("staged 1"), 0);
	types(f, "u");
	expect_not("12345678");
	assert_int_equal(row_of("staged 0"), 0);
}

/* Word 0 holds 0x17: asking for 0x10 would clear bits 0, 1 and 2. */
static void test_bits_never_go_back(void **state)
{
	struct fixture *f = *state;
	goes_to(f, 0);
	types(f, "e10");
	expect("!!!");
	expect("refused: the value would clear bits 00000007");
	types(f, "\r");
	assert_int_equal(edits_count(draft_edits(f->app.draft)), 0);
	assert_int_equal(f->app.view, VIEW_EDIT); /* what was typed is still there */
	expect("0x10");
	presses(f, 0, ESCAPE);
	assert_int_equal(f->app.view, VIEW_GRID);
}

static void test_only_hex_is_taken(void **state)
{
	struct fixture *f = *state;
	goes_to(f, 70);
	types(f, "eg");
	expect("only hex digits");
	types(f, "0xAB");
	expect("0xAB_");
	presses(f, KEY_BACKSPACE, 0);
	expect("0xA_");
	types(f, "123456789");
	expect("0xA1234567");
	expect("eight hex digits");
}

static void test_bit_by_bit(void **state)
{
	struct fixture *f = *state;
	goes_to(f, 9);
	types(f, "b");
	expect("bit 31: 0");
	presses(f, KEY_RIGHT, 0);
	types(f, " ");
	expect("bit 30: 0, and chosen to become 1");
	expect("value 0x40000000");
	types(f, "\r");
	assert_int_equal(app_edit(&f->app, 9)->value, 0x40000000);
	/* Taken back bit by bit, nothing of it is left. */
	types(f, "b");
	presses(f, KEY_RIGHT, 0);
	types(f, " \r");
	assert_true(edit_is_empty(app_edit(&f->app, 9)));
}

static void test_a_burnt_bit_cannot_be_chosen_away(void **state)
{
	struct fixture *f = *state;
	goes_to(f, 0);
	types(f, "b");
	presses(f, KEY_END, 0);
	expect("bit 0: is burnt and stays 1");
	types(f, " ");
	expect("from 0 to 1 only");
	assert_int_equal(f->app.bits, 0x17);
}

static void test_lock_key(void **state)
{
	struct fixture *f = *state;
	goes_to(f, 70);
	types(f, "l");
	assert_int_equal(app_edit(&f->app, 70)->locks, WORD_STATUS_PERMANENT);
	expect("+P");
	types(f, "l");
	assert_true(edit_is_empty(app_edit(&f->app, 70)));
	goes_to(f, 13);
	types(f, "l");
	expect("locked for ever already");
	assert_true(edit_is_empty(app_edit(&f->app, 13)));
}

/* U-Boot's service drops sticky locks in silence: they are refused with the reason. */
static void test_sticky_locks_behind_uboot(void **state)
{
	struct fixture *f = *state;
	goes_to(f, 70);
	types(f, "L");
	expect("ignores sticky locks");
	presses(f, KEY_DOWN, 0);
	types(f, " \r");
	expect("not staged");
	assert_int_equal(f->app.view, VIEW_LOCKS);
	assert_true(edit_is_empty(app_edit(&f->app, 70)));
	f->app.session->info.peer = PEER_PRGFW;
	f->now += APP_READ_MS;
	presses(f, KEY_DOWN, 0); /* another key, and the message goes */
	expect_not("ignores sticky locks");
	types(f, "\r");
	assert_int_equal(app_edit(&f->app, 70)->locks & WORD_STATUS_PERMANENT, 0);
	assert_int_not_equal(app_edit(&f->app, 70)->locks, 0);
}

static void test_list_of_what_is_staged(void **state)
{
	struct fixture *f = *state;
	goes_to(f, 70);
	types(f, "eAB\rl");
	goes_to(f, 72);
	types(f, "lv");
	expect("00000000 -> 000000AB + permanent lock");
	presses(f, KEY_DOWN, 0);
	types(f, "x");
	assert_true(edit_is_empty(app_edit(&f->app, 72)));
	assert_false(edit_is_empty(app_edit(&f->app, 70)));
	goes_to(f, 5);
	types(f, "\r");
	assert_int_equal(f->app.selected, 70);
	assert_int_equal(f->app.view, VIEW_GRID);
	types(f, "x");
	assert_int_equal(edits_count(draft_edits(f->app.draft)), 0);
}

static void test_undo_and_redo(void **state)
{
	struct fixture *f = *state;
	goes_to(f, 70);
	types(f, "u");
	expect("nothing to undo");
	types(f, "lu");
	assert_true(edit_is_empty(app_edit(&f->app, 70)));
	presses(f, 0, 'R' & 0x1F);
	assert_false(edit_is_empty(app_edit(&f->app, 70)));
}

/* --- leaving --- */

static void test_quitting_asks_only_when_something_is_staged(void **state)
{
	struct fixture *f = *state;
	goes_to(f, 70);
	types(f, "lq");
	expect("1 word is staged and not burnt");
	assert_false(f->app.quit);
	types(f, "n");
	assert_int_equal(f->app.view, VIEW_GRID);
	types(f, "qy");
	assert_true(f->app.quit);
	f->app.quit = false;
	f->app.view = VIEW_GRID;
	types(f, "xq");
	assert_true(f->app.quit);
}

static void test_interrupt_drops_nothing_unasked(void **state)
{
	struct fixture *f = *state;
	goes_to(f, 70);
	types(f, "le1");
	presses(f, 0, CONTROL_C);
	assert_false(f->app.quit);
	expect("1 word is staged and not burnt");
	presses(f, 0, ESCAPE);
	assert_int_equal(edits_count(draft_edits(f->app.draft)), 1);
	presses(f, 0, CONTROL_C);
	presses(f, 0, CONTROL_C);
	assert_true(f->app.quit);
	assert_int_equal(f->app.exit_status, 130);
}

static void test_interrupt_ends_the_confirmation(void **state)
{
	struct fixture *f = *state;
	goes_to(f, 70);
	types(f, "e1\rp");
	for (int i = 0; i < 100 && !f->app.all_seen; i++)
		presses(f, KEY_NPAGE, 0);
	types(f, "ac");
	assert_int_equal(f->app.view, VIEW_CONFIRM);
	presses(f, 0, CONTROL_C);
	assert_false(f->app.confirm_open);
	assert_int_equal(f->app.view, VIEW_QUIT);
	assert_false(f->app.quit);
}

/* Why it goes no further is read to its end on the narrowest screen, too. */
static void test_what_hinders_is_never_cut(void **state)
{
	struct fixture *f = *state;
	resizeterm(LAYOUT_MIN_ROWS, LAYOUT_MIN_COLUMNS);
	goes_to(f, 70);
	types(f, "e1\rp");
	expect("more lines, PgDn.");
	f->app.link = LINK_BUSY;
	draws(f);
	expect("nothing can be burnt now.");
	f->app.session->journal_usable = false;
	draws(f);
	expect("i, in the grid, says why.");
	f->app.session->arming.read_only = true;
	draws(f);
	expect("by --read-only or a setting");
	f->app.link = LINK_OFFLINE;
	draws(f);
	expect("w saves this as a plan.");
	f->app.plan->refused = true;
	draws(f);
	expect("nothing of it can be burnt.");
}

/* --- texts --- */

static void test_help_returns_where_it_was_asked_for(void **state)
{
	struct fixture *f = *state;
	types(f, "?");
	expect("edit the word as a hex value");
	types(f, "?"); /* asked again: no way round in circles */
	presses(f, 0, ESCAPE);
	assert_int_equal(f->app.view, VIEW_GRID);
	goes_to(f, 70);
	types(f, "b ?");
	assert_int_equal(row_of(key_context_name(KEYS_BITS)), 2);
	presses(f, 0, ESCAPE);
	assert_int_equal(f->app.view, VIEW_BITS);
	expect("value 0x80000000");
}

/* Hints, help and messages name the keys that hold, not the built-in ones. */
static void test_texts_name_ones_own_keys(void **state)
{
	struct fixture *f = *state;
	static const char keys[] = "[grid]\nedit = y\nlock = none\npreview = P\n"
				   "[preview]\narm = A\n[bits]\ntoggle = t\n";
	struct errbuf err = {0};
	assert_int_equal(keymap_parse(&f->app.keys, keys, strlen(keys), "keys", &err), OK);
	types(f, "P");
	expect("nothing is staged: 'y' edits the word, '(no key)' locks it");
	expect("y edit");
	goes_to(f, 70);
	types(f, "b");
	expect("t chooses it to become 1");
	types(f, "t\r");
	types(f, "P");
	for (int page = 0; page < 40; page++)
		presses(f, KEY_NPAGE, 0);
	expect("The session is read-only: A arms it for this board.");
}

static void test_a_board_without_otp_names_the_key(void **state)
{
	struct fixture *f = *state;
	static const char keys[] = "[grid]\nnews = F9\n";
	struct errbuf err = {0};
	assert_int_equal(keymap_parse(&f->app.keys, keys, strlen(keys), "keys", &err), OK);
	f->app.session->image.word_count = 0;
	draws(f);
	expect("No OTP is offered here: F9 says more.");
}

static void test_help_has_every_key(void **state)
{
	struct fixture *f = *state;
	resizeterm(400, 80);
	types(f, "?");
	for (int context = 0; context < KEYS_CONTEXTS; context++) {
		const struct key_binding *row;
		expect(key_context_name((enum key_context)context));
		for (size_t i = 0;
			(row = keymap_row(&f->app.keys, (enum key_context)context, i)) != NULL;
			i++) {
			char text[120];
			snprintf(text, sizeof text, "  %-7s %.40s", row->key,
				action_help(row->action));
			expect(text);
		}
	}
	expect("permanent write lock: no more programming, ever");
}

static void test_all_about_a_word(void **state)
{
	struct fixture *f = *state;
	resizeterm(40, 80);
	goes_to(f, 13);
	types(f, "\r");
	expect("0x00410032");
	expect("[30] SET permanent write lock");
	expect("[29] -   shadow read sticky lock");
	expect("[00] -   value not valid");
	expect("source: ");
}

static void test_secrets_are_on_no_view(void **state)
{
	struct fixture *f = *state;
	static const char keys[] = "\rebLv?";
	unsigned word = 0;
	while (word < 95 && !chip_word_is_secret(chip, word))
		word++;
	f->app.session->image.value[word] = 0xCAFEF00D;
	resizeterm(50, 160);
	for (size_t i = 0; i < sizeof keys - 1; i++) {
		goes_to(f, word);
		presses(f, 0, (unsigned char)keys[i]);
		expect_not("CAFEF00D");
		expect_not("1100 1010 1111 1110");
		presses(f, 0, ESCAPE);
	}
	types(f, "e");
	expect("start with --reveal");
	f->app.reveal = true;
	types(f, "e");
	expect("1100 1010 1111 1110");
}

static void test_ascii_only(void **state)
{
	struct fixture *f = *state;
	f->app.ascii = true;
	resizeterm(24, 80);
	draws(f);
	for (int row = 0; row < LINES; row++) {
		char text[1200];
		mvwinnstr(stdscr, row, 0, text, sizeof text - 1);
		for (const char *at = text; *at; at++)
			assert_true((unsigned char)*at < 127);
	}
}

/* --- events --- */

static void comes(struct fixture *f, struct worker_event event)
{
	app_event(&f->app, &event);
	draws(f);
}

static void test_a_new_read_marks_what_changed(void **state)
{
	struct fixture *f = *state;
	struct session *fresh = new_session();
	goes_to(f, 70);
	types(f, "l");
	fresh->image.value[71] = 0xAB;
	comes(f, (struct worker_event){.kind = EVENT_DONE, .job = JOB_READ, .session = fresh});
	expect("000000AB~");
	expect("last read ");
	assert_int_equal(edits_count(draft_edits(f->app.draft)), 1);
}

static void test_a_failed_read_is_no_read(void **state)
{
	struct fixture *f = *state;
	struct worker_event event = {.kind = EVENT_FAILED,
		.job = JOB_READ,
		.status = ERR_GONE,
		.session = new_session()};
	goes_to(f, 70);
	types(f, "l");
	snprintf(event.error.text, sizeof event.error.text, "the board did not answer");
	snprintf(f->app.read_time, sizeof f->app.read_time, "01:02:03");
	types(f, "a");
	assert_true(f->app.session->arming.armed);
	comes(f, event);
	assert_false(f->app.session->arming.armed);
	expect("the board did not answer");
	expect("last read 01:02:03");
	assert_int_equal(row_of("lost"), 0);
	assert_false(f->app.quit);
	assert_int_equal(edits_count(draft_edits(f->app.draft)), 1);
}

static void test_news_come_first(void **state)
{
	struct fixture *f = *state;
	struct session *fresh = new_session();
	fresh->news_count = 1;
	fresh->news[0].severity = SEVERITY_WARNING;
	snprintf(fresh->news[0].text, sizeof fresh->news[0].text, "word 70 was being burnt");
	free(f->app.session);
	f->app.session = NULL;
	comes(f, (struct worker_event){.kind = EVENT_DONE, .job = JOB_OPEN, .session = fresh});
	assert_int_equal(f->app.view, VIEW_NEWS);
	expect("word 70 was being burnt");
	presses(f, 0, ESCAPE);
	assert_int_equal(f->app.view, VIEW_GRID);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {TEST(test_header_says_what_matters),
		TEST(test_header_names_the_board), TEST(test_header_on_the_smallest_screen),
		TEST(test_words_that_take_no_value_say_so_at_once),
		TEST(test_reasons_fit_the_smallest_screen), TEST(test_texts_say_that_they_go_on),
		TEST(test_locks_stand_in_a_column), TEST(test_an_image_file_is_offline),
		TEST(test_too_small), TEST(test_all_views_at_all_sizes),
		TEST(test_hardware_cursor_is_on_the_word), TEST(test_hex_value),
		TEST(test_bits_never_go_back), TEST(test_only_hex_is_taken), TEST(test_bit_by_bit),
		TEST(test_a_burnt_bit_cannot_be_chosen_away), TEST(test_lock_key),
		TEST(test_sticky_locks_behind_uboot), TEST(test_list_of_what_is_staged),
		TEST(test_undo_and_redo), TEST(test_quitting_asks_only_when_something_is_staged),
		TEST(test_interrupt_drops_nothing_unasked),
		TEST(test_interrupt_ends_the_confirmation), TEST(test_what_hinders_is_never_cut),
		TEST(test_help_returns_where_it_was_asked_for), TEST(test_help_has_every_key),
		TEST(test_texts_name_ones_own_keys), TEST(test_a_board_without_otp_names_the_key),
		TEST(test_all_about_a_word), TEST(test_secrets_are_on_no_view),
		TEST(test_ascii_only), TEST(test_a_new_read_marks_what_changed),
		TEST(test_a_failed_read_is_no_read), TEST(test_news_come_first)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
