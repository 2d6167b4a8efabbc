/* What has to hold after every case. */
#include "tests/matrix/fire_parts.h"

#include "src/word_status.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static void look(struct fire *fire, unsigned invariant)
{
	fire->out.checked[invariant]++;
}

/*
 * On a serial line a board tells who it is only when it is read, and a read undoes what is staged:
 * one that takes its place with the wires between the last read and the burn cannot be told.
 */
static bool may_be_swapped_unseen(const struct fire *fire)
{
	return fire_has(fire, FIRE_OTHER) && !fire->bench.kind->is_usb;
}

/* --- requests */

static uint32_t load(const uint8_t *at)
{
	return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

/* All of the journal was told to reach the disk. */
static bool is_synced(const struct fire *fire, const struct journal *journal)
{
	char path[STORE_PATH_MAX];
	struct stat is;
	struct errbuf err = {0};
	if (store_join(path, journal->folder, "journal.jsonl", &err) != OK || stat(path, &is) != 0)
		return false;
	for (size_t i = 0; i < fire->synced_count; i++)
		if (fire->synced[i].device == is.st_dev && fire->synced[i].inode == is.st_ino)
			return fire->synced[i].size == is.st_size;
	return false;
}

/* Written down, for this pass and these words, before anything is burnt. */
static void check_intent(struct fire *fire, enum pass_kind pass)
{
	struct journal journal = {0};
	struct journal_entry *entries = NULL;
	size_t count = 0, damaged = 0;
	struct errbuf err = {0};
	bool is_there = false;
	look(fire, 3);
	if (journal_open(&journal, fire->bench.state_folder,
		    fire->bench.kind->is_simulated ? SOURCE_SIMULATED : SOURCE_REAL, &err) == OK)
		(void)journal_read(&entries, &count, &damaged, JOURNAL_OPEN_ONLY, &journal, &err);
	for (size_t i = 0; i < count; i++)
		is_there = is_there ||
			   (entries[i].end == JOURNAL_NO_OUTCOME && entries[i].intent.pass == pass);
	free(entries);
	if (!is_there)
		fire_violate(fire, 3, "a request is sent that is not written down");
	if (is_there && !is_synced(fire, &journal))
		fire_violate(fire, 3, "a request is sent whose intent may not be on the disk");
}

static void check_lock_request(struct fire *fire, const struct sim_board *board)
{
	const unsigned *word = fire->bench.kind->word;
	look(fire, 7);
	if (sim_board_fuses(board, word[0]) != fire_values[0])
		fire_violate(fire, 7, "word %u is to be locked, and holds %08X", word[0],
			(unsigned)sim_board_fuses(board, word[0]));
	if (sim_board_fuses(board, word[1]) != fire_values[1] &&
		fire->bench.silicon == fire->which.silicon)
		fire_violate(fire, 6, "a lock is sent before all values are there");
}

void fire_check_request(
	const struct sim_board *board, const uint8_t *request, size_t length, void *payload)
{
	struct fire *fire = payload;
	const unsigned *word = fire->bench.kind->word;
	unsigned values = 0, locks = 0;
	look(fire, 1);
	look(fire, 4);
	if (fire->out.burn_count < FIRE_BURNS_MAX)
		fire->out.burns[fire->out.burn_count++] =
			fire->bench.wire.exchanges - fire->opening;
	if (!fire->is_confirmed)
		fire_violate(fire, 1, "a request is sent that nobody confirmed");
	if (board == fire->bench.boards[1] && !may_be_swapped_unseen(fire))
		fire_violate(fire, 2, "a request is sent to another board");
	if (load(request + 4) != 0 ||
		load(request) != (fire->bench.kind->family == SIM_MP25 ? 3u : 2u))
		fire_violate(fire, 4, "a request of version %u, state %u", (unsigned)load(request),
			(unsigned)load(request + 4));
	for (unsigned i = 0; 8 + 8 * i + 8 <= length; i++) {
		uint32_t value = load(request + 8 + 8 * i), status = load(request + 12 + 8 * i);
		bool is_value = (i == word[0] && value == fire_values[0]) ||
				(i == word[1] && value == fire_values[1]);
		if (value == 0 && status == 0)
			continue;
		if (is_value && status == WORD_STATUS_UPDATE)
			values++;
		else if (i == word[0] && value == 0 &&
			 status == (WORD_STATUS_UPDATE | WORD_STATUS_PERMANENT))
			locks++;
		else
			fire_violate(fire, 4, "word %u is sent with %08X, status %08X", i,
				(unsigned)value, (unsigned)status);
	}
	look(fire, 6);
	if (values > 0 && locks > 0)
		fire_violate(fire, 6, "a value and a lock are sent at once");
	if (values + locks == 0)
		fire_violate(fire, 4, "a request without a word is sent");
	look(fire, 8);
	fire->values_sent += values > 0;
	fire->locks_sent += locks > 0;
	if (fire->values_sent > 1 || fire->locks_sent > 1)
		fire_violate(fire, 8, "a request is sent twice");
	if (locks > 0 && board == fire->bench.boards[0])
		check_lock_request(fire, board);
	check_intent(fire, locks > 0 ? PASS_LOCKS : PASS_VALUES);
}

/* --- silicon */

/*
 * A meeting on a serial line that is cut off and begun again sends a second 7F: with the first and
 * 55s it can be a Read of a partition that is not there, which both services refuse (recorded).
 */
static bool may_meet_twice(const struct fire *fire)
{
	return fire->which.then_after > 0 &&
	       (fire_has(fire, FIRE_GONE) || fire_has(fire, FIRE_GONE_AFTER) ||
		       fire_has(fire, FIRE_ELSEWHERE) || fire_has(fire, FIRE_OTHER));
}

static bool is_half(uint32_t fuses, uint32_t value)
{
	return fuses != 0 && fuses != value && (fuses & ~value) == 0;
}

void fire_check_silicon(struct fire *fire)
{
	const unsigned *word = fire->bench.kind->word;
	const struct sim_board *board = fire->bench.boards[0];
	enum fire_silicon silicon = fire->which.silicon;
	/* Where a simulated board's fuses cannot be kept, what was burnt never was. */
	bool may_repeat = fire->bench.kind->is_simulated && fire_has(fire, FIRE_DISK);
	look(fire, 1);
	look(fire, 8);
	for (unsigned i = 0; i < sim_board_word_count(board); i++) {
		bool is_first = i == word[0];
		uint32_t fuses = sim_board_fuses(board, i), value = fire_values[is_first ? 0 : 1];
		unsigned pulses = bench_pulses(&fire->bench, i);
		if (sim_board_pulses(fire->bench.boards[1], i) > 0 && !may_be_swapped_unseen(fire))
			fire_violate(fire, 2, "word %u of another board was burnt", i);
		if (!is_first && i != word[1] && pulses > 0)
			fire_violate(fire, 1, "word %u was burnt, which nobody asked for", i);
		if (!is_first && i != word[1])
			continue;
		if (pulses > 1 && !may_repeat)
			fire_violate(fire, 8, "word %u was burnt %u times", i, pulses);
		if (fuses != 0 && fuses != value && silicon != FIRE_TAKES_HALF &&
			silicon != FIRE_SPOILS)
			fire_violate(fire, 1, "word %u holds %08X", i, (unsigned)fuses);
		if (!is_first && sim_board_is_locked(board, i))
			fire_violate(fire, 1, "word %u was locked, which nobody asked for", i);
	}
	if (fire->bench.uarts[0] && sim_uart_stray_count(fire->bench.uarts[0]) > 0 &&
		!may_meet_twice(fire))
		fire_violate(fire, 1, "something was sent that may crash or jump");
	if (fire->bench.uarts[0] &&
		(sim_uart_presence(fire->bench.uarts[0]) == SIM_UART_CRASHED ||
			sim_uart_presence(fire->bench.uarts[0]) == SIM_UART_JUMPED))
		fire_violate(fire, 1, "the service has crashed or jumped");
	if (fire->bench.usbs[0] && sim_usb_stray_count(fire->bench.usbs[0]) > 0)
		fire_violate(fire, 1, "an alternate was used that is not the OTP's");
}

bool fire_is_untouched(const struct fire *fire)
{
	const unsigned *word = fire->bench.kind->word;
	for (unsigned i = 0; i < BENCH_WORDS; i++)
		if (sim_board_fuses(fire->bench.boards[0], word[i]) != 0 ||
			sim_board_is_locked(fire->bench.boards[0], word[i]) ||
			sim_board_is_spoilt(fire->bench.boards[0], word[i]))
			return false;
	return true;
}

bool fire_is_whole(const struct fire *fire)
{
	const unsigned *word = fire->bench.kind->word;
	const struct sim_board *board = fire->bench.boards[0];
	return sim_board_fuses(board, word[0]) == fire_values[0] &&
	       sim_board_fuses(board, word[1]) == fire_values[1] &&
	       sim_board_is_locked(board, word[0]);
}

/* --- what is told */

static void check_word(struct fire *fire, const struct word_result *told)
{
	const struct sim_board *board = fire->bench.boards[0];
	uint32_t fuses = sim_board_fuses(board, told->word);
	uint32_t value = fire_values[told->word == fire->bench.kind->word[0] ? 0 : 1];
	bool is_locked = sim_board_is_locked(board, told->word);
	bool locks = told->pass == PASS_LOCKS, is_true = true;
	unsigned invariant = 5;
	switch (told->verdict) {
	case VERDICT_AS_PLANNED:
	case VERDICT_ALREADY_SO: is_true = fuses == value && (is_locked || !locks); break;
	case VERDICT_NOT_BURNT:
	case VERDICT_NOT_REACHED: is_true = locks ? !is_locked : fuses == 0; break;
	case VERDICT_PARTLY_SET: is_true = is_half(fuses, value); break;
	case VERDICT_INVALID: is_true = sim_board_is_spoilt(board, told->word); break;
	case VERDICT_LOCK_UNPROVED:
		is_true = locks && fuses == value;
		invariant = 10;
		break;
	case VERDICT_UNKNOWN: break;
	default: is_true = false; break;
	}
	look(fire, invariant);
	if (!is_true)
		fire_violate(fire, invariant, "word %u is told as '%s', and holds %08X%s",
			told->word, word_verdict_text(told->verdict), (unsigned)fuses,
			is_locked ? ", locked" : "");
	if (told->found && told->verdict != VERDICT_INVALID &&
		!sim_board_is_spoilt(board, told->word) && told->found_value != fuses)
		fire_violate(fire, 5, "word %u was read as %08X, and holds %08X", told->word,
			(unsigned)told->found_value, (unsigned)fuses);
}

void fire_check_words(struct fire *fire, const struct word_result *told, size_t count)
{
	for (size_t i = 0; i < count; i++)
		check_word(fire, &told[i]);
}

static void check_before_the_burn(struct fire *fire)
{
	fire->out.verdict = "refused before";
	if (fire->status == OK || fire->status == ERR_UNCERTAIN)
		fire_violate(fire, 5, "ended as '%s' without a burn", status_name(fire->status));
	if (!strstr(fire->err.text, "nothing was burnt"))
		fire_violate(fire, 5, "does not say that nothing was burnt: %.90s", fire->err.text);
	if (!fire_is_untouched(fire))
		fire_violate(fire, 5, "says that nothing was burnt, and something was");
}

/* Locks that do not show yet keep the entry open. */
static void check_waiting(struct fire *fire, bool is_waiting)
{
	look(fire, 10);
	if (is_waiting && fire_open_entries(fire, JOURNAL_PENDING_LOCKS) == 0)
		fire_violate(fire, 10, "a lock is unproved, and the journal is closed");
}

void fire_check_told(struct fire *fire)
{
	const struct commit_result *result = &fire->result;
	fire->out.was_triggered = result->triggered;
	fire_check_words(fire, result->words, result->word_count);
	look(fire, 5);
	if (!result->triggered) {
		check_before_the_burn(fire);
		return;
	}
	fire->out.verdict = commit_verdict_text(result->verdict);
	if (fire->status != OK)
		fire_violate(fire, 5, "ended as '%s' after a burn", status_name(fire->status));
	if (result->word_count == 0)
		fire_violate(fire, 5, "tells of no word");
	if (result->verdict == COMMIT_VERIFIED && !fire_is_whole(fire))
		fire_violate(fire, 5, "VERIFIED, and it is not so");
	if (result->verdict == COMMIT_REFUSED && !fire_is_untouched(fire))
		fire_violate(fire, 5, "says that the board refused, and something was burnt");
	if (result->verdict != COMMIT_VERIFIED && result->next_step[0] == '\0')
		fire_violate(fire, 5, "does not say what is next");
	if (result->journal_failed || fire->bench.wire.is_disk_full)
		return;
	check_waiting(fire, result->verdict == COMMIT_LOCKS_UNPROVED);
	/* Where a request may lie in the board's memory it stays open, too, and says so. */
	bool is_open = fire_open_entries(fire, JOURNAL_NO_OUTCOME) > 0;
	look(fire, 3);
	if (!is_open && result->verdict == COMMIT_UNKNOWN)
		fire_violate(fire, 3, "UNKNOWN, and the journal is closed");
	if (is_open && result->verdict != COMMIT_UNKNOWN && !strstr(result->next_step, "power"))
		fire_violate(fire, 3, "%s, the journal is open, and next is: %.80s",
			commit_verdict_text(result->verdict), result->next_step);
}

/* With its words on locks that may show after a reset. */
static bool is_done(const struct fire *fire)
{
	const unsigned *word = fire->bench.kind->word;
	return fire_is_whole(fire) ||
	       (strstr(fire->output, commit_verdict_text(COMMIT_LOCKS_UNPROVED)) &&
		       sim_board_fuses(fire->bench.boards[0], word[0]) == fire_values[0] &&
		       sim_board_fuses(fire->bench.boards[0], word[1]) == fire_values[1]);
}

/* By its exit status, as in the manual. */
void fire_check_program(struct fire *fire)
{
	static const char *const verdicts[] = {
		"exit 0", "exit 1", "exit 2", "exit 3", "exit 4", "exit 5", "exit 6"};
	int status = fire->exit_status;
	fire->out.was_triggered = fire->values_sent > 0;
	fire->out.verdict = fire->was_killed ? "killed" : "exit 7";
	if (fire->was_killed)
		return;
	look(fire, 5);
	if (status < 0 || status > 6) {
		fire_violate(fire, 5, "ends with %d: %.120s", status, fire->output);
		return;
	}
	fire->out.verdict = verdicts[status];
	if (status == 0 && !is_done(fire))
		fire_violate(fire, 5, "ends with 0, and it is not so");
	check_waiting(fire, strstr(fire->output, commit_verdict_text(COMMIT_LOCKS_UNPROVED)));
	if (status == 1 || status == 2)
		fire_violate(fire, 5, "ends with %d: %.120s", status, fire->output);
	if ((status == 3 || status == 4 || status == 6) &&
		(!fire_is_untouched(fire) || !strstr(fire->output, "nothing was burnt")))
		fire_violate(fire, 5, "ends with %d: %.120s", status, fire->output);
	if (status == 5 && fire->values_sent == 0)
		fire_violate(fire, 5, "ends with 5 without a burn: %.120s", fire->output);
}

/* --- journal and files */

static size_t read_journal(struct journal_entry **out, struct fire *fire)
{
	struct journal journal;
	size_t count = 0, damaged = 0;
	struct errbuf err = {0};
	enum source_class class = fire->bench.kind->is_simulated ? SOURCE_SIMULATED : SOURCE_REAL;
	*out = NULL;
	if (journal_open(&journal, fire->bench.state_folder, class, &err) != OK ||
		journal_read(out, &count, &damaged, JOURNAL_OPEN_ONLY, &journal, &err) != OK)
		fire_violate(fire, 3, "the journal cannot be read: %s", err.text);
	if (damaged > 0 && fire->which.fault != FIRE_HOST_POWER)
		fire_violate(fire, 3, "%zu lines of the journal are damaged", damaged);
	return count;
}

size_t fire_open_entries(struct fire *fire, enum journal_end least)
{
	struct journal_entry *entries;
	size_t count = read_journal(&entries, fire), open = 0;
	for (size_t i = 0; i < count; i++)
		open += entries[i].end <= least;
	free(entries);
	return open;
}

static int check_file(const char *path, const struct stat *is, int type, struct FTW *where)
{
	struct fire *fire = on_fire;
	(void)where;
	if (type != FTW_F && type != FTW_D)
		fire_violate(fire, 12, "'%.150s' is no file and no folder", path);
	else if ((is->st_mode & 0777) != (type == FTW_F ? 0600 : 0700))
		fire_violate(
			fire, 12, "'%.150s' has mode %o", path, (unsigned)(is->st_mode & 0777));
	const char *name = strrchr(path, '/');
	if (name && (name[1] == '.' || strstr(name, ".tmp")))
		fire_violate(fire, 12, "'%.150s' is left over", path);
	return 0;
}

void fire_check_files(struct fire *fire)
{
	look(fire, 12);
	nftw(fire->bench.state_folder, check_file, 16, FTW_PHYS);
}
