#include "ui/commands/command.h"

#include <string.h>

const struct option_row option_table[OPTION_COUNT] = {
	[OPTION_CHIP] = {"chip", "CHIP", "take the map of this chip instead of finding out", true,
		false},
	[OPTION_READ_ONLY] = {"read-only", NULL, "burn nothing in this run, whatever is asked",
		true, false},
	[OPTION_REVEAL] = {"reveal", NULL, "show the values of secret words", true, false},
	[OPTION_COLOR] = {"color", "auto|always|never", "colours; auto: on a terminal", true,
		false},
	[OPTION_THEME] = {"theme", "NAME", "the screen's colours", true, false},
	[OPTION_TRACE] = {"trace", "FILE", "append every exchange with the board to FILE", true,
		false},
	[OPTION_FRESH] = {"fresh", NULL, "start a simulated board over from its image", true,
		false},
	[OPTION_HELP] = {"help", NULL, "this text, or that of a command", true, false},
	[OPTION_VERSION] = {"version", NULL, "the program's version", true, false},
	[OPTION_JSON] = {"json", NULL, "for programs: the man page describes it", false, false},
	[OPTION_CSV] = {"csv", NULL, "comma-separated values", false, false},
	[OPTION_MARKDOWN] = {"markdown", NULL, "a table in Markdown", false, false},
	[OPTION_FIELDS] = {"fields", NULL, "with the fields of each word", false, false},
	[OPTION_ON] = {"on", "SOURCE", "the board or image it is for", false, false},
	[OPTION_AS] = {"as", "image|request|plan", "what the file is meant to be", false, false},
	[OPTION_CONFIRM] = {"confirm", "FINGERPRINT", "the fingerprint that the preview printed",
		false, false},
	[OPTION_ACCEPT] = {"accept", "RULE", "accept the remarks of this rule; may be repeated",
		false, true},
	[OPTION_LIFE_CYCLE] = {"life-cycle", NULL, "words of the life cycle, too", false, false},
	[OPTION_UART] = {"uart", NULL, "on its serial line", false, false},
	[OPTION_SEND] = {"send", NULL, "bytes may be sent, not only listened to", false, false},
	[OPTION_FAULT] = {"fault", "FAULT", "what goes wrong: lies, late, half:70, ...", false,
		false},
	[OPTION_LAYOUT] = {"layout", "FILE", "a FlashLayout: what it boots with is loaded", false,
		false},
	[OPTION_IMAGE] = {"image", "[PHASE=]FILE", "a file to load; may be repeated", false, true},
	[OPTION_OUTPUT] = {"output", "FILE", "where to save; also -o FILE", false, false},
};

#define BIT(option) (UINT32_C(1) << OPTION_##option)
#define FORMATS     (BIT(JSON) | BIT(CSV) | BIT(MARKDOWN))
#define CONFIRMING  (BIT(CONFIRM) | BIT(ACCEPT))
#define NO_LIMIT    ((size_t)-1)

/* The list of commands has a line for those that belong together. */
#define FINDING   "boards on USB, serial ports; who is at a port"
#define LOOKING   "every word and what it means; one page on the board"
#define COMPARING "what differs between two; many images, who stands out"
#define BURNING   "what a plan would do; on a twin; for ever"
#define WRITING   "words, locks, a file's bytes: plans of one line"
#define SETTLING  "power-cycle a board; what is left of earlier commits"
#define BUILT_IN  "known chips; the keys of the screen; what is settled"

const struct command command_table[] = {
	{"list", "", FINDING,
		"Lists every device in DFU mode: where it is, who answers there, its serial "
		"number, whether it offers its OTP, and if not, why and what to do. Only "
		"descriptors are asked for, which disturbs no board. Serial ports are listed with "
		"their adapter and who has them open; none is opened.",
		BIT(JSON), 0, 0, false, command_list},
	{"probe", "SOURCE [--send]", FINDING,
		"Says what is at the end of a serial line, what it can do, and what to do next. "
		"It listens for two seconds and sends nothing; with --send it asks until it "
		"knows: boot stages, programming services, microcontrollers, consoles and SMP "
		"servers, in ways that change nothing there. Each time it says before what it "
		"sends and why.",
		BIT(JSON) | BIT(SEND), 1, 1, true, command_probe},
	{"show", "SOURCE [word=N|N-M …]", LOOKING,
		"Lists the words of a board or of a saved image: value, locks, name, "
		"kind, meaning. '?' after a value: a shadow copy that proves nothing. "
		"???????? is a value that is not valid. Secret words are masked unless "
		"--reveal is given. word=24-31 shows only these.",
		BIT(FIELDS) | FORMATS, 1, NO_LIMIT, true, command_show},
	{"status", "SOURCE", LOOKING,
		"Says on one page who the board is, whether it is open or closed, how it "
		"boots, what keys and locks it has, and what stands out; and how sure each of "
		"this is.",
		FORMATS, 1, 1, true, command_status},
	{"read", "SOURCE -o FILE", "save a board's OTP to a file",
		"Reads the board and saves what it read: an image that show, diff and the screen "
		"open again. Over a serial line, which has no checksums, it reads twice, and both "
		"have to agree.",
		BIT(OUTPUT), 1, 1, true, command_read},
	{"diff", "A B", COMPARING,
		"Compares two sources word by word. The exit status is 1 when they differ.",
		FORMATS, 2, 2, true, command_diff},
	{"survey", "FILE|DIR …", COMPARING,
		"Compares the images in files and folders, each family by itself: which words "
		"are the same everywhere, which differ, which boards stand out, ids and addresses "
		"that two boards have, keys that are not locked, the life cycle of each board. "
		"Files that cannot be read are named and left out; the exit status is then 1.",
		FORMATS, 1, NO_LIMIT, false, command_survey},
	{"check", "FILE", "what is wrong with an image, a request or a plan",
		"Finds out what FILE is, unless --as says so, and checks it: an image that "
		"was read from a board, a write request for one, or a plan file. With --on "
		"also what the board or image there says against it. Burns nothing. The "
		"exit status is 1 when there are errors.",
		BIT(AS) | BIT(ON) | BIT(JSON), 1, 1, false, command_check},
	{"plan", "GOLDEN --on SOURCE -o PLAN [word=N|N-M …]",
		"the plan that leads to a golden image",
		"Saves the plan that takes the board at SOURCE to what the image GOLDEN holds, as "
		"far as fuses allow: customer, board id, configuration and key hash words, with "
		"their locks. MAC addresses only where word=N names them; words of the life cycle "
		"only with --life-cycle; what is of one chip, secret or reserved never. What "
		"cannot be reached is named; the exit status is then 1. Burns nothing.",
		BIT(ON) | BIT(OUTPUT) | BIT(LIFE_CYCLE), 1, NO_LIMIT, true, command_plan},
	{"preview", "PLAN --on SOURCE", BURNING,
		"Shows the passes of a plan file on this board, every change, what the "
		"rules say, and the fingerprint that confirms exactly this. Burns nothing. "
		"The exit status is 4 when a rule refuses the plan.",
		BIT(ON) | FORMATS, 1, 1, true, command_preview},
	{"rehearse", "PLAN --on SOURCE [--fault FAULT]", BURNING,
		"Puts what was read of the board, or a saved image, into a simulated board behind "
		"the same service, carries the plan out there, and shows the result beside what is "
		"predicted. Nothing is sent to the board but reads, and none of it can be taken "
		"for the board's own. With --fault the twin goes wrong: lies, late, locks=reset, "
		"or of a word fails:70, ignores:70, half:70, spoils:70, lock-fails:70, "
		"cuts-power:70. The exit status is 1 where the prediction does not hold.",
		BIT(ON) | BIT(FAULT), 1, 1, true, command_rehearse},
	{"apply", "PLAN --on SOURCE", BURNING,
		"Previews a plan file, asks for confirmation, burns it pass by pass, reads "
		"back after each, and reports every word. At a terminal it asks for the "
		"phrase. Without one it wants the preview's --confirm FINGERPRINT and, "
		"where the plan is dangerous, --accept RULE for each warning; a one-way "
		"plan needs a terminal.",
		BIT(ON) | CONFIRMING, 1, 1, true, command_apply},
	{"write", "SOURCE word=N value=V [lock] [word=N …]", WRITING,
		"Writes words: value=V is the final value, value=bits:6,8 sets bits besides "
		"what is there; text:… and mac:… fill as many words as they need. Previews "
		"and asks as 'apply' does; without a terminal and --confirm it only "
		"previews and exits with 4.",
		CONFIRMING, 2, NO_LIMIT, true, command_write},
	{"lock", "SOURCE word=N …", WRITING,
		"Locks words against programming, for ever. Previews and asks as 'apply' "
		"does; without a terminal and --confirm it only previews and exits with 4.",
		CONFIRMING, 2, NO_LIMIT, true, command_write},
	{"fwrite", "SOURCE word=N file:F [lock]", WRITING,
		"Writes the bytes of a file to as many words as they fill, from word N up. "
		"Bytes 01 02 03 04 are the word 0x04030201, except where the chip's map "
		"says otherwise. Previews and asks as 'apply' does; without a terminal and "
		"--confirm it only previews and exits with 4.",
		CONFIRMING, 3, NO_LIMIT, true, command_write},
	{"verify", "PLAN --on SOURCE", "whether a plan's effect is there",
		"Says for each word of a plan file whether the board holds what it asks "
		"for. The exit status is 0 when all is there, 1 when not.",
		BIT(ON), 1, 1, true, command_verify},
	{"request", "PLAN --on SOURCE -o FILE", "write-request images for other tools",
		"Saves what would be sent to the board, one file a pass, for a tool that "
		"sends it: FILE, or FILE.values and FILE.locks where there are two passes. "
		"Send and verify them in this order. Confirmed like 'apply'; never for "
		"life-cycle words.",
		BIT(ON) | CONFIRMING | BIT(OUTPUT), 1, 1, true, command_request},
	{"close", "SOURCE", "close the device for ever",
		"Shows what has to hold before a device is closed, then asks as for every "
		"one-way plan. Closed, it starts only firmware signed with the key whose "
		"hash it holds, and this cannot be undone. Needs a terminal.",
		CONFIRMING, 1, 1, true, command_close},
	{"reset", "SOURCE", SETTLING,
		"Restarts a simulated board; of a real one says what to do by hand, waits until it "
		"was seen to go and come back, and asks a person at a terminal whether all of its "
		"power was off. Then locks show, and entries of the journal that are still open "
		"are settled.",
		0, 1, 1, true, command_reset},
	{"recover", "SOURCE [-o PLAN|--json]", SETTLING,
		"Says of the last commit on this board, and of each that was still open, what was "
		"asked of each word, what it holds now, and what can be done next. With -o saves "
		"what can be asked for again as a plan, to be previewed and applied like any "
		"other. Burns nothing. The exit status is 1 where something is left.",
		BIT(OUTPUT) | BIT(JSON), 1, 1, true, command_recover},
	{"boot", "SOURCE --layout FILE", "from the ROM code to the OTP: load the service",
		"Brings a board from its ROM code or TF-A to a service for OTP, phase by phase, "
		"and "
		"lists its words. Files: those a FlashLayout boots with; or --image for each "
		"phase: "
		"1 TF-A or STM32PRGFW-UTIL, 2 fip-ddr (STM32MP2), 3 the FIP. All are checked "
		"first; "
		"no flash memory is written. Firmware can burn: it asks for a phrase, or without a "
		"terminal for --confirm.",
		BIT(LAYOUT) | BIT(IMAGE) | BIT(CONFIRM) | BIT(JSON), 1, 1, true, command_boot},
	{"serve", "SIMULATED --uart", "a simulated board for other programs",
		"Puts a simulated board on a pseudo-terminal, whose path it prints, at the speed "
		"of a "
		"real serial line: any program can open it and talk to the board, for training or "
		"for "
		"tests. Its fuses are the ones that 'demo' and 'sim:FILE' have elsewhere. Takes "
		"orders on its standard input: 'drop 12' loses the twelfth byte from then on, and "
		"see the manual for more. Ends with ^C.",
		BIT(UART), 1, 1, true, command_serve},
	{"chips", "[CHIP]", BUILT_IN,
		"Without a name lists the families of chips that are known, with their device ids "
		"and part numbers. With a name prints that family's whole map: every word, how it "
		"may be written, what it and its fields mean, and whether a public source says "
		"so.",
		BIT(JSON), 0, 1, false, command_chips},
	{"keys", "", BUILT_IN,
		"Prints which keys the screen takes in which view, and for what, as a file to "
		"begin "
		"one's own with: 'keys' in the folder that its first line names. A file that is "
		"there counts, and what is wrong in it is said.",
		0, 0, 0, false, command_keys},
	{"config", "", BUILT_IN,
		"Prints what is settled and where that comes from: an option, a line of the file "
		"'config' in the configuration folder, the screen, or the program itself; in the "
		"form of such a file, to begin one's own with. Nothing in it can make burning "
		"easier than it is without.",
		0, 0, 0, false, command_config},
	{"journal", "[list|show|export] [ENTRY]", "what was burnt, and how it ended",
		"Lists what this program burnt: real boards, then simulated ones, whose entries "
		"have names with an s. show tells all of one entry, by its name or its id. export "
		"makes a page for a lab notebook of the whole commit: who, where, board, chip, "
		"link, plan, how it was confirmed, each word before, predicted and found, and the "
		"verdict; with --json the records behind it, with -o FILE into a new file.",
		FORMATS | BIT(OUTPUT), 0, 3, false, command_journal},
	{"complete", "-- WORD …", NULL,
		"For shells: what the last WORD of a command line may become, one a line, with a "
		"tab "
		"and what it is. ':files PREFIX' says that names of files may stand there, behind "
		"PREFIX. Opens no board, and sends nothing anywhere.",
		0, 0, NO_LIMIT, false, command_complete},
	{NULL, NULL, NULL, NULL, 0, 0, 0, false, NULL},
};

const struct command *command_find(const char *name)
{
	for (const struct command *row = command_table; row->name; row++)
		if (strcmp(row->name, name) == 0)
			return row;
	return NULL;
}

#define LONGEST_WORD 32

static size_t least_of(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* How many letters have to be added, taken away or changed (Levenshtein). */
static size_t distance(const char *a, const char *b)
{
	size_t row[LONGEST_WORD + 1], width = strlen(b);
	for (size_t j = 0; j <= width; j++)
		row[j] = j;
	for (size_t i = 1; a[i - 1]; i++) {
		size_t diagonal = row[0];
		row[0] = i;
		for (size_t j = 1; j <= width; j++) {
			size_t changed = diagonal + (a[i - 1] != b[j - 1]);
			diagonal = row[j];
			row[j] = least_of(changed, least_of(row[j], row[j - 1]) + 1);
		}
	}
	return row[width];
}

const char *command_nearest(const char *word)
{
	const char *nearest = NULL;
	size_t least = 3;
	if (strlen(word) > LONGEST_WORD)
		return NULL;
	for (const struct command *row = command_table; row->name; row++) {
		size_t apart = distance(word, row->name);
		if (apart < least && apart < strlen(row->name)) {
			least = apart;
			nearest = row->name;
		}
	}
	return nearest;
}
