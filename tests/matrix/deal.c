#include "tests/matrix/deal.h"

#include "src/word_status.h"
#include "tests/matrix/arena.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEAL_ROWS_MAX 16

static uint32_t load(const uint8_t *at)
{
	return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static void note_request(
	const struct sim_board *board, const uint8_t *request, size_t length, void *payload)
{
	struct deal *deal = payload;
	(void)board;
	assert_true(deal->request_count < DEAL_REQUESTS_MAX);
	struct deal_request *noted = &deal->requests[deal->request_count];
	if (deal->request_count++ == 0) {
		deal->reads_before = deal->reads;
		if (deal->counts_after_request)
			deal->reads = 0;
	}
	for (unsigned i = 0; 8 + 8 * i + 8 <= length; i++) {
		struct deal_entry entry = {
			i, load(request + 8 + 8 * i), load(request + 12 + 8 * i)};
		if (entry.value == 0 && entry.status == 0)
			continue;
		assert_true(noted->count < DEAL_ENTRIES_MAX);
		noted->entries[noted->count++] = entry;
	}
}

static void spoil_read(const struct sim_board *board, uint8_t *out, void *payload)
{
	struct deal *deal = payload;
	(void)board;
	deal->reads++;
	if (deal->counts_after_request && deal->request_count == 0)
		return;
	if (deal->wrong_at == deal->reads)
		out[8 + 8 * deal->fire.bench.kind->word[1]] ^= 0x01;
	else if (deal->is_wrong_from && deal->wrong_at && deal->reads > deal->wrong_at)
		out[8 + 8 * deal->fire.bench.kind->word[1]] ^= (uint8_t)deal->reads;
}

struct deal *deal_begin(enum fire_link link, enum fire_silicon silicon)
{
	arena_begin();
	struct deal *deal = arena_calloc(1, sizeof *deal);
	assert_non_null(deal);
	deal->fire.which = (struct fire_case){.link = link, .silicon = silicon};
	bench_make(&deal->fire.bench, link, silicon);
	deal->fire.bench.requested = note_request;
	deal->fire.bench.read = spoil_read;
	deal->fire.bench.payload = deal;
	on_fire = &deal->fire;
	return deal;
}

static void close_session(struct deal *deal)
{
	if (deal->session)
		session_close(deal->session);
	deal->session = NULL;
}

void deal_end(struct deal *deal)
{
	plan_free(deal->plan);
	close_session(deal);
	if (deal->lost)
		session_close(deal->lost);
	on_fire = NULL;
	bench_remove(&deal->fire.bench);
	arena_end();
}

void deal_open(struct deal *deal)
{
	struct errbuf err = {0};
	close_session(deal);
	deal->session = bench_open(&deal->fire.bench, NULL, &err);
	if (!deal->session)
		fail_msg("%s", err.text);
	if (deal->fire.bench.plugged == 0)
		bench_spoil(&deal->fire.bench);
}

void deal_lose(struct deal *deal)
{
	assert_null(deal->lost);
	session_lose(deal->session);
	deal->lost = deal->session;
	deal->session = NULL;
}

void deal_write(struct deal *deal, unsigned word, uint32_t value)
{
	deal->edits.word[word].sets_value = true;
	deal->edits.word[word].value = value;
}

void deal_lock(struct deal *deal, unsigned word, uint32_t locks)
{
	deal->edits.word[word].locks |= locks;
}

void deal_plan(struct deal *deal)
{
	struct errbuf err = {0};
	plan_free(deal->plan);
	deal->plan = NULL;
	if (session_plan(&deal->plan, deal->session, &deal->edits, &err) != OK)
		fail_msg("%s", err.text);
	memset(&deal->edits, 0, sizeof deal->edits);
}

const struct remark *deal_remark(const struct deal *deal, const char *rule)
{
	for (size_t i = 0; i < deal->plan->remarks.count; i++)
		if (strcmp(deal->plan->remarks.items[i].rule, rule) == 0)
			return &deal->plan->remarks.items[i];
	return NULL;
}

void deal_commit(struct deal *deal, const struct job *job)
{
	struct confirmation confirmation;
	char phrase[CONFIRM_PHRASE_MAX];
	struct fire *fire = &deal->fire;
	bool *acknowledged = calloc(deal->plan->remarks.count + 1, 1);
	assert_non_null(acknowledged);
	memset(acknowledged, 1, deal->plan->remarks.count + 1);
	errbuf_clear(&fire->err);
	deal->request_count = 0;
	deal->reads = deal->reads_before = 0;
	memset(deal->requests, 0, sizeof deal->requests);
	memset(&fire->result, 0, sizeof fire->result);
	confirm_phrase(phrase, deal->plan);
	fire->status = arming_arm(&deal->session->arming, deal->plan->board, &fire->err);
	if (fire->status == OK)
		fire->status = confirm_typed(&confirmation, deal->plan, phrase, acknowledged,
			&deal->session->arming, &fire->err);
	if (fire->status == OK)
		fire->status = session_commit(
			&fire->result, deal->session, deal->plan, &confirmation, job, &fire->err);
	free(acknowledged);
}

void deal_assert_verdict(const struct deal *deal, enum commit_verdict verdict)
{
	if (deal->fire.status != OK)
		fail_msg("%s", deal->fire.err.text);
	if (deal->fire.result.verdict != verdict)
		fail_msg("%s, and not %s", commit_verdict_text(deal->fire.result.verdict),
			commit_verdict_text(verdict));
}

void deal_assert_refused(const struct deal *deal, const char *words)
{
	const struct fire *fire = &deal->fire;
	if (fire->status == OK)
		fail_msg("it was not refused: %s", commit_verdict_text(fire->result.verdict));
	assert_int_equal(deal->request_count, 0);
	assert_false(fire->result.triggered);
	assert_non_null(strstr(fire->err.text, "nothing was burnt"));
	if (!strstr(fire->err.text, words))
		fail_msg("'%s' is not in: %s", words, fire->err.text);
}

void deal_assert_request(const struct deal *deal, size_t n, const struct deal_entry *entries)
{
	const struct deal_request *noted = &deal->requests[n];
	size_t count = 0;
	assert_true(n < deal->request_count);
	while (entries[count].status != 0)
		count++;
	assert_int_equal(noted->count, count);
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(noted->entries[i].word, entries[i].word);
		assert_int_equal(noted->entries[i].value, entries[i].value);
		assert_int_equal(noted->entries[i].status, entries[i].status);
	}
}

struct deal_words deal_words(enum fire_link link)
{
	const struct bench_kind *kind = bench_kind(link);
	return (struct deal_words){kind->family == SIM_MP15 ? 9 : 40, kind->word[0], kind->word[1]};
}

bool deal_is_uboot(enum fire_link link)
{
	return bench_kind(link)->service == SIM_SERVICE_UBOOT;
}

/* --- rows */

struct cell {
	const struct deal_row *row;
	enum fire_link link;
	char name[64];
};

static void run_cell(void **state)
{
	const struct cell *cell = *state;
	if (cell->row->many) {
		cell->row->many(cell->link);
		return;
	}
	struct deal *deal = deal_begin(cell->link, FIRE_SOUND);
	cell->row->one(deal, cell->link);
	deal_end(deal);
}

int deal_run(const char *name, const struct deal_row *rows, size_t count)
{
	static struct cell cells[DEAL_ROWS_MAX * FIRE_LINKS];
	static struct CMUnitTest tests[DEAL_ROWS_MAX * FIRE_LINKS];
	assert_true(count <= DEAL_ROWS_MAX);
	for (size_t i = 0; i < count * FIRE_LINKS; i++) {
		cells[i].row = &rows[i / FIRE_LINKS];
		cells[i].link = (enum fire_link)(i % FIRE_LINKS);
		snprintf(cells[i].name, sizeof cells[i].name, "%s: %s", cells[i].row->name,
			fire_link_name(cells[i].link));
		tests[i] = (struct CMUnitTest){
			.name = cells[i].name, .test_func = run_cell, .initial_state = &cells[i]};
	}
	/* Those without a name are left out. */
	return cmocka_run_group_tests_name(name, tests, NULL, NULL);
}
