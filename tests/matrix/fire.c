#include "tests/matrix/fire.h"

#include "src/session.h"
#include "src/word_status.h"
#include "tests/matrix/wire.h"
#include "tests/support/demo_session.h"
#include "tests/support/scratch.h"
#include "tests/support/sim_partition.h"
#include "transport/device_uart.h"
#include "transport/device_usb.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WORDS      2u
#define LONGEST_MS 300000u /* what a commit may wait in all, in the board's time */

static const struct {
	const char *name;
	enum sim_family family;
	enum sim_service service;
	bool is_usb;
	unsigned word[WORDS]; /* customer words that are empty on the demo boards */
	unsigned id_word;     /* one of the unique id */
} links[FIRE_LINKS] = {
	[FIRE_USB_UBOOT] = {"usb u-boot", SIM_MP15, SIM_SERVICE_UBOOT, true, {70, 71}, 14},
	[FIRE_USB_PRGFW] = {"usb prgfw", SIM_MP25, SIM_SERVICE_PRGFW, true, {300, 301}, 6},
	[FIRE_UART_UBOOT] = {"uart u-boot", SIM_MP15, SIM_SERVICE_UBOOT, false, {70, 71}, 14},
	[FIRE_UART_PRGFW] = {"uart prgfw", SIM_MP25, SIM_SERVICE_PRGFW, false, {300, 301}, 6},
};
static const uint32_t values[WORDS] = {UINT32_C(0x12345678), UINT32_C(0x0F0F00FF)};

const char *fire_link_name(enum fire_link link)
{
	return links[link].name;
}

const char *fire_fault_name(enum fire_fault fault)
{
	static const char *const names[FIRE_FAULTS] = {"lost", "unanswered", "refused", "short",
		"overlong", "garbage", "doubled", "unplugged", "unplugged after", "elsewhere",
		"other board", "board reset", "power cut", "killed", "killed after", "stopped",
		"disk full"};
	return names[fault];
}

const char *fire_silicon_name(enum fire_silicon silicon)
{
	static const char *const names[FIRE_SILICONS] = {
		"sound", "lies", "burns late", "takes the first", "takes half", "cuts power"};
	return names[silicon];
}

bool fire_applies(enum fire_link link, enum fire_fault fault)
{
#ifdef __SANITIZE_ADDRESS__
	/* What a killed program leaves behind is a leak to them. */
	if (fault == FIRE_KILLED || fault == FIRE_KILLED_AFTER)
		return false;
#endif
	return fault != FIRE_DOUBLED || !links[link].is_usb;
}

/* --- the rig */

struct fire {
	const struct fire_case *which;
	struct fire_outcome *out;
	struct sim_board *boards[2]; /* ours; another one of the kind */
	struct sim_usb *usbs[2];
	struct sim_uart *uarts[2];
	struct wire wire;
	const char *port;
	char folder[SCRATCH_MAX];
	struct commit_result *result;
	enum status status;
	struct errbuf err;
	bool was_killed;
};

static struct fire *on_fire; /* sources have no payload */
static jmp_buf killed;

/* In place of the C library's: the disk is full where the rig says so, and never waited for. */
int fsync(int file)
{
	(void)file;
	if (!on_fire || !on_fire->wire.is_disk_full)
		return 0;
	errno = ENOSPC;
	return -1;
}

static void kill_program(void)
{
	longjmp(killed, 1);
}

__attribute__((format(printf, 2, 3))) static void violate(
	struct fire *fire, const char *format, ...)
{
	struct fire_outcome *out = fire->out;
	va_list arguments;
	if (out->violation_count == FIRE_VIOLATIONS_MAX)
		return;
	va_start(arguments, format);
	vsnprintf(out->violations[out->violation_count++], sizeof out->violations[0], format,
		arguments);
	va_end(arguments);
}

static bool claims(const char *text)
{
	return strcmp(text, "fire") == 0;
}

static enum status open_link(
	struct device **out, const struct device_info *about, struct errbuf *err)
{
	struct usb_link *usb;
	struct stream *stream;
	enum status status;
	if (links[on_fire->which->link].is_usb) {
		const struct device_usb_about with = {.source = about->source,
			.link = "fire",
			.port = about->port,
			.source_class = SOURCE_REAL};
		status = wire_open_usb(&usb, &on_fire->wire, err);
		return status == OK ? device_usb_open(out, usb, &with, err) : status;
	}
	const struct device_uart_about with = {.source = about->source,
		.link = "fire",
		.port = about->port,
		.source_class = SOURCE_REAL};
	status = wire_open_stream(&stream, &on_fire->wire, err);
	return status == OK ? device_uart_open(out, stream, &with, err) : status;
}

static enum status open_board(struct device **out, const char *text,
	const struct source_options *options, struct errbuf *err)
{
	struct device_info about = {.source_class = SOURCE_REAL};
	bool is_usb = links[on_fire->which->link].is_usb;
	bool is_uboot = links[on_fire->which->link].service == SIM_SERVICE_UBOOT;
	about.peer = is_usb && is_uboot ? PEER_UBOOT : PEER_PRGFW;
	snprintf(about.source, sizeof about.source, "%s", text);
	snprintf(about.port, sizeof about.port, "%s", on_fire->port);
	if (is_usb)
		sim_board_serial(on_fire->wire.board, about.serial);
	enum status status = options->admit(&about, options->payload, err);
	return status == OK ? open_link(out, &about, err) : status;
}

static enum status find_board(struct found_board *out, const char *text, struct errbuf *err)
{
	(void)err;
	*out = (struct found_board){.is_blind = true};
	snprintf(out->source, sizeof out->source, "%s", text);
	snprintf(out->path, sizeof out->path, "%s", on_fire->port);
	if (links[on_fire->which->link].is_usb)
		sim_board_serial(on_fire->wire.board, out->serial);
	return OK;
}

static const struct source_ops source_fire = {
	.name = "fire", .help = "", .claims = claims, .open = open_board, .find = find_board};
static const struct source_ops *const sources[] = {&source_fire, NULL};

static void connect(struct fire *fire, unsigned which)
{
	fire->wire.board = fire->boards[which];
	fire->wire.usb = fire->usbs[which];
	fire->wire.uart = fire->uarts[which];
	fire->wire.other = fire->uarts[1 - which];
	fire->wire.is_gone = fire->wire.is_mute = false;
	fire->wire.pending_count = fire->wire.lost_count = 0;
	fire->wire.at = 0;
}

static void make_boards(struct fire *fire)
{
	enum fire_link link = fire->which->link;
	struct errbuf err = {0};
	assert_int_equal(sim_board_demo(&fire->boards[0], links[link].family, &err), OK);
	assert_true(sim_board_set_service(fire->boards[0], links[link].service));
	struct sim_partition twin = sim_partition_read(fire->boards[0]);
	sim_partition_put(&twin, links[link].id_word,
		sim_partition_value(&twin, links[link].id_word) ^ 0x00010000,
		sim_partition_status(&twin, links[link].id_word));
	assert_int_equal(sim_board_of_family(&fire->boards[1], links[link].family, twin.bytes,
				 sim_board_partition_size(fire->boards[0]), &err),
		OK);
	assert_true(sim_board_set_service(fire->boards[1], links[link].service));
	for (unsigned i = 0; i < 2; i++) {
		if (links[link].is_usb)
			assert_int_equal(sim_usb_create(&fire->usbs[i], fire->boards[i], &err), OK);
		else
			assert_int_equal(
				sim_uart_create(&fire->uarts[i], fire->boards[i], &err), OK);
	}
	connect(fire, 0);
}

static void set_silicon(struct fire *fire)
{
	const unsigned *word = links[fire->which->link].word;
	struct sim_board *board = fire->boards[0];
	switch (fire->which->silicon) {
	case FIRE_SOUND: break;
	case FIRE_LIES: sim_board_set_faults(board, (struct sim_faults){.lies = true}); break;
	case FIRE_BURNS_LATE: sim_board_set_faults(board, (struct sim_faults){.late = 2}); break;
	case FIRE_TAKES_FIRST: sim_board_set_word_fault(board, word[1], SIM_WORD_FAILS); break;
	case FIRE_TAKES_HALF: sim_board_set_word_fault(board, word[0], SIM_WORD_TAKES_HALF); break;
	case FIRE_CUTS_POWER: sim_board_set_word_fault(board, word[1], SIM_WORD_CUTS_POWER); break;
	}
}

static void mend_silicon(struct fire *fire)
{
	const unsigned *word = links[fire->which->link].word;
	sim_board_set_faults(fire->boards[0], (struct sim_faults){0});
	for (unsigned i = 0; i < WORDS; i++)
		sim_board_set_word_fault(fire->boards[0], word[i], SIM_WORD_SOUND);
}

static void remove_boards(struct fire *fire)
{
	for (unsigned i = 0; i < 2; i++) {
		sim_usb_free(fire->usbs[i]);
		sim_uart_free(fire->uarts[i]);
		sim_board_free(fire->boards[i]);
	}
}

/* --- sessions and commits */

static struct session *open_session(
	struct fire *fire, const struct power_cycle *powered, struct errbuf *err)
{
	const struct session_options options = {
		.sources = sources, .powered = powered, .source = {.state_folder = fire->folder}};
	struct session *session = NULL;
	return session_open(&session, "fire", &options, err) == OK ? session : NULL;
}

static bool is_stopped(void *payload)
{
	const struct fire *fire = payload;
	return fire->wire.is_stopped;
}

/* Both values, then the first word's lock: two passes. Only what is not there yet. */
static struct edits *make_edits(const struct fire *fire)
{
	const unsigned *word = links[fire->which->link].word;
	struct edits *edits = calloc(1, sizeof *edits);
	assert_non_null(edits);
	for (unsigned i = 0; i < WORDS; i++)
		if (sim_board_fuses(fire->boards[0], word[i]) == 0)
			edits->word[word[i]] =
				(struct edit){.sets_value = true, .value = values[i]};
	if (!sim_board_is_locked(fire->boards[0], word[0]))
		edits->word[word[0]].locks = WORD_STATUS_PERMANENT;
	return edits;
}

static void commit(struct fire *fire, struct session *session)
{
	struct edits *edits = make_edits(fire);
	struct plan *plan = NULL;
	const struct job job = {.cancelled = is_stopped, .payload = fire};
	errbuf_clear(&fire->err);
	memset(fire->result, 0, sizeof *fire->result);
	fire->status = session_plan(&plan, session, edits, &fire->err);
	if (fire->status == OK)
		fire->status = demo_session_try_job(fire->result, session, plan, &job, &fire->err);
	plan_free(plan);
	free(edits);
}

static int lowest_free_file(void)
{
	int file = open("/dev/null", O_RDONLY | O_CLOEXEC);
	assert_true(file >= 0);
	close(file);
	return file;
}

/* What the system does for a killed program: its files are closed, and their locks gone. */
static void commit_until_killed(struct fire *fire)
{
	int first = lowest_free_file();
	struct session *session = open_session(fire, NULL, &fire->err);
	if (!session)
		fail_msg("%s", fire->err.text);
	fire->wire.at = fire->which->at;
	fire->wire.fault = fire->which->fault;
	fire->wire.exchanges = 0;
	set_silicon(fire);
	if (setjmp(killed) == 0) {
		commit(fire, session);
		session_close(session);
		return;
	}
	fire->was_killed = true;
	for (int file = first; file < first + 16; file++)
		(void)close(file);
}

/* --- what has to hold */

static bool is_half(uint32_t fuses, uint32_t value)
{
	return fuses != 0 && fuses != value && (fuses & ~value) == 0;
}

/*
 * On a serial line a board tells who it is only when it is read, and a read undoes what is staged:
 * one that takes its place with the wires between the last read and the burn cannot be told.
 */
static bool was_swapped_unseen(const struct fire *fire)
{
	return fire->which->fault == FIRE_OTHER && !links[fire->which->link].is_usb &&
	       fire->result->triggered;
}

/* Nothing that was not asked for, and nothing twice. */
static void check_silicon(struct fire *fire)
{
	const unsigned *word = links[fire->which->link].word;
	const struct sim_board *board = fire->boards[0];
	for (unsigned i = 0; i < sim_board_word_count(board); i++) {
		bool is_first = i == word[0];
		uint32_t fuses = sim_board_fuses(board, i), value = values[is_first ? 0 : 1];
		if (sim_board_pulses(fire->boards[1], i) > 0 && !was_swapped_unseen(fire))
			violate(fire, "word %u of another board was burnt", i);
		if (!is_first && i != word[1] && sim_board_pulses(board, i) > 0)
			violate(fire, "word %u was burnt, which nobody asked for", i);
		if (!is_first && i != word[1])
			continue;
		if (sim_board_pulses(board, i) > 1)
			violate(fire, "word %u was burnt %u times", i, sim_board_pulses(board, i));
		if (fuses != 0 && fuses != value && fire->which->silicon != FIRE_TAKES_HALF)
			violate(fire, "word %u holds %08X", i, (unsigned)fuses);
		if (!is_first && sim_board_is_locked(board, i))
			violate(fire, "word %u was locked, which nobody asked for", i);
	}
	if (fire->uarts[0] && sim_uart_stray_count(fire->uarts[0]) > 0)
		violate(fire, "something was sent that may crash or jump");
	if (fire->usbs[0] && sim_usb_stray_count(fire->usbs[0]) > 0)
		violate(fire, "an alternate was used that is not the OTP's");
}

/* What is told of a word against its fuses. */
static void check_word(struct fire *fire, const struct word_result *told)
{
	const struct sim_board *board = fire->boards[0];
	const unsigned *word = links[fire->which->link].word;
	uint32_t fuses = sim_board_fuses(board, told->word);
	uint32_t value = values[told->word == word[0] ? 0 : 1];
	bool is_locked = sim_board_is_locked(board, told->word);
	bool locks = told->pass == PASS_LOCKS, is_true = true;
	switch (told->verdict) {
	case VERDICT_AS_PLANNED:
	case VERDICT_ALREADY_SO: is_true = fuses == value && (is_locked || !locks); break;
	case VERDICT_NOT_BURNT:
	case VERDICT_NOT_REACHED: is_true = locks ? !is_locked : fuses == 0; break;
	case VERDICT_PARTLY_SET: is_true = is_half(fuses, value); break;
	case VERDICT_INVALID: is_true = sim_board_is_spoilt(board, told->word); break;
	case VERDICT_LOCK_UNPROVED: is_true = locks && fuses == value; break;
	case VERDICT_UNKNOWN: break;
	default: is_true = false; break;
	}
	if (!is_true)
		violate(fire, "word %u is told as '%s', and holds %08X%s", told->word,
			word_verdict_text(told->verdict), (unsigned)fuses,
			is_locked ? ", locked" : "");
	if (told->found && told->verdict != VERDICT_INVALID && told->found_value != fuses)
		violate(fire, "word %u was read as %08X, and holds %08X", told->word,
			(unsigned)told->found_value, (unsigned)fuses);
}

static size_t open_entries(struct fire *fire)
{
	struct journal journal;
	struct journal_entry *entries = NULL;
	size_t count = 0, damaged = 0, open = 0;
	struct errbuf err = {0};
	if (journal_open(&journal, fire->folder, SOURCE_REAL, &err) != OK ||
		journal_read(&entries, &count, &damaged, JOURNAL_OPEN_ONLY, &journal, &err) != OK)
		violate(fire, "the journal cannot be read: %s", err.text);
	if (damaged > 0)
		violate(fire, "%zu lines of the journal are damaged", damaged);
	for (size_t i = 0; i < count; i++)
		open += entries[i].end == JOURNAL_NO_OUTCOME;
	free(entries);
	return open;
}

static bool is_untouched(const struct fire *fire)
{
	const unsigned *word = links[fire->which->link].word;
	for (unsigned i = 0; i < WORDS; i++)
		if (sim_board_fuses(fire->boards[0], word[i]) != 0 ||
			sim_board_is_locked(fire->boards[0], word[i]))
			return false;
	return true;
}

static bool is_whole(const struct fire *fire)
{
	const unsigned *word = links[fire->which->link].word;
	return sim_board_fuses(fire->boards[0], word[0]) == values[0] &&
	       sim_board_fuses(fire->boards[0], word[1]) == values[1] &&
	       sim_board_is_locked(fire->boards[0], word[0]);
}

static void check_before_the_burn(struct fire *fire)
{
	fire->out->verdict = "refused before";
	if (fire->status == OK || fire->status == ERR_UNCERTAIN)
		violate(fire, "ended as '%s' without a burn", status_name(fire->status));
	if (!strstr(fire->err.text, "nothing was burnt"))
		violate(fire, "does not say that nothing was burnt: %.90s", fire->err.text);
	if (!is_untouched(fire))
		violate(fire, "says that nothing was burnt, and something was");
}

static void check_told(struct fire *fire)
{
	const struct commit_result *result = fire->result;
	fire->out->was_triggered = result->triggered;
	for (size_t i = 0; i < result->word_count; i++)
		check_word(fire, &result->words[i]);
	if (!result->triggered) {
		check_before_the_burn(fire);
		return;
	}
	fire->out->verdict = commit_verdict_text(result->verdict);
	if (fire->status != OK)
		violate(fire, "ended as '%s' after a burn", status_name(fire->status));
	if (result->word_count == 0)
		violate(fire, "tells of no word");
	if (result->verdict == COMMIT_VERIFIED && !is_whole(fire))
		violate(fire, "VERIFIED, and it is not so");
	if (result->verdict == COMMIT_REFUSED && !is_untouched(fire))
		violate(fire, "says that the board refused, and something was burnt");
	if (result->verdict != COMMIT_VERIFIED && result->next_step[0] == '\0')
		violate(fire, "does not say what is next");
	if (result->journal_failed || fire->wire.is_disk_full)
		return;
	/* Where a request may lie in the board's memory it stays open, too, and says so. */
	bool is_open = open_entries(fire) > 0;
	if (!is_open && result->verdict == COMMIT_UNKNOWN)
		violate(fire, "UNKNOWN, and the journal is closed");
	if (is_open && result->verdict != COMMIT_UNKNOWN && !strstr(result->next_step, "power"))
		violate(fire, "%s, the journal is open, and next is: %.80s",
			commit_verdict_text(result->verdict), result->next_step);
}

/* --- afterwards */

static void check_recovered(struct fire *fire, const struct session *session)
{
	const unsigned *word = links[fire->which->link].word;
	for (size_t i = 0; i < session->recovered_count; i++)
		for (size_t k = 0; k < session->recovered[i].result_count; k++)
			check_word(fire, &session->recovered[i].results[k]);
	for (unsigned i = 0; i < WORDS; i++)
		if (image_value_is_known(&session->image, word[i]) &&
			session->image.value[word[i]] != sim_board_fuses(fire->boards[0], word[i]))
			violate(fire, "another start reads word %u wrong", word[i]);
}

/* Another board in the place of ours: nothing of ours is told of it, and nothing done to it. */
static void meet_the_other(struct fire *fire)
{
	struct errbuf err = {0};
	connect(fire, 1);
	struct session *session = open_session(fire, NULL, &err);
	if (session && session->recovered_count > 0)
		violate(fire, "tells of another board what happened to ours");
	if (session)
		session_close(session);
	connect(fire, 0);
}

static void start_again(struct fire *fire)
{
	struct errbuf err = {0};
	size_t open = open_entries(fire);
	struct session *session = open_session(fire, NULL, &err);
	const unsigned *word = links[fire->which->link].word;
	if (session) {
		check_recovered(fire, session);
		bool is_shut = session->untouchable[word[0]] || session->untouchable[word[1]];
		if (is_shut != (open > 0))
			violate(fire, "words are %s, and %zu entries open",
				is_shut ? "untouchable" : "free", open);
		session_close(session);
	} else if (!strstr(err.text, "power") && !strstr(err.text, "reset") &&
		   !(fire->which->silicon == FIRE_BURNS_LATE &&
			   strstr(err.text, "never reads the same twice"))) {
		violate(fire, "another start fails: %.120s", err.text);
	}
	if (open_entries(fire) != open)
		violate(fire, "another start closes what nobody settled");
}

static struct session *open_after_power_cycle(struct fire *fire)
{
	struct power_cycle *cycle;
	struct errbuf err = {0};
	struct session *session = NULL;
	if (power_cycle_begin(&cycle, &source_fire, "fire", fire->folder, &err) != OK) {
		violate(fire, "no power cycle: %.120s", err.text);
		return NULL;
	}
	sim_board_power_down(fire->boards[0]);
	sim_board_power_up(fire->boards[0]);
	if (power_cycle_look(cycle, &err) == OK &&
		power_cycle_confirm(cycle, power_cycle_words(cycle), &err) == OK)
		session = open_session(fire, cycle, &err);
	if (!session)
		violate(fire, "cannot be opened after a power cycle: %.100s", err.text);
	power_cycle_free(cycle);
	return session;
}

/* Everything is known, and what is missing can be burnt. */
static void settle(struct fire *fire)
{
	struct session *session = open_after_power_cycle(fire);
	if (!session)
		return;
	check_recovered(fire, session);
	for (size_t i = 0; i < session->recovered_count; i++)
		if (session->recovered[i].end != JOURNAL_CLOSED)
			violate(fire, "an entry is open after the power cycle");
	if (open_entries(fire) > 0)
		violate(fire, "the journal is open after the power cycle");
	if (!is_whole(fire) && fire->which->silicon != FIRE_TAKES_HALF) {
		mend_silicon(fire);
		commit(fire, session);
		if (fire->status != OK || fire->result->verdict != COMMIT_VERIFIED)
			violate(fire, "the rest cannot be burnt: %.120s",
				fire->status == OK ? fire->result->next_step : fire->err.text);
	}
	session_close(session);
	check_silicon(fire);
}

void fire_run(struct fire_outcome *out, const struct fire_case *which)
{
	struct fire fire = {.which = which, .out = out, .port = "fire-1"};
	*out = (struct fire_outcome){.verdict = "killed"};
	fire.result = calloc(1, sizeof *fire.result);
	assert_non_null(fire.result);
	if (access("/dev/shm", W_OK) == 0)
		setenv("TMPDIR", "/dev/shm", 0);
	scratch_make(fire.folder);
	on_fire = &fire;
	make_boards(&fire);
	fire.wire.kill = kill_program;
	commit_until_killed(&fire);
	out->did_apply = fire.wire.did_apply;
	check_silicon(&fire);
	if (!fire.was_killed)
		check_told(&fire);
	if (fire.wire.paused_ms > LONGEST_MS)
		violate(&fire, "took longer than %u s", LONGEST_MS / 1000);
	fire.wire.is_stopped = fire.wire.is_disk_full = false;
	if (which->fault == FIRE_OTHER)
		meet_the_other(&fire);
	connect(&fire, 0);
	fire.port = which->fault == FIRE_ELSEWHERE ? "fire-2" : "fire-1";
	start_again(&fire);
	settle(&fire);
	on_fire = NULL;
	remove_boards(&fire);
	scratch_remove(fire.folder);
	free(fire.result);
}
