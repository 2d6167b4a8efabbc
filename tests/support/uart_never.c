#include "tests/support/uart_never.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#define START "21 DE | 00 00 00 F2 F2"

const struct uart_never uart_never_rows[] = {
	/* Start: of another address, of one that filler completes, unanswered, or once more */
	{"uart-start-other", UART_NEVER_ANY, "21 DE | 00 00 00 10"},
	{"uart-start-pipelined", UART_NEVER_ANY, "21 DE 00"},
	{"uart-start-lost00-get", UART_NEVER_ANY, "00 F2 F2 00 FF"},
	{"uart-start-lost00-parity", UART_NEVER_ANY, "21 DE | 00 00 F2"},
	{"uart-trunc-start-7f-00", UART_NEVER_ANY, "21 DE | 00 7F"},
	{"uart-trunc-start-7f-000000", UART_NEVER_ANY, "21 DE | 00 00 00 7F"},
	{"uart-trunc-start-7f-00f2f2", UART_NEVER_ANY, "21 DE | 00 F2"},
	{"uart-start-twice", UART_NEVER_ANY, START " | 21 DE"},
	{"uart-start-without-data", UART_NEVER_ANY, "| 7F | 21 DE"},
	{"uart-read-between", UART_NEVER_ANY, "F2 00 00 00 00 F2 | FF 00 | 21 DE"},
	/* packets: without the one before, too many, too few, after Start */
	{"uart-stale-reburn", UART_NEVER_ANY, START " | 31 CE | F2 00 00 04"},
	{"uart-continue-after-start", UART_NEVER_ANY, START " | 31 CE | F2 00 00 04"},
	{"uart-continue-after-start-128", UART_NEVER_ANY, START " | 31 CE | F2 00 00 01"},
	{"uart-first-packet-1", UART_NEVER_ANY, "| 7F | 31 CE | F2 00 00 01"},
	{"uart-write-one-packet-only", UART_NEVER_ANY, "F2 00 00 00 F2 | .. | 21 DE"},
	{"uart-write-5-packets", UART_NEVER_MP1, "F2 00 00 03 F1 | FF .. | 31 CE | F2 00 00 04"},
	{"uart-write-cursor-776", UART_NEVER_ANY, "| 7F | 31 CE | F2 00 00 05"},
	{"uart-wrong-packet-number-data-pushed", UART_NEVER_ANY, "F2 00 00 02 F0 FF"},
	{"uart-pushed-data-start", UART_NEVER_ANY, "F2 00 00 02 F0 FF"},
	{"uart-download-other-op", UART_NEVER_ANY, "31 CE | 10"},
	{"uart-download-other-op", UART_NEVER_ANY, "31 CE | FF"},
	/* reads: past the end, before the first, after one that was refused, of something else */
	{"uart-offset-beyond", UART_NEVER_ANY, "12 ED | F2 00 00 03 09"},
	{"uart-offset-beyond-1024", UART_NEVER_MP1, "12 ED | F2 00 00 04"},
	{"mp25-uart-offset-beyond", UART_NEVER_ANY, "12 ED | F2 00 00 0B 89"},
	{"uart-offset-wrap", UART_NEVER_ANY, "12 ED | F2 FF"},
	{"uart-read-no-offset0", UART_NEVER_ANY, "| 7F | 12 ED | F2 00 00 01"},
	{"uart-read-fail", UART_NEVER_ANY, "F2 | FF 00 |5F 12 ED | F2 00 00 01"},
	{"mp13-uart-closed-read", UART_NEVER_ANY, "F2 | FF 00 |5F 12 ED | F2 00 00 01"},
	{"uart-read-other-id", UART_NEVER_ANY, "12 ED | F3"},
	{"uart-read-other-id", UART_NEVER_ANY, "12 ED | F4"},
	/* STM32PRGFW-UTIL: a packet twice, after the last, behind a read, with another version;
	 * filler in the last one; reads too short for the header; Start means nothing there */
	{"prgfw/mp15_uart_15_resend_packet", UART_NEVER_ANY,
		"F2 00 00 01 F3 | .. | 31 CE | F2 00 00 01 F3"},
	{"prgfw/mp25_uart_15_resend_packet", UART_NEVER_ANY,
		"F2 00 00 01 F3 | .. | 31 CE | F2 00 00 01 F3"},
	{"prgfw/mp15_uart_19_extra_packet", UART_NEVER_MP1, "F2 00 00 03 F1 | .. | 31 CE"},
	{"prgfw/mp25_uart_19_extra_packet", UART_NEVER_MP2, "F2 00 00 0C FE | .. | 31 CE"},
	{"prgfw/mp15_uart_17_read_between_packets", UART_NEVER_ANY, "FF 00 | 31 CE | F2 00 00 01"},
	{"prgfw/mp15_uart_18_read_between_packets_256", UART_NEVER_ANY,
		"F2 00 00 01 00 F3 | FF 00 | 31 CE"},
	{"prgfw/mp15_uart_22_wrong_version", UART_NEVER_ANY, "F2 00 00 00 F2 | FF 01"},
	{"prgfw/mp15_uart_32_no_packet0", UART_NEVER_MP1, "F2 00 00 03 F1 | .. | 31 CE"},
	{"prgfw/mp15_uart_37_lastpacket_cut_55", UART_NEVER_MP1, "F2 00 00 03 F1 | 55"},
	{"prgfw/mp15_uart_38_lastpacket_cut_7F", UART_NEVER_MP1, "F2 00 00 03 F1 | 7F"},
	{"prgfw/mp15_uart_05b_read_4_at_0", UART_NEVER_ANY, "F2 00 00 00 00 F2 | 03 FC"},
	{"prgfw/mp25_uart_05b_read_4_at_0", UART_NEVER_ANY, "F2 00 00 00 00 F2 | 03 FC"},
};
const size_t uart_never_count = sizeof uart_never_rows / sizeof uart_never_rows[0];

/* --- looking for one */

static bool is_answer(uint32_t token)
{
	return token >= UART_WATCH_ANSWER;
}

static unsigned hex(const char *digits)
{
	char two[] = {digits[0], digits[1], '\0'};
	char *end;
	unsigned long byte = strtoul(two, &end, 16);
	assert_true(*end == '\0');
	return (unsigned)byte;
}

/* One token of a string: a byte, an answer by its first and last byte, or the rest of the bytes. */
struct wanted {
	enum { BYTE, ANSWER, REST } kind;
	uint32_t value, mask;
};

#define WANTED_MAX 32u

static struct wanted take(const char *string, size_t length)
{
	struct wanted wanted = {.kind = string[0] == '.' ? REST : ANSWER};
	if (string[0] != '.' && string[0] != '|')
		return (struct wanted){.kind = BYTE, .value = hex(string), .mask = UINT32_MAX};
	if (string[0] == '|' && length >= 3) {
		wanted.value = hex(string + 1) << 8;
		wanted.mask = 0xFF00;
	}
	if (string[0] == '|' && length >= 5) {
		wanted.value |= hex(string + 3);
		wanted.mask |= 0xFF;
	}
	return wanted;
}

static size_t take_all(struct wanted wanted[WANTED_MAX], const char *string)
{
	size_t count = 0;
	while (*string != '\0') {
		size_t length = strcspn(string, " ");
		assert_true(count < WANTED_MAX);
		wanted[count++] = take(string, length);
		string += length;
		string += strspn(string, " ");
	}
	return count;
}

static bool occurs_at(
	const struct wanted *wanted, size_t count, const struct uart_watch *watch, size_t at)
{
	for (size_t i = 0; i < count; i++) {
		if (at == watch->count)
			return false;
		uint32_t token = watch->tokens[at++];
		if (is_answer(token) != (wanted[i].kind == ANSWER) ||
			(token & wanted[i].mask) != wanted[i].value)
			return false;
		while (wanted[i].kind == REST && at < watch->count && !is_answer(watch->tokens[at]))
			at++;
	}
	return true;
}

bool uart_never_occurs(const char *string, const struct uart_watch *watch)
{
	struct wanted wanted[WANTED_MAX];
	size_t count = take_all(wanted, string);
	for (size_t at = 0; at < watch->count; at++)
		if (occurs_at(wanted, count, watch, at))
			return true;
	return false;
}

/* --- all of them */

static bool is_for(const struct uart_never *row, enum sim_service service, enum sim_family family)
{
	bool is_prgfw = strncmp(row->recording, "prgfw/", 6) == 0;
	bool is_mp1 = family == SIM_MP13 || family == SIM_MP15;
	if (is_prgfw != (service == SIM_SERVICE_PRGFW))
		return false;
	return row->on == UART_NEVER_ANY || (row->on == UART_NEVER_MP1) == is_mp1;
}

void uart_never_assert(
	const struct uart_watch *watch, enum sim_service service, enum sim_family family)
{
	for (size_t i = 0; i < uart_never_count; i++) {
		const struct uart_never *row = &uart_never_rows[i];
		if (is_for(row, service, family) && uart_never_occurs(row->string, watch))
			fail_msg("'%s' was sent: see %s", row->string, row->recording);
	}
	if (service == SIM_SERVICE_PRGFW)
		assert_int_equal(watch->starts, 0);
}
