/* Any text as the saved fuses of a simulated board: taken whole, or the board stays as it was. */
#include "transport/sim_board.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char before[SIM_BOARD_SAVE_CAPACITY], after[SIM_BOARD_SAVE_CAPACITY];
	struct sim_board *board;
	struct errbuf err = {0};
	if (size < 1)
		return 0;
	require(sim_board_demo(&board, data[0] & 1 ? SIM_MP25 : SIM_MP15, &err) == OK);
	size_t length = sim_board_save(board, before);
	char *text = malloc(size); /* of just its length: what reads past it is seen */
	require(text != NULL);
	memcpy(text, data + 1, size - 1);
	enum status status = sim_board_restore(board, text, size - 1, &err);
	size_t now = sim_board_save(board, after);
	if (status == OK) {
		/* What was taken is what would be saved. */
		require(now == size - 1 && memcmp(after, text, now) == 0);
	} else {
		require(err.text[0] != '\0' && now == length && memcmp(before, after, now) == 0);
	}
	free(text);
	sim_board_free(board);
	return 0;
}
