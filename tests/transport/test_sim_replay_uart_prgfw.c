/*
 * Recordings of STM32PRGFW-UTIL's own serial code against the simulated board: the host's bytes of
 * a recording are sent, and every answer must be the recorded one, byte for byte; at the end the
 * fuses must have taken what they took in the recording and nothing else.
 */
#include "transport/sim_uart.h"

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

#define FOLDER      TEST_DATA "/transcripts/prgfw"
#define WORDS       384u
#define MAX_BYTES   8192u
#define MILLISECOND 1000u
#define START_MS    250u /* longer than the service takes to begin */
#define STOPPED     "# (no end in sight, stopped listening after 2048 bytes)"

/*
 * Left out: a BSEC in a mode that no working board is in, full debug or invalid; an STM32MP13 whose
 * word 0 holds no legal mode, which boots nothing here; and where the recording's model of the
 * silicon is another than ours: an upper word programmed with fewer bits or while its copy is
 * locked, a factory key that is spoilt.
 */
static const char *const left_out[] = {
	"mp13_uart_40_state_bit8_closed",
	"mp13_uart_40_state_fulldbg",
	"mp13_uart_40_state_invalid",
	"mp13_uart_40_state_open",
	"mp15_uart_28_read_locked",
	"mp15_uart_40_state_fulldbg",
	"mp15_uart_40_state_invalid",
	"mp25_uart_11_refused",
	"mp25_uart_35_value0_update_stale",
	"mp25_uart_40_state_closed_nvstate_open18",
	"mp25_uart_40_state_nv_invalid",
};
#define LEFT_OUT (sizeof left_out / sizeof left_out[0])

struct replay {
	struct sim_board *board;
	struct sim_uart *uart;
	char *text;
	const char *line; /* now */
	const char *next; /* the line after it */
	uint8_t wanted[MAX_BYTES], seen[MAX_BYTES];
	size_t wanted_count, seen_count;
	bool is_cut; /* the recording stopped listening before the end */
	unsigned words;
	uint32_t fuses[WORDS];
	bool locked[WORDS];
	bool spoilt[WORDS]; /* a second, different write of a word with an ECC */
};

static void pass(struct replay *r, uint32_t microseconds)
{
	sim_uart_pass(r->uart, microseconds);
	r->seen_count +=
		sim_uart_take(r->uart, r->seen + r->seen_count, sizeof r->seen - r->seen_count);
}

static void check_answers(struct replay *r)
{
	pass(r, MILLISECOND);
	if (r->is_cut)
		assert_true(r->seen_count >= r->wanted_count);
	else
		assert_int_equal(r->seen_count, r->wanted_count);
	assert_memory_equal(r->seen, r->wanted, r->wanted_count);
	r->seen_count = 0;
	r->wanted_count = 0;
}

static void send(struct replay *r, const uint8_t *bytes, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		pass(r, SIM_UART_BYTE_US);
		sim_uart_receive(r->uart, bytes[i], false);
	}
	pass(r, 0);
}

/* "packets 0..2 accepted": the recording does not show them. */
static void send_first_packets(struct replay *r)
{
	check_answers(r);
	for (uint8_t number = 0; number < 3; number++) {
		uint8_t payload[258] = {0xFF}, arguments[] = {0xF2, 0, 0, number, 0};
		const uint8_t command[] = {0x31, 0xCE};
		arguments[4] = (uint8_t)(0xF2 ^ number);
		if (number == 0)
			payload[1] = 2;
		if (number == 1) { /* word 60 = 77 */
			payload[1 + 8 + 60 * 8 - 256] = 0x77;
			payload[1 + 8 + 60 * 8 - 256 + 7] = 0x80;
		}
		for (unsigned i = 0; i < 257; i++)
			payload[257] ^= payload[i];
		send(r, command, sizeof command);
		send(r, arguments, sizeof arguments);
		send(r, payload, sizeof payload);
	}
	assert_int_equal(r->seen_count, 9);
	for (unsigned i = 0; i < 9; i++)
		assert_int_equal(r->seen[i], 0x79);
	r->seen_count = 0;
}

static void take_remark(struct replay *r)
{
	char what[32];
	unsigned word, value;
	if (transcript_starts(r->line, "# @ ready")) {
		pass(r, START_MS * MILLISECOND);
	} else if (transcript_starts(r->line, "# (silence)")) {
		check_answers(r);
	} else if (transcript_starts(r->line, "# --- packets 0..2 accepted")) {
		send_first_packets(r);
	} else if (transcript_starts(r->line, STOPPED)) {
		r->is_cut = true;
	} else if (sscanf(r->line, "# @ fuse: word %u value %*x -> %x", &word, &value) == 2) {
		assert_true(word < r->words);
		r->fuses[word] = value;
	} else if (sscanf(r->line, "# @ fuse: word %u %31s", &word, what) == 2) {
		assert_true(word < r->words);
		bool is_lock = strcmp(what, "permanently") == 0;
		if (!is_lock)
			assert_string_equal(what, "SECOND");
		r->locked[word] |= is_lock;
		r->spoilt[word] |= !is_lock;
	}
}

static void take_line(struct replay *r)
{
	uint8_t bytes[1024];
	if (transcript_starts(r->line, "> ")) {
		if (r->wanted_count > 0 || r->seen_count > 0)
			check_answers(r);
		send(r, bytes, transcript_parse_hex(bytes, sizeof bytes, r->line + strlen("> ")));
	} else if (transcript_starts(r->line, "< ")) {
		r->wanted_count += transcript_parse_hex(r->wanted + r->wanted_count,
			sizeof r->wanted - r->wanted_count, r->line + strlen("< "));
	} else {
		assert_true(r->line[0] == '#');
		take_remark(r);
	}
}

/* --- a recording */

static void set_status(uint8_t *image, unsigned word, unsigned bit)
{
	image[8 + 8 * (size_t)word + 4 + bit / 8] |= (uint8_t)(1u << bit % 8);
}

/* The board's starting image: version, global state, then the "# initial" lines. */
static size_t build_image(const struct replay *r, uint8_t *image, bool is_mp25)
{
	static const struct {
		const char *name;
		unsigned bit;
	} marks[] = {{"perm", 30}, {"sr", 29}, {"sw", 28}, {"sp", 27}, {"mism", 26}, {"ecc", 0}};
	char name[16];
	unsigned word, value;
	image[0] = is_mp25 ? 3 : 2;
	for (const char *line = r->text; line[0] != '\0'; line = strchr(line, '\n') + 1) {
		if (sscanf(line, "# initial val %u %x", &word, &value) == 2)
			for (unsigned i = 0; i < 4; i++)
				image[8 + 8 * (size_t)word + i] = (uint8_t)(value >> (8 * i));
		for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
			if (sscanf(line, "# initial %15s %u", name, &word) == 2 &&
				strcmp(name, marks[i].name) == 0)
				set_status(image, word, marks[i].bit);
	}
	return 8 + 8 * (size_t)(is_mp25 ? 384 : 96);
}

static void set_up(struct replay *r, const char *name)
{
	uint8_t image[8 + 8 * WORDS] = {0};
	char path[512];
	struct errbuf err = {{0}};
	bool is_mp25 = transcript_starts(name, "mp25"), is_mp13 = transcript_starts(name, "mp13");
	memset(r, 0, sizeof *r);
	snprintf(path, sizeof path, FOLDER "/%s.txt", name);
	r->text = transcript_read(NULL, path);
	size_t length = build_image(r, image, is_mp25);
	assert_int_equal(sim_board_of_family(&r->board,
				 is_mp25   ? SIM_MP25
				 : is_mp13 ? SIM_MP13
					   : SIM_MP15,
				 image, length, &err),
		OK);
	assert_true(sim_board_set_service(r->board, SIM_SERVICE_PRGFW));
	if (strstr(r->text, "# initial hideup 1"))
		sim_board_hide_upper(r->board, true);
	assert_int_equal(sim_uart_create(&r->uart, r->board, &err), OK);
	r->words = sim_board_word_count(r->board);
	for (unsigned word = 0; word < r->words; word++) {
		r->fuses[word] = sim_board_fuses(r->board, word);
		r->locked[word] = sim_board_is_locked(r->board, word);
		r->spoilt[word] = sim_board_is_spoilt(r->board, word);
	}
}

static void check_fuses(const struct replay *r)
{
	for (unsigned word = 0; word < r->words; word++) {
		assert_int_equal(sim_board_is_spoilt(r->board, word), r->spoilt[word]);
		if (!r->spoilt[word])
			assert_int_equal(sim_board_fuses(r->board, word), r->fuses[word]);
		assert_int_equal(sim_board_is_locked(r->board, word), r->locked[word]);
	}
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
	check_answers(r);
	assert_true(answers > 0);
	assert_int_equal(sim_uart_presence(r->uart), r->is_cut ? SIM_UART_HUNG : SIM_UART_RUNS);
	check_fuses(r);
	sim_uart_free(r->uart);
	sim_board_free(r->board);
	free(r->text);
	free(r);
}

/* --- every recording in the folder is a test */

#define MAX_TESTS 200u

static char names[MAX_TESTS][64];

static bool is_left_out(const char *name)
{
	for (size_t i = 0; i < LEFT_OUT; i++)
		if (strcmp(left_out[i], name) == 0)
			return true;
	return false;
}

static size_t find_recordings(struct CMUnitTest *tests)
{
	DIR *folder = opendir(FOLDER);
	const struct dirent *entry;
	size_t count = 0;
	while (folder && (entry = readdir(folder)) != NULL) {
		const char *end = strstr(entry->d_name, ".txt");
		if (!strstr(entry->d_name, "_uart_") || !end || count == MAX_TESTS)
			continue;
		snprintf(names[count], sizeof names[count], "%.*s", (int)(end - entry->d_name),
			entry->d_name);
		if (is_left_out(names[count]))
			continue;
		tests[count].name = names[count];
		tests[count].test_func = replay;
		tests[count].initial_state = names[count];
		count++;
	}
	if (folder)
		closedir(folder);
	return count;
}

int main(void)
{
	static struct CMUnitTest tests[MAX_TESTS];
	size_t count = find_recordings(tests);
	if (count == 0)
		return 1;
	return _cmocka_run_group_tests("sim_replay_uart_prgfw", tests, count, NULL, NULL);
}
