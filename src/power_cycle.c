#include "src/power_cycle.h"

#include "src/hold.h"
#include "src/identity.h"
#include "src/store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- beginning and end */

static void make_words(struct power_cycle *cycle)
{
	const struct found_board *board = &cycle->board;
	const char *name = identity_serial_tells(board->serial) ? board->serial : board->path;
	size_t length = strlen(name);
	snprintf(cycle->words, sizeof cycle->words, "had no power %s",
		name + (length > 4 ? length - 4 : 0));
}

static enum status allocate(struct power_cycle **out, struct errbuf *err)
{
	struct power_cycle *cycle = calloc(1, sizeof *cycle);
	struct found_boards *found = calloc(1, sizeof *found);
	if (!cycle || !found) {
		free(cycle);
		free(found);
		return errbuf_set(err, ERR_MEMORY, "out of memory for a power cycle");
	}
	cycle->lock = -1;
	cycle->found = found;
	*out = cycle;
	return OK;
}

static enum status note_open_entries(struct power_cycle *cycle, struct errbuf *err)
{
	struct journal_entry *entries = NULL;
	size_t count = 0, damaged = 0;
	enum status status =
		journal_read(&entries, &count, &damaged, JOURNAL_OPEN_ONLY, &cycle->journal, err);
	char(*ids)[JOURNAL_ID_MAX] = status == OK ? calloc(count + 1, sizeof *ids) : NULL;
	if (status == OK && !ids)
		status = errbuf_set(err, ERR_MEMORY, "out of memory for a power cycle");
	for (size_t i = 0; status == OK && i < count; i++)
		memcpy(ids[i], entries[i].intent.id, sizeof ids[i]);
	free(entries);
	if (status != OK)
		return status;
	free(cycle->covered);
	cycle->covered = ids;
	cycle->covered_count = count;
	return OK;
}

enum status power_cycle_begin(struct power_cycle **out, const struct source_ops *source,
	const char *text, const char *state_folder, struct errbuf *err)
{
	struct power_cycle *cycle = NULL;
	if (!source->find)
		return errbuf_set(err, ERR_UNSUPPORTED,
			"whether '%.100s' is gone and back cannot be seen from here", text);
	if (!state_folder)
		return errbuf_set(err, ERR_FILE,
			"there is no state folder, so there is no journal to settle");
	enum status status = allocate(&cycle, err);
	if (status != OK)
		return status;
	cycle->source = source;
	status = journal_open(&cycle->journal, state_folder, SOURCE_REAL, err);
	if (status == OK)
		status = source->find(&cycle->board, text, err);
	if (status == OK && !cycle->board.is_blind && !source->list)
		status = errbuf_set(err, ERR_UNSUPPORTED,
			"whether '%.100s' is gone and back cannot be seen from here", text);
	if (status == OK)
		status = hold_port(&cycle->lock, &cycle->journal, cycle->board.path, err);
	if (status != OK) {
		power_cycle_free(cycle);
		return status;
	}
	make_words(cycle);
	if (cycle->board.is_blind) {
		status = note_open_entries(cycle, err);
		cycle->step = POWER_BACK;
	}
	if (status != OK)
		power_cycle_free(cycle);
	else
		*out = cycle;
	return status;
}

static void let_go(struct power_cycle *cycle)
{
	if (cycle->lock >= 0)
		store_unlock(cycle->lock);
	cycle->lock = -1;
}

void power_cycle_free(struct power_cycle *cycle)
{
	if (!cycle)
		return;
	let_go(cycle);
	free(cycle->covered);
	free(cycle->found);
	free(cycle);
}

/* --- looking */

static bool is_it(const struct power_cycle *cycle, const struct found_board *board)
{
	return identity_serial_tells(cycle->board.serial)
		       ? strcmp(cycle->board.serial, board->serial) == 0
		       : strcmp(cycle->board.path, board->path) == 0;
}

/* What stands at its place and does not tell who it is may still be it. */
static bool may_be_it(const struct power_cycle *cycle, const struct found_board *board)
{
	return is_it(cycle, board) ||
	       (board->serial[0] == '\0' && strcmp(cycle->board.path, board->path) == 0);
}

/* Seen away. Entries made after this moment are made by whoever used the board since. */
static enum status note_gone(struct power_cycle *cycle, struct errbuf *err)
{
	enum status status = OK;
	if (cycle->step == POWER_STILL_ON)
		status = note_open_entries(cycle, err);
	if (status == OK)
		cycle->step = POWER_GONE;
	return status;
}

enum status power_cycle_look(struct power_cycle *cycle, struct errbuf *err)
{
	const struct found_board *it = NULL;
	unsigned fits = 0;
	bool may_be_there = false;
	if (cycle->board.is_blind)
		return OK;
	cycle->is_unclear = false;
	enum status status = cycle->source->list(cycle->found, err);
	if (status != OK)
		return status;
	for (size_t i = 0; i < cycle->found->count; i++) {
		const struct found_board *board = &cycle->found->boards[i];
		may_be_there |= may_be_it(cycle, board);
		it = is_it(cycle, board) ? board : it;
		cycle->is_unclear |= board->stage[0] == '\0';
		fits += is_it(cycle, board);
	}
	if (!may_be_there)
		return note_gone(cycle, err);
	if (cycle->step == POWER_STILL_ON || fits == 0)
		return OK;
	if (fits > 1)
		return errbuf_set(err, ERR_REFUSED,
			"several boards have the serial number '%s': unplug the others",
			cycle->board.serial);
	cycle->board = *it;
	cycle->step = it->peer == PEER_UNKNOWN ? POWER_OTHER_STAGE : POWER_BACK;
	return OK;
}

/* --- the person's word */

const char *power_cycle_words(const struct power_cycle *cycle)
{
	return cycle->words;
}

enum status power_cycle_confirm(struct power_cycle *cycle, const char *typed, struct errbuf *err)
{
	if (cycle->step != POWER_BACK)
		return errbuf_set(err, ERR_REFUSED,
			"the board was not seen to go and come back: nothing was settled");
	if (strcmp(typed, cycle->words) != 0)
		return errbuf_set(err, ERR_REFUSED,
			"what was typed is not '%s': nothing was settled", cycle->words);
	cycle->is_confirmed = true;
	let_go(cycle);
	return OK;
}

static bool is_of(const struct power_cycle *cycle, const struct device_info *board)
{
	if (board->source_class != SOURCE_REAL)
		return false;
	return identity_serial_tells(cycle->board.serial)
		       ? strcmp(cycle->board.serial, board->serial) == 0
		       : strcmp(cycle->board.path, board->port) == 0;
}

bool power_cycle_covers(
	const struct power_cycle *cycle, const char *id, const struct device_info *board)
{
	if (!cycle || !cycle->is_confirmed || !is_of(cycle, board))
		return false;
	for (size_t i = 0; i < cycle->covered_count; i++)
		if (strcmp(cycle->covered[i], id) == 0)
			return true;
	return false;
}
