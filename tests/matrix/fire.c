#include "tests/matrix/fire.h"

#include "src/word_status.h"
#include "tests/matrix/arena.h"
#include "tests/matrix/fire_parts.h"
#include "tests/support/demo_session.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LONGEST_MS 300000u /* what a commit may wait in all, in the board's time */

struct fire *on_fire;
const uint32_t fire_values[BENCH_WORDS] = {UINT32_C(0x12345678), UINT32_C(0x0F0F00FF)};

const char *fire_link_name(enum fire_link link)
{
	return bench_kind(link)->name;
}

const char *fire_fault_name(enum fire_fault fault)
{
	static const char *const names[FIRE_FAULTS] = {"timeout, lost", "timeout, done", "refusal",
		"stall", "short", "overlong", "garbage", "duplicate", "unplug", "unplug after",
		"re-plug elsewhere", "other board", "board reset", "board power cut", "disk full",
		"SIGKILL", "SIGKILL after", "host power cut", "SIGTERM", "suspend"};
	return names[fault];
}

const char *fire_silicon_name(enum fire_silicon silicon)
{
	static const char *const names[FIRE_SILICONS] = {"sound", "lies", "burns late",
		"partial, word 0", "partial, word 1", "half a word", "spoils a word", "no lock",
		"power cut in burn", "lock shows late"};
	return names[silicon];
}

const char *fire_why_not(enum fire_link link, enum fire_fault fault)
{
	const struct bench_kind *kind = bench_kind(link);
	if (fault == FIRE_DOUBLED && kind->is_usb)
		return "USB numbers its packets: the controller drops a second one";
	if (fault == FIRE_ELSEWHERE && kind->is_simulated)
		return "a simulated board is where its file is: it has no port";
	if (fault == FIRE_OTHER && kind->is_simulated)
		return "the way in is the board itself, and locked";
	return NULL;
}

bool fire_has(const struct fire *fire, enum fire_fault fault)
{
	return fire->which.fault == fault ||
	       (fire->which.then_after > 0 && fire->which.then == fault);
}

/* In place of the C library's: the disk is full where the rig says so, and never waited for. What
 * was told to reach it is remembered. */
int fsync(int file)
{
	struct stat is;
	if (!on_fire)
		return 0;
	if (on_fire->bench.wire.is_disk_full) {
		errno = ENOSPC;
		return -1;
	}
	if (fstat(file, &is) != 0 || !S_ISREG(is.st_mode))
		return 0;
	size_t i = 0;
	while (i < on_fire->synced_count &&
		(on_fire->synced[i].inode != is.st_ino || on_fire->synced[i].device != is.st_dev))
		i++;
	if (i == FIRE_SYNCED_MAX)
		abort();
	on_fire->synced[i].device = is.st_dev;
	on_fire->synced[i].inode = is.st_ino;
	on_fire->synced[i].size = is.st_size;
	on_fire->synced_count += i == on_fire->synced_count;
	return 0;
}

/* --- commits in our own process */

/* Both values, then the first word's lock: two passes. Only what is not there yet. */
static struct edits *make_edits(const struct fire *fire)
{
	const unsigned *word = fire->bench.kind->word;
	struct edits *edits = calloc(1, sizeof *edits);
	assert_non_null(edits);
	for (unsigned i = 0; i < BENCH_WORDS; i++)
		if (sim_board_fuses(fire->bench.boards[0], word[i]) == 0)
			edits->word[word[i]] =
				(struct edit){.sets_value = true, .value = fire_values[i]};
	if (!sim_board_is_locked(fire->bench.boards[0], word[0]))
		edits->word[word[0]].locks = WORD_STATUS_PERMANENT;
	return edits;
}

static void commit(struct fire *fire, struct session *session)
{
	struct edits *edits = make_edits(fire);
	struct plan *plan = NULL;
	errbuf_clear(&fire->err);
	memset(&fire->result, 0, sizeof fire->result);
	fire->values_sent = fire->locks_sent = 0;
	fire->is_confirmed = true;
	fire->status = session_plan(&plan, session, edits, &fire->err);
	if (fire->status == OK)
		fire->status = demo_session_try(&fire->result, session, plan, &fire->err);
	fire->is_confirmed = false;
	plan_free(plan);
	free(edits);
}

static void run_here(struct fire *fire)
{
	struct session *session = bench_open(&fire->bench, NULL, &fire->err);
	if (!session)
		fail_msg("%s", fire->err.text);
	bench_spoil(&fire->bench);
	fire->bench.wire.fault = fire->which.fault;
	fire->bench.wire.exchanges = 0;
	fire->bench.wire.at = fire->which.at;
	fire->bench.wire.then = fire->which.then;
	fire->bench.wire.then_after = fire->which.then_after;
	commit(fire, session);
	session_close(session);
}

/* --- afterwards */

static void check_recovered(struct fire *fire, const struct session *session)
{
	const unsigned *word = fire->bench.kind->word;
	fire->out.checked[3]++;
	for (size_t i = 0; i < session->recovered_count; i++)
		fire_check_words(
			fire, session->recovered[i].results, session->recovered[i].result_count);
	for (unsigned i = 0; i < BENCH_WORDS; i++)
		if (image_value_is_known(&session->image, word[i]) &&
			session->image.value[word[i]] !=
				sim_board_fuses(fire->bench.boards[0], word[i]))
			fire_violate(fire, 3, "another start reads word %u wrong", word[i]);
}

/* Another board in the place of ours: nothing of ours is told of it, and nothing done to it. */
static void meet_the_other(struct fire *fire)
{
	struct errbuf err = {0};
	bench_connect(&fire->bench, 1);
	struct session *session = bench_open(&fire->bench, NULL, &err);
	fire->out.checked[2]++;
	if (session && session->recovered_count > 0)
		fire_violate(fire, 2, "tells of another board what happened to ours");
	if (session)
		session_close(session);
	bench_connect(&fire->bench, 0);
}

/* A board under STM32PRGFW-UTIL that a commit without an end may have left armed is not spoken to.
 * Only on another serial port nothing tells that it is the one. */
static bool is_shut_out(const struct fire *fire)
{
	const struct bench_kind *kind = fire->bench.kind;
	return kind->service == SIM_SERVICE_PRGFW && !kind->is_simulated &&
	       (kind->is_usb || !fire_has(fire, FIRE_ELSEWHERE));
}

static void start_again(struct fire *fire)
{
	struct errbuf err = {0};
	size_t open = fire_open_entries(fire, JOURNAL_NO_OUTCOME);
	struct session *session = bench_open(&fire->bench, NULL, &err);
	const unsigned *word = fire->bench.kind->word;
	if (session && fire->bench.kind->is_simulated) /* it has been powered up for it */
		open = fire_open_entries(fire, JOURNAL_NO_OUTCOME);
	if (session && open > 0 && is_shut_out(fire))
		fire_violate(fire, 3, "is opened, though it may be armed");
	if (session) {
		check_recovered(fire, session);
		if (open > 0 && session->recovered_count == 0)
			fire_violate(fire, 3, "another start does not tell what is open");
		bool is_shut = session->untouchable[word[0]] || session->untouchable[word[1]];
		if (is_shut != (open > 0))
			fire_violate(fire, 3, "words are %s, and %zu entries open",
				is_shut ? "untouchable" : "free", open);
		session_close(session);
	} else if (!strstr(err.text, "power") && !strstr(err.text, "reset") &&
		   !(fire->which.silicon == FIRE_BURNS_LATE &&
			   strstr(err.text, "never reads the same twice"))) {
		fire_violate(fire, 3, "another start fails: %.120s", err.text);
	}
	if (fire_open_entries(fire, JOURNAL_NO_OUTCOME) != open)
		fire_violate(fire, 3, "another start closes what nobody settled");
}

/* Everything is known, and what is missing can be burnt. */
static void settle(struct fire *fire)
{
	struct errbuf err = {0};
	struct session *session = bench_open_powered(&fire->bench, &err);
	enum fire_silicon silicon = fire->which.silicon;
	if (!session) {
		fire_violate(fire, 3, "cannot be opened after a power cycle: %.100s", err.text);
		return;
	}
	check_recovered(fire, session);
	fire->out.checked[10]++;
	for (size_t i = 0; i < session->recovered_count; i++) {
		const struct journal_entry *entry = &session->recovered[i];
		if (entry->end != JOURNAL_CLOSED && entry->end != JOURNAL_MORE_PASSES)
			fire_violate(fire, 3, "an entry is open after the power cycle");
		for (size_t k = 0; k < entry->result_count; k++)
			if (entry->results[k].verdict == VERDICT_UNKNOWN)
				fire_violate(fire, 3, "word %u cannot be told after a power cycle",
					entry->results[k].word);
	}
	if (fire_open_entries(fire, JOURNAL_PENDING_LOCKS) > 0)
		fire_violate(fire, 10, "the journal is open after the power cycle");
	if (!fire_is_whole(fire) && silicon != FIRE_TAKES_HALF && silicon != FIRE_SPOILS) {
		bench_mend(&fire->bench);
		commit(fire, session);
		if (fire->status != OK || fire->result.verdict != COMMIT_VERIFIED)
			fire_violate(fire, 3, "the rest cannot be burnt: %.120s",
				fire->status == OK ? fire->result.next_step : fire->err.text);
	}
	session_close(session);
	fire_check_silicon(fire);
	fire_check_files(fire);
}

static void run(struct fire *fire)
{
	if (fire_is_of_process(fire->which.fault))
		fire_run_program(fire);
	else
		run_here(fire);
	bench_settle(&fire->bench);
	fire->out.did_apply = fire->bench.wire.did_apply;
	fire->out.exchanges = fire->bench.wire.exchanges - fire->opening;
	fire_check_silicon(fire);
	if (fire_is_of_process(fire->which.fault))
		fire_check_program(fire);
	else
		fire_check_told(fire);
	if (fire->bench.wire.paused_ms > LONGEST_MS)
		fire_violate(fire, 5, "took longer than %u s", LONGEST_MS / 1000);
	fire->bench.wire.is_disk_full = false;
	if (fire_has(fire, FIRE_OTHER))
		meet_the_other(fire);
	bench_connect(&fire->bench, 0);
	fire->bench.port = fire_has(fire, FIRE_ELSEWHERE) ? "fire-2" : "fire-1";
	start_again(fire);
	settle(fire);
}

void fire_run(struct fire_outcome *out, const struct fire_case *which)
{
	arena_begin();
	struct fire *fire = arena_calloc(1, sizeof *fire);
	assert_non_null(fire);
	fire->which = *which;
	bench_make(&fire->bench, which->link, which->silicon);
	fire->bench.requested = fire_check_request;
	fire->bench.payload = fire;
	on_fire = fire;
	run(fire);
	on_fire = NULL;
	bench_remove(&fire->bench);
	*out = fire->out;
	arena_end();
}
