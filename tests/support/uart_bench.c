#include "tests/support/uart_bench.h"

#include "src/word_status.h"
#include "tests/support/demo_session.h"
#include "tests/support/uart_never.h"
#include "transport/device_uart.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A burn, a read behind it and a search for the board, each as often as it is tried. */
#define LONGEST_MS 300000u

/* Sources are opened by a table without a payload. */
static struct uart_bench *on_bench;

/* In place of the C library's: nothing loses its power here but the board. */
int fsync(int file)
{
	(void)file;
	return 0;
}

/* What was sent so far is over and done, and was harmless. */
static void begin_traffic(struct uart_bench *bench, struct uart_fault fault)
{
	uart_never_assert(&bench->traffic.watch, bench->kind.service, bench->kind.family);
	uart_traffic_begin(&bench->traffic, fault);
}

/* --- the board as a source */

static bool claims(const char *text)
{
	return strcmp(text, "bench") == 0;
}

static enum status open_board(struct device **out, const char *text,
	const struct source_options *options, struct errbuf *err)
{
	struct device_info about = {.peer = PEER_PRGFW, .source_class = SOURCE_REAL};
	const struct device_uart_about uart = {
		.source = text, .link = "bench", .port = "bench", .source_class = SOURCE_REAL};
	struct stream *stream;
	snprintf(about.source, sizeof about.source, "bench");
	snprintf(about.port, sizeof about.port, "bench");
	enum status status = options->admit(&about, options->payload, err);
	if (status == OK)
		status = uart_line_open(
			&stream, &on_bench->traffic, on_bench->board, on_bench->uart, err);
	return status == OK ? device_uart_open(out, stream, &uart, err) : status;
}

static enum status find_board(struct found_board *out, const char *text, struct errbuf *err)
{
	(void)text;
	(void)err;
	*out = (struct found_board){.is_blind = true, .source = "bench", .path = "bench"};
	return OK;
}

static const struct source_ops source_bench = {
	.name = "bench", .help = "", .claims = claims, .open = open_board, .find = find_board};
static const struct source_ops *const sources[] = {&source_bench, NULL};

void uart_bench_make(struct uart_bench *bench, const struct uart_kind *kind)
{
	struct errbuf err = {0};
	memset(bench, 0, sizeof *bench);
	bench->kind = *kind;
	bench->result = calloc(1, sizeof *bench->result);
	assert_non_null(bench->result);
	/* In memory, where there is such a folder: it is made and removed thousands of times. */
	if (access("/dev/shm", W_OK) == 0)
		setenv("TMPDIR", "/dev/shm", 0);
	scratch_make(bench->folder);
	assert_int_equal(sim_board_demo(&bench->board, kind->family, &err), OK);
	assert_true(sim_board_set_service(bench->board, kind->service));
	assert_int_equal(sim_uart_create(&bench->uart, bench->board, &err), OK);
	assert_int_equal(sim_board_fuses(bench->board, kind->word), 0);
	on_bench = bench;
}

void uart_bench_remove(struct uart_bench *bench)
{
	begin_traffic(bench, (struct uart_fault){0});
	sim_uart_free(bench->uart);
	sim_board_free(bench->board);
	scratch_remove(bench->folder);
	free(bench->result);
}

/* --- sessions */

static struct session *open_after(struct uart_bench *bench, const struct power_cycle *powered)
{
	const struct session_options options = {
		.sources = sources, .powered = powered, .source = {.state_folder = bench->folder}};
	struct session *session = NULL;
	errbuf_clear(&bench->opening);
	return session_open(&session, "bench", &options, &bench->opening) == OK ? session : NULL;
}

struct session *uart_bench_open(struct uart_bench *bench)
{
	return open_after(bench, NULL);
}

struct session *uart_bench_power_cycle(struct uart_bench *bench)
{
	struct power_cycle *cycle;
	struct errbuf err = {0};
	if (power_cycle_begin(&cycle, &source_bench, "bench", bench->folder, &err) != OK)
		fail_msg("%s", err.text);
	begin_traffic(bench, (struct uart_fault){0});
	sim_board_power_down(bench->board);
	sim_board_power_up(bench->board);
	assert_int_equal(power_cycle_look(cycle, &err), OK);
	assert_int_equal(power_cycle_confirm(cycle, power_cycle_words(cycle), &err), OK);
	struct session *session = open_after(bench, cycle);
	power_cycle_free(cycle);
	return session;
}

void uart_bench_commit(struct uart_bench *bench, struct session *session, struct sim_noise noise,
	struct uart_fault fault)
{
	struct edits *edits = calloc(1, sizeof *edits);
	struct plan *plan;
	assert_non_null(edits);
	edits->word[bench->kind.word] = (struct edit){.sets_value = true,
		.value = bench->kind.value,
		.locks = bench->kind.locks ? WORD_STATUS_PERMANENT : 0};
	errbuf_clear(&bench->err);
	memset(bench->result, 0, sizeof *bench->result);
	assert_int_equal(session_plan(&plan, session, edits, &bench->err), OK);
	begin_traffic(bench, fault);
	sim_uart_spoil(bench->uart, noise);
	bench->status = demo_session_try(bench->result, session, plan, &bench->err);
	plan_free(plan);
	free(edits);
}

size_t uart_bench_open_entries(const struct uart_bench *bench)
{
	struct journal journal;
	struct journal_entry *entries;
	size_t count, damaged, open = 0;
	struct errbuf err = {0};
	assert_int_equal(journal_open(&journal, bench->folder, SOURCE_REAL, &err), OK);
	assert_int_equal(
		journal_read(&entries, &count, &damaged, JOURNAL_OPEN_ONLY, &journal, &err), OK);
	assert_int_equal(damaged, 0);
	for (size_t i = 0; i < count; i++)
		open += entries[i].end == JOURNAL_NO_OUTCOME;
	free(entries);
	return open;
}

/* --- what was told */

static void assert_true_word(const struct uart_bench *bench, const struct word_result *told)
{
	uint32_t fuses = sim_board_fuses(bench->board, told->word);
	bool is_locked = sim_board_is_locked(bench->board, told->word);
	bool locks = told->pass == PASS_LOCKS;
	assert_int_equal(told->word, bench->kind.word);
	switch (told->verdict) {
	case VERDICT_AS_PLANNED:
		assert_int_equal(fuses, bench->kind.value);
		assert_true(is_locked || !locks);
		break;
	case VERDICT_NOT_BURNT:
	case VERDICT_NOT_REACHED: assert_true(locks ? !is_locked : fuses == 0); break;
	case VERDICT_LOCK_UNPROVED:
		assert_int_equal(fuses, bench->kind.value);
		assert_true(locks);
		break;
	case VERDICT_UNKNOWN: break;
	default: fail_msg("'%s' of a plain word", word_verdict_text(told->verdict));
	}
	if (told->found)
		assert_int_equal(told->found_value, fuses);
}

/* Nothing but what was asked for, once. */
static void assert_nothing_unasked(const struct uart_bench *bench)
{
	const struct sim_board *board = bench->board;
	const struct uart_kind *kind = &bench->kind;
	uint32_t fuses = sim_board_fuses(board, kind->word);
	assert_true(fuses == 0 || fuses == kind->value);
	assert_true(sim_board_pulses(board, kind->word) <= 1);
	assert_false(sim_board_is_locked(board, kind->word) && !kind->locks);
	for (unsigned word = 0; word < sim_board_word_count(board); word++)
		if (word != kind->word)
			assert_int_equal(sim_board_pulses(board, word), 0);
	assert_int_equal(sim_uart_stray_count(bench->uart), 0);
	assert_true(sim_uart_presence(bench->uart) == SIM_UART_RUNS ||
		    sim_uart_presence(bench->uart) == SIM_UART_RESETTED);
}

/* Of one commit. */
static void assert_starts(const struct uart_bench *bench)
{
	unsigned most = bench->kind.locks ? 2 : 1;
	bool has_start = bench->kind.service == SIM_SERVICE_UBOOT;
	assert_int_equal(bench->traffic.watch.odd_frames, 0);
	assert_true(bench->traffic.waited_ms < LONGEST_MS);
	assert_true(bench->traffic.watch.starts <= (has_start ? most : 0));
	assert_true(bench->traffic.watch.burn_starts <= bench->traffic.watch.starts);
	assert_true(sim_uart_start_count(bench->uart) <= most);
}

void uart_bench_assert_true(const struct uart_bench *bench)
{
	const struct commit_result *result = bench->result;
	assert_nothing_unasked(bench);
	assert_starts(bench);
	for (size_t i = 0; i < result->word_count; i++)
		assert_true_word(bench, &result->words[i]);
	if (!result->triggered) {
		assert_true(bench->status != OK && bench->status != ERR_UNCERTAIN);
		assert_non_null(strstr(bench->err.text, "nothing was burnt"));
		assert_int_equal(sim_board_fuses(bench->board, bench->kind.word), 0);
		return;
	}
	assert_int_equal(bench->status, OK);
	assert_true(result->word_count > 0);
	assert_true(result->verdict == COMMIT_VERIFIED || result->next_step[0] != '\0');
	if (result->verdict == COMMIT_VERIFIED)
		assert_int_equal(
			sim_board_is_locked(bench->board, bench->kind.word), bench->kind.locks);
}

void uart_bench_assert_true_of_recovered(
	const struct uart_bench *bench, const struct session *session)
{
	for (size_t i = 0; i < session->recovered_count; i++) {
		const struct journal_entry *entry = &session->recovered[i];
		assert_true(entry->result_count > 0);
		for (size_t k = 0; k < entry->result_count; k++)
			assert_true_word(bench, &entry->results[k]);
	}
	assert_int_equal(session->image.value[bench->kind.word],
		sim_board_fuses(bench->board, bench->kind.word));
}

/* --- afterwards */

void uart_bench_count(struct uart_tally *tally, const struct uart_bench *bench)
{
	tally->not_triggered += !bench->result->triggered;
	if (!bench->result->triggered)
		return;
	tally->verified += bench->result->verdict == COMMIT_VERIFIED;
	tally->refused += bench->result->verdict == COMMIT_REFUSED;
	tally->unknown += bench->result->verdict == COMMIT_UNKNOWN;
}

/* Before the power cycle another start of the program either reads the truth, or says why not. */
static void look_again(struct uart_bench *bench)
{
	size_t open = uart_bench_open_entries(bench);
	struct session *session = uart_bench_open(bench);
	if (session) {
		uart_bench_assert_true_of_recovered(bench, session);
		assert_int_equal(session->untouchable[bench->kind.word], open > 0);
		session_close(session);
	} else {
		assert_non_null(strstr(bench->opening.text, "otpedit reset"));
		assert_true(open > 0);
	}
	assert_int_equal(uart_bench_open_entries(bench), open);
}

/* After it, it is known; and what is not burnt, can be. */
static void power_cycle(struct uart_bench *bench)
{
	struct session *session = uart_bench_power_cycle(bench);
	if (!session)
		fail_msg("%s", bench->opening.text);
	uart_bench_assert_true_of_recovered(bench, session);
	for (size_t i = 0; i < session->recovered_count; i++)
		assert_int_equal(session->recovered[i].end, JOURNAL_CLOSED);
	assert_false(session->untouchable[bench->kind.word]);
	assert_int_equal(uart_bench_open_entries(bench), 0);
	if (sim_board_fuses(bench->board, bench->kind.word) == 0) {
		uart_bench_commit(bench, session, (struct sim_noise){0}, (struct uart_fault){0});
		assert_int_equal(bench->status, OK);
		assert_int_equal(bench->result->verdict, COMMIT_VERIFIED);
	}
	session_close(session);
}

void uart_bench_settle(struct uart_bench *bench)
{
	look_again(bench);
	power_cycle(bench);
}

/* --- every byte, every exchange */

/* False once the whole commit is over before anything goes wrong. */
static bool try(struct uart_tally *tally, const struct uart_kind *kind, struct sim_noise noise,
	struct uart_fault fault)
{
	struct uart_bench bench;
	uart_bench_make(&bench, kind);
	struct session *session = uart_bench_open(&bench);
	if (!session)
		fail_msg("%s", bench.opening.text);
	uart_bench_commit(&bench, session, noise, fault);
	bool went_wrong = fault.kind == UART_SOUND ? sim_uart_is_spoilt(bench.uart)
						   : bench.traffic.exchanges >= fault.at;
	sim_uart_spoil(bench.uart, (struct sim_noise){0});
	session_close(session);
	uart_bench_assert_true(&bench);
	uart_bench_count(tally, &bench);
	bench.traffic.fault = (struct uart_fault){0};
	if (bench.result->verdict != COMMIT_VERIFIED)
		uart_bench_settle(&bench);
	uart_bench_remove(&bench);
	return went_wrong;
}

void uart_bench_spoil_bytes(struct uart_tally *tally, unsigned *bytes, const struct uart_kind *kind,
	enum sim_noise_kind noise, enum sim_noise_way way)
{
	unsigned at = 1;
	*tally = (struct uart_tally){0};
	while (try(tally, kind, (struct sim_noise){noise, way, at}, (struct uart_fault){0}))
		at += UART_BENCH_STEP;
	*bytes = at - 1;
}

void uart_bench_spoil_exchanges(struct uart_tally *tally, unsigned *exchanges,
	const struct uart_kind *kind, struct uart_fault fault, unsigned step)
{
	*tally = (struct uart_tally){0};
	fault.at = 1;
	while (try(tally, kind, (struct sim_noise){0}, fault))
		fault.at += step;
	*exchanges = fault.at - 1;
}
