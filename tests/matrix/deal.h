/*
 * A person's dealings with one board on one of five links, with all that reaches the board's
 * firmware written down: for tests of what has to be the same on every link.
 */
#ifndef OTPEDIT_TESTS_MATRIX_DEAL_H
#define OTPEDIT_TESTS_MATRIX_DEAL_H

#include "tests/matrix/fire_parts.h"

#define DEAL_REQUESTS_MAX 8
#define DEAL_ENTRIES_MAX  8

/* What is asked of words, in a request's status: ST's layout of the structure. */
#define DEAL_VALUE UINT32_C(0x80000000)
#define DEAL_LOCK  UINT32_C(0xC0000000)

/* Words that are empty, of single bits and taking one write, and a value for the first. */
struct deal_words {
	unsigned bits, once, other;
};
#define DEAL_BIT UINT32_C(0x80000000)
struct deal_words deal_words(enum fire_link link);
bool deal_is_uboot(enum fire_link link);

/* One request, as it reached the firmware: the words that were not zero. */
struct deal_entry {
	unsigned word;
	uint32_t value, status;
};

struct deal_request {
	size_t count;
	struct deal_entry entries[DEAL_ENTRIES_MAX];
};

struct deal {
	struct fire fire; /* its bench, and the last commit's end */
	struct session *session;
	struct session *lost; /* NULL: none */
	struct plan *plan;
	struct edits edits;
	size_t request_count;
	struct deal_request requests[DEAL_REQUESTS_MAX];
	unsigned reads;        /* of the fuses, by the firmware, since the commit began */
	unsigned reads_before; /* those before the first request */
	/* What is read wrong, counting as `reads`: the n-th, or all from it on differ from each
	 * other. 0: none. Counted from the first request on, where that is asked. */
	unsigned wrong_at;
	bool is_wrong_from, counts_after_request;
};

/* The board of that link on the bench, and a session on it. One deal at a time. */
struct deal *deal_begin(enum fire_link link, enum fire_silicon silicon);
void deal_end(struct deal *deal);

/* Opens the board that is plugged in; the session before is closed. */
void deal_open(struct deal *deal);

/* The board goes; the plan that was made stays good. Once in a deal. */
void deal_lose(struct deal *deal);

/* Staged, in addition. */
void deal_write(struct deal *deal, unsigned word, uint32_t value);
void deal_lock(struct deal *deal, unsigned word, uint32_t locks);
/* A plan of what is staged, in place of the one before; nothing is staged afterwards. */
void deal_plan(struct deal *deal);
/* Whether the plan has a remark of that rule; severity and all. */
const struct remark *deal_remark(const struct deal *deal, const char *rule);

/* Arms the session for the board that the plan is for, confirms, and commits; deal->fire.status,
 * ->err and ->result tell. The job may be NULL. */
void deal_commit(struct deal *deal, const struct job *job);

/* It was burnt, or may have been, with this verdict. */
void deal_assert_verdict(const struct deal *deal, enum commit_verdict verdict);

/* Nothing reached the firmware, and that is what is said, with these words in it. */
void deal_assert_refused(const struct deal *deal, const char *words);

/* The n-th request that reached the firmware is these entries and no more; ends with word 0 and
 * status 0. */
void deal_assert_request(const struct deal *deal, size_t n, const struct deal_entry *entries);

/* A row is run on each link: with a deal, or with deals of its own. */
struct deal_row {
	const char *name;
	void (*one)(struct deal *deal, enum fire_link link);
	void (*many)(enum fire_link link);
};
int deal_run(const char *name, const struct deal_row *rows, size_t count);

#endif
