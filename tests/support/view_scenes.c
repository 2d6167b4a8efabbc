#include "tests/support/view_scenes.h"

#include "tests/support/scratch.h"
#include "tests/support/view_acts.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <unistd.h>

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
	{"rehearse", asks_what_to_rehearse,
		{"The 1 word staged is burnt on a simulated twin of this board, as it was read "
		 "last. Nothing is sent to the board itself.",
			"> nothing goes wrong", "Enter rehearse"},
		{"> nothing goes wrong"}, false},
	{"rehearsal", has_rehearsed,
		{"REHEARSAL on a simulated twin: nothing was sent to the board",
			"does NOT hold: 1 word of the twin is otherwise",
			"twin 00000000 locks: none"},
		{"does NOT hold"}, false},
	{"lost", loses_the_board,
		{"The board was lost before anything was confirmed.",
			"Nothing was burnt. What is staged is kept.",
			"No other board is taken for it."},
		{"The board was lost"}, false},
	{"power", cycles_power,
		{"Take away ALL of its supplies: power supply, battery, USB cable, debugger.",
			"It is back: U-Boot stm32prog at usb 1-5.4.", "power was off"},
		{"A board with a supply", "power was off"}, false},
	{"boot-shown", shows_firmware,
		{"ARMED. To load this, type by hand and press Enter:", "boot version 1 on 3330"},
		{"! TF-A may raise", "ARMED."}, false},
	{"boot-loading", loads_firmware,
		{"loading TF-A (phase 1): 50 of 200 kB", "Esc stops it at any point."}, {NULL},
		false},
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
	{"name", asks_for_a_name,
		{"The name of a file, or of a board as on the command line: sim:FILE, demo:blank,",
			"> sim:board.bin", "Enter do it"},
		{NULL}, false},
	{"boot", asks_for_firmware, {"ROM code answers at dfu:path=1-5.4", "> board.tsv"}, {NULL},
		false},
	{"boot-failed", fails_to_bring_up,
		{"The board was not brought up.", "the board went while it was loaded"},
		{"The board was not brought up."}, false},
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
