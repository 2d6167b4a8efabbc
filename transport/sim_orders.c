#include "transport/sim_orders.h"

#include "transport/sim_boot.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define LINE_MAX_ORDER 64u
#define WORDS          3u
#define LAST_BYTE      1000000ul

static enum status unknown(const char *line, struct errbuf *err)
{
	return errbuf_set(err, ERR_USAGE,
		"order '%.60s' is not known: there are 'drop N', 'flip N', 'double N' and "
		"'parity N' for the N-th byte to the board, the same with 'answer' behind it for "
		"one from the board, 'reset', 'off' and 'on', and 'boot' with 'lost tf-a', 'fails "
		"3', "
		"'resets 3@5000', 'layout' or 'speaks'",
		line);
}

static bool do_power(struct sim_board *board, const char *verb)
{
	static const struct {
		const char *verb;
		void (*act)(struct sim_board *board);
	} acts[] = {
		{"reset", sim_board_reset},
		{"off", sim_board_power_down},
		{"on", sim_board_power_up},
	};

	for (size_t i = 0; i < sizeof acts / sizeof acts[0]; i++) {
		if (strcmp(verb, acts[i].verb) == 0) {
			acts[i].act(board);
			return true;
		}
	}
	return false;
}

static bool find_noise(enum sim_noise_kind *out, const char *verb)
{
	static const struct {
		const char *verb;
		enum sim_noise_kind kind;
	} kinds[] = {
		{"drop", SIM_NOISE_DROP},
		{"flip", SIM_NOISE_FLIP},
		{"double", SIM_NOISE_DOUBLE},
		{"parity", SIM_NOISE_PARITY},
	};

	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
		if (strcmp(verb, kinds[i].verb) == 0) {
			*out = kinds[i].kind;
			return true;
		}
	}
	return false;
}

static bool take_number(unsigned *out, const char *word)
{
	char *end;
	unsigned long number = strtoul(word, &end, 10);

	*out = (unsigned)number;
	return word[0] >= '1' && word[0] <= '9' && *end == '\0' && number <= LAST_BYTE;
}

static bool do_noise(struct sim_uart *uart, char *const words[WORDS], size_t count)
{
	struct sim_noise noise = {.way = SIM_NOISE_TO_BOARD};

	if (count < 2 || !find_noise(&noise.kind, words[0]) || !take_number(&noise.at, words[1])) {
		return false;
	}
	if (count == 3) {
		if (strcmp(words[2], "answer") != 0) {
			return false;
		}
		noise.way = SIM_NOISE_FROM_BOARD;
	}
	sim_uart_spoil(uart, noise);
	return true;
}

static bool do_boot(struct sim_board *board, char *const words[WORDS], size_t count)
{
	return count >= 2 && strcmp(words[0], "boot") == 0 &&
	       sim_boot_order(board, words[1], count == 3 ? words[2] : "");
}

enum status sim_order(
	struct sim_board *board, struct sim_uart *uart, const char *line, struct errbuf *err)
{
	char copy[LINE_MAX_ORDER], *words[WORDS], *rest;
	size_t count = 0, length = strlen(line);

	if (length >= sizeof copy) {
		return unknown(line, err);
	}
	memcpy(copy, line, length + 1);
	for (char *word = strtok_r(copy, " \t\r", &rest); word != NULL;
		word = strtok_r(NULL, " \t\r", &rest)) {
		if (count == WORDS) {
			return unknown(line, err);
		}
		words[count++] = word;
	}
	if ((count == 1 && do_power(board, words[0])) || do_boot(board, words, count) ||
		do_noise(uart, words, count)) {
		return OK;
	}
	return unknown(line, err);
}
