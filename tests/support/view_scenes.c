#include "tests/support/view_scenes.h"

#include "tests/support/scratch.h"

#include "src/partition.h"
#include "src/store.h"
#include "src/word_status.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ESCAPE 27

/* --- words ------------------------------------------------------------------------------------ */

static void enters(struct drawn *f, const char *line)
{
	drawn_type(f, ":");
	drawn_type(f, line);
	drawn_type(f, "\r");
	drawn_press(f, KEY_F(11), 0); /* what was said is read */
}

static void stages(struct drawn *f)
{
	enters(f, "write word=70 value=0x12345678 lock");
}

static void shows_words(struct drawn *f)
{
	snprintf(f->app.read_time, sizeof f->app.read_time, "14:02:11");
	f->app.session->image.status[7] = WORD_STATUS_PERMANENT;
	f->app.session->image.value[7] = 0xDEADBEEF;
	stages(f);
}

static void lists_words(struct drawn *f)
{
	shows_words(f);
	drawn_type(f, "\t");
}

static void maps_words(struct drawn *f)
{
	shows_words(f);
	drawn_type(f, "m");
}

static void tells_of_a_word(struct drawn *f)
{
	drawn_go(f, 13);
	drawn_type(f, "\r");
}

static void edits(struct drawn *f)
{
	drawn_go(f, 70);
	drawn_type(f, "e1234");
}

static void edits_bits(struct drawn *f)
{
	drawn_go(f, 70);
	drawn_type(f, "b ");
}

static void chooses_locks(struct drawn *f)
{
	drawn_go(f, 70);
	drawn_type(f, "L ");
}

static void lists_staged(struct drawn *f)
{
	stages(f);
	drawn_type(f, "v");
}

static void finds(struct drawn *f)
{
	drawn_type(f, "/board");
}

static void types_a_command(struct drawn *f)
{
	drawn_type(f, ":lock word=7");
}

static void has_found(struct drawn *f)
{
	drawn_type(f, "/13-15\r");
}

static void asks_to_quit(struct drawn *f)
{
	stages(f);
	drawn_type(f, "q");
}

static void asks_to_leave(struct drawn *f)
{
	stages(f);
	drawn_type(f, "o");
}

static void offers_what_was_left(struct drawn *f)
{
	f->app.kept.word[70] = (struct edit){.sets_value = true, .value = 0x12345678};
	f->app.view = VIEW_KEPT;
	drawn_draw(f);
}

/* --- the way to a burn -------------------------------------------------------------------------
 */

static void previews(struct drawn *f)
{
	stages(f);
	drawn_type(f, "p");
}

static void confirms(struct drawn *f)
{
	previews(f);
	for (int i = 0; i < 100 && !f->app.all_seen; i++)
		drawn_press(f, KEY_NPAGE, 0);
	drawn_type(f, "ac");
	drawn_type(f, "burn 7");
}

static void burns(struct drawn *f)
{
	previews(f);
	app_show(&f->app, VIEW_PROGRESS);
	progress_note(&f->app.progress, COMMIT_STAGE_BURN, 0, 2);
	drawn_draw(f);
}

static void takes_result(struct drawn *f, enum commit_verdict verdict, enum word_verdict word)
{
	struct worker_event event = {.kind = EVENT_RESULT, .job = JOB_COMMIT};
	previews(f);
	event.result = calloc(1, sizeof *event.result);
	assert_non_null(event.result);
	event.result->triggered = true;
	event.result->verdict = verdict;
	event.result->word_count = 1;
	event.result->words[0] = (struct word_result){.word = 70,
		.verdict = word,
		.planned_value = 0x12345678,
		.found = word == VERDICT_AS_PLANNED,
		.found_value = 0x12345678};
	app_event(&f->app, &event);
	drawn_draw(f);
}

static void ends_well(struct drawn *f)
{
	takes_result(f, COMMIT_VERIFIED, VERDICT_AS_PLANNED);
}

static void ends_unknown(struct drawn *f)
{
	takes_result(f, COMMIT_UNKNOWN, VERDICT_UNKNOWN);
}

static void loses_the_board(struct drawn *f)
{
	struct worker_event event = {.kind = EVENT_LOST, .status = ERR_GONE};
	previews(f);
	snprintf(event.error.text, sizeof event.error.text, "the board at 1-5.4 is gone");
	app_event(&f->app, &event);
	drawn_press(f, KEY_F(11), 0);
}

static void cycles_power(struct drawn *f)
{
	struct worker_event event = {.kind = EVENT_POWER, .power = POWER_BACK};
	snprintf(event.place, sizeof event.place, "U-Boot stm32prog at usb 1-5.4");
	snprintf(event.words, sizeof event.words, "power was off");
	f->app.power_watched = true;
	app_event(&f->app, &event);
	drawn_draw(f);
}

/* --- beside the words --------------------------------------------------------------------------
 */

static void saves_another(const struct drawn *f)
{
	struct image image = f->app.session->image;
	uint8_t bytes[PARTITION_MAX_BYTES];
	size_t length;
	struct errbuf err = {0};
	image.value[13] = 0;
	image.value[57] = 0x10;
	assert_int_equal(partition_format(bytes, sizeof bytes, &length, &image, &err), OK);
	assert_int_equal(store_save("other.bin", bytes, length, &err), OK);
}

static void chooses_an_image(struct drawn *f)
{
	saves_another(f);
	drawn_type(f, "d");
}

static void compares(struct drawn *f)
{
	saves_another(f);
	drawn_type(f, "d\r");
}

static void writes_journal(struct drawn *f)
{
	struct journal journal;
	struct journal_intent intent = {.pass_count = 1, .word_count = 1};
	struct errbuf err = {0};
	const char *folder = f->environment.session.source.state_folder;
	intent.words[0] = (struct journal_word){
		.word = 70, .request_value = 0x12345678, .before_known = true};
	snprintf(intent.board, sizeof intent.board, DRAWN_BOARD);
	snprintf(intent.chip, sizeof intent.chip, "stm32mp15");
	assert_int_equal(journal_open(&journal, folder, SOURCE_SIMULATED, &err), OK);
	assert_int_equal(journal_write_intent(&journal, &intent, &f->app.session->image, &err), OK);
}

static void lists_burns(struct drawn *f)
{
	writes_journal(f);
	drawn_type(f, "J");
}

static void tells_of_a_burn(struct drawn *f)
{
	lists_burns(f);
	drawn_type(f, "\r");
}

static void tells_news(struct drawn *f)
{
	struct session *session = f->app.session;
	session->news_count = 1;
	session->news[0].severity = SEVERITY_ERROR;
	snprintf(session->news[0].text, sizeof session->news[0].text,
		"word 70 was being burnt when the program was killed: what became of it is not "
		"known");
	drawn_type(f, "i");
}

static void tells_of_the_board(struct drawn *f)
{
	drawn_type(f, "s");
}

static void helps(struct drawn *f)
{
	drawn_type(f, "?");
}

static void begins_the_guide(struct drawn *f)
{
	drawn_type(f, "g");
}

static void guides(struct drawn *f)
{
	drawn_go(f, 70);
	drawn_type(f, "gj\r\r");
}

static void picks(struct drawn *f)
{
	struct found_boards *found = calloc(1, sizeof *found);
	struct found_ports *ports = calloc(1, sizeof *ports);
	const struct errbuf none = {0};
	assert_true(found && ports);
	found->count = 2;
	found->boards[0] = (struct found_board){.source = "dfu:serial=AA",
		.link = "usb",
		.path = "1-5.3",
		.serial = "AA",
		.stage = "U-Boot stm32prog",
		.offers_otp = true};
	found->boards[1] = (struct found_board){.source = "dfu:path=1-5.4",
		.link = "usb",
		.path = "1-5.4",
		.stage = "ROM code",
		.remark = "the ROM code offers no OTP: load U-Boot"};
	ports->count = 1;
	ports->port[0] = (struct found_port){.source = "uart:/dev/ttyUSB0",
		.name = "/dev/ttyUSB0",
		.description = "FT232R USB UART"};
	free(f->app.session);
	f->app.session = NULL;
	f->app.link = LINK_OPENING;
	app_pick(&f->app);
	picker_take(&f->app.picker, found, ports, &none);
	drawn_draw(f);
}

/* --- all ----------------------------------------------------------------------------------------
 */

const struct scene_of_view scenes_of_views[] = {
	{"words", shows_words,
		{"READ-ONLY STM32MP15", "staged 1", "12345678*", "1 staged: 70=12345678+lock 70",
			"last read 14:02:11"},
		{"12345678*"}, true},
	{"list", lists_words, {">070 12345678* ", "+P USER", "1 staged: 70=12345678+lock 70"},
		{"12345678*"}, false},
	{"map", maps_words, {"reads as 0, not locked", "locked for ever", "value staged"},
		{"*    1  value staged"}, false},
	{"found", has_found,
		{">00410032", "/33385116", "/34383330",
			"1 of 3 found; n the next, N the one before, * selects all"},
		{NULL}, false},
	{"detail", tells_of_a_word,
		{"word 13,", "0x00410032", "[30] SET permanent write lock",
			"[00] - value not valid"},
		{NULL}, false},
	{"edit", edits, {"Enter stage", "1234", "Esc leave"}, {NULL}, false},
	{"bits", edits_bits, {"Space choose this bit, or not", "80000000"}, {NULL}, false},
	{"locks", chooses_locks, {"permanent write lock", "Enter stage", "Esc leave"}, {NULL},
		false},
	{"staged", lists_staged, {"> 070 USER", "00000000 -> 12345678 + permanent lock"},
		{"-> 12345678", "+ permanent lock"}, false},
	{"find", finds, {"/board", "1 of 1 found", "Enter do it"}, {NULL}, false},
	{"command", types_a_command,
		{":lock word=7",
			"lock word=N-M ...: for ever; or behind the words sticky-program, "
			"sticky-write, sticky-read: until reset",
			"Tab complete"},
		{NULL}, false},
	{"quit", asks_to_quit,
		{"1 word is staged and not burnt.", "quit and drop it", "save it as a plan",
			"n stay"},
		{NULL}, false},
	{"leave", asks_to_leave,
		{"Close this board, and open something else?",
			"1 word is staged and not burnt: kept, and offered again when this is "
			"opened again.",
			"y close it and choose another", "n stay"},
		{"Close this board"}, false},
	{"kept", offers_what_was_left,
		{"1 word was staged here when otpedit ended last: not burnt, and not dropped.",
			"stage it again", "drop it", "leave it for later", "00000000 -> 12345678"},
		{"-> 12345678"}, false},
	{"preview", previews,
		{"IRREVERSIBLE: fuses burn in words kept for the customer; no way back",
			"word 70: this first write is the only one the word will ever take",
			"Pass 1 of 2, values: burnt, then read back and proved before anything "
			"else"},
		{"IRREVERSIBLE", "!! word 70"}, true},
	{"confirm", confirms,
		{"IRREVERSIBLE: fuses burn in words kept for the customer; no way back",
			"!! word 70 00000000 -> 12345678", "burn 70 on 3330", "Esc leave unburnt"},
		{"!! word 70"}, true},
	{"progress", burns,
		{"--- point of no return ---",
			"Past the point of no return: this cannot be stopped. Wait."},
		{"--- point of no return ---"}, false},
	{"verified", ends_well, {"VERIFIED", "as planned", "Fingerprint"}, {"VERIFIED"}, false},
	{"unknown", ends_unknown, {"UNKNOWN", "word 70"}, {"UNKNOWN"}, true},
	{"lost", loses_the_board,
		{"The board was lost before anything was confirmed.",
			"Nothing was burnt. What is staged is kept.",
			"No other board is taken for it."},
		{"The board was lost"}, false},
	{"power", cycles_power,
		{"Take away ALL of its supplies: power supply, battery, USB cable, debugger.",
			"It is back: U-Boot stm32prog at usb 1-5.4.", "power was off"},
		{"A board with a supply", "power was off"}, false},
	{"compare-with", chooses_an_image,
		{"Images in this folder", "> other.bin", "Enter compare"}, {"> other.bin"}, false},
	{"compare", compares,
		{"2 of 96 words differ.", ">013 UID[0]", "no: 5 burnt here",
			"bits only here 22, 16, 5-4, 1", "burn 1 bit", "s stage as there"},
		{"no: 5 burnt here"}, false},
	{"journal", lists_burns,
		{"1 burn on this simulated board; times are UTC.", "values 70: NO KNOWN END"},
		{"NO KNOWN END"}, false},
	{"journal-entry", tells_of_a_burn, {"word 70", "asked 12345678"}, {NULL}, false},
	{"news", tells_news,
		{"word 70 was being burnt when the program was killed: what became of it is not "
		 "known"},
		{"DANGER"}, false},
	{"status", tells_of_the_board,
		{"confirmed serial 004100323338511634383330",
			"Stands out no MAC address is programmed",
			"3 for ever; until reset 0 S, 0 W, 0 R"},
		{NULL}, false},
	{"help", helps,
		{"The grid", "edit the word as a hex value",
			"permanent lock: stage it, or take it back"},
		{NULL}, false},
	{"guide", begins_the_guide,
		{"What shall be done?",
			"A question a screen; Esc goes back. Nothing is burnt before the preview "
			"and its confirmation.",
			"Enter go on"},
		{NULL}, false},
	{"guide-entry", guides, {"Enter go on", "Esc back"}, {NULL}, false},
	{"picker", picks,
		{"> usb 1-5.3 U-Boot stm32prog, offers its OTP",
			"the ROM code offers no OTP: load U-Boot",
			"/dev/ttyUSB0 FT232R USB UART; opening it sends the sync byte",
			"Simulated boards", "Enter open"},
		{"the ROM code offers no OTP"}, false},
	{NULL, NULL, {NULL}, {NULL}, false},
};

static char folder[SCRATCH_MAX], home[4096];

void scene_begin(const struct scene_of_view *scene, struct drawn *f, struct painted *painted,
	const unsigned size[2])
{
	drawn_begin_anew(f);
	scratch_make(folder);
	assert_non_null(getcwd(home, sizeof home));
	assert_int_equal(chdir(folder), 0);
	f->environment.session.source.state_folder = folder;
	painted_use(painted, size[0], size[1]);
	drawn_draw(f);
	scene->act(f);
}

void scene_end(void)
{
	assert_int_equal(chdir(home), 0);
	scratch_remove(folder);
}
