/*
 * Recordings of STM32PRGFW-UTIL's own device code against the simulated board: every SETUP of a
 * recording is sent, and every answer must be the recorded one, byte for byte; at the end the
 * fuses must have taken what they took in the recording and nothing else.
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

#define FOLDER TEST_DATA "/transcripts/prgfw"
#define WORDS  384u

static const char *const replayed[] = {
	"mp15_usb_01_enum",
	"mp15_usb_02_read",
	"mp15_usb_03_read_1024",
	"mp15_usb_04_read_4096",
	"mp15_usb_05_write",
	"mp15_usb_06_write_failure",
	"mp15_usb_08_version_ignored",
	"mp15_usb_09_resend",
	"mp15_usb_10_small_blocks",
	"mp15_usb_11_dnload_no_upload",
	"mp15_usb_12_alt3_then_dnload",
	"mp15_usb_13_alt3_reads",
	"mp15_usb_14_dnload_other_alt",
	"mp15_usb_16_stale_staging",
	"mp15_usb_17_wblocknum",
	"mp15_usb_20_flashlayout_hang",
	"mp15_usb_21_flashlayout_newline",
	"mp25_usb_01_enum",
	"mp25_usb_02_read",
	"mp25_usb_04_read_4096",
	"mp25_usb_05_write",
	"mp25_usb_07_abort_before_getstatus",
	"mp25_usb_08_version_ignored",
	"mp25_usb_09_resend",
	"mp25_usb_10_small_blocks",
	"mp25_usb_11_dnload_no_upload",
	"mp25_usb_12_alt3_then_dnload",
	"mp25_usb_13_alt3_reads",
	"mp25_usb_14_dnload_other_alt",
	"mp25_usb_15_states",
	"mp25_usb_16_stale_staging",
	"mp25_usb_18_padded_1024",
	"mp25_usb_19_digest",
	"mp25_usb_20_blocks_from_1",
};
#define REPLAYED (sizeof replayed / sizeof replayed[0])

struct replay {
	struct sim_board *board;
	struct sim_usb *usb;
	unsigned words;
	char *text;
	const char *line; /* now */
	const char *next; /* the line after it */
	uint8_t setup[8];
	bool wants_data; /* an OUT stage, whose bytes are on the next line */
	bool is_answered;
	bool is_sent; /* an answer waits to be compared */
	enum sim_usb_end end;
	uint16_t length;
	uint8_t data[4096];
	uint32_t fuses[WORDS];
	bool locked[WORDS];
};

/* --- the lines */

static void send(struct replay *r)
{
	assert_false(r->is_sent);
	r->is_sent = true;
	r->end = sim_usb_transfer(r->usb, r->setup, r->data, &r->length);
}

static void take_host_line(struct replay *r)
{
	const char *bytes = r->line + strlen("> ");

	memset(r->data, 0, sizeof r->data);
	if (r->wants_data) {
		transcript_parse_hex(r->data, sizeof r->data, bytes);
		r->wants_data = false;
		send(r);
		return;
	}
	assert_int_equal(transcript_parse_hex(r->setup, sizeof r->setup, bytes), sizeof r->setup);
	r->wants_data = (r->setup[0] & 0x80) == 0 && (r->setup[6] | r->setup[7]) != 0;
	if (!r->wants_data) {
		send(r);
	}
}

static void take_answer(struct replay *r)
{
	uint8_t expected[4096];
	size_t length;

	assert_true(r->is_sent);
	r->is_sent = false;
	r->is_answered = true;
	if (transcript_starts(r->line, "< STALL")) {
		assert_int_equal(r->end, SIM_USB_STALL);
	} else if (transcript_starts(r->line, "< (no data")) {
		assert_int_equal(r->end, SIM_USB_GONE);
	} else if (transcript_starts(r->line, "< ACK")) {
		assert_int_equal(r->end, SIM_USB_DATA);
		assert_int_equal(r->setup[0] & 0x80, 0);
	} else {
		assert_int_equal(r->end, SIM_USB_DATA);
		length = transcript_parse_hex(expected, sizeof expected, r->line + strlen("< "));
		assert_true(length > 0);
		assert_int_equal(r->length, length);
		assert_memory_equal(r->data, expected, length);
	}
}

/* What the fuses did in the recording. */
static void take_remark(struct replay *r)
{
	char what[32];
	unsigned word;
	unsigned value;

	if (transcript_starts(r->line, "# (no answer, device hangs)")) {
		assert_true(r->is_sent);
		r->is_sent = false;
		assert_int_equal(r->end, SIM_USB_SILENCE);
	} else if (sscanf(r->line, "# @ fuse: word %u value %*x -> %x", &word, &value) == 2) {
		assert_true(word < r->words);
		r->fuses[word] = value;
	} else if (sscanf(r->line, "# @ fuse: word %u %31s locked", &word, what) == 2) {
		assert_true(word < r->words);
		assert_string_equal(what, "permanently");
		r->locked[word] = true;
	}
}

static void take_line(struct replay *r)
{
	if (transcript_starts(r->line, "> ")) {
		take_host_line(r);
	} else if (transcript_starts(r->line, "< ")) {
		take_answer(r);
	} else {
		assert_true(r->line[0] == '#');
		take_remark(r);
	}
}

/* --- a recording */

/* The board's starting image: version, global state, then the "# initial" lines. */
static size_t build_image(const struct replay *r, uint8_t *image, bool is_mp25)
{
	unsigned word;
	unsigned value;

	image[0] = is_mp25 ? 3 : 2;
	for (const char *line = r->text; line[0] != '\0'; line = strchr(line, '\n') + 1) {
		if (sscanf(line, "# initial val %u %x", &word, &value) == 2) {
			for (unsigned i = 0; i < 4; i++) {
				image[8 + 8 * (size_t)word + i] = (uint8_t)(value >> (8 * i));
			}
		} else if (sscanf(line, "# initial perm %u", &word) == 1) {
			image[8 + 8 * (size_t)word + 7] = 0x40;
		} else {
			assert_false(transcript_starts(line, "# initial"));
		}
	}
	return 8 + 8 * (size_t)(is_mp25 ? 384 : 96);
}

static void set_up(struct replay *r, const char *name)
{
	uint8_t image[8 + 8 * WORDS] = {0};
	char path[512];
	struct errbuf err = {{0}};
	size_t length;

	memset(r, 0, sizeof *r);
	snprintf(path, sizeof path, FOLDER "/%s.txt", name);
	r->text = transcript_read(NULL, path);
	length = build_image(r, image, transcript_starts(name, "mp25"));
	assert_int_equal(sim_board_from_partition(&r->board, image, length, &err), OK);
	assert_true(sim_board_set_service(r->board, SIM_SERVICE_PRGFW));
	assert_int_equal(sim_usb_create(&r->usb, r->board, &err), OK);
	r->words = sim_board_word_count(r->board);
	for (unsigned word = 0; word < r->words; word++) {
		r->fuses[word] = sim_board_fuses(r->board, word);
		r->locked[word] = sim_board_is_locked(r->board, word);
	}
}

static void check_fuses(const struct replay *r)
{
	for (unsigned word = 0; word < r->words; word++) {
		assert_int_equal(sim_board_fuses(r->board, word), r->fuses[word]);
		assert_int_equal(sim_board_is_locked(r->board, word), r->locked[word]);
	}
}

static void replay(void **state)
{
	struct replay *r = malloc(sizeof *r);

	assert_non_null(r);
	set_up(r, *state);
	for (r->line = r->text; *r->line != '\0'; r->line = r->next) {
		r->next = strchr(r->line, '\n');
		assert_non_null(r->next);
		r->next++;
		take_line(r);
	}
	assert_true(r->is_answered);
	assert_false(r->is_sent);
	check_fuses(r);
	sim_usb_free(r->usb);
	sim_board_free(r->board);
	free(r->text);
	free(r);
}

static void test_no_recording_is_forgotten(void **state)
{
	DIR *folder = opendir(FOLDER);
	const struct dirent *entry;
	size_t count = 0;

	(void)state;
	assert_non_null(folder);
	while ((entry = readdir(folder)) != NULL) {
		bool is_listed = strstr(entry->d_name, "_usb_") == NULL;

		count += !is_listed;
		for (size_t i = 0; i < REPLAYED; i++) {
			is_listed = is_listed ||
				    strncmp(entry->d_name, replayed[i], strlen(replayed[i])) == 0;
		}
		if (!is_listed) {
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
	return cmocka_run_group_tests_name("sim_replay_prgfw", tests, NULL, NULL);
}
