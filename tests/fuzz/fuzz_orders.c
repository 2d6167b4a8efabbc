/* Any lines as orders to whoever serves a board, as names of simulated boards and as a command
 * line: understood or refused with a reason, and no order burns. */
#include "transport/sim_board.h"
#include "transport/sim_orders.h"
#include "transport/sim_uart.h"
#include "transport/source_request.h"
#include "ui/commands/invocation.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MAX_LINES 24

static void require(bool holds)
{
	if (!holds)
		abort();
}

static void as_orders(size_t count, char *lines[])
{
	static char before[SIM_BOARD_SAVE_CAPACITY], after[SIM_BOARD_SAVE_CAPACITY];
	struct sim_board *board;
	struct sim_uart *uart;
	struct errbuf err = {0};
	require(sim_board_demo(&board, SIM_MP15, &err) == OK);
	require(sim_uart_create(&uart, board, &err) == OK);
	size_t length = sim_board_save(board, before);
	for (size_t i = 0; i < count; i++) {
		errbuf_clear(&err);
		require(sim_order(board, uart, lines[i], &err) == OK || err.text[0] != '\0');
	}
	/* Fuses stay as they were; what is behind them tells of boots and may differ. */
	size_t now = sim_board_save(board, after);
	require(now > 0 && length > 0);
	for (unsigned word = 0; word < sim_board_word_count(board); word++)
		require(sim_board_pulses(board, word) == 0);
	sim_uart_free(uart);
	sim_board_free(board);
}

static bool is_source(const char *text, void *payload)
{
	(void)payload;
	return strchr(text, ':') != NULL;
}

static void as_command_line(size_t count, char *lines[])
{
	static char name[] = "otpedit";
	char *argv[MAX_LINES + 2] = {name};
	struct invocation invocation;
	struct errbuf err = {0};
	for (size_t i = 0; i < count; i++)
		argv[i + 1] = lines[i];
	argv[count + 1] = NULL;
	enum status status =
		invocation_parse(&invocation, (int)count + 1, argv, is_source, NULL, &err);
	require(status == OK || err.text[0] != '\0');
	if (status == OK) {
		require(invocation.accepted_count <= INVOCATION_MAX_ACCEPTED);
		require(invocation.operand_count <= count);
		(void)invocation_format(&invocation);
	}
	invocation_free(&invocation);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct source_request request;
	char *lines[MAX_LINES], *text = malloc(size + 1);
	size_t count = 0;
	require(text != NULL);
	if (size > 0)
		memcpy(text, data, size);
	text[size] = '\0';
	for (char *at = text; at && count < MAX_LINES; count++) {
		lines[count] = at;
		at = strchr(at, '\n');
		if (at)
			*at++ = '\0';
	}
	for (size_t i = 0; i < count; i++) {
		struct errbuf err = {0};
		require(source_request_parse(&request, lines[i], &err) == OK ||
			err.text[0] != '\0');
	}
	as_orders(count, lines);
	as_command_line(count, lines);
	free(text);
	return 0;
}
