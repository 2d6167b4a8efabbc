/*
 * Recordings of U-Boot's own serial code against the simulated board: the host's bytes of a
 * recording are sent at the line's pace, and every answer must be the recorded one, byte for byte;
 * at the end the fuses must have taken what they took in the recording and nothing else.
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

#define FOLDER      TEST_DATA "/transcripts"
#define MAX_WORDS   384u
#define MAX_BYTES   8192u
#define MILLISECOND 1000u
#define PATIENCE_MS 500u /* how long the recordings' host waited for an answer that came */

/* Recordings of a burn that takes longer than a host waits, and of bytes that are dropped or obeyed
 * as the recording's clocks had it to a few microseconds. */
static const char *const left_out[] = {
	"uart-pushed-data-start",
	"uart-start-slow-filler",
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
	bool reads_outside;              /* the frame sent last reads before the buffer */
	bool is_memory;                  /* the answer under way is memory outside the buffer */
	enum sim_uart_presence presence; /* as the recording tells it */
	unsigned words;
	uint32_t fuses[MAX_WORDS];
	bool locked[MAX_WORDS];
	unsigned pulses;
};

static void pass(struct replay *r, uint32_t microseconds)
{
	sim_uart_pass(r->uart, microseconds);
	r->seen_count +=
		sim_uart_take(r->uart, r->seen + r->seen_count, sizeof r->seen - r->seen_count);
}

/* What was recorded since the last check is what came, and no more. */
static void check_answers(struct replay *r)
{
	for (unsigned i = 0; i < PATIENCE_MS && r->seen_count < r->wanted_count; i++)
		pass(r, MILLISECOND);
	assert_int_equal(r->seen_count, r->wanted_count);
	/* What lay there in the recording's process, no other board has. */
	assert_memory_equal(r->seen, r->wanted, r->is_memory ? 1 : r->wanted_count);
	r->seen_count = 0;
	r->wanted_count = 0;
}

/* "# parity error injected on byte index 50" behind what was sent; -1: on none. */
static int damaged_byte(const struct replay *r)
{
	int index;
	return sscanf(r->next, "# parity error injected on byte index %d", &index) == 1 ? index
											: -1;
}

static void take_sent(struct replay *r)
{
	uint8_t bytes[1024];
	int damaged = damaged_byte(r);
	check_answers(r);
	r->is_memory = r->reads_outside && transcript_starts(r->line, "> FF 00\n");
	r->reads_outside = transcript_starts(r->line, "> F2 FF FF FF 00 0D\n");
	size_t count = transcript_parse_hex(bytes, sizeof bytes, r->line + strlen("> "));
	assert_true(count > 0);
	for (size_t i = 0; i < count; i++) {
		pass(r, SIM_UART_BYTE_US + (i & 1)); /* 95.5 microseconds */
		sim_uart_receive(r->uart, bytes[i], (int)i == damaged);
	}
	pass(r, 0);
}

static void take_silence(struct replay *r, unsigned milliseconds)
{
	check_answers(r);
	for (unsigned i = 0; i < milliseconds; i++)
		pass(r, MILLISECOND);
	assert_int_equal(r->seen_count, 0);
}

static void take_remark(struct replay *r)
{
	unsigned word, number;
	if (sscanf(r->line, "# no answer within %u ms", &number) == 1) {
		take_silence(r, number);
	} else if (sscanf(r->line, "# pause %u ms", &number) == 1) {
		pass(r, number * MILLISECOND);
	} else if (sscanf(r->line, "# device: TA BURNS word %u value %*x (now %x)", &word,
			   &number) == 2) {
		assert_true(word < r->words);
		r->fuses[word] = number;
		r->pulses++;
	} else if (sscanf(r->line, "# device: TA LOCKS word %u", &word) == 1) {
		assert_true(word < r->words);
		r->locked[word] = true;
	} else if (transcript_starts(r->line, "# device: DEVICE ENDS: board reset")) {
		r->presence = SIM_UART_RESETTED;
	} else if (transcript_starts(r->line, "# device: DEVICE CRASH")) {
		bool jumped = strstr(r->line, "JUMP to that address") &&
			      strstr(r->line, "JUMP to that address") < r->next;
		r->presence = jumped ? SIM_UART_JUMPED : SIM_UART_CRASHED;
	}
}

static void take_line(struct replay *r)
{
	if (transcript_starts(r->line, "> ")) {
		take_sent(r);
	} else if (transcript_starts(r->line, "< ")) {
		r->wanted_count += transcript_parse_hex(r->wanted + r->wanted_count,
			sizeof r->wanted - r->wanted_count, r->line + strlen("< "));
	} else {
		assert_true(r->line[0] == '#');
		take_remark(r);
	}
}

/* Without OP-TEE and a secure monitor an MP15 answers as a closed one. */
static bool is_closed(const char *text)
{
	return strstr(text, "CLOSED=1") || strstr(text, "NO_TEE=1, NO_SMC=1");
}

/* A closed MP15 is asked through the secure monitor, too, which answers unless told otherwise. */
static bool has_monitor(const char *text, enum sim_family family)
{
	return family == SIM_MP15 && !strstr(text, "NO_SMC=1") &&
	       (strstr(text, "NO_TEE=1") || strstr(text, "CLOSED=1"));
}

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
	image[4] = is_closed(r->text) ? 1 : 0; /* the global state */
	assert_int_equal(sim_board_of_family(&r->board, family, image, length, &err), OK);
	if (has_monitor(r->text, family))
		assert_true(sim_board_set_monitor(r->board, strstr(r->text, "SMC_RET=1")
								    ? SIM_MONITOR_PROVISIONING
								    : SIM_MONITOR_ANSWERS));
	free(bytes);
}

/* "# device options: A=1, B=2": those that are not built into the board. */
static void set_options(struct replay *r)
{
	struct sim_faults faults = {0};
	const char *options = strstr(r->text, "# device options:"), *option;
	unsigned number;
	if (!options)
		return;
	faults.read_fails = strstr(options, "TA_READ_FAIL=1") != NULL;
	faults.service_refused = strstr(options, "TA_REFUSE=1") != NULL;
	sim_board_set_faults(r->board, faults);
	option = strstr(options, "TA_FAIL_WORD=");
	if (option && sscanf(option, "TA_FAIL_WORD=%u", &number) == 1)
		sim_board_set_word_fault(r->board, number, SIM_WORD_FAILS);
	option = strstr(options, "FIFO=");
	if (option && sscanf(option, "FIFO=%u", &number) == 1)
		sim_uart_set_fifo(r->uart, number);
}

static void set_up(struct replay *r, const char *name)
{
	char path[512];
	struct errbuf err = {{0}};
	memset(r, 0, sizeof *r);
	snprintf(path, sizeof path, FOLDER "/%s.txt", name);
	r->text = transcript_read(NULL, path);
	make_board(r, name);
	assert_int_equal(sim_uart_create(&r->uart, r->board, &err), OK);
	set_options(r);
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
		/* Bytes that were sent before the service began to listen reached nobody. */
		bool is_early = transcript_starts(r->line, "> ") && strstr(r->text, "EARLY_MS") &&
				answers == 0;
		answers += transcript_starts(r->line, "< ");
		if (!is_early)
			take_line(r);
	}
	check_answers(r);
	assert_true(answers > 0);
	assert_int_equal(sim_uart_presence(r->uart), r->presence);
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
		if (!strstr(entry->d_name, "uart-") || !end || count == MAX_TESTS)
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
	return _cmocka_run_group_tests("sim_replay_uart", tests, count, NULL, NULL);
}
