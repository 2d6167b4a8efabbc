/*
 * Recordings of U-Boot's own device code against the simulated board: every SETUP of a recording
 * is sent, and every answer must be the recorded one, byte for byte; at the end the fuses must
 * have taken what they took in the recording and nothing else.
 */
#include "transport/sim_usb.h"

#include "tests/support/transcript.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FOLDER    TEST_DATA "/transcripts"
#define MAX_WORDS 384u

/* Of the product text, what a recording of another family does not make up. */
#define MADE_UP_FROM "USB download gadget@Device ID /0x501, @Revision ID /0x"

static const char *const replayed[] = {
	"mp13-usb-basic",
	"mp13-usb-closed",
	"mp25-usb-read-1024",
	"usb-busreset-dnload-idle",
	"usb-busreset-manifest-sync",
	"usb-clean-recipe",
	"usb-clrstatus-idle",
	"usb-detach-after-error",
	"usb-detach",
	"usb-detach-busreset",
	"usb-enumeration",
	"usb-error-requests",
	"usb-manifest-other-requests",
	"usb-nuke-dnload",
	"usb-nuke-status",
	"usb-phase-error-stays",
	"usb-phase-read",
	"usb-read-4096",
	"usb-read-64",
	"usb-read-776",
	"usb-read-776-abort",
	"usb-read-776-continue",
	"usb-read-blocknum",
	"usb-read-fail",
	"usb-read-fail-dnload-cleans",
	"usb-set-interface",
	"usb-strings-closed",
	"usb-strings-v1",
	"usb-ta-session-refused",
	"usb-unconfigured",
	"usb-unknown-alt",
	"usb-upload-other",
	"usb-write-1024",
	"usb-write-4096-blocks",
	"usb-write-abort-continue",
	"usb-write-fast-host",
	"usb-write-getstate-only",
	"usb-write-manifest-step",
	"usb-write-no-getstatus",
	"usb-write-partial",
	"usb-write-refused",
	"usb-write-refused-version",
	"usb-write-setif-continue",
	"usb-write-word9-lock",
	"usb-write-wrong-zero-block-then-status",
	"usb-write-zero-after-read",
	"usb-write-zero-from-idle",
};
#define REPLAYED (sizeof replayed / sizeof replayed[0])

/* An answer that was given and not yet compared. */
struct answer {
	enum sim_usb_end end;
	bool in;
	bool is_serial;
	bool is_product;
	uint16_t length;
	uint8_t data[4096];
};

struct replay {
	struct sim_board *board;
	struct sim_usb *usb;
	char *text;
	const char *line;    /* now */
	const char *next;    /* the line after it */
	const char *waiting; /* a SETUP whose data stage has not yet come */
	struct answer answers[4];
	unsigned answer_count;
	unsigned words;
	uint32_t fuses[MAX_WORDS];
	bool locked[MAX_WORDS];
	unsigned pulses;
	unsigned enumerations;
};

/* The recording's rig withheld the data stage of this SETUP: said behind its answer. */
static bool is_withheld(const struct replay *r)
{
	const char *next_setup = strstr(r->next, "\n> SETUP");
	const char *said = strstr(r->next, "data stage withheld");

	return said != NULL && (next_setup == NULL || said < next_setup);
}

static void send(struct replay *r, const char *setup_line, const char *data_line)
{
	struct answer *answer = &r->answers[r->answer_count];
	uint8_t setup[8];

	assert_true(r->answer_count < sizeof r->answers / sizeof r->answers[0]);
	assert_int_equal(
		transcript_parse_hex(setup, sizeof setup, setup_line + strlen("> SETUP ")), 8);
	memset(answer, 0, sizeof *answer);
	if (data_line != NULL) {
		transcript_parse_hex(
			answer->data, sizeof answer->data, data_line + strlen("> DATA "));
	}
	if (is_withheld(r)) {
		sim_usb_break_off_next(r->usb);
	}
	answer->in = (setup[0] & 0x80) != 0;
	answer->is_serial = setup[0] == 0x80 && setup[1] == 6 && setup[2] == 3 && setup[3] == 3;
	answer->is_product = answer->in && setup[1] == 6 && setup[2] == 2 && setup[3] == 3;
	answer->end = sim_usb_transfer(r->usb, setup, answer->data, &answer->length);
	r->answer_count++;
}

static void take_setup(struct replay *r)
{
	unsigned type;
	unsigned low;
	unsigned high;

	assert_int_equal(
		sscanf(r->line, "> SETUP %2x %*x %*x %*x %*x %*x %2x %2x", &type, &low, &high), 3);
	if ((type & 0x80) == 0 && (low | high) != 0) {
		r->waiting = r->line;
	} else {
		send(r, r->line, NULL);
	}
}

/* The recordings' serial number was made up apart from the fuses; ours is words 13 to 15. */
static void check_serial(const struct answer *answer)
{
	static const char text[] = "004100323338511634383330";

	assert_int_equal(answer->length, 2 + 2 * strlen(text));
	for (size_t i = 0; i < strlen(text); i++) {
		assert_int_equal(answer->data[2 + 2 * i], text[i]);
	}
}

static void check_data(const struct replay *r, const struct answer *answer)
{
	uint8_t expected[4096];
	size_t length;

	if (answer->end == SIM_USB_SILENCE) {
		assert_true(transcript_starts(r->line, "< DATA \n"));
		return;
	}
	assert_int_equal(answer->end, SIM_USB_DATA);
	assert_true(answer->in);
	if (answer->is_serial) {
		check_serial(answer);
		return;
	}
	length = transcript_parse_hex(expected, sizeof expected, r->line + strlen("< DATA "));
	if (answer->is_product && strstr(r->text, "CPU_DEV=") != NULL) {
		/* Revision and name were made up for the recording, and ours follow the fuses. */
		assert_memory_equal(answer->data + 2, expected + 2, 2 * strlen(MADE_UP_FROM));
		return;
	}
	assert_int_equal(answer->length, length);
	assert_memory_equal(answer->data, expected, length);
}

static void check_answer(struct replay *r)
{
	struct answer *answer = &r->answers[0];

	assert_true(r->answer_count > 0);
	if (transcript_starts(r->line, "< STALL")) {
		assert_int_equal(answer->end, SIM_USB_STALL);
	} else if (transcript_starts(r->line, "< OK")) {
		assert_false(answer->in);
		assert_true(answer->end == SIM_USB_DATA || answer->end == SIM_USB_SILENCE);
	} else {
		assert_true(transcript_starts(r->line, "< DATA"));
		check_data(r, answer);
	}
	r->answer_count--;
	memmove(answer, answer + 1, r->answer_count * sizeof *answer);
}

static void take_bus_reset(struct replay *r)
{
	r->answers[r->answer_count++] = (struct answer){.end = SIM_USB_DATA};
	sim_usb_bus_reset(r->usb);
}

static void take_options(struct replay *r)
{
	struct sim_faults faults = {0};
	unsigned word;

	if (transcript_starts(r->line, "# device options: TA_READ_FAIL=1\n")) {
		faults.read_fails = true;
	} else if (transcript_starts(r->line, "# device options: TA_REFUSE=1\n")) {
		faults.service_refused = true;
	} else if (sscanf(r->line, "# device options: TA_FAIL_WORD=%u", &word) == 1) {
		sim_board_set_word_fault(r->board, word, SIM_WORD_FAILS);
	} else {
		/* Built into the board, or without effect as far as it is replayed. */
		assert_true(transcript_starts(r->line, "# device options: CLOSED=1\n") ||
			    transcript_starts(r->line, "# device options: CPU_DEV=") ||
			    transcript_starts(r->line, "# device options: NO_TEE=1\n") ||
			    transcript_starts(r->line, "# device options: USBRST=1\n") ||
			    transcript_starts(r->line, "# device options: TA_SLOW_MS=500\n"));
	}
	sim_board_set_faults(r->board, faults);
}

static void take_remark(struct replay *r)
{
	unsigned word;
	unsigned value;

	if (transcript_starts(r->line, "# device options:")) {
		take_options(r);
	} else if (transcript_starts(r->line, "# device: gadget connected (enumeration)")) {
		/* A second one comes by itself behind DETACH. The simulated board stays away until
		 * somebody resets it; on the bus that is the same. */
		if (++r->enumerations == 2) {
			sim_usb_board_reset(r->usb);
		}
	} else if (sscanf(r->line, "# device: TA BURNS word %u value %*x (now %x)", &word,
			   &value) == 2) {
		assert_true(word < r->words);
		r->fuses[word] = value;
		r->pulses++;
	} else if (sscanf(r->line, "# device: TA LOCKS word %u", &word) == 1) {
		assert_true(word < r->words);
		r->locked[word] = true;
	}
}

static void take_line(struct replay *r)
{
	if (transcript_starts(r->line, "> SETUP ")) {
		take_setup(r);
	} else if (transcript_starts(r->line, "> DATA ")) {
		assert_non_null(r->waiting);
		send(r, r->waiting, r->line);
		r->waiting = NULL;
	} else if (transcript_starts(r->line, "> BUSRESET")) {
		take_bus_reset(r);
	} else if (transcript_starts(r->line, "< ")) {
		check_answer(r);
	} else {
		assert_true(r->line[0] == '#');
		take_remark(r);
	}
}

/* The board whose fuses a recording shows, and its starting image. */
static void make_board(struct replay *r, const char *name)
{
	bool is_mp13 = transcript_starts(name, "mp13"), is_mp25 = transcript_starts(name, "mp25");
	enum sim_family family = is_mp13 ? SIM_MP13 : is_mp25 ? SIM_MP25 : SIM_MP15;
	uint8_t image[2952];
	struct errbuf err = {{0}};
	size_t length;
	char *bytes = transcript_read(&length,
		is_mp25 ? FOLDER "/mp25-read-image.hex" : TEST_DATA "/stm32mp157c-read.bin");

	if (is_mp25) {
		/* One line of hex below a remark. */
		length = transcript_parse_hex(image, sizeof image, strchr(bytes, '\n') + 1);
	} else {
		assert_true(length <= sizeof image);
		memcpy(image, bytes, length);
	}
	image[4] = strstr(r->text, "CLOSED=1") != NULL ? 1 : 0; /* the global state */
	assert_int_equal(sim_board_of_family(&r->board, family, image, length, &err), OK);
	if (strstr(r->text, "NO_TEE=1") != NULL) {
		assert_true(sim_board_set_monitor(r->board, SIM_MONITOR_ANSWERS));
	}
	free(bytes);
}

static void set_up(struct replay *r, const char *name)
{
	char path[512];
	struct errbuf err = {{0}};

	memset(r, 0, sizeof *r);
	snprintf(path, sizeof path, FOLDER "/%s.txt", name);
	r->text = transcript_read(NULL, path);
	make_board(r, name);
	assert_int_equal(sim_usb_create(&r->usb, r->board, &err), OK);
	r->words = sim_board_word_count(r->board);
	for (unsigned word = 0; word < r->words; word++) {
		r->fuses[word] = sim_board_fuses(r->board, word);
		r->locked[word] = sim_board_is_locked(r->board, word);
	}
}

static void check_fuses(const struct replay *r)
{
	unsigned pulses = 0;

	for (unsigned word = 0; word < r->words; word++) {
		assert_int_equal(sim_board_fuses(r->board, word), r->fuses[word]);
		assert_int_equal(sim_board_is_locked(r->board, word), r->locked[word]);
		pulses += sim_board_pulses(r->board, word);
	}
	assert_int_equal(pulses, r->pulses);
}

static void replay(void **state)
{
	struct replay *r = malloc(sizeof *r);
	unsigned answers = 0;

	assert_non_null(r);
	set_up(r, *state);
	for (r->line = r->text; *r->line != '\0'; r->line = r->next) {
		r->next = strchr(r->line, '\n');
		assert_non_null(r->next);
		r->next++;
		answers += transcript_starts(r->line, "< ");
		take_line(r);
	}
	assert_true(answers > 0);
	/* What went unanswered in the recording was sent to a board no longer there. */
	for (unsigned i = 0; i < r->answer_count; i++) {
		assert_int_equal(r->answers[i].end, SIM_USB_GONE);
	}
	check_fuses(r);
	sim_usb_free(r->usb);
	sim_board_free(r->board);
	free(r->text);
	free(r);
}

static bool is_file_of(const char *name, const char *file)
{
	size_t length = strlen(name);

	return strncmp(file, name, length) == 0 && strcmp(file + length, ".txt") == 0;
}

static bool is_listed(const char *file)
{
	for (size_t i = 0; i < REPLAYED; i++) {
		if (is_file_of(replayed[i], file)) {
			return true;
		}
	}
	return false;
}

static void test_no_recording_is_forgotten(void **state)
{
	DIR *folder = opendir(FOLDER);
	const struct dirent *entry;
	size_t count = 0;

	(void)state;
	assert_non_null(folder);
	while ((entry = readdir(folder)) != NULL) {
		if (strstr(entry->d_name, "usb-") == NULL) {
			continue;
		}
		count++;
		if (!is_listed(entry->d_name)) {
			fail_msg("%s is not replayed", entry->d_name);
		}
	}
	closedir(folder);
	assert_int_equal(count, REPLAYED);
}

int main(void)
{
	struct CMUnitTest tests[REPLAYED + 1] = {cmocka_unit_test(test_no_recording_is_forgotten)};

	for (size_t i = 0; i < REPLAYED; i++) {
		tests[i + 1].name = replayed[i];
		tests[i + 1].test_func = replay;
		tests[i + 1].initial_state = (void *)(uintptr_t)replayed[i];
	}
	return cmocka_run_group_tests_name("sim_replay", tests, NULL, NULL);
}
